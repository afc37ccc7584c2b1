/** Lists of contracts, read page by page. */

import { list, readValue, writeJson, type Codec, type SmartQuery } from "@bithive/client";
import { Queries as Jobs, type JobResponse } from "@bithive/client/contracts/jobs";
import { Queries as Registry, type NodeResponse } from "@bithive/client/contracts/registry";
import { Queries as Rewards, type ProposalResponse } from "@bithive/client/contracts/rewards";
import {
  delegationResponse, unbondingResponse, type DelegationResponse, type QueryMsg as StakingQuery, type UnbondingResponse,
} from "@bithive/client/contracts/staking";
import { balanceResponse, type QueryMsg as TokenQuery } from "@bithive/client/contracts/token";
import { positionsResponse, type PositionResponse, type QueryMsg as VestingQuery } from "@bithive/client/contracts/vesting";

const NODES_PAGE = 100;
const JOBS_PAGE = 10n;
const REWARDS_PAGE = 30;
/** Pages of a list that nobody can read whole: the rest is left out, and said to be. */
const MOST_PAGES = 20;

/** Asks a contract without the client's class for it, which has the codecs of all that it answers: for those that few pages ask. */
export function askFor<Query extends object>(chain: SmartQuery, address: string) {
  return async <T>(query: Query, response: Codec<T>): Promise<T> =>
    readValue(response, Object.keys(query).join(), await chain.smart(address, writeJson(query)));
}

/** A list, and whether it is all of it. */
export interface List<T> {
  entries: T[];
  complete: boolean;
}

/** A list, `size` entries of it at a time; `last` is the last one that is known. */
export async function pages<T>(size: number, ask: (last: T | undefined) => Promise<T[]>): Promise<List<T>> {
  const entries: T[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const next = await ask(entries.at(-1));
    entries.push(...next);
    if (next.length < size) {
      return { entries, complete: true };
    }
  }
  return { entries, complete: false };
}

/** Registered nodes by slot. */
export function nodes(chain: SmartQuery, registry: string): Promise<List<NodeResponse>> {
  const queries = new Registry(chain, registry);
  return pages(NODES_PAGE, (last) => queries.nodes({ limit: NODES_PAGE, start_after: last?.registration.slot ?? null }));
}

/** Rewards of patients that wait for approvals, by number. */
export function proposals(chain: SmartQuery, rewards: string): Promise<List<ProposalResponse>> {
  const queries = new Rewards(chain, rewards);
  return pages(REWARDS_PAGE, (last) => queries.proposals({ limit: REWARDS_PAGE, start_after: last?.id ?? null }));
}

/** What an account has of a token, in base units. */
export async function balanceOf(chain: SmartQuery, token: string, address: string): Promise<bigint> {
  return BigInt((await askFor<TokenQuery>(chain, token)({ balance: { address } }, balanceResponse)).balance);
}

/** The network's tokens: the name of each one's contract, and its ticker. */
export const TOKENS = [["token", "BTT"], ["btk", "BTK"], ["sky", "SKY"]] as const;

/** What an account has of each token, and of the chain's own coins. */
export async function balancesOf(chain: SmartQuery, coins: Promise<bigint>, contracts: Readonly<Record<string, string>>, owner: string): Promise<{ ticker: string; units: bigint }[]> {
  const tokens = TOKENS.map(async ([name, ticker]) => {
    const at = contracts[name];
    return at === undefined ? [] : [{ ticker, units: await balanceOf(chain, at, owner) }];
  });
  const [units, ...held] = await Promise.all([coins, ...tokens]);
  return [...held.flat(), { ticker: "BEE", units }];
}

/** The first stakes of an account, and the first that it has taken back. */
export function stakesOf(chain: SmartQuery, staking: string, delegator: string, limit: number): Promise<[DelegationResponse[], UnbondingResponse[]]> {
  const ask = askFor<StakingQuery>(chain, staking);
  return Promise.all([
    ask({ delegations: { delegator, limit } }, list(delegationResponse)), ask({ unbondings: { delegator, limit } }, list(unbondingResponse)),
  ]);
}

/** The first positions of an owner: tokens that become free with time. */
export async function positionsOf(chain: SmartQuery, vesting: string, owner: string, limit: number): Promise<PositionResponse[]> {
  return (await askFor<VestingQuery>(chain, vesting)({ positions: { owner, limit } }, positionsResponse)).positions;
}

/** The `count` jobs before job `before`, the latest first. Jobs are numbered from 1 without gaps. */
export async function jobsBefore(chain: SmartQuery, jobs: string, before: bigint, count: bigint): Promise<JobResponse[]> {
  const queries = new Jobs(chain, jobs);
  const first = before > count ? before - count : 1n;
  const asked: Promise<JobResponse[]>[] = [];
  for (let from = first; from < before; from += JOBS_PAGE) {
    const left = before - from;
    asked.push(queries.jobs({ start_after: from - 1n, limit: Number(left < JOBS_PAGE ? left : JOBS_PAGE) }));
  }
  return (await Promise.all(asked)).flat().reverse();
}

/** The latest jobs, the last one first, and how many there are in all. */
export async function latestJobs(chain: SmartQuery, jobs: string, count: bigint): Promise<{ jobs: JobResponse[]; total: bigint }> {
  const { jobs: total } = await new Jobs(chain, jobs).totals();
  return { jobs: await jobsBefore(chain, jobs, total + 1n, count), total };
}

/** What a node is able to do now. */
export type NodeState = "ready" | "leaving" | "short" | "malformed";

export function stateOf({ eligible, malformed, unbonding_until: until }: NodeResponse): NodeState {
  if (malformed) {
    return "malformed";
  }
  if (until !== undefined && until !== null) {
    return "leaving";
  }
  return eligible ? "ready" : "short";
}
