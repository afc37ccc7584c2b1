// What the owner of data sets sees, before a chain that has them and no market: `scripts/end-to-end-ibc` makes it, registers a data set and
// pays for uses of it by command, and writes what this reads,
//
//   node uses.mjs SETTINGS     a file: { "url", "owner", "source": { "chain_id", "jobs" }, "job", "waiting", "output" }
//
// `job` is attested on this chain, and its use recorded; the use by `waiting` is in escrow.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { Driver } from "./driver.mjs";
import { check, speak } from "./page.mjs";

const { url, owner, source, job, waiting, output } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const origin = new URL(url).origin;
const SETS = "section[aria-labelledby=sets]";
const driver = await Driver.start(origin);
const step = (text) => console.log(`ok  ${text}`);

/** What axe finds in each language, and on a small screen. */
async function everywhere({ page }, name) {
  for (const language of ["de", "zh-Hans", "en"]) {
    await speak(page, language);
    await check(page, `${name} in ${language}`, driver.faults);
  }
  await page.setViewport({ width: 360, height: 740 });
  await check(page, `${name}, 360 pixels wide`, driver.faults);
  await page.setViewport({ width: 1280, height: 860 });
}

let failed = false;
try {
  const tab = await driver.tab();
  await tab.open(`${origin}/`);
  // Places of a market that is not there are gone once the page knows.
  await tab.page.waitForFunction(() => [...document.querySelectorAll("nav li a")].map((one) => one.getAttribute("href")).join() === "#/patient");
  await tab.page.waitForFunction(() => document.querySelector("main .trouble") === null);
  await tab.go(`#/patient/${owner}`);
  await tab.says(`${SETS} .rows li`, /Data set 1 .*1 use, 0\.0005\sBEE paid; the next one costs 0\.0005\sBEE/);
  const uses = await tab.page.$$eval(`${SETS} tbody tr`, (all) => all.map((one) => one.textContent.replace(/\s+/g, " ")));
  assert.equal(uses.length, 2);
  assert.match(uses[0], new RegExp(`Data set 1 ?${source.chain_id} · ${waiting} ?0\\.0005 BEE.*in escrow until`));
  assert.match(uses[1], new RegExp(`Data set 1 ?${source.chain_id} · ${job} ?0\\.0005 BEE.*attested and recorded`));
  assert.equal(await tab.page.$(`${SETS} .hint, section[aria-labelledby=uses], section[aria-labelledby=consents]`), null, "parts of a market, or a list that is not whole");
  await everywhere(tab, "data sets of a patient");
  step("uses of a data set: one that is paid for, and one that an attestation was recorded for");

  const links = await tab.page.$$eval(`${SETS} tbody a`, (all) => all.map((one) => one.getAttribute("href")));
  await tab.go(links[1]);
  await tab.says("main .terms", new RegExp(`${source.chain_id}.*${output.slice(0, 16)}`, "s"));
  await tab.says("#record", /Recorded on this chain/);
  await everywhere(tab, "an attestation of another chain's job");
  await tab.go(links[0]);
  await tab.says("main .trouble", new RegExp(source.chain_id));
  step("the attestation of the job that used it; none of the job that waits");
  await tab.close();
} catch (error) {
  failed = true;
  console.error(error);
  const target = join(import.meta.dirname, "../../../../target");
  mkdirSync(target, { recursive: true });
  await driver.picture(join(target, "page-uses.png"));
} finally {
  await driver.stop();
}
for (const fault of new Set(driver.faults)) {
  console.error(`fault: ${fault}`);
}
console.log(`${driver.faults.length} faults`);
process.exitCode = failed || driver.faults.length > 0 ? 1 : 0;
