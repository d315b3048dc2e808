// What surrounds a talk: a server that is away, a block, a login, pages that are replaced, the end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Visitor, becomes, fixture, until } from "./fixture.ts";
import { page } from "./site.ts";

const shared = fixture();

async function talker(path = "/"): Promise<Visitor> {
  const visitor = await (await shared.visitor()).visit(path);
  await visitor.open();
  await visitor.send("hello");
  await visitor.sees("Echo: hello");
  return visitor;
}

test("the policy of the test's pages is in force", async () => {
  shared.site.pages.set("/inline-script", page({ body: "<script>window.ran = 1</script>" }));
  const visitor = await (await shared.visitor()).visit("/inline-script");
  await until(() => visitor.problems.length > 0, "the violation is noticed");
  assert.match(visitor.problems.splice(0).join(), /Content.Security.Policy/);
  assert.equal(await visitor.page.evaluate(() => (window as unknown as { ran?: number }).ran), undefined);
});

test("a server that is away at the start is said to be, and found again", async () => {
  const visitor = await (await shared.visitor()).visit();
  await visitor.launcher.hover();
  await visitor.page.waitForLoadState("networkidle");
  shared.site.intercept = (incoming) => (incoming.destroy(), true);
  await visitor.launcher.click();
  await visitor.page.getByText("The chat cannot be reached at the moment.").waitFor();
  await visitor.page.getByRole("button", { name: "Try again" }).click();
  await visitor.page.getByText("The chat cannot be reached at the moment.").waitFor();
  shared.site.intercept = undefined;
  await visitor.page.getByText("How can we help?").waitFor({ timeout: 30_000 });
  await visitor.send("here now");
  await visitor.sees("Echo: here now");
});

test("a block takes the chat out of sight, also after a reload", async () => {
  const visitor = await talker();
  const { account_id } = await visitor.api<{ account_id: string }>("GET", "auth/session/");
  await shared.server.command(["account", "block", account_id]);
  await visitor.send("one more");
  await visitor.page.getByText("This chat is not available to you.").waitFor();
  await becomes(() => visitor.composer.count(), 0);
  await becomes(() => visitor.page.getByText("Echo: hello").count(), 0);
  await visitor.page.reload();
  await visitor.launcher.click();
  await visitor.page.getByText("This chat is not available to you.").waitFor();
});

test("a login beside the chat keeps the talk", async () => {
  const visitor = await talker();
  const password = crypto.randomUUID();
  const user = await visitor.api<{ account_id: string }>("POST", "auth/register/", { username: `u${Date.now()}`, password });
  assert.match(user.account_id, /^webchat_user_/);
  await visitor.sees("Echo: hello");
  await visitor.send("as a user");
  await visitor.sees("Echo: as a user", 30_000);
  await becomes(() => visitor.stored(), ["hello", "Echo: hello", "as a user", "Echo: as a user"]);
});

test("a page that is replaced keeps the chat, its draft and its place", async () => {
  const visitor = await talker();
  await visitor.composer.fill("a dra");
  await visitor.page.evaluate(() => {
    const body = document.createElement("body");
    const main = document.createElement("main");
    main.textContent = "Another page";
    body.append(main);
    document.body.replaceWith(body);
    document.dispatchEvent(new Event("turbo:render"));
  });
  await visitor.sees("Echo: hello");
  await becomes(() => visitor.composer.inputValue(), "a dra");
  await becomes(() => visitor.page.locator("unicom-webchat").count(), 1);
  await visitor.send("still here");
  await visitor.sees("Echo: still here");
});

test("a file that is dropped on the chat is attached", async () => {
  const visitor = await talker();
  const data = await visitor.page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["x"], "notes.png", { type: "image/png" }));
    return transfer;
  });
  await visitor.composer.dispatchEvent("dragover", { dataTransfer: data });
  await visitor.page.getByText("Drop files to attach them").waitFor();
  await visitor.composer.dispatchEvent("drop", { dataTransfer: data });
  await visitor.page.getByRole("button", { name: "Remove notes.png" }).click();
  await visitor.page.getByRole("button", { name: "Remove notes.png" }).waitFor({ state: "detached" });
});

test("after the visitor is logged out, the browser holds nothing of the talk", async () => {
  const visitor = await talker();
  await visitor.composer.fill("secret draft");
  await visitor.page.locator("unicom-webchat").evaluate((element) => (element as unknown as { logout(): Promise<void> }).logout());
  await visitor.page.getByText("How can we help?").waitFor();
  await becomes(() => visitor.page.getByText("Echo: hello").count(), 0);
  await becomes(() => visitor.composer.inputValue(), "");
  const left = await visitor.page.evaluate(async () => {
    const open = (name: string) =>
      new Promise<unknown[]>((resolve) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => {
          const all = request.result.transaction("outbox").objectStore("outbox").getAll();
          all.onsuccess = () => resolve(all.result as unknown[]);
        };
      });
    const items = (await Promise.all((await indexedDB.databases()).map(({ name }) => open(name ?? "")))).flat();
    return [...Object.keys(localStorage), ...items];
  });
  assert.deepEqual(left, []);
  await visitor.send("someone else");
  await visitor.sees("Echo: someone else");
  await becomes(() => visitor.stored(), ["someone else", "Echo: someone else"]);
});

test("an element that is destroyed leaves nothing behind", async () => {
  const visitor = await talker();
  await visitor.page.locator("unicom-webchat").evaluate((element) => (element as unknown as { destroy(): void }).destroy());
  await becomes(() => visitor.page.locator("unicom-webchat").count(), 0);
  const requests = shared.site.requests.length;
  await visitor.page.evaluate(() => window.dispatchEvent(new Event("online")));
  await visitor.page.waitForTimeout(500);
  assert.equal(shared.site.requests.length, requests);
});

test("a part of the panel that is not there, or not of its version, is said to fail and tried again", async () => {
  const visitor = await talker();
  const { page } = visitor;
  const list = page.getByRole("button", { name: "All chats" });
  const failure = page.getByRole("status").getByText("That did not work. Try again.");
  await page.route("**/part-chat-list.js*", (route) => route.abort());
  await list.click();
  await failure.waitFor();
  await page.unroute("**/part-chat-list.js*");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("button", { name: "New chat" }).waitFor();
  await page.route("**/part-menu.js*", (route) => route.fulfill({ contentType: "text/javascript", body: "export const define = () => ({ View() { throw new Error('newer'); } });" }));
  await page.getByRole("button", { name: "Back to the chat" }).click();
  await page.getByRole("button", { name: "More options" }).click();
  await failure.waitFor();
  await page.keyboard.press("Escape");
  await visitor.send("still here");
  await visitor.sees("Echo: still here");
});
