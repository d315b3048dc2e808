import type { Version } from "../branches.ts";
import { useTexts } from "../texts.ts";
import { IconButton } from "./icon-button.tsx";

/** Shows another version of what replies to a message. */
export type Turn = (of: string, id: string, isNewest: boolean) => void;

/** The way to the other versions of a message. */
export function Versions({ version, onTurn, tabIndex }: { version: Version; onTurn: Turn; tabIndex: number }) {
  const texts = useTexts();
  const { number: n, count, of, earlier, later } = version;
  return (
    <span class="versions" role="group" aria-label={texts.t("version", { n, count })}>
      <IconButton icon="before" class="flip" label={texts.t("earlierVersion")} tabIndex={tabIndex} isDisabled={!earlier} onClick={() => earlier && onTurn(of, earlier, false)} />
      <span aria-hidden="true">{`${texts.number(n)}/${texts.number(count)}`}</span>
      <IconButton icon="after" class="flip" label={texts.t("laterVersion")} tabIndex={tabIndex} isDisabled={!later} onClick={() => later && onTurn(of, later, n + 1 === count)} />
    </span>
  );
}
