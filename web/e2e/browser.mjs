// Opens pages in the Chromium of this machine and notes everything that goes wrong on them.
import { chromium } from "playwright-core";

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";
const ARGS = [
  "--disable-background-networking",
  "--disable-gpu",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  // Chromium's sandbox does not work for root.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

export function launch() {
  return chromium.launch({ executablePath: EXECUTABLE, args: ARGS });
}

/** A fresh page with its own storage. `faults` fills with console errors, exceptions and policy violations. */
export async function openPage(browser, url, { viewport = DESKTOP, colorScheme = "dark", locale = "en-GB", hasTouch = false } = {}) {
  const context = await browser.newContext({ viewport, colorScheme, locale, hasTouch, reducedMotion: "reduce" });
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => message.type() === "error" && !isAbsence(message) && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.goto(url);
  return { page, faults, close: () => context.close() };
}

/** Where no alert manager is set up its API answers 503, which the browser writes down by itself. */
function isAbsence(message) {
  return / 503 /.test(message.text()) && /\/api\/v2\//.test(message.location().url);
}

/** Resolves when the numbers and the charts are there. */
export async function waitForNumbers(page, timeout = 10000) {
  await page.waitForSelector('[data-testid="tile-cpu-value"]:not(.missing)', { timeout });
  await page.waitForSelector('[data-testid="chart-cpu"] .u-over', { timeout });
}
