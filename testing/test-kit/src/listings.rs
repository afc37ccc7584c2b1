//! Listings in any asset, and challenges of them.

use bithive_api::asset::Asset;
use bithive_api::listings::{
    Category, Challenge, Content, ExecuteMsg, HeldResponse, Hook, InstantiateMsg, List, ListingResponse, Of,
    QueryMsg, Ruler, Terms,
};
use bithive_contracts::Code;
use cosmwasm_std::{Addr, Empty, Uint128};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};

use crate::Suite;
pub use crate::drand::{beacon, drand};

/// Seconds of a day.
pub const DAY: u64 = 86_400;
/// Seconds from an owner's wish to leave until its bond returns.
pub const UNBOND: u64 = 7 * DAY;
/// Seconds that a ruler has, and jurors.
pub const RULING: u64 = 2 * DAY;
/// The category of jurors.
pub const POOL: &str = "jurors";

/// The contract's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Listings)
}

/// Terms with these bonds, whose ruler is `ruler`.
#[must_use]
pub fn terms((asset, bond): (&Asset, u128), ruler: Ruler) -> Terms {
    Terms {
        asset: asset.clone(),
        bond: bond.into(),
        unbond_seconds: UNBOND,
        ruling_seconds: RULING,
        ruler,
        slashers: vec![],
    }
}

/// An open category with these terms, whose owners are no jurors.
#[must_use]
pub fn category(terms: Terms) -> Category {
    Category { terms, jurors: false, open: true, labellers: vec![] }
}

/// What is listed under this name.
#[must_use]
pub fn content(name: &str) -> Content {
    Content { name: name.into(), uri: "https://example.org/what".into(), digest: [3; 32].into() }
}

/// The contract on a chain.
#[derive(Clone, Debug)]
pub struct Listings {
    /// Address of the contract.
    pub address: Addr,
    /// Account that gets the treasury's parts.
    pub treasury: Addr,
}

impl Listings {
    /// Without any category, owned by the suite's owner.
    #[must_use]
    pub fn new(suite: &mut Suite) -> Self {
        let code_id = suite.app.store_code(code());
        let (owner, admin) = (suite.owner.clone(), Some(suite.owner.to_string()));
        let treasury = suite.treasury.clone();
        let message =
            InstantiateMsg { owner: owner.to_string(), treasury: treasury.to_string(), drand: drand() };
        let address =
            suite.app.instantiate_contract(code_id, owner, &message, &[], "listings", admin).unwrap();
        Self { address, treasury }
    }

    /// Sends a message without coins.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn send(&self, suite: &mut Suite, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        suite.execute(sender, &self.address, message)
    }

    /// Sets a category as the owner.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn set(&self, suite: &mut Suite, name: &str, category: Category) -> AnyResult<AppResponse> {
        let owner = suite.owner.clone();
        self.send(suite, &owner, &ExecuteMsg::SetCategory { name: name.into(), category })
    }

    /// Makes the category of jurors, who judge each other, and as many of them, from `juror 0` on.
    pub fn seat(&self, suite: &mut Suite, bond: (&Asset, u128), jurors: usize) {
        let terms = terms(bond, Ruler::Jurors(POOL.into()));
        self.set(suite, POOL, Category { jurors: true, ..category(terms) }).unwrap();
        for index in 0..jurors {
            let juror = suite.account(&format!("juror {index}"));
            suite.fund_in(&juror, bond.0, bond.1);
            self.list(suite, &juror, bond, (POOL, 1)).unwrap();
        }
    }

    /// Lists something with a bond of `owner`, under terms of a category.
    ///
    /// # Errors
    /// What the token, the bank or the contract refuses.
    pub fn list(
        &self,
        suite: &mut Suite,
        owner: &Addr,
        bond: (&Asset, u128),
        (category, terms): (&str, u32),
    ) -> AnyResult<AppResponse> {
        let new = List { category: category.into(), terms, content: content("a thing") };
        self.pay(suite, owner, bond, &ExecuteMsg::List(new.clone()), &Hook::List(new))
    }

    /// Adds to a bond.
    ///
    /// # Errors
    /// As [`Listings::list`].
    pub fn top_up(
        &self,
        suite: &mut Suite,
        by: &Addr,
        amount: (&Asset, u128),
        id: u64,
    ) -> AnyResult<AppResponse> {
        self.pay(suite, by, amount, &ExecuteMsg::TopUp { id }, &Hook::TopUp { id })
    }

    /// Challenges the first revision of a listing.
    ///
    /// # Errors
    /// As [`Listings::list`].
    pub fn challenge(
        &self,
        suite: &mut Suite,
        by: &Addr,
        bond: (&Asset, u128),
        id: u64,
    ) -> AnyResult<AppResponse> {
        let uri = "https://example.org/why".into();
        let new = Challenge { id, revision: 1, evidence: [4; 32].into(), uri };
        self.pay(suite, by, bond, &ExecuteMsg::Challenge(new.clone()), &Hook::Challenge(new))
    }

    /// Pays with a message: coins come with it, tokens by their hook.
    ///
    /// # Errors
    /// As [`Listings::list`].
    pub fn pay(
        &self,
        suite: &mut Suite,
        by: &Addr,
        payment: (&Asset, u128),
        message: &ExecuteMsg,
        hook: &Hook,
    ) -> AnyResult<AppResponse> {
        suite.bring(by, &self.address, payment, message, hook)
    }

    /// Draws the jurors of a listing's challenge by the beacon of its round, as a stranger.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn draw(&self, suite: &mut Suite, id: u64) -> AnyResult<AppResponse> {
        let challenge = self.listing(suite, id).and_then(|listing| listing.challenge);
        let signature = beacon(challenge.and_then(|challenge| challenge.round).unwrap_or(1));
        let stranger = suite.account("who draws");
        self.send(suite, &stranger, &ExecuteMsg::Draw { id, signature })
    }

    /// The jurors of a listing's challenge, in the order of the draw.
    #[must_use]
    pub fn jurors(&self, suite: &Suite, id: u64) -> Vec<Addr> {
        let challenge = self.listing(suite, id).and_then(|listing| listing.challenge).unwrap();
        challenge.jurors.into_iter().map(|juror| juror.juror).collect()
    }

    /// A listing; none where there is none.
    #[must_use]
    pub fn listing(&self, suite: &Suite, id: u64) -> Option<ListingResponse> {
        suite.query(&self.address, &QueryMsg::Listing { id })
    }

    /// Numbers of listings.
    #[must_use]
    pub fn numbers(&self, suite: &Suite, of: Option<Of>) -> Vec<u64> {
        let query = QueryMsg::Listings { of, start_after: None, limit: None };
        let listings: Vec<ListingResponse> = suite.query(&self.address, &query);
        listings.into_iter().map(|listing| listing.id).collect()
    }

    /// What an account may withdraw.
    #[must_use]
    pub fn claimable(&self, suite: &Suite, account: &Addr, asset: &Asset) -> u128 {
        let query = QueryMsg::Claimable { account: account.into(), asset: asset.clone() };
        suite.query::<Uint128>(&self.address, &query).u128()
    }

    /// What the contract owes.
    #[must_use]
    pub fn held(&self, suite: &Suite, asset: &Asset) -> HeldResponse {
        suite.query(&self.address, &QueryMsg::Held { asset: asset.clone() })
    }

    /// Checks that what is owed of these assets is what is there.
    pub fn check(&self, suite: &Suite, assets: &[Asset]) {
        for asset in assets {
            let HeldResponse { escrowed, claimable } = self.held(suite, asset);
            let owed = escrowed.checked_add(claimable).unwrap().u128();
            assert_eq!(owed, suite.balance_in(&self.address, asset), "{asset}");
        }
    }
}
