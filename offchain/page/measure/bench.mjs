// The page's figures: sizes, times in Chromium, and its client beside CosmJS. `scripts/page-bench` says how.
import { createServer } from "node:http";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gzipSync } from "node:zlib";

import { DirectSecp256k1Wallet, Registry } from "@cosmjs/proto-signing";
import { SigningStargateClient, defaultRegistryTypes } from "@cosmjs/stargate";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { MsgExecuteContract } from "cosmjs-types/cosmwasm/wasm/v1/tx";
import puppeteer from "puppeteer-core";
import { build } from "vite";

import { Random } from "../client/test/random.mjs";
import { PARTS } from "../web/tools/parts.mjs";

const here = import.meta.dirname;
const root = join(here, "../../..");
const web = join(here, "../web");
const asJson = process.argv.includes("--json");
/** Another folder than that of the committed module: to compare two. */
const wasm = process.env.BITHIVE_WASM ?? join(web, "wasm");
const TRANSACTIONS = 1_000;
const MIB = 1 << 20;
const PEER = "CosmJS";

const gzip = (bytes) => gzipSync(bytes, { level: 9 }).length;
const figures = [];
/** `better` of a peer's value: how many times ours it is. */
function note(name, n, value, unit, peer = null, peerValue = null) {
  figures.push({ name, n, value, unit, peer, peer_value: peerValue, ratio: peerValue === null ? null : peerValue / value });
}

/** The page that is committed. */
function sizes() {
  const dist = join(web, "dist");
  const files = readdirSync(dist, { recursive: true }).filter((name) => statSync(join(dist, name)).isFile()).map((name) => {
    const bytes = readFileSync(join(dist, name));
    return name.endsWith(".br") ? [name.slice(0, -3), brotliDecompressSync(bytes)] : [name, bytes];
  });
  const page = files.find(([name]) => name === "index.html")[1].toString();
  const code = files.filter(([name]) => /\.(js|css)$/.test(name));
  const sum = (some) => some.reduce((all, [, bytes]) => all + gzip(bytes), 0);
  const payments = code.filter(([name]) => PARTS.some(([, files]) => files.test(name)));
  note("page: scripts and styles, gzip", code.length - payments.length, sum(code) - sum(payments), "bytes");
  note("page: payments, gzip", payments.length, sum(payments), "bytes");
  note("page: first load, gzip", 1, gzip(page) + sum(code.filter(([name]) => page.includes(name))), "bytes");
  note("page: module, gzip", 1, gzip(readFileSync(join(wasm, "bithive_web_bg.wasm"))), "bytes");
}

/** One entry and all that it needs, as a bundler gives it to a page. */
async function bundle(folder, name, code, own = {}) {
  const entry = join(here, `.${name}.mjs`);
  writeFileSync(entry, code);
  try {
    await build({
      root: here,
      configFile: false,
      logLevel: "error",
      resolve: own,
      build: { target: "es2022", outDir: join(folder, name), reportCompressedSize: false, minify: true,
        rolldownOptions: { input: entry, preserveEntrySignatures: "strict", output: { entryFileNames: `${name}.mjs`, codeSplitting: false } } },
    });
  } finally {
    rmSync(entry);
  }
  return join(folder, name, `${name}.mjs`);
}

/** The client, with the packages that the page has. */
const OWN = {
  alias: [
    { find: /^@bithive\/client$/, replacement: join(here, "../client/src/index.ts") },
    { find: /^@bithive\/client\/development-key$/, replacement: join(here, "../client/src/development-key.ts") },
    { find: /^@noble\/(.+)$/, replacement: `${join(web, "node_modules/@noble")}/$1` },
  ],
};

/** What a page needs to ask a contract, and to send it messages that a wallet signs. */
async function libraries(folder) {
  const ours = await bundle(folder, "ours", 'export { Chain, SendingAccount, connectKeplr, executeContract } from "@bithive/client";\n', OWN);
  const theirs = await bundle(folder, "theirs", 'export { SigningCosmWasmClient } from "@cosmjs/cosmwasm-stargate";\n');
  const size = (path) => gzip(readFileSync(path));
  note("client of contracts and wallets, gzip", 1, size(ours), "bytes", PEER, size(theirs));
}

/** The same transactions by both. */
async function transactions(folder) {
  const path = await bundle(folder, "signing", `export { assemble, document, executeContract } from "@bithive/client";
export { DevelopmentKey } from "@bithive/client/development-key";\n`, OWN);
  const ours = await import(path);
  const type = "/cosmwasm.wasm.v1.MsgExecuteContract";
  const registry = new Registry([...defaultRegistryTypes, [type, MsgExecuteContract]]);
  const random = new Random(20_260_102);
  let same = 0;
  const took = [0, 0];
  for (let count = 0; count < TRANSACTIONS; count += 1) {
    const secret = random.bytes(32);
    const [key, wallet] = [ours.DevelopmentKey.fromBytes(secret), await DirectSecp256k1Wallet.fromKey(secret, "bithive")];
    const { address, publicKey } = await key.getAccount();
    const json = JSON.stringify({ [`do_${random.below(10)}`]: { text: random.text(200), number: random.below(2 ** 32) } });
    const funds = random.list(2, () => ({ denom: "ubee", amount: random.bigint(100).toString() }));
    // CosmJS writes integers from 2^31 to 2^32 - 1 wrongly.
    const [accountNumber, sequence, gasLimit] = [random.below(2 ** 31), random.below(2 ** 31), BigInt(random.below(2 ** 31))];
    const [chainId, memo, amount] = [`chain-${random.below(99)}`, random.text(40), [{ denom: "ubee", amount: "25" }]];

    let began = performance.now();
    const asked = ours.document([ours.executeContract(address, address, json, funds)],
      { chainId, accountNumber: BigInt(accountNumber), sequence: BigInt(sequence), publicKey, fee: { amount, gasLimit }, memo });
    const { bytes } = ours.assemble(asked, await key.signDirect(address, asked));
    took[0] += performance.now() - began;

    began = performance.now();
    const client = await SigningStargateClient.offline(wallet, { registry });
    const value = MsgExecuteContract.fromPartial({ sender: address, contract: address, msg: Buffer.from(json), funds });
    const signed = await client.sign(address, [{ typeUrl: type, value }], { amount, gas: gasLimit.toString() }, memo, { accountNumber, sequence, chainId });
    const theirs = TxRaw.encode(signed).finish();
    took[1] += performance.now() - began;
    same += Buffer.compare(bytes, theirs) === 0 ? 1 : 0;
  }
  note("transactions with the bytes of the peer", TRANSACTIONS, same, "transactions", PEER, TRANSACTIONS);
  note("a transaction, written and signed in Node", TRANSACTIONS, took[0] / TRANSACTIONS, "ms", PEER, took[1] / TRANSACTIONS);
}

/** The module in Chromium, with what native parties have made (packages/web/tests/vectors). */
async function inChromium() {
  const given = readFileSync(join(root, "packages/web/tests/vectors/web.json"), "utf8");
  const kinds = { "/bithive_web.js": "text/javascript", "/bithive_web_bg.wasm": "application/wasm" };
  const server = createServer((asked, answer) => {
    const kind = kinds[asked.url];
    if (kind === undefined) {
      answer.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>page-bench</title>");
    } else {
      answer.writeHead(200, { "content-type": kind }).end(readFileSync(join(wasm, asked.url)));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const profile = mkdtempSync(join(tmpdir(), "bithive-page-bench-"));
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM, userDataDir: profile,
    // As root, in a container, Chromium has no sandbox of its own.
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const measured = await page.evaluate(async (text, length) => {
      const given = JSON.parse(text);
      const bytes = (hex) => Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
      const wasm = await import("/bithive_web.js");
      const began = performance.now();
      await wasm.default({ module_or_path: "/bithive_web_bg.wasm" });
      const load = performance.now() - began;
      const fastest = (times, run) => Math.min(...Array.from({ length: times }, () => {
        const began = performance.now();
        run();
        return performance.now() - began;
      }));
      const key = wasm.RecordKey.fromBytes(bytes(given.recordKey));
      const job = wasm.JobSecrets.import(key, bytes(given.job));
      const sender = new wasm.Sender(new wasm.ReferenceString(bytes(given.reference), bytes(given.referenceDigest)), given.groups);
      given.keys.forEach(({ slot, commitment, digest, file }) => sender.learn(slot, bytes(commitment), bytes(digest), bytes(file)));
      const slots = Uint16Array.from(given.keys, ({ slot }) => slot);
      const rows = new Uint8Array(length).fill(7);
      const seal = fastest(20, () => {
        const assignment = sender.address(job, BigInt(given.jobId), 1, slots);
        const first = assignment.write(rows);
        const { sealed } = assignment.finish();
        if (first.length + sealed.length < length) {
          throw new Error("too little was sealed");
        }
        assignment.free();
      });
      const [first] = given.statements;
      const statement = { ...first, jobId: BigInt(first.jobId) };
      for (const field of ["model", "inputCommitment", "output", "masked", "workers"]) {
        statement[field] = bytes(first[field]);
      }
      const verify = fastest(20, () => wasm.verifyAttestation([statement], bytes(given.signatures[0])));
      const open = () => wasm.PendingTags.import(key, bytes(given.pending));
      const evaluation = fastest(5, () => {
        const pending = open();
        given.answers.forEach((answer, index) => pending.answer(index + 1, bytes(answer)));
        pending.finish(new wasm.ShareKeys(bytes(given.table), BigInt(given.epoch), given.threshold, bytes(given.posted))).free();
      });
      return { load, seal, verify, evaluation, workers: statement.workers.length / 48, nodes: slots.length };
    }, given, MIB);
    note("Chromium: the module loaded", 1, measured.load, "ms");
    note(`Chromium: 1 MiB sealed for ${measured.nodes} nodes`, 20, measured.seal, "ms");
    note(`Chromium: a statement of ${measured.workers} workers verified`, 20, measured.verify, "ms");
    note("Chromium: the committee's answers checked and combined", 5, measured.evaluation, "ms");
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

const folder = mkdtempSync(join(tmpdir(), "bithive-page-bench-"));
try {
  sizes();
  await libraries(folder);
  await transactions(folder);
  await inChromium();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (asJson) {
  console.log(JSON.stringify({ figures }));
} else {
  const shown = (value) => (value === null ? "" : value.toLocaleString("en", { maximumFractionDigits: 2 }));
  for (const { name, value, unit, peer, peer_value: theirs, ratio } of figures) {
    console.log(`${name.padEnd(56)} ${shown(value).padStart(12)} ${unit}${peer === null ? "" : `, ${peer} ${shown(theirs)}, ratio ${shown(ratio)}`}`);
  }
}
