import { useTexts } from "../texts.ts";
import { Avatar } from "./avatar.tsx";

/** Who is writing. */
export function TypingLine({ names }: { names: readonly string[] }) {
  const texts = useTexts();
  const text = texts.count("typing", names.length, { names: texts.list(names) });
  return (
    <li class="row theirs first last">
      <Avatar writer={{ isSelf: false, isBot: false, name: names[0] ?? "", avatar: undefined }} />
      <div class="stack">
        <div class="bubble typing">
          <i />
          <i />
          <i />
          <span class="hidden">{text}</span>
        </div>
      </div>
    </li>
  );
}
