//! Listings, challenges of them, and jurors.

use bithive_api::listings::{ExecuteMsg, Ruler};
use bithive_test_kit::Suite;
use bithive_test_kit::listings::{Listings, POOL, UNBOND, category, content, terms};
use cosmwasm_std::Addr;
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;

use crate::gas::{Cost, within};

/// Of a listing, in base units of BTT.
const BOND: u128 = 1_000;
/// Most gas of a listing, and of a challenge. Both load the token and the contract.
const MOST: u64 = 230_000;
/// With a named ruler, and with jurors.
const CATEGORIES: [&str; 2] = ["apps", "reports"];

pub(crate) struct World {
    suite: Suite,
    listings: Listings,
}

impl World {
    /// As many owners have a listing in each category, and as many jurors a seat.
    pub(crate) fn new(count: usize) -> Self {
        let mut suite = Suite::new();
        let listings = Listings::new(&mut suite);
        let btt = suite.btt_asset();
        listings.seat(&mut suite, (&btt, BOND), count);
        let rulers = [Ruler::Named(suite.account("ruler").to_string()), Ruler::Jurors(POOL.into())];
        for (name, ruler) in CATEGORIES.into_iter().zip(rulers) {
            let mut terms = terms((&btt, BOND), ruler);
            terms.slashers = vec![suite.faucet.to_string()];
            listings.set(&mut suite, name, category(terms)).unwrap();
        }
        for index in 0..count {
            let owner = suite.account(&format!("owner {index:05}"));
            suite.fund(&owner, 2 * BOND);
            for name in CATEGORIES {
                listings.list(&mut suite, &owner, (&btt, BOND), (name, 1)).unwrap();
            }
        }
        Self { suite, listings }
    }

    /// The chain, and the contract that the messages went to.
    pub(crate) fn contracts(&self) -> (&Suite, [&Addr; 1]) {
        (&self.suite, [&self.listings.address])
    }

    /// Storage gas of what `act` does.
    fn cost(&mut self, act: impl FnOnce(&mut Suite, &Listings) -> AnyResult<AppResponse>) -> u64 {
        let before = self.suite.gas();
        act(&mut self.suite, &self.listings).unwrap();
        self.suite.gas() - before
    }

    fn send(&mut self, sender: &Addr, message: &ExecuteMsg) -> u64 {
        self.cost(|suite, listings| listings.send(suite, sender, message))
    }

    fn list(&mut self, name: &str, category: &str) -> u64 {
        let (owner, btt) = (self.suite.account(name), self.suite.btt_asset());
        self.suite.fund(&owner, BOND);
        self.cost(|suite, listings| listings.list(suite, &owner, (&btt, BOND), (category, 1)))
    }

    fn challenge(&mut self, id: u64) -> u64 {
        let (by, btt) = (self.suite.account("challenger"), self.suite.btt_asset());
        self.suite.fund(&by, BOND);
        self.cost(|suite, listings| listings.challenge(suite, &by, (&btt, BOND), id))
    }

    pub(crate) fn costs(&mut self) -> Vec<Cost> {
        let account = |name| self.suite.account(name);
        let [owner, ruler, stranger] = ["owner 00001", "ruler", "stranger"].map(account);
        let withdraw = ExecuteMsg::Withdraw { asset: self.suite.btt_asset() };
        // After the jurors' listings each owner has one with a named ruler, and one that jurors judge.
        let query = bithive_api::listings::Of::Party(owner.to_string());
        let [named, judged] = self.listings.numbers(&self.suite, Some(query))[..] else {
            panic!("an owner has two listings")
        };
        let mut costs =
            vec![("list", self.list("new", "apps")), ("list as a juror", self.list("juror", POOL))];
        let update = ExecuteMsg::Update { id: named, content: Some(content("another")), terms: Some(1) };
        costs.push(("update a listing", self.send(&owner, &update)));
        costs.push(("challenge", self.challenge(named)));
        let rule = ExecuteMsg::Rule { id: named, challenge: 1, upheld: false };
        costs.push(("rule", self.send(&ruler, &rule)));
        costs.push(("leave", self.send(&owner, &ExecuteMsg::Leave { id: named })));
        let slash = ExecuteMsg::Slash { id: named, amount: 1u128.into(), reason: String::new() };
        let slashed = self.cost(|suite, listings| {
            let faucet = suite.faucet.clone();
            suite.relay(&faucet, &listings.address, &slash)
        });
        costs.push(("slash", slashed));
        self.suite.advance(UNBOND + 1);
        costs.push(("finish", self.send(&stranger, &ExecuteMsg::Finish { id: named })));
        costs.push(("challenge before jurors", self.challenge(judged)));
        costs.push(("draw", self.cost(|suite, listings| listings.draw(suite, judged))));
        let jurors = self.listings.jurors(&self.suite, judged);
        let vote = ExecuteMsg::Vote { id: judged, challenge: 2, upheld: true };
        let votes: Vec<_> = jurors.iter().map(|juror| self.send(juror, &vote)).collect();
        costs.push(("vote", votes[0]));
        costs.push(("advance a case", self.send(&stranger, &ExecuteMsg::Advance { id: judged })));
        costs.push(("withdraw", self.send(&owner, &withdraw)));
        for (name, cost) in &costs {
            if name.starts_with("list") || name.starts_with("challenge") {
                within(name, *cost, (2, 0), MOST);
            }
        }
        costs
    }
}
