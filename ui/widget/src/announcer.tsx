import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { useCell } from "./store.ts";

interface Notice {
  readonly id: number;
  readonly text: string;
}

/** How long a notice stays: long enough to be read aloud, and short enough not to be found by browsing. */
const STAYS = 1000;

/** Texts for screen readers. Each is added, read, and removed. */
export class Announcer {
  #notices: readonly Notice[] = [];
  #listeners = new Set<() => void>();
  #last = 0;

  get value(): readonly Notice[] {
    return this.#notices;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  say(text: string): void {
    const notice = { id: ++this.#last, text };
    this.#set([...this.#notices, notice]);
    setTimeout(() => this.#set(this.#notices.filter(({ id }) => id !== notice.id)), STAYS);
  }

  #set(notices: readonly Notice[]): void {
    this.#notices = notices;
    for (const listener of [...this.#listeners]) listener();
  }
}

export const AnnouncerContext = createContext(new Announcer());

export function useAnnouncer(): Announcer {
  return useContext(AnnouncerContext);
}

export function AnnouncerRegion() {
  const notices = useCell(useAnnouncer());
  return (
    <div class="hidden" role="log" aria-live="polite" aria-relevant="additions">
      {notices.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  );
}
