// Serves a build before a running `bithive page`: to look at changes without building the program again. Answers of the page's files
// have the headers of the program; everything else is handed to it.
//
//   npx vite build && node tools/serve.mjs http://127.0.0.1:8787 [PORT] [FOLDER]
import { readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { extname, join, normalize } from "node:path";
import { gzipSync } from "node:zlib";

const KINDS = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".wasm": "application/wasm", ".json": "application/json" };
const HEADERS = {
  "content-security-policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

/** A server of `folder` before the program at `program`; resolves with its address. */
export function serve(program, folder, port = 0) {
  const upstream = new URL(program);
  const server = createServer((asked, answer) => {
    const path = new URL(asked.url ?? "/", "http://localhost").pathname;
    // As the program does: what a link or the address bar asks for, and is no file, is a place of the page.
    const isView = !path.split("/").at(-1).includes(".") && (asked.headers.accept ?? "").includes("text/html");
    const file = normalize(path === "/" || isView ? "/index.html" : path);
    if (asked.method === "GET") {
      try {
        const bytes = readFileSync(join(folder, file));
        // As the program does, which has them by Brotli: how fast a page is depends on it.
        const packed = /\bgzip\b/.test(asked.headers["accept-encoding"] ?? "") ? { "content-encoding": "gzip" } : {};
        const kept = file.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
        answer.writeHead(200, { ...HEADERS, "cache-control": kept, "content-type": KINDS[extname(file)] ?? "application/octet-stream", ...packed })
          .end("content-encoding" in packed ? gzipSync(bytes) : bytes);
        return;
      } catch {
        // No file of the page: the program's.
      }
    }
    const headers = { ...asked.headers, host: upstream.host };
    if (headers.origin !== undefined) {
      headers.origin = upstream.origin;
    }
    const handed = request({ host: upstream.hostname, port: upstream.port, path: asked.url, method: asked.method, headers }, (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    });
    handed.on("error", () => answer.destroy());
    asked.pipe(handed);
  });
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve({ server, url: `http://127.0.0.1:${server.address().port}/` })));
}

if (process.argv[1] === import.meta.filename) {
  const [program, port, folder = join(import.meta.dirname, "../dist")] = process.argv.slice(2);
  if (program === undefined) {
    console.error("serve.mjs: expected the address of a running `bithive page`");
    process.exit(2);
  }
  console.log((await serve(program, folder, Number(port ?? 0))).url);
}
