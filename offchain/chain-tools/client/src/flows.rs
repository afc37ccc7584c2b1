//! Flows: deposits that drain to one payee, by time or by vouchers.

use bithive_api::asset::Asset;
use bithive_api::flows::{
    ExecuteMsg, FlowResponse, Hook, Key, Open, QueryMsg, SignedVoucher, Terms, limits::MAX_PAGE,
};
use bithive_chain::{ChainError, Receipt};
use bithive_contracts::{Contract, Role};
use bithive_signed::adr36;
use bithive_signed::voucher::Voucher;
use cosmwasm_crypto::{ed25519_verify, secp256k1_verify};
use cosmwasm_std::{HexBinary, Uint128};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::contract::ContractClient;
use crate::{Account, Client, Incomplete, List};

/// The flows of a chain, and what an account does with them; cheap to clone.
#[derive(Clone)]
pub struct Flows {
    contract: ContractClient,
}

impl Flows {
    /// The flows on the chain of `client`.
    ///
    /// # Errors
    /// [`Incomplete`] where the deployment has none.
    pub fn new(client: Client) -> Result<Self, Incomplete> {
        Ok(Self { contract: ContractClient::new(client, Contract::Flows, Role::Economy)? })
    }

    /// Address of the contract.
    #[must_use]
    pub fn contract(&self) -> &str {
        self.contract.address()
    }

    /// Id of the chain, which vouchers name.
    #[must_use]
    pub fn chain_id(&self) -> &str {
        &self.contract.deployment().chain_id
    }

    /// A flow; none where there is none of this number, or it has ended.
    ///
    /// # Errors
    /// See [`ChainError`]; so for every query below.
    pub async fn flow(&self, id: u64) -> Result<Option<FlowResponse>, ChainError> {
        self.contract.ask(&QueryMsg::Flow { id }).await
    }

    /// Flows that an account pays or is paid by, by number: the first [`MOST_PAGES`](crate::MOST_PAGES) pages.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn of(&self, party: &str) -> Result<List<FlowResponse>, ChainError> {
        let question =
            |start_after| QueryMsg::Flows { party: Some(party.into()), start_after, limit: Some(MAX_PAGE) };
        self.contract.pages(question, |flow: &FlowResponse| flow.id).await
    }

    /// What an account can withdraw of an asset, in its base units.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn claimable(&self, account: &str, asset: Asset) -> Result<u128, ChainError> {
        self.contract.amount(&QueryMsg::Claimable { account: account.into(), asset }).await
    }

    /// Opens a flow with a deposit in `asset`, in its base units.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn open(
        &self,
        account: &Account,
        (asset, amount): (&Asset, u128),
        open: Open,
    ) -> Result<Receipt, ChainError> {
        let (message, hook) = (ExecuteMsg::Open(open.clone()), Hook::Open(open));
        self.contract.bring(account, (asset, amount), &message, &hook).await
    }

    /// Adds a deposit to a flow, in its asset; `ends` is a later end of one by vouchers, in Unix seconds.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn top_up(
        &self,
        account: &Account,
        (asset, amount): (&Asset, u128),
        (id, ends): (u64, Option<u64>),
    ) -> Result<Receipt, ChainError> {
        let (message, hook) = (ExecuteMsg::TopUp { id, ends }, Hook::TopUp { id, ends });
        self.contract.bring(account, (asset, amount), &message, &hook).await
    }

    /// Credits payees with what vouchers add.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn redeem(
        &self,
        account: &Account,
        vouchers: Vec<SignedVoucher>,
    ) -> Result<Receipt, ChainError> {
        self.execute(account, &ExecuteMsg::Redeem { vouchers }).await
    }

    /// Any message without coins.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn execute(&self, account: &Account, message: &ExecuteMsg) -> Result<Receipt, ChainError> {
        self.contract.execute(account, message).await
    }
}

/// What turns an amount of a flow into a credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FlowStep {
    /// Of the payee of a flow by time, with this number.
    Settle(u64),
    /// Of the payer of a flow that is over.
    Finish(u64),
}

impl FlowStep {
    /// The message that does it.
    pub(crate) const fn message(self) -> ExecuteMsg {
        match self {
            Self::Settle(id) => ExecuteMsg::Settle { id },
            Self::Finish(id) => ExecuteMsg::Finish { id },
        }
    }
}

/// A voucher as it goes from payer to payee, with all that its signature is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoucherFile {
    /// Id of the chain.
    pub chain_id: String,
    /// Address of the contract `flows`.
    pub contract: String,
    /// Number of the flow.
    pub flow: u64,
    /// All that is owed since the flow was opened, in base units of its asset.
    pub cumulative: Uint128,
    /// Signature of the flow's key, 64 bytes.
    pub signature: HexBinary,
}

impl VoucherFile {
    /// A voucher for one of these flows.
    #[must_use]
    pub fn new(flows: &Flows, voucher: SignedVoucher) -> Self {
        let SignedVoucher { id: flow, cumulative, signature } = voucher;
        let (chain_id, contract) = (flows.chain_id().to_owned(), flows.contract().to_owned());
        Self { chain_id, contract, flow, cumulative, signature }
    }

    /// Whether it is for one of these flows.
    #[must_use]
    pub fn is_of(&self, flows: &Flows) -> bool {
        self.chain_id == flows.chain_id() && self.contract == flows.contract()
    }

    /// What the contract is sent.
    #[must_use]
    pub fn voucher(&self) -> SignedVoucher {
        SignedVoucher { id: self.flow, cumulative: self.cumulative, signature: self.signature.clone() }
    }
}

/// Whether a voucher has the signature of the flow's key, as the contract checks it. A payee looks at that, and at the deposit and the end of
/// the flow, before it gives anything for a voucher.
#[must_use]
pub fn holds(flows: &Flows, flow: &FlowResponse, voucher: &SignedVoucher) -> bool {
    let Terms::Vouchers { key, .. } = &flow.terms else { return false };
    let (chain_id, contract) = (flows.chain_id(), flows.contract());
    let text = Voucher { chain_id, contract, flow: flow.id, cumulative: voucher.cumulative.u128() }.text();
    let signature = voucher.signature.as_slice();
    let signed = match key {
        Key::Ed25519(key) => ed25519_verify(text.as_bytes(), signature, key),
        Key::Secp256k1(key) => secp256k1_verify(&Sha256::digest(text.as_bytes()), signature, key),
        Key::Wallet(key) => secp256k1_verify(&adr36::hash(flow.payer.as_str(), &text), signature, key),
    };
    voucher.id == flow.id && signed.unwrap_or(false)
}
