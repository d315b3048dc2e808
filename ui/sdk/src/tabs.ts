/** What the tabs of one browser tell each other. */
export type TabNotice = { type: "outbox" } | { type: "session" } | { type: "bound"; from: string; to: string } | { type: "end" };

/** The other tabs with the same chat. */
export class Tabs {
  #channel: BroadcastChannel | undefined;

  constructor(
    private readonly name: string,
    onNotice: (notice: TabNotice) => void,
    private readonly useLocks: boolean,
  ) {
    if (typeof BroadcastChannel === "undefined") return;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }) => onNotice(data as TabNotice);
  }

  tell(notice: TabNotice): void {
    this.#channel?.postMessage(notice);
  }

  /** Runs `work` while no other tab does any of this kind; without Web Locks, at once. */
  exclusively<T>(work: () => Promise<T>, kind = ""): Promise<T> {
    const locks = this.useLocks && typeof navigator !== "undefined" ? navigator.locks : undefined;
    if (!locks) return work();
    return locks.request(this.name + kind, work) as Promise<T>;
  }

  close(): void {
    this.#channel?.close();
  }
}
