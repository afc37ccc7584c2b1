// Using the page with the keyboard alone: Tab, Enter, Space, arrows and text.
import assert from "node:assert/strict";

const PATIENCE = 90_000;

/** Goes on with Tab until the focus is on what `selector` finds and `text` names; fails where a stop can't be seen. */
export async function reach(page, selector, text = "") {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await page.evaluate((wanted, words) => {
      const { activeElement: at } = document;
      const name = `${at?.getAttribute("aria-label") ?? ""} ${at?.textContent ?? ""} ${at?.labels?.[0]?.textContent ?? ""}`;
      const isThere = at !== null && at.matches(wanted) && name.includes(words);
      const isStop = at !== null && at !== document.body && at !== document.documentElement;
      // A field for files is shown by the frame around it.
      const shown = !isStop || getComputedStyle(at).outlineStyle !== "none" || at.closest(".drop, dialog, h1") !== null;
      return { isThere, shown, what: isStop ? at.outerHTML.slice(0, 160) : "" };
    }, selector, text);
    assert.ok(found.shown, `the focus can't be seen on ${found.what}`);
    if (found.isThere) {
      return;
    }
    assert.ok(Date.now() < end, `Tab does not reach ${selector} ${text}`);
    await page.keyboard.press("Tab");
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** Presses a button or follows a link. */
export async function press(page, selector, text) {
  await reach(page, selector, text);
  await page.keyboard.press("Enter");
}

/** Writes into a field, in place of what is in it. */
export async function write(page, selector, words) {
  await reach(page, selector);
  await page.keyboard.down("Control");
  await page.keyboard.press("a");
  await page.keyboard.up("Control");
  await page.keyboard.type(words);
}

/** Chooses a file in a field for files. A press that comes before the browser listens for it opens nothing, and is repeated. */
export async function pick(page, selector, file) {
  for (let left = 3; ; left -= 1) {
    await reach(page, selector);
    const asked = page.waitForFileChooser({ timeout: 15_000 });
    asked.catch(() => undefined);
    await page.keyboard.press("Space");
    try {
      await (await asked).accept([file]);
      return;
    } catch (error) {
      if (left === 1) {
        throw error;
      }
    }
  }
}
