import type { Button, Message } from "@unicom/sdk";
import { UnicomError } from "@unicom/sdk";
import { useState } from "preact/hooks";
import { useAnnouncer } from "../announcer.tsx";
import { webAddress } from "../linkify.ts";
import { useStore } from "../store.ts";
import { useTexts } from "../texts.ts";
import { Icon } from "./icon.tsx";

/** The choices under a message. Once one is chosen, it is marked, and the others cannot be chosen. */
export function Buttons({ message, chosen, tabIndex }: { message: Message; chosen: string | undefined; tabIndex: number }) {
  const texts = useTexts();
  const { sdk } = useStore();
  const announcer = useAnnouncer();
  const [pressed, setPressed] = useState<string>();
  const [error, setError] = useState<string>();
  const buttons = (message.interactive_buttons ?? []).flat();
  const id = (button: Button) => button.callback_execution_id ?? "";
  const clicked = chosen ?? pressed;
  const done = clicked === undefined ? undefined : buttons.find((button) => id(button) === clicked);

  const press = async (button: Button) => {
    setPressed(id(button));
    setError(undefined);
    try {
      await sdk.click(id(button));
    } catch (thrown) {
      setPressed(undefined);
      const isGone = thrown instanceof UnicomError && ["button_expired", "not_your_button"].includes(thrown.code);
      const text = texts.t(isGone ? "buttonGone" : "actionFailed");
      setError(text);
      announcer.say(text);
    }
  };

  return (
    <div class="choices" part="buttons">
      {buttons.map((button, index) => {
        const address = button.type === "url" && button.url ? webAddress(button.url) : undefined;
        if (address) {
          return (
            <a key={index} class="choice" part="button" href={address} target="_blank" rel="noopener noreferrer" tabIndex={tabIndex}>
              {button.text}
            </a>
          );
        }
        const isChosen = done === button;
        const isOver = button.expires_at !== null && Date.parse(button.expires_at) < Date.now();
        const isDisabled = done !== undefined || isOver;
        return (
          <button
            key={index}
            type="button"
            class={isChosen ? "choice chosen" : "choice"}
            part="button"
            tabIndex={tabIndex}
            aria-disabled={isDisabled}
            aria-label={isChosen ? texts.t("chosen", { text: button.text }) : undefined}
            onClick={() => !isDisabled && void press(button)}
          >
            {isChosen && <Icon name="check" />}
            <bdi>{button.text}</bdi>
          </button>
        );
      })}
      {error && <p class="fail">{error}</p>}
    </div>
  );
}
