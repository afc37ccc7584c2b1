// Lighthouse on the public pages of a demonstration: performance, accessibility and best practices, each at least LEAST.
// `scripts/page-lighthouse` says how.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

import { demonstration } from "../web/tools/demonstration.mjs";

const LEAST = 0.95;
/** Most that a page may move while it loads, also on a busy machine: Lighthouse gives full marks below a tenth. */
const MOST_SHIFT = 0.1;
/** What stands around the table in the file that --write names. */
const [BEGIN, END] = ["<!-- lighthouse: begin -->", "<!-- lighthouse: end -->"];
const CATEGORIES = ["performance", "accessibility", "best-practices"];
/** Of several runs the best one counts: what else the machine does makes a page slower, and never faster. */
const RUNS = 5;

const [program, ...rest] = process.argv.slice(2);
const anySpeed = rest.includes("--any-speed");
const table = rest.includes("--write") ? rest[rest.indexOf("--write") + 1] : undefined;
const dist = rest.find((word) => !word.startsWith("--") && word !== table);
/** Those that have to reach LEAST. */
const HELD = CATEGORIES.filter((category) => !(anySpeed && category === "performance"));
const demo = await demonstration(program, dist);
const PAGES = await publicPages(demo.page);
const profile = mkdtempSync(join(tmpdir(), "bithive-lighthouse-"));
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM,
  userDataDir: profile,
  // As root, in a container, Chromium has no sandbox of its own.
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--lang=en-US"],
});
const faults = [];
const rows = [];
const began = Date.now();
try {
  const port = Number(new URL(browser.wsEndpoint()).port);
  for (const [name, hash] of PAGES) {
    const best = {};
    let shift = 0;
    let audits = [];
    for (let run = 0; run < RUNS && !HELD.every((category) => best[category] >= LEAST); run += 1) {
      const { lhr } = await lighthouse(`${demo.page}${hash}`, { port, onlyCategories: CATEGORIES, logLevel: "error", output: "json" });
      if (lhr.runtimeError !== undefined) {
        // Lighthouse itself asks for another run where the browser's trace has no beginning.
        audits = [`${lhr.runtimeError.code} ${lhr.runtimeError.message}`];
        continue;
      }
      shift = Math.max(shift, lhr.audits["cumulative-layout-shift"].numericValue ?? Infinity);
      CATEGORIES.forEach((category) => { best[category] = Math.max(best[category] ?? 0, lhr.categories[category].score ?? 0); });
      // What costs points, for whoever mends it.
      audits = CATEGORIES.flatMap((category) => lhr.categories[category].auditRefs
        .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 0.9)
        .map(({ id }) => `${category} ${id}: ${lhr.audits[id].displayValue ?? lhr.audits[id].title}`));
    }
    console.log(`${name}: ${CATEGORIES.map((category) => `${category} ${best[category] ?? "none"}`).join(", ")}, layout shift ${shift.toFixed(3)}`);
    rows.push([name, ...CATEGORIES.map((category) => best[category] ?? "none"), shift.toFixed(3)]);
    if (shift > MOST_SHIFT) {
      faults.push(`${name}: what is read moves by ${shift.toFixed(3)} while the page loads, expected at most ${MOST_SHIFT}`);
    }
    for (const category of HELD.filter((category) => !(best[category] >= LEAST))) {
      faults.push(`${name}: ${category} ${best[category] ?? "none"}, expected at least ${LEAST}\n  ${audits.join("\n  ")}`);
    }
  }
} finally {
  await browser.close();
  await demo.stop();
  rmSync(profile, { recursive: true, force: true });
}
if (table !== undefined && faults.length === 0) {
  const text = readFileSync(table, "utf8");
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before < 0 || after < before) {
    faults.push(`${table}: expected a line ${BEGIN} and one ${END}`);
  } else {
    const lines = [["page", ...CATEGORIES.map((category) => category.replace("-", " ")), "layout shift"], ["---", ...CATEGORIES.map(() => "---"), "---"], ...rows];
    writeFileSync(table, `${text.slice(0, before + BEGIN.length)}\n${lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("")}${text.slice(after)}`);
  }
}
faults.forEach((fault) => console.error(`fault: ${fault}`));
console.log(`${PAGES.length} pages, ${faults.length} faults, ${Math.round((Date.now() - began) / 1000)} s`);
process.exitCode = faults.length === 0 ? 0 : 1;

/** What everybody sees without a wallet; a node and a requester stand for those whose pages others look at. */
async function publicPages(url) {
  const { chain, contracts } = await (await fetch(`${url}config.json`)).json();
  const queries = [[contracts.registry, { nodes: { limit: 1 } }], [contracts.jobs, { job: { job_id: 1 } }]];
  const body = JSON.stringify(queries.map(([contract, query]) => ({ contract, query })));
  const { results: [{ value: [node] }, { value: job }] } = await (await fetch(`${url}x/batch`, { method: "POST", body })).json();
  return [
    ["network", ""], ["jobs", "#/jobs"], ["job", "#/job/1"], ["proof", `#/proof/${chain.id}/${contracts.jobs}/1`], ["stake", "#/stake"],
    ["node", `#/node/${node.address}`], ["patient", `#/patient/${job.requester}`], ["governance", "#/governance"],
  ];
}
