// Checks that hold for every running Menara, made-up or real.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What the page shows on its tiles. */
export function readTiles(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll(".tiles [data-testid^='tile-'][data-query]")].map((tile) => {
      const value = tile.querySelector("[data-testid$='-value']");
      return {
        id: tile.dataset.testid.replace("tile-", ""),
        query: tile.dataset.query,
        time: tile.dataset.time,
        raw: value.dataset.value,
        text: value.textContent.trim(),
      };
    }),
  );
}

/** Every tile shows what the API answers for its query at its time, written by the page's own formatter. */
export async function checkTiles(page, base, locale = "en") {
  const { module } = await runnerImport("./src/core/home/tiles.ts", { root: ROOT, configFile: false, logLevel: "silent" });
  const { module: quantity } = await runnerImport("./src/core/format/quantity.ts", { root: ROOT, configFile: false, logLevel: "silent" });
  const tiles = await readTiles(page);
  assert.equal(tiles.length, 6);
  assert.equal(new Set(tiles.map((tile) => tile.time)).size, 1, "all tiles share one instant");
  for (const tile of tiles) {
    const answer = await ask(base, tile.query, tile.time);
    assert.equal(answer.status, "success", `${tile.id}: ${answer.error}`);
    const [sample] = answer.data.result;
    assert.equal(tile.raw, sample === undefined ? "" : sample.value[1], `${tile.id}: ${tile.query} at ${tile.time}`);
    const shown = sample === undefined ? "–" : quantity.joinQuantity(module.TILES[tile.id].format(Number(tile.raw), locale));
    assert.equal(tile.text, shown, tile.id);
    if (sample !== undefined) checkText(tile, Number(tile.raw));
  }
  return tiles;
}

const UNITS = { "%": 1, "°C": 1, "": 1, "B/s": 1, "kB/s": 1e3, "MB/s": 1e6, "GB/s": 1e9 };

/** Reads the shown text back and compares it with the number, so that the formatter does not vouch for itself. */
function checkText({ id, text }, value) {
  const [, digits, unit] = /^(−?[\d,.]+)\s?(.*)$/.exec(text) ?? assert.fail(`${id}: cannot read "${text}"`);
  const decimals = digits.split(".")[1]?.length ?? 0;
  const shown = Number(digits.replace(/,/g, "").replace("−", "-")) * UNITS[unit];
  const slack = (UNITS[unit] * 10 ** -decimals) / 2 + 1e-9;
  assert.ok(Math.abs(shown - value) <= slack * 1.0001, `${id}: "${text}" is not ${value}`);
}

export async function ask(base, query, time) {
  const params = new URLSearchParams({ query, time });
  const response = await fetch(new URL(`api/v1/query?${params}`, base));
  return response.json();
}

/** Nothing reaches beyond the right edge. */
export async function checkNoSidewaysScroll(page) {
  const wide = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > limit + 0.5)
      .map((element) => `${element.tagName}.${element.className}`);
  });
  assert.deepEqual(wide, []);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth), false);
}

/** Walks through the page with Tab and returns the names of what got the focus; each must show it. */
export async function walkByKeyboard(page, steps) {
  const names = [];
  for (let i = 0; i < steps; i += 1) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return null;
      return {
        name: element.getAttribute("aria-label") ?? element.textContent.trim(),
        // A field without a frame of its own is marked on the frame around it.
        isMarked: [element, element.parentElement].some((one) => getComputedStyle(one).boxShadow !== "none"),
      };
    });
    if (focus === null) break;
    assert.ok(focus.isMarked, `"${focus.name}" does not show that it has the focus`);
    names.push(focus.name);
  }
  return names;
}

/** Contrast of the text of an element against the page's surfaces, by the formula of WCAG 2. */
export function contrastOf(page, selector) {
  return page.evaluate((target) => {
    const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
    const luminance = ([r, g, b]) => {
      const linear = [r, g, b].map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const element = document.querySelector(target);
    // Tints lie over each other until something opaque is behind them.
    const layers = [];
    for (let behind = element; behind !== null; behind = behind.parentElement) {
      const [r, g, b, alpha = 1] = channels(getComputedStyle(behind).backgroundColor);
      layers.push([r, g, b, alpha]);
      if (alpha === 1) break;
    }
    const back = layers.reverse().reduce((below, [r, g, b, alpha]) => [r, g, b].map((c, i) => c * alpha + below[i] * (1 - alpha)), [0, 0, 0]);
    const [a, b] = [luminance(channels(getComputedStyle(element).color)), luminance(back)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }, selector);
}
