import type { Chat } from "@unicom/sdk";
import { Icon, useAnnouncer, useState, useStore, useTexts } from "../kit.ts";
import sheet from "./ended.css";
import { pageOf } from "./ended/page.ts";

export { sheet };

/** What follows when a chat has ended: a rating, the text to keep, another start. */
export function View({ chat, canRate }: { chat: Chat; canRate: boolean }) {
  const texts = useTexts();
  const store = useStore();
  const announcer = useAnnouncer();
  const [hasFailed, setFailed] = useState(false);

  const save = async (make: () => Promise<Blob>, ending: string) => {
    setFailed(false);
    try {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await make());
      link.download = `chat-${chat.created_at.slice(0, 10)}.${ending}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    } catch {
      setFailed(true);
      announcer.say(texts.t("actionFailed"));
    }
  };
  const resume = () => {
    store.update({ resumed: chat.id });
    store.focusComposer();
  };
  return (
    <section class="ended" aria-label={texts.t("ended")}>
      <p class="ended-title">
        <Icon name="end" />
        {texts.t("ended")}
      </p>
      {canRate && <Rating key={chat.id} chat={chat} />}
      <p class="ended-links">
        <button type="button" class="text-button" onClick={() => void save(() => store.sdk.transcript(chat.id), "txt")}>
          {texts.t("saveText")}
        </button>
        <button type="button" class="text-button" onClick={() => void save(() => pageOf(store, chat, texts), "html")}>
          {texts.t("savePage")}
        </button>
      </p>
      {hasFailed && <p class="fail">{texts.t("actionFailed")}</p>}
      <button type="button" class="primary" onClick={resume}>
        {texts.t("startAgain")}
      </button>
    </section>
  );
}

const SCORES = [1, 2, 3, 4, 5];

function Rating({ chat }: { chat: Chat }) {
  const texts = useTexts();
  const store = useStore();
  const announcer = useAnnouncer();
  const { rating } = chat;
  const [score, setScore] = useState(rating?.score ?? 0);
  const [comment, setComment] = useState(rating?.comment ?? "");
  const [isEditing, setEditing] = useState(rating === null);
  const [hasFailed, setFailed] = useState(false);

  const submit = async () => {
    if (score === 0) return;
    setFailed(false);
    try {
      await store.sdk.rateChat(chat.id, score, comment.trim());
      setEditing(false);
      announcer.say(texts.t("rated"));
    } catch {
      setFailed(true);
      announcer.say(texts.t("actionFailed"));
    }
  };
  if (!isEditing) {
    const given = rating?.score ?? score;
    return (
      <div class="rated">
        <Stars score={given} label={texts.count("stars", given)} />
        <p>
          {texts.t("rated")}{" "}
          <button type="button" class="text-button" onClick={() => setEditing(true)}>
            {texts.t("changeRating")}
          </button>
        </p>
      </div>
    );
  }
  return (
    <form
      class="rating"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <fieldset>
        <legend>{texts.t("rate")}</legend>
        <span class="stars">
          {SCORES.map((value) => (
            <label key={value} class={value <= score ? "star on" : "star"}>
              <input type="radio" name="score" value={value} checked={value === score} onChange={() => setScore(value)} aria-label={texts.count("stars", value)} />
              <Icon name="star" />
            </label>
          ))}
        </span>
      </fieldset>
      {score > 0 && (
        <>
          <div class="field">
            <label for="comment">{texts.t("comment")}</label>
            <textarea id="comment" rows={2} maxLength={2000} dir="auto" value={comment} onInput={(event) => setComment(event.currentTarget.value)} />
          </div>
          <button type="submit" class="choice">
            {texts.t("sendRating")}
          </button>
        </>
      )}
      {hasFailed && <p class="fail">{texts.t("actionFailed")}</p>}
    </form>
  );
}

function Stars({ score, label }: { score: number; label: string }) {
  return (
    <span class="stars" role="img" aria-label={label}>
      {SCORES.map((value) => (
        <span key={value} class={value <= score ? "star on" : "star"}>
          <Icon name="star" />
        </span>
      ))}
    </span>
  );
}
