/** A chain behind a server of CometBFT's RPC: what it is, what it knows, and taking transactions. */

import { checkAddress } from "./address.js";
import { fromBase64, fromHex, toBase64, toHex, toUtf8 } from "./bytes.js";
import type { QueryOptions, SmartQuery } from "./contract.js";
import { ClientError, invalid } from "./errors.js";
import type { Event } from "./events.js";
import { isNotFound, queryError, txError, type Outline, type Report } from "./failure.js";
import type { Json } from "./json.js";
import { encodeFields, Message } from "./protobuf.js";
import { isObject, Rpc, type CallOptions, type JsonObject, type RpcOptions } from "./rpc.js";
import { txHash } from "./tx.js";

/** Where a chain is, and which. */
export interface ChainOptions extends RpcOptions {
  /** Chain id that the server must have. */
  chainId: string;
}

/** What a server says about itself. */
export interface Status {
  chainId: string;
  height: bigint;
  /** RFC 3339, UTC. */
  time: string;
  /** Whether the node is still reading old blocks. */
  catchingUp: boolean;
}

/** What a signature needs to know of an account. */
export interface Account {
  number: bigint;
  sequence: bigint;
}

/** What a block made of a transaction. */
export interface TxResult {
  hash: string;
  height: bigint;
  gasWanted: bigint;
  gasUsed: bigint;
  /** Why its messages had no effect; nothing where they had. */
  failure: Report | undefined;
  events: readonly Event[];
}

/** What a node said when it was handed a transaction: it took it, or has it from before, or why not. */
export type Handed = "taken" | "known" | ClientError;

/** Paths of queries. The numbers of their fields are those of cosmos-sdk 0.50 and wasmd 0.61. */
const ACCOUNT = "/cosmos.auth.v1beta1.Query/AccountInfo";
const BALANCE = "/cosmos.bank.v1beta1.Query/Balance";
const SIMULATE = "/cosmos.tx.v1beta1.Service/Simulate";
const SMART = "/cosmwasm.wasm.v1.Query/SmartContractState";
/** Codespace and code of the SDK's error for bytes that its mempool has. */
const IN_MEMPOOL = ["sdk", 19] as const;

/** A chain behind one server. */
export class Chain implements SmartQuery {
  /** The chain id that the server was found to have. */
  readonly chainId: string;
  readonly #rpc: Rpc;
  /** Height of the last block that the server has shown. */
  #block = 0n;
  /** Height of the state that it is known to have: a node has a block a moment before what the block does. */
  #seen = 0n;

  private constructor(chainId: string, rpc: Rpc) {
    this.chainId = chainId;
    this.#rpc = rpc;
  }

  /**
   * Connects, and checks that the server has the chain that is asked for.
   *
   * @param url `http://host:port`, `https://host`, or, in a page, a path of its own origin like `/rpc`.
   * @throws ClientError `wrong_chain`, and those of `Rpc.call`.
   */
  static async connect(url: string, options: ChainOptions): Promise<Chain> {
    const chain = new Chain(options.chainId, new Rpc(url, options));
    await chain.status();
    return chain;
  }

  /** What the server says about itself. @throws ClientError `wrong_chain`, `height_went_back`. */
  async status(options: CallOptions = {}): Promise<Status> {
    const seen = this.#block > this.#seen ? this.#block : this.#seen;
    const answer = new Answer(this.#rpc, "status", await this.#rpc.call("status", {}, options));
    const [node, sync] = [answer.object("node_info"), answer.object("sync_info")];
    const chainId = node.text("network");
    if (chainId !== this.chainId) {
      throw new ClientError({ kind: "wrong_chain", expected: this.chainId, got: chainId });
    }
    const height = sync.integer("latest_block_height");
    notBelow(height, seen);
    this.#block = height > this.#block ? height : this.#block;
    this.#reached(height - 1n);
    return { chainId, height, time: sync.text("latest_block_time"), catchingUp: sync.flag("catching_up") };
  }

  async smart(address: string, query: string, options: QueryOptions = {}): Promise<Uint8Array> {
    checkAddress(address);
    const answer = await this.#query(SMART, encodeFields([1, address], [2, toUtf8(query)]), options);
    if ("log" in answer) {
      throw queryError(answer, address);
    }
    return this.#decode(SMART, answer.value, (response) => response.bytes(1));
  }

  /** Number and sequence of an account. @throws ClientError `no_account`: it has never had coins. */
  async account(address: string, options: QueryOptions = {}): Promise<Account> {
    checkAddress(address);
    const answer = await this.#query(ACCOUNT, encodeFields([1, address]), options);
    if ("log" in answer) {
      throw isNotFound(answer)
        ? new ClientError({ kind: "no_account", address })
        : this.#rpc.unreadable(ACCOUNT, answer.log);
    }
    const [owner, account] = this.#decode(ACCOUNT, answer.value, (response) => {
      const info = response.message(1);
      return [info.text(1), { number: info.integer(3), sequence: info.integer(4) }] as const;
    });
    if (owner !== address) {
      throw this.#rpc.unreadable(ACCOUNT, `account ${JSON.stringify(owner)}, asked for ${address}`);
    }
    return account;
  }

  /** What an account holds of a native coin, in base units. */
  async balance(address: string, denom: string, options: QueryOptions = {}): Promise<bigint> {
    checkAddress(address);
    const answer = await this.#query(BALANCE, encodeFields([1, address], [2, denom]), options);
    if ("log" in answer) {
      throw this.#rpc.unreadable(BALANCE, answer.log);
    }
    const coin = this.#decode(BALANCE, answer.value, (response) => {
      const balance = response.message(1);
      return response.has(1) ? { denom: balance.text(1), amount: balance.text(2) } : { denom, amount: "0" };
    });
    if (coin.denom !== denom || !/^[0-9]{1,78}$/.test(coin.amount)) {
      throw this.#rpc.unreadable(BALANCE, `${coin.amount} ${coin.denom}, asked for ${denom}`);
    }
    return BigInt(coin.amount);
  }

  /**
   * Gas that a transaction would use now.
   *
   * @throws ClientError The error that it would fail with; nothing is spent.
   */
  async simulate(tx: Uint8Array, outline: Outline, options: QueryOptions = {}): Promise<bigint> {
    const answer = await this.#query(SIMULATE, encodeFields([2, tx]), options);
    if ("log" in answer) {
      throw txError(answer, outline, "nothing");
    }
    return this.#decode(SIMULATE, answer.value, (response) => {
      if (!response.has(1)) {
        throw new Error("no gas in it");
      }
      return response.message(1).integer(2);
    });
  }

  /**
   * Hands a transaction to the server, which does not wait for a block. A `ClientError` that is returned is a refusal,
   * which has spent nothing.
   *
   * @throws ClientError There was no answer, or none that can be read: the server may have taken it.
   */
  async handOver(tx: Uint8Array, outline: Outline, options: CallOptions = {}): Promise<Handed> {
    const method = "broadcast_tx_sync";
    const said = await this.#rpc.answer(method, { tx: toBase64(tx) }, { ...options, alone: true });
    if ("refusal" in said) {
      if (/already exists in cache|already in mempool/.test(said.refusal)) {
        return "known";
      }
      const isTooLarge = /Tx too large|request body too large/.test(said.refusal);
      return new ClientError(isTooLarge
        ? { kind: "tx_too_large", bytes: tx.length, reason: said.refusal }
        : { kind: "node_down", url: this.#rpc.url, reason: said.refusal });
    }
    const answer = new Answer(this.#rpc, method, said.result);
    const report = answer.report();
    if (report.codespace === IN_MEMPOOL[0] && report.code === IN_MEMPOOL[1]) {
      return "known";
    }
    if (report.code !== 0) {
      return txError(report, outline, "nothing");
    }
    if (answer.text("hash").toUpperCase() !== txHash(tx)) {
      throw this.#rpc.unreadable(method, "the hash of another transaction");
    }
    return "taken";
  }

  /** What became of a transaction; nothing while no block has it. */
  async tx(hash: string, options: CallOptions = {}): Promise<TxResult | undefined> {
    if (!/^[0-9A-F]{64}$/i.test(hash)) {
      throw invalid("hash", "expected 64 hex digits");
    }
    const said = await this.#rpc.answer("tx", { hash: toBase64(fromHex(hash)), prove: false }, options);
    if ("refusal" in said) {
      if (said.refusal.includes("not found")) {
        return undefined;
      }
      throw new ClientError({ kind: "rpc_refused", method: "tx", reason: said.refusal });
    }
    const answer = new Answer(this.#rpc, "tx", said.result);
    if (txHash(answer.bytes("tx")) !== hash.toUpperCase()) {
      throw this.#rpc.unreadable("tx", "another transaction");
    }
    const result = answer.object("tx_result");
    const report = result.report();
    const height = answer.integer("height");
    this.#reached(height);
    return {
      hash: hash.toUpperCase(),
      height,
      gasWanted: result.integer("gas_wanted"),
      gasUsed: result.integer("gas_used"),
      failure: report.code === 0 ? undefined : report,
      events: result.list("events").map((event) => ({
        kind: event.text("type"),
        attributes: event.list("attributes").map((one) => ({ key: one.text("key"), value: one.text("value") })),
      })),
    };
  }

  /** One query of the application: the bytes of its answer, or its refusal. */
  async #query(path: string, data: Uint8Array, { height, signal }: QueryOptions): Promise<{ value: Uint8Array } | Report> {
    const seen = this.#seen;
    const params: JsonObject = { path, data: toHex(data), prove: false };
    if (height !== undefined) {
      params["height"] = height.toString();
    }
    const said = await this.#rpc.call("abci_query", params, { signal });
    const answer = new Answer(this.#rpc, path, said).object("response");
    const report = answer.report();
    if (report.code !== 0) {
      return report;
    }
    const got = answer.has("height") ? answer.integer("height") : null;
    if (height !== undefined && got !== height) {
      throw new ClientError({ kind: "wrong_height", asked: height, got });
    }
    // CometBFT says 0 where the application says nothing.
    if (height === undefined && got !== null && got > 0n) {
      notBelow(got, seen);
      this.#reached(got);
    }
    return { value: answer.bytes("value") };
  }

  #reached(height: bigint): void {
    this.#seen = height > this.#seen ? height : this.#seen;
  }

  #decode<T>(path: string, bytes: Uint8Array, read: (response: Message) => T): T {
    try {
      return read(new Message(bytes));
    } catch (error) {
      throw this.#rpc.unreadable(path, error instanceof Error ? error.message : "no protobuf");
    }
  }
}

/** `seen` is what was known when the question was sent: a later answer may overtake an earlier one. */
function notBelow(height: bigint, seen: bigint): void {
  if (height < seen) {
    throw new ClientError({ kind: "height_went_back", seen, got: height });
  }
}

/** An object of CometBFT: integers of 64 bits are texts, bytes are base64, and Go writes an empty list as null. */
class Answer {
  readonly #rpc: Rpc;
  readonly #method: string;
  readonly #object: JsonObject;

  constructor(rpc: Rpc, method: string, value: Json | undefined) {
    this.#rpc = rpc;
    this.#method = method;
    if (!isObject(value)) {
      throw rpc.unreadable(method, "an object is missing in it");
    }
    this.#object = value;
  }

  has(name: string): boolean {
    return this.#object[name] !== undefined;
  }

  object(name: string): Answer {
    return new Answer(this.#rpc, this.#method, this.#object[name]);
  }

  /** Left out or null is empty. */
  list(name: string): Answer[] {
    const value = this.#object[name] ?? [];
    if (!Array.isArray(value)) {
      throw this.#wrong(name, "a list");
    }
    return value.map((item) => new Answer(this.#rpc, this.#method, item));
  }

  /** Left out or null is empty. */
  text(name: string): string {
    const value = this.#object[name] ?? "";
    if (typeof value !== "string") {
      throw this.#wrong(name, "a text");
    }
    return value;
  }

  flag(name: string): boolean {
    return this.#object[name] === true;
  }

  bytes(name: string): Uint8Array {
    try {
      return fromBase64(this.text(name));
    } catch {
      throw this.#wrong(name, "base64");
    }
  }

  integer(name: string): bigint {
    const value = this.#object[name];
    const digits = typeof value === "bigint" ? value.toString() : (value ?? "0");
    if (typeof digits !== "string" || !/^[0-9]{1,20}$/.test(digits)) {
      throw this.#wrong(name, "a number that is not below 0");
    }
    return BigInt(digits);
  }

  /** Code, codespace and log. */
  report(): Report {
    return { code: Number(this.integer("code")), codespace: this.text("codespace"), log: this.text("log") };
  }

  #wrong(name: string, expected: string): ClientError {
    return this.#rpc.unreadable(this.#method, `${name} is not ${expected}`);
  }
}
