import { UnicomError } from "../errors.ts";
import type { Http } from "../http.ts";
import type { ChangesPage, ChatPage } from "../types.ts";
import { type Transport, type TransportHost, endingOfError } from "./transport.ts";

/** How often the list of chats is read, and how long a request waits for changes. */
const LIST_EVERY = 15_000;
const WAIT_SECONDS = 25;

/** Requests that wait for changes: for networks that let nothing else through. */
export class PollTransport implements Transport {
  readonly name = "poll";
  #chats = new Map<string, AbortController>();
  #host: TransportHost | undefined;
  #listing = new AbortController();
  #listTimer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the list is just being read, and whether it has to be read once more. */
  #isListing = false;
  #isStale = false;

  constructor(
    private readonly http: Http,
    host: TransportHost,
  ) {
    this.#host = host;
    void this.#list(true);
  }

  watch(chat: string, cursor: string | null): void {
    this.unwatch(chat);
    const abort = new AbortController();
    this.#chats.set(chat, abort);
    void this.#follow(chat, cursor, abort.signal);
  }

  unwatch(chat: string): void {
    this.#chats.get(chat)?.abort();
    this.#chats.delete(chat);
  }

  send(): boolean {
    return false;
  }

  check(): void {
    void this.#list(false);
  }

  close(): void {
    this.#host = undefined;
    clearTimeout(this.#listTimer);
    this.#listing.abort();
    for (const abort of this.#chats.values()) abort.abort();
    this.#chats.clear();
  }

  async #list(isFirst: boolean): Promise<void> {
    this.#isStale = true;
    if (this.#isListing) return;
    this.#isListing = true;
    clearTimeout(this.#listTimer);
    const signal = this.#listing.signal;
    try {
      this.#isStale = false;
      const page = await this.http.get<ChatPage>("webchat/chats/", { query: { limit: 100 }, signal });
      const { unread_total } = await this.http.get<{ unread_total: number }>("webchat/unread/", { signal });
      if (!this.#host) return;
      if (isFirst) this.#host.opened();
      this.#host.frame({ type: "hello", chats: page.chats, has_more: page.has_more, unread_total, heartbeat_s: 25 });
      this.#listTimer = setTimeout(() => void this.#list(false), this.#isStale ? 0 : LIST_EVERY);
    } catch (error) {
      if (!signal.aborted) this.#end(error);
    } finally {
      this.#isListing = false;
    }
  }

  async #follow(chat: string, from: string | null, signal: AbortSignal): Promise<void> {
    let cursor = from;
    // The first answer tells at once, so that the cursor is known if there is none.
    let wait = cursor === null ? 0 : WAIT_SECONDS;
    // The reply that is being written, and how much of it has arrived.
    let stream: { id: string; length: number } | undefined;
    while (!signal.aborted) {
      try {
        const query = { chat_id: chat, cursor, wait, stream_id: stream?.id, stream_offset: stream?.length };
        const page = await this.http.get<ChangesPage>("webchat/events/", { query, signal, timeout: (wait + 15) * 1000 });
        if (signal.aborted) return;
        const isNews = page.reset || page.items.length > 0;
        cursor = page.cursor;
        if (page.reset) this.#host?.frame({ type: "reset", chat_id: chat, cursor });
        else this.#host?.frame({ type: "changes", chat_id: chat, cursor, items: page.items });
        if (page.stream) {
          this.#host?.frame({ type: "stream", chat_id: chat, ...page.stream });
          stream = { id: page.stream.stream_id, length: page.stream.offset + page.stream.text.length };
        } else if (stream) {
          this.#host?.frame({ type: "stream", chat_id: chat, stream_id: stream.id, offset: 0, text: "", state: "done" });
          stream = undefined;
        }
        if (isNews) void this.#list(false);
        wait = WAIT_SECONDS;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof UnicomError && error.status === 404) {
          return this.#host?.frame({ type: "chat_gone", chat_id: chat });
        }
        return this.#end(error);
      }
    }
  }

  #end(error: unknown): void {
    const host = this.#host;
    this.close();
    host?.ended(endingOfError(error as Partial<UnicomError>));
  }
}
