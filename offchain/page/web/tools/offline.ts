import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Plugin } from "vite";

const WORKER = "sw.js";
const PLACE = "__FILES__";

/** Writes into the built service worker the digest of each file that was built. */
export function offline(): Plugin {
  let folder = "";
  return {
    name: "bithive-offline",
    apply: "build",
    configResolved({ root, build }) {
      folder = resolve(root, build.outDir);
    },
    closeBundle: {
      order: "post",
      handler() {
        const names = readdirSync(folder, { recursive: true }).map((name) => String(name).replaceAll("\\", "/"));
        const files = names.filter((name) => name !== WORKER && statSync(join(folder, name)).isFile()).sort();
        const digests = files.map((name) => [name, createHash("sha256").update(readFileSync(join(folder, name))).digest("hex")]);
        const code = readFileSync(join(folder, WORKER), "utf8");
        if (code.split(PLACE).length !== 2) {
          throw new Error(`${WORKER} has not one ${PLACE}`);
        }
        writeFileSync(join(folder, WORKER), code.replace(PLACE, JSON.stringify(Object.fromEntries(digests))));
      },
    },
  };
}
