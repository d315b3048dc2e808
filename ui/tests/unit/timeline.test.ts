import assert from "node:assert/strict";
import { test } from "node:test";
import { type PageSource, Timeline, WINDOW } from "../../sdk/src/timeline.ts";
import type { Item, Message, MessagePage } from "../../sdk/src/types.ts";

function message(index: number, fields: Partial<Message> = {}): Message {
  const timestamp = new Date(1_700_000_000_000 + index * 1000).toISOString();
  return { id: `m${String(index).padStart(6, "0")}`, chat_id: "c", text: `${index}`, is_outgoing: true, client_message_id: null, timestamp, ...fields } as Message;
}

const created = (fields: Message): Item => ({ kind: "message", message: fields }) as Item;

/** A chat of a server, as pages of it are read. */
class FakeChat implements PageSource {
  messages: Message[];
  constructor(count: number) {
    this.messages = Array.from({ length: count }, (_, index) => message(index));
  }
  page(_chat: string, { before, after, limit }: { before?: string; after?: string; limit: number }): Promise<MessagePage> {
    const index = (id: string) => this.messages.findIndex((message) => message.id === id);
    const end = before ? index(before) : this.messages.length;
    const from = after ? index(after) + 1 : Math.max(0, end - limit);
    const messages = this.messages.slice(from, after ? from + limit : end);
    const has_more = after ? from + limit < this.messages.length : from > 0;
    return Promise.resolve({ success: true, chat_id: "c", messages, has_more, next_cursor: null, cursor: "1" } as MessagePage);
  }
}

const numbers = (timeline: Timeline) => timeline.messages.map(({ text }) => Number(text));

test("walking up and down over 10,000 messages with writers shows each once, in order, in a window", async () => {
  const chat = new FakeChat(10_000);
  const timeline = new Timeline(chat, "c");
  timeline.isFollowing = false;
  await timeline.load();
  const seen = new Set(numbers(timeline));
  let written = 10_000;
  const check = () => {
    const shown = numbers(timeline);
    assert.ok(shown.length <= WINDOW);
    for (let index = 1; index < shown.length; index++) assert.equal(shown[index], (shown[index - 1] as number) + 1);
    for (const number of shown) seen.add(number);
  };
  while (!timeline.state.value.atStart) {
    await timeline.loadOlder();
    if (written % 7 < 5) {
      const fresh = message(written++);
      chat.messages.push(fresh);
      timeline.apply([created(fresh)], "2");
    } else {
      written++;
      chat.messages.push(message(written - 1));
      timeline.apply([created(message(written - 1))], "3");
    }
    check();
  }
  assert.equal(numbers(timeline)[0], 0);
  while (!timeline.state.value.atEnd) {
    await timeline.loadNewer();
    check();
  }
  assert.equal(numbers(timeline).at(-1), written - 1);
  assert.equal(seen.size, written);
});

test("a reader at the end follows, one elsewhere is told how many are new", async () => {
  const chat = new FakeChat(400);
  const timeline = new Timeline(chat, "c");
  await timeline.load();
  for (let index = 400; index < 700; index++) timeline.apply([created(message(index))], null);
  assert.equal(timeline.messages.length, WINDOW);
  assert.equal(numbers(timeline).at(-1), 699);
  assert.equal(timeline.state.value.atStart, false);
  timeline.isFollowing = false;
  timeline.apply([created(message(700)), created(message(701, { is_outgoing: false }))], null);
  assert.deepEqual([timeline.state.value.newer, timeline.state.value.atEnd, numbers(timeline).at(-1)], [1, false, 699]);
});

test("a deleted message does not come back with a page that was read before", async () => {
  const chat = new FakeChat(80);
  const timeline = new Timeline(chat, "c");
  await timeline.load();
  const page = timeline.loadOlder();
  timeline.apply([{ kind: "message_deleted", id: message(10).id } as Item], null);
  await page;
  assert.equal(numbers(timeline).includes(10), false);
  assert.equal(timeline.messages.length, 79);
});

test("an edited message changes in place, and is not new", async () => {
  const timeline = new Timeline(new FakeChat(3), "c");
  await timeline.load();
  const fresh = timeline.apply([created({ ...message(1), text: "1 edited" })], "5");
  assert.deepEqual(fresh, []);
  assert.deepEqual(timeline.messages.map(({ text }) => text), ["0", "1 edited", "2"]);
  assert.equal(timeline.cursor, "5");
});

test("a message keeps its key when it is stored, and is not shown beside itself", async () => {
  const timeline = new Timeline(new FakeChat(0), "c");
  await timeline.load();
  const pending = { id: "client-1", chat: "c", text: "mine", order: 1 } as never;
  timeline.setPending([pending]);
  assert.deepEqual(timeline.state.value.entries.map(({ key }) => key), ["client-1"]);
  timeline.insert(message(1, { is_outgoing: false, client_message_id: "client-1" }));
  assert.deepEqual(timeline.state.value.entries.map(({ key, message }) => [key, message?.text]), [["client-1", "1"]]);
});

test("a page that arrives after a reset is not mixed with it", async () => {
  const chat = new FakeChat(200);
  const timeline = new Timeline(chat, "c");
  await timeline.load();
  const older = timeline.loadOlder();
  chat.messages = [message(900), message(901)];
  await Promise.all([older, timeline.load()]);
  assert.deepEqual(numbers(timeline), [900, 901]);
});
