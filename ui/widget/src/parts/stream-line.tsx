import type { StreamState } from "@unicom/sdk";
import { useStore } from "../store.ts";
import { useTexts } from "../texts.ts";
import { Avatar } from "./avatar.tsx";
import { Icon } from "./icon.tsx";
import { PlainText } from "./rich-text.tsx";

const BOT = { isSelf: false, isBot: true, name: "AI", avatar: undefined };

/** A reply that is being written. Screen readers are told when it is whole. */
export function StreamLine({ stream, isActive }: { stream: StreamState; isActive: boolean }) {
  const texts = useTexts();
  const { sdk } = useStore();
  const tabIndex = isActive ? 0 : -1;
  return (
    <li class="row theirs first last" data-key={stream.id} tabIndex={tabIndex}>
      <Avatar writer={BOT} />
      <div class="stack">
        <div class="bubble streaming" part="bubble" dir="auto">
          <PlainText text={stream.text} tabIndex={tabIndex} />
        </div>
        <button type="button" class="choice stop" tabIndex={tabIndex} onClick={() => void sdk.stop(stream.id).catch(() => {})}>
          <Icon name="stop" />
          {texts.t("stop")}
        </button>
      </div>
    </li>
  );
}
