// Data sets of a chain that says what no honest one does: markup for a denomination and a chain's name. What is true, `uses.mjs` looks at, before a real chain.
import assert from "node:assert/strict";

import { between } from "./between.mjs";

const DIGEST = "ab".repeat(32);

/** What the contract of data sets answers: two of `owner`, of which one takes no deposits; one of `payer`; and a use in escrow. */
function answers(owner, payer, source) {
  const set = { id: 1, owner, digest: DIGEST, asset: { native: "ubee" }, share: "500000", uses: 0, earned: "0", active: true };
  return {
    datasets: ({ start_after: last }) => (last === null ? [set, { ...set, id: 2, asset: { native: "ibc/<b>x</b>" }, share: "7", active: false }, { ...set, id: 3, owner: payer }] : []),
    deposits: ({ start_after: last }) => (last === null ? [{
      id: 1, amount: "500000", depositor: payer,
      purpose: { dataset_id: 1, deadline: 1_900_000_000, input_commitment: DIGEST, job_id: 7, source },
    }] : []),
  };
}

export async function datasets({ tab, settle, check, step, browser, origin, demo }) {
  const context = await browser.createBrowserContext();
  const page = await tab({ context });
  const [{ address: owner }, { address: payer }] = (await fetch(`${demo.url}x/development-keys`, { headers: { authorization: `Bearer ${demo.token}` } })
    .then((answer) => answer.json())).keys;
  let own;
  await between(page, async ({ path, body, answer }) => {
    const given = await answer();
    if (path === "/config.json") {
      const config = JSON.parse(given.body.toString());
      own ??= answers(owner, payer, { chain_id: "<i>hive-1", jobs: config.contracts.jobs });
      // An address that is there: whose it is, the page takes from here.
      return { ...given, body: JSON.stringify({ ...config, contracts: { datasets: config.contracts.token } }) };
    }
    if (path !== "/x/batch") {
      return undefined;
    }
    const results = JSON.parse(body).map(({ query }) => {
      const [[name, args]] = Object.entries(query);
      return { value: own[name](args) };
    });
    return { ...given, body: JSON.stringify({ ...JSON.parse(given.body.toString()), results }) };
  });
  await page.goto(`${origin}/#/patient/${owner}`);
  await settle(page);
  const texts = (where) => page.$$eval(`section[aria-labelledby=sets] ${where}`, (all) => all.map((one) => one.textContent.replace(/\s+/g, " ")));
  const sets = await texts(".rows li");
  assert.equal(sets.length, 2);
  assert.match(sets[1], /7 ?ibc\/<b>x<\/b>.*It takes no deposits now/);
  assert.match((await texts("tbody tr"))[0], /<i>hive-1 · 7.*0\.5 BEE.*in escrow until/);
  assert.equal(await page.$("main b, main i"), null);
  await check(page, "data sets with markup in names");
  step("a chain of data sets: markup in what it says is text");
  await context.close();
}
