//! Listings: bonds that anyone may challenge.

use bithive_api::asset::Asset;
use bithive_api::listings::{
    CategoryResponse, Challenge, ConfigResponse, ExecuteMsg, Hook, LabelResponse, List as NewListing,
    ListingResponse, Of, QueryMsg, State, Terms, limits::MAX_PAGE,
};
use bithive_chain::{ChainError, Message, Receipt};
use bithive_contracts::{Contract, Role};
use cosmwasm_std::Addr;

use crate::contract::ContractClient;
use crate::{Account, Client, Incomplete, List};

/// The listings of a chain, and what an account does with them; cheap to clone.
#[derive(Clone)]
pub struct Listings {
    contract: ContractClient,
}

/// What is anybody's to do next with a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Its jurors wait for the beacon of this round.
    Draw {
        /// Number of the round.
        round: u64,
    },
    /// Its challenge can be ended.
    Advance,
    /// Its bond can be given back.
    Finish,
    /// Nothing before this time, in Unix seconds.
    Later {
        /// Deadline of the challenge, or when the bond returns.
        at: u64,
    },
    /// Nothing, before its owner or a challenger does something.
    Nothing,
}

/// What is anybody's to do next with a listing at `now`, in Unix seconds, as the contract decides it.
#[must_use]
pub fn next_of(listing: &ListingResponse, now: u64) -> Next {
    match (&listing.challenge, listing.state) {
        (Some(challenge), _) => {
            let voted = challenge.jurors.iter().all(|juror| juror.upheld.is_some());
            match challenge.round {
                _ if now > challenge.deadline => Next::Advance,
                Some(round) => Next::Draw { round },
                None if voted && !challenge.jurors.is_empty() => Next::Advance,
                None => Next::Later { at: challenge.deadline },
            }
        }
        (None, State::Leaving { ends }) if now > ends && listing.cases == 0 => Next::Finish,
        (None, State::Leaving { ends }) if now <= ends => Next::Later { at: ends },
        (None, _) => Next::Nothing,
    }
}

impl Listings {
    /// The listings on the chain of `client`.
    ///
    /// # Errors
    /// [`Incomplete`] where the deployment has none.
    pub fn new(client: Client) -> Result<Self, Incomplete> {
        Ok(Self { contract: ContractClient::new(client, Contract::Listings, Role::Economy)? })
    }

    /// Address of the contract.
    #[must_use]
    pub fn contract(&self) -> &str {
        self.contract.address()
    }

    /// Owner, treasury and drand network of the contract.
    ///
    /// # Errors
    /// See [`ChainError`]; so for every query below.
    pub async fn config(&self) -> Result<ConfigResponse, ChainError> {
        self.contract.ask(&QueryMsg::Config {}).await
    }

    /// A category; none where there is none of this name.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn category(&self, name: &str) -> Result<Option<CategoryResponse>, ChainError> {
        self.contract.ask(&QueryMsg::Category { name: name.into() }).await
    }

    /// Categories, by name: the first [`MOST_PAGES`](crate::MOST_PAGES) pages.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn categories(&self) -> Result<List<CategoryResponse>, ChainError> {
        let question = |start_after| QueryMsg::Categories { start_after, limit: Some(MAX_PAGE) };
        self.contract.pages(question, |category: &CategoryResponse| category.name.clone()).await
    }

    /// Terms that a category has or had; none where it never had them.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn terms(&self, category: &str, terms: u32) -> Result<Option<Terms<Addr>>, ChainError> {
        self.contract.ask(&QueryMsg::Terms { category: category.into(), terms }).await
    }

    /// A listing; none where there is none of this number, or its owner has left.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn listing(&self, id: u64) -> Result<Option<ListingResponse>, ChainError> {
        self.contract.ask(&QueryMsg::Listing { id }).await
    }

    /// Listings of a category or a party, by number: the first [`MOST_PAGES`](crate::MOST_PAGES) pages.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn of(&self, of: &Of) -> Result<List<ListingResponse>, ChainError> {
        let question =
            |start_after| QueryMsg::Listings { of: Some(of.clone()), start_after, limit: Some(MAX_PAGE) };
        self.contract.pages(question, |listing: &ListingResponse| listing.id).await
    }

    /// What labellers say of a listing: the first page.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn labels(&self, id: u64) -> Result<Vec<LabelResponse>, ChainError> {
        self.contract.ask(&QueryMsg::Labels { id, start_after: None }).await
    }

    /// What an account can withdraw of an asset, in its base units.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn claimable(&self, account: &str, asset: Asset) -> Result<u128, ChainError> {
        self.contract.amount(&QueryMsg::Claimable { account: account.into(), asset }).await
    }

    /// Lists something with a bond in `asset`, in its base units.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn list(
        &self,
        account: &Account,
        bond: (&Asset, u128),
        new: NewListing,
    ) -> Result<Receipt, ChainError> {
        self.contract.bring(account, bond, &ExecuteMsg::List(new.clone()), &Hook::List(new)).await
    }

    /// Adds to a bond, in its asset.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn top_up(
        &self,
        account: &Account,
        amount: (&Asset, u128),
        id: u64,
    ) -> Result<Receipt, ChainError> {
        self.contract.bring(account, amount, &ExecuteMsg::TopUp { id }, &Hook::TopUp { id }).await
    }

    /// Challenges a listing with a bond in its asset.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn challenge(
        &self,
        account: &Account,
        bond: (&Asset, u128),
        new: Challenge,
    ) -> Result<Receipt, ChainError> {
        self.contract.bring(account, bond, &ExecuteMsg::Challenge(new.clone()), &Hook::Challenge(new)).await
    }

    /// Messages without coins, in one transaction.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn execute(&self, account: &Account, messages: &[ExecuteMsg]) -> Result<Receipt, ChainError> {
        let messages = messages.iter().map(|message| Message::execute(self.contract.address(), message, &[]));
        account.wallet().execute_many(&messages.collect::<Result<Vec<_>, _>>()?).await
    }
}

#[cfg(test)]
mod tests {
    use bithive_api::listings::{ChallengeResponse, Content, JurorResponse};

    use super::*;

    fn listing(state: State, challenge: Option<ChallengeResponse>) -> ListingResponse {
        ListingResponse {
            id: 1,
            category: "apps".into(),
            terms: 1,
            current: true,
            owner: Addr::unchecked("owner"),
            content: Content { name: "x".into(), uri: String::new(), digest: [0; 32].into() },
            revision: 1,
            asset: Asset::Cw20(Addr::unchecked("btt")),
            bond: 9u128.into(),
            state,
            challenge,
            challenge_bond: 9u128.into(),
            unruled: 0,
            cases: 0,
        }
    }

    fn challenge(round: Option<u64>, votes: &[Option<bool>]) -> ChallengeResponse {
        let juror =
            |upheld: &Option<bool>| JurorResponse { id: 2, juror: Addr::unchecked("j"), upheld: *upheld };
        ChallengeResponse {
            number: 1,
            challenger: Addr::unchecked("challenger"),
            bond: 9u128.into(),
            revision: 1,
            evidence: [1; 32].into(),
            uri: String::new(),
            deadline: 100,
            round,
            jurors: votes.iter().map(juror).collect(),
        }
    }

    #[test]
    fn anybody_draws_before_the_deadline_ends_a_challenge_after_it_and_gives_bonds_back() {
        let active = |challenge| listing(State::Active, Some(challenge));
        let cases = [
            (active(challenge(None, &[])), 100, Next::Later { at: 100 }),
            (active(challenge(None, &[])), 101, Next::Advance),
            (active(challenge(Some(7), &[])), 100, Next::Draw { round: 7 }),
            (active(challenge(Some(7), &[])), 101, Next::Advance),
            (active(challenge(None, &[Some(true), None])), 100, Next::Later { at: 100 }),
            (active(challenge(None, &[Some(true), Some(false)])), 5, Next::Advance),
            (listing(State::Active, None), 5, Next::Nothing),
            (listing(State::Leaving { ends: 9 }, None), 9, Next::Later { at: 9 }),
            (listing(State::Leaving { ends: 9 }, None), 10, Next::Finish),
            (ListingResponse { cases: 1, ..listing(State::Leaving { ends: 9 }, None) }, 10, Next::Nothing),
            (listing(State::Removed, None), 10, Next::Nothing),
        ];
        for (listing, now, next) in cases {
            assert_eq!(next_of(&listing, now), next, "{listing:?} at {now}");
        }
    }
}
