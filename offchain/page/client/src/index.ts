/**
 * Client of BitHive: contracts, transactions and wallets over the RPC of a CometBFT node. Types, queries and messages of
 * each contract are modules of their own, like `@bithive/client/contracts/jobs`.
 */

export * from "./account.js";
export { addressOf, checkAddress, isAddress, PREFIX } from "./address.js";
export * from "./amount.js";
export { fromBase64, fromHex, toBase64, toHex, toUtf8 } from "./bytes.js";
export * from "./chain.js";
export { list, nullable, readValue, u64, uint128, writeValue, type Addr, type Binary, type Codec, type HexBinary, type Timestamp, type Uint128, type Uint64 } from "./codec.js";
export { executeContract, type Message, type QueryOptions, type SmartQuery } from "./contract.js";
export { ClientError, showCoin, type Coin, type Problem, type Spent } from "./errors.js";
export { ContractEvent, eventsOf, type Event } from "./events.js";
export { type Outline, type Report } from "./failure.js";
export * from "./json.js";
export { Rpc, type CallOptions, type JsonObject, type RpcOptions } from "./rpc.js";
export * from "./tx.js";
export * from "./wallet.js";
