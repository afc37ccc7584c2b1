/** What pictures of payments show: a stream's deposit over time, an agreement's deadlines, a crowd's goal. Each has a table or a sentence beside it. */

import type { AgreementResponse } from "@bithive/client/contracts/escrow";
import type { FlowResponse } from "@bithive/client/contracts/flows";

import { phaseOf, untilOf } from "./agreements";
import type { Point } from "./emission";
import { drained, rateOf } from "./streams";

/** Most steps that are drawn as steps: more of them are a line. */
const MOST_STEPS = 60n;

/** What is left of a stream's deposit over its time, and at `now`; nothing of one by vouchers, which no time drains. */
export function drainOf(flow: FlowResponse, now: bigint): { points: Point[]; now: Point; most: bigint } | undefined {
  const rate = rateOf(flow);
  if (rate === undefined) {
    return undefined;
  }
  const deposit = BigInt(flow.deposit);
  const [amount, units] = [BigInt(rate.amount), deposit / BigInt(rate.amount)];
  const first = rate.advance < units ? rate.advance : units;
  const [steps, end] = [units - first, flow.start + (units - first) * rate.step];
  const at = now < flow.start ? flow.start : now > end ? end : now;
  const leftAfter = (step: bigint) => deposit - (first + step) * amount;
  const points: Point[] = [{ at: flow.start, amount: leftAfter(0n) }];
  for (let step = 1n; steps <= MOST_STEPS && step <= steps; step += 1n) {
    const time = flow.start + step * rate.step;
    points.push({ at: time, amount: leftAfter(step - 1n) }, { at: time, amount: leftAfter(step) });
  }
  if (steps > MOST_STEPS) {
    points.push({ at: end, amount: leftAfter(steps) });
  }
  return { points, now: { at, amount: drained(flow, at).left }, most: deposit };
}

/** A milestone on the line of an agreement. */
export interface Mark {
  milestone: number;
  /** Where it begins and ends, in per mille of the line, by the time that the terms give it. */
  from: number;
  to: number;
  state: "done" | "now" | "later";
  /** Unix seconds in which it is over at the latest, if no submission is repeated and no arbiter called; nothing of what is released, and while nothing has begun. */
  latest: bigint | undefined;
}

/** The milestones of an agreement in line, each as long as the time for its work and its review. */
export function timelineOf(agreement: AgreementResponse): Mark[] {
  const { milestones, milestone } = agreement;
  const whole = milestones.reduce((sum, { due, review }) => sum + due + review, 0n);
  const [phase, until] = [phaseOf(agreement), untilOf(agreement)];
  let [gone, latest] = [0n, until];
  return milestones.map(({ due, review }, index) => {
    const number = index + 1;
    const from = gone;
    gone += due + review;
    const state = number < milestone ? "done" : number === milestone ? "now" : "later";
    if (state === "now" && latest !== undefined) {
      latest += phase === "active" ? review : 0n;
    } else if (state === "later" && latest !== undefined) {
      latest += due + review;
    }
    return {
      milestone: number, state, from: share(from, whole), to: share(gone, whole), latest: state === "done" || phase === "refunding" ? undefined : latest,
    };
  });
}

/** What a crowd has put in beside its goal, as a bar; nothing where the opener pays. */
export function goalOf({ crowd }: AgreementResponse): { units: bigint; state: string }[] | undefined {
  if (!crowd) {
    return undefined;
  }
  const [goal, raised] = [BigInt(crowd.goal), BigInt(crowd.raised)];
  return [{ units: raised, state: "first" }, { units: goal > raised ? goal - raised : 0n, state: "rest" }];
}

function share(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number((part * 1_000n) / whole);
}
