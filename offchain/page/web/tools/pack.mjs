// Writes a build into the folder that is committed, packed by Brotli where that helps, with checksums of the unpacked files; or,
// with --check, compares the two. Also holds the page to its sizes.
//
//   node tools/pack.mjs --write|--check BUILT COMMITTED
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants, gzipSync } from "node:zlib";

import { PARTS } from "./parts.mjs";

/** Most bytes of all scripts and styles but those of payments, each by gzip. They have 111,872. */
const MOST_CODE = 120_000;
/** Most bytes of what the first page loads, each by gzip: the page, its entry script, the styles. */
const MOST_FIRST = 350 * 1024;
const SUMS = "checksums.txt";

const [mode, built, committed] = process.argv.slice(2);
if (!["--write", "--check"].includes(mode ?? "") || built === undefined || committed === undefined) {
  console.error("pack.mjs: expected --write or --check, the built folder and the committed one");
  process.exit(2);
}

function list(folder) {
  return readdirSync(folder, { recursive: true }).filter((name) => statSync(join(folder, name)).isFile()).sort();
}

const sum = (bytes) => createHash("sha256").update(bytes).digest("hex");
const files = new Map(list(built).map((name) => [name, readFileSync(join(built, name))]));
const sums = [...files].map(([name, bytes]) => `${sum(bytes)}  ${name}\n`).join("");

const gzip = (name) => gzipSync(files.get(name) ?? Buffer.alloc(0), { level: 9 }).length;
const code = [...files.keys()].filter((name) => /\.(js|css)$/.test(name));
const sizes = (names) => names.reduce((all, name) => all + gzip(name), 0);
const parts = PARTS.map(([what, files, most]) => ({ what, most, size: sizes(code.filter((name) => files.test(name))) }));
const total = sizes(code) - parts.reduce((all, { size }) => all + size, 0);
const page = files.get("index.html")?.toString() ?? "";
const first = ["index.html", ...code.filter((name) => page.includes(name))];
const load = sizes(first);
console.log(`scripts and styles ${total} bytes by gzip, most ${MOST_CODE}; first load ${load}, most ${MOST_FIRST}`);
parts.forEach(({ what, size, most }) => console.log(`${what} ${size} bytes by gzip, most ${most}`));
if (process.env.BITHIVE_PAGE_SIZES !== undefined) {
  code.forEach((name) => console.log(`${String(gzip(name)).padStart(8)}  ${name}`));
}
const faults = [];
if (total > MOST_CODE) {
  faults.push(`scripts and styles have ${total} bytes by gzip, more than ${MOST_CODE}`);
}
for (const { what, size, most } of parts.filter(({ size, most }) => size === 0 || size > most)) {
  faults.push(`the scripts of ${what} have ${size} bytes by gzip, expected some, and at most ${most}`);
}
if (load > MOST_FIRST) {
  faults.push(`the first load has ${load} bytes by gzip, more than ${MOST_FIRST}`);
}
// The Content-Security-Policy refuses these, and the page would be without them.
if (/<script(?![^>]*\bsrc=)[^>]*>|<style|\bstyle=|\bon[a-z]+=/.test(page)) {
  faults.push("index.html has a script or a style in itself");
}

if (mode === "--write" && faults.length === 0) {
  rmSync(committed, { recursive: true, force: true });
  for (const [name, bytes] of files) {
    const packed = brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    });
    const [path, content] = packed.length < bytes.length ? [`${name}.br`, packed] : [name, bytes];
    mkdirSync(dirname(join(committed, path)), { recursive: true });
    writeFileSync(join(committed, path), content);
  }
  writeFileSync(join(committed, SUMS), sums);
}
if (mode === "--check") {
  const names = list(committed).filter((name) => name !== SUMS);
  const found = names.map((name) => {
    const bytes = readFileSync(join(committed, name));
    return name.endsWith(".br") ? [name.slice(0, -3), brotliDecompressSync(bytes)] : [name, bytes];
  });
  const there = found.sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, bytes]) => `${sum(bytes)}  ${name}\n`).join("");
  const written = readFileSync(join(committed, SUMS), "utf8");
  if (there !== sums || written !== sums) {
    faults.push("dist is not what the sources give; run scripts/page-app and commit it");
  }
}
for (const fault of faults) {
  console.error(`pack.mjs: ${fault}`);
}
process.exitCode = faults.length === 0 ? 0 : 1;
