// The page of a host against a made-up server in a real browser.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PHONE } from "../browser.mjs";
import { checkNoSidewaysScroll, checkTiles, contrastOf, walkByKeyboard } from "../checks.mjs";
import { drawn, fakeVisits, quiet } from "../visit.mjs";

const visit = fakeVisits();

/** Opens the page of a scenario's host; faults of the console fail the test unless they are expected. */
function withHost(name, options, use) {
  return visit(name, { path: "hosts/bromo", ...options }, use);
}

const charts = ["cpu", "memory", "disk", "network"];
async function waitForAll(page) {
  for (const id of charts) await page.waitForSelector(`[data-testid="chart-${id}"] .u-over`, { timeout: 10000 });
  await page.waitForSelector(".column-lines .line", { timeout: 10000 });
  await page.waitForSelector('[data-testid="column-volume"] .u-over');
}
const place = (page) => page.getByTestId("column-place").textContent();
const waitForPlace = (page, text) =>
  page.waitForFunction((wanted) => document.querySelector('[data-testid="column-place"]')?.textContent.includes(wanted), text, { timeout: 5000 });
const plotOf = (page, id) => page.getByTestId(`chart-${id}`).locator(".u-over").boundingBox();
const secondsOf = (clock) => clock.split(":").reduce((sum, part) => sum * 60 + Number.parseFloat(part), 0);
const tab = (page, name) => page.getByRole("tab", { name });

describe("a host's page", () => {
  it("says what the host is, and shows its numbers, charts and lines", () =>
    withHost("containers", {}, async (page, fake) => {
      await waitForAll(page);
      assert.equal(await page.title(), "bromo · Menara");
      assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "bromo");
      assert.match(await page.getByTestId("host-facts").textContent(), /Linux 6\.12\.51-amd64 · x86_64 · 8 threads · 31\.2 GiB · up 12 d/);
      await checkTiles(page, fake.url);
      assert.ok((await page.locator(".column-lines .line").count()) > 50);
    }));

  it("has a tab for what is there, and none for what is not", () =>
    withHost("containers", {}, async (page) => {
      await waitForAll(page);
      await page.waitForSelector('[data-tab="containers"] .tab-count');
      assert.deepEqual(await page.getByRole("tab").allTextContents(), ["Overview", "Containers19", "Disks", "Logs", "Events"]);
    }));

  it("shows all of it without scrolling on a desktop", () =>
    withHost("containers", {}, async (page) => {
      await waitForAll(page);
      assert.ok(await page.evaluate(() => document.querySelector(".content").scrollHeight <= document.querySelector(".content").clientHeight));
    }));

  it("does not move when the data arrives", () =>
    withHost("slow", {}, async (page, fake) => {
      await page.waitForFunction(() => document.querySelectorAll(".stat, .panel, .strip, .column, .tabs").length >= 13 && document.querySelector(".skeleton-chart") !== null);
      const boxes = () => page.evaluate(() => [...document.querySelectorAll(".stat, .panel, .strip, .column, .tabs")].map((box) => JSON.stringify(box.getBoundingClientRect())));
      const before = await boxes();
      assert.ok(before.length >= 13, `${before.length} boxes`);
      await waitForAll(page);
      await quiet(page, fake);
      assert.deepEqual(await boxes(), before);
    }));

  it("says so where there is no such host", () =>
    withHost("normal", { path: "hosts/kelud" }, async (page) => {
      await page.getByText("No host named kelud").waitFor();
      await page.getByRole("link", { name: "Show Home" }).click();
      await page.getByTestId("verdict").waitFor();
      assert.equal(new URL(page.url()).pathname, "/");
    }));

  it("tells when the fullest disk will be full, where its past allows it", () =>
    withHost("normal", {}, async (page, fake) => {
      await waitForAll(page);
      // The made-up disk does not fill up: its size stands there instead.
      assert.match(await page.getByTestId("tile-disk").textContent(), /2\.43 of 3\.64 TiB/);
      assert.ok(fake.requests.some(({ path, query }) => path.endsWith("query_range") && query.startsWith('max(node_filesystem_avail_bytes{job="node",instance="bromo",device="/dev/sda1"')));
    }));
});

describe("the way to a host and back", () => {
  it("keeps the page and the time", () =>
    withHost("containers", { path: "?range=900" }, async (page) => {
      await page.locator(".about .link").waitFor();
      await page.evaluate(() => (window.isSamePage = true));
      await page.locator(".about").getByRole("link", { name: "bromo" }).click();
      await waitForAll(page);
      assert.equal(await page.evaluate(() => location.pathname + location.search), "/hosts/bromo?range=900");
      await tab(page, "Containers").click();
      await page.locator('.containers-table [data-container="immich-ml"] a').click();
      await page.getByTestId("container-head").waitFor();
      assert.equal(await page.evaluate(() => location.pathname + location.search), "/hosts/bromo/containers/immich-ml?range=900");
      await page.getByRole("navigation", { name: "Where you are" }).getByRole("link", { name: "bromo" }).click();
      await page.getByTestId("host-facts").waitFor();
      await page.goBack();
      await page.getByTestId("container-head").waitFor();
      await page.goBack();
      assert.equal(await tab(page, "Containers").getAttribute("aria-selected"), "true");
      await page.getByRole("link", { name: "Hosts" }).click();
      await page.getByTestId("verdict").waitFor();
      await page.getByRole("link", { name: "Logs", exact: true }).first().click();
      await page.getByTestId("query").waitFor();
      assert.ok(await page.evaluate(() => window.isSamePage), "nothing was loaded anew");
    }));

  it("can be opened from outside, with everything below the site's root", () =>
    withHost("normal", { path: "hosts/bromo?range=900&tab=disks" }, async (page) => {
      await page.waitForSelector('[data-testid="chart-disk"] .u-over');
      assert.equal(await page.locator(".disks tbody tr").count(), 3);
      assert.equal(await page.getByTestId("range").textContent(), "Last 15 min");
    }));

  it("skips to the content without leaving the page", () =>
    withHost("normal", {}, async (page) => {
      await waitForAll(page);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement.id), "content");
      assert.equal(new URL(page.url()).pathname, "/hosts/bromo");
    }));
});

describe("one time axis", () => {
  it("has one cursor in all charts, and the lines are those of its moment", () =>
    withHost("containers", {}, async (page) => {
      await waitForAll(page);
      assert.match(await place(page), /^bromo, live$/);
      const plot = await plotOf(page, "cpu");
      await page.mouse.move(plot.x + plot.width * 0.4, plot.y + 40);
      await waitForPlace(page, "bromo, around ");
      const at = secondsOf((await place(page)).replace("bromo, around ", ""));
      const cursors = await page.evaluate(() => [...document.querySelectorAll(".panel .u-cursor-x")].map((cursor) => cursor.style.transform));
      assert.equal(cursors.length, 4);
      assert.equal(new Set(cursors).size, 1, "all cursors stand at the same place");
      assert.equal(await page.locator(".strip-cursor:not([hidden])").count(), 1);
      const line = await page.locator(".column-lines [aria-current] time").textContent();
      const distance = at - secondsOf(line);
      assert.ok(distance >= -1 && distance < 15, `the line of ${line} is ${distance} s before the moment`);
      // Away from the charts, the newest lines come back.
      await page.mouse.move(plot.x + 100, 10);
      await waitForPlace(page, "bromo, live");
    }));

  it("holds a moment by a click, in the address too, until it is let go", () =>
    withHost("containers", {}, async (page, fake) => {
      await waitForAll(page);
      const plot = await plotOf(page, "memory");
      await page.mouse.click(plot.x + plot.width * 0.6, plot.y + 60);
      await page.waitForFunction(() => new URLSearchParams(location.search).has("at"));
      await page.mouse.move(plot.x, 10);
      await quiet(page, fake);
      const held = await place(page);
      assert.match(held, /^bromo, around \d\d:\d\d:\d\d$/);
      await page.reload();
      await waitForAll(page);
      await waitForPlace(page, held);
      await page.getByRole("button", { name: "Let go" }).click();
      await waitForPlace(page, "bromo, live");
      assert.equal(new URL(page.url()).search, "");
    }));

  it("lets go of a moment that falls out of the range", () =>
    withHost("containers", {}, async (page) => {
      await waitForAll(page);
      const plot = await plotOf(page, "cpu");
      await page.mouse.click(plot.x + plot.width * 0.9, plot.y + 60);
      await page.waitForFunction(() => new URLSearchParams(location.search).has("at"));
      await page.getByRole("button", { name: "Earlier" }).click();
      await page.waitForFunction(() => location.search.startsWith("?from=") && !location.search.includes("at="));
    }));

  it("is held and let go by keyboard", () =>
    withHost("containers", {}, async (page) => {
      await waitForAll(page);
      await page.getByTestId("chart-disk").locator(".chart").focus();
      for (let i = 0; i < 8; i += 1) await page.keyboard.press("Shift+ArrowLeft");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => new URLSearchParams(location.search).has("at"));
      await waitForPlace(page, "bromo, around ");
      await page.keyboard.press("Escape");
      await page.waitForFunction(() => !new URLSearchParams(location.search).has("at"));
    }));

  it("holds the moment of a clicked line, and walks from line to line", () =>
    withHost("containers", {}, async (page) => {
      await waitForAll(page);
      const line = page.locator(".column-lines [data-line]").nth(-6);
      const clock = await line.locator("time").textContent();
      await line.click();
      await waitForPlace(page, clock.slice(0, 8));
      assert.equal(await page.locator(".column-lines [aria-current] time").textContent(), clock);
      await page.getByTestId("column-lines").focus();
      await page.keyboard.press("ArrowUp");
      await page.waitForFunction((before) => document.querySelector(".column-lines [aria-current] time")?.textContent !== before, clock);
      assert.ok(secondsOf(await page.locator(".column-lines [aria-current] time").textContent()) < secondsOf(clock));
    }));

  it("is looked at closer by dragging, everywhere at once", () =>
    withHost("containers", {}, async (page) => {
      await waitForAll(page);
      const plot = await plotOf(page, "network");
      await page.mouse.move(plot.x + 80, plot.y + 30);
      await page.mouse.down();
      await page.mouse.move(plot.x + 200, plot.y + 40, { steps: 5 });
      await page.mouse.up();
      await page.waitForFunction(() => location.search.startsWith("?from="));
      assert.ok(!new URL(page.url()).search.includes("at="), "dragging is no click");
      await page.getByTestId("go-live").click();
      await page.waitForFunction(() => !location.search.includes("from="));
    }));
});

describe("what happened", () => {
  it("stands on the strip and in the charts, and leads to its lines", () =>
    withHost("containers", {}, async (page) => {
      await waitForAll(page);
      const signs = page.getByTestId("event-strip").getByRole("button");
      const names = await signs.evaluateAll((all) => all.map((sign) => sign.getAttribute("aria-label")));
      assert.ok(names.length >= 4, `${names.length} signs`);
      const kill = names.findIndex((name) => /immich-ml killed, out of memory/.test(name));
      assert.notEqual(kill, -1, names.join(" | "));
      await signs.nth(kill).click();
      await page.waitForFunction(() => new URLSearchParams(location.search).has("at"));
      const clock = /\d\d:\d\d:\d\d/.exec((await place(page)) ?? "") ?? (await waitForPlace(page, "around "), /\d\d:\d\d:\d\d/.exec(await place(page)));
      assert.ok(names[kill].includes(clock[0]), `${names[kill]} at ${clock[0]}`);
    }));

  it("is named in the tooltip of a chart", () =>
    withHost("containers", {}, async (page) => {
      await waitForAll(page);
      const at = await page.evaluate(async () => {
        const now = Date.now();
        const params = new URLSearchParams({ query: '{job="container_events", host="bromo"}', start: `${now - 3600_000}000000`, end: `${now}000000`, limit: "100", direction: "backward" });
        const { data } = await (await fetch(`loki/api/v1/query_range?${params}`)).json();
        const kills = data.result.flatMap(({ values }) => values).filter(([, text]) => text.includes("oom_killed=true")).map(([ns]) => Number(ns.slice(0, 13)));
        return { now, kill: kills.sort((a, b) => a - b).find((ms) => now - ms < 3500_000) };
      });
      const plot = await plotOf(page, "cpu");
      await page.mouse.move(plot.x + plot.width * (1 - (at.now - at.kill) / 3600_000), plot.y + 40);
      const head = page.getByTestId("chart-cpu").locator(".chart-tip-head");
      await head.waitFor();
      assert.match(await head.textContent(), /^\d\d:\d\d:\d\d · .*(killed, out of memory|out of memory|restarting)/);
    }));

  it("is said not to be there where nothing happened", () =>
    withHost("nocontainers", {}, async (page) => {
      await page.getByText("No events in this range").waitFor();
      await tab(page, "Events").click();
      await page.locator(".events-card").getByText("No events in this range").waitFor();
    }));

  it("is listed, newest first, each with a way to its container", () =>
    withHost("containers", { path: "hosts/bromo?tab=events" }, async (page) => {
      const rows = page.locator(".events-table tbody tr");
      await rows.first().waitFor();
      const times = await rows.locator(".event-time").allTextContents();
      assert.deepEqual(times, [...times].sort().reverse());
      assert.match(await rows.filter({ hasText: "immich-ml" }).first().textContent(), /restarting, 4 so far|killed, out of memory/);
      await rows.locator("a", { hasText: "immich-ml" }).first().click();
      await page.getByTestId("container-head").waitFor();
      await page.goBack();
      await rows.nth(1).locator(".event-time button").click();
      await waitForPlace(page, `bromo, around ${times[1].slice(0, 8)}`);
    }));
});

describe("the lines beside the charts", () => {
  it("are cut down to a level and to a text, on the server", () =>
    withHost("containers", {}, async (page, fake) => {
      await waitForAll(page);
      const column = page.getByTestId("log-column");
      const errors = column.getByRole("button", { name: /^[\d,]+ errors$/ });
      await errors.click();
      await page.waitForFunction(() => [...document.querySelectorAll(".column-lines .line-level")].every((level) => level.textContent === "ERR"));
      assert.equal(await errors.getAttribute("aria-pressed"), "true");
      assert.match(await column.getByRole("button", { name: /warnings$/ }).textContent(), /^[\d,]+$/, "what is left out is still counted");
      await column.getByRole("textbox", { name: "Find in logs" }).fill("sigkill");
      await page.waitForFunction(() => [...document.querySelectorAll(".column-lines .line")].every((line) => line.textContent.includes("SIGKILL")));
      assert.ok((await page.locator(".column-lines mark").count()) > 0, "what was found is marked");
      const query = '{host="bromo"} |~ "(?i)sigkill" | detected_level=~"fatal|critical|error"';
      assert.ok(fake.requests.some((request) => request.query === query));
      await column.getByRole("link", { name: "Open in Logs" }).click();
      await page.getByTestId("query").waitFor();
      assert.equal(await page.getByTestId("query").inputValue(), query);
    }));

  it("say so where none match", () =>
    withHost("containers", {}, async (page) => {
      await waitForAll(page);
      await page.getByTestId("log-column").getByRole("textbox").fill("nothing-like-this");
      await page.getByText("No line matches this query").waitFor();
    }));

  it("come in while they are followed, within a second, and wait while paused", () =>
    withHost("normal", {}, async (page, fake) => {
      await waitForAll(page);
      await page.waitForFunction(() => document.querySelector('[data-testid="column-place"]').textContent.endsWith(", live"));
      while (!fake.isTailed()) await drawn(page);
      const startedAt = Date.now();
      fake.push(["a line that has only just been written"]);
      await page.getByText("a line that has only just been written").waitFor({ timeout: 1000 });
      assert.ok(Date.now() - startedAt <= 1000);
      assert.ok(await page.getByText("a line that has only just been written").isVisible());
      await page.getByTestId("go-live").click();
      fake.push(["another line"]);
      await quiet(page, fake);
      assert.equal(await page.getByText("another line").count(), 0);
      await page.getByTestId("go-live").click();
      await page.getByText("another line").waitFor({ timeout: 1000 });
    }));

  it("stand alone on their tab", () =>
    withHost("normal", { path: "hosts/bromo?tab=logs" }, async (page) => {
      await page.waitForSelector(".column-lines .line");
      assert.ok((await page.getByTestId("log-column").boundingBox()).width > 1000);
    }));
});

describe("use without a mouse, and on other screens", () => {
  it("goes by keyboard: tabs by arrows, everything by Tab", () =>
    withHost("containers", {}, async (page) => {
      await waitForAll(page);
      await tab(page, "Overview").focus();
      await page.keyboard.press("ArrowRight");
      await page.waitForFunction(() => new URLSearchParams(location.search).get("tab") === "containers");
      assert.equal(await page.evaluate(() => document.activeElement.dataset.tab), "containers");
      await page.keyboard.press("ArrowLeft");
      await waitForAll(page);
      const names = await walkByKeyboard(page, 60);
      for (const wanted of [/killed, out of memory/, /^CPU by mode: /, /^user/, /^Pause$/, /^All$/, /errors$/, /^Find in logs$/, /^Lines by level/, /^Log lines$/, /^Open in Logs$/]) {
        assert.ok(names.some((name) => wanted.test(name)), `${wanted} is not among ${names.join(" | ")}`);
      }
    }));

  for (const colorScheme of ["dark", "light"]) {
    it(`can be read in ${colorScheme}`, () =>
      withHost("containers", { colorScheme }, async (page) => {
        await waitForAll(page);
        for (const selector of [".board-facts p", ".tabs [aria-selected=false]", ".tab-count", ".strip-end", ".column-head .t3", ".column-lines time", ".column-lines .line-service", ".column-open", ".column-foot .t3", ".segments button"]) {
          const contrast = await contrastOf(page, selector);
          assert.ok(contrast >= 4.5, `${selector} has a contrast of ${contrast.toFixed(2)}`);
        }
      }));
  }

  for (const locale of ["en-GB", "id-ID"]) {
    it(`fits a phone in ${locale}, on every tab`, () =>
      withHost("containers", { viewport: PHONE, locale }, async (page, fake) => {
        await page.waitForSelector('[data-testid="chart-cpu"] .u-over');
        for (const id of ["overview", "containers", "disks", "logs", "events"]) {
          await page.locator(`[data-tab="${id}"]`).click();
          await page.locator(`[data-tab="${id}"][aria-selected="true"]`).waitFor();
          await quiet(page, fake);
          await page.evaluate(() => document.querySelector(".content").scrollTo(0, 100000));
          await drawn(page);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
          assert.equal(wide, false, id);
          assert.ok(await page.evaluate(() => document.querySelector(".content").scrollWidth <= document.querySelector(".content").clientWidth), id);
        }
        await page.locator('[data-tab="overview"]').click();
        await checkNoSidewaysScroll(page);
      }));
  }

  it("keeps a refused query to its own panel", () =>
    withHost("error", { expectedFaults: /400 \(Bad Request\)/ }, async (page) => {
      await page.waitForSelector('[data-testid="chart-memory"] .u-over');
      assert.match(await page.getByTestId("chart-cpu").textContent(), /refused this query.*too many samples/);
      await page.waitForSelector(".column-lines .line");
    }));

  it("tells of a silent host", () =>
    withHost("stale", {}, async (page) => {
      await page.waitForSelector('[data-testid="chart-cpu"] .u-over');
      assert.match(await page.getByTestId("chart-cpu").locator(".badge").textContent(), /^bromo silent for 4 min/);
    }));
});
