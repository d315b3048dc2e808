import type { Message } from "@unicom/sdk";
import { useMemo } from "preact/hooks";
import { linkify } from "../linkify.ts";
import { useStore } from "../store.ts";
import { Lazy } from "./lazy.tsx";

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
export function MessageText({ message: { html, text }, tabIndex }: { message: Message; tabIndex: number }) {
  const { base } = useStore().sdk.http;
  const plain = <PlainText text={text} tabIndex={tabIndex} />;
  return html ? <Lazy part="html" with={{ html, origin: new URL(base).origin, tabIndex }} meanwhile={plain} /> : plain;
}
