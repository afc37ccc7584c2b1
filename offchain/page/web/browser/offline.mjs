// The service worker: a page that opens without its server, and one that says that a newer version is there.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";

import { serve } from "../tools/serve.mjs";

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

/** Another version: other styles, by another name, in the page and in the list of the service worker. */
function another(from, to) {
  cpSync(from, to, { recursive: true });
  const old = readdirSync(join(to, "assets")).find((name) => name.endsWith(".css"));
  const name = old.replace(/-.{8}\.css$/, "-11111111.css");
  const edit = (path, change) => writeFileSync(join(to, path), change(readFileSync(join(to, path), "utf8")));
  const [style, index] = [digest(join(from, "assets", old)), digest(join(from, "index.html"))];
  renameSync(join(to, "assets", old), join(to, "assets", name));
  edit(`assets/${name}`, (text) => `${text}\n:root { --version: 2; }\n`);
  edit("index.html", (text) => text.replace(old, name));
  edit("sw.js", (text) => text.replace(old, name).replace(style, digest(join(to, "assets", name))).replace(index, digest(join(to, "index.html"))));
}

/**
 * @param program address of the running program @param dist the page's files, packed or not @param scratch a folder for this test
 * @param step says what holds
 */
export async function offline(browser, program, dist, scratch, step) {
  const [first, second] = [join(scratch, "first"), join(scratch, "second")];
  unpack(dist, first);
  another(first, second);
  let front = await serve(program, first);
  const { port } = new URL(front.url);
  const close = () => new Promise((resolve) => {
    front.server.close(resolve);
    front.server.closeAllConnections();
  });
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy|TrustedScript|TrustedHTML/.test(message.text())) {
      errors.push(message.text());
    }
  });
  const kept = () => page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("bithive-page-"));
    return (await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).flat();
  });
  try {
    await page.goto(front.url);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null && document.querySelector("#title") !== null && document.querySelector("main .waiting") === null);
    const paths = await kept();
    assert.ok(paths.includes("/") && paths.some((path) => path.endsWith(".css")) && !paths.some((path) => path.endsWith(".wasm")), String(paths));
    assert.ok(paths.every((path) => path === "/" || path === "/icon.svg" || path.startsWith("/assets/")), `an answer of the server is kept: ${paths}`);
    step("the service worker keeps the page's files, and nothing else");

    await close();
    await page.reload();
    await page.waitForFunction(() => /The chain does not answer/.test(document.querySelector("main")?.textContent ?? ""));
    assert.match(await page.$eval("main", (main) => main.textContent), /Look whether the program that serves this page still runs/);
    assert.ok(await page.$("nav a"), "the page without its places");
    await page.select("#language", "de");
    await page.waitForFunction(() => document.documentElement.lang === "de" && /Die Kette antwortet nicht/.test(document.querySelector("main")?.textContent ?? ""));
    await page.select("#language", "en");
    step("without its server the page opens, in each language, and says that the chain does not answer");

    // What a server gives by the name of a file of this version is compared before it is kept.
    front = await serve(program, first, Number(port));
    await page.reload();
    await page.waitForFunction(() => document.querySelector("#title") !== null && document.querySelector("main .waiting") === null);
    assert.equal(await page.$$eval(".banner button", (all) => all.length), 0, "the same version is said to be a newer one");
    await close();
    front = await serve(program, second, Number(port));
    // Asked again: a browser answers a look with the one that it makes by itself after a load, which may have begun before the newer
    // version was there.
    await page.waitForFunction(async () => {
      await (await navigator.serviceWorker.getRegistration()).update().catch(() => undefined);
      return /new version of this page/.test(document.querySelector("header")?.textContent ?? "");
    }, { polling: 500 });
    assert.equal(await page.$$eval("link[rel=stylesheet]", ([style]) => style.href.includes("11111111")), false, "the page changed under its reader");
    await Promise.all([page.waitForNavigation(), page.click(".banner button")]);
    await page.waitForFunction(() => document.querySelector("#title") !== null && document.querySelector("main .waiting") === null);
    assert.equal(await page.$$eval("link[rel=stylesheet]", ([style]) => style.href.includes("11111111")), true, "the next load is of the old version");
    assert.equal(await page.$$eval(".banner button", (all) => all.length), 0);
    step("a newer version is said, and shown by the next load");

    // A file that was changed on its way is not kept: the version before stays.
    await close();
    const third = join(scratch, "third");
    cpSync(second, third, { recursive: true });
    const worker = join(third, "sw.js");
    writeFileSync(worker, readFileSync(worker, "utf8").replace(digest(join(third, "index.html")), "0".repeat(64)));
    front = await serve(program, third, Number(port));
    const state = await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      const found = new Promise((resolve) => registration.addEventListener("updatefound", () => resolve(registration.installing), { once: true }));
      let installing;
      while (installing === undefined) {
        // Asked again, as above.
        await registration.update().catch(() => undefined);
        installing = await Promise.race([found, new Promise((resolve) => setTimeout(resolve, 500))]);
      }
      await new Promise((resolve) => installing.state === "redundant" ? resolve() : installing.addEventListener("statechange", () => installing.state === "redundant" && resolve()));
      return installing.state;
    });
    assert.equal(state, "redundant");
    await close();
    await page.reload();
    await page.waitForFunction(() => /The chain does not answer/.test(document.querySelector("main")?.textContent ?? ""));
    step("a file that is not the one of the list is not kept");
    assert.deepEqual(errors, []);
  } finally {
    await context.close();
    await close().catch(() => undefined);
  }
}
