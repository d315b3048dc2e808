import type { Timeline } from "@unicom/sdk";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useAnchor } from "../anchor.ts";
import { branchOf } from "../branches.ts";
import { clicksOf } from "../clicks.ts";
import { rowsOf, statusOf } from "../rows.ts";
import { useCell, useClient, useStore } from "../store.ts";
import { useTexts } from "../texts.ts";
import { useUnread } from "../unread.ts";
import { Icon } from "./icon.tsx";
import { Line } from "./line.tsx";

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
