// Connecting a wallet: what it is told of the chain, whom it refuses, and what the page says then.
import assert from "node:assert/strict";

import { checkRestConnectivity, validateBasicChainInfoType } from "../extension/keplr.mjs";

/** The page with a wallet that is connected to it. */
export async function connected({ driver, origin, token, step }, wallet, keys) {
  const tab = await driver.tab();
  await wallet.hold(keys);
  await tab.open(token === undefined ? `${origin}/#/account` : `${origin}/#token=${token}`);
  await tab.go("#/account");
  await connect(tab, wallet);
  await tab.says("header .wallet", /^bithive1/);
  step(`${wallet.name} is connected`);
  return tab;
}

/** Asks for the wallet in the page's panel. */
export async function connect(tab, wallet) {
  await tab.page.evaluate(() => document.querySelector("header .wallet").click());
  await tab.page.waitForSelector("dialog[open]");
  await tab.click(wallet.name, "dialog");
}

/** Asks for it, where it has to be refused with these words. */
async function refused(tab, wallet, pattern) {
  await connect(tab, wallet);
  await tab.says("dialog .trouble", pattern);
  assert.match(await tab.text("header .wallet"), /Connect wallet/);
  await tab.page.evaluate(() => document.querySelector("dialog .close").click());
  await tab.page.waitForFunction(() => document.querySelector("dialog[open]") === null);
}

/** What a wallet is told, and its own windows with it. */
export async function connecting(place, wallet, [key]) {
  const { driver, origin, facts, step } = place;
  const tab = await driver.tab();
  await wallet.hold([key]);
  await tab.open(`${origin}/#/account`);
  await wallet.while({ addsChains: false }, () => refused(tab, wallet, new RegExp(`declined it in ${wallet.name}`)));
  step("a chain that the wallet's user does not want to add: said, and nothing is connected");
  await wallet.while({ ledger: true }, () => refused(tab, wallet, /signs the old form only.*Use an account whose key is in the wallet itself/s));
  step("an account on a Ledger: refused when it connects");
  await wallet.while({ answer: "reject" }, () => refused(tab, wallet, new RegExp(`declined it in ${wallet.name}`)));
  step("access that the wallet's user does not give, likewise");

  const { id } = (await facts.config()).chain;
  const suggested = (await wallet.chains())[id];
  assert.deepEqual(await validateBasicChainInfoType(suggested, false), suggested);
  await checkRestConnectivity(id, suggested.rest);
  step("the chain that is suggested holds Keplr's own rules");
  await wallet.seen();
  await connect(tab, wallet);
  await tab.says("header .wallet", /^bithive1/);
  assert.deepEqual((await wallet.seen()).filter((call) => call !== "getKey"), ["experimentalSuggestChain", "enable"]);
  const { address, balances, sequence, networks } = await wallet.look(id);
  const known = await facts.account(address);
  assert.deepEqual(networks, [id, id]);
  assert.deepEqual([balances[0].amount, sequence], [known.coins, known.sequence].map(String));
  step("the wallet's own window shows the account, from the servers that the page named");
  await tab.close();
}
