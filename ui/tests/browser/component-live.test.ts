// The web components of django-unicom, when people of the team write, and when the server goes away.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startServer } from "../../server.mjs";
import { POLLING, SINGLE, SOCKET, components, serveComponents } from "./component.ts";
import { becomes, fixture } from "./fixture.ts";
import { type Team, hireTeam } from "./team.ts";

let team: Team;
const shared = fixture(async () => {
  await serveComponents(shared.site);
  team = await hireTeam(shared.server);
});
const open = components(shared);

for (const [name, kind] of [["a list, polling,", POLLING], ["a list, by WebSocket,", SOCKET], ["one chat", SINGLE]] as const) {
  test(`the component with ${name} shows what the team writes`, async () => {
    const component = await open(kind);
    await component.exchange("Hello");
    await team.send(await component.chatId(), { text: "Here I am" });
    await component.sees("Here I am");
    await component.exchange("Good");
    await becomes(() => component.texts(), ["Hello", "Echo: Hello", "Here I am", "Good", "Echo: Good"]);
  });
}

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  test(`by WebSocket, it goes on after a restart with ${signal}`, async () => {
    const component = await open(SOCKET);
    await component.exchange("Hello");
    const reads = component.reads;
    const retries = component.page.getByText("Reconnecting");
    const { server } = shared;
    await server.stop({ keep: true, signal });
    await retries.waitFor();
    const chat = await component.chatId();
    await server.command(["send", "--channel", "1", "--chat", chat, "--text", "While it was away"]);
    shared.server = await startServer({ folder: server.folder, port: server.port });
    await component.sees("While it was away", 30_000);
    await retries.waitFor({ state: "detached" });
    await team.send(chat, { text: "Back again" });
    await component.sees("Back again");
    await component.exchange("Good");
    await becomes(() => component.texts(), ["Hello", "Echo: Hello", "While it was away", "Back again", "Good", "Echo: Good"]);
    assert.equal(component.reads, reads, "nothing is polled");
    component.forgive(/WebSocket|WebChat error/);
  });
}

test("by WebSocket, it stays away after a block", async () => {
  const component = await open(SOCKET);
  await component.exchange("Hello");
  const closed = component.page.evaluate(
    () => new Promise<unknown>((resolve) => {
      const { client } = document.querySelector("unicom-chat-with-sidebar") as unknown as { client: { ws: WebSocket } };
      client.ws.addEventListener("close", ({ code, wasClean }) => resolve({ code, wasClean }));
    }),
  );
  const { account_id } = await component.visitor.api<{ account_id: string }>("GET", "auth/session/");
  await shared.server.command(["account", "block", account_id]);
  assert.deepEqual(await closed, { code: 4403, wasClean: true });
  const sockets = () => component.requests.filter((request) => request.startsWith("UPGRADE /ws/unicom/webchat/")).length;
  assert.equal(sockets(), 1);
  // The first try would be after one second.
  await component.page.waitForTimeout(1_500);
  assert.equal(sockets(), 1);
});
