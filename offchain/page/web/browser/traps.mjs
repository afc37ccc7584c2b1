// Servers that lie, keys that change, numbers and clocks: before the demonstration.
import assert from "node:assert/strict";

import { between, rpc } from "./between.mjs";

const trouble = (page, words) => page.waitForFunction((wanted) =>
  [...document.querySelectorAll(".trouble")].some((one) => new RegExp(wanted, "s").test(one.textContent)), {}, words.source);

/** A field of protobuf with bytes, shorter than 128. */
const field = (number, bytes) => Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);

export async function traps(kit) {
  await lies(kit);
  await numbers(kit);
  await clock(kit);
  await still(kit);
  await panel(kit);
  await keys(kit);
}

/** What a server says is checked, and what does not hold is said in place of it. */
async function lies({ tab, go, check, step, browser, origin, demo }) {
  const context = await browser.createBrowserContext();
  // The browser itself notes answers with the status 500.
  const page = await tab({ context, allowed: /status of 500/ });
  const other = rpc((call, answer) => {
    if (call.method === "status") {
      answer.result.node_info.network = "other-1";
    }
    return answer;
  });
  const server = await between(page, other);
  await page.goto(`${origin}/#token=${demo.token}`);
  await trouble(page, /This server's chain is other-1, expected/);
  await check(page, "a server of another chain");
  server.change = undefined;
  await page.waitForSelector(".figures");
  server.change = other;
  await page.waitForSelector(".banner.warn .trouble");
  await trouble(page, /This server's chain is other-1/);
  step("another chain is noticed at first, and later");

  server.change = undefined;
  await page.waitForFunction(() => document.querySelector(".banner.warn") === null);
  server.change = rpc((call, answer) => {
    if (call.method === "status") {
      answer.result.sync_info.latest_block_height = "1";
    }
    return answer;
  });
  await page.waitForSelector(".banner.warn .trouble");
  await trouble(page, /answers from block 1, after it has shown .*Don't sign anything/);
  server.change = async ({ path, answer }) => {
    if (path !== "/x/batch") {
      return undefined;
    }
    const given = await answer();
    return { ...given, body: JSON.stringify({ ...JSON.parse(given.body.toString()), height: "1" }) };
  };
  await page.evaluate(() => { location.hash = "#/jobs"; });
  await trouble(page, /answers from block 1, after it has shown/);
  await check(page, "a height that goes back");
  step("a height that goes back is said, and nothing of it is shown");

  const balance = (change) => rpc((call, answer) => (call.method === "abci_query" && call.params.path.endsWith("Query/Balance") ? change(answer) : answer));
  server.change = balance((answer) => {
    const coin = Buffer.concat([field(1, Buffer.from("uatom")), field(2, Buffer.from("999000000"))]);
    answer.result.response.value = field(1, coin).toString("base64");
    return answer;
  });
  const [{ address }] = (await fetch(`${demo.url}x/development-keys`, { headers: { authorization: `Bearer ${demo.token}` } }).then((answer) => answer.json())).keys;
  await page.evaluate((to) => { location.hash = `#/account/${to}`; }, address);
  await trouble(page, /999000000 uatom, asked for ubee/);
  assert.ok(!(await page.$eval("main", (main) => main.textContent)).includes("999 BEE"));
  step("coins of another denomination are no coins");

  const words = "<img src=x onerror=alert(1)> the node is pruned";
  server.change = async (request) => {
    const given = await balance(({ id }) => ({ jsonrpc: "2.0", id, error: { code: -32603, message: "Internal error", data: words } }))(request);
    // As CometBFT does it.
    return given === undefined ? undefined : { ...given, status: given.body.includes("Internal error") ? 500 : given.status };
  };
  await go(page, "#/jobs");
  await page.evaluate((to) => { location.hash = `#/account/${to}`; }, address);
  await trouble(page, /<img src=x onerror=alert\(1\)> the node is pruned/);
  assert.equal(await page.$("main img"), null, "words of a server are markup");
  await check(page, "words of a server");
  step("CometBFT's errors with status 500 have their words, as text");
  await context.close();
}

/** Numbers of 64 bits are whole in titles, links and messages. */
async function numbers({ tab, settle, go, check, step, browser, origin }) {
  const context = await browser.createBrowserContext();
  const page = await tab({ context });
  const server = await between(page, undefined);
  await page.goto(`${origin}/#/job/18446744073709551615`);
  await trouble(page, /18446744073709551615/);
  await page.goto(`${origin}/#/job/18446744073709551616`);
  await page.waitForFunction(() => /no such page/.test(document.querySelector("#title")?.textContent ?? ""));
  const large = 2n ** 53n + 1n;
  server.change = async ({ path, body, answer }) => {
    if (path !== "/x/batch" || !body.includes(`"job_id":${large}`)) {
      return undefined;
    }
    const given = await answer(body.replace(`"job_id":${large}`, '"job_id":1'));
    return { ...given, body: given.body.toString().replace('"job_id":1,', `"job_id":${large},`) };
  };
  await go(page, `#/job/${large}`);
  await page.waitForSelector("#proof");
  assert.match(await page.$eval("#title", (title) => title.textContent), new RegExp(`${large}`));
  assert.match(await page.$eval("#proof ~ p a.button", (link) => link.getAttribute("href")), new RegExp(`/${large}$`));
  await check(page, "a job beyond 2^53");
  step("a job's number beyond 2^53 is whole in title and link");

  for (const place of ["#/<script>alert(1)</script>", "#/proof/<script>alert(1)</script>/bithive1x/7", "#/account/<b>x"]) {
    await page.evaluate((to) => { location.hash = to; }, place);
    await settle(page);
    assert.equal(await page.$("main script, main b"), null);
    await check(page, place);
  }
  step("markup in an address is text");
  await context.close();
}

/** Times are the chain's: a machine whose clock is off by a day shows the same. */
async function clock({ tab, settle, step, browser, origin }) {
  const shown = async (days) => {
    const context = await browser.createBrowserContext();
    const page = await tab({ context });
    await page.evaluateOnNewDocument((off) => {
      const Real = Date;
      globalThis.Date = class extends Real {
        constructor(...args) {
          super(...(args.length === 0 ? [Real.now() + off] : args));
        }
        static now() {
          return Real.now() + off;
        }
      };
    }, days * 86_400_000);
    await page.goto(`${origin}/#/`);
    await settle(page);
    assert.equal(await page.evaluate(() => Math.round((Date.now() - performance.timeOrigin - performance.now()) / 86_400_000) + 0), days, "the clock is off");
    const time = await page.$eval(".figures time", (one) => one.firstChild.textContent);
    const halvings = await page.$$eval("section time", (all) => all.map((one) => one.firstChild.textContent).filter((text) => /day|year|month/.test(text)));
    await context.close();
    return { time, halvings };
  };
  const right = await shown(0);
  for (const days of [-1, 1]) {
    const off = await shown(days);
    assert.match(off.time, /now|second/, `the last block is ${off.time}`);
    assert.ok(off.halvings.length > 0);
    assert.deepEqual(off.halvings, right.halvings);
  }
  step("a clock that is off by a day changes no time that is shown");
}

/** On a telephone where the verifier comes late, nothing moves that is being read. */
async function still({ tab, step, browser, origin }) {
  const context = await browser.createBrowserContext();
  const page = await tab({ context });
  // What a service worker asks for passes this tab by: it might have come between page and verifier already, or not yet.
  await page.evaluateOnNewDocument(() => Object.defineProperty(Navigator.prototype, "serviceWorker", { get: () => undefined }));
  await page.setViewport({ width: 412, height: 823 });
  let late = 0;
  await between(page, async ({ path }) => {
    if (path.endsWith(".wasm")) {
      late += 1;
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
    return undefined;
  });
  const { chain, contracts } = await (await fetch(`${origin}/config.json`)).json();
  await page.goto(`${origin}/#/proof/${chain.id}/${contracts.jobs}/1`);
  await page.waitForSelector(".verdict .big");
  const moved = await page.evaluate(() => new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries().reduce((sum, { value }) => sum + value, 0))).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(0), 1_000);
  }));
  assert.ok(late > 0, "the verifier was not late");
  assert.ok(moved < 0.05, `the page moves by ${moved.toFixed(3)}`);
  step(`a late verdict moves nothing that is read (${moved.toFixed(3)})`);
  await context.close();
}

/** The wallet's panel opens again at once, before the browser tells that it was closed. */
async function panel({ tab, settle, step, browser, origin }) {
  const context = await browser.createBrowserContext();
  const page = await tab({ context });
  await page.goto(`${origin}/#/`);
  await settle(page);
  await page.click("header .wallet");
  await page.waitForSelector("dialog[open]");
  const isOpen = await page.evaluate(async () => {
    document.querySelector("dialog .close").click();
    await new Promise(queueMicrotask);
    const closed = document.querySelector("dialog[open]") === null;
    const focus = document.activeElement === document.querySelector("header .wallet");
    document.querySelector("header .wallet").click();
    for (let frame = 0; frame < 3; frame += 1) {
      await new Promise(requestAnimationFrame);
    }
    return { closed, focus, again: document.querySelector("dialog[open]") !== null };
  });
  assert.deepEqual(isOpen, { closed: true, focus: true, again: true });
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.querySelector("dialog") === null);
  step("the wallet's panel, closed and opened at once, is open");
  await context.close();
}

/** The development key is that of the browser: a tab does not sign for one that another tab has replaced. */
async function keys({ tab, settle, go, button, step, browser, origin, demo }) {
  const context = await browser.createBrowserContext();
  const page = await tab({ context });
  await page.goto(`${origin}/#token=${demo.token}`);
  await settle(page);
  const connect = async (one, name) => {
    await one.evaluate(() => { document.querySelector("header .wallet").click(); });
    await one.waitForSelector("dialog[open]");
    await button(one, name);
    await one.waitForFunction(() => document.querySelector("dialog[open]") === null);
  };
  await connect(page, "holder");
  await go(page, "#/account");
  const fill = async (amount) => {
    const input = await page.waitForSelector("section[aria-labelledby=send] .input input");
    await input.click({ count: 3 });
    await input.type(amount);
    await page.waitForFunction(() => /Fee/.test(document.querySelector("section[aria-labelledby=send] .cost")?.textContent ?? ""));
  };
  const own = await page.$eval(".who .reader", (one) => one.textContent);
  await page.type("#recipient", own);
  await fill("1");
  const second = await tab({ context });
  await second.goto(`${origin}/#token=${demo.token}`);
  await settle(second);
  await second.waitForSelector("header .wallet .dot");
  await connect(second, "Disconnect");
  await connect(second, "Replace it by a new one");
  const section = "section[aria-labelledby=send] .trouble";
  await page.bringToFront();
  await button(page, "Send");
  await page.waitForFunction((at, was) => new RegExp(`The wallet's account is now bithive1.*, it was ${was}.*Nothing was spent`, "s")
    .test(document.querySelector(at)?.textContent ?? ""), {}, section, own);
  await second.bringToFront();
  await second.evaluate(() => { document.querySelector("header .wallet").click(); });
  await button(second, "Forget this key");
  await page.bringToFront();
  await fill("2");
  await button(page, "Send");
  await page.waitForFunction((at) => /development key is not there.*Nothing was spent/s.test(document.querySelector(at)?.textContent ?? ""), {}, section);
  step("a key that another tab has replaced or forgotten signs nothing here");
  await context.close();
}
