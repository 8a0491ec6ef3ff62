// Adds up what the first visit loads and fails above the budget.
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const DIST = resolve(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const BUDGET_KB = 400;
// Faces that Home uses; the others are fetched only for letters that need them.
const FONTS_IN_USE = [/^inter-latin-wght-normal/, /^jetbrains-mono-latin-400-normal/];

const html = readFileSync(join(DIST, "index.html"), "utf8");
const linked = [...html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map((match) => match[1]);
const css = linked.filter((name) => name.endsWith(".css"));
const fonts = css.flatMap(fontsOf).filter((name) => FONTS_IN_USE.some((font) => font.test(name.split("/").at(-1))));
const files = [...new Set(["index.html", ...linked, ...staticImports(linked), ...fonts])];

let total = 0;
for (const name of files) {
  const raw = statSync(join(DIST, name)).size;
  const sent = existsSync(join(DIST, `${name}.gz`)) ? statSync(join(DIST, `${name}.gz`)).size : raw;
  total += sent;
  console.log(`${kb(sent).padStart(9)} kB  ${kb(raw).padStart(9)} kB  ${name}`);
}
console.log(`${kb(total).padStart(9)} kB  initial load as sent, of ${BUDGET_KB} kB`);
if (FONTS_IN_USE.length !== fonts.length) fail("a font in use is missing from the build");
if (total > BUDGET_KB * 1024) fail("the initial load is over its budget");

function fontsOf(sheet) {
  const text = readFileSync(join(DIST, sheet), "utf8");
  return [...text.matchAll(/url\(([^)]+\.woff2)\)/g)].map((match) => join(dirname(sheet), match[1].replace(/^["']|["']$/g, "")));
}

/** Chunks the linked scripts import at once, whether preloaded or not. */
function staticImports(names, seen = new Set()) {
  for (const name of names.filter((other) => other.endsWith(".js"))) {
    const text = readFileSync(join(DIST, name), "utf8");
    for (const [, target] of text.matchAll(/\b(?:from|import)\s*"\.\/([^"]+\.js)"/g)) {
      const path = join(dirname(name), target);
      if (seen.has(path)) continue;
      seen.add(path);
      staticImports([path], seen);
    }
  }
  return seen;
}

function kb(bytes) {
  return (bytes / 1024).toFixed(1);
}

function fail(reason) {
  console.error(`size: ${reason}`);
  process.exit(1);
}
