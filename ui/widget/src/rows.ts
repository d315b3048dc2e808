import type { Entry, StreamState, Typist } from "@unicom/sdk";
import type { Texts } from "./texts.ts";

/** Messages of one author stand together if they follow each other within this time, in milliseconds. */
const TOGETHER = 5 * 60_000;

/** Who wrote a message. */
export interface Writer {
  readonly isSelf: boolean;
  readonly isBot: boolean;
  readonly name: string;
  readonly avatar: string | undefined;
}

export type EntryRow = {
  readonly kind: "entry";
  readonly key: string;
  readonly entry: Entry;
  readonly writer: Writer;
  readonly at: Date;
  /** Whether it is the first or the last of its author's messages that stand together. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
};

/** A line of the list of messages. */
export type Row =
  | EntryRow
  | { readonly kind: "day"; readonly key: string; readonly label: string }
  | { readonly kind: "unread"; readonly key: string }
  | { readonly kind: "stream"; readonly key: string; readonly stream: StreamState }
  | { readonly kind: "typing"; readonly key: string; readonly names: readonly string[] };

export interface RowSource {
  entries: readonly Entry[];
  streams: readonly StreamState[];
  typists: readonly Typist[];
  /** The key of the first entry that is unread. */
  unreadKey: string | undefined;
  now: Date;
}

const SELF: Writer = { isSelf: true, isBot: false, name: "", avatar: undefined };

export function writerOf({ message }: Entry): Writer {
  if (!message) return SELF;
  const { author } = message;
  return {
    isSelf: author?.is_self ?? !message.is_outgoing,
    isBot: author?.kind === "bot",
    name: author?.name || message.sender_name,
    avatar: author?.avatar_url && URL.canParse(author.avatar_url, location.href) ? author.avatar_url : undefined,
  };
}

export function timeOf({ message, pending }: Entry): Date {
  return new Date(message ? message.timestamp : pending.order);
}

/** Returns the lines of a list of messages: entries in groups, days, the line above unread ones, who is writing. */
export function rowsOf({ entries, streams, typists, unreadKey, now }: RowSource, texts: Texts): Row[] {
  const rows: Row[] = [];
  let day = "";
  let previous: EntryRow | undefined;
  for (const entry of entries) {
    const at = timeOf(entry);
    const writer = writerOf(entry);
    const label = texts.day(at, now);
    const isNewDay = label !== day;
    if (isNewDay) rows.push({ kind: "day", key: `day ${label}`, label });
    day = label;
    const isUnread = entry.key === unreadKey;
    if (isUnread) rows.push({ kind: "unread", key: "unread" });
    const isTogether =
      !isNewDay && !isUnread && previous !== undefined && isSame(previous.writer, writer) && +at - +previous.at < TOGETHER;
    if (isTogether && previous) rows[rows.indexOf(previous)] = { ...previous, isLast: false };
    const row: EntryRow = { kind: "entry", key: entry.key, entry, writer, at, isFirst: !isTogether, isLast: true };
    rows.push(row);
    previous = row;
  }
  const known = new Set(entries.map(({ key }) => key));
  for (const stream of streams) if (!known.has(stream.id)) rows.push({ kind: "stream", key: stream.id, stream });
  if (typists.length) rows.push({ kind: "typing", key: "typing", names: typists.map(({ name }) => name) });
  return rows;
}

function isSame(one: Writer, other: Writer): boolean {
  return one.isSelf === other.isSelf && one.isBot === other.isBot && (one.isSelf || one.name === other.name);
}

/** Returns the letters that stand for a name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const first = (word: string | undefined) => [...(word ?? "")][0] ?? "";
  const letters = words.length > 1 ? first(words[0]) + first(words.at(-1)) : [...(words[0] ?? "")].slice(0, 2).join("");
  return letters.toLocaleUpperCase();
}

/** Returns how far the visitor's newest message got. */
export function statusOf(
  row: Row,
  last: string | undefined,
  others: readonly { delivered_up_to?: string | null | undefined; read_up_to?: string | null | undefined }[],
): "delivered" | "seen" | undefined {
  if (row.kind !== "entry" || row.key !== last || !row.writer.isSelf || !row.entry.message) return undefined;
  const { status, timestamp } = row.entry.message;
  if (status === "seen" || others.some(({ read_up_to }) => read_up_to && read_up_to >= timestamp)) return "seen";
  if (status === "delivered" || others.some(({ delivered_up_to }) => delivered_up_to && delivered_up_to >= timestamp)) return "delivered";
  return undefined;
}
