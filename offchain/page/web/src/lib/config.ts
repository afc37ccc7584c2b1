/** What the server says about itself and the network behind it: `/config.json`. */

import { checkAddress, ClientError, parseJson, type Json } from "@bithive/client";

/** The network that this page shows. */
export interface Config {
  version: string;
  chain: {
    /** In the server's process, or behind a node's RPC. */
    kind: "embedded" | "node";
    id: string;
    feeDenom: string;
    gasPrice: string;
  };
  /** Address of each contract that is deployed, by its name. */
  contracts: Readonly<Record<string, string>>;
  treasury: string;
  incentivePool: string;
  /** Whether there is a courier to the network's endpoints, which requesters need. */
  courier: boolean;
  /** Whether funded keys of a demonstration can be had. */
  demonstration: boolean;
  /** Whether the server may have reports of jobs. */
  reports: boolean;
}

function wrong(reason: string): ClientError {
  return new ClientError({ kind: "unreadable", what: "config.json", reason });
}

type Fields = { [name: string]: Json };

function fields(value: Json | undefined, name: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrong(`${name} is no object`);
  }
  return value;
}

function text(value: Json | undefined, name: string): string {
  if (typeof value !== "string") {
    throw wrong(`${name} is no text`);
  }
  return value;
}

/** @throws ClientError `unreadable` names what is wrong. */
export function readConfig(bytes: string | Uint8Array): Config {
  let all: Fields;
  try {
    all = fields(parseJson(bytes, { size: 1 << 20 }), "it");
  } catch (error) {
    throw error instanceof ClientError ? error : wrong(error instanceof Error ? error.message : String(error));
  }
  if (all["format"] !== 1n) {
    throw wrong(`its format is ${String(all["format"])}, expected 1: load the page anew, or update one of the two`);
  }
  const chain = fields(all["chain"], "chain");
  const kind = text(chain["kind"], "chain.kind");
  if (kind !== "embedded" && kind !== "node") {
    throw wrong(`chain.kind is ${JSON.stringify(kind.slice(0, 64))}, expected embedded or node`);
  }
  const gasPrice = text(chain["gas_price"], "chain.gas_price");
  if (!/^[0-9]{1,9}(\.[0-9]{1,18})?$/.test(gasPrice)) {
    throw wrong("chain.gas_price is no decimal number");
  }
  const contracts: Record<string, string> = {};
  for (const [name, address] of Object.entries(fields(all["contracts"], "contracts"))) {
    contracts[name] = checkAddress(text(address, `contracts.${name}`));
  }
  const courier = all["courier"] ?? null;
  return {
    version: text(all["version"], "version"),
    chain: { kind, id: text(chain["id"], "chain.id"), feeDenom: text(chain["fee_denom"], "chain.fee_denom"), gasPrice },
    contracts,
    treasury: text(all["treasury"] ?? "", "treasury"),
    incentivePool: text(all["incentive_pool"] ?? "", "incentive_pool"),
    courier: courier !== null && typeof fields(courier, "courier")["endpoint"] === "string",
    demonstration: all["demonstration"] === true,
    reports: all["reports"] === true,
  };
}
