// Who needs something computed: a job from the wallet's first signature to the result that the browser decrypts.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { connected } from "./connect.mjs";
import { act } from "./holder.mjs";

const ROWS = 5;
const POLICY = "vram >= 16";

/** A job of one's own. Beside it what a wallet does in the middle of it: it rejects, and has another key. */
export async function requesting(place, wallet, { own, other }) {
  const { driver, root, step } = place;
  const tab = await connected(place, wallet, [own.key, other.key]);
  await tab.go("#/request");
  await tab.says("section[aria-labelledby=register] .cost", /You spend .*Fee/s);
  await act(place, tab, wallet, "Register", "section[aria-labelledby=register]");
  await wallet.while({ answer: "reject" }, async () => {
    await tab.click("Unlock", "section[aria-labelledby=unlock]");
    await tab.says(".trouble", new RegExp(`declined it in ${wallet.name}`));
  });
  await wallet.seen();
  await unlocked(tab);
  // Twice, to see that it signs the same text alike.
  assert.deepEqual(await wallet.signatures(), [0, 2]);
  step("registered, and keys unlocked by a text that the wallet signs");

  const file = join(driver.folder(), "rows.csv");
  writeFileSync(file, `${readFileSync(join(root, "data/wdbc/holdout.csv"), "utf8").split("\n").slice(0, ROWS + 1).join("\n")}\n`);
  await (await tab.page.$(".drop input[type=file]")).uploadFile(file);
  await tab.says(".drop", new RegExp(`${ROWS} rows`));
  await tab.click("as text", ".steps");
  await tab.write("#policy", POLICY);
  await tab.says(".steps pre", new RegExp(`^${POLICY}$`));
  await tab.write(".steps .input input", "20");
  await sealed(tab);
  assert.deepEqual(await wallet.signatures(), [0, 0]);
  step("sealed in the browser, without a signature");

  // Another key: the first one's job is locked, and is there again when it is chosen again.
  await wallet.choose(1);
  await tab.page.waitForSelector("section[aria-labelledby=register]");
  await wallet.choose(0);
  await unlocked(tab);
  await tab.click("Go on", "section[aria-labelledby=waiting]");
  step("another key in the middle locks the job; the first one goes on");
  await tab.says(".steps .cost", /You spend 60.*Fee/s);
  await act(place, tab, wallet, "Post the job", ".steps");
  await tab.page.waitForSelector("section[aria-labelledby=own] .card");
  step("posted, with one signature");

  await tab.click("Encrypt", "section[aria-labelledby=own]");
  await tab.says("section[aria-labelledby=own] .cost", /Fee/);
  await act(place, tab, wallet, "Assign", "section[aria-labelledby=own]");
  step("encrypted for the chosen nodes, and assigned, with one signature");
  await tab.click("Read the result", "section[aria-labelledby=own]");
  await tab.page.waitForFunction((rows) => document.querySelectorAll("section[aria-labelledby=own] tbody tr").length === rows, {}, ROWS);
  assert.deepEqual(await wallet.signatures(), [0, 0]);
  step("settled, and the result decrypted in the browser, without a signature");
  await tab.close();
}

async function unlocked(tab) {
  await tab.click("Unlock", "section[aria-labelledby=unlock]");
  await tab.page.waitForSelector(".steps");
}

/** The committee admits a new requester's endpoint some seconds after it was registered. */
async function sealed(tab) {
  const posting = () => tab.page.evaluate(() => [...document.querySelectorAll(".steps button")].some((one) => /Post the job/.test(one.textContent)));
  const end = Date.now() + 120_000;
  for (;;) {
    await tab.click("Seal", ".steps");
    await tab.page.waitForFunction(() => document.querySelector("main .trouble") !== null
      || [...document.querySelectorAll(".steps button")].some((one) => /Post the job/.test(one.textContent)));
    if (await posting()) {
      return;
    }
    if (Date.now() > end) {
      throw new Error(`sealing: ${await tab.text("main .trouble")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}
