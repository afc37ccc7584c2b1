// A chain of data sets, which has no market: what their owner sees of it. The demonstration has none, so its answers are made here.
import assert from "node:assert/strict";

import { between } from "./between.mjs";

const DIGEST = "ab".repeat(32);

/** What contracts of data sets and of attestations answer: one data set of `owner` with a use in escrow, one that was recorded, and markup. */
function answers(owner, payer, source) {
  const attestation = {
    evidence: "signed", input_commitment: DIGEST, job_id: 3, masked: "", members: 3, model: DIGEST, output: DIGEST, recorded_at: 1_767_000_000, round: 1,
    signers: 3, source, statement: DIGEST,
  };
  return {
    datasets: ({ start_after: last }) => (last === null ? [
      { id: 1, owner, digest: DIGEST, asset: { native: "ubee" }, share: "500000", uses: 1, earned: "250000", active: true },
      { id: 2, owner, digest: DIGEST, asset: { native: "ibc/<b>x</b>" }, share: "7", uses: 0, earned: "0", active: false },
      { id: 3, owner: payer, digest: DIGEST, asset: { native: "ubee" }, share: "1", uses: 5, earned: "5", active: true },
    ] : []),
    deposits: ({ start_after: last }) => (last === null ? [{
      id: 1, amount: "500000", depositor: payer,
      purpose: { dataset_id: 1, deadline: 1_900_000_000, input_commitment: DIGEST, job_id: 7, source },
    }] : []),
    peers: () => [{ connection_id: "connection-0", port_id: "wasm.x", source }],
    attestations: ({ start_after: last }) => (last === null ? [attestation] : []),
    attestation: () => attestation,
    use: ({ job_id: job }) => (job === 3 ? { paid: "250000", recorded_at: 1_767_000_000, statement: DIGEST } : null),
  };
}

export async function datasets({ tab, settle, go, everywhere, step, browser, origin, demo }) {
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
      // Two addresses that are there: whose they are, the page takes from here.
      const { token, registry } = config.contracts;
      return { ...given, body: JSON.stringify({ ...config, contracts: { datasets: token, attestations: registry } }) };
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
  const sets = await page.$$eval("section[aria-labelledby=sets] .rows li", (all) => all.map((one) => one.textContent.replace(/\s+/g, " ")));
  assert.equal(sets.length, 2);
  assert.match(sets[0], /Data set 1 .*1 use, 0\.25 BEE paid; the next one costs 0\.5 BEE/);
  assert.match(sets[1], /7 ?ibc\/<b>x<\/b>.*It takes no deposits now/);
  const uses = await page.$$eval("section[aria-labelledby=sets] tbody tr", (all) => all.map((one) => one.textContent.replace(/\s+/g, " ")));
  assert.match(uses[0], /<i>hive-1 · 7.*0\.5 BEE.*in escrow until/);
  assert.match(uses[1], /<i>hive-1 · 3.*0\.25 BEE.*attested and recorded/);
  assert.equal(await page.$("main b, main i, section[aria-labelledby=uses], section[aria-labelledby=consents]"), null);
  await everywhere(page, "data sets of a patient");
  await go(page, await page.$$eval("section[aria-labelledby=sets] tbody a", (all) => all.at(-1).getAttribute("href")));
  await page.waitForSelector("#record");
  await everywhere(page, "an attestation of another chain's job");
  step("a chain of data sets: who has used those of a patient, and the attestation of it");
  await context.close();
}
