import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type UserConfig } from "vite";

import { offline } from "./tools/offline.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What the page and its tests are built with. */
export const shared = {
  root: here("."),
  plugins: [
    svelte({
      compilerOptions: {
        // Of the content, not of the path: the same bytes in any folder.
        cssHash: ({ hash, css }) => `s-${hash(css)}`,
        discloseVersion: false,
        runes: true,
      },
    }),
  ],
  resolve: {
    alias: [
      { find: /^@bithive\/client$/, replacement: here("../client/src/index.ts") },
      { find: /^@bithive\/client\/contracts\/(.+)$/, replacement: `${here("../client/src/contracts/")}$1.ts` },
      { find: /^@bithive\/client\/development-key$/, replacement: here("../client/src/development-key.ts") },
    ],
    // The client lies beside this folder, and has packages of its own only where it was installed.
    dedupe: ["@noble/hashes", "@noble/secp256k1"],
  },
} satisfies UserConfig;

/** Puts all that the first page loads into one file. What only pages use that are loaded later is in theirs. */
function firstLoad() {
  const first = new Set<string>();
  return (module: string, modules: { getModuleInfo(id: string): { importedIds: readonly string[] } | null }): string | null => {
    const add = (id: string) => {
      if (!first.has(id)) {
        first.add(id);
        modules.getModuleInfo(id)?.importedIds.forEach(add);
      }
    };
    add(here("src/main.ts"));
    return first.has(module) ? "first" : null;
  };
}

export default defineConfig({
  ...shared,
  plugins: [...shared.plugins, offline()],
  base: "./",
  build: {
    target: "es2022",
    // The Content-Security-Policy allows no data: but for images, and nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    reportCompressedSize: false,
    sourcemap: false,
    rolldownOptions: {
      input: { index: here("index.html"), sw: here("src/offline/worker.ts") },
      output: {
        // One file: two have to name what each takes from the other, and pack worse.
        codeSplitting: { groups: [{ name: firstLoad(), debugName: "first" }] },
        // Browsers ask for a service worker by one name, at the root of what it serves.
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  worker: { format: "es" },
});
