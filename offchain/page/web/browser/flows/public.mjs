// What everybody sees, without a wallet: the network, a job's life and its proof, a node.
import assert from "node:assert/strict";

import { go, settle, title } from "../page.mjs";

/** The network at a glance. */
export async function network(page) {
  assert.match(await title(page), /[0-9]+ nodes? (is|are) ready/);
  assert.ok((await page.$$(".figures > div")).length >= 4, "figures of the network");
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
  await network(page);
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
