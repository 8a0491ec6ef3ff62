// Checks the cut of the code: src/core knows no page and no framework, and no file is too long.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const MAX_LINES = 500;
const CORE = join(ROOT, "src", "core");
const CHECKED = /\.(ts|tsx|css|mjs)$/;
const TEST = /\.test\.(ts|mjs)$/;

const faults = [];
for (const folder of ["src", "scripts", "e2e"]) for (const file of walk(join(ROOT, folder))) check(file);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log("structure: core is free of the page, no file is too long");

function* walk(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* walk(path);
    else if (CHECKED.test(name)) yield path;
  }
}

function check(path) {
  const name = relative(ROOT, path);
  const text = readFileSync(path, "utf8");
  const lines = text.split("\n").length - 1;
  if (lines > MAX_LINES && !TEST.test(path)) faults.push(`${name}: ${lines} lines, at most ${MAX_LINES} are allowed`);
  if (path.startsWith(CORE + "/")) checkCore(path, name, text);
}

function checkCore(path, name, text) {
  for (const [, target] of text.matchAll(/\bfrom\s+"([^"]+)"|\bimport\s+"([^"]+)"/g)) {
    if (target === undefined) continue;
    const isTestTool = TEST.test(path) && target === "vitest";
    const isInside = target.startsWith(".") && resolve(dirname(path), target).startsWith(CORE);
    if (!isInside && !isTestTool) faults.push(`${name}: imports ${target} from outside core`);
  }
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "").replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
  for (const word of ["window\\.", "document\\b", "react\\b", "localStorage\\b", "navigator\\b"]) {
    const found = new RegExp(`\\b${word}`, "i").exec(code);
    if (found !== null) faults.push(`${name}: names ${found[0]}`);
  }
}
