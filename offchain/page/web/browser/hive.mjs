// A network of its own, in a folder, by the program's commands; and the page before it, which can be stopped while time passes.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { serve } from "../tools/serve.mjs";

export class Hive {
  #page;
  #front;
  #listen = "127.0.0.1:0";

  /** A network of `nodes` nodes below `folder`. `dist`: a build to serve in place of the program's. */
  static async make(program, folder, { nodes, dist }) {
    const hive = new Hive();
    Object.assign(hive, { program, folder, dist });
    mkdirSync(folder, { recursive: true });
    await hive.run("chain", "init", "--slots", "8");
    for (let node = 1; node <= nodes; node += 1) {
      await hive.run("node", "add", `n${node}`, "--ask", `1${node}`, "--set", "vram=24", "--set", "region=eu", "--set", "certifications=gdpr");
    }
    return hive;
  }

  /** The path of a file in the network's folder. */
  path(name) {
    return join(this.folder, name);
  }

  /** A file in the network's folder. */
  file(name, content) {
    const path = this.path(name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }

  /** What a command prints with --json. `code` is the exit code that is expected. */
  run(...args) {
    return this.ended(0, ...args);
  }

  ended(code, ...args) {
    // While the page has the chain, others ask it for it.
    const served = this.#page !== undefined && ["wallet", "rewards", "treasury", "stream", "voucher", "invoice", "pay", "escrow"].includes(args[0]);
    const place = served ? ["--chain", JSON.parse(readFileSync(join(this.folder, "home/chain.json"), "utf8")).url] : [];
    return new Promise((resolve, reject) => {
      execFile(this.program, ["--home", join(this.folder, "home"), ...args, ...place, "--json"], { maxBuffer: 64 << 20 }, (error, out, said) => {
        const ended = error === null ? 0 : error.code;
        if (ended === code) {
          resolve(out.trim() === "" ? undefined : JSON.parse(out));
        } else {
          reject(new Error(`bithive ${args.join(" ")} ended with ${ended}: ${out}${said}`));
        }
      });
    });
  }

  /** What a contract answers, while the page is served. */
  async ask(contract, query) {
    const { contracts } = await fetch(`${this.origin}/config.json`).then((answer) => answer.json());
    const body = JSON.stringify([{ contract: contracts[contract], query }]);
    const { results } = await fetch(`${this.origin}/x/batch`, { method: "POST", headers: { "content-type": "application/json" }, body }).then((answer) => answer.json());
    assert.ok("value" in results[0], results[0].error);
    return results[0].value;
  }

  /** Serves the page, at the same address each time. */
  async start() {
    const args = ["--home", join(this.folder, "home"), "page", "--listen", this.#listen, "--every-ms", "300", "--stop-with-stdin", "--json"];
    const child = spawn(this.program, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#page = child;
    let text = "";
    for await (const line of createInterface(child.stdout)) {
      text += line;
      try {
        const { url, sessions } = JSON.parse(text);
        this.#listen = new URL(url).host;
        this.token = new URL(sessions[0].url).hash.slice("#token=".length);
        if (this.dist !== undefined) {
          this.#front ??= await serve(url, this.dist);
        }
        this.origin = new URL(this.#front?.url ?? url).origin;
        return;
      } catch (error) {
        assert.ok(error instanceof SyntaxError, error);
      }
    }
    throw new Error(`the page ended: ${text}`);
  }

  async stop() {
    const child = this.#page;
    this.#page = undefined;
    if (child !== undefined) {
      child.kill("SIGTERM");
      await new Promise((resolve) => child.on("exit", resolve));
    }
  }

  /** Lets time pass on the chain, while the page is stopped. */
  async pass(seconds) {
    await this.stop();
    await this.run("chain", "advance", "--seconds", `${seconds}`);
    await this.start();
  }

  async end() {
    await this.stop();
    this.#front?.server.closeAllConnections();
    this.#front?.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
