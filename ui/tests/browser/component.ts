// The web components of django-unicom, as they were published, on pages of the test's site, and how people use them.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { afterEach } from "node:test";
import { build } from "esbuild";
import type { Locator, Page } from "playwright-core";
import { type Fixture, type Visitor, until } from "./fixture.ts";
import { type Site, page } from "./site.ts";

const FOLDER = "out/component";
const ADDRESS = "/static/unicom/webchat";
/** The components are as high as the page lets them be. */
const SIZE = "<style>unicom-chat, unicom-chat-with-sidebar { display: block; height: 600px; }</style>";
const IMPORTS = '<script type="importmap">{"imports": {"lit": "/static/lit.js"}}</script>';

export interface Kind {
  element: "unicom-chat" | "unicom-chat-with-sidebar";
  attributes?: Record<string, string>;
}

/** The component with a list of chats as it is without attributes, but faster. */
export const POLLING: Kind = { element: "unicom-chat-with-sidebar", attributes: { "auto-refresh": "0.3" } };
/** The component with a list of chats, which learns of messages by its WebSocket. */
export const SOCKET: Kind = { element: "unicom-chat-with-sidebar", attributes: { "enable-websocket-only": "" } };
/** The component with one chat, which always polls. */
export const SINGLE: Kind = { element: "unicom-chat", attributes: { "auto-refresh": "2" } };

/** Opens a page with the component on it. */
export type Open = (kind: Kind, options?: { channel?: string; visitor?: Visitor }) => Promise<Component>;

/** Returns how to open the components that `serveComponents` serves. */
export function components(shared: Fixture): Open {
  const opened: Component[] = [];
  // They would go on asking.
  afterEach(async () => {
    for (const { page } of opened.splice(0)) await page.close();
  });
  return async ({ element, attributes = {} }, { channel, visitor } = {}) => {
    const all = Object.entries({ ...attributes, ...(channel && { "channel-id": channel }) });
    const tag = `<${element}${all.map(([name, value]) => ` ${name}='${value}'`).join("")}></${element}>`;
    const file = element === "unicom-chat" ? "webchat-component.js" : "webchat-with-sidebar.js";
    const script = `<script type="module" src="${ADDRESS}/${file}"></script>`;
    const path = `/${shared.site.pages.size}`;
    shared.site.pages.set(path, page({ head: SIZE + IMPORTS, body: tag + script, script: false }));
    const component = new Component(visitor ?? (await shared.visitor()), element);
    opened.push(component);
    await component.watch();
    await component.visitor.visit(path);
    await component.composer.waitFor({ timeout: 30_000 });
    return component;
  };
}

/** The address of the icons, which is on another host. */
let icons = "";

/** Serves the components on the site. */
export async function serveComponents(site: Site): Promise<void> {
  const names = await readdir(FOLDER, { recursive: true }).catch(() => {
    throw new Error("the components are not here: run scripts/component");
  });
  for (const name of names.filter((name) => name.endsWith(".js"))) {
    site.scripts.set(`${ADDRESS}/${name}`, await readFile(`${FOLDER}/${name}`));
  }
  const lit = { contents: 'export * from "lit"', resolveDir: "tests" };
  const { outputFiles } = await build({ stdin: lit, bundle: true, write: false, format: "esm", target: "es2022" });
  site.scripts.set("/static/lit.js", outputFiles[0]?.contents ?? "");
  // The components put HTML into the page, which the policy of the other pages forbids.
  site.headers = {};
  const loader = await readFile(`${FOLDER}/utils/font-awesome-loader.js`, "utf8");
  icons = /FONT_AWESOME_URL = '([^']+)'/.exec(loader)?.[1] ?? "";
}

/** A page with a component. Whatever its scripts report as an error is a problem of its visitor. */
export class Component {
  /** The requests for what the server stores: their method, path and query. */
  readonly requests: string[] = [];
  /** What came over the WebSocket. */
  readonly frames: { type: string; message?: { text: string } }[] = [];
  /** The requests to other hosts, which get no answer from there. */
  readonly outside: string[] = [];
  private answered = 0;

  constructor(
    readonly visitor: Visitor,
    private readonly element: string,
  ) {}

  get page(): Page {
    return this.visitor.page;
  }
  get composer(): Locator {
    return this.page.getByPlaceholder(/^(Type a|Edit your) message/);
  }
  get items(): Locator {
    return this.page.locator("message-item");
  }
  /** The chats of the sidebar. */
  get chats(): Locator {
    return this.page.locator(".chat-item");
  }

  /** Notices what the page asks for, and answers for other hosts: with an empty sheet for the icons, else not at all. */
  async watch(): Promise<void> {
    const { origin } = this.visitor.site;
    const isHere = (url: URL) => url.origin === origin;
    await this.page.route(
      (url) => !isHere(url),
      (route) => {
        const url = route.request().url();
        this.outside.push(url);
        if (url !== icons) this.visitor.problems.push(`request to another host: ${url}`);
        const headers = { "access-control-allow-origin": "*" };
        return url === icons ? route.fulfill({ contentType: "text/css", headers, body: "" }) : route.abort();
      },
    );
    this.page.on("request", (request) => {
      const url = new URL(request.url());
      if (isHere(url) && url.pathname.startsWith("/unicom/")) this.requests.push(`${request.method()} ${url.pathname}${url.search}`);
    });
    this.page.on("requestfinished", (request) => {
      if (request.url().includes("/webchat/messages/")) this.answered++;
    });
    this.page.on("websocket", (socket) => {
      const url = new URL(socket.url());
      if (url.host !== new URL(origin).host) this.visitor.problems.push(`socket to another host: ${url}`);
      this.requests.push(`UPGRADE ${url.pathname}${url.search}`);
      socket.on("framereceived", ({ payload }) => this.frames.push(JSON.parse(String(payload)) as (typeof this.frames)[number]));
    });
    this.page.on("console", (message) => {
      if (message.type() === "error") this.visitor.problems.push(`console: ${message.text()} ${message.location().url}`);
    });
  }

  /** The number of requests for messages. */
  get reads(): number {
    return this.requests.filter((request) => request.startsWith("GET /unicom/webchat/messages/")).length;
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.calm();
    await this.composer.press("Enter");
  }

  /**
   * Waits for the time to send something. The component with one chat also asks half a second after it has sent a message, and shows
   * what it gets twice if its timer asks at the same time.
   */
  async calm(): Promise<void> {
    if (this.element === SINGLE.element) await this.polled(1);
  }

  private async polled(times: number): Promise<void> {
    const enough = this.answered + times;
    await until(() => this.answered >= enough, "it polls");
  }

  /** Waits until a message with exactly this text is shown. */
  async sees(text: string, timeout = 15_000): Promise<void> {
    await this.items.locator(".message-text").getByText(text, { exact: true }).waitFor({ timeout });
  }

  /** The message with exactly this text, with all that is around the text. */
  item(text: string): Locator {
    return this.items.filter({ has: this.page.getByText(text, { exact: true }) });
  }

  /** Sends a message to the echo bot and waits for the reply. */
  async exchange(text: string): Promise<void> {
    await this.send(text);
    await this.sees(text);
    await this.sees(`Echo: ${text}`);
  }

  /** Returns the texts that are shown, from the top. */
  texts(): Promise<string[]> {
    return this.items.locator(".message-text").allInnerTexts();
  }

  /** Waits until what the component asks for or is told once more has come. */
  async settled(): Promise<void> {
    if (this.frames.length > 0) {
      const newest = (await this.texts()).at(-1);
      const repeated = () => this.frames.some(({ type, message }) => type === "message_updated" && message?.text === newest);
      await until(repeated, "the newest message is repeated");
    } else {
      await this.polled(2);
    }
  }

  /** Forgets the errors of the page, which must be of this kind. */
  forgive(expected: RegExp): void {
    const others = this.visitor.problems.splice(0).filter((problem) => !expected.test(problem));
    assert.deepEqual(others, [], `errors other than ${expected}`);
  }

  /** Returns the id of the chat that is shown. */
  async chatId(): Promise<string> {
    const id = await this.page.locator(this.element).evaluate((element) => {
      const { chatId, currentChatId } = element as unknown as { chatId?: string; currentChatId?: string };
      return chatId ?? currentChatId;
    });
    return id ?? "";
  }
}
