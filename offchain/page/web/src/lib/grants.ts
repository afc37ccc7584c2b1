/** Consents that a subject has recorded, the jobs that used them, and emergencies in which its data was opened without one. */

import { fromHex, list, toHex, toUtf8, type SmartQuery } from "@bithive/client";
import {
  breakGlassResponse, consentResponse, type BreakGlassResponse, type ConsentResponse, type QueryMsg, type Reason, type Standing,
} from "@bithive/client/contracts/grants";
import { useResponse, type QueryMsg as JobsQuery, type UseResponse } from "@bithive/client/contracts/jobs";
import { sha256 } from "@noble/hashes/sha2.js";

import type { Key } from "./i18n";
import { askFor, pages } from "./read";

const PAGE = 30;
/** Before what a digest on the chain is of: `bithive_consent::grant::commitment`. */
const COMMITMENT = "BitHive 2026 consent commitment v1";

export const STANDINGS: Readonly<Record<Standing, Key>> = {
  live: "grant.live", unknown: "grant.unknown", revoked: "grant.revoked", expired: "grant.expired",
};

export const REASONS: Readonly<Record<Reason, Key>> = {
  btg: "reason.btg", etreat: "reason.etreat", ertreat: "reason.ertreat", disaster: "reason.disaster",
};

/** What a subject has recorded, and what was done by it. */
export interface Grants {
  consents: (ConsentResponse & { uses: UseResponse[] })[];
  /** The latest first. */
  emergencies: (BreakGlassResponse & { uses: UseResponse[] })[];
  /** Jobs that name data of the subject. */
  uses: UseResponse[];
  complete: boolean;
}

/** The digest, in hex, that a subject has recorded so that `reader` may use an opening, also in hex. */
export function commitment(opening: string, reader: string): string {
  return toHex(sha256(Uint8Array.of(...toUtf8(COMMITMENT), ...fromHex(opening), ...toUtf8(reader))));
}

/** Everything about the consents of `subject`. */
export async function grantsOf(chain: SmartQuery, contracts: Readonly<Record<string, string>>, subject: string): Promise<Grants> {
  const [ask, market] = [askFor<QueryMsg>(chain, contracts["grants"] ?? ""), contracts["jobs"]];
  const [consents, emergencies, uses] = await Promise.all([
    pages<ConsentResponse>(PAGE, (last) => ask({ consents: { subject, limit: PAGE, start_after: last?.digest ?? null } }, list(consentResponse))),
    pages<BreakGlassResponse>(PAGE, (last) => ask({ break_glass: { subject, limit: PAGE, start_after: last?.id ?? null } }, list(breakGlassResponse))),
    pages<UseResponse>(PAGE, async (last) => (market === undefined ? []
      : askFor<JobsQuery>(chain, market)({ uses: { subject, limit: PAGE, start_after: last?.job_id ?? null } }, list(useResponse)))),
  ]);
  const by = (named: (basis: UseResponse["bases"][number], reader: string) => boolean) =>
    uses.entries.filter(({ bases, requester }) => bases.some((basis) => named(basis, requester)));
  return {
    consents: consents.entries.map((one) => ({
      ...one, uses: by((basis, reader) => "consent" in basis && commitment(basis.consent.opening, reader) === one.digest),
    })),
    emergencies: emergencies.entries.reverse().map((one) => ({ ...one, uses: by((basis) => "break_glass" in basis && basis.break_glass.id === one.id) })),
    uses: uses.entries,
    complete: consents.complete && emergencies.complete && uses.complete,
  };
}
