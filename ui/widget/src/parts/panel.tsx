import { useEffect, useRef, useState } from "preact/hooks";
import { AnnouncerRegion, useAnnouncer } from "../announcer.tsx";
import { spoken } from "../spoken.ts";
import { useCell, useClient, useStore } from "../store.ts";
import { useTexts } from "../texts.ts";
import { Banner } from "./banner.tsx";
import { Conversation } from "./conversation.tsx";
import { Header } from "./header.tsx";
import { Lazy } from "./lazy.tsx";

/** Messages older than this were missed while the connection was gone: they are not announced, in milliseconds. */
const NEWS = 60_000;

interface Props {
  heading: string;
  subtitle: string;
  greeting: string;
  isInline: boolean;
  onClose: () => void;
}

/** The whole panel. */
export function Panel({ heading, subtitle, greeting, isInline, onClose }: Props) {
  const texts = useTexts();
  const store = useStore();
  const announcer = useAnnouncer();
  const { isOpen, screen, isFull } = useCell(store);
  const [isStored, setStored] = useState(true);
  const panel = useRef<HTMLElement>(null);
  const { pending } = useClient();
  const failures = pending.filter(({ state }) => state === "failed").length;

  useEffect(() => {
    const { sdk } = store;
    const undo = [
      sdk.on("message", async (message) => {
        if (!store.value.isOpen || Date.now() - Date.parse(message.timestamp) > NEWS) return;
        const text = await spoken(message, texts.t("file"), store.parts);
        announcer.say(texts.t("says", { author: message.sender_name || texts.t("someone"), text }));
      }),
      sdk.on("error", ({ code }) => code === "storage_unavailable" && setStored(false)),
    ];
    return () => undo.forEach((stop) => stop());
  }, [store, texts]);
  useEffect(() => {
    if (failures > 0) announcer.say(`${texts.t("notSent")} ${texts.t("tryAgain")}`);
  }, [failures]);

  return (
    <section
      ref={panel}
      class="panel"
      part="panel"
      role={isInline ? "region" : "dialog"}
      aria-labelledby="title"
      aria-modal={isFull && !isInline ? true : undefined}
      hidden={!isOpen}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || isInline || event.defaultPrevented) return;
        event.stopPropagation();
        onClose();
      }}
    >
      <slot name="header">
        <Header {...{ heading, subtitle, isInline, onClose }} />
      </slot>
      <Banner isStored={isStored} />
      {screen === "list" ? <Lazy part="chat-list" with={{}} /> : <Conversation greeting={greeting} />}
      {screen === "chat" && (
        <div class="footer">
          <slot name="footer">{texts.t("powered")}</slot>
        </div>
      )}
      <AnnouncerRegion />
    </section>
  );
}
