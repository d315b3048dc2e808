import { Cell } from "./emitter.ts";
import type { StreamFrame } from "./types.ts";

/** A reply that is being written. */
export interface StreamState {
  /** The id that the message gets. */
  readonly id: string;
  readonly chat: string;
  readonly text: string;
  readonly state: StreamFrame["state"];
}

/** How long a text that is whole is shown if its message does not arrive, in milliseconds. */
const MESSAGE_WITHIN = 3000;

/** The replies that are being written. */
export class Streams {
  readonly open = new Cell<readonly StreamState[]>([]);

  apply(frame: StreamFrame): void {
    const known = this.open.value.find(({ id }) => id === frame.stream_id);
    const before = new TextEncoder().encode(known?.text ?? "");
    // What came between was missed: the next frame with the whole text mends it.
    if (frame.offset > before.length) return;
    const text = new TextDecoder().decode(before.subarray(0, frame.offset)) + frame.text;
    const next = { id: frame.stream_id, chat: frame.chat_id, text, state: frame.state };
    const others = this.open.value.filter(({ id }) => id !== frame.stream_id);
    const isOver = frame.state !== "open";
    // Its message takes its place.
    if (isOver) setTimeout(() => this.remove(frame.stream_id), MESSAGE_WITHIN);
    this.open.set(isOver && !known ? others : [...others, next]);
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
