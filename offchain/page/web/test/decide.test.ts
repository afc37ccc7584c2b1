import assert from "node:assert/strict";
import { test } from "node:test";

import { addressOf, type SmartQuery } from "@bithive/client";
import type { JobResponse, WorkerResponse } from "@bithive/client/contracts/jobs";
import type { CandidatesResponse, CommitteeResponse } from "@bithive/client/contracts/registry";
import type { ProposalResponse } from "@bithive/client/contracts/rewards";

import { canElect, governed, mayApprove, settingState, settingText } from "../src/lib/governance";
import { sentence, Stopped, troubleOf } from "../src/lib/problem";
import { choose, claims, isOpen, lacking } from "../src/lib/request";
import { linkTo, readRoute } from "../src/lib/route";
import type { WorkerClient } from "../src/worker/client";
import type { OwnJob } from "../src/worker/types";

const address = (seed: number) => addressOf(Uint8Array.from({ length: 33 }, (_, index) => index + seed));
const utf8 = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

test("a setting is applied from its time on, and void from its end on", () => {
  const setting = { effective_at: 100n, void_at: 200n };
  assert.deepEqual([99n, 100n, 199n, 200n].map((now) => settingState(setting, now)), ["announced", "due", "due", "void"]);
});

test("a setting has a name and its content as text, whatever its owner has written", () => {
  assert.deepEqual(settingText(utf8({ spend: { purpose: "<script>", amount: "5" } })), { name: "spend", content: '{"purpose":"<script>","amount":"5"}' });
  for (const bad of ["", "[1]", '{"<b>":1}', "\u0000", "x".repeat(9_000)]) {
    const { name, content } = settingText(new TextEncoder().encode(bad));
    assert.equal(name, "?");
    assert.ok(content.length <= 4_096);
  }
});

test("each role approves once, and nobody for themselves", () => {
  const proposal = { patient: "p", approvals: [{ party: "a", role: "clinician" }] } as ProposalResponse;
  assert.ok(mayApprove(proposal, "b", "insurer"));
  assert.ok(!mayApprove(proposal, "b", "clinician"), "the role has voted");
  assert.ok(!mayApprove(proposal, "a", "auditor"), "the account has voted");
  assert.ok(!mayApprove(proposal, "p", "insurer"), "the patient");
  assert.ok(!mayApprove(proposal, "b", null));
});

test("a committee is elected once in an epoch, in its first half, where elections are held", () => {
  const held = { candidates: [], election: { max_terms: 1, seats: 3, threshold: 2 }, elected: null } as unknown as CandidatesResponse;
  const committee = { epoch: 7n } as CommitteeResponse;
  assert.ok(canElect(held, committee, 100n, 749n));
  assert.ok(!canElect(held, committee, 100n, 750n), "the second half");
  assert.ok(!canElect({ ...held, elected: 8n }, committee, 100n, 701n), "the next one is elected");
  assert.ok(!canElect({ ...held, election: null }, committee, 100n, 701n));
});

test("contracts are governed by their owners, and the market by that of the registry", async () => {
  const [jobs, registry, treasury] = [address(1), address(2), address(3)];
  const setting = { id: 1, message: "e30=", effective_at: 5, void_at: 6 };
  const chain: SmartQuery = {
    async smart(at, query) {
      const config = { [jobs]: { registry }, [registry]: { owner: "o", pending_owner: null }, [treasury]: { owner: "t", pending_owner: "n", paused: true } }[at];
      return utf8(query.includes("settings") ? (at === treasury ? [setting] : []) : config);
    },
  };
  const found = await governed(chain, { jobs, registry, treasury, vesting: address(4) });
  assert.deepEqual(found.map(({ name, owner, pending, isPaused, settings }) => [name, owner, pending, isPaused, settings.length]), [
    ["jobs", "o", undefined, false, 0], ["registry", "o", undefined, false, 0], ["treasury", "t", "n", true, 1],
  ]);
  assert.equal(linkTo({ page: "governance" }), "#/governance");
  assert.deepEqual(readRoute("#/governance"), { page: "governance" });
});

test("what the page stops has words of its own, and has spent nothing", () => {
  assert.deepEqual(troubleOf(new Stopped("request.twice", "request.twice.do")), {
    what: { key: "request.twice" }, remedy: { key: "request.twice.do" }, spent: "nothing", detail: "request.twice",
  });
});

test("an escrow that failed rounds have used lacks what the asks exceed it by", () => {
  assert.equal(lacking({ escrow: "30" }, [{ ask: 10n }, { ask: 20n }]), 0n);
  assert.equal(lacking({ escrow: "29" }, [{ ask: 10n }, { ask: 20n }]), 1n);
  const [a, b, c] = [{ address: "a" }, { address: "b" }, { address: "c" }];
  assert.deepEqual(choose([a, b, c], [], 2), [a, b]);
  assert.deepEqual(choose([a, b, c], ["c"], 2), [c, a]);
  // The last one that was chosen is taken; who is not there any more is not.
  assert.deepEqual(choose([a, b, c], ["c", "gone", "b", "a"], 2), [c, b]);
});

test("after a failed round who agrees is kept for the rest, who was at fault is left out", async () => {
  const [market, registry] = [address(1), address(2)];
  const [kept, lone, faulty, late, fresh] = [3, 4, 5, 6, 7].map(address) as [string, string, string, string, string];
  const worker = (at: string, slot: number, more: object) => ({ address: at, slot, ask: "10", barred: false, bls_key: "", signed: false, ...more }) as WorkerResponse;
  const job = {
    job_id: 7n, phase: "disputed", round: 1, escrow: "30", terms: { workers: 3, tolerance: 2, price: "20" },
    workers: [worker(kept, 1, { remainder: "5", masked: "AAAAAA==" }), worker(lone, 2, { remainder: "5", masked: "/////w==" }), worker(faulty, 3, { barred: true })],
  } as unknown as JobResponse;
  assert.ok(isOpen(job) && !isOpen({ ...job, phase: "assigned" }));
  const body = new Uint8Array(16);
  new DataView(body.buffer).setBigUint64(0, 7n);
  const senders = [faulty, late, fresh, kept];
  const real = globalThis.fetch;
  globalThis.fetch = async () => new Response(JSON.stringify({ messages: senders.map((from, index) => ({
    receipt: `r${index}`, from: endpoint(from), body: Buffer.from([...body.slice(0, 15), index]).toString("base64"),
  })) }));
  const endpoint = (at: string) => Buffer.from(at).toString("hex");
  const slots: Record<string, number> = { [kept]: 1, [lone]: 2, [faulty]: 3, [late]: 4, [fresh]: 5 };
  const chain: SmartQuery = {
    async smart(_, query) {
      const asked = JSON.parse(query) as { node?: { address: string }; open_rounds?: object };
      if (asked.node !== undefined) {
        const at = asked.node.address;
        return utf8({
          address: at, bond: "100", eligible: true, malformed: false, slashed: "0", unbonding_until: null,
          registration: { slot: slots[at], endpoint: endpoint(at), attributes_commitment: "00", bls_key: "00", bls_possession: "00", dgkbe_key: "00", dgkbe_key_digest: "00" },
        });
      }
      return utf8(asked.open_rounds === undefined
        ? { emissions: null, groups: 1, incentive_pool: "i", models: null, registry, slash_amount: "10", slots: 8, token: "t", treasury: "t",
            split: { data_owner: 0, incentive_pool: 0, model_owner: 0, treasury: 0, worker: 10_000 } }
        : 0);
    },
  };
  const noted: string[][] = [];
  const calls: Record<string, (...args: never[]) => unknown> = {
    // Another tab, or an earlier round, has noted the second one.
    faulted: (_: string, now: string[]) => { noted.push(now); return [...now, late]; },
    agreeing: (results: Uint8Array[], tolerance: number) => { assert.deepEqual([results.length, tolerance], [2, 2]); return 0b01; },
    openClaim: (_: string, __: bigint, message: Uint8Array) => ({ address: senders[message[15] ?? 0] }),
    acceptClaim: (_: string, __: bigint, round: number, message: Uint8Array) => ({ address: senders[message[15] ?? 0], slot: 5, ask: BigInt(round), consent: new Uint8Array(96) }),
  };
  const client = { call: async (name: string, ...args: never[]) => calls[name]?.(...args) } as unknown as WorkerClient;
  try {
    const found = await claims(client, chain, { registry, jobs: market }, { id: "x" } as OwnJob, job);
    assert.deepEqual(found.map(({ address: at, ask, receipt }) => [at, ask, receipt]), [[kept, 5n, undefined], [fresh, 2n, "r2"]]);
    assert.deepEqual(noted, [[faulty]]);
  } finally {
    globalThis.fetch = real;
  }
});

test("a program's words become a sentence; a name at their front stays as it is", () => {
  assert.deepEqual(["the vault is old", "large.csv: 3 bytes", "<b>rows.csv: no header", "fine."].map(sentence),
    ["The vault is old.", "large.csv: 3 bytes.", "<b>rows.csv: no header.", "Fine."]);
});
