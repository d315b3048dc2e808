import type { UnicomError } from "../errors.ts";
import type { Http } from "../http.ts";
import { type Ending, type Transport, type TransportHost, endingOfError, parseFrame } from "./transport.ts";

/** The server sends something every 25 seconds. */
const SILENCE = 60_000;
const WAKE_SILENCE = 26_000;

/** Takes a stream of Server-Sent Events apart. */
export class EventParser {
  #rest = "";
  #data: string[] = [];

  /** Adds a piece of the stream. Returns the data of the events that are complete. */
  push(piece: string): string[] {
    const events: string[] = [];
    const text = this.#rest + piece;
    // A carriage return at the end may be the first half of a line break.
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (this.#data.length) events.push(this.#data.join("\n"));
        this.#data = [];
      } else if (line.startsWith("data:")) {
        this.#data.push(line.slice(line[5] === " " ? 6 : 5));
      }
    }
    return events;
  }
}

/** Server-Sent Events by `fetch`: a stream for the list of chats, and one for each chat that is followed. */
export class SseTransport implements Transport {
  readonly name = "sse";
  #streams = new Map<string, AbortController>();
  #host: TransportHost | undefined;
  #receivedAt = Date.now();
  #watchdog: ReturnType<typeof setInterval>;

  constructor(
    private readonly http: Http,
    host: TransportHost,
  ) {
    this.#host = host;
    this.#watchdog = setInterval(() => this.#expect(SILENCE), 10_000);
    void this.#read("", null);
  }

  watch(chat: string, cursor: string | null): void {
    this.unwatch(chat);
    void this.#read(chat, cursor);
  }

  unwatch(chat: string): void {
    this.#streams.get(chat)?.abort();
    this.#streams.delete(chat);
  }

  send(): boolean {
    return false;
  }

  check(): void {
    this.#expect(WAKE_SILENCE);
  }

  close(): void {
    this.#host = undefined;
    clearInterval(this.#watchdog);
    for (const stream of this.#streams.values()) stream.abort();
    this.#streams.clear();
  }

  async #read(chat: string, cursor: string | null): Promise<void> {
    const abort = new AbortController();
    this.#streams.set(chat, abort);
    let ending: Ending = { why: "lost" };
    try {
      const query = chat ? { chat_id: chat, cursor } : {};
      const stream = await this.http.stream("webchat/events/", query, abort.signal);
      const reader = stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
      const parser = new EventParser();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        this.#receivedAt = Date.now();
        for (const data of parser.push(value)) {
          const refused = this.#take(data);
          if (refused) ending = refused;
        }
      }
    } catch (error) {
      if (abort.signal.aborted) return;
      // Another tab has deleted the chat.
      if ((error as UnicomError).status === 404 && chat) return this.#host?.frame({ type: "chat_gone", chat_id: chat });
      ending = endingOfError(error as Partial<UnicomError>);
    }
    if (!abort.signal.aborted) this.#end(ending);
  }

  #take(data: string): Ending | undefined {
    const frame = parseFrame(data);
    if (!frame) return undefined;
    if (frame.type === "hello") this.#host?.opened();
    this.#host?.frame(frame);
    if (frame.type !== "error") return undefined;
    if (frame.code === "account_blocked") return { why: "refused" };
    const isOver = /^(login_required|csrf_failed|token_\w+)$/.test(frame.code);
    return { why: isOver ? "session" : "lost", isOrderly: true };
  }

  #expect(silence: number): void {
    if (Date.now() - this.#receivedAt > silence) this.#end({ why: "lost" });
  }

  #end(ending: Ending): void {
    const host = this.#host;
    this.close();
    host?.ended(ending);
  }
}
