/** Agreements whose money waits for a condition (the contract `escrow`), and who may do what with one now. */

import { list, nullable, type SmartQuery } from "@bithive/client";
import {
  agreementResponse, contributionResponse, type AgreementResponse, type ContributionResponse, type Phase, type QueryMsg,
} from "@bithive/client/contracts/escrow";

import type { Key } from "./i18n";
import { askFor, pages, type List } from "./read";

const PAGE = 30;
/** `limits::MAX_SUBMISSIONS`. */
const MOST_SUBMISSIONS = 3;

type KeysOf<T> = T extends unknown ? keyof T : never;
type PhaseName = KeysOf<Phase>;

export const PHASES: Readonly<Record<PhaseName, Key>> = {
  funding: "escrow.funding", active: "escrow.active", submitted: "escrow.submitted", voting: "escrow.voting",
  rejected: "escrow.rejected", disputed: "escrow.disputed", refunding: "escrow.refunding",
};

export type Step = "submit" | "approve" | "reject" | "dispute" | "advance" | "decline" | "refund";

export const STEPS: Readonly<Record<Step, Key>> = {
  submit: "escrow.do.submit", approve: "escrow.do.approve", reject: "escrow.do.reject", dispute: "escrow.do.dispute",
  advance: "escrow.do.advance", decline: "escrow.do.decline", refund: "escrow.do.refund",
};

/** What a step does that can't be undone. */
export const EFFECTS: Readonly<Partial<Record<Step, Key>>> = { approve: "escrow.effect.approve", decline: "escrow.effect.decline", advance: "escrow.effect.advance" };

export function phaseOf({ phase }: AgreementResponse): PhaseName {
  return Object.keys(phase)[0] as PhaseName;
}

/** The last second of a state, in Unix seconds; nothing of refunding, which has none. */
export function untilOf({ phase }: AgreementResponse): bigint | undefined {
  const [state] = Object.values(phase) as { until?: bigint }[];
  return state?.until;
}

/** What becomes of a milestone, by its number from 1. */
export function stateOf(agreement: AgreementResponse, milestone: number): Key {
  return milestone < agreement.milestone ? "escrow.released" : milestone === agreement.milestone ? PHASES[phaseOf(agreement)] : "escrow.later";
}

/** What `account` may do at `now`, by the contract's table of permissions; `contribution` is what it has put in. */
export function stepsOf(agreement: AgreementResponse, account: string, now: bigint, contribution: ContributionResponse | undefined): Step[] {
  const { approver, payees, opener, milestone } = agreement;
  const [phase, until] = [phaseOf(agreement), untilOf(agreement)];
  const is = (...names: PhaseName[]) => names.includes(phase);
  if (until !== undefined && now > until) {
    return ["advance"];
  }
  const steps: Step[] = [];
  const isPayee = payees.some(({ address }) => address === account);
  if (isPayee && is("active", "rejected") && !("preimage" in approver) && agreement.submissions < MOST_SUBMISSIONS) {
    steps.push("submit");
  }
  const speaks = "contributors" in approver && contribution !== undefined && contribution.voted !== milestone;
  const signs = "signers" in approver && approver.signers.signers.includes(account);
  const pays = "payer" in approver && opener === account;
  if ((pays && !is("refunding")) || (signs && is("active", "submitted")) || (speaks && is("submitted", "voting"))) {
    steps.push("approve");
  }
  if (((pays || signs) && is("submitted")) || (speaks && is("submitted", "voting"))) {
    steps.push("reject");
  }
  if (isPayee && is("rejected") && "payer" in approver && (approver.payer.arbiter ?? null) !== null) {
    steps.push("dispute");
  }
  if (payees[0]?.address === account && !is("refunding")) {
    steps.push("decline");
  }
  if (is("refunding") && BigInt(contribution?.refundable ?? 0) > 0n) {
    steps.push("refund");
  }
  return steps;
}

/** Whether an agreement stands still until `account` does something. */
export function waitsFor(agreement: AgreementResponse, account: string, now: bigint, contribution: ContributionResponse | undefined): boolean {
  const late = (untilOf(agreement) ?? now) < now;
  const steps = stepsOf(agreement, account, now, contribution);
  return !late && (steps.includes("submit") || steps.includes("reject") || steps.includes("refund") || rulesOn(agreement, account));
}

/** Whether the account decides a dispute that is open. */
export function rulesOn(agreement: AgreementResponse, account: string): boolean {
  return phaseOf(agreement) === "disputed" && "payer" in agreement.approver && agreement.approver.payer.arbiter === account;
}

/** The deposit as a bar: what was released, what is in question now, what comes later. */
export function barsOf({ milestones, milestone, left }: AgreementResponse): { units: bigint; state: string }[] {
  const whole = milestones.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  const now = milestone === 0 ? 0n : BigInt(milestones[milestone - 1]?.amount ?? 0);
  const waiting = BigInt(left);
  const present = now < waiting ? now : waiting;
  return [{ units: milestone === 0 ? 0n : whole - waiting, state: "second" }, { units: present, state: "fourth" }, { units: waiting - present, state: "first" }];
}

/** Agreements that an account is a party of or has contributed to, and what it has put in. */
export interface Agreements {
  agreements: List<AgreementResponse>;
  contributions: ContributionResponse[];
}

export async function agreementsOf(chain: SmartQuery, escrow: string, account: string): Promise<Agreements> {
  const ask = askFor<QueryMsg>(chain, escrow);
  const [own, contributions] = await Promise.all([
    pages<AgreementResponse>(PAGE, (last) => ask({ agreements: { party: account, limit: PAGE, start_after: last?.id ?? null } }, list(agreementResponse))),
    pages<ContributionResponse>(PAGE, (last) => ask({ contributions: { account, limit: PAGE, start_after: last?.id ?? null } }, list(contributionResponse))),
  ]);
  const others = contributions.entries.filter(({ id, open }) => open && own.entries.every((one) => one.id !== id));
  const found = await Promise.all(others.map(({ id }) => agreementAt(chain, escrow, id)));
  return {
    agreements: { entries: [...own.entries, ...found.filter((one) => one !== null)], complete: own.complete && contributions.complete },
    contributions: contributions.entries,
  };
}

/** An agreement; null when there is none any more. */
export function agreementAt(chain: SmartQuery, escrow: string, id: bigint): Promise<AgreementResponse | null> {
  return askFor<QueryMsg>(chain, escrow)({ agreement: { id } }, nullable(agreementResponse));
}

/** What an account has put into an agreement. */
export async function contributionTo(chain: SmartQuery, escrow: string, account: string, id: bigint): Promise<ContributionResponse | undefined> {
  const found = await askFor<QueryMsg>(chain, escrow)({ contributions: { account, limit: 1, start_after: id - 1n } }, list(contributionResponse));
  return found.find((one) => one.id === id);
}
