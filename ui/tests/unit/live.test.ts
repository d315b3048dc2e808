import assert from "node:assert/strict";
import { test } from "node:test";
import { backoff } from "../../sdk/src/backoff.ts";
import { parseRetryAfter } from "../../sdk/src/errors.ts";
import { Connection } from "../../sdk/src/live/connection.ts";
import { endingOf } from "../../sdk/src/live/socket.ts";
import { EventParser } from "../../sdk/src/live/sse.ts";
import type { Ending, OpenTransport, TransportHost, TransportName } from "../../sdk/src/live/transport.ts";
import { Streams } from "../../sdk/src/streams.ts";

test("events are taken apart wherever the stream is cut", () => {
  const stream = ': hello\r\nid: 1\r\nevent: chat\r\ndata: {"type":"chat"}\r\n\r\ndata:{"a":\ndata: 1}\n\n: still here\n\nevent: x\n\n';
  const whole = new EventParser().push(stream);
  assert.deepEqual(whole, ['{"type":"chat"}', '{"a":\n1}']);
  for (let first = 0; first <= stream.length; first++) {
    for (let second = first; second <= stream.length; second += 3) {
      const parser = new EventParser();
      const pieces = [stream.slice(0, first), stream.slice(first, second), stream.slice(second)];
      assert.deepEqual(pieces.flatMap((piece) => parser.push(piece)), whole, `cut at ${first} and ${second}`);
    }
  }
});

test("waits grow to half a minute, and differ", () => {
  assert.equal(backoff(0, () => 1), 500);
  assert.equal(backoff(3, () => 1), 4000);
  assert.equal(backoff(50, () => 1), 30_000);
  assert.equal(backoff(50, () => 0), 500);
  assert.equal(backoff(50, () => 0.5), 15_000);
});

test("`Retry-After` is read in both forms", () => {
  const now = Date.parse("2026-11-29T12:00:00Z");
  assert.equal(parseRetryAfter("3", now), 3000);
  assert.equal(parseRetryAfter("Sun, 29 Nov 2026 12:00:05 GMT", now), 5000);
  assert.equal(parseRetryAfter("soon", now), undefined);
  assert.equal(parseRetryAfter(null, now), undefined);
  assert.equal(parseRetryAfter("-1", now), 0);
});

test("close codes say whether to come again", () => {
  assert.equal(endingOf(4401, "").why, "session");
  assert.equal(endingOf(4403, "").why, "refused");
  assert.deepEqual(endingOf(1001, "come again in 3 seconds"), { why: "lost", after: 3000, isOrderly: true });
  assert.deepEqual(endingOf(1006, ""), { why: "lost" });
});

/** Transports that do what a test says. */
class Network {
  readonly opened: TransportName[] = [];
  readonly works = new Set<TransportName>(["ws", "sse", "poll"]);
  hasSession: boolean | "unreachable" = true;
  current: { name: TransportName; host: TransportHost; isClosed: boolean } | undefined;
  watched: [string, string | null][] = [];

  transport(name: TransportName): [TransportName, OpenTransport] {
    return [
      name,
      (host) => {
        this.opened.push(name);
        const made = { name, host, isClosed: false };
        setImmediate(() => {
          if (made.isClosed) return;
          if (!this.works.has(name)) return host.ended({ why: "lost" });
          this.current = made;
          host.opened();
        });
        return {
          name,
          watch: (chat, cursor) => void this.watched.push([chat, cursor]),
          unwatch: () => {},
          send: () => true,
          check: () => {},
          close: () => void (made.isClosed = true),
        };
      },
    ];
  }

  connection(): Connection {
    return new Connection(
      {
        frame: () => {},
        watched: () => [["c", "7"]],
        probe: () => (this.hasSession === "unreachable" ? Promise.reject(new Error("down")) : Promise.resolve(this.hasSession)),
      },
      { transports: [this.transport("ws"), this.transport("sse"), this.transport("poll")], climbEvery: 50, isOffline: () => false },
    );
  }

  end(ending: Ending): void {
    this.current?.host.ended(ending);
  }
}

async function reaches(connection: Connection, status: string, transport?: string): Promise<void> {
  const end = Date.now() + 15_000;
  for (;;) {
    const { value } = connection.state;
    if (value.status === status && value.transport === transport) return;
    assert.ok(Date.now() < end, `${JSON.stringify(value)} instead of ${status} ${transport}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

test("a transport that does not work is replaced by the next, and taken again when it works", async () => {
  const network = new Network();
  network.works.delete("ws").valueOf();
  network.works.delete("sse");
  const connection = network.connection();
  connection.start();
  await reaches(connection, "live", "poll");
  assert.deepEqual(network.opened.slice(0, 5), ["ws", "ws", "sse", "sse", "poll"]);
  assert.deepEqual(network.watched, [["c", "7"]]);
  network.works.add("sse");
  await reaches(connection, "live", "sse");
  network.works.add("ws");
  await reaches(connection, "live", "ws");
  assert.equal(network.watched.length, 3);
  connection.stop();
});

test("a server that is away is waited for on the same transport", async () => {
  const network = new Network();
  network.works.clear();
  network.hasSession = "unreachable";
  const connection = network.connection();
  connection.start();
  await reaches(connection, "reconnecting");
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    connection.retry();
  }
  assert.deepEqual([...new Set(network.opened)], ["ws"]);
  network.works.add("ws");
  network.hasSession = true;
  connection.retry();
  await reaches(connection, "live", "ws");
  connection.stop();
});

test("the end of the session ends the connection, a block for good", async () => {
  const network = new Network();
  const connection = network.connection();
  connection.start();
  await reaches(connection, "live", "ws");
  network.hasSession = false;
  network.end({ why: "session" });
  await reaches(connection, "idle");
  network.hasSession = true;
  connection.start();
  await reaches(connection, "live", "ws");
  network.end({ why: "refused" });
  await reaches(connection, "refused");
  connection.retry();
  assert.equal(connection.state.value.status, "refused");
});

test("pieces of a text are put together, and gaps wait for the whole", () => {
  const streams = new Streams();
  const frame = { type: "stream", chat_id: "c", stream_id: "s", state: "open" } as const;
  const text = () => streams.open.value[0]?.text;
  streams.apply({ ...frame, offset: 0, text: "é" });
  streams.apply({ ...frame, offset: 1, text: "😀" });
  assert.equal(text(), "é😀");
  streams.apply({ ...frame, offset: 9, text: "lost" });
  assert.equal(text(), "é😀");
  streams.apply({ ...frame, offset: 3, text: "!" });
  streams.apply({ ...frame, offset: 1, text: "?" });
  assert.equal(text(), "é?");
  streams.apply({ ...frame, stream_id: "other", chat_id: "d", offset: 0, text: "x" });
  streams.apply({ ...frame, offset: 0, text: "", state: "done" });
  assert.deepEqual(streams.open.value.map(({ id }) => id), ["other"]);
});
