import { Cell } from "./emitter.ts";
import type { UnicomError } from "./errors.ts";
import { type ConnectionState, IDLE } from "./live/connection.ts";
import type { Pending } from "./outbox.ts";
import type { StreamState } from "./streams.ts";
import type { ChannelConfig, Chat, Message } from "./types.ts";
import type { Typist } from "./typing.ts";

/** A snapshot of what the client knows. It is replaced, never changed. */
export interface ClientState {
  readonly connection: ConnectionState;
  /** Null until the visitor has written. */
  readonly account: string | null;
  /** Whether the visitor is a user who has logged in, here or on the site. */
  readonly isIdentified: boolean;
  /** What the channel says of itself. */
  readonly config: ChannelConfig | undefined;
  /** Whether the account and the list of chats are known. */
  readonly isReady: boolean;
  readonly chats: readonly Chat[];
  readonly hasMoreChats: boolean;
  readonly unread: number;
  readonly pending: readonly Pending[];
  readonly typists: readonly Typist[];
  readonly streams: readonly StreamState[];
  /** Why the chat cannot be shown. */
  readonly error: UnicomError | undefined;
}

export interface ClientEvents {
  /** A message of someone else has arrived. */
  message: Message;
  /** A message of this client was stored. */
  sent: Message;
  failed: Pending;
  /** A chat exists on the server now: `from` was its local id. */
  bound: { from: string; to: string };
  gone: string;
  /** The page has to say who the visitor is. */
  identity: UnicomError;
  error: UnicomError;
}

/** The client's state, of which parts are replaced. */
export class State extends Cell<ClientState> {
  constructor() {
    super({
      connection: IDLE,
      account: null,
      isIdentified: false,
      config: undefined,
      isReady: false,
      chats: [],
      hasMoreChats: false,
      unread: 0,
      pending: [],
      typists: [],
      streams: [],
      error: undefined,
    });
  }

  patch(change: Partial<ClientState>): void {
    this.set({ ...this.value, ...change });
  }
}
