/** What a requester does with secrets. The page gives what chain, committee and nodes answered; nothing here asks anybody. */

import {
  aggregateConsents, agreeing, contentDigest, JobSecrets, PendingTags, Policy, RecordKey, ReferenceString, RoundKey, Schema, Sender, ShareKeys, Table,
} from "../../wasm/bithive_web.js";

import { all, get, put, RecordError, room, update, type Stored } from "./records";
import type { Attribute, Claim, Explained, NodeKey, OwnJob, Plan, Scope, Sealed, TableFacts } from "./types";

const utf8 = new TextEncoder();
const text = new TextDecoder();
const PLAN = "plan";
const ROWS = "rows";
/** Rows go into the module in parts. */
const PART = 1 << 20;
/** Bytes of storage that a job may need after it is posted: keys of its rounds. */
const ROOM = 1 << 16;
const ROUNDS = 600_000;

const scopeName = ({ chain, jobs, account }: Scope) => `${chain}/${jobs}/${account}`;
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function requester(ready: Promise<unknown>) {
  let records: { key: RecordKey; scope: string } | undefined;
  let schema: Schema | undefined;
  let table: Table | undefined;
  /** Verifies every key against the reference string: made once. */
  let sender: { sender: Sender; digest: string } | undefined;

  const bithive = async () => {
    await ready;
    return (schema ??= Schema.bithive());
  };
  const unlocked = () => {
    if (records === undefined) {
      throw new RecordError("the keys of your jobs are locked", "unlock them with your wallet first");
    }
    return records;
  };
  const planOf = (record: Stored): Plan => JSON.parse(text.decode(unlocked().key.open(PLAN, record.plan))) as Plan;
  const own = (record: Stored): OwnJob => ({
    id: record.id,
    stage: record.stage,
    created: record.created,
    epoch: BigInt(record.epoch),
    plan: planOf(record),
    ...(record.jobId === undefined ? {} : { jobId: BigInt(record.jobId) }),
    ...(record.vault === undefined ? {} : { vault: record.vault }),
  });
  const secretsOf = async (id: string): Promise<JobSecrets> => {
    const { secrets } = await get(id);
    if (secrets === undefined) {
      throw new RecordError("the job was not sealed yet", "seal it first");
    }
    return JobSecrets.import(unlocked().key, secrets);
  };

  return {
    /** The key of this account's records, of a signature that only its wallet makes. */
    async unlock(scope: Scope, signature: Uint8Array): Promise<void> {
      await ready;
      records?.key.free();
      records = { key: RecordKey.fromSignature(signature), scope: scopeName(scope) };
    },

    /** The same of a passphrase, where a wallet signs the same text differently each time. */
    async unlockWith(scope: Scope, passphrase: string): Promise<void> {
      await ready;
      const material = await crypto.subtle.importKey("raw", utf8.encode(passphrase.normalize("NFKC")), "PBKDF2", false, ["deriveBits"]);
      const salt = utf8.encode(`bithive page records ${scopeName(scope)}`);
      const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, material, 256);
      records?.key.free();
      records = { key: RecordKey.fromBytes(new Uint8Array(bits)), scope: scopeName(scope) };
    },

    async lock(): Promise<void> {
      records?.key.free();
      records = undefined;
    },

    async attributes(): Promise<Attribute[]> {
      return (await bithive()).attributes() as Attribute[];
    },

    /** @param policy JSON, as the form makes it, or text in the language of policies. */
    async explain(policy: string, form: "json" | "text"): Promise<Explained> {
      const known = await bithive();
      const read = form === "json" ? Policy.fromJson(policy, known) : Policy.parse(policy, known);
      try {
        const { leaves, evaluations, vaultBytes, attributes } = read.explain();
        return { text: read.text(), leaves, evaluations, vaultBytes, attributes };
      } finally {
        read.free();
      }
    },

    async table(csv: Uint8Array): Promise<TableFacts> {
      await ready;
      const read = Table.fromCsv(csv);
      table?.free();
      table = read;
      return { columns: read.columns, rows: read.rowCount, dimensions: read.dimensions };
    },

    async digest(content: Uint8Array): Promise<Uint8Array> {
      await ready;
      return contentDigest(content);
    },

    /** Blinds the policy's questions. They are on disk before anybody is asked: asked again, they cost no quota. */
    async begin(plan: Plan, epoch: bigint): Promise<{ id: string; request: Uint8Array }> {
      const { key, scope } = unlocked();
      if (table === undefined) {
        throw new RecordError("there are no rows", "choose a table first");
      }
      const policy = Policy.parse(plan.policy, await bithive());
      const pending = policy.blind(epoch);
      const id = hex(crypto.getRandomValues(new Uint8Array(16)));
      try {
        await put({
          id, scope, stage: "asking", created: Date.now(), epoch: epoch.toString(), rounds: {},
          plan: key.seal(PLAN, utf8.encode(JSON.stringify(plan))),
          rows: key.seal(ROWS, table.encode()),
          pending: pending.export(key),
        });
        return { id, request: pending.request() };
      } finally {
        pending.free();
        policy.free();
      }
    },

    /** The same questions again. */
    async again(id: string): Promise<{ request: Uint8Array; epoch: bigint }> {
      const { key } = unlocked();
      const { pending } = await get(id);
      if (pending === undefined) {
        throw new RecordError("the job is sealed already", "load the page again");
      }
      const read = PendingTags.import(key, pending);
      try {
        return { request: read.request(), epoch: read.epoch };
      } finally {
        read.free();
      }
    },

    /** Seals the vault with the committee's answers. `tables` are what members gave as the epoch's keys: the first that holds is taken. */
    async seal(
      id: string,
      scope: Scope,
      endpoint: Uint8Array,
      committee: { epoch: bigint; threshold: number; posted: Uint8Array; tables: Uint8Array[]; answers: { member: number; answer: Uint8Array }[] },
    ): Promise<OwnJob> {
      const { key } = unlocked();
      const record = await get(id);
      if (record.pending === undefined) {
        return own(record);
      }
      const pending = PendingTags.import(key, record.pending);
      let keys: ShareKeys | undefined;
      let last: unknown = new RecordError("no committee member gave the keys of this epoch", "try again in a moment");
      for (const one of committee.tables) {
        try {
          keys = new ShareKeys(one, committee.epoch, committee.threshold, committee.posted);
          break;
        } catch (error) {
          last = error;
        }
      }
      if (keys === undefined) {
        throw last;
      }
      for (const { member, answer } of committee.answers) {
        try {
          pending.answer(member, answer);
        } catch (error) {
          // One member's nonsense: `finish` says whether the others are enough.
          last = error;
        }
      }
      const plan = planOf(record);
      const policy = Policy.parse(plan.policy, await bithive());
      const tags = pending.finish(keys);
      const job = tags.seal(policy, scope.chain, scope.jobs, scope.account, endpoint);
      try {
        const sealed = { stage: "sealed" as const, secrets: job.export(key), vault: job.vault };
        // Where another tab was first, its vault is the one whose secrets are kept.
        return own(await update(id, ({ pending: asked, ...kept }) => (asked === undefined ? kept : { ...kept, ...sealed })));
      } finally {
        [job, tags, policy, pending, keys].forEach((handle) => handle.free());
      }
    },

    async posted(id: string, jobId: bigint): Promise<OwnJob> {
      return own(await update(id, (record) => ({ ...record, stage: "posted" as const, jobId: jobId.toString() })));
    },

    async jobs(): Promise<OwnJob[]> {
      return (await all(unlocked().scope)).map(own);
    },

    /** A job as it is on disk now: another tab may have changed it. */
    async job(id: string): Promise<OwnJob> {
      return own(await get(id));
    },

    /** Throws where there is no room for the keys that a job still needs. */
    async room(): Promise<void> {
      await room(ROOM);
    },

    /** Forgets the keys of a job that was not posted: what is sealed with them can't be opened any more. */
    async forget(id: string): Promise<void> {
      await update(id, ({ stage }) => {
        if (stage === "posted") {
          throw new RecordError("the job was posted meanwhile, and its keys are needed", "look at it among your jobs");
        }
        return null;
      });
    },

    /** Accounts that were at fault in any round of a job, those of the round that the chain shows now among them. */
    async faulted(id: string, now: string[]): Promise<string[]> {
      const { faulted: before = [] } = await get(id);
      if (now.every((account) => before.includes(account))) {
        return before;
      }
      const { faulted = [] } = await update(id, (record) => ({ ...record, faulted: [...new Set([...record.faulted ?? [], ...now])] }));
      return faulted;
    },

    /** Which masked results of a round agree, as bits. */
    async agreeing(results: Uint8Array[], tolerance: number): Promise<number> {
      await ready;
      const [first] = results;
      return first === undefined || results.some(({ length }) => length !== first.length) ? 0 : agreeing(joined(results), first.length, tolerance);
    },

    /** Who sent a claim; it has opened the vault. */
    async openClaim(id: string, jobId: bigint, message: Uint8Array): Promise<Claim> {
      const job = await secretsOf(id);
      try {
        return job.openClaim(jobId, message);
      } finally {
        job.free();
      }
    },

    /** The same, checked against what the registry says of the node. */
    async acceptClaim(
      id: string, jobId: bigint, round: number, message: Uint8Array, price: bigint, node: { slot: number; blsKey: Uint8Array },
    ): Promise<Claim> {
      const job = await secretsOf(id);
      try {
        return job.acceptClaim(jobId, round, message, price, node.slot, node.blsKey);
      } finally {
        job.free();
      }
    },

    /** Encrypts the rows for exactly these nodes. The round's key is on disk before the page has what it posts. */
    async assign(
      id: string,
      jobId: bigint,
      round: number,
      reference: { bytes: Uint8Array; digest: Uint8Array; groups: number },
      keys: NodeKey[],
      consents: Uint8Array[],
    ): Promise<Sealed> {
      const { key } = unlocked();
      const record = await get(id);
      const digest = hex(reference.digest);
      if (sender?.digest !== digest) {
        sender?.sender.free();
        sender = undefined;
        const string = new ReferenceString(reference.bytes, reference.digest);
        sender = { sender: new Sender(string, reference.groups), digest };
        string.free();
      }
      for (const one of keys) {
        sender.sender.learn(one.slot, one.commitment, one.digest, one.file);
      }
      const job = await secretsOf(id);
      const assignment = sender.sender.address(job, jobId, round, Uint16Array.from(keys, ({ slot }) => slot));
      const rows = key.open(ROWS, record.rows);
      try {
        const parts: Uint8Array[] = [];
        for (let at = 0; at < rows.length; at += PART) {
          parts.push(assignment.write(rows.subarray(at, at + PART)));
        }
        const { sealed, payload, inputCommitment } = assignment.finish();
        parts.push(sealed);
        const roundKey = assignment.roundKey();
        const exported = roundKey.export(key);
        await update(id, (now) => ({ ...now, rounds: { ...now.rounds, [`${round}/${hex(payload)}`]: exported } }));
        roundKey.free();
        return {
          mask: assignment.mask,
          headers: assignment.headers,
          payload,
          inputCommitment,
          consent: aggregateConsents(joined(consents)),
          content: joined(parts),
        };
      } finally {
        rows.fill(0);
        assignment.free();
        job.free();
      }
    },

    /** The numbers of a worker's output, checked against what the chain has of it. */
    async openOutput(
      id: string, round: number, payload: Uint8Array, worker: { address: string; digest: Uint8Array; masked: Uint8Array }, content: Uint8Array,
    ): Promise<Float32Array> {
      const { rounds } = await get(id);
      const found = rounds[`${round}/${hex(payload)}`];
      if (found === undefined) {
        throw new RecordError("this browser does not have the key of this round", "open the page where the nodes were chosen");
      }
      const roundKey = RoundKey.import(unlocked().key, found);
      try {
        return roundKey.openOutput(worker.address, worker.digest, content, worker.masked);
      } finally {
        roundKey.free();
      }
    },
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** What the page can call. */
export type RequesterCalls = ReturnType<typeof requester>;
