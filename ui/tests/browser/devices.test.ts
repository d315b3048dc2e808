// Microphone and camera: what the visitor records is heard and seen before it is sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isFirefox } from "./browsers.ts";
import { type Visitor, becomes, fixture, until } from "./fixture.ts";

const shared = fixture(undefined, undefined, ["--use-fake-device-for-media-stream"]);
const skip = isFirefox && "Firefox has no devices for tests";

async function opened(options: Parameters<typeof shared.visitor>[0] = {}): Promise<Visitor> {
  const visitor = await (await shared.visitor({ permissions: ["microphone", "camera"], ...options })).visit();
  return visitor.open();
}

interface Stored {
  messages: { text: string; media_type: string; media: { name: string; content_type: string; size: number } | null }[];
}

const newest = async (visitor: Visitor) => (await visitor.api<Stored>("GET", "webchat/messages/?limit=5")).messages.find(({ media }) => media);
const focused = (visitor: Visitor) => visitor.page.locator("unicom-webchat").evaluate((element) => element.shadowRoot?.activeElement?.ariaLabel);

test("a voice message is recorded, heard, put in words and sent", { skip }, async () => {
  const visitor = await opened();
  await visitor.page.getByRole("button", { name: "Record a voice message" }).click();
  const recorder = visitor.page.getByRole("group", { name: "Voice message" });
  await recorder.getByText(/^Recording, 0:01$/).waitFor();
  await becomes(() => focused(visitor), "Stop recording");
  const level = recorder.getByRole("meter", { name: "Volume" });
  await until(async () => Number(await level.getAttribute("aria-valuenow")) > 0, "the level follows the sound");
  await visitor.page.keyboard.press("Enter");
  const sound = recorder.locator("audio");
  await until(() => sound.evaluate((element) => (element as HTMLAudioElement).readyState >= 1), "it can be heard");
  await recorder.getByRole("textbox", { name: "The same in words (optional)" }).fill("It rattles.");
  await recorder.getByRole("button", { name: "Send" }).click();
  await visitor.sees("It rattles.");
  await until(async () => (await newest(visitor)) !== undefined, "it is stored");
  const message = await newest(visitor);
  assert.equal(message?.text, "It rattles.");
  assert.equal(message?.media_type, "audio");
  assert.match(message?.media?.name ?? "", /^voice-\d{4}-\d\d-\d\d-\d{4}\.webm$/);
  await becomes(() => focused(visitor), "Write a message");
});

test("a recording that is discarded is gone, and the microphone is free", { skip }, async () => {
  const visitor = await shared.visitor({ permissions: ["microphone"] });
  await visitor.page.addInitScript(() => {
    const tracks: MediaStreamTrack[] = [];
    const { mediaDevices } = navigator;
    const original = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (constraints) => {
      const stream = await original(constraints);
      tracks.push(...stream.getTracks());
      return stream;
    };
    Object.assign(window, { tracks });
  });
  const live = () => visitor.page.evaluate(() => (window as unknown as { tracks: MediaStreamTrack[] }).tracks.filter(({ readyState }) => readyState === "live").length);
  await visitor.visit();
  await visitor.open();
  const record = visitor.page.getByRole("button", { name: "Record a voice message" });
  await record.click();
  await visitor.page.getByText(/^Recording, 0:0/).waitFor();
  await becomes(live, 1);
  await visitor.page.getByRole("button", { name: "Discard" }).click();
  await visitor.composer.waitFor();
  await becomes(live, 0);

  // Escape ends the recording, and not the chat.
  await record.click();
  await becomes(() => focused(visitor), "Stop recording");
  await becomes(live, 1);
  await visitor.page.keyboard.press("Escape");
  await visitor.composer.waitFor();
  await becomes(live, 0);

  // A chat that is closed does not listen.
  await record.click();
  await becomes(live, 1);
  await visitor.page.getByRole("button", { name: "Close chat" }).click();
  await becomes(live, 0);
});

test("a microphone that is not allowed or not there is said to be", { skip }, async () => {
  const visitor = await opened({ permissions: [] });
  await visitor.page.getByRole("button", { name: "Record a voice message" }).click();
  const recorder = visitor.page.getByRole("group", { name: "Voice message" });
  await recorder.getByText("The browser does not allow this here. You can change that in its settings for this site.").waitFor();
  await recorder.getByRole("button", { name: "Cancel" }).click();
  await visitor.page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("none", "NotFoundError"));
  });
  await visitor.page.getByRole("button", { name: "Record a voice message" }).click();
  await recorder.getByText("No microphone was found.").waitFor();
});

test("a photo is taken, shown, and sent", { skip }, async () => {
  const visitor = await opened();
  await visitor.page.getByRole("button", { name: "Take a photo" }).click();
  const camera = visitor.page.getByRole("group", { name: "Take a photo" });
  const shutter = camera.getByRole("button", { name: "Take a photo" });
  await becomes(() => shutter.getAttribute("aria-disabled"), "false");
  await shutter.click();
  await visitor.page.getByRole("button", { name: /^Remove photo-.*\.jpg$/ }).waitFor();
  await visitor.composer.press("Enter");
  await until(async () => (await newest(visitor))?.media_type === "image", "it is stored");
  assert.equal((await newest(visitor))?.media?.content_type, "image/jpeg");
  await until(() => visitor.list.getByRole("img", { name: /^photo-/ }).evaluate((element) => (element as HTMLImageElement).naturalWidth > 100), "it is shown");
});

test("where the browser has no camera for pages, phones take photos by themselves", { skip }, async () => {
  const visitor = await shared.visitor({ hasTouch: true, isMobile: true });
  await visitor.page.addInitScript("delete Navigator.prototype.mediaDevices");
  await visitor.visit();
  await visitor.open();
  assert.equal(await visitor.page.getByRole("button", { name: "Record a voice message" }).count(), 0);
  const [chooser] = await Promise.all([visitor.page.waitForEvent("filechooser"), visitor.page.getByRole("button", { name: "Take a photo" }).click()]);
  assert.equal(await chooser.element().getAttribute("capture"), "environment");
});

test("while something is written, there is room for it", async () => {
  const visitor = await opened();
  await visitor.composer.fill("x");
  await visitor.page.getByRole("button", { name: "Record a voice message" }).waitFor({ state: "detached" });
  await visitor.composer.fill("");
  await visitor.page.getByRole("button", { name: "Record a voice message" }).waitFor();
});
