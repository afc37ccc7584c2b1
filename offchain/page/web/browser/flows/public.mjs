// What everybody sees, without a wallet: the network, a job's life and its proof, a node.
import assert from "node:assert/strict";

import { go, settle, title } from "../page.mjs";

/** An amount that is shown, in base units. */
const units = (text) => {
  const [whole, part = ""] = text.replace(/[^0-9.]/g, "").split(".");
  return BigInt(whole + part.padEnd(6, "0"));
};

/** What contracts answer, all at one height. */
async function asked(origin, queries) {
  const { contracts } = await fetch(`${origin}/config.json`).then((answer) => answer.json());
  const body = JSON.stringify(queries.map(([contract, query]) => ({ contract: contracts[contract], query })));
  const { results } = await fetch(`${origin}/x/batch`, { method: "POST", headers: { "content-type": "application/json" }, body }).then((answer) => answer.json());
  return results.map(({ value }) => value);
}

async function height(origin) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "status", params: {} });
  const { result } = await fetch(`${origin}/rpc`, { method: "POST", headers: { "content-type": "application/json" }, body }).then((answer) => answer.json());
  return Number(result.sync_info.latest_block_height);
}

/** The network at a glance: block height, supply and emission are the chain's. */
export async function network(page, origin) {
  assert.match(await title(page), /[0-9]+ nodes? (is|are) ready/);
  // A tab that nobody looks at asks for nothing new.
  await page.bringToFront();
  const before = await height(origin);
  // The page goes on by itself, and never before the chain.
  await page.waitForFunction((least) => Number(document.querySelector(".figures dd").firstChild.textContent.replace(/[^0-9]/g, "")) >= least, {}, before);
  const shown = await page.$eval(".figures dd", (one) => Number(one.firstChild.textContent.replace(/[^0-9]/g, "")));
  assert.ok(shown <= await height(origin), `block ${shown} is shown before it is there`);

  const tokens = ["token", "btk", "sky"];
  const supplies = await asked(origin, tokens.map((name) => [name, { supply: {} }]));
  const rows = await page.$$eval("section[aria-labelledby=supply] tbody tr", (all) => all.map((row) => [...row.children].slice(0, 4).map((cell) => cell.textContent)));
  assert.deepEqual(rows.map(([ticker]) => ticker), ["BTT", "BTK", "SKY"]);
  // None is minted or burnt by a network that only computes.
  assert.deepEqual(rows.map((row) => row.slice(1).map(units)), supplies.map(({ supply, burnt, cap }) => [supply, burnt, cap].map(BigInt)));

  // The white paper's schedule: 500,000 a day, halved every 2,100 days, 2,100,000,000 in all.
  const [{ start }] = await asked(origin, [["emissions", { config: {} }]]);
  const points = await page.$$eval("section[aria-labelledby=emission] tbody tr", (all) =>
    all.map((row) => [Date.parse(row.querySelector("time").dateTime) / 1_000, ...[...row.children].slice(1).map((cell) => cell.textContent)]));
  const cap = 2_100_000_000_000_000n;
  assert.deepEqual(points.map(([at, day, all]) => [at, units(day), units(all)]), Array.from({ length: 7 }, (_, era) =>
    [start + era * 2_100 * 86_400, 500_000_000_000n >> BigInt(era), cap - (cap >> BigInt(era))]));
  assert.match(await page.$eval("#emission", (one) => one.textContent), /500,000\sBTK/);
}

/** A settled job: its seven stages, all done. Gives the link to its proof. */
export async function life(page, id) {
  await go(page, "#/jobs");
  await page.waitForSelector(`main a[href="#/job/${id}"]`);
  await go(page, `#/job/${id}`);
  await page.waitForFunction(() => document.querySelectorAll(".stage.done").length === 7);
  return page.$eval("#proof ~ p a.button", (link) => link.getAttribute("href"));
}

/** The statement that a link names, verified in the browser. */
export async function verified(page) {
  await page.waitForFunction(() => document.querySelector(".verdict .big") !== null);
  assert.match(await title(page), /^Verified/);
}

/** A node of the network, by the link in its table, which it gives. */
export async function node(page) {
  await go(page, "#/");
  const link = await page.$eval('main a[href^="#/node/"]', (found) => found.getAttribute("href"));
  await go(page, link);
  await page.waitForFunction(() => document.querySelector("#jobs") !== null && document.querySelector(".figures .key") !== null);
  assert.equal(await page.$("section[aria-labelledby=leave]"), null, "a stranger can unbond the node");
  return link;
}

/** All of it in `page`, and the proof in another tab, by its link alone: `another` gives one. */
export async function everybody(page, { origin, id, another, step }) {
  await page.goto(`${origin}/#/`);
  await settle(page);
  await network(page, origin);
  step("the network, without a wallet");
  const proof = await life(page, id);
  step("a job's life, with all its stages");
  const place = await node(page);
  step("a node, by its link");
  const reader = await another();
  await reader.goto(`${origin}/${proof}`);
  await verified(reader);
  step("the proof of a settled job, verified in the browser by its link");
  return { proof, node: place, reader };
}
