import type { PartStrings } from "./en.ts";

export const strings: PartStrings = {
  newChat: "Neuer Chat",
  noChats: "Es gibt noch keine Chats.",
  moreChats: "Mehr anzeigen",
  renameChat: "{name} umbenennen",
  archiveChat: "{name} archivieren",
  chatName: "Name des Chats",
};
