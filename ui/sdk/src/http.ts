import type { Proof, Prover } from "./credentials.ts";
import { UnicomError, errorOf } from "./errors.ts";

/** How long a request may take, in milliseconds; one with a file may take as long as it moves. */
const TIMEOUT = 30_000;

export interface RequestOptions {
  query?: Record<string, string | number | boolean | null | undefined> | undefined;
  json?: unknown;
  form?: FormData;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  timeout?: number;
  /** The account that the request is for; that of another visitor does not send it. */
  owner?: string | null;
  cache?: RequestCache;
  /** Whether the request goes on when the page is left. */
  keepalive?: boolean;
  /** Called with the part of the body that was sent, from 0 to 1. */
  onProgress?: (part: number) => void;
}

interface Raw {
  status: number;
  headers: { get(name: string): string | null };
  body: string;
}

/** Sends requests to the API. */
export class Http<P extends Prover = Prover> {
  constructor(
    readonly base: string,
    readonly credentials: P,
    private readonly fetch: typeof globalThis.fetch,
  ) {}

  get<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return this.request("GET", path, options);
  }

  post<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return this.request("POST", path, options);
  }

  /** Returns the body of a successful response; 304 returns null. Throws a `UnicomError` otherwise. */
  request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const prove = () => this.credentials.prove(method !== "GET", options.owner);
    return this.#proving(prove, (proof) => this.#once<T>(method, path, options, proof));
  }

  /** Reads a file. */
  async file(path: string): Promise<Blob> {
    const response = await this.#read(path, {});
    return response.blob().catch((cause: unknown) => {
      throw failure(cause);
    });
  }

  /** Opens a stream of Server-Sent Events. */
  async stream(path: string, query: RequestOptions["query"], signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const response = await this.#read(path, { query, signal, headers: { Accept: "text/event-stream" } });
    if (!response.body || !response.headers.get("content-type")?.startsWith("text/event-stream")) {
      throw new UnicomError("invalid_response", "the response is not a stream of events", { status: response.status });
    }
    return response.body;
  }

  #read(path: string, { query, signal, headers }: RequestOptions): Promise<Response> {
    const prove = () => this.credentials.prove(false);
    return this.#proving(prove, async (proof) => {
      const init = { headers: { ...headers, ...proof }, signal: signal ?? null, cache: "no-store" as const };
      const response = await this.#fetch("GET", this.address(path, query), init);
      if (!response.ok) throw errorOf(response.status, response.headers, await response.text());
      return response;
    });
  }

  /** Sends a request, and once more if that helps. */
  async #proving<T>(prove: () => Promise<Proof>, send: (headers: Record<string, string>) => Promise<T>): Promise<T> {
    const proof = await prove();
    try {
      return await send(proof.headers);
    } catch (error) {
      if (!(error instanceof UnicomError) || !(await this.credentials.renew(error, proof))) throw error;
      return send((await prove()).headers);
    }
  }

  address(path: string, query: RequestOptions["query"] = {}): string {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
    const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    return `${this.base}/${path}${search && `?${search}`}`;
  }

  async #once<T>(method: string, path: string, options: RequestOptions, proof: Record<string, string>): Promise<T> {
    const headers: Record<string, string> = { ...proof, ...options.headers };
    let body: BodyInit | undefined = options.form;
    if (options.json !== undefined) {
      headers["Content-Type"] = "application/json";
      body = JSON.stringify(options.json);
    }
    const address = this.address(path, options.query);
    const canReport = options.onProgress && typeof XMLHttpRequest !== "undefined";
    const raw = canReport
      ? await upload(method, address, headers, body, options)
      : await this.#text(method, address, { headers, ...(body && { body }) }, options);
    if (raw.status === 304) return null as T;
    if (raw.status < 200 || raw.status > 299) throw errorOf(raw.status, raw.headers, raw.body);
    try {
      return JSON.parse(raw.body) as T;
    } catch (cause) {
      throw new UnicomError("invalid_response", "the response is not JSON", { status: 0, cause });
    }
  }

  async #text(method: string, address: string, init: RequestInit, options: RequestOptions): Promise<Raw> {
    const timeout = AbortSignal.timeout(options.timeout ?? TIMEOUT);
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    const { cache = "no-store", keepalive = false } = options;
    const response = await this.#fetch(method, address, { ...init, signal, cache, keepalive });
    const body = await response.text().catch((cause: unknown) => {
      throw failure(cause);
    });
    return { status: response.status, headers: response.headers, body };
  }

  async #fetch(method: string, address: string, init: RequestInit): Promise<Response> {
    try {
      return await this.fetch(address, { method, credentials: this.credentials.mode, ...init });
    } catch (cause) {
      throw failure(cause);
    }
  }
}

function failure(cause: unknown): UnicomError {
  const name = cause instanceof Error ? cause.name : "";
  if (name === "AbortError") return new UnicomError("aborted", "the call was aborted", { cause });
  if (name === "TimeoutError") return new UnicomError("timeout", "the server did not respond in time", { cause });
  return new UnicomError("network", "the server cannot be reached", { cause });
}

/** Sends a body with `XMLHttpRequest`, since `fetch` does not report how much was sent. */
function upload(
  method: string,
  address: string,
  headers: Record<string, string>,
  body: BodyInit | undefined,
  { onProgress, signal }: RequestOptions,
): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(total ? loaded / total : 0);
    request.onload = () => {
      const { status, responseText } = request;
      resolve({ status, headers: { get: (name) => request.getResponseHeader(name) }, body: responseText });
    };
    request.onerror = () => reject(new UnicomError("network", "the server cannot be reached"));
    request.onabort = () => reject(new UnicomError("aborted", "the call was aborted"));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    if (signal?.aborted) return request.abort(), reject(new UnicomError("aborted", "the call was aborted"));
    request.send((body ?? null) as XMLHttpRequestBodyInit | null);
  });
}
