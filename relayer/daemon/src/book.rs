//! All that the relayer remembers, and the rules by which it changes. No I/O and no clock: time is that of the last
//! block, in milliseconds.

use std::collections::{BTreeMap, BTreeSet};

use bithive_api::jobs::Phase;
use bithive_chain::{BlockHash, TxHash};
use cosmwasm_std::Binary;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::duty::{Aggregate, Duty, Kind};
use crate::entry::{Entry, State};
use crate::fees::Spent;
use crate::jobs::{Job, JobEvent, JobState, LostPacket, Occurrence, Progress};

/// How long a finished entry is remembered, in milliseconds of block time: one day.
const KEEP: u64 = 86_400_000;
/// Time between two searches for old ones, in milliseconds of block time.
const FORGET_EVERY: u64 = 60_000;

/// The relayer's settings, as far as its rules need them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Its address; with the job it decides how long this relayer waits beyond a deadline.
    pub address: String,
    /// Channels on which every settled job's attestation is sent.
    pub channels: BTreeSet<String>,
    /// Longest time that it waits beyond a deadline, in milliseconds of block time. Each relayer waits a different time.
    pub jitter: u64,
    /// Most duties in one transaction.
    pub batch: usize,
}

/// A signed transaction whose outcome is not known yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingTx {
    /// Hash of the transaction.
    pub tx: TxHash,
    /// Its bytes, to be sent again.
    pub bytes: Binary,
    /// What it does.
    pub duties: BTreeSet<Duty>,
    /// Fee that it pays.
    pub fee: u128,
    /// Block time at which it was signed, in milliseconds.
    pub at: u64,
}

/// How far the relayer has read the chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Height of the next block to read.
    pub next_height: u64,
    /// Time of the last block that was read, in milliseconds.
    pub now: u64,
    /// The sweep over jobs that no event told of, while there is one.
    pub sweep: Option<Sweep>,
    /// Hash of the last block that was read, where it is known.
    #[serde(default)]
    pub last: Option<BlockHash>,
}

/// A walk over all jobs of the market, page after page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sweep {
    /// Number of the last job of the last page; none before the first page.
    pub after: Option<u64>,
    /// Whether settled jobs are to be attested: not those that were settled before the relayer ever ran.
    pub attest: bool,
}

/// What changed since it was last written down.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Numbers of the jobs whose record changed.
    pub jobs: BTreeSet<u64>,
    /// Duties whose entry changed.
    pub entries: BTreeSet<Duty>,
    /// Whether the transaction under way changed.
    pub pending_tx: bool,
}

/// The relayer's memory. Everything in it is written down before anything is done about it.
#[derive(Debug, PartialEq, Eq)]
pub struct Book {
    pub(crate) rules: Rules,
    pub(crate) cursor: Cursor,
    pub(crate) jobs: BTreeMap<u64, Job>,
    pub(crate) entries: BTreeMap<Duty, Entry>,
    pub(crate) pending_tx: Option<PendingTx>,
    pub(crate) spent: Spent,
    pub(crate) changes: Changes,
}

impl Book {
    /// An empty book that starts at `height`, with a sweep over what was there before.
    #[must_use]
    pub fn new(rules: Rules, height: u64) -> Self {
        let sweep = Some(Sweep { after: None, attest: false });
        Self {
            rules,
            cursor: Cursor { next_height: height.max(1), now: 0, sweep, last: None },
            jobs: BTreeMap::new(),
            entries: BTreeMap::new(),
            pending_tx: None,
            spent: Spent::default(),
            changes: Changes::default(),
        }
    }

    /// How far it has read the chain.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// The transaction whose outcome is not known yet.
    #[must_use]
    pub const fn pending_tx(&self) -> Option<&PendingTx> {
        self.pending_tx.as_ref()
    }

    /// Fees signed for today (UTC, by block time), in base units.
    #[must_use]
    pub fn spent_today(&self) -> u128 {
        self.spent.today(self.cursor.now)
    }

    /// The entries, by job.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// The entry of a duty.
    #[must_use]
    pub fn entry(&self, duty: &Duty) -> Option<&Entry> {
        self.entries.get(duty)
    }

    /// The jobs that are not final.
    pub fn jobs(&self) -> impl Iterator<Item = (u64, &Job)> {
        self.jobs.iter().map(|(id, job)| (*id, job))
    }

    // --- What the chain says ---

    /// The chain's last block, whose time this is, is where the relayer starts.
    pub fn start(&mut self, time: u64) {
        self.cursor.now = self.cursor.now.max(time);
    }

    /// A block was read: what happened in it, in order. Blocks come one after another; another height is ignored.
    pub fn block(&mut self, height: u64, time: u64, occurrences: impl IntoIterator<Item = Occurrence>) {
        if height != self.cursor.next_height {
            return;
        }
        self.cursor.next_height = height.saturating_add(1);
        let before = self.cursor.now;
        self.cursor.now = before.max(time);
        for occurrence in occurrences {
            match occurrence {
                Occurrence::Job(event) => self.job_changed(event),
                Occurrence::Packet(lost) => self.lost(lost),
            }
        }
        if self.cursor.now / FORGET_EVERY > before / FORGET_EVERY {
            self.forget();
        }
    }

    /// The block that was just read has this hash.
    pub fn read_block(&mut self, hash: Option<BlockHash>) {
        self.cursor.last = hash;
    }

    /// The chain has another history than the one that was read, and is at `height` and `time` now: what is known of jobs
    /// may not be so any more, so all of them are looked at. What was handed in and what is signed is kept.
    pub fn rolled_back(&mut self, height: u64, time: u64) {
        self.cursor.next_height = self.cursor.next_height.min(height.saturating_add(1));
        self.cursor.now = time;
        self.cursor.last = None;
        self.cursor.sweep = Some(Sweep { after: None, attest: true });
        self.changes.jobs.extend(std::mem::take(&mut self.jobs).into_keys());
        let signed = |entry: &Entry| matches!(entry.state, State::Signed { .. });
        let (kept, gone): (Vec<Duty>, Vec<Duty>) = self
            .entries
            .values()
            .filter(|entry| !signed(entry))
            .map(|entry| entry.duty.clone())
            .partition(|duty| matches!(duty, Duty::Finalize { .. }));
        for duty in gone {
            self.entries.remove(&duty);
            self.changes.entries.insert(duty);
        }
        for duty in kept {
            self.change(&duty, |entry| entry.state = State::Queued { due: time, alone: false });
        }
    }

    fn job_changed(&mut self, event: JobEvent) {
        if event.progress == Progress::FINAL {
            self.ended(event.job, event.settled);
            return;
        }
        let job = self.jobs.entry(event.job).or_default();
        job.least = job.least.max(event.progress);
        self.ask(event.job);
    }

    /// A packet did not arrive: it is sent again, at once if it was late, and after a wait if it was refused.
    fn lost(&mut self, LostPacket { job, channel, refused }: LostPacket) {
        if !self.rules.channels.contains(&channel) {
            return;
        }
        let (now, due) = (self.cursor.now, self.cursor.now.saturating_add(self.jitter(job)));
        let duty = Duty::Attest { job, channel };
        self.enqueue(Entry::new(duty.clone(), None, due));
        self.change(&duty, |entry| match (refused, &entry.state) {
            (_, State::Signed { .. }) => {}
            (Some(reason), _) => entry.set_aside(now, reason),
            (None, _) => entry.state = State::Queued { due, alone: false },
        });
    }

    /// The chain was asked for a job. Returns whether the answer is as new as what the events said; an older one
    /// comes from a node that is behind, and changes nothing.
    pub fn answered(&mut self, id: u64, seen: JobState) -> bool {
        let least = self.jobs.get(&id).map_or(Progress::default(), |job| job.least);
        if seen.progress() < least {
            return false;
        }
        if seen.progress() == Progress::FINAL {
            self.ended(id, seen.phase == Phase::Settled);
            return true;
        }
        self.jobs.insert(id, Job { least: seen.progress(), seen: Some(seen), ask: false });
        self.changes.jobs.insert(id);
        let gone: Vec<Duty> = self
            .of_job(id)
            .filter(|entry| entry.state.is_open() && !wanted(&entry.duty, &seen))
            .map(|entry| entry.duty.clone())
            .collect();
        for duty in gone {
            self.obsolete(&duty);
        }
        true
    }

    /// A page of the sweep was read; an empty one is the last.
    pub fn swept(&mut self, page: &[(u64, JobState)]) {
        let Some(mut sweep) = self.cursor.sweep else { return };
        for (id, seen) in page {
            let known = self.jobs.contains_key(id);
            if seen.progress() != Progress::FINAL || known {
                self.answered(*id, *seen);
            } else if seen.phase == Phase::Settled && sweep.attest {
                self.attest(*id);
            }
        }
        sweep.after = page.last().map(|(id, _)| *id);
        self.cursor.sweep = sweep.after.map(|_| sweep);
    }

    /// Blocks up to `height` are not to be had any more: goes on there, and looks at all jobs instead.
    pub fn skip_to(&mut self, height: u64) {
        if height > self.cursor.next_height {
            self.cursor.next_height = height;
            self.cursor.sweep = Some(Sweep { after: None, attest: true });
        }
    }

    fn ended(&mut self, id: u64, settled: bool) {
        self.jobs.remove(&id);
        self.changes.jobs.insert(id);
        let open: Vec<Duty> = self
            .of_job(id)
            .filter(|entry| entry.state.is_open() && entry.duty.kind() != Kind::Attest)
            .map(|entry| entry.duty.clone())
            .collect();
        for duty in open {
            self.obsolete(&duty);
        }
        if settled {
            self.attest(id);
        }
    }

    fn attest(&mut self, job: u64) {
        let due = self.cursor.now.saturating_add(self.jitter(job));
        for channel in self.rules.channels.clone() {
            self.enqueue(Entry::new(Duty::Attest { job, channel }, None, due));
        }
    }

    // --- What is to be done ---

    /// Takes a verified signature of a job's quorum. Returns whether it is new.
    pub fn hand_in(&mut self, aggregate: Aggregate) -> bool {
        let Aggregate { job, round, signers, signature } = aggregate;
        let due = self.cursor.now;
        self.enqueue(Entry::new(Duty::Finalize { job, round }, Some((signers, signature)), due))
    }

    /// Enters what is due by now: a deadline has passed.
    pub fn plan(&mut self) {
        let due: Vec<Duty> = self.jobs.iter().filter_map(|(id, job)| self.exit(*id, job)).collect();
        for duty in due {
            self.enqueue(Entry::new(duty, None, self.cursor.now));
        }
    }

    /// The exit of a job whose deadline has passed, unless its settlement is on the way.
    fn exit(&self, id: u64, job: &Job) -> Option<Duty> {
        let JobState { phase, round, deadline } = job.seen.filter(|_| !job.ask)?;
        let passed = deadline?.saturating_add(1).saturating_mul(1_000).saturating_add(self.jitter(id));
        let settling = self.entries.get(&Duty::Finalize { job: id, round });
        let settling = settling.is_some_and(|entry| {
            matches!(entry.state, State::Queued { .. } | State::Signed { .. }) && phase == Phase::Revealed
        });
        (self.cursor.now >= passed && !settling).then_some(Duty::Advance { job: id, round, phase })
    }

    /// This relayer's own delay for a job, in milliseconds.
    fn jitter(&self, job: u64) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.rules.address.as_bytes());
        hash.update(job.to_be_bytes());
        let digest: [u8; 32] = hash.finalize().into();
        let [a, b, c, d, e, f, g, h, ..] = digest;
        u64::from_be_bytes([a, b, c, d, e, f, g, h]) % self.rules.jitter.max(1)
    }

    fn enqueue(&mut self, entry: Entry) -> bool {
        if self.entries.contains_key(&entry.duty) {
            return false;
        }
        self.changes.entries.insert(entry.duty.clone());
        self.entries.insert(entry.duty.clone(), entry);
        true
    }

    /// What goes into the next transaction of a kind: entries that failed in a batch, or by themselves, go alone, after
    /// those that did not. Empty while a transaction is under way.
    #[must_use]
    pub fn batch(&self, kind: Kind) -> Vec<Duty> {
        if self.pending_tx.is_some() {
            return vec![];
        }
        let ready = |alone| {
            self.entries
                .values()
                .filter(move |entry| entry.duty.kind() == kind)
                .filter(move |entry| entry.ready(self.cursor.now) == Some(alone))
                .map(|entry| entry.duty.clone())
        };
        let together: Vec<Duty> = ready(false).take(self.rules.batch.max(1)).collect();
        if together.is_empty() { ready(true).take(1).collect() } else { together }
    }

    // --- What became of it ---

    /// A transaction is signed and about to be sent, in place of one that can have no effect. The fee of that one
    /// stays counted: a block may have it.
    pub fn signed(&mut self, tx: TxHash, bytes: Vec<u8>, duties: &[Duty], fee: u128) {
        let at = self.cursor.now;
        self.changes.pending_tx = true;
        for duty in duties {
            self.change(duty, |entry| entry.state = State::Signed { tx });
        }
        self.spent.count(at, fee);
        let duties = duties.iter().cloned().collect();
        self.pending_tx = Some(PendingTx { tx, bytes: bytes.into(), duties, fee, at });
    }

    /// A block has the transaction, and its messages took effect.
    pub fn confirmed(&mut self) {
        let Some(PendingTx { tx, duties, .. }) = self.landed() else { return };
        let at = self.cursor.now;
        for duty in &duties {
            self.change(duty, |entry| entry.state = State::Confirmed { tx, at });
            self.ask(duty.job());
        }
    }

    /// The transaction can have no effect any more: what it was to do is to be done.
    pub fn void(&mut self) {
        let Some(PendingTx { duties, fee, at, .. }) = self.landed() else { return };
        self.spent.uncount(at, fee);
        let due = self.cursor.now;
        for duty in &duties {
            self.change(duty, |entry| entry.state = State::Queued { due, alone: entry.failures > 0 });
            self.ask(duty.job());
        }
    }

    /// The transaction had no effect because of what is in it. `paid` says whether a block has it.
    pub fn refused(&mut self, reason: &str, paid: bool) {
        let Some(PendingTx { duties, fee, at, .. }) = self.landed() else { return };
        if !paid {
            self.spent.uncount(at, fee);
        }
        self.failed(&duties.into_iter().collect::<Vec<_>>(), reason);
    }

    /// A batch failed because of what is in it: each of its entries goes alone, and one that was alone is set aside.
    pub fn failed(&mut self, duties: &[Duty], reason: &str) {
        let (now, single) = (self.cursor.now, duties.len() == 1);
        for duty in duties {
            self.change(duty, |entry| {
                if !entry.state.is_open() {
                    return;
                }
                if single {
                    entry.set_aside(now, reason.to_owned());
                } else {
                    entry.state = State::Queued { due: now, alone: true };
                }
            });
            self.ask(duty.job());
        }
    }

    fn landed(&mut self) -> Option<PendingTx> {
        self.changes.pending_tx = true;
        self.pending_tx.take()
    }

    /// Marks the job so that the chain is asked for its state: somebody else may have done what was to be done.
    fn ask(&mut self, job: u64) {
        self.jobs.entry(job).or_default().ask = true;
        self.changes.jobs.insert(job);
    }

    /// What was to be done is done, or is not wanted any more.
    pub fn obsolete(&mut self, duty: &Duty) {
        let at = self.cursor.now;
        // What is signed may be what did it.
        let pending = self.pending_tx.as_ref().is_some_and(|pending| pending.duties.contains(duty));
        self.change(duty, |entry| {
            if entry.state.is_open() && !pending {
                entry.state = State::Obsolete { at };
            }
        });
    }

    fn change(&mut self, duty: &Duty, with: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.entries.get_mut(duty) {
            with(entry);
            self.changes.entries.insert(duty.clone());
        }
    }

    fn of_job(&self, id: u64) -> impl Iterator<Item = &Entry> {
        let from = Duty::Finalize { job: id, round: 0 };
        self.entries.range(from..).map(|(_, entry)| entry).take_while(move |entry| entry.duty.job() == id)
    }

    /// Drops entries that were finished long ago.
    fn forget(&mut self) {
        let now = self.cursor.now;
        let old = |entry: &Entry| match entry.state {
            State::Confirmed { at, .. } | State::Obsolete { at } => now.saturating_sub(at) > KEEP,
            _ => false,
        };
        let old: Vec<Duty> =
            self.entries.values().filter(|entry| old(entry)).map(|entry| entry.duty.clone()).collect();
        for duty in old {
            self.entries.remove(&duty);
            self.changes.entries.insert(duty);
        }
    }
}

/// Whether a job in this state still needs the duty.
fn wanted(duty: &Duty, seen: &JobState) -> bool {
    match duty {
        Duty::Finalize { round, .. } => seen.phase == Phase::Revealed && seen.round == *round,
        Duty::Advance { round, phase, .. } => seen.phase == *phase && seen.round == *round,
        Duty::Attest { .. } => true,
    }
}
