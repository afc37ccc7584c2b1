// @ts-check
/** A server of JSON-RPC that answers what a test wants, true or not. */
import { createServer } from "node:http";

/** @typedef {{ id: number, method: string, params: any }} Call */
/** @typedef {(call: Call) => any} Method the result, or a `Fault` */

/** An error of JSON-RPC. */
export class Fault {
  /** @param {string} data @param {number} code */
  constructor(data, code = -32603) {
    this.error = { code, message: "Internal error", data };
  }
}

/**
 * Starts a server, which ends with the test.
 * @param {import("node:test").TestContext} t
 * @param {Record<string, Method>} methods
 * @param {{ arrays?: boolean, raw?: (requests: any, response: import("node:http").ServerResponse) => boolean }} options
 *   `arrays`: whether it takes several calls in a request. `raw` answers by itself and says so.
 */
export async function serve(t, methods, { arrays = true, raw = () => false } = {}) {
  /** @type {any[]} every request, parsed */
  const requests = [];
  const answer = (/** @type {Call} */ call) => {
    const method = methods[call.method];
    const said = method === undefined ? new Fault("no such method", -32601) : method(call);
    return { jsonrpc: "2.0", id: call.id, ...(said instanceof Fault ? { error: said.error } : { result: said }) };
  };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => { body += part; });
    request.on("end", () => {
      const asked = JSON.parse(body);
      requests.push(asked);
      if (raw(asked, response)) {
        return;
      }
      const refused = Array.isArray(asked) && !arrays;
      const said = refused
        ? { jsonrpc: "2.0", id: null, error: { code: -32600, message: "Invalid Request", data: "one call at a time" } }
        : Array.isArray(asked) ? asked.map(answer).reverse() : answer(asked);
      const failed = !Array.isArray(said) && "error" in said;
      response.writeHead(failed ? 500 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(said));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  t.after(stop);
  return { url: `http://127.0.0.1:${port}`, requests, stop };
}
