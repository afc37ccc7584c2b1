// A study's job and its report, before `demo --imaging --page`: for those with the token, and for nobody else. Then its patient, who revokes the consent.
import assert from "node:assert/strict";

import { between } from "./between.mjs";
import { STATUS } from "./page.mjs";

const REPORT = "section[aria-labelledby=report]";
const GRANTS = "section[aria-labelledby=grants]";
const words = (page, where) => page.$$eval(where, (all) => all.map((one) => one.textContent.replace(/\s+/g, " ").trim()));

/** Waits until what a selector finds says this. */
const says = (page, where, pattern) => page.waitForFunction((selector, text) =>
  new RegExp(text, "s").test(document.querySelector(selector)?.textContent ?? ""), {}, where, pattern.source);

/** `start` starts a demonstration with further options. */
export async function reports(kit, start) {
  const began = Date.now();
  const demo = await start("--imaging");
  try {
    await study(kit, demo);
  } finally {
    await demo.stop();
  }
  kit.step(`the study's page, in ${((Date.now() - began) / 1000).toFixed(0)} s`);
}

async function study(kit, demo) {
  const { tab, go, settle, everywhere, views, button, step, browser } = kit;
  const context = await browser.createBrowserContext();
  const stranger = await tab({ at: demo.origin, context });
  const asked = [];
  stranger.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await stranger.goto(`${demo.origin}/#/job/1`);
  await settle(stranger);
  await stranger.waitForSelector("#proof");
  assert.equal(await stranger.$(REPORT), null, "a report is shown to whoever looks");
  assert.ok(!asked.some((path) => path.startsWith("/x/reports")), "a report is asked for without a token");
  await stranger.close();

  const bundle = await fetch(`${demo.url}x/reports/1`, { headers: { authorization: `Bearer ${demo.token}` } }).then((answer) => answer.json());
  const [{ resource: report }, ...others] = bundle.entry;
  const observations = others.map(({ resource }) => resource).filter(({ resourceType }) => resourceType === "Observation");
  assert.equal(observations.length, 3);
  const page = await tab({ at: demo.origin, context, allowed: STATUS });
  await page.goto(`${demo.origin}/#token=${demo.token}`);
  await settle(page);
  await go(page, "#/job/1");
  await page.waitForSelector(REPORT);
  await says(page, REPORT, /For research only.*no diagnosis.*Nothing clinical is claimed/);
  assert.ok((await words(page, `${REPORT} p`)).includes(report.conclusion));
  const rows = await words(page, `${REPORT} .rows li`);
  assert.deepEqual(rows.map((row) => row.replaceAll(",", "")), observations.map(({ code, valueQuantity: { value, unit }, component: [pixels] }, index) =>
    `${index + 1}. ${code.text} ${value} ${unit} ${pixels.code.text}: ${pixels.valueQuantity.value}`));
  await everywhere(page, "a study's job with its report");
  await views(page, "report", { at: REPORT });
  step("a study's job has its report, word for word, for those with the token");
  await lies(kit, demo, context);

  await page.evaluate(() => { document.querySelector("header .wallet").click(); });
  await page.waitForSelector("dialog[open]");
  await button(page, "patient", "dialog");
  await page.waitForSelector("header .wallet .dot");
  await go(page, "#/patient");
  await says(page, GRANTS, /holds.*Job 1/);
  await says(page, `${GRANTS} .cost`, /Fee.*This is for good/);
  await button(page, "Revoke", GRANTS);
  await page.waitForSelector(".notice .done");
  await says(page, GRANTS, /revoked/);
  step("the study's patient sees the job that the consent was for, and revokes it");
  await context.close();
}

/** Of a server that lies nothing but text is shown, and no report of another job. */
async function lies({ tab, settle, check, step }, demo, context) {
  const page = await tab({ at: demo.origin, context, allowed: STATUS });
  let change;
  await between(page, async ({ path, answer }) => (path.startsWith("/x/reports/") ? change(await answer()) : undefined));
  const shows = async (other) => {
    change = other;
    await page.goto(`${demo.origin}/#token=${demo.token}`);
    await page.goto(`${demo.origin}/#/job/1`);
    await page.reload();
    await settle(page);
    await page.waitForSelector("#proof");
  };
  const edit = (text) => (given) => ({ ...given, body: text(given.body.toString()) });
  await shows(edit((text) => text.replace(/"conclusion":"[^"]*"/, '"conclusion":"<img src=x onerror=alert(1)>"')));
  await says(page, REPORT, /<img src=x onerror=alert\(1\)>/);
  assert.equal(await page.$("main img"), null);
  await check(page, "a report with markup");
  for (const [other, reason] of [
    [edit((text) => text.replaceAll(/(fhir\/job","value":"[^"]*)\/1"/g, "$1/2\"")), /no report of this job/],
    [edit((text) => text.replace(/"conclusion":"[^"]*"/, '"conclusion":{}')), /no report of this job/],
    [edit(() => "{"), /position/],
  ]) {
    await shows(other);
    await says(page, "main .trouble", reason);
    assert.equal(await page.$(REPORT), null);
  }
  await check(page, "a report that is none");
  await shows((given) => ({ ...given, status: 404, body: '{"error":{"kind":"not_found","what":"none","remedy":"none"}}' }));
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(await page.$(`${REPORT}, main .trouble`), null, "a job without a report shows something in its place");
  step("markup in a report is text; one of another job, or that is none, is not shown");
  await page.close();
}
