type Rgb = readonly [red: number, green: number, blue: number];

/** The least contrast of text that WCAG 2.2 allows at level AA. */
const ENOUGH = 4.5;

/** Reads a computed color, `rgb(…)` or `rgba(…)`. */
export function parseColor(text: string): Rgb | undefined {
  const found = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(text);
  return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : undefined;
}

function luminance([red, green, blue]: Rgb): number {
  const linear = (value: number) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** Returns the contrast of two colors, from 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Returns the color that lies a part of the way from one to the other. */
export function mix(from: Rgb, to: Rgb, part: number): Rgb {
  const at = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * part);
  return [at(0), at(1), at(2)];
}

const TEXTS: readonly Rgb[] = [
  [255, 255, 255],
  [13, 16, 32],
  [0, 0, 0],
];

/** Returns the color of text on `ground`: white if it can be read, else a dark one. */
export function textOn(ground: Rgb): Rgb {
  // On any color, white or black can be read.
  return TEXTS.find((text) => contrast(ground, text) >= ENOUGH) ?? [0, 0, 0];
}

/** Returns `color`, moved towards `ink` as far as text on all of `grounds` needs. */
export function readable(color: Rgb, grounds: readonly Rgb[], ink: Rgb): Rgb {
  for (let part = 0; part < 1; part += 0.05) {
    const mixed = mix(color, ink, part);
    if (grounds.every((ground) => contrast(mixed, ground) >= ENOUGH)) return mixed;
  }
  return ink;
}

export function css([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}
