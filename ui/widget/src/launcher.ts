// The script that a page includes: a button that loads the panel when a visitor wants it.
//
// It defines `<unicom-webchat>` and, unless the page has one or asks for none (`data-manual`), adds one. All other
// `data-*` attributes of the script become attributes of that element.
import type { Identity, Panel, PanelModule, Place } from "./contract.ts";
import { directionOf, pickLanguage } from "./language.ts";
import { LAUNCHER_TEXTS } from "./launcher-texts.ts";
import sheetText from "./launcher.css";

/** The start of the panel's hash, by which its address is made. */
declare const APP: string;

const NAME = "unicom-webchat";
const ONCE = Symbol.for("unicom.webchat");
const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  bubble: "M20 11.2c0 4.3-3.7 7.2-8.2 7.2-1.1 0-2.1-.2-3.1-.5L4.2 19.5l1.2-3.6A6.7 6.7 0 0 1 3.6 11.2C3.6 6.9 7.3 4 11.8 4S20 6.9 20 11.2Z",
  close: "m6 9.5 6 6 6-6",
};

const script = document.currentScript as HTMLScriptElement | null;
const scriptBase = new URL(".", script?.src ?? location.href).href.replace(/\/$/, "");
/** Where the panel comes from, whatever address the element talks to. */
const appAddress = `${scriptBase}/assets/${APP}/app.js`;

function icon(name: keyof typeof ICONS): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.ariaHidden = "true";
  svg.setAttribute("class", name);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

class UnicomWebchat extends HTMLElement {
  static observedAttributes = ["open", "theme", "lang", "accent", "heading", "subtitle", "greeting", "hide-launcher"];

  #root = document.createElement("div");
  #button = document.createElement("button");
  #badge = document.createElement("span");
  #panel: Promise<Panel> | undefined;
  #ready: Panel | undefined;
  #identity: Identity | undefined;
  #unread = 0;
  #dark = matchMedia("(prefers-color-scheme: dark)");

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(sheetText);
    shadow.adoptedStyleSheets = [sheet];
    this.#button.className = "launcher";
    this.#button.part = "launcher";
    this.#button.ariaExpanded = "false";
    this.#badge.className = "badge";
    this.#badge.part = "badge";
    this.#badge.ariaHidden = "true";
    this.#button.append(icon("bubble"), icon("close"), this.#badge);
    this.#button.onclick = () => this.toggle();
    this.#button.onpointerenter = this.#button.onfocus = () => void import(appAddress).catch(() => {});
    this.#root.append(this.#button);
    shadow.append(this.#root);
  }

  connectedCallback(): void {
    this.#dark.onchange = () => this.#show();
    this.#show();
    if (this.#isInline || this.hasAttribute("open")) this.open();
    else void this.#countUnread();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after || !this.isConnected) return;
    if (name === "open") return after === null ? this.close() : this.open();
    this.#show();
    this.#ready?.update();
  }

  /** The address of the API. */
  get base(): string {
    const base = this.getAttribute("base");
    return base ? new URL(base, document.baseURI).href.replace(/\/+$/, "") : scriptBase;
  }

  get #isInline(): boolean {
    return ["inline", "full"].includes(this.getAttribute("mode") ?? "");
  }

  open(): void {
    void this.#load().then((panel) => panel.open(), () => this.#emit("error", { code: "not_loaded" }));
  }
  close(): void {
    this.#ready?.close();
  }
  toggle(): void {
    if (this.#button.ariaExpanded === "true") this.close();
    else this.open();
  }
  focusComposer(): void {
    void this.#load().then((panel) => panel.focusComposer());
  }
  send(text: string): Promise<void> {
    return this.#load().then((panel) => panel.send(text));
  }
  showChat(id: string): void {
    void this.#load().then((panel) => panel.showChat(id));
  }
  startChat(): void {
    void this.#load().then((panel) => panel.startChat());
  }
  /** Notes who the visitor is. The panel asks for it when it is opened. */
  async identify(identity: Identity): Promise<void> {
    this.#identity = identity;
    return this.#ready?.identify(identity);
  }
  logout(): Promise<void> {
    this.#identity = undefined;
    return this.#load().then((panel) => panel.logout());
  }
  destroy(): void {
    this.#ready?.destroy();
    this.#panel = this.#ready = undefined;
    this.remove();
  }

  #load(): Promise<Panel> {
    this.#panel ??= (import(appAddress) as Promise<PanelModule>).then(({ mount }) => {
      const place: Place = {
        element: this,
        root: this.#root,
        shadow: this.shadowRoot as ShadowRoot,
        base: this.base,
        identity: this.#identity,
        isInline: this.#isInline,
        launcher: this.#isInline ? null : this.#button,
        onToggle: (isOpen) => {
          this.#button.ariaExpanded = String(isOpen);
          this.toggleAttribute("open", isOpen);
          this.#emit(isOpen ? "open" : "close");
        },
        onUnread: (count) => this.#setUnread(count),
      };
      this.#ready = mount(place);
      this.#emit("ready");
      return this.#ready;
    });
    // The next press tries again.
    this.#panel.catch(() => (this.#panel = undefined));
    return this.#panel;
  }

  #emit(name: string, detail?: object): void {
    this.dispatchEvent(new CustomEvent(`unicom:${name}`, { bubbles: true, composed: true, detail }));
  }

  #setUnread(count: number): void {
    if (count === this.#unread) return;
    this.#unread = count;
    this.#show();
    this.#emit("unread", { count });
  }

  /** Counts what is unread, if a visitor of this browser has written before. */
  async #countUnread(): Promise<void> {
    const { base } = this;
    const channel = this.getAttribute("channel");
    const known = stored(channel ? `token:${base}#${channel}` : `known:${base}`);
    if (!known) return;
    const init = channel ? { headers: { Authorization: `Bearer ${(JSON.parse(known) as { value: string }).value}` } } : {};
    const response = await fetch(`${base}/webchat/unread/`, init).catch(() => null);
    if (!response?.ok || this.#ready) return;
    const { unread_total } = (await response.json()) as { unread_total: number };
    this.#setUnread(unread_total);
  }

  #show(): void {
    const attribute = (name: string) => this.getAttribute(name);
    const wanted = [attribute("lang"), document.documentElement.lang, ...navigator.languages];
    const language = pickLanguage(wanted, Object.keys(LAUNCHER_TEXTS));
    const theme = attribute("theme");
    const isDark = theme === "dark" || (theme !== "light" && this.#dark.matches);
    // The panel has classes of its own here.
    const { classList } = this.#root;
    classList.add("root");
    classList.toggle("dark", isDark);
    classList.toggle("flow", this.#isInline);
    classList.toggle("start", attribute("position") === "start");
    this.#root.dir = directionOf(language);
    this.#root.lang = language;
    this.#root.style.setProperty("--z", attribute("z") ?? "2147483000");
    this.#button.hidden = this.#isInline || this.hasAttribute("hide-launcher");
    this.#badge.hidden = !this.#unread;
    this.#badge.textContent = this.#unread > 99 ? "99+" : String(this.#unread);
    const [name = "", unread = ""] = (LAUNCHER_TEXTS[language] ?? "").split("|");
    this.#button.ariaLabel = this.#unread ? `${name}, ${unread.replace("#", String(this.#unread))}` : name;
  }
}

function stored(name: string): string | null {
  try {
    return localStorage.getItem(`unicom:${name}`);
  } catch {
    return null;
  }
}

type Call = [method: string, ...args: unknown[]];

function start(): void {
  if (document.querySelector(NAME) || script?.dataset["manual"] !== undefined) return;
  const element = document.createElement(NAME);
  element.id = NAME;
  // Turbo and Astro keep it when they replace the page.
  element.setAttribute("data-turbo-permanent", "");
  element.setAttribute("data-astro-transition-persist", NAME);
  for (const { name, value } of script?.attributes ?? []) {
    if (name.startsWith("data-")) element.setAttribute(name.slice(5), value);
  }
  const attach = () => element.isConnected || document.body.append(element);
  attach();
  for (const event of ["turbo:render", "astro:after-swap"]) document.addEventListener(event, attach);

  // Calls that the page queued before: `(window.unicom ??= []).push(["open"])`.
  const page = window as unknown as { unicom?: unknown };
  const queue = Array.isArray(page.unicom) ? (page.unicom as Call[]) : page.unicom === undefined ? [] : null;
  if (!queue) return;
  const run = ([method, ...args]: Call) =>
    (element as unknown as Record<string, (...args: unknown[]) => unknown>)[method]?.(...args);
  queue.forEach(run);
  page.unicom = element;
  Object.assign(element, { push: run });
}

const registry = window as unknown as Record<symbol, boolean>;
if (!registry[ONCE]) {
  registry[ONCE] = true;
  if (!customElements.get(NAME)) customElements.define(NAME, UnicomWebchat);
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
}
