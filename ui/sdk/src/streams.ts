import { Cell } from "./emitter.ts";
import type { StreamFrame } from "./types.ts";

/** A reply that is being written. */
export interface StreamState {
  /** The id that the message gets. */
  readonly id: string;
  readonly chat: string;
  readonly text: string;
}

/** The replies that are being written. */
export class Streams {
  readonly open = new Cell<readonly StreamState[]>([]);

  apply(frame: StreamFrame): void {
    const known = this.open.value.find(({ id }) => id === frame.stream_id);
    // What is finished has arrived as a message before; what has not, came to nothing.
    if (frame.state !== "open") return this.remove(frame.stream_id);
    const before = known?.text ?? "";
    // A frame with the whole text follows.
    if (frame.offset > before.length) return;
    const text = before.slice(0, frame.offset) + frame.text;
    const others = this.open.value.filter(({ id }) => id !== frame.stream_id);
    this.open.set([...others, { id: frame.stream_id, chat: frame.chat_id, text }]);
  }

  remove(id: string): void {
    if (this.open.value.some((stream) => stream.id === id)) this.open.set(this.open.value.filter((stream) => stream.id !== id));
  }

  /** Forgets the streams of a chat, or all. */
  clear(chat?: string): void {
    const left = chat === undefined ? [] : this.open.value.filter((stream) => stream.chat !== chat);
    if (left.length !== this.open.value.length) this.open.set(left);
  }
}
