import { type Writer, initials } from "../rows.ts";
import { useStore } from "../store.ts";

/** The image of a person, or the letters of the name. */
export function Avatar({ writer }: { writer: Writer }) {
  const { base } = useStore().sdk.http;
  const address = writer.avatar === undefined ? undefined : new URL(writer.avatar, base);
  // Loading an image from another server would tell it who reads.
  if (address?.origin === new URL(base).origin) return <img class="avatar" src={address.href} alt="" />;
  return (
    <span class={writer.isBot ? "avatar bot" : "avatar"} aria-hidden="true">
      {initials(writer.name)}
    </span>
  );
}
