/** What the generated modules of `contracts/` are made with: asking a contract, and a message to one. */

import { checkAddress } from "./address.js";
import { toBase64, toUtf8 } from "./bytes.js";
import { readValue, writeValue, type Binary, type Codec } from "./codec.js";
import { invalid, type Coin } from "./errors.js";
import { encodeFields, Message as Fields, type Field } from "./protobuf.js";

/** A message of a transaction, encoded. */
export interface Message {
  /** Of the protobuf type, like `/cosmwasm.wasm.v1.MsgExecuteContract`. */
  typeUrl: string;
  value: Uint8Array;
}

/** How one query is asked. */
export interface QueryOptions {
  /** Height of the state that is asked for; the last one, if it is left out. */
  height?: bigint;
  /** Ends the wait. */
  signal?: AbortSignal;
}

/** `MsgExecuteContract`: 1 sender, 2 contract, 3 message, 5 coins. */
const EXECUTE = "/cosmwasm.wasm.v1.MsgExecuteContract";
const EXECUTE_CONTRACT = 2;
const EXECUTE_FUNDS = 5;

/** Who answers queries of contracts: `Chain`. */
export interface SmartQuery {
  /** The JSON that the contract at `address` answers to the JSON `query`. */
  smart(address: string, query: string, options?: QueryOptions): Promise<Uint8Array>;
}

/** Asks a contract, and checks the form of question and answer. */
export async function ask<Query, Response>(
  chain: SmartQuery,
  address: string,
  name: string,
  queries: Codec<Query>,
  query: Query,
  response: Codec<Response>,
  options?: QueryOptions,
): Promise<Response> {
  const answer = await chain.smart(address, writeValue(queries, name, query), options);
  return readValue(response, `the answer to ${name}`, answer);
}

/** A message to a contract, checked. */
export function call<Msg>(sender: string, address: string, name: string, messages: Codec<Msg>, message: Msg): Message {
  return executeContract(sender, address, writeValue(messages, name, message));
}

/**
 * A message to any contract, with coins.
 *
 * @param json The contract's message, as text of JSON.
 * @throws ClientError `invalid_address`, `invalid_input`.
 */
export function executeContract(sender: string, contract: string, json: string, funds: readonly Coin[] = []): Message {
  checkAddress(sender);
  checkAddress(contract);
  const coins = coinFields(EXECUTE_FUNDS, checkCoins("funds", funds));
  return { typeUrl: EXECUTE, value: encodeFields([1, sender], [EXECUTE_CONTRACT, contract], [3, json], ...coins) };
}

/** The contract that a message is sent to; an empty text for messages that are sent to none. */
export function contractOf({ typeUrl, value }: Message): string {
  return typeUrl === EXECUTE ? new Fields(value).text(EXECUTE_CONTRACT) : "";
}

/** What the receiver of a token's `send` is told, checked: the field `msg`. */
export function encodeHook<Hook>(name: string, hooks: Codec<Hook>, hook: Hook): Binary {
  return toBase64(toUtf8(writeValue(hooks, name, hook)));
}

/** A list of coins as protobuf has it. */
export function coinFields(number: number, coins: readonly Coin[]): Field[] {
  return coins.map(({ denom, amount }) => [number, encodeFields([1, denom], [2, amount]), "always"]);
}

/** Copies coins whose amounts are below 2^256. */
export function checkCoins(field: string, coins: readonly Coin[]): Coin[] {
  return coins.map(({ denom, amount }) => {
    if (!/^[a-zA-Z][a-zA-Z0-9/:._-]{2,127}$/.test(denom)) {
      throw invalid(field, `denomination ${JSON.stringify(denom.slice(0, 128))}, expected one like ubee`);
    }
    if (!/^(?:0|[1-9][0-9]{0,77})$/.test(amount)) {
      throw invalid(field, `amount ${JSON.stringify(amount.slice(0, 128))}, expected decimal digits`);
    }
    return { denom, amount };
  });
}
