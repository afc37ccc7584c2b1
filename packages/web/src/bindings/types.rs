//! Types of plain objects, for TypeScript.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
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
"#;
