// A chat server in memory, as visitors of other sites see it: tokens, identities, CORS, chats, long polls and streams.
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

export const CHANNEL = "wk_0123456789abcdefABCDEF";

interface Token {
  account: string;
  kind: "guest" | "identified";
  state: "valid" | "expired" | "revoked";
}

interface Stored {
  id: string;
  chat_id: string;
  client_message_id: string | null;
  text: string;
  timestamp: string;
  is_outgoing: boolean;
  media_url: string | null;
}

interface Request {
  method: string;
  /** Path and query below the base path. */
  path: string;
  headers: IncomingMessage["headers"];
}

export class ChatServer {
  origins: readonly string[] | "all" = "all";
  guests = true;
  identity: "off" | "optional" | "required" = "optional";
  mergesGuests = true;
  /** After how many milliseconds a token is to be refreshed, and when it ends. */
  refreshAfter = 86_400_000;
  expiresAfter = 30 * 86_400_000;
  /** When identities expire; tokens for them end then, too. Others do not expire. */
  identitiesEnd: number | undefined;
  readonly requests: Request[] = [];
  readonly tokens = new Map<string, Token>();
  readonly messages = new Map<string, Stored[]>();
  readonly expiredIdentities = new Set<string>();
  /** Guests whose chats are a user's. */
  readonly taken = new Map<string, string>();
  #waiting = new Set<() => void>();
  #streams = new Map<ServerResponse, string>();
  #count = 0;

  private constructor(private readonly http: Server) {}

  static async start(): Promise<ChatServer> {
    const http = createServer((request, response) => {
      void server.#handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    const server = new ChatServer(http);
    await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
    return server;
  }

  get base(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}/unicom`;
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((closed) => this.http.close(closed));
  }

  /** Returns how often a path was asked for. */
  count(method: string, path: string): number {
    return this.requests.filter((request) => request.method === method && request.path.startsWith(path)).length;
  }

  /** Changes the state of the tokens of an account, or of all. */
  end(state: "expired" | "revoked", account?: string): void {
    for (const token of this.tokens.values()) if (account === undefined || token.account === account) token.state = state;
    this.#wake();
    for (const [stream, of] of this.#streams) {
      if (account === undefined || of === account) stream.end(`data: {"type":"error","code":"token_expired","error":"over"}\n\n`);
    }
  }

  texts(account: string): string[] {
    return (this.messages.get(account) ?? []).map(({ text }) => text);
  }

  write(account: string, text: string, fields: Partial<Stored> = {}): Stored {
    const list = this.messages.get(account) ?? [];
    const timestamp = new Date(1_700_000_000_000 + ++this.#count * 1000).toISOString();
    const message = { id: `m${this.#count}`, chat_id: account, client_message_id: null, text, timestamp, is_outgoing: true, media_url: null, ...fields };
    this.messages.set(account, [...list, message]);
    this.#wake();
    return message;
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  #mint(account: string, kind: Token["kind"], more: object = {}): object {
    const token = `uvt_${kind}.${++this.#count}`;
    this.tokens.set(token, { account, kind, state: "valid" });
    const at = (after: number) => new Date(Date.now() + after).toISOString();
    const refresh = kind === "guest" ? { refresh_after: at(this.refreshAfter) } : {};
    const end = kind === "identified" && this.identitiesEnd ? new Date(this.identitiesEnd).toISOString() : at(this.expiresAfter);
    return { success: true, token, kind, account_id: account, expires_at: end, ...refresh, ...more };
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", this.base);
    const path = url.pathname.replace("/unicom/", "");
    const { method = "", headers } = request;
    if (headers.origin) {
      response.setHeader("access-control-allow-origin", headers.origin);
      response.setHeader("access-control-expose-headers", "etag, retry-after, x-request-id, idempotent-replayed");
      response.setHeader("vary", "Origin");
    }
    if (method === "OPTIONS") {
      response.setHeader("access-control-allow-methods", "GET, POST, PATCH, PUT, DELETE");
      response.setHeader("access-control-allow-headers", "authorization, content-type, idempotency-key, if-none-match, last-event-id, range");
      return void response.writeHead(204).end();
    }
    this.requests.push({ method, path: path + url.search, headers });
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const json = (body.startsWith("{") ? JSON.parse(body) : {}) as Record<string, string | undefined>;
    const answer = (status: number, value: object) =>
      void response.writeHead(status, { "content-type": "application/json", "x-request-id": "r1" }).end(JSON.stringify(value));
    const fail = (status: number, code: string) => answer(status, { success: false, code, error: code });

    if (this.origins !== "all" && !this.origins.includes(headers.origin ?? "")) return fail(403, "origin_not_allowed");
    const value = headers.authorization?.replace("Bearer ", "");
    const token = value === undefined ? undefined : this.tokens.get(value);
    // What has only ended can be refreshed.
    const canRefresh = path === "webchat/visitor/refresh/" && token?.state === "expired";
    if (value !== undefined && token?.state !== "valid" && !canRefresh) {
      return fail(401, token?.state === "expired" ? "token_expired" : "token_invalid");
    }

    if (path === "webchat/config/") {
      if (url.searchParams.get("channel") !== CHANNEL) return fail(404, "no_channel");
      const limits = { text_bytes: 65_536, file_bytes: 10_000_000 };
      return answer(200, { success: true, channel: CHANNEL, name: "Shop", guests: this.guests, identity: this.identity, limits, edit_minutes: 15, heartbeat_s: 25 });
    }
    if (path === "webchat/visitor/" && method === "POST") {
      return this.guests ? answer(201, this.#mint(`webchat_guest_x_${++this.#count}`, "guest")) : fail(403, "identity_required");
    }
    if (path === "webchat/identify/") {
      const identity = json["identity"] ?? "";
      if (this.expiredIdentities.has(identity)) return fail(401, "identity_expired");
      if (!identity.startsWith("jwt.")) return fail(401, "identity_invalid");
      const account = `webchat_user_x_${identity.split(".")[1]}`;
      const guest = token?.kind === "guest" ? token.account : undefined;
      if (guest && this.taken.has(guest) && this.taken.get(guest) !== account) return fail(409, "guest_taken");
      const merged = guest !== undefined && this.mergesGuests;
      if (merged) {
        this.taken.set(guest, account);
        this.end("revoked", guest);
        const moved = (this.messages.get(guest) ?? []).map((message) => ({ ...message, chat_id: account }));
        this.messages.set(account, [...(this.messages.get(account) ?? []), ...moved]);
        this.messages.delete(guest);
      }
      return answer(200, this.#mint(account, "identified", { merged, visitor: { name: null, email: null, verified: true } }));
    }
    if (!token) return fail(401, "login_required");
    const { account } = token;
    if (path === "webchat/visitor/refresh/") return answer(200, this.#mint(account, "guest"));
    if (path === "webchat/visitor/") {
      this.end("revoked", account);
      return answer(200, { success: true });
    }
    const messages = () => this.messages.get(account) ?? [];
    switch (path) {
      case "webchat/unread/":
        return answer(200, { success: true, unread_total: 0 });
      case "webchat/chats/": {
        const chat = { id: account, name: "", is_archived: false, unread_count: 0, change: this.#count, created_at: new Date(0).toISOString(), last_message: null };
        return answer(200, { success: true, chats: messages().length ? [chat] : [], has_more: false, next_cursor: null });
      }
      case "webchat/messages/": {
        if (url.searchParams.get("chat_id") !== account) return fail(404, "chat_not_found");
        const at = (name: string) => messages().findIndex(({ id }) => id === url.searchParams.get(name));
        const limit = Number(url.searchParams.get("limit"));
        const end = url.searchParams.has("before") ? at("before") : messages().length;
        const from = url.searchParams.has("after") ? at("after") + 1 : Math.max(0, end - limit);
        const page = messages().slice(from, Math.min(end, from + limit));
        return answer(200, { success: true, chat_id: account, messages: page, has_more: false, next_cursor: null, cursor: String(messages().length) });
      }
      case "webchat/send/": {
        const chat = json["chat_id"];
        if (chat !== undefined && chat !== account) return fail(404, "chat_not_found");
        const known = messages().find(({ client_message_id }) => client_message_id === json["client_message_id"]);
        const fields = { client_message_id: json["client_message_id"] ?? null, is_outgoing: false };
        return answer(201, { success: true, chat_id: account, message: known ?? this.write(account, json["text"] ?? "", fields) });
      }
      case "webchat/events/":
        if (headers.accept === "text/event-stream") return this.#stream(url, account, response);
        if (url.searchParams.get("chat_id") !== account) return fail(404, "chat_not_found");
        for (;;) {
          const cursor = Number(url.searchParams.get("cursor") ?? messages().length);
          const items = messages().slice(cursor).map((message) => ({ kind: "message", message }));
          if (items.length || url.searchParams.get("wait") === "0") {
            return answer(200, { success: true, items, cursor: String(messages().length), reset: false, stream: null });
          }
          await new Promise<void>((wake) => this.#waiting.add(wake));
          if (token.state !== "valid") return fail(401, `token_${token.state === "expired" ? "expired" : "invalid"}`);
          if (response.destroyed) return;
        }
      default:
        return fail(404, "not_found");
    }
  }

  /** A stream of the list, or of a chat from a cursor. */
  #stream(url: URL, account: string, response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream" });
    this.#streams.set(response, account);
    response.on("close", () => this.#streams.delete(response));
    const tell = (frame: object) => response.write(`data: ${JSON.stringify(frame)}\n\n`);
    if (!url.searchParams.has("chat_id")) return void tell({ type: "hello", chats: [], has_more: false, unread_total: 0, heartbeat_s: 25 });
    let cursor = Number(url.searchParams.get("cursor") ?? 0);
    const follow = () => {
      if (response.destroyed || response.writableEnded) return;
      const all = this.messages.get(account) ?? [];
      const items = all.slice(cursor).map((message) => ({ kind: "message", message }));
      cursor = all.length;
      if (items.length) tell({ type: "changes", chat_id: account, items, cursor: String(cursor) });
      this.#waiting.add(follow);
    };
    follow();
  }
}
