import type { Credentials } from "../credentials.ts";
import type { Command } from "../types.ts";
import { type Ending, type Transport, type TransportHost, parseFrame } from "./transport.ts";

/** How often the client asks whether the connection still works, and how long it waits for the answer. */
const PING_EVERY = 25_000;
const PONG_WITHIN = 10_000;
const WAKE_WITHIN = 1500;

/** A WebSocket for all chats. */
export class SocketTransport implements Transport {
  readonly name = "ws";
  #socket: WebSocket | undefined;
  #isOpen = false;
  #waiting = new Map<string, string | null>();
  #pinging: ReturnType<typeof setInterval> | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #host: TransportHost | undefined;

  constructor(base: string, credentials: Credentials, host: TransportHost) {
    this.#host = host;
    void credentials.socketProtocols().then(
      (protocols) => {
        // It may have been closed meanwhile.
        if (this.#host) this.#open(`${base.replace(/^http/, "ws")}/webchat/ws/`, ["unicom.v1", ...protocols]);
      },
      () => this.#end({ why: "lost" }),
    );
  }

  watch(chat: string, cursor: string | null): void {
    if (this.#isOpen) this.#write({ type: "subscribe", chats: { [chat]: cursor } });
    else this.#waiting.set(chat, cursor);
  }

  unwatch(chat: string): void {
    this.#waiting.delete(chat);
    if (this.#isOpen) this.#write({ type: "unsubscribe", chats: [chat] });
  }

  send(command: Command): boolean {
    if (!this.#isOpen) return false;
    this.#write(command);
    return true;
  }

  check(): void {
    this.#ping(WAKE_WITHIN);
  }

  close(): void {
    this.#host = undefined;
    this.#stop();
  }

  #open(address: string, protocols: string[]): void {
    const socket = new WebSocket(address, protocols);
    socket.onmessage = ({ data }) => this.#receive(String(data));
    socket.onclose = ({ code, reason }) => this.#end(endingOf(code, reason));
    this.#socket = socket;
  }

  #receive(text: string): void {
    // Anything that arrives shows that the connection works.
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    const frame = parseFrame(text);
    if (!frame) return;
    if (frame.type === "hello" && !this.#isOpen) {
      this.#isOpen = true;
      this.#pinging = setInterval(() => this.#ping(PONG_WITHIN), PING_EVERY);
      this.#host?.opened();
      if (this.#waiting.size) this.#write({ type: "subscribe", chats: Object.fromEntries(this.#waiting) });
      this.#waiting.clear();
    }
    this.#host?.frame(frame);
  }

  #ping(within: number): void {
    if (!this.#isOpen) return;
    this.#write({ type: "ping" });
    // An earlier deadline stays.
    this.#deadline ??= setTimeout(() => this.#end({ why: "lost" }), within);
  }

  #write(command: Command): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(command));
  }

  #end(ending: Ending): void {
    const host = this.#host;
    this.close();
    host?.ended(ending);
  }

  #stop(): void {
    clearInterval(this.#pinging);
    clearTimeout(this.#deadline);
    this.#isOpen = false;
    if (!this.#socket) return;
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
  }
}

/** Returns what a close code of the server means. */
export function endingOf(code: number, reason: string): Ending {
  const seconds = Number(/\d+/.exec(reason)?.[0]);
  const after = Number.isFinite(seconds) ? Math.min(seconds, 300) * 1000 : undefined;
  switch (code) {
    case 4401:
      return { why: "session" };
    case 4403:
      return { why: "refused" };
    case 4429:
      return { why: "lost", after: after ?? 10_000, isOrderly: true };
    case 1001:
    case 1012:
    case 1013:
      return { why: "lost", after, isOrderly: true };
    case 4408:
      return { why: "lost", isOrderly: true };
    default:
      return { why: "lost" };
  }
}
