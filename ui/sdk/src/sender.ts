import type { Chats } from "./chats.ts";
import type { Emitter } from "./emitter.ts";
import { UnicomError } from "./errors.ts";
import type { Http, RequestOptions } from "./http.ts";
import { FIRST_CHAT, isLocal } from "./local-chats.ts";
import { type OutboxItem, type OutboxStore } from "./outbox-store.ts";
import { Outbox } from "./outbox.ts";
import { isOffline } from "./offline.ts";
import type { ClientEvents, State } from "./state.ts";
import type { Tabs } from "./tabs.ts";
import type { Claims, Sent } from "./types.ts";

export interface NewMessage {
  chat: string;
  text?: string;
  file?: Blob;
  fileName?: string;
  replyTo?: string;
  metadata?: Record<string, unknown>;
}

/** What sending needs of the client. */
export interface SenderHost {
  /** Whether the present visitor may send what this account wrote. */
  isOwn(owner: string | null): boolean;
  openStore(): Promise<OutboxStore>;
  /** Reads who the visitor is. */
  readSession(): Promise<string | null>;
  /** The first message was stored: there is a session now. */
  sessionBegan(): void;
  /** The account is blocked. */
  refused(): void;
}

/** Sends messages from the outbox. */
export class Sender {
  /** What the visitor says about themselves: it goes with the first message. */
  claims: Claims | undefined;
  #outbox: Promise<Outbox> | undefined;

  constructor(
    private readonly http: Http,
    private readonly state: State,
    private readonly events: Emitter<ClientEvents>,
    private readonly chats: Chats,
    private readonly tabs: Tabs,
    private readonly host: SenderHost,
    private readonly channel: number | undefined,
  ) {}

  /** The outbox, if it has been opened. */
  get opened(): Promise<Outbox> | undefined {
    return this.#outbox;
  }

  /** Stores a message in the outbox. Returns its id. */
  async add(message: NewMessage): Promise<string> {
    const id = crypto.randomUUID();
    const chat = this.chats.resolve(message.chat);
    const { channel } = this;
    const outbox = await this.open();
    await outbox.add({
      id,
      chat,
      owner: this.state.value.account,
      createsChat: isLocal(chat) && chat !== FIRST_CHAT,
      text: message.text ?? "",
      ...(channel !== undefined && { channel }),
      ...(message.file && { file: message.file }),
      ...(message.fileName !== undefined && { fileName: message.fileName }),
      ...(message.replyTo !== undefined && { replyTo: message.replyTo }),
      ...(message.metadata && { metadata: message.metadata }),
      ...(this.claims && { claims: this.claims }),
    });
    return id;
  }

  open(): Promise<Outbox> {
    this.#outbox ??= (async () => {
      const store = await this.host.openStore();
      const outbox: Outbox = new Outbox(store, {
        isOwn: (owner) => this.host.isOwn(owner),
        deliver: async (item, signal, onProgress) => {
          try {
            return await this.#deliver(outbox, item, signal, onProgress);
          } catch (error) {
            if (!(error instanceof UnicomError) || error.status !== 401) throw error;
            // Who the visitor is has changed.
            await this.host.readSession().catch(() => {});
            const next = outbox.find(item.id);
            if (!next) throw new UnicomError("aborted", "the message is not this visitor's");
            return this.#deliver(outbox, next, signal, onProgress);
          }
        },
        sent: (item, sent) => this.#sent(outbox, item, sent),
        failed: ({ id, failure }) => {
          if (failure?.code === "account_blocked") this.host.refused();
          const pending = outbox.items.value.find((item) => item.id === id);
          if (pending) this.events.emit("failed", pending);
        },
        announce: () => this.tabs.tell({ type: "outbox" }),
        exclusively: (work) => this.tabs.exclusively(work),
        isOffline,
      });
      outbox.items.subscribe(() => {
        this.state.patch({ pending: outbox.items.value });
        this.chats.showPending();
      });
      return outbox;
    })();
    return this.#outbox;
  }

  async #deliver(
    outbox: Outbox,
    item: OutboxItem,
    signal: AbortSignal,
    onProgress: (part: number) => void,
  ): Promise<Sent> {
    let { chat } = item;
    const channel = item.channel === undefined ? {} : { channel_id: item.channel };
    if (item.createsChat && isLocal(chat)) {
      const json = { ...channel, metadata: item.metadata };
      chat = await this.chats.create({ json, signal, owner: item.owner });
      await this.#bind(outbox, item.chat, chat);
    }
    const fields = {
      client_message_id: item.id,
      ...(isLocal(chat) ? { ...channel, metadata: item.metadata } : { chat_id: chat }),
      ...(item.replyTo !== undefined && { reply_to_message_id: item.replyTo }),
      ...(item.claims && { claims: item.claims }),
    };
    const options = { signal, owner: item.owner };
    if (!item.file) return this.#post(item, { ...options, json: { ...fields, text: item.text } });
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) {
      if (value !== undefined) form.set(name, typeof value === "object" ? JSON.stringify(value) : String(value));
    }
    if (item.text) form.set("text", item.text);
    form.set("media", item.file, item.fileName ?? "file");
    return this.#post(item, { ...options, form, onProgress });
  }

  async #post(item: OutboxItem, request: RequestOptions): Promise<Sent> {
    try {
      return await this.http.post<Sent>("webchat/send/", request);
    } catch (error) {
      const isGone = error instanceof UnicomError && error.code === "chat_not_found";
      // A guest's own chat has the guest's id. It became the user's with the login, and has the user's id now.
      if (!isGone || item.chat !== item.owner || (await this.host.readSession()) === item.owner) throw error;
      request.form?.delete("chat_id");
      const { chat_id: _, ...json } = (request.json ?? {}) as Record<string, unknown>;
      return this.http.post<Sent>("webchat/send/", { ...request, ...(!request.form && { json }) });
    }
  }

  async #sent(outbox: Outbox, item: OutboxItem, { chat_id, message }: Sent): Promise<void> {
    if (this.chats.resolve(item.chat) !== chat_id) await this.#bind(outbox, item.chat, chat_id);
    this.chats.shown(chat_id)?.insert(message);
    this.events.emit("sent", message);
    const { id, text, media_type, timestamp, is_outgoing, sender_name } = message;
    const media_name = message.media?.name ?? null;
    const last_message = { id, text, media_type, media_name, timestamp, is_outgoing, sender_name };
    if (item.claims) this.claims = undefined;
    // A message reopens a chat that has ended.
    this.chats.list.patch(chat_id, { last_message, state: "open", ended_at: null });
    if (this.state.value.account === null) this.host.sessionBegan();
  }

  async #bind(outbox: Outbox, from: string, to: string): Promise<void> {
    this.chats.bind(from, to);
    await outbox.rebind(from, to);
    this.tabs.tell({ type: "bound", from, to });
  }
}
