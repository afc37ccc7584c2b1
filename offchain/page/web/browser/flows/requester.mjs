// Who needs something computed: a job from the wallet's first signature to the result that the browser decrypts.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { connected } from "./connect.mjs";
import { act } from "./holder.mjs";
import { choose, download } from "./own.mjs";

const ROWS = 5;
const POLICY = "vram >= 16";
const OWN = "section[aria-labelledby=own]";

/**
 * A job of one's own. Beside it what a wallet does in the middle of it: it rejects, and has another key; and a tab that is closed. `nodes`: as many
 * claim. Gives the job's number.
 */
export async function requesting(place, wallet, { own, other, nodes }) {
  const { driver, facts, step } = place;
  let tab = await connected(place, wallet, [own.key, other.key]);
  await tab.go("#/request");
  await tab.says("section[aria-labelledby=register] .cost", /You spend .*Fee/s);
  await act(place, tab, wallet, "Register", "section[aria-labelledby=register]");
  await wallet.while({ answer: "reject" }, async () => {
    await tab.click("Unlock", "section[aria-labelledby=unlock]");
    await tab.says(".trouble", new RegExp(`declined it in ${wallet.name}`));
  });
  await wallet.seen();
  await unlocked(tab);
  // Twice, to see that it signs the same text alike.
  assert.deepEqual(await wallet.signatures(), [0, 2]);
  step("registered, and keys unlocked by a text that the wallet signs");

  await fill(place, tab);
  await sealed(tab);
  assert.deepEqual(await wallet.signatures(), [0, 0]);
  step("sealed in the browser, without a signature");

  // Another key: the first one's job is locked, and is there again when it is chosen again.
  await wallet.choose(1);
  await tab.page.waitForSelector("section[aria-labelledby=register]");
  await wallet.choose(0);
  await unlocked(tab);
  step("another key in the middle locks the job; the first one has it again");

  // The tab is closed between sealing and posting, and nothing is lost.
  await tab.close();
  tab = await driver.tab();
  await tab.again(`${place.origin}/#token=${place.token}`);
  await tab.says("header .wallet", /^bithive1/);
  await tab.go("#/request");
  await wallet.seen();
  await unlocked(tab);
  assert.deepEqual(await wallet.signatures(), [0, 1]);
  await tab.click("Go on", "section[aria-labelledby=waiting]");
  step("resumed in another tab: the wallet connects by itself, and signs once");
  const id = await posted(place, tab, wallet);
  step("posted, with one signature");

  const { cheapest, dearest } = await choose(tab.page, nodes);
  await tab.click("Encrypt", OWN);
  await tab.says(`${OWN} .cost`, /Fee/);
  await act(place, tab, wallet, "Assign", OWN);
  const workers = (await facts.query("jobs", { job: { job_id: id } })).workers.map(({ address }) => address);
  assert.deepEqual([workers.includes(cheapest), workers.includes(dearest)], [false, true]);
  step("encrypted for nodes that were chosen by hand, and assigned, with one signature");
  await tab.click("Read the result", OWN);
  await tab.page.waitForFunction((at, rows) => document.querySelectorAll(`${at} tbody tr`).length === rows, {}, OWN, ROWS);
  await download(tab.page, driver.downloads, id, ROWS);
  assert.deepEqual(await wallet.signatures(), [0, 0]);
  step("settled, and the result decrypted in the browser and downloaded, without a signature");
  await tab.close();
  return id;
}

/** A job that is withdrawn: its escrow comes back, and is claimed. */
export async function refunding(place, wallet, { own }) {
  const { facts, step } = place;
  const tab = await connected(place, wallet, [own.key]);
  await tab.go("#/request");
  await unlocked(tab);
  // With the one that posts, five at most.
  await tab.within(4, async () => {
    await fill(place, tab);
    await sealed(tab);
  });
  // With what is left of other jobs' escrows.
  const all = async () => await facts.tokens("token", own.address) + BigInt(await facts.query("jobs", { claimable: { address: own.address } }));
  const before = await all();
  const id = await tab.within(1, () => posted(place, tab, wallet));
  await tab.go(`#/job/${id}`);
  await tab.says("section[aria-labelledby=cancel] .cost", /Fee/);
  await act(place, tab, wallet, "Withdraw job", "section[aria-labelledby=cancel]");
  await tab.says("#title", /was refunded/);
  await tab.go("#/request");
  await unlocked(tab);
  await tab.says("section[aria-labelledby=returned] .cost", /Fee/);
  await act(place, tab, wallet, "Claim", "section[aria-labelledby=returned]");
  assert.deepEqual([await all(), await facts.tokens("token", own.address)], [before, before]);
  step("a job that is withdrawn, and its escrow claimed, with one signature each");
  await tab.close();
}

/** Rows, a policy and a price. */
async function fill({ driver, root }, tab) {
  const file = join(driver.folder(), "rows.csv");
  writeFileSync(file, `${readFileSync(join(root, "data/wdbc/holdout.csv"), "utf8").split("\n").slice(0, ROWS + 1).join("\n")}\n`);
  await tab.file(".drop input[type=file]", file);
  await tab.says(".drop", new RegExp(`${ROWS} rows`));
  await tab.click("as text", ".steps");
  await tab.write("#policy", POLICY);
  await tab.says(".steps pre", new RegExp(`^${POLICY}$`));
  await tab.write(".steps .input input", "20");
}

/** Posts what is sealed; gives the job's number. */
async function posted(place, tab, wallet) {
  const { jobs } = await place.facts.query("jobs", { totals: {} });
  await tab.says(".steps .cost", /You spend 60.*Fee/s);
  await act(place, tab, wallet, "Post the job", ".steps");
  await tab.page.waitForSelector(`${OWN} #job-${jobs + 1}`);
  return jobs + 1;
}

async function unlocked(tab) {
  await tab.click("Unlock", "section[aria-labelledby=unlock]");
  await tab.page.waitForSelector(".steps");
}

/** The committee admits a new requester's endpoint some seconds after it was registered. */
async function sealed(tab) {
  const posting = () => tab.page.evaluate(() => [...document.querySelectorAll(".steps button")].some((one) => /Post the job/.test(one.textContent)));
  const end = Date.now() + 120_000;
  for (;;) {
    await tab.click("Seal", ".steps");
    await tab.page.waitForFunction(() => document.querySelector("main .trouble") !== null
      || [...document.querySelectorAll(".steps button")].some((one) => /Post the job/.test(one.textContent)));
    if (await posting()) {
      return;
    }
    if (Date.now() > end) {
      throw new Error(`sealing: ${await tab.text("main .trouble")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}
