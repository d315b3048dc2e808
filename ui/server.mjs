// Starts the server's binary in an empty folder, for checks and tests that need a real one.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const BINARY = process.env.UNICOM_BIN ?? fileURLToPath(new URL("../target/debug/unicom", import.meta.url));

function sparePort() {
  return new Promise((resolve, reject) => {
    const listener = createServer().once("error", reject);
    listener.listen(0, "127.0.0.1", () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });
}

async function answers(url, child) {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (child.exitCode !== null) return false;
    const response = await fetch(url).catch(() => null);
    if (response?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/**
 * Starts `unicom quickstart`: a web chat with the echo bot, on SQLite.
 * Returns its origin, its process id, its folder, how to run commands on its database, and how to stop it.
 */
export async function startServer(options = {}) {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "unicom-ui-")));
  const port = options.port ?? (await sparePort());
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("UNICOM_")));
  const env = { ...inherited, UNICOM_RATE_LIMIT: "off", ...options.environment };
  const child = spawn(BINARY, ["quickstart", "--listen", `127.0.0.1:${port}`], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (log = (log + chunk).slice(-20_000)));
  child.on("error", (error) => (log += error.message));
  const origin = `http://127.0.0.1:${port}`;
  if (!(await answers(`${origin}/readyz`, child))) {
    child.kill("SIGKILL");
    throw new Error(`the server ${BINARY} did not start:\n${log}`);
  }
  return {
    origin,
    port,
    folder,
    pid: child.pid,
    log: () => log,
    async command(words, input = "") {
      const running = promisify(execFile)(BINARY, words, { cwd: folder, env });
      running.child.stdin.end(input);
      return (await running).stdout;
    },
    async stop({ keep = false, signal = "SIGTERM" } = {}) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await ended;
      }
      if (!keep) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The path of the server's binary. */
export const binary = BINARY;
