//! The flow that pays: found on the chain, or opened.

use bithive_api::asset::Asset;
use bithive_api::flows::{Event, FlowResponse, Key, Open, SignedVoucher, Terms as FlowTerms, events, limits};
use bithive_chain::SigningKey;
use bithive_client::{Account, Flows, holds};
use bithive_signed::adr36;
use bithive_signed::voucher::Voucher as VoucherText;
use bithive_x402::{Amount, Signature, Terms, Voucher};

use super::error::PayError;

/// Seconds of a day.
const DAY: u64 = 86_400;
/// Seconds before the end of a flow in which servers take no more vouchers of it.
const NEAR_END: u64 = crate::limits::CLOSING_SECONDS;

/// Which flow pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The one of this number.
    Numbered(u64),
    /// One of the payer's that fits, or a new one where that is allowed.
    Any(Option<Opening>),
}

/// How a flow is opened, or added to when its deposit is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Deposit, in base units.
    pub deposit: u128,
    /// Days until its end.
    pub days: u64,
}

/// An account that pays, with its key.
pub(crate) struct Signer {
    pub(crate) account: Account,
    pub(crate) key: SigningKey,
    pub(crate) flows: Flows,
}

impl Signer {
    /// Whether this account's key signs the vouchers of a flow.
    fn signs(&self, flow: &FlowResponse) -> bool {
        let own = self.key.public_key().to_bytes();
        match &flow.terms {
            FlowTerms::Vouchers { key: Key::Secp256k1(key) | Key::Wallet(key), .. } => key.as_slice() == own,
            _ => false,
        }
    }

    /// The signature of a voucher.
    pub(crate) fn sign(&self, flow: &FlowResponse, cumulative: u128) -> Result<Signature, PayError> {
        let (chain_id, contract) = (self.flows.chain_id(), self.flows.contract());
        let text = VoucherText { chain_id, contract, flow: flow.id, cumulative }.text();
        let bytes = match &flow.terms {
            FlowTerms::Vouchers { key: Key::Wallet(_), .. } => adr36::sign_bytes(flow.payer.as_str(), &text),
            _ => text.into_bytes(),
        };
        let signature: Result<[u8; 64], _> = self.key.sign(&bytes)?.try_into();
        signature.map(Signature).map_err(|_| PayError::Setup("the key made no signature of 64 bytes".into()))
    }

    /// Whether a signature is this account's over a voucher.
    pub(crate) fn has_signed(&self, flow: &FlowResponse, cumulative: u128, signature: Signature) -> bool {
        let signature = signature.0.to_vec().into();
        holds(&self.flows, flow, &SignedVoucher { id: flow.id, cumulative: cumulative.into(), signature })
    }

    /// The voucher as it is sent.
    pub(crate) fn voucher(&self, flow: u64, cumulative: u128, signature: Signature) -> Voucher {
        let (chain_id, contract) = (self.flows.chain_id().to_owned(), self.flows.contract().to_owned());
        Voucher { chain_id, contract, flow, cumulative: Amount(cumulative), signature }
    }

    /// The flow that is to pay a server on these terms.
    pub(crate) async fn flow(
        &self,
        wanted: Flow,
        terms: &Terms,
        asset: &Asset,
    ) -> Result<FlowResponse, PayError> {
        let now = self.account.client().chain().info().await?.time.seconds();
        let opening = match wanted {
            Flow::Numbered(id) => {
                let found = self.flows.flow(id).await?;
                let none = || PayError::Flow(format!("there is no stream {id}, or it has ended"));
                let flow = found.ok_or_else(none)?;
                self.fits(&flow, terms, now).map_err(PayError::Flow)?;
                return Ok(flow);
            }
            Flow::Any(opening) => opening,
        };
        let own = self.flows.of(self.account.address()).await?;
        let fitting = own.entries.into_iter().filter(|flow| self.fits(flow, terms, now).is_ok());
        let rest = |flow: &FlowResponse| flow.deposit.saturating_sub(flow.paid);
        if let Some(flow) = fitting.max_by_key(rest) {
            return Ok(flow);
        }
        let Some(opening) = opening else {
            let what = format!(
                "there is no stream by vouchers to {} yet; --deposit opens one with so much",
                terms.accepted.pay_to
            );
            return Err(PayError::Flow(what));
        };
        self.open(opening, (terms, asset), now).await
    }

    async fn open(
        &self,
        opening: Opening,
        (terms, asset): (&Terms, &Asset),
        now: u64,
    ) -> Result<FlowResponse, PayError> {
        let least = terms.deposit.max(terms.price);
        if opening.deposit < least {
            let what = format!(
                "--deposit is {} base units, and the server takes streams with {least} or more",
                opening.deposit
            );
            return Err(PayError::Flow(what));
        }
        let key = Key::Secp256k1(self.key.public_key().to_bytes().into());
        let notice = terms.notice.max(limits::MIN_NOTICE_SECONDS);
        let ends = now.saturating_add(opening.days.saturating_mul(DAY));
        let payee = terms.accepted.pay_to.clone();
        let open = Open { payee, terms: FlowTerms::Vouchers { key, notice, ends }, transferable: false };
        let receipt = self.flows.open(&self.account, (asset, opening.deposit), open).await?;
        let opened = |event| match event {
            Event::Opened { id, .. } => Some(id),
            _ => None,
        };
        let (id, _) = receipt.announced(self.flows.contract(), events::OPENED, opened)?;
        let flow = self.flows.flow(id).await?;
        flow.ok_or_else(|| {
            PayError::Flow(format!("stream {id} was opened, and the chain does not show it yet"))
        })
    }

    /// Whether a flow can pay on these terms; otherwise why not.
    fn fits(&self, flow: &FlowResponse, terms: &Terms, now: u64) -> Result<(), String> {
        let id = flow.id;
        let FlowTerms::Vouchers { notice, .. } = flow.terms else {
            return Err(format!("stream {id} pays by time"));
        };
        if flow.payee.as_str() != terms.accepted.pay_to {
            return Err(format!(
                "stream {id} pays {}, and the server is {}",
                flow.payee, terms.accepted.pay_to
            ));
        }
        if flow.asset.to_string() != terms.accepted.asset {
            return Err(format!(
                "stream {id} is in {}, and the price in {}",
                flow.asset, terms.accepted.asset
            ));
        }
        if !self.signs(flow) {
            return Err(format!("stream {id} names another key than {}'s", self.account.address()));
        }
        if flow.closing || flow.ends <= now.saturating_add(NEAR_END) {
            return Err(format!("stream {id} is closing"));
        }
        if notice < terms.notice || flow.deposit.u128() < terms.deposit {
            return Err(format!(
                "stream {id} has a shorter notice or a smaller deposit than the server takes"
            ));
        }
        Ok(())
    }
}
