import type { PartStrings } from "./en.ts";

export const strings: PartStrings = {
  newChat: "Novo chat",
  noChats: "Ainda não há chats.",
  moreChats: "Mostrar mais",
  renameChat: "Renomear {name}",
  archiveChat: "Arquivar {name}",
  chatName: "Nome do chat",
};
