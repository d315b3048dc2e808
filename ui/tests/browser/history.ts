// Chats that visitors have had before they open a page.
import type { Visitor } from "./fixture.ts";

/** What was said in a chat. */
export interface Talk {
  chat: string;
  /** The id of the newest message. */
  newest: string;
  texts: string[];
}

/** Talks with the echo bot in a chat as the components do, each message a reply to the bot's last. */
export async function talk(visitor: Visitor, channel: string, exchanges: number): Promise<Talk> {
  return visitor.page.evaluate(
    async ([channel, exchanges]) => {
      const { csrf_token } = (await (await fetch("/unicom/auth/session/")).json()) as { csrf_token: string };
      const headers = { "X-CSRFToken": csrf_token, "Content-Type": "application/json" };
      const texts: string[] = [];
      let chat: string | undefined;
      let last: string | undefined;
      for (let index = 1; index <= exchanges; index++) {
        const body = JSON.stringify({ text: `Message ${index}`, channel_id: Number(channel), chat_id: chat, reply_to_message_id: last });
        const response = await fetch("/unicom/webchat/send/", { method: "POST", headers, body });
        const sent = (await response.json()) as { chat_id: string; message: { id: string } };
        chat = sent.chat_id;
        for (;;) {
          const url = `/unicom/webchat/messages/?chat_id=${chat}&after=${sent.message.id}`;
          const { messages } = (await (await fetch(url)).json()) as { messages: { id: string }[] };
          last = messages[0]?.id;
          if (last) break;
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        texts.push(`Message ${index}`, `Echo: Message ${index}`);
      }
      return { chat: chat ?? "", newest: last ?? "", texts };
    },
    [channel, exchanges] as const,
  );
}
