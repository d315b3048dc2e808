import type { UnicomError } from "../errors.ts";
import type { Command, Frame } from "../types.ts";

export type TransportName = "ws" | "sse" | "poll";

/** Why a connection ended. */
export interface Ending {
  /** `lost`: connect again. `session`: the session has ended. `refused`: do not come again. */
  why: "lost" | "session" | "refused";
  /** After how many milliseconds the server wants the next connection. */
  after?: number | undefined;
  /** Whether the server ended it in order. */
  isOrderly?: boolean;
}

/** What a transport reports. Nothing follows `ended`. */
export interface TransportHost {
  /** The connection works: the list of chats has arrived. */
  opened(): void;
  frame(frame: Frame): void;
  ended(ending: Ending): void;
}

/** One way to be told what changes. */
export interface Transport {
  readonly name: TransportName;
  /** Follows a chat from a cursor. */
  watch(chat: string, cursor: string | null): void;
  unwatch(chat: string): void;
  /** Sends a command. Returns whether the transport can. */
  send(command: Command): boolean;
  /** Finds out soon whether the connection still works, as after the computer slept. */
  check(): void;
  /** Ends without a report. */
  close(): void;
}

export type OpenTransport = (host: TransportHost) => Transport;

/** Returns the frame in a text, or null if it is not one. */
export function parseFrame(text: string): Frame | null {
  try {
    const frame = JSON.parse(text) as Frame | null;
    return typeof frame?.type === "string" ? frame : null;
  } catch {
    return null;
  }
}

/** Returns what a failed request means for a connection. */
export function endingOfError({ status, code, retryAfter }: Partial<UnicomError>): Ending {
  if (code === "account_blocked") return { why: "refused" };
  if (status === 401 || status === 403) return { why: "session" };
  return { why: "lost", after: retryAfter };
}
