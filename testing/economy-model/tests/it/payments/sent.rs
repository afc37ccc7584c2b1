//! Each operation as a message to the contracts.

use std::fmt::Debug;

use bithive_api::flows::{Key, Open, SignedVoucher, Terms as FlowTerms};
use bithive_api::listings::{Challenge, List};
use bithive_api::{checkout, escrow, flows, listings, oracle};
use bithive_economy_model::payments::PHANTOM;
use bithive_economy_model::payments::checkout::{Offer, Pay, Price};
use bithive_economy_model::payments::escrow::{Approver, Deal};
use bithive_economy_model::payments::feed::Said;
use bithive_economy_model::payments::flows::{Terms, Voucher};
use bithive_test_kit::checkout::paying;
use bithive_test_kit::escrow::{payees, signers};
use bithive_test_kit::flows::{Flows, signer};
use bithive_test_kit::listings::{beacon, content};
use cosmwasm_std::{Addr, HexBinary, to_json_binary};
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;
use cw20::Cw20ReceiveMsg;
use serde::Serialize;
use serde_json::json;

use super::op::Op;
use super::world::{CATEGORIES, World};
use crate::gas::escrow::{CODE, HASH};

pub(crate) type Outcome = AnyResult<AppResponse>;

impl World {
    fn act<M: Serialize + Debug>(&mut self, by: usize, contract: &Addr, message: &M) -> Outcome {
        let account = self.accounts[by].clone();
        self.suite.execute(&account, contract, message)
    }

    fn anyone<M: Serialize + Debug>(&mut self, contract: &Addr, message: &M) -> Outcome {
        let stranger = self.stranger.clone();
        self.suite.execute(&stranger, contract, message)
    }

    /// A message with an amount of any asset. Of the phantom its liar says that it came.
    fn pay<M: Serialize + Debug, H: Serialize>(
        &mut self,
        by: usize,
        contract: &Addr,
        (asset, amount): (usize, u128),
        message: &M,
        hook: &H,
    ) -> Outcome {
        let account = self.accounts[by].clone();
        if asset == PHANTOM {
            let msg = to_json_binary(hook).unwrap();
            let receive = Cw20ReceiveMsg { sender: account.into(), amount: amount.into(), msg };
            let liar = self.liar.clone();
            return self.suite.execute(&liar, contract, &json!({ "receive": receive }));
        }
        let asset = self.assets[asset].clone();
        self.suite.bring(&account, contract, (&asset, amount), message, hook)
    }

    fn name(&self, account: usize) -> String {
        self.accounts[account].to_string()
    }

    pub(super) fn send(&mut self, op: &Op) -> Outcome {
        match op {
            Op::OpenFlow { .. }
            | Op::AddToFlow { .. }
            | Op::Settle { .. }
            | Op::Redeem { .. }
            | Op::Transfer { .. }
            | Op::Close { .. }
            | Op::FinishFlow { .. } => self.send_to_flows(op),
            Op::PutUp { .. } | Op::Cancel { .. } | Op::Buy { .. } | Op::Refund { .. } => {
                self.send_to_checkout(op)
            }
            Op::Report { .. }
            | Op::StopFeed { .. }
            | Op::Withdraw { .. }
            | Op::Collect { .. }
            | Op::Wait { .. } => self.send_to_others(op),
            Op::Agree { .. }
            | Op::Raise { .. }
            | Op::Fund { .. }
            | Op::Submit { .. }
            | Op::Speak { .. }
            | Op::Reveal { .. }
            | Op::Dispute { .. }
            | Op::Arbitrate { .. }
            | Op::Decline { .. }
            | Op::AdvanceAgreement { .. }
            | Op::RefundContributor { .. } => self.send_to_escrow(op),
            _ => self.send_to_listings(op),
        }
    }

    fn send_to_flows(&mut self, op: &Op) -> Outcome {
        use flows::{ExecuteMsg, Hook};
        let contract = self.flows.address.clone();
        match *op {
            Op::OpenFlow { payer, payee, asset, deposit, terms, transferable } => {
                let terms = match terms {
                    Terms::Rate { amount, step, advance } => {
                        FlowTerms::Rate { amount: amount.into(), step, advance }
                    }
                    Terms::Vouchers { notice, ends } => {
                        let key = Key::Ed25519(signer(1).verifying_key().as_bytes().into());
                        FlowTerms::Vouchers { key, notice, ends }
                    }
                };
                let open = Open { payee: self.name(payee), terms, transferable };
                let (message, hook) = (ExecuteMsg::Open(open.clone()), Hook::Open(open));
                self.pay(payer, &contract, (asset, deposit), &message, &hook)
            }
            Op::AddToFlow { by, id, asset, amount, ends } => {
                let (message, hook) = (ExecuteMsg::TopUp { id, ends }, Hook::TopUp { id, ends });
                self.pay(by, &contract, (asset, amount), &message, &hook)
            }
            Op::Settle { id } => self.anyone(&contract, &ExecuteMsg::Settle { id }),
            Op::Redeem { ref vouchers } => {
                let vouchers = vouchers.iter().map(|voucher| self.signed(voucher)).collect();
                self.anyone(&contract, &ExecuteMsg::Redeem { vouchers })
            }
            Op::Transfer { by, id, to } => {
                let payee = self.name(to);
                self.act(by, &contract, &ExecuteMsg::Transfer { id, payee })
            }
            Op::Close { by, id } => self.act(by, &contract, &ExecuteMsg::Close { id }),
            Op::FinishFlow { id } => self.anyone(&contract, &ExecuteMsg::Finish { id }),
            _ => unreachable!("{op:?}"),
        }
    }

    /// A voucher as it is shown. A bad one is by another key, of another flow, or of another contract.
    fn signed(&self, voucher: &Voucher) -> SignedVoucher {
        let Voucher { id, cumulative, good } = *voucher;
        if good {
            return self.flows.voucher(1, id, cumulative);
        }
        let signed = match cumulative % 3 {
            0 => self.flows.voucher(2, id, cumulative),
            1 => self.flows.voucher(1, id + 1, cumulative),
            _ => Flows { address: self.escrow.address.clone() }.voucher(1, id, cumulative),
        };
        SignedVoucher { id, ..signed }
    }

    fn send_to_escrow(&mut self, op: &Op) -> Outcome {
        use escrow::{ExecuteMsg, Hook};
        let contract = self.escrow.address.clone();
        match *op {
            Op::Agree { payer, ref deal, amount } => {
                let terms = self.terms(deal);
                let (message, hook) = (ExecuteMsg::Open(terms.clone()), Hook::Open(terms));
                self.pay(payer, &contract, (deal.asset, amount), &message, &hook)
            }
            Op::Raise { opener, ref deal, seconds } => {
                let (asset, terms) = (self.assets[deal.asset].clone(), self.terms(deal));
                self.act(opener, &contract, &ExecuteMsg::Raise { asset, seconds, terms })
            }
            Op::Fund { by, id, asset, amount } => {
                self.pay(by, &contract, (asset, amount), &ExecuteMsg::Fund { id }, &Hook::Fund { id })
            }
            Op::Submit { by, id, milestone } => {
                self.act(by, &contract, &ExecuteMsg::Submit { id, milestone, evidence: None })
            }
            Op::Speak { by, id, milestone, approves: true } => {
                self.act(by, &contract, &ExecuteMsg::Approve { id, milestone })
            }
            Op::Speak { by, id, milestone, approves: false } => {
                self.act(by, &contract, &ExecuteMsg::Reject { id, milestone })
            }
            Op::Reveal { id, right } => {
                let preimage = if right { CODE } else { b"another sixteen." }.into();
                self.anyone(&contract, &ExecuteMsg::Reveal { id, preimage })
            }
            Op::Dispute { by, id, milestone } => {
                self.act(by, &contract, &ExecuteMsg::Dispute { id, milestone })
            }
            Op::Arbitrate { by, id, milestone, bps: payees_bps } => {
                self.act(by, &contract, &ExecuteMsg::Rule { id, milestone, payees_bps })
            }
            Op::Decline { by, id } => self.act(by, &contract, &ExecuteMsg::Decline { id }),
            Op::AdvanceAgreement { id } => self.anyone(&contract, &ExecuteMsg::Advance { id }),
            Op::RefundContributor { id, to } => {
                let contributor = self.name(to);
                self.anyone(&contract, &ExecuteMsg::Refund { id, contributor })
            }
            _ => unreachable!("{op:?}"),
        }
    }

    fn terms(&self, deal: &Deal) -> escrow::Terms {
        let named: Vec<_> = deal.payees.iter().map(|(who, bps)| (&self.accounts[*who], *bps)).collect();
        let milestone = |(amount, due, review): &(u128, u64, u64)| escrow::Milestone {
            amount: (*amount).into(),
            due: *due,
            review: *review,
        };
        let approver = match &deal.approver {
            Approver::Payer { arbiter } => {
                escrow::Approver::Payer { arbiter: arbiter.map(|arbiter| self.name(arbiter)) }
            }
            Approver::Code => escrow::Approver::Preimage { hash: HexBinary::from_hex(HASH).unwrap() },
            Approver::Signers { of, needed } => {
                signers(*needed, &of.iter().map(|who| &self.accounts[*who]).collect::<Vec<_>>())
            }
            Approver::Crowd => escrow::Approver::Contributors {},
        };
        let milestones = deal.milestones.iter().map(milestone).collect();
        escrow::Terms { payees: payees(&named), milestones, approver, text: None }
    }

    fn send_to_checkout(&mut self, op: &Op) -> Outcome {
        use checkout::{ExecuteMsg, Hook};
        let contract = self.checkout.address.clone();
        match *op {
            Op::PutUp { ref offer } => {
                let message = ExecuteMsg::Offer(self.offer(offer));
                self.act(offer.seller, &contract, &message)
            }
            Op::Cancel { by, id } => self.act(by, &contract, &ExecuteMsg::Cancel { id }),
            Op::Buy { pay: Pay { offer, payer, asset, sent, max, key, referrer } } => {
                let referrer = referrer.map(|referrer| self.name(referrer));
                let pay = checkout::Pay { referrer, ..paying(offer, key, max) };
                let (message, hook) = (ExecuteMsg::Pay(pay.clone()), Hook::Pay(pay));
                self.pay(payer, &contract, (asset, sent), &message, &hook)
            }
            Op::Refund { by, receipt, asset, amount } => {
                let (message, hook) = (ExecuteMsg::Refund { receipt }, Hook::Refund { receipt });
                self.pay(by, &contract, (asset, amount), &message, &hook)
            }
            _ => unreachable!("{op:?}"),
        }
    }

    fn offer(&self, offer: &Offer) -> checkout::Offer {
        let oracle = self.oracle.address.to_string();
        let part = |(account, bps): &(usize, u16)| checkout::Part { account: self.name(*account), bps: *bps };
        checkout::Offer {
            asset: self.assets[offer.asset].clone(),
            price: match offer.price {
                Price::Fixed(amount) => checkout::Price::Fixed(amount.into()),
                Price::Fiat(fiat) => checkout::Price::Quoted { fiat: fiat.into(), oracle, feed: 1 },
                Price::Open(least) => checkout::Price::Open { least: least.into() },
            },
            split: offer.split.iter().map(part).collect(),
            referral_bps: offer.referral,
            uses: offer.uses,
            buyer: offer.buyer.map(|buyer| self.name(buyer)),
            expires: offer.ends,
            coding: None,
        }
    }

    fn send_to_listings(&mut self, op: &Op) -> Outcome {
        use listings::{ExecuteMsg, Hook};
        let contract = self.listings.address.clone();
        match *op {
            Op::List { by, kind, asset, amount } => {
                let new = List { category: CATEGORIES[kind].into(), terms: 1, content: content("a thing") };
                let (message, hook) = (ExecuteMsg::List(new.clone()), Hook::List(new));
                self.pay(by, &contract, (asset, amount), &message, &hook)
            }
            Op::AddToBond { by, id, asset, amount } => {
                self.pay(by, &contract, (asset, amount), &ExecuteMsg::TopUp { id }, &Hook::TopUp { id })
            }
            Op::Update { by, id } => {
                let update = ExecuteMsg::Update { id, content: Some(content("else")), terms: Some(1) };
                self.act(by, &contract, &update)
            }
            Op::Leave { by, id } => self.act(by, &contract, &ExecuteMsg::Leave { id }),
            Op::Challenge { by, id, asset, amount } => {
                let new = Challenge { id, revision: 1, evidence: [4; 32].into(), uri: String::new() };
                let (message, hook) = (ExecuteMsg::Challenge(new.clone()), Hook::Challenge(new));
                self.pay(by, &contract, (asset, amount), &message, &hook)
            }
            Op::Rule { by, id, number: challenge, upheld } => {
                let by = by.map_or(&self.ruler, |by| &self.accounts[by]).clone();
                self.suite.execute(&by, &contract, &ExecuteMsg::Rule { id, challenge, upheld })
            }
            Op::Draw { id, forged: false } => self.listings.draw(&mut self.suite, id),
            Op::Draw { id, forged: true } => {
                let case = self.listings.listing(&self.suite, id).and_then(|listing| listing.challenge);
                let signature = beacon(case.and_then(|case| case.round).unwrap_or(1) + 1);
                self.anyone(&contract, &ExecuteMsg::Draw { id, signature })
            }
            Op::Vote { by, id, number: challenge, upheld } => {
                self.act(by, &contract, &ExecuteMsg::Vote { id, challenge, upheld })
            }
            Op::AdvanceCase { id } => self.anyone(&contract, &ExecuteMsg::Advance { id }),
            Op::FinishListing { id } => self.anyone(&contract, &ExecuteMsg::Finish { id }),
            Op::Slash { by, id, amount } => {
                let slash = ExecuteMsg::Slash { id, amount: amount.into(), reason: String::new() };
                match by {
                    Some(by) => self.act(by, &contract, &slash),
                    None => {
                        let slasher = self.suite.faucet.clone();
                        self.suite.relay(&slasher, &contract, &slash)
                    }
                }
            }
            Op::PauseListings { by, paused } => {
                let by = by.map_or(&self.suite.owner, |by| &self.accounts[by]).clone();
                self.suite.execute(&by, &contract, &ExecuteMsg::SetPaused { paused })
            }
            _ => unreachable!("{op:?}"),
        }
    }

    fn send_to_others(&mut self, op: &Op) -> Outcome {
        let feed = 1;
        match *op {
            Op::Report { round, ref said } => {
                let report = |one: &Said| {
                    let report = self.oracle.report(one.signer, feed, one.value, one.time);
                    let wrong = oracle::Report { signature: [5; 64].into(), ..report.clone() };
                    if one.forged { wrong } else { report }
                };
                let reports = said.iter().map(report).collect();
                let oracle = self.oracle.address.clone();
                self.anyone(&oracle, &oracle::ExecuteMsg::Submit { feed, round, reports })
            }
            Op::StopFeed { by, stopped } => {
                let by = by.map_or(&self.suite.owner, |by| &self.accounts[by]).clone();
                let oracle = self.oracle.address.clone();
                self.suite.execute(&by, &oracle, &oracle::ExecuteMsg::SetStopped { feed, stopped })
            }
            Op::Withdraw { contract, by, asset } => {
                let (contract, asset) = (self.address(contract).clone(), self.assets[asset].clone());
                self.act(by, &contract, &json!({ "withdraw": { "asset": asset } }))
            }
            Op::Collect { asset } => {
                let (contract, asset) = (self.listings.address.clone(), self.assets[asset].clone());
                self.anyone(&contract, &listings::ExecuteMsg::Collect { asset })
            }
            Op::Wait { seconds } => {
                self.suite.advance(seconds);
                Ok(AppResponse::default())
            }
            _ => unreachable!("{op:?}"),
        }
    }
}
