// What a channel says before a talk: what it asks, and when people answer.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { type Visitor, becomes, fixture, until } from "./fixture.ts";
import { page } from "./site.ts";
import { type Team, createChannel, hireTeam } from "./team.ts";

let asking: string;
let closed: string;
let team: Team;
const shared = fixture(async () => {
  team = await hireTeam(shared.server);
  asking = await createChannel(shared.server, { bot: "echo", pre_chat: FORM });
  closed = await createChannel(shared.server, { bot: "echo", hours: { time_zone: "Europe/Prague", week: {}, message: "We answer in the new year." } });
});

const FORM = [
  { name: "name", label: "Your name", required: true },
  { name: "email", label: "Your e-mail address", type: "email", required: true },
  { name: "phone", label: "Telephone", type: "tel" },
  { name: "topic", label: "What is it about?", type: "select", options: ["An order", "Something else"] },
  { name: "details", label: "Details", type: "textarea" },
];

async function visit(channel: string, options: Parameters<typeof shared.visitor>[0] = {}): Promise<Visitor> {
  shared.site.pages.set(`/${channel}`, page({ data: { "channel-id": channel, heading: "Bicycle shop" } }));
  return (await shared.visitor(options)).visit(`/${channel}`);
}

/** Types in the place of what a field has: Firefox cannot select it in fields for addresses. */
async function replace(field: Locator, text: string): Promise<void> {
  await field.press("Control+a");
  await field.pressSequentially(text);
}

/** Returns what the visitor has claimed, as admins see it. */
async function claimsOf(visitor: Visitor): Promise<unknown> {
  const { account_id } = await visitor.api<{ account_id: string }>("GET", "auth/session/");
  return (await team.call<{ account: { raw: { claims?: unknown } } }>("GET", `accounts/${account_id}/`)).account.raw.claims;
}

test("what the channel asks is asked before the first message, once, and stored with it", async () => {
  const visitor = await visit(asking);
  await visitor.launcher.click();
  const form = visitor.page.getByRole("form", { name: "Before we start" });
  await form.waitFor();
  assert.equal(await visitor.composer.count(), 0);
  const name = form.getByRole("textbox", { name: "Your name" });
  const email = form.getByRole("textbox", { name: "Your e-mail address" });
  await until(() => name.evaluate((field) => (field.getRootNode() as ShadowRoot).activeElement === field), "the first field has the focus");
  assert.equal(await name.getAttribute("autocomplete"), "name");
  assert.equal(await email.getAttribute("autocomplete"), "email");
  assert.equal(await form.getByRole("textbox", { name: "Telephone (optional)" }).getAttribute("autocomplete"), "tel");

  await email.fill("ada@");
  await form.getByRole("combobox").selectOption("An order");
  await form.getByRole("button", { name: "Start the chat" }).click();
  await becomes(() => name.getAttribute("aria-invalid"), "true");
  const described = (field: typeof name) =>
    field.evaluate((field) => (field.getRootNode() as ShadowRoot).getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent);
  assert.equal(await described(name), "Please fill in this field.");
  assert.equal(await described(email), "Please enter an e-mail address, such as name@example.org.");
  await name.fill("Ada");
  await becomes(() => name.getAttribute("aria-invalid"), "false");
  // The server refuses what looks like an address.
  shared.site.intercept = (incoming, outgoing) => {
    if (!incoming.url?.includes("visitor/claims")) return false;
    incoming.resume();
    const error = { success: false, code: "invalid_body", error: "`email` must be an e-mail address" };
    outgoing.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify(error));
    return true;
  };
  await replace(email, "ada@example.invalid");
  await becomes(() => email.getAttribute("aria-invalid"), "false");
  await form.getByRole("button", { name: "Start the chat" }).click();
  await until(async () => (await email.getAttribute("aria-invalid")) === "true", "the address is refused");
  shared.site.intercept = undefined;
  assert.equal(await name.inputValue(), "Ada");
  assert.equal(await form.getByRole("combobox").inputValue(), "An order");
  await replace(email, "ada@example.org");
  await email.press("Enter");

  await visitor.composer.waitFor();
  await until(() => visitor.composer.evaluate((field) => (field.getRootNode() as ShadowRoot).activeElement === field), "the composer has the focus");
  await visitor.page.reload();
  await visitor.open();
  assert.equal(await visitor.page.getByRole("form").count(), 0, "it is not asked again");
  await visitor.send("hello");
  await visitor.sees("Echo: hello");
  await becomes(() => claimsOf(visitor), { name: "Ada", email: "ada@example.org", fields: { topic: "An order" } });
  await visitor.page.reload();
  await visitor.open();
  await visitor.sees("Echo: hello");
  assert.deepEqual(await visitor.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("unicom:claims"))), []);
});

test("what was typed stays when the server cannot be reached", async () => {
  const visitor = await visit(asking);
  await visitor.launcher.click();
  await visitor.page.getByRole("textbox", { name: "Your name" }).fill("Ada");
  await visitor.page.getByRole("textbox", { name: "Your e-mail address" }).fill("ada@example.org");
  await visitor.context.setOffline(true);
  await visitor.page.getByRole("button", { name: "Start the chat" }).click();
  await visitor.page.getByText("That did not work. Try again.").first().waitFor();
  assert.equal(await visitor.page.getByRole("textbox", { name: "Your name" }).inputValue(), "Ada");
  await visitor.context.setOffline(false);
  await visitor.page.getByRole("button", { name: "Start the chat" }).click();
  await visitor.composer.waitFor();
});

test("a user who has logged in is not asked", async () => {
  const visitor = await visit(asking);
  await visitor.api("POST", "auth/register/", { username: `u${Date.now()}`, password: crypto.randomUUID() });
  await visitor.page.reload();
  await visitor.open();
  assert.equal(await visitor.page.getByRole("form").count(), 0);
});

test("outside the hours, the chat says so and takes messages", async () => {
  const visitor = await visit(closed);
  await visitor.open();
  await visitor.page.getByText("Closed now").waitFor();
  await visitor.page.getByText("We answer in the new year.").waitFor();
  assert.equal(await visitor.page.getByText("Open again").count(), 0, "it is not known when");
  await visitor.send("hello");
  await visitor.sees("Echo: hello");
});

test("the hours begin and end while the page is open, in the time of the reader", async () => {
  const visitor = await visit(closed, { timezoneId: "Asia/Tokyo" });
  const opens = Date.now() + 2500;
  let asked = 0;
  shared.site.intercept = (incoming, outgoing) => {
    if (!incoming.url?.includes("webchat/config")) return false;
    asked++;
    const isOpen = Date.now() >= opens;
    // Noon in UTC is 21:00 in Tokyo.
    const next = isOpen ? "2099-01-02T12:00:00.000000Z" : new Date(opens).toISOString();
    const hours = { time_zone: "Europe/Prague", week: {}, closed: [], message: null, is_open: isOpen, next_change_at: next };
    const config = { success: true, channel: null, channel_id: 1, name: "Web chat", guests: true, identity: "off", limits: { text_bytes: 16384, file_bytes: 1e6 }, pre_chat: [], hours };
    outgoing.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(config));
    return true;
  };
  await visitor.open();
  await visitor.page.getByText("Nobody is here at the moment.").waitFor();
  const time = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Tokyo", hour: "numeric", minute: "2-digit" }).format(opens);
  await visitor.page.getByText(new RegExp(`^Open again: (Tomorrow, )?${time}$`)).waitFor();
  await visitor.page.getByText("Closed now").waitFor({ state: "detached" });
  await visitor.page.getByRole("log").getByText("We are open again.").waitFor();
  assert.equal(await visitor.page.getByText("Open again:").count(), 0);
  assert.equal(asked, 2);
  shared.site.intercept = undefined;
});
