//! Random sequences of deposits, attestations, releases, refunds and withdrawals against an independent model: what
//! people put in is in escrow, owed or paid, to the unit.

use std::collections::{BTreeMap, BTreeSet};

use bithive_api::datasets::{ExecuteMsg, Use};
use bithive_ibc_kit::DatasetsSuite;
use bithive_ibc_kit::datasets::{INPUT, SHARE};
use cosmwasm_std::HexBinary;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const JOBS: usize = 2;

#[derive(Clone, Debug)]
enum Op {
    Deposit { dataset: u64, job: usize, amount: u128, right_input: bool, wait: u64 },
    Attest { job: usize },
    Release { id: u64 },
    Refund { id: u64 },
    Withdraw { owner: bool, dataset: u64 },
    Update { dataset: u64, share: u128, active: bool },
    Wait { seconds: u64 },
}

fn op() -> impl Strategy<Value = Op> {
    let dataset = || 1u64..=2;
    let job = || 0..JOBS;
    let amount = prop_oneof![5 => Just(SHARE), 1 => 1u128..3];
    prop_oneof![
        6 => (dataset(), job(), amount, prop::bool::weighted(0.8), 60u64..5_000).prop_map(
            |(dataset, job, amount, right_input, wait)| Op::Deposit { dataset, job, amount, right_input, wait }
        ),
        1 => job().prop_map(|job| Op::Attest { job }),
        5 => (1u64..16).prop_map(|id| Op::Release { id }),
        5 => (1u64..16).prop_map(|id| Op::Refund { id }),
        3 => (any::<bool>(), dataset()).prop_map(|(owner, dataset)| Op::Withdraw { owner, dataset }),
        1 => (dataset(), prop_oneof![4 => Just(SHARE), 1 => 1u128..3], prop::bool::weighted(0.9))
            .prop_map(|(dataset, share, active)| Op::Update { dataset, share, active }),
        3 => (1u64..3_000).prop_map(|seconds| Op::Wait { seconds }),
    ]
}

struct Escrow {
    dataset: u64,
    job: usize,
    amount: u128,
    right_input: bool,
    deadline: u64,
}

struct Case {
    suite: DatasetsSuite,
    jobs: [u64; JOBS],
    attested: BTreeSet<usize>,
    shares: BTreeMap<u64, (u128, bool)>,
    made: u64,
    deposits: BTreeMap<u64, Escrow>,
    /// By whether it is the owner's, and data set.
    owed: BTreeMap<(bool, u64), u128>,
    paid: BTreeMap<(bool, u64), u128>,
    put_in: BTreeMap<u64, u128>,
}

impl Case {
    fn new() -> Self {
        let mut suite = DatasetsSuite::new();
        // Settled at once, attested when a sequence says so.
        let jobs = std::array::from_fn(|_| suite.chains.settled([1, 2, 3, 4], &["node-1", "node-2"]));
        Self {
            suite,
            jobs,
            attested: BTreeSet::new(),
            shares: BTreeMap::from([(1, (SHARE, true)), (2, (SHARE, true))]),
            made: 0,
            deposits: BTreeMap::new(),
            owed: BTreeMap::new(),
            paid: BTreeMap::new(),
            put_in: BTreeMap::new(),
        }
    }

    fn earned(&self, escrow: &Escrow) -> bool {
        escrow.right_input && self.attested.contains(&escrow.job)
    }

    fn apply(&mut self, op: &Op) {
        let now = self.suite.chains.suite.now();
        match *op {
            Op::Deposit { dataset, job, amount, right_input, wait } => {
                let deadline = now + wait;
                let input_commitment = HexBinary::from(&if right_input { INPUT } else { [9; 32] });
                let base = self.suite.purpose(dataset, self.jobs[job]);
                let result = self.suite.deposit(&Use { input_commitment, deadline, ..base }, amount);
                assert_eq!(result.is_ok(), self.shares[&dataset] == (amount, true), "{:?}", result.err());
                if result.is_ok() {
                    self.made += 1;
                    *self.put_in.entry(dataset).or_default() += amount;
                    self.deposits.insert(self.made, Escrow { dataset, job, amount, right_input, deadline });
                }
            }
            Op::Attest { job } => {
                if self.attested.insert(job) {
                    self.suite.chains.attest(self.jobs[job]).unwrap();
                }
            }
            Op::Release { id } => {
                let accepted = self.deposits.get(&id).is_some_and(|escrow| self.earned(escrow));
                let result = self.suite.by_anybody(&ExecuteMsg::Release { id });
                assert_eq!(result.is_ok(), accepted, "{:?}", result.err());
                self.credit(accepted, id, true);
            }
            Op::Refund { id } => {
                let late = |escrow: &&Escrow| now > escrow.deadline && !self.earned(escrow);
                let accepted = self.deposits.get(&id).filter(late).is_some();
                let result = self.suite.by_anybody(&ExecuteMsg::Refund { id });
                assert_eq!(result.is_ok(), accepted, "{:?}", result.err());
                self.credit(accepted, id, false);
            }
            Op::Withdraw { owner, dataset } => {
                let asset = self.suite.assets()[dataset as usize - 1].clone();
                let account = if owner { self.suite.owner.clone() } else { self.suite.user.clone() };
                let result = self.suite.execute(&account, &ExecuteMsg::Withdraw { asset });
                let owed = self.owed.remove(&(owner, dataset)).unwrap_or(0);
                assert_eq!(result.is_ok(), owed > 0, "{:?}", result.err());
                *self.paid.entry((owner, dataset)).or_default() += owed;
            }
            Op::Update { dataset, share, active } => {
                let owner = self.suite.owner.clone();
                let update = ExecuteMsg::Update { id: dataset, share: share.into(), active };
                self.suite.execute(&owner, &update).unwrap();
                self.shares.insert(dataset, (share, active));
            }
            Op::Wait { seconds } => self.suite.chains.suite.advance(seconds),
        }
    }

    fn credit(&mut self, accepted: bool, id: u64, to_owner: bool) {
        if accepted {
            let escrow = self.deposits.remove(&id).unwrap();
            *self.owed.entry((to_owner, escrow.dataset)).or_default() += escrow.amount;
        }
    }

    fn check(&self) {
        self.suite.check();
        for (dataset, asset) in (1u64..).zip(self.suite.assets()) {
            let escrowed: u128 = self
                .deposits
                .values()
                .filter(|escrow| escrow.dataset == dataset)
                .map(|escrow| escrow.amount)
                .sum();
            let of =
                |sums: &BTreeMap<(bool, u64), u128>, owner| sums.get(&(owner, dataset)).copied().unwrap_or(0);
            let held = self.suite.held(&asset);
            assert_eq!(held.escrowed.u128(), escrowed);
            assert_eq!(held.claimable.u128(), of(&self.owed, true) + of(&self.owed, false));
            let put_in = self.put_in.get(&dataset).copied().unwrap_or(0);
            assert_eq!(self.suite.balance(&self.suite.owner, &asset), of(&self.paid, true));
            let user = 100 * SHARE - put_in + of(&self.paid, false);
            assert_eq!(self.suite.balance(&self.suite.user, &asset), user);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        rng_seed: RngSeed::Fixed(10),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_people_put_in_is_in_escrow_or_owed_or_paid(ops in prop::collection::vec(op(), 60)) {
        let mut case = Case::new();
        for op in ops {
            case.apply(&op);
            case.check();
        }
    }
}
