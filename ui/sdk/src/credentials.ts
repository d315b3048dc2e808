import { UnicomError, errorOf } from "./errors.ts";
import type { Session } from "./types.ts";

/** How requests prove who sends them. The only place that knows about cookies and tokens. */
export interface Credentials {
  /** The `credentials` of `fetch`. */
  readonly mode: RequestCredentials;
  /** Returns the headers of a request. */
  headers(isWrite: boolean): Promise<Record<string, string>>;
  /** Tries to mend what made a request fail. Returns whether to send it again. */
  renew(error: UnicomError): Promise<boolean>;
  /** Returns the subprotocols that a WebSocket offers besides `unicom.v1`. */
  socketProtocols(): string[];
  /** Returns who the visitor is. The account is null until the visitor has written. */
  session(): Promise<{ account: string | null; isUser: boolean }>;
  /** Forgets the visitor. */
  end(): Promise<void>;
}

/** The session cookie of pages on the server's own origin, with the CSRF token that writes repeat. */
export class CookieCredentials implements Credentials {
  readonly mode = "same-origin";
  #token: string | undefined;
  #asking: Promise<Session> | undefined;

  constructor(
    private readonly base: string,
    private readonly fetch: typeof globalThis.fetch,
  ) {}

  async headers(isWrite: boolean): Promise<Record<string, string>> {
    if (!isWrite) return {};
    this.#token ??= (await this.#ask()).csrf_token ?? "";
    return { "X-CSRFToken": this.#token };
  }

  async renew(error: UnicomError): Promise<boolean> {
    if (error.code !== "csrf_failed") return false;
    // Another tab has logged in or out since.
    const before = this.#token;
    this.#token = (await this.#ask()).csrf_token ?? "";
    return this.#token !== before;
  }

  socketProtocols(): string[] {
    return [];
  }

  async session(): Promise<{ account: string | null; isUser: boolean }> {
    const session = await this.#ask();
    this.#token = session.csrf_token ?? "";
    return { account: session.account_id, isUser: session.authenticated };
  }

  async end(): Promise<void> {
    const headers = await this.headers(true);
    await this.fetch(`${this.base}/auth/logout/`, { method: "POST", credentials: this.mode, headers });
    this.#token = undefined;
  }

  #ask(): Promise<Session> {
    this.#asking ??= this.#get().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #get(): Promise<Session> {
    const signal = AbortSignal.timeout(20_000);
    const failed = (cause: unknown): never => {
      throw new UnicomError("network", "the server cannot be reached", { cause });
    };
    const response = await this.fetch(`${this.base}/auth/session/`, { credentials: this.mode, signal }).catch(failed);
    if (!response.ok) throw errorOf(response.status, response.headers, await response.text());
    return (await response.json().catch(failed)) as Session;
  }
}
