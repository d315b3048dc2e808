// Pages of a trusted origin, which use the server with its cookies.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type Server, startServer } from "../../server.mjs";
import { fixture } from "./fixture.ts";

let server: Server;
const shared = fixture(async () => {
  shared.site.headers = {};
  shared.site.pages.set("/", "<!doctype html><title>Shop</title>");
  server = await startServer({ environment: { UNICOM_TRUSTED_ORIGINS: shared.site.origin } });
});
after(() => server.stop());

/** Sends a message from the page with plain requests, and returns what the server answered. */
async function send(page: import("playwright-core").Page, base: string) {
  return page.evaluate(async (base) => {
    const ask = (path: string, options: RequestInit = {}) => fetch(`${base}/unicom/${path}`, { credentials: "include", ...options });
    try {
      const { csrf_token } = (await (await ask("auth/session/")).json()) as { csrf_token: string };
      const headers = { "content-type": "application/json", "x-csrftoken": csrf_token };
      const sent = await ask("webchat/send/", { method: "POST", headers, body: JSON.stringify({ text: "from the shop" }) });
      const read = (await (await ask("webchat/messages/")).json()) as { messages: { text: string }[] };
      const refused = await ask("webchat/send/", { method: "POST", headers: { ...headers, "x-csrftoken": "x" }, body: "{}" });
      return { status: sent.status, texts: read.messages.map(({ text }) => text), refused: ((await refused.json()) as { code: string }).code };
    } catch (error) {
      return String(error);
    }
  }, base);
}

test("a page of a trusted origin sends and reads", async () => {
  const { page } = await shared.visitor();
  await page.goto(shared.site.origin);
  const answer = await send(page, server.origin);
  assert.ok(typeof answer !== "string", String(answer));
  assert.equal(answer.status, 200);
  assert.ok(answer.texts.includes("from the shop"), answer.texts.join());
  assert.equal(answer.refused, "csrf_failed");
});

test("a page of any other origin cannot", async () => {
  const visitor = await shared.visitor();
  await visitor.page.goto(shared.site.origin);
  // The server of the fixture trusts no other origin.
  const answer = await send(visitor.page, shared.server.origin);
  assert.match(String(answer), /TypeError/);
  visitor.problems.length = 0;
});
