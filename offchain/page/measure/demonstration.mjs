// A demonstration that a `bithive` serves, until it is stopped; with a page that is built, not packed, in `dist`, if that is given.
import { spawn } from "node:child_process";

import { serve } from "../web/tools/serve.mjs";

export async function demonstration(program, dist) {
  const child = spawn(program, ["demo", "--page", "--listen", "127.0.0.1:0", "--json"], { stdio: ["pipe", "pipe", "inherit"] });
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
    return { url: front?.url ?? answer.url, stop };
  }
  throw new Error(`the demonstration ended: ${text}`);
}
