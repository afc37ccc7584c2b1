// Flows of the page in Chromium, against a demonstration: `scripts/page-test` says how.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import puppeteer from "puppeteer-core";

import { demonstration } from "../tools/demonstration.mjs";
import { governor } from "./governor.mjs";
import { Hive } from "./hive.mjs";
import { datasets } from "./datasets.mjs";
import { download } from "./flows/own.mjs";
import { everybody, verified } from "./flows/public.mjs";
import { offline } from "./offline.mjs";
import { agreed, payments } from "./payments.mjs";
import { button, check as found, go, settle, speak, watched } from "./page.mjs";
import { shrink } from "./png.mjs";
import { reports } from "./reports.mjs";
import { rounds } from "./rounds.mjs";
import { traps } from "./traps.mjs";

const root = join(import.meta.dirname, "../../../..");
const [program, ...options] = process.argv.slice(2);
const dist = options.includes("--dist") ? options[options.indexOf("--dist") + 1] : undefined;
const wantsPictures = options.includes("--pictures");
const pictures = join(root, "docs/page");
const LANGUAGES = ["en", "de", "zh-Hans"];
const WAIT = 120_000;
const SCREEN = { width: 1280, height: 860 };

if (wantsPictures && execFileSync("fc-list", [":lang=zh", "family"], { encoding: "utf8" }).trim() === "") {
  console.error("run.mjs: no font here has Chinese letters, which a picture would show as boxes; install Debian's package fonts-noto-cjk");
  process.exit(1);
}

const demo = await demonstration(program, dist);
const { origin } = demo;
const profile = mkdtempSync(join(tmpdir(), "bithive-page-"));
const downloads = mkdtempSync(join(profile, "downloads-"));
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM,
  userDataDir: profile,
  // A busy machine takes its time.
  timeout: WAIT,
  downloadBehavior: { policy: "allow", downloadPath: downloads },
  // As root, in a container, Chromium has no sandbox of its own.
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--lang=en-US", "--font-render-hinting=none"],
  defaultViewport: SCREEN,
});
const faults = [];
let hive;
let checked = 0;

/** A tab that notes what must not happen. `at`: the origin of its page; `context`: where its storage is; `allowed`: errors that are meant. */
async function tab({ at = origin, context = browser, allowed } = {}) {
  return watched(await context.newPage(), { origin: at, faults, wait: WAIT, allowed });
}

async function check(page, name) {
  await found(page, name, faults);
  checked += 1;
}

/** What is shown now: in each language, also on a small screen; dark; and printed. */
async function everywhere(page, name) {
  for (const language of LANGUAGES) {
    await speak(page, language);
    await check(page, `${name} in ${language}`);
    await page.setViewport({ width: 360, height: 740 });
    await check(page, `${name} in ${language}, 360 pixels wide`);
    await page.setViewport(SCREEN);
  }
  await speak(page, "en");
  await appear(page, "dark");
  await check(page, `${name}, dark`);
  await page.emulateMediaType("print");
  await check(page, `${name}, printed`);
  await page.emulateMediaType();
  await appear(page, "light");
}

async function appear(page, scheme) {
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: "reduce" }]);
  assert.ok(await page.evaluate((wanted) => matchMedia("screen").matches && matchMedia(`(prefers-color-scheme: ${wanted})`).matches, scheme));
}

/** `at`: the selector of what is shown first; the top of the page without one. */
async function picture(page, name, { width = SCREEN.width, height = SCREEN.height, scheme = "light", media, full = false, at } = {}) {
  if (!wantsPictures) {
    return;
  }
  mkdirSync(pictures, { recursive: true });
  await page.$$eval(".notice .close", (all) => all.forEach((one) => one.click()));
  await page.setViewport({ width, height });
  // One of both: setting the kind of medium takes the other back.
  await (media === undefined ? appear(page, scheme) : page.emulateMediaType(media));
  await new Promise((resolve) => setTimeout(resolve, 300));
  if (at !== undefined) {
    await page.$eval(at, (one) => one.scrollIntoView());
  }
  writeFileSync(join(pictures, `${name}.png`), shrink(await page.screenshot({ fullPage: full })));
  await page.setViewport(SCREEN);
  await page.emulateMediaType();
  await appear(page, "light");
}

/** What is shown now: light, dark, and on a telephone. `options` are those of the light one. */
async function views(page, name, options) {
  await picture(page, name, options);
  await picture(page, `${name}-dark`, { ...options, scheme: "dark", full: false });
  await picture(page, `${name}-phone`, { width: 390, height: 844, at: options?.at });
}

const step = (text) => console.log(`ok  ${text}`);

try {
  const page = await tab();
  const { proof, node, reader } = await everybody(page, { origin, id: 1, another: tab, step });
  await reader.close();
  await page.goto(`${origin}/#token=${demo.token}`);
  // Only what stands behind # is another: the page has to be loaded.
  await page.reload();
  await settle(page);
  assert.ok(!page.url().includes(demo.token), "the token stays in the address bar");

  await page.evaluate(() => { document.querySelector("header .wallet").click(); });
  await page.waitForSelector("dialog[open]");
  await everywhere(page, "the wallet's panel");
  await picture(page, "wallet");
  await button(page, "requester");
  await page.waitForFunction(() => document.querySelector("dialog[open]") === null && document.querySelector("header .wallet .dot") !== null);
  step("a development key of the demonstration");

  /** Every page, with a key: a name, also of its pictures, its place, and how the light picture is taken. */
  const PAGES = [
    ["network", "#/"], ["jobs", "#/jobs"], ["job", "#/job/1", { height: 1000 }], ["proof", proof], ["tokens", "#/account", { full: true }],
    ["stake", "#/stake"], ["payments", "#/payments"], ["node", node], ["own node", "#/node"], ["patient", "#/patient"], ["governance", "#/governance"], ["request", "#/request"],
    ["unknown", "#/<script>"],
  ];
  for (const [name, hash, options] of PAGES) {
    await go(page, hash);
    if (hash === proof) {
      await verified(page);
    }
    await everywhere(page, name);
    // Of others where there is something to see.
    if (!["stake", "payments", "own node", "patient", "request", "governance", "unknown"].includes(name)) {
      await views(page, name, options);
    }
  }
  step(`${checked} views of ${PAGES.length} pages: no fault that axe finds, none wider than the screen`);
  await go(page, proof);
  await verified(page);
  await picture(page, "proof-print", { media: "print" });
  await speak(page, "zh-Hans");
  await go(page, "#/");
  await picture(page, "network-zh");
  await speak(page, "en");

  // Money: what the other account gets is what was written, and a wrong address is never sent to.
  await go(page, "#/account");
  const other = await page.evaluate(async (token) => {
    const answer = await fetch("/x/development-keys", { headers: { authorization: `Bearer ${token}` } });
    return (await answer.json()).keys.find(({ name }) => name === "holder").address;
  }, demo.token);
  const amount = await page.waitForSelector("section[aria-labelledby=send] .input input");
  await amount.type("12,5");
  await page.type("#recipient", other.slice(0, -1));
  assert.equal(await page.$$eval("section[aria-labelledby=send] .fault", (all) => all.filter((one) => one.textContent !== "").length), 2);
  await amount.click({ count: 3 });
  await amount.type("12.5");
  await page.type("#recipient", other.slice(-1));
  await page.waitForFunction(() => /You spend 12\.5/.test(document.querySelector("section[aria-labelledby=send] .cost")?.textContent ?? ""));
  await button(page, "Send");
  await page.waitForSelector(".notice .done");
  await go(page, `#/account/${other}`);
  await page.waitForFunction(() => /5,012\.5/.test(document.querySelector(".figures")?.textContent ?? ""));
  step("12.5 BTT sent, after a simulation that said what it costs");

  await request(page);
  const kit = { tab, settle, go, speak, check, everywhere, picture, views, button, step, browser, root };
  await payments(kit, { origin, demo });
  await datasets({ ...kit, origin, demo });
  await traps({ ...kit, origin, demo });
  hive = await Hive.make(program, mkdtempSync(join(tmpdir(), "bithive-hive-")), { nodes: 6, dist });
  await hive.start();
  await governor(kit, hive);
  if (options.includes("--rounds")) {
    await rounds(kit, hive);
  }
  // Last on this network: more than a year passes, and the keys of its committee are of a term.
  await agreed(kit, hive);
  if (options.includes("--rounds") || wantsPictures) {
    await reports(kit, (...more) => demonstration(program, dist, ...more));
  }
  await offline(browser, demo.url, dist ?? join(import.meta.dirname, "../dist"), mkdtempSync(join(profile, "offline-")), step);
} catch (error) {
  faults.push(error.stack ?? String(error));
  mkdirSync(join(root, "target"), { recursive: true });
  await (await browser.pages()).at(-1)?.screenshot({ path: join(root, "target/page-test.png") }).catch(() => undefined);
} finally {
  await browser.close();
  await hive?.end();
  await demo.stop();
  rmSync(profile, { recursive: true, force: true });
}
for (const fault of new Set(faults)) {
  console.error(`fault: ${fault}`);
}
console.log(`${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;

/** A job of one's own: registered, sealed, posted, resumed in a new tab, assigned, settled, read. */
async function request(first) {
  let page = first;
  await go(page, "#/request");
  await check(page, "request, registering");
  await button(page, "Register");
  await page.waitForSelector("section[aria-labelledby=unlock]");
  await button(page, "Unlock");
  await page.waitForSelector(".steps");
  step("registered as a requester, keys unlocked");
  await page.waitForSelector(".choices");
  await everywhere(page, "request, the form");

  const [file] = await page.$$(".drop input[type=file]");
  const csv = join(mkdtempSync(join(profile, "rows-")), "rows.csv");
  const rows = readFileSync(join(root, "data/wdbc/holdout.csv"), "utf8").split("\n").slice(0, 6);
  writeFileSync(csv, `${rows.join("\n")}\n`);
  await file.uploadFile(csv);
  await page.waitForFunction(() => /5 rows/.test(document.querySelector(".drop")?.textContent ?? ""));
  await page.evaluate(() => { [...document.querySelectorAll(".steps button")].find((one) => /as text/.test(one.textContent)).click(); });
  const text = await page.waitForSelector("#policy");
  await text.click({ count: 3 });
  await text.type("vram >= 16 and nonsense");
  await page.waitForSelector(".steps .trouble");
  await text.click({ count: 3 });
  await text.type("vram >= 16");
  await page.waitForFunction(() => document.querySelector(".steps pre")?.textContent === "vram >= 16");
  const price = await page.waitForSelector(".steps .input input");
  await price.type("20");
  await everywhere(page, "request, filled in");
  await views(page, "request", { full: true });
  await page.evaluate(() => scrollTo(0, 0));
  await button(page, "Seal");
  await page.waitForFunction(() => [...document.querySelectorAll(".steps button")].some((one) => /Post the job/.test(one.textContent)));
  step("the committee answered, the vault is sealed in the browser");

  // The tab is closed between sealing and posting, and nothing is lost.
  const next = await tab();
  await next.goto(`${origin}/#token=${demo.token}`);
  await settle(next);
  await page.close();
  page = next;
  await page.waitForSelector("header .wallet .dot");
  await go(page, "#/request");
  await button(page, "Unlock");
  await page.waitForSelector(".steps");
  await button(page, "Go on");
  await button(page, "Post the job");
  await page.waitForSelector("section[aria-labelledby=own] .card");
  step("resumed in another tab, and posted");

  await button(page, "Encrypt");
  await button(page, "Assign");
  await page.waitForFunction(() => [...document.querySelectorAll("section[aria-labelledby=own] button")].some((one) => /Read the result/.test(one.textContent)));
  step("claims opened, encrypted for the chosen nodes, assigned, settled");
  await button(page, "Read the result");
  await page.waitForFunction(() => document.querySelectorAll("section[aria-labelledby=own] tbody tr").length === 5);
  const id = await page.$eval("section[aria-labelledby=own] h3", (heading) => heading.id.slice("job-".length));
  await download(page, downloads, id, 5);
  await everywhere(page, "request, the result");
  await page.evaluate(() => scrollTo(0, 0));
  await views(page, "result", { height: 900 });
  step("the result, decrypted in the browser, and the file of it");
  const stored = await page.evaluate(async () => {
    const opened = await new Promise((resolve, reject) => {
      const asked = indexedDB.open("bithive");
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    const records = await new Promise((resolve) => {
      const asked = opened.transaction("jobs").objectStore("jobs").getAll();
      asked.onsuccess = () => resolve(asked.result);
    });
    return records.flatMap((record) => Object.values(record).filter((value) => value instanceof Uint8Array).map((bytes) => new TextDecoder("latin1").decode(bytes)));
  });
  assert.ok(stored.length > 0 && stored.every((text) => !text.includes("vram")), "a policy lies readable in the browser's storage");
  step("what the browser keeps is sealed");
}
