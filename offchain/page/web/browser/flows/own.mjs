// A job of one's own, in any tab: whom to assign is chosen by hand, and the result is downloaded.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const OWN = "section[aria-labelledby=own]";

/** Takes the dearest claim, and leaves the cheapest one out; gives the addresses of both. `claims`: as many are waited for. */
export async function choose(page, claims) {
  await page.waitForFunction((at, n) => document.querySelectorAll(`${at} input[type=checkbox]`).length === n, {}, OWN, claims);
  const boxes = () => page.$$eval(`${OWN} input[type=checkbox]`, (all) => all.map((one) => [one.getAttribute("aria-label"), one.checked]));
  const press = (address) => page.$eval(`${OWN} input[aria-label="${address}"]`, (one) => one.click());
  const before = await boxes();
  const taken = before.filter(([, isTaken]) => isTaken).length;
  assert.ok(taken < claims && before.slice(0, taken).every(([, isTaken]) => isTaken), `not the cheapest are taken: ${before}`);
  const [[cheapest], [dearest]] = [before[0], before.at(-1)];
  await press(dearest);
  assert.deepEqual((await boxes()).map(([, isTaken]) => isTaken), before.map((_, row) => row < taken - 1 || row === claims - 1), "one is taken in place of another");
  await press(cheapest);
  const after = await boxes();
  assert.equal(after.filter(([, isTaken]) => isTaken).length, taken);
  assert.deepEqual([after[0], after.at(-1)], [[cheapest, false], [dearest, true]]);
  // Twice is as before.
  await press(dearest);
  await press(dearest);
  assert.deepEqual(await boxes(), after);
  return { cheapest, dearest };
}

/** The file that the page gives has the values that it shows, each whole. Where files go is `folder`. */
export async function download(page, folder, id, rows) {
  const shown = await page.$$eval(`${OWN} tbody tr`, (all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
  await page.$$eval(`${OWN} button`, (all) => all.find((one) => /Download/.test(one.textContent)).click());
  const path = join(folder, `job-${id}.csv`);
  const end = Date.now() + 180_000;
  while (!existsSync(path)) {
    assert.ok(Date.now() < end, `${path} is not there`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const bytes = readFileSync(path);
  const values = bytes.toString().split("\n").slice(1, -1).map((line) => Number(line.split(",")[1]));
  assert.equal(values.length, rows);
  assert.ok(values.every((value) => Number.isFinite(value) && Math.fround(value) === value), `${values} are not the numbers of a model`);
  assert.deepEqual(bytes, Buffer.from(["row,value", ...values.map((value, row) => `${row + 1},${value}`), ""].join("\n")));
  assert.deepEqual(values.map((value, row) => [`${row + 1}`, value.toFixed(4)]), shown);
}
