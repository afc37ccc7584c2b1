//! Bonds that anybody may challenge, before a named ruler or jurors.

mod cases;

use std::collections::BTreeMap;

use num_bigint::BigInt;

use super::{Book, Contract, Party};

/// Jurors of a case, and how many of them decide.
pub const JURORS: usize = 7;
/// Votes that decide a case.
const MAJORITY: usize = 4;
/// Jurors that a pool needs before anything that it judges can be challenged.
const LEAST_SEATED: usize = 9;
/// Seconds after a challenge in which the next one costs twice as much: 30 days.
const MONTH: u64 = 30 * 86_400;
/// How often a challenge can be doubled.
const DOUBLINGS: u32 = 5;

/// A category and its terms.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What bonds are paid in.
    pub asset: usize,
    /// Base units of a listing's bond, and of a first challenge.
    pub bond: u128,
    /// Whether jurors decide; else an account that it names.
    pub judged: bool,
    /// Whether its owners are the jurors.
    pub jurors: bool,
    /// Whether a contract may cut bonds.
    pub slashed: bool,
    /// Seconds from the wish to leave until the bond returns.
    pub unbond: u64,
    /// Seconds of a ruling, of a draw, and of the votes.
    pub ruling: u64,
}

/// Where a listing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It stands, and may be challenged.
    Active,
    /// Its bond returns after this second.
    Leaving(u64),
    /// It has lost its bond.
    Removed,
}

/// A challenge that is open.
#[derive(Clone, Debug)]
pub struct Case {
    /// Account that challenges.
    pub by: usize,
    /// Its bond, in base units.
    pub bond: BigInt,
    /// Its number, over all listings.
    pub number: u64,
    /// The jurors' own listings, and their votes; none before the draw.
    pub jury: Option<Vec<(u64, Option<bool>)>>,
    /// Last second for a ruling, a draw, or votes.
    pub deadline: u64,
    times: u32,
    opened: u64,
}

/// A listing that is not gone.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Account that has made it.
    pub owner: usize,
    /// Its category, by number.
    pub kind: usize,
    /// What is left of its bond.
    pub bond: BigInt,
    /// Where it stands.
    pub state: State,
    /// The challenge that is open.
    pub case: Option<Case>,
    /// Cases that its owner has to judge.
    pub cases: u32,
    /// Doublings of the last challenge, and when that ended.
    last: Option<(u32, u64)>,
    /// The first challenge that its seat can judge.
    since: u64,
}

/// All listings, and their categories.
pub struct Listings {
    /// Categories by number.
    pub kinds: Vec<Kind>,
    /// Those that are not gone, by their numbers.
    pub all: BTreeMap<u64, Listing>,
    /// Whether new bonds are refused.
    pub paused: bool,
    made: u64,
    challenged: u64,
}

impl Listing {
    fn is_free(&self, owner: usize) -> bool {
        self.owner == owner && self.case.is_none() && self.state == State::Active
    }

    fn times(&self, now: u64) -> u32 {
        match self.last {
            Some((times, ended)) if now < ended + MONTH => (times + 1).min(DOUBLINGS),
            _ => 0,
        }
    }

    /// Removes what has no bond left, unless a challenger has paid for a verdict on it.
    fn remove_if_empty(&mut self) {
        if self.bond == BigInt::default() && self.case.is_none() {
            self.state = State::Removed;
        }
    }
}

impl Listings {
    /// Without any listing.
    #[must_use]
    pub fn new(kinds: Vec<Kind>) -> Self {
        Self { kinds, all: BTreeMap::new(), paused: false, made: 0, challenged: 0 }
    }

    /// All bonds in an asset, of listings and of challenges.
    #[must_use]
    pub fn escrowed(&self, asset: usize) -> BigInt {
        let of = |listing: &&Listing| self.kinds[listing.kind].asset == asset;
        let bonds = |listing: &Listing| {
            &listing.bond + listing.case.as_ref().map(|case| case.bond.clone()).unwrap_or_default()
        };
        self.all.values().filter(of).map(bonds).sum()
    }

    fn has_seat(&self, listing: &Listing) -> bool {
        self.kinds[listing.kind].jurors && listing.state == State::Active
    }

    /// Jurors that have a seat.
    #[must_use]
    pub fn seated(&self) -> usize {
        self.all.values().filter(|listing| self.has_seat(listing)).count()
    }

    /// Base units that a challenge of a listing costs.
    #[must_use]
    pub fn price(&self, id: u64, now: u64) -> BigInt {
        let price = |listing: &Listing| BigInt::from(self.kinds[listing.kind].bond) << listing.times(now);
        self.all.get(&id).map(price).unwrap_or_default()
    }

    /// Lists something with a bond.
    pub fn list(&mut self, book: &mut Book, owner: usize, kind: usize, (asset, bond): (usize, u128)) -> bool {
        let Some(terms) = self.kinds.get(kind).copied() else { return false };
        let sits = |listing: &Listing| listing.owner == owner && self.has_seat(listing);
        let seated = terms.jurors && self.all.values().any(sits);
        if self.paused || seated || (asset, bond) != (terms.asset, terms.bond) {
            return false;
        }
        let bond = BigInt::from(bond);
        let taken = book.take(Contract::Listings, asset, owner, &bond);
        if taken {
            self.made += 1;
            let since = self.challenged + 1;
            let (state, case, cases, last) = (State::Active, None, 0, None);
            let listing = Listing { owner, kind, bond, state, case, cases, last, since };
            self.all.insert(self.made, listing);
        }
        taken
    }

    /// Adds to a bond, at most to what its terms ask for.
    pub fn top_up(&mut self, book: &mut Book, by: usize, id: u64, (asset, amount): (usize, u128)) -> bool {
        let Some(listing) = self.all.get_mut(&id) else { return false };
        let (terms, amount) = (self.kinds[listing.kind], BigInt::from(amount));
        let fits = &listing.bond + &amount <= BigInt::from(terms.bond) && asset == terms.asset;
        let open = !self.paused && listing.state != State::Removed;
        let taken = fits && open && book.take(Contract::Listings, asset, by, &amount);
        if taken {
            listing.bond += amount;
        }
        taken
    }

    /// States the content anew, under the present terms, which ask for the whole bond.
    #[must_use]
    pub fn update(&self, by: usize, id: u64) -> bool {
        let whole = |listing: &Listing| listing.bond >= BigInt::from(self.kinds[listing.kind].bond);
        self.all.get(&id).is_some_and(|listing| listing.is_free(by) && whole(listing))
    }

    /// Asks for the bond.
    pub fn leave(&mut self, now: u64, by: usize, id: u64) -> bool {
        let Some(listing) = self.all.get_mut(&id).filter(|listing| listing.is_free(by)) else { return false };
        listing.state = State::Leaving(now + self.kinds[listing.kind].unbond);
        true
    }

    /// Anybody gives a bond back whose time is over.
    pub fn finish(&mut self, book: &mut Book, now: u64, id: u64) -> bool {
        let over = |listing: &&Listing| {
            let busy = listing.case.is_some() || listing.cases > 0;
            matches!(listing.state, State::Leaving(ends) if now > ends) && !busy
        };
        let Some(listing) = self.all.get(&id).filter(over) else { return false };
        let (asset, owner) = (self.kinds[listing.kind].asset, Party::Account(listing.owner));
        book.release(Contract::Listings, asset, owner, &listing.bond);
        self.all.remove(&id);
        true
    }

    /// A contract cuts a bond.
    pub fn slash(&mut self, book: &mut Book, id: u64, amount: u128) -> bool {
        let nothing = BigInt::default();
        let Some(listing) = self.all.get_mut(&id).filter(|listing| listing.bond > nothing) else {
            return false;
        };
        let terms = self.kinds[listing.kind];
        if !terms.slashed || amount == 0 {
            return false;
        }
        let cut = listing.bond.clone().min(amount.into());
        listing.bond -= &cut;
        listing.remove_if_empty();
        book.release(Contract::Listings, terms.asset, Party::Treasury, &cut);
        true
    }
}
