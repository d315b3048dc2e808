import { Cell } from "./emitter.ts";
import type { Author } from "./types.ts";

/** How long someone types after the last signal, and how often the visitor's own signal is sent, in milliseconds. */
const LASTS = 10_000;
const SEND_EVERY = 3000;

export interface Typist {
  readonly chat: string;
  readonly name: string;
  readonly kind: Author["kind"];
}

/** Who is writing, and the signals that the visitor is. */
export class Typing {
  readonly typists = new Cell<readonly Typist[]>([]);
  #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #sent: { chat: string; at: number } | undefined;

  /** Notes a signal of the server. */
  note(chat: string, { name, kind }: Author, isTyping: boolean): void {
    const key = `${chat} ${kind} ${name}`;
    clearTimeout(this.#timers.get(key));
    const others = this.typists.value.filter((typist) => `${typist.chat} ${typist.kind} ${typist.name}` !== key);
    this.typists.set(isTyping ? [...others, { chat, name, kind }] : others);
    if (isTyping) this.#timers.set(key, setTimeout(() => this.note(chat, { name, kind }, false), LASTS));
  }

  /** A message has arrived: its author no longer types. */
  arrived(chat: string): void {
    for (const { chat: other, name, kind } of this.typists.value) if (other === chat) this.note(chat, { name, kind }, false);
  }

  /** Returns whether a signal of the visitor is to be sent. */
  isDue(chat: string, isTyping: boolean, now: number): boolean {
    const last = this.#sent?.chat === chat ? this.#sent.at : undefined;
    if (!isTyping) {
      this.#sent = undefined;
      return last !== undefined;
    }
    if (last !== undefined && now - last < SEND_EVERY) return false;
    this.#sent = { chat, at: now };
    return true;
  }
}
