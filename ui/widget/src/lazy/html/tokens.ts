/** A tag or a text of an HTML document. */
export type Token =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "open"; readonly name: string; readonly attributes: Readonly<Record<string, string>> }
  | { readonly kind: "close"; readonly name: string };

const NAME = /^<(\/?)([a-z][a-z0-9]*)/i;
/** No element that is shown has a longer name. */
const LONGEST_NAME = 20;
const ATTRIBUTE = /([a-z][a-z0-9-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi;
const ENTITY = /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos|nbsp));/gi;
const NAMED: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'", nbsp: "\u00a0" };

/** Elements whose content is not shown. */
const DROPPED = new Set(["script", "style", "template", "noscript", "iframe", "object", "textarea", "title", "svg", "math"]);

/** Takes the sanitised HTML of the server apart. What is not a tag is text. Each character is read once. */
export function tokenize(html: string): Token[] {
  const tokens: Token[] = [];
  let dropped: string | undefined;
  const text = (piece: string) => {
    if (piece && dropped === undefined) tokens.push({ kind: "text", text: decode(piece) });
  };
  let from = 0;
  let next = html.indexOf("<");
  while (next >= 0) {
    const isComment = html.startsWith("<!--", next);
    const name = isComment ? null : NAME.exec(html.slice(next, next + LONGEST_NAME));
    if (!isComment && !name) {
      next = html.indexOf("<", next + 1);
      continue;
    }
    const end = isComment ? html.indexOf("-->", next) + 3 : endOfTag(html, next);
    // What does not end is text.
    if (end < 3) break;
    text(html.slice(from, next));
    if (name) {
      const element = (name[2] as string).toLowerCase();
      const isClosing = name[1] === "/";
      if (dropped !== undefined) {
        if (isClosing && element === dropped) dropped = undefined;
      } else if (isClosing) {
        tokens.push({ kind: "close", name: element });
      } else if (DROPPED.has(element)) {
        dropped = element;
      } else {
        tokens.push({ kind: "open", name: element, attributes: attributesOf(html.slice(next + name[0].length, end - 1)) });
      }
    }
    from = end;
    next = html.indexOf("<", end);
  }
  text(html.slice(from));
  return tokens;
}

/** Returns where the tag that begins at `from` has ended, or 0. A quoted value may have a `>`. */
function endOfTag(html: string, from: number): number {
  let quote: string | undefined;
  for (let index = from; index < html.length; index++) {
    const letter = html[index];
    if (quote !== undefined) {
      if (letter === quote) quote = undefined;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
    } else if (letter === ">") {
      return index + 1;
    }
  }
  return 0;
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
