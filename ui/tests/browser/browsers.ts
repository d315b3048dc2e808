// The browsers, as they are installed: nothing is downloaded. UNICOM_BROWSER names one; Chromium is the default.
import { existsSync } from "node:fs";
import { type Browser, chromium, firefox } from "playwright-core";

const CHROMIUM = [process.env["CHROMIUM_BIN"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const FIREFOX = [process.env["FIREFOX_BIN"], "/usr/bin/firefox-esr", "/usr/bin/firefox"];

export const isFirefox = process.env["UNICOM_BROWSER"] === "firefox";

/** Starts the browser. `more` are arguments for Chromium. */
export function launch(more: readonly string[] = []): Promise<Browser> {
  return isFirefox ? launchFirefox() : launchChromium(more);
}

function launchChromium(more: readonly string[]): Promise<Browser> {
  const executablePath = CHROMIUM.find((path) => path && existsSync(path));
  if (!executablePath) {
    throw new Error("there is no Chromium: install what is called chromium in Debian, or name it in CHROMIUM_BIN");
  }
  const args = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    ...more,
  ];
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  return chromium.launch({ executablePath, args });
}

/** An ordinary Firefox is controlled by WebDriver BiDi. */
function launchFirefox(): Promise<Browser> {
  const executablePath = FIREFOX.find((path) => path && existsSync(path));
  if (!executablePath) {
    throw new Error("there is no Firefox: install what is called firefox-esr in Debian, or name it in FIREFOX_BIN");
  }
  return firefox.launch({ executablePath, channel: "moz-firefox" });
}
