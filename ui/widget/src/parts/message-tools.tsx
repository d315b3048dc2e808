import { type Message, UnicomError } from "@unicom/sdk";
import { useEffect, useState } from "preact/hooks";
import { useAnnouncer } from "../announcer.tsx";
import { useStore } from "../store.ts";
import { useTexts } from "../texts.ts";
import { IconButton } from "./icon-button.tsx";

/** How long the visitor is offered to change a message; the server decides. */
const CHANGEABLE = 15 * 60_000;

/** What the visitor can do with a message of their own. */
export function MessageTools({ message, tabIndex, isActive }: { message: Message; tabIndex: number; isActive: boolean }) {
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
