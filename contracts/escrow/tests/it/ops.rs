//! Random messages: how they are drawn, and how they are sent to the contract.

use bithive_api::asset::Asset;
use bithive_api::escrow::{Approver, ExecuteMsg, Milestone, Terms};
use bithive_test_kit::escrow::{payees, signers};
use cosmwasm_std::Addr;
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::world::World;

pub const ACCOUNTS: usize = 4;
pub const ASSETS: usize = 2;
/// The code of every agreement that has one, and one that opens none.
const CODES: [&[u8]; 2] = [b"the right code of all agreements", b"another code that opens nothing."];
/// Seconds of an hour, the shortest time of everything.
pub const HOUR: u64 = 3_600;

#[derive(Clone, Debug)]
pub enum Way {
    Payer { arbiter: Option<usize> },
    Code,
    Signers { of: Vec<usize>, needed: u8 },
    Crowd,
}

#[derive(Clone, Debug)]
pub struct Deal {
    pub asset: usize,
    pub payees: Vec<(usize, u16)>,
    /// Amount, and hours for a submission and for a review.
    pub milestones: Vec<(u128, u64, u64)>,
    pub way: Way,
}

#[derive(Clone, Debug)]
pub enum Op {
    Open { payer: usize, deal: Deal, less: bool },
    Raise { opener: usize, deal: Deal, hours: u64 },
    Fund { by: usize, id: u64, asset: usize, amount: u128 },
    Submit { by: usize, id: u64, milestone: u8 },
    Speak { by: usize, id: u64, milestone: u8, approves: bool },
    Reveal { id: u64, right: bool },
    Dispute { by: usize, id: u64, milestone: u8 },
    Rule { by: usize, id: u64, milestone: u8, bps: u16 },
    Decline { by: usize, id: u64 },
    Advance { id: u64 },
    Refund { id: u64, to: usize },
    Withdraw { by: usize, asset: usize },
    Wait { seconds: u64 },
}

fn deal(crowd: bool) -> impl Strategy<Value = Deal> {
    let who = || 0..ACCOUNTS;
    let signed =
        (prop::collection::vec(who(), 1..4), 1u8..3).prop_map(|(of, needed)| Way::Signers { of, needed });
    let way = if crowd {
        prop_oneof![1 => signed, 4 => Just(Way::Crowd)].boxed()
    } else {
        let payer = prop::option::weighted(0.7, who()).prop_map(|arbiter| Way::Payer { arbiter });
        prop_oneof![5 => payer, 1 => Just(Way::Code), 2 => signed].boxed()
    };
    let shares = prop_oneof![
        4 => who().prop_map(|payee| vec![(payee, 10_000)]),
        2 => (who(), who(), 1u16..10_000).prop_map(|(a, b, bps)| vec![(a, bps), (b, 10_000 - bps)]),
    ];
    let milestone = (prop_oneof![1 => Just(0u128), 20 => 1u128..40], 1u64..4, 1u64..4);
    (0..ASSETS, shares, prop::collection::vec(milestone, 1..4), way).prop_map(
        |(asset, payees, milestones, way)| {
            // A code has one milestone; with more it is refused, which has its own test.
            let most = if matches!(way, Way::Code) { 1 } else { 3 };
            let milestones = milestones.into_iter().take(most).collect();
            Deal { asset, payees, milestones, way }
        },
    )
}

pub fn op() -> impl Strategy<Value = Op> {
    let (who, asset, id, milestone) = (|| 0..ACCOUNTS, || 0..ASSETS, || 1u64..6, || 1u8..4);
    prop_oneof![
        8 => (who(), deal(false), prop::bool::weighted(0.1)).prop_map(|(payer, deal, less)| Op::Open { payer, deal, less }),
        7 => (who(), deal(true), 1u64..6).prop_map(|(opener, deal, hours)| Op::Raise { opener, deal, hours }),
        16 => (who(), id(), asset(), prop_oneof![1 => Just(0u128), 20 => 1u128..120]).prop_map(|(by, id, asset, amount)| Op::Fund { by, id, asset, amount }),
        12 => (who(), id(), milestone()).prop_map(|(by, id, milestone)| Op::Submit { by, id, milestone }),
        20 => (who(), id(), milestone(), prop::bool::weighted(0.45))
            .prop_map(|(by, id, milestone, approves)| Op::Speak { by, id, milestone, approves }),
        2 => (id(), any::<bool>()).prop_map(|(id, right)| Op::Reveal { id, right }),
        8 => (who(), id(), milestone()).prop_map(|(by, id, milestone)| Op::Dispute { by, id, milestone }),
        8 => (who(), id(), milestone(), prop_oneof![Just(10_000u16), 0u16..10_001])
            .prop_map(|(by, id, milestone, bps)| Op::Rule { by, id, milestone, bps }),
        1 => (who(), id()).prop_map(|(by, id)| Op::Decline { by, id }),
        5 => id().prop_map(|id| Op::Advance { id }),
        6 => (id(), who()).prop_map(|(id, to)| Op::Refund { id, to }),
        3 => (who(), asset()).prop_map(|(by, asset)| Op::Withdraw { by, asset }),
        5 => prop_oneof![30 => 1u64..HOUR, 1 => Just(15 * 24 * HOUR)].prop_map(|seconds| Op::Wait { seconds }),
    ]
}

/// The accounts and assets that numbers stand for.
pub struct Names {
    pub accounts: [Addr; ACCOUNTS],
    pub assets: [Asset; ASSETS],
}

impl Names {
    fn terms(&self, deal: &Deal) -> Terms {
        let named: Vec<(&Addr, u16)> =
            deal.payees.iter().map(|(who, bps)| (&self.accounts[*who], *bps)).collect();
        let milestone = |(amount, due, review): &(u128, u64, u64)| Milestone {
            amount: (*amount).into(),
            due: due * HOUR,
            review: review * HOUR,
        };
        let approver = match &deal.way {
            Way::Payer { arbiter } => {
                Approver::Payer { arbiter: arbiter.map(|arbiter| self.accounts[arbiter].to_string()) }
            }
            Way::Code => Approver::Preimage { hash: Sha256::digest(CODES[0]).as_slice().into() },
            Way::Signers { of, needed } => {
                signers(*needed, &of.iter().map(|who| &self.accounts[*who]).collect::<Vec<_>>())
            }
            Way::Crowd => Approver::Contributors {},
        };
        let milestones = deal.milestones.iter().map(milestone).collect();
        Terms { payees: payees(&named), milestones, approver, text: None }
    }
}

/// Sends a message, and says whether it was accepted.
pub fn sent(world: &mut World, names: &Names, op: &Op) -> bool {
    let (escrow, Names { accounts, assets }) = (world.escrow.clone(), names);
    let stranger = world.stranger.clone();
    let suite = &mut world.suite;
    let (by, message) = match *op {
        Op::Open { payer, ref deal, less } => {
            let amount: u128 = deal.milestones.iter().map(|milestone| milestone.0).sum();
            let amount = if less { amount.saturating_sub(1) } else { amount };
            let payment = (&assets[deal.asset], amount);
            return escrow.open(suite, &accounts[payer], payment, names.terms(deal)).is_ok();
        }
        Op::Raise { opener, ref deal, hours } => {
            let asked = (&assets[deal.asset], hours * HOUR);
            return escrow.raise(suite, &accounts[opener], asked, names.terms(deal)).is_ok();
        }
        Op::Fund { by, id, asset, amount } => {
            return escrow.fund(suite, &accounts[by], (&assets[asset], amount), id).is_ok();
        }
        Op::Submit { by, id, milestone } => {
            (&accounts[by], ExecuteMsg::Submit { id, milestone, evidence: None })
        }
        Op::Speak { by, id, milestone, approves: true } => {
            (&accounts[by], ExecuteMsg::Approve { id, milestone })
        }
        Op::Speak { by, id, milestone, approves: false } => {
            (&accounts[by], ExecuteMsg::Reject { id, milestone })
        }
        Op::Reveal { id, right } => {
            let preimage = CODES[usize::from(!right)].into();
            (&stranger, ExecuteMsg::Reveal { id, preimage })
        }
        Op::Dispute { by, id, milestone } => (&accounts[by], ExecuteMsg::Dispute { id, milestone }),
        Op::Rule { by, id, milestone, bps } => {
            (&accounts[by], ExecuteMsg::Rule { id, milestone, payees_bps: bps })
        }
        Op::Decline { by, id } => (&accounts[by], ExecuteMsg::Decline { id }),
        Op::Advance { id } => (&stranger, ExecuteMsg::Advance { id }),
        Op::Refund { id, to } => {
            (&stranger, ExecuteMsg::Refund { id, contributor: accounts[to].to_string() })
        }
        Op::Withdraw { by, asset } => (&accounts[by], ExecuteMsg::Withdraw { asset: assets[asset].clone() }),
        Op::Wait { seconds } => {
            suite.advance(seconds);
            return true;
        }
    };
    escrow.send(suite, by, &message).is_ok()
}
