import type { Timeline } from "@unicom/sdk";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useCell, useClient, useStore } from "./store.ts";

/** Returns the first unread entry, and how many have arrived while the reader was not at the end. Marks as read. */
export function useUnread(timeline: Timeline, chat: string, isAtEnd: boolean, isOpen: boolean): { unreadKey: string | undefined; missed: number } {
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
