// Home's errors by service against a made-up server in a real browser: npm run build && npm run test:ui
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PHONE } from "../browser.mjs";
import { checkNoSidewaysScroll, contrastOf } from "../checks.mjs";
import { fakeVisits } from "../visit.mjs";

const visit = fakeVisits();

/** Opens Home of a scenario and waits until its errors are told. */
function withErrors(name, options, use) {
  return visit(name, { wait: '[data-testid="errors"] :is(a.errors-row, .notice)', ...options }, use);
}

const rows = (page) =>
  page.locator("a.errors-row").evaluateAll((links) =>
    links.map((link) => ({
      service: link.dataset.service,
      count: Number(link.querySelector("[data-testid='errors-count']").textContent.replace(/[,.]/g, "")),
      last: link.querySelector(".errors-last").textContent,
      href: link.getAttribute("href"),
    })),
  );

/** How many error lines of a service the server has in the hour before an instant (ns), asked without the page. */
async function countAt(fake, service, time) {
  const query = `{service_name="${service}"} | detected_level=~"fatal|critical|error"`;
  const start = String(BigInt(time) - 3_600_000_000_000n);
  const params = new URLSearchParams({ query, start, end: String(BigInt(time) + 1n), limit: "5000", direction: "backward" });
  const { data } = await (await fetch(`${fake.url}/loki/api/v1/query_range?${params}`)).json();
  return data.result.flatMap((stream) => stream.values).length;
}

describe("errors by service", () => {
  it("are counted for the last hour, most first, with the last line of each", () =>
    withErrors("normal", {}, async (page, fake) => {
      const shown = await rows(page);
      assert.ok(shown.length >= 2);
      const { params } = fake.requests.find(({ path }) => path === "/loki/api/v1/query");
      for (const { service, count, last } of shown) {
        assert.ok(Math.abs(count - (await countAt(fake, service, params.get("time")))) <= 1, service);
        assert.notEqual(last, "");
      }
      assert.deepEqual(shown.map((row) => row.count), shown.map((row) => row.count).sort((a, b) => b - a));
    }));

  it("follow what comes in", () =>
    withErrors("normal", {}, async (page, fake) => {
      // The card asks for whole seconds: the line is from one that is over.
      fake.push(["disk full, giving up"], { service: "caddy", level: "error", ageMs: 2000 });
      await page.getByRole("button", { name: "Refresh now" }).click();
      await page.locator("a.errors-row", { hasText: "disk full, giving up" }).waitFor({ timeout: 5000 });
      const caddy = (await rows(page)).find((row) => row.service === "caddy");
      assert.equal(caddy.count, 1);
    }));

  it("lead to their lines with the time kept", () =>
    withErrors("normal", { path: "?range=900" }, async (page) => {
      const [first] = await rows(page);
      await page.locator("a.errors-row").first().click();
      await page.waitForURL(/\/logs\?range=900&query=/);
      await page.waitForSelector(".lines .line.error", { timeout: 10_000 });
      assert.equal(await page.locator(".lines .line:not(.error)").count(), 0);
      assert.deepEqual([...new Set(await page.locator(".lines .line-service").allTextContents())], [`${first.service} `]);
    }));

  it("are good news when there are none", () =>
    withErrors("quietlogs", {}, async (page) => {
      assert.match(await page.getByTestId("errors").textContent(), /No (?:errors|log lines yet)/);
    }));

  it("say so where no line was ever written", () =>
    withErrors("nologs", {}, async (page) => {
      assert.match(await page.getByTestId("errors").textContent(), /No log lines yet/);
    }));

  for (const locale of ["en-GB", "id-ID"]) {
    it(`fit a phone in ${locale}`, () =>
      withErrors("normal", { viewport: PHONE, locale }, async (page) => {
        await checkNoSidewaysScroll(page);
        assert.match(await page.getByTestId("errors").textContent(), locale === "id-ID" ? /Galat terbaru/ : /Recent errors/);
        const heights = await page.locator("a.errors-row").evaluateAll((links) => links.map((link) => link.getBoundingClientRect().height));
        for (const height of heights) assert.ok(height >= 40);
      }));
  }

  for (const colorScheme of ["dark", "light"]) {
    it(`can be read in ${colorScheme}`, () =>
      withErrors("normal", { colorScheme }, async (page) => {
        for (const selector of [".errors-service", ".errors-count", ".errors-last", ".errors-age", ".errors-all"]) {
          const contrast = await contrastOf(page, selector);
          assert.ok(contrast >= 4.5, `${selector} has a contrast of ${contrast.toFixed(2)}`);
        }
      }));
  }
});
