// Payments: a stream from its opening to its end, by both of its sides, in the demonstration; and what a program has made on a network of its
// own: a stream by vouchers, invoices by link, agreements.
import assert from "node:assert/strict";

import { between } from "./between.mjs";
import { making } from "./making.mjs";

const UNIT = 1_000_000n;
const [IN, OUT, DUE] = ["stream.in", "stream.out", "due"].map((id) => `section[aria-labelledby="${id}"]`);

export async function payments(kit, { origin, demo }) {
  const { tab, settle, browser } = kit;
  const keys = await fetch(`${demo.url}x/development-keys`, { headers: { authorization: `Bearer ${demo.token}` } }).then((answer) => answer.json());
  const of = (wanted) => keys.keys.find(({ name }) => name === wanted).address;
  const { contracts } = await fetch(`${demo.url}config.json`).then((answer) => answer.json());
  const ask = async (contract, query) => {
    const body = JSON.stringify([{ contract: contracts[contract], query }]);
    const { results } = await fetch(`${demo.url}x/batch`, { method: "POST", headers: { "content-type": "application/json" }, body }).then((answer) => answer.json());
    assert.ok("value" in results[0], results[0].error);
    return results[0].value;
  };
  /** A tab of somebody who has a key of the demonstration. */
  const as = async (name) => {
    const page = await tab({ context: await browser.createBrowserContext() });
    await page.goto(`${origin}/#token=${demo.token}`);
    await settle(page);
    await page.evaluate(() => { document.querySelector("header .wallet").click(); });
    await kit.button(page, name, "dialog");
    await page.waitForSelector("header .wallet .dot");
    return page;
  };
  const place = {
    ...kit, as, ask, contracts, payer: of("holder"), payee: of("requester"),
    balance: async (address) => BigInt((await ask("token", { balance: { address } })).balance),
  };
  const [payer, payee] = [await as("holder"), await as("requester")];
  const id = await opened(place, payer);
  await drains(place, payee, id);
  await added(place, payer, id);
  await closed(place, payer, payee, id);
  await making(place, payer, payee);
  for (const page of [payer, payee]) {
    await page.browserContext().close();
  }
  await lacking({ ...kit, origin });
}

/** A network without these contracts has no such part, and says so to who has an address of it. */
async function lacking({ tab, go, step, check, origin, browser }) {
  const context = await browser.createBrowserContext();
  const page = await tab({ context });
  await between(page, async ({ path, answer }) => {
    if (path !== "/config.json") {
      return undefined;
    }
    const given = await answer();
    const config = JSON.parse(given.body.toString());
    const contracts = Object.entries(config.contracts).filter(([name]) => !["flows", "checkout", "escrow"].includes(name));
    return { ...given, body: JSON.stringify({ ...config, contracts: Object.fromEntries(contracts) }) };
  });
  await page.goto(`${origin}/#/stake`);
  await page.waitForFunction(() => document.querySelector('nav a[href="#/stake"]') !== null && document.querySelector('nav a[href="#/payments"]') === null);
  for (const place of ["#/payments", "#/stream/1", "#/escrow/1", "#/offer/1", "#/sell", "#/agree"]) {
    await go(page, place);
    await says(page, "main .empty", /no contract for this/);
    await check(page, `${place} where its contract is missing`);
  }
  await context.close();
  step("a network without the contracts has no payments, and says so");
}

/** What an element says, once it says that. */
export async function says(page, selector, pattern) {
  try {
    await page.waitForFunction((where, text, flags) => new RegExp(text, flags).test(document.querySelector(where)?.textContent ?? ""), {}, selector, pattern.source, pattern.flags);
  } catch (error) {
    const found = await page.evaluate((where) => [...document.querySelectorAll(where)].map((one) => one.textContent), selector);
    throw new Error(`${selector} says ${JSON.stringify(found)}, expected ${pattern}`, { cause: error });
  }
}

/** Writes into the field that a label in `within` names. */
export async function write(page, within, label, text) {
  const field = (await page.waitForFunction((inside, wanted) => {
    const found = [...document.querySelectorAll(`${inside} label`)].find((one) => one.textContent.includes(wanted));
    return found && document.getElementById(found.htmlFor);
  }, {}, within, label)).asElement();
  await field.click({ count: 3 });
  await field.press("Backspace");
  await field.type(text);
}

/** Presses a button that sends, and waits until it has taken effect. */
export async function sent(page, { button }, label, within) {
  await says(page, `${within} .cost`, /Fee .* gas/);
  await button(page, label, within);
  await page.waitForSelector(".notice .done");
  await page.$eval(".notice .close", (one) => one.click());
  await page.waitForFunction(() => document.querySelector(".notice .done") === null);
}

async function opened({ go, step, views, everywhere, ask, payee, payer, button }, page) {
  await go(page, "#/payments");
  await says(page, "#title", /Nothing is due to you now; 0 streams/);
  const form = "section[aria-labelledby=open]";
  await write(page, form, "Payee", `${payee}x`);
  await says(page, `${form} .fault`, /check sum/);
  await write(page, form, "Payee", payee);
  await page.select("#step", "1");
  await write(page, form, "Amount of a step", "0.5");
  // Less than a step is no stream, and one of more than ten years none either.
  await write(page, form, "Deposit", "0.25");
  await says(page, form, /at least/);
  await write(page, form, "Deposit", "60.25");
  await says(page, form, /120 steps, the last is due after 2 minutes.*0\.25.*come back to you/s);
  await says(page, `${form} .cost`, /You spend 60\.25/);
  await everywhere(page, "payments, the form");
  await views(page, "payments-open", { full: true });
  await sent(page, { button }, "Open the stream", form);
  await says(page, `${OUT} tbody`, /0\.5.*1 second/);
  const [flow] = await ask("flows", { flows: { party: payee, limit: 30 } });
  assert.deepEqual([flow.payer, flow.payee, flow.deposit, flow.terms.rate.amount, flow.terms.rate.step, flow.transferable], [payer, payee, "60250000", "500000", 1, false]);
  step("a stream by time, opened with one signature; what is no stream is said before");
  return flow.id;
}

/** The payee sees it drain by the second, and takes what is due. */
async function drains({ go, step, check, views, everywhere, speak, balance, payee, button }, page, id) {
  await go(page, "#/payments");
  await says(page, "#title", /You can take/);
  const cell = `${IN} tbody tr td:nth-child(5)`;
  const first = await page.$eval(cell, (one) => Number.parseFloat(one.textContent));
  await page.waitForFunction((where, before) => Number.parseFloat(document.querySelector(where).textContent) > before, {}, cell, first);
  await everywhere(page, "payments, with a stream");
  await views(page, "payments");
  const before = await balance(payee);
  await sent(page, { button }, "Take what is due", DUE);
  const taken = await balance(payee) - before;
  assert.ok(taken > 0n && taken % (UNIT / 2n) === 0n, `${taken} were taken: no whole steps`);
  await page.click(`${IN} tbody a`);
  await says(page, "#title", /Stream \d+ (owes you|is at its end)/);
  await everywhere(page, "a stream");
  await views(page, "stream", { full: true });
  await go(page, `#/payments/${payee}`);
  await says(page, "#title", /You can take|Nothing is due/);
  await go(page, `#/stream/${id + 1000}`);
  await says(page, "#title", /has ended/);
  await check(page, "a stream that is not there");
  await speak(page, "en");
  step("it drains by the second, and its payee takes whole steps with one signature");
}

/** Its payer adds to it, others add whole steps only. */
async function added({ go, step, ask, button }, page, id) {
  await go(page, `#/stream/${id}`);
  const form = "section[aria-labelledby=more]";
  const { deposit } = await ask("flows", { flow: { id } });
  await write(page, form, "Amount", "30");
  await sent(page, { button }, "Add", form);
  assert.equal(BigInt((await ask("flows", { flow: { id } })).deposit), BigInt(deposit) + 30n * UNIT);
  step("added to, with one signature");
}

/** Its payer closes it: whole steps are the payee's, the rest comes back in the same transaction. */
async function closed({ go, step, ask, balance, payer, payee, contracts, button }, own, other, id) {
  const [before, credit] = [await balance(payer), BigInt(await ask("flows", { claimable: { account: payee, asset: { cw20: contracts.token } } }))];
  const { deposit, paid } = await ask("flows", { flow: { id } });
  await sent(own, { button }, "Close the stream", "section[aria-labelledby=end]");
  await says(own, "#title", /has ended/);
  assert.equal(await ask("flows", { flow: { id } }), null);
  const back = await balance(payer) - before;
  const due = BigInt(await ask("flows", { claimable: { account: payee, asset: { cw20: contracts.token } } })) - credit;
  assert.equal(back + due, BigInt(deposit) - BigInt(paid), "money was lost or made");
  assert.ok(back > 0n && due % (UNIT / 2n) === 0n);
  await go(other, "#/payments");
  const had = await balance(payee);
  await sent(other, { button }, "Take what is due", DUE);
  assert.equal(await balance(payee) - had, due + credit);
  await says(other, "#title", /Nothing is due to you now; 0 streams/);
  step("closed with one signature: the rest is back, whole steps are the payee's, nothing is lost");
}

/** What others have made by the program, on a network whose time passes. */
export async function agreed(kit, hive) {
  const { tab, settle, button, browser } = kit;
  const context = await browser.createBrowserContext();
  await hive.stop();
  for (const name of ["shop", "judge"]) {
    await hive.run("wallet", "new", name);
  }
  await hive.start();
  const open = async (hash = "") => {
    const one = await tab({ at: hive.origin, context });
    await one.goto(`${hive.origin}/${hash === "" ? `#token=${hive.token}` : hash}`);
    await settle(one);
    return one;
  };
  const page = await open();
  await page.evaluate(() => { document.querySelector("header .wallet").click(); });
  await button(page, "Make a key");
  await page.waitForSelector("header .wallet .dot");
  await kit.go(page, "#/account");
  const account = await page.$eval(".who .reader", (one) => one.textContent);
  await hive.run("wallet", "fund", account, "--amount", "100");
  for (const name of ["shop", "judge"]) {
    await hive.run("wallet", "fund", name, "--amount", "100");
  }
  const place = { ...kit, hive, open, account, balance: async () => BigInt((await hive.ask("token", { balance: { address: account } })).balance) };
  await byVouchers(place, page);
  await byLink(place, page);
  await byMilestones(place, page);
  await context.close();
}

/** A stream by vouchers: what it holds, what was paid, its notice. */
async function byVouchers({ hive, go, step, check, everywhere, views, button, account, balance }, page) {
  await hive.run("stream", "open", "--from", "shop", "--to", account, "--amount", "20", "--vouchers", "--days", "2", "--notice", "1");
  const [{ id }] = await hive.ask("flows", { flows: { party: account, limit: 30 } });
  await go(page, `#/stream/${id}`);
  await says(page, "#title", /has 20\sBTT left/);
  await says(page, "section[aria-labelledby=facts]", /by vouchers, notice 1 hour/);
  const voucher = hive.path("voucher.json");
  await hive.run("voucher", "sign", `${id}`, "--from", "shop", "--amount", "2.5", "--out", voucher);
  await hive.run("voucher", "redeem", voucher, "--from", "judge");
  await says(page, "section[aria-labelledby=parts] tbody", /Paid2\.5\sBTT/);
  await hive.run("stream", "close", `${id}`, "--from", "shop");
  await says(page, "#title", /is closing/);
  await says(page, "section[aria-labelledby=facts]", /Closing/);
  assert.equal(await page.$("section[aria-labelledby=more]"), null, "a stream that closes can be added to");
  await everywhere(page, "a stream by vouchers that is closing");
  await views(page, "stream-closing", { full: true });
  const before = await balance();
  await sent(page, { button }, "Close the stream", "section[aria-labelledby=end]");
  await says(page, "#title", /has ended/);
  assert.equal(await balance() - before, 5n * UNIT / 2n, "what the payee was credited with was not paid");
  await check(page, "a stream that has ended");
  step("a stream by vouchers: its deposit, what was paid, its notice; its payee closes it, and has what was redeemed");
}

/** An invoice by its link: refused where it says more than links say, paid once, and its receipt. */
async function byLink({ hive, go, step, open, check, everywhere, views, button, account, balance }) {
  await hive.run("invoice", "create", "--from", "shop", "--to", account, "--amount", "12.5", "--split", "shop=9000", "--split", "judge=1000");
  const [{ id }] = await hive.ask("checkout", { offers: { party: account, limit: 30 } });
  const { link } = await hive.run("pay", "link", `${id}`, "--page", hive.origin);
  const text = link.slice(link.indexOf("/pay#") + 1);
  for (const [wrong, words] of [[`${text}&amount=5`, /amount/], [text.replace(/chain=[^&]*/, "chain=other-1"), /chain other-1/], [text.replace(/offer=\d+/, "offer=01"), /offer/]]) {
    const page = await open(wrong);
    await says(page, "#title", /can't be paid here/);
    await says(page, "main .trouble", words);
    assert.equal(await page.$("section[aria-labelledby=pay]"), null);
    await check(page, `a link with ${wrong}`);
    await page.close();
  }
  step("links with what no link has, of another chain, or in another form are refused, and nothing can be paid");

  const page = await open(text);
  await says(page, "#title", /^Pay 12\.5\sBTT to bithive1/);
  await says(page, "section[aria-labelledby=split] tbody", /11\.25\sBTT90%.*1\.25\sBTT10%/s);
  await says(page, "section[aria-labelledby=pay] .cost", /You spend 12\.5\sBTT/);
  await everywhere(page, "an invoice");
  await views(page, "invoice", { full: true });
  const before = await balance();
  await sent(page, { button }, "Pay it", "section[aria-labelledby=pay]");
  await says(page, "#title", /^Paid: 12\.5\sBTT, receipt \d/);
  assert.equal(before - await balance(), 25n * UNIT / 2n);
  await page.reload();
  await says(page, "#title", /^Paid: 12\.5\sBTT, receipt \d/);
  assert.equal(await page.$("section[aria-labelledby=pay]"), null, "an invoice can be paid twice");
  await everywhere(page, "a receipt");
  await views(page, "receipt");
  await go(page, "#/payments");
  await says(page, "section[aria-labelledby=receipts] tbody", /12\.5\sBTT/);
  step("an invoice by its link: price, split, one signature, a receipt; a second look pays nothing");
  await page.close();
}

/** Agreements: submitted, rejected, disputed by its payee; approved as a signer; moved on when its time is over. */
async function byMilestones({ hive, go, step, open, check, everywhere, views, button, account }, page) {
  const opened = async (...args) => {
    await hive.run("escrow", "open", "--from", "shop", ...args);
    return (await hive.ask("escrow", { agreements: { party: account, limit: 30 } })).at(-1).id;
  };
  const steps = "section[aria-labelledby=steps]";
  const disputed = await opened("--to", account, "--milestone", "3", "--milestone", "7", "--arbiter", "judge");
  await go(page, "#/payments");
  await says(page, "section[aria-labelledby=agreements] tbody", /waits for you.*1 \/ 2/s);
  await go(page, `#/escrow/${disputed}`);
  await says(page, "#title", /work awaited, 10\sBTT wait/);
  await everywhere(page, "an agreement");
  await sent(page, { button }, "Submit the milestone", `${steps} .action:nth-of-type(1)`);
  await says(page, "#title", /submitted/);
  await hive.run("escrow", "reject", `${disputed}`, "--from", "shop");
  await says(page, "#title", /rejected/);
  await views(page, "agreement", { full: true });
  await sent(page, { button }, "Call the arbiter", `${steps} .action:nth-of-type(2)`);
  await says(page, "#title", /before the arbiter/);
  await check(page, "an agreement before its arbiter");
  await hive.run("escrow", "rule", `${disputed}`, "--from", "judge", "--payees", "100");
  await says(page, "section[aria-labelledby=milestones] tbody", /released/);
  step("an agreement: submitted, disputed after a rejection, and released by a ruling");

  const signed = await opened("--to", "judge", "--milestone", "4", "--signer", account, "--needed", "1");
  await go(page, `#/escrow/${signed}`);
  await sent(page, { button }, "Approve the milestone", steps);
  await says(page, "#title", /has ended/);
  step("a milestone approved by its signer, with one signature");

  await page.close();
  await hive.pass(400 * 86_400);
  const late = await open(`#/escrow/${disputed}`);
  await sent(late, { button }, "Move it on", steps);
  await says(late, "#title", /has ended/);
  await go(late, "#/payments");
  await says(late, "#title", /You can take 3\sBTT/);
  await sent(late, { button }, "Take what is due", DUE);
  await late.close();
  step("an agreement whose time is over is moved on by anybody, and what was released is taken");
}
