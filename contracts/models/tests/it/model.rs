//! Random sequences of registrations, challenges, rulings, exits and withdrawals against an independent model: what people
//! put in is locked, owed, paid or the treasury's, to the unit, and who earns is who the model says.

use std::collections::BTreeMap;

use bithive_api::models::{Card, ExecuteMsg, Ruling};
use bithive_test_kit::Suite;
use bithive_test_kit::models::{BOND, LEAVE, Models, NOTICE, RULING, card};
use cosmwasm_std::Addr;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::register::{digest, new, paid};

const PEOPLE: usize = 3;

#[derive(Clone, Debug)]
enum Op {
    Register { who: usize, model: u8 },
    Challenge { who: usize, model: u8, claims: bool },
    Rule { model: u8, ruling: Ruling },
    Close { model: u8 },
    Leave { who: usize, model: u8 },
    Update { who: usize, model: u8, receiver: usize },
    Withdraw { who: usize },
    Wait { seconds: u64 },
}

fn op() -> impl Strategy<Value = Op> {
    let (who, model) = (|| 0..PEOPLE, || 1u8..=2);
    let ruling =
        prop_oneof![Just(Ruling::Registrant), Just(Ruling::Challenger), Just(Ruling::Neither)].boxed();
    // Around each limit, where one second decides.
    let seconds =
        prop_oneof![Just(NOTICE - 1), Just(1), Just(RULING), Just(LEAVE), 1..NOTICE, (RULING / 2)..RULING,];
    prop_oneof![
        4 => (who(), model()).prop_map(|(who, model)| Op::Register { who, model }),
        4 => (who(), model(), any::<bool>())
            .prop_map(|(who, model, claims)| Op::Challenge { who, model, claims }),
        3 => (model(), ruling).prop_map(|(model, ruling)| Op::Rule { model, ruling }),
        3 => model().prop_map(|model| Op::Close { model }),
        2 => (who(), model()).prop_map(|(who, model)| Op::Leave { who, model }),
        1 => (who(), model(), who()).prop_map(|(who, model, receiver)| Op::Update { who, model, receiver }),
        2 => who().prop_map(|who| Op::Withdraw { who }),
        5 => seconds.prop_map(|seconds| Op::Wait { seconds }),
    ]
}

struct Challenge {
    challenger: usize,
    claims: bool,
    /// Whether the registration was in force when it was challenged.
    in_force: bool,
    until: u64,
}

struct Registration {
    owner: usize,
    receiver: usize,
    from: u64,
    leaving: Option<u64>,
    challenge: Option<Challenge>,
}

struct Case {
    suite: Suite,
    models: Models,
    people: [Addr; PEOPLE],
    registrations: BTreeMap<u8, Registration>,
    owed: [u128; PEOPLE],
    wallets: [u128; PEOPLE],
    treasury: u128,
}

impl Case {
    fn new() -> Self {
        let (suite, models, people) = new();
        let wallets = std::array::from_fn(|who| suite.balance(&people[who]));
        let treasury = suite.balance(&suite.treasury);
        let registrations = BTreeMap::new();
        Self { suite, models, people, registrations, owed: [0; PEOPLE], wallets, treasury }
    }

    /// Of somebody's bond or deposit: half to the winner, the rest to the treasury, which has the odd unit.
    fn divide(&mut self, winner: usize) {
        self.owed[winner] += BOND / 2;
        self.treasury += BOND - BOND / 2;
    }

    fn apply(&mut self, op: &Op) {
        let now = self.suite.now();
        let (expected, found) = match *op {
            Op::Register { who, model } => {
                let accepted = !self.registrations.contains_key(&model);
                self.wallets[who] += if accepted { 0 } else { BOND };
                if accepted {
                    let from = now + NOTICE;
                    let new =
                        Registration { owner: who, receiver: who, from, leaving: None, challenge: None };
                    self.registrations.insert(model, new);
                }
                (accepted, self.models.register(&mut self.suite, &self.people[who], &digest(model)))
            }
            Op::Challenge { who, model, claims } => {
                let found = self.registrations.get_mut(&model);
                let found = found.filter(|one| one.owner != who && one.challenge.is_none());
                let accepted = found.is_some();
                if let Some(one) = found {
                    let (in_force, until) = (now >= one.from, now + RULING);
                    one.challenge = Some(Challenge { challenger: who, claims, in_force, until });
                }
                self.wallets[who] += if accepted { 0 } else { BOND };
                let claim = claims.then(card);
                let challenger = &self.people[who];
                (accepted, self.models.challenge(&mut self.suite, challenger, &digest(model), claim))
            }
            Op::Rule { model, ruling } => {
                (self.rule(model, ruling, now), self.models.rule(&mut self.suite, &digest(model), ruling))
            }
            Op::Close { model } => {
                (self.close(model, now), self.models.close(&mut self.suite, &digest(model)))
            }
            Op::Leave { who, model } => {
                let found = self.registrations.get_mut(&model);
                let found =
                    found.filter(|one| one.owner == who && one.challenge.is_none() && one.leaving.is_none());
                let accepted = found.is_some();
                if let Some(one) = found {
                    one.leaving = Some(now + LEAVE);
                }
                let leave = ExecuteMsg::Leave { model: digest(model) };
                (accepted, self.models.send(&mut self.suite, &self.people[who], &leave))
            }
            Op::Update { who, model, receiver } => {
                let found = self.registrations.get_mut(&model).filter(|one| one.owner == who);
                let accepted = found.is_some();
                if let Some(one) = found {
                    one.receiver = receiver;
                }
                let card = Card { receiver: Some(self.people[receiver].to_string()), ..card() };
                let update = ExecuteMsg::Update { model: digest(model), card };
                (accepted, self.models.send(&mut self.suite, &self.people[who], &update))
            }
            Op::Withdraw { who } => {
                let owed = std::mem::take(&mut self.owed[who]);
                self.wallets[who] += owed;
                let withdraw = ExecuteMsg::Withdraw {};
                (owed > 0, self.models.send(&mut self.suite, &self.people[who], &withdraw))
            }
            Op::Wait { seconds } => {
                self.suite.advance(seconds);
                return;
            }
        };
        assert_eq!(found.is_ok(), expected, "{op:?}: {:?}", found.err());
    }

    fn rule(&mut self, model: u8, ruling: Ruling, now: u64) -> bool {
        let Some(one) = self.registrations.get_mut(&model) else { return false };
        if one.challenge.as_ref().is_none_or(|challenge| now > challenge.until) {
            return false;
        }
        let Challenge { challenger, claims, .. } = one.challenge.take().unwrap();
        match ruling {
            Ruling::Registrant => {
                one.from = one.from.min(now);
                let winner = one.owner;
                self.divide(winner);
            }
            Ruling::Challenger => {
                self.divide(challenger);
                if claims {
                    let (owner, receiver) = (challenger, challenger);
                    let new = Registration { owner, receiver, from: now, leaving: None, challenge: None };
                    self.registrations.insert(model, new);
                } else {
                    self.registrations.remove(&model);
                    self.owed[challenger] += BOND;
                }
            }
            Ruling::Neither => {
                self.registrations.remove(&model);
                self.treasury += 2 * BOND;
            }
        }
        true
    }

    fn close(&mut self, model: u8, now: u64) -> bool {
        let Some(one) = self.registrations.get_mut(&model) else { return false };
        let until = match &one.challenge {
            Some(challenge) => Some(challenge.until),
            None => one.leaving,
        };
        if until.is_none_or(|until| now <= until) {
            return false;
        }
        let challenge = one.challenge.take();
        if let Some(Challenge { challenger, in_force, .. }) = &challenge {
            self.owed[*challenger] += BOND;
            if *in_force {
                return true;
            }
        }
        self.owed[one.owner] += BOND;
        self.registrations.remove(&model);
        true
    }

    fn check(&self) {
        self.models.check(&self.suite);
        let now = self.suite.now();
        for who in 0..PEOPLE {
            assert_eq!(self.models.claimable(&self.suite, &self.people[who]), self.owed[who]);
            assert_eq!(self.suite.balance(&self.people[who]), self.wallets[who]);
        }
        assert_eq!(self.suite.balance(&self.suite.treasury), self.treasury);
        for model in 1..=2 {
            let earns = self.registrations.get(&model).filter(|one| {
                let stopped = one.challenge.as_ref().is_some_and(|challenge| !challenge.in_force);
                now >= one.from && one.leaving.is_none() && !stopped
            });
            let receiver = earns.map(|one| self.people[one.receiver].clone());
            assert_eq!(paid(&self.suite, &self.models, &digest(model)), receiver);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        rng_seed: RngSeed::Fixed(13),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_people_put_in_is_locked_or_owed_or_paid(ops in prop::collection::vec(op(), 80)) {
        let mut case = Case::new();
        for op in ops {
            case.apply(&op);
            case.check();
        }
    }
}
