// Patients: who used what of theirs, who may; and the vote that pays a reward.
import assert from "node:assert/strict";

import { connected } from "./connect.mjs";
import { act } from "./holder.mjs";

const USES = "section[aria-labelledby=uses]";
const CONSENTS = "section[aria-labelledby=consents]";
const GRANTS = "section[aria-labelledby=grants]";

/** Approves the `reward` that waits, and looks at it as the patient does. */
export async function governing(place, wallet, { own, patient, reward }) {
  const { facts, step } = place;
  const tab = await connected(place, wallet, [own.key]);
  const before = await facts.tokens("token", patient.address);
  await tab.within(2, async () => {
    await tab.go("#/governance");
    await tab.says("#title", /1 vote waits for you/);
    await tab.says("section[aria-labelledby=votes] .cost", /Fee/);
    await act(place, tab, wallet, `Approve reward ${reward}`, "section[aria-labelledby=votes]");
  });
  await tab.says("section[aria-labelledby=results]", new RegExp(`Reward ${reward}: approved, .* are paid`));
  assert.ok(await facts.tokens("token", patient.address) > before, "the reward was not paid");
  await tab.go(`#/patient/${patient.address}`);
  await tab.says("#title", /in rewards/);
  step("a vote, with one signature: the reward is paid, and everybody sees it");
  await tab.close();
}

/** Uses of a patient's data, its share of them, and consents that are given and withdrawn. `poster` has posted the job of number `job`. */
export async function consenting(place, wallet, { own, poster, job, other }) {
  const { facts, step } = place;
  const tab = await connected(place, wallet, [own.key]);
  const clicks = tab.clicks;
  await tab.go("#/patient");
  await tab.says(`${USES} tbody`, /settled/);
  assert.equal(await tab.page.$eval(`${USES} tbody a`, (link) => link.getAttribute("href")), `#/job/${job}`);
  await tab.page.waitForSelector(`${USES} tbody a[href^="#/proof/"]`);
  const before = await facts.tokens("token", own.address);
  await tab.says(`${USES} .cost`, /Fee/);
  await act(place, tab, wallet, "Claim", USES);
  assert.ok(await facts.tokens("token", own.address) > before, "the share was not paid");
  assert.ok(tab.clicks - clicks <= 3);
  step("a patient's uses, and the share of them, with one signature");

  // One that the patient has recorded, and an emergency that the same requester has stated.
  await tab.says("section[aria-labelledby=emergencies]", new RegExp(`without consent once.*Emergency treatment.*${poster.slice(-4)}`, "s"));
  await tab.says(GRANTS, /holds/);
  await tab.says(`${GRANTS} .cost`, /Fee.*This is for good/s);
  await act(place, tab, wallet, "Revoke", GRANTS);
  await tab.says(GRANTS, /revoked/);
  assert.deepEqual((await facts.query("grants", { consents: { subject: own.address } })).map(({ standing }) => standing), ["revoked"]);
  assert.equal(await tab.page.$(`${GRANTS} button:not(.copy)`), null, "a consent can be revoked twice");
  step("who opened a patient's data in an emergency; a recorded consent is revoked, with one signature");

  const consent = (requester) => facts.query("models", { consent: { owner: own.address, requester } });
  assert.ok(await consent(poster) > 0);
  await tab.within(3, async () => {
    await tab.go("#/patient");
    await tab.click("Withdraw consent", CONSENTS);
  });
  await tab.page.waitForSelector(".notice .done");
  assert.equal(await consent(poster), null);
  await tab.says(CONSENTS, /No requester of these jobs may name you now/);
  await tab.page.$eval(".notice .close", (one) => one.click());
  await tab.write("#requester", `${other.address}x`);
  await tab.says(`${CONSENTS} .fault`, /./);
  await tab.write("#requester", other.address);
  await tab.says(`${CONSENTS} .cost`, /Fee/);
  await act(place, tab, wallet, "Give consent", CONSENTS);
  assert.ok(await consent(other.address) > 0);
  step("a consent withdrawn, and another given, with one signature each");
  await tab.close();
}
