// A demonstration that a `bithive` serves, until it is stopped; with a page that is built, not packed, in `dist`, if that is given.
import { spawn } from "node:child_process";

import { serve } from "./serve.mjs";

/** `more`: further options of `demo --page`. `url` is the program's own address, `page` and `origin` are those of what is looked at. */
export async function demonstration(program, dist, ...more) {
  const child = spawn(program, ["demo", "--page", ...more, "--listen", "127.0.0.1:0", "--json"], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  let text = "";
  for await (const part of child.stdout) {
    text += part;
    let answer;
    try {
      answer = JSON.parse(text);
    } catch {
      // The answer has more lines.
      continue;
    }
    const front = dist === undefined ? undefined : await serve(answer.url, dist);
    const stop = async () => {
      front?.server.closeAllConnections();
      front?.server.close();
      child.kill("SIGTERM");
      await ended;
    };
    const page = front?.url ?? answer.url;
    return { url: answer.url, page, origin: new URL(page).origin, token: new URL(answer.sessions[0].url).hash.slice("#token=".length), stop };
  }
  throw new Error(`the demonstration ended: ${text}`);
}
