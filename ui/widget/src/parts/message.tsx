import type { Entry, Pending, Message as WireMessage } from "@unicom/sdk";
import { UnicomError } from "@unicom/sdk";
import { useEffect, useState } from "preact/hooks";
import { useAnnouncer } from "../announcer.tsx";
import type { Version } from "../branches.ts";
import { memo } from "../memo.ts";
import { timeOf, writerOf } from "../rows.ts";
import { useStore } from "../store.ts";
import { type Texts, useTexts } from "../texts.ts";
import { Attachment, type Shown, useFileAddress } from "./attachment.tsx";
import { Avatar } from "./avatar.tsx";
import { Buttons } from "./buttons.tsx";
import { IconButton } from "./icon-button.tsx";
import { MessageText, PlainText } from "./rich-text.tsx";

/** Shows another version of what replies to a message. */
export type Turn = (of: string, id: string, isNewest: boolean) => void;

interface Props {
  entry: Entry;
  /** Whether it is the first or the last of its author's messages that stand together. */
  isFirst: boolean;
  isLast: boolean;
  /** The id of the button under the message that was clicked. */
  chosen: string | undefined;
  /** Where it stands among its versions, if there are others, and how another one is shown. */
  version: Version | undefined;
  onTurn: Turn;
  /** Whether the message is a click on a button. */
  isClick: boolean;
  /** How far the message got, if that is shown. */
  status: "delivered" | "seen" | undefined;
  /** Whether the list is at this message: then the keyboard reaches what is in it. */
  isActive: boolean;
  /** The day on which the list is shown. */
  today: number;
}

/** A message in the list. */
export const Message = memo(function Message({ entry, isFirst, isLast, chosen, version, onTurn, isClick, status, isActive, today }: Props) {
  const texts = useTexts();
  const writer = writerOf(entry);
  const at = timeOf(entry);
  const tabIndex = isActive ? 0 : -1;
  const author = writer.isSelf ? texts.t("you") : writer.name || texts.t("someone");
  const classes = ["row", writer.isSelf ? "mine" : "theirs", isFirst && "first", isLast && "last"];
  return (
    <li class={classes.filter(Boolean).join(" ")} part="item" data-key={entry.key} tabIndex={tabIndex}>
      {!writer.isSelf && (isLast ? <Avatar writer={writer} /> : <span class="gap" />)}
      <div class="stack">
        <span class="hidden">{texts.t("label", { author, time: texts.moment(at, new Date(today)) })}</span>
        {entry.message ? (
          <Sent message={entry.message} chosen={chosen} canChange={writer.isSelf && !isClick} isActive={isActive} />
        ) : (
          <Unsent pending={entry.pending} tabIndex={tabIndex} />
        )}
        {version && <Versions {...{ version, onTurn, tabIndex }} />}
        {isLast && entry.message && (
          <span class="meta" part="time">
            {!writer.isSelf && writer.name && (
              <>
                <bdi>{writer.name}</bdi>
                {" · "}
              </>
            )}
            <time dateTime={at.toISOString()}>{texts.time(at)}</time>
            {status && ` · ${texts.t(status)}`}
          </span>
        )}
      </div>
    </li>
  );
});

/** The way to the other versions of a message. */
function Versions({ version, onTurn, tabIndex }: { version: Version; onTurn: Turn; tabIndex: number }) {
  const texts = useTexts();
  const { number: n, count, of, earlier, later } = version;
  return (
    <span class="versions" role="group" aria-label={texts.t("version", { n, count })}>
      <IconButton icon="before" class="flip" label={texts.t("earlierVersion")} tabIndex={tabIndex} isDisabled={!earlier} onClick={() => earlier && onTurn(of, earlier, false)} />
      <span aria-hidden="true">{`${texts.number(n)}/${texts.number(count)}`}</span>
      <IconButton icon="after" class="flip" label={texts.t("laterVersion")} tabIndex={tabIndex} isDisabled={!later} onClick={() => later && onTurn(of, later, n + 1 === count)} />
    </span>
  );
}

interface SentProps {
  message: WireMessage;
  chosen: string | undefined;
  canChange: boolean;
  isActive: boolean;
}

function Sent({ message, chosen, canChange, isActive }: SentProps) {
  const texts = useTexts();
  const { sdk } = useStore();
  const tabIndex = isActive ? 0 : -1;
  const reread = () => void sdk.reread(message.chat_id, message.id).catch(() => {});
  return (
    <>
      {filesOf(message).map((file, index) => (
        <Attachment key={index} file={file} tabIndex={tabIndex} onStale={reread} />
      ))}
      {(message.text || message.html) && (
        <div class="line">
          <div class="bubble" part="bubble" dir="auto">
            <MessageText message={message} tabIndex={tabIndex} />
            {message.edited_at && <small class="edited"> {texts.t("edited")}</small>}
          </div>
          {canChange && <Tools message={message} tabIndex={tabIndex} isActive={isActive} />}
        </div>
      )}
      {message.interactive_buttons && <Buttons message={message} chosen={chosen} tabIndex={tabIndex} />}
    </>
  );
}

/** How long the visitor is offered to change a message; the server decides. */
const CHANGEABLE = 15 * 60_000;

function Tools({ message, tabIndex, isActive }: { message: WireMessage; tabIndex: number; isActive: boolean }) {
  const texts = useTexts();
  const store = useStore();
  const announcer = useAnnouncer();
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<string>();
  const age = Date.now() - Date.parse(message.timestamp);
  useEffect(() => {
    if (!isActive) setAsking(false);
  }, [isActive]);
  if (age > CHANGEABLE && !error) return null;

  const remove = async () => {
    try {
      await store.sdk.remove(message.chat_id, message.id);
      store.focusComposer();
    } catch (thrown) {
      const isLate = thrown instanceof UnicomError && thrown.code === "too_late";
      const text = texts.t(isLate ? "tooLate" : "actionFailed");
      setAsking(false);
      setError(text);
      announcer.say(text);
    }
  };
  if (error) return <p class="fail">{error}</p>;
  if (isAsking) {
    return (
      <div class="ask" role="group" aria-label={texts.t("deleteQuestion")}>
        <span>{texts.t("deleteQuestion")}</span>
        <button type="button" class="text-button danger" onClick={() => void remove()}>
          {texts.t("delete")}
        </button>
        <button type="button" class="text-button" onClick={() => setAsking(false)}>
          {texts.t("cancel")}
        </button>
      </div>
    );
  }
  const edit = () => {
    store.update({ editing: { id: message.id, text: message.text } });
    store.focusComposer();
  };
  return (
    <div class="tools">
      <IconButton icon="edit" label={texts.t("edit")} tabIndex={tabIndex} onClick={edit} />
      <IconButton icon="trash" label={texts.t("delete")} tabIndex={tabIndex} onClick={() => setAsking(true)} />
    </div>
  );
}

function Unsent({ pending, tabIndex }: { pending: Pending; tabIndex: number }) {
  const texts = useTexts();
  const { sdk } = useStore();
  const address = useFileAddress(pending.file);
  const isFailed = pending.state === "failed";
  const kind = pending.file ? kindOf(pending.file.type) : "file";
  return (
    <>
      {pending.file && address && (
        <Attachment file={{ kind, name: pending.fileName ?? "", address, size: pending.file.size }} tabIndex={tabIndex} />
      )}
      {pending.text && (
        <div class={isFailed ? "bubble failed" : "bubble"} part="bubble" dir="auto">
          <PlainText text={pending.text} tabIndex={tabIndex} />
        </div>
      )}
      {isFailed ? (
        <span class="fail">
          <span>{`${texts.t("notSent")} ${reasonOf(pending, texts)}`}</span>
          <button type="button" class="text-button" tabIndex={tabIndex} onClick={() => void sdk.retry(pending.id)}>
            {texts.t("tryAgain")}
          </button>
          <button type="button" class="text-button" tabIndex={tabIndex} onClick={() => void sdk.cancel(pending.id)}>
            {texts.t("delete")}
          </button>
        </span>
      ) : (
        <Progress pending={pending} tabIndex={tabIndex} />
      )}
    </>
  );
}

/** How long a message may take to be sent before something is said about it, in milliseconds. */
const PATIENCE = 1000;

function Progress({ pending, tabIndex }: { pending: Pending; tabIndex: number }) {
  const texts = useTexts();
  const { sdk } = useStore();
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  if (!isSlow) return null;
  const isUploading = pending.file !== undefined && pending.state === "sending" && pending.progress > 0;
  const text = isUploading
    ? texts.t("uploading", { part: texts.percent(pending.progress) })
    : texts.t(pending.state === "sending" ? "sending" : "queued");
  return (
    <span class="meta">
      {isUploading && <progress value={pending.progress} aria-label={text} />}
      {text}
      {(pending.file || pending.state === "queued") && (
        <button type="button" class="text-button" tabIndex={tabIndex} onClick={() => void sdk.cancel(pending.id)}>
          {texts.t("cancel")}
        </button>
      )}
    </span>
  );
}

/** Returns the sentence for why a message was not sent. */
export function reasonOf(pending: Pending, texts: Texts): string {
  switch (pending.error?.code) {
    case "too_large":
    case "quota_exceeded":
      return texts.t("failedTooLarge");
    case "unsupported_media_type":
      return texts.t("failedType");
    case "account_blocked":
      return texts.t("failedBlocked");
    case "chat_not_found":
      return texts.t("failedGone");
    case "no_channel":
      return texts.t("noChannel");
    default:
      return "";
  }
}

export function kindOf(type: string): Shown["kind"] {
  const kind = type.split("/")[0];
  return kind === "image" || kind === "audio" || kind === "video" ? kind : "file";
}

/** Returns the name at the end of a path. */
function nameOf(path: string): string {
  const last = path.replace(/\?.*/, "").split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

function filesOf(message: WireMessage): Shown[] {
  const files: Shown[] = [];
  if (message.media_url) {
    const name = message.media?.name ?? nameOf(message.media_url);
    const { media_type: type, media } = message;
    files.push({
      kind: type === "image" || type === "audio" || type === "video" ? type : "file",
      name,
      address: message.media_url,
      size: media?.size,
      width: media?.width,
      height: media?.height,
    });
  }
  for (const file of message.files) {
    const { media_type: type, media_url, media_size, name } = file;
    const kind = type === "image" || type === "audio" || type === "video" ? type : "file";
    files.push({ kind, name, address: media_url, size: media_size });
  }
  return files;
}

