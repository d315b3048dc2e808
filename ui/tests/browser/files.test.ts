// Files of other kinds than images, as a server sends them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "./axe.ts";
import { type Visitor, becomes, fixture, until } from "./fixture.ts";

const shared = fixture();

/** An MP4 file without tracks. */
const MOVIE = Buffer.from("AAAAIGZ0eXBpc29tAAACAGlzb21pc28yYXZjMW1wNDEAAAAIZnJlZQ==", "base64");

interface Media {
  name: string;
  type: string;
  size: number;
}

/** Lets the server answer with messages that have these files. */
async function visitorWith(files: readonly Media[], limits: object = {}): Promise<Visitor> {
  const visitor = await (await shared.visitor()).visit();
  await visitor.api("POST", "webchat/send/", { text: "hello" });
  shared.site.intercept = async (incoming, outgoing) => {
    const url = incoming.url ?? "";
    const answer = (body: object) => void outgoing.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    const original = async () => (await (await fetch(shared.server.origin + url, { headers: { cookie: incoming.headers.cookie ?? "" } })).json()) as Record<string, unknown>;
    if (url.startsWith("/unicom/webchat/config")) {
      const config = await original();
      return answer({ ...config, limits: { ...(config["limits"] as object), ...limits } }), true;
    }
    if (url.startsWith("/unicom/webchat/messages")) {
      const page = (await original()) as { messages: { id: string; timestamp: string }[] };
      const [message] = page.messages;
      const made = files.map(({ name, type, size }, index) => ({
        ...message,
        id: `f-${index}`,
        timestamp: `2026-01-01T12:00:0${index}.000000Z`,
        text: "",
        is_outgoing: true,
        sender_name: "Ann",
        client_message_id: null,
        author: { kind: "staff", name: "Ann", avatar_url: null, is_self: false },
        media_type: type.startsWith("video/") ? "video" : "file",
        media_url: `/unicom/media/f-${index}/${encodeURIComponent(name)}`,
        media: { name, content_type: type, size, width: type.startsWith("video/") ? 640 : null, height: type.startsWith("video/") ? 360 : null, duration_ms: null },
      }));
      return answer({ ...page, messages: made.reverse() }), true;
    }
    if (url.startsWith("/unicom/media/f-")) {
      const name = decodeURIComponent(url.split("/").at(-1) ?? "");
      const headers = url.endsWith(".mp4") ? { "content-type": "video/mp4" } : { "content-type": "application/octet-stream", "content-disposition": `attachment; filename="${name}"` };
      return outgoing.writeHead(200, headers).end(url.endsWith(".mp4") ? MOVIE : "data"), true;
    }
    return false;
  };
  await visitor.page.reload();
  return visitor.open();
}

test("files are cards with name and size, to download", async () => {
  const visitor = await visitorWith([
    { name: "return label.pdf", type: "application/pdf", size: 84_000 },
    { name: "prices.csv", type: "text/csv", size: 2_300_000 },
    { name: "\u202egpj.exe", type: "application/octet-stream", size: 12 },
  ]);
  const card = visitor.list.getByRole("link", { name: "return label.pdf" });
  assert.match(await card.innerText(), /return label\.pdf\s*PDF · 84 kB/i);
  assert.match(await visitor.list.getByRole("link", { name: "prices.csv" }).innerText(), /CSV · 2\.3 MB/);
  assert.equal(await visitor.list.locator("bdi", { hasText: "gpj.exe" }).count(), 1);
  assert.deepEqual(await violations(visitor.page), []);
  assert.equal(await card.getAttribute("download"), "return label.pdf");
  shared.site.intercept = undefined;
});

test("a video that cannot be played is a card", async () => {
  const visitor = await visitorWith([{ name: "clip.mp4", type: "video/mp4", size: 900_000 }]);
  const card = visitor.list.getByRole("link", { name: "clip.mp4" });
  await card.waitFor();
  assert.match(await card.innerText(), /MP4 · 900 kB/i);
  shared.site.intercept = undefined;
});

test("a video that can be played has its place and controls", async () => {
  const movie = await recordMovie(await (await shared.visitor()).visit());
  const visitor = await visitorWith([{ name: "clip.mp4", type: "video/mp4", size: movie.length }]);
  const before = shared.site.intercept;
  shared.site.intercept = (incoming, outgoing) => {
    if (!incoming.url?.startsWith("/unicom/media/")) return before?.(incoming, outgoing) ?? false;
    return outgoing.writeHead(200, { "content-type": "video/webm" }).end(movie), true;
  };
  await visitor.page.reload();
  await visitor.open();
  const video = visitor.list.locator("video[aria-label='clip.mp4']");
  await until(() => video.evaluate((element) => (element as HTMLVideoElement).readyState >= 1), "its length is known");
  assert.deepEqual(await video.evaluate((element) => [(element as HTMLVideoElement).controls, (element as HTMLVideoElement).preload]), [true, "metadata"]);
  assert.deepEqual(await violations(visitor.page), []);
  const box = await video.boundingBox();
  assert.equal(Math.round(box?.width ?? 0), 240);
  shared.site.intercept = undefined;
});

/** Lets the browser record a short film of a canvas. */
async function recordMovie({ page }: Visitor): Promise<Buffer> {
  const bytes = await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    canvas.width = 64;
    canvas.height = 36;
    const context = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
    const pieces: Blob[] = [];
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    recorder.start();
    for (let frame = 0; frame < 10; frame++) {
      context?.fillRect(frame, frame, 10, 10);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await new Promise((resolve) => {
      recorder.onstop = resolve;
      recorder.stop();
    });
    return [...new Uint8Array(await new Blob(pieces).arrayBuffer())];
  });
  return Buffer.from(bytes);
}

test("the picker offers what the server accepts", async () => {
  const known = await visitorWith([], { file_types: ["application/pdf", "image/png", "video/mp4"] });
  const picker = (visitor: Visitor) => visitor.page.locator("input[type=file]").first().getAttribute("accept");
  await becomes(() => picker(known), "application/pdf,image/png,video/mp4");
  shared.site.intercept = undefined;
  const usual = await (await shared.visitor()).visit();
  await usual.open();
  await until(async () => (await picker(usual))?.split(",").includes("application/pdf") === true, "the picker offers documents");
});
