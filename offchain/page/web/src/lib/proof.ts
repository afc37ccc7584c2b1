/** A settled job as statements that were signed: what `verifyAttestation` of packages/web takes. */

import { fromBase64, fromHex } from "@bithive/client";
import type { JobResponse } from "@bithive/client/contracts/jobs";

import { members } from "./job";

/** A final statement, who signed it, and how many had to. */
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

/** The statement of a settled job; what it lacks, if it has none. */
export function statementOf(chainId: string, jobs: string, job: JobResponse): Statement | "not_settled" | "incomplete" {
  const { outcome, assignment, workers, terms } = job;
  if (job.phase !== "settled" || !outcome || !assignment) {
    return "not_settled";
  }
  const representative = workers[outcome.representative];
  const signers = outcome.signers;
  if (!representative?.output || !representative.masked || signers === undefined || signers === null) {
    return "incomplete";
  }
  return {
    chainId,
    jobs,
    jobId: job.job_id,
    round: job.round,
    model: fromHex(terms.model),
    inputCommitment: fromHex(assignment.input_commitment),
    output: fromHex(representative.output),
    masked: fromBase64(representative.masked),
    workers: fromHex(workers.map(({ bls_key: key }) => key).join("")),
    members: outcome.quorum,
    signers,
    needed: terms.quorum,
  };
}

/** How many signed a statement. */
export function signerCount({ signers, workers }: Statement): number {
  return members(signers, workers.length / 48).length;
}
