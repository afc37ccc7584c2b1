/** What there is to decide: settings that owners have announced, rewards that wait for approvals, and the committee's election. */

import { parseJson, readValue, type Message, type SmartQuery } from "@bithive/client";
import { responses, type ProposalResponse, type Role, type SettingResponse } from "@bithive/client/contracts/rewards";
import type { CandidatesResponse, CommitteeResponse } from "@bithive/client/contracts/registry";

import { toRegistry } from "./messages";

/** Contracts with an owner whose settings take effect after a delay (`bithive_api::delay`). The market's owner is that of the registry. */
const DELAYED = ["attestations", "emissions", "ics20", "jobs", "meter", "registry", "rewards", "staking", "timebank", "treasury"];
/** Those with an owner beside them. */
const OWNED = ["models"];

/** A contract that somebody governs. */
export interface Governed {
  name: string;
  address: string;
  /** Who sends its settings; nothing where the contract does not say. */
  owner?: string | undefined;
  /** Who was proposed to own it next. */
  pending?: string | undefined;
  isPaused: boolean;
  /** Settings that were announced and have no effect yet. */
  settings: SettingResponse[];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Contracts of a network that are governed, by name. */
export async function governed(chain: SmartQuery, contracts: Readonly<Record<string, string>>): Promise<Governed[]> {
  const one = async (name: string, address: string): Promise<Governed> => {
    const [config, settings] = await Promise.all([
      // Every contract has `owner` and the like in its configuration, among other things that differ.
      chain.smart(address, '{"config":{}}').then((bytes) => parseJson(bytes) as Record<string, unknown> | null),
      OWNED.includes(name) ? [] : chain.smart(address, '{"settings":{}}').then((bytes) => readValue(responses.settings, `${name}.settings`, bytes)),
    ]);
    return { name, address, owner: textOf(config?.["owner"]), pending: textOf(config?.["pending_owner"]), isPaused: config?.["paused"] === true, settings };
  };
  const found = await Promise.all([...DELAYED, ...OWNED].sort().flatMap((name) => {
    const address = contracts[name];
    return address === undefined ? [] : [one(name, address)];
  }));
  const registry = found.find(({ name }) => name === "registry")?.owner;
  return found.map((contract) => (contract.name === "jobs" ? { ...contract, owner: registry } : contract));
}

/** Name and content of a setting's message, as text: whoever owns the contract wrote it. */
export function settingText(message: Uint8Array): { name: string; content: string } {
  const text = new TextDecoder().decode(message).slice(0, 4_096);
  const [, name = "", content = ""] = /^\s*\{\s*"(\w{1,64})"\s*:\s*([^]*?)\}\s*$/.exec(text) ?? [];
  return name === "" ? { name: "?", content: text } : { name, content };
}

/** Where a setting is: announced, to be applied by anybody, or void. */
export function settingState({ effective_at: from, void_at: end }: Pick<SettingResponse, "effective_at" | "void_at">, now: bigint): "announced" | "due" | "void" {
  return now < from ? "announced" : now < end ? "due" : "void";
}

/** Whether an account with a role may approve a reward: each role once, and nobody for themselves. */
export function mayApprove({ approvals, patient }: ProposalResponse, account: string, role: Role | null): boolean {
  return role !== null && patient !== account && approvals.every((one) => one.role !== role && one.party !== account);
}

/** Whether anybody can have the next committee elected: once in an epoch, in its first half. */
export function canElect({ election, elected }: CandidatesResponse, { epoch }: CommitteeResponse, epochSeconds: bigint, now: bigint): boolean {
  return election !== undefined && election !== null && (elected ?? 0n) <= epoch && now % epochSeconds < epochSeconds / 2n;
}

/** Messages that every governed contract has in one form. */
export function decide(sender: string, contract: string, what: { apply_setting: { id: bigint } } | { cancel_setting: { id: bigint } } | { accept_ownership: object }): Message[] {
  return [toRegistry(sender, contract, what as Parameters<typeof toRegistry>[2])];
}
