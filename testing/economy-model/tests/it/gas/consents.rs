//! Consents, emergencies, heads of audit logs, jobs that name them, and encrypted contents with their permits.

use bithive_api::grants::{Basis, ExecuteMsg, limits};
use bithive_api::jobs::Hook;
use bithive_test_kit::grants::{DAY, Grants, basis, digest};
use bithive_test_kit::jobs::{PRICE, VAULT};
use bithive_test_kit::{JobsSuite, Suite};
use cosmwasm_std::{Addr, HexBinary};

use crate::gas::{Cost, within};

/// Most gas of a consent that is recorded or revoked.
const MOST: u64 = 150_000;

/// Most storage gas of registering a content, permitting one reader, and taking that back.
const MOST_OF_A_CONTENT: u64 = 150_000;

/// The content with this number.
fn content(number: usize) -> HexBinary {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&number.to_be_bytes());
    digest.into()
}

fn register(number: usize) -> ExecuteMsg {
    ExecuteMsg::RegisterContent {
        content: content(number),
        commitment: [1; 32].into(),
        wrap: vec![2; limits::WRAP_BYTES].into(),
        granters: vec![],
    }
}

fn permit(number: usize, readers: &[&Addr], suite: &Suite) -> ExecuteMsg {
    ExecuteMsg::Permit {
        content: content(number),
        readers: readers.iter().map(ToString::to_string).collect(),
        purpose: "TREAT".into(),
        until: suite.now() + DAY,
    }
}

pub(crate) struct World {
    market: JobsSuite,
    grants: Grants,
}

impl World {
    /// As many patients have consented to one requester, have logs whose heads are on the chain, and a content; all of them may read the
    /// first content.
    pub(crate) fn new(count: usize) -> Self {
        let mut market = JobsSuite::new();
        let grants = market.with_grants();
        let requester = market.requester.clone();
        for index in 0..count {
            let patient = market.suite.account(&format!("patient {index:05}"));
            grants.consent(&mut market.suite, &patient, 1, &requester);
            grants.anchor(&mut market.suite, &patient, 1, 1, 1).unwrap();
            grants.send(&mut market.suite, &patient, &register(index)).unwrap();
            let (first, all) = (market.suite.account("patient 00000"), permit(0, &[&patient], &market.suite));
            grants.send(&mut market.suite, &first, &all).unwrap();
        }
        Self { market, grants }
    }

    /// The chain, and the contracts that the messages went to.
    pub(crate) fn contracts(&self) -> (&Suite, [&Addr; 2]) {
        (&self.market.suite, [&self.grants.address, &self.market.jobs])
    }

    /// Storage gas of what `act` does.
    fn cost(&mut self, act: impl FnOnce(&mut JobsSuite, &Grants)) -> u64 {
        let before = self.market.suite.gas();
        act(&mut self.market, &self.grants);
        self.market.suite.gas() - before
    }

    fn post(&mut self, bases: Vec<Basis>) -> u64 {
        self.cost(|market, _| {
            let terms = Box::new(market.terms());
            drop(market.try_hook(&Hook::Post { vault: VAULT.into(), terms, bases }, 3 * PRICE).unwrap());
        })
    }

    fn assign(&mut self, job_id: u64) -> u64 {
        self.cost(|market, _| drop(market.assign(job_id, &["node-1", "node-2", "node-3"])))
    }

    /// Storage gas of what authors do with contents.
    fn costs_of_contents(&mut self) -> Vec<Cost> {
        let author = self.market.suite.account("patient 00000");
        let readers: Vec<Addr> =
            (0..64).map(|index| self.market.suite.account(&format!("reader {index}"))).collect();
        let mut send = |message: &dyn Fn(&Suite) -> ExecuteMsg| {
            self.cost(|market, grants| {
                let message = message(&market.suite);
                drop(grants.send(&mut market.suite, &author, &message).unwrap());
            })
        };
        let one = vec![readers[0].to_string()];
        let costs = vec![
            ("register a content", send(&|_| register(usize::MAX))),
            ("permit one", send(&|suite| permit(0, &[&readers[0]], suite))),
            (
                "revoke one permit",
                send(&|_| ExecuteMsg::RevokePermit { content: content(0), readers: one.clone() }),
            ),
        ];
        assert!(costs.iter().all(|(_, cost)| *cost <= MOST_OF_A_CONTENT), "{costs:?}");
        let many = send(&|suite| permit(0, &readers[..].iter().collect::<Vec<_>>(), suite));
        costs.into_iter().chain([("permit 64", many)]).collect()
    }

    pub(crate) fn costs(&mut self) -> Vec<Cost> {
        let patient = |suite: &Suite, index: usize| suite.account(&format!("patient {index:05}"));
        let of = |suite: &Suite, index| basis(&patient(suite, index), 1);
        let requester = self.market.requester.clone();
        let one = vec![of(&self.market.suite, 4)];
        // As many as a job may name, of as many patients as there are in the smaller world.
        let most: Vec<_> = (0..16).map(|index| of(&self.market.suite, index % 8)).collect();
        let mut costs = vec![
            (
                "record a consent",
                self.cost(|market, grants| {
                    let new = market.suite.account("patient new");
                    grants.consent(&mut market.suite, &new, 1, &requester);
                }),
            ),
            (
                "record 64 consents",
                self.cost(|market, grants| {
                    let new = market.suite.account("patient newer");
                    let digests = (0..64).map(|number| digest(number, &requester)).collect();
                    let record =
                        ExecuteMsg::Record { digests, expires: market.suite.now() + DAY, signed: None };
                    drop(grants.send(&mut market.suite, &new, &record).unwrap());
                }),
            ),
            (
                "break glass",
                self.cost(|market, grants| {
                    let subject = patient(&market.suite, 3);
                    drop(grants.break_glass(&mut market.suite, &requester, &subject).unwrap());
                }),
            ),
            (
                "anchor a log",
                self.cost(|market, grants| {
                    let account = patient(&market.suite, 3);
                    drop(grants.anchor(&mut market.suite, &account, 1, 2, 2).unwrap());
                }),
            ),
            ("post", self.post(vec![])),
            ("post, one consent", self.post(one)),
            ("post, 16 consents", self.post(most)),
        ];
        costs.extend([
            ("assign", self.assign(1)),
            ("assign, one consent", self.assign(2)),
            ("assign, 16 consents", self.assign(3)),
        ]);
        costs.push((
            "revoke a consent",
            self.cost(|market, grants| {
                let subject = patient(&market.suite, 9);
                grants.revoke(&mut market.suite, &subject, 1, &requester);
            }),
        ));
        for (name, cost) in &costs {
            if ["record a consent", "revoke a consent"].contains(name) {
                within(name, *cost, (1, 0), MOST);
            }
        }
        costs.extend(self.costs_of_contents());
        costs
    }
}
