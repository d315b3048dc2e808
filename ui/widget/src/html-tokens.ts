/** A tag or a text of an HTML document. */
export type Token =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "open"; readonly name: string; readonly attributes: Readonly<Record<string, string>> }
  | { readonly kind: "close"; readonly name: string };

const TAG = /<(\/?)([a-z][a-z0-9]*)((?:[^>"']|"[^"]*"|'[^']*')*)>|<!--[\s\S]*?-->/gi;
const ATTRIBUTE = /([a-z][a-z0-9-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi;
const ENTITY = /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos|nbsp));/gi;
const NAMED: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'", nbsp: "\u00a0" };

/** Elements whose content is not shown. */
const DROPPED = new Set(["script", "style", "template", "noscript", "iframe", "object", "textarea", "title", "svg", "math"]);

/** Takes the sanitised HTML of the server apart. What is not a tag is text. */
export function tokenize(html: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  let dropped: string | undefined;
  const text = (piece: string) => {
    if (piece && dropped === undefined) tokens.push({ kind: "text", text: decode(piece) });
  };
  for (const match of html.matchAll(TAG)) {
    text(html.slice(end, match.index));
    end = match.index + match[0].length;
    const name = match[2]?.toLowerCase();
    if (name === undefined) continue;
    const isClosing = match[1] === "/";
    if (dropped !== undefined) {
      if (isClosing && name === dropped) dropped = undefined;
    } else if (isClosing) {
      tokens.push({ kind: "close", name });
    } else if (DROPPED.has(name)) {
      dropped = name;
    } else {
      tokens.push({ kind: "open", name, attributes: attributesOf(match[3] ?? "") });
    }
  }
  text(html.slice(end));
  return tokens;
}

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [, name, double, single, bare] of text.matchAll(ATTRIBUTE)) {
    const key = (name as string).toLowerCase();
    if (!(key in attributes)) attributes[key] = decode(double ?? single ?? bare ?? "");
  }
  return attributes;
}

/** Replaces character references. */
export function decode(text: string): string {
  return text.replace(ENTITY, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole;
    const code = hex !== undefined ? parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : whole;
  });
}
