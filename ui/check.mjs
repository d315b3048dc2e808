// Rules that the sources keep, and the budgets of the built files.
import { readFile, readdir } from "node:fs/promises";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";
import { buildAll, brotli } from "./build.mjs";

const problems = [];

/** What no line of the sources may have, and why. */
const FORBIDDEN = [
  [/\.(inner|outer)HTML\b|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write\b|DOMParser|setHTML/, "HTML is never handed to the browser"],
  [/\beval\(|new Function\(/, "no code is made from text"],
  [/\bconsole\./, "the page's console belongs to the page"],
  [/\bstyle=\{|\.style\.(left|right)\b/, "styles are in sheets, and know no left and right"],
  [/\bany\b(?=[\s,;)\]>|&]|$)(?<=[:<|&(]\s*any|as any)/, "types are strict"],
  [/^export default/, "exports have names"],
  [/@ts-(ignore|nocheck|expect-error)/, "types are strict"],
];
const ADDRESS = /\bhttps?:\/\/[^\s"'`<>)]+/g;
const KNOWN_ADDRESSES = [/^https?:\/\/(www\.w3\.org\/2000\/svg|chat\.example\/)/];
/** Physical directions, which are wrong in half of the world. */
const PHYSICAL = /(^|[\s;{-])(left|right)\b(?!\s*[,)]?\s*infinite)/;

async function files(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`);
}

for (const folder of ["sdk/src", "widget/src"]) {
  for (const file of await files(folder)) {
    const lines = (await readFile(file, "utf8")).split("\n");
    lines.forEach((line, index) => {
      const report = (why) => problems.push(`${file}:${index + 1}: ${why}: ${line.trim().slice(0, 100)}`);
      if (file.endsWith(".css")) {
        if (PHYSICAL.test(line)) report("logical properties instead of left and right");
        if (/@import|url\(/.test(line)) report("sheets load nothing");
        return;
      }
      if (file.endsWith("schema.ts")) return;
      const isComment = /^\s*(\/\/|\*|\/\*)/.test(line);
      for (const [pattern, why] of isComment ? [] : FORBIDDEN) {
        if (pattern.test(line) && !(file.endsWith("modules.d.ts") && why === "exports have names")) report(why);
      }
      for (const [address] of isComment ? [] : line.matchAll(ADDRESS)) {
        if (!KNOWN_ADDRESSES.some((known) => known.test(address))) report("no other host is named");
      }
    });
  }
}

// The texts that no component uses, and the plural forms that languages need.
const sources = (await files("widget/src")).filter((file) => /\.tsx?$/.test(file) && !file.includes("/locales/"));
const code = (await Promise.all(sources.map((file) => readFile(file, "utf8")))).join("\n");
const launcher = await stringsOf("widget/src/launcher-texts.ts", "LAUNCHER_TEXTS");
for (const folder of ["widget/src/locales", "widget/src/locales/parts"]) {
  const english = await stringsOf(`${folder}/en.ts`);
  for (const key of Object.keys(english)) {
    if (!new RegExp(`"${key}"`).test(code)) problems.push(`${folder}/en.ts: \`${key}\` is not used`);
  }
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(".ts")).sort()) {
    const language = file.replace(/\.ts$/, "");
    if (!(language in launcher)) problems.push(`widget/src/launcher-texts.ts: the language of ${file} is missing`);
    compareTexts(`${folder}/${file}`, english, await stringsOf(`${folder}/${file}`), language);
  }
}

function compareTexts(file, english, strings, language) {
  const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  for (const [key, text] of Object.entries(english)) {
    const translated = strings[key];
    const forms = typeof text === "string" ? [translated] : Object.values(translated ?? {});
    if (translated === undefined) problems.push(`${file}: \`${key}\` is missing`);
    if (typeof text !== "string") {
      for (const category of categories) {
        if (!(category in (translated ?? {}))) problems.push(`${file}: \`${key}\` has no form for \`${category}\``);
      }
    }
    const names = (form) => [...String(form).matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort().join();
    const wanted = names(typeof text === "string" ? text : text.other);
    for (const form of forms) {
      // A form for one thing may leave the number out.
      if (names(form) !== wanted && names(form) !== wanted.replace(/\bn\b,?/, "")) {
        problems.push(`${file}: \`${key}\` names {${names(form)}} instead of {${wanted}}`);
      }
    }
  }
}

async function stringsOf(entry, name = "strings") {
  return (await import(`data:text/javascript,${encodeURIComponent(await compiled(entry))}`))[name];
}

async function compiled(entry) {
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, format: "esm" });
  return outputFiles[0].text;
}

// Budgets, in bytes of Brotli.
const built = await buildAll();
const size = (name) => brotli(built.get(name)).length;
const locales = [...built.keys()].filter((name) => /^(locale|parts)-/.test(name));
const sdk = await build({ entryPoints: ["sdk/src/index.ts"], bundle: true, write: false, format: "esm", minify: true, target: "es2022" });
const BUDGETS = [
  ["widget.js", size("widget.js"), 3 * 1024],
  ["app.js", size("app.js"), 40 * 1024],
  ["all with a locale", size("widget.js") + size("app.js") + Math.max(...locales.filter((name) => name.startsWith("locale-")).map(size)), 45 * 1024],
  ["the SDK alone", brotliCompressSync(sdk.outputFiles[0].contents, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length, 14 * 1024],
  ...locales.map((name) => [name, size(name), 2 * 1024]),
  ...[...built.keys()].filter((name) => name.startsWith("part-")).map((name) => [name, size(name), 4 * 1024]),
];
for (const [name, bytes, most] of BUDGETS) {
  console.log(`${name.padEnd(20)} ${String(bytes).padStart(6)} of ${most} bytes`);
  if (bytes > most) problems.push(`${name} has ${bytes} bytes, and may have ${most}`);
}

for (const problem of problems) console.error(problem);
if (problems.length) process.exit(1);
console.log("ui: sources, texts and sizes are as they should be");
