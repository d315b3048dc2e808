// Makes the SDK's package for npm in out/sdk: modules, their types, licences and README. Checks what is in it, that it is
// published correctly (publint), and that a program can use it.
import { execFile } from "node:child_process";
import { copyFile, mkdir, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

process.chdir(fileURLToPath(new URL(".", import.meta.url)));
const run = promisify(execFile);
const TARGET = "out/sdk";
const problems = [];

await rm(TARGET, { recursive: true, force: true });
await run("npx", ["tsc", "-p", "sdk/tsconfig.package.json"]);
for (const file of await readdir(`${TARGET}/dist`, { recursive: true })) {
  if (!file.endsWith(".d.ts")) continue;
  // The compiler leaves the endings of modules in types as they are in the sources.
  const text = await readFile(`${TARGET}/dist/${file}`, "utf8");
  await writeFile(`${TARGET}/dist/${file}`, text.replace(/(from ".*|import\(".*)\.ts"/g, '$1.js"'));
}
const { private: _, exports: __, ...manifest } = JSON.parse(await readFile("sdk/package.json", "utf8"));
const published = {
  ...manifest,
  engines: { node: ">=20" },
  exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
  files: ["dist", "LICENSE-*"],
};
await writeFile(`${TARGET}/package.json`, `${JSON.stringify(published, null, 2)}\n`);
await copyFile("sdk/README.md", `${TARGET}/README.md`);
for (const licence of ["LICENSE-APACHE", "LICENSE-MIT"]) await copyFile(`../${licence}`, `${TARGET}/${licence}`);

const packed = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: TARGET });
const files = JSON.parse(packed.stdout)[0].files.map(({ path }) => path);
for (const path of ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "dist/index.js", "dist/index.d.ts"]) {
  if (!files.includes(path)) problems.push(`${path} is missing`);
}
for (const path of files) {
  if (!/^(LICENSE-(APACHE|MIT)|README\.md|package\.json|dist\/[\w./-]+\.(js|d\.ts))$/.test(path) || /test/.test(path)) problems.push(`${path} does not belong in it`);
}
const { messages } = await publint({ pkgDir: TARGET, strict: true });
for (const message of messages) problems.push(formatMessage(message, published));

// A program with the package: its types are strict, and it runs.
const PROGRAM = `import { Client, type Message, UnicomError } from "@unicom/sdk";
const client = new Client({ base: "https://chat.example/unicom", channel: "wk_x", storage: "memory" });
client.on("message", (message: Message) => void message.text.length);
const { connection, config } = client.state;
if (connection.status !== "idle" || config?.hours?.is_open || new UnicomError("x", "y").isTemporary) throw new Error("unexpected");
client.close();
`;
const program = "out/sdk-program";
await rm(program, { recursive: true, force: true });
await mkdir(`${program}/node_modules/@unicom`, { recursive: true });
await symlink(fileURLToPath(new URL(`${TARGET}`, import.meta.url)), `${program}/node_modules/@unicom/sdk`);
await writeFile(`${program}/package.json`, '{ "type": "module" }\n');
await writeFile(`${program}/index.ts`, PROGRAM);
const compilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  module: "nodenext",
  target: "es2022",
  lib: ["es2023", "dom", "dom.iterable", "dom.asynciterable"],
  types: [],
};
await writeFile(`${program}/tsconfig.json`, JSON.stringify({ compilerOptions }));
await run("npx", ["tsc", "-p", program]).catch(({ stdout }) => problems.push(stdout));
await run(process.execPath, [`${program}/index.js`]).catch(({ stderr }) => problems.push(stderr));

for (const problem of problems) console.error(`the SDK's package: ${problem}`);
if (problems.length) process.exit(1);
console.log(`ui: the SDK's package has ${files.length} files and is as it should be`);
