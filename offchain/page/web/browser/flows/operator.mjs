// Who operates a node: its state, its pay, its bond.
import assert from "node:assert/strict";

import { connected } from "./connect.mjs";
import { act } from "./holder.mjs";

const UNIT = 1_000_000n;

/** Takes what is due, and adds to the bond. Its pay for a settled job the node has withdrawn by itself; rewards of the pledge wait. */
export async function operating(place, wallet, { own }) {
  const { facts, step } = place;
  const tab = await connected(place, wallet, [own.key]);
  const before = await facts.tokens("btk", own.address);
  await tab.within(2, async () => {
    await tab.go("#/node");
    await tab.says("#title", /node/);
    await act(place, tab, wallet, "Claim", "section[aria-labelledby=earnings]");
  });
  assert.ok((await facts.tokens("btk", own.address)) > before, "rewards were not claimed");
  step("everything that is due to the node, with two clicks and one signature");

  const paid = await facts.tokens("token", own.address);
  const { bond } = await facts.query("registry", { node: { address: own.address } });
  await tab.write("section[aria-labelledby=bond] .input input", "2");
  await tab.says("section[aria-labelledby=bond] .cost", /You spend 2.*Fee/s);
  await act(place, tab, wallet, "Add to the bond", "section[aria-labelledby=bond]");
  const node = await facts.query("registry", { node: { address: own.address } });
  assert.equal(BigInt(node.bond), BigInt(bond) + 2n * UNIT);
  assert.equal(await facts.tokens("token", own.address), paid - 2n * UNIT);
  step("added to the bond");
  await tab.close();
}

/** Starts to leave: the node is no longer chosen, and its bond waits. */
export async function leaving(place, wallet, { own }) {
  const { facts, step } = place;
  const tab = await connected(place, wallet, [own.key]);
  await tab.go("#/node");
  await tab.says("section[aria-labelledby=leave] .cost", /Fee/);
  await act(place, tab, wallet, "Leave", "section[aria-labelledby=leave]");
  const { bond, eligible, unbonding_until: until } = await facts.query("registry", { node: { address: own.address } });
  assert.ok(!eligible && until > 0);
  await tab.says("#title", /leaving/);
  await tab.says("main .note", /bond/);
  assert.equal(await tab.page.$("section[aria-labelledby=leave]"), null, "a node that leaves can do so again");
  await tab.go("#/account");
  await tab.says("section[aria-labelledby=due] tbody", new RegExp(`${(BigInt(bond) / UNIT).toLocaleString("en")}\\sBTT`));
  step("a node that leaves: no longer chosen, and its bond is shown with its time");
  await tab.close();
}
