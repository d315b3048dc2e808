// What the browser tests share: a server, a site in front of it, a browser, and visitors as people use them.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";
import { type Server, type ServerOptions, startServer } from "../../server.mjs";
import { isFirefox, launch } from "./browsers.ts";
import { type Site, startSite } from "./site.ts";

export interface Fixture {
  server: Server;
  site: Site;
  browser: Browser;
  /** A browser of its own, with an empty page. */
  visitor(options?: BrowserContextOptions): Promise<Visitor>;
}

/**
 * Starts everything before the tests of a file, then calls `prepare`, and ends everything after the tests, also the site that
 * `prepare` returns. Use this instead of another `before`: Node.js calls those of a file at once. `browser` are arguments
 * for Chromium.
 */
export function fixture(prepare?: () => Promise<Site | void>, options?: ServerOptions, browser: readonly string[] = []): Fixture {
  let other: Site | void;
  const visitors: Visitor[] = [];
  const shared = {
    async visitor(contextOptions: BrowserContextOptions = {}) {
      const context = await shared.browser.newContext({ viewport: { width: 1000, height: 800 }, locale: "en-GB", ...contextOptions });
      const visitor = new Visitor(shared.site, context, await context.newPage());
      visitors.push(visitor);
      return visitor;
    },
  } as Fixture;
  before(async () => {
    shared.server = await startServer(options);
    shared.site = await startSite(shared.server);
    shared.browser = await launch(browser);
    other = await prepare?.();
  });
  after(async () => {
    const problems = visitors.flatMap((visitor) => visitor.problems);
    await shared.browser?.close();
    await shared.site?.stop();
    await other?.stop();
    await shared.server?.stop();
    assert.deepEqual(problems, [], "pages reported errors, or violations of their policy");
  });
  return shared;
}

/** A visitor's page, used by role and name. */
export class Visitor {
  /** Errors of the page's scripts, and violations of its policy. */
  readonly problems: string[] = [];

  constructor(
    readonly site: Site,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.setDefaultTimeout(10_000);
    this.watch(page);
  }

  private watch(page: Page): void {
    page.on("pageerror", (error) => {
      // Firefox reports networks that tests break as errors of the page.
      if (isFirefox && /can.t establish a connection|interrupted while the page/.test(error.message)) return;
      this.problems.push(`error: ${error.stack ?? error.message}`);
    });
    page.on("console", (message) => {
      const text = message.text();
      // Networks that tests break are reported too.
      if (/Content.Security.Policy|Trusted/i.test(text)) this.problems.push(`violation: ${text}`);
    });
  }

  /** Another tab of the same browser. */
  async tab(): Promise<Visitor> {
    const other = new Visitor(this.site, this.context, await this.context.newPage());
    other.problems.push = (...problems) => this.problems.push(...problems);
    return other;
  }

  async visit(path = "/"): Promise<this> {
    await this.page.goto(this.site.origin + path);
    return this;
  }

  get launcher(): Locator {
    return this.page.getByRole("button", { name: /^Chat/ });
  }
  get dialog(): Locator {
    return this.page.getByRole("dialog");
  }
  get composer(): Locator {
    return this.page.getByRole("textbox", { name: "Write a message" });
  }
  get list(): Locator {
    return this.page.getByRole("list", { name: "Messages" });
  }

  async open(): Promise<this> {
    await this.launcher.click();
    await this.composer.waitFor();
    return this;
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** Waits until a message with exactly this text is shown. */
  async sees(text: string, timeout = 15_000): Promise<void> {
    await this.list.getByText(text, { exact: true }).waitFor({ timeout });
  }

  /** Returns the texts of the messages that are shown. */
  texts(): Promise<string[]> {
    return this.page.locator("[part=bubble]").allInnerTexts();
  }

  /** Calls the API as this visitor. */
  async api<T>(method: string, path: string, json?: unknown): Promise<T> {
    return this.page.evaluate(
      async ([method, path, body]) => {
        const session = (await (await fetch("/unicom/auth/session/")).json()) as { csrf_token: string };
        const headers = { "X-CSRFToken": session.csrf_token, "Content-Type": "application/json" };
        const response = await fetch(`/unicom/${path}`, { method, headers, ...(body !== null && { body }) });
        return response.json() as Promise<unknown>;
      },
      [method, path, json === undefined ? null : JSON.stringify(json)] as const,
    ) as Promise<T>;
  }

  /** Returns the texts of all messages of the default chat on the server, oldest first. */
  async stored(): Promise<string[]> {
    const texts: string[] = [];
    let before = "";
    for (;;) {
      const page = await this.api<{ messages: { text: string }[]; next_cursor: string | null }>("GET", `webchat/messages/?limit=100${before}`);
      texts.unshift(...page.messages.map(({ text }) => text).reverse());
      if (!page.next_cursor) return texts;
      before = `&before=${page.next_cursor}`;
    }
  }
}

/** Waits until a condition holds. */
export async function until(condition: () => Promise<boolean> | boolean, what: string, within = 15_000): Promise<void> {
  const end = Date.now() + within;
  while (!(await condition())) {
    if (Date.now() > end) assert.fail(`${what}: not within ${within} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * Waits until what is read is as expected. A page reaches a state over several events, whose order is not given: that a message is
 * changed may be heard before the request that changed it is answered.
 */
export async function becomes<T>(read: () => Promise<T>, expected: T, why?: string, within = 5_000): Promise<void> {
  const end = Date.now() + within;
  for (;;) {
    const actual = await read();
    if (isDeepStrictEqual(actual, expected)) return;
    if (Date.now() > end) assert.deepEqual(actual, expected, why);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
