//! Random sequences of messages against an independent model of bonds, slots, keys and wallets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;

use bithive_api::registry::{ExecuteMsg, ReceiveMsg};
use bithive_test_kit::registry::{NODE_BOND, REQUESTER_BOND, params};
use bithive_test_kit::{NodeKeys, START, Suite};
use cosmwasm_std::HexBinary;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const ACCOUNTS: usize = 5;
const SLOTS: u16 = 4;
const WAIT: u64 = 14 * 86_400;

#[derive(Clone, Debug)]
enum Op {
    RegisterNode { who: usize, slot: u16, key: usize, bond: u128 },
    RegisterRequester { who: usize, key: usize, bond: u128 },
    AddBond { who: usize, amount: u128 },
    Unbond { who: usize },
    Withdraw { who: usize },
    Slash { who: usize, amount: u128 },
    Advance { seconds: u64 },
}

#[derive(Clone, Debug)]
struct Entry {
    /// None for a requester.
    slot: Option<u16>,
    key: usize,
    bond: u128,
    until: Option<u64>,
    slashed: u128,
}

struct Model {
    now: u64,
    entries: BTreeMap<usize, Entry>,
    wallets: [u128; ACCOUNTS],
    treasury: u128,
    burnt: u128,
}

impl Model {
    fn register(&mut self, who: usize, entry: Entry, least: u128) -> bool {
        let free = self
            .entries
            .values()
            .all(|other| other.key != entry.key && (entry.slot.is_none() || other.slot != entry.slot));
        let slot_exists = entry.slot.is_none_or(|slot| (1..=SLOTS).contains(&slot));
        let accepted = free && slot_exists && entry.bond >= least && !self.entries.contains_key(&who);
        // The kit mints what an account is to bond; refused, it stays in the wallet.
        if accepted {
            self.entries.insert(who, entry);
        } else {
            self.wallets[who] += entry.bond;
        }
        accepted
    }

    /// Whether the registry must accept, and what then holds.
    fn apply(&mut self, op: &Op) -> bool {
        let now = self.now;
        match *op {
            Op::RegisterNode { who, slot, key, bond } => {
                let entry = Entry { slot: Some(slot), key, bond, until: None, slashed: 0 };
                self.register(who, entry, NODE_BOND)
            }
            Op::RegisterRequester { who, key, bond } => {
                let entry = Entry { slot: None, key, bond, until: None, slashed: 0 };
                self.register(who, entry, REQUESTER_BOND)
            }
            Op::AddBond { who, amount } => match self.entries.get_mut(&who) {
                Some(entry) if entry.until.is_none() && amount > 0 => {
                    entry.bond += amount;
                    true
                }
                _ => {
                    self.wallets[who] += amount;
                    false
                }
            },
            Op::Unbond { who } => match self.entries.get_mut(&who) {
                Some(entry) if entry.until.is_none() => {
                    entry.until = Some(now + WAIT);
                    true
                }
                _ => false,
            },
            Op::Withdraw { who } => match self.entries.get(&who) {
                Some(entry) if entry.until.is_some_and(|until| now >= until) => {
                    self.wallets[who] += entry.bond;
                    self.entries.remove(&who);
                    true
                }
                _ => false,
            },
            Op::Slash { who, amount } => {
                if let Some(entry) = self.entries.get_mut(&who).filter(|entry| entry.slot.is_some()) {
                    let taken = amount.min(entry.bond);
                    entry.bond -= taken;
                    entry.slashed += taken;
                    self.burnt += taken / 2;
                    self.treasury += taken - taken / 2;
                }
                true
            }
            Op::Advance { seconds } => {
                self.now += seconds;
                true
            }
        }
    }
}

fn run(suite: &mut Suite, op: &Op) -> bool {
    let name = |who: usize| format!("account {who}");
    let (registry, jobs) = (suite.registry.clone(), suite.account("jobs"));
    let result = match *op {
        Op::RegisterNode { who, slot, key, bond } => {
            let account = suite.account(&name(who)).to_string();
            let node =
                NodeKeys::of(&format!("key {key}")).registration(suite.domain(&registry), &account, slot);
            suite.bond(&name(who), bond, &ReceiveMsg::RegisterNode(node))
        }
        Op::RegisterRequester { who, key, bond } => {
            let endpoint = HexBinary::from(&NodeKeys::of(&format!("key {key}")).endpoint);
            suite.bond(&name(who), bond, &ReceiveMsg::RegisterRequester { endpoint })
        }
        Op::AddBond { who, amount } => suite.bond(&name(who), amount, &ReceiveMsg::AddBond {}),
        Op::Unbond { who } => {
            let account = suite.account(&name(who));
            suite.ask_registry(&account, &ExecuteMsg::Unbond {})
        }
        Op::Withdraw { who } => {
            let address = suite.account(&name(who)).to_string();
            suite.ask_registry(&jobs, &ExecuteMsg::WithdrawBond { address })
        }
        Op::Slash { who, amount } => {
            let node = suite.account(&name(who)).to_string();
            let slash = ExecuteMsg::Slash { node, amount: amount.into(), reason: "fault".into(), job_id: 1 };
            suite.ask_registry(&jobs, &slash)
        }
        Op::Advance { seconds } => {
            suite.advance(seconds);
            return true;
        }
    };
    result.is_ok()
}

fn compare(suite: &Suite, model: &Model) {
    for who in 0..ACCOUNTS {
        let name = format!("account {who}");
        assert_eq!(suite.balance(&suite.account(&name)), model.wallets[who], "wallet of {name}");
        let (node, requester) = (suite.node(&name), suite.requester(&name));
        let Some(entry) = model.entries.get(&who) else {
            assert!(node.is_none() && requester.is_none(), "{name} is not registered");
            continue;
        };
        if let Some(slot) = entry.slot {
            let node = node.unwrap();
            assert!(requester.is_none());
            assert_eq!(node.registration.slot, slot);
            assert_eq!((node.bond.u128(), node.slashed.u128()), (entry.bond, entry.slashed));
            assert_eq!(node.unbonding_until, entry.until);
            assert_eq!(node.eligible, entry.until.is_none() && entry.bond >= NODE_BOND);
        } else {
            let requester = requester.unwrap();
            assert!(node.is_none());
            assert_eq!((requester.bond.u128(), requester.unbonding_until), (entry.bond, entry.until));
        }
    }
    let bonded: u128 = model.entries.values().map(|entry| entry.bond).sum();
    assert_eq!(suite.registry_config().bonded.u128(), bonded);
    assert_eq!(suite.balance(&suite.treasury), model.treasury);
    assert_eq!(suite.supply(&suite.btt).burnt.u128(), model.burnt);
    suite.custody();
    suite.conservation();
}

fn op() -> impl Strategy<Value = Op> {
    let who = || 0..ACCOUNTS;
    let amount = || prop_oneof![4 => 0..=NODE_BOND, 1 => Just(1), 1 => Just(NODE_BOND)];
    let bond = |least: u128| prop_oneof![1 => Just(least - 1), 5 => Just(least), 2 => least..2 * least];
    prop_oneof![
        4 => (who(), 0..=SLOTS + 1, 0..ACCOUNTS + 1, bond(NODE_BOND))
            .prop_map(|(who, slot, key, bond)| Op::RegisterNode { who, slot, key, bond }),
        1 => (who(), 0..ACCOUNTS + 1, bond(REQUESTER_BOND))
            .prop_map(|(who, key, bond)| Op::RegisterRequester { who, key, bond }),
        3 => (who(), amount()).prop_map(|(who, amount)| Op::AddBond { who, amount }),
        3 => who().prop_map(|who| Op::Unbond { who }),
        6 => who().prop_map(|who| Op::Withdraw { who }),
        3 => (who(), prop_oneof![9 => amount(), 1 => Just(u128::MAX)])
            .prop_map(|(who, amount)| Op::Slash { who, amount }),
        3 => prop_oneof![1..WAIT, Just(WAIT - 1), Just(WAIT)].prop_map(|seconds| Op::Advance { seconds }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 100,
        rng_seed: RngSeed::Fixed(21),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// 100 sequences of 50 messages.
    #[test]
    fn the_registry_and_the_model_agree_on_every_message(ops in prop::collection::vec(op(), 50)) {
        let mut suite =
            Suite::with_params(bithive_api::registry::Params { slots: SLOTS, unbonding_seconds: WAIT, ..params() });
        let jobs = suite.account("jobs");
        suite.wire_jobs(&jobs);
        let mut model =
            Model { now: START, entries: BTreeMap::new(), wallets: [0; ACCOUNTS], treasury: 0, burnt: 0 };
        for op in &ops {
            let accepted = run(&mut suite, op);
            prop_assert_eq!(accepted, model.apply(op), "{:?}", op);
            compare(&suite, &model);
        }
    }
}
