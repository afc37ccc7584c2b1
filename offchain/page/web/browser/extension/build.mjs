// Builds the extension: one folder for each name under which it is a wallet.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { build } from "vite";

const PARTS = ["background", "content", "injected"];
/** Pages that it is a wallet for: those of this machine only. */
const PAGES = ["http://127.0.0.1/*"];

function manifest(name) {
  const script = (part, world) => ({ matches: PAGES, js: [`${part}.js`], run_at: "document_start", world });
  return {
    manifest_version: 3,
    name: `${name}, a wallet of the tests`,
    version: "1",
    background: { service_worker: "background.js" },
    content_scripts: [script("content", "ISOLATED"), script("injected", "MAIN")],
    host_permissions: PAGES,
  };
}

/** Writes `folder/NAME` for each of the names, as Chromium loads it unpacked; gives the folders. */
export async function extensions(folder, names) {
  const built = join(folder, "built");
  for (const part of PARTS) {
    await build({
      configFile: false,
      root: import.meta.dirname,
      logLevel: "error",
      define: { global: "globalThis", "process.env.NODE_ENV": '"production"' },
      build: {
        lib: { entry: join(import.meta.dirname, `${part}.mjs`), formats: ["iife"], name: part, fileName: () => `${part}.js` },
        outDir: built,
        emptyOutDir: false,
        minify: false,
        target: "es2022",
      },
    });
  }
  return names.map((name) => {
    const place = join(folder, name);
    mkdirSync(place);
    cpSync(built, place, { recursive: true });
    for (const file of readdirSync(place)) {
      writeFileSync(join(place, file), readFileSync(join(place, file), "utf8").replaceAll("__WALLET__", name));
    }
    writeFileSync(join(place, "manifest.json"), JSON.stringify(manifest(name)));
    return place;
  });
}
