// The chat on pages of another site: tokens in the place of cookies, and identities that the site signs.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { resolve } from "node:path";
import { test } from "node:test";
import type { Request, Response } from "playwright-core";
import { type Visitor, becomes, fixture, until } from "./fixture.ts";
import { type Site, page, startSite } from "./site.ts";
import { hireTeam } from "./team.ts";

const CHANNEL = "wk_0123456789abcdefABCDEF";
const KID = "2026-11";
const environment = { UNICOM_UI_DIR: resolve("../crates/unicom-ui/dist"), UNICOM_MAX_FILE: "100000" };
let stranger: Site;
let secret: string;
const shared = fixture(async () => {
  stranger = await startSite(shared.server);
  for (const site of [shared.site, stranger]) {
    site.headers = { "content-security-policy": policy() };
    site.pages.set("/", snippet());
  }
  await setUp();
  const shown = await shared.server.command(["widget", "identity-key", "show", "--channel", "1", "--kid", KID]);
  secret = /[0-9a-f]{64}/.exec(shown)?.[0] ?? "";
  assert.notEqual(secret, "", shown);
  return stranger;
}, { environment });

/** The chat's server, as another site than that of the pages, which are on 127.0.0.1. */
const chat = () => `http://localhost:${shared.server.port}`;

/** What a page of another site needs to allow, and nothing else. */
const policy = () =>
  [
    "default-src 'none'",
    `script-src ${chat()}`,
    `connect-src ${chat()} ${chat().replace("http", "ws")}`,
    `img-src 'self' blob: ${chat()}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");

const snippet = (more = "") => page({ script: false, body: `<script async src="${chat()}/unicom/widget.js" data-channel="${CHANNEL}"${more}></script>` });

/** Says how pages of other sites use the channel. */
async function setUp(more: object = {}): Promise<void> {
  const identity = { mode: "optional", issuer: "shop", keys: [{ kid: KID, alg: "HS256" }] };
  const web = { key: CHANNEL, origins: [shared.site.origin], identity, ...more };
  await shared.server.command(["channel", "update", "1", "--config", JSON.stringify({ bot: "echo", web })]);
}

/** Returns what the site signs for one of its users. */
function identityOf(sub: string, seconds = 600): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const signed = `${encode({ alg: "HS256", typ: "JWT", kid: KID })}.${encode({ sub, aud: CHANNEL, iat: now, exp: now + seconds, name: sub })}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** Notes what a page asks the chat's server for from its next load on, and what it answers. */
async function watch(visitor: Visitor) {
  const requests: Request[] = [];
  const responses: Response[] = [];
  visitor.page.on("request", (request) => request.url().startsWith(chat()) && requests.push(request));
  visitor.page.on("response", (response) => response.url().startsWith(chat()) && responses.push(response));
  await visitor.page.addInitScript(() => {
    const sockets: string[] = [];
    class Counted extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols);
        sockets.push(address);
      }
    }
    Object.assign(window, { sockets, WebSocket: Counted });
  });
  /** Returns the addresses of the WebSockets that the page has opened. */
  const sockets = () => visitor.page.evaluate(() => (window as unknown as { sockets?: string[] }).sockets ?? []);
  return {
    requests,
    sockets,
    count: (method: string, path: string) => requests.filter((request) => request.method() === method && request.url().endsWith(path)).length,
    /** Fails if a cookie was sent or set, or an address has a token. */
    async check() {
      for (const request of requests) {
        assert.equal((await request.allHeaders())["cookie"], undefined, request.url());
        assert.doesNotMatch(request.url(), /uvt_/);
      }
      for (const response of responses) assert.equal((await response.allHeaders())["set-cookie"], undefined, response.url());
      for (const socket of await sockets()) assert.doesNotMatch(socket, /uvt_|\?/);
      assert.deepEqual(await visitor.context.cookies(), []);
    },
  };
}

async function talker(text = "hello"): Promise<Visitor> {
  const visitor = await (await shared.visitor()).visit();
  await visitor.open();
  await visitor.send(text);
  await visitor.sees(`Echo: ${text}`);
  return visitor;
}

/** Calls a method of the element. */
function call(visitor: Visitor, method: "identify" | "logout", ...args: string[]): Promise<void> {
  return visitor.page.locator("unicom-webchat").evaluate(
    async (element, [method, ...args]) => {
      await (element as unknown as Record<string, (...args: string[]) => Promise<void>>)[method as string]?.(...args);
    },
    [method, ...args],
  );
}

/** Returns what the page's storage holds of the chat. */
function stored(visitor: Visitor): Promise<unknown[]> {
  return visitor.page.evaluate(async () => {
    const items = (name: string) =>
      new Promise<unknown[]>((resolve) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => {
          const all = request.result.transaction("outbox").objectStore("outbox").getAll();
          all.onsuccess = () => resolve(all.result as unknown[]);
        };
      });
    const databases = await indexedDB.databases();
    return [...Object.keys(localStorage), ...(await Promise.all(databases.map(({ name }) => items(name ?? "")))).flat()];
  });
}

test("the snippet alone makes a chat that answers, without cookies", async () => {
  const visitor = await shared.visitor();
  const chatServer = await watch(visitor);
  await visitor.visit();
  await visitor.launcher.waitFor();
  await visitor.page.waitForTimeout(300);
  assert.deepEqual(chatServer.requests.map((request) => new URL(request.url()).pathname), ["/unicom/widget.js"]);
  await visitor.open();
  assert.equal(chatServer.count("POST", "/webchat/visitor/"), 0);
  await visitor.send("Where is my order?");
  await visitor.sees("Echo: Where is my order?");
  await until(async () => (await chatServer.sockets()).length === 1, "a WebSocket is opened");
  await visitor.send("And my saddle?");
  await visitor.sees("Echo: And my saddle?");
  assert.equal(chatServer.count("POST", "/webchat/visitor/"), 1);
  await chatServer.check();
});

test("a reload keeps the history, and counts what is unread", async () => {
  const visitor = await talker();
  const [key, value] = await visitor.page.evaluate(() => Object.entries(localStorage).find(([key]) => key.startsWith("unicom:token:")) ?? []);
  const { value: token } = JSON.parse(value as string) as { value: string };
  assert.ok(key?.endsWith(CHANNEL));
  await visitor.page.goto("about:blank");
  const send = await fetch(`${chat()}/unicom/webchat/send/`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ text: "from another window" }),
  });
  assert.equal(send.status, 200);
  const chatServer = await watch(visitor);
  await until(async () => {
    await visitor.visit();
    return visitor.page.getByRole("button", { name: /unread/ }).waitFor({ timeout: 500 }).then(() => true, () => false);
  }, "the answer is counted");
  await visitor.open();
  await visitor.sees("Echo: from another window");
  await visitor.sees("Echo: hello");
  assert.equal(chatServer.count("POST", "/webchat/visitor/"), 0);
  await chatServer.check();
});

test("two tabs are the same guest, and show the same", async () => {
  const visitor = await talker();
  const other = await (await visitor.tab()).visit();
  await other.open();
  await other.sees("Echo: hello");
  await other.send("from the other tab");
  await visitor.sees("Echo: from the other tab");
});

test("a site that the channel does not name is told so", async () => {
  const visitor = await shared.visitor();
  await visitor.page.goto(stranger.origin);
  await visitor.launcher.click();
  await visitor.page.getByText("This chat is not set up for this site.").waitFor();
  await becomes(() => visitor.composer.count(), 0);
});

test("a guest who is identified keeps the talk, also on another device", async () => {
  const sub = `ann-${Date.now()}`;
  const visitor = await talker("as a guest");
  await call(visitor, "identify", identityOf(sub));
  await visitor.sees("Echo: as a guest");
  await visitor.send("as Ann");
  await visitor.sees("Echo: as Ann");

  const other = await shared.visitor();
  shared.site.pages.set("/identified", snippet());
  await other.visit("/identified");
  await other.launcher.waitFor();
  await call(other, "identify", identityOf(sub));
  await other.open();
  await other.sees("Echo: as a guest");
  await other.sees("Echo: as Ann");
});

test("after `logout` the storage is empty, and the next visitor sees nothing", async () => {
  const visitor = await talker("secret");
  await call(visitor, "identify", identityOf(`bob-${Date.now()}`));
  await visitor.sees("Echo: secret");
  await visitor.composer.fill("secret draft");
  await call(visitor, "logout");
  await visitor.page.getByText("How can we help?").waitFor();
  await becomes(() => visitor.page.getByText("secret").count(), 0);
  await becomes(() => visitor.composer.inputValue(), "");
  await becomes(() => stored(visitor), []);
  await visitor.page.reload();
  await visitor.open();
  await visitor.page.getByText("How can we help?").waitFor();
  await visitor.send("someone else");
  await visitor.sees("Echo: someone else");
  assert.equal(await visitor.page.getByText("secret").count(), 0);
});

test("an image is attached and shown", async () => {
  const visitor = await talker();
  const chatServer = await watch(visitor);
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
  const [chooser] = await Promise.all([
    visitor.page.waitForEvent("filechooser"),
    visitor.page.getByRole("button", { name: "Attach a file" }).click(),
  ]);
  await chooser.setFiles({ name: "pixel.png", mimeType: "image/png", buffer: Buffer.from(pixel, "base64") });
  await visitor.send("A photo");
  await visitor.sees("A photo");
  const image = visitor.list.getByRole("img", { name: "pixel.png" });
  await until(async () => (await image.getAttribute("src"))?.startsWith(`${chat()}/unicom/media/`) ?? false, "the stored image is shown");
  await until(() => image.evaluate((element) => (element as HTMLImageElement).naturalWidth === 1), "it is loaded");
  await chatServer.check();
});

test("a file that is too large is not sent first", async () => {
  const visitor = await talker();
  const [chooser] = await Promise.all([
    visitor.page.waitForEvent("filechooser"),
    visitor.page.getByRole("button", { name: "Attach a file" }).click(),
  ]);
  const sends: string[] = [];
  visitor.page.on("request", (request) => request.url().includes("/webchat/send/") && sends.push(request.url()));
  await chooser.setFiles({ name: "large.png", mimeType: "image/png", buffer: Buffer.alloc(200_000) });
  await visitor.page.getByRole("button", { name: "Send" }).click();
  await visitor.page.getByText("Not sent. It is too large.").first().waitFor();
  assert.deepEqual(sends, []);
  await visitor.page.getByRole("button", { name: "Remove large.png" }).click();
  await visitor.send("without it");
  await visitor.sees("Echo: without it");
});

test("an image whose address is not valid any more is asked for once more", async () => {
  const visitor = await talker();
  let failures = 0;
  let isRenewed = false;
  await visitor.page.route(/\/unicom\/media\//, (route) => {
    isRenewed ||= route.request().url().includes("expires=4000000000");
    return failures++ === 0 ? route.fulfill({ status: 404 }) : route.continue();
  });
  await visitor.page.route(/\/webchat\/messages\//, async (route) => {
    const response = await route.fetch();
    // An address that was read later has another time.
    const body = (await response.text()).replace(/expires=\d+/g, () => `expires=${failures ? 4_000_000_000 : 1}`);
    await route.fulfill({ response, body });
  });
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
  const [chooser] = await Promise.all([
    visitor.page.waitForEvent("filechooser"),
    visitor.page.getByRole("button", { name: "Attach a file" }).click(),
  ]);
  await chooser.setFiles({ name: "pixel.png", mimeType: "image/png", buffer: Buffer.from(pixel, "base64") });
  await visitor.page.getByRole("button", { name: "Send" }).click();
  // Later news of the message bring the address that the server has signed.
  await until(() => isRenewed, "the address was read again");
});

test("without sockets, a guest is answered all the same", async () => {
  const visitor = await shared.visitor();
  await visitor.page.addInitScript(() => {
    class Blocked {
      onclose: ((event: object) => void) | null = null;
      constructor() {
        setTimeout(() => this.onclose?.({ code: 1006, reason: "" }));
      }
      close() {}
    }
    Object.defineProperty(window, "WebSocket", { value: Blocked });
  });
  const chatServer = await watch(visitor);
  await visitor.visit();
  await visitor.open();
  await visitor.send("one");
  await visitor.sees("Echo: one");
  await until(() => chatServer.requests.some((request) => request.url().includes("/webchat/events/?chat_id=")), "the chat is followed", 30_000);
  await visitor.send("two");
  await visitor.sees("Echo: two");
  await chatServer.check();
});

test("the token of an identified visitor is renewed on the open connection", async () => {
  const visitor = await shared.visitor();
  const sub = `eve-${Date.now()}`;
  let asked = 0;
  await visitor.page.exposeFunction("askTheSite", () => identityOf(sub, asked++ === 0 ? 8 : 600));
  const chatServer = await watch(visitor);
  await visitor.visit();
  await visitor.launcher.waitFor();
  await visitor.page.locator("unicom-webchat").evaluate((element) => {
    const ask = (window as unknown as { askTheSite: () => Promise<string> }).askTheSite;
    return (element as unknown as { identify(ask: () => Promise<string>): Promise<void> }).identify(() => ask());
  });
  await visitor.open();
  await visitor.send("before");
  await visitor.sees("Echo: before");
  await until(() => asked === 2, "the site is asked again");
  await visitor.page.waitForTimeout(5000);
  await visitor.send("after");
  await visitor.sees("Echo: after");
  assert.deepEqual([asked, (await chatServer.sockets()).length], [2, 1]);
});

test("a visitor whom the site cannot name any more is asked to log in", async () => {
  const visitor = await shared.visitor();
  await visitor.visit();
  await visitor.launcher.waitFor();
  await call(visitor, "identify", identityOf(`old-${Date.now()}`, 6));
  await visitor.open();
  await visitor.send("while it lasts");
  await visitor.sees("Echo: while it lasts");
  const needed = visitor.page.evaluate(
    () => new Promise<unknown>((resolve) => document.addEventListener("unicom:identity-needed", (event) => resolve((event as CustomEvent).detail))),
  );
  await visitor.page.getByText("To use the chat, please log in to this site.").waitFor({ timeout: 90_000 });
  assert.deepEqual(await needed, { code: "identity_expired" });
  assert.equal(await visitor.page.getByText("while it lasts").count(), 0);
});

test("a channel for identified visitors only asks others to log in", async () => {
  await setUp({ guests: false });
  try {
    const visitor = await shared.visitor();
    const chatServer = await watch(visitor);
    await visitor.visit();
    await visitor.launcher.click();
    await visitor.page.getByText("To use the chat, please log in to this site.").waitFor();
    await becomes(() => visitor.composer.count(), 0);
    assert.equal(chatServer.count("POST", "/webchat/visitor/"), 0);
    await call(visitor, "identify", "not.a.token").catch(() => {});
    await visitor.page.getByText("This site could not confirm to the chat who you are.").waitFor();
    await call(visitor, "identify", identityOf(`ida-${Date.now()}`));
    await visitor.send("here I am");
    await visitor.sees("Echo: here I am");
  } finally {
    await setUp();
  }
});

test("a block takes the chat out of sight", async () => {
  const visitor = await talker();
  const account = await visitor.page.evaluate(() => {
    const [, text] = Object.entries(localStorage).find(([key]) => key.startsWith("unicom:token:")) ?? [];
    return (JSON.parse(text as string) as { account: string }).account;
  });
  await shared.server.command(["account", "block", account]);
  await visitor.page.getByText("This chat is not available to you.").waitFor();
  await becomes(() => visitor.composer.count(), 0);
});

test("a guest is asked, and ends, rates and keeps the chat, with a token", async () => {
  const form = [{ name: "name", label: "Your name", required: true }];
  const web = { key: CHANNEL, origins: [shared.site.origin] };
  await shared.server.command(["channel", "update", "1", "--config", JSON.stringify({ bot: "echo", web, pre_chat: form })]);
  const team = await hireTeam(shared.server);
  const visitor = await (await shared.visitor()).visit();
  const watched = await watch(visitor);
  await visitor.page.reload();
  await visitor.launcher.click();
  await visitor.page.getByRole("textbox", { name: "Your name" }).fill("Ada");
  await visitor.page.getByRole("button", { name: "Start the chat" }).click();
  await visitor.composer.waitFor();
  // The guest has a token by now, and no account before the first message.
  await visitor.page.reload();
  await visitor.open();
  await visitor.send("hello");
  await visitor.sees("Echo: hello");
  const { accounts } = await team.call<{ accounts: { raw: { claims?: { name: string } } }[] }>("GET", "accounts/?limit=100");
  assert.equal(accounts.filter(({ raw }) => raw.claims?.name === "Ada").length, 1);

  await visitor.page.getByRole("button", { name: "More options" }).click();
  await visitor.page.getByRole("menuitem", { name: "End chat" }).click();
  await visitor.page.getByRole("radio", { name: "5 stars" }).check();
  await visitor.page.getByRole("button", { name: "Send rating" }).click();
  await visitor.page.getByRole("img", { name: "5 stars" }).waitFor();
  const [download] = await Promise.all([visitor.page.waitForEvent("download"), visitor.page.getByRole("button", { name: "Save as text" }).click()]);
  assert.match(download.suggestedFilename(), /^chat-.*\.txt$/);
  await watched.check();
  await call(visitor, "logout");
  await visitor.page.getByRole("textbox", { name: "Your name" }).waitFor();
  assert.equal(await visitor.page.getByRole("textbox", { name: "Your name" }).inputValue(), "");
  assert.deepEqual(await stored(visitor), []);
  await setUp();
});
