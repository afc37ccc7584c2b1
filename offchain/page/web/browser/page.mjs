// What every test does with a tab: notes what must not happen in it, goes to a place, presses a button, looks for what axe finds.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Milliseconds between two looks. The driver looks at each picture that a tab draws, and a tab behind another draws none. */
const EVERY = 100;
/** What a program refuses comes as a status, which the page reads; Chromium writes each to the console. */
export const STATUS = /^Failed to load resource: the server responded with a status of/;

/**
 * A tab that notes in `faults` errors of scripts, violations, and requests to another origin than `origin`. `allowed`: errors that are
 * meant; `wait`: milliseconds after which what does not come fails.
 */
export async function watched(page, { origin, faults, wait, allowed }) {
  page.setDefaultTimeout(wait);
  const waitFor = page.waitForFunction.bind(page);
  page.waitForFunction = (work, options = {}, ...values) => waitFor(work, { polling: EVERY, ...options }, ...values);
  page.on("pageerror", (error) => faults.push(`error of a script: ${error.message}`));
  page.on("console", (message) => {
    if (allowed?.test(message.text()) === true) {
      return;
    }
    if (message.type() === "error" || /Content Security Policy|TrustedHTML|TrustedScript/.test(message.text())) {
      faults.push(`console: ${message.text()} ${message.location().url ?? ""}`);
    }
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:", "chrome-extension:"].includes(url.protocol) && url.origin !== origin) {
      faults.push(`request to another origin: ${request.url()}`);
    }
  });
  await page.evaluateOnNewDocument(() => {
    globalThis.violations = [];
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, lineNumber }) =>
      globalThis.violations.push(`${violatedDirective} ${blockedURI} ${sourceFile}:${lineNumber}`));
  });
  return page;
}

/** Violations of the policy since this was asked last. */
export function violations(page) {
  return page.evaluate(() => globalThis.violations.splice(0));
}

/** Waits until what the page shows is there. */
export async function settle(page) {
  await page.waitForFunction(() => document.querySelector("main .waiting") === null && document.querySelector("#title") !== null);
}

/** Another place of the page, like `#/account`. */
export async function go(page, hash) {
  await page.evaluate((to) => { location.hash = to; }, hash);
  await settle(page);
}

export async function speak(page, language) {
  await page.select("#language", language);
  await page.waitForFunction((wanted) => document.documentElement.lang === wanted, {}, language);
}

export const title = (page) => page.$eval("#title", (heading) => heading.textContent);

/** Clicks the button with this text, once it can be clicked; `within` is a selector. */
export async function button(page, text, within = "body") {
  const handle = await page.waitForFunction((inside, wanted) =>
    [...document.querySelectorAll(`${inside} button`)].find((one) => !one.disabled && one.textContent.replace(/\s+/g, " ").includes(wanted)), {}, within, text);
  // By the element: a list above it may grow between its place and the click.
  await handle.asElement().evaluate((one) => one.click());
}

/** Notes in `faults` what axe finds, what is wider than the screen, and messages without words. */
export async function check(page, name, faults) {
  (await violations(page)).forEach((violation) => faults.push(`${name}: ${violation}`));
  // Over the debugging protocol: the policy forbids a page to run text, and stays in force.
  const found = await page.evaluate(`(() => { ${axe}; return axe.run({ resultTypes: ["violations"] }); })()`);
  for (const { id, nodes } of found.violations) {
    faults.push(`${name}: axe ${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`).slice(0, 3).join(" | ")}`);
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) {
    faults.push(`${name}: ${wide} pixels wider than the screen`);
  }
  const keys = await page.evaluate(() => document.body.innerText.match(/\b(?:[a-z]+\.){1,4}[a-z_]+\b(?!\.)/g)?.filter((text) => /^(life|job|network|request|wallet|trouble|proof|stake|account|policy|vote|setting|committee|owner|governance|patient|consent|dataset|report|pay|stream|offer|invoice|receipt|link|escrow|sell|agree|permit)\./.test(text)) ?? []);
  keys.forEach((key) => faults.push(`${name}: the message ${key} has no words`));
}
