import type { components } from "./schema.ts";

/** Codes that the client itself gives to an error. */
export type ClientCode = "network" | "timeout" | "aborted" | "invalid_response" | "storage_unavailable";

/** A call that failed. */
export class UnicomError extends Error {
  override readonly name = "UnicomError";
  /** The server's stable code, or one of the client's. */
  readonly code: string;
  /** The HTTP status; 0 if there was no response. */
  readonly status: number;
  /** In how many milliseconds the server wants the next try. */
  readonly retryAfter: number | undefined;
  readonly requestId: string | undefined;

  constructor(
    code: ClientCode | (string & {}),
    message: string,
    details: { status?: number; retryAfter?: number | undefined; requestId?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status ?? 0;
    this.retryAfter = details.retryAfter;
    this.requestId = details.requestId;
  }

  /** Whether the same call may succeed later. */
  get isTemporary(): boolean {
    const { status, code } = this;
    if (status === 0) return code === "network" || code === "timeout" || code === "invalid_response";
    return status === 408 || status === 425 || status === 429 || status >= 500;
  }
}

/** Returns the time of a `Retry-After` header in milliseconds from `now`. */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  if (!value) return undefined;
  const seconds = Number(value);
  const delay = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now;
  return Number.isFinite(delay) ? Math.min(Math.max(delay, 0), 3_600_000) : undefined;
}

/** Returns the error that a response reports. */
export function errorOf(status: number, headers: { get(name: string): string | null }, body: string): UnicomError {
  let failure: Partial<components["schemas"]["Failure"]> = {};
  try {
    failure = JSON.parse(body) as typeof failure;
  } catch {
    // A proxy's page.
  }
  return new UnicomError(failure.code ?? "invalid_response", failure.error ?? `the server responded with ${status}`, {
    status,
    retryAfter: parseRetryAfter(headers.get("retry-after"), Date.now()),
    requestId: headers.get("x-request-id") ?? undefined,
  });
}
