import type { Entry, Timeline } from "@unicom/sdk";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useAnchor } from "../anchor.ts";
import { type Branch, branchOf } from "../branches.ts";
import { type Row, rowsOf } from "../rows.ts";
import { useCell, useClient, useStore } from "../store.ts";
import { useTexts } from "../texts.ts";
import { Icon } from "./icon.tsx";
import { Message, type Turn } from "./message.tsx";
import { StreamLine } from "./stream-line.tsx";
import { TypingLine } from "./typing-line.tsx";

/** Closer to the first or the last line than this, in pixels, more is loaded. */
const NEAR = 600;

export function isCalm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** The messages of a chat. */
export function MessageList({ timeline, chat }: { timeline: Timeline; chat: string }) {
  const texts = useTexts();
  const store = useStore();
  const { isOpen } = useCell(store);
  const client = useClient();
  const state = useCell(timeline.state);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const anchor = useAnchor(scroller, list);
  const [isAtEnd, setAtEnd] = useState(true);
  const [active, setActive] = useState<string>();
  const { unreadKey, missed } = useUnread(timeline, chat, isAtEnd, isOpen);
  const today = new Date().setHours(0, 0, 0, 0);

  const clicks = useMemo(() => clicksOf(state.entries), [state.entries]);
  const [chosen, setChosen] = useState<ReadonlyMap<string, string>>(new Map());
  const branch = useMemo(() => branchOf(state.entries, clicks.buttons, chosen), [state.entries, clicks, chosen]);
  const rows = useMemo(
    () =>
      rowsOf(
        {
          entries: branch.entries,
          streams: state.atEnd ? client.streams.filter((stream) => stream.chat === chat) : [],
          typists: state.atEnd ? client.typists.filter((typist) => typist.chat === chat && typist.kind !== "visitor") : [],
          unreadKey,
          now: new Date(today),
        },
        texts,
      ),
    [branch, state, client.streams, client.typists, chat, unreadKey, texts, today],
  );
  const last = useMemo(() => rows.findLast((row) => row.kind === "entry" || row.kind === "stream")?.key, [rows]);
  const current = rows.some(({ key }) => key === active) ? active : last;

  // A chat is opened at its first unread message.
  const isLoaded = state.isLoaded;
  const hasOpened = useRef(false);
  useLayoutEffect(() => {
    if (!isLoaded || hasOpened.current) return;
    hasOpened.current = true;
    const line = list.current?.querySelector<HTMLElement>(".unread-line");
    const above = line && scroller.current && line.getBoundingClientRect().top - scroller.current.getBoundingClientRect().top;
    if (above && above < 0) scroller.current?.scrollBy({ top: above, behavior: "instant" });
  }, [isLoaded]);

  const load = useCallback(() => {
    const view = scroller.current;
    if (!view) return;
    const { atStart, atEnd, isLoading } = timeline.state.value;
    const before = view.scrollHeight - view.clientHeight - Math.abs(view.scrollTop);
    if (isLoading) return;
    if (!atStart && before < NEAR) timeline.loadOlder().catch(() => {});
    else if (!atEnd && Math.abs(view.scrollTop) < NEAR) timeline.loadNewer().catch(() => {});
  }, [timeline]);

  const onScroll = () => {
    anchor.note();
    const isNow = anchor.isAtEnd() && timeline.state.value.atEnd;
    timeline.isFollowing = isNow;
    setAtEnd(isNow);
    load();
  };
  useEffect(load, [state.entries, isOpen]);

  // What the visitor sends is seen.
  const own = state.entries.findLast((entry) => entry.pending)?.key;
  useLayoutEffect(() => {
    if (own !== undefined) anchor.toEnd(false);
  }, [own]);

  const jump = async () => {
    if (!state.atEnd) await store.sdk.load(chat);
    anchor.toEnd(!isCalm());
    timeline.isFollowing = true;
    setAtEnd(true);
    store.focusComposer();
  };

  const move = (key: string | undefined) => {
    if (key === undefined) return;
    setActive(key);
    const line = list.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    line?.focus({ preventScroll: true });
    line?.scrollIntoView({ block: "nearest" });
  };

  // Another version takes the place of a message, and the focus with it.
  const turned = useRef<string | undefined>(undefined);
  const turn = useCallback((of: string, id: string, isNewest: boolean) => {
    const key = timeline.state.value.entries.find(({ message }) => message?.id === id)?.key;
    turned.current = key;
    setActive(key);
    setChosen((known) => new Map(known).set(of, isNewest ? "" : id));
  }, [timeline]);
  useLayoutEffect(() => {
    if (turned.current === undefined) return;
    const line = list.current?.querySelector(`[data-key="${CSS.escape(turned.current)}"]`);
    line?.querySelector<HTMLElement>(".versions button:not([aria-disabled=true])")?.focus({ preventScroll: true });
    line?.scrollIntoView({ block: "nearest" });
    turned.current = undefined;
  }, [chosen]);

  const onKeyDown = (event: KeyboardEvent) => {
    const keys = rows.filter((row) => row.kind === "entry" || row.kind === "stream").map(({ key }) => key);
    const line = (event.target as Element).closest<HTMLElement>("[data-key]");
    const index = keys.indexOf(line?.dataset["key"] ?? "");
    if (index < 0) return;
    const isInside = event.target !== line;
    const target = { ArrowUp: keys[index - 1], ArrowDown: keys[index + 1], Home: keys[0], End: keys.at(-1) }[event.key];
    if (event.key === "Escape" && isInside) line?.focus();
    else if (event.key === "Enter" && !isInside) line?.querySelector<HTMLElement>("a, button, audio, video, summary")?.focus();
    else if (!isInside && target !== undefined) move(target);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const news = Math.max(missed, state.newer);
  return (
    <div class="log">
      <div class="scroller" ref={scroller} onScroll={onScroll} part="list">
        <ol
          ref={list}
          aria-label={texts.t("messages")}
          onKeyDown={onKeyDown}
          onFocusIn={(event) => setActive((event.target as Element).closest<HTMLElement>("[data-key]")?.dataset["key"])}
        >
          {rows.map((row) => (
            <Line key={row.key} row={row} {...{ clicks, today, branch }} onTurn={turn} isActive={row.key === current} status={statusOf(row, last, state.others)} />
          ))}
        </ol>
        {state.isLoading && !state.atStart && <div class="more" aria-hidden="true" />}
      </div>
      {(!isAtEnd || !state.atEnd) && state.isLoaded && (
        <button type="button" class={news ? "jump news" : "jump"} part="jump" onClick={() => void jump()}>
          <Icon name="down" />
          {news ? texts.count("jump", news) : <span class="hidden">{texts.t("jumpToEnd")}</span>}
        </button>
      )}
    </div>
  );
}

interface LineProps {
  row: Row;
  clicks: Clicks;
  branch: Branch;
  onTurn: Turn;
  today: number;
  isActive: boolean;
  status: "delivered" | "seen" | undefined;
}

function Line({ row, clicks, branch, onTurn, today, isActive, status }: LineProps) {
  const texts = useTexts();
  switch (row.kind) {
    case "day":
      return (
        <li class="day" part="day" data-key={row.key}>
          <h3>{row.label}</h3>
        </li>
      );
    case "unread":
      return (
        <li class="unread-line" part="unread-line">
          <span>{texts.t("unreadLine")}</span>
        </li>
      );
    case "stream":
      return <StreamLine stream={row.stream} isActive={isActive} />;
    case "typing":
      return <TypingLine names={row.names} />;
    case "entry": {
      const { message } = row.entry;
      const buttons = message?.interactive_buttons?.flat() ?? [];
      return (
        <Message
          entry={row.entry}
          isFirst={row.isFirst}
          isLast={row.isLast}
          chosen={buttons.map((button) => button.callback_execution_id ?? "").find((id) => clicks.clicked.has(id))}
          version={branch.versions.get(message?.id ?? "")}
          onTurn={onTurn}
          isClick={clicks.buttons.has(message?.client_message_id ?? "")}
          status={status}
          isActive={isActive}
          today={today}
        />
      );
    }
  }
}

interface Clicks {
  /** The ids of all buttons, and of those that were clicked. */
  buttons: ReadonlySet<string>;
  clicked: ReadonlySet<string>;
}

/** A click is a message whose `client_message_id` is the id of the button. */
function clicksOf(entries: readonly Entry[]): Clicks {
  const messages = entries.flatMap(({ message }) => message ?? []);
  const ids = messages.flatMap(({ interactive_buttons }) => interactive_buttons?.flat() ?? []);
  const buttons = new Set(ids.flatMap(({ callback_execution_id: id }) => id ?? []));
  const clicked = messages.flatMap(({ client_message_id: id }) => id ?? []).filter((id) => buttons.has(id));
  return { buttons, clicked: new Set(clicked) };
}

/** Returns how far the visitor's newest message got. */
function statusOf(
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

/** Returns the first unread entry, and how many have arrived while the reader was not at the end. Marks as read. */
function useUnread(timeline: Timeline, chat: string, isAtEnd: boolean, isOpen: boolean): { unreadKey: string | undefined; missed: number } {
  const store = useStore();
  const { chats, connection } = useClient();
  const { entries, isLoaded } = useCell(timeline.state);
  const [unreadKey, setUnreadKey] = useState<string>();
  const [seen, setSeen] = useState<string>();
  const [isVisible, setVisible] = useState(document.visibilityState === "visible");
  const unread = chats.find(({ id }) => id === chat)?.unread_count ?? 0;
  const incoming = entries.flatMap(({ message, key }) => (message?.is_outgoing ? key : []));
  const newest = incoming.at(-1);
  const isReading = isOpen && isVisible && isAtEnd;

  useEffect(() => {
    const listener = () => setVisible(document.visibilityState === "visible");
    document.addEventListener("visibilitychange", listener);
    return () => document.removeEventListener("visibilitychange", listener);
  }, []);

  // What was unread when the chat was opened, or arrived while it was not looked at.
  const hasOpened = useRef(false);
  useLayoutEffect(() => {
    if (!isLoaded || hasOpened.current) return;
    hasOpened.current = true;
    if (unread > 0) setUnreadKey(incoming.at(-Math.min(unread, incoming.length)));
    setSeen(newest);
  }, [isLoaded]);
  useEffect(() => {
    if (isReading) setSeen(newest);
    else if (hasOpened.current && newest !== seen && (!isOpen || !isVisible)) {
      setUnreadKey((known) => (known && incoming.includes(known) ? known : incoming[incoming.indexOf(seen ?? "") + 1]));
    }
  }, [newest, isReading]);
  const wasOpen = useRef(isOpen);
  useEffect(() => {
    if (wasOpen.current && !isOpen) setUnreadKey(undefined);
    wasOpen.current = isOpen;
  }, [isOpen]);

  useEffect(() => {
    if (isReading && unread > 0 && isLoaded) store.sdk.read(chat);
  }, [isReading, unread, isLoaded, newest, connection.status]);

  const index = seen === undefined ? -1 : incoming.indexOf(seen);
  const missed = isAtEnd || index < 0 ? 0 : incoming.length - 1 - index;
  return { unreadKey, missed };
}
