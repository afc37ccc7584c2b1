//! Random sequences of messages against a model of budget, limits and evidence.

use std::collections::{BTreeMap, BTreeSet};

use bithive_api::rewards::{Activity, ExecuteMsg, limits};
use bithive_test_kit::rewards::{DAY, RewardsSuite, limits, worth};
use bithive_test_kit::{START, UNIT};
use cosmwasm_std::Addr;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const PATIENTS: usize = 2;
const PARTIES: usize = 4;

#[derive(Clone, Debug)]
enum Op {
    Fund { btt: u128 },
    Propose { by: usize, patient: usize, care: bool, btt: u128, evidence: u8 },
    Approve { by: usize, id: u64 },
    Expire { id: u64 },
    Return { btt: u128 },
    Wait { seconds: u64 },
}

struct Waiting {
    patient: usize,
    care: bool,
    amount: u128,
    evidence: u8,
    parties: BTreeSet<usize>,
    until: u64,
}

#[derive(Default)]
struct Model {
    now: u64,
    budget: u128,
    made: u64,
    waiting: BTreeMap<u64, Waiting>,
    evidence: BTreeSet<u8>,
    /// By day and patient: what was paid.
    paid: BTreeMap<(u64, usize), Vec<u128>>,
    /// Days and patients with a reward for chronic care.
    cared: BTreeSet<(u64, usize)>,
}

impl Model {
    fn payable(&self, patient: usize, care: bool, amount: u128) -> bool {
        let (day, limits) = (self.now / DAY, limits());
        let own = self.paid.get(&(day, patient)).cloned().unwrap_or_default();
        let all: u128 = (0..PATIENTS).filter_map(|patient| self.paid.get(&(day, patient))).flatten().sum();
        amount <= self.budget
            && !(care && self.cared.contains(&(day, patient)))
            && own.len() < usize::from(limits.patient_count)
            && own.iter().sum::<u128>() + amount <= limits.patient_amount.u128()
            && all + amount <= limits.total_amount.u128()
    }

    /// Whether the contract must accept, and what then holds.
    fn apply(&mut self, op: &Op) -> bool {
        match op {
            Op::Fund { btt } => self.budget += btt * UNIT,
            Op::Wait { seconds } => self.now += seconds,
            Op::Return { btt } => {
                if *btt == 0 || btt * UNIT > self.budget {
                    return false;
                }
                self.budget -= btt * UNIT;
            }
            Op::Propose { by, patient, care, btt, evidence } => {
                // Below half of the least nothing is paid.
                if *btt < if *care { 5 } else { 100 } || !self.evidence.insert(*evidence) {
                    return false;
                }
                self.made += 1;
                let (least, most) = if *care { (10, 30) } else { (200, 600) };
                let (amount, until) = ((*btt).clamp(least, most) * UNIT, self.now + limits::APPROVAL_SECONDS);
                let (patient, care, evidence, parties) = (*patient, *care, *evidence, BTreeSet::from([*by]));
                self.waiting.insert(self.made, Waiting { patient, care, amount, evidence, parties, until });
            }
            Op::Expire { id } => {
                let Some(waiting) = self.waiting.get(id).filter(|waiting| waiting.until < self.now) else {
                    return false;
                };
                self.evidence.remove(&waiting.evidence);
                self.waiting.remove(id);
            }
            Op::Approve { by, id } => {
                let Some(waiting) = self.waiting.get(id) else { return false };
                if waiting.until < self.now || waiting.parties.contains(by) {
                    return false;
                }
                let (patient, care, amount) = (waiting.patient, waiting.care, waiting.amount);
                if waiting.parties.len() < 2 {
                    self.waiting.get_mut(id).unwrap().parties.insert(*by);
                } else if self.payable(patient, care, amount) {
                    self.waiting.remove(id);
                    self.budget -= amount;
                    self.paid.entry((self.now / DAY, patient)).or_default().push(amount);
                    if care {
                        self.cared.insert((self.now / DAY, patient));
                    }
                } else {
                    return false;
                }
            }
        }
        true
    }
}

fn op() -> impl Strategy<Value = Op> {
    let (party, id) = (|| 0..PARTIES, || 1u64..12);
    prop_oneof![
        1 => (0u128..2_000).prop_map(|btt| Op::Fund { btt: btt + 1 }),
        4 => (party(), 0..PATIENTS, any::<bool>(), 0u128..1_000, 0u8..10)
            .prop_map(|(by, patient, care, btt, evidence)| Op::Propose { by, patient, care, btt, evidence }),
        12 => (party(), id()).prop_map(|(by, id)| Op::Approve { by, id }),
        1 => id().prop_map(|id| Op::Expire { id }),
        1 => (0u128..1_000).prop_map(|btt| Op::Return { btt }),
        2 => prop_oneof![Just(DAY / 2), Just(3 * DAY), Just(20 * DAY)].prop_map(|seconds| Op::Wait { seconds }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 150,
        rng_seed: RngSeed::Fixed(3),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// 150 sequences of 80 messages.
    #[test]
    fn the_contract_and_the_model_agree_on_every_message(ops in prop::collection::vec(op(), 80)) {
        let mut suite = RewardsSuite::new();
        let patients: Vec<Addr> = (0..PATIENTS).map(|index| suite.suite.account(&format!("patient {index}"))).collect();
        let (owner, parties) = (suite.suite.owner.clone(), suite.parties.clone());
        let mut model = Model { now: START, ..Model::default() };
        for op in &ops {
            let result = match op {
                Op::Fund { btt } => suite.fund(btt * UNIT).map(drop),
                Op::Propose { by, patient, care, btt, evidence } => {
                    let (patient, evidence) = (&patients[*patient], evidence.to_string());
                    let activity = if *care { Activity::ChronicCare } else { Activity::CheckUp };
                    suite.propose(&parties[*by], patient, activity, worth(*btt), &evidence).map(drop)
                }
                Op::Approve { by, id } => suite.approve(&parties[*by], *id).map(drop),
                Op::Expire { id } => suite.execute(&patients[0], &ExecuteMsg::Expire { id: *id }).map(drop),
                Op::Return { btt } => {
                    suite.execute(&owner, &ExecuteMsg::ReturnBudget { amount: (btt * UNIT).into() }).map(drop)
                }
                Op::Wait { seconds } => {
                    suite.suite.advance(*seconds);
                    Ok(())
                }
            };
            prop_assert_eq!(result.is_ok(), model.apply(op), "{:?}: {:?}", op, result.err());
            for (index, patient) in patients.iter().enumerate() {
                let paid = model.paid.iter().filter(|((_, of), _)| *of == index).flat_map(|(_, paid)| paid).sum::<u128>();
                prop_assert_eq!(suite.suite.balance(patient), paid);
            }
            prop_assert_eq!(suite.budget().available.u128(), model.budget);
            suite.check();
        }
    }
}
