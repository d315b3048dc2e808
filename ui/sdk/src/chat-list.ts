import { Cell } from "./emitter.ts";
import type { Chat } from "./types.ts";

/** The visitor's chats, those with the latest activity first. */
export class ChatList {
  readonly chats = new Cell<readonly Chat[]>([]);

  /** Replaces the first page of the list. Chats beyond it stay. */
  replace(page: readonly Chat[], hasMore: boolean): void {
    const ids = new Set(page.map(({ id }) => id));
    const beyond = hasMore ? this.chats.value.filter(({ id }) => !ids.has(id)) : [];
    this.#set([...page, ...beyond]);
  }

  add(more: readonly Chat[]): void {
    const ids = new Set(more.map(({ id }) => id));
    this.#set([...this.chats.value.filter(({ id }) => !ids.has(id)), ...more]);
  }

  /** Replaces or adds a chat, unless a later state of it is known. */
  put(chat: Chat): void {
    const known = this.get(chat.id);
    if (known && known.change > chat.change) return;
    this.add([chat]);
  }

  /** Changes fields of a chat until the server tells its state. */
  patch(id: string, change: Partial<Chat>): void {
    this.#set(this.chats.value.map((chat) => (chat.id === id ? { ...chat, ...change } : chat)));
  }

  remove(id: string): void {
    this.#set(this.chats.value.filter((chat) => chat.id !== id));
  }

  get(id: string): Chat | undefined {
    return this.chats.value.find((chat) => chat.id === id);
  }

  #set(chats: Chat[]): void {
    const at = (chat: Chat) => chat.last_message?.timestamp ?? chat.created_at;
    this.chats.set(chats.sort((a, b) => (at(a) < at(b) ? 1 : at(a) > at(b) ? -1 : 0)));
  }
}
