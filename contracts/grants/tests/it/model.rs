//! Random messages to the contract, and to a model that is written apart from it.

use std::collections::BTreeMap;

use bithive_api::grants::{Basis, ExecuteMsg, Standing};
use bithive_test_kit::Suite;
use bithive_test_kit::grants::{DAY, Grants, basis, digest};
use bithive_test_kit::registry::REQUESTER_BOND;
use cosmwasm_std::Addr;
use proptest::prelude::*;

const ACCOUNTS: [&str; 4] = ["patient", "other", "clinic", "lab"];
/// Of the accounts, those that are requesters.
const REQUESTERS: [usize; 2] = [2, 3];

#[derive(Clone, Debug)]
enum Op {
    Record { subject: usize, number: u8, reader: usize, seconds: u64 },
    Revoke { subject: usize, number: u8, reader: usize },
    BreakGlass { requester: usize, subject: usize },
    Anchor { account: usize, log: u8, count: u64 },
    Wait { seconds: u64 },
}

fn operation() -> impl Strategy<Value = Op> {
    let who = 0..4usize;
    prop_oneof![
        5 => (who.clone(), 0..3u8, who.clone(), 0..3 * DAY)
            .prop_map(|(subject, number, reader, seconds)| Op::Record { subject, number, reader, seconds }),
        3 => (who.clone(), 0..3u8, who.clone())
            .prop_map(|(subject, number, reader)| Op::Revoke { subject, number, reader }),
        3 => (who.clone(), who.clone()).prop_map(|(requester, subject)| Op::BreakGlass { requester, subject }),
        2 => (who, 0..2u8, 0..6u64).prop_map(|(account, log, count)| Op::Anchor { account, log, count }),
        2 => (0..DAY).prop_map(|seconds| Op::Wait { seconds }),
    ]
}

#[derive(Default)]
struct Model {
    /// End, and whether it is revoked, by subject, number and reader.
    consents: BTreeMap<(usize, u8, usize), (u64, bool)>,
    /// Requester, subject and time, in order.
    emergencies: Vec<(usize, usize, u64)>,
    counts: BTreeMap<(usize, u8), u64>,
}

impl Model {
    fn run(&mut self, now: u64, operation: &Op) -> bool {
        match *operation {
            Op::Record { subject, number, reader, seconds } => {
                let key = (subject, number, reader);
                if seconds == 0 || self.consents.contains_key(&key) {
                    return false;
                }
                self.consents.insert(key, (now + seconds, false));
                true
            }
            Op::Revoke { subject, number, reader } => {
                self.consents.entry((subject, number, reader)).or_default().1 = true;
                true
            }
            Op::BreakGlass { requester, subject } => {
                let same_day = |row: &&(usize, usize, u64)| row.0 == requester && row.2 / DAY == now / DAY;
                let allowed = REQUESTERS.contains(&requester)
                    && requester != subject
                    && self.emergencies.iter().filter(same_day).count() < 3;
                if allowed {
                    self.emergencies.push((requester, subject, now));
                }
                allowed
            }
            Op::Anchor { account, log, count } => {
                let before = self.counts.entry((account, log)).or_default();
                let longer = count > *before;
                *before = count.max(*before);
                longer
            }
            Op::Wait { .. } => true,
        }
    }

    fn consent(&self, now: u64, key: (usize, u8, usize)) -> Standing {
        match self.consents.get(&key) {
            None => Standing::Unknown,
            Some((_, true)) => Standing::Revoked,
            Some((end, false)) if now >= *end => Standing::Expired,
            Some(_) => Standing::Live,
        }
    }

    fn emergency(&self, now: u64, reader: usize, subject: usize, id: u64) -> Standing {
        let found = usize::try_from(id - 1).ok().and_then(|index| self.emergencies.get(index));
        match found {
            Some((by, of, at)) if (*by, *of) == (reader, subject) => {
                if now < at + DAY {
                    Standing::Live
                } else {
                    Standing::Expired
                }
            }
            _ => Standing::Unknown,
        }
    }
}

fn run(suite: &mut Suite, grants: &Grants, accounts: &[Addr; 4], operation: &Op) -> bool {
    let expires = |suite: &Suite, seconds| suite.now() + seconds;
    match *operation {
        Op::Record { subject, number, reader, seconds } => {
            let digests = vec![digest(number, &accounts[reader])];
            let message = ExecuteMsg::Record { digests, expires: expires(suite, seconds), signed: None };
            grants.send(suite, &accounts[subject], &message).is_ok()
        }
        Op::Revoke { subject, number, reader } => {
            let message =
                ExecuteMsg::Revoke { digests: vec![digest(number, &accounts[reader])], signed: None };
            grants.send(suite, &accounts[subject], &message).is_ok()
        }
        Op::BreakGlass { requester, subject } => {
            grants.break_glass(suite, &accounts[requester], &accounts[subject]).is_ok()
        }
        Op::Anchor { account, log, count } => grants.anchor(suite, &accounts[account], log, count, 1).is_ok(),
        Op::Wait { seconds } => {
            suite.advance(seconds);
            true
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_contract_and_the_model_agree_on_every_message(operations in prop::collection::vec(operation(), 1..120)) {
        let mut suite = Suite::new();
        for account in REQUESTERS {
            suite.register_requester(ACCOUNTS[account], REQUESTER_BOND).unwrap();
        }
        let grants = Grants::new(&mut suite);
        let accounts = ACCOUNTS.map(|name| suite.account(name));
        let mut model = Model::default();
        for operation in &operations {
            let expected = model.run(suite.now(), operation);
            prop_assert_eq!(run(&mut suite, &grants, &accounts, operation), expected, "{:?}", operation);
        }
        let now = suite.now();
        for (reader, account) in accounts.iter().enumerate() {
            for (subject, of) in accounts.iter().enumerate() {
                let bases: Vec<Basis> = (0..3).map(|number| basis(of, number)).collect();
                let expected: Vec<_> = (0..3).map(|number| model.consent(now, (subject, number, reader))).collect();
                prop_assert_eq!(grants.check(&suite, account, &bases), expected);
                for id in 1..4u64 {
                    let stands = grants.check(&suite, account, &[Basis::BreakGlass { subject: of.into(), id }]);
                    prop_assert_eq!(stands, [model.emergency(now, reader, subject, id)]);
                }
            }
            let seen = grants.emergencies(&suite, account).len();
            let of_account = model.emergencies.iter().filter(|row| row.1 == reader).count();
            prop_assert_eq!(seen, of_account.min(30));
            for log in 0..2 {
                let count = grants.head(&suite, account, log).map_or(0, |head| head.count);
                prop_assert_eq!(count, model.counts.get(&(reader, log)).copied().unwrap_or(0));
            }
        }
    }
}
