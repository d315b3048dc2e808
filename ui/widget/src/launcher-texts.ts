/** The words on the launcher in each language: its name, and the number of unread messages. */
export const LAUNCHER_TEXTS: Record<string, readonly [name: string, unread: string]> = {
  en: ["Chat", "{n} unread"],
  de: ["Chat", "{n} ungelesen"],
  fr: ["Discussion", "{n} non lus"],
  es: ["Chat", "{n} sin leer"],
  "pt-BR": ["Chat", "{n} não lidas"],
  he: ["צ'אט", "{n} שלא נקראו"],
  ar: ["محادثة", "غير مقروءة: {n}"],
};
