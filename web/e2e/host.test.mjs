// The page of the host that a running Menara measures: MENARA_URL=http://127.0.0.1:7070 npm run test:e2e
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { PHONE } from "./browser.mjs";
import { ask, checkNoSidewaysScroll, checkTiles } from "./checks.mjs";
import { browserOfFile } from "./visit.mjs";

const url = process.env.MENARA_URL;
if (url === undefined) throw new Error("MENARA_URL must name a running Menara");

const visit = browserOfFile();
let host;
before(async () => {
  host = await findHost();
});

/** The host's first reading comes a few seconds after the start. */
async function findHost() {
  for (let tries = 0; tries < 40; tries += 1) {
    const answer = await ask(url, 'node_time_seconds{job="node"}', Date.now() / 1000);
    const name = answer.data?.result[0]?.metric.instance;
    if (name !== undefined) return name;
    await new Promise((done) => setTimeout(done, 250));
  }
  throw new Error("no reading of a host within ten seconds");
}

function withHost(path, options, use) {
  return visit(new URL(`hosts/${encodeURIComponent(host)}${path}`, url).href, options, use);
}

async function waitForAll(page) {
  await page.waitForSelector('[data-testid="tile-cpu-value"]:not(.missing)', { timeout: 10000 });
  for (const id of ["cpu", "memory", "disk", "network"]) await page.waitForSelector(`[data-testid="chart-${id}"] .u-over`, { timeout: 5000 });
}

describe("a host's page", () => {
  it("is served at its address, and shows what the API answers", () =>
    withHost("?range=900", {}, async (page) => {
      await waitForAll(page);
      assert.equal(await page.title(), `${host} · Menara`);
      await checkTiles(page, url);
      assert.match(await page.getByTestId("host-facts").textContent(), /Linux .+ · .+ thread.* · .+ · up /);
    }));

  it("has one cursor for charts and lines", () =>
    withHost("?range=900", {}, async (page) => {
      await waitForAll(page);
      const plot = await page.getByTestId("chart-cpu").locator(".u-over").boundingBox();
      await page.mouse.move(plot.x + plot.width - 4, plot.y + 30);
      await page.waitForFunction(() => document.querySelector('[data-testid="column-place"]').textContent.includes("around "));
      const cursors = await page.evaluate(() => [...document.querySelectorAll(".panel .u-cursor-x")].map((cursor) => cursor.style.transform));
      assert.equal(new Set(cursors).size, 1);
    }));

  it("has parts that can be opened, and leads to Home", () =>
    withHost("?tab=disks", {}, async (page) => {
      await page.locator(".disks tbody tr").first().waitFor();
      for (const name of ["Containers", "Logs", "Events", "Overview"]) await page.getByRole("tab", { name }).click();
      await waitForAll(page);
      await page.getByRole("link", { name: "Hosts" }).click();
      await page.getByTestId("verdict").waitFor();
    }));

  it("fits a phone", () =>
    withHost("", { viewport: PHONE }, async (page) => {
      // Charts out of view ask for nothing.
      await page.waitForSelector('[data-testid="chart-cpu"] .u-over', { timeout: 10000 });
      await checkNoSidewaysScroll(page);
    }));
});

describe("the page of a container that never was", () => {
  it("is served too and says so", () =>
    withHost("/containers/no-such-container", {}, (page) => page.getByText("Nothing is known of no-such-container").waitFor({ timeout: 10000 })));
});
