// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { DirectSecp256k1Wallet, Registry } from "@cosmjs/proto-signing";
import { SigningStargateClient, defaultRegistryTypes } from "@cosmjs/stargate";
import { MsgExecuteContract } from "cosmjs-types/cosmwasm/wasm/v1/tx";
import { AuthInfo, SignDoc, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";

import { addressOf, assemble, document, executeContract, feeFor, sendCoins, signBytes, txHash } from "@bithive/client";
import { Messages as JobMessages } from "@bithive/client/contracts/jobs";
import { Messages as TokenMessages } from "@bithive/client/contracts/token";
import { DevelopmentKey } from "@bithive/client/development-key";
import { encodeBech32 } from "../dist/address.js";
import { Random } from "./random.mjs";

const TRANSACTIONS = 1_000;
const SEED = 20_260_101;
const TYPE = "/cosmwasm.wasm.v1.MsgExecuteContract";
const REGISTRY = new Registry([...defaultRegistryTypes, [TYPE, /** @type {any} */ (MsgExecuteContract)]]);

/** JSON as `JSON.stringify` has it, with each bigint as its digits. @param {unknown} value */
function json(value) {
  const marked = JSON.stringify(value, (_, field) => (typeof field === "bigint" ? `@${field}@` : field));
  return marked.replace(/"@([0-9]+)@"/g, "$1");
}

/** Any JSON without numbers that only one side could write. @param {Random} random @param {number} depth @returns {any} */
function anything(random, depth) {
  switch (random.below(depth === 0 ? 4 : 6)) {
    case 0:
      return random.text(20);
    case 1:
      return random.below(2 ** 32);
    case 2:
      return random.pick([true, false, null, -1.5, 1e21, 0]);
    case 3:
      return random.bigint(64);
    case 4:
      return random.list(4, () => anything(random, depth - 1));
    default:
      return Object.fromEntries(random.list(4, () => [`k${random.text(3)}`, anything(random, depth - 1)]));
  }
}

/** @param {Random} random */
function coins(random) {
  return random.list(3, () => ({ denom: random.pick(["ubee", "ibc/0123ABCD", "factory/a/b"]), amount: random.bigint(128).toString() }));
}

/**
 * A message in our form and in that of CosmJS.
 * @param {Random} random @param {string} sender
 * @returns {[import("@bithive/client").Message, { typeUrl: string, value: any }]}
 */
function message(random, sender) {
  const contract = encodeBech32("bithive", random.bytes(32));
  /** @param {unknown} msg @param {{ denom: string, amount: string }[]} funds */
  const theirs = (msg, funds = []) => ({
    typeUrl: TYPE,
    value: MsgExecuteContract.fromPartial({ sender, contract, msg: Buffer.from(json(msg)), funds }),
  });
  const id = random.bigint(64);
  switch (random.below(5)) {
    case 0: {
      const to = encodeBech32("bithive", random.bytes(20));
      const amount = coins(random);
      const value = { fromAddress: sender, toAddress: to, amount };
      return [sendCoins(sender, to, amount), { typeUrl: "/cosmos.bank.v1beta1.MsgSend", value }];
    }
    case 1: {
      const msg = { [`do_${random.below(10)}`]: anything(random, 3) };
      const funds = coins(random);
      return [executeContract(sender, contract, json(msg), funds), theirs(msg, funds)];
    }
    case 2:
      return [new JobMessages(sender, contract).cancel({ job_id: id }), theirs({ cancel: { job_id: id } })];
    case 3: {
      const statements = random.list(5, () => ({ job_id: random.bigint(64), signers: random.below(2 ** 32) }));
      const args = { signature: Buffer.from(random.bytes(96)).toString("hex"), statements };
      return [new JobMessages(sender, contract).finalizeMany(args), theirs({ finalize_many: args })];
    }
    default: {
      const args = { amount: random.bigint(128).toString(), recipient: encodeBech32("bithive", random.bytes(20)) };
      return [new TokenMessages(sender, contract).transfer(args), theirs({ transfer: args })];
    }
  }
}

/** A number that CosmJS writes as protobuf does: see the next test. @param {Random} random @param {number} bits */
function integer(random, bits) {
  const value = random.bigint(bits);
  return value >= 1n << 31n && value < 1n << 32n ? value - (1n << 31n) : value;
}

test(`TxRaw has the bytes of CosmJS for ${TRANSACTIONS} random transactions`, async () => {
  const random = new Random(SEED);
  const lengths = new Set();
  for (let count = 0; count < TRANSACTIONS; count += 1) {
    const secret = random.bytes(32);
    const [key, wallet] = [DevelopmentKey.fromBytes(secret), await DirectSecp256k1Wallet.fromKey(secret, "bithive")];
    const [account] = await wallet.getAccounts();
    const { publicKey } = await key.getAccount();
    assert.equal(key.address, account?.address);
    assert.equal(addressOf(publicKey), key.address);

    const messages = random.list(4, () => message(random, key.address), 1);
    const fee = { amount: coins(random), gasLimit: integer(random, 53) };
    const memo = random.text(40);
    const timeoutHeight = integer(random, 63);
    // CosmJS has the sequence as a number.
    const [chainId, accountNumber, sequence] = [`chain-${random.below(99)}`, integer(random, 63), integer(random, 53)];

    const context = { chainId, accountNumber, sequence, publicKey, fee, memo, timeoutHeight };
    const asked = document(messages.map(([ours]) => ours), context);
    const ours = assemble(asked, await key.signDirect(key.address, asked));

    const client = await SigningStargateClient.offline(wallet, { registry: REGISTRY });
    const theirFee = { amount: fee.amount, gas: fee.gasLimit.toString() };
    const signer = { chainId, accountNumber, sequence: Number(sequence) };
    const theirs = TxRaw.encode(
      await client.sign(key.address, messages.map(([, one]) => one), theirFee, memo, signer, timeoutHeight),
    ).finish();

    assert.equal(Buffer.from(ours.bytes).toString("hex"), Buffer.from(theirs).toString("hex"), `transaction ${count} of seed ${SEED}`);
    assert.equal(ours.hash, txHash(theirs));
    assert.deepEqual([ours.fee, ours.memo], [fee, memo]);
    lengths.add(ours.bytes.length);
  }
  assert(lengths.size > TRANSACTIONS / 4, `only ${lengths.size} different lengths`);
});

test("integers from 2^31 to 2^32 - 1 are whole, which cosmjs-types 0.11 does not write", async () => {
  const key = DevelopmentKey.generate();
  const { publicKey } = await key.getAccount();
  const messages = [sendCoins(key.address, key.address, [{ denom: "ubee", amount: "1" }])];
  for (const value of [0n, 1n, 127n, 128n, 2n ** 31n - 1n, 2n ** 31n, 3_000_000_019n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n]) {
    const fee = { amount: [], gasLimit: value };
    const asked = document(messages, { chainId: "c", accountNumber: value, sequence: value, timeoutHeight: value, publicKey, fee });
    const doc = SignDoc.decode(signBytes(asked));
    const [body, auth] = [TxBody.decode(doc.bodyBytes), AuthInfo.decode(doc.authInfoBytes)];
    assert.deepEqual([doc.accountNumber, body.timeoutHeight, auth.signerInfos[0]?.sequence, auth.fee?.gasLimit], Array(4).fill(value));
    assert.equal((await assemble(asked, await key.signDirect(key.address, asked))).fee.gasLimit, value);
  }
  const theirs = TxBody.encode(TxBody.fromPartial({ timeoutHeight: 2n ** 31n })).finish();
  assert.notEqual(TxBody.decode(theirs).timeoutHeight, 2n ** 31n, "cosmjs-types is mended: `integer` above can go");
});

test("a fee is rounded up to the next unit, exactly", () => {
  const amount = (/** @type {bigint} */ gas, price = "0.025") => feeFor(gas, price, "ubee").amount[0]?.amount;
  assert.equal(amount(1n), "1");
  assert.equal(amount(40n), "1");
  assert.equal(amount(41n), "2");
  assert.equal(amount(2n ** 64n - 1n, "0.000000000000000001"), "19");
  assert.deepEqual(feeFor(1_000n, "0", "ubee"), { amount: [], gasLimit: 1_000n });
  for (const bad of ["", "-1", "1e3", ".5", "0,025", "0.0000000000000000001"]) {
    assert.throws(() => feeFor(1n, bad, "ubee"), { kind: "invalid_input" }, bad);
  }
});

test("what a wallet changed is refused, but for fee and memo", async () => {
  const random = new Random(1);
  const key = DevelopmentKey.generate();
  const to = encodeBech32("bithive", random.bytes(20));
  const { publicKey } = await key.getAccount();
  const fee = { amount: [{ denom: "ubee", amount: "25" }], gasLimit: 1_000n };
  const context = { chainId: "chain", accountNumber: 1n, sequence: 7n, publicKey, fee, memo: "note" };
  const send = (/** @type {string} */ amount) => sendCoins(key.address, to, [{ denom: "ubee", amount }]);
  const asked = document([send("1")], context);
  const sign = async (/** @type {import("@bithive/client").Document} */ other) => assemble(asked, await key.signDirect(key.address, other));

  const dearer = { amount: [{ denom: "ubee", amount: "50" }], gasLimit: 2_000n };
  const changed = await sign(document([send("1")], { ...context, fee: dearer, memo: "" }));
  assert.deepEqual([changed.fee, changed.memo], [dearer, ""]);

  const auth = AuthInfo.decode(asked.authInfoBytes);
  const paidByAnother = AuthInfo.encode({ ...auth, fee: { amount: [], gasLimit: 1n, payer: to, granter: "" } }).finish();
  const stranger = (await DevelopmentKey.generate().getAccount()).publicKey;
  for (const [other, part] of /** @type {const} */ ([
    [document([send("2")], context), "a message"],
    [document([send("1"), send("1")], context), "a message"],
    [document([send("1")], { ...context, timeoutHeight: 9n }), "a message"],
    [document([send("1")], { ...context, sequence: 8n }), "sequence"],
    [document([send("1")], { ...context, publicKey: stranger }), "key"],
    [{ ...asked, bodyBytes: Uint8Array.of(...asked.bodyBytes, 0x98, 0x3f, 1) }, "not known"],
    [{ ...asked, authInfoBytes: Uint8Array.of(...asked.authInfoBytes, 0x98, 0x3f, 1) }, "not known"],
    [{ ...asked, authInfoBytes: paidByAnother }, "who pays"],
    [{ ...asked, bodyBytes: asked.bodyBytes.slice(0, -1) }, "its form"],
    // The same number in one byte more than it needs.
    [{ ...asked, bodyBytes: Uint8Array.of(...asked.bodyBytes, 0x18, 0x80, 0) }, "not known"],
  ])) {
    await assert.rejects(sign(other), (/** @type {any} */ error) =>
      error.kind === "wallet_changed_transaction" && error.what.includes(part) && error.spent === "nothing", part);
  }
});

test("an erased key signs nothing, and none shows its secret", async () => {
  const secret = new Random(2).bytes(32);
  const key = DevelopmentKey.fromBytes(secret);
  const { inspect } = await import("node:util");
  const shown = inspect(key, { showHidden: true, depth: 9 }) + JSON.stringify(key);
  assert(shown.includes(key.address) && !shown.includes(Buffer.from(secret).toString("hex")) && !shown.includes(`${secret[0]}, ${secret[1]}`));
  key.erase();
  const asked = { bodyBytes: new Uint8Array(), authInfoBytes: new Uint8Array(), chainId: "chain", accountNumber: 1n };
  await assert.rejects(key.signDirect(key.address, asked), { kind: "wallet_failed" });
  assert.notDeepEqual(secret, new Uint8Array(32), "the caller's own copy is the caller's");
  for (const bad of [new Uint8Array(32), new Uint8Array(31).fill(1), new Uint8Array(32).fill(255)]) {
    assert.throws(() => DevelopmentKey.fromBytes(bad), { kind: "invalid_input" });
  }
});
