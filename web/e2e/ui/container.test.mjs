// The page of a container against a made-up server in a real browser.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PHONE } from "../browser.mjs";
import { ask, checkNoSidewaysScroll, contrastOf, readTiles } from "../checks.mjs";
import { fakeVisits, quiet } from "../visit.mjs";

const visit = fakeVisits();

/** Opens the page of a container; faults of the console fail the test unless they are expected. */
function withContainer(scenario, name, { search = "", ...options }, use) {
  return visit(scenario, { path: `hosts/bromo/containers/${name}${search}`, ...options }, use);
}

async function waitForAll(page) {
  for (const id of ["cpu", "memory", "network", "disk"]) await page.waitForSelector(`[data-testid="chart-${id}"] .u-over`, { timeout: 10000 });
  await page.waitForSelector(".column-lines .line", { timeout: 10000 });
}
const head = (page) => page.getByTestId("container-head");

describe("a container's page", () => {
  it("says what it does, since when, and what it is", () =>
    withContainer("containers", "immich-ml", {}, async (page) => {
      await waitForAll(page);
      assert.equal(await page.title(), "immich-ml · Menara");
      assert.equal(await page.locator(".crumbs").innerText().then((text) => text.replace(/\s+/g, " ")), "Hosts bromo immich-ml");
      const words = await head(page).textContent();
      assert.match(words, /^RestartingUnhealthy\d+ s ago/);
      assert.match(words, /ghcr\.io\/made-up\/immich-ml:2\.3\.0 · immich\/immich-ml · docker · restart unless-stopped · 4 restarts · exit code 137 · ended for want of memory/);
    }));

  it("shows on each tile what the API answers for its query at its time", () =>
    withContainer("containers", "immich-ml", {}, async (page, fake) => {
      await waitForAll(page);
      const tiles = await readTiles(page);
      assert.deepEqual(tiles.map(({ id }) => id), ["cpu", "memory", "network", "disk", "restarts", "kills"]);
      for (const tile of tiles) {
        const answer = await ask(fake.url, tile.query, tile.time);
        assert.equal(answer.data.result[0]?.value[1] ?? "", tile.raw, tile.id);
        assert.notEqual(tile.raw, "", tile.id);
      }
      // The newest may be between two readings.
      assert.match(tiles.at(-1).text, /^[34]$/);
      assert.match(await page.getByTestId("tile-memory").textContent(), /\d+ % of 4 GiB/);
      assert.equal(await page.getByTestId("tile-kills").locator(".graphic-crit").getAttribute("title"), "Critical");
    }));

  it("follows its state within the two seconds of a question", () =>
    withContainer("containers", "immich-ml", {}, async (page, fake) => {
      await waitForAll(page);
      fake.set("normal");
      await page.waitForFunction(() => document.querySelector('[data-testid="container-head"]').textContent.startsWith("RunningHealthyfor 3 d"), undefined, { timeout: 3000 });
    }));

  it("shows what happened to it, on the strip and in the charts", () =>
    withContainer("containers", "immich-ml", {}, async (page) => {
      await waitForAll(page);
      const signs = page.getByTestId("event-strip").getByRole("button");
      await signs.first().waitFor();
      const names = await signs.evaluateAll((all) => all.map((sign) => sign.getAttribute("aria-label")));
      assert.ok(names.some((name) => /\d\d:\d\d:\d\d killed, out of memory/.test(name)), names.join(" | "));
      assert.ok(!names.some((name) => name.includes("home-assistant")), "nothing of others");
      await signs.last().click();
      await page.waitForFunction(() => document.querySelector('[data-testid="column-place"]').textContent.startsWith("immich-ml, around "));
    }));

  it("tells standard output and error apart", () =>
    withContainer("containers", "immich-ml", {}, async (page, fake) => {
      await waitForAll(page);
      const streams = await page.locator(".column-lines .line-stream").evaluateAll((all) => all.map((stream) => `${stream.textContent.trim()}: ${stream.title}`));
      assert.deepEqual([...new Set(streams)].sort(), ["err: written to standard error", "out: written to standard output"]);
      assert.ok(fake.requests.some(({ query }) => query === '{job="containers", host="bromo", container="immich-ml"}'));
      assert.ok(fake.requests.some(({ query }) => query === '{job="container_events", host="bromo", container="immich-ml"}'));
    }));

  it("has one cursor with its lines", () =>
    withContainer("containers", "immich-ml", {}, async (page) => {
      await waitForAll(page);
      const plot = await page.getByTestId("chart-memory").locator(".u-over").boundingBox();
      await page.mouse.move(plot.x + plot.width / 2, plot.y + 40);
      await page.waitForFunction(() => document.querySelector('[data-testid="column-place"]').textContent.startsWith("immich-ml, around "));
      const cursors = await page.evaluate(() => [...document.querySelectorAll(".panel .u-cursor-x")].map((cursor) => cursor.style.transform));
      assert.equal(new Set(cursors).size, 1);
      assert.equal(await page.locator(".column-lines [aria-current]").count(), 1);
    }));
});

describe("a container that has no lines here", () => {
  it("says which driver it writes to, and what to do", () =>
    withContainer("normal", "redis-cache", {}, async (page) => {
      const notice = page.getByTestId("logs-notice");
      await notice.waitFor();
      assert.match(await notice.textContent(), /Lines of the log driver journald are not read.*--log-driver k8s-file/);
      await page.waitForSelector('[data-testid="chart-cpu"] .u-over');
    }));
});

describe("a container without a name", () => {
  it("has its page under the first digits of its id", () =>
    withContainer("normal", "0".repeat(12), {}, async (page, fake) => {
      const { containers } = await (await fetch(`${fake.url}/sensors/containers`)).json();
      const nameless = containers.find(({ name }) => name === "");
      await page.goto(`${fake.url}/hosts/bromo/containers/${nameless.id.slice(0, 12)}`);
      await page.waitForSelector('[data-testid="chart-cpu"] .u-over');
      assert.match(await head(page).textContent(), /^Running/);
      assert.match(await page.getByTestId("logs-notice").textContent(), /Where its lines go is not known/);
      assert.ok((await readTiles(page))[0].query.includes(nameless.id));
    }));
});

describe("a container that is gone", () => {
  it("keeps its past and says so", () =>
    withContainer("removed", "caddy", {}, async (page) => {
      await waitForAll(page);
      assert.match(await head(page).textContent(), /^RemovedNo runtime knows it any more\. What is shown is its past\./);
      assert.match(await page.getByTestId("tile-memory-value").textContent(), /MiB$/);
    }));

  it("is told from one that never was", () =>
    withContainer("normal", "no-such-thing", {}, async (page) => {
      await page.getByText("Nothing is known of no-such-thing").waitFor();
      await page.getByRole("link", { name: "Show bromo" }).click();
      await page.getByTestId("host-facts").waitFor();
    }));
});

describe("a container that has ended", () => {
  it("says how, and what it does not use", () =>
    withContainer("containers", "photo-import", {}, async (page) => {
      await page.waitForFunction(() => document.querySelector('[data-testid="container-head"]')?.textContent.startsWith("Exited 13740 min ago"));
      await page.waitForFunction(() => document.querySelector('[data-testid="tile-cpu"]')?.textContent.includes("not running"));
      await page.waitForSelector(".column-lines .line");
    }));
});

describe("other screens and servers", () => {
  it("does not move when the data arrives", () =>
    withContainer("slow", "immich-ml", {}, async (page, fake) => {
      // What the page is about is known; its numbers, which are asked for next, are not.
      await page.waitForFunction(() => document.querySelector('[data-testid="container-head"]')?.textContent.includes("immich-ml") === true && document.querySelectorAll(".stat, .panel, .strip, .column").length === 12);
      const boxes = () => page.evaluate(() => [...document.querySelectorAll(".stat, .panel, .strip, .column")].map((box) => JSON.stringify(box.getBoundingClientRect())));
      const before = await boxes();
      assert.equal(before.length, 12);
      await waitForAll(page);
      await quiet(page, fake);
      assert.deepEqual(await boxes(), before);
    }));

  it("shows all of it without scrolling on a desktop", () =>
    withContainer("containers", "immich-ml", {}, async (page) => {
      await waitForAll(page);
      assert.ok(await page.evaluate(() => document.querySelector(".content").scrollHeight <= document.querySelector(".content").clientHeight));
    }));

  for (const locale of ["en-GB", "id-ID"]) {
    it(`fits a phone in ${locale}`, () =>
      withContainer("containers", "immich-ml", { viewport: PHONE, locale }, async (page) => {
        await waitForAll(page);
        await checkNoSidewaysScroll(page);
        const tiles = await page.locator(".stat").evaluateAll((all) => all.map((tile) => tile.getBoundingClientRect().left));
        assert.equal(new Set(tiles).size, 2, "tiles stand two per row");
        const panels = await page.locator(".panel").evaluateAll((all) => all.map((panel) => panel.getBoundingClientRect().left));
        assert.equal(new Set(panels).size, 1, "charts stand one per row");
      }));
  }

  it("holds a long name", () =>
    withContainer("crowd", "inventory-replication-worker-eu-central-1", { viewport: PHONE }, async (page) => {
      await waitForAll(page);
      await checkNoSidewaysScroll(page);
    }));

  for (const colorScheme of ["dark", "light"]) {
    it(`can be read in ${colorScheme}`, () =>
      withContainer("containers", "immich-ml", { colorScheme }, async (page) => {
        await waitForAll(page);
        for (const selector of [".board-facts p", ".board-since", ".badge.warn", ".badge.crit", ".line-stream.stdout", ".line-stream.stderr", ".crumb a"]) {
          const contrast = await contrastOf(page, selector);
          assert.ok(contrast >= 4.5, `${selector} has a contrast of ${contrast.toFixed(2)}`);
        }
      }));
  }

  it("stands where the server cannot tell the states", () =>
    withContainer("oldserver", "immich-ml", { expectedFaults: /404 \(Not Found\)/ }, async (page) => {
      await waitForAll(page);
      await page.getByText("The containers' states could not be read.").waitFor();
    }));
});
