import { useEffect, useRef, useState } from "preact/hooks";
import { useAnnouncer } from "../announcer.tsx";
import { useCell, useClient, useStore } from "../store.ts";
import { useTexts } from "../texts.ts";
import { Away } from "./away.tsx";
import { Composer } from "./composer.tsx";
import { Icon } from "./icon.tsx";
import { Lazy } from "./lazy.tsx";
import { MessageList } from "./message-list.tsx";
import { Notice } from "./notice.tsx";

const NONE: readonly File[] = [];

/** A chat: its messages, and where to write. */
export function Conversation({ greeting }: { greeting: string }) {
  const texts = useTexts();
  const store = useStore();
  const { chat, hasAnswered, resumed, editing } = useCell(store);
  const client = useClient();
  const timeline = store.sdk.messages(chat);
  const state = useCell(timeline.state);
  const [attached, setAttached] = useState<{ chat: string; files: readonly File[] }>({ chat, files: [] });
  // Files stay with the chat that they were attached in.
  const files = store.sdk.resolve(attached.chat) === chat ? attached.files : NONE;
  const setFiles = (next: readonly File[]) => setAttached({ chat, files: next });
  const [isDropping, setDropping] = useState(false);

  const row = client.chats.find(({ id }) => id === chat);
  const isOver = row?.state === "ended";
  const isEnded = isOver && resumed !== chat && !editing && !client.pending.some((item) => item.chat === chat);
  useEnding(chat, isOver);

  if (client.connection.status === "refused" || client.error?.code === "account_blocked") return <Notice text={texts.t("blocked")} />;
  const refusal = refusalOf(client.error?.code);
  if (refusal) return <Notice text={texts.t(refusal)} />;
  if (client.error && !client.isReady) {
    return <Notice text={texts.t("unreachable")} onRetry={() => void store.sdk.retryNow()} />;
  }
  const isFirstPage = !client.isReady || (!state.isLoaded && !state.error);
  const asked = client.config?.pre_chat ?? [];
  const isNew = client.isReady && !client.isIdentified && client.chats.length === 0 && client.pending.length === 0;
  if (isNew && asked.length > 0 && !hasAnswered) {
    return (
      <>
        <Away />
        <Lazy part="pre-chat" with={{ fields: asked, greeting }} />
      </>
    );
  }
  const isEmpty = client.isReady && state.isLoaded && state.entries.length === 0;
  return (
    <div
      class="conversation"
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDropping(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setDropping(false);
        setFiles([...files, ...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <Away />
      {state.error && !state.isLoaded ? (
        <Notice text={texts.t("loadFailed")} onRetry={() => void store.sdk.load(chat)} />
      ) : isFirstPage ? (
        <Skeleton />
      ) : isEmpty ? (
        <div class="empty">
          <slot name="empty">
            <span class="welcome">
              <Icon name="chat" />
            </span>
            <h3>{greeting || texts.t("greeting")}</h3>
            <p>{texts.t("greetingText")}</p>
          </slot>
        </div>
      ) : (
        <MessageList key={timeline} timeline={timeline} chat={chat} />
      )}
      <slot name="before-composer" />
      {row && isEnded ? (
        <Lazy part="ended" with={{ chat: row, canRate: state.entries.some(({ message }) => message?.is_outgoing) }} />
      ) : (
        <Composer chat={chat} files={files} onFiles={setFiles} />
      )}
      {isDropping && (
        <div class="drop">
          <Icon name="clip" />
          {texts.t("drop")}
        </div>
      )}
    </div>
  );
}

/** Announces that a chat ends while it is shown. Once it is open again, its next end is shown again. */
function useEnding(chat: string, isOver: boolean): void {
  const texts = useTexts();
  const store = useStore();
  const announcer = useAnnouncer();
  const before = useRef({ chat, isOver });
  useEffect(() => {
    if (isOver && !before.current.isOver && before.current.chat === chat) announcer.say(texts.t("ended"));
    if (!isOver && store.value.resumed === chat) store.update({ resumed: undefined });
    before.current = { chat, isOver };
  }, [chat, isOver]);
}

/** Returns the name of the sentence for an error that the visitor cannot mend by trying again. */
function refusalOf(code: string | undefined): "noChannel" | "notAllowed" | "identityNeeded" | "identityFailed" | undefined {
  switch (code) {
    case "no_channel":
      return "noChannel";
    case "origin_not_allowed":
      return "notAllowed";
    case "identity_required":
    case "identity_expired":
      return "identityNeeded";
    case "identity_invalid":
      return "identityFailed";
    default:
      return undefined;
  }
}

/** The shape of what comes. */
function Skeleton() {
  const texts = useTexts();
  return (
    <div class="skeleton" role="status">
      <span class="hidden">{texts.t("loading")}</span>
      <i />
      <i />
      <i />
    </div>
  );
}
