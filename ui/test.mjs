// Bundles the tests of a folder and runs them with `node --test`: `node test.mjs unit [name]`.
import { spawn } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { binary } from "./server.mjs";

process.chdir(fileURLToPath(new URL(".", import.meta.url)));
const [kind = "unit", ...names] = process.argv.slice(2);
const all = (await readdir(`tests/${kind}`)).filter((file) => file.endsWith(".test.ts") || file.endsWith(".test.tsx"));
const wanted = all.filter((file) => names.length === 0 || names.some((name) => file.includes(name))).sort();
if (wanted.length === 0) throw new Error(`there is no test named so: ${all.join(", ")}`);

const out = `out/${kind}`;
await rm(out, { recursive: true, force: true });
await build({
  entryPoints: wanted.map((file) => `tests/${kind}/${file}`),
  outdir: out,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "inline",
  outExtension: { ".js": ".mjs" },
  define: { LOCALES: "{}", PARTS: "{}" },
  packages: "external",
  alias: { "@unicom/sdk": "./sdk/src/index.ts" },
  logLevel: "warning",
});
const files = wanted.map((file) => `${out}/${basename(file).replace(/\.tsx?$/, ".mjs")}`);
const options = ["--test", "--test-reporter=spec", "--enable-source-maps", `--test-concurrency=${kind === "browser" ? 2 : 4}`, "--test-timeout=300000"];
const environment = { ...process.env, UNICOM_BIN: binary };
const child = spawn(process.execPath, [...options, ...files], { stdio: "inherit", env: environment });
child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
