import type { Claims } from "@unicom/sdk";

/** What the panel remembers in the browser. */
export class Settings {
  constructor(
    /** What the names of all items end with or go on after. */
    readonly scope: string,
    private readonly account: () => string | null,
  ) {}

  lastChat(): string | null {
    return this.#get("chat");
  }
  rememberChat(chat: string): void {
    this.#put("chat", chat.startsWith("new:") ? "" : chat);
  }
  /** Notes that the visitor has written, so that the launcher counts what is unread. */
  markKnown(isKnown: boolean): void {
    this.#put("known", isKnown ? "1" : "");
  }
  draft(chat: string): string {
    return this.#get(this.#draft(chat)) ?? "";
  }
  saveDraft(chat: string, text: string): void {
    this.#put(this.#draft(chat), text);
  }
  /** What the visitor has said in the form before the first message, until that message is sent. */
  claims(): Claims | undefined {
    try {
      return (JSON.parse(this.#get("claims") ?? "null") as Claims | null) ?? undefined;
    } catch {
      return undefined;
    }
  }
  saveClaims(claims: Claims | undefined): void {
    this.#put("claims", claims ? JSON.stringify(claims) : "");
  }
  /** Whether sounds or notifications are switched on. */
  isOn(kind: "sound" | "notes"): boolean {
    return this.#get(kind) !== null;
  }
  setOn(kind: "sound" | "notes", isOn: boolean): void {
    this.#put(kind, isOn ? "1" : "");
  }
  /** Removes everything. */
  clear(): void {
    try {
      for (const key of Object.keys(localStorage)) {
        const name = ["chat", "known", "draft", "claims", "sound", "notes"].map((kind) => this.#key(kind)).find((name) => key.startsWith(name));
        if (name && ["", ":"].includes(key.charAt(name.length))) localStorage.removeItem(key);
      }
    } catch {
      // Nothing is stored.
    }
  }

  /** The chats that do not exist yet have the same ids for all visitors. */
  #draft(chat: string): string {
    return chat.startsWith("new:") ? `draft:${this.account() ?? ""}:${chat}` : `draft:${chat}`;
  }
  #key(name: string): string {
    const [kind, ...rest] = name.split(":");
    return [`unicom:${kind}:${this.scope}`, ...rest].join(":");
  }
  #get(name: string): string | null {
    try {
      return localStorage.getItem(this.#key(name));
    } catch {
      return null;
    }
  }
  #put(name: string, value: string): void {
    try {
      if (value) localStorage.setItem(this.#key(name), value);
      else localStorage.removeItem(this.#key(name));
    } catch {
      // It is remembered until the page is left, at most.
    }
  }
}
