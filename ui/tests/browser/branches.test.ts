// Messages that were written in several versions: one is shown at a time, with what replies to it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Visitor, becomes, fixture, until } from "./fixture.ts";

const shared = fixture();

interface Sent {
  id: string;
  reply_to_message_id: string | null;
  text: string;
}

/** Writes a message and waits for the answer. Returns the answer's id. */
async function ask(visitor: Visitor, text: string, replyTo: string): Promise<string> {
  const { message } = await visitor.api<{ message: Sent }>("POST", "webchat/send/", { text, reply_to_message_id: replyTo });
  let answer: Sent | undefined;
  await until(async () => {
    const { messages } = await visitor.api<{ messages: Sent[] }>("GET", "webchat/messages/?limit=5");
    answer = messages.find(({ reply_to_message_id }) => reply_to_message_id === message.id);
    return answer !== undefined;
  }, "it is answered");
  return answer?.id ?? "";
}

test("versions of a message are shown one at a time, with what follows", async () => {
  const visitor = await (await shared.visitor()).visit();
  await visitor.open();
  await visitor.send("hello");
  await visitor.sees("Echo: hello");
  const { messages } = await visitor.api<{ messages: Sent[] }>("GET", "webchat/messages/?limit=1");
  const first = messages[0]?.id ?? "";
  const second = await ask(visitor, "a red one", first);
  await ask(visitor, "how much?", second);
  await ask(visitor, "a blue one", first);
  await visitor.page.reload();
  await visitor.open();
  await visitor.sees("Echo: a blue one");
  const newest = ["hello", "Echo: hello", "a blue one", "Echo: a blue one"];
  await becomes(() => visitor.texts(), newest);
  const group = visitor.list.getByRole("group", { name: "Version 2 of 2" });
  assert.match(await group.innerText(), /2\/2/);
  assert.equal(await group.getByRole("button", { name: "Next version" }).getAttribute("aria-disabled"), "true");
  await group.getByRole("button", { name: "Previous version" }).click();
  await becomes(() => visitor.texts(), ["hello", "Echo: hello", "a red one", "Echo: a red one", "how much?", "Echo: how much?"]);
  const focused = () => visitor.page.locator("unicom-webchat").evaluate((element) => element.shadowRoot?.activeElement?.ariaLabel);
  await becomes(focused, "Next version");
  await visitor.page.keyboard.press("Enter");
  await becomes(() => visitor.texts(), newest);
  await becomes(focused, "Previous version");

  // A version that is written elsewhere is the newest.
  await ask(visitor, "a green one", first);
  await visitor.sees("Echo: a green one");
  await visitor.list.getByRole("group", { name: "Version 3 of 3" }).waitFor();
  await becomes(() => visitor.texts(), ["hello", "Echo: hello", "a green one", "Echo: a green one"]);
});
