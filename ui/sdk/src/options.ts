import { CookieCredentials } from "./cookies.ts";
import type { Credentials } from "./credentials.ts";
import type { Http } from "./http.ts";
import type { Identity } from "./identity.ts";
import { PollTransport } from "./live/poll.ts";
import { SocketTransport } from "./live/socket.ts";
import { SseTransport } from "./live/sse.ts";
import type { OpenTransport, TransportName } from "./live/transport.ts";
import type { Tabs } from "./tabs.ts";
import { TokenStore } from "./token-store.ts";
import { TokenCredentials } from "./tokens.ts";
import type { Claims } from "./types.ts";

export interface ClientOptions {
  /** The address of the API, such as `https://chat.example/unicom`. */
  base: string;
  /**
   * The key of a channel, `wk_…`, on pages of other sites: visitors have tokens then. On pages of the server's own
   * origin, the id of a channel, by default that of the first active one: visitors have cookies.
   */
  channel?: string | number;
  /** Says who the visitor is, on pages of other sites. */
  identity?: Identity;
  /** What the visitor has said before about themselves: it goes with the first message. */
  claims?: Claims;
  /** `memory` stores nothing in the browser. */
  storage?: "auto" | "memory";
  /** The kinds of live connection, best first. */
  transports?: readonly TransportName[];
  /** How often a better kind of connection is tried, in milliseconds. */
  climbEvery?: number;
  fetch?: typeof globalThis.fetch;
  /** Whether tabs take turns with Web Locks. */
  locks?: boolean;
  credentials?: Credentials;
}

/** Returns how requests prove who sends them: by cookies, or with a channel's key by tokens. */
export function credentialsOf(options: ClientOptions, base: string, fetch: typeof globalThis.fetch, tabs: Tabs): Credentials {
  const { channel, credentials, identity, storage } = options;
  if (credentials) return credentials;
  if (typeof channel !== "string") return new CookieCredentials(base, fetch);
  const store = new TokenStore(`unicom:token:${scopeOf(base, channel)}`, storage !== "memory");
  return new TokenCredentials(base, channel, fetch, store, (work) => tabs.exclusively(work, ":token"), identity);
}

/** Returns the kinds of live connection, best first. */
export function transportsOf({ transports = ["ws", "sse", "poll"] }: ClientOptions, http: Http<Credentials>): [TransportName, OpenTransport][] {
  const open: Record<TransportName, OpenTransport> = {
    ws: (host) => new SocketTransport(http.base, http.credentials, host),
    sse: (host) => new SseTransport(http, host),
    poll: (host) => new PollTransport(http, host),
  };
  return transports.map((name) => [name, open[name]]);
}

/** Returns the name of what the browser stores for a channel. */
export function scopeOf(base: string, key: string | undefined): string {
  return key === undefined ? base : `${base}#${key}`;
}
