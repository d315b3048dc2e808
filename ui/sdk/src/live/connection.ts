import { backoff } from "../backoff.ts";
import { Cell } from "../emitter.ts";
import type { Command, Frame } from "../types.ts";
import type { Ending, OpenTransport, Transport, TransportHost, TransportName } from "./transport.ts";

/** How long a transport may take to open, and how long it must last to count as one that works. */
const OPEN_WITHIN = 6_000;
const WORKS_AFTER = 5_000;
/** How many failures in a row lead to the next transport. One that does not open in time counts as all of them. */
const FAILURES = 2;
/** A pause of the page's timers that shows that the computer slept. */
const TICK = 5_000;
const SLEPT = 15_000;

export interface ConnectionState {
  /** `idle`: there is no session yet, and nothing to be told. */
  readonly status: "idle" | "connecting" | "live" | "reconnecting" | "offline" | "refused";
  readonly transport: TransportName | undefined;
  /** When the next try begins, while reconnecting. */
  readonly retryAt: number | undefined;
}

/** What the connection needs of the client. */
export interface ConnectionHost {
  frame(frame: Frame): void;
  /** Returns the chats to follow, with their cursors. */
  watched(): Iterable<[chat: string, cursor: string | null]>;
  /** Finds out whether the server can be reached, and whether there is a session. Throws if it cannot be reached. */
  probe(): Promise<boolean>;
}

export interface ConnectionOptions {
  /** The transports, best first. */
  transports: readonly [TransportName, OpenTransport][];
  /** How often a better transport is tried, in milliseconds. */
  climbEvery?: number;
  isOffline: () => boolean;
}

/** There is nothing to be told. */
export const IDLE: ConnectionState = { status: "idle", transport: undefined, retryAt: undefined };
/** The account is blocked. */
export const REFUSED: ConnectionState = { status: "refused", transport: undefined, retryAt: undefined };

/**
 * Keeps one transport open: comes again with growing waits, goes down to a simpler transport if one does not work on
 * this network, and back up when it does.
 */
export class Connection {
  readonly state = new Cell<ConnectionState>(IDLE);
  #current: Transport | undefined;
  #candidate: Transport | undefined;
  #level = 0;
  #failures = 0;
  #attempt = 0;
  #isWanted = false;
  #timers = new Set<ReturnType<typeof setTimeout>>();
  #ticking: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly host: ConnectionHost,
    private readonly options: ConnectionOptions,
  ) {}

  /** Connects, if that has not begun. */
  start(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    let last = Date.now();
    this.#ticking = setInterval(() => {
      const now = Date.now();
      if (now - last > SLEPT) this.wake();
      last = now;
    }, TICK);
    this.#connect();
  }

  stop(state: ConnectionState = IDLE): void {
    this.#isWanted = false;
    clearInterval(this.#ticking);
    this.#drop();
    this.state.set(state);
  }

  watch(chat: string, cursor: string | null): void {
    this.#current?.watch(chat, cursor);
  }

  unwatch(chat: string): void {
    this.#current?.unwatch(chat);
  }

  send(command: Command): boolean {
    return this.state.value.status === "live" && (this.#current?.send(command) ?? false);
  }

  /** The page was shown again, or the computer woke: find out now whether the connection still works. */
  wake(): void {
    if (!this.#isWanted) return;
    if (this.state.value.status === "live") this.#current?.check();
    else this.retry();
  }

  /** Connects now instead of after the wait. */
  retry(): void {
    if (!this.#isWanted || this.state.value.status === "live" || this.state.value.status === "connecting") return;
    this.#attempt = 0;
    this.#connect();
  }

  /** The browser says that there is no network. */
  offline(): void {
    if (!this.#isWanted) return;
    this.#drop();
    this.#show("offline");
    // Some browsers say so wrongly.
    this.#later(15_000, () => this.#connect());
  }

  #connect(): void {
    this.#drop();
    if (!this.#isWanted) return;
    this.#show("connecting");
    const openedAt: { at?: number } = {};
    const host: TransportHost = {
      opened: () => {
        openedAt.at = Date.now();
        this.#opened(transport);
      },
      frame: (frame) => this.host.frame(frame),
      ended: (ending) => {
        this.#current = undefined;
        void this.#ended(ending, openedAt.at);
      },
    };
    const [, open] = this.options.transports[this.#level] ?? (this.options.transports[0] as [TransportName, OpenTransport]);
    const transport = open(host);
    this.#current = transport;
    this.#later(OPEN_WITHIN, () => {
      if (openedAt.at !== undefined || this.#current !== transport) return;
      transport.close();
      this.#current = undefined;
      this.#failures = FAILURES;
      void this.#ended({ why: "lost" }, undefined);
    });
  }

  #opened(transport: Transport): void {
    this.#attempt = 0;
    for (const [chat, cursor] of this.host.watched()) transport.watch(chat, cursor);
    this.state.set({ status: "live", transport: transport.name, retryAt: undefined });
    this.#later(WORKS_AFTER, () => (this.#failures = 0));
    if (this.#level > 0) this.#later(this.options.climbEvery ?? 60_000, () => this.#climb());
  }

  /** Tries the better transports beside the present one. */
  #climb(level = 0): void {
    const better = this.options.transports[level];
    if (!better || level >= this.#level) {
      this.#later(this.options.climbEvery ?? 60_000, () => this.#climb());
      return;
    }
    const next = () => {
      candidate.close();
      this.#candidate = undefined;
      this.#climb(level + 1);
    };
    let isOpen = false;
    const candidate = better[1]({
      opened: () => {
        isOpen = true;
        this.#candidate = undefined;
        this.#clearTimers();
        this.#current?.close();
        this.#current = candidate;
        this.#level = level;
        this.#failures = 0;
        this.#opened(candidate);
      },
      frame: (frame) => this.host.frame(frame),
      ended: (ending) => {
        if (!isOpen) return next();
        this.#current = undefined;
        void this.#ended(ending, Date.now());
      },
    });
    this.#candidate = candidate;
    this.#later(OPEN_WITHIN, () => {
      if (!isOpen && this.#candidate === candidate) next();
    });
  }

  async #ended(ending: Ending, openedAt: number | undefined): Promise<void> {
    this.#drop();
    if (!this.#isWanted) return;
    if (ending.why === "refused") return this.stop(REFUSED);
    if (this.options.isOffline()) return this.offline();
    this.#show("reconnecting");
    const hasWorked = openedAt !== undefined && Date.now() - openedAt > WORKS_AFTER;
    if (ending.why === "session" || (!hasWorked && !ending.isOrderly)) {
      // Is it the transport, the session, or the server?
      const hasSession = await this.host.probe().catch(() => undefined);
      if (!this.#isWanted || this.#current) return;
      if (hasSession === false) return this.stop();
      if (hasSession && ending.why !== "session" && ++this.#failures >= FAILURES) {
        this.#failures = 0;
        this.#level = Math.min(this.#level + 1, this.options.transports.length - 1);
        return this.#connect();
      }
    }
    const wait = Math.max(ending.after ?? 0, backoff(this.#attempt++));
    this.state.set({ status: "reconnecting", transport: undefined, retryAt: Date.now() + wait });
    this.#later(wait, () => this.#connect());
  }

  #show(status: ConnectionState["status"]): void {
    this.state.set({ status, transport: undefined, retryAt: undefined });
  }

  #drop(): void {
    this.#clearTimers();
    this.#current?.close();
    this.#candidate?.close();
    this.#current = this.#candidate = undefined;
  }

  #later(duration: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      then();
    }, duration);
    this.#timers.add(timer);
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
