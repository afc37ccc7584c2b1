//! Registry, market, time bank and treasury.

use bithive_api::jobs;
use bithive_api::registry::{DutyResponse, Election, ExecuteMsg as Registry, Hook, QueryMsg, limits};
use bithive_api::rewards::ExecuteMsg as Rewards;
use bithive_api::timebank::ExecuteMsg as Timebank;
use bithive_api::treasury::{self, ExecuteMsg as Treasury, OfferTerms, Params};
use bithive_economics::absence;
use bithive_test_kit::jobs::{NODES, PRICE, post};
use bithive_test_kit::registry::{NODE_BOND, REQUESTER_BOND, params};
use bithive_test_kit::rewards::RewardsSuite;
use bithive_test_kit::timebank::DAY;
use bithive_test_kit::treasury::TreasurySuite;
use bithive_test_kit::{Answer, JobsSuite, NodeKeys, Suite, UNIT};
use bithive_test_kit::{faucet, timebank::TimebankSuite};
use cosmwasm_std::{Addr, HexBinary, to_json_binary};
use cw20::Cw20ExecuteMsg;
use serde::Serialize;

use crate::gas::Cost;

/// Nodes that stand where ten take part; where ten thousand do, as many as may.
const FEW_NODES: usize = 10;

pub(crate) struct World {
    bank: TimebankSuite,
    treasury: Addr,
    btk: Addr,
    /// Hosts that were imported.
    host: u64,
    participants: Vec<Addr>,
}

/// A market on a registry with elections, whose treasury and incentive pool are the contracts.
fn market() -> (JobsSuite, Addr) {
    let mut suite = Suite::with_params(params());
    let owner = suite.owner.clone();
    let btt = |amount: u128| (amount * UNIT).into();
    let (spend, buy, burn, reserve) = (btt(1), btt(1_000_000), btt(1), btt(10));
    let mut message = TreasurySuite::message(&suite);
    message.params = Params { period_seconds: DAY, spend, buy, burn, reserve };
    let treasury = TreasurySuite::instantiate(&mut suite, &message).unwrap();
    for (name, slot) in NODES.iter().zip((10..).step_by(10)) {
        suite.register_node(name, slot, 2 * NODE_BOND).unwrap();
    }
    suite.register_requester("requester", REQUESTER_BOND).unwrap();
    let message = RewardsSuite::message(&suite);
    let incentive_pool = RewardsSuite::instantiate(&mut suite, &message).unwrap();
    let requester = suite.account("requester");
    let message = bithive_test_kit::jobs::message(&suite.btt, &suite.registry, &treasury, &incentive_pool);
    let jobs = bithive_test_kit::jobs::instantiate(&mut suite.app, &owner, &message).unwrap();
    suite.wire_jobs(&jobs);
    let election = Some(Election { seats: 3, threshold: 2, max_terms: 1 });
    suite.ask_registry(&owner, &Registry::SetElection { election }).unwrap();
    (JobsSuite { suite, jobs, requester, incentive_pool }, treasury)
}

impl World {
    pub(crate) fn new(count: usize) -> Self {
        let (mut market, treasury) = market();
        let btk = market.suite.another_token("Compute", "BTK");
        let owner = market.suite.owner.clone();
        let message = TimebankSuite::message(&market, bithive_test_kit::timebank::params());
        let timebank = TimebankSuite::instantiate(&mut market.suite, &message).unwrap();
        let meter = faucet::instantiate(&mut market.suite.app, &owner);
        // Padded, so that names are as long with few as with many.
        let participants =
            (0..count).map(|index| market.suite.account(&format!("participant {index:05}"))).collect();
        let bank = TimebankSuite { market, timebank, meter };
        let mut world = Self { bank, treasury, btk, host: 0, participants };
        world.wire();
        world.populate(count);
        world
    }

    fn wire(&mut self) {
        let meter = self.bank.meter.to_string();
        self.bank.as_owner(&Timebank::SetMeter { meter, per_day: Some(1_000_000) }).unwrap();
        let oracles = bithive_test_kit::timebank::ORACLES.map(|name| self.bank.oracle(name)).to_vec();
        self.bank.as_owner(&Timebank::SetOracles { oracles, threshold: 2 }).unwrap();
        self.bank.fund(1_000_000 * UNIT).unwrap();
        let (low, high, budget) = (100_000u128.into(), 500_000u128.into(), (1_000_000 * UNIT).into());
        let terms = Some(OfferTerms { low, high, rise_seconds: DAY, budget });
        let (owner, treasury) = (self.suite().owner.clone(), self.treasury.clone());
        let token = self.btk.to_string();
        self.suite().execute(&owner, &treasury, &Treasury::SetOffer { token, terms }).unwrap();
        let (source, allowed) = (self.bank.market.jobs.to_string(), true);
        let set = Treasury::SetSource { source: source.clone(), allowed };
        self.suite().execute(&owner, &treasury, &set).unwrap();
        let rewards = self.bank.market.incentive_pool.clone();
        self.suite().execute(&owner, &rewards, &Rewards::SetSource { source, allowed }).unwrap();
        self.suite().fund(&treasury, 1_000 * UNIT);
    }

    /// Everybody is a requester with an open job and with credits, and has sold to the treasury; nodes stand for the committee.
    fn populate(&mut self, count: usize) {
        let nodes = if count <= FEW_NODES { FEW_NODES } else { limits::MAX_CANDIDATES };
        // The market's nodes have slots 10, 20, ..., 60.
        let slots = (1..60).filter(|slot| slot % 10 != 0);
        for (index, slot) in (NODES.len()..nodes).zip(slots) {
            let name = format!("stands {index:05}");
            self.suite().register_node(&name, slot, NODE_BOND + index as u128 * UNIT).unwrap();
            self.stand(&name);
        }
        for name in NODES.iter().take(nodes) {
            self.stand(name);
        }
        let terms = self.bank.terms(PRICE);
        let jobs = self.bank.market.jobs.clone();
        for index in 0..count {
            let mut endpoint = [7; 32];
            endpoint[..8].copy_from_slice(&index.to_be_bytes());
            let account = self.participants[index].clone();
            let registry = self.suite().registry.clone();
            self.suite().fund(&account, REQUESTER_BOND + PRICE);
            let register = Hook::RegisterRequester { endpoint: HexBinary::from(&endpoint) };
            self.suite().send_btt(&account, &registry, REQUESTER_BOND, &register).unwrap();
            let post = post(terms.clone());
            self.suite().send_btt(&account, &jobs, PRICE, &post).unwrap();
            self.bank.deposit(&account, 7).unwrap();
            self.sell(&account);
        }
    }

    fn suite(&mut self) -> &mut Suite {
        &mut self.bank.market.suite
    }

    /// The chain, and the contracts that the messages went to.
    pub(crate) fn contracts(&self) -> (&Suite, [&Addr; 4]) {
        let (suite, jobs) = (&self.bank.market.suite, &self.bank.market.jobs);
        (suite, [&suite.registry, jobs, &self.bank.timebank, &self.treasury])
    }

    fn stand(&mut self, name: &str) {
        let endpoint = HexBinary::from(&NodeKeys::of(&format!("{name} in the committee")).endpoint);
        let account = self.suite().account(name);
        self.suite().ask_registry(&account, &Registry::Stand { endpoint }).unwrap();
    }

    fn sell(&mut self, account: &Addr) {
        let (btk, treasury) = (self.btk.clone(), self.treasury.clone());
        self.suite().fund_with(&btk, account, 1_000);
        let msg = to_json_binary(&treasury::Hook::Sell { least: 1u128.into() }).unwrap();
        let send = Cw20ExecuteMsg::Send { contract: treasury.into(), amount: 1_000u128.into(), msg };
        self.suite().execute(account, &btk, &send).unwrap();
    }

    /// Storage gas of what `act` does.
    fn cost(&mut self, act: impl FnOnce(&mut Self)) -> u64 {
        let before = self.suite().gas();
        act(self);
        self.suite().gas() - before
    }

    fn ask<M: Serialize + std::fmt::Debug>(&mut self, sender: &Addr, contract: &Addr, message: &M) -> u64 {
        self.cost(|world| drop(world.suite().execute(sender, contract, message).unwrap()))
    }

    pub(crate) fn costs(&mut self) -> Vec<Cost> {
        let mut costs = self.costs_of_the_registry();
        costs.extend(self.costs_of_a_job());
        costs.extend(self.costs_of_credits_and_sales());
        costs.extend(self.costs_of_leaving());
        costs
    }

    fn costs_of_the_registry(&mut self) -> Vec<Cost> {
        let (stranger, jobs) = (self.suite().account("stranger"), self.bank.market.jobs.clone());
        let registry = self.suite().registry.clone();
        let node = self.suite().account(NODES[1]);
        let slash = Registry::Slash { node: node.into(), amount: UNIT.into(), reason: "x".into(), job_id: 1 };
        vec![
            (
                "register a node",
                self.cost(|world| {
                    drop(world.suite().register_node("another node", 61, NODE_BOND).unwrap());
                }),
            ),
            (
                "register a requester",
                self.cost(|world| {
                    drop(world.suite().register_requester("another", REQUESTER_BOND).unwrap());
                }),
            ),
            (
                "add to a bond",
                self.cost(|world| {
                    drop(world.suite().bond(NODES[2], UNIT, &Hook::AddBond {}).unwrap());
                }),
            ),
            ("slash a candidate", self.ask(&jobs, &registry, &slash)),
            ("elect", self.ask(&stranger, &registry, &Registry::Elect {})),
            (
                "elect again",
                self.cost(|world| {
                    world.suite().advance(3_600);
                    world.suite().execute(&stranger, &registry, &Registry::Elect {}).unwrap();
                }),
            ),
            (
                "report who is absent, and elect its successor",
                self.cost(|world| {
                    let window = absence::window(3_600);
                    let suite = world.suite();
                    suite.app.update_block(|block| block.height += absence::BLOCKS);
                    suite.advance(window);
                    let duties: Vec<DutyResponse> = suite.query(&registry, &QueryMsg::Duties {});
                    let absent = duties.iter().find(|open| open.missed).unwrap();
                    let report = Registry::ReportAbsent { address: absent.address.to_string() };
                    suite.execute(&stranger, &registry, &report).unwrap();
                }),
            ),
        ]
    }

    fn costs_of_a_job(&mut self) -> Vec<Cost> {
        let (terms, answer) = (self.bank.market.terms(), Answer::of(&[1, 2, 3, 4]));
        let (names, stranger) = (&NODES[..3], self.suite().account("stranger"));
        let worker = self.suite().account(NODES[0]);
        let (treasury, source) = (self.treasury.clone(), self.bank.market.jobs.to_string());
        let rewards = self.bank.market.incentive_pool.clone();
        let into_rewards = Rewards::Collect { source: source.clone() };
        let mut id = 0;
        vec![
            ("post", self.cost(|world| id = world.bank.market.post(&terms))),
            ("assign", self.cost(|world| drop(world.bank.market.assign(id, names)))),
            (
                "commit and reveal",
                self.cost(|world| {
                    let answers: Vec<_> = names.iter().map(|name| (*name, answer.clone())).collect();
                    world.bank.market.work(id, &answers);
                }),
            ),
            ("settle and record", self.cost(|world| drop(world.bank.market.finalize(id, names).unwrap()))),
            ("withdraw pay", self.cost(|world| drop(world.bank.market.withdraw(&worker).unwrap()))),
            ("collect", self.ask(&stranger, &treasury, &Treasury::Collect { source })),
            ("collect into rewards", self.ask(&stranger, &rewards, &into_rewards)),
        ]
    }

    fn costs_of_credits_and_sales(&mut self) -> Vec<Cost> {
        let (account, stranger) = (self.participants[3].clone(), self.suite().account("stranger"));
        let (timebank, treasury) = (self.bank.timebank.clone(), self.treasury.clone());
        let terms = self.bank.terms(40_000);
        let burn = Treasury::Burn { token: self.suite().btt.to_string() };
        vec![
            ("deposit credits", self.cost(|world| drop(world.bank.deposit(&account, 9).unwrap()))),
            (
                "interest",
                self.cost(|world| {
                    world.suite().advance(DAY);
                    world.suite().execute(&stranger, &timebank, &Timebank::Accrue {}).unwrap();
                }),
            ),
            (
                "import credit",
                self.cost(|world| {
                    world.host += 1;
                    let statement = TimebankSuite::statement(&account, world.host, 4_000);
                    world.bank.import(&statement).unwrap();
                }),
            ),
            (
                "spend credits",
                self.cost(|world| {
                    let assign_by = world.bank.terms(1).assign_by;
                    let terms = jobs::Terms { assign_by, ..terms };
                    world.bank.spend(&account, terms, 100).unwrap();
                }),
            ),
            ("sell", self.cost(|world| world.sell(&account))),
            ("burn", self.ask(&stranger, &treasury, &burn)),
        ]
    }

    fn costs_of_leaving(&mut self) -> Vec<Cost> {
        let (registry, stranger) = (self.suite().registry.clone(), self.suite().account("stranger"));
        let (node, requester) = (self.suite().account(NODES[2]), self.participants[6].clone());
        let withdraw = |account: &Addr| Registry::WithdrawBond { address: account.to_string() };
        let costs = vec![
            ("unbond a candidate", self.ask(&node, &registry, &Registry::Unbond {})),
            ("unbond a requester", self.ask(&requester, &registry, &Registry::Unbond {})),
        ];
        self.suite().advance(params().unbonding_seconds);
        costs
            .into_iter()
            .chain([
                ("withdraw a bond", self.ask(&stranger, &registry, &withdraw(&node))),
                ("withdraw another", self.ask(&stranger, &registry, &withdraw(&requester))),
            ])
            .collect()
    }
}
