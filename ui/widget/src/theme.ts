import { css, mix, parseColor, readable, textOn } from "./color.ts";

/** How much of the accent is in grounds that are tinted with it, at most. */
const TINT = 0.16;

/** Sets the colors that follow from the accent of the page: of text on it, and of text in it. */
export function applyAccent(root: HTMLElement, accent: string | null): void {
  const { style } = root;
  const names = ["--unicom-on-accent", "--accent-ink"];
  for (const name of ["--unicom-accent", ...names]) style.removeProperty(name);
  if (accent) style.setProperty("--unicom-accent", accent);
  const computed = getComputedStyle(root);
  if (!computed.getPropertyValue("--unicom-accent")) return;

  // The browser knows all ways to write a color.
  const probe = document.createElement("span");
  root.append(probe);
  const colorOf = (value: string) => {
    probe.style.color = value;
    return parseColor(getComputedStyle(probe).color);
  };
  const color = colorOf("var(--unicom-accent)");
  const grounds = ["var(--bg)", "var(--bg-2)"].map(colorOf).filter((ground) => ground !== undefined);
  const ink = colorOf("var(--ink)");
  const isGiven = computed.getPropertyValue("--unicom-on-accent") !== "";
  probe.remove();
  if (!color || !ink) return;
  if (!isGiven) style.setProperty("--unicom-on-accent", css(textOn(color)));
  style.setProperty("--accent-ink", css(readable(color, [...grounds, ...grounds.map((ground) => mix(ground, color, TINT))], ink)));
}
