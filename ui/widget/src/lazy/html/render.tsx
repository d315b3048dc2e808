import { type ComponentChildren, type VNode, h } from "preact";
import { tokenize } from "./tokens.ts";
import { webAddress } from "../../linkify.ts";

/** Elements that are shown as they are, or as another. Of all others, only the content is shown. */
const ELEMENTS: Record<string, string> = Object.assign(Object.create(null) as object, {
  ...Object.fromEntries(
    (
      "a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure hr i ins " +
      "kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup table tbody td th thead time tr u ul var wbr"
    )
      .split(" ")
      .map((name) => [name, name]),
  ),
  // Headings and regions of a message are not those of the page.
  ...Object.fromEntries(["h1", "h2", "h3", "h4", "h5", "h6"].map((name) => [name, "p"])),
  ...Object.fromEntries(["article", "aside", "center", "footer", "header", "hgroup", "nav"].map((name) => [name, "div"])),
  acronym: "abbr",
  strike: "s",
  tt: "code",
});
const VOID = new Set(["br", "col", "hr", "img", "wbr"]);
/** How deep elements are nested at most; deeper ones are shown beside each other. */
const DEEPEST = 50;

const ATTRIBUTES: Record<string, readonly string[]> = {
  bdo: ["dir"],
  col: ["span"],
  colgroup: ["span"],
  ol: ["start"],
  td: ["colspan", "rowspan"],
  th: ["colspan", "rowspan", "scope"],
  time: ["datetime"],
};

interface Open {
  name: string;
  props: Record<string, unknown>;
  children: ComponentChildren[];
}

/** What the renderer needs to know. */
export interface HtmlOptions {
  /** The origin whose images are shown: those of others would tell it who reads. */
  origin: string;
  /** The `tabIndex` of links. */
  tabIndex: number;
}

/** Shows sanitised HTML as nodes, without handing HTML to the browser. */
export function renderHtml(html: string, options: HtmlOptions): ComponentChildren[] {
  const root: Open = { name: "", props: {}, children: [] };
  const stack = [root];
  const top = () => stack.at(-1) as Open;
  const close = () => {
    const { name, props, children } = stack.pop() as Open;
    top().children.push(create(name, props, children));
  };
  for (const token of tokenize(html)) {
    if (token.kind === "text") {
      top().children.push(token.text);
    } else if (token.kind === "close") {
      const depth = stack.findLastIndex(({ name }) => name === token.name);
      if (depth > 0) while (stack.length > depth) close();
    } else if (token.name === "img") {
      top().children.push(image(token.attributes, options));
    } else if (token.name in ELEMENTS) {
      const open = { name: token.name, props: propsOf(token.name, token.attributes, options), children: [] };
      if (VOID.has(token.name)) top().children.push(create(open.name, open.props, []));
      else if (stack.length <= DEEPEST) stack.push(open);
    }
  }
  while (stack.length > 1) close();
  return root.children;
}

function create(name: string, props: Record<string, unknown>, children: ComponentChildren[]): VNode {
  return h(ELEMENTS[name] as string, props, ...children);
}

function propsOf(name: string, attributes: Readonly<Record<string, string>>, options: HtmlOptions): Record<string, unknown> {
  const props: Record<string, unknown> = {};
  for (const attribute of ["title", "lang", ...(ATTRIBUTES[name] ?? [])]) {
    if (attributes[attribute] !== undefined) props[attribute] = attributes[attribute];
  }
  if (/^h[1-6]$/.test(name)) props["class"] = "heading";
  if (name === "a") Object.assign(props, linkProps(attributes["href"], options));
  if (name === "summary") props["tabIndex"] = options.tabIndex;
  return props;
}

function linkProps(href: string | undefined, { origin, tabIndex }: HtmlOptions): Record<string, unknown> {
  const address = href === undefined ? undefined : addressOf(href, origin);
  return address === undefined ? {} : { href: address, target: "_blank", rel: "noopener noreferrer nofollow", tabIndex };
}

/** Returns an address that a link may lead to, or undefined. */
function addressOf(href: string, origin: string): string | undefined {
  const text = href.trim();
  if (/^(mailto|tel):/i.test(text)) return text;
  if (/^https?:/i.test(text)) return webAddress(text);
  // Within the site. Anything else with a scheme, such as `javascript:`, is not followed.
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return undefined;
  try {
    const url = new URL(text, origin);
    return url.origin === origin ? url.href : undefined;
  } catch {
    return undefined;
  }
}

function image(attributes: Readonly<Record<string, string>>, { origin, tabIndex }: HtmlOptions): ComponentChildren {
  const { src = "", alt = "" } = attributes;
  const address = addressOf(src, origin);
  if (address === undefined || !/^https?:/.test(address)) return alt;
  if (new URL(address).origin === origin) {
    const size = (value: string | undefined) => (/^\d{1,4}$/.test(value ?? "") ? Number(value) : undefined);
    return <img src={address} alt={alt} width={size(attributes["width"])} height={size(attributes["height"])} loading="lazy" />;
  }
  return (
    <a href={address} target="_blank" rel="noopener noreferrer nofollow" tabIndex={tabIndex}>
      {alt || address}
    </a>
  );
}
