/** Data sets of an owner, and who has used them: on the chain that has them, by jobs of markets on other chains. */

import { list, nullable, type SmartQuery } from "@bithive/client";
import { attestationResponse, peer, type AttestationResponse, type QueryMsg as AttestationsQuery } from "@bithive/client/contracts/attestations";
import {
  datasetResponse, depositResponse, useResponse, type DatasetResponse, type DepositResponse, type QueryMsg, type Source,
} from "@bithive/client/contracts/datasets";

import { askFor, pages } from "./read";

const PAGE = 30;
/** How many of the latest attestations of a market are looked through: the contract lists no uses. */
export const LOOK = 60;

/** A use of a data set by a job: in escrow until it is attested, or recorded since it was. */
export interface Use {
  set: DatasetResponse;
  source: Source;
  job: bigint;
  paid: string;
  /** Who has paid, as long as that is in escrow. */
  by?: string;
  /** When it was recorded; while it is in escrow, until when. */
  at: bigint;
}

/** Everything about the data sets of `owner`. `complete`: whether all uses are in it. */
export async function datasetsOf(chain: SmartQuery, contracts: Readonly<Record<string, string>>, owner: string): Promise<{ sets: DatasetResponse[]; uses: Use[]; complete: boolean }> {
  const ask = askFor<QueryMsg>(chain, contracts["datasets"] ?? "");
  const [all, deposits] = await Promise.all([
    pages<DatasetResponse>(PAGE, (last) => ask({ datasets: { limit: PAGE, start_after: last?.id ?? null } }, list(datasetResponse))),
    pages<DepositResponse>(PAGE, (last) => ask({ deposits: { limit: PAGE, start_after: last?.id ?? null } }, list(depositResponse))),
  ]);
  const sets = all.entries.filter((one) => one.owner === owner);
  const waiting = deposits.entries.flatMap(({ purpose, amount, depositor }): Use[] => {
    const set = sets.find(({ id }) => id === purpose.dataset_id);
    return set === undefined ? [] : [{ set, source: purpose.source, job: purpose.job_id, paid: amount, by: depositor, at: purpose.deadline }];
  });
  const used = sets.filter(({ uses }) => uses > 0n);
  const at = contracts["attestations"];
  const recorded: Use[] = [];
  if (used.length > 0 && at !== undefined) {
    const attested = askFor<AttestationsQuery>(chain, at);
    const sources = (await attested({ peers: { limit: PAGE } }, list(peer))).flatMap(({ source }) => source ?? []);
    await Promise.all(sources.map(async (source) => {
      const { entries } = await pages<AttestationResponse>(PAGE, (last) =>
        attested({ attestations: { source, limit: PAGE, start_after: last?.job_id ?? null } }, list(attestationResponse)));
      await Promise.all(entries.slice(-LOOK).flatMap(({ job_id: job }) => used.map(async (set) => {
        const found = await ask({ use: { dataset_id: set.id, job_id: job, source } }, nullable(useResponse));
        if (found !== null) {
          recorded.push({ set, source, job, paid: found.paid, at: found.recorded_at });
        }
      })));
    }));
  }
  recorded.sort((one, other) => (one.at < other.at ? 1 : -1));
  const known = sets.reduce((sum, { uses }) => sum + uses, 0n);
  return { sets, uses: [...waiting, ...recorded], complete: all.complete && deposits.complete && BigInt(recorded.length) === known };
}
