// The Alerts page and what Home tells of alerts, against a made-up server in a real browser: npm run build && npm run test:ui
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launch, openPage, PHONE } from "../browser.mjs";
import { checkNoSidewaysScroll, contrastOf, walkByKeyboard } from "../checks.mjs";
import { startFake } from "../fake-api.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Opens the page of a scenario and waits until something is told. */
async function withAlerts(name, options, use) {
  const { expectedFaults, path = "alerts", wait = ".alert-row, .notice, .rules-table, .silence-row", ...page } = options;
  const fake = await startFake(name);
  const opened = await openPage(browser, `${fake.url}/${path}`, page);
  try {
    await opened.page.waitForSelector(wait, { timeout: 10_000 });
    await use(opened.page, fake);
    assert.deepEqual(expectedFaults === undefined ? opened.faults : opened.faults.filter((fault) => !expectedFaults.test(fault)), []);
  } finally {
    await opened.close();
    await fake.stop();
  }
}

const REFUSED = /Failed to load resource/;
const detail = (page) => page.getByTestId("alert-detail");
const row = (page, name) => page.locator(`.alert-row[data-alert="${name}"]`);
const form = (page) => page.getByTestId("silence-form");
const titles = (page) => page.locator(".alert-section h2").allTextContents();
const submit = (page) => form(page).locator("button[type=submit]");

describe("the list of alerts", () => {
  it("has them as they are told, worst first", () =>
    withAlerts("alerts", {}, async (page) => {
      assert.deepEqual(await titles(page), ["immich-ml on bromo", "kelud", "rinjani", "nusa", "jellyfin on merapi"]);
      assert.deepEqual(await page.locator(".alert-section").first().locator(".alert-row").evaluateAll((rows) => rows.map((one) => one.dataset.alert)), ["ContainerMemoryNearLimit", "ContainerOomKilled"]);
      const fates = await page.locator(".alert-fate").allTextContents();
      assert.equal(fates[0], "to telegram-home");
      assert.match(fates[3], /^fires at .*\d\d:\d\d if it holds$/);
      await page.waitForFunction(() => /by Sari/.test(document.querySelector('.alert-section[data-state="silenced"] .alert-fate')?.textContent ?? ""));
      assert.match(await page.locator('.alert-section[data-state="silenced"] .alert-fate').textContent(), /^until .*\d\d:\d\d by Sari, “library rescan”$/);
    }));

  it("says of each what is wrong and since when", () =>
    withAlerts("alerts", {}, async (page) => {
      assert.equal(await row(page, "DiskFullSoon").locator(".alert-summary").textContent(), "/srv/media is 91 % full, and full in 2 d 6 h");
      assert.equal(await row(page, "DiskFullSoon").locator(".alert-age").textContent(), "5 h 9 min");
      await row(page, "DiskFullSoon").locator("svg.alert-spark .alert-limit").waitFor({ state: "attached" });
      assert.equal(await page.locator("svg.alert-spark").count(), 6);
    }));

  it("narrows to a kind and to a text", () =>
    withAlerts("alerts", {}, async (page) => {
      await page.getByRole("button", { name: "2 warnings" }).click();
      assert.deepEqual(await titles(page), ["kelud", "rinjani"]);
      await page.getByLabel("Filter by label or summary").fill("mountpoint=/srv");
      assert.deepEqual(await titles(page), ["rinjani"]);
      await page.getByLabel("Filter by label or summary").fill("nothing like this");
      await page.getByRole("button", { name: "Show all alerts" }).click();
      assert.equal((await titles(page)).length, 5);
    }));

  it("counts what fires on the rail", () =>
    withAlerts("alerts", {}, async (page) => {
      assert.equal(await page.locator(".rail").getByTestId("firing").textContent(), "4");
      assert.equal(await page.locator(".rail").getByTestId("firing").getAttribute("aria-label"), "4 alerts fire");
    }));

  it("holds a hundred", () =>
    withAlerts("manyalerts", {}, async (page) => {
      assert.equal(await page.locator(".alert-row").count(), 100);
      assert.equal(await page.locator(".rail").getByTestId("firing").textContent(), "100");
      await checkNoSidewaysScroll(page);
    }));
});

describe("one alert", () => {
  it("is the worst one until another is chosen, and stands in the address", () =>
    withAlerts("alerts", {}, async (page) => {
      assert.equal(await detail(page).locator("h2").first().textContent(), "ContainerMemoryNearLimit");
      await row(page, "HostTemperatureHigh").click();
      assert.equal(await detail(page).locator("h2").first().textContent(), "HostTemperatureHigh");
      assert.match(page.url(), /[?&]alert=[0-9a-f]{16}/);
      await page.reload();
      await detail(page).locator("h2", { hasText: "HostTemperatureHigh" }).waitFor();
      await page.goBack();
      await detail(page).locator("h2", { hasText: "ContainerMemoryNearLimit" }).waitFor();
    }));

  it("shows the course with its limit, and the expression", () =>
    withAlerts("alerts", {}, async (page) => {
      await row(page, "HostTemperatureHigh").click();
      await page.getByTestId("chart-alert").locator(".u-over").waitFor();
      assert.match(await page.getByTestId("chart-alert").locator(".chart").getAttribute("aria-label"), /^What the rule measures: value 8\d\.\d/);
      assert.equal(await page.locator(".alert-expression code").textContent(), "max by (instance) (node_hwmon_temp_celsius) > 80");
      assert.match(await page.locator(".alert-words").textContent(), /8\d °C, alert above 80 °C/);
    }));

  it("says why it was sent, from what is known only", () =>
    withAlerts("alerts", {}, async (page) => {
      const steps = () => page.locator(".alert-why li p.medium").allTextContents();
      assert.deepEqual((await steps()).slice(0, 6), ["Condition met", "Firing", "Nothing holds it back", "Grouped by instance, name", "Goes to telegram-home", "Last told"]);
      assert.match((await steps())[6], /^Over in \d/);
      await row(page, "HostLoadHigh").click();
      assert.match((await steps()).join(), /^Condition met,Next: fires in 1[78] min/);
      await row(page, "ContainerCpuThrottled").click();
      await page.waitForFunction(() => [...document.querySelectorAll(".alert-why li p.medium")].some((step) => step.textContent === "Silenced by Sari"));
      assert.equal(await detail(page).locator(".btn.primary").count(), 0, "what is silenced already has no such button");
    }));

  it("names the alert that holds it back", () =>
    withAlerts("inhibited", {}, async (page) => {
      await row(page, "DiskFullSoon").click();
      assert.match((await page.locator(".alert-why").textContent()) ?? "", /Held back by ContainerMemoryNearLimit/);
    }));

  it("leads to host, container and lines with the time kept", () =>
    withAlerts("alerts", { path: "alerts?range=21600" }, async (page) => {
      const hrefs = await page.locator(".alert-ways a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
      assert.match(hrefs[0], /^hosts\/bromo\/containers\/immich-ml\?range=21600&at=\d{10}$/);
      assert.match(hrefs[1], /^hosts\/bromo\?range=21600&at=\d{10}$/);
      assert.match(hrefs[2], /^logs\?range=21600&query=/);
      assert.equal(hrefs[3], "https://runbooks.menara.lan/memory");
      await page.locator(".alert-ways a").first().click();
      await page.locator("h1", { hasText: "immich-ml" }).waitFor();
    }));

  it("says when it is over", () =>
    withAlerts("alerts", { path: "alerts?alert=0000000000000000" }, async (page) => {
      await page.getByText("This alert is over").waitFor();
    }));
});

describe("a silence", () => {
  it("is written beside the evidence, tells what it hides, and hides it", () =>
    withAlerts("alerts", {}, async (page, fake) => {
      await detail(page).getByRole("button", { name: "Silence" }).click();
      assert.deepEqual(await form(page).locator("[data-matcher]").evaluateAll((chips) => chips.map((chip) => chip.dataset.matcher)), ['alertname="ContainerMemoryNearLimit"', 'instance="bromo"', 'name="immich-ml"']);
      assert.equal(await submit(page).textContent(), "Silence 1 alert");
      assert.match(await page.getByTestId("preview").textContent(), /Hides 1 alert now.*ContainerOomKilled stays loud: its alertname is ContainerOomKilled\./);
      const boxes = await page.evaluate(() => [".silence", ".alert-chart", ".alert-why"].map((one) => document.querySelector(one).getBoundingClientRect()));
      assert.ok(boxes[0].top >= boxes[1].bottom && boxes[0].left >= boxes[2].right, "nothing is covered");
      await form(page).getByRole("button", { name: 'Remove alertname="ContainerMemoryNearLimit"' }).click();
      assert.equal(await submit(page).textContent(), "Silence 2 alerts");
      assert.equal(await submit(page).isDisabled(), true);
      await form(page).getByLabel("Why").fill("waiting for the fix in v2.3.1");
      await form(page).getByLabel("Who").fill("Sari");
      await form(page).getByRole("button", { name: "4 h" }).click();
      await submit(page).click();
      await page.locator('.alert-row[data-alert="ContainerOomKilled"][data-state="silenced"]').waitFor();
      const { body } = fake.requests.find(({ method, path }) => method === "POST" && path === "/api/v2/silences");
      const sent = JSON.parse(body);
      assert.deepEqual(sent.matchers, [{ name: "instance", value: "bromo", isRegex: false, isEqual: true }, { name: "name", value: "immich-ml", isRegex: false, isEqual: true }]);
      assert.equal(Date.parse(sent.endsAt) - Date.parse(sent.startsAt), 4 * 3600_000);
      assert.equal(sent.createdBy, "Sari");
      assert.equal(await page.locator(".rail").getByTestId("firing").textContent(), "2");
    }));

  it("takes written conditions, and says what is wrong with them", () =>
    withAlerts("alerts", {}, async (page) => {
      await detail(page).getByRole("button", { name: "Silence" }).click();
      for (const name of ["alertname", "instance", "name"]) await form(page).getByRole("button", { name: new RegExp(`^Remove ${name}=`) }).click();
      assert.match(await form(page).locator(".silence-foot").textContent(), /Add at least one condition/);
      const write = async (text) => {
        await form(page).getByRole("button", { name: "matcher", exact: true }).click();
        await form(page).locator(".chip-input").fill(text);
        await page.keyboard.press("Enter");
      };
      await write('instance=~".*"');
      assert.match(await form(page).locator(".silence-foot").textContent(), /must ask for a value/);
      await form(page).getByRole("button", { name: /^Change instance/ }).click();
      await form(page).locator(".chip-input").fill('instance=~"kelud|rin.*"');
      await page.keyboard.press("Enter");
      assert.equal(await submit(page).textContent(), "Silence 2 alerts");
      await write('severity!="critical"');
      assert.equal(await submit(page).textContent(), "Silence 2 alerts");
      await write("nonsense");
      await form(page).getByText("Write a condition such as").waitFor();
      await form(page).locator(".chip-input").fill('name=~"("');
      await page.keyboard.press("Enter");
      assert.match(await page.getByTestId("preview").textContent(), /cannot be told here/);
    }));

  it("may last as long as one writes", () =>
    withAlerts("alerts", {}, async (page) => {
      await detail(page).getByRole("button", { name: "Silence" }).click();
      await form(page).getByRole("button", { name: "Other" }).click();
      assert.match(await form(page).locator(".silence-foot").textContent(), /Write a time such as/);
      await form(page).getByLabel("A time such as 90m, 12h or 3d").fill("3d");
      assert.match(await form(page).textContent(), /Ends \d+ \w+ \d\d:\d\d\./);
      await page.keyboard.press("Escape");
      assert.equal(await form(page).count(), 0);
    }));

  it("keeps what was written when the server refuses it", () =>
    withAlerts("alerts", { expectedFaults: REFUSED }, async (page) => {
      await detail(page).getByRole("button", { name: "Silence" }).click();
      await form(page).getByLabel("Why").fill("refuse this");
      await form(page).getByLabel("Who").fill("Sari");
      await submit(page).click();
      await form(page).getByRole("alert").waitFor();
      assert.match(await form(page).getByRole("alert").textContent(), /The silence was not created: silence invalid: comment is refused/);
      assert.equal(await form(page).getByLabel("Why").inputValue(), "refuse this");
    }));

  it("ends when it is told so, after saying what becomes loud", () =>
    withAlerts("alerts", { path: "alerts?tab=silences" }, async (page) => {
      const active = page.getByTestId("silences-active");
      assert.match(await active.textContent(), /name=~jelly\.\*.*library rescan by Sari · hides 1 alert/);
      assert.equal(await page.getByTestId("silences-pending").locator(".silence-row").count(), 1);
      assert.equal(await page.getByTestId("silences-expired").locator(".silence-row").count(), 1);
      await active.getByRole("button", { name: "Expire" }).click();
      assert.match(await active.textContent(), /1 alert becomes loud again\./);
      await active.getByRole("button", { name: "Expire now" }).click();
      await page.waitForFunction(() => document.querySelectorAll('[data-testid="silences-expired"] .silence-row').length === 2);
      assert.equal(await page.locator(".rail").getByTestId("firing").textContent(), "5");
    }));

  it("is created without an alert too", () =>
    withAlerts("norules", { path: "alerts?tab=silences" }, async (page) => {
      await page.getByText("No silences").waitFor();
      await page.getByRole("button", { name: "New silence" }).click();
      await form(page).getByRole("button", { name: "matcher", exact: true }).click();
      await form(page).locator(".chip-input").fill("instance=kelud");
      await page.keyboard.press("Enter");
      await form(page).getByLabel("Why").fill("new fan");
      await form(page).getByLabel("Who").fill("Budi");
      assert.equal(await submit(page).textContent(), "Create silence");
      await submit(page).click();
      await page.getByTestId("silences-active").locator(".silence-row").waitFor();
    }));
});

describe("the rules", () => {
  it("stand by group with their state and health", () =>
    withAlerts("alerts", { path: "alerts?tab=rules" }, async (page) => {
      const text = (name) => page.locator(`tr[data-rule="${name}"]`).textContent();
      assert.equal(await page.getByTestId("rule-group").count(), 3);
      assert.match(await page.getByTestId("rule-group").first().textContent(), /^containers4 rules · every 15 s · ran \d+ s ago/);
      assert.match(await text("ContainerMemoryNearLimit"), /^1 firingContainerMemoryNearLimit for 30 s/);
      assert.match(await text("HostLoadHigh"), /^1 pending/);
      assert.match(await text("HostDown"), /^Quiet/);
      assert.match(await text("instance:node_cpu:ratio"), /^Records/);
      assert.match(await text("LogErrorBurst"), /^Fails.*Fails: expected type range vector/);
    }));
});

describe("quiet and trouble of its own", () => {
  it("is good news, with the rules behind it", () =>
    withAlerts("normal", {}, async (page) => {
      await page.getByText("No alerts").waitFor();
      assert.match(await page.getByTestId("alerts-quiet").textContent(), /No alerts12 rules ran \d+ s ago\./);
      assert.equal(await page.getByTestId("firing").count(), 0);
    }));

  it("says that no rule is loaded", () => withAlerts("norules", {}, (page) => page.getByText("No rule is loaded.").waitFor()));

  it("says what to do where there is no alert manager, and does not ask again and again", () =>
    withAlerts("noalertmanager", {}, async (page, fake) => {
      assert.match(await page.getByTestId("alerts-quiet").textContent(), /No alert manager is set up.*Put an alertmanager\.yml/);
      const asked = () => fake.requests.filter(({ path }) => path === "/api/v2/alerts/groups").length;
      const before = asked();
      await page.getByRole("button", { name: "Refresh now" }).click();
      await page.waitForTimeout(500);
      assert.equal(asked(), before);
    }));

  it("shows what the rules find where nobody is told", () =>
    withAlerts("unmanaged", {}, async (page) => {
      await page.getByText("but nobody is told").waitFor();
      assert.equal(await row(page, "DiskFullSoon").count(), 1);
      assert.equal(await detail(page).locator(".btn.primary").count(), 0);
    }));

  it("keeps what it knows when an answer fails, and says so", () =>
    withAlerts("alerts", { expectedFaults: REFUSED }, async (page, fake) => {
      fake.set("brokenalerts");
      await page.getByRole("button", { name: "Refresh now" }).click();
      await page.locator(".alerts-head .badge.warn").waitFor();
      assert.equal(await row(page, "DiskFullSoon").count(), 1);
    }));

  it("shows a skeleton until the first answer", () =>
    withAlerts("slow", { wait: ".alerts-skeleton" }, async (page) => {
      await page.getByText("No alerts").waitFor();
    }));
});

describe("Home", () => {
  it("has a card for each thing that fires, and counts it", () =>
    withAlerts("alerts", { path: "", wait: ".alert-card" }, async (page) => {
      await page.waitForFunction(() => document.querySelector(".verdict-head")?.textContent === "3 things need you");
      assert.match(await page.locator(".verdict-detail").textContent(), /^1 critical, 2 warnings · 13 of 14 containers run$/);
      assert.deepEqual(await page.locator(".alert-card").evaluateAll((cards) => cards.map((card) => card.dataset.alert)), ["ContainerMemoryNearLimit", "HostTemperatureHigh", "DiskFullSoon"]);
      await page.locator(".alert-card").nth(1).click();
      await detail(page).locator("h2", { hasText: "HostTemperatureHigh" }).waitFor();
    }));

  it("shows three, and how many more there are", () =>
    withAlerts("manyalerts", { path: "", wait: ".alert-card" }, async (page) => {
      assert.equal(await page.locator(".alert-card").count(), 3);
      assert.equal(await page.locator(".alert-more").textContent(), "97 more");
    }));

  it("has no cards while nothing fires", () =>
    withAlerts("normal", { path: "", wait: ".containers-table tbody tr" }, async (page) => {
      assert.equal(await page.getByTestId("alert-strip").count(), 0);
      assert.equal(await page.locator(".verdict-head").textContent(), "All is well");
    }));
});

describe("everyone", () => {
  it("can walk it by keyboard", () =>
    withAlerts("alerts", {}, async (page) => {
      const names = await walkByKeyboard(page, 30);
      for (const wanted of ["2 critical", "Silence"]) assert.ok(names.includes(wanted), `${wanted} in ${names.join(" | ")}`);
      assert.ok(names.some((name) => name.includes("HostLoadHigh")));
    }));

  for (const colorScheme of ["dark", "light"]) {
    it(`can read it in ${colorScheme}`, () =>
      withAlerts("alerts", { colorScheme }, async (page) => {
        await detail(page).getByRole("button", { name: "Silence" }).click();
        await form(page).getByLabel("Why").fill("x");
        await form(page).getByLabel("Who").fill("x");
        for (const selector of [".alert-fate", ".alert-summary", ".alert-row[aria-current] .alert-age", ".alert-words .t3", ".alert-why .t3", ".badge", ".btn.primary", ".silence .chip .t2", ".preview li .t3", ".rail-count"]) {
          const contrast = await contrastOf(page, selector);
          assert.ok(contrast >= 4.5, `${selector} has a contrast of ${contrast.toFixed(2)}`);
        }
      }));
  }

  it("reads it in Indonesian", () =>
    withAlerts("alerts", { locale: "id-ID" }, async (page) => {
      assert.match(await page.locator(".alert-words").textContent(), /3,98 GiB, batas di atas 3,80 GiB/);
      await detail(page).getByRole("button", { name: "Senyapkan" }).click();
      assert.equal(await submit(page).textContent(), "Senyapkan 1 peringatan");
    }));

  it("sees the confirming button without scrolling on a desktop", () =>
    withAlerts("alerts", {}, async (page) => {
      await detail(page).getByRole("button", { name: "Silence" }).click();
      const box = await submit(page).boundingBox();
      assert.ok(box.y + box.height <= 900, `${box.y + box.height} px`);
    }));
});

describe("a phone", () => {
  for (const locale of ["en-GB", "id-ID"]) {
    it(`has no sideways scrolling in ${locale}`, () =>
      withAlerts("alerts", { viewport: PHONE, locale }, async (page) => {
        await checkNoSidewaysScroll(page);
        for (const tab of ["rules", "silences"]) {
          await page.locator(`[data-tab="${tab}"]`).click();
          await page.locator(".rules-table, .silence-row").first().waitFor();
          await checkNoSidewaysScroll(page);
        }
      }));
  }

  it("goes from the list to an alert and back, and silences from below", () =>
    withAlerts("alerts", { viewport: PHONE, hasTouch: true }, async (page) => {
      assert.equal(await detail(page).isVisible(), false);
      await row(page, "HostTemperatureHigh").tap();
      await detail(page).waitFor();
      assert.equal(await page.locator(".alert-section").first().isVisible(), false);
      await checkNoSidewaysScroll(page);
      await detail(page).getByRole("button", { name: "Silence" }).tap();
      const { sheet, button } = await page.evaluate(() => ({ sheet: document.querySelector(".silence").getBoundingClientRect().toJSON(), button: document.querySelector(".silence button[type=submit]").getBoundingClientRect().toJSON() }));
      assert.equal(Math.round(sheet.bottom), 844);
      assert.ok(button.bottom <= 844 && button.top > 700 && button.height >= 40, JSON.stringify(button));
      await page.locator(".sheet-scrim").tap({ position: { x: 20, y: 20 } });
      assert.equal(await form(page).count(), 0);
      await page.getByRole("button", { name: "All alerts" }).tap();
      await page.locator(".alert-section").first().waitFor();
    }));
});
