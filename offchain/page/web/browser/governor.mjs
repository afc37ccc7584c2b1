// Who governs: votes on rewards, settings that were announced, and what a patient sees of it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

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
  await consents(hive);
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
  const balance = async () => BigInt((await hive.ask("token", { balance: { address: patient } })).balance);
  const before = await balance();
  await button(page, "Approve reward 1");
  await page.waitForFunction(() => /Reward 1: approved, .* are paid/.test(document.querySelector("section[aria-labelledby=results]")?.textContent ?? ""));
  await check(page, "the result of a vote");
  await go(page, `#/patient/${patient}`);
  await page.waitForFunction(() => /in rewards/.test(document.querySelector("#title")?.textContent ?? ""));
  await page.waitForSelector("section[aria-labelledby=emergencies] li");
  assert.equal((await page.$$("section[aria-labelledby=grants] li")).length, 2);
  assert.equal(await page.$("section[aria-labelledby=grants] .action"), null, "a stranger can revoke a consent");
  for (const language of LANGUAGES) {
    await speak(page, language);
    await check(page, `consents of a patient in ${language}`);
    await page.setViewport({ width: 360, height: 740 });
    await check(page, `consents of a patient in ${language}, 360 pixels wide`);
    await page.setViewport({ width: 1280, height: 860 });
  }
  await speak(page, "en");
  await views(page, "patient", { full: true });
  assert.ok(await balance() > before);
  step("a vote with two clicks; the reward is paid, and the patient sees it");

  // A setting that waits: announced, read as text, applied by anybody.
  await page.close();
  await hive.pass(2 * DAY);
  await hive.run("treasury", "deposit", "--from", "operator", "--amount", "50");
  await hive.ended(1, "treasury", "spend", "--to", "patient", "--amount", "5", "--purpose", PURPOSE);
  await pledge(hive);
  page = await open();
  await go(page, "#/stake");
  await page.waitForFunction(() => document.querySelectorAll("section[aria-labelledby=pools] tbody tr").length === 2);
  await check(page, "nodes that take stakes");
  await views(page, "stake", { full: true });
  await operator(kit, hive);
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

/** The patient has recorded two consents for a clinic, and revoked one; the clinic has stated an emergency. */
async function consents(hive) {
  const [made, signed] = [join(hive.folder, "consent.made"), join(hive.folder, "consent.json")];
  await hive.run("wallet", "fund", "clinic", "--amount", "200");
  await hive.run("wallet", "fund", "patient", "--amount", "1");
  await hive.run("requester", "register", "clinic");
  const [{ address: patient }, { address: clinic }] = [await hive.run("wallet", "show", "patient"), await hive.run("wallet", "show", "clinic")];
  const data = ["--data-digest", "ab".repeat(32)];
  await hive.run("consent", "break-glass", patient, "--reason", "ETREAT", ...data, "--text", hive.file("why", "unconscious"), "--from", "clinic",
    "--out", join(hive.folder, "statement.json"));
  await hive.run("consent", "make", "--issuer", patient, "--reader", clinic, "--purpose", "TREAT", "--purpose", "HRESCH", ...data, "--days", "30", "--out", made);
  await hive.run("consent", "sign", made, "--from", "patient", "--out", signed);
  await hive.run("consent", "record", signed, "--from", "patient");
  await hive.run("consent", "revoke", signed, "--purpose", "HRESCH", "--from", "patient");
}

/** Two nodes take stakes, with pledges of BTK that the emission of two days has given the operator of the network. */
async function pledge(hive) {
  await hive.run("wallet", "claim", "operator");
  const { btk } = await hive.run("wallet", "show", "operator");
  const part = `${BigInt(btk) / 4n / 1_000_000n}`;
  for (const node of ["n1", "n2"]) {
    const { address } = await accountOf(hive, node);
    await hive.run("wallet", "send", "--from", "operator", "--to", address, "--amount", part, "--token", "btk");
  }
  await hive.stop();
  for (const [node, commission] of [["n1", "1000"], ["n2", "500"]]) {
    await hive.run("stake", "bond", "--from", `node:${node}`, "--amount", part, "--tera", "4", "--commission-bps", commission);
  }
  await hive.start();
}

/** A node's account: its address, and the file with its key. */
async function accountOf(hive, node) {
  const key = join(hive.folder, `${node}.key`);
  const keystore = join(hive.folder, "home/nodes", `${node}.json`);
  const { entries } = await hive.run("keys", "list", keystore);
  return { key, keystore, address: entries.map((entry) => entry.public).find((text) => text.startsWith("bithive1")) };
}

/** Who operates a node, with its key in the browser: its bond, what is due, its way out. */
async function operator({ tab, settle, go, check, views, button, step, browser }, hive) {
  const { key, keystore } = await accountOf(hive, "n1");
  await hive.run("keys", "export", keystore, "--name", "account", "--out", key, "--password-file", join(hive.folder, "home/password"));
  const context = await browser.createBrowserContext();
  const page = await tab({ at: hive.origin, context });
  await page.goto(`${hive.origin}/#token=${hive.token}`);
  await settle(page);
  await page.evaluate(() => { document.querySelector("header .wallet").click(); });
  await page.waitForSelector("dialog[open]");
  await page.$eval("dialog details summary", (one) => one.click());
  await page.type("#hex", readFileSync(key, "utf8").trim());
  await button(page, "Use it", "dialog");
  await page.waitForSelector("header .wallet .dot");
  await go(page, "#/node");
  await page.waitForSelector("section[aria-labelledby=leave]");
  await check(page, "one's own node");
  await views(page, "own-node", { full: true });
  step("a node of one's own, with its bond");
  await context.close();
}
