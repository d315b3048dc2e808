import { Icon, type IconName, useAnnouncer, useCell, useClient, useEffect, useRef, useState, useStore, useTexts } from "../kit.ts";
import sheet from "./menu.css";

export { sheet };

interface Item {
  icon: IconName;
  text: string;
  /** Whether it is on; undefined for what is done at once. */
  isOn?: boolean;
  onPress: () => void;
}

/** What is done less often: to end the chat, sounds, notifications. */
export function View({ onClose }: { onClose: () => void }) {
  const texts = useTexts();
  const store = useStore();
  const announcer = useAnnouncer();
  const { chat } = useCell(store);
  const { chats } = useClient();
  const [problem, setProblem] = useState<string>();
  const [, render] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const items = () => [...(list.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
  useEffect(() => items()[0]?.focus(), []);

  const fail = (text: string) => {
    setProblem(text);
    announcer.say(text);
  };
  const end = () => {
    onClose();
    store.update({ resumed: undefined, editing: undefined });
    store.sdk.endChat(chat).catch(() => announcer.say(texts.t("actionFailed")));
  };
  const toggle = async (kind: "sound" | "notes") => {
    const isWanted = !store.settings.isOn(kind);
    try {
      const { speakerOf } = await store.parts.load("alerts");
      if (!(await speakerOf(store).set(kind, isWanted))) fail(texts.t("notAllowedHere"));
    } catch {
      fail(texts.t("actionFailed"));
    }
    render((count) => count + 1);
  };

  const entries: Item[] = [
    { icon: "sound", text: texts.t("soundOn"), isOn: store.settings.isOn("sound"), onPress: () => void toggle("sound") },
  ];
  if ("Notification" in globalThis) {
    entries.push({ icon: "bell", text: texts.t("notesOn"), isOn: store.settings.isOn("notes"), onPress: () => void toggle("notes") });
  }
  if (chats.some(({ id, state }) => id === chat && state === "open")) entries.push({ icon: "end", text: texts.t("endChat"), onPress: end });

  const onKeyDown = (event: KeyboardEvent) => {
    const all = items();
    const at = all.indexOf(event.target as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Tab") return onClose();
    if (next === undefined) return;
    event.preventDefault();
    all[next % all.length]?.focus();
  };
  return (
    <div class="menu">
      <div ref={list} role="menu" aria-label={texts.t("menu")} tabIndex={-1} onKeyDown={onKeyDown}>
        {entries.map(({ icon, text, isOn, onPress }) => (
          <button
            key={icon}
            type="button"
            role={isOn === undefined ? "menuitem" : "menuitemcheckbox"}
            aria-checked={isOn}
            tabIndex={-1}
            onClick={onPress}
          >
            <Icon name={icon} />
            <span>{text}</span>
            {isOn && <Icon name="check" />}
          </button>
        ))}
      </div>
      {problem && <p class="fail">{problem}</p>}
    </div>
  );
}
