import { renderHtml } from "./html/render.tsx";
import { tokenize } from "./html/tokens.ts";
import sheet from "./html.css";
import { useMemo } from "../kit.ts";

export { sheet };

interface Props {
  html: string;
  /** The origin whose images are shown. */
  origin: string;
  tabIndex: number;
}

/** The text of a formatted message. */
export function View({ html, origin, tabIndex }: Props) {
  const content = useMemo(() => renderHtml(html, { origin, tabIndex }), [html, origin, tabIndex]);
  return <div class="html">{content}</div>;
}

/** Returns the text of a formatted message, with gaps between its blocks. */
export function textOf(html: string): string {
  const pieces = tokenize(html).map((token) => (token.kind === "text" ? token.text : " "));
  return pieces.join("").replace(/\s+/g, " ").trim();
}
