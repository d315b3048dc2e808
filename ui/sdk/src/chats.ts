import { ChatList } from "./chat-list.ts";
import type { Emitter } from "./emitter.ts";
import type { UnicomError } from "./errors.ts";
import type { Http, RequestOptions } from "./http.ts";
import { FIRST_CHAT, isLocal, newChat } from "./local-chats.ts";
import type { ClientEvents, State } from "./state.ts";
import { Timeline } from "./timeline.ts";
import type { Chat, ChatPage, MessagePage } from "./types.ts";

/** How many chats are followed at a time. */
const FOLLOWED = 5;

/** What follows the chats that are shown. */
export interface Follower {
  watch(chat: string, cursor: string | null): void;
  unwatch(chat: string): void;
}

/** The visitor's chats and the messages of those that are shown. */
export class Chats {
  readonly list = new ChatList();
  #timelines = new Map<string, Timeline>();
  #bound = new Map<string, string>();

  constructor(
    private readonly http: Http,
    private readonly state: State,
    private readonly events: Emitter<ClientEvents>,
    private readonly follower: Follower,
    /** Names the channel in a query, if it has to be named. */
    private readonly channel: { channel_id?: number },
  ) {
    this.list.chats.subscribe(() => state.patch({ chats: this.list.chats.value }));
  }

  /** Returns the id of a chat that was created since its local id was given out. */
  resolve(chat: string): string {
    return this.#bound.get(chat) ?? chat;
  }

  /** Returns the local id of a chat that its first message will create. */
  start(): string {
    return this.state.value.chats.length ? newChat() : FIRST_CHAT;
  }

  /** Returns the messages of a chat if they are shown. */
  shown(chat: string): Timeline | undefined {
    return this.#timelines.get(this.resolve(chat));
  }

  /** Returns the messages of a chat. They are read and followed from now on. */
  show(chat: string): Timeline {
    const id = this.resolve(chat);
    const known = this.#timelines.get(id);
    if (known) {
      // The latest used is the last to be forgotten.
      this.#timelines.delete(id);
      this.#timelines.set(id, known);
      return known;
    }
    const source = {
      page: (chat_id: string, query: object) =>
        this.http.get<MessagePage>("webchat/messages/", { query: { chat_id, ...query } }),
    };
    const timeline = new Timeline(source, isLocal(id) ? null : id);
    this.#timelines.set(id, timeline);
    this.#showPending(id, timeline);
    this.#forgetSurplus();
    void this.load(id);
    return timeline;
  }

  /** Reads the newest messages of a chat anew, and follows it. */
  async load(chat: string): Promise<void> {
    const id = this.resolve(chat);
    const timeline = this.#timelines.get(id);
    if (!timeline || timeline.chat === null) return;
    await timeline.load().then(
      () => this.follower.watch(id, timeline.cursor),
      (error: UnicomError) => {
        if (error.status === 404) this.gone(id);
      },
    );
  }

  /** Reads the messages that could not be read before. */
  loadMissing(): void {
    for (const [id, { state, chat }] of this.#timelines) if (chat !== null && !state.value.isLoaded) void this.load(id);
  }

  /** Returns the chats to follow, with their cursors. */
  *watched(): Iterable<[string, string | null]> {
    for (const [id, timeline] of this.#timelines) {
      if (timeline.chat !== null && timeline.state.value.isLoaded) yield [id, timeline.cursor];
    }
  }

  /** Reads the first page of the list. */
  async read(): Promise<void> {
    const page = await this.http.get<ChatPage>("webchat/chats/", { query: { limit: 100, ...this.channel } });
    this.list.replace(page.chats, page.has_more);
    const unread = page.chats.reduce((sum, chat) => sum + chat.unread_count, 0);
    this.state.patch({ hasMoreChats: page.has_more, unread });
  }

  /** Reads the chats after those that are known. */
  async readMore(): Promise<void> {
    let cursor: string | null = null;
    // The list moves while it is read, so it is read from the start.
    for (let known = 0; ; ) {
      const page: ChatPage = await this.http.get("webchat/chats/", { query: { limit: 100, cursor, ...this.channel } });
      this.list.add(page.chats);
      known += page.chats.length;
      cursor = page.next_cursor;
      if (!page.has_more || known > this.state.value.chats.length) return this.state.patch({ hasMoreChats: page.has_more });
    }
  }

  /** Creates a chat on the server. */
  async create(options: RequestOptions): Promise<string> {
    const { chat } = await this.http.post<{ chat: Chat }>("webchat/chats/", options);
    this.list.put(chat);
    return chat.id;
  }

  async change(chat: string, json: object): Promise<void> {
    this.#put(await this.http.request("PATCH", chatPath(chat), { json }));
  }

  /** Ends a chat. */
  async end(chat: string): Promise<void> {
    this.#put(await this.http.post(`${chatPath(this.resolve(chat))}end/`));
  }

  /** Rates a chat. */
  async rate(chat: string, json: { score: number; comment: string | null }): Promise<void> {
    this.#put(await this.http.post(`${chatPath(this.resolve(chat))}rating/`, { json }));
  }

  async delete(chat: string): Promise<void> {
    await this.http.request("DELETE", chatPath(chat), { query: { hard_delete: true } });
    this.gone(chat);
  }

  /** Shows messages that wait to be sent in their chats. */
  showPending(): void {
    for (const [id, timeline] of this.#timelines) this.#showPending(id, timeline);
  }

  /** A chat exists on the server now: `from` was its local id. */
  bind(from: string, to: string): void {
    if (this.#bound.has(from)) return;
    this.#bound.set(from, to);
    const timeline = this.#timelines.get(from);
    if (timeline) {
      this.#timelines.delete(from);
      this.#timelines.set(to, timeline);
      timeline.chat = to;
      void this.load(to);
    }
    this.events.emit("bound", { from, to });
  }

  gone(chat: string): void {
    this.list.remove(chat);
    this.#timelines.delete(chat);
    this.events.emit("gone", chat);
  }

  /** Forgets everything. */
  clear(): void {
    const chats = [...this.#timelines.keys()];
    this.#timelines.clear();
    this.#bound.clear();
    this.list.replace([], false);
    this.state.patch({ unread: 0, hasMoreChats: false });
    for (const chat of chats) this.events.emit("gone", chat);
  }

  #put({ chat }: { chat: Chat }): void {
    this.list.put(chat);
  }

  #forgetSurplus(): void {
    for (const [id, timeline] of this.#timelines) {
      if (this.#timelines.size <= FOLLOWED) return;
      this.#timelines.delete(id);
      if (timeline.chat !== null) this.follower.unwatch(id);
    }
  }

  #showPending(chat: string, timeline: Timeline): void {
    timeline.setPending(this.state.value.pending.filter((item) => this.resolve(item.chat) === chat));
  }
}

export function chatPath(chat: string): string {
  return `webchat/chat/${encodeURIComponent(chat)}/`;
}
