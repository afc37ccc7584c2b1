/** The requester's steps between chain, committee, nodes and the worker with the secrets. */

import { ClientError, fromBase64, fromHex, toBase64, toHex, type Message, type SmartQuery } from "@bithive/client";
import { hooks as jobsHooks, Queries as Jobs, type JobResponse, type WorkerResponse } from "@bithive/client/contracts/jobs";
import { hooks as registryHooks, Queries as Registry, type NodeResponse } from "@bithive/client/contracts/registry";

import type { WorkerClient } from "../worker/client";
import type { Claim, NodeKey, OwnJob, Plan, Scope, Sealed } from "../worker/types";
import { ask, fetchBlob, inbox, publish, type Mail } from "./courier";
import { members } from "./job";
import { toJobs, toRegistry, toToken } from "./messages";
import { call } from "./server";

/** What is told while a step takes its time. */
export type Told = (step: "keys" | "evaluate" | "seal" | "learn" | "encrypt" | "upload" | "fetch" | "open", done: number, all: number) => void;

const MOST_KEY = 8 << 20;
const MOST_OUTPUT = 64 << 20;

/** The first byte says that the epoch's merged table is asked for; the epoch follows, big-endian. */
export function tableRequest(epoch: bigint): Uint8Array {
  const request = new Uint8Array(9);
  request[0] = 1;
  new DataView(request.buffer).setBigUint64(1, epoch);
  return request;
}

/** Number of the job that a claim is for: its first eight bytes. */
export function jobOfClaim(body: Uint8Array): bigint | undefined {
  return body.length < 8 ? undefined : new DataView(body.buffer, body.byteOffset, 8).getBigUint64(0);
}

/** Asks the committee to evaluate the blinded questions, and seals the vault with what it answers. */
export async function seal(
  worker: WorkerClient, chain: SmartQuery, registry: string, scope: Scope, endpoint: Uint8Array, job: { id: string; request: Uint8Array }, told: Told,
): Promise<OwnJob> {
  const queries = new Registry(chain, registry);
  const { epoch: asked } = await worker.call<{ epoch: bigint }>("again", job.id);
  const [committee, posts] = await Promise.all([queries.committee({ epoch: asked }), queries.shareKeys({ epoch: asked })]);
  const seats = committee.members.map(({ endpoint: to, address }, index) => ({ to, address, member: index + 1 }));
  const isMember = new Set(seats.map(({ address }) => address));
  const posted = posts.filter(({ address }) => isMember.has(address)).map(({ digest }) => digest);
  const all = seats.length;
  const gather = async <T>(step: "keys" | "evaluate", one: (seat: (typeof seats)[number]) => Promise<T>) => {
    let done = 0;
    told(step, done, all);
    const results = await Promise.allSettled(seats.map(async (seat) => {
      const result = await one(seat);
      told(step, (done += 1), all);
      return result;
    }));
    const given = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const [failed] = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
    if (given.length === 0) {
      throw failed ?? new ClientError({ kind: "invalid_input", field: "committee", reason: "this network has no committee members yet" });
    }
    return given;
  };
  const tables = await gather("keys", ({ to }) => ask(to, "bithive/share-keys/1", tableRequest(asked)));
  const answers = await gather("evaluate", async ({ to, member }) => ({ member, answer: await ask(to, "bithive/evaluate/1", job.request) }));
  told("seal", 0, 1);
  return worker.call<OwnJob>("seal", job.id, scope, endpoint, {
    epoch: asked, threshold: committee.threshold, posted: fromHex(posted.join("")), tables, answers,
  });
}

/** Registers an account as a requester behind this session's endpoint. */
export function registration(
  account: string, contracts: Readonly<Record<string, string>>, bond: string, own: { endpoint: string; relay: string | null },
): Message[] {
  const registry = contracts["registry"] ?? "";
  const register = toToken(account, contracts["token"] ?? "", {
    send: { contract: registry, amount: bond, msg: registryHooks.registerRequester({ endpoint: own.endpoint }) },
  });
  return own.relay === null ? [register] : [register, toRegistry(account, registry, { set_relay: { endpoint: own.endpoint, relay: own.relay } })];
}

/** Posts a sealed job with its escrow. `now` is the chain's time, in Unix seconds. */
export function posting(account: string, contracts: Readonly<Record<string, string>>, plan: Plan, vault: Uint8Array, now: bigint): Message[] {
  const window = BigInt(plan.window);
  const terms = {
    workers: plan.workers, quorum: plan.quorum, tolerance: plan.tolerance, dimensions: plan.dimensions, price: plan.price,
    assign_by: now + window, commit_seconds: window, reveal_seconds: window, finalize_seconds: window,
    model: plan.model, model_owner: null, data_owner: null,
  };
  return [toToken(account, contracts["token"] ?? "", {
    send: { contract: contracts["jobs"] ?? "", amount: escrowOf(plan).toString(), msg: jobsHooks.post({ vault: toBase64(vault), terms }) },
  })];
}

/** What is held for a job until it ends, in base units. */
export function escrowOf({ price, workers }: Pick<Plan, "price" | "workers">): bigint {
  return BigInt(price) * BigInt(workers);
}

/** The job that a vault was posted as, among the latest of an account: after a crash between signing and the answer. */
export async function findPosted(chain: SmartQuery, jobs: string, latest: readonly JobResponse[], account: string, vault: Uint8Array): Promise<bigint | undefined> {
  const queries = new Jobs(chain, jobs);
  const own = latest.filter(({ requester }) => requester === account);
  const vaults = await Promise.all(own.map(async ({ job_id: id }) => ({ id, vault: (await queries.vault({ job_id: id })).vault })));
  const text = toBase64(vault);
  return vaults.find((one) => one.vault === text)?.id;
}

/** A node that can be assigned: by its claim, or kept from the round that failed. */
export interface Usable extends Claim {
  node: NodeResponse;
  /** Of its claim; nothing for one that is kept, which has consented before. */
  receipt?: string;
}

/** Whether the rounds of a job are to be filled with workers now. */
export function isOpen({ phase }: JobResponse): boolean {
  return phase === "open" || phase === "disputed";
}

/**
 * Workers of a failed round that are worth keeping, for the rest of their asks: the most who agree among those who revealed and are not at
 * fault. Never all of a job's workers: the market asks for somebody new.
 */
async function worthKeeping(worker: WorkerClient, job: JobResponse): Promise<WorkerResponse[]> {
  const standing = job.workers.filter(({ remainder, masked }) => job.phase === "disputed" && remainder && masked);
  const bits = await worker.call<number>("agreeing", standing.map(({ masked }) => fromBase64(masked ?? "")), job.terms.tolerance);
  return members(bits, standing.length).flatMap((index) => standing[index] ?? []).slice(0, job.terms.workers - 1);
}

/** Who can be assigned in a job's next round: whom to keep, then by claims, the cheapest first. What can't be used is left out. */
export async function claims(worker: WorkerClient, chain: SmartQuery, contracts: Readonly<Record<string, string>>, own: OwnJob, job: JobResponse): Promise<Usable[]> {
  const [registry, market] = [new Registry(chain, contracts["registry"] ?? ""), new Jobs(chain, contracts["jobs"] ?? "")];
  const mail = (await inbox("bithive/claim/1")).filter(({ body }) => jobOfClaim(body) === job.job_id);
  const faulted = await worker.call<string[]>("faulted", own.id, job.workers.flatMap(({ address, barred }) => (barred ? [address] : [])));
  const config = await market.config();
  // The market refuses a whole assignment for one node that can't be bound.
  const bindable = async (address: string) => {
    const [node, open] = await Promise.all([registry.node({ address }), market.openRounds({ address })]);
    return node !== null && BigInt(node.bond) >= BigInt(config.slash_amount) * BigInt(open + 1) ? node : null;
  };
  const kept = await Promise.all((await worthKeeping(worker, job)).map(async ({ address, slot, remainder }): Promise<Usable[]> => {
    const node = await bindable(address);
    return node?.registration.slot !== slot ? [] : [{ address, slot, ask: BigInt(remainder ?? 0), consent: new Uint8Array(), node }];
  }));
  const read = async ({ from, body, receipt }: Mail): Promise<Usable[]> => {
    try {
      const { address } = await worker.call<Claim>("openClaim", own.id, job.job_id, body);
      const node = await bindable(address);
      const stands = job.workers.some((one) => one.address === address && one.remainder);
      if (node === null || !node.eligible || node.registration.endpoint !== from || stands || faulted.includes(address)) {
        return [];
      }
      const key = { slot: node.registration.slot, blsKey: fromHex(node.registration.bls_key) };
      const claim = await worker.call<Claim>("acceptClaim", own.id, job.job_id, job.round + 1, body, BigInt(job.terms.price), key);
      return [{ ...claim, node, receipt }];
    } catch (error) {
      // A claim that does not hold concerns nobody else; a chain that does not answer does.
      if (error instanceof ClientError) {
        throw error;
      }
      return [];
    }
  };
  const found = (await Promise.all(mail.map(read))).flat();
  const byNode = new Map(found.map((claim) => [claim.address, claim]));
  const cheapest = [...byNode.values()].sort((one, other) => (one.ask < other.ask ? -1 : one.ask > other.ask ? 1 : one.slot - other.slot));
  return [...kept.flat(), ...cheapest];
}

/** Whom to assign: first those who were chosen by hand, the last of them first, then the others in their order. */
export function choose<T extends { address: string }>(usable: readonly T[], preferred: readonly string[], workers: number): T[] {
  const first = preferred.flatMap((address) => usable.find((one) => one.address === address) ?? []);
  return [...new Set([...first, ...usable])].slice(0, workers);
}

/** What the escrow of a job lacks for these asks: failed rounds have paid halves of theirs. */
export function lacking({ escrow }: Pick<JobResponse, "escrow">, chosen: readonly Pick<Claim, "ask">[]): bigint {
  const missing = chosen.reduce((sum, { ask }) => sum + ask, 0n) - BigInt(escrow);
  return missing > 0n ? missing : 0n;
}

/** Encrypts for the chosen nodes, offers the content to them, and makes the messages that assign them, with what the escrow lacks. */
export async function assign(
  worker: WorkerClient, chain: SmartQuery, contracts: Readonly<Record<string, string>>, account: string, own: OwnJob, job: JobResponse, chosen: readonly Usable[], told: Told,
): Promise<Message[]> {
  const { crs_digest: digest, params } = await new Registry(chain, contracts["registry"] ?? "").config();
  const workers = [...chosen].sort((one, other) => one.slot - other.slot);
  let learned = 0;
  told("learn", learned, workers.length);
  const keys = await Promise.all(workers.map(async ({ slot, node: { registration } }): Promise<NodeKey> => {
    const key = fromHex(registration.dgkbe_key_digest);
    const file = await fetchBlob(key, [registration.endpoint], MOST_KEY);
    told("learn", (learned += 1), workers.length);
    return { slot, commitment: fromHex(registration.dgkbe_key), digest: key, file };
  }));
  told("encrypt", 0, 1);
  const bytes = new Uint8Array(await (await call("/reference-string", { timeout: 600_000 })).arrayBuffer());
  const reference = { bytes, digest: fromHex(digest), groups: params.groups };
  const round = job.round + 1;
  const sealed = await worker.call<Sealed>("assign", own.id, job.job_id, round, reference, keys, workers.flatMap(({ consent, receipt }) => (receipt === undefined ? [] : [consent])));
  told("upload", 0, 1);
  await publish(sealed.payload, sealed.content);
  const [market, missing] = [contracts["jobs"] ?? "", lacking(job, chosen)];
  const more = missing === 0n ? [] : [toToken(account, contracts["token"] ?? "", {
    send: { contract: market, amount: missing.toString(), msg: jobsHooks.addEscrow({ job_id: job.job_id }) },
  })];
  return [...more, toJobs(account, market, { assign: {
    job_id: job.job_id,
    assignment: {
      asks: workers.map(({ ask }) => ask.toString()),
      consent: toHex(sealed.consent),
      headers: toHex(sealed.headers),
      input_commitment: toHex(sealed.inputCommitment),
      mask: toBase64(sealed.mask),
      payload: toHex(sealed.payload),
    },
  } })];
}

/** The output of a settled job: of the representative, or else of the next member of the quorum whose copy holds. */
export async function output(worker: WorkerClient, chain: SmartQuery, contracts: Readonly<Record<string, string>>, own: OwnJob, job: JobResponse, told: Told): Promise<{ values: Float32Array; worker: string }> {
  const registry = new Registry(chain, contracts["registry"] ?? "");
  const { outcome, assignment } = job;
  if (!outcome || !assignment) {
    throw new ClientError({ kind: "invalid_input", field: "job", reason: "it is not settled" });
  }
  const first = job.workers[outcome.representative];
  const quorum = [first, ...job.workers.filter((one) => one.in_quorum === true && one !== first)].flatMap((one) => (one === undefined ? [] : [one]));
  const nodes = await Promise.all(quorum.map(({ address }) => registry.node({ address })));
  const endpoints = nodes.flatMap((node) => (node === null ? [] : [node.registration.endpoint]));
  let last: unknown;
  for (const [index, member] of quorum.entries()) {
    told("fetch", index, quorum.length);
    try {
      const digest = fromHex(member.output ?? "");
      const content = await fetchBlob(digest, endpoints, MOST_OUTPUT);
      told("open", index, quorum.length);
      const shown = { address: member.address, digest, masked: fromBase64(member.masked ?? "") };
      return { values: await worker.call<Float32Array>("openOutput", own.id, job.round, fromHex(assignment.payload), shown, content), worker: member.address };
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
