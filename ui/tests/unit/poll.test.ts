import assert from "node:assert/strict";
import { test } from "node:test";
import type { Http, RequestOptions } from "../../sdk/src/http.ts";
import { PollTransport } from "../../sdk/src/live/poll.ts";
import type { Frame } from "../../sdk/src/types.ts";

/** Answers requests for changes one after another, then never again. */
function server(answers: object[]): { http: Http; asked: Record<string, unknown>[]; lists: () => number } {
  const asked: Record<string, unknown>[] = [];
  let lists = 0;
  const get = async (path: string, { query, signal }: RequestOptions) => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (path === "webchat/chats/") return lists++, { chats: [], has_more: false };
    if (path === "webchat/unread/") return { unread_total: lists };
    asked.push(query ?? {});
    const answer = answers.shift();
    if (answer) return answer;
    return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted"))));
  };
  return { http: { get } as unknown as Http, asked, lists: () => lists };
}

async function settled(condition: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!condition()) {
    assert.ok(Date.now() < end, "not within 5 s");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

test("changes, resets and streams are told as by the other transports, each from where the last ended", async () => {
  const message = { kind: "message", message: { id: "m" } };
  const { http, asked, lists } = server([
    { items: [message], cursor: "2", reset: false, stream: null },
    { items: [], cursor: "2", reset: false, stream: { stream_id: "s", offset: 0, text: "Sad", state: "open" } },
    { items: [], cursor: "2", reset: false, stream: { stream_id: "s", offset: 3, text: "dle", state: "open" } },
    { items: [], cursor: "3", reset: false, stream: null },
    { items: [], cursor: "4", reset: true },
  ]);
  const frames: Frame[] = [];
  let opened = 0;
  const transport = new PollTransport(http, { opened: () => opened++, frame: (frame) => frames.push(frame), ended: () => assert.fail() });
  transport.watch("c", "1");
  await settled(() => asked.length === 6 && lists() >= 2);
  transport.close();
  assert.equal(opened, 1);
  assert.deepEqual(asked.map(({ cursor, stream_id, stream_offset }) => [cursor, stream_id, stream_offset]), [
    ["1", undefined, undefined],
    ["2", undefined, undefined],
    ["2", "s", 3],
    ["2", "s", 6],
    ["3", undefined, undefined],
    ["4", undefined, undefined],
  ]);
  const told = frames.filter(({ type }) => type !== "hello").map((frame) => [frame.type, "state" in frame ? frame.state : ("cursor" in frame && frame.cursor)]);
  assert.deepEqual(told, [
    ["changes", "2"],
    ["changes", "2"],
    ["stream", "open"],
    ["changes", "2"],
    ["stream", "open"],
    ["changes", "3"],
    ["stream", "done"],
    ["reset", "4"],
  ]);
});

test("news that come together read the list once more, and no loop is left behind", async () => {
  const news = (cursor: number) => ({ items: [{ kind: "message_deleted", id: `${cursor}` }], cursor: `${cursor}`, reset: false });
  const { http, asked, lists } = server(Array.from({ length: 20 }, (_, index) => news(index)));
  const transport = new PollTransport(http, { opened: () => {}, frame: () => {}, ended: () => assert.fail() });
  transport.watch("c", "0");
  await settled(() => asked.length === 21);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const before = lists();
  assert.ok(before < 21, `${before} reads`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(lists(), before);
  transport.close();
});
