import type { PartStrings } from "./en.ts";

export const strings: PartStrings = {
  newChat: "Nouvelle discussion",
  noChats: "Il n’y a pas encore de discussion.",
  moreChats: "Afficher plus",
  renameChat: "Renommer {name}",
  archiveChat: "Archiver {name}",
  chatName: "Nom de la discussion",
};
