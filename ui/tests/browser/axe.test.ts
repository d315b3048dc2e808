// What axe finds in each state of the chat, in both themes and both directions.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { strings as english } from "../../widget/src/locales/en.ts";
import { strings as hebrew } from "../../widget/src/locales/he.ts";
import { strings as englishParts } from "../../widget/src/locales/parts/en.ts";
import { strings as hebrewParts } from "../../widget/src/locales/parts/he.ts";
import { violations } from "./axe.ts";
import { isFirefox } from "./browsers.ts";
import { type Visitor, fixture } from "./fixture.ts";
import { page } from "./site.ts";
import { createChannel } from "./team.ts";

const FORM = [
  { name: "name", label: "Your name", required: true },
  { name: "topic", label: "What is it about?", type: "select", options: ["An order"] },
  { name: "details", label: "Details", type: "textarea" },
];
const CLOSED = { time_zone: "UTC", week: { mon: [["09:00", "09:01"]] }, message: "We answer on Monday." };

let asking: string;
const shared = fixture(async () => void (asking = await createChannel(shared.server, { bot: "echo", pre_chat: FORM, hours: CLOSED })), undefined, [
  "--use-fake-device-for-media-stream",
]);
const LANGUAGES = { en: { ...english, ...englishParts }, he: { ...hebrew, ...hebrewParts } };

/** A visitor's page in a language, and a check that notes what is found in a state. */
async function begin(theme: string, lang: keyof typeof LANGUAGES, channel = "1") {
  const path = `/axe-${theme}-${lang}-${channel}`;
  shared.site.pages.set(path, page({ lang, dir: lang === "he" ? "rtl" : "ltr", data: { theme, heading: "Bicycle shop", subtitle: "We answer soon", "channel-id": channel } }));
  const permissions = isFirefox ? [] : ["microphone", "camera"];
  const visitor = await (await shared.visitor({ reducedMotion: "reduce", permissions })).visit(path);
  const found: string[] = [];
  const t = LANGUAGES[lang];
  const composer = visitor.page.getByRole("textbox", { name: t.composer });
  return {
    visitor,
    t,
    found,
    composer,
    check: async (state: string) => void found.push(...(await violations(visitor.page)).map((problem) => `${state}: ${problem}`)),
    button: (name: string | RegExp): Locator => visitor.page.getByRole("button", { name }),
    async send(text: string) {
      await composer.fill(text);
      await composer.press("Enter");
    },
    sees: (text: string) => visitor.page.getByText(text, { exact: true }).first().waitFor(),
  };
}

function refuse(path: string, status: number, code: string): void {
  shared.site.intercept = (incoming, outgoing) => {
    if (!incoming.url?.includes(path)) return false;
    incoming.resume();
    outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ success: false, error: "x", code }));
    return true;
  };
}

/** Writes two versions of a message. */
async function writeVersions(visitor: Visitor): Promise<void> {
  const { messages } = await visitor.api<{ messages: { id: string; is_outgoing: boolean }[] }>("GET", "webchat/messages/");
  const replyTo = messages.find(({ is_outgoing }) => is_outgoing)?.id;
  for (const text of ["red", "blue"]) await visitor.api("POST", "webchat/send/", { text, reply_to_message_id: replyTo });
}

for (const theme of ["light", "dark"]) {
  for (const lang of ["en", "he"] as const) {
    test(`axe finds nothing in a talk (${theme}, ${lang})`, async () => {
      const { visitor, t, found, composer, check, button, send, sees } = await begin(theme, lang);
      const list = visitor.page.getByRole("list", { name: t.messages });
      await visitor.page.locator("[part=launcher]").waitFor();
      await check("closed");
      await visitor.page.locator("[part=launcher]").click();
      await composer.waitFor();
      await check("empty");
      await send("See https://example.org");
      await sees("Echo: See https://example.org");
      await visitor.page.getByText("See https://example.org").first().hover();
      await check("talking");
      await button(t.edit).click();
      await check("editing");
      await visitor.page.keyboard.press("Escape");
      refuse("webchat/send", 413, "too_large");
      await send("too large");
      await list.getByText(t.notSent).waitFor();
      shared.site.intercept = undefined;
      await check("failed");
      await visitor.context.setOffline(true);
      await visitor.page.locator(".banner").waitFor();
      await send("waits");
      await list.getByText(t.queued).waitFor();
      await check("offline");
      await visitor.context.setOffline(false);
      await sees("Echo: waits");
      await writeVersions(visitor);
      await sees("Echo: blue");
      await check("versions");
      await button(t.chats).click();
      await button(t.newChat).waitFor();
      await check("list of chats");
      await button(new RegExp(`^${t.renameChat.replace("{name}", ".*")}$`)).click();
      await check("renaming");
      assert.deepEqual(found, []);
    });

    test(`axe finds nothing before and after a talk (${theme}, ${lang})`, async () => {
      const { visitor, t, found, composer, check, button, send, sees } = await begin(theme, lang, asking);
      await visitor.page.locator("[part=launcher]").click();
      const start = button(t.formStart);
      await start.waitFor();
      await check("form");
      await start.click();
      await visitor.page.getByText(t.fieldRequired).waitFor();
      await check("form with an error");
      await visitor.page.getByRole("textbox", { name: "Your name" }).fill("Ada");
      refuse("visitor/claims", 503, "busy");
      await start.click();
      await visitor.page.locator(".form").getByText(t.actionFailed).waitFor();
      shared.site.intercept = undefined;
      await check("form that failed");
      await start.click();
      await composer.waitFor();
      await visitor.page.getByText(t.closed).waitFor();
      await check("outside the hours");
      await send("hello");
      await sees("Echo: hello");
      await button(t.menu).click();
      await visitor.page.getByRole("menuitem", { name: t.endChat }).waitFor();
      await visitor.page.getByRole("menuitemcheckbox", { name: t.soundOn }).click();
      await visitor.page.getByRole("menuitemcheckbox", { name: t.soundOn, checked: true }).waitFor();
      await check("menu");
      await visitor.page.getByRole("menuitemcheckbox", { name: t.soundOn }).click();
      await visitor.page.getByRole("menuitem", { name: t.endChat }).click();
      await button(t.startAgain).waitFor();
      await check("ended");
      await visitor.page.getByRole("radio").nth(3).check();
      await check("rating");
      refuse("/rating/", 503, "busy");
      await button(t.sendRating).click();
      await visitor.page.locator(".ended").getByText(t.actionFailed).waitFor();
      shared.site.intercept = undefined;
      await check("rating that failed");
      await button(t.sendRating).click();
      await button(t.changeRating).waitFor();
      await check("rated");
      assert.deepEqual(found, []);
    });

    test(`axe finds nothing while recording (${theme}, ${lang})`, { skip: isFirefox }, async () => {
      const { visitor, t, found, check, button } = await begin(theme, lang);
      await visitor.page.locator("[part=launcher]").click();
      await button(t.record).click();
      await visitor.page.getByRole("meter", { name: t.level }).waitFor();
      await check("recording");
      await button(t.stopRecording).click();
      await button(t.discard).waitFor();
      await check("recorded");
      await button(t.discard).click();
      await button(t.camera).click();
      await visitor.page.getByRole("group", { name: t.camera }).waitFor();
      await check("camera");
      await button(t.camera).click();
      await button(new RegExp(t.removeFile.replace("{name}", ".*"))).waitFor();
      await check("preview");
      await visitor.context.clearPermissions();
      await visitor.page.evaluate(() => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
      });
      await button(new RegExp(t.removeFile.replace("{name}", ".*"))).click();
      await button(t.record).click();
      await visitor.page.locator(".recorder").getByText(t.notAllowedHere).waitFor();
      await check("not allowed");
      assert.deepEqual(found, []);
    });
  }
}
