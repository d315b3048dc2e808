import type { Pending } from "@unicom/sdk";
import { useEffect, useState } from "preact/hooks";
import { kindOf } from "../files.ts";
import { useStore } from "../store.ts";
import { type Texts, useTexts } from "../texts.ts";
import { Attachment, useFileAddress } from "./attachment.tsx";
import { PlainText } from "./rich-text.tsx";

/** A message that waits to be sent, or could not be. */
export function Unsent({ pending, tabIndex }: { pending: Pending; tabIndex: number }) {
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
