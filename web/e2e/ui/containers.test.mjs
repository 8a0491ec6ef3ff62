// Home's containers against a made-up server in a real browser: npm run build && npm run test:ui
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DESKTOP, PHONE } from "../browser.mjs";
import { ask, checkNoSidewaysScroll, contrastOf, walkByKeyboard } from "../checks.mjs";
import { startFake } from "../fake-api.mjs";
import { fakeVisits } from "../visit.mjs";

const visit = fakeVisits();

/** Opens Home of a scenario and waits until its containers are told, in a table or in words. */
function withContainers(name, { wait = true, ...options }, use) {
  return visit(name, { ...(wait ? { wait: '[data-testid="containers"] :is(tbody tr, .notice)' } : {}), ...options }, use);
}

const card = (page) => page.getByTestId("containers");
const names = (page) => page.locator(".containers-table tbody tr").evaluateAll((rows) => rows.map((row) => row.dataset.container));
const row = (page, name) => page.locator(`.containers-table tr[data-container="${name}"]`);
const cell = async (page, name, column) => (await row(page, name).locator(`.cc-${column}`).textContent()).trim();
const waitForNumbers = (page) => page.waitForFunction(() => /\d %/.test(document.querySelector('[data-container="caddy"] .cc-cpu')?.textContent ?? ""), undefined, { timeout: 10_000 });
const verdict = (page) => page.getByTestId("verdict").textContent();

describe("the table of containers", () => {
  it("has trouble first, then what runs, then what stands still", () =>
    withContainers("containers", {}, async (page) => {
      await page.waitForFunction(() => document.querySelector('[data-container="home-assistant"]')?.dataset.trouble === "restarts");
      assert.deepEqual(await names(page), [
        "immich-ml", "immich-server", "photo-import", "dns-sync", "home-assistant",
        "adguard", "caddy", "forgejo",
        "old-report", "restic-backup", "schema-migration",
      ]);
      assert.equal(await page.getByTestId("containers-counts").textContent(), "19 · 12 running · 1 restarting · 1 paused · 4 exited · 1 not started");
    }));

  it("says of each what it does, in words", () =>
    withContainers("containers", {}, async (page) => {
      await waitForNumbers(page);
      const states = { "immich-ml": "Restartingunhealthy", "immich-server": "Runningunhealthy", "photo-import": "Exited 137out of memory", "dns-sync": "Exited 1", adguard: "Runningstarting", caddy: "Runninghealthy", forgejo: "Runningno check", "restic-backup": "Exited 0", "schema-migration": "Not started" };
      for (const [name, state] of Object.entries(states)) assert.equal(await cell(page, name, "state"), state, name);
      assert.equal(await cell(page, "immich-ml", "name"), "immich-ml immich");
      assert.match(await cell(page, "immich-ml", "restarts"), /^4/);
      assert.equal(await row(page, "immich-ml").locator(".cc-restarts .text-crit").count(), 1);
      assert.equal(await row(page, "home-assistant").locator(".cc-restarts .text-warn").getAttribute("title"), "1 in the last hour");
      assert.match(await cell(page, "photo-import", "cpu"), /^40 min ago/);
      assert.match(await row(page, "photo-import").locator(".cc-state .state").getAttribute("title"), /^Exited 137, out of memory\. Ended 40 min ago$/);
      assert.match(await cell(page, "immich-ml", "line"), /^(?:ERR ?worker pid \d+ was sent SIGKILL|WRN ?memory 3\.81 GiB)/);
      assert.match(await cell(page, "caddy", "line"), /^INF ?GET \/api\/assets 200 12\.4 ms$/, "of a line in logfmt, its message");
      assert.match(await cell(page, "photo-import", "age"), /^40 min$/);
    }));

  it("shows the numbers of the store", () =>
    withContainers("containers", {}, async (page, fake) => {
      await waitForNumbers(page);
      const shown = await cell(page, "caddy", "memory");
      const query = 'container_memory_working_set_bytes{job="cadvisor",name="caddy"}';
      const { data } = await ask(fake.url, query, String(Date.now() / 1000));
      const [, used, limit] = /^([\d.]+) \/ ([\d.]+)/.exec(shown) ?? assert.fail(shown);
      assert.ok(Math.abs(Number(used) - Number(data.result[0].value[1]) / 1024 ** 3) < 0.01, shown);
      assert.equal(limit, "0.25");
      assert.match(await cell(page, "immich-ml", "memory"), /^3\.9\d \/ 4\.00/);
      assert.equal(await row(page, "immich-ml").locator(".bar.crit").count(), 1);
      assert.equal(await cell(page, "photo-import", "memory"), "–");
      assert.equal(await row(page, "caddy").locator(".spark path").count(), 2);
      assert.equal(await row(page, "caddy").locator(".cc-cpu .use").getAttribute("title").then((title) => /^0\.\d{3} cores in use$/.test(title)), true);
    }));

  it("shows only what is used where there is no limit, and why there are no lines", () =>
    withContainers("normal", {}, async (page) => {
      await waitForNumbers(page);
      assert.match(await cell(page, "redis-cache", "memory"), /^0\.0\d GiB$/);
      assert.equal(await cell(page, "redis-cache", "line"), "journald is not read");
    }));

  it("follows what happens within three seconds", () =>
    withContainers("normal", {}, async (page, fake) => {
      assert.equal(await cell(page, "immich-server", "state"), "Runninghealthy");
      fake.set("containers");
      await page.waitForFunction(() => document.querySelector('[data-container="immich-server"]')?.dataset.trouble === "unhealthy", undefined, { timeout: 3000 });
      assert.equal((await names(page))[1], "immich-server");
      await page.waitForFunction(() => /^\d things need you/.test(document.querySelector(".verdict-head")?.textContent ?? ""), undefined, { timeout: 3000 });
    }));

  it("asks for one answer at a time", () =>
    withContainers("normal", {}, async (_, fake) => {
      fake.set("slow");
      for (let i = 0; i < 2; i += 1) await fake.answered(({ path }) => path === "/sensors/containers");
      assert.equal(fake.mostAtOnce("/sensors/containers"), 1);
    }));
});

describe("the verdict", () => {
  it("tells how many containers run", () =>
    withContainers("normal", {}, async (page) => {
      await page.waitForFunction(() => document.querySelector(".verdict-head")?.textContent === "All is well");
      assert.match(await verdict(page), /bromo is up and 13 of 14 containers run\. CPU, memory and disks are below their limits\./);
    }));

  it("names those in trouble", () =>
    withContainers("containers", {}, async (page) => {
      await page.waitForFunction(() => document.querySelector(".verdict-head")?.textContent === "4 things need you");
      assert.match(await verdict(page), /immich-ml was killed for memory · immich-server is unhealthy · photo-import was killed for memory · dns-sync exited with 1 · 12 of 19 containers run/);
      assert.equal(await page.locator(".verdict-sign.crit").count(), 1);
    }));

  it("says nothing of them while the past is looked at; the table says that it is of now", () => {
    const to = Math.floor(Date.now() / 1000) - 600;
    return withContainers("containers", { path: `?from=${to - 3600}&to=${to}` }, async (page) => {
      await page.waitForFunction(() => document.querySelector(".verdict-head")?.textContent === "All was well");
      assert.match(await page.getByTestId("containers-counts").textContent(), /^now: 19 · /);
    });
  });
});

describe("choosing containers", () => {
  it("shows only those that need attention", () =>
    withContainers("containers", {}, async (page) => {
      await page.waitForFunction(() => document.querySelector(".segment-count")?.textContent === "5");
      await page.getByRole("button", { name: "Needs attention 5" }).click();
      assert.deepEqual(await names(page), ["immich-ml", "immich-server", "photo-import", "dns-sync", "home-assistant"]);
      assert.equal(await page.locator(".containers-more").count(), 0);
      await page.getByRole("button", { name: "All", exact: true }).click();
      assert.equal((await names(page)).length, 11);
    }));

  it("says so where none does", () =>
    withContainers("normal", {}, async (page) => {
      await page.getByRole("button", { name: "Needs attention" }).click();
      assert.match(await card(page).textContent(), /Nothing needs attention.*All 14 containers are fine\./);
      assert.equal(await card(page).locator(".notice .graphic-ok").count(), 1);
    }));

  it("filters by what is written of them", () =>
    withContainers("crowd", {}, async (page) => {
      const filter = page.getByLabel("Filter by name, project, image or state");
      await filter.fill("farm WORKER-01");
      assert.deepEqual(await names(page), Array.from({ length: 10 }, (_, i) => `worker-01${i}`));
      await filter.fill("postgres:17");
      assert.deepEqual(await names(page), ["postgres-main"]);
      await filter.fill("nothing like this");
      assert.match(await card(page).textContent(), /No container matches.*“nothing like this”/);
      await page.getByRole("button", { name: "Show all containers" }).click();
      assert.equal(await filter.inputValue(), "");
      await filter.fill("caddy");
      await filter.press("Escape");
      assert.equal((await names(page)).length, 11);
    }));

  it("folds the calm ones away and shows them all", () =>
    withContainers("crowd", {}, async (page) => {
      const before = await names(page);
      assert.equal(before.length, 11);
      await page.getByRole("button", { name: /^Show 89 more/ }).click();
      const all = await names(page);
      assert.equal(all.length, 100);
      assert.equal(new Set(all).size, 100);
      await page.getByRole("button", { name: "Show fewer" }).click();
      assert.deepEqual(await names(page), before);
    }));

  it("says that what is folded is healthy where it is", () =>
    withContainers("normal", {}, async (page) => {
      assert.equal(await page.locator(".containers-more").textContent(), "Show 3 more, all healthy");
      assert.equal((await names(page)).at(-1), "restic-backup");
    }));
});

describe("a row", () => {
  it("leads to its container with the time kept, wherever it is clicked", () =>
    withContainers("containers", { path: "?range=900" }, async (page) => {
      assert.equal(await row(page, "immich-ml").locator("a").getAttribute("href"), "hosts/bromo/containers/immich-ml?range=900");
      await row(page, "immich-ml").locator(".cc-line").click();
      await page.waitForURL(/\/hosts\/bromo\/containers\/immich-ml\?range=900$/);
    }));

  it("is named by its id where nobody named it", () =>
    withContainers("normal", {}, async (page) => {
      await page.locator(".containers-more").click();
      const [nameless] = (await names(page)).filter((name) => /^[0-9a-f]{12}$/.test(name));
      assert.equal(await row(page, nameless).locator("a").getAttribute("href"), `hosts/bromo/containers/${nameless}`);
      assert.match(await cell(page, nameless, "restarts"), /^–/);
    }));

  it("can be reached by keyboard", () =>
    withContainers("containers", {}, async (page) => {
      const reached = await walkByKeyboard(page, 26);
      for (const wanted of ["All", /^Needs attention/, /^Filter by/, "immich-ml", "schema-migration", /^Show 8 more/]) {
        assert.ok(reached.some((name) => (typeof wanted === "string" ? name === wanted : wanted.test(name))), `${wanted} is not among ${reached.join(" | ")}`);
      }
    }));
});

describe("no containers", () => {
  for (const [scenario, words, isTrouble] of [
    ["nocontainers", /No containers yet.*Watching Docker and Podman\. A container appears here/, false],
    ["noruntime", /No container runtime here.*looked for at \/var\/run\/docker\.sock and \/run\/podman\/podman\.sock.*mount its socket/, false],
    ["denied", /Docker is closed to Menara.*socket \/var\/run\/docker\.sock.*group docker\. Add the user/, true],
    ["failedruntime", /Docker does not answer.*the daemon answered 500: driver not ready\. Menara goes on trying/, true],
  ]) {
    it(`are told calmly: ${scenario}`, () =>
      withContainers(scenario, {}, async (page) => {
        assert.match(await card(page).textContent(), words);
        assert.equal(await card(page).locator(".graphic-warn").count(), isTrouble ? 1 : 0);
        assert.equal(await card(page).locator(".graphic-crit, .text-crit").count(), 0);
        assert.equal(await page.locator(".containers-controls").count(), 0);
        await page.waitForFunction(() => document.querySelector(".verdict-head")?.textContent === "All is well");
        assert.match(await verdict(page), /CPU, memory and disks of bromo are below their limits/);
      }));
  }

  it("say quietly where files are read instead of a socket", () =>
    withContainers("runtimefiles", {}, async (page) => {
      assert.equal(await page.getByTestId("sight").textContent(), "Read from Docker's files in /var/lib/docker, since its socket is not there.");
      assert.equal((await names(page)).length, 11);
    }));

  it("are an error of their own place where the server does not know them", () =>
    withContainers("oldserver", { expectedFaults: /404 \(Not Found\)/ }, async (page, fake) => {
      assert.match(await card(page).textContent(), /refused this query/);
      await page.waitForFunction(() => document.querySelector(".verdict-head")?.textContent === "All is well");
      fake.set("normal");
      await page.waitForSelector(".containers-table tbody tr", { timeout: 20_000 });
    }));
});

describe("waiting", () => {
  it("keeps the place, and nothing moves when they come", () =>
    withContainers("slow", { wait: false }, async (page) => {
      await page.waitForSelector(".containers-skeleton", { timeout: 5000 });
      const boxes = () => page.evaluate(() => [".containers", ".errors", ".disks"].map((name) => JSON.stringify(document.querySelector(name).getBoundingClientRect())));
      const before = await boxes();
      await page.waitForSelector(".containers-table tbody tr", { timeout: 10_000 });
      assert.deepEqual(await boxes(), before);
    }));

  it("remembers that there are few", () =>
    withContainers("slow", { wait: false }, async (page, fake) => {
      fake.set("onecontainer");
      await page.waitForSelector(".home-main.few .containers-table tbody tr", { timeout: 10_000 });
      fake.set("slow");
      await page.reload();
      await page.waitForSelector(".home-main.few .containers-skeleton", { timeout: 5000 });
    }));

  it("shows what was there while the server is gone, and how old it is", () =>
    withContainers("containers", { expectedFaults: /Failed to load resource/ }, async (page, fake) => {
      await waitForNumbers(page);
      const before = await names(page);
      const port = Number(new URL(fake.url).port);
      await fake.stop();
      await card(page).locator(".badge").waitFor({ timeout: 25_000 });
      assert.match(await card(page).locator(".badge").textContent(), /^\d+ s old$/);
      assert.deepEqual(await names(page), before);
      const back = await startFake("containers", port);
      await card(page).locator(".badge").waitFor({ state: "detached", timeout: 25_000 });
      await back.stop();
    }));
});

describe("the layout", () => {
  it("has the answer on the first screen of a desktop", () =>
    withContainers("containers", { viewport: DESKTOP }, async (page) => {
      const bottom = await page.evaluate(() => Math.max(...[".verdict", ".tiles", ".containers", ".errors", ".disks"].map((name) => document.querySelector(name).getBoundingClientRect().bottom)));
      assert.ok(bottom <= DESKTOP.height, `${bottom} px`);
    }));

  for (const scenario of ["containers", "crowd", "denied"]) {
    for (const locale of ["en-GB", "id-ID"]) {
      it(`fits a phone: ${scenario} in ${locale}`, () =>
        withContainers(scenario, { viewport: PHONE, locale }, async (page) => {
          if (scenario === "crowd") await page.locator(".containers-more").click();
          await checkNoSidewaysScroll(page);
        }));
    }
  }

  it("has cards with labels and large targets on a phone", () =>
    withContainers("containers", { viewport: PHONE }, async (page) => {
      await waitForNumbers(page);
      const label = await row(page, "caddy").locator(".cc-memory").evaluate((memory) => getComputedStyle(memory, "::before").content);
      assert.equal(label, '"Memory"');
      assert.ok(await row(page, "caddy").locator(".cc-line").isVisible());
      assert.equal(await row(page, "schema-migration").locator(".cc-memory").isVisible(), false);
      const heights = await page.locator(".segment button, .filter, .containers-table tbody tr, .containers-more").evaluateAll((targets) => targets.map((target) => target.getBoundingClientRect().height));
      for (const height of heights) assert.ok(height >= 38, `${height} px`);
    }));

  for (const colorScheme of ["dark", "light"]) {
    it(`can be read in ${colorScheme}`, () =>
      withContainers("containers", { colorScheme }, async (page) => {
        await waitForNumbers(page);
        for (const selector of [
          ".containers .card-head .t3", ".segment button", ".segment-count", ".cc-name .t3", ".state.text-crit", ".state.text-warn", ".state.t2", ".state.t3",
          ".cc-restarts .text-crit", ".cc-cpu .num", ".cc-memory .text-crit", ".cc-memory .t3", ".letters.error", ".letters.warn", ".letters.info", ".last-line .t2", ".cc-age", ".containers-more",
        ]) {
          const contrast = await contrastOf(page, selector);
          assert.ok(contrast >= 4.5, `${selector} has a contrast of ${contrast.toFixed(2)}`);
        }
      }));
  }
});
