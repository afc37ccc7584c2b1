// Written by gen/generate.mjs from schema/models/; not to be edited.

import {
  binary, bool, hexBinary, list, literal, nullable, object, optional, text, u32, u64, uint128, variants, type Codec, type Addr, type Binary, type HexBinary, type Uint128,
} from "../codec.js";
import { ask, call, encodeHook, type Message, type QueryOptions, type SmartQuery } from "../contract.js";

/** What holds for the life of the contract. */
export interface Params {
  /** Bond of a registration, and deposit of a challenge, in base units, more than 0. */
  bond: Uint128;
  /** Seconds from leaving to the bond, within `limits::LEAVE_SECONDS`. */
  leave_seconds: bigint;
  /** Seconds from a registration until it earns, within `limits::NOTICE_SECONDS`. */
  notice_seconds: bigint;
  /** Seconds for a ruling, within `limits::RULING_SECONDS`. */
  ruling_seconds: bigint;
}
/** Checks {@link Params}. */
export const params: Codec<Params> = /* @__PURE__ */ object({
  bond: uint128,
  leave_seconds: u64,
  notice_seconds: u64,
  ruling_seconds: u64,
});

/** Creates the contract. */
export interface InstantiateMsg {
  /** Governance: rules on challenges. */
  owner: string;
  /** What holds for the life of the contract. */
  params: Params;
  /** cw20 contract of BTT. */
  token: string;
  /** Receives what the loser of a challenge does not owe the winner. */
  treasury: string;
}
/** Checks {@link InstantiateMsg}. */
export const instantiateMsg: Codec<InstantiateMsg> = /* @__PURE__ */ object({
  owner: text,
  params: params,
  token: text,
  treasury: text,
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

/** What an owner says of its model. */
export interface Card {
  /** Receives the model's shares; null: the owner itself. */
  receiver?: string | null;
  /** Name, card and licence, or where they are; at most `limits::MAX_TEXT` characters. */
  text: string;
}
/** Checks {@link Card}. */
export const card: Codec<Card> = /* @__PURE__ */ object({
  receiver: optional(text),
  text: text,
});

/** Who is right in a challenge. */
export type Ruling =
  /** The registered owner: the registration is in force from now on. */
  | "registrant"
  /** The challenger: it becomes the owner where it claimed to be, and else the registration is removed. */
  | "challenger"
  /** Neither of them: both lose their money to the treasury, and the registration is removed. */
  | "neither";
/** Checks {@link Ruling}. */
export const ruling: Codec<Ruling> = /* @__PURE__ */ literal("registrant", "challenger", "neither");

/** Messages. None of them takes native coins. */
export type ExecuteMsg =
  /** A cw20 `Send` of BTT; `msg` is a `Hook`. Sender: the token contract only. */
  | { receive: Cw20ReceiveMsg }
  /** Changes what is said of a model, for later jobs. Sender: its owner. */
  | { update: {
    /** What is said of it from now on. */
    card: Card;
    /** BLAKE3 digest of the model file, 32 bytes. */
    model: HexBinary;
  } }
  /**
   * Gives a model up: it earns no more, and the bond is free after a time. Sender: its owner, without a challenge.
   */
  | { leave: {
    /** BLAKE3 digest of the model file, 32 bytes. */
    model: HexBinary;
  } }
  /** Rules on a challenge. Sender: the owner of the contract. */
  | { rule: {
    /** BLAKE3 digest of the model file, 32 bytes. */
    model: HexBinary;
    /** Who is right. */
    ruling: Ruling;
  } }
  /** Ends what time has ended: a challenge that nobody ruled on, or the time after leaving. Sender: anyone. */
  | { close: {
    /** BLAKE3 digest of the model file, 32 bytes. */
    model: HexBinary;
  } }
  /**
   * States that a requester may name the sender as the owner of its job's data. Sender: the data owner, for itself.
   */
  | { set_consent: {
    /** Account of the requester. */
    requester: string;
    /** Last second of it, Unix time, at most `limits::MAX_CONSENT_SECONDS` away; null takes it back. */
    until?: bigint | null;
  } }
  /** Pays out what the sender is owed. Sender: anyone who is owed. */
  | { withdraw: {} }
  /** Refuses new registrations, or takes them again; challenges and exits go on. */
  | { set_paused: {
    /** Whether new registrations are refused. */
    paused: boolean;
  } }
  /** Proposes the next owner. */
  | { transfer_ownership: {
    /** Address of the account that is to accept. */
    new_owner: string;
  } }
  /** Makes the sender, the proposed owner, the owner. */
  | { accept_ownership: {} };
/** Checks {@link ExecuteMsg}. */
export const executeMsg: Codec<ExecuteMsg> = /* @__PURE__ */ variants({
  receive: cw20ReceiveMsg,
  update: object({
    card: card,
    model: hexBinary,
  }),
  leave: object({
    model: hexBinary,
  }),
  rule: object({
    model: hexBinary,
    ruling: ruling,
  }),
  close: object({
    model: hexBinary,
  }),
  set_consent: object({
    requester: text,
    until: optional(u64),
  }),
  withdraw: object({}),
  set_paused: object({
    paused: bool,
  }),
  transfer_ownership: object({
    new_owner: text,
  }),
  accept_ownership: object({}),
});

/** Queries of the `models` contract. */
export type QueryMsg =
  /** Parameters and who governs. */
  | { config: {} }
  /** A registration; null where the model has no owner. */
  | { model: {
    /** BLAKE3 digest of the model file, 32 bytes. */
    model: HexBinary;
  } }
  /** Registrations by digest. */
  | { models: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Start after this digest. */
    start_after?: HexBinary | null;
  } }
  /** Who is paid for a job that is posted now: what a market asks. */
  | { receivers: {
    /** Account that the requester names as the owner of its data, if any. */
    data_owner?: string | null;
    /** BLAKE3 digest of the model file, 32 bytes. */
    model: HexBinary;
    /** Account of the requester. */
    requester: string;
  } }
  /** Until when a requester may name a data owner, in Unix seconds; null where it may not. */
  | { consent: {
    /** Account of the data owner. */
    owner: string;
    /** Account of the requester. */
    requester: string;
  } }
  /** What an account may withdraw, in base units. */
  | { claimable: {
    /** Address of the account. */
    account: string;
  } }
  /** What the contract owes; its balance is at least the sum. */
  | { held: {} };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  config: object({}),
  model: object({
    model: hexBinary,
  }),
  models: object({
    limit: optional(u32),
    start_after: optional(hexBinary),
  }),
  receivers: object({
    data_owner: optional(text),
    model: hexBinary,
    requester: text,
  }),
  consent: object({
    owner: text,
    requester: text,
  }),
  claimable: object({
    account: text,
  }),
  held: object({}),
});

/** Migration carries no parameters: what changes is derived from the stored version. */
export interface MigrateMsg {}
/** Checks {@link MigrateMsg}. */
export const migrateMsg: Codec<MigrateMsg> = /* @__PURE__ */ object({});

/** Parameters and who governs. */
export interface ConfigResponse {
  /** Who governs; null if nobody does any more. */
  owner?: Addr | null;
  /** What holds for the life of the contract. */
  params: Params;
  /** Whether new registrations are refused. */
  paused: boolean;
  /** Who was proposed as the next owner. */
  pending_owner?: Addr | null;
  /** cw20 contract of BTT. */
  token: Addr;
  /** Receives what losers lose beyond the winner's half. */
  treasury: Addr;
}
/** Checks {@link ConfigResponse}. */
export const configResponse: Codec<ConfigResponse> = /* @__PURE__ */ object({
  owner: optional(text),
  params: params,
  paused: bool,
  pending_owner: optional(text),
  token: text,
  treasury: text,
});

/** A challenge that waits for a ruling. */
export interface ChallengeResponse {
  /** Account that challenges. */
  challenger: Addr;
  /** Who would receive the shares if the challenger is right; null where it does not claim the model. */
  claim?: Addr | null;
  /** Its deposit, in base units. */
  deposit: Uint128;
  /** Why it is challenged, for people to read. */
  reason: string;
  /** Last second for a ruling, Unix time. */
  until: bigint;
}
/** Checks {@link ChallengeResponse}. */
export const challengeResponse: Codec<ChallengeResponse> = /* @__PURE__ */ object({
  challenger: text,
  claim: optional(text),
  deposit: uint128,
  reason: text,
  until: u64,
});

/** What is registered for one digest. */
export interface ModelResponse {
  /** Its bond, in base units. */
  bond: Uint128;
  /** The challenge that waits for a ruling. */
  challenge?: ChallengeResponse | null;
  /** Whether jobs that are posted now pay it. */
  earns: boolean;
  /** When it is in force if nobody challenges it before, in Unix seconds. */
  in_force_at: bigint;
  /** When the bond is free, if the owner leaves, in Unix seconds. */
  leaving?: bigint | null;
  /** BLAKE3 digest of the model file. */
  model: HexBinary;
  /** Account that registered it. */
  owner: Addr;
  /** Receives the model's shares. */
  receiver: Addr;
  /** When it was registered, in Unix seconds. */
  registered_at: bigint;
  /** Name, card and licence, or where they are. */
  text: string;
}
/** Checks {@link ModelResponse}. */
export const modelResponse: Codec<ModelResponse> = /* @__PURE__ */ object({
  bond: uint128,
  challenge: optional(challengeResponse),
  earns: bool,
  in_force_at: u64,
  leaving: optional(u64),
  model: hexBinary,
  owner: text,
  receiver: text,
  registered_at: u64,
  text: text,
});

/** Who is paid for a job that is posted now. */
export interface ReceiversResponse {
  /** Whether the named data owner lets the requester name it. */
  data_consent: boolean;
  /** Receiver of the model's share; null where the model has no owner in force, or it is the requester. */
  model_owner?: Addr | null;
}
/** Checks {@link ReceiversResponse}. */
export const receiversResponse: Codec<ReceiversResponse> = /* @__PURE__ */ object({
  data_consent: bool,
  model_owner: optional(text),
});

/** What the contract owes, in base units. */
export interface HeldResponse {
  /** Credited and not withdrawn. */
  claimable: Uint128;
  /** Bonds and deposits. */
  escrowed: Uint128;
}
/** Checks {@link HeldResponse}. */
export const heldResponse: Codec<HeldResponse> = /* @__PURE__ */ object({
  claimable: uint128,
  escrowed: uint128,
});

/** What a cw20 `Send` of BTT to the contract is for. The amount is exactly the bond. */
export type Hook =
  /** Makes the payer the owner of a model that has none. */
  | { register: {
    /** What is said of it. */
    card: Card;
    /** BLAKE3 digest of the model file, 32 bytes. */
    model: HexBinary;
  } }
  /** Says that the registered owner is none. The loser's money goes half to the winner, half to the treasury. */
  | { challenge: {
    /** Where the payer says that it is the owner itself: what it says of the model. */
    claim?: Card | null;
    /** BLAKE3 digest of the model file, 32 bytes. */
    model: HexBinary;
    /** Why, for those who rule; at most `limits::MAX_TEXT` characters. */
    reason: string;
  } };
/** Checks {@link Hook}. */
export const hook: Codec<Hook> = /* @__PURE__ */ variants({
  register: object({
    card: card,
    model: hexBinary,
  }),
  challenge: object({
    claim: optional(card),
    model: hexBinary,
    reason: text,
  }),
});

/** The answer to each query. */
export interface Responses {
  config: ConfigResponse;
  model: ModelResponse | null;
  models: ModelResponse[];
  receivers: ReceiversResponse;
  consent: bigint | null;
  claimable: Uint128;
  held: HeldResponse;
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  config: configResponse,
  model: nullable(modelResponse),
  models: list(modelResponse),
  receivers: receiversResponse,
  consent: nullable(u64),
  claimable: uint128,
  held: heldResponse,
};

/** Queries of a `models` contract. */
export class Queries {
  readonly #chain: SmartQuery;
  readonly #address: string;

  /** Of the contract at `address`. */
  constructor(chain: SmartQuery, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

  /** Parameters and who governs. */
  config(options?: QueryOptions): Promise<ConfigResponse> {
    return ask(this.#chain, this.#address, "models.config", queryMsg, { config: {} }, responses.config, options);
  }

  /** A registration; null where the model has no owner. */
  model(args: Extract<QueryMsg, { model: unknown }>["model"], options?: QueryOptions): Promise<ModelResponse | null> {
    return ask(this.#chain, this.#address, "models.model", queryMsg, { model: args }, responses.model, options);
  }

  /** Registrations by digest. */
  models(args: Extract<QueryMsg, { models: unknown }>["models"] = {}, options?: QueryOptions): Promise<ModelResponse[]> {
    return ask(this.#chain, this.#address, "models.models", queryMsg, { models: args }, responses.models, options);
  }

  /** Who is paid for a job that is posted now: what a market asks. */
  receivers(args: Extract<QueryMsg, { receivers: unknown }>["receivers"], options?: QueryOptions): Promise<ReceiversResponse> {
    return ask(this.#chain, this.#address, "models.receivers", queryMsg, { receivers: args }, responses.receivers, options);
  }

  /** Until when a requester may name a data owner, in Unix seconds; null where it may not. */
  consent(args: Extract<QueryMsg, { consent: unknown }>["consent"], options?: QueryOptions): Promise<bigint | null> {
    return ask(this.#chain, this.#address, "models.consent", queryMsg, { consent: args }, responses.consent, options);
  }

  /** What an account may withdraw, in base units. */
  claimable(args: Extract<QueryMsg, { claimable: unknown }>["claimable"], options?: QueryOptions): Promise<Uint128> {
    return ask(this.#chain, this.#address, "models.claimable", queryMsg, { claimable: args }, responses.claimable, options);
  }

  /** What the contract owes; its balance is at least the sum. */
  held(options?: QueryOptions): Promise<HeldResponse> {
    return ask(this.#chain, this.#address, "models.held", queryMsg, { held: {} }, responses.held, options);
  }
}

/** Messages to a `models` contract, to be sent in transactions. */
export class Messages {
  readonly #sender: string;
  readonly #address: string;

  /** From the account `sender` to the contract at `address`. */
  constructor(sender: string, address: string) {
    this.#sender = sender;
    this.#address = address;
  }

  /** A cw20 `Send` of BTT; `msg` is a `Hook`. Sender: the token contract only. */
  receive(args: Extract<ExecuteMsg, { receive: unknown }>["receive"]): Message {
    return call(this.#sender, this.#address, "models.receive", executeMsg, { receive: args });
  }

  /** Changes what is said of a model, for later jobs. Sender: its owner. */
  update(args: Extract<ExecuteMsg, { update: unknown }>["update"]): Message {
    return call(this.#sender, this.#address, "models.update", executeMsg, { update: args });
  }

  /**
   * Gives a model up: it earns no more, and the bond is free after a time. Sender: its owner, without a challenge.
   */
  leave(args: Extract<ExecuteMsg, { leave: unknown }>["leave"]): Message {
    return call(this.#sender, this.#address, "models.leave", executeMsg, { leave: args });
  }

  /** Rules on a challenge. Sender: the owner of the contract. */
  rule(args: Extract<ExecuteMsg, { rule: unknown }>["rule"]): Message {
    return call(this.#sender, this.#address, "models.rule", executeMsg, { rule: args });
  }

  /** Ends what time has ended: a challenge that nobody ruled on, or the time after leaving. Sender: anyone. */
  close(args: Extract<ExecuteMsg, { close: unknown }>["close"]): Message {
    return call(this.#sender, this.#address, "models.close", executeMsg, { close: args });
  }

  /**
   * States that a requester may name the sender as the owner of its job's data. Sender: the data owner, for itself.
   */
  setConsent(args: Extract<ExecuteMsg, { set_consent: unknown }>["set_consent"]): Message {
    return call(this.#sender, this.#address, "models.set_consent", executeMsg, { set_consent: args });
  }

  /** Pays out what the sender is owed. Sender: anyone who is owed. */
  withdraw(): Message {
    return call(this.#sender, this.#address, "models.withdraw", executeMsg, { withdraw: {} });
  }

  /** Refuses new registrations, or takes them again; challenges and exits go on. */
  setPaused(args: Extract<ExecuteMsg, { set_paused: unknown }>["set_paused"]): Message {
    return call(this.#sender, this.#address, "models.set_paused", executeMsg, { set_paused: args });
  }

  /** Proposes the next owner. */
  transferOwnership(args: Extract<ExecuteMsg, { transfer_ownership: unknown }>["transfer_ownership"]): Message {
    return call(this.#sender, this.#address, "models.transfer_ownership", executeMsg, { transfer_ownership: args });
  }

  /** Makes the sender, the proposed owner, the owner. */
  acceptOwnership(): Message {
    return call(this.#sender, this.#address, "models.accept_ownership", executeMsg, { accept_ownership: {} });
  }
}

/** The field `msg` of a token's `send` to a `models` contract. */
export const hooks = {
  /** Makes the payer the owner of a model that has none. */
  register(args: Extract<Hook, { register: unknown }>["register"]): Binary {
    return encodeHook("models.register", hook, { register: args });
  },

  /** Says that the registered owner is none. The loser's money goes half to the winner, half to the treasury. */
  challenge(args: Extract<Hook, { challenge: unknown }>["challenge"]): Binary {
    return encodeHook("models.challenge", hook, { challenge: args });
  },
};
