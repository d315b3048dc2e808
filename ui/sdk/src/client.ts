import { Chats, chatPath } from "./chats.ts";
import { Config } from "./config.ts";
import type { Credentials } from "./credentials.ts";
import { Emitter } from "./emitter.ts";
import type { UnicomError } from "./errors.ts";
import { Http } from "./http.ts";
import type { Identity } from "./identity.ts";
import { Connection, REFUSED } from "./live/connection.ts";
import { Receiver } from "./live/receiver.ts";
import { isLocal } from "./local-chats.ts";
import { isOffline } from "./offline.ts";
import { type ClientOptions, credentialsOf, scopeOf, transportsOf } from "./options.ts";
import { openStore } from "./outbox-store.ts";
import { type NewMessage, Sender } from "./sender.ts";
import { Session, isGuest } from "./session.ts";
import { type ClientEvents, type ClientState, State } from "./state.ts";
import { Tabs } from "./tabs.ts";
import type { Timeline } from "./timeline.ts";
import type { Claims, Message } from "./types.ts";

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
  #config: Config;
  #session: Session;

  constructor(options: ClientOptions) {
    const fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    const { channel, climbEvery, storage = "auto" } = options;
    const base = new URL(options.base, globalThis.location?.href).href.replace(/\/+$/, "");
    const key = typeof channel === "string" ? channel : undefined;
    const name = `unicom:${scopeOf(base, key)}`;
    const tabs = new Tabs(name, (notice) => this.#session.noticed(notice), options.locks ?? true);
    const credentials = credentialsOf(options, base, fetch, tabs);
    credentials.listener = {
      changed: () => void this.#session.changed(),
      renewed: (token) => this.#connection.send({ type: "renew", token }),
    };
    this.http = new Http(base, credentials, fetch);
    this.#tabs = tabs;
    this.#connection = new Connection(
      {
        frame: (frame) => this.#receiver.frame(frame),
        watched: () => this.#chats.watched(),
        probe: () => this.#session.probe(),
      },
      {
        transports: transportsOf(options, this.http),
        ...(climbEvery !== undefined && { climbEvery }),
        isOffline,
      },
    );
    const id = typeof channel === "number" ? channel : undefined;
    const named = key !== undefined ? { channel: key } : id !== undefined ? { channel_id: id } : {};
    this.#config = new Config(base, fetch, named, (config) => this.#state.patch({ config }));
    this.#chats = new Chats(this.http, this.#state, this.#events, this.#connection, id === undefined ? {} : { channel_id: id });
    this.#receiver = new Receiver(this.#chats, this.#state, this.#events, (command) => this.#connection.send(command));
    const host = {
      // What a user wrote is only that user's.
      isOwn: (owner: string | null) =>
        owner === null || owner === this.state.account || (!credentials.namesHeirs && isGuest(owner)),
      openStore: () => openStore(name, storage, (error) => this.#events.emit("error", error)),
      readSession: () => this.#session.read(),
      sessionBegan: () => void this.#session.changed(),
      refused: () => this.#connection.stop(REFUSED),
    };
    this.#sender = new Sender(this.http, this.#state, this.#events, this.#chats, this.#tabs, host, id);
    this.#sender.claims = options.claims;
    this.#session = new Session({
      http: this.http,
      state: this.#state,
      events: this.#events,
      chats: this.#chats,
      receiver: this.#receiver,
      sender: this.#sender,
      connection: this.#connection,
      tabs,
      config: this.#config,
      hasKey: key !== undefined,
    });
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
    return this.#session.connect();
  }

  /** Connects now, and sends what waits. */
  retryNow(): Promise<void> {
    return this.#session.retryNow();
  }

  /** Notes who the visitor is, and shows that visitor's chats. What a guest wrote goes with the visitor. */
  identify(identity: Identity): Promise<void> {
    return this.#session.identify(identity);
  }

  /** Ends the session, and forgets everything of the visitor in this browser. */
  logout(): Promise<void> {
    return this.#session.logout();
  }

  /** Ends all connections. The client cannot be used any more. */
  close(): void {
    this.#connection.stop();
    this.#tabs.close();
    this.#config.close();
    this.http.credentials.close();
    this.#session.close();
    this.#receiver.close();
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
}

function messagePath(id: string): string {
  return `webchat/message/${encodeURIComponent(id)}/`;
}
