// Chromium shows and plays every file that the server takes, and none that it refuses, with the exceptions below.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { isFirefox } from "./browsers.ts";
import { fixture } from "./fixture.ts";

const shared = fixture();

/** The files that `bins/unicom-server/tests/http/media/corpus.rs` tests. The names of those that are refused begin so. */
const CORPUS = "../bins/unicom-server/tests/fixtures/media";

/** Refused, though Chromium shows it: other browsers do not, or not all versions in use. */
const SHOWN_BY_CHROMIUM = ["refused.avif", "refused.bmp", "refused.mka", "refused.mov"];

/** What the page makes of a file at an address, or in base64: whether it is shown or plays. */
function shows(page: Page, kind: string, source: { url: string } | { base64: string }): Promise<boolean> {
  return page.evaluate(
    async ([kind, source]) => {
      const bytes = "base64" in source ? Uint8Array.from(atob(source.base64), (c) => c.charCodeAt(0)) : null;
      const url = "url" in source ? source.url : URL.createObjectURL(new Blob([bytes!]));
      if (kind === "image") {
        const image = new Image();
        image.src = url;
        return image.decode().then(
          () => image.naturalWidth > 0,
          () => false,
        );
      }
      const media = document.createElement(kind) as HTMLMediaElement;
      media.muted = true;
      media.src = url;
      return new Promise<boolean>((resolve) => {
        media.onerror = () => resolve(false);
        media.onended = () => resolve(true);
        // A file with nothing that can be played has a duration too.
        media.play().catch(() => resolve(false));
        setTimeout(() => resolve(false), 8_000);
      });
    },
    [kind, source] as const,
  );
}

interface Answer {
  status: number;
  message?: { media_type: string; media_url: string };
}

/** Sends a file as a guest. */
function send(page: Page, base64: string): Promise<Answer> {
  return page.evaluate(async (base64) => {
    const session = await (await fetch("/unicom/auth/session/")).json();
    const form = new FormData();
    form.append("media", new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]), "file.bin");
    const headers = { "X-CSRFToken": session.csrf_token };
    const response = await fetch("/unicom/webchat/send/", { method: "POST", body: form, headers });
    return { status: response.status, ...(await response.json()) };
  }, base64);
}

/** What a refused file would be shown with. */
function kindOf(name: string): string {
  if (/avif|bmp|heic|tiff/.test(name)) return "image";
  return /avi|mov|ogv/.test(name) ? "video" : "audio";
}

test("Chromium shows what is taken, and does not show what is refused", { skip: isFirefox }, async () => {
  const { page } = await (await shared.visitor({ bypassCSP: true })).visit("/unicom/webchat/config/");
  const surprises: string[] = [];
  for (const name of (await readdir(CORPUS)).sort()) {
    const base64 = (await readFile(`${CORPUS}/${name}`)).toString("base64");
    const { status, message } = await send(page, base64);
    if (name.startsWith("refused")) {
      assert.equal(status, 415, name);
      const isShown = await shows(page, kindOf(name), { base64 });
      if (isShown !== SHOWN_BY_CHROMIUM.includes(name)) surprises.push(`${name}: ${isShown ? "shown" : "not shown"}`);
      continue;
    }
    assert.equal(status, 200, name);
    const isShown = await shows(page, message!.media_type, { url: message!.media_url });
    if (!isShown) surprises.push(`${name}: taken and not shown`);
  }
  assert.deepEqual(surprises, []);
});
