// Written by gen/generate.mjs from schema/datasets/; not to be edited.

import {
  binary, bool, hexBinary, list, nullable, object, optional, text, u32, u64, uint128, variants, type Codec, type Addr, type Binary, type HexBinary, type Uint128,
} from "../codec.js";
import { ask, call, encodeHook, type Message, type QueryOptions, type SmartQuery } from "../contract.js";

/** Creates the contract. It has no owner and no pause. */
export interface InstantiateMsg {
  /** Address of the attestations contract of this chain. */
  attestations: string;
}
/** Checks {@link InstantiateMsg}. */
export const instantiateMsg: Codec<InstantiateMsg> = /* @__PURE__ */ object({
  attestations: text,
});

/** Cw20ReceiveMsg should be de/serialized under `Receive()` variant in a ExecuteMsg */
export interface Cw20ReceiveMsg {
  amount: Uint128;
  msg: Binary;
  sender: string;
}
/** Checks {@link Cw20ReceiveMsg}. */
export const cw20ReceiveMsg: Codec<Cw20ReceiveMsg> = /* @__PURE__ */ object({
  amount: uint128,
  msg: binary,
  sender: text,
});

/** A currency of the chain. */
export type AssetForString =
  /** A native denomination, vouchers of ICS-20 (`ibc/...`) among them. */
  | { native: string }
  /** A cw20 token. */
  | { cw20: string };
/** Checks {@link AssetForString}. */
export const assetForString: Codec<AssetForString> = /* @__PURE__ */ variants({
  native: text,
  cw20: text,
});

/** A market on another chain: what its statements are bound to. */
export interface Source {
  /** Id of its chain. */
  chain_id: string;
  /** Address of the market's contract on that chain. */
  jobs: string;
}
/** Checks {@link Source}. */
export const source: Codec<Source> = /* @__PURE__ */ object({
  chain_id: text,
  jobs: text,
});

/** A use of a data set that is paid for in advance. */
export interface Use {
  /** Number of the data set, from 1. */
  dataset_id: bigint;
  /** Unix time after which the share goes back if the job is not attested. */
  deadline: bigint;
  /**
   * Commitment to the job's input, as its assignment has it; 32 bytes. The owner compares the two before it hands
   * over data.
   */
  input_commitment: HexBinary;
  /** Number of the job, from 1. */
  job_id: bigint;
  /** The market in which it is used. */
  source: Source;
}
/** Checks {@link Use}. */
export const use: Codec<Use> = /* @__PURE__ */ object({
  dataset_id: u64,
  deadline: u64,
  input_commitment: hexBinary,
  job_id: u64,
  source: source,
});

/** Messages. Only `ExecuteMsg::Deposit` takes native coins. */
export type ExecuteMsg =
  /** A cw20 `Send`; `msg` is a `Hook`. Sender: a token contract. */
  | { receive: Cw20ReceiveMsg }
  /** Registers a data set. Its owner is the sender and never changes. */
  | { register: {
    /** The asset that its share is paid in; it never changes. */
    asset: AssetForString;
    /** BLAKE3 digest of the data set's description or contents, as its owner publishes it; 32 bytes. */
    digest: HexBinary;
    /** What one use costs, in base units, more than 0. */
    share: Uint128;
  } }
  /** Changes what later uses cost, or whether new deposits are taken. Sender: its owner. */
  | { update: {
    /** Whether deposits are taken. */
    active: boolean;
    /** Number of the data set, from 1. */
    id: bigint;
    /** What one use costs, in base units, more than 0. */
    share: Uint128;
  } }
  /** Pays for a use with native coins: exactly its share, of its denomination. Sender: anyone. */
  | { deposit: Use }
  /** Records a use and credits the owner. Sender: anyone, once the job is attested as the deposit says. */
  | { release: {
    /** Number of the deposit, from 1. */
    id: bigint;
  } }
  /** Credits the depositor. Sender: anyone, after the deadline, if the job is not attested as the deposit says. */
  | { refund: {
    /** Number of the deposit, from 1. */
    id: bigint;
  } }
  /** Pays out all that the sender is owed in an asset. Sender: anyone. */
  | { withdraw: {
    /** The native coin or cw20 token. */
    asset: AssetForString;
  } };
/** Checks {@link ExecuteMsg}. */
export const executeMsg: Codec<ExecuteMsg> = /* @__PURE__ */ variants({
  receive: cw20ReceiveMsg,
  register: object({
    asset: assetForString,
    digest: hexBinary,
    share: uint128,
  }),
  update: object({
    active: bool,
    id: u64,
    share: uint128,
  }),
  deposit: use,
  release: object({
    id: u64,
  }),
  refund: object({
    id: u64,
  }),
  withdraw: object({
    asset: assetForString,
  }),
});

/** Queries of the `datasets` contract. */
export type QueryMsg =
  /** Address of the attestations contract. */
  | { config: {} }
  /** A data set, null when there is none. */
  | { dataset: {
    /** Its number, from 1. */
    id: bigint;
  } }
  /** Data sets, by number. */
  | { datasets: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Start after this one. */
    start_after?: bigint | null;
  } }
  /** A deposit that is in escrow, null when there is none (any more). */
  | { deposit: {
    /** Its number, from 1. */
    id: bigint;
  } }
  /** Deposits in escrow, by number. */
  | { deposits: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Start after this one. */
    start_after?: bigint | null;
  } }
  /** The recorded use of a data set by a job, null when there is none. */
  | { use: {
    /** Number of the data set, from 1. */
    dataset_id: bigint;
    /** Number of the job, from 1. */
    job_id: bigint;
    /** The market that the job belongs to. */
    source: Source;
  } }
  /** What an account may withdraw in an asset, in base units. */
  | { claimable: {
    /** Address of the account. */
    account: string;
    /** The native coin or cw20 token. */
    asset: AssetForString;
  } }
  /** What the contract owes in an asset; its balance is at least the sum. */
  | { held: {
    /** The native coin or cw20 token. */
    asset: AssetForString;
  } };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  config: object({}),
  dataset: object({
    id: u64,
  }),
  datasets: object({
    limit: optional(u32),
    start_after: optional(u64),
  }),
  deposit: object({
    id: u64,
  }),
  deposits: object({
    limit: optional(u32),
    start_after: optional(u64),
  }),
  use: object({
    dataset_id: u64,
    job_id: u64,
    source: source,
  }),
  claimable: object({
    account: text,
    asset: assetForString,
  }),
  held: object({
    asset: assetForString,
  }),
});

/** Migration carries no parameters: what changes is derived from the stored version. */
export interface MigrateMsg {}
/** Checks {@link MigrateMsg}. */
export const migrateMsg: Codec<MigrateMsg> = /* @__PURE__ */ object({});

/** Configuration, fixed for the life of the contract. */
export interface ConfigResponse {
  /** Address of the attestations contract. */
  attestations: Addr;
}
/** Checks {@link ConfigResponse}. */
export const configResponse: Codec<ConfigResponse> = /* @__PURE__ */ object({
  attestations: text,
});

/** A currency of the chain. */
export type AssetForAddr =
  /** A native denomination, vouchers of ICS-20 (`ibc/...`) among them. */
  | { native: string }
  /** A cw20 token. */
  | { cw20: Addr };
/** Checks {@link AssetForAddr}. */
export const assetForAddr: Codec<AssetForAddr> = /* @__PURE__ */ variants({
  native: text,
  cw20: text,
});

/** A data set. */
export interface DatasetResponse {
  /** Whether deposits are taken. */
  active: boolean;
  /** What its share is paid in. */
  asset: AssetForAddr;
  /** Digest that its owner publishes. */
  digest: HexBinary;
  /** What was paid for them, in base units. */
  earned: Uint128;
  /** Its number, from 1. */
  id: bigint;
  /** Account that receives its shares. */
  owner: Addr;
  /** What the next use costs, in base units. */
  share: Uint128;
  /** Recorded uses, one for each job. */
  uses: bigint;
}
/** Checks {@link DatasetResponse}. */
export const datasetResponse: Codec<DatasetResponse> = /* @__PURE__ */ object({
  active: bool,
  asset: assetForAddr,
  digest: hexBinary,
  earned: uint128,
  id: u64,
  owner: text,
  share: uint128,
  uses: u64,
});

/** A deposit in escrow. */
export interface DepositResponse {
  /** What was paid, in base units. */
  amount: Uint128;
  /** Account that paid, and that a refund goes to. */
  depositor: Addr;
  /** Its number, from 1. */
  id: bigint;
  /** The use that was paid for. */
  purpose: Use;
}
/** Checks {@link DepositResponse}. */
export const depositResponse: Codec<DepositResponse> = /* @__PURE__ */ object({
  amount: uint128,
  depositor: text,
  id: u64,
  purpose: use,
});

/** A recorded use. */
export interface UseResponse {
  /** What was paid for it, in base units. */
  paid: Uint128;
  /** When it was first recorded, in Unix seconds. */
  recorded_at: bigint;
  /** SHA-256 of the statement that the job's quorum signed. */
  statement: HexBinary;
}
/** Checks {@link UseResponse}. */
export const useResponse: Codec<UseResponse> = /* @__PURE__ */ object({
  paid: uint128,
  recorded_at: u64,
  statement: hexBinary,
});

/** What the contract owes of an asset, in base units. */
export interface HeldResponse {
  /** Credited and not withdrawn. */
  claimable: Uint128;
  /** For deposits that are neither released nor refunded. */
  escrowed: Uint128;
}
/** Checks {@link HeldResponse}. */
export const heldResponse: Codec<HeldResponse> = /* @__PURE__ */ object({
  claimable: uint128,
  escrowed: uint128,
});

/** What a cw20 `Send` to the contract is for. */
export type Hook =
  /** Pays for a use: exactly its share, of its token. */
  | { deposit: Use };
/** Checks {@link Hook}. */
export const hook: Codec<Hook> = /* @__PURE__ */ variants({
  deposit: use,
});

/** The answer to each query. */
export interface Responses {
  config: ConfigResponse;
  dataset: DatasetResponse | null;
  datasets: DatasetResponse[];
  deposit: DepositResponse | null;
  deposits: DepositResponse[];
  use: UseResponse | null;
  claimable: Uint128;
  held: HeldResponse;
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  config: configResponse,
  dataset: nullable(datasetResponse),
  datasets: list(datasetResponse),
  deposit: nullable(depositResponse),
  deposits: list(depositResponse),
  use: nullable(useResponse),
  claimable: uint128,
  held: heldResponse,
};

/** Queries of a `datasets` contract. */
export class Queries {
  readonly #chain: SmartQuery;
  readonly #address: string;

  /** Of the contract at `address`. */
  constructor(chain: SmartQuery, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

  /** Address of the attestations contract. */
  config(options?: QueryOptions): Promise<ConfigResponse> {
    return ask(this.#chain, this.#address, "datasets.config", queryMsg, { config: {} }, responses.config, options);
  }

  /** A data set, null when there is none. */
  dataset(args: Extract<QueryMsg, { dataset: unknown }>["dataset"], options?: QueryOptions): Promise<DatasetResponse | null> {
    return ask(this.#chain, this.#address, "datasets.dataset", queryMsg, { dataset: args }, responses.dataset, options);
  }

  /** Data sets, by number. */
  datasets(args: Extract<QueryMsg, { datasets: unknown }>["datasets"] = {}, options?: QueryOptions): Promise<DatasetResponse[]> {
    return ask(this.#chain, this.#address, "datasets.datasets", queryMsg, { datasets: args }, responses.datasets, options);
  }

  /** A deposit that is in escrow, null when there is none (any more). */
  deposit(args: Extract<QueryMsg, { deposit: unknown }>["deposit"], options?: QueryOptions): Promise<DepositResponse | null> {
    return ask(this.#chain, this.#address, "datasets.deposit", queryMsg, { deposit: args }, responses.deposit, options);
  }

  /** Deposits in escrow, by number. */
  deposits(args: Extract<QueryMsg, { deposits: unknown }>["deposits"] = {}, options?: QueryOptions): Promise<DepositResponse[]> {
    return ask(this.#chain, this.#address, "datasets.deposits", queryMsg, { deposits: args }, responses.deposits, options);
  }

  /** The recorded use of a data set by a job, null when there is none. */
  use(args: Extract<QueryMsg, { use: unknown }>["use"], options?: QueryOptions): Promise<UseResponse | null> {
    return ask(this.#chain, this.#address, "datasets.use", queryMsg, { use: args }, responses.use, options);
  }

  /** What an account may withdraw in an asset, in base units. */
  claimable(args: Extract<QueryMsg, { claimable: unknown }>["claimable"], options?: QueryOptions): Promise<Uint128> {
    return ask(this.#chain, this.#address, "datasets.claimable", queryMsg, { claimable: args }, responses.claimable, options);
  }

  /** What the contract owes in an asset; its balance is at least the sum. */
  held(args: Extract<QueryMsg, { held: unknown }>["held"], options?: QueryOptions): Promise<HeldResponse> {
    return ask(this.#chain, this.#address, "datasets.held", queryMsg, { held: args }, responses.held, options);
  }
}

/** Messages to a `datasets` contract, to be sent in transactions. */
export class Messages {
  readonly #sender: string;
  readonly #address: string;

  /** From the account `sender` to the contract at `address`. */
  constructor(sender: string, address: string) {
    this.#sender = sender;
    this.#address = address;
  }

  /** A cw20 `Send`; `msg` is a `Hook`. Sender: a token contract. */
  receive(args: Extract<ExecuteMsg, { receive: unknown }>["receive"]): Message {
    return call(this.#sender, this.#address, "datasets.receive", executeMsg, { receive: args });
  }

  /** Registers a data set. Its owner is the sender and never changes. */
  register(args: Extract<ExecuteMsg, { register: unknown }>["register"]): Message {
    return call(this.#sender, this.#address, "datasets.register", executeMsg, { register: args });
  }

  /** Changes what later uses cost, or whether new deposits are taken. Sender: its owner. */
  update(args: Extract<ExecuteMsg, { update: unknown }>["update"]): Message {
    return call(this.#sender, this.#address, "datasets.update", executeMsg, { update: args });
  }

  /** Pays for a use with native coins: exactly its share, of its denomination. Sender: anyone. */
  deposit(args: Extract<ExecuteMsg, { deposit: unknown }>["deposit"]): Message {
    return call(this.#sender, this.#address, "datasets.deposit", executeMsg, { deposit: args });
  }

  /** Records a use and credits the owner. Sender: anyone, once the job is attested as the deposit says. */
  release(args: Extract<ExecuteMsg, { release: unknown }>["release"]): Message {
    return call(this.#sender, this.#address, "datasets.release", executeMsg, { release: args });
  }

  /** Credits the depositor. Sender: anyone, after the deadline, if the job is not attested as the deposit says. */
  refund(args: Extract<ExecuteMsg, { refund: unknown }>["refund"]): Message {
    return call(this.#sender, this.#address, "datasets.refund", executeMsg, { refund: args });
  }

  /** Pays out all that the sender is owed in an asset. Sender: anyone. */
  withdraw(args: Extract<ExecuteMsg, { withdraw: unknown }>["withdraw"]): Message {
    return call(this.#sender, this.#address, "datasets.withdraw", executeMsg, { withdraw: args });
  }
}

/** The field `msg` of a token's `send` to a `datasets` contract. */
export const hooks = {
  /** Pays for a use: exactly its share, of its token. */
  deposit(args: Extract<Hook, { deposit: unknown }>["deposit"]): Binary {
    return encodeHook("datasets.deposit", hook, { deposit: args });
  },
};
