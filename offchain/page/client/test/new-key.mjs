// @ts-check
/** Writes a new key to a file that only its owner can read, and prints its address: `node test/new-key.mjs FILE`. */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";

import { DevelopmentKey } from "@bithive/client/development-key";

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error("new-key.mjs: expected a file");
  process.exit(2);
}
const secret = randomBytes(32);
writeFileSync(file, secret, { mode: 0o600, flag: "wx" });
console.log(DevelopmentKey.fromBytes(secret).address);
