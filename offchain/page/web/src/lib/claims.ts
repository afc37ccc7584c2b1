/**
 * Everything that an account can take, and the messages that take it: as `bithive wallet claimable` lists it, but for what streams,
 * agreements and listings owe once somebody has settled them, which their own page does, and coins that are not the chain's own. Rewards of
 * patients are paid when they are approved, so they are not in it.
 */

import { uint128, type Message, type SmartQuery } from "@bithive/client";
import {
  configResponse, contributorResponse, emissionResponse, type QueryMsg as EmissionsQuery,
} from "@bithive/client/contracts/emissions";
import type { QueryMsg as FlowsQuery } from "@bithive/client/contracts/flows";
import { Queries as Jobs } from "@bithive/client/contracts/jobs";
import type { QueryMsg as ModelsQuery } from "@bithive/client/contracts/models";
import { Queries as Registry } from "@bithive/client/contracts/registry";

import type { Key } from "./i18n";
import { toEmissions, toFlows, toJobs, toModels, toRegistry, toStaking, toVesting } from "./messages";
import { askFor, positionsOf, stakesOf } from "./read";

export type Source =
  | "job_market" | "registry_bond" | "models" | "vesting" | "emissions" | "emissions_application"
  | "emissions_foundation" | "emissions_infrastructure" | "staking_rewards" | "staking_unbonded" | "randomness" | Payments;
/** Contracts that keep what was paid as credits of each asset. */
type Payments = (typeof PAYMENTS)[number];
const PAYMENTS = ["flows", "escrow", "checkout", "listings"] as const;

export const SOURCES: Readonly<Record<Source, Key>> = {
  job_market: "source.job_market",
  registry_bond: "source.registry_bond",
  models: "source.models",
  vesting: "source.vesting",
  emissions: "source.emissions",
  emissions_application: "source.emissions_application",
  emissions_foundation: "source.emissions_foundation",
  emissions_infrastructure: "source.emissions_infrastructure",
  staking_rewards: "source.staking_rewards",
  staking_unbonded: "source.staking_unbonded",
  randomness: "source.randomness",
  flows: "source.flows",
  escrow: "source.escrow",
  checkout: "source.checkout",
  listings: "source.listings",
};

/** What an account can take from one place. */
export interface Claimable {
  source: Source;
  /** Which of it: the number of a position or an unbonding, the operator of a node. */
  what?: string;
  /** Ticker; the address of a token that is none of the three. */
  ticker: string;
  /** What can be taken now, in base units. */
  amount: bigint;
  /** What becomes due later, where the contract tells, and when the next part of it does, in Unix seconds. */
  later?: { amount: bigint; at: bigint } | undefined;
  /** Takes it. Other tokens have none: their transfer runs code of unknown origin, at any cost. */
  message?: Message | undefined;
}

/** All that an account can take. */
export interface Claimables {
  entries: Claimable[];
  /** Whether these are all: of very long lists, a page is read. */
  complete: boolean;
}

type Contracts = Readonly<Record<string, string>>;
/** What a list gives, and whether it ended there. */
type Part = { entries: Claimable[]; complete: boolean };

const PAGE = 30;
const DAY = 86_400n;

/** The tickers of a network's tokens by the addresses of their contracts. */
export function tickers(contracts: Contracts): ReadonlyMap<string, string> {
  const known = [[contracts["token"], "BTT"], [contracts["btk"], "BTK"], [contracts["sky"], "SKY"]] as const;
  return new Map(known.flatMap(([address, ticker]) => (address === undefined ? [] : [[address, ticker]])));
}

/**
 * Everything that `address` can take at `now`, in Unix seconds; `coin` is the denomination of the chain's own coin. Contracts that a network
 * lacks give nothing.
 */
export async function claimables(chain: SmartQuery, contracts: Contracts, coin: string, address: string, now: bigint): Promise<Claimables> {
  const parts = await Promise.all([
    ofJobs(chain, contracts["jobs"], address),
    ofRegistry(chain, contracts["registry"], address, now),
    ofOne(chain, "models", contracts["models"], address),
    ofVesting(chain, contracts, address),
    ofEmissions(chain, contracts["emissions"], address, now),
    ofStaking(chain, contracts["staking"], address, now),
    ofOne(chain, "randomness", contracts["randomness"], address),
    ofPayments(chain, contracts, coin, address),
  ]);
  const entries = parts.flatMap((part) => part.entries).filter(({ amount, later }) => amount > 0n || later !== undefined);
  return { entries, complete: parts.every((part) => part.complete) };
}

/** What can be taken now by message. */
export function isDue({ amount, message }: Claimable): boolean {
  return amount > 0n && message !== undefined;
}

/** Sums of what is due, by ticker. */
export function sums(entries: readonly Claimable[]): [ticker: string, amount: bigint][] {
  const all = new Map<string, bigint>();
  for (const entry of entries.filter(isDue)) {
    all.set(entry.ticker, (all.get(entry.ticker) ?? 0n) + entry.amount);
  }
  return [...all];
}

const NOTHING: Part = { entries: [], complete: true };

function whole(...entries: Claimable[]): Part {
  return { entries, complete: true };
}

async function ofJobs(chain: SmartQuery, at: string | undefined, address: string): Promise<Part> {
  if (at === undefined) {
    return NOTHING;
  }
  const amount = BigInt(await new Jobs(chain, at).claimable({ address }));
  return whole({ source: "job_market", ticker: "BTT", amount, message: toJobs(address, at, { withdraw: {} }) });
}

async function ofRegistry(chain: SmartQuery, at: string | undefined, address: string, now: bigint): Promise<Part> {
  if (at === undefined) {
    return NOTHING;
  }
  const registry = new Registry(chain, at);
  const [node, requester] = await Promise.all([registry.node({ address }), registry.requester({ address })]);
  const held = node ?? requester;
  const until = held?.unbonding_until;
  if (held === null || until === undefined || until === null) {
    return NOTHING;
  }
  const bond = BigInt(held.bond);
  const message = toRegistry(address, at, { withdraw_bond: { address } });
  return whole(now >= until
    ? { source: "registry_bond", ticker: "BTT", amount: bond, message }
    : { source: "registry_bond", ticker: "BTT", amount: 0n, later: { amount: bond, at: until } });
}

/** Of a contract that keeps credits in BTT alone; these two messages have the same form in each of them. */
async function ofOne(chain: SmartQuery, source: "models" | "randomness", at: string | undefined, account: string): Promise<Part> {
  if (at === undefined) {
    return NOTHING;
  }
  const amount = BigInt(await askFor<ModelsQuery>(chain, at)({ claimable: { account } }, uint128));
  return whole({ source, ticker: "BTT", amount, message: toModels(account, at, { withdraw: {} }) });
}

async function ofVesting(chain: SmartQuery, contracts: Contracts, owner: string): Promise<Part> {
  const at = contracts["vesting"];
  if (at === undefined) {
    return NOTHING;
  }
  const positions = await positionsOf(chain, at, owner, PAGE);
  const known = tickers(contracts);
  const entries = positions.map((position): Claimable => {
    const ticker = known.get(position.token);
    const rest = BigInt(position.total) - BigInt(position.claimed) - BigInt(position.due);
    const next = position.next ?? undefined;
    return {
      source: "vesting",
      what: position.id.toString(),
      ticker: ticker ?? position.token,
      amount: BigInt(position.due),
      later: rest > 0n && next !== undefined ? { amount: rest, at: next } : undefined,
      message: ticker === undefined ? undefined : toVesting(owner, at, { claim: { id: position.id } }),
    };
  });
  return { entries, complete: positions.length < PAGE };
}

async function ofEmissions(chain: SmartQuery, at: string | undefined, address: string, now: bigint): Promise<Part> {
  if (at === undefined) {
    return NOTHING;
  }
  const ask = askFor<EmissionsQuery>(chain, at);
  const [config, work, emission] = await Promise.all([
    ask({ config: {} }, configResponse), ask({ contributor: { address } }, contributorResponse), ask({ emission: {} }, emissionResponse),
  ]);
  const rest = BigInt(work.earned) - BigInt(work.claimed) - BigInt(work.due);
  // A part is due each day, counted from the start of the emission.
  const tomorrow = now < config.start ? config.start : config.start + ((now - config.start) / DAY + 1n) * DAY;
  const own: Claimable = {
    source: "emissions",
    ticker: "BTK",
    amount: BigInt(work.due),
    later: rest > 0n ? { amount: rest, at: tomorrow } : undefined,
    message: toEmissions(address, at, { claim: { contributor: address } }),
  };
  const buckets = (["application", "foundation", "infrastructure"] as const).filter((bucket) => config.recipients[bucket] === address);
  return whole(own, ...buckets.map((bucket): Claimable => ({
    source: `emissions_${bucket}`,
    ticker: "BTK",
    amount: BigInt(emission.due[bucket]),
    message: toEmissions(address, at, { release: { bucket } }),
  })));
}

async function ofStaking(chain: SmartQuery, at: string | undefined, delegator: string, now: bigint): Promise<Part> {
  if (at === undefined) {
    return NOTHING;
  }
  const [delegations, unbondings] = await stakesOf(chain, at, delegator, PAGE);
  const rewards = delegations.map(({ node, rewards: due }): Claimable => (
    { source: "staking_rewards", what: node, ticker: "BTK", amount: BigInt(due), message: toStaking(delegator, at, { claim_rewards: { delegator, node } }) }));
  const unbonded = unbondings.map(({ id, amount, until }): Claimable => (now >= until
    ? { source: "staking_unbonded", what: id.toString(), ticker: "BTK", amount: BigInt(amount), message: toStaking(delegator, at, { withdraw: { id } }) }
    : { source: "staking_unbonded", what: id.toString(), ticker: "BTK", amount: 0n, later: { amount: BigInt(amount), at: until } }));
  return { entries: [...rewards, ...unbonded], complete: delegations.length < PAGE && unbondings.length < PAGE };
}

async function ofPayments(chain: SmartQuery, contracts: Contracts, coin: string, account: string): Promise<Part> {
  const tokens = [...tickers(contracts)].map(([cw20, ticker]) => ({ ticker, asset: { cw20 } }));
  const assets = [...tokens, { ticker: "BEE", asset: { native: coin } }];
  const entries = PAYMENTS.flatMap((source) => {
    const at = contracts[source];
    return at === undefined ? [] : assets.map(async ({ ticker, asset }): Promise<Claimable> => {
      // These two messages have the same form in each of the contracts.
      const amount = BigInt(await askFor<FlowsQuery>(chain, at)({ claimable: { account, asset } }, uint128));
      return { source, ticker, amount, message: toFlows(account, at, { withdraw: { asset } }) };
    });
  });
  return whole(...await Promise.all(entries));
}
