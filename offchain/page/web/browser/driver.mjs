// Chromium as a reader uses it: tabs that note what must not happen, and what is done in them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import puppeteer from "puppeteer-core";

import { button, go, settle, STATUS, violations, watched } from "./page.mjs";

/** A busy machine takes its time; what does not come fails. */
const WAIT = 180_000;

/** Chromium with extensions; `origin` is the only one that pages may ask. */
export class Driver {
  /** What must not happen, and did. */
  faults = [];
  #profile = mkdtempSync(join(tmpdir(), "bithive-page-"));
  /** Where files go that the page gives. */
  downloads = mkdtempSync(join(this.#profile, "downloads-"));
  #origin;
  #browser;

  static async start(origin) {
    const driver = new Driver();
    driver.#origin = origin;
    driver.#browser = await puppeteer.launch({
      executablePath: process.env.CHROMIUM,
      userDataDir: driver.#profile,
      // Chromium takes extensions over this pipe only, not from its command line.
      pipe: true,
      enableExtensions: true,
      timeout: WAIT,
      protocolTimeout: WAIT,
      downloadBehavior: { policy: "allow", downloadPath: driver.downloads },
      // As root, in a container, Chromium has no sandbox of its own.
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--lang=en-US"],
      defaultViewport: { width: 1280, height: 860 },
    });
    return driver;
  }

  /** Installs the extension of a folder; resolves with its service worker. */
  async install(folder) {
    const id = await this.#browser.installExtension(folder);
    const target = await this.#browser.waitForTarget((one) => one.type() === "service_worker" && one.url().includes(id), { timeout: WAIT });
    return target.worker();
  }

  /** A folder for files of the test; it goes with the browser. */
  folder() {
    return mkdtempSync(join(this.#profile, "files-"));
  }

  async tab() {
    const page = await watched(await this.#browser.newPage(), { origin: this.#origin, faults: this.faults, wait: WAIT, allowed: STATUS });
    return new Tab(page, this);
  }

  /** A picture of the last tab, for whoever looks for the cause of a failure. */
  async picture(path) {
    const [, last] = await this.#browser.pages();
    await last?.screenshot({ path, fullPage: true }).catch(() => undefined);
  }

  async stop() {
    await this.#browser.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}

/** A tab with the page. */
export class Tab {
  constructor(page, driver) {
    this.page = page;
    this.driver = driver;
    /** Links, buttons, choices of a list and of a file: what a hand does beside writing. */
    this.clicks = 0;
  }

  /** Does what `work` does, in so many clicks at most: the design's table says how many. */
  async within(most, work) {
    const before = this.clicks;
    const result = await work();
    const taken = this.clicks - before;
    if (taken > most) {
      throw new Error(`${taken} clicks, expected at most ${most}`);
    }
    return result;
  }

  /** Chooses from a list. */
  pick(selector, value) {
    this.clicks += 1;
    return this.page.select(selector, value);
  }

  /** Chooses a file. */
  async file(selector, path) {
    this.clicks += 1;
    await (await this.page.$(selector)).uploadFile(path);
  }

  /** Opens the page as a reader whose browser has kept nothing of it: no wallet is connected by itself. */
  async open(url) {
    const { identifier } = await this.page.evaluateOnNewDocument(() => localStorage.clear());
    await this.page.goto(url);
    await this.page.removeScriptToEvaluateOnNewDocument(identifier);
    await settle(this.page);
  }

  /** Opens the page as a reader who comes back: what the browser has kept is there. */
  async again(url) {
    await this.page.goto(url);
    await settle(this.page);
  }

  /** Another place of the page, like `#/account`. */
  async go(hash) {
    this.clicks += 1;
    await this.#note();
    await go(this.page, hash);
  }

  async #note() {
    this.driver.faults.push(...await violations(this.page));
  }

  async close() {
    await this.#note();
    await this.page.close();
  }

  /** Clicks the button with this text, once it can be clicked; `within` is a selector. */
  click(text, within) {
    this.clicks += 1;
    return button(this.page, text, within);
  }

  /** Waits until what a selector finds first says this. */
  async says(selector, pattern) {
    try {
      await this.page.waitForFunction((where, text, flags) =>
        new RegExp(text, flags).test(document.querySelector(where)?.textContent ?? ""), {}, selector, pattern.source, pattern.flags);
    } catch (error) {
      const found = await this.page.evaluate((where) => [...document.querySelectorAll(where)].map((one) => one.textContent), selector).catch(() => []);
      throw new Error(`${selector} says ${JSON.stringify(found)}, expected ${pattern}`, { cause: error });
    }
  }

  /** Writes into a field in place of what is in it. */
  async write(selector, text) {
    const field = await this.page.waitForSelector(selector);
    await field.click({ count: 3 });
    await field.press("Backspace");
    await field.type(text);
  }

  text(selector) {
    return this.page.$eval(selector, (found) => found.textContent);
  }
}
