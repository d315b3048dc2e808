import { Cell } from "./emitter.ts";
import type { UnicomError } from "./errors.ts";
import type { Pending } from "./outbox.ts";
import type { Item, Message, MessagePage, Participant } from "./types.ts";

/** How many messages a timeline holds, and how many it reads at once. */
export const WINDOW = 200;
export const PAGE = 50;

/** A message of the server, or one that waits to be sent. */
export type Entry =
  | { readonly key: string; readonly message: Message; readonly pending?: undefined }
  | { readonly key: string; readonly message?: undefined; readonly pending: Pending };

type Position = Omit<Participant, "kind">;

export interface TimelineState {
  readonly entries: readonly Entry[];
  readonly isLoaded: boolean;
  readonly isLoading: boolean;
  readonly error: UnicomError | undefined;
  /** Whether the first message of the chat is among the entries. */
  readonly atStart: boolean;
  /** Whether the newest message of the chat is among the entries. */
  readonly atEnd: boolean;
  /** The number of messages of others that arrived beyond the end of the entries. */
  readonly newer: number;
  /** How far the others have received and read. */
  readonly others: readonly Position[];
  /** How far the visitor has read, if the server says so. */
  readonly readUpTo: string | undefined;
}

/** Reads pages of a chat. */
export interface PageSource {
  page(chat: string, query: { before?: string; after?: string; limit: number; order?: "asc" }): Promise<MessagePage>;
}

/**
 * The messages of a chat: a window over them, in order and each once, that follows what changes and can be moved to
 * earlier and later messages.
 */
export class Timeline {
  readonly state: Cell<TimelineState>;
  /** What was read of the chat; changes after it are still to be told. */
  cursor: string | null = null;
  /** Whether the reader is at the end: then the first entries make room for new ones, else new ones wait. */
  isFollowing = true;
  #messages: Message[] = [];
  #pending: readonly Pending[] = [];
  /** Messages that were deleted: a page that was read before may still have them. */
  #deleted = new Set<string>();
  #epoch = 0;
  /** An entry stays the same object as long as its message does. */
  #entries = new WeakMap<Message | Pending, Entry>();

  constructor(
    private readonly source: PageSource,
    /** Null as long as the chat does not exist on the server. */
    public chat: string | null,
  ) {
    this.state = new Cell<TimelineState>({
      entries: [],
      isLoaded: chat === null,
      isLoading: false,
      error: undefined,
      atStart: chat === null,
      atEnd: true,
      newer: 0,
      others: [],
      readUpTo: undefined,
    });
  }

  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** Reads the newest page, in the place of what is there. */
  async load(): Promise<void> {
    const { chat } = this;
    if (chat === null) return;
    const epoch = ++this.#epoch;
    this.#set({ isLoading: true, error: undefined });
    try {
      const page = await this.source.page(chat, { limit: PAGE });
      if (epoch !== this.#epoch) return;
      this.cursor = page.cursor ?? null;
      this.#messages = [];
      this.#merge(page.messages);
      this.#set({ isLoaded: true, isLoading: false, atStart: !page.has_more, atEnd: true, newer: 0 });
      for (const position of page.participants ?? []) this.#position(position);
    } catch (error) {
      if (epoch === this.#epoch) this.#set({ isLoading: false, error: error as UnicomError });
      throw error;
    }
  }

  /** Reads the messages before the first entry. */
  loadOlder(): Promise<void> {
    const first = this.#messages[0];
    if (!first || this.state.value.atStart) return Promise.resolve();
    return this.#extend({ before: first.id, limit: PAGE }, (page) => {
      const isOver = this.#messages.length > WINDOW;
      if (isOver) this.#messages.length = WINDOW;
      this.#set({ atStart: !page.has_more, ...(isOver && { atEnd: false }) });
    });
  }

  /** Reads the messages after the last entry. */
  loadNewer(): Promise<void> {
    const last = this.#messages.at(-1);
    if (!last || this.state.value.atEnd) return Promise.resolve();
    return this.#extend({ after: last.id, limit: PAGE, order: "asc" }, (page) => {
      const surplus = this.#messages.length - WINDOW;
      if (surplus > 0) this.#messages.splice(0, surplus);
      const newer = page.has_more ? Math.max(0, this.state.value.newer - page.messages.length) : 0;
      this.#set({ atEnd: !page.has_more, newer, ...(surplus > 0 && { atStart: false }) });
    });
  }

  /** Reads a message again: the addresses of its files are valid for some time only. */
  async reread(id: string): Promise<void> {
    const index = this.#messages.findIndex((message) => message.id === id);
    if (this.chat === null || index < 0) return;
    const [before, after] = [this.#messages[index + 1], this.#messages[index - 1]];
    const page = await this.source.page(this.chat, {
      limit: 1,
      ...(after ? { after: after.id, order: "asc" } : before && { before: before.id }),
    });
    const found = page.messages.filter((message) => message.id === id && this.#messages.some((known) => known.id === id));
    this.#merge(found);
    this.#set({});
  }

  /** Applies what has changed. Returns the messages that are new. */
  apply(items: readonly Item[], cursor: string | null): Message[] {
    const fresh: Message[] = [];
    const newest = this.#messages.at(-1);
    let { newer } = this.state.value;
    for (const item of items) {
      if (item.kind === "message_deleted") {
        this.#deleted.add(item.id);
        this.#messages = this.#messages.filter(({ id }) => id !== item.id);
      } else if (item.kind === "participant") {
        this.#position(item);
      } else if (item.kind === "message") {
        const message = item.message as Message;
        const index = this.#messages.findIndex(({ id }) => id === message.id);
        if (index >= 0) {
          this.#messages[index] = message;
        } else if (!newest || isLater(message, newest)) {
          fresh.push(message);
          if (this.state.value.atEnd && (this.isFollowing || this.#messages.length < WINDOW)) {
            this.#merge([message]);
          } else {
            if (message.is_outgoing) newer++;
            this.#set({ atEnd: false });
          }
        } else if (this.#messages[0] && (this.state.value.atStart || isLater(message, this.#messages[0]))) {
          this.#merge([message]);
        }
      }
    }
    if (cursor !== null) this.cursor = cursor;
    this.#trimStart();
    this.#set({ newer });
    return fresh;
  }

  /** Adds or replaces a message that the server has stored for this client. */
  insert(message: Message): void {
    if (this.state.value.atEnd) {
      this.#merge([message]);
      this.#trimStart();
    }
    this.#set({});
  }

  remove(id: string): void {
    this.#deleted.add(id);
    this.#messages = this.#messages.filter((message) => message.id !== id);
    this.#set({});
  }

  /** Shows these messages, which wait to be sent, after the others. */
  setPending(pending: readonly Pending[]): void {
    if (pending === this.#pending || (pending.length === 0 && this.#pending.length === 0)) return;
    this.#pending = pending;
    this.#set({});
  }

  async #extend(
    query: { before?: string; after?: string; limit: number; order?: "asc" },
    then: (page: MessagePage) => void,
  ): Promise<void> {
    const { chat, state } = this;
    if (chat === null || state.value.isLoading) return;
    const epoch = this.#epoch;
    this.#set({ isLoading: true, error: undefined });
    try {
      const page = await this.source.page(chat, query);
      if (epoch !== this.#epoch) return;
      this.#merge(page.messages);
      then(page);
    } catch (error) {
      if (epoch === this.#epoch) this.#set({ error: error as UnicomError });
      throw error;
    } finally {
      if (epoch === this.#epoch) this.#set({ isLoading: false });
    }
  }

  #merge(messages: readonly Message[]): void {
    const byId = new Map(this.#messages.map((message) => [message.id, message]));
    for (const message of messages) if (!this.#deleted.has(message.id)) byId.set(message.id, message);
    this.#messages = [...byId.values()].sort((a, b) => (isLater(a, b) ? 1 : -1));
  }

  #trimStart(): void {
    const surplus = this.#messages.length - WINDOW;
    if (surplus <= 0) return;
    this.#messages.splice(0, surplus);
    this.#set({ atStart: false });
  }

  #position({ is_self, name, delivered_up_to, read_up_to }: Position): void {
    if (is_self) return this.#set({ readUpTo: read_up_to ?? undefined });
    const others = this.state.value.others.filter((other) => other.name !== name);
    this.#set({ others: [...others, { is_self, name, delivered_up_to, read_up_to }] });
  }

  #set(change: Partial<TimelineState>): void {
    const next = { ...this.state.value, ...change };
    const known = new Set(this.#messages.map(({ client_message_id }) => client_message_id));
    const waiting = next.atEnd ? this.#pending.filter(({ id }) => !known.has(id)).slice(-WINDOW) : [];
    const entries: Entry[] = [
      ...this.#messages.map((message) => this.#entry(message, () => ({ key: keyOf(message), message }))),
      ...waiting.map((pending) => this.#entry(pending, () => ({ key: pending.id, pending }))),
    ];
    this.state.set({ ...next, entries });
  }

  #entry(of: Message | Pending, make: () => Entry): Entry {
    const entry = this.#entries.get(of) ?? make();
    this.#entries.set(of, entry);
    return entry;
  }
}

/** A message keeps the key that it had while it waited to be sent. */
function keyOf(message: Message): string {
  return (!message.is_outgoing && message.client_message_id) || message.id;
}

function isLater(a: Message, b: Message): boolean {
  return a.timestamp === b.timestamp ? a.id > b.id : a.timestamp > b.timestamp;
}
