// The module in Node's engine: microseconds of each operation, the fastest of several. Arguments: folder of the module, file of inputs.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const [folder, inputs] = process.argv.slice(2);
const wasm = await import(pathToFileURL(`${folder}/bithive_web.js`));
const module = readFileSync(`${folder}/bithive_web_bg.wasm`);
const given = JSON.parse(readFileSync(inputs, "utf8"));
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));

const loaded = performance.now();
wasm.initSync({ module });
const load = (performance.now() - loaded) * 1000;

/** Runs until half a second is over, three times at least; of slow ones, less. */
async function time(make, run) {
  let fastest = Infinity;
  let total = 0;
  for (let count = 0; count < 200 && (total < 500_000 || count < 3) && total < 5_000_000; count += 1) {
    const input = make();
    const began = performance.now();
    const result = await run(input);
    const took = (performance.now() - began) * 1000;
    result?.free?.();
    fastest = Math.min(fastest, took);
    total += took;
  }
  return fastest;
}
const nothing = () => undefined;

const schema = wasm.Schema.bithive();
const policy = wasm.Policy.parse(given.policy, schema);
const epoch = BigInt(given.epoch);
const key = wasm.RecordKey.fromBytes(new Uint8Array(32));
const shareKeys = new wasm.ShareKeys(bytes(given.table), epoch, 2, bytes(given.posted));
const pending = wasm.PendingTags.import(key, bytes(given.pending));
given.answers.forEach((answer, index) => pending.answer(index + 1, bytes(answer)));
const tags = pending.finish(shareKeys);
const endpoint = new Uint8Array(32);
const seal = () => tags.seal(policy, given.chainId, given.jobs, given.requester, endpoint);
const job = wasm.JobSecrets.import(key, bytes(given.job));
const message = bytes(given.claim);
const jobId = 1n;
const rows = new Uint8Array(1 << 20).fill(7);
const part = 1 << 16;
const statement = {
  ...given.statement,
  jobId,
  ...Object.fromEntries(["model", "inputCommitment", "output", "masked", "workers"].map((name) => [name, bytes(given.statement[name])])),
};
const signature = bytes(given.signature);

const times = {
  load,
  blind: await time(nothing, () => policy.blind(epoch)),
  finish: await time(nothing, () => pending.finish(shareKeys)),
  seal: await time(nothing, seal),
  claim: await time(nothing, () => void job.openClaim(jobId, message)),
  attestation: await time(nothing, () => wasm.verifyAttestation([statement], signature)),
};

for (const group of given.groups) {
  const text = bytes(group.reference);
  const digest = bytes(group.digest);
  const files = group.keys.map(({ slot, commitment, digest, file }) => [slot, bytes(commitment), bytes(digest), bytes(file)]);
  times[`reference ${group.slots}`] = await time(nothing, () => new wasm.ReferenceString(text, digest));
  const reference = new wasm.ReferenceString(text, digest);
  const sender = new wasm.Sender(reference, 1);
  times[`learn ${group.slots}`] = await time(nothing, () => void sender.learn(...files[0]));
  files.slice(1).forEach((file) => sender.learn(...file));
  const slots = Uint16Array.from(group.keys, ({ slot }) => slot);
  times[`payload ${group.slots}`] = await time(nothing, () => {
    const assignment = sender.address(job, jobId, 1, slots);
    for (let at = 0; at < rows.length; at += part) assignment.write(rows.subarray(at, at + part));
    assignment.finish();
    return assignment;
  });
}

// The peer of 1 MiB: what the browser has itself, with a key that both sides would already have to share.
const own = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
const aes = await time(
  () => crypto.getRandomValues(new Uint8Array(12)),
  async (iv) => void (await crypto.subtle.encrypt({ name: "AES-GCM", iv }, own, rows)),
);

console.log(JSON.stringify({ engine: `Node ${process.versions.node}`, bytes: module.length, gzip: gzipSync(module, { level: 9 }).length, aes, times }));
