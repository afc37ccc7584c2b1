// The page with wallets in an extension, before a network that is there: `scripts/page-wallets` makes it, and writes what this reads,
//
//   node wallets.mjs SETTINGS     a file: { "url", "token", "nodes", "use": { "requester", "job" }, "reward", "accounts": { NAME: { "address", "key" } } }
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { serve } from "../tools/serve.mjs";
import { Facts } from "./chain.mjs";
import { Driver } from "./driver.mjs";
import { extensions } from "./extension/build.mjs";
import { connecting } from "./flows/connect.mjs";
import { sending, staking } from "./flows/holder.mjs";
import { leaving, operating } from "./flows/operator.mjs";
import { consenting, governing } from "./flows/patient.mjs";
import { everybody } from "./flows/public.mjs";
import { refunding, requesting } from "./flows/requester.mjs";
import { Wallet } from "./wallet.mjs";

const root = join(import.meta.dirname, "../../../..");
const { url, token, dist, accounts, nodes, use, reward } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { requester, holder, other, node, patient } = accounts;

const front = dist === undefined ? undefined : await serve(url, dist);
const origin = new URL(front?.url ?? url).origin;
const driver = await Driver.start(origin);
const began = Date.now();
const step = (text) => console.log(`ok  ${text} (${((Date.now() - began) / 1000).toFixed(0)} s)`);
const place = { driver, origin, token, root, step, facts: new Facts(origin) };
let failed = false;
try {
  const [keplr, leap] = await Promise.all((await extensions(driver.folder(), ["keplr", "leap"])).map((folder) => driver.install(folder)));
  const wallets = [new Wallet(keplr, "keplr", "Keplr"), new Wallet(leap, "leap", "Leap")];
  for (const wallet of wallets) {
    await connecting(place, wallet, [holder.key]);
    await sending(place, wallet, { own: holder, other });
  }
  const [first] = wallets;
  const id = await requesting(place, first, { own: requester, other, nodes });
  const tabs = [await driver.tab(), await driver.tab()];
  await everybody(tabs[0].page, { origin, id, another: () => tabs[1].page, step });
  await Promise.all(tabs.map((tab) => tab.close()));
  await refunding(place, first, { own: requester });
  await governing(place, first, { own: holder, patient, reward });
  await consenting(place, first, { own: patient, poster: use.requester, job: use.job, other });
  await operating(place, first, { own: node });
  await staking(place, first, { own: holder, node });
  await leaving(place, first, { own: node });
} catch (error) {
  failed = true;
  console.error(error);
  mkdirSync(join(root, "target"), { recursive: true });
  await driver.picture(join(root, "target/page-wallets.png"));
} finally {
  await driver.stop();
  front?.server.closeAllConnections();
  front?.server.close();
}
for (const fault of new Set(driver.faults)) {
  console.error(`fault: ${fault}`);
}
console.log(`${driver.faults.length} faults`);
process.exitCode = failed || driver.faults.length > 0 ? 1 : 0;
