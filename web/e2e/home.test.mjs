// Home of a running Menara in a real browser: MENARA_URL=http://127.0.0.1:7070 npm run test:e2e
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PHONE, waitForNumbers } from "./browser.mjs";
import { checkNoSidewaysScroll, checkTiles, readTiles, walkByKeyboard } from "./checks.mjs";
import { browserOfFile } from "./visit.mjs";

const url = process.env.MENARA_URL;
if (url === undefined) throw new Error("MENARA_URL must name a running Menara");

const visit = browserOfFile();
const withPage = (options, use) => visit(url, options, use);

describe("Home", () => {
  it("is populated within ten seconds", () =>
    withPage({}, async (page) => {
      await waitForNumbers(page, 10000);
      assert.equal(await page.title(), "Menara");
      const known = (await readTiles(page)).filter((tile) => tile.raw !== "");
      assert.ok(known.length >= 5, `only ${known.map((tile) => tile.id)} have numbers`);
      for (const id of ["cpu", "memory", "load", "disk", "network"]) {
        await page.waitForSelector(`[data-testid="chart-${id}"] .u-over`, { timeout: 5000 });
      }
    }));

  it("shows on each tile what the API answers for its query at its time", () =>
    withPage({}, async (page) => {
      await waitForNumbers(page);
      await checkTiles(page, url);
    }));

  it("does so again after a refresh", () =>
    withPage({}, async (page) => {
      await waitForNumbers(page);
      const [first] = await readTiles(page);
      await page.getByRole("button", { name: "Refresh now" }).click();
      await page.waitForFunction((time) => document.querySelector("[data-testid='tile-cpu']")?.dataset.time !== time, first.time);
      await checkTiles(page, url);
    }));

  for (const colorScheme of ["dark", "light"]) {
    it(`follows the device in ${colorScheme}`, () =>
      withPage({ colorScheme }, async (page) => {
        await waitForNumbers(page);
        assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), colorScheme);
      }));

    it(`fits a phone in ${colorScheme}`, () =>
      withPage({ viewport: PHONE, colorScheme }, async (page) => {
        await waitForNumbers(page);
        await checkNoSidewaysScroll(page);
      }));
  }

  it("can be used by keyboard alone", () =>
    withPage({}, async (page) => {
      await waitForNumbers(page);
      const names = await walkByKeyboard(page, 11);
      for (const wanted of [/^Skip/, /^Home$/, /^Earlier$/, /^Time range/, /longer/, /^Refresh now$/, /^Refresh interval/, /^Look and language$/]) {
        assert.ok(names.some((name) => wanted.test(name)), `${wanted} is not among ${names.join(" | ")}`);
      }
    }));

  it("shows every range on offer", () =>
    withPage({}, async (page) => {
      await waitForNumbers(page);
      for (const name of ["Last 15 min", "Last 6 hours", "Last 24 hours", "Last 7 days"]) {
        await page.getByTestId("range").click();
        await page.getByRole("menuitemradio", { name }).click();
        await page.waitForFunction((label) => document.querySelector("[data-testid='range']").textContent.includes(label), name);
        await page.waitForSelector('[data-testid="chart-cpu"] .u-over');
      }
      await checkTiles(page, url);
    }));

  it("asks no other host for anything", () =>
    withPage({}, async (page) => {
      const foreign = [];
      page.on("request", (request) => !request.url().startsWith(new URL(url).origin) && foreign.push(request.url()));
      await page.reload();
      await waitForNumbers(page);
      assert.deepEqual(foreign, []);
    }));
});
