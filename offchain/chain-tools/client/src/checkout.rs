//! Offers, payments and receipts.

use bithive_api::asset::Asset;
use bithive_api::checkout::{
    ExecuteMsg, Hook, OfferResponse, Pay, QueryMsg, ReceiptResponse, ReceiptsOf, limits::MAX_PAGE,
};
use bithive_chain::{ChainError, Message, Receipt};
use bithive_contracts::{Contract, Role};
use cosmwasm_std::{HexBinary, from_json};
use cw20::Cw20ExecuteMsg;

use crate::contract::ContractClient;
use crate::{Account, Client, Incomplete, List};

/// What is for sale on a chain, and what an account does with it; cheap to clone.
#[derive(Clone)]
pub struct Checkout {
    contract: ContractClient,
}

impl Checkout {
    /// The offers on the chain of `client`.
    ///
    /// # Errors
    /// [`Incomplete`] where the deployment has none.
    pub fn new(client: Client) -> Result<Self, Incomplete> {
        Ok(Self { contract: ContractClient::new(client, Contract::Checkout, Role::Economy)? })
    }

    /// Address of the contract.
    #[must_use]
    pub fn contract(&self) -> &str {
        self.contract.address()
    }

    /// Id of the chain, which payment links name.
    #[must_use]
    pub fn chain_id(&self) -> &str {
        &self.contract.deployment().chain_id
    }

    /// Address of the deployment's contract of feeds, if it has one.
    #[must_use]
    pub fn oracle(&self) -> Option<&str> {
        self.contract.deployment().get(Contract::Oracle)
    }

    /// An offer; none where there is none of this number.
    ///
    /// # Errors
    /// See [`ChainError`]; so for every query below.
    pub async fn offer(&self, id: u64) -> Result<Option<OfferResponse>, ChainError> {
        self.contract.ask(&QueryMsg::Offer { id }).await
    }

    /// What an offer costs now, in base units of its asset; of an open price the least.
    ///
    /// # Errors
    /// See [`ChainError`]; its feed has no price now.
    pub async fn quote(&self, id: u64) -> Result<u128, ChainError> {
        self.contract.amount(&QueryMsg::Quote { id }).await
    }

    /// Offers that an account sells or that name it as their buyer, by number: the first [`MOST_PAGES`](crate::MOST_PAGES) pages.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn of(&self, party: &str) -> Result<List<OfferResponse>, ChainError> {
        let question =
            |start_after| QueryMsg::Offers { party: Some(party.into()), start_after, limit: Some(MAX_PAGE) };
        self.contract.pages(question, |offer: &OfferResponse| offer.id).await
    }

    /// A receipt; none where there is none of this number.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn receipt(&self, id: u64) -> Result<Option<ReceiptResponse>, ChainError> {
        self.contract.ask(&QueryMsg::Receipt { id }).await
    }

    /// The receipt of a payment by its key; none where nothing was paid under it.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn payment(
        &self,
        payer: &str,
        asset: Asset,
        key: HexBinary,
    ) -> Result<Option<ReceiptResponse>, ChainError> {
        self.contract.ask(&QueryMsg::Payment { payer: payer.into(), asset, key }).await
    }

    /// Receipts of an offer or a payer, by number: the first [`MOST_PAGES`](crate::MOST_PAGES) pages.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn receipts(&self, of: ReceiptsOf) -> Result<List<ReceiptResponse>, ChainError> {
        let question =
            |start_after| QueryMsg::Receipts { of: of.clone(), start_after, limit: Some(MAX_PAGE) };
        self.contract.pages(question, |receipt: &ReceiptResponse| receipt.id).await
    }

    /// What an account can withdraw of an asset, in its base units.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn claimable(&self, account: &str, asset: Asset) -> Result<u128, ChainError> {
        self.contract.amount(&QueryMsg::Claimable { account: account.into(), asset }).await
    }

    /// Pays with `sent` of an asset; what that is above the price comes back.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn pay(
        &self,
        account: &Account,
        sent: (&Asset, u128),
        pay: Pay,
    ) -> Result<Receipt, ChainError> {
        self.contract.bring(account, sent, &ExecuteMsg::Pay(pay.clone()), &Hook::Pay(pay)).await
    }

    /// The message that [`Checkout::pay`] sends.
    ///
    /// # Errors
    /// [`ChainError::InvalidTx`] where it has no JSON form.
    pub fn payment_message(&self, sent: (&Asset, u128), pay: Pay) -> Result<Message, ChainError> {
        self.contract.bringing(sent, &ExecuteMsg::Pay(pay.clone()), &Hook::Pay(pay))
    }

    /// What a message pays here: an asset, how much of it is sent, and for what. None of a message that does something else, or something beside it.
    #[must_use]
    pub fn payment_of(&self, message: &Message) -> Option<(Asset, u128, Pay)> {
        let Message::Execute { contract, msg, funds } = message else { return None };
        if contract == self.contract() {
            let ([coin], Ok(ExecuteMsg::Pay(pay))) = (funds.as_slice(), from_json(msg)) else { return None };
            return Some((Asset::Native(coin.denom.clone()), coin.amount.u128(), pay));
        }
        let Ok(Cw20ExecuteMsg::Send { contract: to, amount, msg }) = from_json(msg) else { return None };
        let Ok(Hook::Pay(pay)) = from_json(&msg) else { return None };
        let here = to == self.contract() && funds.is_empty();
        here.then(|| (Asset::Cw20(contract.clone()), amount.u128(), pay))
    }

    /// Gives `sent` of an asset back to the payer of a receipt, as its seller.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn refund(
        &self,
        account: &Account,
        sent: (&Asset, u128),
        receipt: u64,
    ) -> Result<Receipt, ChainError> {
        let (message, hook) = (ExecuteMsg::Refund { receipt }, Hook::Refund { receipt });
        self.contract.bring(account, sent, &message, &hook).await
    }

    /// Any message without coins.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn execute(&self, account: &Account, message: &ExecuteMsg) -> Result<Receipt, ChainError> {
        self.contract.execute(account, message).await
    }
}
