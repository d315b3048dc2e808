// The types that the server and the client exchange. Those that the server describes are generated (`schema.ts`).
import type { components } from "./schema.ts";

type Schemas = components["schemas"];

/** Fields that a server may add to a message. */
interface MessageAdditions {
  author?: { kind: "visitor" | "bot" | "staff" | "system"; name: string; avatar_url?: string | null; is_self?: boolean };
  status?: "sent" | "delivered" | "seen" | "failed";
  media?: {
    name: string;
    content_type: string;
    size: number;
    width?: number | null;
    height?: number | null;
    duration_ms?: number | null;
  } | null;
}

/** `T` with the fields of `U` that it does not have yet. */
type With<T, U> = T & Omit<U, keyof T>;

export type Message = With<Schemas["Message"], MessageAdditions>;
export type Chat = Schemas["ListedChat"];
export type Button = Schemas["InteractiveButton"];
export type MessageFile = Schemas["File"];
export type Session = Schemas["Session"];
export type Participant = Extract<Schemas["EventItem"], { kind: "participant" }>;
export type MessagePage = With<
  Schemas["Success_MessagePage"],
  { participants?: Omit<Participant, "kind">[] }
>;
export type Sent = Schemas["Success_Sent"];
export type ChatPage = Schemas["Success_ListedChats"];
export type Item = Schemas["EventItem"];
export type ChangesPage = With<Schemas["Success_Events"], { stream?: Omit<StreamFrame, "type" | "chat_id"> | null }>;
export type Author = Schemas["Author"];

/** A reply that is being written: its text grows until it becomes a message. */
export interface StreamFrame {
  type: "stream";
  chat_id: string;
  stream_id: string;
  /** The length of what comes before `text`; with 0, `text` is the whole text so far. */
  offset: number;
  text: string;
  state: "open" | "done" | "stopped";
}

/** What the server tells over a live connection. Unknown types are skipped. */
export type Frame = Exclude<Schemas["LiveFrame"], { type: "stream" }> | StreamFrame;

/** What the client tells the server over a WebSocket. */
export type Command = Schemas["LiveCommand"];

/** What a channel says of itself. */
export type ChannelConfig = Schemas["SiteConfig"];
export type PreChatField = Schemas["PreChatField"];
/** What visitors say about themselves. */
export type Claims = Schemas["Claims"];
export type GuestToken = Schemas["GuestToken"];
export type UserToken = Schemas["UserToken"];
