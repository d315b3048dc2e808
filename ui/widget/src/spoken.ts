import type { Message } from "@unicom/sdk";
import { tokenize } from "./html-tokens.ts";

/** Returns what is read aloud of a message; `file` stands for one without a text. */
export function spoken({ text, html }: Message, file: string): string {
  if (!html) return text || file;
  const pieces = tokenize(html).map((token) => (token.kind === "text" ? token.text : " "));
  return pieces.join("").replace(/\s+/g, " ").trim() || file;
}
