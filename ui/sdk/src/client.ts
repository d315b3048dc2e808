import { backoff } from "./backoff.ts";
import { ChatList } from "./chat-list.ts";
import { CookieCredentials, type Credentials } from "./credentials.ts";
import { Emitter } from "./emitter.ts";
import { UnicomError } from "./errors.ts";
import { Http, type RequestOptions } from "./http.ts";
import { Connection, type ConnectionState, REFUSED } from "./live/connection.ts";
import { PollTransport } from "./live/poll.ts";
import { SocketTransport } from "./live/socket.ts";
import { SseTransport } from "./live/sse.ts";
import type { OpenTransport, TransportName } from "./live/transport.ts";
import { type OutboxItem, openStore } from "./outbox-store.ts";
import { Outbox, type Pending } from "./outbox.ts";
import { type StreamState, Streams } from "./streams.ts";
import { Tabs, type TabNotice } from "./tabs.ts";
import { Timeline } from "./timeline.ts";
import type { Chat, ChatPage, Frame, Message, MessagePage, Sent } from "./types.ts";
import { type Typist, Typing } from "./typing.ts";

export interface ClientOptions {
  /** The address of the API, such as `https://chat.example/unicom`. */
  base: string;
  /** The id of the channel; by default the first active one. */
  channel?: number;
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

/** A snapshot of what the client knows. It is replaced, never changed. */
export interface ClientState {
  readonly connection: ConnectionState;
  /** Null until the visitor has written. */
  readonly account: string | null;
  /** Whether the account and the list of chats are known. */
  readonly isReady: boolean;
  readonly chats: readonly Chat[];
  readonly hasMoreChats: boolean;
  readonly unread: number;
  readonly pending: readonly Pending[];
  readonly typists: readonly Typist[];
  readonly streams: readonly StreamState[];
  /** Why the start failed. */
  readonly error: UnicomError | undefined;
}

export interface ClientEvents {
  /** A message of someone else has arrived. */
  message: Message;
  /** A message of this client was stored. */
  sent: Message;
  failed: Pending;
  /** A chat exists on the server now: `from` was its local id. */
  bound: { from: string; to: string };
  gone: string;
  error: UnicomError;
}

export interface NewMessage {
  chat: string;
  text?: string;
  file?: Blob;
  fileName?: string;
  replyTo?: string;
  metadata?: Record<string, unknown>;
}

/** The prefix of the ids of chats that do not exist on the server yet. */
const LOCAL = "new:";
/** The id of the chat that a visitor's first message creates. */
export const FIRST_CHAT = `${LOCAL}first`;

/** How many chats are followed at a time. */
const FOLLOWED = 5;

/**
 * A visitor's side of a web chat. Creating one sends nothing; `connect` reads the chats and begins to follow them. A
 * visitor who has not written has no session: the live connection begins with the first message.
 */
export class Client {
  readonly http: Http;
  #state: ClientState;
  #subscribers = new Set<() => void>();
  #events = new Emitter<ClientEvents>();
  #chats = new ChatList();
  #streams = new Streams();
  #typing = new Typing();
  #timelines = new Map<string, Timeline>();
  #bound = new Map<string, string>();
  #connection: Connection;
  #tabs: Tabs;
  #outbox: Promise<Outbox> | undefined;
  #connecting: Promise<void> | undefined;
  #restart: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #delivered: ReturnType<typeof setTimeout> | undefined;
  #undo: (() => void)[] = [];

  constructor(private readonly options: ClientOptions) {
    const fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    const { base } = options;
    const credentials = options.credentials ?? new CookieCredentials(base, fetch);
    this.http = new Http(base, credentials, fetch);
    this.#tabs = new Tabs(`unicom:${base}`, (notice) => this.#noticed(notice), options.locks ?? true);
    const open: Record<TransportName, OpenTransport> = {
      ws: (host) => new SocketTransport(base, credentials, host),
      sse: (host) => new SseTransport(this.http, host),
      poll: (host) => new PollTransport(this.http, host),
    };
    this.#connection = new Connection(
      {
        frame: (frame) => this.#frame(frame),
        watched: () => this.#watched(),
        probe: async () => (await this.#readSession()) !== null,
      },
      {
        transports: (options.transports ?? ["ws", "sse", "poll"]).map((name) => [name, open[name]] as const) as [
          TransportName,
          OpenTransport,
        ][],
        ...(options.climbEvery !== undefined && { climbEvery: options.climbEvery }),
        isOffline,
      },
    );
    this.#state = {
      connection: this.#connection.state.value,
      account: null,
      isReady: false,
      chats: [],
      hasMoreChats: false,
      unread: 0,
      pending: [],
      typists: [],
      streams: [],
      error: undefined,
    };
    this.#connection.state.subscribe(() => this.#connectionChanged());
    this.#chats.chats.subscribe(() => this.#set({ chats: this.#chats.chats.value }));
    this.#typing.typists.subscribe(() => this.#set({ typists: this.#typing.typists.value }));
    this.#streams.open.subscribe(() => this.#set({ streams: this.#streams.open.value }));
  }

  get state(): ClientState {
    return this.#state;
  }

  /** Calls `listener` after each change of the state. Returns how to stop. */
  subscribe(listener: () => void): () => void {
    this.#subscribers.add(listener);
    return () => void this.#subscribers.delete(listener);
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
      this.#set({ error });
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
    clearTimeout(this.#restart);
    clearTimeout(this.#delivered);
    for (const undo of this.#undo.splice(0)) undo();
    void this.#outbox?.then((outbox) => outbox.close());
  }

  /** Sends a message. Resolves when it is stored in the outbox, from where it is sent as soon as possible. */
  async send(message: NewMessage): Promise<string> {
    const id = crypto.randomUUID();
    const chat = this.resolve(message.chat);
    const { channel } = this.options;
    const outbox = await this.#openOutbox();
    await outbox.add({
      id,
      chat,
      owner: this.#state.account,
      createsChat: chat.startsWith(LOCAL) && chat !== FIRST_CHAT,
      text: message.text ?? "",
      ...(channel !== undefined && { channel }),
      ...(message.file && { file: message.file }),
      ...(message.fileName !== undefined && { fileName: message.fileName }),
      ...(message.replyTo !== undefined && { replyTo: message.replyTo }),
      ...(message.metadata && { metadata: message.metadata }),
    });
    return id;
  }

  async retry(id: string): Promise<void> {
    await (await this.#openOutbox()).retry(id);
  }

  async cancel(id: string): Promise<void> {
    await (await this.#openOutbox()).cancel(id);
  }

  /** Returns the messages of a chat. They are read and followed from now on. */
  messages(chat: string): Timeline {
    const id = this.resolve(chat);
    const known = this.#timelines.get(id);
    if (known) {
      // The latest used is the last to be forgotten.
      this.#timelines.delete(id);
      this.#timelines.set(id, known);
      return known;
    }
    const timeline = new Timeline(
      { page: (chat_id, query) => this.http.get<MessagePage>("webchat/messages/", { query: { chat_id, ...query } }) },
      id.startsWith(LOCAL) ? null : id,
    );
    this.#timelines.set(id, timeline);
    this.#showPending(id, timeline);
    this.#forgetTimelines();
    void this.load(id);
    return timeline;
  }

  /** Reads the newest messages of a chat anew, and follows it. */
  async load(chat: string): Promise<void> {
    const id = this.resolve(chat);
    const timeline = this.#timelines.get(id);
    if (!timeline || timeline.chat === null) return;
    await timeline.load().then(
      () => this.#connection.watch(id, timeline.cursor),
      (error: UnicomError) => {
        if (error.status === 404) this.#gone(id);
      },
    );
  }

  /** Returns the id of a chat that was created since its local id was given out. */
  resolve(chat: string): string {
    return this.#bound.get(chat) ?? chat;
  }

  /** Returns the local id of a chat that its first message will create. */
  startChat(): string {
    return this.#state.chats.length ? LOCAL + crypto.randomUUID() : FIRST_CHAT;
  }

  /** Reads the chats after those that are known. */
  async loadMoreChats(): Promise<void> {
    let cursor: string | null = null;
    // The list moves while it is read, so it is read from the start.
    for (let known = 0; ; ) {
      const page: ChatPage = await this.http.get("webchat/chats/", { query: { limit: 100, cursor, ...this.#channel } });
      this.#chats.add(page.chats);
      known += page.chats.length;
      cursor = page.next_cursor;
      if (!page.has_more || known > this.#state.chats.length) return this.#set({ hasMoreChats: page.has_more });
    }
  }

  async renameChat(chat: string, name: string): Promise<void> {
    const { chat: changed } = await this.http.request<{ chat: Chat }>("PATCH", chatPath(chat), { json: { title: name } });
    this.#chats.put(changed);
  }

  async archiveChat(chat: string, isArchived = true): Promise<void> {
    const json = { is_archived: isArchived };
    const { chat: changed } = await this.http.request<{ chat: Chat }>("PATCH", chatPath(chat), { json });
    this.#chats.put(changed);
  }

  async deleteChat(chat: string): Promise<void> {
    await this.http.request("DELETE", chatPath(chat), { query: { hard_delete: true } });
    this.#gone(chat);
  }

  /** Marks the messages that are loaded as read. */
  read(chat: string): void {
    const id = this.resolve(chat);
    const row = this.#chats.get(id);
    const last = this.#timelines.get(id)?.messages.findLast(({ is_outgoing }) => is_outgoing);
    if (!row?.unread_count || !last) return;
    this.#set({ unread: Math.max(0, this.#state.unread - row.unread_count) });
    this.#chats.patch(id, { unread_count: 0 });
    if (this.#connection.send({ type: "read", chat_id: id, message_id: last.id })) return;
    this.http.post(`${chatPath(id)}read/`).catch((error: UnicomError) => this.#events.emit("error", error));
  }

  /** Shows the others in the chat that the visitor writes. Call it for each change of the text. */
  typing(chat: string, isTyping: boolean): void {
    const id = this.resolve(chat);
    if (id.startsWith(LOCAL) || !this.#typing.isDue(id, isTyping, Date.now())) return;
    this.#connection.send({ type: "typing", chat_id: id, is_typing: isTyping });
  }

  /** Clicks a button. */
  async click(callback: string): Promise<void> {
    await this.http.post("webchat/button-click/", { json: { callback_execution_id: callback } });
  }

  /** Changes the text of a message that the visitor wrote. */
  async edit(id: string, text: string): Promise<Message> {
    const { message } = await this.http.request<{ message: Message }>("PATCH", `webchat/message/${enc(id)}/`, { json: { text } });
    this.#timelines.get(message.chat_id)?.apply([{ kind: "message", message }], null);
    return message;
  }

  /** Deletes a message that the visitor wrote. */
  async remove(chat: string, id: string): Promise<void> {
    await this.http.request("DELETE", `webchat/message/${enc(id)}/`);
    this.#timelines.get(this.resolve(chat))?.remove(id);
  }

  /** Stops a reply that is being written. */
  async stop(stream: string): Promise<void> {
    await this.http.post(`webchat/stream/${enc(stream)}/stop/`);
  }

  /** Ends the session, and forgets everything of the visitor in this browser. */
  async logout(): Promise<void> {
    await this.http.credentials.end();
    await (await this.#openOutbox()).clear();
    this.#tabs.tell({ type: "end" });
    this.#forgetVisitor();
  }

  /** Connects now, and sends what waits. */
  async retryNow(): Promise<void> {
    if (!this.#connecting) await this.connect().catch(() => {});
    this.#connection.retry();
    (await this.#openOutbox()).kick();
  }

  get #channel(): { channel_id?: number } {
    const { channel } = this.options;
    return channel === undefined ? {} : { channel_id: channel };
  }

  async #start(): Promise<void> {
    if (!this.#undo.length) this.#listen();
    this.#set({ error: undefined });
    const outbox = await this.#openOutbox();
    await outbox.reload();
    if ((await this.#readSession()) !== null) await this.#readChats();
    this.#set({ isReady: true });
    if (this.#state.account !== null) this.#connection.start();
    void outbox.run();
  }

  /** Notes the account. Returns it. */
  async #readSession(): Promise<string | null> {
    const { account } = await this.http.credentials.session();
    const before = this.#state.account;
    if (account !== before) {
      // Someone has logged in or out: the chats are those of another account.
      if (before !== null) this.#forgetChats();
      this.#set({ account });
      await (await this.#openOutbox()).reload();
    }
    return account;
  }

  async #readChats(): Promise<void> {
    const page = await this.http.get<ChatPage>("webchat/chats/", { query: { limit: 100, ...this.#channel } });
    this.#chats.replace(page.chats, page.has_more);
    const unread = page.chats.reduce((sum, chat) => sum + chat.unread_count, 0);
    this.#set({ hasMoreChats: page.has_more, unread });
  }

  #openOutbox(): Promise<Outbox> {
    this.#outbox ??= (async () => {
      const fails = (error: UnicomError) => this.#events.emit("error", error);
      const store = await openStore(`unicom:${this.options.base}`, this.options.storage ?? "auto", fails);
      const outbox: Outbox = new Outbox(store, {
        // What a guest wrote goes with the guest who logs in; what a user wrote is only that user's.
        isOwn: (owner) => owner === null || owner === this.#state.account || owner.startsWith("webchat_guest_"),
        deliver: (item, signal, onProgress) => this.#deliver(outbox, item, signal, onProgress),
        sent: (item, sent) => this.#sent(outbox, item, sent),
        failed: ({ id, failure }) => {
          if (failure?.code === "account_blocked") this.#connection.stop(REFUSED);
          const pending = outbox.items.value.find((item) => item.id === id);
          if (pending) this.#events.emit("failed", pending);
        },
        announce: () => this.#tabs.tell({ type: "outbox" }),
        exclusively: (work) => this.#tabs.exclusively(work),
        isOffline,
      });
      outbox.items.subscribe(() => {
        this.#set({ pending: outbox.items.value });
        for (const [id, timeline] of this.#timelines) this.#showPending(id, timeline);
      });
      return outbox;
    })();
    return this.#outbox;
  }

  async #deliver(
    outbox: Outbox,
    item: OutboxItem,
    signal: AbortSignal,
    onProgress: (part: number) => void,
  ): Promise<Sent> {
    let { chat } = item;
    const channel = item.channel === undefined ? {} : { channel_id: item.channel };
    if (item.createsChat && chat.startsWith(LOCAL)) {
      const json = { ...channel, metadata: item.metadata };
      const created = await this.http.post<{ chat: Chat }>("webchat/chats/", { json, signal });
      chat = created.chat.id;
      this.#chats.put(created.chat);
      await this.#bind(outbox, item.chat, chat);
    }
    const fields = {
      client_message_id: item.id,
      ...(chat.startsWith(LOCAL) ? { ...channel, metadata: item.metadata } : { chat_id: chat }),
      ...(item.replyTo !== undefined && { reply_to_message_id: item.replyTo }),
    };
    if (!item.file) return this.#post(item, { json: { ...fields, text: item.text }, signal });
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) {
      if (value !== undefined) form.set(name, typeof value === "object" ? JSON.stringify(value) : String(value));
    }
    if (item.text) form.set("text", item.text);
    form.set("media", item.file, item.fileName ?? "file");
    return this.#post(item, { form, signal, onProgress });
  }

  async #post(item: OutboxItem, request: RequestOptions): Promise<Sent> {
    try {
      return await this.http.post<Sent>("webchat/send/", request);
    } catch (error) {
      const isGone = error instanceof UnicomError && error.code === "chat_not_found";
      // A guest's own chat has the guest's id. It became the user's with the login, and has the user's id now.
      if (!isGone || item.chat !== item.owner || (await this.#readSession()) === item.owner) throw error;
      request.form?.delete("chat_id");
      const { chat_id: _, ...json } = (request.json ?? {}) as Record<string, unknown>;
      return this.http.post<Sent>("webchat/send/", { ...request, ...(!request.form && { json }) });
    }
  }

  async #sent(outbox: Outbox, item: OutboxItem, { chat_id, message }: Sent): Promise<void> {
    if (this.resolve(item.chat) !== chat_id) await this.#bind(outbox, item.chat, chat_id);
    const timeline = this.#timelines.get(chat_id);
    timeline?.insert(message);
    this.#events.emit("sent", message);
    const last_message = {
      id: message.id,
      text: message.text,
      timestamp: message.timestamp,
      is_outgoing: message.is_outgoing,
      sender_name: message.sender_name,
    };
    this.#chats.patch(chat_id, { last_message });
    if (this.#state.account === null) void this.#sessionBegan();
  }

  /** The first message was stored: there is a session, and something to follow. */
  async #sessionBegan(): Promise<void> {
    try {
      if ((await this.#readSession()) === null) return;
      this.#tabs.tell({ type: "session" });
      await this.#readChats();
      this.#connection.start();
    } catch (error) {
      this.#events.emit("error", error as UnicomError);
      this.#connection.start();
    }
  }

  async #bind(outbox: Outbox, from: string, to: string): Promise<void> {
    this.#bindHere(from, to);
    await outbox.rebind(from, to);
    this.#tabs.tell({ type: "bound", from, to });
  }

  #bindHere(from: string, to: string): void {
    if (this.#bound.has(from)) return;
    this.#bound.set(from, to);
    const timeline = this.#timelines.get(from);
    if (timeline) {
      this.#timelines.delete(from);
      this.#timelines.set(to, timeline);
      timeline.chat = to;
      void this.load(to);
    }
    this.#events.emit("bound", { from, to });
  }

  #frame(frame: Frame): void {
    switch (frame.type) {
      case "hello":
        this.#chats.replace(frame.chats, frame.has_more);
        return this.#set({ hasMoreChats: frame.has_more, unread: frame.unread_total });
      case "chat":
        return this.#chats.put(frame.chat);
      case "unread":
        return this.#set({ unread: frame.unread_total });
      case "chat_gone":
        return this.#gone(frame.chat_id);
      case "changes":
        return this.#changed(frame.chat_id, frame.items, frame.cursor);
      case "reset":
        this.#streams.clear(frame.chat_id);
        return void this.load(frame.chat_id);
      case "typing":
        return this.#typing.note(frame.chat_id, frame.author, frame.is_typing);
      case "stream":
        // Its message may be there already.
        if (this.#timelines.get(frame.chat_id)?.messages.some(({ id }) => id === frame.stream_id)) return;
        this.#typing.arrived(frame.chat_id);
        return this.#streams.apply(frame);
      case "error":
        return this.#events.emit("error", new UnicomError(frame.code, frame.error));
      default:
    }
  }

  #changed(chat: string, items: MessageItems, cursor: string): void {
    const timeline = this.#timelines.get(chat);
    if (!timeline?.state.value.isLoaded) return;
    const arrived = timeline.apply(items, cursor).filter(({ is_outgoing }) => is_outgoing);
    if (!arrived.length) return;
    this.#typing.arrived(chat);
    for (const { id } of arrived) this.#streams.remove(id);
    this.#tellDelivered(chat);
    for (const message of arrived) this.#events.emit("message", message);
  }

  /** Tells the server that messages have arrived, once for those that come together. */
  #tellDelivered(chat: string): void {
    clearTimeout(this.#delivered);
    this.#delivered = setTimeout(() => {
      const last = this.#timelines.get(chat)?.messages.at(-1);
      if (last) this.#connection.send({ type: "delivered", chat_id: chat, message_id: last.id });
    }, 500);
  }

  #gone(chat: string): void {
    this.#chats.remove(chat);
    this.#timelines.delete(chat);
    this.#events.emit("gone", chat);
  }

  *#watched(): Iterable<[string, string | null]> {
    for (const [id, timeline] of this.#timelines) {
      if (timeline.chat !== null && timeline.state.value.isLoaded) yield [id, timeline.cursor];
    }
  }

  #forgetTimelines(): void {
    for (const [id, timeline] of this.#timelines) {
      if (this.#timelines.size <= FOLLOWED) return;
      this.#timelines.delete(id);
      if (timeline.chat !== null) this.#connection.unwatch(id);
    }
  }

  #showPending(chat: string, timeline: Timeline): void {
    timeline.setPending(this.#state.pending.filter((item) => this.resolve(item.chat) === chat));
  }

  #connectionChanged(): void {
    const connection = this.#connection.state.value;
    const before = this.#state.connection.status;
    this.#set({ connection });
    if (connection.status === "live") {
      void this.#outbox?.then((outbox) => outbox.kick());
      // What could not be read before.
      for (const [id, { state, chat }] of this.#timelines) if (chat !== null && !state.value.isLoaded) void this.load(id);
    } else if (before === "live") {
      this.#streams.clear();
    }
  }

  /** The session has ended: what it showed is not shown any more. */
  #forgetVisitor(): void {
    this.#connection.stop();
    this.#forgetChats();
    this.#set({ account: null });
  }

  #forgetChats(): void {
    const chats = [...this.#timelines.keys()];
    this.#timelines.clear();
    this.#bound.clear();
    this.#streams.clear();
    this.#chats.replace([], false);
    this.#set({ unread: 0, hasMoreChats: false });
    for (const chat of chats) this.#events.emit("gone", chat);
  }

  #noticed(notice: TabNotice): void {
    if (notice.type === "bound") this.#bindHere(notice.from, notice.to);
    if (notice.type === "session" && this.#state.account === null && this.#connecting) void this.#sessionBegan();
    if (notice.type === "end") this.#forgetVisitor();
    if (notice.type === "outbox") {
      void this.#outbox?.then(async (outbox) => {
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

  #set(change: Partial<ClientState>): void {
    this.#state = { ...this.#state, ...change };
    for (const subscriber of [...this.#subscribers]) subscriber();
  }
}

type MessageItems = Extract<Frame, { type: "changes" }>["items"];

function isOffline(): boolean {
  return typeof navigator !== "undefined" && navigator.onLine === false;
}

function chatPath(chat: string): string {
  return `webchat/chat/${enc(chat)}/`;
}

const enc = encodeURIComponent;
