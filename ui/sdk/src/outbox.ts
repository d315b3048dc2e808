import { Sleeper, backoff } from "./backoff.ts";
import { Cell } from "./emitter.ts";
import { UnicomError } from "./errors.ts";
import { FIRST_CHAT } from "./local-chats.ts";
import type { OutboxItem, OutboxStore } from "./outbox-store.ts";
import type { Sent } from "./types.ts";

/** A message that is not on the server yet. */
export interface Pending {
  readonly id: string;
  readonly chat: string;
  readonly text: string;
  readonly file: Blob | undefined;
  readonly fileName: string | undefined;
  readonly replyTo: string | undefined;
  readonly order: number;
  readonly state: "queued" | "sending" | "failed";
  /** The part of the file that was sent, from 0 to 1. */
  readonly progress: number;
  /** Why it failed, or why it waits. */
  readonly error: { code: string; status: number; message: string } | undefined;
}

/** How long to wait while the browser says that it is offline, in milliseconds; some say so wrongly. */
const OFFLINE_WAIT = 15_000;

/** What the outbox needs of the client. */
export interface OutboxHost {
  /** Whether the present visitor may send what this account wrote. */
  isOwn(owner: string | null): boolean;
  /** Sends an item. Creates its chat first if that is needed. */
  deliver(item: OutboxItem, signal: AbortSignal, onProgress: (part: number) => void): Promise<Sent>;
  /** An item was sent. It is removed from the outbox afterwards. */
  sent(item: OutboxItem, sent: Sent): Promise<void>;
  failed(item: OutboxItem): void;
  /** Tells other tabs that the store has changed. */
  announce(): void;
  /** Runs `work` while no other tab does. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  isOffline(): boolean;
}

/**
 * Sends messages, each once: its id is made before the first try, so that the server recognises a repetition. Items of
 * a chat are sent one after another, in order. What fails for a reason that passes is tried again.
 */
export class Outbox {
  readonly items = new Cell<readonly Pending[]>([]);
  #stored: OutboxItem[] = [];
  /** Items that are just being stored. */
  #unsaved = new Map<string, OutboxItem>();
  /** How many items were removed. */
  #removals = 0;
  #lastOrder = 0;
  #sending: { id: string; progress: number; abort: AbortController } | undefined;
  #waits = new Map<string, { attempt: number; until: number; error: Pending["error"] }>();
  /** Until when nothing is sent, because the server said so. */
  #pausedUntil = 0;
  /** Until when nothing is sent, because the browser says that it is offline. */
  #offlineUntil = 0;
  #sleeper = new Sleeper();
  #isRunning = false;
  #isStale = false;
  #isClosed = false;

  constructor(
    private readonly store: OutboxStore,
    private readonly host: OutboxHost,
    private readonly now: () => number = Date.now,
  ) {}

  /** Stores an item, and begins to send it. */
  async add(item: Omit<OutboxItem, "order">): Promise<void> {
    const stored = { ...item, order: this.#nextOrder() };
    this.#unsaved.set(item.id, stored);
    this.#stored = [...this.#stored, stored];
    this.#show();
    await this.store.put(stored);
    this.#unsaved.delete(item.id);
    // It was removed meanwhile.
    if (!this.#stored.some(({ id }) => id === item.id)) await this.store.delete(item.id);
    this.host.announce();
    void this.run();
  }

  /** Tries an item again that has failed. */
  async retry(id: string): Promise<void> {
    const found = this.#stored.find((item) => item.id === id);
    if (!found) return;
    const { failure: _, ...item } = found;
    this.#waits.delete(id);
    await this.store.put({ ...item, order: this.#nextOrder() });
    await this.reload();
    this.host.announce();
    this.kick();
  }

  /** Removes an item. If it is just being sent, the server may have it already. */
  async cancel(id: string): Promise<void> {
    if (this.#sending?.id === id) this.#sending.abort.abort();
    await this.#remove(id);
    this.host.announce();
  }

  /** Moves items to the chat that was created for them. */
  async rebind(from: string, to: string): Promise<void> {
    for (const item of await this.store.all()) {
      if (item.chat === from) await this.store.put({ ...item, chat: to, createsChat: false });
    }
    await this.reload();
  }

  /** Hands on what an account has not sent yet: to its heir, or to a visitor who has no account yet. */
  async adopt(from: string, to: string | null): Promise<void> {
    for (const item of await this.store.all()) {
      // The chats of a guest who is gone cannot be reached.
      const chat = to === null || item.chat === from ? { chat: FIRST_CHAT, createsChat: false } : {};
      if (item.owner === from) await this.store.put({ ...item, ...chat, owner: to });
    }
    await this.reload();
  }

  /** Returns an item as it is stored, if the present visitor may send it. */
  find(id: string): OutboxItem | undefined {
    return this.#stored.find((item) => item.id === id && this.host.isOwn(item.owner));
  }

  /** Ends all waits and tries now. */
  kick(): void {
    for (const wait of this.#waits.values()) wait.until = 0;
    this.#offlineUntil = 0;
    this.#sleeper.wake();
    void this.run();
  }

  /** Reads the items that another tab has changed. */
  async reload(): Promise<void> {
    for (;;) {
      const removals = this.#removals;
      const stored = await this.store.all();
      // What was read may have been removed meanwhile.
      if (removals !== this.#removals) continue;
      const ids = new Set(stored.map(({ id }) => id));
      this.#stored = [...stored, ...[...this.#unsaved.values()].filter(({ id }) => !ids.has(id))];
      return this.#show();
    }
  }

  async clear(): Promise<void> {
    this.#sending?.abort.abort();
    await this.store.clear();
    await this.reload();
  }

  close(): void {
    this.#isClosed = true;
    this.#sending?.abort.abort();
    this.#sleeper.wake();
  }

  /** Sends what can be sent, until the outbox is empty. */
  async run(): Promise<void> {
    if (this.#isRunning) {
      this.#isStale = true;
      return;
    }
    this.#isRunning = true;
    try {
      for (;;) {
        this.#isStale = false;
        const wait = await this.host.exclusively(() => this.#drain());
        if (this.#isClosed) return;
        if (wait !== null) await this.#sleeper.sleep(wait);
        else if (!this.#isStale) return;
        if (this.#isClosed) return;
      }
    } finally {
      this.#isRunning = false;
    }
  }

  /** Sends one item after another. Returns how long to wait for the next, or null if none is left. */
  async #drain(): Promise<number | null> {
    // Another tab may have sent some. What it adds from now on, it announces.
    await this.reload();
    for (;;) {
      if (this.#isClosed) return null;
      const { item, wait } = this.#next();
      if (!item) return wait;
      await this.#try(item);
    }
  }

  #next(): { item?: OutboxItem; wait: number | null } {
    const now = this.now();
    if (!this.host.isOffline()) this.#offlineUntil = 0;
    else if (!this.#offlineUntil) this.#offlineUntil = now + OFFLINE_WAIT;
    let wait: number | null = null;
    const later = (duration: number) => (wait = Math.min(wait ?? Infinity, duration));
    const blocked = new Set<string>();
    for (const item of this.#stored) {
      if (item.failure || !this.host.isOwn(item.owner) || blocked.has(item.chat)) continue;
      if (this.#unsaved.has(item.id)) {
        blocked.add(item.chat);
        continue;
      }
      const until = Math.max(this.#pausedUntil, this.#offlineUntil, this.#waits.get(item.id)?.until ?? 0);
      if (until <= now) return { item, wait: null };
      later(until - now);
      blocked.add(item.chat);
    }
    return { wait };
  }

  async #try(item: OutboxItem): Promise<void> {
    const abort = new AbortController();
    this.#sending = { id: item.id, progress: 0, abort };
    if (this.host.isOffline()) this.#offlineUntil = this.now() + OFFLINE_WAIT;
    this.#show();
    try {
      const sent = await this.host.deliver(item, abort.signal, (progress) => {
        if (this.#sending?.id !== item.id) return;
        this.#sending.progress = progress;
        this.#show();
      });
      await this.host.sent(item, sent);
      this.#sending = undefined;
      await this.#remove(item.id);
      this.host.announce();
    } catch (thrown) {
      this.#sending = undefined;
      const error = thrown instanceof UnicomError ? thrown : new UnicomError("network", String(thrown), { cause: thrown });
      if (error.code === "aborted") return;
      await this.#postpone(item, error);
    }
  }

  async #postpone(item: OutboxItem, error: UnicomError): Promise<void> {
    const reason = { code: error.code, status: error.status, message: error.message };
    if (!error.isTemporary) {
      const failed = { ...(this.#stored.find(({ id }) => id === item.id) ?? item), failure: reason };
      await this.store.put(failed);
      await this.reload();
      this.host.failed(failed);
      this.host.announce();
      return;
    }
    const attempt = (this.#waits.get(item.id)?.attempt ?? -1) + 1;
    const until = this.now() + (error.retryAfter ?? backoff(attempt));
    // Its own wait still applies when all waits are ended: the server asked for it.
    if (error.retryAfter !== undefined) this.#pausedUntil = Math.max(this.#pausedUntil, until);
    this.#waits.set(item.id, { attempt, until, error: reason });
    this.#show();
  }

  async #remove(id: string): Promise<void> {
    await this.store.delete(id);
    this.#removals++;
    this.#waits.delete(id);
    this.#stored = this.#stored.filter((item) => item.id !== id);
    this.#show();
  }

  #nextOrder(): number {
    const last = this.#stored.reduce((most, { order }) => Math.max(most, order), this.#lastOrder);
    this.#lastOrder = Math.max(this.now(), last + 0.001);
    return this.#lastOrder;
  }

  #show(): void {
    const before = new Map(this.items.value.map((item) => [item.id, item]));
    const own = this.#stored.filter((item) => this.host.isOwn(item.owner));
    this.items.set(
      own.map((item) => {
        const isSending = this.#sending?.id === item.id;
        const next: Pending = {
          id: item.id,
          chat: item.chat,
          text: item.text,
          file: item.file,
          fileName: item.fileName,
          replyTo: item.replyTo,
          order: item.order,
          state: item.failure ? "failed" : isSending ? "sending" : "queued",
          progress: isSending ? (this.#sending?.progress ?? 0) : 0,
          error: item.failure ?? this.#waits.get(item.id)?.error,
        };
        // What has not changed stays the same object. A file that was read again is still the same file.
        const known = before.get(item.id);
        const isSame =
          known?.chat === next.chat &&
          known.order === next.order &&
          known.state === next.state &&
          known.progress === next.progress &&
          known.error?.code === next.error?.code;
        return isSame ? known : { ...next, file: known?.file ?? next.file };
      }),
    );
  }
}
