// What browsers have and Node.js has not: storage, locks, sockets. Clients of one browser are its tabs.
import { IDBFactory } from "fake-indexeddb";
import { Client, type ClientOptions } from "../../sdk/src/index.ts";
import { CHANNEL, type ChatServer } from "./chat-server.ts";

class Locks {
  #held = new Map<string, Promise<unknown>>();
  request<T>(name: string, work: () => Promise<T>): Promise<T> {
    const next = (this.#held.get(name) ?? Promise.resolve()).then(work);
    this.#held.set(name, next.catch(() => {}));
    return next;
  }
}

/** A WebSocket that a test answers. */
export class FakeSocket {
  static readonly OPEN = 1;
  static readonly all: FakeSocket[] = [];
  readyState = 1;
  readonly sent: Record<string, unknown>[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {
    FakeSocket.all.push(this);
    setImmediate(() => this.tell({ type: "hello", chats: [], has_more: false, unread_total: 0, heartbeat_s: 25 }));
  }
  tell(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  /** The server closes it. */
  end(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code, reason: "" });
  }
  close(): void {
    this.readyState = 3;
  }
}

export class Browser {
  readonly stored = new Map<string, string>();
  /** What was asked with which options. */
  readonly fetched: RequestInit[] = [];
  readonly tabs: Client[] = [];
  isOnline = true;
  /** Whether the browser says that there is no network; messages wait then. */
  saysOffline = false;
  storesNothing = false;

  constructor(private readonly server: ChatServer) {
    const { stored } = this;
    const check = () => {
      if (this.storesNothing) throw new Error("private mode");
    };
    const localStorage = {
      getItem: (key: string) => (check(), stored.get(key) ?? null),
      setItem: (key: string, value: string) => (check(), void stored.set(key, value)),
      removeItem: (key: string) => (check(), void stored.delete(key)),
    };
    const browser = this;
    const navigator = {
      locks: new Locks(),
      get onLine() {
        return browser.isOnline && !browser.saysOffline;
      },
    };
    for (const [name, value] of Object.entries({ localStorage, navigator, indexedDB: new IDBFactory(), WebSocket: FakeSocket })) {
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
    FakeSocket.all.length = 0;
  }

  tab(options: Partial<ClientOptions> = {}): Client {
    const fetch = (address: string, init: RequestInit) => {
      this.fetched.push(init);
      return this.isOnline ? globalThis.fetch(address, init) : Promise.reject(new TypeError("offline"));
    };
    const tab = new Client({ base: this.server.base, channel: CHANNEL, transports: ["poll"], fetch: fetch as typeof globalThis.fetch, ...options });
    this.tabs.push(tab);
    return tab;
  }

  /** The token that is stored. */
  get token(): { value: string; account: string; kind: string } | undefined {
    const text = [...this.stored].find(([key]) => key.startsWith("unicom:token:"))?.[1];
    return text === undefined ? undefined : (JSON.parse(text) as { value: string; account: string; kind: string });
  }

  close(): void {
    for (const tab of this.tabs) tab.close();
  }
}
