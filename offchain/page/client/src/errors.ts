/** What can go wrong: what it was, whether something was spent, and what to do. */

/** An amount of a native coin. `amount` is decimal digits, in base units. */
export interface Coin {
  denom: string;
  amount: string;
}

/**
 * What the failed action has cost: `nothing`; the transaction's `fee`, because a block has it; or `unknown`, because it
 * may still be included in a block.
 */
export type Spent = "nothing" | "fee" | "unknown";

/** What went wrong. Heights, gas, sequences and amounts are bigints, amounts in base units; `message` counts from 0. */
export type Problem =
  /** The server can't be reached, or answered what is no answer. */
  | { kind: "node_down"; url: string; reason: string }
  /** No whole answer in time. */
  | { kind: "timeout"; url: string; method: string; milliseconds: number }
  /** The caller's `AbortSignal` ended it. */
  | { kind: "aborted"; method: string }
  /** An answer, or a text, is not what it should be. */
  | { kind: "unreadable"; what: string; reason: string }
  /** The server understood the call and refused it. */
  | { kind: "rpc_refused"; method: string; reason: string }
  /** The server's chain is not the one that was asked for. */
  | { kind: "wrong_chain"; expected: string; got: string }
  /** The server answers from a height below one that it has shown before. */
  | { kind: "height_went_back"; seen: bigint; got: bigint }
  /** The server did not answer from the height that was asked for. */
  | { kind: "wrong_height"; asked: bigint; got: bigint | null }
  | { kind: "invalid_address"; address: string; reason: string }
  | { kind: "invalid_amount"; text: string; reason: string }
  /** A message, an option or an argument is malformed; nothing was sent. */
  | { kind: "invalid_input"; field: string; reason: string }
  | { kind: "no_account"; address: string }
  | { kind: "no_contract"; address: string }
  /** A contract refused a query. */
  | { kind: "query_refused"; contract: string; error: string }
  /** A contract refused a message. */
  | { kind: "contract_refused"; message: number; contract: string; error: string }
  /** A message failed outside of a contract. */
  | { kind: "message_failed"; message: number; reason: string }
  | { kind: "out_of_gas"; limit: bigint; used: bigint }
  /** A simulation says more gas than is to be paid at most. */
  | { kind: "gas_above_cap"; cap: bigint; used: bigint }
  | { kind: "insufficient_funds"; address: string; required: Coin; available: string }
  | { kind: "insufficient_fee"; required: Coin; got: string }
  | { kind: "sequence_mismatch"; expected: bigint; got: bigint }
  | { kind: "bad_signature"; signer: string; chainId: string }
  | { kind: "unauthorized"; sender: string; reason: string }
  | { kind: "tx_timed_out"; height: bigint; timeoutHeight: bigint }
  | { kind: "tx_too_large"; bytes: number; reason: string }
  | { kind: "invalid_tx"; reason: string }
  /** The node took the transaction, or may have, and no block was seen to have it. */
  | { kind: "unconfirmed"; hash: string; reason: string }
  | { kind: "wallet_missing"; wallet: string }
  /** The user said no. */
  | { kind: "wallet_rejected"; wallet: string }
  | { kind: "wallet_failed"; wallet: string; reason: string }
  /** The wallet's account is another one than at the start. */
  | { kind: "wallet_key_changed"; expected: string; got: string }
  /** The wallet signed something else than it was given, beyond fee and memo. */
  | { kind: "wallet_changed_transaction"; part: string }
  /** A hardware key that can't sign in SIGN_MODE_DIRECT. */
  | { kind: "wallet_signs_amino_only"; wallet: string };

/** The text of a coin, like `25ubee`. */
export function showCoin({ amount, denom }: Coin): string {
  return `${amount}${denom}`;
}

/** Words for people: what was wrong, and what helps. */
function words(problem: Problem): [what: string, remedy: string] {
  switch (problem.kind) {
    case "node_down":
      return [`${problem.url} does not answer: ${problem.reason}`, "check the address and the connection, then try again"];
    case "timeout":
      return [`${problem.url} gave no whole answer to ${problem.method} in ${problem.milliseconds} ms`, "try again later"];
    case "aborted":
      return [`${problem.method} was stopped`, "start it again when it is wanted"];
    case "unreadable":
      return [`${problem.what} can't be read: ${problem.reason}`, "use the release that chain and contracts are of, or another server"];
    case "rpc_refused":
      return [`the server refuses ${problem.method}: ${problem.reason}`, "use a node that serves this method"];
    case "wrong_chain":
      return [`the server's chain is ${quote(problem.got)}, expected ${quote(problem.expected)}`, "use a server of the right chain"];
    case "height_went_back":
      return [
        `the server answers from height ${problem.got}, after it has shown ${problem.seen}`,
        "use another server: this one is behind, was reset, or does not tell the truth",
      ];
    case "wrong_height":
      return [
        problem.got === null
          ? `the server does not say from which height it answers, asked for ${problem.asked}`
          : `the server answers from height ${problem.got}, asked for ${problem.asked}`,
        "ask without a height, or use a node that keeps this one",
      ];
    case "invalid_address":
      return [`address ${quote(problem.address)}: ${problem.reason}`, "copy the whole address again"];
    case "invalid_amount":
      return [`${quote(problem.text)} is not an amount: ${problem.reason}`, "write one like 12 or 12.5"];
    case "invalid_input":
      return [`${problem.field}: ${problem.reason}`, "correct it and try again"];
    case "no_account":
      return [`account ${problem.address} has never had coins, which pay for transactions`, "send it some first"];
    case "no_contract":
      return [`there is no contract at ${problem.address}`, "check the deployment's file, and that it is of this chain"];
    case "query_refused":
      return [`the contract refuses the query: ${problem.error}`, "ask for something that is there"];
    case "contract_refused":
      return [`${ofMessage(problem.message)}the contract refuses: ${problem.error}`, "change what the contract objects to"];
    case "message_failed":
      return [`${ofMessage(problem.message)}${problem.reason}`, "correct the message and try again"];
    case "out_of_gas":
      return [`out of gas: used at least ${problem.used}, limit ${problem.limit}`, "try again with a higher gas limit"];
    case "gas_above_cap":
      return [
        `the transaction would use ${problem.used} gas, at most ${problem.cap} is allowed`,
        "split it, or raise the cap if the server can be trusted",
      ];
    case "insufficient_funds":
      return [
        `${problem.address} holds ${problem.available}${problem.required.denom}, needs ${showCoin(problem.required)}`,
        "send it what is lacking, or use less",
      ];
    case "insufficient_fee":
      return [`the fee is ${problem.got}, the chain asks for ${showCoin(problem.required)}`, "sign again with the higher fee"];
    case "sequence_mismatch":
      return [
        `account sequence is ${problem.got}, expected ${problem.expected}: another transaction of the account came between`,
        "try again",
      ];
    case "bad_signature":
      return [
        `the signature of ${problem.signer} does not verify for chain ${quote(problem.chainId)}`,
        "check that the wallet has this account and this chain",
      ];
    case "unauthorized":
      return [`${problem.sender} may not do this: ${problem.reason}`, "use the account that may"];
    case "tx_timed_out":
      return [
        `the transaction was valid until height ${problem.timeoutHeight}, the next block is ${problem.height}`,
        "sign it again",
      ];
    case "tx_too_large":
      return [`a transaction of ${problem.bytes} bytes is too large: ${problem.reason}`, "send less in one transaction"];
    case "invalid_tx":
      return [`the chain refuses the transaction: ${problem.reason}`, "correct it and sign again"];
    case "unconfirmed":
      return [
        `no block was seen to have transaction ${problem.hash} (${problem.reason})`,
        "ask for it by its hash before the same messages are signed again",
      ];
    case "wallet_missing":
      return [`${problem.wallet} is not there`, "install it, or unlock it and load the page again"];
    case "wallet_rejected":
      return [`the request was rejected in ${problem.wallet}`, "try again and accept it, if it was not meant"];
    case "wallet_failed":
      return [`${problem.wallet} failed: ${problem.reason}`, "look at the wallet, then try again"];
    case "wallet_key_changed":
      return [`the wallet's account is ${problem.got}, it was ${problem.expected}`, "choose the first account again, or connect anew"];
    case "wallet_changed_transaction":
      return [`the wallet signed another transaction: ${problem.part} differs`, "do not use this wallet; nothing was sent"];
    case "wallet_signs_amino_only":
      return [`the account in ${problem.wallet} is on a hardware key that signs the old form only`, "use an account whose key is in the wallet"];
  }
}

function quote(text: string): string {
  return JSON.stringify(text.length > 128 ? `${text.slice(0, 128)}…` : text);
}

/** Names the message of a transaction; the first is usually the only one, and needs no name. */
function ofMessage(index: number): string {
  return index === 0 ? "" : `message ${index + 1} of the transaction: `;
}

const COST: Record<Spent, string> = {
  nothing: "Nothing was spent.",
  fee: "The fee was spent, nothing else.",
  unknown: "It is not known whether it takes effect.",
};

/** Every error of this package. `message` says what was wrong, what was spent, and what to do. */
export class ClientError extends Error {
  readonly problem: Problem;
  readonly spent: Spent;
  /** What was wrong, without the rest. */
  readonly what: string;
  /** What to do. */
  readonly remedy: string;

  constructor(problem: Problem, spent: Spent = "nothing") {
    const [what, remedy] = words(problem);
    super(`${what}. ${COST[spent]} To do: ${remedy}.`);
    this.name = "ClientError";
    this.problem = problem;
    this.spent = spent;
    this.what = what;
    this.remedy = remedy;
  }

  /** The kind of problem, by which callers tell errors apart. */
  get kind(): Problem["kind"] {
    return this.problem.kind;
  }

  /** The same with another cost. */
  after(spent: Spent): ClientError {
    return new ClientError(this.problem, spent);
  }
}

/** The first 2,048 characters of a peer's text. */
export function cut(text: string): string {
  return text.slice(0, 2048);
}

/** An argument that is malformed. */
export function invalid(field: string, reason: string): ClientError {
  return new ClientError({ kind: "invalid_input", field, reason });
}
