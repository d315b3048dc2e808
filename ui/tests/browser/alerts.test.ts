// Sounds and notifications of new messages: off until the visitor switches them on, and made by one tab.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Visitor, becomes, fixture } from "./fixture.ts";
import { type Team, hireTeam } from "./team.ts";

let team: Team;
const shared = fixture(async () => void (team = await hireTeam(shared.server)));

/** Counts the tones of a page, and its notifications. `answer` is what the visitor says to the browser's question. */
async function listen(visitor: Visitor, answer: NotificationPermission = "granted"): Promise<void> {
  await visitor.page.addInitScript((answer) => {
    const heard = { tones: 0, notes: [] as string[], asked: 0 };
    class CountedAudio extends AudioContext {
      override createOscillator() {
        heard.tones++;
        return super.createOscillator();
      }
    }
    class CountedNote {
      onclick: (() => void) | undefined;
      constructor(title: string, { body }: { body: string }) {
        heard.notes.push(`${title}: ${body}`);
        Object.assign(window, { note: this });
      }
      close() {}
      static requestPermission() {
        heard.asked++;
        return Promise.resolve(answer);
      }
    }
    Object.assign(window, { heard, AudioContext: CountedAudio, Notification: CountedNote });
  }, answer);
}

interface Heard {
  tones: number;
  notes: string[];
  asked: number;
}

const heard = (visitor: Visitor) => visitor.page.evaluate(() => (window as unknown as { heard: Heard }).heard);

async function talker(answer?: NotificationPermission): Promise<Visitor> {
  const visitor = await shared.visitor();
  await listen(visitor, answer);
  await visitor.visit();
  await visitor.open();
  await visitor.send("hello");
  await visitor.sees("Echo: hello");
  return visitor;
}

async function toggle(visitor: Visitor, name: string): Promise<void> {
  await visitor.page.getByRole("button", { name: "More options" }).click();
  await visitor.page.getByRole("menuitemcheckbox", { name }).click();
}

async function chatOf(visitor: Visitor): Promise<string> {
  return (await visitor.api<{ chats: { id: string }[] }>("GET", "webchat/chats/")).chats[0]?.id ?? "";
}

test("sounds are off, and made once they are switched on", async () => {
  const visitor = await talker();
  const chat = await chatOf(visitor);
  const close = visitor.page.getByRole("button", { name: "Close chat" });
  await close.click();
  await team.send(chat, { text: "one" });
  await visitor.page.getByRole("button", { name: "Chat, 1 unread" }).click();
  await visitor.sees("one");
  assert.equal((await heard(visitor)).tones, 0);

  await toggle(visitor, "Sound for new messages");
  const item = visitor.page.getByRole("menuitemcheckbox", { name: "Sound for new messages", checked: true });
  await item.waitFor();
  await becomes(async () => (await heard(visitor)).tones, 2, "the visitor hears what it is like");
  await visitor.page.keyboard.press("Escape");
  await team.send(chat, { text: "two" });
  await visitor.sees("two");
  assert.equal((await heard(visitor)).tones, 2, "what is looked at makes no sound");
  await close.click();
  await team.send(chat, { text: "three" });
  await visitor.page.getByRole("button", { name: "Chat, 1 unread" }).waitFor();
  await becomes(async () => (await heard(visitor)).tones, 4);
  assert.deepEqual(shared.site.requests.filter((request) => /\.(mp3|ogg|wav)/.test(request)), []);

  await visitor.page.reload();
  await visitor.page.getByRole("button", { name: "Chat, 1 unread" }).click();
  await toggle(visitor, "Sound for new messages");
  await visitor.page.getByRole("menuitemcheckbox", { name: "Sound for new messages", checked: false }).waitFor();
  await visitor.page.getByRole("button", { name: "Close chat" }).click();
  await team.send(chat, { text: "four" });
  await visitor.page.getByRole("button", { name: "Chat, 1 unread" }).waitFor();
  assert.equal((await heard(visitor)).tones, 0);
});

test("one of two tabs makes the sound, and the other goes on when it is closed", async () => {
  const visitor = await talker();
  const chat = await chatOf(visitor);
  await toggle(visitor, "Sound for new messages");
  await visitor.page.getByRole("menuitemcheckbox", { checked: true }).waitFor();
  await visitor.page.keyboard.press("Escape");
  const other = await visitor.tab();
  await listen(other);
  await other.visit();
  await other.open();
  await other.sees("Echo: hello");
  const locks = () => other.page.evaluate(async () => {
    const { held, pending } = await navigator.locks.query();
    return [held, pending].map((list) => (list ?? []).filter(({ name }) => name?.startsWith("unicom:speaker")).length);
  });
  await becomes(locks, [1, 1]);
  for (const tab of [visitor, other]) await tab.page.getByRole("button", { name: "Close chat" }).click();
  const before = (await heard(visitor)).tones;
  await team.send(chat, { text: "one" });
  for (const tab of [visitor, other]) await tab.page.getByRole("button", { name: "Chat, 1 unread" }).waitFor();
  await becomes(async () => (await heard(visitor)).tones, before + 2);
  assert.equal((await heard(other)).tones, 0);

  await visitor.page.close();
  await becomes(locks, [1, 0]);
  await team.send(chat, { text: "two" });
  await becomes(async () => (await heard(other)).tones, 2);
});

test("a notification names who has written, and leads to the chat", async () => {
  const visitor = await talker();
  assert.equal((await heard(visitor)).asked, 0);
  const chat = await chatOf(visitor);
  await toggle(visitor, "Notifications for new messages");
  await visitor.page.getByRole("menuitemcheckbox", { checked: true }).waitFor();
  await visitor.page.keyboard.press("Escape");
  await visitor.page.getByRole("button", { name: "Close chat" }).click();
  await team.send(chat, { text: "It has left our shop." });
  await becomes(async () => (await heard(visitor)).notes, ["ann: It has left our shop."]);
  assert.equal((await heard(visitor)).tones, 0);
  await visitor.page.evaluate(() => (window as unknown as { note: { onclick(): void } }).note.onclick());
  await visitor.sees("It has left our shop.");
});

test("a browser that does not allow notifications is said to", async () => {
  const visitor = await talker("denied");
  await toggle(visitor, "Notifications for new messages");
  await visitor.page.getByRole("dialog").locator(".menu").getByText(/The browser does not allow this here/).waitFor();
  await visitor.page.getByRole("menuitemcheckbox", { name: "Notifications for new messages", checked: false }).waitFor();
});
