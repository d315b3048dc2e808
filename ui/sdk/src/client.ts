import { backoff } from "./backoff.ts";
import { Chats, chatPath } from "./chats.ts";
import { CookieCredentials } from "./cookies.ts";
import { Config } from "./config.ts";
import type { Credentials } from "./credentials.ts";
import { Emitter } from "./emitter.ts";
import type { UnicomError } from "./errors.ts";
import { Http } from "./http.ts";
import { type Identity, identityRequired, needsIdentity } from "./identity.ts";
import { Connection, REFUSED } from "./live/connection.ts";
import { PollTransport } from "./live/poll.ts";
import { Receiver } from "./live/receiver.ts";
import { SocketTransport } from "./live/socket.ts";
import { SseTransport } from "./live/sse.ts";
import type { OpenTransport, TransportName } from "./live/transport.ts";
import { isLocal } from "./local-chats.ts";
import { isOffline } from "./offline.ts";
import { openStore } from "./outbox-store.ts";
import { type NewMessage, Sender } from "./sender.ts";
import { type ClientEvents, type ClientState, State } from "./state.ts";
import { Tabs, type TabNotice } from "./tabs.ts";
import type { Timeline } from "./timeline.ts";
import { TokenStore } from "./token-store.ts";
import { TokenCredentials } from "./tokens.ts";
import type { Claims, Message } from "./types.ts";

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

/**
 * A visitor's side of a web chat. Creating one sends nothing; `connect` reads the chats and begins to follow them. A
 * visitor who has not written has no session: the live connection begins with the first message.
 */
export class Client {
  readonly http: Http<Credentials>;
  #state = new State();
  #events = new Emitter<ClientEvents>();
  #chats: Chats;
  #receiver: Receiver;
  #sender: Sender;
  #connection: Connection;
  #tabs: Tabs;
  #key: string | undefined;
  #config: Config;
  #hasBegun = false;
  #reading: Promise<unknown> = Promise.resolve();
  #connecting: Promise<void> | undefined;
  #restart: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #undo: (() => void)[] = [];

  constructor(options: ClientOptions) {
    const fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    const { channel, climbEvery, identity, storage = "auto" } = options;
    const base = new URL(options.base, globalThis.location?.href).href.replace(/\/+$/, "");
    this.#key = typeof channel === "string" ? channel : undefined;
    const name = `unicom:${scopeOf(base, this.#key)}`;
    const tabs = new Tabs(name, (notice) => this.#noticed(notice), options.locks ?? true);
    const tokens = (key: string) => {
      const store = new TokenStore(name.replace(":", ":token:"), storage === "auto");
      return new TokenCredentials(base, key, fetch, store, (work) => tabs.exclusively(work, ":token"), identity);
    };
    const credentials: Credentials =
      options.credentials ?? (this.#key === undefined ? new CookieCredentials(base, fetch) : tokens(this.#key));
    credentials.listener = {
      changed: () => void this.#visitorChanged(),
      renewed: (token) => this.#connection.send({ type: "renew", token }),
    };
    this.http = new Http(base, credentials, fetch);
    this.#tabs = tabs;
    const open: Record<TransportName, OpenTransport> = {
      ws: (host) => new SocketTransport(base, credentials, host),
      sse: (host) => new SseTransport(this.http, host),
      poll: (host) => new PollTransport(this.http, host),
    };
    this.#connection = new Connection(
      {
        frame: (frame) => this.#receiver.frame(frame),
        watched: () => this.#chats.watched(),
        probe: () => this.#probe(),
      },
      {
        transports: (options.transports ?? ["ws", "sse", "poll"]).map((name) => [name, open[name]] as const),
        ...(climbEvery !== undefined && { climbEvery }),
        isOffline,
      },
    );
    this.#connection.state.subscribe(() => this.#connectionChanged());
    const id = typeof channel === "number" ? channel : undefined;
    const named = this.#key !== undefined ? { channel: this.#key } : id !== undefined ? { channel_id: id } : {};
    this.#config = new Config(base, fetch, named, (config) => this.#state.patch({ config }));
    this.#chats = new Chats(this.http, this.#state, this.#events, this.#connection, id === undefined ? {} : { channel_id: id });
    this.#receiver = new Receiver(this.#chats, this.#state, this.#events, (command) => this.#connection.send(command));
    const host = {
      // What a user wrote is only that user's.
      isOwn: (owner: string | null) =>
        owner === null || owner === this.state.account || (!credentials.namesHeirs && isGuest(owner)),
      openStore: () => openStore(name, storage, (error) => this.#events.emit("error", error)),
      readSession: () => this.#readSession(),
      sessionBegan: () => void this.#visitorChanged(),
      refused: () => this.#connection.stop(REFUSED),
    };
    this.#sender = new Sender(this.http, this.#state, this.#events, this.#chats, this.#tabs, host, id);
    this.#sender.claims = options.claims;
  }

  get state(): ClientState {
    return this.#state.value;
  }

  /** Calls `listener` after each change of the state. Returns how to stop. */
  subscribe(listener: () => void): () => void {
    return this.#state.subscribe(listener);
  }

  on<Name extends keyof ClientEvents>(name: Name, listener: (value: ClientEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /**
   * Reads account, chats and unsent messages, and connects. Repeated calls wait for the first. What fails for a
   * reason that passes is tried again by itself.
   */
  connect(): Promise<void> {
    clearTimeout(this.#restart);
    this.#connecting ??= this.#start().catch((error: UnicomError) => {
      this.#connecting = undefined;
      this.#refused(error);
      if (error.isTemporary) {
        const wait = Math.max(error.retryAfter ?? 0, backoff(this.#attempt++));
        this.#restart = setTimeout(() => void this.connect().catch(() => {}), wait);
      }
      throw error;
    });
    return this.#connecting;
  }

  /** Ends all connections. The client cannot be used any more. */
  close(): void {
    this.#connection.stop();
    this.#tabs.close();
    this.#config.close();
    this.http.credentials.close();
    clearTimeout(this.#restart);
    this.#receiver.close();
    for (const undo of this.#undo.splice(0)) undo();
    void this.#sender.opened?.then((outbox) => outbox.close());
  }

  /** Sends a message. Resolves when it is stored in the outbox, from where it is sent as soon as possible. */
  send(message: NewMessage): Promise<string> {
    return this.#sender.add(message);
  }

  async retry(id: string): Promise<void> {
    await (await this.#sender.open()).retry(id);
  }

  async cancel(id: string): Promise<void> {
    await (await this.#sender.open()).cancel(id);
  }

  /** Returns the messages of a chat. They are read and followed from now on. */
  messages(chat: string): Timeline {
    return this.#chats.show(chat);
  }

  /** Reads the newest messages of a chat anew, and follows it. */
  load(chat: string): Promise<void> {
    return this.#chats.load(chat);
  }

  /** Returns the id of a chat that was created since its local id was given out. */
  resolve(chat: string): string {
    return this.#chats.resolve(chat);
  }

  /** Returns the local id of a chat that its first message will create. */
  startChat(): string {
    return this.#chats.start();
  }

  /** Reads the chats after those that are known. */
  loadMoreChats(): Promise<void> {
    return this.#chats.readMore();
  }

  renameChat(chat: string, title: string): Promise<void> {
    return this.#chats.change(chat, { title });
  }

  archiveChat(chat: string, is_archived = true): Promise<void> {
    return this.#chats.change(chat, { is_archived });
  }

  deleteChat(chat: string): Promise<void> {
    return this.#chats.delete(chat);
  }

  /** Ends a chat. The visitor's next message reopens it. */
  endChat(chat: string): Promise<void> {
    return this.#chats.end(chat);
  }

  /** Rates a chat from 1, the worst, to 5. The last rating counts. */
  rateChat(chat: string, score: number, comment = ""): Promise<void> {
    return this.#chats.rate(chat, { score, comment: comment || null });
  }

  /** Returns the whole chat as plain text. */
  transcript(chat: string): Promise<Blob> {
    return this.http.file(`${chatPath(this.resolve(chat))}transcript/`);
  }

  /**
   * Stores what the visitor says about themselves, in the place of what they said before. Returns whether it is stored:
   * before the first message it is not, and goes with that message.
   */
  async setVisitor(claims: Claims): Promise<boolean> {
    const { stored } = await this.http.request<{ stored: boolean }>("PUT", "webchat/visitor/claims/", { json: claims });
    this.#sender.claims = stored ? undefined : claims;
    return stored;
  }

  /** Marks the messages that are loaded as read. */
  read(chat: string): void {
    const id = this.resolve(chat);
    const row = this.#chats.list.get(id);
    const last = this.#chats.shown(id)?.messages.findLast(({ is_outgoing }) => is_outgoing);
    if (!row?.unread_count || !last) return;
    this.#state.patch({ unread: Math.max(0, this.state.unread - row.unread_count) });
    this.#chats.list.patch(id, { unread_count: 0 });
    if (this.#connection.send({ type: "read", chat_id: id, message_id: last.id })) return;
    this.http.post(`${chatPath(id)}read/`).catch((error: UnicomError) => this.#events.emit("error", error));
  }

  /** Shows the others in the chat that the visitor writes. Call it for each change of the text. */
  typing(chat: string, isTyping: boolean): void {
    const id = this.resolve(chat);
    if (isLocal(id) || !this.#receiver.typing.isDue(id, isTyping, Date.now())) return;
    this.#connection.send({ type: "typing", chat_id: id, is_typing: isTyping });
  }

  /** Clicks a button. */
  async click(callback: string): Promise<void> {
    await this.http.post("webchat/button-click/", { json: { callback_execution_id: callback } });
  }

  /** Changes the text of a message that the visitor wrote. */
  async edit(id: string, text: string): Promise<Message> {
    const { message } = await this.http.request<{ message: Message }>("PATCH", messagePath(id), { json: { text } });
    this.#chats.shown(message.chat_id)?.apply([{ kind: "message", message }], null);
    return message;
  }

  /** Deletes a message that the visitor wrote. */
  async remove(chat: string, id: string): Promise<void> {
    await this.http.request("DELETE", messagePath(id));
    this.#chats.shown(chat)?.remove(id);
  }

  /** Stops a reply that is being written. */
  async stop(stream: string): Promise<void> {
    await this.http.post(`webchat/stream/${encodeURIComponent(stream)}/stop/`);
  }

  /** Returns the address of a file from its path on the server. */
  addressOf(path: string): string {
    return new URL(path, this.http.base).href;
  }

  /** Reads a message again: the addresses of its files are valid for some time only. */
  async reread(chat: string, id: string): Promise<void> {
    await this.#chats.shown(chat)?.reread(id);
  }

  /** Notes who the visitor is, and shows that visitor's chats. What a guest wrote goes with the visitor. */
  async identify(identity: Identity): Promise<void> {
    this.http.credentials.identify(identity);
    if (!this.#hasBegun) return;
    this.#state.patch({ error: undefined });
    if (this.#connecting) await this.#visitorChanged();
    await this.connect();
    if (this.state.error) throw this.state.error;
  }

  /** Ends the session, and forgets everything of the visitor in this browser. */
  async logout(): Promise<void> {
    // First, so that nothing is sent on the way.
    await (await this.#sender.open()).clear();
    try {
      await this.http.credentials.end();
    } finally {
      this.#tabs.tell({ type: "end" });
      this.#forgetVisitor();
      this.#beginAnew();
    }
  }

  /** Connects now, and sends what waits. */
  async retryNow(): Promise<void> {
    if (!this.#connecting) await this.connect().catch(() => {});
    this.#connection.retry();
    (await this.#sender.open()).kick();
  }

  async #start(): Promise<void> {
    if (!this.#undo.length) this.#listen();
    this.#hasBegun = true;
    this.#state.patch({ error: undefined });
    const config = this.state.config ? undefined : this.#config.read();
    // With a key, it says whether there are guests. Visitors with cookies may read their chats without it.
    if (this.#key !== undefined) await config;
    const known = config?.catch((error: UnicomError) => {
      if (error.isTemporary) throw error;
    });
    known?.catch(() => {});
    const outbox = await this.#sender.open();
    await outbox.reload();
    for (;;) {
      const account = await this.#readSession();
      if (account === null) {
        if (this.#hasNoGuests) throw identityRequired();
        break;
      }
      try {
        await this.#chats.read();
        break;
      } catch (error) {
        // The token has ended, and the visitor may be another one now.
        if ((error as UnicomError).status !== 401 || (await this.#readSession()) === account) throw error;
      }
    }
    await known;
    this.#state.patch({ isReady: true });
    if (this.state.account !== null) this.#connection.start();
    void outbox.run();
  }

  get #hasNoGuests(): boolean {
    return this.#key !== undefined && this.state.config?.guests === false;
  }

  /** Notes the account. Returns it. */
  #readSession(): Promise<string | null> {
    // One after another: the first changes what the next compares with.
    const reading = this.#reading.then(() => this.#readSessionNow());
    this.#reading = reading.catch(() => {});
    return reading;
  }

  async #readSessionNow(): Promise<string | null> {
    const { account, heirOf, isIdentified = false } = await this.http.credentials.session().catch((error: UnicomError) => {
      if (needsIdentity(error)) this.#refused(error);
      throw error;
    });
    const before = this.state.account;
    if (isIdentified !== this.state.isIdentified) this.#state.patch({ isIdentified });
    if (account !== before) {
      // A guest's own chat has the guest's id, and the heir's afterwards.
      if (before !== null && heirOf === before && account !== null) this.#chats.bind(before, account);
      // Someone has logged in or out: the chats are those of another account.
      if (before !== null) this.#forgetChats();
      this.#state.patch({ account });
      const outbox = await this.#sender.open();
      if (heirOf !== undefined) await outbox.adopt(heirOf, account);
      // A guest without a session begins anew.
      else if (account === null && isGuest(before)) await outbox.adopt(before, null);
      await outbox.reload();
    }
    return account;
  }

  /** Returns whether there is a session. */
  async #probe(): Promise<boolean> {
    try {
      if ((await this.#readSession()) === null) return false;
      // Whether the server thinks so too.
      await this.http.get("webchat/unread/");
      return true;
    } catch (error) {
      if (!needsIdentity(error as UnicomError)) throw error;
      return this.#refused(error as UnicomError), false;
    }
  }

  /** Reads who the visitor is, and follows what there is. */
  async #visitorChanged(isNews = true): Promise<void> {
    const before = this.state.account;
    try {
      const account = await this.#readSession();
      if (account === before) return;
      // The connection is that of another account.
      if (before !== null) this.#connection.stop();
      if (account === null) return this.#beginAnew();
      if (isNews) this.#tabs.tell({ type: "session" });
      await this.#chats.read();
    } catch (error) {
      this.#events.emit("error", error as UnicomError);
      if (needsIdentity(error as UnicomError)) return this.#refused(error as UnicomError);
    }
    this.#connection.start();
    void this.#sender.opened?.then((outbox) => outbox.kick());
  }

  /** There is no visitor: the next message makes one, if the channel has guests. */
  #beginAnew(): void {
    if (this.#hasNoGuests) this.#refused(identityRequired());
    else void this.#sender.opened?.then((outbox) => outbox.kick());
  }

  /** The chat cannot be shown. */
  #refused(error: UnicomError): void {
    if (this.state.error === error) return;
    if (needsIdentity(error)) {
      this.#forgetVisitor();
      this.#events.emit("identity", error);
    }
    this.#state.patch({ error });
  }

  #connectionChanged(): void {
    const connection = this.#connection.state.value;
    const before = this.state.connection.status;
    this.#state.patch({ connection });
    if (connection.status === "live") {
      void this.#sender.opened?.then((outbox) => outbox.kick());
      this.#chats.loadMissing();
    } else if (before === "live") {
      this.#receiver.streams.clear();
    }
  }

  /** The session has ended: what it showed is not shown any more. */
  #forgetVisitor(): void {
    this.#connection.stop();
    this.#forgetChats();
    this.#state.patch({ account: null, isIdentified: false });
    void this.#sender.opened?.then((outbox) => outbox.reload());
  }

  #forgetChats(): void {
    this.#receiver.streams.clear();
    this.#chats.clear();
  }

  #noticed(notice: TabNotice): void {
    if (notice.type === "bound") this.#chats.bind(notice.from, notice.to);
    if (notice.type === "session" && this.#connecting) void this.#visitorChanged(false);
    if (notice.type === "end") {
      this.http.credentials.forget();
      this.#forgetVisitor();
      this.#beginAnew();
    }
    if (notice.type === "outbox") {
      void this.#sender.opened?.then(async (outbox) => {
        await outbox.reload();
        // If the other tab is closed, this one goes on.
        void outbox.run();
      });
    }
  }

  #listen(): void {
    if (typeof window === "undefined") return;
    const listen = (target: EventTarget, name: string, listener: () => void) => {
      target.addEventListener(name, listener);
      this.#undo.push(() => target.removeEventListener(name, listener));
    };
    listen(window, "online", () => void this.retryNow());
    listen(window, "offline", () => this.#connection.offline());
    listen(window, "pageshow", () => this.#connection.wake());
    listen(document, "visibilitychange", () => document.visibilityState === "visible" && this.#connection.wake());
  }
}

function messagePath(id: string): string {
  return `webchat/message/${encodeURIComponent(id)}/`;
}

function isGuest(account: string | null): account is string {
  return account?.startsWith("webchat_guest_") ?? false;
}

/** Returns the name of what the browser stores for a channel. */
export function scopeOf(base: string, key: string | undefined): string {
  return key === undefined ? base : `${base}#${key}`;
}
