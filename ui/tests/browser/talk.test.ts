// Opening the chat, writing, and what a visitor finds again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { becomes, fixture, until } from "./fixture.ts";
import { page } from "./site.ts";

const shared = fixture();

test("nothing is requested but the script until the visitor shows interest", async () => {
  const visitor = await shared.visitor();
  shared.site.requests.length = 0;
  await visitor.visit();
  await visitor.launcher.waitFor();
  await visitor.page.waitForLoadState("networkidle");
  const requests = shared.site.requests.filter((request) => !request.endsWith("/icon.png"));
  assert.deepEqual(requests, ["GET /", "GET /unicom/widget.js"]);
});

test("a message is answered on the page without a reload", async () => {
  const visitor = await (await shared.visitor()).visit();
  await visitor.open();
  await visitor.send("Where is my order?");
  await visitor.sees("Where is my order?");
  await visitor.sees("Echo: Where is my order?");
  await becomes(() => visitor.texts(), ["Where is my order?", "Echo: Where is my order?"]);
  await becomes(() => visitor.stored(), ["Where is my order?", "Echo: Where is my order?"]);
});

test("the second answer comes over the open connection", async () => {
  const visitor = await (await shared.visitor()).visit();
  await visitor.open();
  await visitor.send("one");
  await visitor.sees("Echo: one");
  await visitor.page.getByRole("status").or(visitor.list).first().waitFor();
  await until(() => shared.site.requests.some((request) => request.startsWith("UPGRADE")), "a WebSocket is opened");
  const reads = shared.site.requests.filter((request) => request.includes("/messages/")).length;
  await visitor.send("two");
  await visitor.sees("Echo: two");
  assert.equal(shared.site.requests.filter((request) => request.includes("/messages/")).length, reads);
});

test("a reload keeps history and draft", async () => {
  const visitor = await (await shared.visitor()).visit();
  await visitor.open();
  await visitor.send("Remember this");
  await visitor.sees("Echo: Remember this");
  await visitor.composer.fill("half a sent");
  await visitor.page.reload();
  await visitor.open();
  await visitor.sees("Echo: Remember this");
  await becomes(() => visitor.composer.inputValue(), "half a sent");
  await visitor.composer.press("Enter");
  await visitor.sees("Echo: half a sent");
  await visitor.page.reload();
  await visitor.open();
  await becomes(() => visitor.composer.inputValue(), "");
});

test("what arrived while the page was away is counted on the launcher, and marked in the list", async () => {
  const visitor = await (await shared.visitor()).visit();
  await visitor.open();
  await visitor.send("first");
  await visitor.sees("Echo: first");
  await until(async () => (await visitor.api<{ unread_total: number }>("GET", "webchat/unread/")).unread_total === 0, "it is read");
  await visitor.visit("/elsewhere").catch(() => {});
  shared.site.pages.set("/plain", page({ script: false }));
  await visitor.visit("/plain");
  await visitor.api("POST", "webchat/send/", { text: "from another window" });
  await until(async () => (await visitor.api<{ unread_total: number }>("GET", "webchat/unread/")).unread_total === 1, "the answer is unread");
  await visitor.visit();
  await visitor.page.getByRole("button", { name: "Chat, 1 unread" }).click();
  await visitor.sees("Echo: from another window");
  await visitor.list.getByText("New messages").waitFor();
  await visitor.page.getByRole("button", { name: "Close chat" }).click();
  await visitor.page.getByRole("button", { name: "Chat", exact: true }).waitFor();
});

test("the script twice makes one element, and an element of the page is used", async () => {
  shared.site.pages.set("/twice", page({ body: '<script src="/unicom/widget.js"></script>' }));
  const visitor = await (await shared.visitor()).visit("/twice");
  await visitor.launcher.waitFor();
  await becomes(() => visitor.page.locator("unicom-webchat").count(), 1);

  shared.site.pages.set("/inline", page({ body: '<unicom-webchat mode="inline" heading="Help"></unicom-webchat>' }));
  await visitor.visit("/inline");
  await visitor.page.getByRole("region", { name: "Help" }).waitFor();
  await visitor.send("inline");
  await visitor.sees("Echo: inline");
  await becomes(() => visitor.page.locator("unicom-webchat").count(), 1);
  await becomes(() => visitor.launcher.count(), 0);
});

test("programs of the page can open the chat and write", async () => {
  const visitor = await (await shared.visitor()).visit();
  await visitor.launcher.waitFor();
  const count = await visitor.page.evaluate(async () => {
    let sent = 0;
    document.addEventListener("unicom:sent", () => sent++);
    const chat = document.querySelector("unicom-webchat") as unknown as { open(): void; send(text: string): Promise<void> };
    chat.open();
    await chat.send("from a program");
    const end = Date.now() + 10_000;
    while (sent === 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
    return sent;
  });
  assert.equal(count, 1);
  await visitor.sees("Echo: from a program");
});

test("several chats: a new one, its own draft, another name, away", async () => {
  const visitor = await (await shared.visitor()).visit();
  await visitor.open();
  await visitor.send("About my saddle");
  await visitor.sees("Echo: About my saddle");
  await visitor.composer.fill("draft of the first");
  await visitor.page.getByRole("button", { name: "All chats" }).click();
  await visitor.page.getByRole("button", { name: "New chat" }).click();
  await becomes(() => visitor.composer.inputValue(), "");
  await visitor.send("About my bell");
  await visitor.sees("Echo: About my bell");
  await becomes(() => visitor.texts(), ["About my bell", "Echo: About my bell"]);
  assert.equal(await visitor.list.getByText("New messages").count(), 0, "what is being read is not new");

  await visitor.page.getByRole("button", { name: "All chats" }).click();
  await visitor.page.getByRole("button", { name: "Rename About my bell" }).click();
  await visitor.page.getByRole("textbox", { name: "Name of the chat" }).fill("The bell");
  await visitor.page.keyboard.press("Enter");
  await visitor.page.getByRole("button", { name: /^The bell/ }).waitFor();
  await visitor.page.getByRole("button", { name: "Archive The bell" }).click();
  await visitor.page.getByRole("button", { name: /^The bell/ }).waitFor({ state: "detached" });
  await visitor.page.getByRole("button", { name: /^About my saddle/ }).click();
  await visitor.sees("Echo: About my saddle");
  await becomes(() => visitor.composer.inputValue(), "draft of the first");
});

test("a message is edited and deleted", async () => {
  const visitor = await (await shared.visitor()).visit();
  await visitor.open();
  await visitor.send("that saddle");
  await visitor.sees("Echo: that saddle");
  await visitor.list.getByText("that saddle", { exact: true }).hover();
  await visitor.list.getByRole("button", { name: "Edit" }).click();
  await becomes(() => visitor.composer.inputValue(), "that saddle");
  await visitor.composer.fill("the saddle");
  await visitor.composer.press("Enter");
  await visitor.list.getByText("the saddle Edited").waitFor();
  await becomes(() => visitor.composer.inputValue(), "");

  await visitor.list.getByText("the saddle Edited").hover();
  await visitor.list.getByRole("button", { name: "Delete" }).click();
  await visitor.list.getByRole("group", { name: "Delete this message?" }).getByRole("button", { name: "Delete" }).click();
  await visitor.list.getByText("the saddle Edited").waitFor({ state: "detached" });
  await becomes(() => visitor.stored(), ["Echo: that saddle"]);
});

test("an image is attached with a preview, sent and shown", async () => {
  const visitor = await (await shared.visitor()).visit();
  await visitor.open();
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
  const [chooser] = await Promise.all([
    visitor.page.waitForEvent("filechooser"),
    visitor.page.getByRole("button", { name: "Attach a file" }).click(),
  ]);
  await chooser.setFiles({ name: "pixel.png", mimeType: "image/png", buffer: Buffer.from(pixel, "base64") });
  await visitor.page.getByRole("button", { name: "Remove pixel.png" }).waitFor();
  await visitor.send("A photo");
  await visitor.sees("A photo");
  const image = visitor.list.getByRole("img", { name: "pixel.png" });
  await until(async () => (await image.getAttribute("src"))?.includes("/unicom/media/") ?? false, "the stored image is shown");
  await until(() => image.evaluate((element) => (element as HTMLImageElement).naturalWidth === 1), "it is loaded");
  await becomes(() => visitor.page.getByRole("button", { name: "Remove pixel.png" }).count(), 0);
});

test("a file that the server refuses says why, and can be removed", async () => {
  const visitor = await (await shared.visitor()).visit();
  await visitor.open();
  const [chooser] = await Promise.all([
    visitor.page.waitForEvent("filechooser"),
    visitor.page.getByRole("button", { name: "Attach a file" }).click(),
  ]);
  await chooser.setFiles({ name: "run.exe", mimeType: "application/x-msdownload", buffer: Buffer.from("MZ\u0000\u0001 not an image") });
  await visitor.page.getByRole("button", { name: "Send" }).click();
  await visitor.list.getByText("Not sent. Files of this type are not accepted.").waitFor();
  await visitor.list.getByRole("button", { name: "Delete" }).click();
  await visitor.list.getByText("Not sent.").waitFor({ state: "detached" });
});
