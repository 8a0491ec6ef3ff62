// Logs of a running Menara in a real browser. MENARA_TAILED_FILE names a file that it tails as {job="ui"}.
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { PHONE } from "./browser.mjs";
import { checkNoSidewaysScroll, walkByKeyboard } from "./checks.mjs";
import { browserOfFile } from "./visit.mjs";

const url = process.env.MENARA_URL;
const file = process.env.MENARA_TAILED_FILE;
if (url === undefined) throw new Error("MENARA_URL must name a running Menara");
if (file === undefined) throw new Error("MENARA_TAILED_FILE must name a file that it tails with the label job=\"ui\"");

/** From the file to the screen, in milliseconds. */
const MOST_MS = 1000;

/** A file that is new may be noticed later than a line of a known one, in milliseconds. */
const FIRST_LINE_MS = 20_000;

const run = `${Date.now().toString(36)}-${process.pid}`;
let count = 0;

/** Appends a line nobody has written before. */
function append(words) {
  count += 1;
  const text = `${words} ${run}-${count}`;
  appendFileSync(file, `${text}\n`);
  return text;
}

const visit = browserOfFile();
let first;
before(() => {
  first = append("level=info msg=begin");
});

const pathOf = (query) => `logs?query=${encodeURIComponent(query)}`;

function withLogs({ query = '{job="ui"}', ...options }, use) {
  return visit(new URL(pathOf(query), url).href, options, use);
}

/** Resolves when a text is among the lines drawn. */
const waitForLine = (page, text, timeout) =>
  page.waitForFunction(
    (wanted) => [...document.querySelectorAll('[data-testid="lines"] .line-message')].some((message) => message.textContent.includes(wanted)),
    text,
    { timeout, polling: 20 },
  );

describe("Logs", () => {
  it("shows a line within a second of its being written to the file", () =>
    withLogs({}, async (page) => {
      await waitForLine(page, first, FIRST_LINE_MS);
      await page.waitForFunction(() => document.querySelector('[data-testid="live"]')?.textContent.includes("Live"), undefined, { timeout: 10_000 });
      const taken = [];
      for (let i = 0; i < 5; i += 1) {
        const from = performance.now();
        const text = append(`level=warn msg="line of the test" n=${i}`);
        await waitForLine(page, text, 5000);
        taken.push(Math.round(performance.now() - from));
      }
      console.log(`from the file to the page: ${taken.join(", ")} ms`);
      for (const ms of taken) assert.ok(ms < MOST_MS, `a line took ${ms} ms to the page`);
    }));

  it("shows every line of a burst once, newest first", () =>
    withLogs({}, async (page) => {
      await waitForLine(page, first, FIRST_LINE_MS);
      const texts = Array.from({ length: 12 }, (_, i) => append(`burst ${String(i).padStart(2, "0")}`));
      await waitForLine(page, texts.at(-1), 5000);
      const shown = await page.locator(".lines .line-message").allTextContents();
      const found = texts.map((text) => shown.filter((line) => line.endsWith(text)).length);
      assert.deepEqual(found, texts.map(() => 1));
      const order = shown.filter((line) => line.includes("burst ") && line.includes(run));
      assert.match(order[0], /burst 11/);
    }));

  it("holds lines back while it is paused, and shows them when it goes on", () =>
    withLogs({}, async (page) => {
      await waitForLine(page, first, FIRST_LINE_MS);
      await page.getByRole("button", { name: "Pause" }).click();
      const text = append("level=error msg=held");
      await page.getByTestId("waiting").waitFor({ timeout: 5000 });
      assert.match(await page.getByTestId("waiting").textContent(), /1 line waits/);
      assert.equal(await page.locator(".line-message", { hasText: text }).count(), 0);
      await page.getByTestId("waiting").click();
      await waitForLine(page, text, 1000);
    }));

  it("opens a line and edits the query by its fields", () =>
    withLogs({}, async (page) => {
      await waitForLine(page, first, FIRST_LINE_MS);
      await page.locator(".line", { hasText: first }).first().click();
      await page.locator('[data-field="detected_level"]').getByRole("button", { name: /^Keep/ }).click();
      await page.waitForFunction(() => new URLSearchParams(location.search).get("query")?.includes("detected_level"));
      assert.equal(await page.getByTestId("query").inputValue(), '{job="ui"} | detected_level="info"');
      await waitForLine(page, first, 5000);
      assert.equal(await page.locator(".lines .line.warn").count(), 0);
      await page.goBack();
      await page.waitForFunction(() => document.querySelector('[data-testid="query"]')?.value === '{job="ui"}');
    }));

  it("counts its lines by level", () =>
    withLogs({}, async (page) => {
      await waitForLine(page, first, FIRST_LINE_MS);
      await page.waitForFunction(() => Number(document.querySelector('[data-testid="total-info"] b')?.textContent) > 0, undefined, { timeout: 20_000 });
      await page.waitForSelector('[data-testid="volume"] .u-over', { timeout: 5000 });
    }));

  it("says what the server refuses, and where", () =>
    // The browser itself notes the refused requests.
    withLogs({ query: '{job="ui"} |= ', expectedFaults: /status of 400/ }, async (page) => {
      await page.getByTestId("problem").waitFor({ timeout: 10_000 });
      assert.match(await page.getByTestId("problem").textContent(), /Position \d+:/);
    }));

  it("is reached from the rail, with the time kept", () =>
    withLogs({}, async (page) => {
      await page.goto(new URL("?range=900", url).href);
      await page.locator(".rail-entry", { hasText: "Logs" }).click();
      await page.waitForURL(/\/logs\?range=900$/);
      await page.getByTestId("lines").waitFor({ timeout: 10_000 });
    }));

  it("can be used by keyboard alone", () =>
    withLogs({}, async (page) => {
      await waitForLine(page, first, FIRST_LINE_MS);
      const names = await walkByKeyboard(page, 49);
      for (const wanted of [/^Logs$/, /^Pause$/, /^Run$/, /^Wrap$/]) {
        assert.ok(names.some((name) => wanted.test(name)), `${wanted} is not among ${names.join(" | ")}`);
      }
    }));

  for (const colorScheme of ["dark", "light"]) {
    for (const [size, viewport] of [["a desktop", undefined], ["a phone", PHONE]]) {
      it(`fits ${size} in ${colorScheme}`, () =>
        withLogs({ colorScheme, ...(viewport === undefined ? {} : { viewport }) }, async (page) => {
          await waitForLine(page, first, FIRST_LINE_MS);
          assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), colorScheme);
          await checkNoSidewaysScroll(page);
          await page.locator(".line", { hasText: first }).first().click();
          await page.getByTestId("opened").waitFor();
          await checkNoSidewaysScroll(page);
        }));
    }
  }
});

describe("Home", () => {
  it("counts errors by service and leads to them", () => {
    const text = append("level=error msg=lost");
    return visit(url, {}, async (page) => {
      await page.waitForSelector('[data-testid="errors"] a.errors-row', { timeout: 20_000 });
      await page.waitForFunction((wanted) => document.querySelector('[data-testid="errors"]')?.textContent.includes(wanted), text, { timeout: 20_000 });
      await page.locator("a.errors-row", { hasText: text }).click();
      await page.waitForURL(/\/logs\?.*query=/);
      await waitForLine(page, text, 10_000);
      assert.ok((await page.locator(".lines .line").count()) > 0);
      assert.equal(await page.locator(".lines .line:not(.error)").count(), 0);
    });
  });
});
