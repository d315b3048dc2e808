// The page that `unicom quickstart` serves, with the files that are in the program.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture } from "./fixture.ts";

const shared = fixture();

test("the page of `quickstart` shows a chat that works", async () => {
  const visitor = await shared.visitor();
  const outside: string[] = [];
  visitor.page.on("request", (request) => {
    if (!request.url().startsWith(shared.server.origin) && !/^(data|blob):/.test(request.url())) outside.push(request.url());
  });
  await visitor.page.goto(`${shared.server.origin}/`);
  await visitor.open();
  await visitor.send("Hello, server");
  await visitor.sees("Echo: Hello, server");
  await visitor.page.reload();
  await visitor.open();
  await visitor.sees("Echo: Hello, server");
  assert.deepEqual(outside, []);
});

test("browsers cache what is addressed by its hash, in the smallest form", async () => {
  const { origin } = shared.server;
  const widget = await (await fetch(`${origin}/unicom/widget.js`)).text();
  const hash = /assets\/([0-9a-f]{8})\/app\.js/.exec(widget)?.[1];
  assert.ok(hash, "the launcher names the panel");
  const panel = await fetch(`${origin}/unicom/assets/${hash}/app.js`, { headers: { "accept-encoding": "br" } });
  assert.equal(panel.headers.get("content-encoding"), "br");
  assert.match(panel.headers.get("cache-control") ?? "", /immutable/);
  assert.equal(panel.headers.get("set-cookie"), null);
});
