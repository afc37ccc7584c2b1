/** A job's life: seven stages, what each party sees in them, and where a job is. */

import type { JobResponse, Phase } from "@bithive/client/contracts/jobs";

import type { Key } from "./i18n";

/** Who looks. */
export type Party = "everybody" | "requester" | "chosen" | "others";

export const PARTIES: Readonly<Record<Party, Key>> = {
  everybody: "party.everybody",
  requester: "party.requester",
  chosen: "party.chosen",
  others: "party.others",
};

/** What a party sees in a stage, and what it does not. */
export interface View {
  party: Party;
  sees?: Key;
  hidden?: Key;
}

export interface Stage {
  name: Key;
  /** What happens in it. */
  about: Key;
  views: readonly View[];
}

/** The stages in their order. READMEs of blindmatch, dgkbe and attest state what each party can learn. */
export const LIFE: readonly Stage[] = [
  {
    name: "life.sealed", about: "life.sealed.about", views: [
      { party: "everybody", sees: "life.sealed.everybody.sees", hidden: "life.sealed.everybody.hidden" },
      { party: "requester", sees: "life.sealed.requester.sees", hidden: "life.sealed.requester.hidden" },
      { party: "chosen", hidden: "life.sealed.nodes.hidden" },
      { party: "others", hidden: "life.sealed.nodes.hidden" },
    ],
  },
  {
    name: "life.matched", about: "life.matched.about", views: [
      { party: "everybody", hidden: "life.matched.everybody.hidden" },
      { party: "requester", sees: "life.matched.requester.sees" },
      { party: "chosen", sees: "life.matched.chosen.sees", hidden: "life.matched.chosen.hidden" },
      { party: "others", sees: "life.matched.others.sees", hidden: "life.matched.others.hidden" },
    ],
  },
  {
    name: "life.assigned", about: "life.assigned.about", views: [
      { party: "everybody", sees: "life.assigned.everybody.sees", hidden: "life.assigned.everybody.hidden" },
      { party: "requester", sees: "life.assigned.requester.sees" },
      { party: "chosen", sees: "life.assigned.chosen.sees" },
      { party: "others", hidden: "life.assigned.others.hidden" },
    ],
  },
  {
    name: "life.committed", about: "life.committed.about", views: [
      { party: "everybody", sees: "life.committed.everybody.sees", hidden: "life.committed.everybody.hidden" },
      { party: "requester", hidden: "life.committed.requester.hidden" },
      { party: "chosen", sees: "life.committed.chosen.sees", hidden: "life.committed.chosen.hidden" },
      { party: "others", hidden: "life.committed.everybody.hidden" },
    ],
  },
  {
    name: "life.revealed", about: "life.revealed.about", views: [
      { party: "everybody", sees: "life.revealed.everybody.sees", hidden: "life.revealed.everybody.hidden" },
      { party: "requester", sees: "life.revealed.requester.sees" },
      { party: "chosen", sees: "life.revealed.chosen.sees" },
      { party: "others", hidden: "life.revealed.everybody.hidden" },
    ],
  },
  {
    name: "life.signed", about: "life.signed.about", views: [
      { party: "everybody", sees: "life.signed.everybody.sees", hidden: "life.revealed.everybody.hidden" },
      { party: "requester", sees: "life.signed.requester.sees" },
      { party: "chosen", sees: "life.signed.chosen.sees" },
      { party: "others", hidden: "life.revealed.everybody.hidden" },
    ],
  },
  {
    name: "life.settled", about: "life.settled.about", views: [
      { party: "everybody", sees: "life.settled.everybody.sees", hidden: "life.settled.everybody.hidden" },
      { party: "requester", sees: "life.settled.requester.sees" },
      { party: "chosen", sees: "life.settled.chosen.sees" },
      { party: "others", hidden: "life.settled.everybody.hidden" },
    ],
  },
];

/** Whether a stage is over, under way, still to come, or never comes. */
export type Progress = "done" | "now" | "later" | "never";

/** The stage that is under way in a phase: an index into {@link LIFE}, or its length when nothing is. */
const UNDER_WAY: Readonly<Record<Phase, number>> = {
  open: 1,
  assigned: 3,
  committed: 4,
  revealed: 5,
  settled: 7,
  refunded: 1,
  disputed: 1,
};

/** How far a job has come, stage by stage. A failed round begins again with the search for workers. */
export function progress(job: Pick<JobResponse, "phase" | "round">): Progress[] {
  const under = UNDER_WAY[job.phase];
  return LIFE.map((_, stage) => {
    if (job.phase === "refunded") {
      return stage === 0 ? "done" : "never";
    }
    return stage < under ? "done" : stage === under ? "now" : "later";
  });
}

/** Rounds after which a job that fails is refunded at once: `MAX_ROUNDS` of the market. */
export const MOST_ROUNDS = 3;

/** Whether anything can still happen to it. */
export function isFinal(phase: Phase): boolean {
  return phase === "settled" || phase === "refunded";
}

/** What a phase is called. */
export const PHASES: Readonly<Record<Phase, Key>> = {
  open: "phase.open",
  assigned: "phase.assigned",
  committed: "phase.committed",
  revealed: "phase.revealed",
  settled: "phase.settled",
  refunded: "phase.refunded",
  disputed: "phase.disputed",
};

/** What a worker of a round has to do now, if anything. */
export type Due = "commit" | "reveal" | "sign";

export function dueOf(job: JobResponse, address: string): Due | undefined {
  const worker = job.workers.find((one) => one.address === address);
  if (worker === undefined) {
    return undefined;
  }
  const missing = (value: unknown) => value === undefined || value === null;
  switch (job.phase) {
    case "assigned":
      return missing(worker.commitment) ? "commit" : undefined;
    case "committed":
      return missing(worker.masked) && !missing(worker.commitment) ? "reveal" : undefined;
    case "revealed":
      return worker.in_quorum === true && !worker.signed ? "sign" : undefined;
    default:
      return undefined;
  }
}

/** Members of a set of bits, as indices of workers. */
export function members(bits: number | null | undefined, count: number): number[] {
  return Array.from({ length: count }, (_, index) => index).filter((index) => ((bits ?? 0) >>> index) % 2 === 1);
}
