import type { Branch } from "../branches.ts";
import type { Clicks } from "../clicks.ts";
import type { Row } from "../rows.ts";
import { useTexts } from "../texts.ts";
import { Message } from "./message.tsx";
import { StreamLine } from "./stream-line.tsx";
import { TypingLine } from "./typing-line.tsx";
import type { Turn } from "./versions.tsx";

interface LineProps {
  row: Row;
  clicks: Clicks;
  branch: Branch;
  onTurn: Turn;
  today: number;
  isActive: boolean;
  status: "delivered" | "seen" | undefined;
}

/** A line of the list of messages. */
export function Line({ row, clicks, branch, onTurn, today, isActive, status }: LineProps) {
  const texts = useTexts();
  switch (row.kind) {
    case "day":
      return (
        <li class="day" part="day" data-key={row.key}>
          <h3>{row.label}</h3>
        </li>
      );
    case "unread":
      return (
        <li class="unread-line" part="unread-line">
          <span>{texts.t("unreadLine")}</span>
        </li>
      );
    case "stream":
      return <StreamLine stream={row.stream} isActive={isActive} />;
    case "typing":
      return <TypingLine names={row.names} />;
    case "entry": {
      const { message } = row.entry;
      const buttons = message?.interactive_buttons?.flat() ?? [];
      return (
        <Message
          entry={row.entry}
          isFirst={row.isFirst}
          isLast={row.isLast}
          chosen={buttons.map((button) => button.callback_execution_id ?? "").find((id) => clicks.clicked.has(id))}
          version={branch.versions.get(message?.id ?? "")}
          onTurn={onTurn}
          isClick={clicks.buttons.has(message?.client_message_id ?? "")}
          status={status}
          isActive={isActive}
          today={today}
        />
      );
    }
  }
}
