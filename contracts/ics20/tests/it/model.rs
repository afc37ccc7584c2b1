//! Random sequences of transfers there and back, refusals, timeouts, repeats of the other end and false claims: no unit
//! appears or vanishes on either chain.

use bithive_api::ics20::{Ack, ExecuteMsg, Packet};
use bithive_ibc_kit::Ics20Suite;
use bithive_ibc_kit::ics20::TransferModule;
use cosmwasm_std::{Addr, Binary, IbcPacket};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const ACCOUNTS: usize = 3;
const EACH: u128 = 1_000;
const LINKS: usize = 2;

#[derive(Clone, Debug)]
enum Op {
    Send {
        by: usize,
        link: usize,
        amount: u128,
    },
    /// The other chain takes the packet.
    Deliver {
        packet: usize,
    },
    /// It refuses it, or it expires.
    Fail {
        packet: usize,
        refused: bool,
    },
    /// Its answer comes back.
    Answer {
        packet: usize,
    },
    Return {
        by: usize,
        link: usize,
        to: usize,
        amount: u128,
    },
    /// A chain claims what it has no vouchers for.
    Claim {
        link: usize,
        of: usize,
        to: usize,
        amount: u128,
    },
    Limit {
        limit: Option<u128>,
    },
    Pause {
        paused: bool,
    },
}

fn op() -> impl Strategy<Value = Op> {
    let who = || 0..ACCOUNTS;
    let link = || 0..LINKS;
    let amount = || prop_oneof![4 => 1u128..400, 1 => 1u128..3_000];
    let limit = prop_oneof![1 => Just(None), 4 => (1u128..3_000).prop_map(Some)];
    prop_oneof![
        6 => (who(), link(), amount()).prop_map(|(by, link, amount)| Op::Send { by, link, amount }),
        6 => (0..32usize).prop_map(|packet| Op::Deliver { packet }),
        3 => (0..32usize, any::<bool>()).prop_map(|(packet, refused)| Op::Fail { packet, refused }),
        3 => (0..32usize).prop_map(|packet| Op::Answer { packet }),
        5 => (who(), link(), who(), amount())
            .prop_map(|(by, link, to, amount)| Op::Return { by, link, to, amount }),
        2 => (link(), link(), who(), amount())
            .prop_map(|(link, of, to, amount)| Op::Claim { link, of, to, amount }),
        1 => limit.prop_map(|limit| Op::Limit { limit }),
        1 => any::<bool>().prop_map(|paused| Op::Pause { paused }),
    ]
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    UnderWay,
    Delivered,
    Done,
}

struct Model {
    suite: Ics20Suite,
    accounts: [Addr; ACCOUNTS],
    modules: [TransferModule; LINKS],
    packets: Vec<(usize, u128, IbcPacket, State)>,
    balances: [u128; ACCOUNTS],
    limit: Option<u128>,
    paused: bool,
}

impl Model {
    fn new() -> Self {
        let mut suite = Ics20Suite::new();
        let accounts: [Addr; ACCOUNTS] =
            std::array::from_fn(|index| suite.suite.account(&format!("account {index}")));
        for account in &accounts {
            suite.suite.fund(account, EACH);
        }
        let limit = Some(bithive_ibc_kit::ics20::LIMIT);
        let modules = [TransferModule::default(), TransferModule::default()];
        Self { suite, accounts, modules, packets: vec![], balances: [EACH; ACCOUNTS], limit, paused: false }
    }

    fn under_way(&self, link: usize) -> u128 {
        let packets = self.packets.iter().filter(|packet| packet.0 == link && packet.3 == State::UnderWay);
        packets.map(|packet| packet.1).sum()
    }

    fn outside(&self, link: usize) -> u128 {
        self.under_way(link) + self.modules[link].supply(&self.suite.denom())
    }

    fn apply(&mut self, op: &Op) {
        match *op {
            Op::Send { by, link, amount } => {
                let result = self.suite.send(&self.accounts[by], link, &format!("remote {by}"), amount);
                let fits = self.limit.is_some_and(|limit| self.outside(link) + amount <= limit);
                let expected = !self.paused && fits && amount <= self.balances[by];
                assert_eq!(result.is_ok(), expected, "{:?}", result.err());
                if let Ok(packet) = result {
                    self.balances[by] -= amount;
                    self.packets.push((link, amount, packet, State::UnderWay));
                }
            }
            Op::Deliver { packet } => {
                let Some((link, _, packet, state)) = self.packets.get_mut(packet) else { return };
                if *state == State::UnderWay {
                    self.modules[*link].receive(packet);
                    *state = State::Delivered;
                }
            }
            Op::Fail { packet, refused } => {
                let Some((_, amount, packet, state)) = self.packets.get_mut(packet) else { return };
                if *state == State::UnderWay {
                    *state = State::Done;
                    let result =
                        if refused { self.suite.refuse(packet) } else { self.suite.time_out(packet) };
                    result.unwrap();
                    let Packet { sender, .. } = cosmwasm_std::from_json(&packet.data).unwrap();
                    let by = self.accounts.iter().position(|account| account.as_str() == sender).unwrap();
                    self.balances[by] += *amount;
                }
            }
            Op::Answer { packet } => {
                let Some((_, _, packet, state)) = self.packets.get_mut(packet) else { return };
                if *state == State::Delivered {
                    *state = State::Done;
                    let ack = Ack::Result(Binary::from([1]));
                    self.suite.acknowledge(packet, cosmwasm_std::to_json_binary(&ack).unwrap()).unwrap();
                }
            }
            Op::Return { by, link, to, amount } => self.give_back(by, link, to, amount),
            Op::Claim { link, of, to, amount } => {
                // More than all that is outside there, or what left over another channel.
                let denom =
                    format!("transfer/{}/{}", self.suite.links[of].there.channel_id, self.suite.denom());
                let amount = if link == of { self.outside(link) + amount } else { amount };
                let (amount, receiver) = (amount.into(), self.accounts[to].to_string());
                let packet = Packet { amount, denom, receiver, sender: "thief".into(), memo: None };
                let ack = self.suite.receive(link, &packet);
                assert!(matches!(ack, Ack::Error(_)), "{packet:?}");
            }
            Op::Limit { limit } => {
                self.limit = limit;
                let token = self.suite.suite.btt.to_string();
                let limit = limit.map(Into::into);
                self.by_owner(&ExecuteMsg::SetLimit { token, limit });
            }
            Op::Pause { paused } => {
                self.paused = paused;
                self.by_owner(&ExecuteMsg::SetPaused { paused });
            }
        }
    }

    fn give_back(&mut self, by: usize, link: usize, to: usize, amount: u128) {
        let (denom, holder) = (self.suite.denom(), format!("remote {by}"));
        let held = self.modules[link].vouchers.get(&(holder.clone(), denom.clone())).copied().unwrap_or(0);
        let amount = amount.min(held);
        if amount == 0 {
            return;
        }
        let receiver = self.accounts[to].to_string();
        let packet = self.modules[link].send(&self.suite.links[link], &holder, &denom, &receiver, amount);
        assert_eq!(self.suite.receive(link, &packet), Ack::Result(Binary::from([1])));
        self.balances[to] += amount;
    }

    fn by_owner(&mut self, message: &ExecuteMsg) {
        let owner = self.suite.suite.owner.clone();
        self.suite.execute(&owner, message).unwrap();
    }

    fn check(&self) {
        self.suite.check();
        for link in 0..LINKS {
            assert_eq!(
                self.suite.outstanding(link),
                self.outside(link),
                "what is outside is there or under way"
            );
        }
        for (account, balance) in self.accounts.iter().zip(self.balances) {
            assert_eq!(self.suite.suite.balance(account), balance);
        }
        let outside: u128 = (0..LINKS).map(|link| self.outside(link)).sum();
        assert_eq!(outside + self.balances.iter().sum::<u128>(), EACH * ACCOUNTS as u128);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 100,
        rng_seed: RngSeed::Fixed(9),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_unit_appears_or_vanishes_on_either_chain(ops in prop::collection::vec(op(), 80)) {
        let mut model = Model::new();
        for op in ops {
            model.apply(&op);
            model.check();
        }
    }
}
