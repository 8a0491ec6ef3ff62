import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { thirdPartyLicenses } from "./scripts/licenses.mjs";

/** The development server sends the same page for every address, and its root is always the same. */
const rootWhileDeveloping: Plugin = {
  name: "root-while-developing",
  apply: "serve",
  transformIndexHtml: (html) => html.replace('<base href="./" />', '<base href="/" />'),
};

export default defineConfig({
  // Relative addresses: the page works behind any prefix.
  base: "./",
  plugins: [react(), thirdPartyLicenses(), rootWhileDeveloping],
  build: {
    target: "es2022",
    // Every asset is a file of its own, so that the content security policy needs no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // scripts/size.mjs guards what counts: the compressed sum of the first visit.
    chunkSizeWarningLimit: 800,
  },
  server: {
    proxy: {
      "/api": process.env["MENARA_URL"] ?? "http://127.0.0.1:7070",
      "/sensors": process.env["MENARA_URL"] ?? "http://127.0.0.1:7070",
      "/loki": { target: process.env["MENARA_URL"] ?? "http://127.0.0.1:7070", ws: true },
    },
  },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
    env: { TZ: "Asia/Jakarta" },
  },
});
