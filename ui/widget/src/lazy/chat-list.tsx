import type { Chat } from "@unicom/sdk";
import { Avatar, Icon, IconButton, useAnnouncer, useCell, useClient, useEffect, useRef, useState, useStore, useTexts } from "../kit.ts";
import sheet from "./chat-list.css";

export { sheet };

/** The visitor's chats. */
export function View(_: object) {
  const texts = useTexts();
  const store = useStore();
  const { chats, hasMoreChats } = useClient();
  const first = useRef<HTMLButtonElement>(null);
  const open = chats.filter(({ is_archived }) => !is_archived);
  useEffect(() => first.current?.focus(), []);
  return (
    <div class="chats">
      <button ref={first} type="button" class="new-chat" onClick={() => store.showChat(store.sdk.startChat())}>
        <Icon name="plus" />
        {texts.t("newChat")}
      </button>
      {open.length === 0 && <p class="quiet">{texts.t("noChats")}</p>}
      <ul aria-label={texts.t("chats")}>
        {open.map((chat) => (
          <Row key={chat.id} chat={chat} />
        ))}
      </ul>
      {hasMoreChats && (
        <button type="button" class="text-button wide" onClick={() => void store.sdk.loadMoreChats().catch(() => {})}>
          {texts.t("moreChats")}
        </button>
      )}
    </div>
  );
}

function Row({ chat }: { chat: Chat }) {
  const texts = useTexts();
  const store = useStore();
  const announcer = useAnnouncer();
  const view = useCell(store);
  const [name, setName] = useState<string>();
  const field = useRef<HTMLInputElement>(null);
  const isNaming = name !== undefined;
  useEffect(() => {
    if (isNaming) field.current?.select();
  }, [isNaming]);

  const shown = chat.name || texts.t("untitled");
  const at = new Date(chat.last_message?.timestamp ?? chat.created_at);
  const act = (action: Promise<unknown>) => action.catch(() => announcer.say(texts.t("actionFailed")));

  if (name !== undefined) {
    return (
      <li class="chat-row">
        <form
          class="rename"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim()) void act(store.sdk.renameChat(chat.id, name.trim()));
            setName(undefined);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            setName(undefined);
          }}
        >
          <input ref={field} value={name} maxLength={100} aria-label={texts.t("chatName")} onInput={(event) => setName(event.currentTarget.value)} />
          <IconButton icon="close" label={texts.t("cancel")} onClick={() => setName(undefined)} />
          <button type="submit" class="icon-button" aria-label={texts.t("save")} title={texts.t("save")}>
            <Icon name="check" />
          </button>
        </form>
      </li>
    );
  }
  return (
    <li class={chat.id === view.chat ? "chat-row current" : "chat-row"}>
      <button type="button" class="chat-button" aria-current={chat.id === view.chat || undefined} onClick={() => store.showChat(chat.id)}>
        <Avatar writer={{ isSelf: false, isBot: false, name: shown, avatar: undefined }} />
        <span class="chat-text">
          <span class="chat-name">
            <bdi>{shown}</bdi>
            <time dateTime={at.toISOString()}>{texts.short(at, new Date())}</time>
          </span>
          <span class="chat-last">
            <bdi>{chat.last_message?.text || chat.last_message?.media_name || (chat.last_message ? texts.t("file") : "")}</bdi>
            {chat.unread_count > 0 && (
              <span class="count">
                <span aria-hidden="true">{texts.number(chat.unread_count)}</span>
                <span class="hidden">{texts.count("unreadCount", chat.unread_count)}</span>
              </span>
            )}
          </span>
        </span>
      </button>
      <span class="chat-tools">
        <IconButton icon="edit" label={texts.t("renameChat", { name: shown })} onClick={() => setName(chat.name ?? "")} />
        <IconButton icon="archive" label={texts.t("archiveChat", { name: shown })} onClick={() => void act(store.sdk.archiveChat(chat.id))} />
      </span>
    </li>
  );
}
