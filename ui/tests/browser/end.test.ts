// The end of a talk: by the visitor and by the team, the rating, what is kept, another start.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { isFirefox } from "./browsers.ts";
import { type Visitor, becomes, fixture, until } from "./fixture.ts";
import { type Team, hireTeam } from "./team.ts";

let team: Team;
const shared = fixture(async () => void (team = await hireTeam(shared.server)));

interface Row {
  id: string;
  state: string;
  rating: { score: number; comment: string | null } | null;
}

async function talker(text = "hello"): Promise<Visitor> {
  const visitor = await (await shared.visitor()).visit();
  await visitor.open();
  await visitor.send(text);
  await visitor.sees(`Echo: ${text}`);
  return visitor;
}

async function chatOf(visitor: Visitor): Promise<Row> {
  const { chats } = await visitor.api<{ chats: Row[] }>("GET", "webchat/chats/");
  return chats[0] as Row;
}

const endOf = (visitor: Visitor): Locator => visitor.page.getByRole("region", { name: "This chat has ended." });

async function end(visitor: Visitor): Promise<void> {
  await visitor.page.getByRole("button", { name: "More options" }).click();
  await visitor.page.getByRole("menuitem", { name: "End chat" }).click();
  await endOf(visitor).waitFor();
}

test("the visitor ends the chat, rates it, changes the rating, and starts again", async () => {
  const visitor = await talker();
  await end(visitor);
  assert.equal(await visitor.composer.count(), 0);
  await becomes(async () => (await chatOf(visitor)).state, "ended");
  const region = endOf(visitor);
  await region.getByRole("radio", { name: "4 stars" }).check();
  await region.getByRole("textbox", { name: "Comment (optional)" }).fill("Quick!");
  await region.getByRole("button", { name: "Send rating" }).click();
  await region.getByText("Thank you for your rating.").waitFor();
  await becomes(async () => (await chatOf(visitor)).rating?.comment, "Quick!");

  await visitor.page.reload();
  await visitor.launcher.click();
  await region.getByRole("img", { name: "4 stars" }).waitFor();
  await region.getByRole("button", { name: "Change the rating" }).click();
  assert.equal(await region.getByRole("textbox", { name: "Comment (optional)" }).inputValue(), "Quick!");
  await region.getByRole("radio", { name: "5 stars" }).check();
  await region.getByRole("button", { name: "Send rating" }).click();
  await region.getByRole("img", { name: "5 stars" }).waitFor();
  await becomes(async () => (await chatOf(visitor)).rating?.score, 5);

  await region.getByRole("button", { name: "Start again" }).click();
  await until(() => visitor.composer.evaluate((field) => (field.getRootNode() as ShadowRoot).activeElement === field), "the composer has the focus");
  await visitor.send("one more thing");
  await visitor.sees("Echo: one more thing");
  await becomes(async () => (await chatOf(visitor)).state, "open");
  assert.equal(await region.count(), 0);
  await end(visitor);
});

test("the team ends the chat and reopens it, while the visitor writes", async () => {
  const visitor = await talker();
  const { id } = await chatOf(visitor);
  await visitor.composer.fill("a draft");
  await team.call("POST", `chats/${id}/end/`);
  await endOf(visitor).waitFor();
  await visitor.page.getByRole("log").getByText("This chat has ended.").waitFor();
  assert.equal(await visitor.page.evaluate(() => document.activeElement?.tagName), "UNICOM-WEBCHAT", "the focus stays in the panel");
  await team.call("POST", `chats/${id}/reopen/`);
  await visitor.composer.waitFor();
  await becomes(() => visitor.composer.inputValue(), "a draft");
  await team.call("POST", `chats/${id}/end/`);
  await endOf(visitor).getByRole("button", { name: "Start again" }).click();
  await becomes(() => visitor.composer.inputValue(), "a draft");
});

test("a rating that the server refuses is said to be, and stays", async () => {
  const visitor = await talker();
  await end(visitor);
  shared.site.intercept = (incoming, outgoing) => {
    if (!incoming.url?.endsWith("/rating/")) return false;
    incoming.resume();
    outgoing.writeHead(503, { "content-type": "application/json" }).end('{"success":false,"error":"x","code":"busy"}');
    return true;
  };
  const region = endOf(visitor);
  await region.getByRole("radio", { name: "1 star" }).check();
  await region.getByRole("textbox", { name: "Comment (optional)" }).fill("Slow");
  await region.getByRole("button", { name: "Send rating" }).click();
  await region.getByText("That did not work. Try again.").waitFor();
  shared.site.intercept = undefined;
  assert.equal(await region.getByRole("textbox", { name: "Comment (optional)" }).inputValue(), "Slow");
  await region.getByRole("button", { name: "Send rating" }).click();
  await region.getByRole("img", { name: "1 star" }).waitFor();
});

test("a chat without an answer is not rated", async () => {
  const visitor = await (await shared.visitor()).visit();
  const channel = (await shared.server.command(["channel", "create", "--json", "--platform", "WebChat", "--name", "Quiet"])) as string;
  await visitor.page.evaluate((id) => document.querySelector("unicom-webchat")?.setAttribute("channel-id", id), String((JSON.parse(channel) as { id: number }).id));
  await visitor.open();
  await visitor.send("anyone?");
  await visitor.sees("anyone?");
  await until(async () => (await chatOf(visitor))?.state === "open", "the chat is there");
  await end(visitor);
  assert.equal(await endOf(visitor).getByRole("radio").count(), 0);
  await endOf(visitor).getByRole("button", { name: "Start again" }).waitFor();
});

test("the chat is saved as text and as a page", { skip: isFirefox && "downloads are not reported" }, async () => {
  const visitor = await talker("a <b> & c");
  await end(visitor);
  const save = async (name: string) => {
    const [download] = await Promise.all([visitor.page.waitForEvent("download"), endOf(visitor).getByRole("button", { name }).click()]);
    return { name: download.suggestedFilename(), content: await readFile(await download.path(), "utf8") };
  };
  const text = await save("Save as text");
  assert.match(text.name, /^chat-\d{4}-\d\d-\d\d\.txt$/);
  assert.match(text.content, / UTC {2}Guest\n {4}a <b> & c\n[^]* {4}Echo: a <b> & c\n/);
  const saved = await save("Save as a web page");
  assert.match(saved.name, /\.html$/);
  assert.match(saved.content, /You<\/bdi>[^]*a &lt;b> &amp; c<\/div>[^]*Echo: a &lt;b> &amp; c<\/div>/);
  const viewer = await (await shared.browser.newContext()).newPage();
  await viewer.setContent(saved.content);
  assert.deepEqual(await viewer.getByRole("listitem").locator("[dir=auto]").allInnerTexts(), ["a <b> & c", "Echo: a <b> & c"]);
  await viewer.context().close();
});

test("the menu is used with the keyboard", async () => {
  const visitor = await talker();
  const button = visitor.page.getByRole("button", { name: "More options" });
  await button.press("Enter");
  const focused = () => visitor.page.locator("unicom-webchat").evaluate((element) => element.shadowRoot?.activeElement?.textContent ?? "");
  await becomes(focused, "Sound for new messages");
  assert.equal(await button.getAttribute("aria-expanded"), "true");
  await visitor.page.keyboard.press("ArrowUp");
  await becomes(focused, "End chat");
  await visitor.page.keyboard.press("ArrowDown");
  await becomes(focused, "Sound for new messages");
  await visitor.page.keyboard.press("Escape");
  await becomes(() => button.getAttribute("aria-expanded"), "false");
  assert.equal(await visitor.page.locator("unicom-webchat").evaluate((element) => element.shadowRoot?.activeElement?.ariaLabel), "More options");
  await visitor.dialog.waitFor();
  await button.press("Enter");
  await visitor.page.getByRole("menu").waitFor();
  await visitor.dialog.getByRole("heading", { level: 2 }).click();
  await visitor.page.getByRole("menu").waitFor({ state: "detached" });
});
