// What others do, as it is seen: answers that grow, people who write, messages that change, buttons.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { WebSocketRoute } from "playwright-core";
import { type Visitor, becomes, fixture, until } from "./fixture.ts";

const shared = fixture();

/** A visitor whose socket also carries frames of the test. */
async function watched(): Promise<{ visitor: Visitor; chat: string; tell(frame: object): void; told: Record<string, unknown>[] }> {
  const visitor = await shared.visitor();
  let socket: WebSocketRoute | undefined;
  const told: Record<string, unknown>[] = [];
  await visitor.page.routeWebSocket("**/webchat/ws/", (route) => {
    socket = route;
    const server = route.connectToServer();
    route.onMessage((message) => {
      told.push(JSON.parse(String(message)) as Record<string, unknown>);
      server.send(message);
    });
  });
  await visitor.visit();
  await visitor.open();
  await visitor.send("hello");
  await visitor.sees("Echo: hello");
  const { chats } = await visitor.api<{ chats: { id: string }[] }>("GET", "webchat/chats/");
  const chat = chats[0]?.id ?? "";
  await until(() => told.some(({ type }) => type === "subscribe"), "the chat is followed");
  return { visitor, chat, told, tell: (frame) => socket?.send(JSON.stringify({ chat_id: chat, ...frame })) };
}

function message(chat: string, fields: object): object {
  return {
    chat_id: chat,
    html: null,
    is_outgoing: true,
    sender_name: "Ann",
    timestamp: new Date().toISOString().replace("Z", "000Z"),
    media_type: "text",
    media_url: null,
    files: [],
    reply_to_message_id: null,
    client_message_id: null,
    interactive_buttons: null,
    edited_at: null,
    ...fields,
  };
}

test("an answer grows as it is written, can be stopped, and becomes a message", async () => {
  const { visitor, chat, tell } = await watched();
  const stream = { type: "stream", stream_id: "s-1", state: "open" };
  tell({ ...stream, offset: 0, text: "Grüße, " });
  await visitor.sees("Grüße,");
  tell({ ...stream, offset: 7, text: "the saddle" });
  await visitor.sees("Grüße, the saddle");
  // One that was missed is not guessed.
  tell({ ...stream, offset: 99, text: "?" });
  tell({ ...stream, offset: 0, text: "Grüße, the saddle is on its way" });
  await visitor.sees("Grüße, the saddle is on its way");
  const stopped: string[] = [];
  await visitor.page.route("**/webchat/stream/**", (route) => {
    stopped.push(`${route.request().method()} ${new URL(route.request().url()).pathname}`);
    return route.fulfill({ json: { success: true } });
  });
  await visitor.list.getByRole("button", { name: "Stop the answer" }).click();
  await until(() => stopped.length > 0, "the answer is stopped");
  assert.deepEqual(stopped, ["POST /unicom/webchat/stream/s-1/stop/"]);
  tell({ type: "changes", cursor: "1.1.1", items: [{ kind: "message", message: message(chat, { id: "s-1", text: "Grüße, the saddle is on its way" }) }] });
  await visitor.list.getByText("Ann · ").waitFor();
  // What comes late is not shown again.
  tell({ ...stream, offset: 0, text: "Grüße, the saddle is on its way" });
  tell({ ...stream, offset: 0, text: "", state: "stopped" });
  await visitor.list.getByRole("button", { name: "Stop the answer" }).waitFor({ state: "detached" });
  assert.equal((await visitor.texts()).filter((text) => text.startsWith("Grüße")).length, 1);

  // An answer that comes to nothing goes away.
  tell({ ...stream, stream_id: "s-2", offset: 0, text: "Let me" });
  await visitor.sees("Let me");
  tell({ ...stream, stream_id: "s-2", offset: 0, text: "", state: "done" });
  await visitor.list.getByText("Let me").waitFor({ state: "detached" });
});

test("who writes is shown, and no longer when the message arrives", async () => {
  const { visitor, chat, tell } = await watched();
  tell({ type: "typing", author: { kind: "staff", name: "Ann" }, is_typing: true });
  await visitor.list.getByText("Ann is typing").waitFor();
  tell({ type: "typing", author: { kind: "staff", name: "Bo" }, is_typing: true });
  await visitor.list.getByText("Ann and Bo are typing").waitFor();
  tell({ type: "changes", cursor: "1.1.1", items: [{ kind: "message", message: message(chat, { id: "m-1", text: "Here I am" }) }] });
  await visitor.sees("Here I am");
  await visitor.list.getByText("typing").waitFor({ state: "detached" });
});

test("the visitor's writing and reading is told", async () => {
  const { visitor, chat, told } = await watched();
  await visitor.composer.pressSequentially("wri");
  await until(() => told.some((command) => command["type"] === "typing" && command["is_typing"] === true), "writing is told");
  assert.equal(told.filter(({ type }) => type === "typing").length, 1, "not for each letter");
  await visitor.send("done");
  await visitor.sees("Echo: done");
  await until(() => told.some((command) => command["type"] === "read" && command["chat_id"] === chat), "reading is told");
  await until(() => told.some((command) => command["type"] === "delivered"), "receiving is told");
});

test("messages that are edited and deleted change in place", async () => {
  const { visitor, chat, tell } = await watched();
  const first = message(chat, { id: "m-1", text: "fist" }) as { timestamp: string };
  tell({ type: "changes", cursor: "1.1.1", items: [{ kind: "message", message: first }] });
  await visitor.sees("fist");
  tell({ type: "changes", cursor: "1.1.2", items: [{ kind: "message", message: { ...first, text: "first", edited_at: first.timestamp } }] });
  await visitor.list.getByText("first Edited").waitFor();
  tell({ type: "changes", cursor: "1.1.3", items: [{ kind: "message_deleted", id: "m-1" }] });
  await visitor.list.getByText("first Edited").waitFor({ state: "detached" });
  // A frame of a later version of the server is skipped.
  tell({ type: "fireworks", cursor: "1.1.4" });
  tell({ type: "changes", cursor: "1.1.5", items: [{ kind: "confetti" }, { kind: "message", message: { ...first, id: "m-2", text: "still here" } }] });
  await visitor.sees("still here");
});

test("how far the others have read is shown at the visitor's newest message", async () => {
  const { visitor, chat, tell } = await watched();
  const own = message(chat, { id: "m-1", text: "seen?", is_outgoing: false, client_message_id: "c-1", sender_name: "Guest" });
  const upTo = new Date(Date.now() + 60_000).toISOString();
  const ann = { kind: "participant", is_self: false, name: "Ann" };
  tell({ type: "changes", cursor: "1.1.1", items: [{ kind: "message", message: own }] });
  await visitor.sees("seen?");
  tell({ type: "changes", cursor: "1.1.2", items: [{ ...ann, delivered_up_to: upTo, read_up_to: null }] });
  await visitor.list.getByText("· Delivered").waitFor();
  tell({ type: "changes", cursor: "1.1.3", items: [{ ...ann, delivered_up_to: upTo, read_up_to: upTo }] });
  await visitor.list.getByText("· Seen").waitFor();
});

test("a button is clicked once, and stays marked after a reload", async () => {
  const { visitor, chat, tell } = await watched();
  const button = (text: string, id: string) => ({ type: "callback", text, value: null, url: null, expires_at: null, callback_execution_id: id });
  const link = { type: "url", text: "Our shop", value: null, url: "https://shop.example/", expires_at: null, callback_execution_id: null };
  const evil = { ...link, text: "Evil", url: "javascript:alert(1)" };
  const asked = message(chat, { id: "m-1", text: "Which one?", interactive_buttons: [[button("Red", "b-1"), button("Blue", "b-2")], [link, evil]] });
  tell({ type: "changes", cursor: "1.1.1", items: [{ kind: "message", message: asked }] });
  await becomes(() => visitor.list.getByRole("link", { name: "Our shop" }).getAttribute("href"), "https://shop.example/");
  assert.equal(await visitor.list.getByRole("link", { name: "Evil" }).count(), 0);

  await visitor.list.getByRole("button", { name: "Blue" }).click();
  await visitor.list.getByText("This choice is no longer open.").waitFor();
  const clicks: unknown[] = [];
  await visitor.page.route("**/webchat/button-click/", (route) => {
    clicks.push(route.request().postDataJSON());
    return route.fulfill({ json: { success: true } });
  });
  await visitor.list.getByRole("button", { name: "Red" }).click();
  const chosen = visitor.list.getByRole("button", { name: "Red, chosen" });
  await chosen.waitFor();
  await visitor.list.getByRole("button", { name: "Blue" }).click({ force: true });
  assert.deepEqual(clicks, [{ callback_execution_id: "b-1" }]);

  // The click is a message with the button's id.
  const click = message(chat, { id: "m-2", text: "Red", is_outgoing: false, client_message_id: "b-1", sender_name: "Guest" });
  await visitor.page.route("**/webchat/messages/?*", (route) =>
    route.fulfill({ json: { success: true, chat_id: chat, messages: [click, asked], has_more: false, next_cursor: null, cursor: null } }),
  );
  await visitor.page.reload();
  await visitor.open();
  await chosen.waitFor();
});

test("formatted messages are shown, and hostile ones do nothing", async () => {
  const { visitor, chat, tell } = await watched();
  const html =
    '<p>Hello <b>bold</b> &amp; <a href="https://example.org/?a=1&amp;b=2">link</a></p><ul><li>one</li></ul>' +
    '<script>window.hacked = 1</script><img src="https://evil.example/x.png" alt="pixel" onerror="window.hacked = 1">' +
    '<a href="javascript:window.hacked = 1">bad</a><iframe src="//evil.example"></iframe><svg onload="window.hacked = 1"><b>x</b></svg><h1>Big</h1>';
  const outside: string[] = [];
  visitor.page.on("request", (request) => {
    if (!request.url().startsWith(shared.site.origin) && !request.url().startsWith("data:")) outside.push(request.url());
  });
  tell({ type: "changes", cursor: "1.1.1", items: [{ kind: "message", message: message(chat, { id: "m-1", text: "Hello", html }) }] });
  await visitor.list.getByText("bold").waitFor();
  await becomes(() => visitor.list.getByRole("link", { name: "link", exact: true }).getAttribute("href"), "https://example.org/?a=1&b=2");
  await becomes(() => visitor.list.getByRole("link", { name: "pixel" }).getAttribute("href"), "https://evil.example/x.png");
  assert.equal(await visitor.list.getByRole("link", { name: "bad" }).count(), 0);
  assert.equal(await visitor.list.locator(".html").getByRole("heading").count(), 0);
  assert.equal(await visitor.page.evaluate(() => (window as unknown as { hacked?: number }).hacked), undefined);
  assert.deepEqual(outside, []);
});

test("a chat that was rewritten is read again, and what waits stays", async () => {
  const { visitor, chat, tell } = await watched();
  shared.site.intercept = (incoming) => (incoming.url?.includes("webchat/send") ? (incoming.destroy(), true) : false);
  await visitor.send("still waiting");
  await visitor.sees("still waiting");
  await visitor.page.route("**/webchat/messages/?*", (route) =>
    route.fulfill({ json: { success: true, chat_id: chat, messages: [message(chat, { id: "m-9", text: "rewritten" })], has_more: false, next_cursor: null, cursor: null } }),
  );
  tell({ type: "reset", cursor: "9.9.9" });
  await visitor.sees("rewritten");
  await becomes(() => visitor.texts(), ["rewritten", "still waiting"]);
  shared.site.intercept = undefined;
});
