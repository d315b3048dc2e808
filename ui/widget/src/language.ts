/** Returns the first of `available` that one of the wanted language tags means, or English. */
export function pickLanguage(wanted: readonly (string | null | undefined)[], available: readonly string[]): string {
  for (const tag of wanted) {
    if (!tag) continue;
    const lower = tag.toLowerCase();
    const found =
      available.find((name) => name.toLowerCase() === lower) ??
      available.find((name) => name.split("-")[0] === lower.split("-")[0]);
    if (found) return found;
  }
  return "en";
}

/** Returns the direction in which a language is written. */
export function directionOf(language: string): "ltr" | "rtl" {
  return /^(ar|fa|he|ur)\b/.test(language) ? "rtl" : "ltr";
}
