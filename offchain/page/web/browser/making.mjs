// What the page makes: an offer that another account pays, gets something back of, and that its seller ends; agreements by a code and by milestones;
// consents by an order of the program.
import assert from "node:assert/strict";

import { says, sent, write } from "./payments.mjs";

const UNIT = 1_000_000n;

/** Presses a button that makes something, and waits for its page; the number of what was made. */
async function made(page, { button }, label, within, place) {
  await says(page, `${within} .cost`, /Fee .* gas/);
  await button(page, label, within);
  await page.waitForFunction((start) => location.hash.startsWith(start), {}, place);
  return BigInt((await page.evaluate(() => location.hash)).slice(place.length));
}

/** `seller` and `buyer` are tabs of the accounts `payer` and `payee`. */
export async function making(place, seller, buyer) {
  await sold(place, seller, buyer);
  await byCode(place, seller, buyer);
  await byMilestone(place, seller, buyer);
  await permitted(place, seller);
}

async function sold(place, seller, buyer) {
  const { go, step, views, everywhere, ask, balance, payer, payee, contracts, button } = place;
  const form = "section[aria-labelledby=sell]";
  await go(seller, "#/sell");
  await says(seller, "#title", /Offer something/);
  await seller.click(`${form} input[type=checkbox]`);
  await write(seller, form, "Only for", payee);
  await write(seller, form, "Price", "2.5");
  await write(seller, form, "A note", "two hours");
  await says(seller, form, /Keep this salt/);
  await everywhere(seller, "a new invoice");
  await views(seller, "sell", { full: true });
  const id = await made(seller, place, "Make an offer or an invoice", form, "#/offer/");
  const offer = await ask("checkout", { offer: { id: Number(id) } });
  assert.deepEqual([offer.seller, offer.buyer, offer.price.fixed, offer.uses, offer.coding.length], [payer, payee, "2500000", 1, 64]);
  await says(seller, "#title", /Can be bought; 0 payments/);
  assert.ok(await seller.$("svg.code path"), "the link has no code");
  await everywhere(seller, "an offer for its seller");
  await views(seller, "offer", { full: true });
  const link = await seller.$eval("section[aria-labelledby=link] a", (one) => one.href);
  await go(buyer, link.slice(link.indexOf("#")));
  const before = await balance(payee);
  await sent(buyer, { button }, "Pay it", "section[aria-labelledby=pay]");
  assert.equal(before - await balance(payee), 5n * UNIT / 2n);
  await says(seller, "#title", /Sold out; 1 payment/);
  step("an invoice is made with one signature, and paid by its link from another wallet");

  const refund = "section[aria-labelledby=refund]";
  const receipt = await seller.$eval("#receipt option:nth-of-type(2)", (one) => one.value);
  await seller.select("#receipt", receipt);
  await write(seller, refund, "Amount", "3");
  await says(seller, refund, /At most 2\.5/);
  await write(seller, refund, "Amount", "1");
  await sent(seller, { button }, "Give something back", refund);
  assert.equal((await ask("checkout", { receipt: { id: Number(receipt) } })).refunded, "1000000");
  assert.equal(await ask("checkout", { claimable: { account: payee, asset: { cw20: contracts.token } } }), "1000000");
  step("its seller gives a part back, and not more than was paid");

  await go(seller, "#/sell");
  await write(seller, form, "Price", "1");
  const other = await made(seller, place, "Make an offer or an invoice", form, "#/offer/");
  await sent(seller, { button }, "End the offer", "section[aria-labelledby=cancel]");
  await says(seller, "#title", /The seller has ended it/);
  await go(buyer, `#/offer/${other}`);
  await says(buyer, "#title", /The seller has ended it/);
  assert.equal(await buyer.$("section[aria-labelledby=cancel]"), null, "another account can end an offer");
  step("an offer for anybody, ended by its seller");
}

async function byCode(place, payer, other) {
  const { go, step, everywhere, ask, payee, contracts, button } = place;
  const form = "section[aria-labelledby=agree]";
  await go(payer, "#/agree");
  await write(payer, form, "Payee", payee);
  await write(payer, form, "Amount", "3");
  await payer.select("#approver", "preimage");
  const code = await payer.$eval("#code", (one) => one.textContent);
  const id = await made(payer, place, "Make an agreement", form, "#/escrow/");
  await go(other, `#/escrow/${id}`);
  await write(other, "section[aria-labelledby=steps]", "The code", code);
  await everywhere(other, "an agreement by a code");
  const before = BigInt(await ask("escrow", { claimable: { account: payee, asset: { cw20: contracts.token } } }));
  await sent(other, { button }, "Release it with the code", "section[aria-labelledby=steps]");
  assert.equal(BigInt(await ask("escrow", { claimable: { account: payee, asset: { cw20: contracts.token } } })) - before, 3n * UNIT);
  step("an agreement is made and released by its code");
}

async function byMilestone(place, payer, other) {
  const { go, step, views, everywhere, payee, button } = place;
  const [form, steps] = ["section[aria-labelledby=agree]", "section[aria-labelledby=steps]"];
  await go(payer, "#/agree");
  await write(payer, form, "Payee", payee);
  await write(payer, form, "Amount", "1");
  await button(payer, "Add a milestone", form);
  await write(payer, `${form} fieldset:nth-of-type(2)`, "Amount", "2");
  await says(payer, form, /You put 3\sBTT in now/);
  await everywhere(payer, "a new agreement");
  await views(payer, "agree", { full: true });
  const id = await made(payer, place, "Make an agreement", form, "#/escrow/");
  assert.equal(await payer.$$eval("svg.timeline line", (all) => all.length), 2);
  await go(other, `#/escrow/${id}`);
  await sent(other, { button }, "Submit the milestone", `${steps} .action:nth-of-type(1)`);
  await says(payer, "#title", /submitted/);
  await sent(payer, { button }, "Approve the milestone", `${steps} .action:nth-of-type(1)`);
  await says(payer, "section[aria-labelledby=milestones] tbody", /released/);
  await everywhere(payer, "an agreement with a timeline");
  await views(payer, "timeline", { full: true });
  step("an agreement of two milestones is made, submitted and approved, and its timeline follows");
}

async function permitted(place, page) {
  const { go, step, everywhere, ask, payer, contracts, button } = place;
  const form = "section[aria-labelledby=permit]";
  const digest = "5a".repeat(32);
  const chain = await page.evaluate(() => fetch("config.json").then((answer) => answer.json()).then((config) => config.chain.id));
  const until = Math.floor(Date.now() / 1_000) + 30 * 86_400;
  const order = (contract) => `BitHive consent order 1\nchain ${chain}\ncontract ${contract}\nrecord until ${until}\n${digest}`;
  await go(page, "#/patient");
  await write(page, form, "Order", order(contracts.escrow));
  await says(page, `${form} .fault`, /another chain or another contract/);
  // A field of many lines keeps those that a triple click does not take.
  await page.$eval("#order", (field) => field.select());
  await page.keyboard.press("Backspace");
  await page.type("#order", order(contracts.grants));
  await says(page, form, /It permits 1 use/);
  await everywhere(page, "a consent that is about to be recorded");
  await sent(page, { button }, "Permit it", form);
  await says(page, "section[aria-labelledby=grants]", /5a5a5a5a.*holds/s);
  const label = await page.$eval("section[aria-labelledby=grants] .action button", (one) => one.textContent);
  await sent(page, { button }, label, "section[aria-labelledby=grants]");
  await says(page, "section[aria-labelledby=grants]", /revoked/);
  assert.equal((await ask("grants", { consent: { subject: payer, digest } })).standing, "revoked");
  step("a consent is recorded by an order, of this contract only, and revoked");
}
