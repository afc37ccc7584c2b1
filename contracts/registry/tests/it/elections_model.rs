//! Random sequences of what nodes do that stand for the committee, against an independent model of the list, its order, the
//! terms and who is elected.

use std::collections::{BTreeMap, BTreeSet};

use bithive_api::registry::{
    CandidateResponse, CandidatesResponse, CommitteeResponse, Election, ExecuteMsg, Hook, QueryMsg,
};
use bithive_test_kit::registry::{NODE_BOND, params};
use bithive_test_kit::{NodeKeys, START, Suite};
use cosmwasm_std::{Addr, HexBinary};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const EPOCH: u64 = 3_600;
const WAIT: u64 = 14 * 86_400;
const ELECTION: Election = Election { seats: 2, threshold: 2, max_terms: 2 };

#[derive(Clone, Debug)]
enum Op {
    Register { who: usize, bond: u128 },
    AddBond { who: usize, amount: u128 },
    Slash { who: usize, amount: u128 },
    Unbond { who: usize },
    Withdraw { who: usize },
    Stand { who: usize },
    Retire { who: usize },
    Elect,
    Pause { paused: bool },
    Advance { seconds: u64 },
}

fn op() -> impl Strategy<Value = Op> {
    let who = || 0..NAMES.len();
    // Few amounts, so that bonds are equal now and then.
    let amount =
        || prop_oneof![1 => Just(0u128), 3 => 1u128..4, 1 => Just(NODE_BOND / 2), 1 => Just(NODE_BOND)];
    prop_oneof![
        3 => (who(), prop_oneof![1 => Just(NODE_BOND - 1), 6 => NODE_BOND..NODE_BOND + 3])
            .prop_map(|(who, bond)| Op::Register { who, bond }),
        3 => (who(), amount()).prop_map(|(who, amount)| Op::AddBond { who, amount }),
        2 => (who(), amount()).prop_map(|(who, amount)| Op::Slash { who, amount }),
        1 => who().prop_map(|who| Op::Unbond { who }),
        2 => who().prop_map(|who| Op::Withdraw { who }),
        8 => who().prop_map(|who| Op::Stand { who }),
        1 => who().prop_map(|who| Op::Retire { who }),
        5 => Just(Op::Elect),
        1 => prop::bool::weighted(0.3).prop_map(|paused| Op::Pause { paused }),
        4 => prop_oneof![8 => 1..2 * EPOCH, 1 => Just(WAIT)].prop_map(|seconds| Op::Advance { seconds }),
    ]
}

#[derive(Clone, Copy)]
struct Node {
    bond: u128,
    until: Option<u64>,
}

impl Node {
    fn eligible(&self) -> bool {
        self.until.is_none() && self.bond >= NODE_BOND
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Candidate {
    who: usize,
    bond: u128,
    /// Elections in a row that it has won, and the epoch of the last of them.
    won: u16,
    last: u64,
}

#[derive(Default)]
struct Model {
    now: u64,
    paused: bool,
    nodes: BTreeMap<usize, Node>,
    /// First the largest bond; of equal ones, who has had it longest.
    list: Vec<Candidate>,
    /// Of those who left the list: elections in a row that they won, and the epoch of the last.
    left: BTreeMap<usize, (u16, u64)>,
    /// Who was elected, by the first epoch.
    elected: BTreeMap<u64, BTreeSet<usize>>,
}

impl Model {
    fn last(&self) -> Option<u64> {
        self.elected.keys().next_back().copied()
    }

    /// Elections in a row until the last one.
    fn terms(&self, candidate: &Candidate) -> u16 {
        if self.last() == Some(candidate.last) { candidate.won } else { 0 }
    }

    fn insert(&mut self, candidate: Candidate) {
        let behind = self.list.iter().take_while(|other| other.bond >= candidate.bond).count();
        self.list.insert(behind, candidate);
    }

    /// Leaves the list, and what it has served stays.
    fn leave(&mut self, place: usize) {
        let gone = self.list.remove(place);
        self.left.insert(gone.who, (gone.won, gone.last));
    }

    /// The bond of a node has changed, or it leaves.
    fn changed(&mut self, who: usize) {
        let Some(place) = self.list.iter().position(|candidate| candidate.who == who) else { return };
        let node = self.nodes[&who];
        if !node.eligible() {
            self.leave(place);
        } else if self.list[place].bond != node.bond {
            let candidate = self.list.remove(place);
            self.insert(Candidate { bond: node.bond, ..candidate });
        }
    }

    /// Those who have not served their terms come first, then those who have.
    fn elect(&mut self) -> bool {
        let (epoch, seats) = (self.now / EPOCH + 1, usize::from(ELECTION.seats));
        let again = self.last().is_some_and(|last| last >= epoch);
        if self.paused || again || self.list.len() < seats {
            return false;
        }
        let (tired, rested): (Vec<_>, Vec<_>) =
            self.list.iter().copied().partition(|candidate| self.terms(candidate) >= ELECTION.max_terms);
        let chosen: Vec<Candidate> = rested.into_iter().chain(tired).take(seats).collect();
        for candidate in &chosen {
            let won = self.terms(candidate) + 1;
            let place = self.list.iter().position(|other| other == candidate).unwrap();
            self.list[place] = Candidate { won, last: epoch, ..*candidate };
        }
        self.elected.insert(epoch, chosen.iter().map(|candidate| candidate.who).collect());
        true
    }

    /// Whether the registry must accept, and what then holds.
    fn apply(&mut self, op: &Op) -> bool {
        match *op {
            Op::Register { who, bond } => {
                let accepted = !self.paused && bond >= NODE_BOND && !self.nodes.contains_key(&who);
                if accepted {
                    self.nodes.insert(who, Node { bond, until: None });
                }
                accepted
            }
            Op::AddBond { who, amount } => {
                let node = self.nodes.get_mut(&who).filter(|node| node.until.is_none() && amount > 0);
                let Some(node) = node else { return false };
                node.bond += amount;
                self.changed(who);
                true
            }
            Op::Slash { who, amount } => {
                if let Some(node) = self.nodes.get_mut(&who) {
                    node.bond -= amount.min(node.bond);
                    self.changed(who);
                }
                true
            }
            Op::Unbond { who } => {
                let now = self.now;
                let Some(node) = self.nodes.get_mut(&who).filter(|node| node.until.is_none()) else {
                    return false;
                };
                node.until = Some(now + WAIT);
                self.changed(who);
                true
            }
            Op::Withdraw { who } => {
                let leaves = |node: &Node| node.until.is_some_and(|until| self.now >= until);
                let accepted = self.nodes.get(&who).is_some_and(leaves);
                if accepted {
                    self.nodes.remove(&who);
                }
                accepted
            }
            Op::Stand { who } => {
                let stands = self.list.iter().any(|candidate| candidate.who == who);
                let node =
                    self.nodes.get(&who).copied().filter(|node| node.eligible() && !stands && !self.paused);
                if let Some(Node { bond, .. }) = node {
                    let (won, last) = self.left.remove(&who).unwrap_or_default();
                    self.insert(Candidate { who, bond, won, last });
                }
                node.is_some()
            }
            Op::Retire { who } => {
                let place = self.list.iter().position(|candidate| candidate.who == who);
                place.map(|place| self.leave(place)).is_some()
            }
            Op::Elect => self.elect(),
            Op::Pause { paused } => {
                self.paused = paused;
                true
            }
            Op::Advance { seconds } => {
                self.now += seconds;
                true
            }
        }
    }
}

fn endpoint(who: usize) -> HexBinary {
    HexBinary::from(&NodeKeys::of(&format!("{} in the committee", NAMES[who])).endpoint)
}

fn run(suite: &mut Suite, op: &Op) -> bool {
    let (owner, jobs, stranger) = (suite.owner.clone(), suite.faucet.clone(), suite.account("stranger"));
    let account = |suite: &Suite, who: usize| suite.account(NAMES[who]);
    let result = match *op {
        Op::Register { who, bond } => suite.register_node(NAMES[who], u16::try_from(who).unwrap() + 1, bond),
        Op::AddBond { who, amount } => suite.bond(NAMES[who], amount, &Hook::AddBond {}),
        Op::Slash { who, amount } => {
            let node = account(suite, who).to_string();
            let slash = ExecuteMsg::Slash { node, amount: amount.into(), reason: "x".into(), job_id: 1 };
            suite.ask_registry(&jobs, &slash)
        }
        Op::Unbond { who } => suite.ask_registry(&account(suite, who), &ExecuteMsg::Unbond {}),
        Op::Withdraw { who } => {
            let address = account(suite, who).to_string();
            suite.ask_registry(&stranger, &ExecuteMsg::WithdrawBond { address })
        }
        Op::Stand { who } => {
            suite.ask_registry(&account(suite, who), &ExecuteMsg::Stand { endpoint: endpoint(who) })
        }
        Op::Retire { who } => suite.ask_registry(&account(suite, who), &ExecuteMsg::Retire {}),
        Op::Elect => suite.ask_registry(&stranger, &ExecuteMsg::Elect {}),
        Op::Pause { paused } => suite.ask_registry(&owner, &ExecuteMsg::SetPaused { paused }),
        Op::Advance { seconds } => {
            suite.advance(seconds);
            return true;
        }
    };
    result.is_ok()
}

fn compare(suite: &Suite, model: &Model) {
    for (who, name) in NAMES.iter().enumerate() {
        let found = suite.node(name).map(|node| (node.bond.u128(), node.unbonding_until, node.eligible));
        let expected = model.nodes.get(&who).map(|node| (node.bond, node.until, node.eligible()));
        assert_eq!(found, expected, "{name}");
    }
    let found: CandidatesResponse = suite.query(&suite.registry, &QueryMsg::Candidates {});
    let row = |candidate: &Candidate| CandidateResponse {
        address: suite.account(NAMES[candidate.who]),
        endpoint: endpoint(candidate.who),
        bond: candidate.bond.into(),
        served: model.terms(candidate),
    };
    assert_eq!(found.candidates, model.list.iter().map(row).collect::<Vec<_>>());
    assert_eq!(found.elected, model.last());
    for epoch in [model.now / EPOCH, model.now / EPOCH + 1] {
        let found: CommitteeResponse =
            suite.query(&suite.registry, &QueryMsg::Committee { epoch: Some(epoch) });
        let found: BTreeSet<Addr> = found.members.into_iter().map(|member| member.address).collect();
        let expected = model.elected.range(..=epoch).next_back().map(|(_, members)| members.clone());
        let name = |who: usize| suite.account(NAMES[who]);
        assert_eq!(found, expected.unwrap_or_default().into_iter().map(name).collect(), "epoch {epoch}");
    }
    suite.custody();
    suite.conservation();
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        rng_seed: RngSeed::Fixed(32),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// 60 sequences of 80 messages.
    #[test]
    fn the_list_and_every_election_are_as_the_model_says(ops in prop::collection::vec(op(), 80)) {
        let mut suite = Suite::with_params(bithive_api::registry::Params { unbonding_seconds: WAIT, ..params() });
        let (owner, jobs) = (suite.owner.clone(), suite.faucet.clone());
        suite.wire_jobs(&jobs);
        suite.ask_registry(&owner, &ExecuteMsg::SetElection { election: Some(ELECTION) }).unwrap();
        let mut model = Model { now: START, ..Model::default() };
        for op in &ops {
            let accepted = run(&mut suite, op);
            prop_assert_eq!(accepted, model.apply(op), "{:?}", op);
            compare(&suite, &model);
        }
    }
}
