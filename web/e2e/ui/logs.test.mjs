// The states of the page Logs against a made-up server in a real browser: npm run build && npm run test:ui
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { PHONE } from "../browser.mjs";
import { checkNoSidewaysScroll, contrastOf, walkByKeyboard } from "../checks.mjs";
import { fakeVisits } from "../visit.mjs";

const visit = fakeVisits();

const SEARCH = '{host="bromo"} |~ "(?i)failed|killed|memory"';

const NOW = Math.floor(Date.now() / 1000);

/** Opens the page with a query; faults of the console fail the test unless they are expected. */
function withLogs({ scenario = "normal", query, search = "", ...options }, use) {
  const params = new URLSearchParams(search);
  if (query !== undefined) params.set("query", query);
  return visit(scenario, { path: `logs?${params}`, ...options }, use);
}

const lines = (page) => page.locator("[data-line] > .line");
const queryOf = (page) => page.getByTestId("query").inputValue();
const field = (page, name) => page.locator(`.opened-field[data-field="${name}"]`);
const waitForText = (page, testId, pattern) =>
  page.waitForFunction(([id, source]) => new RegExp(source).test(document.querySelector(`[data-testid="${id}"]`)?.textContent ?? ""), [testId, pattern.source], { timeout: 8000 });

/** Waits until the tail is connected, so that what is pushed then arrives by it. */
async function waitForLive(page) {
  await lines(page).first().waitFor();
  await waitForText(page, "live", /Live/);
}

describe("the lines of a query", () => {
  it("come with level, time to the millisecond, service and message, newest first", () =>
    withLogs({ query: SEARCH }, async (page) => {
      await lines(page).first().waitFor();
      const texts = await lines(page).evaluateAll((rows) => rows.map((row) => [...row.children].slice(1).map((part) => part.textContent)));
      assert.ok(texts.length > 20);
      for (const [time, level, message] of texts) {
        assert.match(time, /^\d\d:\d\d:\d\d\.\d{3}$/);
        assert.match(level, /^(ERR|WRN|INF|DBG|–)$/);
        assert.match(message, /^(immich-server|immich-ml|varlogs) .*(failed|killed|memory)/i);
      }
      const times = texts.map(([time]) => time);
      assert.deepEqual(times, [...times].sort().reverse());
    }));

  it("have the hits of the line filters lit up, and markup is only text", () =>
    withLogs({ query: '{service_name="varlogs"} |= "<b>markup</b>"' }, async (page) => {
      await lines(page).first().waitFor();
      assert.equal(await lines(page).first().locator("mark").textContent(), "<b>markup</b>");
      assert.equal(await page.locator(".line b").count(), 0);
    }));

  it("are counted by level, and a level can be kept", () =>
    withLogs({ query: SEARCH }, async (page) => {
      await page.getByTestId("volume").locator(".u-over").waitFor();
      await waitForText(page, "summary", /^\d+ lines · \d+ errors/);
      await page.getByTestId("total-error").click();
      await page.waitForFunction(() => [...document.querySelectorAll(".line-level")].every((level) => level.textContent === "ERR"));
      assert.equal(await queryOf(page), `${SEARCH} | detected_level=~"fatal|critical|error"`);
    }));

  it("are asked for by one query in the address, which Back brings back", () =>
    withLogs({}, async (page) => {
      await lines(page).first().waitFor();
      assert.equal(await queryOf(page), '{service_name=~".+"}');
      await page.getByTestId("query").fill('{service_name="caddy"}');
      await page.getByTestId("query").press("Enter");
      await page.waitForFunction(() => [...document.querySelectorAll(".line-service")].every((service) => service.textContent.trim() === "caddy"));
      assert.equal(new URL(page.url()).searchParams.get("query"), '{service_name="caddy"}');
      await page.goBack();
      await page.waitForFunction(() => document.querySelector("textarea").value.includes(".+"));
    }));

  it("keep the query in the address when the range changes", () =>
    withLogs({ query: '{service_name="caddy"}' }, async (page) => {
      await lines(page).first().waitFor();
      await page.getByTestId("range").click();
      await page.getByRole("menuitemradio", { name: "Last 15 min" }).click();
      await page.waitForFunction(() => location.search.includes("range=900"));
      assert.equal(new URL(page.url()).searchParams.get("query"), '{service_name="caddy"}');
    }));

  it("name the day where the range is longer than one", () =>
    withLogs({ search: "range=604800" }, async (page) => {
      await lines(page).first().waitFor();
      assert.match(await lines(page).first().locator("time").textContent(), /^\d+ \w{3} \d\d:\d\d:\d\d\.\d{3}$/);
    }));
});

describe("older lines", () => {
  it("come by scrolling, each once, also where many bear one instant", () =>
    withLogs({ search: `from=${NOW - 5 * 3600}&to=${NOW - 600}` }, async (page, fake) => {
      await lines(page).first().waitFor();
      const list = page.getByTestId("lines");
      await page.waitForFunction(() => {
        const scroller = document.querySelector("[data-testid='lines']");
        scroller.scrollTop = scroller.scrollHeight;
        return document.querySelector("[data-testid='older']")?.textContent.startsWith("No older lines");
      }, undefined, { polling: 100, timeout: 20000 });
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: "Download" }).click();
      const text = await readFile(await (await download).path(), "utf8");
      const shown = text.trimEnd().split("\n");
      const [first] = fake.requests.filter((request) => request.path.endsWith("/query_range") && !request.query.includes("count_over_time"));
      const params = new URLSearchParams({ query: '{service_name=~".+"}', start: first.params.get("start"), end: first.params.get("end"), limit: "100000" });
      const answer = await (await fetch(`${fake.url}/loki/api/v1/query_range?${params}`)).json();
      const all = answer.data.result.flatMap((stream) => stream.values.map(([ts, line]) => `${ts.slice(-9)} ${stream.stream.service_name} ${line}`)).sort();
      const mine = shown.map((line) => line.replace(/^\S+\.(\d{9})Z /, "$1 ")).sort();
      assert.deepEqual(mine, all);
      assert.ok(all.length > 3000);
      assert.ok((await list.locator("[data-line]").count()) < 100, "only what is in view is drawn");
    }));
});

describe("a line that is clicked", () => {
  it("opens with its fields, and the page stands still", () =>
    withLogs({ query: '{service_name="immich-server"} |= "job failed"' }, async (page) => {
      await waitForLive(page);
      await lines(page).first().click();
      assert.equal(await field(page, "detected_level").locator("dd").textContent(), "error");
      assert.equal(await field(page, "trace_id").locator("dd").textContent(), "4bf92f3577b34da6");
      await waitForText(page, "live", /Paused/);
      const size = await field(page, "host").getByRole("button").first().boundingBox();
      assert.ok(size.width >= 24 && size.height >= 24);
    }));

  for (const [what, name, button, expected] of [
    ["a stream label is kept by a matcher", "host", /^Keep/, '{service_name="immich-server", host="bromo"} |= "job failed"'],
    ["a stream label is left out by a matcher", "host", /^Leave out/, '{service_name="immich-server", host!="bromo"} |= "job failed"'],
    ["metadata is kept by a label filter", "detected_level", /^Keep/, '{service_name="immich-server"} |= "job failed" | detected_level="error"'],
    ["a field of the text gets its parser", "attempt", /^Keep/, '{service_name="immich-server"} |= "job failed" | json | attempt="3"'],
    ["a field of the text is left out", "attempt", /^Leave out/, '{service_name="immich-server"} |= "job failed" | json | attempt!="3"'],
  ]) {
    it(what, () =>
      withLogs({ query: '{service_name="immich-server"} |= "job failed"' }, async (page) => {
        await lines(page).first().click();
        await field(page, name).getByRole("button", { name: button }).click();
        await page.waitForFunction((wanted) => document.querySelector("textarea").value === wanted, expected);
        assert.equal(new URL(page.url()).searchParams.get("query"), expected);
      }));
  }

  it("shows the lines around it in its stream, itself among them", () =>
    withLogs({ query: '{service_name="immich-server"} |= "job failed"' }, async (page) => {
      await lines(page).nth(5).click();
      await page.getByRole("button", { name: "Context" }).click();
      const context = page.getByTestId("context");
      await context.waitFor();
      const services = await context.locator(".line-service").allTextContents();
      assert.equal(services.length, 17);
      assert.ok(services.every((service) => service.trim() === "immich-server"));
      assert.equal(await context.locator(".context-self").count(), 1);
    }));

  it("can be opened and left by keyboard", () =>
    withLogs({}, async (page) => {
      await lines(page).first().waitFor();
      await page.getByTestId("lines").focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByTestId("opened").waitFor();
      await page.keyboard.press("Escape");
      await page.getByTestId("opened").waitFor({ state: "detached" });
    }));
});

describe("the live tail", () => {
  it("shows what comes, and says how fast", () =>
    withLogs({}, async (page, fake) => {
      await waitForLive(page);
      fake.push(["a line that has just been written"]);
      await page.waitForFunction(() => document.querySelector(".line-message")?.textContent.includes("just been written"), undefined, { timeout: 1000, polling: "raf" });
      await page.waitForFunction(() => /[1-9]\d* lines\/s|0\.\d lines\/s/.test(document.querySelector(".live").textContent));
    }));

  it("waits while paused, counts what waits, and shows it on resume", () =>
    withLogs({}, async (page, fake) => {
      await waitForLive(page);
      await page.getByRole("button", { name: "Pause" }).click();
      fake.push(["first that waits", "second that waits", "third that waits"]);
      await waitForText(page, "waiting", /3 lines wait/);
      assert.ok(!(await page.getByTestId("lines").textContent()).includes("that waits"));
      await page.getByTestId("waiting").click();
      await page.waitForFunction(() => document.querySelector(".line-message")?.textContent.includes("third that waits"));
      assert.equal(await page.getByTestId("waiting").count(), 0);
    }));

  it("pauses by scrolling away and goes on when scrolled back", () =>
    withLogs({}, async (page, fake) => {
      await waitForLive(page);
      await page.getByTestId("lines").evaluate((list) => list.scrollTo({ top: 400 }));
      await waitForText(page, "live", /Paused/);
      const seen = await lines(page).nth(20).textContent();
      fake.push(["while scrolled away"]);
      await waitForText(page, "waiting", /1 line waits/);
      assert.equal(await lines(page).nth(20).textContent(), seen, "nothing moved");
      await page.getByTestId("lines").evaluate((list) => list.scrollTo({ top: 0 }));
      await page.waitForFunction(() => document.querySelector(".line-message")?.textContent.includes("while scrolled away"));
    }));

  it("connects again after it was cut, without losing or repeating a line", () =>
    withLogs({}, async (page, fake) => {
      await waitForLive(page);
      fake.push(["before the cut"]);
      await page.waitForFunction(() => document.querySelector("[data-testid='lines']").textContent.includes("before the cut"));
      fake.cutTails();
      await waitForText(page, "live", /Interrupted/);
      fake.push(["during the cut"]);
      await waitForText(page, "live", /Live/);
      await page.waitForFunction(() => document.querySelector("[data-testid='lines']").textContent.includes("during the cut"));
      const text = await page.getByTestId("lines").textContent();
      assert.equal(text.split("before the cut").length, 2);
      assert.equal(text.split("during the cut").length, 2);
    }));

  it("is not there for a range that stands still", () =>
    withLogs({ search: `from=${NOW - 3600}&to=${NOW - 1800}` }, async (page) => {
      await lines(page).first().waitFor();
      assert.equal(await page.getByTestId("live").count(), 0);
    }));
});

describe("find and wrap", () => {
  it("goes from hit to hit after a slash", () =>
    withLogs({ query: '{host="bromo"}' }, async (page) => {
      await lines(page).first().waitFor();
      await page.getByTestId("lines").focus();
      await page.keyboard.press("/");
      await page.keyboard.type("SIGKILL");
      await waitForText(page, "found", /^\d+$/);
      await page.keyboard.press("Enter");
      await waitForText(page, "found", /^1 of \d+$/);
      assert.match(await page.locator("[data-line][aria-current]").textContent(), /SIGKILL/);
      await page.keyboard.press("Shift+Enter");
      await waitForText(page, "found", /^(\d+) of \1$/);
    }));

  it("wraps long lines and remembers it", () =>
    withLogs({ query: '{service_name="varlogs"} |= "long tail"' }, async (page) => {
      await lines(page).first().waitFor();
      const height = () => lines(page).first().evaluate((row) => row.offsetHeight);
      assert.equal(await height(), 20);
      await page.getByRole("button", { name: "Wrap" }).click();
      assert.equal(await height(), 40);
      await page.reload();
      await lines(page).first().waitFor();
      assert.equal(await height(), 40);
    }));
});

describe("what went wrong or is missing", () => {
  const refused = { expectedFaults: /400 \(Bad Request\)/ };

  it("is told with its place and a remedy, and a better query mends it", () =>
    withLogs({ query: '{host="bromo"} |', ...refused }, async (page) => {
      await page.getByTestId("problem").waitFor();
      assert.match(await page.getByTestId("problem").textContent(), /^Position 17: syntax error: unexpected \$end.*ends too early/);
      assert.equal(await page.getByTestId("query").getAttribute("aria-invalid"), "true");
      await page.getByTestId("query").fill('{host="bromo"}');
      await page.getByRole("button", { name: "Run" }).click();
      await lines(page).first().waitFor();
      assert.equal(await page.getByTestId("problem").count(), 0);
    }));

  it("is a store without lines: which sources are read, how to add one; the first line shows by itself", () =>
    withLogs({ scenario: "nologs" }, async (page, fake) => {
      await page.getByText("No log lines yet").waitFor();
      const text = await page.locator(".notice").textContent();
      for (const word of ["/var/log", "promtail.yaml", "/loki/api/v1/push"]) assert.ok(text.includes(word));
      fake.push(["the very first line"]);
      await lines(page).first().waitFor();
    }));

  it("is a quiet range: when the newest line was, and a way to it", () =>
    withLogs({ scenario: "quietlogs" }, async (page) => {
      await page.getByText("No lines in this range").waitFor();
      assert.match(await page.locator(".notice").textContent(), /The newest line is 2 h/);
      await page.getByRole("button", { name: /^Show \d\d:\d\d|^Show \d+ \w+/ }).click();
      await lines(page).first().waitFor();
    }));

  it("is a query that finds nothing", () =>
    withLogs({ query: '{host="bromo"} |= "nothing-like-this"' }, async (page) => {
      await page.getByText("No line matches this query").waitFor();
      await page.getByRole("button", { name: "Show all lines" }).click();
      await lines(page).first().waitFor();
    }));

  it("is a metric query, whose lines can be shown", () =>
    withLogs({ query: 'sum(rate({service_name="caddy"} |= "GET" [5m]))' }, async (page) => {
      await page.getByText("This query answers with numbers").waitFor();
      await page.getByRole("button", { name: "Show its lines" }).click();
      await lines(page).first().waitFor();
      assert.equal(await queryOf(page), '{service_name="caddy"} |= "GET"');
    }));

  it("is loading, in the place the lines will have", () =>
    withLogs({ scenario: "slow" }, async (page) => {
      await page.locator(".lines-skeleton").waitFor();
      await lines(page).first().waitFor({ timeout: 10000 });
      assert.equal(await page.locator(".lines-skeleton").count(), 0);
    }));
});

describe("the fields column", () => {
  it("counts values and keeps one by a click", () =>
    withLogs({}, async (page) => {
      const fields = page.getByTestId("fields");
      await fields.getByRole("button", { name: /^service_name/ }).waitFor();
      await fields.locator(".field-value", { hasText: "caddy" }).click();
      await page.waitForFunction(() => document.querySelector("textarea").value.includes('service_name="caddy"'));
    }));
});

describe("look and size", () => {
  for (const colorScheme of ["dark", "light"]) {
    it(`can be read in ${colorScheme}`, () =>
      withLogs({ query: SEARCH, colorScheme }, async (page) => {
        await lines(page).first().click();
        await page.getByTestId("opened").waitFor();
        await page.locator(".field-count").first().waitFor();
        for (const selector of [".logs-head .t3", ".x-string", ".x-label", ".x-operator", ".line time", ".line-level", ".line-service", ".opened dt", ".field-count", ".totals button", ".fields-title"]) {
          const contrast = await contrastOf(page, selector);
          assert.ok(contrast >= 4.5, `${selector} has a contrast of ${contrast.toFixed(2)}`);
        }
      }));
  }

  it("fits the screen without scrolling the page", () =>
    withLogs({}, async (page) => {
      await lines(page).first().waitFor();
      assert.ok(await page.evaluate(() => document.querySelector(".content").scrollHeight <= document.querySelector(".content").clientHeight));
      await checkNoSidewaysScroll(page);
    }));

  for (const locale of ["en-GB", "id-ID"]) {
    it(`fits a phone in ${locale}, also with a line open`, () =>
      withLogs({ viewport: PHONE, locale, hasTouch: true }, async (page) => {
        await lines(page).first().waitFor();
        await checkNoSidewaysScroll(page);
        assert.match(await lines(page).first().locator("time").innerText(), /^\d\d[:.]\d\d[:.]\d\d$/);
        await lines(page).first().tap();
        await page.getByTestId("opened").waitFor();
        await checkNoSidewaysScroll(page);
      }));
  }

  it("can be used by keyboard alone", () =>
    withLogs({}, async (page) => {
      await lines(page).first().waitFor();
      const names = await walkByKeyboard(page, 60);
      for (const wanted of [/^Logs$/, /^Pause$/, /^Run$/, /^Wrap$/, /^Find in/, /^Download/]) {
        assert.ok(names.some((name) => wanted.test(name)), `${wanted} is not among ${names.join(" | ")}`);
      }
    }));
});
