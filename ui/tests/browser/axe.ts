// What axe finds on a page.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe = await readFile(createRequire(`${process.cwd()}/tests/`).resolve("axe-core/axe.min.js"), "utf8");

interface Axe {
  run(context: object, options: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
}

/** Returns what axe finds in the chat. */
export async function violations(page: Page): Promise<string[]> {
  // Evaluated by the browser's tools, which no policy of the page stops.
  await page.evaluate(`(() => { ${axe}\n; window.axe = axe; })()`);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: Axe };
    const results = await axe.run({ include: [["unicom-webchat"]] }, { resultTypes: ["violations"] });
    return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`));
  });
}
