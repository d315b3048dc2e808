// Where the list of messages stands: what a reader looks at does not move.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Visitor, fixture, until } from "./fixture.ts";

const shared = fixture();

/** A chat with a long history, which the site answers in the place of the server. */
interface LongChat {
  visitor: Visitor;
  /** The texts of the messages that arrive later. */
  arrive(text: string): Promise<void>;
}

const LINE = "Something that is long enough to be broken into more than one line on a screen of any width. ";

async function longChat(count: number): Promise<LongChat> {
  const visitor = await (await shared.visitor()).visit();
  await visitor.open();
  await visitor.send("hello");
  await visitor.sees("Echo: hello");
  const { chats } = await visitor.api<{ chats: { id: string }[] }>("GET", "webchat/chats/");
  const chat = chats[0]?.id ?? "";
  const history = Array.from({ length: count }, (_, index) => ({
    id: `old-${String(index).padStart(6, "0")}`,
    chat_id: chat,
    text: `old ${index} ${LINE.repeat(index % 3)}`.trim(),
    html: null,
    is_outgoing: index % 3 !== 0,
    sender_name: index % 3 !== 0 ? "Ann" : "Guest",
    timestamp: new Date(Date.UTC(2025, 0, 1) + index * 60_000).toISOString().replace("Z", "000Z"),
    media_type: "text",
    media_url: null,
    files: [],
    reply_to_message_id: null,
    client_message_id: null,
    interactive_buttons: null,
    edited_at: null,
  }));
  // Only this visitor's pages: what the server has, follows the history.
  await visitor.page.route("**/webchat/messages/?*", async (route) => {
    const query = new URL(route.request().url()).searchParams;
    const limit = Number(query.get("limit") ?? 50);
    const before = query.get("before");
    const after = query.get("after");
    const response = await route.fetch({ url: `${shared.site.origin}/unicom/webchat/messages/?chat_id=${chat}&limit=100` });
    const real = (await response.json()) as { messages: { id: string }[]; cursor: string };
    const all = [...history, ...real.messages.toReversed()];
    const index = (id: string) => all.findIndex((message) => message.id === id);
    const from = after ? index(after) + 1 : Math.max(0, (before ? index(before) : all.length) - limit);
    const to = after ? Math.min(all.length, from + limit) : before ? index(before) : all.length;
    const messages = all.slice(from, to);
    if (!after) messages.reverse();
    const hasMore = after ? to < all.length : from > 0;
    await route.fulfill({ json: { success: true, chat_id: chat, messages, has_more: hasMore, next_cursor: null, cursor: real.cursor } });
  });
  await visitor.page.reload();
  await visitor.open();
  await visitor.sees("Echo: hello");
  return {
    visitor,
    async arrive(text) {
      await visitor.api("POST", "webchat/send/", { text });
      await until(async () => (await visitor.stored()).includes(`Echo: ${text}`), "the bot has answered");
    },
  };
}

/** How the list stands: the first line that is seen, where, and how far the end is. */
async function view(visitor: Visitor): Promise<{ text: string; top: number; toEnd: number; nodes: number }> {
  return visitor.page.locator(".scroller").evaluate((scroller) => {
    const { top } = scroller.getBoundingClientRect();
    const lines = [...scroller.querySelectorAll("li.row")];
    const first = lines.find((line) => line.getBoundingClientRect().bottom > top + 1) as Element;
    return {
      text: first.textContent ?? "",
      top: Math.round(first.getBoundingClientRect().top - top),
      toEnd: Math.abs(Math.round(scroller.scrollTop)),
      nodes: lines.length,
    };
  });
}

async function scroll(visitor: Visitor, by: number): Promise<void> {
  await visitor.page.locator(".scroller").evaluate((scroller, by) => scroller.scrollBy({ top: by, behavior: "instant" }), by);
  await settle(visitor);
}

/** Waits until two pictures have been drawn. */
async function settle(visitor: Visitor): Promise<void> {
  await visitor.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** Makes a message taller, as an image does that was loaded late. */
async function grow(visitor: Visitor, which: "first" | "last"): Promise<void> {
  await visitor.page.locator("li.row .bubble")[which]().evaluate((bubble) => ((bubble as HTMLElement).style.paddingBottom = "120px"));
  await settle(visitor);
}

test("at the end: what arrives is shown, and what grows stays at the end", async () => {
  const { visitor, arrive } = await longChat(120);
  assert.equal((await view(visitor)).toEnd, 0);
  await arrive("news");
  await visitor.sees("Echo: news");
  assert.equal((await view(visitor)).toEnd, 0);
  await grow(visitor, "last");
  assert.equal((await view(visitor)).toEnd, 0);
});

test("in the middle: what arrives, and what grows before and after, moves nothing", async () => {
  const { visitor, arrive } = await longChat(45);
  await scroll(visitor, -1200);
  const before = await view(visitor);
  await arrive("news");
  await visitor.page.getByRole("button", { name: "1 new message" }).waitFor();
  const { text, top } = await view(visitor);
  assert.deepEqual({ text, top }, { text: before.text, top: before.top });
  await grow(visitor, "last");
  assert.deepEqual((await view(visitor)).top, before.top);
  await grow(visitor, "first");
  assert.deepEqual((await view(visitor)).top, before.top);
  assert.equal((await view(visitor)).text, before.text);

  await visitor.page.getByRole("button", { name: "1 new message" }).click();
  await until(async () => (await view(visitor)).toEnd === 0, "the end is reached");
  await visitor.page.getByRole("button", { name: /new message/ }).waitFor({ state: "detached" });
});

test("at the start: earlier messages come in above, and move nothing", async () => {
  const { visitor } = await longChat(160);
  const shown = (await view(visitor)).nodes;
  await visitor.page.locator(".scroller").evaluate((scroller) => {
    scroller.scrollTop = -(scroller.scrollHeight - scroller.clientHeight - 100);
  });
  const before = await view(visitor);
  await until(async () => (await view(visitor)).nodes > shown, "earlier messages are loaded");
  await settle(visitor);
  const after = await view(visitor);
  assert.equal(after.text, before.text);
  assert.ok(Math.abs(after.top - before.top) <= 1, `moved by ${after.top - before.top} px`);
});

test("the visitor's own message leads to the end", async () => {
  const { visitor } = await longChat(60);
  await scroll(visitor, -1000);
  await visitor.send("here I am");
  await visitor.sees("Echo: here I am");
  await until(async () => (await view(visitor)).toEnd === 0, "the end is reached");
});

test("of 10,000 messages, at most 200 are in the page, all the way up and down", async () => {
  const { visitor, arrive } = await longChat(10_000);
  let most = 0;
  let seen = 10_000;
  for (let step = 0; step < 12; step++) {
    await visitor.page.locator(".scroller").evaluate((scroller) => (scroller.scrollTop = -(scroller.scrollHeight - scroller.clientHeight)));
    await until(async () => {
      const number = Number(/old (\d+)/.exec((await visitor.texts())[0] ?? "")?.[1]);
      if (number < seen) seen = number;
      return number <= 9_950 - step * 50;
    }, `page ${step} is loaded`);
    most = Math.max(most, (await view(visitor)).nodes);
  }
  assert.ok(seen < 9_500, `${seen} is the earliest that was seen`);
  assert.ok(most <= 200, `${most} messages are in the page`);
  // What arrives now is beyond the window.
  await arrive("far away");
  await visitor.page.getByRole("button", { name: "1 new message" }).waitFor();
  await visitor.page.getByRole("button", { name: "1 new message" }).click();
  await visitor.sees("Echo: far away");
  await until(async () => (await view(visitor)).toEnd === 0, "the end is reached");
  assert.ok((await view(visitor)).nodes <= 200);
});
