// The Alerts page and what Home tells of alerts, against a made-up server in a real browser: npm run build && npm run test:ui
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PHONE } from "../browser.mjs";
import { checkNoSidewaysScroll, contrastOf, walkByKeyboard } from "../checks.mjs";
import { fakeVisits, quiet } from "../visit.mjs";

const visit = fakeVisits();

/** Opens the page of a scenario and waits until something is told. */
function withAlerts(name, options, use) {
  return visit(name, { path: "alerts", wait: ".alert-row, .notice, .rules-table, .silence-row, .receiver", ...options }, use);
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

  it("narrows to conditions and to a receiver, and keeps them in the address", () =>
    withAlerts("muted", {}, async (page) => {
      await page.getByLabel("Filter by label or summary").fill('severity="warning", instance=~"k.*|r.*"');
      assert.deepEqual(await titles(page), ["kelud", "rinjani"]);
      await page.getByRole("button", { name: "Receiver: All receivers" }).click();
      await page.getByRole("menuitemradio", { name: "mail" }).click();
      assert.deepEqual(await titles(page), ["rinjani"]);
      await page.reload();
      await page.getByRole("button", { name: "Receiver: mail" }).waitFor();
      assert.deepEqual(await titles(page), ["rinjani"]);
    }));

  it("tells what a time interval mutes from what is sent", () =>
    withAlerts("muted", {}, async (page) => {
      const fate = (title) => page.locator(".alert-section", { hasText: title }).locator(".alert-fate").textContent();
      assert.equal(await fate("rinjani"), "muted by nights");
      assert.equal(await fate("kelud"), "to telegram-home", "the other receiver of the two is told");
      await row(page, "DiskFullSoon").click();
      assert.match(await page.locator(".alert-why").textContent(), /^Why it is quiet.*Muted by nights/);
      assert.equal(await page.locator(".rail").getByTestId("firing").textContent(), "4");
    }));

  it("counts what fires on the rail", () =>
    withAlerts("alerts", {}, async (page) => {
      assert.equal(await page.locator(".rail").getByTestId("firing").textContent(), "4");
      assert.equal(await page.locator(".rail").getByTestId("firing").getAttribute("aria-label"), "4 alerts fire");
    }));

  it("holds two hundred", () =>
    withAlerts("manyalerts", {}, async (page) => {
      assert.equal(await page.locator(".alert-row").count(), 200);
      assert.equal(await page.locator(".rail").getByTestId("firing").textContent(), "200");
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
      assert.match(await page.getByTestId("preview").textContent(), /Hides 1 alert now.*ContainerOomKilled stays loud: it is another alert\./);
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
      await form(page).getByLabel("Lasts").fill("3d");
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
      assert.match(await page.getByTestId("preview").textContent(), /Add a condition/);
      await form(page).locator(".chip-input").fill("instance=kelud");
      await page.keyboard.press("Enter");
      await form(page).getByLabel("Why").fill("new fan");
      await form(page).getByLabel("Who").fill("Budi");
      assert.equal(await submit(page).textContent(), "Create silence");
      await submit(page).click();
      await page.getByTestId("silences-active").locator(".silence-row").waitFor();
    }));
});

describe("a silence that is there", () => {
  const sent = (fake) => JSON.parse(fake.requests.findLast(({ method, path }) => method === "POST" && path === "/api/v2/silences").body);
  const silences = { path: "alerts?tab=silences" };

  it("is changed and keeps its id and its beginning", () =>
    withAlerts("alerts", silences, async (page, fake) => {
      await page.getByTestId("silences-active").getByRole("button", { name: "Edit" }).click();
      assert.equal(await form(page).getByLabel("Why").inputValue(), "library rescan");
      assert.equal(await form(page).getByRole("button", { name: /^Until .*\d\d:\d\d$/, pressed: true }).count(), 1);
      await form(page).getByLabel("Why").fill("a longer rescan");
      await form(page).getByRole("button", { name: "4 h" }).click();
      await form(page).getByRole("button", { name: "Save silence" }).click();
      await page.getByTestId("silences-active").getByText("a longer rescan").waitFor();
      const { id, startsAt, endsAt } = sent(fake);
      assert.equal(id, "2f6b1c1e-0000-4000-8000-000000000001");
      assert.ok(Math.abs(Date.parse(endsAt) - Date.parse(startsAt) - 7 * 3600_000) < 60_000, "three hours ago until in four");
      assert.equal(await page.getByTestId("silences-active").locator(".silence-row").count(), 1);
    }));

  it("is begun again when it is over", () =>
    withAlerts("alerts", silences, async (page, fake) => {
      await page.getByTestId("silences-expired").getByRole("button", { name: "Recreate" }).click();
      assert.equal(await form(page).getByRole("button", { name: "4 h", pressed: true }).count(), 1, "as long as it was");
      await submit(page).click();
      await page.waitForFunction(() => document.querySelectorAll('[data-testid="silences-active"] .silence-row').length === 2);
      assert.equal(sent(fake).id, undefined);
      assert.deepEqual(sent(fake).matchers, [{ name: "instance", value: "kelud", isRegex: false, isEqual: true }]);
    }));

  it("may be planned for later", () =>
    withAlerts("alerts", silences, async (page) => {
      await page.getByRole("button", { name: "New silence" }).click();
      await form(page).locator(".chip-input").fill("instance=kelud");
      await page.keyboard.press("Enter");
      await form(page).getByRole("button", { name: "Other" }).click();
      await form(page).getByLabel("Lasts").fill("2h");
      const later = new Date(Date.now() + 26 * 3600_000);
      const two = (n) => String(n).padStart(2, "0");
      await form(page).getByLabel("Starts").fill(`${later.getFullYear()}-${two(later.getMonth() + 1)}-${two(later.getDate())}T${two(later.getHours())}:00`);
      assert.match(await page.getByTestId("preview").textContent(), /Begun now, it would hide 1 alert/);
      await form(page).getByLabel("Why").fill("new fan");
      await form(page).getByLabel("Who").fill("Budi");
      await form(page).getByRole("button", { name: "Plan silence" }).click();
      await page.waitForFunction(() => document.querySelectorAll('[data-testid="silences-pending"] .silence-row').length === 2);
    }));

  it("is found by a text", () =>
    withAlerts("alerts", silences, async (page) => {
      await page.getByLabel("Filter by condition, author or comment").fill("kelud|rin");
      assert.equal(await page.locator(".silence-row").count(), 1);
      await page.getByLabel("Filter by condition, author or comment").fill("nothing like this");
      await page.getByRole("button", { name: "Show all silences" }).click();
      assert.equal(await page.locator(".silence-row").count(), 3);
    }));
});

describe("addresses of Alertmanager's page", () => {
  const ID = "2f6b1c1e-0000-4000-8000-000000000003";
  for (const [address, check] of [
    ["#/alerts?receiver=mail", (page) => page.getByRole("button", { name: "Receiver: mail" }).waitFor()],
    ["#/alerts?silenced=false&filter=%7Balertname%3D%22DiskFullSoon%22%7D", async (page) => assert.deepEqual(await titles(page), ["rinjani"])],
    ["#/silences", (page) => page.getByTestId("silences-active").waitFor()],
    ["#/silences/new?filter=%7Binstance%3D%22kelud%22%7D", (page) => form(page).locator("[data-matcher='instance=\"kelud\"']").waitFor()],
    [`#/silences/${ID}`, (page) => page.locator(`.silence-row[data-silence="${ID}"][aria-current]`).waitFor()],
    [`#/silences/${ID}/edit`, (page) => form(page).getByRole("button", { name: "Save silence" }).waitFor()],
    ["#/silences/gone", (page) => page.getByText("There is no such silence any more").waitFor()],
    ["#/status", (page) => page.locator('[data-receiver="telegram-home"]').waitFor()],
    ["graph?g0.expr=max+by+%28instance%29+%28node_hwmon_temp_celsius%29+%3E+80&g0.tab=1", async (page) => assert.deepEqual(await page.locator("tr[data-rule]").evaluateAll((rows) => rows.map((one) => one.dataset.rule)), ["HostTemperatureHigh"])],
  ]) {
    it(`leads to the right place: ${address}`, () =>
      withAlerts("muted", { path: address }, async (page, fake) => {
        if (address.includes("silences") && !address.includes("new")) {
          fake.set("alerts");
          await page.reload();
        }
        await check(page);
        assert.equal(new URL(page.url()).pathname, "/alerts");
        assert.equal(new URL(page.url()).hash, "");
      }));
  }

  it("are taken too while the page is open", () =>
    withAlerts("alerts", {}, async (page) => {
      await page.evaluate(() => (location.hash = "#/silences"));
      await page.getByTestId("silences-active").waitFor();
    }));
});

describe("the receivers", () => {
  const card = (page, name) => page.locator(`[data-receiver="${name}"]`);

  it("say where they send, what they take, and what failed", () =>
    withAlerts("muted", { path: "alerts?tab=receivers", wait: ".receiver-failed" }, async (page) => {
      assert.match(await card(page, "telegram-home").textContent(), /^telegram-home4 alerts go hereTelegram-1001234567890 · 12Telegram: 41 sent since the startWhat no other route takesgrouped by instance, name · after 10 s · again every 4 h$/);
      assert.match(await card(page, "mail").textContent(), /^mailnothing goes here nowEmailsari@menara\.lanEmail: 5 sent since the start · 2 given upWebhookaddress hidden.*severity=warninginstance=~rin\.\*\|kel\.\*.*not during nights$/);
      await card(page, "telegram-home").getByRole("link").click();
      await page.getByRole("button", { name: "Receiver: telegram-home" }).waitFor();
    }));

  it("say that nobody is told where none can send", () =>
    withAlerts("silent", { path: "alerts?tab=receivers" }, async (page) => {
      assert.match(await card(page, "nobody").textContent(), /No way to send: nobody is told\./);
      await page.locator('[data-tab="active"]').click();
      await page.getByText("No receiver has a way to send").waitFor();
    }));
});

describe("the rules", () => {
  it("stand by group with their state and health", () =>
    withAlerts("alerts", { path: "alerts?tab=rules" }, async (page) => {
      const text = (name) => page.locator(`tr[data-rule="${name}"]`).textContent();
      assert.equal(await page.getByTestId("rule-group").count(), 3);
      assert.match(await page.getByTestId("rule-group").first().textContent(), /^recorded2 rules · every 15 s · ran \d+ s ago/);
      assert.match(await text("ContainerMemoryNearLimit"), /^1 firingContainerMemoryNearLimit for 30 s/);
      assert.match(await text("HostLoadHigh"), /^1 pending/);
      assert.match(await text("HostDown"), /^Quiet/);
      assert.match(await text("instance:node_cpu:ratio"), /^Records/);
      assert.match(await text("LogErrorBurst"), /^Fails.*expected type range vector.*Fails/);
    }));
});

describe("a rule", () => {
  it("leads to its alerts, and an alert to its rule", () =>
    withAlerts("alerts", { path: "alerts?tab=rules" }, async (page) => {
      await page.getByRole("link", { name: "1 pending" }).click();
      await row(page, "HostLoadHigh").waitFor();
      assert.deepEqual(await titles(page), ["nusa"]);
      await page.getByRole("link", { name: "Its rule" }).click();
      await page.locator('tr[data-rule="HostLoadHigh"]').waitFor();
      assert.equal(await page.locator("tr[data-rule]").count(), 1);
    }));

  it("is found by what is the matter and by a text", () =>
    withAlerts("alerts", { path: "alerts?tab=rules" }, async (page) => {
      const names = () => page.locator("tr[data-rule]").evaluateAll((rows) => rows.map((one) => one.dataset.rule));
      await page.getByRole("button", { name: "1 fails" }).click();
      assert.deepEqual(await names(), ["LogErrorBurst"]);
      await page.getByRole("button", { name: "All", exact: true }).click();
      await page.getByLabel("Filter by name, expression or label").fill("node_load1");
      assert.deepEqual(await names(), ["HostLoadHigh"]);
    }));
});

describe("quiet and trouble of its own", () => {
  it("is no good news where nobody would be told", () =>
    withAlerts("silentquiet", {}, async (page) => {
      await page.getByText("No alerts, and nobody would be told").waitFor();
      assert.match(await page.locator(".alerts-example").textContent(), /^route:\n/);
    }));

  it("is not told while the alert manager does not tell", () =>
    withAlerts("brokenalerts", { expectedFaults: REFUSED }, async (page, fake) => {
      await page.getByText("The server answers with an error").waitFor();
      assert.match(await page.locator(".alerts-quiet").textContent(), /the log of notifications cannot be read/);
      fake.set("alerts");
      await page.getByRole("button", { name: "Try again" }).click();
      await row(page, "DiskFullSoon").waitFor();
    }));

  it("shows what the rules find while the alert manager does not tell", () =>
    withAlerts("halfway", { expectedFaults: REFUSED }, async (page) => {
      await page.getByText("The alert manager answers with an error: the log of notifications cannot be read").waitFor();
      assert.equal(await row(page, "DiskFullSoon").count(), 1);
    }));

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
      const refreshed = fake.answered(({ path }) => path === "/api/v1/rules");
      await page.getByRole("button", { name: "Refresh now" }).click();
      await refreshed;
      await quiet(page, fake);
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
      assert.equal(await page.locator(".alert-more").textContent(), "197 more");
    }));

  it("has no cards while nothing fires", () =>
    withAlerts("normal", { path: "", wait: ".containers-table tbody tr" }, async (page) => {
      await page.locator(".verdict-head", { hasText: "All is well" }).waitFor();
      assert.equal(await page.getByTestId("alert-strip").count(), 0);
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
        for (const tab of ["rules", "silences", "receivers"]) {
          await page.locator(`[data-tab="${tab}"]`).click();
          await page.locator(".rules-table, .silence-row, .receiver").first().waitFor();
          await checkNoSidewaysScroll(page);
        }
      }));
  }

  it("keeps the focus in the sheet, and gives it back", () =>
    withAlerts("alerts", { viewport: PHONE }, async (page) => {
      await row(page, "HostTemperatureHigh").click();
      await detail(page).getByRole("button", { name: "Silence" }).click();
      assert.equal(await form(page).getAttribute("aria-modal"), "true");
      await page.waitForFunction(() => document.activeElement?.closest('[role="dialog"]') !== null);
      for (let i = 0; i < 20; i += 1) {
        await page.keyboard.press("Tab");
        assert.ok(await page.evaluate(() => document.activeElement?.closest('[role="dialog"]') !== null), `after ${i + 1} steps`);
      }
      await page.keyboard.press("Escape");
      await page.waitForFunction(() => document.activeElement?.textContent === "Silence");
    }));

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
