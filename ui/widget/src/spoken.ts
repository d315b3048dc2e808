import type { Message } from "@unicom/sdk";
import type { PartLoader } from "./lazy-parts.ts";

/** Returns what is read aloud of a message; `file` stands for one without a text. */
export async function spoken({ text, html }: Message, file: string, parts: PartLoader): Promise<string> {
  const part = html ? await parts.load("html").catch(() => undefined) : undefined;
  return (html && part?.textOf(html)) || text || file;
}
