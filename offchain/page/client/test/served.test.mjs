// @ts-check
/** Against a chain that `bithive chain serve` offers: `scripts/page-client PROGRAM` starts one. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Chain, ClientError, SendingAccount, document, assemble, eventsOf, feeFor, sendCoins, txHash } from "@bithive/client";
import * as jobs from "@bithive/client/contracts/jobs";
import * as token from "@bithive/client/contracts/token";
import * as vesting from "@bithive/client/contracts/vesting";
import { DevelopmentKey } from "@bithive/client/development-key";

const { BITHIVE_RPC: url = "", BITHIVE_DEPLOYMENT: deployment = "", BITHIVE_KEY_FILE: keyFile = "" } = process.env;
const skip = url === "" ? "no chain is served; run scripts/page-client PROGRAM" : false;

/** Contracts whose code is that of another name. @type {Record<string, string>} */
const CODES = { btk: "token", sky: "token" };

async function network() {
  /** @type {{ chain_id: string, contracts: Record<string, string> }} */
  const { chain_id: chainId, contracts } = JSON.parse(readFileSync(deployment, "utf8"));
  const chain = await Chain.connect(url, { chainId });
  const key = DevelopmentKey.fromBytes(readFileSync(keyFile));
  const account = await SendingAccount.connect(chain, key, { poll: 50 });
  const address = (/** @type {string} */ name) => {
    const found = contracts[name];
    assert(found !== undefined, `the deployment has no ${name}`);
    return found;
  };
  return { chain, chainId, contracts, key, account, address };
}

/** @param {string} kind @param {string} spent */
function fails(kind, spent) {
  return (/** @type {unknown} */ error) => {
    assert(error instanceof ClientError, String(error));
    assert.deepEqual([error.kind, error.spent], [kind, spent], error.message);
    return true;
  };
}

test("every contract's answers without arguments are what its schema says", { skip }, async () => {
  const { chain, contracts } = await network();
  let asked = 0;
  for (const [name, address] of Object.entries(contracts)) {
    const code = CODES[name] ?? name;
    const { Queries } = await import(`@bithive/client/contracts/${code}`);
    const queries = new Queries(chain, address);
    const schema = JSON.parse(readFileSync(new URL(`../../../../schema/${code}/query.json`, import.meta.url), "utf8"));
    for (const { properties, required: [query] } of schema.oneOf) {
      const payload = properties[query];
      if ((payload.required ?? []).length > 0 || query === "download_logo") {
        continue;
      }
      asked += 1;
      const method = query.replace(/_([a-z])/g, (/** @type {string} */ _, /** @type {string} */ letter) => letter.toUpperCase());
      const answer = await queries[method]();
      assert.notEqual(answer, undefined, `${name}.${query}`);
    }
  }
  assert(asked > 30, `${asked} queries`);
});

test("numbers of 64 bits reach contracts whole", { skip }, async () => {
  const { chain, address } = await network();
  assert.equal(await new vesting.Queries(chain, address("vesting")).position({ id: 2n ** 64n - 1n }), null);
  await assert.rejects(new jobs.Queries(chain, address("jobs")).job({ job_id: 2n ** 53n + 1n }), fails("query_refused", "nothing"));
});

test("queries of one turn have each its answer", { skip }, async () => {
  const { chain, account, address } = await network();
  const balances = await Promise.all(["token", "btk", "sky"].map((name) =>
    new token.Queries(chain, address(name)).balance({ address: account.address })));
  const infos = await Promise.all(["token", "btk", "sky"].map((name) => new token.Queries(chain, address(name)).tokenInfo()));
  assert.deepEqual(infos.map(({ decimals }) => decimals), [6, 6, 6]);
  assert.equal(new Set(infos.map(({ symbol }) => symbol)).size, 3);
  assert(BigInt(balances[0]?.balance ?? "0") > 0n);
});

test("coins and tokens move by what the wallet signed, and events tell", { skip }, async () => {
  const { chain, account, address } = await network();
  const other = DevelopmentKey.generate();
  const btt = new token.Queries(chain, address("token"));
  const held = async (/** @type {string} */ of) => BigInt((await btt.balance({ address: of })).balance);
  const [before, coins] = [await held(account.address), await chain.balance(account.address, "ubee")];

  const transfer = new token.Messages(account.address, address("token")).transfer({ recipient: other.address, amount: "1500000" });
  const receipt = await account.send([transfer, sendCoins(account.address, other.address, [{ denom: "ubee", amount: "9" }])], { memo: "from a test" });
  assert.deepEqual([await held(other.address), await held(account.address)], [1_500_000n, before - 1_500_000n]);
  assert.equal(await chain.balance(other.address, "ubee"), 9n);
  const paid = BigInt(receipt.fee[0]?.amount ?? "0");
  assert(paid > 0n);
  assert.equal(await chain.balance(account.address, "ubee"), coins - 9n - paid);
  assert(receipt.gasUsed > 0n && receipt.gasUsed <= receipt.gasLimit);
  const [moved] = eventsOf(receipt.events, address("token"));
  assert.deepEqual([moved?.text("action"), moved?.text("to"), moved?.amount("amount")], ["transfer", other.address, 1_500_000n]);
  assert.equal((await chain.tx(receipt.hash))?.height, receipt.height);
});

test("what fails costs what the error says", { skip }, async () => {
  const { chain, chainId, key, account, address } = await network();
  const { publicKey } = await key.getAccount();
  const sequence = async () => (await chain.account(account.address)).sequence;
  const start = await sequence();
  const tooMuch = new token.Messages(account.address, address("token")).transfer({ recipient: account.address, amount: (2n ** 127n).toString() });

  await assert.rejects(account.send([tooMuch]), fails("contract_refused", "nothing"));
  assert.equal(await sequence(), start);
  // Without a simulation a block has it, and the fee is gone.
  const fee = feeFor(500_000n, "0.025", "ubee");
  await assert.rejects(account.send([tooMuch], { fee }), fails("contract_refused", "fee"));
  assert.equal(await sequence(), start + 1n);
  const cheap = { amount: [{ denom: "ubee", amount: "1" }], gasLimit: 500_000n };
  await assert.rejects(account.send([tooMuch], { fee: cheap }), fails("insufficient_fee", "nothing"));

  const messages = [sendCoins(account.address, account.address, [{ denom: "ubee", amount: "1" }])];
  const { number } = await chain.account(account.address);
  const sign = async (/** @type {{ sequence: bigint, chainId?: string }} */ changed) => {
    const asked = document(messages, { chainId, accountNumber: number, publicKey, fee, ...changed });
    return assemble(asked, await key.signDirect(key.address, asked));
  };
  const outline = { chainId, sender: key.address, sequence: start, gasLimit: fee.gasLimit, fee: fee.amount[0], contracts: [""], bytes: 0 };
  const refused = async (/** @type {{ sequence: bigint, chainId?: string }} */ changed) => chain.handOver((await sign(changed)).bytes, outline);
  const late = await refused({ sequence: start });
  assert(late instanceof ClientError && late.kind === "sequence_mismatch" && late.spent === "nothing", String(late));
  const elsewhere = await refused({ sequence: start + 1n, chainId: "another-chain" });
  assert(elsewhere instanceof ClientError && elsewhere.kind === "bad_signature", String(elsewhere));

  const { bytes } = await sign({ sequence: start + 1n });
  assert.equal(await chain.handOver(bytes, outline), "taken");
  assert.equal(await chain.handOver(bytes, outline), "known", "the same bytes take effect once");
  assert.equal((await chain.tx(txHash(bytes)))?.failure, undefined);
});

test("another chain id, and accounts and contracts that are not there, are told apart", { skip }, async () => {
  const { chain } = await network();
  await assert.rejects(Chain.connect(url, { chainId: "another-chain" }), fails("wrong_chain", "nothing"));
  const nobody = DevelopmentKey.generate();
  await assert.rejects(chain.account(nobody.address), fails("no_account", "nothing"));
  assert.equal(await chain.balance(nobody.address, "ubee"), 0n);
  await assert.rejects(new token.Queries(chain, nobody.address).tokenInfo(), fails("no_contract", "nothing"));
});
