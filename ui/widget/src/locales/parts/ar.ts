import type { PartStrings } from "./en.ts";

export const strings: PartStrings = {
  newChat: "محادثة جديدة",
  noChats: "لا توجد محادثات بعد.",
  moreChats: "عرض المزيد",
  renameChat: "إعادة تسمية {name}",
  archiveChat: "أرشفة {name}",
  chatName: "اسم المحادثة",
};
