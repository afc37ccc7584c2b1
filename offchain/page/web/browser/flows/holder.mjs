// Who holds tokens: sends, stakes, claims; and what a wallet, or its user, may do in the middle of it.
import assert from "node:assert/strict";

import { connected } from "./connect.mjs";

const SEND = "section[aria-labelledby=send]";
const UNIT = 1_000_000n;

/** Fills in the form for sending, and waits until it was simulated. */
async function fill(tab, amount, to) {
  await tab.write(`${SEND} .input input`, amount);
  await tab.write("#recipient", to);
  await simulated(tab, SEND);
}

async function simulated(tab, within) {
  await tab.says(`${within} .cost`, /Fee .* gas/);
}

/** The hash of the transaction that the page says has taken effect. */
async function done(tab) {
  const mark = await tab.page.waitForSelector(".notice .done .mono");
  const hash = await mark.evaluate((found) => found.title);
  await tab.page.$eval(".notice .close", (button) => button.click());
  await tab.page.waitForFunction(() => document.querySelector(".notice .done") === null);
  return hash;
}

/** What the wallet gave back, and nothing else, is what is in the block. */
async function isInBlock({ facts }, wallet, hash) {
  const [tx, { body, auth, signature }] = [await facts.tx(hash), await wallet.signed()];
  assert.deepEqual({ code: tx.code, body: tx.body, auth: tx.auth, signature: tx.signature }, { code: 0, body, auth, signature });
  return tx;
}

/** Sends a transaction by a button, and checks that its bytes are the wallet's and that it was asked once. */
export async function act(place, tab, wallet, label, within) {
  await wallet.seen();
  await tab.click(label, within);
  const tx = await isInBlock(place, wallet, await done(tab));
  assert.deepEqual(await wallet.signatures(), [1, 0]);
  return tx;
}

/** Tries to send, where it has to fail with these words; nothing may have been spent, nor handed to the chain. */
async function fails({ facts }, tab, address, pattern) {
  const before = await facts.account(address);
  await tab.click("Send", SEND);
  await tab.says(`${SEND} .trouble`, pattern);
  assert.match(await tab.text(`${SEND} .trouble`), /Nothing was spent/);
  assert.deepEqual(await facts.account(address), before);
}

/** Sending, with everything that may go wrong at the wallet. */
export async function sending(place, wallet, { own, other }) {
  const { facts, step } = place;
  const tab = await connected(place, wallet, [own.key, other.key]);
  const before = await facts.tokens("token", other.address);
  await fill(tab, "1.5", other.address);

  await wallet.while({ answer: "reject" }, () => fails(place, tab, own.address, new RegExp(`declined it in ${wallet.name}`)));
  step("a signature that the user rejects: said, nothing spent");
  await act(place, tab, wallet, "Send", SEND);
  assert.equal(await facts.tokens("token", other.address), before + (3n * UNIT) / 2n);
  step("sent: simulated, signed by the wallet, and its bytes are in a block");

  const edits = { feeTimes: 3, memo: "as the wallet's user wrote it" };
  const quiet = await facts.account(own.address);
  const tx = await wallet.while({ edits }, async () => {
    await simulated(tab, SEND);
    await wallet.seen();
    await tab.click("Send", SEND);
    await tab.says(".notice .done", /Fee or note are those that you set in the wallet/);
    return isInBlock(place, wallet, await done(tab));
  });
  assert.equal(tx.memo, edits.memo);
  assert.equal(quiet.coins - (await facts.account(own.address)).coins, BigInt(tx.fee[0].amount));
  step("a fee and a memo that the user sets in the wallet: sent as they are, and said");

  await simulated(tab, SEND);
  await wallet.while({ lie: "another chain" }, () => fails(place, tab, own.address, /signed something else: chain or account number/));
  await wallet.while({ lie: "another chain, and it does not say so" }, () => fails(place, tab, own.address, /does not verify for chain/));
  await wallet.while({ lie: "another message" }, () => fails(place, tab, own.address, /signed something else: a message/));
  await wallet.while({ ledger: true }, () => fails(place, tab, own.address, /signs the old form only/));
  step("a signature for another chain or another message, and one on a Ledger: nothing is sent");

  // Another key, and the page was not told: nothing is signed for an account that it does not show.
  await wallet.seen();
  await wallet.choose(1, { told: false });
  await fails(place, tab, own.address, /account is now bithive1.*it was bithive1/s);
  assert.deepEqual(await wallet.signatures(), [0, 0], "a wallet with another key was asked to sign");
  step("another key in the middle: refused before the wallet is asked");
  await wallet.choose(0);
  await tab.says("header .wallet", new RegExp(own.address.slice(-4)));
  await wallet.choose(1);
  await tab.says("header .wallet", new RegExp(other.address.slice(-4)));
  await tab.says(".who", new RegExp(other.address.slice(-4)));
  step("another key that the wallet tells of: the page shows that account");
  await tab.close();
}

/** Stakes a part of what is held, and takes all that is due. */
export async function staking(place, wallet, { own, node }) {
  const { facts, step } = place;
  const tab = await connected(place, wallet, [own.key]);
  const held = await facts.tokens("btk", own.address);
  assert.ok(held > 0n, "the holder has no BTK to stake");
  await tab.within(3, async () => {
    await tab.go("#/stake");
    await tab.pick("#pool", node.address);
    await tab.write("section[aria-labelledby=delegate] .input input", "1");
    await simulated(tab, "section[aria-labelledby=delegate]");
    await act(place, tab, wallet, "Stake", "section[aria-labelledby=delegate]");
  });
  const stakes = await facts.query("staking", { delegations: { delegator: own.address, limit: 30 } });
  assert.deepEqual(stakes.map(({ node: at, stake }) => [at, BigInt(stake)]), [[node.address, UNIT]]);
  await tab.says("#title", /You stake 1/);
  step("a stake, with three clicks and one signature");

  const unbond = "section[aria-labelledby=unbond]";
  await tab.page.select("#from", node.address);
  await tab.write(`${unbond} .input input`, "2");
  await tab.says(`${unbond} .fault`, /1/);
  await tab.write(`${unbond} .input input`, "0.25");
  await simulated(tab, unbond);
  await act(place, tab, wallet, "Unbond", unbond);
  const [left] = await facts.query("staking", { delegations: { delegator: own.address, limit: 30 } });
  const leaving = await facts.query("staking", { unbondings: { delegator: own.address, limit: 30 } });
  assert.deepEqual([BigInt(left.stake), ...leaving.map(({ amount }) => BigInt(amount))], [(3n * UNIT) / 4n, UNIT / 4n]);
  await tab.says("section[aria-labelledby=unbonding] tbody", /0\.25/);
  step("a part of it unbonded, with one signature");

  const before = tab.clicks;
  await tab.go("#/account");
  const title = /^You can claim (.*)$/;
  await tab.says("#title", title);
  const { positions: [locked] } = await facts.query("vesting", { positions: { owner: own.address, limit: 30 } });
  assert.ok(BigInt(locked.due) > 0n && BigInt(locked.due) < BigInt(locked.total), "a position of which a part is due");
  await tab.says("section[aria-labelledby=vesting] tbody", /100\sBTT/);
  const [btk, btt] = [await facts.tokens("btk", own.address), await facts.tokens("token", own.address)];
  await act(place, tab, wallet, "Claim", "section[aria-labelledby=due]");
  assert.ok(tab.clicks - before <= 3);
  assert.ok((await facts.tokens("btk", own.address)) > btk, "nothing was claimed");
  assert.ok((await facts.tokens("token", own.address)) >= btt + BigInt(locked.due), "nothing of the position was claimed");
  step("everything that is due, of stakes and of a vesting position, with one signature");
  await tab.close();
}
