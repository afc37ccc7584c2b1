// The built module in Node's engine, with what the native code has made: tests/vectors/web.json. What the module seals goes to
// tests/vectors/module.json with BITHIVE_WRITE_VECTORS=1; `tests/it/module.rs` opens it.
//
//   node --test packages/web/tests/node/*.test.mjs        BITHIVE_WASM: another folder than offchain/page/web/wasm

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = process.env.BITHIVE_WASM ?? here("../../../../offchain/page/web/wasm");
const wasm = await import(pathToFileURL(`${folder}/bithive_web.js`));
const exported = wasm.initSync({ module: readFileSync(`${folder}/bithive_web_bg.wasm`) });
const given = JSON.parse(readFileSync(here("../vectors/web.json"), "utf8"));

const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
const hex = (array) => Buffer.from(array).toString("hex");
const altered = (array, position = array.length - 1) => array.map((byte, at) => (at === position ? byte ^ 1 : byte));
/** Checks that a call throws an error of this kind, which says what to do. */
const refused = (kind, call, text) =>
  assert.throws(call, (error) => {
    assert.ok(error instanceof Error, String(error));
    assert.equal(error.name, "BithiveError", String(error));
    assert.equal(error.kind, kind, error.message);
    assert.ok(error.message.length > 0 && error.remedy.length > 0);
    if (text !== undefined) assert.match(error.message, text);
    return true;
  });

const schema = wasm.Schema.bithive();
const policy = wasm.Policy.parse(given.policy, schema);
const key = wasm.RecordKey.fromBytes(bytes(given.recordKey));
const epoch = BigInt(given.epoch);
const jobId = BigInt(given.jobId);
const price = BigInt(given.price);
const shareKeys = () => new wasm.ShareKeys(bytes(given.table), epoch, given.threshold, bytes(given.posted));
const answered = () => {
  const pending = wasm.PendingTags.import(key, bytes(given.pending));
  given.answers.forEach((answer, index) => pending.answer(index + 1, bytes(answer)));
  return pending;
};
const tags = () => answered().finish(shareKeys());
const seal = () => tags().seal(policy, given.chainId, given.jobs, given.requester, bytes(given.endpoint));
const givenJob = () => wasm.JobSecrets.import(key, bytes(given.job));
const knowing = () => {
  const sender = new wasm.Sender(new wasm.ReferenceString(bytes(given.reference), bytes(given.referenceDigest)), given.groups);
  for (const { slot, commitment, digest, file } of given.keys) sender.learn(slot, bytes(commitment), bytes(digest), bytes(file));
  return sender;
};

test("policies are explained, and mistakes are placed", () => {
  const explained = policy.explain();
  assert.deepEqual(explained.attributes, ["vram", "region", "certifications"]);
  assert.equal(explained.leaves, 13);
  assert.equal(explained.evaluations, 11);
  assert.equal(explained.vaultBytes, given.vault.length / 2);
  assert.equal(typeof explained.decodingCost, "bigint");
  assert.equal(explained.shape.needed, 3);
  assert.deepEqual(explained.shape.of[0].of[2], { slot: 2, label: "vram>=16" });
  assert.deepEqual(schema.attributes()[0], { kind: "ordered", name: "vram", thresholds: [8n, 12n, 16n, 24n, 48n, 80n] });
  assert.equal(schema.slots()[6].label, "region");
  assert.equal(wasm.Policy.fromJson(policy.json(), schema).text(), policy.text());
  assert.equal(hex(wasm.Schema.parse(schema.json()).digest), hex(schema.digest));
  assert.throws(() => wasm.Policy.parse("vram >= 17", schema), { kind: "policy", column: 9 });
  refused("policy", () => wasm.Policy.fromJson("{}", schema));
  refused("schema", () => wasm.Schema.parse("{}"));
  assert.match(wasm.version(), /^\d+\.\d+\.\d+$/);
});

test("the committee's answers become tags, and liars are named", () => {
  const pending = wasm.PendingTags.import(key, bytes(given.pending));
  assert.equal(hex(pending.request()), given.request);
  assert.equal(pending.epoch, epoch);
  refused("committee", () => pending.finish(shareKeys()), /expected 2/);
  pending.answer(1, altered(bytes(given.answers[0]), 40));
  pending.answer(2, bytes(given.answers[1]));
  refused("committee", () => pending.finish(shareKeys()), /member 1/);
  pending.answer(3, bytes(given.answers[2]));
  const partly = pending.finish(shareKeys());
  assert.equal(partly.faults.length, 1);
  assert.equal(partly.faults[0].member, 1);
  assert.equal(wasm.Tags.import(key, partly.export(key)).epoch, epoch);
  refused("argument", () => pending.answer(0, bytes(given.answers[0])));
  refused("committee", () => pending.answer(1, new Uint8Array(100)));
  refused("epoch", () => new wasm.ShareKeys(bytes(given.table), epoch + 1n, given.threshold, bytes(given.posted)));
  refused("committee", () => new wasm.ShareKeys(bytes(given.table), epoch, given.threshold, new Uint8Array(96)));
  refused("epoch", () => {
    const other = policy.blind(epoch + 1n);
    other.answer(1, bytes(given.answers[0]));
    other.finish(shareKeys());
  });
});

test("a vault is sealed, and its claims open for its job only", () => {
  const job = seal();
  assert.equal(job.vault.length, policy.explain().vaultBytes);
  assert.equal(job.vaultDigest.length, 32);
  const { claim } = given;
  const message = bytes(claim.message);
  const own = givenJob();
  assert.equal(hex(own.vault), given.vault);
  const opened = own.openClaim(jobId, message);
  assert.equal(opened.address, claim.address);
  assert.equal(opened.slot, claim.slot);
  assert.equal(opened.ask, BigInt(claim.ask));
  const accept = (change = {}) => {
    const terms = { jobId, round: 1, price, slot: claim.slot, blsKey: bytes(claim.blsKey), ...change };
    return own.acceptClaim(terms.jobId, terms.round, message, terms.price, terms.slot, terms.blsKey);
  };
  assert.deepEqual(accept(), opened);
  refused("claim", () => accept({ round: 2 }));
  refused("claim", () => accept({ slot: 6 }));
  refused("claim", () => accept({ price: BigInt(claim.ask) - 1n }));
  refused("claim", () => accept({ jobId: 7n }));
  refused("claim", () => accept({ blsKey: new Uint8Array(48) }));
  refused("argument", () => accept({ round: 257 }));
  refused("claim", () => own.openClaim(jobId, altered(message)));
  refused("claim", () => job.openClaim(jobId, message));
  refused("claim", () => own.openClaim(jobId, new Uint8Array(3)));
  refused("vault", () =>
    tags().seal(wasm.Policy.parse("region = jp", schema), given.chainId, given.jobs, given.requester, bytes(given.endpoint)));
  refused("argument", () => tags().seal(policy, given.chainId, given.jobs, given.requester, new Uint8Array(31)));
  assert.equal(hex(wasm.aggregateConsents(bytes(given.consents))), given.aggregate);
});

test("rows are encrypted in parts, for the chosen slots", () => {
  const table = wasm.Table.fromCsv(new TextEncoder().encode("age,dose,label\n41,0.5,1\n55,1.25,0\n"));
  assert.deepEqual(table.columns, ["age", "dose"]);
  assert.deepEqual([...table.labels()], [1, 0]);
  assert.equal(table.dimensions, 2);
  assert.equal(table.select(Uint32Array.of(1)).rowCount, 1);
  refused("table", () => wasm.Table.fromCsv(new TextEncoder().encode("age\nseven\n")), /row 1, column "age"/);
  refused("table", () => table.select(Uint32Array.of(2)));

  const job = seal();
  const assignment = knowing().address(job, jobId, 1, Uint16Array.of(7, 2, 3));
  assert.equal(assignment.headers.length, 256);
  assert.equal(assignment.changedSlots, 3);
  const rows = table.encode();
  const parts = [];
  for (let at = 0; at < rows.length; at += 10) parts.push(assignment.write(rows.slice(at, at + 10)));
  const round = assignment.roundKey();
  const finished = assignment.finish();
  const payload = Buffer.concat([...parts, finished.sealed]);
  assert.equal(finished.length, BigInt(payload.length));
  assert.equal(hex(wasm.contentDigest(payload)), hex(finished.payload));
  const hasher = new wasm.ContentHasher();
  hasher.update(payload.subarray(0, 9));
  hasher.update(payload.subarray(9));
  assert.equal(hex(hasher.finish()), hex(finished.payload));
  refused("payload", () => assignment.finish());
  refused("payload", () => assignment.write(rows));
  assert.equal(round.jobId, jobId);
  if (process.env.BITHIVE_WRITE_VECTORS === "1") {
    const made = {
      vault: hex(job.vault), mask: hex(assignment.mask), headers: hex(assignment.headers), payload: hex(payload),
      payloadDigest: hex(finished.payload), inputCommitment: hex(finished.inputCommitment), rows: hex(rows),
    };
    writeFileSync(here("../vectors/module.json"), `${JSON.stringify(made, null, 2)}\n`);
  }

  const sender = knowing();
  refused("set", () => sender.address(job, jobId, 1, new Uint16Array()));
  refused("set", () => sender.address(job, jobId, 1, Uint16Array.of(1, 1)));
  refused("set", () => sender.address(job, jobId, 1, Uint16Array.of(9)));
  refused("argument", () => sender.address(job, jobId, 0, Uint16Array.of(1)));
  const [one, two] = given.keys;
  refused("key", () => sender.learn(1, bytes(one.commitment), bytes(one.digest), bytes(two.file)));
  refused("key", () => sender.learn(1, bytes(two.commitment), bytes(one.digest), bytes(one.file)));
  refused("argument", () => sender.learn(65537, bytes(one.commitment), bytes(one.digest), bytes(one.file)));
  refused("reference_string", () => new wasm.ReferenceString(bytes(given.reference), new Uint8Array(32)));
  const large = sender.address(job, jobId, 1, Uint16Array.of(1));
  refused("payload", () => large.write(new Uint8Array((16 << 20) + 1)), /16777216/);
});

test("the output of a worker opens, and no other", () => {
  const round = wasm.RoundKey.import(key, bytes(given.roundKey));
  const { worker, digest, sealed, masked, values } = given.output;
  const open = (change = {}) => {
    const all = { worker, digest: bytes(digest), sealed: bytes(sealed), masked: bytes(masked), ...change };
    return round.openOutput(all.worker, all.digest, all.sealed, all.masked);
  };
  const opened = open();
  assert.ok(opened instanceof Float32Array);
  assert.deepEqual([...opened], values);
  assert.deepEqual([...wasm.RoundKey.import(key, round.export(key)).openOutput(worker, bytes(digest), bytes(sealed), bytes(masked))], values);
  refused("output", () => open({ worker: "bithive1node1" }));
  refused("output", () => open({ masked: altered(bytes(masked)) }), /made from/);
  refused("output", () => open({ sealed: altered(bytes(sealed)) }), /content/);
  refused("output", () => {
    const changed = altered(bytes(sealed));
    open({ sealed: changed, digest: wasm.contentDigest(changed) });
  });
  refused("argument", () => open({ digest: new Uint8Array(31) }));
});

test("an attestation verifies, and any altered one fails", () => {
  const statements = given.statements.map((statement) => ({
    ...statement,
    jobId: BigInt(statement.jobId),
    ...Object.fromEntries(["model", "inputCommitment", "output", "masked", "workers"].map((name) => [name, bytes(statement[name])])),
  }));
  const [first, second] = statements;
  const [ofFirst, ofSecond, ofBoth] = given.signatures.map(bytes);
  wasm.verifyAttestation([first], ofFirst);
  wasm.verifyAttestation([second], ofSecond);
  wasm.verifyAttestation(statements, ofBoth);
  for (const change of [
    { chainId: "bithive-2" }, { jobs: "bithive1other" }, { jobId: 8n }, { round: 2 }, { model: altered(first.model) },
    { inputCommitment: altered(first.inputCommitment) }, { output: altered(first.output) }, { masked: altered(first.masked) },
    { members: 7 }, { signers: 3 }, { signers: 1, needed: 1 }, { needed: 3 }, { members: -1, signers: -1 }, { workers: new Uint8Array() },
  ]) {
    refused("statement", () => wasm.verifyAttestation([{ ...first, ...change }], ofFirst));
  }
  refused("statement", () => wasm.verifyAttestation([first], ofSecond));
  refused("statement", () => wasm.verifyAttestation([first], new Uint8Array(96)));
  refused("statement", () => wasm.verifyAttestation([], ofFirst));
  for (const change of [
    { jobId: 7 }, { round: 1.5 }, { round: 256 }, { model: "00" }, { model: new Uint8Array(31) }, { chainId: undefined },
    { workers: new Uint8Array(47) }, { members: 2 ** 33 },
  ]) {
    refused("argument", () => wasm.verifyAttestation([{ ...first, ...change }], ofFirst));
  }
});

test("records open under their key, as what they are, and show nothing", () => {
  const label = "rows of 7";
  const record = key.seal(label, new TextEncoder().encode("patient"));
  assert.equal(new TextDecoder().decode(key.open(label, record)), "patient");
  assert.ok(!Buffer.from(record).includes("patient"));
  refused("record", () => key.open("another label", record));
  refused("record", () => key.open(label, altered(record)));
  refused("record", () => wasm.RecordKey.fromBytes(new Uint8Array(32)).open(label, record));
  for (const handle of [wasm.JobSecrets, wasm.RoundKey, wasm.Tags, wasm.PendingTags]) refused("record", () => handle.import(key, record));
  refused("record", () => wasm.JobSecrets.import(key, bytes(given.roundKey)));
  refused("argument", () => wasm.RecordKey.fromBytes(new Uint8Array(31)));
  refused("argument", () => wasm.RecordKey.fromSignature(new Uint8Array(63)));
  const signed = (byte) => wasm.RecordKey.fromSignature(new Uint8Array(64).fill(byte));
  assert.equal(signed(1).open("", signed(1).seal("", Uint8Array.of(5)))[0], 5);
  refused("record", () => signed(2).open("", signed(1).seal("", Uint8Array.of(5))));
});

test("handles show no content, and what is freed is gone", () => {
  const job = seal();
  for (const handle of [key, job, tags(), policy]) assert.deepEqual(Object.keys(handle), ["__wbg_ptr"]);
  job.free();
  assert.throws(() => job.vault);
});

test("freed secrets are not in the module's memory any more", () => {
  // Its bytes come in from outside, so that the test has them: 32 that occur nowhere else.
  const secret = Uint8Array.from({ length: 32 }, (_, at) => (at * 37 + 11) & 255);
  const found = () => Buffer.from(exported.memory.buffer).includes(Buffer.from(secret));
  const own = wasm.RecordKey.fromBytes(secret);
  own.seal("", Uint8Array.of(1));
  assert.ok(found(), "the test looks in the right place");
  own.free();
  assert.ok(!found());
});

test("the largest set of results that agree is found", () => {
  const results = new Uint8Array(Uint32Array.of(10, 10, 500, 10, 12, 9, 11, 11).buffer);
  assert.equal(wasm.agreeing(results, 8, 2), 0b1101);
  assert.equal(wasm.agreeing(results, 8, 1), 0b1001);
  assert.equal(wasm.agreeing(new Uint8Array(), 8, 2), 0);
  refused("argument", () => wasm.agreeing(results.subarray(1), 8, 2), /31 bytes/);
});
