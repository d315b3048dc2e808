import { useEffect, useRef, useState } from "preact/hooks";
import { useAnnouncer } from "../announcer.tsx";
import { useClient } from "../store.ts";
import { useTexts } from "../texts.ts";
import { Icon } from "./icon.tsx";

/** How long the connection may be gone before it is mentioned, in milliseconds. */
const PATIENCE = 2000;

/** Says that the connection is gone, and why messages wait. */
export function Banner({ isStored }: { isStored: boolean }) {
  const texts = useTexts();
  const announcer = useAnnouncer();
  const { connection, pending, error } = useClient();
  const [isOffline, setOffline] = useState(!navigator.onLine);
  const [isShown, setShown] = useState(false);
  const isGone = isOffline || ["offline", "reconnecting"].includes(connection.status) || error !== undefined;

  useEffect(() => {
    const listener = () => setOffline(!navigator.onLine);
    addEventListener("online", listener);
    addEventListener("offline", listener);
    return () => {
      removeEventListener("online", listener);
      removeEventListener("offline", listener);
    };
  }, []);
  // A short try to connect in between does not count.
  const isBack = !isOffline && (connection.status === "live" || (connection.status === "idle" && !error));
  useEffect(() => {
    if (isBack) return setShown(false);
    if (!isGone || isShown) return;
    const timer = setTimeout(() => setShown(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [isGone, isBack, isShown]);

  const paused = pending.find((item) => item.error?.status === 429 && item.state !== "failed");
  const text = isShown
    ? texts.t(isOffline || connection.status === "offline" ? "offline" : "reconnecting")
    : paused
      ? texts.t("slowDown")
      : !isStored && pending.length > 0
        ? texts.t("notStored")
        : undefined;
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (text) announcer.say(text);
    else if (before.current) announcer.say(texts.t("back"));
    before.current = text;
  }, [text]);

  if (!text) return null;
  return (
    <div class="banner">
      <Icon name={isShown ? "offline" : "alert"} />
      <span>{text}</span>
    </div>
  );
}
