import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { UnicomError } from "@unicom/sdk";
import { useAnnouncer } from "../announcer.tsx";
import { canFilm, canRecord, isTouch } from "../devices.ts";
import { iconOf, kindOf } from "../files.ts";
import { useCell, useClient, useStore } from "../store.ts";
import { useTexts } from "../texts.ts";
import { useFileAddress } from "./attachment.tsx";
import { Icon } from "./icon.tsx";
import { IconButton } from "./icon-button.tsx";
import { Lazy } from "./lazy.tsx";

/** The types of files that are offered if the server does not list those that it accepts. */
const ACCEPTED = "image/png,image/jpeg,image/gif,image/webp,audio/*";

interface Props {
  chat: string;
  files: readonly File[];
  onFiles: (files: readonly File[]) => void;
}

/** Where the visitor writes. */
export function Composer({ chat, files, onFiles }: Props) {
  const texts = useTexts();
  const store = useStore();
  const announcer = useAnnouncer();
  const { editing, focus } = useCell(store);
  const [text, setText] = useState(() => store.settings.draft(chat));
  const [error, setError] = useState<string>();
  const [device, setDevice] = useState<"recorder" | "camera">();
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const capture = useRef<HTMLInputElement>(null);
  const accepted = useClient().config?.limits.file_types?.join() ?? ACCEPTED;
  const canSend = text.trim() !== "" || (files.length > 0 && !editing);

  // Each chat has its own draft.
  useEffect(() => setText(editing?.text ?? store.settings.draft(chat)), [chat, editing]);
  useLayoutEffect(() => {
    const { current } = field;
    if (!current) return;
    current.style.blockSize = "auto";
    current.style.blockSize = `${current.scrollHeight}px`;
  }, [text]);
  // The focus stays in the panel when the chat is ended.
  useLayoutEffect(() => {
    const area = field.current?.closest<HTMLElement>(".panel");
    return () => {
      if (area?.querySelector(".composer :focus")) area.focus({ preventScroll: true });
    };
  }, []);
  useEffect(() => {
    if (focus > 0) field.current?.focus({ preventScroll: true });
  }, [focus]);

  const write = (next: string) => {
    setText(next);
    setError(undefined);
    if (editing) return;
    store.settings.saveDraft(chat, next);
    store.sdk.typing(chat, next.trim() !== "");
  };

  const fail = (sentence: string) => {
    setError(sentence);
    announcer.say(sentence);
  };

  const submit = async () => {
    if (!canSend) return;
    const trimmed = text.trim();
    if (editing) {
      try {
        if (trimmed !== editing.text) await store.sdk.edit(editing.id, trimmed);
        store.update({ editing: undefined });
      } catch (thrown) {
        const isLate = thrown instanceof UnicomError && thrown.code === "too_late";
        fail(texts.t(isLate ? "tooLate" : "actionFailed"));
      }
      return;
    }
    // What the channel would refuse is not sent first.
    const most = store.sdk.state.config?.limits.file_bytes ?? Infinity;
    if (files.some(({ size }) => size > most)) return fail(`${texts.t("notSent")} ${texts.t("failedTooLarge")}`);
    write("");
    onFiles([]);
    if (files.length === 0) return void (await store.sdk.send({ chat, text: trimmed }));
    for (const [index, file] of files.entries()) {
      await store.sdk.send({ chat, file, fileName: file.name, ...(index === 0 && { text: trimmed }) });
    }
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // Some browsers end the composition of a word before they report its Enter: it has the code 229 then.
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key === "Escape" && editing && !isComposing) {
      event.stopPropagation();
      store.update({ editing: undefined });
    } else if (event.key === "Enter" && !event.shiftKey && !event.altKey && !isComposing && !isTouch()) {
      event.preventDefault();
      void submit();
    } else if ((event.key === "PageUp" || event.key === "PageDown") && text === "") {
      event.preventDefault();
      const scroller = (event.currentTarget as Element).closest(".panel")?.querySelector(".scroller");
      const page = (scroller?.clientHeight ?? 0) * 0.8;
      scroller?.scrollBy({ top: event.key === "PageUp" ? -page : page });
    }
  };

  const onPaste = (event: ClipboardEvent) => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (!pasted.length || editing) return;
    event.preventDefault();
    onFiles([...files, ...pasted]);
  };

  const onPick = ({ currentTarget: input }: { currentTarget: HTMLInputElement }) => {
    onFiles([...files, ...(input.files ?? [])]);
    input.value = "";
    field.current?.focus();
  };
  // A keyboard on the screen is opened by the visitor.
  const closeDevice = () => {
    setDevice(undefined);
    if (!isTouch()) store.focusComposer();
  };
  const isBare = text === "" && files.length === 0 && !editing;

  if (device) {
    return (
      <div class="composer-area">
        {device === "recorder" ? (
          <Lazy
            part="recorder"
            with={{
              onClose: closeDevice,
              onSend(file, words) {
                closeDevice();
                void store.sdk.send({ chat, file, fileName: file.name, text: words });
              },
            }}
          />
        ) : (
          <Lazy
            part="camera"
            with={{
              onClose: closeDevice,
              onPhoto(file) {
                closeDevice();
                onFiles([...files, file]);
              },
            }}
          />
        )}
      </div>
    );
  }

  return (
    <form
      class="composer-area"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
        field.current?.focus();
      }}
    >
      {editing && (
        <div class="editing">
          <Icon name="edit" />
          <span>{texts.t("editing")}</span>
          <button type="button" class="text-button" onClick={() => store.update({ editing: undefined })}>
            {texts.t("cancel")}
          </button>
        </div>
      )}
      {error && <p class="fail">{error}</p>}
      {files.length > 0 && !editing && (
        <ul class="previews">
          {files.map((file, index) => (
            <Preview key={`${file.name} ${file.lastModified} ${index}`} file={file} onRemove={() => onFiles(files.filter((_, other) => other !== index))} />
          ))}
        </ul>
      )}
      <div class="composer" part="composer">
        {!editing && (
          <>
            <input ref={picker} class="hidden" type="file" multiple accept={accepted} tabIndex={-1} aria-hidden="true" onChange={onPick} />
            <IconButton icon="clip" label={texts.t("attach")} part="attach" onClick={() => picker.current?.click()} />
          </>
        )}
        <textarea
          ref={field}
          part="input"
          rows={1}
          dir="auto"
          maxLength={16_384}
          placeholder={texts.t("composer")}
          aria-label={texts.t("composer")}
          enterkeyhint={isTouch() ? "enter" : "send"}
          value={text}
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          onBlur={() => store.sdk.typing(chat, false)}
        />
        {isBare && isTouch() && (
          <input ref={capture} class="hidden" type="file" accept="image/*" capture="environment" tabIndex={-1} aria-hidden="true" onChange={onPick} />
        )}
        {isBare && (isTouch() || canFilm()) && (
          <IconButton icon="camera" label={texts.t("camera")} onClick={() => (isTouch() ? capture.current?.click() : setDevice("camera"))} />
        )}
        {isBare && canRecord() && <IconButton icon="mic" label={texts.t("record")} part="record" onClick={() => setDevice("recorder")} />}
        <button type="submit" class="send" part="send" aria-label={texts.t(editing ? "save" : "send")} title={texts.t(editing ? "save" : "send")} aria-disabled={!canSend}>
          <Icon name={editing ? "check" : "up"} />
        </button>
      </div>
    </form>
  );
}

function Preview({ file, onRemove }: { file: File; onRemove: () => void }) {
  const texts = useTexts();
  const address = useFileAddress(kindOf(file.type) === "image" ? file : undefined);
  return (
    <li class="preview" part="preview">
      {address ? (
        <img src={address} alt="" />
      ) : (
        <span class="file-icon">
          <Icon name={iconOf({ kind: kindOf(file.type), name: file.name })} />
        </span>
      )}
      <span class="file-name">
        <bdi>{file.name}</bdi>
        <small>{texts.bytes(file.size)}</small>
      </span>
      <IconButton icon="close" label={texts.t("removeFile", { name: file.name })} onClick={onRemove} />
    </li>
  );
}
