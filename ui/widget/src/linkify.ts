/** A piece of a text: plain, or a link. */
export type Piece = string | { readonly text: string; readonly href: string };

/** Web addresses of a bounded length, and mail addresses. Each run of letters is looked at once. */
const LINK = /\bhttps?:\/\/[^\s<>"\u202a-\u202e\u2066-\u2069]{1,2000}|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}\b/giu;

/** Returns a text in pieces, with its web and mail addresses as links. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const found = withoutPunctuation(match[0]);
    const href = /^https?:/i.test(found) ? webAddress(found) : `mailto:${found}`;
    if (!href) continue;
    if (match.index > end) pieces.push(text.slice(end, match.index));
    pieces.push({ text: found, href });
    end = match.index + found.length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

/** Leaves out punctuation at the end of a sentence, and a closing bracket that was opened before the address. */
function withoutPunctuation(address: string): string {
  let end = address.length;
  while (end > 0) {
    const last = address[end - 1] as string;
    const opening = { ")": "(", "]": "[" }[last];
    const kept = address.slice(0, end);
    const isUnopened = opening !== undefined && kept.split(last).length > kept.split(opening).length;
    if (!/[.,;:!?'»”’…]/.test(last) && !isUnopened) break;
    end--;
  }
  return address.slice(0, end);
}

/** Returns a web address as browsers write it, or undefined if it is not one or names a user. */
export function webAddress(text: string): string | undefined {
  try {
    const url = new URL(text);
    return /^https?:$/.test(url.protocol) && !url.username && !url.password ? url.href : undefined;
  } catch {
    return undefined;
  }
}
