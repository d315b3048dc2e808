/** The words on the launcher in each language: its name and, after `|`, the number of unread messages. */
export const LAUNCHER_TEXTS: Record<string, string> = {
  en: "Chat|# unread",
  de: "Chat|# ungelesen",
  fr: "Discussion|# non lus",
  es: "Chat|# sin leer",
  it: "Chat|# non letti",
  nl: "Chat|# ongelezen",
  pl: "Czat|nieprzeczytane: #",
  tr: "Sohbet|# okunmamış",
  "pt-BR": "Chat|# não lidas",
  he: "צ'אט|# שלא נקראו",
  ar: "محادثة|غير مقروءة: #",
  ja: "チャット|未読 # 件",
  "zh-Hans": "聊天|# 条未读",
};
