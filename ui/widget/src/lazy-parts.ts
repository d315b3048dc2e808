import { Fragment, jsx, jsxs } from "preact/jsx-runtime";
import * as kit from "./kit.ts";

/** The parts that are loaded when they are needed. Each has its styles in `sheet`. */
export interface LazyParts {
  "chat-list": typeof import("./lazy/chat-list.tsx");
}

/** The lazy parts, with the start of the hash of their file. */
declare const PARTS: Record<keyof LazyParts, string>;

/** Returns what a part exports, from what it imports. */
type Define<Part> = (find: (name: string) => unknown) => Part;

const SHARED: Record<string, unknown> = { kit, "preact/jsx-runtime": { Fragment, jsx, jsxs } };

/** Loads the lazy parts of a panel, each once. */
export class PartLoader {
  #parts = new Map<keyof LazyParts, LazyParts[keyof LazyParts]>();

  constructor(private readonly shadow: ShadowRoot) {}

  /** Returns a part if it is loaded. */
  get<Name extends keyof LazyParts>(name: Name): LazyParts[Name] | undefined {
    return this.#parts.get(name) as LazyParts[Name] | undefined;
  }

  async load<Name extends keyof LazyParts>(name: Name): Promise<LazyParts[Name]> {
    const address = new URL(`../${PARTS[name]}/part-${name}.js`, import.meta.url).href;
    const { define } = (await import(address)) as { define: Define<LazyParts[Name]> };
    const known = this.get(name);
    if (known) return known;
    const part = define((shared) => SHARED[shared]);
    this.#parts.set(name, part);
    this.#adopt(part);
    return part;
  }

  #adopt(part: object): void {
    if (!("sheet" in part)) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(String(part.sheet));
    this.shadow.adoptedStyleSheets = [...this.shadow.adoptedStyleSheets, sheet];
  }
}
