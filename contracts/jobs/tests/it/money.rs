//! Random sequences of messages against an independent model of the money.
//!
//! The model knows the terms and the rules of payment, and says of every message whether it must be accepted; it follows
//! the contract only in which state a job is in. It predicts every credit, every balance, every bond and the supply.

use std::collections::{BTreeMap, BTreeSet};

use bithive_api::jobs::{Event, ExecuteMsg, Fault, JobResponse, Phase, Terms};
use bithive_api::models;
use bithive_test_kit::jobs::{Answer, JobsSuite, NODES, REQUESTERS, SLASH};
use bithive_test_kit::registry::NODE_BOND;
use bithive_test_kit::told;
use cosmwasm_std::{Addr, HexBinary};
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;
use proptest::prelude::*;

/// Whoever can be credited, by name.
const CREDITED: [&str; 11] = [
    "requester",
    "clinic",
    "model-owner",
    "data-owner",
    "incentive-pool",
    "node-1",
    "node-2",
    "node-3",
    "node-4",
    "node-5",
    "node-6",
];

/// One message or several of one kind; numbers are reduced to what exists.
#[derive(Clone, Debug)]
enum Op {
    Post {
        requester: usize,
        workers: u8,
        spare: u8,
        price: u128,
        model_owner: bool,
        data_owner: bool,
    },
    Cancel {
        job: usize,
    },
    Assign {
        job: usize,
        first: usize,
        discount: u128,
    },
    Commit {
        job: usize,
        absent: u8,
        wild: u8,
        liars: u8,
    },
    Reveal {
        job: usize,
        absent: u8,
    },
    Finalize {
        job: usize,
        signers: u8,
    },
    /// Some of the jobs at once, by bits; one of them as another's if `forged`.
    FinalizeMany {
        jobs: u8,
        forged: bool,
    },
    Forge {
        job: usize,
        signers: u32,
    },
    Advance {
        job: usize,
    },
    Expire {
        job: usize,
    },
    Sign {
        job: usize,
        worker: usize,
    },
    AddEscrow {
        job: usize,
        amount: u128,
    },
    /// What the job's state asks for, mostly done well.
    Step {
        job: usize,
        first: usize,
        fault: u8,
    },
    Wait {
        seconds: u64,
    },
    Withdraw {
        who: usize,
    },
}

fn ops() -> impl Strategy<Value = Op> {
    // Mostly nobody, now and then one or more of the workers.
    let few = || prop_oneof![6 => Just(0u8), 2 => (0u8..4).prop_map(|index| 1 << index), 1 => any::<u8>()];
    let job = || 0usize..4;
    prop_oneof![
        4 => (0usize..2, 1u8..=4, 0u8..4, 1u128..10_007, any::<bool>(), any::<bool>()).prop_map(
            |(requester, workers, spare, price, model_owner, data_owner)| Op::Post {
                requester, workers, spare, price, model_owner, data_owner
            }
        ),
        1 => job().prop_map(|job| Op::Cancel { job }),
        6 => (job(), 0usize..6, 0u128..50).prop_map(|(job, first, discount)| Op::Assign { job, first, discount }),
        6 => (job(), few(), few(), few())
            .prop_map(|(job, absent, wild, liars)| Op::Commit { job, absent, wild, liars }),
        6 => (job(), few()).prop_map(|(job, absent)| Op::Reveal { job, absent }),
        4 => (job(), prop_oneof![Just(u8::MAX), any::<u8>()])
            .prop_map(|(job, signers)| Op::Finalize { job, signers }),
        3 => (any::<u8>(), prop_oneof![4 => Just(false), 1 => Just(true)])
            .prop_map(|(jobs, forged)| Op::FinalizeMany { jobs, forged }),
        1 => (job(), any::<u32>()).prop_map(|(job, signers)| Op::Forge { job, signers }),
        4 => (job(), 0usize..4).prop_map(|(job, worker)| Op::Sign { job, worker }),
        2 => (job(), 0u128..30_000).prop_map(|(job, amount)| Op::AddEscrow { job, amount }),
        1 => job().prop_map(|job| Op::Advance { job }),
        3 => job().prop_map(|job| Op::Expire { job }),
        20 => (job(), 0usize..6, few()).prop_map(|(job, first, fault)| Op::Step { job, first, fault }),
        1 => (0u64..2_000).prop_map(|seconds| Op::Wait { seconds }),
        2 => (0usize..CREDITED.len()).prop_map(|who| Op::Withdraw { who }),
    ]
}

/// What is owed, paid, bonded and burnt.
struct Model {
    jobs: Vec<JobResponse>,
    credits: BTreeMap<Addr, u128>,
    paid: BTreeMap<Addr, u128>,
    bonds: BTreeMap<Addr, u128>,
    burnt: u128,
    seized: u128,
    /// Who was at fault in which job.
    barred: BTreeSet<(u64, Addr)>,
}

struct World {
    market: JobsSuite,
    model: Model,
    answers: BTreeMap<(u64, u8, String), Answer>,
}

impl World {
    fn new() -> Self {
        let mut market = JobsSuite::new();
        let [owner, data] = ["model-owner", "data-owner"].map(|name| market.suite.account(name));
        let models = market.with_owners(&owner, &data);
        for name in REQUESTERS {
            let (requester, until) =
                (market.suite.account(name).to_string(), Some(market.suite.now() + 365 * 86_400));
            let consent = models::ExecuteMsg::SetConsent { requester, until };
            models.send(&mut market.suite, &data, &consent).unwrap();
        }
        let bonds = NODES.iter().map(|name| (market.suite.account(name), 2 * NODE_BOND)).collect();
        let (credits, paid) = (BTreeMap::new(), BTreeMap::new());
        let barred = BTreeSet::new();
        let model = Model { jobs: vec![], credits, paid, bonds, burnt: 0, seized: 0, barred };
        Self { market, model, answers: BTreeMap::new() }
    }

    fn run(&mut self, op: &Op) {
        match *op {
            Op::Post { requester, workers, spare, price, model_owner, data_owner } => {
                self.post(requester, workers, spare, price, model_owner, data_owner);
            }
            Op::Cancel { job } => {
                let open = |_: &Self, job: &JobResponse| job.phase == Phase::Open;
                self.with(job, open, |world, job| {
                    let requester = job.requester.clone();
                    world.market.send(&requester, &ExecuteMsg::Cancel { job_id: job.job_id })
                });
            }
            Op::Assign { job, first, discount } => {
                let may = |world: &Self, job: &JobResponse| world.may_assign(job, first, discount);
                self.with(job, may, |world, job| world.assign(job, first, discount));
            }
            Op::Commit { job, absent, wild, liars } => {
                let may = |world: &Self, job: &JobResponse, index: usize| {
                    let done = job.workers[index].commitment.is_some();
                    job.phase == Phase::Assigned && world.in_time(job) && !done
                };
                self.each(job, absent, may, |world, job, index, name| {
                    world.commit(job, index, name, wild >> index & 1 == 1, liars >> index & 1 == 1)
                });
            }
            Op::Reveal { job, absent } => {
                // What it committed to at random nobody can open.
                let may = |world: &Self, job: &JobResponse, index: usize| {
                    let worker = &job.workers[index];
                    let name = world.name_of(&worker.address);
                    let opens = world.answers.contains_key(&(job.job_id, job.round, name.to_owned()));
                    job.phase == Phase::Committed && world.in_time(job) && worker.masked.is_none() && opens
                };
                self.each(job, absent, may, |world, job, _, name| {
                    let key = (job.job_id, job.round, name.to_owned());
                    let answer = world.answers.get(&key).cloned().unwrap_or_else(|| Answer::of(&[0; 4]));
                    world.market.reveal(job.job_id, name, &answer)
                });
            }
            Op::Finalize { job, signers } => {
                let may = |world: &Self, job: &JobResponse| {
                    let enough = world.signers(job, signers).len() >= usize::from(job.terms.quorum);
                    job.phase == Phase::Revealed && enough
                };
                self.with(job, may, |world, job| world.finalize(job, signers));
            }
            Op::Sign { job, worker } => {
                let row = |job: &JobResponse| job.workers.get(worker).cloned();
                let may = |_: &Self, job: &JobResponse| {
                    let member = row(job).is_some_and(|row| row.in_quorum == Some(true) && !row.signed);
                    job.phase == Phase::Revealed && member
                };
                self.with(job, may, |world, job| {
                    let Some(row) = row(job).filter(|_| job.phase == Phase::Revealed) else {
                        let (sender, signature) = (job.requester.clone(), HexBinary::from(&[0; 96]));
                        return world
                            .market
                            .send(&sender, &ExecuteMsg::Sign { job_id: job.job_id, signature });
                    };
                    let name = world.name_of(&row.address);
                    world.market.sign(job.job_id, name)
                });
            }
            Op::AddEscrow { job, amount } => self.with(
                job,
                |_, job| !ended(job) && amount > 0,
                |world, job| {
                    let done = world.market.add_escrow(job.job_id, amount);
                    if done.is_err() {
                        // What was minted for it stays with the requester.
                        *world.model.paid.entry(world.market.requester.clone()).or_default() += amount;
                    }
                    done
                },
            ),
            Op::FinalizeMany { jobs, forged } => self.finalize_many(jobs, forged),
            Op::Forge { job, signers } => self.with(
                job,
                |_, _| false,
                |world, job| world.market.try_finalize(job.job_id, signers, HexBinary::from(&[0xaa; 96])),
            ),
            Op::Advance { job } => {
                let late = |world: &Self, job: &JobResponse| !ended(job) && !world.in_time(job);
                self.with(job, late, |world, job| world.market.advance(job.job_id));
            }
            Op::Expire { job } => self.with(
                job,
                |_, job| !ended(job),
                |world, job| {
                    let now = world.market.suite.now();
                    let wait = job.deadline.map_or(0, |deadline| (deadline + 1).saturating_sub(now));
                    world.market.suite.advance(wait);
                    world.market.advance(job.job_id)
                },
            ),
            Op::Step { job, first, fault } => return self.step(job, first, fault),
            Op::Wait { seconds } => self.market.suite.advance(seconds),
            Op::Withdraw { who } => self.withdraw(CREDITED[who]),
        }
        self.check();
    }

    fn step(&mut self, job: usize, first: usize, fault: u8) {
        let Some(phase) = self.model.jobs.get(job).map(|job| job.phase) else { return };
        match phase {
            Phase::Open | Phase::Disputed => self.run(&Op::Assign { job, first, discount: 3 }),
            Phase::Assigned => self.run(&Op::Commit { job, absent: 0, wild: 0, liars: fault }),
            Phase::Committed => self.run(&Op::Reveal { job, absent: fault }),
            Phase::Revealed => self.run(&Op::Finalize { job, signers: !fault }),
            Phase::Settled | Phase::Refunded => {}
        }
    }

    /// Runs `act` on an existing job, which must be accepted where `may` says so, and accounts for what it did.
    fn with(
        &mut self,
        job: usize,
        may: impl FnOnce(&Self, &JobResponse) -> bool,
        act: impl FnOnce(&mut Self, &JobResponse) -> AnyResult<AppResponse>,
    ) {
        if self.model.jobs.is_empty() {
            return;
        }
        let index = job % self.model.jobs.len();
        let before = self.model.jobs[index].clone();
        let expected = may(self, &before);
        let done = act(self, &before);
        assert_eq!(done.is_ok(), expected, "{before:?}: {:?}", done.err());
        self.account(index, done);
    }

    /// Runs `act` for every worker of a job's round that `absent` does not name.
    fn each(
        &mut self,
        job: usize,
        absent: u8,
        may: impl Fn(&Self, &JobResponse, usize) -> bool,
        act: impl Fn(&mut Self, &JobResponse, usize, &str) -> AnyResult<AppResponse>,
    ) {
        let here = |job: &JobResponse, index: usize| index < job.workers.len() && absent >> index & 1 == 0;
        for index in 0..4 {
            let may = |world: &Self, job: &JobResponse| here(job, index) && may(world, job, index);
            self.with(job, may, |world, job| {
                if !here(job, index) {
                    return Err(cosmwasm_std::StdError::generic_err("absent").into());
                }
                let name = world.name_of(&job.workers[index].address);
                act(world, job, index, name)
            });
        }
    }

    fn name_of(&self, address: &Addr) -> &'static str {
        let account = |name: &&&str| self.market.suite.account(name) == *address;
        NODES.iter().find(account).unwrap()
    }

    fn in_time(&self, job: &JobResponse) -> bool {
        job.deadline.is_some_and(|deadline| self.market.suite.now() <= deadline)
    }

    /// Nodes `first` and following, of whom those that are kept ask what is left of their ask, and the others something near the
    /// price.
    fn bids(&self, job: &JobResponse, first: usize, discount: u128) -> Vec<(&'static str, u128)> {
        let ask = |(index, name): (usize, &'static str)| {
            let fresh = job.terms.price.u128().saturating_sub(discount * index as u128).max(1);
            (name, self.remainder(job, name).unwrap_or(fresh))
        };
        self.chosen(job, first).iter().copied().enumerate().map(ask).collect()
    }

    /// What is left of the ask of a worker that revealed in the failed round and is not barred.
    fn remainder(&self, job: &JobResponse, name: &str) -> Option<u128> {
        let account = self.market.suite.account(name);
        let barred = self.model.barred.contains(&(job.job_id, account.clone()));
        let row = job.workers.iter().find(|row| row.address == account && row.masked.is_some());
        row.filter(|_| job.phase == Phase::Disputed && !barred).map(|row| row.ask.u128() - row.ask.u128() / 2)
    }

    /// With the least bond, and not at fault in this job before; not only those who are kept; as far as the escrow goes.
    fn may_assign(&self, job: &JobResponse, first: usize, discount: u128) -> bool {
        let bonded = |name: &&str| self.model.bonds[&self.market.suite.account(name)] >= NODE_BOND;
        let barred = |name: &&str| {
            let address = self.market.suite.account(name);
            self.model.barred.contains(&(job.job_id, address))
        };
        let bids = self.bids(job, first, discount);
        let kept = |name: &&str| self.remainder(job, name).is_some();
        let all = bids.iter().all(|(name, _)| kept(name) || (bonded(name) && !barred(name)));
        let new = bids.iter().any(|(name, _)| !kept(name));
        let paid = bids.iter().map(|(_, ask)| ask).sum::<u128>() <= job.escrow.u128();
        matches!(job.phase, Phase::Open | Phase::Disputed) && self.in_time(job) && all && new && paid
    }

    fn chosen(&self, job: &JobResponse, first: usize) -> &'static [&'static str] {
        let workers = usize::from(job.terms.workers);
        let first = first % (NODES.len() - workers + 1);
        &NODES[first..first + workers]
    }

    /// Those of the workers that `signers` names who may sign.
    fn signers(&self, job: &JobResponse, signers: u8) -> Vec<&'static str> {
        let rows = job.workers.iter().enumerate();
        let signs = rows
            .filter(|(index, row)| signers >> index & 1 == 1 && row.in_quorum.is_none_or(|member| member));
        signs.map(|(_, row)| self.name_of(&row.address)).collect()
    }

    fn post(&mut self, requester: usize, workers: u8, spare: u8, price: u128, model: bool, data: bool) {
        self.market.requester = self.market.suite.account(REQUESTERS[requester]);
        let terms = Terms {
            workers,
            quorum: (workers / 2 + 1 + spare).min(workers),
            price: price.into(),
            data_owner: data.then(|| self.market.suite.account("data-owner").to_string()),
            model: if model { self.market.terms().model } else { HexBinary::from(&[9; 32]) },
            ..self.market.terms()
        };
        let job_id = self.market.post(&terms);
        self.model.jobs.push(self.market.job(job_id));
    }

    fn assign(&mut self, job: &JobResponse, first: usize, discount: u128) -> AnyResult<AppResponse> {
        let bids = self.bids(job, first, discount);
        let assignment = self.market.assignment(job.job_id, &bids);
        let sender = job.requester.clone();
        self.market.send(&sender, &ExecuteMsg::Assign { job_id: job.job_id, assignment })
    }

    fn commit(
        &mut self,
        job: &JobResponse,
        index: usize,
        name: &str,
        wild: bool,
        liar: bool,
    ) -> AnyResult<AppResponse> {
        let account = self.market.suite.account(name);
        if wild {
            let commitment = HexBinary::from(&[0x77; 32]);
            return self.market.send(&account, &ExecuteMsg::Commit { job_id: job.job_id, commitment });
        }
        let word = i32::try_from(index).unwrap() % 3;
        let answer = Answer::of(&[if liar { 1_000 * (word + 1) } else { word }; 4]);
        let done = self.market.commit(job.job_id, name, &answer);
        if done.is_ok() {
            self.answers.insert((job.job_id, job.round, name.to_owned()), answer);
        }
        done
    }

    fn finalize(&mut self, job: &JobResponse, signers: u8) -> AnyResult<AppResponse> {
        let names = self.signers(job, signers);
        if names.is_empty() || job.phase != Phase::Revealed {
            return self.market.try_finalize(job.job_id, 0b1, HexBinary::from(&[0; 96]));
        }
        self.market.finalize(job.job_id, &names)
    }

    /// Settles those of the jobs named that are revealed, by all of their quorum; with `forged`, under the signature of
    /// fewer jobs.
    fn finalize_many(&mut self, jobs: u8, forged: bool) {
        let named = |index: &usize| *index < 8 && jobs >> index & 1 == 1;
        let chosen: Vec<usize> = (0..self.model.jobs.len())
            .filter(|index| named(index) && self.model.jobs[*index].phase == Phase::Revealed)
            .collect();
        if chosen.len() <= usize::from(forged) {
            return;
        }
        let account = |name: &str| self.market.suite.account(name);
        let quorum_of = |job: &JobResponse| -> Vec<&str> {
            let members = job.workers.iter().filter(|worker| worker.in_quorum == Some(true));
            members
                .filter_map(|worker| NODES.into_iter().find(|name| account(name) == worker.address))
                .collect()
        };
        let quorums: Vec<(u64, Vec<&str>)> = chosen
            .iter()
            .map(|index| (self.model.jobs[*index].job_id, quorum_of(&self.model.jobs[*index])))
            .collect();
        let by_job: Vec<(u64, &[&str])> = quorums.iter().map(|(id, names)| (*id, names.as_slice())).collect();
        let (statements, signature) = self.market.signed_many(&by_job);
        let (_, fewer) = self.market.signed_many(&by_job[usize::from(forged)..]);
        let before = self.market.totals();
        let done = self.market.try_finalize_many(statements, if forged { fewer } else { signature });
        assert_eq!(done.is_err(), forged);
        if forged {
            assert_eq!(self.market.totals(), before, "a refused batch moved money");
        }
        let response = done.unwrap_or_default();
        for index in chosen {
            self.account(index, Ok(response.clone()));
            assert_eq!(self.model.jobs[index].phase == Phase::Settled, !forged);
        }
    }

    fn withdraw(&mut self, name: &str) {
        let account = self.market.suite.account(name);
        let owed = self.model.credits.remove(&account).unwrap_or(0);
        assert_eq!(self.market.withdraw(&account).is_ok(), owed > 0, "{name} is owed {owed}");
        *self.model.paid.entry(account).or_default() += owed;
    }

    /// Follows job `index` to its new state and moves the model's money accordingly.
    fn account(&mut self, index: usize, done: AnyResult<AppResponse>) {
        let before = self.model.jobs[index].clone();
        let after = self.market.job(before.job_id);
        let Ok(response) = done else {
            assert_eq!(before, after, "a refused message changed a job");
            return;
        };
        let faults = told!(self.market.jobs, response, Event::Fault.job_id)
            .into_iter()
            .zip(told!(self.market.jobs, response, Event::Fault.worker))
            .zip(told!(self.market.jobs, response, Event::Fault.reason));
        for ((_, worker), reason) in faults.filter(|((job_id, _), _)| *job_id == before.job_id) {
            let row = before.workers.iter().find(|row| row.address == worker).unwrap();
            let ask = row.ask.u128();
            // Who never committed loses the job only, who differs as much as the requester.
            let amount = match reason {
                Fault::NoCommitment => {
                    assert!(row.commitment.is_none());
                    0
                }
                Fault::NoReveal => {
                    assert!(row.commitment.is_some() && row.masked.is_none());
                    SLASH
                }
                Fault::NoSignature => {
                    assert!(row.in_quorum == Some(true) && !row.signed);
                    SLASH
                }
                Fault::OutsideQuorum => {
                    assert!(row.in_quorum == Some(false) && after.phase == Phase::Settled);
                    SLASH.min(ask / 2)
                }
            };
            if reason != Fault::OutsideQuorum {
                self.model.barred.insert((before.job_id, worker.clone()));
            }
            let bond = self.model.bonds.get_mut(&worker).unwrap();
            let taken = amount.min(*bond);
            *bond -= taken;
            self.model.burnt += taken / 2;
            self.model.seized += taken - taken / 2;
        }
        assert!(told!(self.market.jobs, response, Event::SlashFailed.worker).is_empty());
        if before.round != after.round {
            let barred = |address: &Addr| self.model.barred.contains(&(after.job_id, address.clone()));
            assert!(!after.workers.iter().any(|worker| barred(&worker.address)), "a worker at fault is back");
        }
        if before.phase != after.phase {
            assert!(legal(before.phase, after.phase), "{:?} to {:?}", before.phase, after.phase);
            let failed = matches!(before.phase, Phase::Assigned | Phase::Committed | Phase::Revealed);
            match after.phase {
                Phase::Settled => self.settle(&after, before.escrow.u128()),
                Phase::Refunded => {
                    let paid = if failed { self.compensate(&after) } else { 0 };
                    self.credit(after.requester.as_str(), before.escrow.u128() - paid);
                }
                Phase::Disputed => {
                    let paid = self.compensate(&after);
                    assert_eq!(after.escrow.u128(), before.escrow.u128() - paid);
                }
                _ => {}
            }
        }
        self.model.jobs[index] = after;
    }

    /// The asks of the quorum, and half of every other result: to the treasury, because results that differ in this model are
    /// far from the quorum's.
    fn settle(&mut self, job: &JobResponse, escrow: u128) {
        let mut rest = escrow;
        for worker in job.workers.iter().filter(|worker| worker.masked.is_some()) {
            let mut paid = worker.ask.u128();
            if worker.in_quorum == Some(true) {
                self.divide(job, worker.address.as_str(), paid);
            } else {
                paid /= 2;
                let receiver = self.market.suite.treasury.clone();
                self.credit(receiver.as_str(), paid);
            }
            rest -= paid;
        }
        self.credit(job.requester.as_str(), rest);
    }

    /// Half of the asks of who revealed in a failed round and is not barred; the sum.
    fn compensate(&mut self, job: &JobResponse) -> u128 {
        let mut sum = 0;
        for worker in job.workers.iter().filter(|worker| worker.masked.is_some()) {
            if !self.model.barred.contains(&(job.job_id, worker.address.clone())) {
                let half = worker.ask.u128() / 2;
                self.divide(job, worker.address.as_str(), half);
                sum += half;
            }
        }
        sum
    }

    /// 70 % to the worker, 10 % to each owner there is, 5 % to the pool, the rest to the treasury.
    fn divide(&mut self, job: &JobResponse, worker: &str, amount: u128) {
        let mut treasury = amount;
        let pool = self.market.incentive_pool.to_string();
        let shares = [
            (Some(worker), 70),
            (job.terms.model_owner.as_ref().map(Addr::as_str), 10),
            (job.terms.data_owner.as_ref().map(Addr::as_str), 10),
            (Some(pool.as_str()), 5),
        ];
        for (receiver, percent) in shares {
            let Some(receiver) = receiver else { continue };
            self.credit(receiver, amount * percent / 100);
            treasury -= amount * percent / 100;
        }
        let receiver = self.market.suite.treasury.clone();
        self.credit(receiver.as_str(), treasury);
    }

    fn credit(&mut self, receiver: &str, amount: u128) {
        *self.model.credits.entry(Addr::unchecked(receiver)).or_default() += amount;
    }

    fn check(&self) {
        let World { market, model, .. } = self;
        let escrowed: u128 = model.jobs.iter().map(|job| job.escrow.u128()).sum();
        let totals = market.totals();
        assert_eq!(totals.escrowed.u128(), escrowed);
        assert_eq!(totals.claimable.u128(), model.credits.values().sum::<u128>());
        assert_eq!(market.suite.balance(&market.jobs), escrowed + totals.claimable.u128());
        for (account, owed) in &model.credits {
            assert_eq!(market.claimable(account), *owed);
        }
        for (account, paid) in &model.paid {
            let seized = if *account == market.suite.treasury { model.seized } else { 0 };
            assert_eq!(market.suite.balance(account), paid + seized);
        }
        for name in NODES {
            let bond = market.suite.node(name).unwrap().bond.u128();
            assert_eq!(bond, model.bonds[&market.suite.account(name)]);
        }
        let bound = |name: &str| {
            let account = market.suite.account(name);
            let open = |job: &&JobResponse| {
                matches!(job.phase, Phase::Assigned | Phase::Committed | Phase::Revealed)
            };
            let works = |job: &&JobResponse| job.workers.iter().any(|row| row.address == account);
            model.jobs.iter().filter(open).filter(works).count()
        };
        for name in NODES {
            assert_eq!(market.open_rounds(name) as usize, bound(name));
        }
        assert_eq!(market.suite.supply(&market.suite.btt).burnt.u128(), model.burnt);
        market.custody();
    }

    /// Drives every job to its exit with nothing but time and `advance`, and pays everybody out.
    fn wind_down(&mut self) {
        for job in 0..self.model.jobs.len() {
            let mut steps = 0;
            while !matches!(self.model.jobs[job].phase, Phase::Settled | Phase::Refunded) {
                self.run(&Op::Expire { job });
                steps += 1;
                assert!(steps <= 4, "a job that does not end: {:?}", self.model.jobs[job]);
            }
        }
        for name in CREDITED {
            self.withdraw(name);
        }
        let treasury = self.market.suite.treasury.clone();
        if let Some(owed) = self.model.credits.remove(&treasury).filter(|owed| *owed > 0) {
            self.market.withdraw(&treasury).unwrap();
            self.model.paid.insert(treasury, owed);
        }
        self.check();
        assert_eq!(self.market.suite.balance(&self.market.jobs), 0);
    }
}

/// Whether nothing moves any more.
fn ended(job: &JobResponse) -> bool {
    matches!(job.phase, Phase::Settled | Phase::Refunded)
}

fn legal(before: Phase, after: Phase) -> bool {
    use Phase::{Assigned, Committed, Disputed, Open, Refunded, Revealed, Settled};
    matches!(
        (before, after),
        (Open | Disputed, Assigned | Refunded)
            | (Assigned, Committed | Disputed | Refunded)
            | (Committed, Revealed | Disputed | Refunded)
            | (Revealed, Settled | Disputed | Refunded)
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn money_is_where_the_model_says(ops in proptest::collection::vec(ops(), 1..80)) {
        let mut world = World::new();
        for op in &ops {
            world.run(op);
        }
        world.wind_down();
    }
}

/// The sequence that the random ones must contain at least: every exit is reached, so the model above is not
/// vacuous.
#[test]
fn the_model_follows_a_settled_a_disputed_and_a_refunded_job() {
    let mut world = World::new();
    let post = |requester| Op::Post {
        requester,
        workers: 3,
        spare: 0,
        price: 1_003,
        model_owner: true,
        data_owner: false,
    };
    let ops = [
        post(0),
        post(1),
        post(0),
        Op::Assign { job: 0, first: 0, discount: 7 },
        Op::Assign { job: 1, first: 2, discount: 0 },
        Op::Commit { job: 0, absent: 0, wild: 0, liars: 0b010 },
        Op::Commit { job: 1, absent: 0b011, wild: 0, liars: 0 },
        Op::Reveal { job: 0, absent: 0 },
        Op::Finalize { job: 0, signers: u8::MAX },
        Op::Expire { job: 1 },
        Op::Assign { job: 1, first: 2, discount: 0 },
        Op::Withdraw { who: 5 },
        Op::Cancel { job: 2 },
    ];
    for op in &ops {
        world.run(op);
    }
    let phases: Vec<Phase> = world.model.jobs.iter().map(|job| job.phase).collect();
    assert_eq!(phases, [Phase::Settled, Phase::Disputed, Phase::Refunded]);
    assert_eq!(world.model.barred.len(), 2, "two that did not commit");
    assert_eq!(world.model.burnt, 996 / 2 / 2, "half of what is taken from the liar: half of its ask");
    assert_eq!(world.model.paid[&world.market.suite.account("node-1")], 702);
    world.wind_down();
}

/// Likewise of jobs that are settled together, after a batch that was refused.
#[test]
fn the_model_follows_jobs_that_are_settled_together() {
    let mut world = World::new();
    for job in 0..3 {
        let (workers, spare, price) = (3, 0, 1_003);
        world.run(&Op::Post { requester: 0, workers, spare, price, model_owner: true, data_owner: false });
        world.run(&Op::Assign { job, first: job, discount: 7 });
        world.run(&Op::Commit { job, absent: 0, wild: 0, liars: 0 });
        world.run(&Op::Reveal { job, absent: 0 });
    }
    world.run(&Op::FinalizeMany { jobs: 0b111, forged: true });
    world.run(&Op::FinalizeMany { jobs: 0b101, forged: false });
    let phases: Vec<Phase> = world.model.jobs.iter().map(|job| job.phase).collect();
    assert_eq!(phases, [Phase::Settled, Phase::Revealed, Phase::Settled]);
    world.wind_down();
}
