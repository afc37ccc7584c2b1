//! A chain with the contract on it, and three categories: one with a named ruler, one with jurors, and the jurors.

use bithive_api::asset::Asset;
use bithive_api::listings::{Event, ExecuteMsg, ListingResponse, Ruler, State, Verdict};
use bithive_listings::ContractError;
use bithive_test_kit::listings::{Listings, POOL, category, terms};
use bithive_test_kit::{Suite, announced, refusal};
use cosmwasm_std::Addr;
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;

/// What accounts have of each asset.
pub const WEALTH: u128 = 1_000_000;
/// Bond of a listing, and of a first challenge.
pub const BOND: u128 = 1_000;
/// Bond of a juror.
pub const STAKE: u128 = 500;
/// The category with a named ruler.
pub const NAMED: &str = "apps";
/// The category that jurors judge.
pub const JUDGED: &str = "reports";

pub struct World {
    pub suite: Suite,
    pub listings: Listings,
    pub owner: Addr,
    pub challenger: Addr,
    pub ruler: Addr,
    pub stranger: Addr,
}

impl World {
    /// One without any juror.
    pub fn new() -> Self {
        let mut suite = Suite::new();
        let listings = Listings::new(&mut suite);
        let [owner, challenger, ruler, stranger] =
            ["lister", "challenger", "ruler", "stranger"].map(|name| suite.account(name));
        let mut world = Self { suite, listings, owner, challenger, ruler, stranger };
        let accounts = [world.owner.clone(), world.challenger.clone(), world.stranger.clone()];
        for asset in world.assets() {
            for account in &accounts {
                world.suite.fund_in(account, &asset, WEALTH);
            }
        }
        let (btt, ruler) = (world.btt(), world.ruler.to_string());
        let named = category(terms((&btt, BOND), Ruler::Named(ruler)));
        world.listings.set(&mut world.suite, NAMED, named).unwrap();
        world
    }

    /// With as many jurors, whose listings are the first.
    pub fn with_jurors(jurors: usize) -> Self {
        let mut world = Self::new();
        let (btt, listings) = (world.btt(), world.listings.clone());
        listings.seat(&mut world.suite, (&btt, STAKE), jurors);
        let judged = category(terms((&btt, BOND), Ruler::Jurors(POOL.into())));
        listings.set(&mut world.suite, JUDGED, judged).unwrap();
        world
    }

    pub fn assets(&self) -> [Asset; 2] {
        [self.btt(), Suite::coin_assets()[0].clone()]
    }

    pub fn btt(&self) -> Asset {
        self.suite.btt_asset()
    }

    /// The owner lists in a category, under its first terms; the number of the listing.
    pub fn list(&mut self, name: &str) -> u64 {
        let (owner, btt) = (self.owner.clone(), self.btt());
        let response = self.listings.list(&mut self.suite, &owner, (&btt, BOND), (name, 1)).unwrap();
        let listed = |event| match event {
            Event::Listed { id, .. } => Some(id),
            _ => None,
        };
        self.told(&response, listed)[0]
    }

    /// Somebody challenges a listing with this bond.
    pub fn challenge_by(&mut self, by: &Addr, id: u64, bond: u128) -> AnyResult<AppResponse> {
        let btt = self.btt();
        self.listings.challenge(&mut self.suite, by, (&btt, bond), id)
    }

    /// The challenger challenges a listing at what that costs; the number of the challenge.
    pub fn challenge(&mut self, id: u64) -> u64 {
        let (challenger, price) = (self.challenger.clone(), self.listing(id).challenge_bond);
        let response = self.challenge_by(&challenger, id, price.u128()).unwrap();
        let begun = |event| match event {
            Event::Challenged { challenge, .. } => Some(challenge),
            _ => None,
        };
        self.told(&response, begun)[0]
    }

    /// A listing in a category with an open challenge: both numbers.
    pub fn challenged(&mut self, name: &str) -> (u64, u64) {
        let id = self.list(name);
        let challenge = self.challenge(id);
        (id, challenge)
    }

    pub fn rule(&mut self, id: u64, challenge: u64, upheld: bool) -> AnyResult<AppResponse> {
        let ruler = self.ruler.clone();
        self.send(&ruler, &ExecuteMsg::Rule { id, challenge, upheld })
    }

    /// Draws the jurors of a case: who they are.
    pub fn draw(&mut self, id: u64) -> Vec<Addr> {
        self.listings.draw(&mut self.suite, id).unwrap();
        self.listings.jurors(&self.suite, id)
    }

    /// As many of the jurors vote, the first ones first.
    pub fn vote(&mut self, (id, challenge): (u64, u64), jurors: &[Addr], upheld: bool) {
        for juror in jurors {
            self.send(juror, &ExecuteMsg::Vote { id, challenge, upheld }).unwrap();
        }
    }

    pub fn send(&mut self, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        self.listings.send(&mut self.suite, sender, message)
    }

    /// A message of the listings' owner.
    pub fn by_owner(&mut self, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let owner = self.owner.clone();
        self.send(&owner, message)
    }

    /// A message of somebody who has no part in it.
    pub fn by_stranger(&mut self, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let stranger = self.stranger.clone();
        self.send(&stranger, message)
    }

    /// Why a stranger's message is refused.
    pub fn refused(&mut self, message: &ExecuteMsg) -> ContractError {
        refusal(self.by_stranger(message))
    }

    pub fn listing(&self, id: u64) -> ListingResponse {
        self.listings.listing(&self.suite, id).unwrap()
    }

    pub fn state(&self, id: u64) -> State {
        self.listing(id).state
    }

    /// What these accounts may withdraw in BTT.
    pub fn owed<const N: usize>(&self, accounts: [&Addr; N]) -> [u128; N] {
        accounts.map(|account| self.listings.claimable(&self.suite, account, &self.btt()))
    }

    /// What owner, challenger and treasury may withdraw in BTT.
    pub fn parties(&self) -> [u128; 3] {
        self.owed([&self.owner, &self.challenger, &self.listings.treasury])
    }

    /// What `pick` takes from the contract's events in a response, in their order.
    pub fn told<T>(&self, response: &AppResponse, pick: impl Fn(Event) -> Option<T>) -> Vec<T> {
        announced(&self.listings.address, response).into_iter().filter_map(pick).collect()
    }

    /// The verdicts in a response.
    pub fn verdicts(&self, response: &AppResponse) -> Vec<Verdict> {
        self.told(response, |event| match event {
            Event::Closed { verdict, .. } => Some(verdict),
            _ => None,
        })
    }

    pub fn check(&self) {
        self.listings.check(&self.suite, &self.assets());
        self.suite.conservation();
    }
}
