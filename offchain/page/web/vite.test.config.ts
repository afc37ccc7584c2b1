import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { defineConfig } from "vite";

import { shared } from "./vite.config";

const folder = fileURLToPath(new URL("./test/", import.meta.url));

/** Each file of `test/` becomes a module that node runs. */
export default defineConfig({
  ...shared,
  publicDir: false,
  build: {
    ssr: true,
    target: "node20",
    outDir: ".test",
    emptyOutDir: true,
    rollupOptions: {
      input: readdirSync(folder).filter((name) => name.endsWith(".test.ts")).map((name) => folder + name),
      output: { entryFileNames: "[name].mjs" },
    },
  },
  ssr: { noExternal: true },
});
