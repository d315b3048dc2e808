// What the people do to whom the site belongs: by the command line, and by the API for programs of theirs.
import assert from "node:assert/strict";
import type { Server } from "../../server.mjs";

/** Creates a channel of the web chat and returns its id. */
export async function createChannel(server: Server, config: object): Promise<string> {
  const settings = ["--platform", "WebChat", "--name", "Another", "--config", JSON.stringify(config)];
  const { id } = JSON.parse(await server.command(["channel", "create", "--json", ...settings])) as { id: number };
  return String(id);
}

interface TeamMessage {
  text: string;
  buttons?: object[][];
}

export interface Team {
  /** Writes in a chat of a visitor. */
  send(chat: string, message: TeamMessage): Promise<void>;
  /** Calls the API for admins. */
  call<T>(method: string, path: string, json?: object): Promise<T>;
}

/** Creates a user who may write to visitors. */
export async function hireTeam({ command, origin }: Server): Promise<Team> {
  await command(["user", "create", "ann", "--staff", "--password-stdin"], crypto.randomUUID());
  const token = await command(["token", "create", "ann", "--name", "test", "--scope", "write", "--json"]);
  const { secret } = JSON.parse(token) as { secret: string };
  const call = async <T>(method: string, path: string, json?: object): Promise<T> => {
    const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
    const response = await fetch(`${origin}/unicom/admin/${path}`, { method, headers, ...(json && { body: JSON.stringify(json) }) });
    const text = await response.text();
    assert.ok(response.ok, text);
    return JSON.parse(text) as T;
  };
  return { call, send: async (chat, message) => void (await call("POST", `chats/${chat}/messages/`, message)) };
}
