// Who governs: votes on rewards, settings that were announced, and what a patient sees of it.
import assert from "node:assert/strict";

const LANGUAGES = ["en", "de", "zh-Hans"];
const DAY = 86_400;
const PURPOSE = "<script>alert(1)</script> audit of March";

export async function governor(kit, hive) {
  const { tab, settle, go, speak, check, views, button, step, browser } = kit;
  const context = await browser.createBrowserContext();
  await hive.stop();
  for (const name of ["clinic", "house", "patient"]) {
    await hive.run("wallet", "new", name);
  }
  await hive.start();
  const open = async () => {
    const one = await tab({ at: hive.origin, context });
    await one.goto(`${hive.origin}/#token=${hive.token}`);
    await settle(one);
    return one;
  };
  let page = await open();
  await page.evaluate(() => { document.querySelector("header .wallet").click(); });
  await button(page, "Make a key");
  await page.waitForSelector("header .wallet .dot");
  await go(page, "#/account");
  const account = await page.$eval(".who .reader", (one) => one.textContent);
  await hive.run("wallet", "fund", account, "--amount", "100");
  for (const [name, role] of [["clinic", "clinician"], ["house", "institution"]]) {
    await hive.run("wallet", "fund", name, "--amount", "10");
    await hive.run("rewards", "party", name, "--role", role);
  }
  await hive.run("rewards", "party", account, "--role", "insurer");
  const patient = (await hive.run("wallet", "show", "patient")).address;
  await hive.run("rewards", "fund", "--from", "operator", "--amount", "1000");
  const evidence = hive.file("evidence", "a report");
  await hive.run("rewards", "grant", "--from", "clinic", "--patient", "patient", "--activity", "check-up", "--value", "300", "--evidence", evidence);
  const { approvals } = await hive.ask("rewards", { config: {} });
  if (approvals !== 2) {
    await hive.run("rewards", "approve", "1", "--from", "house");
  }

  // Two clicks: the page, and the vote.
  await page.click('nav a[href="#/governance"]');
  await page.waitForFunction(() => /1 vote waits for you/.test(document.querySelector("#title")?.textContent ?? ""));
  await page.waitForFunction(() => /Fee/.test(document.querySelector("section[aria-labelledby=votes] .cost")?.textContent ?? ""));
  for (const language of LANGUAGES) {
    await speak(page, language);
    await check(page, `governance with a vote in ${language}`);
    await page.setViewport({ width: 360, height: 740 });
    await check(page, `governance with a vote in ${language}, 360 pixels wide`);
    await page.setViewport({ width: 1280, height: 860 });
  }
  await speak(page, "en");
  await views(page, "governance");
  await button(page, "Approve reward 1");
  await page.waitForFunction(() => /Reward 1: approved, .* are paid/.test(document.querySelector("section[aria-labelledby=results]")?.textContent ?? ""));
  await check(page, "the result of a vote");
  await go(page, `#/patient/${patient}`);
  await page.waitForFunction(() => /in rewards/.test(document.querySelector("#title")?.textContent ?? ""));
  await views(page, "patient");
  assert.ok(BigInt((await hive.ask("token", { balance: { address: patient } })).balance) > 0n);
  step("a vote with two clicks; the reward is paid, and the patient sees it");

  // A setting that waits: announced, read as text, applied by anybody.
  await page.close();
  await hive.pass(2 * DAY);
  await hive.run("treasury", "deposit", "--from", "operator", "--amount", "50");
  await hive.ended(1, "treasury", "spend", "--to", "patient", "--amount", "5", "--purpose", PURPOSE);
  page = await open();
  await go(page, "#/governance");
  await page.waitForFunction((purpose) => document.querySelector("section[aria-labelledby=settings] .content")?.textContent.includes(purpose), {}, PURPOSE);
  assert.equal(await page.$("main script"), null);
  assert.equal((await page.$$("section[aria-labelledby=settings] button:not(.copy)")).length, 0, "a stranger can do something before its time");
  await check(page, "a setting that was announced");
  await page.close();
  await hive.pass(3 * DAY + 60);
  page = await open();
  await go(page, "#/governance");
  await button(page, "Apply spend");
  await page.waitForFunction(() => /None was announced/.test(document.querySelector("section[aria-labelledby=settings]")?.textContent ?? ""));
  step("a setting is read as text, and applied by anybody once its time has come");
  await context.close();
}
