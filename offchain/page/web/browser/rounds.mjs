// A requester on a network of its own: with the keyboard alone, in two tabs, on a full disk, beside the program with the same key; a round that fails,
// a job that nobody takes, a vault that is too old.
import assert from "node:assert/strict";
import { readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";

import { between, rpc } from "./between.mjs";
import { pick, press, reach, write } from "./keyboard.mjs";

const HOUR = 3_600;
const MORE_THAN_AN_EPOCH = 8 * 86_400;

const OWN = "section[aria-labelledby=own]";
const has = (page, words) => page.waitForFunction((wanted) => new RegExp(wanted, "s").test(document.querySelector("main")?.textContent ?? ""), {}, words.source);

export async function rounds(kit, hive) {
  const { tab, settle, go, check, picture, button, step, browser, root } = kit;
  const context = await browser.createBrowserContext();
  // The browser notes an answer with an error by itself: those that this test gives, and the courier's where a source lacks the content.
  const open = async () => {
    const one = await tab({ at: hive.origin, context, allowed: /status of (404|500|502|503|504)/ });
    await one.goto(`${hive.origin}/#token=${hive.token}`);
    await settle(one);
    return one;
  };
  let page = await open();
  const rows = readFileSync(join(root, "data/wdbc/holdout.csv"), "utf8").split("\n").slice(0, 4).join("\n");
  // A name that would be markup, if names were.
  const csv = hive.file("<b>rows<script>.csv", `${rows}\n`);

  await press(page, "header .wallet");
  await page.waitForSelector("dialog[open]");
  await press(page, "dialog button", "Make a key");
  await page.waitForSelector("header .wallet .dot");
  await press(page, "nav a", "Tokens");
  await page.waitForSelector(".who .reader");
  const account = await page.$eval(".who .reader", (one) => one.textContent);
  await hive.run("wallet", "fund", account, "--amount", "1000");
  const held = async () => BigInt((await hive.ask("token", { balance: { address: account } })).balance);

  // Nothing is paid for keys that could not be kept.
  await press(page, "nav a", "New job");
  await reach(page, "button", "Register");
  // It holds for as long as this session of the debugging protocol does.
  const session = await page.createCDPSession();
  await session.send("Storage.overrideQuotaForOrigin", { origin: hive.origin, quotaSize: 1_000 });
  await page.waitForFunction(() => /Fee/.test(document.querySelector("section[aria-labelledby=register] .cost")?.textContent ?? ""));
  await press(page, "button", "Register");
  await has(page, /storage for this page is full.*Nothing was spent/);
  await check(page, "a full disk");
  assert.equal(await held(), 1_000_000_000n, "the bond was paid");
  await session.send("Storage.overrideQuotaForOrigin", { origin: hive.origin });
  await press(page, "button", "Register");
  await page.waitForSelector("section[aria-labelledby=unlock]");
  await press(page, "button", "Unlock");
  await page.waitForSelector(".choices");
  step("a full disk is said before the bond is paid");

  // A file of 2 GiB is refused before a byte of it is read, dropped or chosen.
  const large = hive.file("large.csv", "");
  truncateSync(large, 2 ** 31);
  const before = (await page.metrics()).JSHeapUsedSize;
  await page.$eval(".drop", (one) => one.scrollIntoView({ block: "center" }));
  const { x, y } = await page.$eval(".drop", (one) => {
    const { left, top, width, height } = one.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  });
  const begun = Date.now();
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await session.send("Input.dispatchDragEvent", { type, x, y, data: { items: [], files: [large], dragOperationsMask: 1 } });
  }
  await has(page, /large\.csv: 2147483648 bytes, expected at most 67108864/);
  assert.ok(Date.now() - begun < 10_000, `a large file is refused after ${Date.now() - begun} ms`);
  assert.ok((await page.metrics()).JSHeapUsedSize - before < 16 << 20, "a large file is in memory");
  step("a file of 2 GiB is refused at once");

  // The form, sealed: all of it with the keyboard.
  const fill = async () => {
    await pick(page, ".drop input[type=file]", csv);
    await has(page, /<b>rows<script>\.csv: 3 rows/);
    await reach(page, "#p-vram");
    await page.keyboard.press("ArrowDown");
    await page.waitForFunction(() => /vram >= \d+/.test(document.querySelector(".steps pre")?.textContent ?? ""));
    await write(page, ".steps .input input", "20");
    await reach(page, "#window");
    await page.keyboard.press("Home");
    await press(page, ".steps button", "Seal");
    await page.waitForFunction(() => [...document.querySelectorAll(".steps button")].some((one) => /Post the job/.test(one.textContent)));
  };
  await fill();
  assert.equal(await page.$("main b, main script"), null, "a file's name is markup");
  await page.setViewport({ width: 360, height: 740 });
  await check(page, "request, sealed, 360 pixels wide");
  await page.setViewport({ width: 1280, height: 860 });
  step("filled in and sealed with the keyboard alone; a file's name is text");

  // Two tabs have the sealed job, and both post it at once.
  const second = await open();
  await go(second, "#/request");
  await button(second, "Unlock");
  await button(second, "Go on");
  // One of the tabs is behind the other: there nothing is drawn, so nothing waits for a picture, and a click is the document's.
  const both = (what) => Promise.all([page, second].map(what));
  const polling = { polling: 200 };
  await both((one) => one.waitForFunction(() => /Fee/.test(document.querySelector(".steps li:last-child .cost")?.textContent ?? ""), polling));
  await both((one) => one.evaluate(() => { document.querySelector(".steps li:last-child .action button").click(); }));
  await both((one) => one.waitForFunction((at) => document.querySelector(`${at} .card`) !== null, polling, OWN));
  await Promise.race([page, second].map((one) => one.waitForFunction(() => /posted already/.test(document.querySelector("main").textContent), polling)));
  const { jobs } = await hive.ask("jobs", { totals: {} });
  assert.equal(jobs, 1, "two tabs have posted a job twice");
  await second.close();
  await page.bringToFront();
  step("two tabs know of each other's jobs, and post one once");

  // A node's key that was changed on its way is found; a payload that nobody gets makes the round fail.
  const server = await between(page, async ({ path, method, answer }) => {
    if (!path.startsWith("/x/blobs/") || method !== "GET") {
      return undefined;
    }
    const given = await answer();
    given.body[given.body.length - 1] ^= 1;
    return given;
  });
  await press(page, `${OWN} button`, "Encrypt");
  await page.waitForSelector(`${OWN} .trouble`);
  assert.match(await page.$eval(`${OWN} .trouble`, (one) => one.textContent), /key/);
  server.change = async ({ path, method }) => (path.startsWith("/x/blobs/") && method === "PUT" ? { status: 204, headers: {}, body: "" } : undefined);
  await press(page, `${OWN} button`, "Encrypt");
  await page.waitForFunction((at) => [...document.querySelectorAll(`${at} button`)].some((one) => /^Assign/.test(one.textContent) && !one.disabled), {}, OWN);
  await press(page, `${OWN} button`, "Assign");
  await has(page, /computing/);
  step("a key that does not fit its digest is refused");

  // Whoever was chosen sees what is due.
  const { workers: [worker] } = await hive.ask("jobs", { job: { job_id: 1 } });
  await go(page, `#/node/${worker.address}`);
  await page.waitForFunction(() => /Job 1.*[Cc]ommit/s.test(document.querySelector("section[aria-labelledby=work] .rows")?.textContent ?? ""));
  await check(page, "work that is due");
  step("a node's work that is due, with its time");
  await page.close();

  await hive.pass(HOUR);
  page = await open();
  await go(page, "#/request");
  await button(page, "Unlock");
  await page.waitForSelector(`${OWN} .card`);
  await button(page, "Move the job on");
  await has(page, /Round 1 of 3 at most found no agreement/);
  await page.waitForFunction((at) => [...document.querySelectorAll(`${at} button`)].some((one) => /^Encrypt/.test(one.textContent)), {}, OWN);
  const failed = await hive.ask("jobs", { job: { job_id: 1 } });
  await check(page, "a round that failed");
  await page.setViewport({ width: 360, height: 740 });
  await check(page, "a round that failed, 360 pixels wide");
  await page.setViewport({ width: 1280, height: 860 });
  await page.$eval(OWN, (one) => one.scrollIntoView());
  await picture(page, "round");
  await press(page, `${OWN} button`, "Encrypt");
  await press(page, `${OWN} button`, "Assign");
  await page.waitForFunction((at) => [...document.querySelectorAll(`${at} button`)].some((one) => /Read the result/.test(one.textContent)), {}, OWN);
  const again = await hive.ask("jobs", { job: { job_id: 1 } });
  assert.equal(again.round, 2);
  const first = new Set(failed.workers.map(({ address }) => address));
  assert.ok(again.workers.every(({ address }) => !first.has(address)), "who stayed away was chosen again");
  step("a round that failed is followed by another, with other nodes");

  const output = await between(page, async ({ path, method, answer }) => {
    if (!path.startsWith("/x/blobs/") || method !== "GET") {
      return undefined;
    }
    const given = await answer();
    given.body[0] ^= 1;
    return given;
  });
  await press(page, `${OWN} button`, "Read the result");
  await page.waitForSelector(`${OWN} .trouble`);
  assert.equal(await page.$(`${OWN} tbody tr`), null);
  output.change = undefined;
  await press(page, `${OWN} button`, "Read the result");
  await page.waitForFunction((at) => document.querySelectorAll(`${at} tbody tr`).length === 3, {}, OWN);
  step("an output that was changed on its way is no result; the same again is one");

  // The program sends with the same key: before the signature, and after it.
  await race(kit, hive, page, account);

  // A job that nobody takes ends, and its escrow is taken back; a vault of an earlier epoch is not posted.
  await go(page, "#/request");
  await press(page, "button", "Unlock");
  await page.waitForSelector(".choices");
  await fill();
  await press(page, ".steps button", "Post the job");
  await page.waitForFunction((at) => document.querySelectorAll(`${at} > .card`).length === 2, {}, OWN);
  await fill();
  await page.close();
  await hive.pass(MORE_THAN_AN_EPOCH);
  page = await open();
  await go(page, "#/request");
  await button(page, "Unlock");
  await has(page, /sealed for an earlier epoch: post it anew/);
  assert.equal(await page.$(".rows ::-p-text(Go on)"), null);
  await check(page, "a vault of an earlier epoch");
  await button(page, "Move the job on");
  await has(page, /No result: the escrow was returned/);
  await page.waitForSelector("section[aria-labelledby=returned] button");
  const poor = await held();
  await button(page, "Claim");
  await page.waitForFunction(() => document.querySelector("section[aria-labelledby=returned]") === null);
  assert.ok(await held() - poor >= 60_000_000n, "the escrow is not back");
  step("a job that nobody takes ends, its escrow is claimed; a vault of an earlier epoch is not posted");
  await context.close();
}

/** The program and the page send with one key. */
async function race({ go, check, button, step }, hive, page, own) {
  const key = await page.evaluate(() => Object.entries(localStorage).find(([name]) => name.startsWith("bithive.development-key."))[1]);
  const password = hive.file("password", "a long enough password for a test\n");
  await hive.run("keys", "import", "--out", join(hive.folder, "same.json"), "--account-file", hive.file("hex", key), "--password-file", password, "--kdf-memory", "19");
  const send = () => hive.run("wallet", "send", "--from", join(hive.folder, "same.json"), "--to", "operator", "--amount", "1", "--password-file", password);
  await go(page, "#/account");
  const section = "section[aria-labelledby=send]";
  const recipient = (await hive.run("wallet", "show", "operator")).address;
  await page.type("#recipient", recipient);
  const fill = async (amount) => {
    const input = await page.waitForSelector(`${section} .input input`);
    await input.click({ count: 3 });
    await input.type(amount);
    await page.waitForFunction((at, wanted) => document.querySelector(`${at} .cost`)?.textContent.includes(`You spend ${wanted}`), {}, section, amount);
  };
  await fill("2");
  const held = async () => BigInt((await hive.ask("token", { balance: { address: own } })).balance);
  const start = await held();
  let isAsked = true;
  const server = await between(page, async ({ body, answer }) => {
    if (!isAsked || !body.includes("Service/Simulate")) {
      return undefined;
    }
    isAsked = false;
    const given = await answer();
    await send();
    return given;
  });
  await button(page, "Send");
  await page.waitForSelector(".notice .done");
  assert.equal(start - await held(), 3_000_000n);
  step("a transaction of the program before the signature is no trouble");

  await page.click(".notice .close");
  // The account as it was before the program has sent, between the simulation and the signature.
  let [account, isSimulated] = [undefined, false];
  server.change = rpc((call, answer) => {
    const path = call.method === "abci_query" ? call.params.path : "";
    isSimulated ||= path.endsWith("Service/Simulate");
    if (path.endsWith("Query/AccountInfo")) {
      account ??= answer.result.response.value;
      answer.result.response.value = isSimulated ? account : answer.result.response.value;
    }
    return answer;
  });
  await fill("4");
  while (!isSimulated) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await send();
  isSimulated = false;
  await button(page, "Send");
  await page.waitForFunction((at) => /Another transaction of this account came between.*Nothing was spent.*Try again/s.test(document.querySelector(`${at} .trouble`)?.textContent ?? ""), {}, section);
  await check(page, "another transaction came between");
  assert.equal(start - await held(), 4_000_000n, "what was refused was sent");
  server.change = undefined;
  await button(page, "Send");
  await page.waitForSelector(".notice .done");
  assert.equal(start - await held(), 8_000_000n);
  step("one after the signature is said, nothing is spent, and the same again is sent");
}
