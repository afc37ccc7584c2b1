//! Flows by time and by vouchers.

use bithive_api::flows::ExecuteMsg;
use bithive_test_kit::Suite;
use bithive_test_kit::flows::{DAY, Flows, by_vouchers, opening, rate};
use cosmwasm_std::Addr;

use crate::gas::{Cost, within};

/// Seconds of a step.
const STEP: u64 = 60;
/// Of each deposit, in base units of BTT.
const DEPOSIT: u128 = 1_000;
/// Most gas of a voucher that is redeemed alone, and of each of 64.
const MOST: u64 = 210_000;
const MOST_OF_EACH: u64 = 30_000;

pub(crate) struct World {
    suite: Suite,
    flows: Flows,
}

impl World {
    /// As many payers have opened a flow by time and one by vouchers, all to one payee.
    pub(crate) fn new(count: usize) -> Self {
        let mut suite = Suite::new();
        let flows = Flows::new(&mut suite);
        let mut world = Self { suite, flows };
        for index in 0..count {
            world.open(&format!("payer {index:05}"));
        }
        world.suite.advance(5 * STEP);
        world
    }

    fn open(&mut self, name: &str) {
        let (payer, payee) = (self.suite.account(name), self.suite.account("payee"));
        let (btt, ends) = (self.suite.btt_asset(), self.suite.now() + 300 * DAY);
        self.suite.fund(&payer, 4 * DEPOSIT);
        for terms in [rate(10, STEP, 0), by_vouchers(1, ends)] {
            let open = opening(&payee, terms);
            self.flows.open(&mut self.suite, &payer, (&btt, DEPOSIT), open).unwrap();
        }
    }

    /// The chain, and the contract that the messages went to.
    pub(crate) fn contracts(&self) -> (&Suite, [&Addr; 1]) {
        (&self.suite, [&self.flows.address])
    }

    /// Storage gas of what `act` does.
    fn cost(&mut self, act: impl FnOnce(&mut Suite, &Flows)) -> u64 {
        let before = self.suite.gas();
        act(&mut self.suite, &self.flows);
        self.suite.gas() - before
    }

    fn send(&mut self, sender: &str, message: &ExecuteMsg) -> u64 {
        let sender = self.suite.account(sender);
        self.cost(|suite, flows| drop(flows.send(suite, &sender, message).unwrap()))
    }

    fn redeem(&mut self, vouchers: &[(u64, u128)]) -> u64 {
        let vouchers = vouchers.iter().map(|(id, owed)| self.flows.voucher(1, *id, *owed)).collect();
        self.send("stranger", &ExecuteMsg::Redeem { vouchers })
    }

    pub(crate) fn costs(&mut self) -> Vec<Cost> {
        let withdraw = ExecuteMsg::Withdraw { asset: self.suite.btt_asset() };
        let payer = self.suite.account("payer 00002");
        // Flows by time have odd numbers, those by vouchers even ones.
        let most: Vec<_> = (0..64).map(|index| (2 + 2 * (index % 8), 100 + u128::from(index))).collect();
        let heir = self.suite.account("heir");
        let open = self.cost(|suite, flows| {
            let (payer, payee, btt) =
                (suite.account("payer 00001"), suite.account("payee"), suite.btt_asset());
            let open = opening(&payee, rate(10, STEP, 0));
            drop(flows.open(suite, &payer, (&btt, DEPOSIT), open).unwrap());
        });
        let top_up = self.cost(|suite, flows| {
            let btt = suite.btt_asset();
            drop(flows.top_up(suite, &payer, (&btt, DEPOSIT), 5, None).unwrap());
        });
        vec![
            ("open a flow", open),
            ("add to a flow", top_up),
            ("settle", self.send("stranger", &ExecuteMsg::Settle { id: 5 })),
            ("redeem a voucher", self.redeem(&[(6, 50)])),
            ("redeem 64 vouchers", self.redeem(&most)),
            ("transfer a flow", self.send("payee", &ExecuteMsg::Transfer { id: 7, payee: heir.into() })),
            ("close a flow", self.send("payer 00004", &ExecuteMsg::Close { id: 9 })),
            ("close, with notice", self.send("payer 00004", &ExecuteMsg::Close { id: 10 })),
            ("withdraw", self.send("payee", &withdraw)),
        ]
    }
}

/// Of one voucher, and of as many as a message takes, each of another flow.
pub(crate) fn budgets() {
    let mut world = World::new(65);
    let one = world.redeem(&[(2, 50)]);
    within("redeem a voucher", one, (1, 1), MOST);
    let all: Vec<_> = (0..64).map(|index| (4 + 2 * index, 50)).collect();
    let most = world.redeem(&all);
    within("redeem 64 vouchers", most, (1, 64), 64 * MOST_OF_EACH);
}
