// A Vite plugin that writes the licence texts of all packages in the bundle beside it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const FONTS_LICENSE = "src/assets/fonts/LICENSE.txt";

export function thirdPartyLicenses() {
  let root = process.cwd();
  return {
    name: "third-party-licenses",
    apply: "build",
    configResolved(config) {
      root = config.root;
    },
    generateBundle(_, bundle) {
      const packages = new Map();
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        for (const id of chunk.moduleIds ?? Object.keys(chunk.modules)) {
          const home = packageOf(id);
          if (home !== undefined) packages.set(home, true);
        }
      }
      const parts = [...packages.keys()].sort().map(describe);
      const fonts = readFileSync(resolve(root, FONTS_LICENSE), "utf8");
      this.emitFile({
        type: "asset",
        fileName: "third-party-licenses.txt",
        source: [...parts, `Inter and JetBrains Mono (fonts)\n\n${fonts.trim()}\n`].join(`\n${"-".repeat(80)}\n\n`),
      });
    },
  };
}

/** The folder of the package a module belongs to; undefined for our own modules. */
function packageOf(id) {
  const file = id.replace(/^\0/, "").split("?")[0];
  const at = file.lastIndexOf("/node_modules/");
  if (at === -1) return undefined;
  const names = relative(file.slice(0, at + "/node_modules/".length), file).split("/");
  const name = names[0].startsWith("@") ? `${names[0]}/${names[1]}` : names[0];
  return join(file.slice(0, at), "node_modules", name);
}

function describe(home) {
  const manifest = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const file = readdirSync(home).find((name) => /^licen[cs]e(\.|$)/i.test(name));
  const path = file === undefined ? undefined : join(dirname(join(home, "package.json")), file);
  const text = path !== undefined && existsSync(path) ? readFileSync(path, "utf8").trim() : "The package carries no licence text.";
  return `${manifest.name} ${manifest.version} (${manifest.license})\n\n${text}\n`;
}
