//! Rewards of patients.

use bithive_api::rewards::{Activity, ExecuteMsg, Limits};
use bithive_test_kit::rewards::{DAY, RewardsSuite, worth};
use bithive_test_kit::{Suite, UNIT};
use cosmwasm_std::Addr;

use crate::gas::Cost;

pub(crate) struct World {
    suite: RewardsSuite,
    patients: Vec<Addr>,
    /// Proposals so far.
    proposals: u64,
}

impl World {
    /// Everybody was paid for a check-up, and another one of everybody's waits for approvals.
    pub(crate) fn new(count: usize) -> Self {
        let mut suite = RewardsSuite::new();
        let owner = suite.suite.owner.clone();
        let btt = |amount: u128| (amount * UNIT).into();
        let limits = Limits { patient_count: 9, patient_amount: btt(10_000), total_amount: btt(100_000_000) };
        suite.execute(&owner, &ExecuteMsg::SetLimits(limits)).unwrap();
        suite.fund(100_000_000 * UNIT).unwrap();
        let patients: Vec<Addr> =
            (0..count).map(|index| suite.suite.account(&format!("patient {index:05}"))).collect();
        let mut world = Self { suite, patients, proposals: 0 };
        for index in 0..count {
            let patient = world.patients[index].clone();
            world.proposals += 1;
            let (id, evidence) = (world.proposals, format!("paid {index}"));
            world.suite.check_up(&patient, 300, id, &evidence).unwrap();
            world.propose(&patient, &format!("waits {index}"));
        }
        world
    }

    /// The chain, and the contract that the messages went to.
    pub(crate) fn contracts(&self) -> (&Suite, [&Addr; 1]) {
        (&self.suite.suite, [&self.suite.rewards])
    }

    fn propose(&mut self, patient: &Addr, evidence: &str) -> u64 {
        self.proposals += 1;
        let clinician = self.suite.parties[0].clone();
        self.suite.propose(&clinician, patient, Activity::CheckUp, worth(300), evidence).unwrap();
        self.proposals
    }

    /// Storage gas of what `act` does.
    fn cost(&mut self, act: impl FnOnce(&mut Self)) -> u64 {
        let before = self.suite.suite.gas();
        act(self);
        self.suite.suite.gas() - before
    }

    pub(crate) fn costs(&mut self) -> Vec<Cost> {
        let [_, institution, _, auditor] = self.suite.parties.clone();
        let (patient, stranger) = (self.patients[4].clone(), self.suite.suite.account("stranger"));
        let mut id = 0;
        vec![
            ("propose a reward", self.cost(|world| id = world.propose(&patient, "a new one"))),
            ("approve", self.cost(|world| drop(world.suite.approve(&institution, id).unwrap()))),
            ("approve and pay", self.cost(|world| drop(world.suite.approve(&auditor, id).unwrap()))),
            ("fund rewards", self.cost(|world| drop(world.suite.fund(UNIT).unwrap()))),
            (
                "expire",
                self.cost(|world| {
                    world.suite.suite.advance(60 * DAY);
                    let waits = ExecuteMsg::Expire { id: 4 };
                    world.suite.execute(&stranger, &waits).unwrap();
                }),
            ),
        ]
    }
}
