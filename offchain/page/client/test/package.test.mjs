// @ts-check
/** The package as strangers get it: packed, unpacked in another folder beside its dependencies, and used by a script. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "bithive-package-"));
after(() => rmSync(folder, { recursive: true }));

const SCRIPT = `
import { ClientError, checkAddress, feeFor, parseAmount, parseJson, Rpc } from "@bithive/client";
import { Messages, jobResponse } from "@bithive/client/contracts/jobs";
import { DevelopmentKey } from "@bithive/client/development-key";

const key = DevelopmentKey.fromBytes(new Uint8Array(32).fill(1));
const { typeUrl } = new Messages(key.address, key.address).cancel({ job_id: 2n ** 63n });
let kind;
try {
  new Rpc("nonsense");
} catch (error) {
  kind = error instanceof ClientError && error.kind;
}
console.log(JSON.stringify([checkAddress(key.address), typeUrl, kind, String(parseAmount("1.5")), String(parseJson("9007199254740993")),
  feeFor(1000n, "0.025", "ubee").amount[0].amount, typeof jobResponse.check]));
`;

test("npm packs it, and a script elsewhere uses it", () => {
  // As the gate has built it: packing would build it again.
  const [packed] = JSON.parse(execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], { cwd: PACKAGE, encoding: "utf8" }));
  const files = /** @type {string[]} */ (packed.files.map((/** @type {{ path: string }} */ { path }) => path));
  assert.deepEqual(files.filter((file) => !/^(?:dist|src)\//.test(file)).sort(), ["LICENSE", "README.md", "package.json"]);
  for (const contract of readdirSync(join(PACKAGE, "src/contracts"))) {
    const name = contract.replace(".ts", "");
    for (const file of [`src/contracts/${name}.ts`, `dist/contracts/${name}.js`, `dist/contracts/${name}.d.ts`]) {
      assert(files.includes(file), file);
    }
  }
  assert(packed.size < 330_000, `${packed.size} bytes`);

  const license = (/** @type {string} */ path) => readFileSync(join(PACKAGE, path), "utf8");
  assert.equal(license("LICENSE"), license("../../../LICENSE"));

  const modules = join(folder, "node_modules");
  const unpacked = join(modules, "@bithive/client");
  mkdirSync(unpacked, { recursive: true });
  execFileSync("tar", ["--extract", "--file", join(folder, packed.filename), "--directory", unpacked, "--strip-components", "1"]);
  const { dependencies } = JSON.parse(readFileSync(join(unpacked, "package.json"), "utf8"));
  assert.deepEqual(Object.keys(dependencies), ["@noble/hashes", "@noble/secp256k1"]);
  for (const name of Object.keys(dependencies)) {
    cpSync(realpathSync(join(PACKAGE, "node_modules", name)), join(modules, name), { recursive: true });
  }
  writeFileSync(join(folder, "script.mjs"), SCRIPT);
  const said = JSON.parse(execFileSync(process.execPath, ["script.mjs"], { cwd: folder, encoding: "utf8" }));
  assert.match(said[0], /^bithive1[a-z0-9]{38}$/);
  assert.deepEqual(said.slice(1), ["/cosmwasm.wasm.v1.MsgExecuteContract", "invalid_input", "1500000", "9007199254740993", "25", "function"]);

  // And a strict program in TypeScript sees the types.
  writeFileSync(join(folder, "program.mts"), `
import { Queries, type JobResponse } from "@bithive/client/contracts/jobs";
import type { Chain } from "@bithive/client";
export const job = async (chain: Chain): Promise<bigint | undefined> => {
  const found: JobResponse = await new Queries(chain, "bithive1").job({ job_id: 1n });
  // @ts-expect-error: numbers of 64 bits are bigints.
  await new Queries(chain, "bithive1").job({ job_id: 1 });
  return found.job_id;
};
`);
  const options = ["--noEmit", "--strict", "--module", "NodeNext", "--target", "ES2022", "--lib", "ES2023,DOM", "--types", ""];
  try {
    execFileSync(join(PACKAGE, "node_modules/.bin/tsc"), [...options, "program.mts"], { cwd: folder, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    assert.fail(/** @type {any} */ (error).stdout);
  }
});
