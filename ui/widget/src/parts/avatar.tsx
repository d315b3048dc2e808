import { type Writer, initials } from "../rows.ts";

export function Avatar({ writer }: { writer: Writer }) {
  if (writer.avatar) return <img class="avatar" src={writer.avatar} alt="" />;
  return (
    <span class={writer.isBot ? "avatar bot" : "avatar"} aria-hidden="true">
      {initials(writer.name)}
    </span>
  );
}
