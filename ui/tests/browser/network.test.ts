// Networks that fail: nothing is lost, nothing is sent twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Visitor, becomes, fixture, until } from "./fixture.ts";
import { page } from "./site.ts";
import { startServer } from "../../server.mjs";

const shared = fixture();

/** A visitor with one exchange behind. */
async function talker(path = "/"): Promise<Visitor> {
  const visitor = await (await shared.visitor()).visit(path);
  await visitor.open();
  await visitor.send("hello");
  await visitor.sees("Echo: hello");
  return visitor;
}

/** Waits until the live connection of this kind carries messages. */
async function live(path: string): Promise<void> {
  await until(() => shared.site.requests.some((request) => request.startsWith(path)), `${path} is asked for`, 30_000);
}

test("messages written offline are sent once, in order, when the network is back", async () => {
  const visitor = await talker();
  await visitor.context.setOffline(true);
  await visitor.page.getByText("You are offline. Messages are sent when you are back.").first().waitFor();
  for (const text of ["one", "two", "three"]) await visitor.send(text);
  await visitor.sees("three");
  await visitor.context.setOffline(false);
  await visitor.sees("Echo: three");
  await visitor.page.locator(".banner").waitFor({ state: "detached" });
  const sent = (await visitor.stored()).filter((text) => !text.startsWith("Echo"));
  assert.deepEqual(sent, ["hello", "one", "two", "three"]);
});

test("40 messages written offline survive a reload, and are sent once, in order", async () => {
  const visitor = await talker();
  const texts = Array.from({ length: 40 }, (_, index) => `number ${index + 1}`);
  shared.site.setDown(true);
  for (const text of texts) {
    await visitor.composer.fill(text);
    await visitor.composer.press("Enter");
  }
  await visitor.list.getByText("number 40", { exact: true }).waitFor();
  shared.site.setDown(false);
  // Another page of the site: this one sends nothing any more.
  await visitor.page.reload();
  await visitor.open();
  await becomes(async () => (await visitor.stored()).filter((text) => text.startsWith("number")), texts, "all are stored", 60_000);
});

test("a message whose answer was lost is stored once", async () => {
  const visitor = await talker();
  let lost = 0;
  shared.site.intercept = async (incoming, outgoing) => {
    if (!incoming.url?.includes("webchat/send") || lost > 0) return false;
    lost++;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => name !== "connection")) as Record<string, string>;
    // The server has it, and the visitor's browser never learns.
    await fetch(`${shared.server.origin}${incoming.url}`, { method: "POST", headers, body: Buffer.concat(chunks) }).then((response) => response.text());
    outgoing.destroy();
    return true;
  };
  await visitor.send("only once");
  await visitor.sees("Echo: only once");
  shared.site.intercept = undefined;
  assert.equal(lost, 1);
  await until(async () => (await visitor.texts()).filter((text) => text === "only once").length === 1, "it is shown once");
  assert.equal((await visitor.stored()).filter((text) => text === "only once").length, 1);
});

test("`429` is waited for as long as the server says, other refusals are final", async () => {
  const visitor = await talker();
  const tries: number[] = [];
  shared.site.intercept = (incoming, outgoing) => {
    if (!incoming.url?.includes("webchat/send")) return false;
    tries.push(Date.now());
    if (tries.length > 1) return false;
    incoming.resume();
    outgoing.writeHead(429, { "content-type": "application/json", "retry-after": "2" });
    outgoing.end('{"success": false, "error": "too many", "code": "rate_limited"}');
    return true;
  };
  await visitor.send("patience");
  await visitor.page.getByText("Too many messages at once.").first().waitFor();
  await visitor.sees("Echo: patience");
  assert.ok(tries.length === 2 && (tries[1] as number) - (tries[0] as number) >= 1900, String(tries));

  shared.site.intercept = (incoming, outgoing) => {
    if (!incoming.url?.includes("webchat/send")) return false;
    tries.push(Date.now());
    incoming.resume();
    outgoing.writeHead(413, { "content-type": "application/json" });
    outgoing.end('{"success": false, "error": "too large", "code": "too_large"}');
    return true;
  };
  await visitor.send("refused");
  await visitor.list.getByText("Not sent. It is too large.").waitFor();
  shared.site.intercept = undefined;
  assert.equal(tries.length, 3);
  await visitor.page.reload();
  await visitor.open();
  await visitor.list.getByText("Not sent. It is too large.").waitFor();
  await visitor.list.getByRole("button", { name: "Try again" }).click();
  await visitor.sees("Echo: refused");
});

test("two tabs show the same, and send once", async () => {
  const visitor = await talker();
  const other = await (await visitor.tab()).visit();
  await other.open();
  await other.sees("Echo: hello");
  shared.site.setDown(true);
  await visitor.send("from the first");
  await other.send("from the second");
  await visitor.sees("from the second");
  await other.sees("from the first");
  shared.site.setDown(false);
  await visitor.sees("Echo: from the second");
  await other.sees("Echo: from the first");
  const sent = (await visitor.stored()).filter((text) => text.startsWith("from"));
  assert.deepEqual(sent.sort(), ["from the first", "from the second"]);
});

test("a tab goes on with what another tab has left behind when it was closed", async () => {
  const visitor = await talker();
  const other = await (await visitor.tab()).visit();
  await other.open();
  await other.sees("Echo: hello");
  shared.site.setDown(true);
  await other.send("left behind");
  await visitor.sees("left behind");
  await other.page.close();
  shared.site.setDown(false);
  await visitor.sees("Echo: left behind");
  assert.equal((await visitor.stored()).filter((text) => text === "left behind").length, 1);
});

for (const [blocked, transport] of [
  ["sockets", "GET /unicom/webchat/events/?chat_id="],
  ["sockets and streams", "GET /unicom/webchat/events/?chat_id="],
] as const) {
  test(`without ${blocked}, messages arrive all the same, and the better way is taken when it opens`, async () => {
    shared.site.blocksSockets = true;
    shared.site.blocksStreams = blocked !== "sockets";
    shared.site.pages.set("/climb", page({ data: { "climb-every": "1000" } }));
    const visitor = await (await shared.visitor()).visit("/climb");
    await visitor.open();
    shared.site.requests.length = 0;
    await visitor.send("hello");
    await visitor.sees("Echo: hello");
    await live(transport);
    if (blocked !== "sockets") await until(() => shared.site.requests.some((request) => request.includes("wait=25")), "it polls", 40_000);
    await visitor.api("POST", "webchat/send/", { text: "by another way" });
    await visitor.sees("Echo: by another way");

    shared.site.blocksSockets = shared.site.blocksStreams = false;
    shared.site.requests.length = 0;
    await live("UPGRADE");
    await visitor.api("POST", "webchat/send/", { text: "by the socket" });
    await visitor.sees("Echo: by the socket");
    const texts = await visitor.texts();
    assert.equal(new Set(texts).size, texts.length, "each message is shown once");
  });
}

test("after many cuts, list and database are the same", async () => {
  const visitor = await talker();
  const written: string[] = [];
  for (let round = 0; round < 25; round++) {
    const text = `round ${round}`;
    written.push(text);
    await visitor.send(text);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 120));
    shared.site.cut();
  }
  await visitor.sees("Echo: round 24");
  const stored = await visitor.stored();
  assert.deepEqual(stored.filter((text) => text.startsWith("round")), written);
  await until(async () => (await visitor.texts()).length === stored.length, "all are shown");
  await becomes(() => visitor.texts(), stored);
});

test("a server that restarts is found again", async () => {
  const visitor = await talker();
  const { server } = shared;
  await server.stop({ keep: true, signal: "SIGKILL" });
  await visitor.send("while it is away");
  await visitor.page.getByText("The connection was lost. Connecting again").first().waitFor();
  shared.server = await startServer({ folder: server.folder, port: server.port });
  await visitor.sees("Echo: while it is away", 60_000);
  await visitor.page.locator(".banner").waitFor({ state: "detached" });
  assert.equal((await visitor.stored()).filter((text) => text === "while it is away").length, 1);
});

test("after the computer slept, the connection that is dead is noticed when the page is shown", async () => {
  shared.site.pages.set("/sleep", page({ data: { subtitle: "We are here" } }));
  const visitor = await talker("/sleep");
  // The connection is open.
  await visitor.page.locator(".dot").waitFor();
  shared.site.stall();
  await visitor.api("POST", "webchat/send/", { text: "while it slept" });
  await visitor.page.waitForTimeout(500);
  assert.equal(await visitor.list.getByText("Echo: while it slept").count(), 0);
  await visitor.page.evaluate(() => window.dispatchEvent(new Event("pageshow")));
  await visitor.sees("Echo: while it slept");
});

test("a message that is written while the first is on its way stays in the composer", async () => {
  const visitor = await (await shared.visitor()).visit();
  await visitor.open();
  let pass = () => {};
  const held = new Promise<void>((resolve) => (pass = resolve));
  shared.site.intercept = async (incoming) => {
    if (incoming.url?.includes("webchat/send")) await held;
    return false;
  };
  await visitor.send("first");
  await visitor.composer.pressSequentially("second");
  pass();
  await visitor.sees("Echo: first");
  shared.site.intercept = undefined;
  await becomes(() => visitor.composer.inputValue(), "second");
  await visitor.composer.press("Enter");
  await visitor.sees("Echo: second");
});

test("a file shows how much of it was sent, and can be taken back meanwhile", async () => {
  const visitor = await talker();
  const cdp = await visitor.context.newCDPSession(visitor.page);
  await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 200_000 });
  const [chooser] = await Promise.all([
    visitor.page.waitForEvent("filechooser"),
    visitor.page.getByRole("button", { name: "Attach a file" }).click(),
  ]);
  await chooser.setFiles({ name: "long.png", mimeType: "image/png", buffer: Buffer.alloc(3_000_000, 7) });
  await visitor.page.getByRole("button", { name: "Send" }).click();
  await visitor.list.getByText(/Uploading, \d+%/).waitFor();
  await visitor.list.getByRole("button", { name: "Cancel" }).click();
  await visitor.list.getByText(/Uploading/).waitFor({ state: "detached" });
  await visitor.page.reload();
  await visitor.open();
  await visitor.sees("Echo: hello");
  await becomes(() => visitor.stored(), ["hello", "Echo: hello"]);
});

test("two tabs count the same unread messages", async () => {
  const visitor = await talker();
  const other = await (await visitor.tab()).visit();
  await other.open();
  await other.sees("Echo: hello");
  await other.page.getByRole("button", { name: "Close chat" }).click();
  await visitor.page.getByRole("button", { name: "Close chat" }).click();
  await visitor.api("POST", "webchat/send/", { text: "news" });
  for (const tab of [visitor, other]) await tab.page.getByRole("button", { name: "Chat, 1 unread" }).waitFor();
  await visitor.launcher.click();
  await visitor.sees("Echo: news");
  for (const tab of [visitor, other]) await tab.page.getByRole("button", { name: "Chat", exact: true }).waitFor();
});

test("without IndexedDB, messages are sent all the same", async () => {
  const visitor = await shared.visitor();
  await visitor.page.addInitScript(() => Object.defineProperty(window, "indexedDB", { get: () => ({ open: () => { throw new Error("private"); } }) }));
  await visitor.visit();
  await visitor.open();
  await visitor.send("from memory");
  await visitor.sees("Echo: from memory");
});
