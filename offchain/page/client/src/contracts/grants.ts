// Written by gen/generate.mjs from schema/grants/; not to be edited.

import {
  binary, hexBinary, list, literal, nullable, object, optional, text, u32, u64, variants, type Codec, type Addr, type Binary, type HexBinary,
} from "../codec.js";
import { ask, call, type Message, type QueryOptions, type SmartQuery } from "../contract.js";

/** Creates the contract. It has no owner and no pause: nobody can keep a subject from revoking. */
export interface InstantiateMsg {
  /** Address of the registry, which knows the requesters. */
  registry: string;
}
/** Checks {@link InstantiateMsg}. */
export const instantiateMsg: Codec<InstantiateMsg> = /* @__PURE__ */ object({
  registry: text,
});

/**
 * A subject's signature over a message that somebody else sends: ADR-36 over the text of
 * `bithive_consent::grant::Order`. It names chain, contract and digests, and a digest is recorded once, so it can't
 * be used twice.
 */
export interface SubjectSignature {
  /** Compressed point of secp256k1, 33 bytes. The subject is the account of this key. */
  public_key: Binary;
  /** r and s, 64 bytes. */
  signature: Binary;
}
/** Checks {@link SubjectSignature}. */
export const subjectSignature: Codec<SubjectSignature> = /* @__PURE__ */ object({
  public_key: binary,
  signature: binary,
});

/** Why data is opened without consent, as a code of HL7 v3 PurposeOfUse. */
export type Reason =
  /** `BTG`: break the glass, where no other code fits. */
  | "btg"
  /** `ETREAT`: emergency treatment. */
  | "etreat"
  /** `ERTREAT`: treatment in an emergency room. */
  | "ertreat"
  /** `DISASTER`: treatment in a disaster. */
  | "disaster";
/** Checks {@link Reason}. */
export const reason: Codec<Reason> = /* @__PURE__ */ literal("btg", "etreat", "ertreat", "disaster");

/** Messages. None of them takes coins or tokens. */
export type ExecuteMsg =
  /**
   * Consents to uses until a time. Sender: the subject, or anyone with the subject's signature. All digests are
   * recorded or none.
   */
  | { record: {
    /** 1 to `limits::MAX_DIGESTS` digests that the subject has neither recorded nor revoked; 32 bytes each. */
    digests: HexBinary[];
    /** When they end, Unix seconds; in the future, at most `limits::MAX_SECONDS` away. */
    expires: bigint;
    /** The subject's signature, if it does not send the message itself. */
    signed?: SubjectSignature | null;
  } }
  /**
   * Withdraws consents, recorded or not, for good. What is revoked already stays so. Sender: the subject, or anyone
   * with the subject's signature.
   */
  | { revoke: {
    /** 1 to `limits::MAX_DIGESTS` digests; 32 bytes each. */
    digests: HexBinary[];
    /** The subject's signature, if it does not send the message itself. */
    signed?: SubjectSignature | null;
  } }
  /**
   * States that data of a subject is opened without its consent, and why; for ever visible to the subject and
   * everybody. For `limits::EMERGENCY_SECONDS` it stands in for a consent. Sender: a requester with its bond, at most
   * `limits::EMERGENCIES_A_DAY` times in a day.
   */
  | { break_glass: {
    /** Why, as a code of HL7. */
    reason: Reason;
    /** Digest of the data or the order that it is about; 32 bytes. */
    reference: HexBinary;
    /** Address of the subject's account. */
    subject: string;
    /** Digest of a text with the reasons, which the requester keeps and shows; 32 bytes. */
    text: HexBinary;
  } }
  /**
   * Puts the head of an own audit log on the chain: from then on, an end that is cut off shows. Sender: anyone, for
   * its own logs.
   */
  | { anchor_audit: {
    /** Number of its last entry, from 1; more than the last time. */
    count: bigint;
    /** Digest of that entry, 32 bytes. */
    head: HexBinary;
    /** Identity of the log, 32 bytes. */
    log: HexBinary;
  } }
  /**
   * Registers an encrypted content, whose key a committee releases to whom its author permits. Sender: its author.
   * The wrap is bound to the sender's account, so who copies the message registers a content whose key nobody
   * releases.
   */
  | { register_content: {
    /** What the key is compared with, 32 bytes. */
    commitment: HexBinary;
    /** SHA-256 of the ciphertext, 32 bytes: what the content is called. Nobody has registered it. */
    content: HexBinary;
    /** Accounts beside the author that may permit readers, for good; at most `limits::MAX_GRANTERS`. */
    granters: string[];
    /**
     * The wrapped key, `limits::WRAP_BYTES` bytes. The contract does not open it: the committee and the readers do.
     */
    wrap: Binary;
  } }
  /**
   * Permits accounts to read a content until a time, all of them or none. Sender: the author, or a granter that it
   * has named. A granter changes no permit that another account has given while it holds, and none that the author
   * has revoked.
   */
  | { permit: {
    /** The content, 32 bytes. */
    content: HexBinary;
    /** What for, as a code of HL7 v3 PurposeOfUse: 1 to `limits::MAX_PURPOSE` letters A to Z. Everybody sees it. */
    purpose: string;
    /** 1 to `limits::MAX_READERS` addresses. */
    readers: string[];
    /** When it ends, Unix seconds; in the future, at most `limits::MAX_SECONDS` away. */
    until: bigint;
  } }
  /**
   * Takes permits back. It counts from the next transaction on, and can't call back a key that was released. What is
   * revoked already, or was never given, is passed over. Sender: the author, or the granter that has given the
   * permits.
   */
  | { revoke_permit: {
    /** The content, 32 bytes. */
    content: HexBinary;
    /** 1 to `limits::MAX_READERS` addresses. */
    readers: string[];
  } };
/** Checks {@link ExecuteMsg}. */
export const executeMsg: Codec<ExecuteMsg> = /* @__PURE__ */ variants({
  record: object({
    digests: list(hexBinary),
    expires: u64,
    signed: optional(subjectSignature),
  }),
  revoke: object({
    digests: list(hexBinary),
    signed: optional(subjectSignature),
  }),
  break_glass: object({
    reason: reason,
    reference: hexBinary,
    subject: text,
    text: hexBinary,
  }),
  anchor_audit: object({
    count: u64,
    head: hexBinary,
    log: hexBinary,
  }),
  register_content: object({
    commitment: hexBinary,
    content: hexBinary,
    granters: list(text),
    wrap: binary,
  }),
  permit: object({
    content: hexBinary,
    purpose: text,
    readers: list(text),
    until: u64,
  }),
  revoke_permit: object({
    content: hexBinary,
    readers: list(text),
  }),
});

/**
 * What permits somebody to use data. `A` is the type of addresses: text in a message, and checked where a contract
 * stores it and answers with it.
 */
export type BasisForString =
  /** A consent that the subject has recorded. */
  | { consent: {
    /** `bithive_consent::grant::opening`, 32 bytes. */
    opening: HexBinary;
    /** The subject's account. */
    subject: string;
  } }
  /** An emergency that the user has stated. */
  | { break_glass: {
    /** Number of the emergency, from 1. */
    id: bigint;
    /** The subject's account. */
    subject: string;
  } };
/** Checks {@link BasisForString}. */
export const basisForString: Codec<BasisForString> = /* @__PURE__ */ variants({
  consent: object({
    opening: hexBinary,
    subject: text,
  }),
  break_glass: object({
    id: u64,
    subject: text,
  }),
});

/** Queries of the `grants` contract. */
export type QueryMsg =
  /** Address of the registry. */
  | { config: {} }
  /** Whether each basis permits a use by an account now, in the order of the bases. */
  | { check: {
    /** At most `limits::MAX_BASES`. */
    bases: BasisForString[];
    /** Address of who uses the data. */
    reader: string;
  } }
  /** A consent, null when nothing is recorded. */
  | { consent: {
    /** Its digest, 32 bytes. */
    digest: HexBinary;
    /** Address of the subject. */
    subject: string;
  } }
  /** Consents of a subject, by digest. */
  | { consents: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Start after this digest. */
    start_after?: HexBinary | null;
    /** Address of the subject. */
    subject: string;
  } }
  /** Emergencies in which data of a subject was opened, by number. */
  | { break_glass: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Start after this one. */
    start_after?: bigint | null;
    /** Address of the subject. */
    subject: string;
  } }
  /** The newest head of an account's audit log, null when there is none. */
  | { audit_head: {
    /** Address of the account. */
    account: string;
    /** Identity of the log, 32 bytes. */
    log: HexBinary;
  } }
  /** The newest head of each audit log of an account, by the log's identity. */
  | { audit_heads: {
    /** Address of the account. */
    account: string;
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Start after the log with this identity. */
    start_after?: HexBinary | null;
  } }
  /** Whether an account may read a content now: what a committee asks before it releases a key. */
  | { allowed: {
    /** The content, 32 bytes. */
    content: HexBinary;
    /** Address of the reader. */
    reader: string;
  } }
  /** A content, null when nobody has registered it. */
  | { content: {
    /** The content, 32 bytes. */
    content: HexBinary;
  } }
  /** Permits of a content, by the reader's address; also those that are over or revoked. */
  | { permits: {
    /** The content, 32 bytes. */
    content: HexBinary;
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Start after this reader. */
    start_after?: string | null;
  } };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  config: object({}),
  check: object({
    bases: list(basisForString),
    reader: text,
  }),
  consent: object({
    digest: hexBinary,
    subject: text,
  }),
  consents: object({
    limit: optional(u32),
    start_after: optional(hexBinary),
    subject: text,
  }),
  break_glass: object({
    limit: optional(u32),
    start_after: optional(u64),
    subject: text,
  }),
  audit_head: object({
    account: text,
    log: hexBinary,
  }),
  audit_heads: object({
    account: text,
    limit: optional(u32),
    start_after: optional(hexBinary),
  }),
  allowed: object({
    content: hexBinary,
    reader: text,
  }),
  content: object({
    content: hexBinary,
  }),
  permits: object({
    content: hexBinary,
    limit: optional(u32),
    start_after: optional(text),
  }),
});

/** Migration carries no parameters: what changes is derived from the stored version. */
export interface MigrateMsg {}
/** Checks {@link MigrateMsg}. */
export const migrateMsg: Codec<MigrateMsg> = /* @__PURE__ */ object({});

/** Configuration, fixed for the life of the contract. */
export interface ConfigResponse {
  /** Address of the registry. */
  registry: Addr;
}
/** Checks {@link ConfigResponse}. */
export const configResponse: Codec<ConfigResponse> = /* @__PURE__ */ object({
  registry: text,
});

/** Whether a basis permits a use now. */
export type Standing =
  /** It is recorded and permits the use. */
  | "live"
  /** Nothing is recorded: it was given by or to somebody else, or never. */
  | "unknown"
  /** The subject has withdrawn it. */
  | "revoked"
  /** Its time is over. */
  | "expired";
/** Checks {@link Standing}. */
export const standing: Codec<Standing> = /* @__PURE__ */ literal("live", "unknown", "revoked", "expired");

/** A consent that is recorded or revoked. */
export interface ConsentResponse {
  /** Its digest, 32 bytes. */
  digest: HexBinary;
  /** When it ends, Unix seconds; null if it was revoked before it was recorded. */
  expires?: bigint | null;
  /** When it was recorded, Unix seconds; null if it was revoked before. */
  recorded_at?: bigint | null;
  /** When it was revoked, Unix seconds; null if it was not. */
  revoked_at?: bigint | null;
  /** Whether it holds now; never `Standing::Unknown`. */
  standing: Standing;
  /** Who has given it. */
  subject: Addr;
}
/** Checks {@link ConsentResponse}. */
export const consentResponse: Codec<ConsentResponse> = /* @__PURE__ */ object({
  digest: hexBinary,
  expires: optional(u64),
  recorded_at: optional(u64),
  revoked_at: optional(u64),
  standing: standing,
  subject: text,
});

/** An emergency in which data was opened without consent. */
export interface BreakGlassResponse {
  /** When, Unix seconds. It permits assignments until `limits::EMERGENCY_SECONDS` later. */
  at: bigint;
  /** Its number, from 1. */
  id: bigint;
  /** Why, as a code of HL7. */
  reason: Reason;
  /** Digest of the data or the order that it is about. */
  reference: HexBinary;
  /** Who has opened it. */
  requester: Addr;
  /** Account of the data's subject. */
  subject: Addr;
  /** Digest of a text with the reasons. */
  text: HexBinary;
}
/** Checks {@link BreakGlassResponse}. */
export const breakGlassResponse: Codec<BreakGlassResponse> = /* @__PURE__ */ object({
  at: u64,
  id: u64,
  reason: reason,
  reference: hexBinary,
  requester: text,
  subject: text,
  text: hexBinary,
});

/** A head of an audit log. */
export interface AuditHeadResponse {
  /** Whose log it is. */
  account: Addr;
  /** When it was put on the chain, Unix seconds. */
  at: bigint;
  /** Number of its last entry, from 1. */
  count: bigint;
  /** Digest of that entry, 32 bytes. */
  head: HexBinary;
  /** Identity of the log, 32 bytes. */
  log: HexBinary;
}
/** Checks {@link AuditHeadResponse}. */
export const auditHeadResponse: Codec<AuditHeadResponse> = /* @__PURE__ */ object({
  account: text,
  at: u64,
  count: u64,
  head: hexBinary,
  log: hexBinary,
});

/** An encrypted content whose key a committee releases. It never changes. */
export interface ContentResponse {
  /** When it was registered, Unix seconds. */
  at: bigint;
  /** Who has registered it, and says who may read it. */
  author: Addr;
  /** What its key is compared with, 32 bytes. */
  commitment: HexBinary;
  /** SHA-256 of its ciphertext, 32 bytes. */
  content: HexBinary;
  /** Accounts beside the author that may permit readers. */
  granters: Addr[];
  /** Its wrapped key, `limits::WRAP_BYTES` bytes. */
  wrap: Binary;
}
/** Checks {@link ContentResponse}. */
export const contentResponse: Codec<ContentResponse> = /* @__PURE__ */ object({
  at: u64,
  author: text,
  commitment: hexBinary,
  content: hexBinary,
  granters: list(text),
  wrap: binary,
});

/** That an account may read a content, or might. */
export interface PermitResponse {
  /** When it was given, Unix seconds. */
  at: bigint;
  /** Who has permitted it: the author or a granter. */
  by: Addr;
  /** The content, 32 bytes. */
  content: HexBinary;
  /** What for, as a code of HL7 v3 PurposeOfUse. */
  purpose: string;
  /** Who may read it. */
  reader: Addr;
  /** When it was revoked, Unix seconds; null if it was not. */
  revoked_at?: bigint | null;
  /** Whether it holds now; never `Standing::Unknown`. */
  standing: Standing;
  /** When it ends, Unix seconds. */
  until: bigint;
}
/** Checks {@link PermitResponse}. */
export const permitResponse: Codec<PermitResponse> = /* @__PURE__ */ object({
  at: u64,
  by: text,
  content: hexBinary,
  purpose: text,
  reader: text,
  revoked_at: optional(u64),
  standing: standing,
  until: u64,
});

/** The answer to each query. */
export interface Responses {
  config: ConfigResponse;
  check: Standing[];
  consent: ConsentResponse | null;
  consents: ConsentResponse[];
  break_glass: BreakGlassResponse[];
  audit_head: AuditHeadResponse | null;
  audit_heads: AuditHeadResponse[];
  allowed: Standing;
  content: ContentResponse | null;
  permits: PermitResponse[];
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  config: configResponse,
  check: list(standing),
  consent: nullable(consentResponse),
  consents: list(consentResponse),
  break_glass: list(breakGlassResponse),
  audit_head: nullable(auditHeadResponse),
  audit_heads: list(auditHeadResponse),
  allowed: standing,
  content: nullable(contentResponse),
  permits: list(permitResponse),
};

/** Queries of a `grants` contract. */
export class Queries {
  readonly #chain: SmartQuery;
  readonly #address: string;

  /** Of the contract at `address`. */
  constructor(chain: SmartQuery, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

  /** Address of the registry. */
  config(options?: QueryOptions): Promise<ConfigResponse> {
    return ask(this.#chain, this.#address, "grants.config", queryMsg, { config: {} }, responses.config, options);
  }

  /** Whether each basis permits a use by an account now, in the order of the bases. */
  check(args: Extract<QueryMsg, { check: unknown }>["check"], options?: QueryOptions): Promise<Standing[]> {
    return ask(this.#chain, this.#address, "grants.check", queryMsg, { check: args }, responses.check, options);
  }

  /** A consent, null when nothing is recorded. */
  consent(args: Extract<QueryMsg, { consent: unknown }>["consent"], options?: QueryOptions): Promise<ConsentResponse | null> {
    return ask(this.#chain, this.#address, "grants.consent", queryMsg, { consent: args }, responses.consent, options);
  }

  /** Consents of a subject, by digest. */
  consents(args: Extract<QueryMsg, { consents: unknown }>["consents"], options?: QueryOptions): Promise<ConsentResponse[]> {
    return ask(this.#chain, this.#address, "grants.consents", queryMsg, { consents: args }, responses.consents, options);
  }

  /** Emergencies in which data of a subject was opened, by number. */
  breakGlass(args: Extract<QueryMsg, { break_glass: unknown }>["break_glass"], options?: QueryOptions): Promise<BreakGlassResponse[]> {
    return ask(this.#chain, this.#address, "grants.break_glass", queryMsg, { break_glass: args }, responses.break_glass, options);
  }

  /** The newest head of an account's audit log, null when there is none. */
  auditHead(args: Extract<QueryMsg, { audit_head: unknown }>["audit_head"], options?: QueryOptions): Promise<AuditHeadResponse | null> {
    return ask(this.#chain, this.#address, "grants.audit_head", queryMsg, { audit_head: args }, responses.audit_head, options);
  }

  /** The newest head of each audit log of an account, by the log's identity. */
  auditHeads(args: Extract<QueryMsg, { audit_heads: unknown }>["audit_heads"], options?: QueryOptions): Promise<AuditHeadResponse[]> {
    return ask(this.#chain, this.#address, "grants.audit_heads", queryMsg, { audit_heads: args }, responses.audit_heads, options);
  }

  /** Whether an account may read a content now: what a committee asks before it releases a key. */
  allowed(args: Extract<QueryMsg, { allowed: unknown }>["allowed"], options?: QueryOptions): Promise<Standing> {
    return ask(this.#chain, this.#address, "grants.allowed", queryMsg, { allowed: args }, responses.allowed, options);
  }

  /** A content, null when nobody has registered it. */
  content(args: Extract<QueryMsg, { content: unknown }>["content"], options?: QueryOptions): Promise<ContentResponse | null> {
    return ask(this.#chain, this.#address, "grants.content", queryMsg, { content: args }, responses.content, options);
  }

  /** Permits of a content, by the reader's address; also those that are over or revoked. */
  permits(args: Extract<QueryMsg, { permits: unknown }>["permits"], options?: QueryOptions): Promise<PermitResponse[]> {
    return ask(this.#chain, this.#address, "grants.permits", queryMsg, { permits: args }, responses.permits, options);
  }
}

/** Messages to a `grants` contract, to be sent in transactions. */
export class Messages {
  readonly #sender: string;
  readonly #address: string;

  /** From the account `sender` to the contract at `address`. */
  constructor(sender: string, address: string) {
    this.#sender = sender;
    this.#address = address;
  }

  /**
   * Consents to uses until a time. Sender: the subject, or anyone with the subject's signature. All digests are
   * recorded or none.
   */
  record(args: Extract<ExecuteMsg, { record: unknown }>["record"]): Message {
    return call(this.#sender, this.#address, "grants.record", executeMsg, { record: args });
  }

  /**
   * Withdraws consents, recorded or not, for good. What is revoked already stays so. Sender: the subject, or anyone
   * with the subject's signature.
   */
  revoke(args: Extract<ExecuteMsg, { revoke: unknown }>["revoke"]): Message {
    return call(this.#sender, this.#address, "grants.revoke", executeMsg, { revoke: args });
  }

  /**
   * States that data of a subject is opened without its consent, and why; for ever visible to the subject and
   * everybody. For `limits::EMERGENCY_SECONDS` it stands in for a consent. Sender: a requester with its bond, at most
   * `limits::EMERGENCIES_A_DAY` times in a day.
   */
  breakGlass(args: Extract<ExecuteMsg, { break_glass: unknown }>["break_glass"]): Message {
    return call(this.#sender, this.#address, "grants.break_glass", executeMsg, { break_glass: args });
  }

  /**
   * Puts the head of an own audit log on the chain: from then on, an end that is cut off shows. Sender: anyone, for
   * its own logs.
   */
  anchorAudit(args: Extract<ExecuteMsg, { anchor_audit: unknown }>["anchor_audit"]): Message {
    return call(this.#sender, this.#address, "grants.anchor_audit", executeMsg, { anchor_audit: args });
  }

  /**
   * Registers an encrypted content, whose key a committee releases to whom its author permits. Sender: its author.
   * The wrap is bound to the sender's account, so who copies the message registers a content whose key nobody
   * releases.
   */
  registerContent(args: Extract<ExecuteMsg, { register_content: unknown }>["register_content"]): Message {
    return call(this.#sender, this.#address, "grants.register_content", executeMsg, { register_content: args });
  }

  /**
   * Permits accounts to read a content until a time, all of them or none. Sender: the author, or a granter that it
   * has named. A granter changes no permit that another account has given while it holds, and none that the author
   * has revoked.
   */
  permit(args: Extract<ExecuteMsg, { permit: unknown }>["permit"]): Message {
    return call(this.#sender, this.#address, "grants.permit", executeMsg, { permit: args });
  }

  /**
   * Takes permits back. It counts from the next transaction on, and can't call back a key that was released. What is
   * revoked already, or was never given, is passed over. Sender: the author, or the granter that has given the
   * permits.
   */
  revokePermit(args: Extract<ExecuteMsg, { revoke_permit: unknown }>["revoke_permit"]): Message {
    return call(this.#sender, this.#address, "grants.revoke_permit", executeMsg, { revoke_permit: args });
  }
}
