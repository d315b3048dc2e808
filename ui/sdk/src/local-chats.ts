/** The prefix of the ids of chats that do not exist on the server yet. */
const LOCAL = "new:";

/** The id of the chat that a visitor's first message creates. */
export const FIRST_CHAT = `${LOCAL}first`;

/** Whether a chat does not exist on the server yet. */
export function isLocal(chat: string): boolean {
  return chat.startsWith(LOCAL);
}

/** Returns an id for a chat that its first message creates besides others. */
export function newChat(): string {
  return LOCAL + crypto.randomUUID();
}
