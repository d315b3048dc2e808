import type { PartStrings } from "./en.ts";

export const strings: PartStrings = {
  newChat: "Nuevo chat",
  noChats: "Todavía no hay chats.",
  moreChats: "Mostrar más",
  renameChat: "Cambiar el nombre de {name}",
  archiveChat: "Archivar {name}",
  chatName: "Nombre del chat",
};
