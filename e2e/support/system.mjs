// Starts the built program on ports and a data directory of its own.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const PROGRAM = new URL("../../target/debug/pennypost", import.meta.url).pathname;
const START_LIMIT_MS = 30_000;

export const PASSWORD = "a password of the browser tests";

export async function startSystem(...flags) {
  const directory = await mkdtemp(join(tmpdir(), "pennypost-e2e-"));
  const child = spawn(
    PROGRAM,
    ["--addr", "127.0.0.1:0", "--console-addr", "127.0.0.1:0", "--data-dir", directory, ...flags],
    {
      env: { ...process.env, PENNYPOST_ADMIN_PASSWORD: PASSWORD },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const [url, consoleUrl] = await readyLine(child);
    return { url, consoleUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

// The line `ready URL CONSOLE_URL` on standard output.
function readyLine(child) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("not ready in time")), START_LIMIT_MS);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`ended before it was ready: ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (!line.startsWith("ready ")) return;
      clearTimeout(timer);
      resolve(line.split(" ").slice(1));
    });
  });
}
