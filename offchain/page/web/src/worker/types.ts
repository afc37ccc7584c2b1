/** What crosses between page and worker. Keys and tags never do. */

/** An attribute that a policy can ask for. */
export type Attribute =
  | { kind: "ordered"; name: string; thresholds: bigint[] }
  | { kind: "categorical"; name: string; values: string[] }
  | { kind: "set"; name: string; members: string[] }
  | { kind: "vector"; name: string };

/** What a policy costs and shows. */
export interface Explained {
  /** In the language of policies. */
  text: string;
  leaves: number;
  evaluations: number;
  vaultBytes: number;
  /** What everybody learns: which attributes are asked about. */
  attributes: string[];
}

/** What is known of a table of rows. */
export interface TableFacts {
  columns: string[];
  rows: number;
  /** Words of the masked result. */
  dimensions: number;
}

/** The market and account that jobs belong to. */
export interface Scope {
  chain: string;
  jobs: string;
  account: string;
}

/** Where a job of this browser is. */
export interface OwnJob {
  id: string;
  /** `asking`: the committee has not answered; `sealed`: not known to be on chain; `posted`: job {@link jobId}. */
  stage: "asking" | "sealed" | "posted";
  /** Unix milliseconds. */
  created: number;
  jobId?: bigint;
  /** Policy and terms, as they were made. */
  plan: Plan;
  /** Epoch of its tags: later, no node opens the vault. */
  epoch: bigint;
  /** What is posted; public. */
  vault?: Uint8Array;
}

/** What the reader wants, in this browser only. */
export interface Plan {
  policy: string;
  workers: number;
  quorum: number;
  tolerance: number;
  /** Base units, decimal. */
  price: string;
  /** Seconds of each window. */
  window: number;
  dimensions: number;
  /** BLAKE3 of the model, hex. */
  model: string;
}

/** A claim whose sender has opened the vault, and agrees to job, round and price. */
export interface Claim {
  address: string;
  slot: number;
  ask: bigint;
  consent: Uint8Array;
}

/** A node's registered key, and the file that it is of. */
export interface NodeKey {
  slot: number;
  commitment: Uint8Array;
  digest: Uint8Array;
  file: Uint8Array;
}

/** An assignment but for what the chain is told by the page. */
export interface Sealed {
  mask: Uint8Array;
  headers: Uint8Array;
  payload: Uint8Array;
  inputCommitment: Uint8Array;
  consent: Uint8Array;
  /** What the nodes fetch. */
  content: Uint8Array<ArrayBuffer>;
}
