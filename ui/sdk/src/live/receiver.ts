import type { Chats } from "../chats.ts";
import type { Emitter } from "../emitter.ts";
import { UnicomError } from "../errors.ts";
import type { ClientEvents, State } from "../state.ts";
import { Streams } from "../streams.ts";
import type { Command, Frame } from "../types.ts";
import { Typing } from "../typing.ts";

/** How long messages that come together are waited for, before the server is told that they have arrived. */
const TOGETHER = 500;

/** Applies what the server tells over the live connection. */
export class Receiver {
  readonly streams = new Streams();
  readonly typing = new Typing();
  #delivered: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly chats: Chats,
    private readonly state: State,
    private readonly events: Emitter<ClientEvents>,
    private readonly send: (command: Command) => void,
  ) {
    this.typing.typists.subscribe(() => state.patch({ typists: this.typing.typists.value }));
    this.streams.open.subscribe(() => state.patch({ streams: this.streams.open.value }));
  }

  frame(frame: Frame): void {
    switch (frame.type) {
      case "hello":
        this.chats.list.replace(frame.chats, frame.has_more);
        return this.state.patch({ hasMoreChats: frame.has_more, unread: frame.unread_total });
      case "chat":
        return this.chats.list.put(frame.chat);
      case "unread":
        return this.state.patch({ unread: frame.unread_total });
      case "chat_gone":
        return this.chats.gone(frame.chat_id);
      case "changes":
        return this.#changed(frame);
      case "reset":
        this.streams.clear(frame.chat_id);
        return void this.chats.load(frame.chat_id);
      case "typing":
        return this.typing.note(frame.chat_id, frame.author, frame.is_typing);
      case "stream":
        // Its message may be there already.
        if (this.chats.shown(frame.chat_id)?.messages.some(({ id }) => id === frame.stream_id)) return;
        this.typing.arrived(frame.chat_id);
        return this.streams.apply(frame);
      case "error":
        return this.events.emit("error", new UnicomError(frame.code, frame.error));
      default:
    }
  }

  close(): void {
    clearTimeout(this.#delivered);
  }

  #changed({ chat_id: chat, items, cursor }: Extract<Frame, { type: "changes" }>): void {
    const timeline = this.chats.shown(chat);
    if (!timeline?.state.value.isLoaded) return;
    const arrived = timeline.apply(items, cursor).filter(({ is_outgoing }) => is_outgoing);
    if (!arrived.length) return;
    this.typing.arrived(chat);
    for (const { id } of arrived) this.streams.remove(id);
    clearTimeout(this.#delivered);
    this.#delivered = setTimeout(() => {
      const last = this.chats.shown(chat)?.messages.at(-1);
      if (last) this.send({ type: "delivered", chat_id: chat, message_id: last.id });
    }, TOGETHER);
    for (const message of arrived) this.events.emit("message", message);
  }
}
