//! Random sequences of what nodes do that stand for the committee and serve in it, against an independent model of the list, its
//! order, the terms, who is elected, who takes office, and who is reported.

use std::collections::{BTreeMap, BTreeSet};

use bithive_api::registry::{
    CandidateResponse, CandidatesResponse, CommitteeResponse, DutyResponse, Election, ExecuteMsg, Hook,
    QueryMsg, ShareKeysResponse,
};
use bithive_economics::absence::BLOCKS;
use bithive_test_kit::registry::{NODE_BOND, params};
use bithive_test_kit::{NodeKeys, START, Suite};
use cosmwasm_std::{Addr, HexBinary};
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const EPOCH: u64 = 3_600;
const WAIT: u64 = 14 * 86_400;
const WINDOW: u64 = EPOCH / 4;
const ELECTION: Election = Election { seats: 3, threshold: 2, max_terms: 2 };

#[derive(Clone, Debug)]
enum Op {
    Register {
        who: usize,
        bond: u128,
    },
    AddBond {
        who: usize,
        amount: u128,
    },
    Slash {
        who: usize,
        amount: u128,
    },
    Unbond {
        who: usize,
    },
    Withdraw {
        who: usize,
    },
    Stand {
        who: usize,
    },
    Retire {
        who: usize,
    },
    Elect,
    TakeSeat {
        who: usize,
    },
    /// Share keys, for the next epoch or the current one.
    Post {
        who: usize,
        digest: u8,
        next: bool,
    },
    /// All but one do what they have to.
    Serve {
        but: usize,
    },
    Report {
        who: usize,
    },
    Pause {
        paused: bool,
    },
    Advance {
        seconds: u64,
        blocks: u64,
    },
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
        1 => (who(), amount()).prop_map(|(who, amount)| Op::Slash { who, amount }),
        1 => who().prop_map(|who| Op::Unbond { who }),
        2 => who().prop_map(|who| Op::Withdraw { who }),
        8 => who().prop_map(|who| Op::Stand { who }),
        1 => who().prop_map(|who| Op::Retire { who }),
        12 => Just(Op::Elect),
        2 => who().prop_map(|who| Op::TakeSeat { who }),
        3 => (who(), 1..3u8, any::<bool>()).prop_map(|(who, digest, next)| Op::Post { who, digest, next }),
        6 => (0..2 * NAMES.len()).prop_map(|but| Op::Serve { but }),
        12 => who().prop_map(|who| Op::Report { who }),
        1 => prop::bool::weighted(0.2).prop_map(|paused| Op::Pause { paused }),
        10 => (prop_oneof![20 => 1..WINDOW, 30 => Just(WINDOW), 5 => 1..2 * EPOCH, 1 => Just(WAIT)], 0..4 * BLOCKS)
            .prop_map(|(seconds, blocks)| Op::Advance { seconds, blocks }),
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

/// When something began: seconds and height.
type Begin = (u64, u64);

#[derive(Clone, Debug, Default)]
struct Committee {
    from: u64,
    members: BTreeSet<usize>,
    office: bool,
}

#[derive(Default)]
struct Model {
    now: u64,
    height: u64,
    paused: bool,
    nodes: BTreeMap<usize, Node>,
    /// First the largest bond; of equal ones, who has had it longest.
    list: Vec<Candidate>,
    /// Of those who left the list: elections in a row that they won, and the epoch of the last.
    left: BTreeMap<usize, (u16, u64)>,
    /// All committees that there ever were, but those that were replaced before they began.
    committees: Vec<Committee>,
    /// The last election, and the last before it of a committee that took office, by their epochs.
    elected: Option<u64>,
    before: Option<u64>,
    /// Who posted which digest for an epoch, and since when there are enough of the same.
    posted: BTreeMap<u64, BTreeMap<usize, u8>>,
    enough: BTreeMap<u64, Begin>,
    /// Epoch and time of the election of those who have not taken their seats.
    seats: BTreeMap<usize, (u64, Begin)>,
    reported: BTreeSet<(u64, usize)>,
}

impl Model {
    fn epoch(&self) -> u64 {
        self.now / EPOCH
    }

    /// Who serves in an epoch.
    fn serving(&self, epoch: u64) -> BTreeSet<usize> {
        let can = |one: &&Committee| one.from <= epoch && (one.office || one.from > self.epoch());
        self.committees.iter().rfind(can).map(|one| one.members.clone()).unwrap_or_default()
    }

    /// The committee of the last election has not taken office.
    fn lapsed(&self) -> bool {
        let lapsed =
            |one: &Committee| Some(one.from) == self.elected && !one.office && one.from <= self.epoch();
        self.committees.iter().any(lapsed)
    }

    /// Elections in a row that it has won. One whose committee did not take office counts for nobody, but who won it keeps
    /// what it had.
    fn terms_before(candidate: &Candidate, last: Option<u64>, void: Option<u64>) -> u16 {
        match Some(candidate.last).filter(|_| candidate.won > 0) {
            Some(won) if last == Some(won) => candidate.won,
            Some(won) if void == Some(won) => candidate.won - 1,
            _ => 0,
        }
    }

    fn terms(&self, candidate: &Candidate) -> u16 {
        if self.lapsed() {
            Self::terms_before(candidate, self.before, self.elected)
        } else {
            Self::terms_before(candidate, self.elected, None)
        }
    }

    /// Members of a committee that has had no keys in this epoch and the last.
    fn without_keys(&self) -> BTreeSet<usize> {
        let epoch = self.epoch();
        let in_office = self.committees.iter().rfind(|one| one.from <= epoch && one.office);
        let keys = self.enough.contains_key(&epoch) || self.enough.contains_key(&(epoch - 1));
        let members = in_office.filter(|one| one.from < epoch && !keys).map(|one| one.members.clone());
        members.unwrap_or_default()
    }

    fn install(&mut self, members: BTreeSet<usize>) {
        let from = self.epoch() + 1;
        self.committees.retain(|one| one.from != from);
        self.committees.push(Committee { from, members, office: false });
        self.posted.remove(&from);
        self.enough.remove(&from);
    }

    fn post(&mut self, who: usize, digest: u8, epoch: u64) -> bool {
        let sits = self.serving(epoch).contains(&who);
        let posted = self.posted.entry(epoch).or_default();
        if !sits || posted.contains_key(&who) {
            return false;
        }
        posted.insert(who, digest);
        let same = posted.values().filter(|other| **other == digest).count();
        if same == usize::from(ELECTION.threshold) && !self.enough.contains_key(&epoch) {
            self.enough.insert(epoch, (self.now, self.height));
            for one in self.committees.iter_mut().filter(|one| one.from == epoch && epoch > self.now / EPOCH)
            {
                one.office = true;
            }
        }
        true
    }

    /// What somebody can be reported for: the epoch of share keys, or none for a seat.
    fn missed(&self, who: usize) -> Option<Option<u64>> {
        let epoch = self.epoch();
        let over = |(seconds, height): Begin, end: u64| {
            let due = seconds + WINDOW;
            due <= end && self.now >= due && self.height >= height + BLOCKS
        };
        for epoch in [epoch - 1, epoch] {
            let posted = self.posted.get(&epoch).is_some_and(|posted| posted.contains_key(&who));
            let Some(&(seconds, height)) = self.enough.get(&epoch) else { continue };
            let late = over((seconds.max(epoch * EPOCH), height), (epoch + 1) * EPOCH);
            if self.serving(epoch).contains(&who) && !posted && !self.reported.contains(&(epoch, who)) && late
            {
                return Some(Some(epoch));
            }
        }
        let (first, begin) = self.seats.get(&who)?;
        (*first >= epoch && over(*begin, first * EPOCH)).then_some(None)
    }

    fn report(&mut self, who: usize) -> bool {
        let Some(missed) = self.missed(who).filter(|_| !self.paused) else { return false };
        match missed {
            Some(epoch) => drop(self.reported.insert((epoch, who))),
            None => drop(self.seats.remove(&who)),
        }
        if let Some(node) = self.nodes.get_mut(&who) {
            node.bond -= node.bond / 10;
        }
        if let Some(place) = self.list.iter().position(|candidate| candidate.who == who) {
            self.leave(place);
        }
        let (next, mut members) = (self.epoch() + 1, self.serving(self.epoch() + 1));
        if self.elected != Some(next) || !members.contains(&who) {
            return true;
        }
        let (stale, before) = (self.without_keys(), self.before);
        let terms = |candidate: &Candidate| Self::terms_before(candidate, before, Some(next));
        let last = |candidate: &Candidate| {
            let void = candidate.won > 0 && candidate.last == next;
            void || stale.contains(&candidate.who) || terms(candidate) >= ELECTION.max_terms
        };
        let free: Vec<usize> =
            (0..self.list.len()).filter(|place| !members.contains(&self.list[*place].who)).collect();
        let place = free.iter().find(|place| !last(&self.list[**place])).or(free.first()).copied();
        members.remove(&who);
        if let Some(place) = place {
            let won = terms(&self.list[place]) + 1;
            let candidate = &mut self.list[place];
            *candidate = Candidate { won, last: next, ..*candidate };
            members.insert(candidate.who);
            self.seats.insert(candidate.who, (next, (self.now, self.height)));
        }
        if members.len() >= usize::from(ELECTION.threshold) {
            self.install(members);
        }
        true
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

    /// Those who have served their terms come last, and those whose committee had no keys.
    fn elect(&mut self) -> bool {
        let (epoch, seats) = (self.epoch() + 1, usize::from(ELECTION.seats));
        let again = self.elected.is_some_and(|elected| elected >= epoch);
        if self.paused || again || self.now % EPOCH >= EPOCH / 2 || self.list.len() < seats {
            return false;
        }
        let (lapsed, stale) = (self.elected.filter(|_| self.lapsed()), self.without_keys());
        let (tired, rested): (Vec<_>, Vec<_>) = self.list.iter().copied().partition(|candidate| {
            let void = candidate.won > 0 && Some(candidate.last) == lapsed;
            void || stale.contains(&candidate.who) || self.terms(candidate) >= ELECTION.max_terms
        });
        let chosen: Vec<Candidate> = rested.into_iter().chain(tired).take(seats).collect();
        let won: Vec<u16> = chosen.iter().map(|candidate| self.terms(candidate) + 1).collect();
        for (candidate, won) in chosen.iter().zip(won) {
            let place = self.list.iter().position(|other| other == candidate).unwrap();
            self.list[place] = Candidate { won, last: epoch, ..*candidate };
        }
        if lapsed.is_none() {
            self.before = self.elected;
        }
        self.elected = Some(epoch);
        let members: BTreeSet<usize> = chosen.iter().map(|candidate| candidate.who).collect();
        if !stale.is_empty() || self.serving(epoch) != members {
            for who in &members {
                self.seats.insert(*who, (epoch, (self.now, self.height)));
            }
            self.install(members);
        }
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
            Op::TakeSeat { who } => self.seats.remove(&who).is_some(),
            Op::Post { who, digest, next } => self.post(who, digest, self.epoch() + u64::from(next)),
            Op::Serve { but } => {
                for who in (0..NAMES.len()).filter(|who| *who != but) {
                    self.seats.remove(&who);
                    self.post(who, 1, self.epoch() + 1);
                }
                true
            }
            Op::Report { who } => self.report(who),
            Op::Advance { seconds, blocks } => {
                let before = self.epoch();
                self.now += seconds;
                self.height += blocks + 1;
                // What was posted for the first epoch of a committee that did not take office is void.
                for one in self.committees.iter().filter(|one| !one.office && one.from > before) {
                    if one.from <= self.now / EPOCH {
                        self.posted.remove(&one.from);
                    }
                }
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
        Op::TakeSeat { who } => suite.ask_registry(&account(suite, who), &ExecuteMsg::TakeSeat {}),
        Op::Post { who, digest, next } => post(suite, who, digest, next),
        Op::Serve { but } => {
            for who in (0..NAMES.len()).filter(|who| *who != but) {
                drop(suite.ask_registry(&account(suite, who), &ExecuteMsg::TakeSeat {}));
                drop(post(suite, who, 1, true));
            }
            return true;
        }
        Op::Report { who } => {
            let address = account(suite, who).to_string();
            suite.ask_registry(&stranger, &ExecuteMsg::ReportAbsent { address })
        }
        Op::Advance { seconds, blocks } => {
            suite.app.update_block(|block| block.height += blocks);
            suite.advance(seconds);
            return true;
        }
    };
    result.is_ok()
}

fn post(suite: &mut Suite, who: usize, digest: u8, next: bool) -> AnyResult<AppResponse> {
    let (account, epoch) = (suite.account(NAMES[who]), suite.now() / EPOCH + u64::from(next));
    let keys = ExecuteMsg::PostShareKeys { epoch, digest: HexBinary::from(&[digest; 32]) };
    suite.ask_registry(&account, &keys)
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
    assert_eq!(found.elected, model.elected);
    for epoch in [model.now / EPOCH, model.now / EPOCH + 1] {
        let found: CommitteeResponse =
            suite.query(&suite.registry, &QueryMsg::Committee { epoch: Some(epoch) });
        let found: BTreeSet<Addr> = found.members.into_iter().map(|member| member.address).collect();
        let name = |who: usize| suite.account(NAMES[who]);
        assert_eq!(found, model.serving(epoch).into_iter().map(name).collect(), "epoch {epoch}");
        let found: Vec<ShareKeysResponse> = suite.query(&suite.registry, &QueryMsg::ShareKeys { epoch });
        let posted = model.posted.get(&epoch).map_or(0, BTreeMap::len);
        assert_eq!(found.len(), posted, "epoch {epoch}");
    }
    // Who can be reported and sits in a committee is listed.
    let listed: Vec<DutyResponse> = suite.query(&suite.registry, &QueryMsg::Duties {});
    for open in listed {
        let who = NAMES.iter().position(|name| suite.account(name) == open.address).unwrap();
        assert!(!open.missed || model.missed(who).is_some(), "{open:?}");
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

    /// 60 sequences of 160 messages.
    #[test]
    fn the_list_and_every_election_are_as_the_model_says(ops in prop::collection::vec(op(), 160)) {
        let mut suite = Suite::with_params(bithive_api::registry::Params { unbonding_seconds: WAIT, ..params() });
        let (owner, jobs) = (suite.owner.clone(), suite.faucet.clone());
        suite.wire_jobs(&jobs);
        suite.ask_registry(&owner, &ExecuteMsg::SetElection { election: Some(ELECTION) }).unwrap();
        let mut model = Model { now: START, height: 1, ..Model::default() };
        // All stand at first, with bonds that bear some losses.
        let begin = (0..NAMES.len())
            .flat_map(|who| [Op::Register { who, bond: 3 * NODE_BOND + who as u128 }, Op::Stand { who }]);
        for op in begin.chain(ops).collect::<Vec<_>>().iter() {
            let accepted = run(&mut suite, op);
            prop_assert_eq!(accepted, model.apply(op), "{:?}", op);
            compare(&suite, &model);
        }
    }
}
