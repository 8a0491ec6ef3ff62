// The states of Home against a made-up server in a real browser: npm run build && npm run test:ui
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PHONE, waitForNumbers } from "../browser.mjs";
import { checkNoSidewaysScroll, checkTiles, contrastOf, readTiles } from "../checks.mjs";
import { startFake } from "../fake-api.mjs";
import { drawn, fakeVisits, quiet } from "../visit.mjs";

const visit = fakeVisits();

/** Opens Home of a scenario; faults of the console fail the test unless they are expected. */
function withScenario(name, options, use) {
  return visit(name, options, use);
}

const verdict = (page) => page.getByTestId("verdict").locator(".verdict-head").textContent();
const waitForVerdict = (page, text) =>
  page.waitForFunction((wanted) => document.querySelector(".verdict-head")?.textContent.includes(wanted), text, { timeout: 8000 });

describe("the verdict", () => {
  it("says that all is well", () =>
    withScenario("normal", {}, async (page) => {
      await waitForNumbers(page);
      assert.equal(await verdict(page), "All is well");
    }));

  it("counts what is past its limit, and marks the tiles with more than colour", () =>
    withScenario("trouble", {}, async (page) => {
      await waitForNumbers(page);
      assert.match(await verdict(page), /^[23] things need you$/);
      const disk = page.getByTestId("tile-disk");
      assert.equal(await disk.locator(".graphic-crit").getAttribute("title"), "Critical");
      assert.match(await page.locator(".verdict-detail").textContent(), /Disk \/srv\/media 98 %, limit 95 %/);
      assert.equal(await page.locator(".disks tbody tr").first().locator(".disk-place").textContent(), "/srv/media");
    }));

  it("says that it is collecting, then fills by itself", () =>
    withScenario("thin", {}, async (page) => {
      await waitForNumbers(page, 10000);
      await waitForVerdict(page, "All is well");
      assert.match(await page.locator(".freshness").textContent(), /Data since/);
    }));

  it("tells of a silent host, and the charts end where the data ends", () =>
    withScenario("stale", {}, async (page) => {
      await waitForNumbers(page);
      assert.match(await verdict(page), /^No reading for 4 min/);
      assert.match(await page.getByTestId("chart-cpu").locator(".badge").textContent(), /^bromo silent for 4 min/);
    }));

  it("offers the last data of a host long gone", () =>
    withScenario("gone", {}, async (page) => {
      await waitForVerdict(page, "No reading for 3 h");
      await page.getByTestId("chart-cpu").getByRole("button", { name: /^Show / }).click();
      await waitForNumbers(page);
      assert.equal(await verdict(page), "All was well");
      await checkTiles(page, page.url());
    }));

  it("knows an empty store from a slow one", async () => {
    await withScenario("empty", {}, async (page) => {
      await waitForVerdict(page, "No host yet");
      assert.equal(await page.locator(".stat-value.missing").count(), 6);
    });
    await withScenario("slow", {}, async (page) => {
      await page.waitForFunction(() => document.querySelectorAll(".skeleton-chart").length === 5);
      assert.equal(await verdict(page), "Asking for the numbers…");
      await waitForNumbers(page);
    });
  });
});

describe("tiles", () => {
  for (const scenario of ["normal", "trouble", "bare", "stale"]) {
    it(`show what the API answers: ${scenario}`, () =>
      withScenario(scenario, {}, async (page, fake) => {
        await waitForNumbers(page);
        const tiles = await checkTiles(page, fake.url);
        assert.equal(tiles.at(-1).id, scenario === "bare" ? "disk_busy" : "temperature");
      }));
  }
});

describe("a refused query", () => {
  it("changes only its own panel and can be tried again", () =>
    withScenario("error", { expectedFaults: /400 \(Bad Request\)/ }, async (page, fake) => {
      await page.waitForSelector('[data-testid="chart-memory"] .u-over');
      const panel = page.getByTestId("chart-cpu");
      assert.match(await panel.textContent(), /refused this query.*too many samples: 1200000/);
      assert.equal(await verdict(page), "All is well");
      fake.set("normal");
      await panel.getByRole("button", { name: "Try again" }).click();
      await panel.locator(".u-over").waitFor();
    }));
});

describe("a server that is gone", () => {
  it("leaves the data standing, counts down, and is forgotten when it is back", () =>
    withScenario("normal", { expectedFaults: /Failed to load resource/ }, async (page, fake) => {
      await waitForNumbers(page);
      const before = await readTiles(page);
      const place = await page.getByTestId("chart-cpu").boundingBox();
      const port = Number(new URL(fake.url).port);
      await fake.stop();
      await page.getByRole("button", { name: "Refresh now" }).click();
      const strip = page.getByTestId("offline");
      await strip.waitFor();
      assert.match(await strip.textContent(), /Menara does not answer\..*Showing data from \d\d:\d\d:\d\d\..*Trying again/);
      assert.deepEqual(await readTiles(page), before);
      assert.deepEqual(await page.getByTestId("chart-cpu").boundingBox(), place, "nothing else moves");
      const back = await startFake("normal", port);
      await strip.getByRole("button", { name: "Try now" }).click();
      await strip.waitFor({ state: "detached" });
      await back.stop();
    }));
});

describe("asking", () => {
  it("is cheap: one batch per refresh, only the tail of the charts, nothing while hidden", () =>
    withScenario("normal", {}, async (page, fake) => {
      await waitForNumbers(page);
      await quiet(page, fake);
      const asked = (root) => fake.requests.filter((request) => request.path.startsWith(root)).length;
      const [first, firstOfLogs] = [asked("/api/"), asked("/loki/")];
      assert.ok(first <= 27, `the first visit asks ${first} times`);
      assert.ok(firstOfLogs <= 6, `the first visit asks the logs ${firstOfLogs} times`);
      const refreshed = fake.answered(({ path }) => path === "/api/v1/query");
      await page.getByRole("button", { name: "Refresh now" }).click();
      await refreshed;
      await quiet(page, fake);
      // 14 that always change, and the tails of seven charts where a step of theirs has passed.
      assert.ok(asked("/api/") - first <= 21, `a refresh asks ${asked("/api/") - first} times`);
      assert.ok(asked("/loki/") - firstOfLogs <= 6, `a refresh asks the logs ${asked("/loki/") - firstOfLogs} times`);
    }));

  it("leaves out charts that are out of view", () =>
    withScenario("normal", { viewport: { width: 390, height: 500 } }, async (page, fake) => {
      await waitForNumbers(page);
      const isDisk = (request) => request.path.endsWith("query_range") && request.query.includes("node_disk_read");
      assert.equal(fake.requests.filter(isDisk).length, 0);
      await page.getByTestId("chart-disk").scrollIntoViewIfNeeded();
      await page.getByTestId("chart-disk").locator(".u-over").waitFor();
      assert.equal(fake.requests.filter(isDisk).length, 1);
    }));
});

describe("time", () => {
  it("can be moved, zoomed by dragging, and is kept in the address", () =>
    withScenario("normal", {}, async (page) => {
      await waitForNumbers(page);
      assert.ok(await page.getByRole("button", { name: "Later" }).isDisabled());
      await page.getByRole("button", { name: "Earlier" }).click();
      await page.waitForFunction(() => location.search.startsWith("?from="));
      await waitForVerdict(page, "All was well");
      const plot = await page.getByTestId("chart-cpu").locator(".u-over").boundingBox();
      await page.mouse.move(plot.x + 100, plot.y + 50);
      await page.mouse.down();
      await page.mouse.move(plot.x + 200, plot.y + 60, { steps: 5 });
      await page.mouse.up();
      await page.waitForFunction(() => {
        const params = new URLSearchParams(location.search);
        return Number(params.get("to")) - Number(params.get("from")) < 1500;
      });
      const address = page.url();
      await page.reload();
      await waitForNumbers(page);
      assert.equal(page.url(), address);
      await page.getByTestId("range").click();
      await page.getByRole("menuitemradio", { name: "Last 1 hour" }).click();
      await waitForVerdict(page, "All is well");
      assert.equal(new URL(page.url()).search, "");
    }));

  it("has one cursor in all charts and one tooltip, sorted by value", () =>
    withScenario("normal", {}, async (page) => {
      await waitForNumbers(page);
      await page.waitForSelector('[data-testid="chart-network"] .u-over');
      const plot = await page.getByTestId("chart-cpu").locator(".u-over").boundingBox();
      await page.mouse.move(plot.x + 120, plot.y + 50);
      await page.locator(".chart-tip:not([hidden])").first().waitFor();
      assert.equal(await page.locator(".chart-tip:not([hidden])").count(), 1);
      const cursors = await page.evaluate(() => [...document.querySelectorAll(".u-cursor-x")].map((cursor) => cursor.style.transform));
      assert.equal(cursors.length, 5);
      assert.equal(new Set(cursors).size, 1, "all cursors stand at the same place");
      const values = await page.locator(".chart-tip:not([hidden]) b").allTextContents();
      const numbers = values.map((text) => Number.parseFloat(text));
      assert.deepEqual(numbers, [...numbers].sort((a, b) => b - a));
    }));

  it("moves the cursor by arrow keys", () =>
    withScenario("normal", {}, async (page) => {
      await waitForNumbers(page);
      await page.getByTestId("chart-memory").locator(".chart").focus();
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("ArrowLeft");
      const tip = page.getByTestId("chart-memory").locator(".chart-tip");
      await tip.waitFor();
      assert.match(await tip.textContent(), /^\d\d:\d\d:\d\d/);
    }));

  it("keeps the last data while a longer range loads", () =>
    withScenario("normal", {}, async (page, fake) => {
      await waitForNumbers(page);
      fake.set("slow");
      await page.getByTestId("range").click();
      const asked = fake.asked(({ path }) => path === "/api/v1/query_range");
      await page.getByRole("menuitemradio", { name: "Last 6 hours" }).click();
      await asked;
      await drawn(page);
      assert.equal(await page.locator(".skeleton-chart").count(), 0);
      assert.equal(await page.getByTestId("chart-cpu").locator(".u-over").count(), 1);
    }));
});

describe("a legend", () => {
  it("shows only what is clicked, and all again", () =>
    withScenario("normal", {}, async (page) => {
      await waitForNumbers(page);
      const legend = page.getByTestId("chart-cpu").locator(".legend button");
      await legend.first().click();
      const pressed = () => legend.evaluateAll((buttons) => buttons.map((button) => button.getAttribute("aria-pressed")));
      assert.deepEqual(await pressed(), ["true", "false", "false", "false"]);
      await legend.nth(1).click({ modifiers: ["Control"] });
      assert.deepEqual(await pressed(), ["true", "true", "false", "false"]);
      await legend.nth(0).click();
      await legend.nth(0).click();
      assert.deepEqual(await pressed(), ["true", "true", "true", "true"]);
    }));
});

describe("look and language", () => {
  it("change at once and are remembered", () =>
    withScenario("normal", {}, async (page) => {
      await waitForNumbers(page);
      await page.getByRole("button", { name: "Look and language" }).click();
      await page.getByRole("menuitemradio", { name: "Light" }).click();
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
      await page.getByRole("button", { name: "Look and language" }).click();
      await page.getByRole("menuitemradio", { name: "Bahasa Indonesia" }).click();
      await waitForVerdict(page, "Semua baik");
      assert.equal(await page.evaluate(() => document.documentElement.lang), "id");
      assert.match(await page.getByTestId("tile-load-value").textContent(), /^\d,\d\d$/);
      await page.reload();
      await waitForNumbers(page);
      assert.equal(await verdict(page), "Semua baik");
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
    }));

  for (const colorScheme of ["dark", "light"]) {
    it(`can be read in ${colorScheme}`, () =>
      withScenario("trouble", { colorScheme }, async (page) => {
        await waitForNumbers(page);
        for (const selector of [".verdict-head", ".verdict-detail", ".stat-label", ".stat-context", ".stat-value", ".text-crit", ".panel header .t3", ".legend button", ".table th", ".rail-self", ".rail-entry"]) {
          const contrast = await contrastOf(page, selector);
          assert.ok(contrast >= 4.5, `${selector} has a contrast of ${contrast.toFixed(2)}`);
        }
      }));
  }
});

describe("a phone", () => {
  for (const locale of ["en-GB", "id-ID"]) {
    it(`has no sideways scrolling in ${locale}`, () =>
      withScenario("trouble", { viewport: PHONE, locale }, async (page) => {
        await waitForNumbers(page);
        await checkNoSidewaysScroll(page);
      }));
  }

  it("has targets of at least 40 px in the top bar", () =>
    withScenario("normal", { viewport: PHONE }, async (page) => {
      await waitForNumbers(page);
      const sizes = await page.locator(".top button:visible").evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect()));
      assert.equal(sizes.length, 2);
      for (const { width, height } of sizes) assert.ok(width >= 40 && height >= 40);
    }));

  it("pins a tooltip by a tap", () =>
    withScenario("normal", { viewport: PHONE, hasTouch: true }, async (page) => {
      await waitForNumbers(page);
      await page.getByTestId("chart-cpu").locator(".u-over").tap({ position: { x: 120, y: 40 } });
      await page.getByTestId("chart-cpu").locator(".chart-tip:not([hidden])").waitFor();
    }));
});

describe("the layout", () => {
  it("does not move when the numbers arrive", () =>
    withScenario("slow", {}, async (page, fake) => {
      await page.waitForFunction(() => document.querySelectorAll(".skeleton-chart").length === 5);
      const boxes = () => page.evaluate(() => [...document.querySelectorAll(".stat, .panel, .about")].map((box) => JSON.stringify(box.getBoundingClientRect())));
      const before = await boxes();
      await waitForNumbers(page);
      await quiet(page, fake);
      assert.deepEqual(await boxes(), before);
    }));

  it("shows the answer and the first charts without scrolling on a desktop", () =>
    withScenario("normal", {}, async (page) => {
      await waitForNumbers(page);
      await page.waitForSelector(".containers-table tbody tr");
      const bottoms = await page.evaluate(() =>
        [".verdict", ".tiles", ".containers", ".errors", ".disks", "[data-testid='chart-cpu']", "[data-testid='chart-load']"].map((name) => document.querySelector(name).getBoundingClientRect().bottom),
      );
      for (const bottom of bottoms) assert.ok(bottom <= 900, `${bottom} px`);
    }));
});
