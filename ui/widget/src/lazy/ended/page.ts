import type { Chat, Message } from "@unicom/sdk";
import type { Store } from "../../kit.ts";
import type { Texts } from "../../texts.ts";

/** The page loads nothing, so that opening it sends no request. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";
const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:44em;margin:2em auto;padding:0 1em;color-scheme:light dark}" +
  "li{margin-block:1.2em;list-style:none}ol{padding:0}time{opacity:.7;font-size:.85em}.text{white-space:pre-wrap;overflow-wrap:anywhere}";

const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** Returns the whole chat as a web page to keep. */
export async function pageOf({ sdk }: Store, chat: Chat, texts: Texts): Promise<Blob> {
  const items: string[] = [];
  let after: string | undefined;
  for (;;) {
    const query = { chat_id: chat.id, limit: 100, order: "asc", after };
    const page = await sdk.http.get<{ messages: Message[]; has_more: boolean }>("webchat/messages/", { query });
    items.push(...page.messages.map((message) => itemOf(message, texts)));
    after = page.messages.at(-1)?.id;
    if (!page.has_more || !after) break;
  }
  const title = escape(chat.name || texts.t("untitled"));
  const head = `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><title>${title}</title><style>${STYLE}</style>`;
  const html = `<!doctype html><html lang="${texts.language}" dir="${texts.direction}">${head}<h1>${title}</h1><ol>${items.join("")}</ol></html>`;
  return new Blob([html], { type: "text/html;charset=utf-8" });
}

function itemOf(message: Message, texts: Texts): string {
  const { timestamp, html, text, files, media } = message;
  const at = new Date(timestamp);
  const author = message.author?.is_self ? texts.t("you") : message.sender_name;
  // The server has sanitised it.
  const content = html ?? `<div class="text">${escape(text)}</div>`;
  const names = [...(media ? [media] : []), ...files].map(({ name }) => `<p>📎 <bdi>${escape(name)}</bdi></p>`);
  const time = `<time datetime="${timestamp}">${escape(`${texts.day(at, new Date())}, ${texts.time(at)}`)}</time>`;
  return `<li><b><bdi>${escape(author)}</bdi></b> ${time}<div dir="auto">${content}</div>${names.join("")}</li>`;
}
