//! The book by itself, against a market of numbers: whatever happens, in any order, nothing is forgotten, nothing is
//! done twice, and what is written down is what is remembered.

use std::collections::{BTreeMap, BTreeSet};

use bithive_api::jobs::Phase;
use bithive_chain::TxHash;
use bithive_relayer::book::{Book, Rules};
use bithive_relayer::entry::State;
use bithive_relayer::jobs::{JobEvent, JobState, Occurrence, Progress};
use bithive_relayer::store::Store;
use bithive_relayer::{Duty, Kind};
use proptest::prelude::*;
use redb::backends::InMemoryBackend;

use crate::world::aggregate;

/// What happens to a transaction.
#[derive(Clone, Copy, Debug)]
enum End {
    Lands,
    /// Another transaction took its sequence.
    Void,
    /// The process dies with it, and it landed or it did not.
    CrashLanded,
    CrashLost,
}

#[derive(Clone, Copy, Debug)]
enum Op {
    Pass(u16),
    Post {
        poison: bool,
    },
    HandIn(u8),
    /// Somebody else moves a job, if it may be moved.
    Other(u8),
    /// The relayer asks, and a node that is this many steps behind answers.
    Ask {
        job: u8,
        behind: u8,
    },
    Send(Kind, End),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let end = prop_oneof![
        5 => Just(End::Lands),
        1 => Just(End::Void),
        1 => Just(End::CrashLanded),
        1 => Just(End::CrashLost)
    ];
    let op = prop_oneof![
        4 => (1..120u16).prop_map(Op::Pass),
        3 => prop::bool::weighted(0.15).prop_map(|poison| Op::Post { poison }),
        3 => any::<u8>().prop_map(Op::HandIn),
        2 => any::<u8>().prop_map(Op::Other),
        4 => (any::<u8>(), 0..4u8).prop_map(|(job, behind)| Op::Ask { job, behind }),
        6 => (prop::sample::select(&Kind::ALL[..]), end).prop_map(|(kind, end)| Op::Send(kind, end)),
    ];
    prop::collection::vec(op, 1..120)
}

/// A job of the market: all that it ever was, the newest last.
struct Job {
    past: Vec<JobState>,
    poison: bool,
    /// What was done by the relayer, by name.
    done: Vec<Duty>,
}

impl Job {
    fn seen(&self) -> JobState {
        *self.past.last().unwrap()
    }
}

struct Market {
    jobs: BTreeMap<u64, Job>,
    attested: BTreeMap<u64, u32>,
    now: u64,
    height: u64,
    events: Vec<Occurrence>,
    book: Book,
    store: Store,
}

impl Market {
    fn new() -> Self {
        let database = redb::Builder::new().create_with_backend(InMemoryBackend::new()).unwrap();
        let store = Store::new(database, "market").unwrap();
        let mut market = Self {
            jobs: BTreeMap::new(),
            attested: BTreeMap::new(),
            now: 1_000,
            height: 1,
            events: vec![],
            book: store.load(rules(), 1).unwrap(),
            store,
        };
        market.book.swept(&[]);
        market
    }

    fn pick(&self, choice: u8) -> Option<u64> {
        (!self.jobs.is_empty()).then(|| u64::from(choice) % self.jobs.len() as u64 + 1)
    }

    fn enter(&mut self, id: u64, phase: Phase, round: u8) {
        let is_final = matches!(phase, Phase::Settled | Phase::Refunded);
        let seen = JobState { phase, round, deadline: (!is_final).then_some(self.now + 30) };
        self.jobs.get_mut(&id).unwrap().past.push(seen);
        let settled = phase == Phase::Settled;
        self.events.push(Occurrence::Job(JobEvent {
            job: id,
            progress: Progress::of(phase, round),
            settled,
        }));
    }

    /// What the market does with a message; false when it refuses.
    fn execute(&mut self, duty: &Duty) -> bool {
        let id = duty.job();
        let JobState { phase, round, deadline } = self.jobs[&id].seen();
        if self.jobs[&id].poison {
            return false;
        }
        match duty {
            Duty::Finalize { .. } if phase == Phase::Revealed => self.enter(id, Phase::Settled, round),
            Duty::Advance { .. } if deadline.is_some_and(|deadline| self.now > deadline) => match phase {
                Phase::Open | Phase::Disputed => self.enter(id, Phase::Refunded, round),
                Phase::Assigned | Phase::Revealed => self.enter(id, Phase::Disputed, round),
                _ => self.enter(id, Phase::Revealed, round),
            },
            Duty::Attest { .. } if phase == Phase::Settled && !self.attested.contains_key(&id) => {
                *self.attested.entry(id).or_default() += 1;
            }
            _ => return false,
        }
        self.jobs.get_mut(&id).unwrap().done.push(duty.clone());
        true
    }

    /// A transaction: all of it or nothing.
    fn run(&mut self, duties: &[Duty]) -> bool {
        let possible = duties.iter().all(|duty| {
            let job = &self.jobs[&duty.job()];
            let JobState { phase, deadline, .. } = job.seen();
            !job.poison
                && match duty {
                    Duty::Finalize { .. } => phase == Phase::Revealed,
                    Duty::Advance { .. } => deadline.is_some_and(|deadline| self.now > deadline),
                    Duty::Attest { .. } => {
                        phase == Phase::Settled && !self.attested.contains_key(&duty.job())
                    }
                }
        });
        possible && duties.iter().all(|duty| self.execute(duty))
    }

    fn block(&mut self) {
        let events = std::mem::take(&mut self.events);
        self.book.block(self.height, self.now * 1_000, events);
        self.height += 1;
    }

    fn ask(&mut self, id: u64, behind: usize) {
        let past = &self.jobs[&id].past;
        let seen = past[past.len().saturating_sub(1 + behind)];
        self.book.answered(id, seen);
    }

    fn send(&mut self, kind: Kind, end: End) {
        self.book.plan();
        let mut batch = self.book.batch(kind);
        if self.book.pending_tx().is_some() {
            assert_eq!(batch, [], "one transaction at a time");
        }
        // As the relayer does: asks first, and leaves out what is not wanted any more.
        for duty in &batch {
            match duty {
                Duty::Attest { .. } if self.attested.contains_key(&duty.job()) => self.book.obsolete(duty),
                Duty::Attest { .. } => {}
                _ => self.ask(duty.job(), 0),
            }
        }
        batch.retain(|duty| self.book.entry(duty).is_some_and(|entry| entry.state.is_open()));
        if batch.is_empty() {
            return;
        }
        let tx = TxHash::of(format!("{}", self.height).as_bytes());
        self.book.signed(tx, vec![1, 2, 3], &batch, 10);
        self.store.commit(&mut self.book).unwrap();
        let lands = matches!(end, End::Lands | End::CrashLanded) && self.run(&batch);
        if matches!(end, End::CrashLanded | End::CrashLost) {
            self.book = self.store.load(rules(), 1).unwrap();
        }
        match (end, lands) {
            (_, true) => self.book.confirmed(),
            (End::Lands | End::CrashLanded, false) => self.book.refused("refused", true),
            (End::Void | End::CrashLost, false) => self.book.void(),
        }
        self.block();
    }

    fn apply(&mut self, op: Op) {
        match op {
            Op::Pass(seconds) => {
                self.now += u64::from(seconds);
                self.block();
            }
            Op::Post { poison } => {
                let id = self.jobs.len() as u64 + 1;
                self.jobs.insert(id, Job { past: vec![], poison, done: vec![] });
                if id.is_multiple_of(3) {
                    self.enter(id, Phase::Open, 0);
                } else {
                    self.enter(id, Phase::Revealed, 1);
                }
                self.block();
            }
            Op::HandIn(choice) => {
                if let Some(id) = self.pick(choice)
                    && self.jobs[&id].seen().phase == Phase::Revealed
                {
                    self.book.hand_in(aggregate(id));
                }
            }
            Op::Other(choice) => {
                if let Some(id) = self.pick(choice) {
                    let before = self.jobs[&id].done.len();
                    let phase = self.jobs[&id].seen().phase;
                    self.execute(&Duty::Advance { job: id, round: 1, phase });
                    self.jobs.get_mut(&id).unwrap().done.truncate(before);
                    self.block();
                }
            }
            Op::Ask { job, behind } => {
                if let Some(id) = self.pick(job) {
                    self.ask(id, behind.into());
                }
            }
            Op::Send(kind, end) => self.send(kind, end),
        }
    }
}

fn rules() -> Rules {
    Rules { address: "relayer".into(), channels: ["channel-0".to_owned()].into(), jitter: 20_000, batch: 4 }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_everything_is_done_once_and_nothing_is_forgotten(ops in ops()) {
        let mut market = Market::new();
        for op in ops {
            market.apply(op);
            market.store.commit(&mut market.book).unwrap();
            let stored = market.store.load(rules(), 1).unwrap();
            prop_assert_eq!(&stored, &market.book, "what is written down is what is remembered");
        }
        // From now on nothing goes wrong any more.
        for _ in 0..200 {
            market.apply(Op::Pass(60));
            let unsure: Vec<u64> =
                market.book.jobs().filter(|(_, job)| job.ask).map(|(id, _)| id).collect();
            unsure.into_iter().for_each(|id| market.ask(id, 0));
            Kind::ALL.into_iter().for_each(|kind| market.send(kind, End::Lands));
        }
        for (id, job) in &market.jobs {
            let is_final = matches!(job.seen().phase, Phase::Settled | Phase::Refunded);
            prop_assert_eq!(is_final, !job.poison, "job {}: {:?}", id, job.past);
            let distinct: BTreeSet<&Duty> = job.done.iter().collect();
            prop_assert_eq!(distinct.len(), job.done.len(), "job {} was done twice: {:?}", id, job.done);
            let attested = market.attested.get(id).copied().unwrap_or(0);
            prop_assert_eq!(attested, u32::from(job.seen().phase == Phase::Settled), "job {}", id);
        }
        for entry in market.book.entries() {
            let poison = market.jobs[&entry.duty.job()].poison;
            let aside = matches!(entry.state, State::SetAside { .. } | State::Queued { .. });
            prop_assert_eq!(entry.state.is_open() && aside, poison && entry.state.is_open(), "{:?}", entry);
        }
    }
}

#[test]
fn an_answer_of_a_node_that_is_behind_changes_nothing() {
    let mut book = Book::new(rules(), 1);
    book.swept(&[]);
    let event = |phase, round| {
        Occurrence::Job(JobEvent { job: 1, progress: Progress::of(phase, round), settled: false })
    };
    let seen = |phase, round| JobState { phase, round, deadline: Some(0) };
    book.block(1, 1_000_000, [event(Phase::Open, 0), event(Phase::Assigned, 1)]);
    assert!(!book.answered(1, seen(Phase::Open, 0)));
    book.plan();
    assert_eq!(book.entries().count(), 0, "it is not known where the job is");
    assert!(book.answered(1, seen(Phase::Committed, 1)), "a newer answer than the events is taken");
    assert!(!book.answered(1, seen(Phase::Assigned, 1)));
    book.plan();
    assert_eq!(book.batch(Kind::Advance), [Duty::Advance { job: 1, round: 1, phase: Phase::Committed }]);
    book.block(1, 2_000_000, [event(Phase::Disputed, 1)]);
    assert_eq!(book.cursor().next_height, 2, "a block that was read is not read again");
}

#[test]
fn an_entry_waits_alone_after_its_batch_failed() {
    let mut book = Book::new(rules(), 1);
    for job in 1..=3 {
        book.hand_in(aggregate(job));
    }
    let batch = book.batch(Kind::Finalize);
    assert_eq!(batch.len(), 3);
    book.failed(&batch, "one of them");
    for job in 1..=3 {
        let next = book.batch(Kind::Finalize);
        assert_eq!(next, [Duty::Finalize { job, round: 1 }]);
        // Others that come meanwhile go first, together.
        book.hand_in(aggregate(10 + job));
        assert_eq!(book.batch(Kind::Finalize), [Duty::Finalize { job: 10 + job, round: 1 }]);
        book.obsolete(&Duty::Finalize { job: 10 + job, round: 1 });
        book.failed(&next, "this one");
    }
    assert_eq!(book.batch(Kind::Finalize), []);
    assert!(book.entries().filter(|entry| entry.state.is_open()).all(|entry| entry.failures == 1));
}
