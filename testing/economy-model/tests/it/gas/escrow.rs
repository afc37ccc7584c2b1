//! Agreements of payers and of a crowd.

use bithive_api::escrow::{Approver, ExecuteMsg};
use bithive_test_kit::Suite;
use bithive_test_kit::escrow::{DUE, Escrow, REVIEW, milestones, payees, signers, terms};
use cosmwasm_std::{Addr, HexBinary};

use crate::gas::{Cost, within};

pub(crate) const CODE: &[u8] = b"sixteen letters.";
/// The code's SHA-256, in hex.
pub(crate) const HASH: &str = "dde5d776d876edb1bee641709943327fa8ad12940e5ba8e9c9d8d79ce04d4237";
/// Of each milestone, in base units of BTT.
const AMOUNT: u128 = 1_000;
/// Most gas of an agreement that is made, which loads the token, too, and of one that is approved.
const MOST_TO_OPEN: u64 = 280_000;
const MOST_TO_APPROVE: u64 = 230_000;

pub(crate) struct World {
    suite: Suite,
    escrow: Escrow,
    /// Numbers of two agreements of crowds: one whose goal is reached by the last contribution, one that is refunded.
    crowds: [u64; 2],
}

fn by_payer(suite: &Suite) -> Approver {
    Approver::Payer { arbiter: Some(suite.account("arbiter").to_string()) }
}

impl World {
    /// As many payers have an agreement with one payee, and as many contributors one with a crowd of which one more is lacking.
    pub(crate) fn new(count: usize) -> Self {
        let mut suite = Suite::new();
        let escrow = Escrow::new(&mut suite);
        let (payee, btt) = (suite.account("payee"), suite.btt_asset());
        for index in 0..count {
            let payer = suite.account(&format!("payer {index:05}"));
            suite.fund(&payer, 9 * AMOUNT);
            let terms = terms(&payee, &[AMOUNT, AMOUNT], by_payer(&suite));
            escrow.open(&mut suite, &payer, (&btt, 2 * AMOUNT), terms).unwrap();
        }
        let first = u64::try_from(count).unwrap() + 1;
        let crowds = [first, first + 1];
        for (id, lacking) in [(crowds[0], 1), (crowds[1], 1_000_000)] {
            let goal = u128::try_from(count).unwrap() + lacking;
            let asked = terms(&payee, &[goal], Approver::Contributors {});
            escrow.raise(&mut suite, &payee, (&btt, 86_400), asked).unwrap();
            for index in 0..count {
                let payer = suite.account(&format!("payer {index:05}"));
                escrow.fund(&mut suite, &payer, (&btt, 1), id).unwrap();
            }
        }
        Self { suite, escrow, crowds }
    }

    /// The chain, and the contract that the messages went to.
    pub(crate) fn contracts(&self) -> (&Suite, [&Addr; 1]) {
        (&self.suite, [&self.escrow.address])
    }

    /// Storage gas of what `act` does.
    fn cost(&mut self, act: impl FnOnce(&mut Suite, &Escrow)) -> u64 {
        let before = self.suite.gas();
        act(&mut self.suite, &self.escrow);
        self.suite.gas() - before
    }

    fn send(&mut self, sender: &str, message: &ExecuteMsg) -> u64 {
        let sender = self.suite.account(sender);
        self.cost(|suite, escrow| drop(escrow.send(suite, &sender, message).unwrap()))
    }

    fn open(&mut self, payer: &str, amounts: &[u128], approver: Approver) -> u64 {
        self.cost(|suite, escrow| {
            let (payer, payee, btt) = (suite.account(payer), suite.account("payee"), suite.btt_asset());
            let terms = terms(&payee, amounts, approver);
            drop(escrow.open(suite, &payer, (&btt, amounts.iter().sum()), terms).unwrap());
        })
    }

    fn fund(&mut self, payer: &str, id: u64) -> u64 {
        self.cost(|suite, escrow| {
            let (payer, btt) = (suite.account(payer), suite.btt_asset());
            drop(escrow.fund(suite, &payer, (&btt, 1), id).unwrap());
        })
    }

    pub(crate) fn costs(&mut self) -> Vec<Cost> {
        let [reached, refunded] = self.crowds;
        let new = refunded + 1;
        let late = self.suite.account("late");
        self.suite.fund(&late, AMOUNT);
        let hash = HexBinary::from_hex(HASH).unwrap();
        let mut costs = vec![
            ("open", self.open("payer 00001", &[AMOUNT], by_payer(&self.suite))),
            ("open, with a code", self.open("payer 00002", &[AMOUNT], Approver::Preimage { hash })),
            ("fund the rest", self.fund("late", reached)),
            ("fund a part", self.fund("late", refunded)),
        ];
        let (approve, reject) = (
            |id, milestone| ExecuteMsg::Approve { id, milestone },
            |id, milestone| ExecuteMsg::Reject { id, milestone },
        );
        let submit = |id| ExecuteMsg::Submit { id, milestone: 1, evidence: Some([7; 32].into()) };
        for (name, sender, message) in [
            ("reveal", "stranger", ExecuteMsg::Reveal { id: new + 1, preimage: CODE.into() }),
            ("submit", "payee", submit(2)),
            ("approve", "payer 00001", approve(2, 1)),
            ("approve, the last", "payer 00001", approve(2, 2)),
            ("submit, of a crowd", "payee", submit(reached)),
            ("vote", "payer 00001", reject(reached, 1)),
            ("submit again", "payee", submit(3)),
            ("reject", "payer 00002", reject(3, 1)),
            ("dispute", "payee", ExecuteMsg::Dispute { id: 3, milestone: 1 }),
            ("rule", "arbiter", ExecuteMsg::Rule { id: 3, milestone: 1, payees_bps: 5_000 }),
            ("decline", "payee", ExecuteMsg::Decline { id: 4 }),
            ("submit the third", "payee", submit(5)),
        ] {
            let cost = self.send(sender, &message);
            costs.push((name, cost));
        }
        self.suite.advance(REVIEW + 1);
        costs.push(("advance: silence", self.send("stranger", &ExecuteMsg::Advance { id: 5 })));
        costs.push(("advance: refund", self.send("stranger", &ExecuteMsg::Advance { id: refunded })));
        let contributor = self.suite.account("payer 00003").to_string();
        let refund = ExecuteMsg::Refund { id: refunded, contributor };
        costs.push(("refund one", self.send("stranger", &refund)));
        self.suite.advance(DUE + 1);
        costs.push(("advance: no work", self.send("stranger", &ExecuteMsg::Advance { id: 1 })));
        let withdraw = ExecuteMsg::Withdraw { asset: self.suite.btt_asset() };
        costs.push(("withdraw", self.send("payee", &withdraw)));
        costs
    }
}

/// Of usual agreements, and what the largest costs.
pub(crate) fn budgets() {
    let mut world = World::new(3);
    let approver = by_payer(&world.suite);
    let open = world.open("payer 00001", &[AMOUNT; 4], approver);
    let id = world.crowds[1] + 1;
    let approve = world.send("payer 00001", &ExecuteMsg::Approve { id, milestone: 1 });
    within("open an agreement", open, (2, 0), MOST_TO_OPEN);
    within("approve a milestone", approve, (1, 0), MOST_TO_APPROVE);
    let names: Vec<Addr> = (0..23).map(|index| world.suite.account(&format!("party {index}"))).collect();
    let of: Vec<_> = names[..8].iter().map(|payee| (payee, 1_250)).collect();
    let largest = bithive_api::escrow::Terms {
        payees: payees(&of),
        milestones: milestones(&[10; 16]),
        approver: signers(1, &names[8..].iter().collect::<Vec<_>>()),
        text: Some([7; 32].into()),
    };
    let open = world.cost(|suite, escrow| {
        let (payer, btt) = (suite.account("payer 00002"), suite.btt_asset());
        drop(escrow.open(suite, &payer, (&btt, 160), largest).unwrap());
    });
    let approve = world.cost(|suite, escrow| {
        let message = ExecuteMsg::Approve { id: id + 1, milestone: 1 };
        drop(escrow.send(suite, &names[9], &message).unwrap());
    });
    println!("the largest: open {open}, approve {approve}");
}
