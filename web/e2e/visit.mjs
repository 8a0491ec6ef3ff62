// What every test of pages begins and ends with.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { launch, openPage } from "./browser.mjs";
import { startFake } from "./fake-api.mjs";

/** One browser for the tests of a file. The result opens an address in it for `use`; faults of the console fail the test unless they are expected. */
export function browserOfFile() {
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());
  return async (url, { expectedFaults, ...options }, use) => {
    const opened = await openPage(browser, url, options);
    try {
      await use(opened.page);
      const faults = expectedFaults === undefined ? opened.faults : opened.faults.filter((fault) => !expectedFaults.test(fault));
      assert.deepEqual(faults, [], "nothing was reported on the console");
    } finally {
      await opened.close();
    }
  };
}

/** As `browserOfFile`, against a made-up server of its own: `path` is the page, `wait` what must be there before `use` begins. */
export function fakeVisits() {
  const visit = browserOfFile();
  return async (scenario, { path = "", wait, ...options }, use) => {
    const fake = await startFake(scenario);
    try {
      await visit(`${fake.url}/${path}`, options, async (page) => {
        if (wait !== undefined) await page.waitForSelector(wait, { timeout: 10_000 });
        await use(page, fake);
      });
    } finally {
      await fake.stop();
    }
  };
}

/** Resolves when the page has drawn what it knows. */
export function drawn(page) {
  return page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** Resolves when all that was asked is answered and drawn, and nothing more was asked because of it. */
export async function quiet(page, fake) {
  for (let seen = -1; seen !== fake.requests.length; ) {
    seen = fake.requests.length;
    while (fake.isBusy()) await fake.answered(() => true);
    await drawn(page);
  }
}
