// @ts-check
/** Addresses, amounts, bytes, events and errors: as the programs in Rust read and write them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import {
  DECIMALS, PREFIX, amountDigits, checkAddress, eventsOf, fromBase64, fromHex, isAddress, parseAmount, showAmount, toBase64, toHex,
} from "@bithive/client";
import { hooks as jobsHooks } from "@bithive/client/contracts/jobs";
import { hooks as stakingHooks } from "@bithive/client/contracts/staking";
import { decodeBech32, encodeBech32 } from "../dist/address.js";
import { REGISTERED, txError } from "../dist/failure.js";
import { Random } from "./random.mjs";

/** A file of the repository. @param {string} path */
function source(path) {
  return readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");
}

test("bech32 takes the valid strings of BIP-173 and refuses the others", () => {
  for (const text of [
    "A12UEL5L", "a12uel5l", "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
    "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", "?1ezyfcl",
  ]) {
    const decoded = decodeBech32(text);
    // The first ones have data that is no number of whole bytes in BIP-173's own sense.
    assert(decoded === undefined || encodeBech32(decoded.prefix, decoded.bytes) === text.toLowerCase(), text);
  }
  assert.deepEqual(decodeBech32("A12UEL5L"), { prefix: "a", bytes: new Uint8Array() });
  for (const text of [
    "\u00201nwldj5", "\u007f1axkwrx", "\u00801eym55h", "pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "de1lg7wt\u00ff",
    "A1G7SGD8", "10a06t8", "1qzzfhee", "a12UEL5L", "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569pvx",
  ]) {
    assert.equal(decodeBech32(text), undefined, text);
  }
  const random = new Random(3);
  for (let count = 0; count < 200; count += 1) {
    const bytes = random.bytes(random.below(45));
    const text = encodeBech32("bithive", bytes);
    assert.deepEqual(decodeBech32(text), { prefix: "bithive", bytes });
    const at = 8 + random.below(text.length - 8);
    const other = random.pick([..."qpzry9x8gf2tvdw0s3jn54khce6mua7l"].filter((letter) => letter !== text[at]));
    assert.equal(decodeBech32(text.slice(0, at) + other + text.slice(at + 1)), undefined, "a typing error");
  }
});

test("bech32 has one text for each value: bits that fill the last letter are 0", () => {
  const letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  const good = encodeBech32("bithive", new Uint8Array(32));
  // The code is linear: a change of the last group of data changes the checksum by the remainder of that change.
  let remainder = 1;
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  for (let step = 0; step < 6; step += 1) {
    const top = remainder >>> 25;
    remainder = (remainder & 0x1ffffff) << 5;
    generators.forEach((generator, bit) => { remainder ^= (top >>> bit) & 1 ? generator : 0; });
  }
  const changes = [1, ...Array.from({ length: 6 }, (_, index) => (remainder >>> (5 * (5 - index))) & 31)];
  const tail = [...good.slice(-7)].map((letter, index) => letters[letters.indexOf(letter) ^ (changes[index] ?? 0)]);
  assert.equal(decodeBech32(good)?.bytes.length, 32);
  assert.equal(decodeBech32(good.slice(0, -7) + tail.join("")), undefined);
});

test("addresses are of this network, and errors say what is wrong", () => {
  const account = encodeBech32("bithive", new Uint8Array(20).fill(7));
  assert.equal(checkAddress(account), account);
  assert(isAddress(encodeBech32("bithive", new Uint8Array(32))));
  for (const [bad, words] of /** @type {const} */ ([
    ["", /mistyped/],
    [account.slice(0, -1), /mistyped/],
    [encodeBech32("cosmos", new Uint8Array(20)), /begins with "cosmos", expected "bithive"/],
    [account.toUpperCase(), /not in lower case/],
    [encodeBech32("bithive", new Uint8Array(21)), /21 bytes, expected 20 \(account\) or 32/],
  ])) {
    assert.throws(() => checkAddress(bad), (/** @type {any} */ error) => error.kind === "invalid_address" && words.test(error.message), bad);
    assert(!isAddress(bad));
  }
});

test("amounts are read and written as the commands do", () => {
  for (const [text, amount, shown] of /** @type {const} */ ([
    ["0", 0n, "0 BTT"],
    ["12.5", 12_500_000n, "12.5 BTT"],
    ["0.000001", 1n, "0.000001 BTT"],
    ["1234567", 1_234_567_000_000n, "1,234,567 BTT"],
    ["340282366920938463463374607431768.211455", 2n ** 128n - 1n, "340,282,366,920,938,463,463,374,607,431,768.211455 BTT"],
  ])) {
    assert.equal(parseAmount(text), amount);
    assert.equal(amountDigits(amount), text);
    assert.equal(showAmount(amount.toString()), shown);
    assert.equal(showAmount(amount, "BTK"), shown.replace("BTT", "BTK"));
  }
  for (const bad of ["", "-1", "--1", "1.", ".5", "1e6", "1.0000001", "12 BTT", "1,000", "340282366920938463463374607431768.211456", "１"]) {
    assert.throws(() => parseAmount(bad), { kind: "invalid_amount" }, bad);
  }
  for (const bad of [-1n, "1.5", "", "0x1"]) {
    assert.throws(() => showAmount(bad), { kind: "invalid_amount" });
  }
});

test("bytes have one text each", () => {
  const random = new Random(4);
  for (const length of [0, 1, 2, 3, 64, 9_000]) {
    const bytes = random.bytes(length);
    assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
    assert.equal(toBase64(bytes), Buffer.from(bytes).toString("base64"));
    assert.deepEqual(fromHex(toHex(bytes)), bytes);
  }
  for (const bad of ["A", "AA", "AA=", "AB==", "AAB=", "A A=", "-_==", "====", "AA==AA=="]) {
    assert.throws(() => fromBase64(bad), { kind: "unreadable" }, bad);
  }
  for (const bad of ["a", "zz", "0x12", " 12"]) {
    assert.throws(() => fromHex(bad), { kind: "unreadable" }, bad);
  }
});

test("what a token's receiver is told is checked, and its integers are whole", () => {
  const said = (/** @type {string} */ msg) => Buffer.from(msg, "base64").toString();
  assert.equal(said(jobsHooks.addEscrow({ job_id: 2n ** 64n - 1n })), '{"add_escrow":{"job_id":18446744073709551615}}');
  assert.equal(said(stakingHooks.pledge()), '{"pledge":{}}');
  const wrong = { kind: "invalid_input" };
  assert.throws(() => jobsHooks.addEscrow({ job_id: 2n ** 64n }), wrong);
  assert.throws(() => stakingHooks.delegate(/** @type {any} */ ({ node: "bithive1", shares: "1" })), wrong);
  assert.throws(() => stakingHooks.register(/** @type {any} */ ({ tera: 4 })), wrong);
});

test("events are read as contracts write them, from their own contract only", () => {
  /** @type {{ type: string, attributes: { key: string, value: string }[] }[]} */
  const golden = JSON.parse(source("packages/api/tests/golden/jobs.json"));
  const from = (/** @type {string} */ contract) => golden.map(({ type, attributes }) =>
    ({ kind: `wasm-${type}`, attributes: [{ key: "_contract_address", value: contract }, ...attributes] }));
  const events = [...from("forger"), ...from("jobs"), { kind: "wasm", attributes: [{ key: "_contract_address", value: "jobs" }, { key: "action", value: "mint" }] }];
  const posted = eventsOf(events, "jobs", "job_posted");
  assert.equal(posted.length, golden.filter(({ type }) => type === "job_posted").length);
  const [first] = posted;
  assert(first !== undefined);
  assert.deepEqual([first.u64("job_id"), first.amount("price"), first.text("requester"), first.get("round")], [7n, 12_500_000n, "cosmwasm1requester", undefined]);
  assert.throws(() => first.text("round"), { kind: "unreadable" });
  assert.throws(() => first.u64("requester"), { kind: "unreadable" });
  const [assigned] = eventsOf(events, "jobs", "job_assigned");
  assert((assigned?.addresses("workers").length ?? 0) > 1);
  assert.equal(eventsOf(events, "jobs")[0]?.text("action"), "mint");
  const twice = { kind: "wasm", attributes: [{ key: "_contract_address", value: "real" }, { key: "_contract_address", value: "jobs" }] };
  assert.deepEqual(eventsOf([twice], "jobs"), [], "the first one counts");
});

test("what is written twice, here and in Rust, is the same", () => {
  const rows = source("relayer/chain/src/rpc/failure.rs").matchAll(/\(Failure::(\w+), "(\w+)", (\d+), "([^"]+)"\)/g);
  assert.deepEqual(Array.from(rows, ([, name, space, code, words]) => [name, space, Number(code), words]), REGISTERED.map((row) => [...row]));
  const constant = (/** @type {string} */ path, /** @type {RegExp} */ pattern) => pattern.exec(source(path))?.[1];
  assert.equal(constant("relayer/chain/src/address.rs", /BECH32_PREFIX: &str = "(\w+)"/), PREFIX);
  assert.equal(constant("offchain/chain-tools/client/src/amount.rs", /DECIMALS: usize = (\d+)/), DECIMALS.toString());
  const account = source("offchain/page/client/src/account.ts");
  const margin = /GAS_MARGIN: \(u64, u64\) = \((\d+), (\d+)\)/.exec(source("relayer/chain/src/wallet.rs"));
  assert(account.includes(`GAS_MARGIN = [${margin?.[1]}n, ${margin?.[2]}n]`));
  const cap = constant("relayer/chain/src/wallet.rs", /GAS_CAP: u64 = ([\d_]+)/);
  assert(account.includes(`gasCap: ${cap}n`));
});

test("a contract's words do not pass for the chain's", () => {
  const outline = { chainId: "c", sender: "s", sequence: 1n, gasLimit: 5n, fee: undefined, contracts: ["k"], bytes: 9 };
  const read = (/** @type {number} */ code, /** @type {string} */ codespace, /** @type {string} */ log) => txError({ code, codespace, log }, outline, "fee").problem;
  const words = "incorrect account sequence: out of gas: execute wasm contract failed: unknown request";
  assert.deepEqual(read(6, "sdk", words), { kind: "contract_refused", message: 0, contract: "k", error: "incorrect account sequence: out of gas" });
  assert.deepEqual(read(5, "wasm", "failed to execute message; message index: 0: out of gas: execute wasm contract failed"),
    { kind: "contract_refused", message: 0, contract: "k", error: "out of gas" });
  assert.deepEqual(read(11, "sdk", "out of gas in location: ReadFlat; gasWanted: 100, gasUsed: 1060: out of gas"), { kind: "out_of_gas", limit: 100n, used: 1060n });
  assert.deepEqual(read(30, "sdk", "block height: 9, timeout height: 8: tx timeout height"), { kind: "tx_timed_out", height: 9n, timeoutHeight: 8n });
  assert.deepEqual(read(18, "sdk", "failed to execute message; message index: 0: unknown code: invalid request"), { kind: "message_failed", message: 0, reason: "unknown code" });
  const random = new Random(5);
  const pieces = ["rpc error: code = ", "desc = ", "message index: ", "got: ", "required: ", "expected ", "spendable balance ", " is smaller than ", "1ubee", "9".repeat(30), ": ", "out of gas", "𝄞"];
  for (let count = 0; count < 2_000; count += 1) {
    const log = random.list(12, () => random.pick(pieces)).join("");
    const error = txError({ code: random.below(45), codespace: random.pick(["sdk", "wasm", "x"]), log: log.repeat(random.pick([1, 100])) }, outline, "nothing");
    assert(error.message.length < 8_192, log);
  }
});
