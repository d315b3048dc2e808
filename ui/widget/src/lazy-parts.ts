import { h } from "preact";
import { Fragment, jsx, jsxs } from "preact/jsx-runtime";
import * as kit from "./kit.ts";
import type { Texts } from "./texts.ts";

/** The parts that are loaded when they are needed. Each has its styles in `sheet`. */
export interface LazyParts {
  alerts: typeof import("./lazy/alerts.ts");
  camera: typeof import("./lazy/camera.tsx");
  "chat-list": typeof import("./lazy/chat-list.tsx");
  ended: typeof import("./lazy/ended.tsx");
  html: typeof import("./lazy/html.tsx");
  menu: typeof import("./lazy/menu.tsx");
  "pre-chat": typeof import("./lazy/pre-chat.tsx");
  recorder: typeof import("./lazy/recorder.tsx");
}

/** The lazy parts, with the start of the hash of their file. */
declare const PARTS: Record<keyof LazyParts, string>;

/** Returns what a part exports, from what it imports. */
type Define<Part> = (find: (name: string) => unknown) => Part;

const SHARED: Record<string, unknown> = { kit, preact: { h }, "preact/jsx-runtime": { Fragment, jsx, jsxs } };

/** Loads the lazy parts of a panel, each once. */
export class PartLoader {
  #parts = new Map<keyof LazyParts, LazyParts[keyof LazyParts]>();

  /** Some browsers remember that an address could not be loaded. */
  #failures = 0;

  constructor(
    private readonly shadow: ShadowRoot,
    private readonly texts: () => Texts,
  ) {}

  /** Whether a part has been loaded. */
  get isUsed(): boolean {
    return this.#parts.size > 0;
  }

  /** Returns a part if it is loaded. */
  get<Name extends keyof LazyParts>(name: Name): LazyParts[Name] | undefined {
    return this.#parts.get(name) as LazyParts[Name] | undefined;
  }

  async load<Name extends keyof LazyParts>(name: Name): Promise<LazyParts[Name]> {
    const again = this.#failures ? `?${this.#failures}` : "";
    const address = new URL(`../${PARTS[name]}/part-${name}.js${again}`, import.meta.url).href;
    const module = import(address) as Promise<{ define: Define<LazyParts[Name]> }>;
    const [{ define }] = await Promise.all([module, this.texts().loadParts(again)]).catch((error: unknown) => {
      this.#failures++;
      throw error;
    });
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
