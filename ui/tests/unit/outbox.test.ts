import assert from "node:assert/strict";
import { test } from "node:test";
import { IDBFactory } from "fake-indexeddb";
import { UnicomError } from "../../sdk/src/errors.ts";
import { IndexedDbStore, MemoryStore, type OutboxItem, type OutboxStore, openStore } from "../../sdk/src/outbox-store.ts";
import { Outbox, type OutboxHost } from "../../sdk/src/outbox.ts";
import type { Sent } from "../../sdk/src/types.ts";

/** A server that stores each `client_message_id` once, and fails as it is told. */
class FakeServer {
  readonly stored: string[] = [];
  readonly ids = new Set<string>();
  failures: UnicomError[] = [];
  calls = 0;
  /** Whether messages are stored although the answer is an error. */
  losesAnswers = false;

  async accept(item: OutboxItem): Promise<Sent> {
    this.calls++;
    await new Promise((resolve) => setImmediate(resolve));
    const failure = this.failures.shift();
    if (failure && !this.losesAnswers) throw failure;
    if (!this.ids.has(item.id)) {
      this.ids.add(item.id);
      this.stored.push(item.text);
    }
    if (failure) throw failure;
    return { success: true, chat_id: item.chat, message: {} } as Sent;
  }
}

let lock: Promise<unknown> = Promise.resolve();

/** Runs one after another, as Web Locks do. */
function exclusively<T>(work: () => Promise<T>): Promise<T> {
  const next = lock.then(work);
  lock = next.catch(() => {});
  return next;
}

function outboxOf(server: FakeServer, store: OutboxStore, host: Partial<OutboxHost> = {}): Outbox {
  return new Outbox(store, {
    isOwn: () => true,
    deliver: (item) => server.accept(item),
    sent: async () => {},
    failed: () => {},
    announce: () => {},
    exclusively,
    isOffline: () => false,
    ...host,
  });
}

const item = (text: string, chat = "c"): Omit<OutboxItem, "order"> => ({
  id: crypto.randomUUID(),
  owner: null,
  chat,
  createsChat: false,
  text,
});

async function emptied(outbox: Outbox): Promise<void> {
  const end = Date.now() + 20_000;
  while (outbox.items.value.length > 0) {
    assert.ok(Date.now() < end, `${outbox.items.value.length} items are left`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function database(name: string): Promise<OutboxStore> {
  globalThis.indexedDB ??= new IDBFactory();
  return openStore(name, "auto", (error) => assert.fail(error));
}

test("500 messages written without a network are sent once, in order, after a reload", async () => {
  const server = new FakeServer();
  const texts = Array.from({ length: 500 }, (_, index) => `number ${index}`);
  const before = outboxOf(server, await database("reload"), { isOffline: () => true });
  for (const text of texts) await before.add(item(text));
  assert.equal(server.calls, 0);
  before.close();

  const after = outboxOf(server, await database("reload"));
  await after.reload();
  assert.equal(after.items.value.length, 500);
  await after.run();
  assert.deepEqual(server.stored, texts);
  assert.equal((await (await database("reload")).all()).length, 0);
});

test("two tabs with one outbox send each message once", async () => {
  const server = new FakeServer();
  const tabs: Outbox[] = [];
  const announce = () => tabs.forEach((tab) => void tab.reload().then(() => tab.run()));
  for (const _ of [1, 2]) tabs.push(outboxOf(server, await database("tabs"), { announce }));
  await Promise.all(Array.from({ length: 60 }, (_, index) => (tabs[index % 2] as Outbox).add(item(`${index}`))));
  await Promise.all(tabs.map(emptied));
  assert.equal(server.calls, 60);
  assert.equal(new Set(server.stored).size, 60);
});

test("an answer that was lost is asked for again, and the message is stored once", async () => {
  const server = new FakeServer();
  server.losesAnswers = true;
  server.failures = [new UnicomError("network", "gone"), new UnicomError("timeout", "late")];
  const outbox = outboxOf(server, new MemoryStore());
  await outbox.add(item("once"));
  await emptied(outbox);
  assert.deepEqual([server.stored, server.calls], [["once"], 3]);
});

test("temporary failures are tried again, and hold back only their chat's later messages", async () => {
  const server = new FakeServer();
  server.failures = [new UnicomError("busy", "full", { status: 503 })];
  const outbox = outboxOf(server, new MemoryStore());
  await Promise.all([outbox.add(item("a1", "a")), outbox.add(item("a2", "a")), outbox.add(item("b1", "b"))]);
  await emptied(outbox);
  assert.deepEqual(server.stored, ["b1", "a1", "a2"]);
});

test("`Retry-After` holds back everything, and is kept when the waits are ended", async () => {
  const server = new FakeServer();
  server.failures = [new UnicomError("rate_limited", "slowly", { status: 429, retryAfter: 300 })];
  const outbox = outboxOf(server, new MemoryStore());
  const began = performance.now();
  await Promise.all([outbox.add(item("a", "a")), outbox.add(item("b", "b"))]);
  while (server.calls === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(outbox.items.value[0]?.error?.code, "rate_limited");
  outbox.kick();
  await emptied(outbox);
  assert.ok(performance.now() - began >= 290);
  assert.equal(server.calls, 3);
});

test("a refusal is final until it is retried, and does not hold back others", async () => {
  const server = new FakeServer();
  const failed: string[] = [];
  server.failures = [new UnicomError("too_large", "too large", { status: 413 })];
  const store = await database("final");
  const outbox = outboxOf(server, store, { failed: ({ id }) => failed.push(id) });
  const large = item("large");
  await outbox.add(large);
  await outbox.add(item("small"));
  const isSettled = () => outbox.items.value.length === 1 && outbox.items.value[0]?.state === "failed";
  while (!isSettled()) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(failed, [large.id]);
  assert.deepEqual(outbox.items.value.map(({ text, state, error }) => [text, state, error?.code]), [["large", "failed", "too_large"]]);
  assert.equal((await store.all())[0]?.failure?.code, "too_large");
  await outbox.retry(large.id);
  await emptied(outbox);
  assert.deepEqual(server.stored, ["small", "large"]);
});

test("what one account has written, another does not see and does not send", async () => {
  const server = new FakeServer();
  const store = await database("owners");
  let account = "webchat_user_1";
  const outbox = outboxOf(server, store, { isOwn: (owner) => owner === account, isOffline: () => true });
  await outbox.add({ ...item("secret"), owner: account });
  account = "webchat_user_2";
  await outbox.reload();
  assert.deepEqual(outbox.items.value, []);
  outbox.close();
  const other = outboxOf(server, store, { isOwn: (owner) => owner === account });
  await other.run();
  assert.equal(server.calls, 0);
});

test("messages to a chat that is created on the way follow it", async () => {
  const server = new FakeServer();
  const chats: string[] = [];
  const outbox: Outbox = outboxOf(server, new MemoryStore(), {
    deliver: async (sent) => {
      if (sent.createsChat) await outbox.rebind(sent.chat, "real");
      chats.push(sent.createsChat ? "created" : sent.chat);
      return server.accept(sent);
    },
  });
  await outbox.add({ ...item("one", "new:1"), createsChat: true });
  await outbox.add({ ...item("two", "new:1"), createsChat: true });
  await emptied(outbox);
  assert.deepEqual(chats, ["created", "real"]);
});

test("a file is kept with its message", async () => {
  globalThis.indexedDB ??= new IDBFactory();
  const store = await IndexedDbStore.open("files");
  await store.put({ ...item("photo"), order: 1, file: new Blob(["abc"], { type: "image/png" }), fileName: "a.png" });
  const [found] = await (await IndexedDbStore.open("files")).all();
  assert.equal(await found?.file?.text(), "abc");
  assert.equal(found?.fileName, "a.png");
});

test("a store that does not open is replaced by memory, and that is told", async () => {
  const before = globalThis.indexedDB;
  const told: string[] = [];
  globalThis.indexedDB = { open: () => { throw new Error("private mode"); } } as unknown as IDBFactory;
  const store = await openStore("none", "auto", ({ code }) => told.push(code));
  globalThis.indexedDB = before;
  assert.deepEqual([store.isDurable, told], [false, ["storage_unavailable"]]);
});
