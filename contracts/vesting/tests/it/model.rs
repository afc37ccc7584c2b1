//! Random sequences of messages against an independent model.

use std::collections::BTreeMap;

use bithive_api::vesting::{ExecuteMsg, Schedule};
use bithive_test_kit::START;
use bithive_test_kit::vesting::VestingSuite;
use cosmwasm_std::Addr;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const ACCOUNTS: usize = 4;

#[derive(Clone, Debug)]
enum Op {
    Lock { by: usize, owner: usize, amount: u128, schedule: Schedule, revocable: bool },
    Claim { by: usize, id: u64 },
    Transfer { by: usize, id: u64, to: usize },
    Revoke { by: usize, id: u64 },
    Wait { seconds: u64 },
}

struct Held {
    owner: usize,
    revoker: Option<usize>,
    total: u128,
    paid: u128,
    schedule: Schedule,
}

impl Held {
    /// Step by step, as a person would reckon it.
    fn vested(&self, now: u64) -> u128 {
        let schedule = &self.schedule;
        if now < schedule.start {
            return 0;
        }
        let immediate = self.total * u128::from(schedule.immediate_bps) / 10_000;
        let mut steps = 0;
        let mut next = schedule.start + schedule.cliff_seconds;
        while steps < schedule.steps && next <= now {
            steps += 1;
            next += schedule.step_seconds;
        }
        immediate + (self.total - immediate) * u128::from(steps) / u128::from(schedule.steps)
    }
}

#[derive(Default)]
struct Model {
    now: u64,
    made: u64,
    positions: BTreeMap<u64, Held>,
    balances: [u128; ACCOUNTS],
}

impl Model {
    fn settle(&mut self, id: u64) -> u128 {
        let position = self.positions.get_mut(&id).unwrap();
        let due = position.vested(self.now) - position.paid;
        position.paid += due;
        self.balances[position.owner] += due;
        due
    }

    fn tidy(&mut self, id: u64) {
        if self.positions.get(&id).is_some_and(|position| position.paid == position.total) {
            self.positions.remove(&id);
        }
    }

    /// Whether the contract must accept, and what then holds.
    fn apply(&mut self, op: &Op) -> bool {
        let accepted = match op {
            Op::Wait { seconds } => {
                self.now += seconds;
                true
            }
            Op::Lock { by, owner, amount, schedule, revocable } => {
                if *amount > 0 {
                    self.made += 1;
                    let revoker = revocable.then_some(*by);
                    let position =
                        Held { owner: *owner, revoker, total: *amount, paid: 0, schedule: schedule.clone() };
                    self.positions.insert(self.made, position);
                }
                *amount > 0
            }
            Op::Claim { id, .. } => self.positions.contains_key(id) && self.settle(*id) > 0,
            Op::Transfer { by, id, to } => {
                let allowed = self.positions.get(id).is_some_and(|position| position.owner == *by);
                if allowed {
                    self.settle(*id);
                    self.positions.get_mut(id).unwrap().owner = *to;
                }
                allowed
            }
            Op::Revoke { by, id } => {
                let now = self.now;
                let allowed = self.positions.get(id).is_some_and(|position| {
                    position.revoker == Some(*by) && position.vested(now) < position.total
                });
                if allowed {
                    self.settle(*id);
                    let position = self.positions.remove(id).unwrap();
                    self.balances[*by] += position.total - position.paid;
                }
                allowed
            }
        };
        if let Op::Claim { id, .. } | Op::Transfer { id, .. } = op {
            self.tidy(*id);
        }
        accepted
    }
}

fn schedules() -> impl Strategy<Value = Schedule> {
    (0u64..400, prop_oneof![Just(0u16), Just(10_000), 0u16..10_000], 0u64..300, 1u64..50, 1u32..20).prop_map(
        |(start, immediate_bps, cliff_seconds, step_seconds, steps)| Schedule {
            start: START - 100 + start,
            immediate_bps,
            cliff_seconds,
            step_seconds,
            steps,
        },
    )
}

fn op() -> impl Strategy<Value = Op> {
    let who = || 0..ACCOUNTS;
    let id = || 1u64..12;
    let amount = prop_oneof![8 => 1u128..10_000, 1 => Just(0)];
    prop_oneof![
        3 => (who(), who(), amount, schedules(), any::<bool>()).prop_map(
            |(by, owner, amount, schedule, revocable)| Op::Lock { by, owner, amount, schedule, revocable }),
        6 => (who(), id()).prop_map(|(by, id)| Op::Claim { by, id }),
        2 => (who(), id(), who()).prop_map(|(by, id, to)| Op::Transfer { by, id, to }),
        1 => (who(), id()).prop_map(|(by, id)| Op::Revoke { by, id }),
        4 => (1u64..200).prop_map(|seconds| Op::Wait { seconds }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// 200 sequences of 80 messages.
    #[test]
    fn the_contract_and_the_model_agree_on_every_message(ops in prop::collection::vec(op(), 80)) {
        let mut suite = VestingSuite::new();
        let accounts: Vec<Addr> =
            (0..ACCOUNTS).map(|index| suite.suite.account(&format!("account {index}"))).collect();
        let mut model = Model { now: START, ..Model::default() };
        for op in &ops {
            let result = match op {
                Op::Wait { seconds } => {
                    suite.suite.advance(*seconds);
                    Ok(())
                }
                Op::Lock { by, owner, amount, schedule, revocable } => {
                    let owner = accounts[*owner].to_string();
                    let locked = suite.lock(&accounts[*by], &owner, *amount, schedule.clone(), *revocable);
                    locked.map(drop)
                }
                Op::Claim { by, id } => suite.execute(&accounts[*by], &ExecuteMsg::Claim { id: *id }).map(drop),
                Op::Transfer { by, id, to } => {
                    let new_owner = accounts[*to].to_string();
                    suite.execute(&accounts[*by], &ExecuteMsg::Transfer { id: *id, new_owner }).map(drop)
                }
                Op::Revoke { by, id } => suite.execute(&accounts[*by], &ExecuteMsg::Revoke { id: *id }).map(drop),
            };
            prop_assert_eq!(result.is_ok(), model.apply(op), "{:?}: {:?}", op, result.err());
            for (account, expected) in accounts.iter().zip(model.balances) {
                prop_assert_eq!(suite.suite.balance(account), expected, "{:?}", op);
            }
            let held: u128 = model.positions.values().map(|position| position.total - position.paid).sum();
            prop_assert_eq!((suite.held(), suite.suite.balance(&suite.vesting)), (held, held));
            let due: Vec<_> = model.positions.iter().map(|(id, held)| (*id, held.vested(model.now) - held.paid)).collect();
            for (id, due) in due {
                prop_assert_eq!(suite.position(id).map(|position| position.due.u128()), Some(due));
            }
        }
        suite.suite.conservation();
    }
}
