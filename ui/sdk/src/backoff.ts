/** The shortest and the longest wait between two tries, in milliseconds. */
export const SHORTEST_WAIT = 500;
export const LONGEST_WAIT = 30_000;

/** Returns how long to wait before try number `attempt + 1`, with full jitter, so that clients do not come at once. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** Math.min(attempt, 10));
  return Math.max(SHORTEST_WAIT, random() * ceiling);
}

/** A wait that can be cut short. */
export class Sleeper {
  #wake: (() => void) | undefined;

  sleep(duration: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), duration);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }

  wake(): void {
    this.#wake?.();
  }
}
