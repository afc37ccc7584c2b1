//! Random sequences of messages against an independent model of bonds, slots, keys, disputes and wallets.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::keyfiles::{self, Key, SLOTS, Wrong};
use bithive_api::registry::{ExecuteMsg, Hook, KeyDispute, KeyOpening};
use bithive_test_kit::registry::{DISPUTE_DEPOSIT, NODE_BOND, REQUESTER_BOND, params};
use bithive_test_kit::{NodeKeys, START, Suite};
use cosmwasm_std::HexBinary;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const ACCOUNTS: usize = 5;
/// Slots that are asked for, besides two that do not exist.
const USED: u16 = 4;
/// What is wrong with the keys that are registered: each is proven by opening one part, the others are sound.
const WRONG: [Wrong; 4] = [Wrong::Nothing, Wrong::Header, Wrong::Long, Wrong::Point(INDEX)];
const INDEX: u16 = 2;
const WAIT: u64 = 14 * 86_400;

#[derive(Clone, Debug)]
enum Op {
    RegisterNode {
        who: usize,
        slot: u16,
        key: usize,
        wrong: usize,
        bond: u128,
    },
    RegisterRequester {
        who: usize,
        key: usize,
        bond: u128,
    },
    AddBond {
        who: usize,
        amount: u128,
    },
    Unbond {
        who: usize,
    },
    Withdraw {
        who: usize,
    },
    Slash {
        who: usize,
        amount: u128,
    },
    /// Opens part 1 (header), 2 (end) or 3 (element), which proves [`WRONG`] of the same number.
    Dispute {
        who: usize,
        accused: usize,
        part: usize,
        deposit: u128,
        intact: bool,
    },
    Advance {
        seconds: u64,
    },
}

#[derive(Clone, Debug)]
struct Entry {
    /// None for a requester.
    slot: Option<u16>,
    key: usize,
    wrong: usize,
    bond: u128,
    until: Option<u64>,
    slashed: u128,
    malformed: bool,
}

impl Entry {
    fn new(slot: Option<u16>, key: usize, wrong: usize, bond: u128) -> Self {
        Self { slot, key, wrong, bond, until: None, slashed: 0, malformed: false }
    }
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
            Op::RegisterNode { who, slot, key, wrong, bond } => {
                self.register(who, Entry::new(Some(slot), key, wrong, bond), NODE_BOND)
            }
            Op::RegisterRequester { who, key, bond } => {
                self.register(who, Entry::new(None, key, 0, bond), REQUESTER_BOND)
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
            Op::Dispute { who, accused, part, deposit, intact } => {
                let entry = self.entries.get_mut(&accused);
                let entry = entry.filter(|entry| entry.slot.is_some() && !entry.malformed);
                let Some(entry) = entry.filter(|_| deposit == DISPUTE_DEPOSIT && intact) else {
                    self.wallets[who] += deposit;
                    return false;
                };
                let lost = if entry.wrong == part {
                    let bounty = entry.bond / 5;
                    let lost = entry.bond - bounty;
                    self.wallets[who] += deposit + bounty;
                    entry.slashed += entry.bond;
                    entry.bond = 0;
                    entry.malformed = true;
                    entry.until = entry.until.or(Some(now + WAIT));
                    lost
                } else {
                    deposit
                };
                self.burnt += lost / 2;
                self.treasury += lost - lost / 2;
                true
            }
            Op::Advance { seconds } => {
                self.now += seconds;
                true
            }
        }
    }
}

/// The key of a slot with one thing wrong; for a slot that does not exist, any.
fn key(slot: u16, wrong: usize) -> &'static Key {
    static KEYS: OnceLock<Vec<Key>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        let of_slot = |slot| WRONG.map(move |wrong| keyfiles::key(slot, wrong));
        (1..=USED).flat_map(of_slot).collect()
    });
    &keys[(usize::from(slot).max(1) - 1) % usize::from(USED) * WRONG.len() + wrong]
}

fn opening(key: &Key, part: usize, intact: bool) -> KeyOpening {
    let mut opening = match part {
        1 => key.header(),
        2 => key.end(),
        _ => key.element(INDEX),
    };
    let (KeyOpening::Header { key } | KeyOpening::End { key } | KeyOpening::Element { key, .. }) =
        &mut opening;
    if !intact {
        let mut bytes = key.to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        *key = bytes.into();
    }
    opening
}

/// `keys`: slot and fault of the key that each account has registered.
fn run(suite: &mut Suite, keys: &BTreeMap<usize, (u16, usize)>, op: &Op) -> bool {
    let name = |who: usize| format!("account {who}");
    let (registry, jobs) = (suite.registry.clone(), suite.faucet.clone());
    let result = match *op {
        Op::RegisterNode { who, slot, key: names, wrong, bond } => {
            let account = suite.account(&name(who)).to_string();
            let node =
                NodeKeys::of(&format!("key {names}")).registration(suite.domain(&registry), &account, slot);
            let node = key(slot, wrong).with(node);
            suite.bond(&name(who), bond, &Hook::RegisterNode(node))
        }
        Op::RegisterRequester { who, key, bond } => {
            let endpoint = HexBinary::from(&NodeKeys::of(&format!("key {key}")).endpoint);
            suite.bond(&name(who), bond, &Hook::RegisterRequester { endpoint })
        }
        Op::AddBond { who, amount } => suite.bond(&name(who), amount, &Hook::AddBond {}),
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
        Op::Dispute { who, accused, part, deposit, intact } => {
            let (slot, wrong) = keys.get(&accused).copied().unwrap_or((1, 0));
            let node = suite.account(&name(accused)).to_string();
            let dispute = KeyDispute { node, opening: opening(key(slot, wrong), part, intact) };
            suite.bond(&name(who), deposit, &Hook::Dispute(dispute))
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
            assert_eq!((node.unbonding_until, node.malformed), (entry.until, entry.malformed));
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
    let slot = prop_oneof![1 => Just(0), 8 => 1..=USED, 1 => Just(SLOTS + 1)];
    let deposit = prop_oneof![9 => Just(DISPUTE_DEPOSIT), 1 => DISPUTE_DEPOSIT - 1..=DISPUTE_DEPOSIT + 1];
    let bond = |least: u128| prop_oneof![1 => Just(least - 1), 5 => Just(least), 2 => least..2 * least];
    prop_oneof![
        4 => (who(), slot, 0..ACCOUNTS + 1, 0..WRONG.len(), bond(NODE_BOND))
            .prop_map(|(who, slot, key, wrong, bond)| Op::RegisterNode { who, slot, key, wrong, bond }),
        1 => (who(), 0..ACCOUNTS + 1, bond(REQUESTER_BOND))
            .prop_map(|(who, key, bond)| Op::RegisterRequester { who, key, bond }),
        3 => (who(), amount()).prop_map(|(who, amount)| Op::AddBond { who, amount }),
        3 => who().prop_map(|who| Op::Unbond { who }),
        6 => who().prop_map(|who| Op::Withdraw { who }),
        3 => (who(), prop_oneof![9 => amount(), 1 => Just(u128::MAX)])
            .prop_map(|(who, amount)| Op::Slash { who, amount }),
        4 => (who(), who(), 1..WRONG.len(), deposit, prop::bool::weighted(0.9))
            .prop_map(|(who, accused, part, deposit, intact)| {
                Op::Dispute { who, accused, part, deposit, intact }
            }),
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
        let mut suite = keyfiles::suite_with(bithive_api::registry::Params { unbonding_seconds: WAIT, ..params() });
        let jobs = suite.faucet.clone();
        suite.wire_jobs(&jobs);
        let mut model =
            Model { now: START, entries: BTreeMap::new(), wallets: [0; ACCOUNTS], treasury: 0, burnt: 0 };
        for op in &ops {
            let keys = model.entries.iter().filter_map(|(who, entry)| Some((*who, (entry.slot?, entry.wrong))));
            let accepted = run(&mut suite, &keys.collect(), op);
            prop_assert_eq!(accepted, model.apply(op), "{:?}", op);
            compare(&suite, &model);
        }
    }
}
