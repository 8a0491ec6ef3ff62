// Takes the pictures of a running Menara: node e2e/screenshots.mjs FOLDER; `make gallery` takes those in docs/pictures.
// MENARA_URL names the server; without it, the made-up host is shown (SCENARIO chooses which; alerts fire on their page).
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DESKTOP, launch, openPage, PHONE, waitForNumbers } from "./browser.mjs";
import { startFake } from "./fake-api.mjs";

const folder = process.argv[2];
if (folder === undefined) {
  console.error("usage: node e2e/screenshots.mjs FOLDER");
  process.exit(2);
}
/** The host and the container whose pages are shown: the made-up ones, or those named. */
const { HOST = "bromo", CONTAINER = "immich-ml" } = process.env;
/** Until nothing has been asked for half a second; a page that never rests is taken as it is. */
const settled = (page) => page.waitForLoadState("networkidle", { timeout: 5000 }).catch(() => undefined);
mkdirSync(folder, { recursive: true });
const fake = process.env.MENARA_URL === undefined ? await startFake(process.env.SCENARIO ?? "normal") : undefined;
const url = process.env.MENARA_URL ?? fake.url;
const browser = await launch();
for (const [size, viewport] of [["desktop", DESKTOP], ["phone", PHONE]]) {
  for (const colorScheme of ["dark", "light"]) {
    const { page, close } = await openPage(browser, url, { viewport, colorScheme, locale: process.env.LOCALE ?? "en-GB" });
    await waitForNumbers(page).catch(() => undefined);
    await settled(page);
    await page.screenshot({ path: join(folder, `home-${size}-${colorScheme}.png`) });
    fake?.set(process.env.SCENARIO ?? "alerts");
    await page.goto(new URL("alerts", url).href);
    await page.waitForSelector(".alert-row, .notice", { timeout: 10000 }).catch(() => undefined);
    await settled(page);
    await page.screenshot({ path: join(folder, `alerts-${size}-${colorScheme}.png`) });
    fake?.set(process.env.SCENARIO ?? "normal");
    await page.goto(new URL("logs", url).href);
    await page.waitForSelector(".line", { timeout: 10000 }).catch(() => undefined);
    await settled(page);
    await page.screenshot({ path: join(folder, `logs-${size}-${colorScheme}.png`) });
    for (const [name, path] of [["host", `hosts/${HOST}`], ["container", `hosts/${HOST}/containers/${CONTAINER}`]]) {
      await page.goto(new URL(path, url).href);
      await page.waitForSelector('[data-testid="chart-cpu"] .u-over', { timeout: 10000 }).catch(() => undefined);
      await settled(page);
      await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
    }
    await close();
  }
}
await browser.close();
await fake?.stop();
