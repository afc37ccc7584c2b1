//! Random messages, beside plain numbers that say what each account has: nothing is lost or made.

use std::collections::BTreeMap;

use bithive_api::randomness::{ExecuteMsg, Request, limits};
use bithive_test_kit::randomness::asking;
use cosmwasm_std::Addr;
use proptest::prelude::*;

use crate::world::{WEALTH, World};

#[derive(Clone, Debug)]
enum Op {
    Ask {
        bounty: u128,
        after: Option<u64>,
    },
    /// The round that this request waits for.
    Submit {
        who: usize,
        of: u64,
    },
    Deliver {
        of: Vec<u64>,
    },
    Expire {
        id: u64,
    },
    Withdraw {
        who: usize,
    },
    Wait {
        seconds: u64,
    },
}

fn op() -> impl Strategy<Value = Op> {
    let bounty = prop_oneof![Just(0u128), Just(1), 1..500u128, Just(WEALTH), Just(u128::MAX)];
    let after = prop_oneof![Just(None), (0..200u64).prop_map(Some), Just(Some(u64::MAX))];
    let seconds = prop_oneof![0..60u64, Just(limits::EXPIRY_SECONDS), Just(limits::EXPIRY_SECONDS + 60)];
    prop_oneof![
        4 => (bounty, after).prop_map(|(bounty, after)| Op::Ask { bounty, after }),
        3 => (0..3usize, 1..9u64).prop_map(|(who, of)| Op::Submit { who, of }),
        2 => prop::collection::vec(1..9u64, 0..3).prop_map(|of| Op::Deliver { of }),
        2 => (1..9u64).prop_map(|id| Op::Expire { id }),
        2 => (0..3usize).prop_map(|who| Op::Withdraw { who }),
        2 => seconds.prop_map(|seconds| Op::Wait { seconds }),
    ]
}

/// The rules once more, over plain numbers.
#[derive(Default)]
struct Plain {
    /// Round and bounty of each request that is there.
    requests: BTreeMap<u64, (u64, u128)>,
    next: u64,
    known: Vec<u64>,
    owed: [u128; 3],
    has: [u128; 3],
}

impl Plain {
    /// Whether the message is taken, and what it does.
    fn run(&mut self, op: &Op, world: &World) -> bool {
        let now = world.suite.now();
        match op {
            Op::Ask { bounty, after } => {
                let wish = after.map_or(now, |after| now.saturating_add(after));
                let first = now.max(wish).saturating_add(limits::MAX_LAG);
                // Whole periods of three seconds after the first round, at 1,000.
                let round = first.saturating_sub(1_000) / 3 + 2;
                if *bounty > self.has[0] || wish > now + limits::MAX_AFTER || self.known.contains(&round) {
                    return false;
                }
                self.next += 1;
                self.requests.insert(self.next, (round, *bounty));
                self.has[0] -= bounty;
                true
            }
            Op::Submit { who, of } => {
                let Some((round, _)) = self.requests.get(of).copied() else { return false };
                if self.known.contains(&round) {
                    return false;
                }
                self.known.push(round);
                for (_, bounty) in self.requests.values_mut().filter(|(other, _)| *other == round) {
                    self.owed[*who] += *bounty;
                    *bounty = 0;
                }
                true
            }
            Op::Deliver { of } => {
                let ready =
                    |id: &u64| self.requests.get(id).is_some_and(|(round, _)| self.known.contains(round));
                if of.is_empty() || !of.iter().all(ready) {
                    return false;
                }
                self.requests.retain(|id, _| !of.contains(id));
                true
            }
            Op::Expire { id } => {
                let Some((round, bounty)) = self.requests.get(id).copied() else { return false };
                let late = now > 1_000 + (round - 1) * 3 + limits::EXPIRY_SECONDS;
                if self.known.contains(&round) || !late {
                    return false;
                }
                self.requests.remove(id);
                self.owed[0] += bounty;
                true
            }
            Op::Withdraw { who } => {
                let owed = std::mem::take(&mut self.owed[*who]);
                self.has[*who] += owed;
                owed > 0
            }
            Op::Wait { .. } => true,
        }
    }
}

fn run(world: &mut World, op: &Op, accounts: &[Addr; 3]) -> bool {
    match op {
        Op::Ask { bounty, after } => {
            let after = after.map(|after| world.suite.now().saturating_add(after));
            world.ask_or_refuse(*bounty, Request { after, ..asking() })
        }
        Op::Submit { who, of } => match world.randomness.request(&world.suite, *of) {
            Some(request) => {
                world.randomness.submit(&mut world.suite, &accounts[*who], request.round).is_ok()
            }
            None => false,
        },
        Op::Deliver { of } => world.by_stranger(&ExecuteMsg::Deliver { requests: of.clone() }).is_ok(),
        Op::Expire { id } => world.by_stranger(&ExecuteMsg::Expire { id: *id }).is_ok(),
        Op::Withdraw { who } => {
            world.randomness.send(&mut world.suite, &accounts[*who], &ExecuteMsg::Withdraw {}).is_ok()
        }
        Op::Wait { seconds } => {
            world.suite.advance(*seconds);
            true
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_is_promised_is_paid_once_or_given_back(ops in prop::collection::vec(op(), 1..60)) {
        let mut world = World::new();
        let accounts = [world.alice.clone(), world.relayer.clone(), world.stranger.clone()];
        let mut plain = Plain { has: [WEALTH, 0, 0], ..Plain::default() };
        for op in &ops {
            let expected = plain.run(op, &world);
            prop_assert_eq!(run(&mut world, op, &accounts), expected, "{:?}", op);
            for (index, account) in accounts.iter().enumerate() {
                prop_assert_eq!(world.suite.balance(account), plain.has[index]);
                prop_assert_eq!(world.randomness.claimable(&world.suite, account), plain.owed[index]);
            }
            let waiting: u128 = plain.requests.values().map(|(_, bounty)| bounty).sum();
            let held = waiting + plain.owed.iter().sum::<u128>();
            prop_assert_eq!(world.suite.balance(&world.randomness.address), held);
            world.check();
        }
    }
}
