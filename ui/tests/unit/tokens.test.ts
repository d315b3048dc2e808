import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { type Client, FIRST_CHAT, UnicomError } from "../../sdk/src/index.ts";
import { Browser, FakeSocket } from "./browser.ts";
import { ChatServer } from "./chat-server.ts";

let server: ChatServer;
let browser: Browser;
beforeEach(async () => {
  server = await ChatServer.start();
  browser = new Browser(server);
});
afterEach(async () => {
  browser.close();
  await server.stop();
});

async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 5000;
  while (!condition()) {
    assert.ok(Date.now() < end, `${what}: not within 5 s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const say = (tab: Client, text: string) => tab.send({ chat: tab.state.chats[0]?.id ?? FIRST_CHAT, text });
const sent = (tab: Client) => until(() => tab.state.pending.length === 0, "everything is sent");
const shown = (tab: Client) => tab.messages(tab.state.chats[0]?.id ?? FIRST_CHAT).messages.map(({ text }) => text);
const followed = (tab: Client) => until(() => tab.state.connection.status === "live", "the chat is followed");

/** A guest who has written. */
async function guest(options?: Parameters<Browser["tab"]>[0]): Promise<Client> {
  const tab = browser.tab(options);
  await tab.connect();
  await say(tab, "hello");
  await sent(tab);
  await followed(tab);
  return tab;
}

test("nothing is asked for before the chat is opened, and no token before the first message", async () => {
  const tab = browser.tab();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(server.requests.length, 0);
  await tab.connect();
  assert.deepEqual(server.requests.map(({ method, path }) => `${method} ${path.replace(/\?.*/, "")}`), ["GET webchat/config/"]);
  assert.equal(tab.state.config?.name, "Shop");
  assert.equal(browser.stored.size, 0);
  await Promise.all([say(tab, "one"), say(tab, "two")]);
  await sent(tab);
  assert.equal(server.count("POST", "webchat/visitor/"), 1);
  assert.deepEqual(server.texts(browser.token?.account ?? ""), ["one", "two"]);
});

test("requests carry the token in one header, no cookie, and no token anywhere else", async () => {
  const events: unknown[] = [];
  const tab = browser.tab();
  for (const name of ["message", "sent", "failed", "bound", "error", "identity"] as const) tab.on(name, (value) => events.push(value));
  await tab.connect();
  await say(tab, "hello");
  await sent(tab);
  await followed(tab);
  const { value, account } = browser.token ?? assert.fail();
  server.end("revoked");
  await tab.http.get("webchat/unread/").catch((error: unknown) => events.push(error, (error as Error).stack));
  await until(() => tab.state.account === null, `${account} is gone`);
  for (const init of browser.fetched) assert.equal(init.credentials, "omit");
  for (const { path, headers } of server.requests) {
    assert.doesNotMatch(path, /uvt_/);
    assert.equal(headers.cookie, undefined);
  }
  assert.ok(server.requests.some(({ headers }) => headers.authorization === `Bearer ${value}`));
  const told = events.map((event) => (event instanceof Error ? `${event.message} ${JSON.stringify(event)}` : JSON.stringify(event))).join();
  assert.match(told, /hello/);
  assert.doesNotMatch(told + JSON.stringify(tab.state), /uvt_/);
});

test("after a reload the guest is the same", async () => {
  const before = await guest();
  before.close();
  const after = browser.tab();
  await after.connect();
  await until(() => shown(after).join() === "hello", "the history is shown");
  assert.equal(server.count("POST", "webchat/visitor/"), 1);
});

test("without storage, the token lasts as long as the page", async () => {
  browser.storesNothing = true;
  const tab = await guest();
  await say(tab, "again");
  await sent(tab);
  assert.equal(server.count("POST", "webchat/visitor/"), 1);
  assert.equal(browser.stored.size, 0);
});

test("one tab of many refreshes the token when it is time, and the others take it", async () => {
  server.refreshAfter = 400;
  const first = await guest();
  server.refreshAfter = 86_400_000;
  const before = browser.token?.value;
  const tabs = [first, ...Array.from({ length: 5 }, () => browser.tab())];
  await Promise.all(tabs.map((tab) => tab.connect()));
  await until(() => browser.token?.value !== before, "the token is refreshed");
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(server.count("POST", "webchat/visitor/refresh/"), 1);
  server.requests.length = 0;
  await Promise.all(tabs.map((tab) => tab.http.get("webchat/unread/")));
  const used = server.requests.filter(({ path }) => path === "webchat/unread/").map(({ headers }) => headers.authorization);
  assert.deepEqual(new Set(used), new Set([`Bearer ${browser.token?.value}`]));
});

test("a token that has ended is refreshed once for all requests, and they are sent again", async () => {
  const tab = await guest();
  const { account } = browser.token ?? assert.fail();
  server.end("expired");
  await Promise.all(Array.from({ length: 10 }, () => tab.http.get("webchat/unread/")));
  await say(tab, "again");
  await sent(tab);
  assert.equal(server.count("POST", "webchat/visitor/refresh/"), 1);
  assert.equal(browser.token?.account, account);
  assert.deepEqual(server.texts(account), ["hello", "again"]);
});

test("a guest whose token is refused begins anew, with what was not sent yet", async () => {
  const tab = await guest();
  const { account } = browser.token ?? assert.fail();
  browser.isOnline = false;
  await say(tab, "kept");
  await say(tab, "also kept");
  server.end("revoked");
  browser.isOnline = true;
  await tab.retryNow();
  await sent(tab);
  const next = browser.token?.account ?? "";
  assert.notEqual(next, account);
  assert.deepEqual([server.texts(account), server.texts(next)], [["hello"], ["kept", "also kept"]]);
  await until(() => tab.state.account === next && shown(tab).length === 2, "the new chat is shown");
  assert.equal(server.count("POST", "webchat/visitor/"), 2);
});

test("a refused token is found out at the start, too", async () => {
  (await guest()).close();
  server.end("revoked");
  const tab = browser.tab();
  await tab.connect();
  assert.deepEqual([tab.state.account, tab.state.error, tab.state.isReady, browser.token], [null, undefined, true, undefined]);
});

/** Answers as a page does, and counts how often it is asked, and at once. */
function page(answer: (why: string) => string | null) {
  const asked: string[] = [];
  let running = 0;
  let most = 0;
  const identity = async (why: "start" | "expired") => {
    asked.push(why);
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 10));
    running--;
    return answer(why);
  };
  return { identity, asked, most: () => most };
}

test("the page is asked who the visitor is, and again when the token has ended, never twice at once", async () => {
  const ann = page(() => "jwt.ann");
  const tab = browser.tab({ identity: ann.identity });
  await tab.connect();
  assert.equal(tab.state.account, "webchat_user_x_ann");
  server.end("expired");
  await Promise.all(Array.from({ length: 10 }, () => tab.http.get("webchat/unread/")));
  assert.deepEqual([ann.asked, ann.most()], [["start", "expired"], 1]);
  assert.equal(server.count("POST", "webchat/visitor/refresh/"), 0);
});

test("the page is asked before the token of an identified visitor ends", async () => {
  server.expiresAfter = 400;
  const ann = page(() => "jwt.ann");
  const tab = browser.tab({ identity: ann.identity, transports: ["ws"] });
  server.write("webchat_user_x_ann", "hello");
  await tab.connect();
  await followed(tab);
  server.expiresAfter = 3_600_000;
  await until(() => ann.asked.length === 2, "the page is asked again");
  await until(() => FakeSocket.all[0]?.sent.some(({ type }) => type === "renew") ?? false, "the socket gets the new token");
  assert.deepEqual(FakeSocket.all[0]?.sent.at(-1), { type: "renew", token: browser.token?.value });
  assert.equal(FakeSocket.all.length, 1);
});

test("an identity that has expired is asked for once more, and then the page has to mend it", async () => {
  server.expiredIdentities.add("jwt.ann.old");
  const ann = page((why) => (why === "start" ? "jwt.ann.old" : "jwt.ann.new"));
  await browser.tab({ identity: ann.identity }).connect();
  assert.deepEqual(ann.asked, ["start", "expired"]);

  const old = page(() => "jwt.ann.old");
  const tab = browser.tab({ identity: old.identity });
  const told: string[] = [];
  tab.on("identity", ({ code }) => told.push(code));
  await assert.rejects(tab.connect(), { code: "identity_expired" });
  assert.deepEqual([old.asked, told, tab.state.error?.code], [["start", "expired"], ["identity_expired"], "identity_expired"]);
  await tab.identify("jwt.ann.new");
  assert.deepEqual([tab.state.error, tab.state.account], [undefined, "webchat_user_x_ann"]);
});

test("a page that always gives the same identity is asked once before its end, and once at it", async () => {
  server.identitiesEnd = Date.now() + 400;
  const ann = page(() => "jwt.ann");
  const tab = browser.tab({ identity: ann.identity });
  await tab.connect();
  await until(() => ann.asked.length === 2, "the page is asked before the end");
  await new Promise((resolve) => setTimeout(resolve, 200));
  await tab.http.get("webchat/unread/");
  assert.equal(ann.asked.length, 2);
  server.end("expired");
  await assert.rejects(tab.http.get("webchat/unread/"), { code: "token_expired" });
  await until(() => tab.state.error?.code === "identity_expired", "the page has to mend it");
  assert.deepEqual([ann.asked, browser.token], [["start", "expired", "expired"], undefined]);
});

test("when the page cannot say any more who the visitor is, the chat is gone, and comes back with what was not sent", async () => {
  let jwt: string | null = "jwt.ann";
  const tab = browser.tab({ identity: page(() => jwt).identity });
  await tab.connect();
  await say(tab, "hello");
  await sent(tab);
  server.end("expired");
  jwt = null;
  await say(tab, "kept");
  await until(() => tab.state.error?.code === "identity_required", "the page is told");
  await until(() => tab.state.pending.length === 0, "what was not sent is not shown");
  assert.deepEqual([tab.state.account, tab.state.chats, browser.token], [null, [], undefined]);
  assert.equal(server.count("POST", "webchat/visitor/"), 0);
  await tab.identify("jwt.bob");
  assert.deepEqual([tab.state.account, tab.state.pending], ["webchat_user_x_bob", []]);
  await tab.identify("jwt.ann");
  await until(() => server.texts("webchat_user_x_ann").length === 2, "what was kept is sent");
  assert.deepEqual(server.texts("webchat_user_x_bob"), []);
});

test("what a guest wrote and has not sent yet goes with the guest who is identified", async () => {
  const tab = await guest();
  const other = browser.tab();
  await other.connect();
  browser.saysOffline = true;
  await say(tab, "on the way");
  await tab.identify(async () => "jwt.ann");
  browser.saysOffline = false;
  await tab.retryNow();
  await sent(tab);
  const account = "webchat_user_x_ann";
  assert.deepEqual(server.texts(account), ["hello", "on the way"]);
  await until(() => shown(tab).length === 2, "the history is shown");
  await until(() => other.state.account === account, "the other tab follows");
  await followed(other);
  await say(other, "from the other tab");
  await sent(other);
  assert.equal(server.texts(account).length, 3);
  assert.equal(server.count("POST", "webchat/visitor/"), 1);
});

test("a guest who is not merged stays apart", async () => {
  server.mergesGuests = false;
  const tab = await guest();
  const { account } = browser.token ?? assert.fail();
  browser.saysOffline = true;
  await say(tab, "the guest's");
  await tab.identify("jwt.ann");
  browser.saysOffline = false;
  await tab.retryNow();
  assert.deepEqual([tab.state.account, tab.state.pending], ["webchat_user_x_ann", []]);
  assert.deepEqual([server.texts("webchat_user_x_ann"), server.texts(account)], [[], ["hello"]]);
});

test("a guest whose history is another's is left behind", async () => {
  const tab = await guest();
  server.taken.set(browser.token?.account ?? "", "webchat_user_x_bob");
  await tab.identify("jwt.ann");
  assert.equal(tab.state.account, "webchat_user_x_ann");
  assert.equal(server.count("POST", "webchat/identify/"), 2);
});

test("a page that has logged its visitor out says so at the next visit", async () => {
  const first = browser.tab({ identity: "jwt.ann" });
  await first.connect();
  first.close();
  const second = browser.tab({ identity: async () => null });
  await second.connect();
  assert.deepEqual([second.state.account, browser.token], [null, undefined]);
});

test("`logout` ends the token and leaves nothing, in all tabs", async () => {
  const tab = browser.tab({ identity: "jwt.ann" });
  await tab.connect();
  const other = browser.tab();
  await Promise.all([say(tab, "hello"), other.connect()]);
  await sent(tab);
  browser.saysOffline = true;
  await say(tab, "secret");
  await tab.logout();
  browser.saysOffline = false;
  assert.equal(server.count("DELETE", "webchat/visitor/"), 1);
  assert.deepEqual([...server.tokens.values()].map(({ state }) => state), ["revoked"]);
  assert.equal(browser.stored.size, 0);
  await until(() => other.state.account === null, "the other tab forgets");
  for (const { state } of [tab, other]) assert.deepEqual([state.account, state.chats, state.pending], [null, [], []]);

  const bob = browser.tab({ identity: "jwt.bob" });
  await bob.connect();
  assert.deepEqual([bob.state.pending, bob.state.chats], [[], []]);
  await say(tab, "a guest now");
  await sent(tab);
  assert.deepEqual(server.texts("webchat_user_x_ann"), ["hello"]);
});

test("`logout` forgets the visitor also when the server is away", async () => {
  const tab = await guest();
  browser.isOnline = false;
  await assert.rejects(tab.logout(), { code: "network" });
  assert.deepEqual([browser.stored.size, tab.state.account], [0, null]);
});

test("a token that is on the way when the visitor logs out is revoked, too", async () => {
  const tab = browser.tab({ identity: page(() => "jwt.ann").identity });
  const connecting = tab.connect().catch(() => {});
  await until(() => server.count("GET", "webchat/config/") === 1, "the start has begun");
  await until(() => server.count("POST", "webchat/identify/") === 1, "the visitor is being identified");
  await tab.logout();
  await connecting;
  assert.deepEqual([browser.token, [...server.tokens.values()].map(({ state }) => state)], [undefined, ["revoked"]]);
  assert.equal(tab.state.account, null);
});

test("a channel without guests waits for the page", async () => {
  server.guests = false;
  const tab = browser.tab();
  const told: string[] = [];
  tab.on("identity", ({ code }) => told.push(code));
  await assert.rejects(tab.connect(), { code: "identity_required" });
  assert.deepEqual([told, tab.state.isReady], [["identity_required"], false]);
  await tab.identify("jwt.ann");
  assert.deepEqual([tab.state.error, tab.state.isReady], [undefined, true]);
  await tab.logout();
  assert.equal(tab.state.error?.code, "identity_required");
  assert.equal(server.count("POST", "webchat/visitor/"), 0);
});

test("a channel that has no guests any more says so at the first message", async () => {
  const tab = browser.tab();
  await tab.connect();
  server.guests = false;
  await say(tab, "hello");
  await until(() => tab.state.error?.code === "identity_required", "the page has to say who the visitor is");
  await tab.identify("jwt.ann");
  const [failed] = tab.state.pending;
  assert.deepEqual([failed?.text, failed?.state, failed?.error?.code], ["hello", "failed", "identity_required"]);
  await tab.retry(failed?.id ?? "");
  await sent(tab);
  assert.deepEqual(server.texts("webchat_user_x_ann"), ["hello"]);
});

test("a site that is not allowed is told so", async () => {
  server.origins = ["https://shop.example"];
  const tab = browser.tab();
  await assert.rejects(tab.connect(), (error) => error instanceof UnicomError && error.code === "origin_not_allowed" && error.requestId === "r1");
  assert.equal(tab.state.error?.code, "origin_not_allowed");
});

test("a socket has the token as a subprotocol, and a new one when the old has ended", async () => {
  const tab = await guest({ transports: ["ws"] });
  const [socket] = FakeSocket.all;
  const { value, account } = browser.token ?? assert.fail();
  assert.deepEqual(socket?.protocols, ["unicom.v1", `unicom.token.${value}`]);
  assert.doesNotMatch(socket?.url ?? "", /uvt_|wk_/);
  await until(() => socket?.sent.some(({ type }) => type === "subscribe") || shown(tab).length === 1, "the chat is read");
  server.end("expired");
  socket?.end(4401);
  await until(() => FakeSocket.all.length === 2, "another socket is opened");
  assert.deepEqual(FakeSocket.all[1]?.protocols, ["unicom.v1", `unicom.token.${browser.token?.value}`]);
  assert.notEqual(browser.token?.value, value);
  await until(() => FakeSocket.all[1]?.sent.some(({ type }) => type === "subscribe") ?? false, "the chat is followed from where it was");
  assert.deepEqual(FakeSocket.all[1]?.sent.find(({ type }) => type === "subscribe"), { type: "subscribe", chats: { [account]: "1" } });
});

for (const transport of ["sse", "poll"] as const) {
  test(`the end of a token makes no gap, by ${transport}`, async () => {
    const tab = await guest({ transports: [transport] });
    const { account } = browser.token ?? assert.fail();
    await until(() => shown(tab).length === 1, "the chat is read");
    server.write(account, "before");
    await until(() => shown(tab).length === 2, "what is new arrives");
    server.end("expired");
    server.write(account, "meanwhile");
    await until(() => shown(tab).length === 3, "what came meanwhile arrives");
    server.write(account, "after");
    await until(() => shown(tab).length === 4, "what comes later arrives");
    assert.deepEqual(shown(tab), ["hello", "before", "meanwhile", "after"]);
    const live = server.requests.filter(({ path }) => path.startsWith("webchat/events/"));
    assert.ok(live.length >= 2 && live.every(({ headers }) => headers.authorization?.startsWith("Bearer uvt_")));
  });
}

test("the addresses of files are those of the server, and are read again with their message", async () => {
  const tab = await guest();
  const { account } = browser.token ?? assert.fail();
  const old = server.write(account, "photo", { media_url: "/unicom/media/m/a.png?signature=old" });
  server.write(account, "later");
  await until(() => shown(tab).length === 3, "it arrives");
  const messages = server.messages.get(account) ?? [];
  server.messages.set(account, messages.map((message) => (message.id === old.id ? { ...message, media_url: "/unicom/media/m/a.png?signature=new" } : message)));
  await tab.reread(account, old.id);
  assert.deepEqual(shown(tab), ["hello", "photo", "later"]);
  const { media_url } = tab.messages(account).messages[1] ?? assert.fail();
  assert.equal(tab.addressOf(media_url ?? ""), `${new URL(server.base).origin}/unicom/media/m/a.png?signature=new`);
});
