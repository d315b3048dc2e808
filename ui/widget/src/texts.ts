import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { directionOf, pickLanguage } from "./language.ts";
import { type Strings, strings as english } from "./locales/en.ts";
import type { PartStrings } from "./locales/parts/en.ts";

/**
 * The languages, with the starts of the hashes of their files: the texts of the panel, which has those in English itself,
 * and those of its lazy parts.
 */
declare const LOCALES: Record<string, readonly [panel: string | null, parts: string]>;

type Values = Record<string, string | number>;
type AllStrings = Strings & PartStrings;
type Plain = { [Key in keyof AllStrings]: AllStrings[Key] extends string ? Key : never }[keyof AllStrings];
type Counted = Exclude<keyof AllStrings, Plain>;

/** The texts, times and numbers of one language. */
export class Texts {
  readonly direction: "ltr" | "rtl";
  /** Those of the lazy parts are there when a part is. */
  #strings: AllStrings;
  #plural: Intl.PluralRules;
  #time: Intl.DateTimeFormat;
  #day: Intl.DateTimeFormat;
  #weekday: Intl.DateTimeFormat;
  #relative: Intl.RelativeTimeFormat;

  constructor(
    readonly language: string,
    strings: Strings,
    /** The tag by which times and numbers are written, such as `en-GB`. */
    private readonly locale = language,
  ) {
    this.#strings = strings as AllStrings;
    this.direction = directionOf(language);
    this.#plural = new Intl.PluralRules(language);
    this.#time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
    this.#day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
    this.#weekday = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
    this.#relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  }

  /** Loads the texts of the lazy parts; `again` is added to the address after a failure. */
  async loadParts(again = ""): Promise<void> {
    const address = addressOf("parts", this.language, LOCALES[this.language]?.[1]);
    const { strings } = (await import(address + again)) as { strings: PartStrings };
    this.#strings = { ...this.#strings, ...strings };
  }

  t(key: Plain, values?: Values): string {
    return fill(this.#strings[key], values);
  }

  /** Returns the text for a number, which it names `{n}`. */
  count(key: Counted, n: number, values?: Values): string {
    const forms = this.#strings[key];
    return fill(forms[this.#plural.select(n)] ?? forms.other, { n: this.number(n), ...values });
  }

  number(n: number): string {
    return new Intl.NumberFormat(this.locale).format(n);
  }

  percent(part: number): string {
    return new Intl.NumberFormat(this.locale, { style: "percent" }).format(part);
  }

  list(names: readonly string[]): string {
    return new Intl.ListFormat(this.language).format(names);
  }

  bytes(n: number): string {
    const unit = n < 1e6 ? "kilobyte" : "megabyte";
    const value = n < 1e6 ? Math.max(1, Math.round(n / 1e3)) : Math.round(n / 1e5) / 10;
    return new Intl.NumberFormat(this.locale, { style: "unit", unit, unitDisplay: "short" }).format(value);
  }

  time(at: Date): string {
    return this.#time.format(at);
  }

  /** Returns the day of a time as people say it today: `Today`, `Yesterday`, `Tomorrow`, the weekday, the date. */
  day(at: Date, now: Date): string {
    const days = daysBetween(at, now);
    if (Math.abs(days) <= 1) return capital(this.#relative.format(-days, "day"), this.language);
    return capital((Math.abs(days) < 7 ? this.#weekday : this.#day).format(at), this.language);
  }

  /** Returns the time if it is today, else the date in short. */
  short(at: Date, now: Date): string {
    if (daysBetween(at, now) === 0) return this.time(at);
    const isThisYear = at.getFullYear() === now.getFullYear();
    return at.toLocaleDateString(this.locale, { day: "numeric", month: "short", ...(!isThisYear && { year: "numeric" }) });
  }

  /** Returns the time, with the day unless it is today. */
  moment(at: Date, now: Date): string {
    return daysBetween(at, now) === 0 ? this.time(at) : this.t("label", { author: this.day(at, now), time: this.time(at) });
  }
}

/** Returns how many midnights of the reader's time zone lie between two times. */
export function daysBetween(at: Date, now: Date): number {
  // In UTC, days have 24 hours all year.
  const day = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000;
  return day(now) - day(at);
}

function capital(text: string, language: string): string {
  const [first = "", ...rest] = text;
  return first.toLocaleUpperCase(language) + rest.join("");
}

function fill(text: string, values: Values = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export const ENGLISH = new Texts("en", english);

/** Returns the reader's own form of a language: that with a region, if one is wanted. */
export function localeOf(language: string, wanted: readonly (string | null | undefined)[]): string {
  const isSame = (tag: string | null | undefined) => tag?.split("-")[0]?.toLowerCase() === language.split("-")[0];
  const found = wanted.find((tag) => isSame(tag) && tag?.includes("-")) ?? language;
  try {
    return Intl.DateTimeFormat.supportedLocalesOf([found])[0] ?? language;
  } catch {
    // Not a language tag.
    return language;
  }
}

function addressOf(kind: string, language: string, hash = ""): string {
  return new URL(`../${hash}/${kind}-${language}.js`, import.meta.url).href;
}

/** Loads the texts of the first language that is there, from beside the panel's own file. */
export async function loadTexts(wanted: readonly (string | null | undefined)[]): Promise<Texts> {
  const language = pickLanguage(wanted, Object.keys(LOCALES));
  const hash = LOCALES[language]?.[0];
  const locale = localeOf(language, wanted);
  if (!hash) return new Texts("en", english, locale);
  const { strings } = (await import(addressOf("locale", language, hash))) as { strings: Strings };
  return new Texts(language, strings, locale);
}

export const TextsContext = createContext(ENGLISH);

export function useTexts(): Texts {
  return useContext(TextsContext);
}
