/** A visitor's token, and what is known of it. */
export interface VisitorToken {
  readonly value: string;
  readonly kind: "guest" | "identified";
  readonly account: string;
  /** When it ends by the server's clock, in milliseconds since 1970. */
  readonly endsAt: number;
  /** From when on it is to be replaced, in milliseconds since 1970. */
  readonly renewAt: number;
  /** The guest whose chats and messages are this visitor's now. */
  readonly heirOf?: string | undefined;
}

/** Keeps a visitor's token in the page's `localStorage`, or in memory if the browser stores nothing. */
export class TokenStore {
  #memory: string | null = null;

  constructor(
    private readonly key: string,
    private isDurable: boolean,
  ) {}

  read(): VisitorToken | undefined {
    try {
      const text = this.isDurable ? localStorage.getItem(this.key) : this.#memory;
      const token = JSON.parse(text ?? "null") as VisitorToken | null;
      return typeof token?.value === "string" ? token : undefined;
    } catch {
      return undefined;
    }
  }

  write(token: VisitorToken | undefined): void {
    const text = token ? JSON.stringify(token) : null;
    this.#memory = text;
    if (!this.isDurable) return;
    try {
      if (text === null) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, text);
    } catch {
      this.isDurable = false;
    }
  }
}
