import type { Entry, Message as WireMessage } from "@unicom/sdk";
import type { Version } from "../branches.ts";
import { filesOf } from "../files.ts";
import { memo } from "../memo.ts";
import { timeOf, writerOf } from "../rows.ts";
import { useStore } from "../store.ts";
import { useTexts } from "../texts.ts";
import { Attachment } from "./attachment.tsx";
import { Avatar } from "./avatar.tsx";
import { Buttons } from "./buttons.tsx";
import { MessageTools } from "./message-tools.tsx";
import { MessageText } from "./rich-text.tsx";
import { Unsent } from "./unsent.tsx";
import { type Turn, Versions } from "./versions.tsx";

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
          {canChange && <MessageTools message={message} tabIndex={tabIndex} isActive={isActive} />}
        </div>
      )}
      {message.interactive_buttons && <Buttons message={message} chosen={chosen} tabIndex={tabIndex} />}
    </>
  );
}
