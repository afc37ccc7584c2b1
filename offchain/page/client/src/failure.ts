/** From a failure as a chain reports it, a codespace, a code and a text, to a `ClientError`. */

import { ClientError, cut, type Coin, type Problem, type Spent } from "./errors.js";

/** What cosmos-sdk and wasmd register, of what is told apart: codespace, code, and the text that errors end with. */
export const REGISTERED = [
  ["TxDecode", "sdk", 2, "tx parse error"],
  ["Unauthorized", "sdk", 4, "unauthorized"],
  ["InsufficientFunds", "sdk", 5, "insufficient funds"],
  ["UnknownRequest", "sdk", 6, "unknown request"],
  ["InvalidAddress", "sdk", 7, "invalid address"],
  ["UnknownAddress", "sdk", 9, "unknown address"],
  ["OutOfGas", "sdk", 11, "out of gas"],
  ["InsufficientFee", "sdk", 13, "insufficient fee"],
  ["InvalidRequest", "sdk", 18, "invalid request"],
  ["MempoolFull", "sdk", 20, "mempool is full"],
  ["TxTooLarge", "sdk", 21, "tx too large"],
  ["KeyNotFound", "sdk", 22, "key not found"],
  ["TxTimeoutHeight", "sdk", 30, "tx timeout height"],
  ["WrongSequence", "sdk", 32, "incorrect account sequence"],
  ["InvalidGasLimit", "sdk", 41, "invalid gas limit"],
  ["InstantiateFailed", "wasm", 4, "instantiate wasm contract failed"],
  ["ExecuteFailed", "wasm", 5, "execute wasm contract failed"],
  ["QueryFailed", "wasm", 9, "query wasm contract failed"],
  ["MigrateFailed", "wasm", 11, "migrate wasm contract failed"],
  ["NoSuchContract", "wasm", 22, "no such contract"],
  ["NoSuchCode", "wasm", 28, "no such code"],
] as const;

type Registered = (typeof REGISTERED)[number];
type Failure = Registered[0];

/** What queries and simulations wrap errors in, which says nothing about them. */
const WRAPPERS: readonly string[] = ["UnknownRequest", "InvalidRequest"];

/** A failure as the chain reports it. */
export interface Report {
  codespace: string;
  code: number;
  log: string;
}

/** What is known of the transaction that failed. */
export interface Outline {
  chainId: string;
  sender: string;
  sequence: bigint;
  gasLimit: bigint;
  fee: Coin | undefined;
  /** The contract that each message is sent to; an empty text where it is sent to none. */
  contracts: readonly string[];
  bytes: number;
}

/**
 * The registered error that a text ends with. A contract's text comes before that of the chain around it, so the last
 * one is the chain's.
 */
function ofText(text: string): Registered | undefined {
  let found: Registered | undefined;
  let [end, length] = [-1, 0];
  for (const row of REGISTERED) {
    const at = text.lastIndexOf(row[3]);
    const rowEnd = at + row[3].length;
    if (at >= 0 && !WRAPPERS.includes(row[0]) && (rowEnd > end || (rowEnd === end && row[3].length > length))) {
      [found, end, length] = [row, rowEnd, row[3].length];
    }
  }
  return found;
}

/** The error of an answer: of its code, or, where a query has wrapped it, of its text. */
function registered({ codespace, code }: Report, text: string): Registered | undefined {
  const ofCode = REGISTERED.find((row) => row[1] === codespace && row[2] === code);
  return ofCode !== undefined && !WRAPPERS.includes(ofCode[0]) ? ofCode : (ofText(text) ?? ofCode);
}

/** The text before the registered one. */
function strip(row: Registered, text: string): string {
  const at = text.lastIndexOf(row[3]);
  return (at < 0 ? text : text.slice(0, at)).trimEnd().replace(/:+$/, "").trimEnd();
}

/** The text without what gRPC puts before it. */
function unwrap(log: string): string {
  const at = log.startsWith("rpc error: code = ") ? log.indexOf("desc = ") : -1;
  return at < 0 ? log : log.slice(at + "desc = ".length);
}

/** Whether a query failed because what was asked for is not there. */
export function isNotFound(report: Report): boolean {
  return registered(report, report.log)?.[0] === "KeyNotFound" || report.log.includes("code = NotFound");
}

/** The error of a query to a contract. */
export function queryError(report: Report, contract: string): ClientError {
  const log = unwrap(cut(report.log));
  const row = registered(report, log);
  if (row?.[0] === "NoSuchContract") {
    return new ClientError({ kind: "no_contract", address: contract });
  }
  if (row?.[0] === "OutOfGas") {
    return new ClientError({ kind: "out_of_gas", limit: number(log, "gasWanted: ") ?? 0n, used: number(log, "gasUsed: ") ?? 0n });
  }
  return new ClientError({ kind: "query_refused", contract, error: row === undefined ? log : strip(row, log) });
}

/** The error of a transaction, or of its simulation. */
export function txError(report: Report, tx: Outline, spent: Spent): ClientError {
  const log = unwrap(cut(report.log));
  const found = /message index: ([0-9]{1,9}): ([^]*)$/.exec(log);
  const index = found === null ? undefined : Number(found[1]);
  const text = found?.[2] ?? log;
  const row = registered(report, log);
  const reason = row === undefined ? `${text} (${cut(report.codespace)} ${report.code})` : strip(row, text);
  return new ClientError(problem(row?.[0], text, reason, index, tx), spent);
}

function problem(failure: Failure | undefined, text: string, words: string, index: number | undefined, tx: Outline): Problem {
  const message = index ?? 0;
  const contract = tx.contracts[message] ?? "";
  const other: Problem = index === undefined
    ? { kind: "invalid_tx", reason: words }
    : { kind: "message_failed", message, reason: words };
  switch (failure) {
    case "WrongSequence":
      return {
        kind: "sequence_mismatch",
        expected: number(words, "expected ") ?? 0n,
        got: number(words, "got ") ?? tx.sequence,
      };
    case "OutOfGas": {
      const limit = number(words, "gasWanted: ") ?? tx.gasLimit;
      return { kind: "out_of_gas", limit, used: number(words, "gasUsed: ") ?? limit };
    }
    case "InsufficientFunds":
      return funds(words, index, contract, tx) ?? other;
    case "InsufficientFee":
      return fee(words, tx) ?? other;
    case "Unauthorized":
      return text.includes("signature verification failed")
        ? { kind: "bad_signature", signer: tx.sender, chainId: tx.chainId }
        : { kind: "unauthorized", sender: tx.sender, reason: words };
    case "UnknownAddress":
      return { kind: "no_account", address: tx.sender };
    case "TxTimeoutHeight":
      return {
        kind: "tx_timed_out",
        height: number(words, "block height: ") ?? 0n,
        timeoutHeight: number(words, "timeout height: ") ?? 0n,
      };
    case "TxTooLarge":
      return { kind: "tx_too_large", bytes: tx.bytes, reason: words };
    case "MempoolFull":
      return { kind: "node_down", url: "the node", reason: "its mempool is full" };
    case "NoSuchContract":
      return { kind: "no_contract", address: /address ([a-z0-9]+)/.exec(words)?.[1] ?? contract };
    case "ExecuteFailed":
    case "InstantiateFailed":
    case "MigrateFailed":
      // A submessage's error collects these on its way up.
      return { kind: "contract_refused", message, contract, error: words.replace(/^(?:dispatch: |submessages: )+/, "") };
    default:
      return other;
  }
}

/** The number after the last `label`. */
function number(text: string, label: string): bigint | undefined {
  const at = text.lastIndexOf(label);
  const digits = at < 0 ? undefined : /^[ :]*([0-9]{1,20})/.exec(text.slice(at + label.length))?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}

/** The first coin of a list. */
function coin(text: string): Coin | undefined {
  const found = /^\s*([0-9]{1,78})([a-zA-Z][a-zA-Z0-9/._-]*)/.exec(text);
  return found?.[1] === undefined || found[2] === undefined ? undefined : { amount: found[1], denom: found[2] };
}

/** "spendable balance 5ubee is smaller than 7ubee" */
function funds(words: string, index: number | undefined, contract: string, tx: Outline): Problem | undefined {
  const [, available, lacking] = /spendable balance (.*) is smaller than (.*)/.exec(words) ?? [];
  const required = coin(lacking ?? "");
  if (required === undefined) {
    return undefined;
  }
  // A contract that pays out of its own account.
  const isContract = index !== undefined && words.startsWith("dispatch: ");
  return {
    kind: "insufficient_funds",
    address: isContract ? contract : tx.sender,
    required,
    available: coin(available ?? "")?.amount ?? "0",
  };
}

/** "insufficient fees; got: 5ubee required: 7ubee" */
function fee(words: string, tx: Outline): Problem | undefined {
  const [, got, asked] = /got:(.*)required:(.*)/.exec(words) ?? [];
  const required = coin(asked ?? "");
  const offered = coin(got ?? "") ?? tx.fee;
  return required && { kind: "insufficient_fee", required, got: offered === undefined ? "0" : `${offered.amount}${offered.denom}` };
}
