import { useCell, useClient, useStore } from "../store.ts";
import { useTexts } from "../texts.ts";
import { Avatar } from "./avatar.tsx";
import { IconButton } from "./icon-button.tsx";
import { MenuButton } from "./menu-button.tsx";

interface Props {
  heading: string;
  subtitle: string;
  isInline: boolean;
  onClose: () => void;
}

/** Whose chat it is, the way to the other chats, and the way out. */
export function Header({ heading, subtitle, isInline, onClose }: Props) {
  const texts = useTexts();
  const store = useStore();
  const { screen, chat } = useCell(store);
  const { chats, connection, config } = useClient();
  const isList = screen === "list";
  const open = chats.filter(({ is_archived }) => !is_archived);
  const name = open.length > 1 ? chats.find(({ id }) => id === chat)?.name : undefined;
  const isClosed = config?.hours?.is_open === false;
  const status = isList ? "" : isClosed ? texts.t("closed") : name || subtitle;
  return (
    <div class="header" part="header">
      {isList ? (
        <IconButton icon="back" class="flip" label={texts.t("goBack")} onClick={() => store.showChat(chat)} />
      ) : (
        <Avatar writer={{ isSelf: false, isBot: false, name: heading, avatar: undefined }} />
      )}
      <div class="who">
        <h2 id="title" part="title">
          {isList ? texts.t("chats") : heading}
        </h2>
        {status && (
          <p class="status" part="status">
            {isClosed ? <span class="dot off" /> : connection.status === "live" && <span class="dot" />}
            <bdi>{status}</bdi>
          </p>
        )}
      </div>
      {!isList && chats.length > 0 && (
        <IconButton icon="menu" label={texts.t("chats")} onClick={() => store.update({ screen: "list", editing: undefined })} />
      )}
      {!isList && <MenuButton />}
      {!isInline && <IconButton icon="close" label={texts.t("close")} onClick={onClose} />}
    </div>
  );
}
