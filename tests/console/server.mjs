// A server of the program under test, on any free port, that stops with the test.
import { spawn, execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const program = process.env.ENTENTE_BIN;
if (!program) throw new Error("ENTENTE_BIN names the program under test; tests/run sets it");
// What a developer has set for the program is not meant for the tests.
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("ENTENTE_")));

export const isOptimised = !program.includes("/debug/");

/** Starts `entente demo` or `entente serve`; resolves once it says that it serves. With `credentials` nobody is answered without
 * one, and the client commands have the token of an operator who records, made before the start. */
export async function start(command, { credentials = false } = {}) {
  const directory = await mkdtemp(join(tmpdir(), "entente-console-"));
  const more = credentials ? ["--require-credentials"] : [];
  const first = ["token", "create", "operator", "--grant", "operator@*", "--grant", "recorder@*", "--data-dir", directory];
  const token = credentials ? { ENTENTE_TOKEN: (await promisify(execFile)(program, first, { env: environment })).stdout.trim() } : {};
  const child = spawn(program, [command, "--listen", "127.0.0.1:0", "--data-dir", directory, ...more], { env: environment, stdio: ["ignore", "pipe", "ignore"] });
  const base = await new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout });
    lines.on("line", (line) => { if (line.startsWith("serving ")) resolve(line.split(" ")[1]); });
    child.on("exit", (code) => reject(new Error(`entente ${command} ended with ${code} before it served`)));
  });
  return {
    base,
    /** Runs a client command against the server. */
    client: (...args) => promisify(execFile)(program, args, { env: { ...environment, ...token, ENTENTE_SERVER: base } }),
    /** Records events given as YAML. */
    async record(yaml) {
      const file = join(directory, "..", `${Math.random().toString(36).slice(2)}.yaml`);
      await writeFile(file, yaml);
      try { await this.client("record", file); } finally { await rm(file); }
    },
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
