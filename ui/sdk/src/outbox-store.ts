import { UnicomError } from "./errors.ts";
import type { Claims } from "./types.ts";

/** A message that waits to be sent, as it is stored. */
export interface OutboxItem {
  /** The `client_message_id`. */
  id: string;
  /** Items of a chat are sent in this order. */
  order: number;
  /** The account that wrote it; null for a guest without one yet. */
  owner: string | null;
  /** The chat, or a local id if the chat does not exist yet. */
  chat: string;
  /** Whether the chat has to be created; otherwise the first message creates the default chat. */
  createsChat: boolean;
  channel?: number;
  text: string;
  file?: Blob;
  fileName?: string;
  replyTo?: string;
  metadata?: Record<string, unknown>;
  claims?: Claims;
  /** Why it will not be tried again by itself. */
  failure?: { code: string; status: number; message: string };
}

/** Where messages wait. */
export interface OutboxStore {
  /** Whether the items survive a reload. */
  readonly isDurable: boolean;
  /** Returns the items in order. */
  all(): Promise<OutboxItem[]>;
  put(item: OutboxItem): Promise<void>;
  delete(id: string): Promise<void>;
  clear(): Promise<void>;
}

export class MemoryStore implements OutboxStore {
  readonly isDurable = false;
  #items = new Map<string, OutboxItem>();

  all(): Promise<OutboxItem[]> {
    return Promise.resolve([...this.#items.values()].sort((a, b) => a.order - b.order));
  }
  put(item: OutboxItem): Promise<void> {
    this.#items.set(item.id, { ...item });
    return Promise.resolve();
  }
  delete(id: string): Promise<void> {
    this.#items.delete(id);
    return Promise.resolve();
  }
  clear(): Promise<void> {
    this.#items.clear();
    return Promise.resolve();
  }
}

const STORE = "outbox";

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error as Error);
  });
}

export class IndexedDbStore implements OutboxStore {
  readonly isDurable = true;

  private constructor(private readonly database: IDBDatabase) {}

  static open(name: string): Promise<IndexedDbStore> {
    return new Promise((resolve, reject) => {
      // Some private modes neither open it nor fail.
      const timer = setTimeout(() => reject(new Error("IndexedDB does not open")), 3000);
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => void request.result.createObjectStore(STORE, { keyPath: "id" });
      request.onsuccess = () => {
        clearTimeout(timer);
        // Another tab with a later version can upgrade.
        request.result.onversionchange = () => request.result.close();
        resolve(new IndexedDbStore(request.result));
      };
      request.onerror = request.onblocked = () => {
        clearTimeout(timer);
        reject(request.error ?? new Error("IndexedDB is blocked"));
      };
    });
  }

  async all(): Promise<OutboxItem[]> {
    const items = await done<OutboxItem[]>(this.#store("readonly").getAll());
    return items.sort((a, b) => a.order - b.order);
  }

  put(item: OutboxItem): Promise<void> {
    return this.#write((store) => store.put(item));
  }
  delete(id: string): Promise<void> {
    return this.#write((store) => store.delete(id));
  }
  clear(): Promise<void> {
    return this.#write((store) => store.clear());
  }

  #store(mode: IDBTransactionMode): IDBObjectStore {
    return this.database.transaction(STORE, mode).objectStore(STORE);
  }

  /** Waits for the transaction to be complete, not only for the request. */
  #write(change: (store: IDBObjectStore) => IDBRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(STORE, "readwrite");
      transaction.oncomplete = () => resolve();
      transaction.onabort = transaction.onerror = () => reject(transaction.error as Error);
      change(transaction.objectStore(STORE));
    });
  }
}

/** Keeps items in IndexedDB, and in memory what it does not take, as when the disk is full. */
class FallbackStore implements OutboxStore {
  #memory = new MemoryStore();
  isDurable = true;

  constructor(
    private readonly durable: OutboxStore,
    private readonly onFailure: (error: UnicomError) => void,
  ) {}

  async all(): Promise<OutboxItem[]> {
    const stored = await this.durable.all().catch(() => []);
    const kept = await this.#memory.all();
    const names = new Set(kept.map(({ id }) => id));
    return [...stored.filter(({ id }) => !names.has(id)), ...kept].sort((a, b) => a.order - b.order);
  }
  async put(item: OutboxItem): Promise<void> {
    try {
      await this.durable.put(item);
      await this.#memory.delete(item.id);
    } catch (cause) {
      await this.#memory.put(item);
      this.isDurable = false;
      this.onFailure(unavailable(cause));
    }
  }
  async delete(id: string): Promise<void> {
    await this.#memory.delete(id);
    await this.durable.delete(id).catch(() => {});
  }
  async clear(): Promise<void> {
    await this.#memory.clear();
    await this.durable.clear().catch(() => {});
  }
}

function unavailable(cause: unknown): UnicomError {
  const message = "the browser stores nothing: unsent messages are lost when the page is closed";
  return new UnicomError("storage_unavailable", message, { cause });
}

/** Opens the store, in IndexedDB if the browser has it, else in memory. */
export async function openStore(
  name: string,
  mode: "auto" | "memory",
  onFailure: (error: UnicomError) => void,
): Promise<OutboxStore> {
  if (mode === "memory") return new MemoryStore();
  try {
    return new FallbackStore(await IndexedDbStore.open(name), onFailure);
  } catch (cause) {
    onFailure(unavailable(cause));
    return new MemoryStore();
  }
}
