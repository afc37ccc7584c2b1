// The service worker: a page that opens without its server, and one that says that a newer version is there. It runs with the others
// (`run.mjs`), and alone, as often as it should, before a running `bithive page`:
//
//   CHROMIUM=chromium node offline.mjs http://127.0.0.1:8787 [TIMES] [DIST]
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";

import puppeteer from "puppeteer-core";

import { serve } from "../tools/serve.mjs";

/** Milliseconds after which what does not come fails. A browser installs a service worker when a busy machine lets it. */
const WAIT = 180_000;
/** Milliseconds between two looks. */
const EVERY = 250;
/** What styles of later versions have in their names. */
const [NEWER, NEWEST] = ["11111111", "22222222"];

/** The committed page, unpacked; or one that is built. */
function unpack(from, to) {
  for (const name of readdirSync(from, { recursive: true }).filter((name) => statSync(join(from, name)).isFile())) {
    const bytes = readFileSync(join(from, name));
    const [path, content] = name.endsWith(".br") ? [name.slice(0, -3), brotliDecompressSync(bytes)] : [name, bytes];
    mkdirSync(dirname(join(to, path)), { recursive: true });
    writeFileSync(join(to, path), content);
  }
  rmSync(join(to, "checksums.txt"), { force: true });
}

const digest = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");

/** Another version: other styles, by a name with this mark, in the page and in the list of the service worker. */
function another(from, to, mark) {
  cpSync(from, to, { recursive: true });
  const old = readdirSync(join(to, "assets")).find((name) => name.endsWith(".css"));
  const name = old.replace(/-.{8}\.css$/, `-${mark}.css`);
  const edit = (path, change) => writeFileSync(join(to, path), change(readFileSync(join(to, path), "utf8")));
  const [style, index] = [digest(join(from, "assets", old)), digest(join(from, "index.html"))];
  renameSync(join(to, "assets", old), join(to, "assets", name));
  edit(`assets/${name}`, (text) => `${text}\n:root { --version: ${mark}; }\n`);
  edit("index.html", (text) => text.replace(old, name));
  edit("sw.js", (text) => text.replace(old, name).replace(style, digest(join(to, "assets", name))).replace(index, digest(join(to, "index.html"))));
}

/** What the browser tells of its service workers and the server of requests, with milliseconds: a failure says it. */
async function observed(page) {
  const [notes, began] = [[], Date.now()];
  const note = (text) => notes.push(`${Date.now() - began} ${text}`);
  const session = await page.createCDPSession();
  session.on("ServiceWorker.workerErrorReported", ({ errorMessage: { versionId, errorMessage } }) => note(`worker ${versionId}: ${errorMessage}`));
  session.on("ServiceWorker.workerVersionUpdated", ({ versions }) =>
    versions.forEach(({ versionId, runningStatus, status }) => note(`worker ${versionId}: ${runningStatus}, ${status}`)));
  await session.send("ServiceWorker.enable");
  return { notes, note };
}

/** What a page knows of its service workers now. */
function stateOf(page) {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const states = ["installing", "waiting", "active"].map((place) => `${place} ${registration?.[place]?.state ?? "none"}`);
    const kept = await Promise.all((await caches.keys()).map(async (name) => `${name} ${(await (await caches.open(name)).keys()).length} files`));
    return [...states, `controller ${navigator.serviceWorker.controller?.state ?? "none"}`, ...kept, document.body.innerText.slice(0, 400)].join("\n");
  });
}

/**
 * @param program address of the running program @param dist the page's files, packed or not @param scratch a folder for this test
 * @param step says what holds
 */
export async function offline(browser, program, dist, scratch, step) {
  const [first, second] = [join(scratch, "first"), join(scratch, "second")];
  unpack(dist, first);
  another(first, second, NEWER);
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT);
  const { notes, note } = await observed(page);
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy|TrustedScript|TrustedHTML/.test(message.text())) {
      errors.push(message.text());
    }
  });
  let [front, port] = [undefined, 0];
  const open = async (folder) => {
    front = await serve(program, folder, port);
    port = Number(new URL(front.url).port);
    front.server.on("request", ({ url }, answer) =>
      answer.on("close", () => note(`${basename(folder)} ${url}: ${answer.statusCode}${answer.writableFinished ? "" : ", cut off"}`)));
  };
  const close = () => new Promise((resolve) => {
    front.server.close(resolve);
    front.server.closeAllConnections();
  });
  /** Waits for what a page says, or fails with what the browser and the server have done meanwhile. */
  const until = async (what, work, ...values) => {
    note(`until ${what}`);
    try {
      await page.waitForFunction(work, { polling: EVERY }, ...values);
    } catch (cause) {
      const state = await stateOf(page).catch(String);
      throw new Error(`${what} does not come:\n${state}\n${notes.slice(-120).join("\n")}`, { cause });
    }
  };
  const isShown = () => document.querySelector("#title") !== null && document.querySelector("main .waiting") === null;
  const says = (words) => until(`"${words}"`, (wanted) => document.querySelector("main")?.textContent.includes(wanted) === true, words);
  const kept = () => page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("bithive-page-"));
    return (await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).flat();
  });
  const offers = () => page.$$eval("header .banner button", (all) => all.length);
  const hasStyle = (mark) => page.$$eval("link[rel=stylesheet]", ([style], wanted) => style.href.includes(wanted), mark);
  try {
    await open(first);
    await page.goto(front.url);
    await until("a worker of the page", () => navigator.serviceWorker.controller !== null);
    await until("the page", isShown);
    const paths = await kept();
    assert.ok(paths.includes("/") && paths.some((path) => path.endsWith(".css")) && !paths.some((path) => path.endsWith(".wasm")), String(paths));
    assert.ok(paths.every((path) => path === "/" || path === "/icon.svg" || path.startsWith("/assets/")), `an answer of the server is kept: ${paths}`);
    step("the service worker keeps the page's files, and nothing else");

    await close();
    await page.reload();
    await says("The chain does not answer");
    assert.match(await page.$eval("main", (main) => main.textContent), /Look whether the program that serves this page still runs/);
    assert.ok(await page.$("nav a"), "the page without its places");
    await page.select("#language", "de");
    await says("Die Kette antwortet nicht");
    // The choice is kept once its words are there: a page that is loaded before then speaks German.
    await page.select("#language", "en");
    await says("The chain does not answer");
    step("without its server the page opens, in each language, and says that the chain does not answer");

    // What a server gives by the name of a file of this version is compared before it is kept.
    await open(first);
    await page.reload();
    await until("the page", isShown);
    assert.equal(await offers(), 0, "the same version is said to be a newer one");
    await close();
    await open(second);
    // Asked again: a browser answers a look with the one that it makes by itself after a load, which may have begun before the newer
    // version was there.
    await until("a newer version", async () => {
      await (await navigator.serviceWorker.getRegistration()).update().catch(() => undefined);
      return /new version of this page/.test(document.querySelector("header")?.textContent ?? "");
    });
    assert.equal(await hasStyle(NEWER), false, "the page changed under its reader");
    await Promise.all([page.waitForNavigation(), page.click("header .banner button")]);
    await until("the page", isShown);
    assert.equal(await hasStyle(NEWER), true, "the next load is of the old version");
    assert.equal(await offers(), 0);
    step("a newer version is said, and shown by the next load");

    // A file that was changed on its way is not kept: the version before stays.
    await close();
    const third = join(scratch, "third");
    cpSync(second, third, { recursive: true });
    const worker = join(third, "sw.js");
    writeFileSync(worker, readFileSync(worker, "utf8").replace(digest(join(third, "index.html")), "0".repeat(64)));
    await open(third);
    await page.evaluate(async () => {
      globalThis.states = [];
      const registration = await navigator.serviceWorker.getRegistration();
      registration.addEventListener("updatefound", () => {
        const { installing } = registration;
        installing.addEventListener("statechange", () => globalThis.states.push(installing.state));
      });
    });
    // Asked again, as above.
    await until("a worker that is given up", async () => {
      await (await navigator.serviceWorker.getRegistration()).update().catch(() => undefined);
      return globalThis.states.includes("redundant");
    });
    assert.deepEqual(await page.evaluate(() => globalThis.states.filter((state) => state !== "redundant")), [], "a file of another content was kept");
    await close();
    await page.reload();
    await says("The chain does not answer");
    step("a file that is not the one of the list is not kept");

    // A page that comes from its server is newer than the worker that hands it on, and is not said to be old, then or later.
    const fourth = join(scratch, "fourth");
    another(second, fourth, NEWEST);
    await open(fourth);
    await page.reload();
    await until("the page", isShown);
    assert.equal(await hasStyle(NEWEST), true, "a page that was kept is shown in place of the server's");
    assert.equal(await offers(), 0, "the newest version is said to be old");
    await until("the worker of the newest version", async () => {
      await (await navigator.serviceWorker.getRegistration()).update().catch(() => undefined);
      const { port1, port2 } = new MessageChannel();
      const answer = new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data); });
      navigator.serviceWorker.controller.postMessage([document.querySelector("link[rel=stylesheet]").href], [port2]);
      return answer;
    });
    assert.equal(await offers(), 0, "the newest version is said to be old by its own worker");
    step("a page that is newer than its worker is not said to be old");
    assert.deepEqual(errors, []);
  } finally {
    await context.close();
    await close().catch(() => undefined);
  }
}

if (process.argv[1] === import.meta.filename) {
  const [program, times = "1", dist = join(import.meta.dirname, "../dist")] = process.argv.slice(2);
  // As root, in a container, Chromium has no sandbox of its own.
  const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-dev-shm-usage", "--lang=en-US"] });
  const scratch = mkdtempSync(join(tmpdir(), "bithive-offline-"));
  try {
    for (let time = 1; time <= Number(times); time += 1) {
      const began = Date.now();
      await offline(browser, program, dist, join(scratch, `${time}`), () => undefined);
      console.log(`${time}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
    }
  } finally {
    await browser.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}
