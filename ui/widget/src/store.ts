import { type Client, FIRST_CHAT } from "@unicom/sdk";
import { createContext } from "preact";
import { useContext, useLayoutEffect, useReducer } from "preact/hooks";
import type { PartLoader } from "./lazy-parts.ts";
import type { Settings } from "./settings.ts";
import type { Texts } from "./texts.ts";

/** What the panel shows. */
export interface View {
  readonly isOpen: boolean;
  readonly screen: "chat" | "list";
  /** The chat that is shown. */
  readonly chat: string;
  /** The message that is being edited. */
  readonly editing: { id: string; text: string } | undefined;
  /** Whether the panel fills the screen. */
  readonly isFull: boolean;
  /** Whether the visitor has filled in the form before the first message. */
  readonly hasAnswered: boolean;
  /** The chat in which the visitor goes on although it has ended. */
  readonly resumed: string | undefined;
  /** Changes when the composer is to get the focus. */
  readonly focus: number;
}

interface Readable<T> {
  readonly value: T;
  subscribe(listener: () => void): () => void;
}

/** Returns the value of a cell, and renders again when it changes. */
export function useCell<T>(cell: Readable<T>): T {
  const [, render] = useReducer((count: number) => count + 1, 0);
  const { value } = cell;
  useLayoutEffect(() => {
    // It may have changed since it was rendered.
    if (cell.value !== value) render(undefined);
    return cell.subscribe(() => render(undefined));
  }, [cell]);
  return value;
}

/** What the state of the panel needs of its surroundings. */
export interface StoreHost {
  /** The chat that the page wants. */
  wantedChat(): string | null;
  heading(): string;
  texts(): Texts;
  open(): void;
}

/** The state of the panel, apart from what the client knows. */
export class Store {
  #view: View = { isOpen: false, screen: "chat", chat: FIRST_CHAT, editing: undefined, isFull: false, hasAnswered: false, resumed: undefined, focus: 0 };
  #listeners = new Set<() => void>();
  #undo: (() => void)[] = [];
  readonly client: { readonly value: Client["state"]; subscribe(listener: () => void): () => void };

  constructor(
    readonly sdk: Client,
    readonly settings: Settings,
    readonly parts: PartLoader,
    readonly host: StoreHost,
  ) {
    this.client = {
      get value() {
        return sdk.state;
      },
      subscribe: (listener) => sdk.subscribe(listener),
    };
    sdk.on("bound", ({ from, to }) => {
      // What was written meanwhile belongs to the chat that exists now.
      settings.saveDraft(to, settings.draft(from));
      settings.saveDraft(from, "");
      if (this.#view.chat === from) this.update({ chat: to });
    });
    this.#view = { ...this.#view, hasAnswered: settings.claims() !== undefined };
    // They went with the message.
    sdk.on("sent", () => settings.saveClaims(undefined));
    let known = 0;
    let isReady = false;
    sdk.subscribe(() => {
      const { chats, pending } = sdk.state;
      const isFirst = sdk.state.isReady && !isReady;
      // Someone has logged in: there are chats now.
      const isOther = known === 0 && chats.length > 0 && this.#view.chat === FIRST_CHAT && pending.length === 0;
      known = chats.length;
      isReady = sdk.state.isReady;
      if (isFirst || isOther) this.update({ chat: this.pickChat() });
    });
    sdk.on("gone", (chat) => {
      if (this.#view.chat === chat) this.update({ chat: this.pickChat(), editing: undefined });
    });
  }

  get value(): View {
    return this.#view;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  update(change: Partial<View>): void {
    this.#view = { ...this.#view, ...change };
    if (change.chat !== undefined) this.settings.rememberChat(change.chat);
    for (const listener of [...this.#listeners]) listener();
  }

  showChat(chat: string): void {
    this.update({ chat: this.sdk.resolve(chat), screen: "chat", editing: undefined, focus: this.#view.focus + 1 });
  }

  /** Notes what is to be done when the panel is removed. */
  onDestroy(undo: () => void): void {
    this.#undo.push(undo);
  }

  destroy(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  focusComposer(): void {
    this.update({ focus: this.#view.focus + 1 });
  }

  /** Returns the chat to begin with: the one that the page wants or that was shown last, else the latest, else the one that a first message creates. */
  pickChat(): string {
    const { chats, pending } = this.sdk.state;
    const open = chats.filter(({ is_archived }) => !is_archived);
    for (const wanted of [this.host.wantedChat(), this.settings.lastChat()]) {
      if (wanted !== null && open.some(({ id }) => id === wanted)) return wanted;
    }
    return open[0]?.id ?? pending[0]?.chat ?? FIRST_CHAT;
  }
}

export const StoreContext = createContext<Store | undefined>(undefined);

export function useStore(): Store {
  const store = useContext(StoreContext);
  if (!store) throw new Error("there is no store around this component");
  return store;
}

/** Returns what the client knows. */
export function useClient(): Client["state"] {
  return useCell(useStore().client);
}
