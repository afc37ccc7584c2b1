/** Streams: deposits that drain to one payee, by time or by signed vouchers (the contract `flows`). The arithmetic is that of `bithive_economics::flow`. */

import { list, nullable, uint128, type SmartQuery } from "@bithive/client";
import { flowResponse, type ExecuteMsg, type FlowResponse, type QueryMsg, type Terms } from "@bithive/client/contracts/flows";

import type { Asset } from "./assets";
import { askFor, pages, type List } from "./read";

const PAGE = 30;
/**
 * Most streams that one transaction settles in an asset: anybody can open streams of a unit for anybody, and taking must not cost more than it
 * brings. As `bithive wallet claim`.
 */
const MOST_STEPS = 16;
/** Latest end of a stream, in seconds from now: `limits::MAX_SECONDS`. */
export const MOST_SECONDS = 3_653n * 86_400n;

/** A stream at a time. Amounts in base units; `paid`, `due` and `left` are the deposit together. */
export interface Drained {
  deposit: bigint;
  /** What the payee was credited with. */
  paid: bigint;
  /** What it can be credited with at this time without a voucher. */
  due: bigint;
  /** What is neither: the payer's, if the stream were closed now. */
  left: bigint;
  /** The part of {@link left} that the step which runs is worth so far. It is due when the step ends, not before. */
  running: bigint;
  /** When the next unit is due, in Unix seconds; nothing after the last one, and of vouchers. */
  next: bigint | undefined;
  /** Whether anybody may finish it: nothing more becomes due. */
  isOver: boolean;
}

type Rate = Extract<Terms, { rate: unknown }>["rate"];

export function rateOf({ terms }: { terms: Terms }): Rate | undefined {
  return "rate" in terms ? terms.rate : undefined;
}

/** A stream at `now`, in Unix seconds of the chain's clock. */
export function drained(flow: FlowResponse, now: bigint): Drained {
  const [deposit, paid] = [BigInt(flow.deposit), BigInt(flow.paid)];
  const rate = rateOf(flow);
  if (rate === undefined) {
    return { deposit, paid, due: 0n, left: deposit - paid, running: 0n, next: undefined, isOver: now > flow.ends || paid === deposit };
  }
  const [amount, funded] = [BigInt(rate.amount), deposit / BigInt(rate.amount)];
  const gone = now > flow.start ? now - flow.start : 0n;
  const steps = gone / rate.step;
  const units = least(steps + rate.advance, funded);
  // The chain's clock may be behind what was paid by an answer of another height.
  const due = most(units * amount - paid, 0n);
  const isOver = units === funded;
  return {
    deposit, paid, due, left: deposit - paid - due, isOver,
    running: isOver ? 0n : (amount * (gone % rate.step)) / rate.step,
    next: isOver ? undefined : flow.start + (steps + 1n) * rate.step,
  };
}

/** What a stream by time would be: how many units its deposit has, what is left below one, and how many seconds from now the last is due. */
export function planned(deposit: bigint, amount: bigint, step: bigint, advance: bigint): { units: bigint; rest: bigint; seconds: bigint } {
  const units = deposit / amount;
  return { units, rest: deposit % amount, seconds: most(units - advance, 0n) * step };
}

const least = (one: bigint, other: bigint) => (one < other ? one : other);
const most = (one: bigint, other: bigint) => (one > other ? one : other);

/** Two assets are the same if their names are. */
export function nameOf(asset: Asset): string {
  return "native" in asset ? asset.native : asset.cw20;
}

/** The first streams that an account pays or is paid by, by number. */
export function flowsOf(chain: SmartQuery, flows: string, party: string): Promise<List<FlowResponse>> {
  const ask = askFor<QueryMsg>(chain, flows);
  return pages(PAGE, (last) => ask({ flows: { party, limit: PAGE, start_after: last?.id ?? null } }, list(flowResponse)));
}

/** A stream; null when there is none any more. */
export function flowAt(chain: SmartQuery, flows: string, id: bigint): Promise<FlowResponse | null> {
  return askFor<QueryMsg>(chain, flows)({ flow: { id } }, nullable(flowResponse));
}

/** What streams owe an account already, in each of `assets`. */
export function creditsOf(chain: SmartQuery, flows: string, account: string, assets: readonly Asset[]): Promise<[asset: Asset, units: bigint][]> {
  const ask = askFor<QueryMsg>(chain, flows);
  return Promise.all(assets.map(async (asset): Promise<[Asset, bigint]> => [asset, BigInt(await ask({ claimable: { account, asset } }, uint128))]));
}

/** What an account can take in an asset now, and the messages that take it. */
export interface Taking {
  asset: Asset;
  units: bigint;
  messages: ExecuteMsg[];
}

/** What `account` can take at `now`: what it is owed, what is due of streams by time to it, and what is left of its own by vouchers that have ended. */
export function takings(flows: readonly FlowResponse[], credits: readonly (readonly [Asset, bigint])[], account: string, now: bigint): Taking[] {
  return credits.flatMap(([asset, credit]) => {
    const steps = flows.filter((flow) => nameOf(flow.asset) === nameOf(asset)).flatMap((flow): [bigint, ExecuteMsg][] => {
      const { id, payee, payer } = flow;
      const { due, left, isOver } = drained(flow, now);
      if (payee === account) {
        return due > 0n ? [[due, { settle: { id } }]] : [];
      }
      return payer === account && rateOf(flow) === undefined && isOver && left > 0n ? [[left, { finish: { id } }]] : [];
    }).sort(([one], [other]) => Number(other > one) - Number(other < one)).slice(0, MOST_STEPS);
    const units = steps.reduce((sum, [amount]) => sum + amount, credit);
    return units === 0n ? [] : [{ asset, units, messages: [...steps.map(([, message]) => message), { withdraw: { asset } }] }];
  });
}

/** Why an amount can't be added to a stream by `account`. */
export function faultOfTopUp(flow: FlowResponse, units: bigint, account: string, now: bigint): "part" | "closing" | "long" | undefined {
  const rate = rateOf(flow);
  if (rate === undefined) {
    return flow.closing || now > flow.ends ? "closing" : undefined;
  }
  if (account !== flow.payer && units % BigInt(rate.amount) !== 0n) {
    return "part";
  }
  // One that has drained begins anew, without an advance.
  const { isOver, left } = drained(flow, now);
  const [deposit, start, advance] = isOver ? [left + units, now, 0n] : [BigInt(flow.deposit) + units, flow.start, rate.advance];
  return start + planned(deposit, BigInt(rate.amount), rate.step, advance).seconds > now + MOST_SECONDS ? "long" : undefined;
}

/** The deposit as a bar that drains from the left. */
export function barsOf({ paid, due, running, left }: Drained): { units: bigint; state: string }[] {
  return [{ units: paid, state: "second" }, { units: due, state: "fourth" }, { units: running, state: "third" }, { units: left - running, state: "first" }];
}

/** The same for each asset, whatever contracts owe it. */
export function sumsOf(all: readonly Taking[]): { asset: Asset; units: bigint }[] {
  const sums = new Map<string, { asset: Asset; units: bigint }>();
  for (const { asset, units } of all) {
    sums.set(nameOf(asset), { asset, units: units + (sums.get(nameOf(asset))?.units ?? 0n) });
  }
  return [...sums.values()];
}
