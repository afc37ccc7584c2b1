// Chromium as a reader uses it: tabs that note what must not happen, and what is done in them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import puppeteer from "puppeteer-core";

/** A busy machine takes its time; what does not come fails. */
const WAIT = 180_000;

/** Chromium with extensions; `origin` is the only one that pages may ask. */
export class Driver {
  /** What must not happen, and did. */
  faults = [];
  #profile = mkdtempSync(join(tmpdir(), "bithive-page-"));
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
      protocolTimeout: WAIT,
      // As root, in a container, Chromium has no sandbox of its own.
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--lang=en-US"],
      defaultViewport: { width: 1280, height: 860 },
    });
    return driver;
  }

  /** Installs the extension of a folder; resolves with its service worker. */
  async install(folder) {
    const id = await this.#browser.installExtension(folder);
    const target = await this.#browser.waitForTarget((one) => one.type() === "service_worker" && one.url().includes(id));
    return target.worker();
  }

  /** A folder for files of the test; it goes with the browser. */
  folder() {
    return mkdtempSync(join(this.#profile, "files-"));
  }

  async tab() {
    const page = await this.#browser.newPage();
    page.setDefaultTimeout(WAIT);
    page.on("pageerror", (error) => this.faults.push(`error of a script: ${error.message}`));
    page.on("console", (message) => {
      const { url = "" } = message.location();
      // What a program refuses comes as a status, which the page reads; Chromium writes each to the console.
      const isStatus = message.text().startsWith("Failed to load resource: the server responded with a status of");
      if ((message.type() === "error" && !isStatus) || /Content Security Policy|TrustedHTML|TrustedScript/.test(message.text())) {
        this.faults.push(`console: ${message.text()} ${url}`);
      }
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (!["data:", "blob:", "chrome-extension:"].includes(url.protocol) && url.origin !== this.#origin) {
        this.faults.push(`request to another origin: ${request.url()}`);
      }
    });
    await page.evaluateOnNewDocument(() => {
      globalThis.violations = [];
      addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, lineNumber }) =>
        globalThis.violations.push(`${violatedDirective} ${blockedURI} ${sourceFile}:${lineNumber}`));
    });
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
  }

  /** Opens the page as a reader whose browser has kept nothing of it: no wallet is connected by itself. */
  async open(url) {
    const { identifier } = await this.page.evaluateOnNewDocument(() => localStorage.clear());
    await this.page.goto(url);
    await this.page.removeScriptToEvaluateOnNewDocument(identifier);
    await this.#settled();
  }

  /** Another place of the page, like `#/account`. */
  async go(hash) {
    await this.#note();
    await this.page.evaluate((to) => { location.hash = to; }, hash);
    await this.#settled();
  }

  async #settled() {
    await this.page.waitForFunction(() => document.querySelector("main .waiting") === null && document.querySelector("#title") !== null);
  }

  async #note() {
    const violations = await this.page.evaluate(() => globalThis.violations.splice(0));
    this.driver.faults.push(...violations);
  }

  async close() {
    await this.#note();
    await this.page.close();
  }

  /** Clicks the button with this text, once it can be clicked; `within` is a selector. */
  async click(text, within = "body") {
    const handle = await this.page.waitForFunction((inside, wanted) =>
      [...document.querySelectorAll(`${inside} button`)].find((one) => !one.disabled && one.textContent.replace(/\s+/g, " ").includes(wanted)), {}, within, text);
    await handle.asElement().evaluate((button) => button.click());
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
