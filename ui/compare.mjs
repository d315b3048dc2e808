// Compares the committed files of crates/unicom-ui/dist with those that the sources make.
import { readFile, readdir } from "node:fs/promises";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { buildAll, table } from "./build.mjs";

const DIST = new URL("../crates/unicom-ui/dist/", import.meta.url);
const files = await buildAll();
const problems = [];
const read = (name) => readFile(new URL(name, DIST)).catch(() => Buffer.alloc(0));
const unpacked = async (unpack, name) => {
  try {
    return unpack(await read(name));
  } catch {
    return Buffer.alloc(0);
  }
};

const expected = ["assets.rs", ...[...files.keys()].flatMap((name) => [name, `${name}.br`, `${name}.gz`])].sort();
const found = (await readdir(DIST)).sort();
if (found.join() !== expected.join()) problems.push(`there are ${found.join(" ")} instead of ${expected.join(" ")}`);
for (const [name, bytes] of files) {
  if (!bytes.equals(await read(name))) problems.push(`${name} is not what the sources make`);
  // Other versions of zlib compress to other bytes.
  if (!bytes.equals(await unpacked(brotliDecompressSync, `${name}.br`))) problems.push(`${name}.br has another content`);
  if (!bytes.equals(await unpacked(gunzipSync, `${name}.gz`))) problems.push(`${name}.gz has another content`);
}
if ((await read("assets.rs")).toString() !== table(files)) problems.push("assets.rs is not the table of these files");

for (const problem of problems) console.error(`crates/unicom-ui/dist: ${problem}`);
if (problems.length) {
  console.error("run `npm run build` in ui/ and commit the result");
  process.exit(1);
}
console.log("ui: the committed files are those of the sources");
