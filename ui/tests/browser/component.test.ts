// The web components of django-unicom work with this server as they are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Kind, POLLING, SINGLE, SOCKET, components, serveComponents } from "./component.ts";
import { becomes, fixture } from "./fixture.ts";
import { type Talk, talk } from "./history.ts";
import { type Team, createChannel, hireTeam } from "./team.ts";

/** The ids of the channels: one begins a new chat for each message that names none, in the other, visitors have one chat. */
const channels = { several: "", one: "1" };
let team: Team;
const shared = fixture(async () => {
  await serveComponents(shared.site);
  channels.several = await createChannel(shared.server, { bot: "echo", new_chat: "always" });
  team = await hireTeam(shared.server);
});
const open = components(shared);

const KINDS = [
  ["the component with a list, polling,", POLLING, "several"],
  ["the component with a list, by WebSocket,", SOCKET, "several"],
  ["the component with one chat", SINGLE, "one"],
] as const;

for (const [name, kind, channel] of KINDS) {
  test(`${name} sends, and shows the replies once and in order`, async () => {
    const component = await open(kind, { channel: channels[channel] });
    for (const text of ["one", "two"]) await component.exchange(text);
    const expected = ["one", "Echo: one", "two", "Echo: two"];
    await becomes(() => component.texts(), expected);
    await component.settled();
    assert.deepEqual(await component.texts(), expected);
    await becomes(() => component.items.locator(".message-item.outgoing").count(), 2, "the visitor's are on their side");

    await component.page.reload();
    await becomes(() => component.texts(), expected, "after a reload");
    await component.exchange("three");
    await becomes(() => component.texts(), [...expected, "three", "Echo: three"]);
    assert.ok(component.outside.length > 0, "the component asks for icons, and for nothing else of other hosts");
  });

  test(`${name} sends what is clicked`, async () => {
    const component = await open(kind, { channel: channels[channel] });
    await component.exchange("Which?");
    const button = (text: string) => ({ text, value: text.toLowerCase() });
    await team.send(await component.chatId(), {
      text: "Red or blue?",
      buttons: [[button("Red"), button("Blue")], [{ text: "Our shop", url: "https://shop.example/" }]],
    });
    await component.page.getByRole("button", { name: "Blue" }).click();
    await component.sees("Blue");
    await component.sees("Echo: Blue");
    await becomes(() => component.texts(), ["Which?", "Echo: Which?", "Red or blue?", "Blue", "Echo: Blue"]);
    await component.page.evaluate(() => (window.open = (url) => ((document.title = String(url)), null)));
    await component.page.getByRole("button", { name: "Our shop" }).click();
    await becomes(() => component.page.title(), "https://shop.example/");
  });

  test(`${name} shows an image that was sent`, async () => {
    const component = await open(kind, { channel: channels[channel] });
    await component.exchange("Look");
    await component.page.locator("#media-upload").setInputFiles({ name: "pixel.png", mimeType: "image/png", buffer: PIXEL });
    await component.composer.fill("A pixel");
    await component.calm();
    await component.page.getByRole("button", { name: "Send" }).click();
    await becomes(() => component.items.locator(".message-caption").allInnerTexts(), ["A pixel"]);
    await becomes(() => component.items.getByRole("img").evaluate((image) => (image as HTMLImageElement).naturalWidth), 1);
    await component.page.locator("media-preview .media-preview").waitFor({ state: "detached" });
  });

  test(`${name} deletes a chat`, async () => {
    const component = await open(kind, { channel: channels[channel] });
    await component.exchange("Forget this");
    const path = `webchat/chats/?channel_id=${channels[channel]}`;
    const chats = async () => (await component.visitor.api<{ chats: unknown[] }>("GET", path)).chats;
    assert.equal((await chats()).length, 1);
    component.page.on("dialog", (dialog) => void dialog.accept());
    await component.page.getByRole("button", { name: "Delete chat" }).click();
    await becomes(chats, []);
    if (kind === SINGLE) await becomes(() => component.texts(), []);
    else await becomes(() => component.chats.count(), 0);
    // It can begin again.
    await component.page.reload();
    await component.exchange("Another");
    await becomes(() => component.texts(), ["Another", "Echo: Another"]);
    // It may have asked for messages before it learned that the chat is gone.
    component.forgive(/there is no such chat|404/);
  });
}

test("by WebSocket, replies are shown without a request for messages", async () => {
  const component = await open(SOCKET, { channel: channels.several });
  await component.exchange("one");
  await component.settled();
  component.requests.length = 0;
  for (const text of ["two", "three"]) await component.exchange(text);
  assert.equal(component.reads, 0, component.requests.join("\n"));
});

for (const [name, kind] of [["polling", POLLING], ["by WebSocket", SOCKET]] as const) {
  test(`${name}, a message that is asked in other words is a branch`, async () => {
    const component = await open(kind, { channel: channels.several });
    await component.exchange("Hello");
    await component.exchange("Where is my parcel?");
    await component.item("Where is my parcel?").getByTitle("Edit message").click();
    await component.page.getByText("Editing message").waitFor();
    await becomes(() => component.composer.inputValue(), "Where is my parcel?");
    await component.exchange("Where is my order?");
    const first = ["Hello", "Echo: Hello", "Where is my parcel?", "Echo: Where is my parcel?"];
    const second = ["Hello", "Echo: Hello", "Where is my order?", "Echo: Where is my order?"];
    const counter = component.items.locator(".branch-counter");
    const show = async (which: "first" | "last") => component.items.locator(".branch-nav-btn")[which]().click();
    for (const isReloaded of [false, true]) {
      if (isReloaded) await component.page.reload();
      await becomes(() => component.texts(), second);
      await becomes(() => counter.allInnerTexts(), ["2 / 2"]);
      await show("first");
      await becomes(() => component.texts(), first);
      await becomes(() => counter.allInnerTexts(), ["1 / 2"]);
      await show("last");
      await becomes(() => component.texts(), second);
    }
  });

  test(`${name}, several chats are kept apart`, async () => {
    const component = await open(kind, { channel: channels.several });
    await component.exchange("The saddle");
    await component.page.getByRole("button", { name: "+ New Chat" }).click();
    await becomes(() => component.texts(), []);
    await component.exchange("The bell");
    await becomes(() => component.texts(), ["The bell", "Echo: The bell"]);
    await becomes(() => component.chats.count(), 2);
    await component.chats.filter({ hasText: "saddle" }).click();
    await becomes(() => component.texts(), ["The saddle", "Echo: The saddle"]);
    // The page's address names the chat, which is not the first of the list.
    await component.page.reload();
    await becomes(() => component.texts(), ["The saddle", "Echo: The saddle"]);
    const newest = () => component.chats.locator(".chat-preview").allInnerTexts();
    await becomes(newest, ["Echo: The bell", "Echo: The saddle"]);
    await component.exchange("Is it soft?");
    await becomes(() => component.texts(), ["The saddle", "Echo: The saddle", "Is it soft?", "Echo: Is it soft?"]);
  });
}

test("idle, they ask at most ten times in five seconds, for what follows the newest message", async () => {
  const visitor = await shared.visitor();
  await visitor.visit();
  const idle = async (element: Kind["element"], channel: string, { chat, newest, texts }: Talk) => {
    const component = await open({ element }, { channel, visitor: await visitor.tab() });
    await becomes(() => component.texts(), texts);
    component.requests.length = 0;
    await component.page.waitForTimeout(5_000);
    const { requests } = component;
    assert.ok(requests.length >= 1 && requests.length <= 10, requests.join("\n"));
    for (const request of requests) assert.match(request, new RegExp(`^GET /unicom/webchat/messages/.*chat_id=${chat}.*after=${newest}`));
  };
  const several = await talk(visitor, channels.several, 4);
  const one = await talk(visitor, channels.one, 4);
  await Promise.all([idle("unicom-chat-with-sidebar", channels.several, several), idle("unicom-chat", channels.one, one)]);
});

test("of a chat of 120 exchanges, the newest are shown, and the earlier ones as far as they are asked for", async () => {
  const visitor = await (await shared.visitor()).visit();
  const { chat, texts } = await talk(visitor, channels.several, 120);
  const more = { ...POLLING, attributes: { ...POLLING.attributes, "max-messages": "200" } };
  const list = await open(more, { channel: channels.several, visitor: await visitor.tab() });
  await becomes(() => list.texts(), texts.slice(-100), "more than a page may have are asked for");
  await list.settled();
  assert.deepEqual(await list.texts(), texts.slice(-100));
  await list.page.close();

  const attributes = { ...SINGLE.attributes, "chat-id": chat };
  const single = await open({ ...SINGLE, attributes }, { channel: channels.several, visitor: await visitor.tab() });
  for (let shown = 50; shown < texts.length; shown += 50) {
    await becomes(() => single.texts(), texts.slice(-shown));
    await single.page.getByRole("button", { name: "Load earlier messages" }).click();
  }
  await becomes(() => single.texts(), texts);
  await single.page.getByRole("button", { name: "Load earlier messages" }).waitFor({ state: "detached" });
  await single.page.close();

  const socket = await open(SOCKET, { channel: channels.several, visitor });
  await becomes(() => socket.texts(), texts.slice(-100));
  await socket.settled();
  assert.deepEqual(await socket.texts(), texts.slice(-100));
  await socket.exchange("One more");
  await becomes(() => socket.texts(), [...texts.slice(-100), "One more", "Echo: One more"]);
  // Before its page of messages has come, it reports that none of those that it was told begins the chat.
  socket.forgive(/EMPTY_PATH/);
});

test("the list shows 100 chats, or those that its filters choose", async () => {
  const visitor = await (await shared.visitor()).visit();
  await talk(visitor, channels.several, 1);
  const channel_id = Number(channels.several);
  const made = Array.from({ length: 99 }, (_, index) => visitor.api("POST", "webchat/chats/", { channel_id, metadata: { shop: index } }));
  await Promise.all(made);
  const all = await open(POLLING, { channel: channels.several, visitor: await visitor.tab() });
  await becomes(() => all.chats.count(), 100);

  const attributes = { ...POLLING.attributes, filters: '{"metadata__shop": 200}', "metadata-defaults": '{"shop": 200}' };
  const chosen = await open({ ...POLLING, attributes }, { channel: channels.several, visitor: await visitor.tab() });
  await chosen.page.getByText("No chats yet.").waitFor();
  await chosen.exchange("In this shop");
  await chosen.page.reload();
  await becomes(() => chosen.chats.locator(".chat-preview").allInnerTexts(), ["Echo: In this shop"]);
});

test("a chat of another visitor is refused with a reason", async () => {
  const other = await (await shared.visitor()).visit();
  const { chat } = await talk(other, channels.one, 1);
  const attributes = { ...SINGLE.attributes, "chat-id": chat };
  const component = await open({ ...SINGLE, attributes }, { channel: channels.one });
  await becomes(() => component.page.locator(".error-banner").innerText(), "there is no such chat");
  await becomes(() => component.texts(), []);
  await component.page.close();
  component.forgive(/there is no such chat|404/);
});

test("scripts can read the token that a request must repeat, which has no `=`", async () => {
  const component = await open(POLLING, { channel: channels.several });
  const cookie = await component.page.evaluate(() => document.cookie);
  assert.match(cookie, /^csrftoken=[^=;]{20,}$/);
});

const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
