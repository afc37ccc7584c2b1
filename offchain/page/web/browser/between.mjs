// What a server that lies, fails or is slow would give: answers that a tab gets, changed on their way.

/** Paths of the server beside the page's files, and the largest of these. */
const PATHS = ["*/rpc", "*/x/*", "*/config.json", "*.wasm"];

/**
 * Stands between a tab and its server. `change` gets `{ path, method, body, answer }` of each request to the server's interfaces, and gives what the tab
 * gets, `{ status, headers, body }`; nothing for what the server says. `answer(body)` asks the server, with another body where one is given.
 * `change` can be replaced at any time: `(await between(page)).change = ...`.
 */
export async function between(page, change) {
  const state = { change };
  // Not by the driver's own interception, which workers do not have.
  const session = await page.createCDPSession();
  await session.send("Fetch.enable", { patterns: PATHS.map((urlPattern) => ({ urlPattern })) });
  const handle = async ({ requestId, request: { url, method, headers, postData } }) => {
    const answer = async (body = postData) => {
      const named = Object.entries(headers).filter(([name]) => /^(authorization|content-type)$/i.test(name));
      const given = await fetch(url, { method, headers: Object.fromEntries(named), ...(body === undefined ? {} : { body }) });
      return { status: given.status, headers: { "content-type": given.headers.get("content-type") ?? "" }, body: Buffer.from(await given.arrayBuffer()) };
    };
    const given = await state.change?.({ path: new URL(url).pathname, method, body: postData ?? "", answer });
    if (given === undefined) {
      await session.send("Fetch.continueRequest", { requestId });
      return;
    }
    const responseHeaders = Object.entries(given.headers).map(([name, value]) => ({ name, value }));
    await session.send("Fetch.fulfillRequest", { requestId, responseCode: given.status, responseHeaders, body: Buffer.from(given.body).toString("base64") });
  };
  session.on("Fetch.requestPaused", (paused) => {
    // A tab that was closed meanwhile wants no answer.
    handle(paused).catch(() => session.send("Fetch.failRequest", { requestId: paused.requestId, errorReason: "Failed" }).catch(() => undefined));
  });
  return state;
}

/** Changes answers of JSON-RPC, one call or several: `change(call, answer)` gives another answer. */
export function rpc(change) {
  return async ({ path, body, answer }) => {
    if (path !== "/rpc") {
      return undefined;
    }
    const given = await answer();
    const calls = [JSON.parse(body)].flat();
    const answers = JSON.parse(given.body.toString());
    const all = [answers].flat().map((one) => change(calls.find(({ id }) => id === one.id), one));
    return { ...given, body: JSON.stringify(Array.isArray(answers) ? all : all[0]) };
  };
}
