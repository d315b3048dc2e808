import type { Message } from "@unicom/sdk";
import { useMemo } from "preact/hooks";
import { renderHtml } from "../html.tsx";
import { linkify } from "../linkify.ts";
import { useStore } from "../store.ts";

/** A plain text, with its addresses as links. */
export function PlainText({ text, tabIndex }: { text: string; tabIndex: number }) {
  const pieces = useMemo(() => linkify(text), [text]);
  return (
    <>
      {pieces.map((piece, index) =>
        typeof piece === "string" ? (
          piece
        ) : (
          <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow" tabIndex={tabIndex}>
            {piece.text}
          </a>
        ),
      )}
    </>
  );
}

/** The text of a message, formatted if it has a format. */
export function MessageText({ message, tabIndex }: { message: Message; tabIndex: number }) {
  const { base } = useStore().sdk.http;
  const { html, text } = message;
  const content = useMemo(
    () => (html ? renderHtml(html, { origin: new URL(base).origin, tabIndex }) : undefined),
    [html, base, tabIndex],
  );
  return content ? <div class="html">{content}</div> : <PlainText text={text} tabIndex={tabIndex} />;
}
