import { useEffect, useRef } from "preact/hooks";
import { useAnnouncer } from "../announcer.tsx";
import { useClient } from "../store.ts";
import { useTexts } from "../texts.ts";
import { Icon } from "./icon.tsx";

/** Says that no person answers now, and from when on one does, in the time of the reader. */
export function Away() {
  const texts = useTexts();
  const announcer = useAnnouncer();
  const { hours } = useClient().config ?? {};
  const isOpen = hours?.is_open;
  const text = hours?.message || texts.t("closedText");
  const before = useRef(isOpen);
  useEffect(() => {
    if (before.current !== undefined && isOpen !== before.current) announcer.say(isOpen ? texts.t("openNow") : text);
    before.current = isOpen;
  }, [isOpen]);
  if (!hours || isOpen) return null;
  const next = hours.next_change_at;
  return (
    <div class="away">
      <Icon name="clock" />
      <div>
        <p dir="auto">{text}</p>
        {next && <p>{texts.t("opensAgain", { when: texts.moment(new Date(next), new Date()) })}</p>}
      </div>
    </div>
  );
}
