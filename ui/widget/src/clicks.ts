import type { Entry } from "@unicom/sdk";

/** The buttons in a list of messages. */
export interface Clicks {
  /** The ids of all buttons, and of those that were clicked. */
  buttons: ReadonlySet<string>;
  clicked: ReadonlySet<string>;
}

/** A click is a message whose `client_message_id` is the id of the button. */
export function clicksOf(entries: readonly Entry[]): Clicks {
  const messages = entries.flatMap(({ message }) => message ?? []);
  const ids = messages.flatMap(({ interactive_buttons }) => interactive_buttons?.flat() ?? []);
  const buttons = new Set(ids.flatMap(({ callback_execution_id: id }) => id ?? []));
  const clicked = messages.flatMap(({ client_message_id: id }) => id ?? []).filter((id) => buttons.has(id));
  return { buttons, clicked: new Set(clicked) };
}
