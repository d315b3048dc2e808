import type { PartStrings } from "./en.ts";

export const strings: PartStrings = {
  newChat: "צ'אט חדש",
  noChats: "אין עדיין צ'אטים.",
  moreChats: "הצגת עוד",
  renameChat: "שינוי השם של {name}",
  archiveChat: "העברת {name} לארכיון",
  chatName: "שם הצ'אט",
};
