import { anonymous } from "./credentials.ts";
import { Http } from "./http.ts";
import type { ChannelConfig } from "./types.ts";

/** How long after the hours have changed the channel is read again, and when it is tried again, in milliseconds. */
const AFTER_CHANGE = 500;
const RETRY_AFTER = 20_000;
/** The longest time to wait for a change at once, in milliseconds. */
const LONGEST_WAIT = 86_400_000;

/** What a channel says of itself. It is read again when its hours begin or end. */
export class Config {
  #http: Http;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(
    base: string,
    fetch: typeof globalThis.fetch,
    /** Names the channel, if it has to be named. */
    private readonly query: { channel?: string; channel_id?: number },
    private readonly onRead: (config: ChannelConfig) => void,
  ) {
    // It is the same for all visitors.
    this.#http = new Http(base, anonymous("omit"), fetch);
  }

  async read(cache: RequestCache = "default"): Promise<void> {
    const config = await this.#http.get<ChannelConfig>("webchat/config/", { query: this.query, cache });
    this.#follow(config);
    if (!this.#isClosed) this.onRead(config);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #follow({ hours }: ChannelConfig): void {
    if (!hours?.next_change_at) return;
    const change = Date.parse(hours.next_change_at) - Date.now();
    // A clock that goes wrong must not ask all the time.
    this.#readIn(change > 0 ? Math.min(change + AFTER_CHANGE, LONGEST_WAIT) : RETRY_AFTER);
  }

  #readIn(wait: number): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.read("no-cache").catch(() => this.#readIn(RETRY_AFTER)), wait);
  }
}
