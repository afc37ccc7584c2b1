/* tslint:disable */
/* eslint-disable */

/** What every function throws when it fails. `postMessage` drops the properties: hand on `{ kind, message, remedy, column }`. */
export interface BithiveError extends Error {
    name: "BithiveError";
    kind: "argument" | "random" | "schema" | "policy" | "epoch" | "committee" | "vault" | "claim" | "reference_string" | "key" | "set"
    | "table" | "payload" | "output" | "statement" | "record";
    /** What the person can do. */
    remedy: string;
    /** For `policy`: where the text has a mistake, in characters from 1. */
    column?: number;
}

/** An attribute that a policy can ask about. */
export type Attribute =
| { kind: "ordered"; name: string; thresholds: bigint[] }
| { kind: "categorical"; name: string; values: string[] }
| { kind: "set"; name: string; members: string[] }
| { kind: "vector"; name: string };

/** One question of the schema. */
export interface Slot { id: number; label: string }

/** Gates of a policy and the questions below them, as everybody sees them. */
export type Shape = { needed: number; of: Shape[] } | { slot: number; label: string };

/** What a policy costs, and what is public of it. */
export interface Explanation {
    leaves: number;
    evaluations: number;
    vaultBytes: number;
    decodingCost: bigint;
    budget: bigint;
    attributes: string[];
    shape: Shape;
}

/** An answer of a committee's member that was left out. */
export interface Fault { member: number; reason: string }

/** What a node has claimed. */
export interface Claim { address: string; slot: number; ask: bigint; consent: Uint8Array }

/** The end of an assignment's payload. */
export interface Finished { sealed: Uint8Array; payload: Uint8Array; inputCommitment: Uint8Array; length: bigint }

/** What the chain says of a settled job. */
export interface Statement {
    chainId: string;
    jobs: string;
    jobId: bigint;
    round: number;
    model: Uint8Array;
    inputCommitment: Uint8Array;
    output: Uint8Array;
    masked: Uint8Array;
    workers: Uint8Array;
    members: number;
    signers: number;
    needed: number;
}



export class Assignment {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Seals what is left.
     */
    finish(): Finished;
    /**
     * The key with which outputs open.
     */
    roundKey(): RoundKey;
    /**
     * Seals the next encoded rows. Gives the sealed bytes that are ready, possibly none.
     */
    write(rows: Uint8Array | number[]): Uint8Array;
    /**
     * Point additions that this set cost.
     */
    readonly changedSlots: number;
    /**
     * 128 bytes for each group that the set touches.
     */
    readonly headers: Uint8Array;
    /**
     * The encoded set.
     */
    readonly mask: Uint8Array;
}

/**
 * The digest of content that comes in parts.
 */
export class ContentHasher {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * The digest of all bytes so far.
     */
    finish(): Uint8Array;
    /**
     * Starts with no content.
     */
    constructor();
    /**
     * The next bytes.
     */
    update(part: Uint8Array | number[]): void;
}

export class JobSecrets {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Opens a claim and holds it against what the chain says of its node.
     */
    acceptClaim(jobId: bigint, round: number, message: Uint8Array | number[], price: bigint, nodeSlot: number, nodeBlsKey: Uint8Array | number[]): Claim;
    /**
     * Seals the secrets.
     */
    export(key: RecordKey): Uint8Array;
    /**
     * Opens what `export` sealed.
     */
    static import(key: RecordKey, record: Uint8Array | number[]): JobSecrets;
    /**
     * Opens a claim and checks that its sender has opened the vault.
     */
    openClaim(jobId: bigint, message: Uint8Array | number[]): Claim;
    /**
     * The epoch whose tags open the vault.
     */
    readonly epoch: bigint;
    /**
     * Digest of the vault: 32 bytes.
     */
    readonly vaultDigest: Uint8Array;
    /**
     * The vault, as it is posted.
     */
    readonly vault: Uint8Array;
}

export class PendingTags {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Takes a member's answer, in place of an earlier one. `member` counts from 1.
     */
    answer(member: number, answer: Uint8Array | number[]): void;
    /**
     * Seals what is needed to make the same request again.
     */
    export(key: RecordKey): Uint8Array;
    /**
     * Checks the answers and makes tags of the first valid ones. It can be called again after more answers.
     */
    finish(keys: ShareKeys): Tags;
    /**
     * Opens what `export` sealed: the same request, without answers.
     */
    static import(key: RecordKey, record: Uint8Array | number[]): PendingTags;
    /**
     * What every member is asked.
     */
    request(): Uint8Array;
    /**
     * The epoch whose keys are asked for.
     */
    readonly epoch: bigint;
}

export class Policy {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Blinds what the policy asks, for an epoch of the committee.
     */
    blind(epoch: bigint): PendingTags;
    /**
     * What it costs, and what is public of it.
     */
    explain(): Explanation;
    /**
     * Reads a policy's JSON.
     */
    static fromJson(json: string, schema: Schema): Policy;
    /**
     * The policy as JSON.
     */
    json(): string;
    /**
     * Reads a policy's text, like `vram >= 16 and region in (eu, ch)`.
     */
    static parse(text: string, schema: Schema): Policy;
    /**
     * The policy in the language of `parse`.
     */
    text(): string;
}

export class RecordKey {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * From 32 uniform bytes.
     */
    static fromBytes(bytes: Uint8Array | number[]): RecordKey;
    /**
     * From a signature that only the owner's wallet makes, and makes alike each time.
     */
    static fromSignature(signature: Uint8Array | number[]): RecordKey;
    /**
     * Opens what `seal` sealed under this label.
     */
    open(label: string, record: Uint8Array | number[]): Uint8Array;
    /**
     * Seals the page's own data.
     */
    seal(label: string, bytes: Uint8Array | number[]): Uint8Array;
}

export class ReferenceString {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Decodes a string, and compares it with the digest that the registry has.
     */
    constructor(bytes: Uint8Array | number[], digest: Uint8Array | number[]);
    /**
     * Slots of one group.
     */
    readonly slots: number;
}

export class RoundKey {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Seals the key.
     */
    export(key: RecordKey): Uint8Array;
    /**
     * Opens what `export` sealed.
     */
    static import(key: RecordKey, record: Uint8Array | number[]): RoundKey;
    /**
     * Opens the output of a worker: one number for each row. `digest` and `masked` are the worker's on chain.
     */
    openOutput(worker: string, digest: Uint8Array | number[], sealed: Uint8Array | number[], masked: Uint8Array | number[]): Float32Array;
    /**
     * Number of the job.
     */
    readonly jobId: bigint;
    /**
     * The round, from 1.
     */
    readonly round: number;
}

export class Schema {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * The attributes, in the order that numbers the slots.
     */
    attributes(): Attribute[];
    /**
     * The schema that networks start with.
     */
    static bithive(): Schema;
    /**
     * The schema as JSON.
     */
    json(): string;
    /**
     * Reads a schema's JSON.
     */
    static parse(json: string): Schema;
    /**
     * Every question, in order of its number.
     */
    slots(): Slot[];
    /**
     * SHA-256 of the schema: 32 bytes.
     */
    readonly digest: Uint8Array;
}

export class Sender {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Draws a key for a round of a job, for the nodes at these slots.
     */
    address(job: JobSecrets, jobId: bigint, round: number, slots: Uint16Array | number[]): Assignment;
    /**
     * Learns a node's key from its file, which is checked in full. Slot, commitment and digest are those of its registration.
     */
    learn(slot: number, commitment: Uint8Array | number[], digest: Uint8Array | number[], file: Uint8Array | number[]): void;
    /**
     * A sender that knows no node, in a registry of so many groups.
     */
    constructor(reference: ReferenceString, groups: number);
}

export class ShareKeys {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * The table of `epoch` as a member gave it, if at least `threshold` members have posted its digest. `posted`: 32 bytes each.
     */
    constructor(table: Uint8Array | number[], epoch: bigint, threshold: number, posted: Uint8Array | number[]);
    /**
     * The epoch that they are for.
     */
    readonly epoch: bigint;
    /**
     * Number of members.
     */
    readonly members: number;
}

export class Table {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * The features as the model's runtime reads them.
     */
    encode(): Uint8Array;
    /**
     * Reads a CSV file: UTF-8, commas, a header, numbers. A column `diagnosis` or `label` is no feature.
     */
    static fromCsv(csv: Uint8Array | number[]): Table;
    /**
     * 1 for each positive row and 0 for each negative one, if there was such a column.
     */
    labels(): Uint8Array | undefined;
    /**
     * The rows at these indices, from 0.
     */
    select(rows: Uint32Array | number[]): Table;
    /**
     * Names of the feature columns.
     */
    readonly columns: string[];
    /**
     * Words of the masked result of these rows.
     */
    readonly dimensions: number;
    /**
     * Number of rows.
     */
    readonly rowCount: number;
}

export class Tags {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Seals the tags.
     */
    export(key: RecordKey): Uint8Array;
    /**
     * Opens what `export` sealed.
     */
    static import(key: RecordKey, record: Uint8Array | number[]): Tags;
    /**
     * Seals a policy: a vault that opens as `requester`'s in the market `jobs` of `chainId`. Claims are sent to `endpoint`, 32 bytes.
     */
    seal(policy: Policy, chainId: string, jobs: string, requester: string, endpoint: Uint8Array | number[]): JobSecrets;
    /**
     * The epoch in which they are valid.
     */
    readonly epoch: bigint;
    /**
     * Answers that were left out.
     */
    readonly faults: Fault[];
}

/**
 * Adds up the consents of the chosen claims, 96 bytes each.
 */
export function aggregateConsents(consents: Uint8Array | number[]): Uint8Array;

/**
 * Which masked results of a round agree, as bits: the largest set that is pairwise within the tolerance. They lie one behind the other,
 * each of `length` bytes.
 */
export function agreeing(results: Uint8Array | number[], length: number, tolerance: number): number;

/**
 * The name of content: its BLAKE3 digest, 32 bytes.
 */
export function contentDigest(bytes: Uint8Array | number[]): Uint8Array;

/**
 * A bug is reported by its place in the source. Its message could hold data, so nobody sees it.
 */
export function start(): void;

/**
 * Verifies one aggregate signature over one statement, or over those of a batch.
 */
export function verifyAttestation(statements: Statement[], signature: Uint8Array | number[]): void;

/**
 * The module's version.
 */
export function version(): string;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_assignment_free: (a: number, b: number) => void;
    readonly __wbg_contenthasher_free: (a: number, b: number) => void;
    readonly __wbg_jobsecrets_free: (a: number, b: number) => void;
    readonly __wbg_pendingtags_free: (a: number, b: number) => void;
    readonly __wbg_policy_free: (a: number, b: number) => void;
    readonly __wbg_recordkey_free: (a: number, b: number) => void;
    readonly __wbg_referencestring_free: (a: number, b: number) => void;
    readonly __wbg_roundkey_free: (a: number, b: number) => void;
    readonly __wbg_schema_free: (a: number, b: number) => void;
    readonly __wbg_sender_free: (a: number, b: number) => void;
    readonly __wbg_sharekeys_free: (a: number, b: number) => void;
    readonly __wbg_table_free: (a: number, b: number) => void;
    readonly __wbg_tags_free: (a: number, b: number) => void;
    readonly aggregateConsents: (a: number, b: number) => [number, number, number, number];
    readonly agreeing: (a: number, b: number, c: number, d: number) => [number, number, number];
    readonly assignment_changedSlots: (a: number) => number;
    readonly assignment_finish: (a: number) => [number, number, number];
    readonly assignment_headers: (a: number) => [number, number];
    readonly assignment_mask: (a: number) => [number, number];
    readonly assignment_roundKey: (a: number) => number;
    readonly assignment_write: (a: number, b: number, c: number) => [number, number, number, number];
    readonly contentDigest: (a: number, b: number) => [number, number];
    readonly contenthasher_finish: (a: number) => [number, number];
    readonly contenthasher_new: () => number;
    readonly contenthasher_update: (a: number, b: number, c: number) => void;
    readonly jobsecrets_acceptClaim: (a: number, b: bigint, c: number, d: number, e: number, f: bigint, g: bigint, h: number, i: number, j: number) => [number, number, number];
    readonly jobsecrets_epoch: (a: number) => bigint;
    readonly jobsecrets_export: (a: number, b: number) => [number, number, number, number];
    readonly jobsecrets_import: (a: number, b: number, c: number) => [number, number, number];
    readonly jobsecrets_openClaim: (a: number, b: bigint, c: number, d: number) => [number, number, number];
    readonly jobsecrets_vault: (a: number) => [number, number];
    readonly jobsecrets_vaultDigest: (a: number) => [number, number];
    readonly pendingtags_answer: (a: number, b: number, c: number, d: number) => [number, number];
    readonly pendingtags_epoch: (a: number) => bigint;
    readonly pendingtags_export: (a: number, b: number) => [number, number, number, number];
    readonly pendingtags_finish: (a: number, b: number) => [number, number, number];
    readonly pendingtags_import: (a: number, b: number, c: number) => [number, number, number];
    readonly pendingtags_request: (a: number) => [number, number];
    readonly policy_blind: (a: number, b: bigint) => [number, number, number];
    readonly policy_explain: (a: number) => any;
    readonly policy_fromJson: (a: number, b: number, c: number) => [number, number, number];
    readonly policy_json: (a: number) => [number, number, number, number];
    readonly policy_parse: (a: number, b: number, c: number) => [number, number, number];
    readonly policy_text: (a: number) => [number, number];
    readonly recordkey_fromBytes: (a: number, b: number) => [number, number, number];
    readonly recordkey_fromSignature: (a: number, b: number) => [number, number, number];
    readonly recordkey_open: (a: number, b: number, c: number, d: number, e: number) => [number, number, number];
    readonly recordkey_seal: (a: number, b: number, c: number, d: number, e: number) => [number, number, number, number];
    readonly referencestring_new: (a: number, b: number, c: number, d: number) => [number, number, number];
    readonly referencestring_slots: (a: number) => number;
    readonly roundkey_export: (a: number, b: number) => [number, number, number, number];
    readonly roundkey_import: (a: number, b: number, c: number) => [number, number, number];
    readonly roundkey_jobId: (a: number) => bigint;
    readonly roundkey_openOutput: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => [number, number, number];
    readonly roundkey_round: (a: number) => number;
    readonly schema_attributes: (a: number) => any;
    readonly schema_bithive: () => number;
    readonly schema_digest: (a: number) => [number, number];
    readonly schema_json: (a: number) => [number, number, number, number];
    readonly schema_parse: (a: number, b: number) => [number, number, number];
    readonly schema_slots: (a: number) => any;
    readonly sender_address: (a: number, b: number, c: bigint, d: number, e: number, f: number) => [number, number, number];
    readonly sender_learn: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number];
    readonly sender_new: (a: number, b: number) => [number, number, number];
    readonly sharekeys_epoch: (a: number) => bigint;
    readonly sharekeys_members: (a: number) => number;
    readonly sharekeys_new: (a: number, b: number, c: bigint, d: number, e: number, f: number) => [number, number, number];
    readonly start: () => void;
    readonly table_columns: (a: number) => [number, number];
    readonly table_dimensions: (a: number) => number;
    readonly table_encode: (a: number) => [number, number];
    readonly table_fromCsv: (a: number, b: number) => [number, number, number];
    readonly table_labels: (a: number) => [number, number];
    readonly table_rowCount: (a: number) => number;
    readonly table_select: (a: number, b: number, c: number) => [number, number, number];
    readonly tags_epoch: (a: number) => bigint;
    readonly tags_export: (a: number, b: number) => [number, number, number, number];
    readonly tags_faults: (a: number) => any;
    readonly tags_import: (a: number, b: number, c: number) => [number, number, number];
    readonly tags_seal: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => [number, number, number];
    readonly verifyAttestation: (a: number, b: number, c: number, d: number) => [number, number];
    readonly version: () => [number, number];
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __wbindgen_exn_store: (a: number) => void;
    readonly __externref_table_alloc: () => number;
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __externref_table_dealloc: (a: number) => void;
    readonly __externref_drop_slice: (a: number, b: number) => void;
    readonly __wbindgen_start: () => void;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * Instantiates the given `module`, which can either be bytes or
 * a precompiled `WebAssembly.Module`.
 *
 * @param {{ module: SyncInitInput }} module - Passing `SyncInitInput` directly is deprecated.
 *
 * @returns {InitOutput}
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;

/**
 * If `module_or_path` is {RequestInfo} or {URL}, makes a request and
 * for everything else, calls `WebAssembly.instantiate` directly.
 *
 * @param {{ module_or_path: InitInput | Promise<InitInput> }} module_or_path - Passing `InitInput` directly is deprecated.
 *
 * @returns {Promise<InitOutput>}
 */
export default function __wbg_init (module_or_path: { module_or_path: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>): Promise<InitOutput>;
