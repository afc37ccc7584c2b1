//! Random sequences of what accounts and relayers do, against an independent model: packets are repeated, reordered,
//! dropped and expired at will.

use std::collections::BTreeMap;

use bithive_api::attestations::{Evidence, Packet, Receipt, Status};
use bithive_api::jobs::Phase;
use bithive_ibc_kit::AttestationsSuite;
use bithive_ibc_kit::attestations::{carried, statement};
use cosmwasm_std::IbcPacket;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const JOBS: usize = 2;
const FIRST: [&str; 3] = ["node-1", "node-2", "node-3"];
/// Who did not commit is not assigned to the job again.
const SECOND: [&str; 3] = ["node-4", "node-5", "node-6"];

#[derive(Clone, Debug)]
enum Op {
    /// The next step of a job: it fails its first round, is assigned again, and settles.
    Work {
        job: usize,
    },
    Announce {
        job: usize,
    },
    Send {
        job: usize,
    },
    Deliver {
        packet: usize,
    },
    Answer {
        packet: usize,
    },
    Expire {
        packet: usize,
    },
    Submit {
        job: usize,
    },
    Wait {
        seconds: u64,
    },
}

fn op() -> impl Strategy<Value = Op> {
    let job = || 0..JOBS;
    let packet = || 0..64usize;
    prop_oneof![
        3 => job().prop_map(|job| Op::Work { job }),
        3 => job().prop_map(|job| Op::Announce { job }),
        3 => job().prop_map(|job| Op::Send { job }),
        6 => packet().prop_map(|packet| Op::Deliver { packet }),
        3 => packet().prop_map(|packet| Op::Answer { packet }),
        2 => packet().prop_map(|packet| Op::Expire { packet }),
        2 => job().prop_map(|job| Op::Submit { job }),
        1 => (1u64..5_000).prop_map(|seconds| Op::Wait { seconds }),
    ]
}

#[derive(Default)]
struct Known {
    /// Newest round whose set is known.
    round: u8,
    evidence: Option<Evidence>,
}

struct Case {
    suite: AttestationsSuite,
    jobs: [u64; JOBS],
    /// Everything that ever left, with its answer if it arrived.
    packets: Vec<(IbcPacket, Option<Result<Receipt, String>>)>,
    known: BTreeMap<u64, Known>,
}

impl Case {
    fn new() -> Self {
        let mut suite = AttestationsSuite::new();
        let terms = suite.market.terms();
        let jobs = std::array::from_fn(|_| suite.market.assigned(&terms, &FIRST));
        Self { suite, jobs, packets: vec![], known: BTreeMap::new() }
    }

    fn work(&mut self, job_id: u64) {
        let job = self.suite.market.job(job_id);
        match (job.phase, job.round) {
            (Phase::Assigned, 1) => drop(self.suite.market.expire(job_id)),
            (Phase::Disputed, _) => {
                let now = self.suite.market.suite.now();
                if job.deadline.unwrap() >= now {
                    self.suite.market.assign(job_id, &SECOND);
                }
            }
            (Phase::Assigned, _) if job.deadline.unwrap() >= self.suite.market.suite.now() => {
                self.suite.settle_by(job_id, &SECOND, [7, 8, 9, 10], &SECOND[1..]);
            }
            _ => {}
        }
    }

    fn apply(&mut self, op: &Op) {
        match *op {
            Op::Work { job } => self.work(self.jobs[job]),
            Op::Announce { job } => {
                if let Ok(packet) = self.suite.announce(self.jobs[job]) {
                    self.packets.push((packet, None));
                }
            }
            Op::Send { job } => {
                let job_id = self.jobs[job];
                let result = self.suite.send(job_id);
                let settled = self.suite.market.job(job_id).phase == Phase::Settled;
                assert!(settled || result.is_err(), "only what is settled is sent");
                if let Ok(packet) = result {
                    self.packets.push((packet, None));
                }
            }
            Op::Deliver { packet } => self.deliver(packet),
            Op::Answer { packet } => {
                if let Some((packet, Some(answer))) = self.packets.get(packet).cloned() {
                    self.suite.acknowledge(&packet, &answer);
                }
            }
            Op::Expire { packet } => {
                if let Some((packet, _)) = self.packets.get(packet).cloned() {
                    self.suite.time_out(&packet);
                }
            }
            Op::Submit { job } => self.submit(self.jobs[job]),
            Op::Wait { seconds } => self.suite.market.suite.advance(seconds),
        }
    }

    fn deliver(&mut self, index: usize) {
        let Some((packet, _)) = self.packets.get(index).cloned() else { return };
        let answer = self.suite.deliver(&packet);
        let (round, job_id, is_statement) = match carried(&packet) {
            Packet::Workers(set) => (set.round, set.job_id, false),
            Packet::Statement { workers, .. } => (workers.round, workers.job_id, true),
        };
        let known = self.known.entry(job_id).or_default();
        let stale = round < known.round;
        let expected = match (is_statement, known.evidence) {
            (false, _) if round == known.round => Some(Receipt::WorkersAlreadyRecorded),
            (false, _) => Some(Receipt::WorkersRecorded),
            (true, Some(Evidence::Settled)) => Some(Receipt::AlreadyRecorded),
            (true, _) => Some(Receipt::Recorded),
        };
        if stale {
            assert!(answer.as_ref().is_err_and(|error| error.starts_with("stale: ")), "{answer:?}");
        } else {
            assert_eq!(answer.as_ref().ok().copied(), expected, "{answer:?}");
            known.round = round;
            if is_statement {
                known.evidence = Some(Evidence::Settled);
            }
        }
        self.packets[index].1 = Some(answer);
    }

    fn submit(&mut self, job_id: u64) {
        // What the quorum signed is public once the job is settled.
        let sent = self.packets.iter().map(|(packet, _)| packet);
        let found = sent
            .filter(|packet| matches!(carried(packet), Packet::Statement { .. }))
            .map(statement)
            .find(|(set, _)| set.job_id == job_id);
        let Some((set, signed)) = found else { return };
        let result = self.suite.submit(job_id, signed);
        let known = self.known.entry(job_id).or_default();
        assert_eq!(result.is_ok(), known.round == set.round, "for the set of its round only");
        if result.is_ok() {
            known.evidence.get_or_insert(Evidence::Signed);
        }
    }

    fn check(&self) {
        for job_id in self.jobs {
            let known = self.known.get(&job_id);
            let round = known.map_or(0, |known| known.round);
            assert_eq!(self.suite.workers(job_id).map_or(0, |set| set.round), round);
            let attestation = self.suite.attestation(job_id);
            let evidence = attestation.as_ref().map(|attestation| attestation.evidence);
            assert_eq!(evidence, known.and_then(|known| known.evidence));
            if let Some(attestation) = attestation {
                let job = self.suite.market.job(job_id);
                let outcome = job.outcome.unwrap();
                assert_eq!((job.phase, attestation.round), (Phase::Settled, job.round));
                let agreed = &job.workers[usize::from(outcome.representative)];
                assert_eq!(Some(&attestation.masked), agreed.masked.as_ref());
                assert_eq!(attestation.members, outcome.quorum);
            }
            let statement = self.suite.sendings(job_id).statement;
            if let Some(Status::Accepted { .. }) = statement.map(|sending| sending.status) {
                assert_eq!(evidence, Some(Evidence::Settled), "what was accepted is there");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        rng_seed: RngSeed::Fixed(8),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_relayers_do_only_what_was_settled_is_attested(ops in prop::collection::vec(op(), 60)) {
        let mut case = Case::new();
        for op in ops {
            case.apply(&op);
            case.check();
        }
    }
}
