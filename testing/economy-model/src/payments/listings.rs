//! Bonds that anybody may challenge, before a named ruler or jurors.

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

/// A category.
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
    /// It stands.
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

/// All listings.
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

    /// Lists something.
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

    /// Puts a bond against a listing.
    pub fn challenge(
        &mut self,
        book: &mut Book,
        now: u64,
        (by, id): (usize, u64),
        (asset, amount): (usize, u128),
    ) -> bool {
        let (seated, price) = (self.seated(), self.price(id, now));
        let Some(listing) = self.all.get_mut(&id).filter(|listing| listing.case.is_none()) else {
            return false;
        };
        let terms = self.kinds[listing.kind];
        let open = match listing.state {
            State::Active => true,
            State::Leaving(ends) => now <= ends,
            State::Removed => false,
        };
        let paid = asset == terms.asset && BigInt::from(amount) == price;
        if !open || !paid || (terms.judged && seated < LEAST_SEATED) {
            return false;
        }
        let taken = book.take(Contract::Listings, asset, by, &price);
        if taken {
            self.challenged += 1;
            let (number, jury, deadline) = (self.challenged, None, now + terms.ruling);
            let (times, opened) = (listing.times(now), now);
            listing.case = Some(Case { by, bond: price, number, jury, deadline, times, opened });
        }
        taken
    }

    /// The named ruler decides.
    pub fn rule(&mut self, book: &mut Book, now: u64, id: u64, (number, upheld): (u64, bool)) -> bool {
        let Some(listing) = self.all.get(&id) else { return false };
        let named = !self.kinds[listing.kind].judged;
        let open = |case: &Case| case.number == number && now <= case.deadline;
        let taken = named && listing.case.as_ref().is_some_and(open);
        if taken {
            self.close(book, now, id, Some(upheld));
        }
        taken
    }

    /// Whether jurors can be drawn for a case now.
    #[must_use]
    pub fn can_draw(&self, now: u64, id: u64) -> bool {
        let Some(listing) = self.all.get(&id) else { return false };
        let open = |case: &Case| case.jury.is_none() && now <= case.deadline;
        self.kinds[listing.kind].judged && listing.case.as_ref().is_some_and(open)
    }

    /// Who may judge a case: it sat down before, and is no party.
    #[must_use]
    pub fn eligible(&self, id: u64) -> Vec<u64> {
        let Some(listing) = self.all.get(&id) else { return vec![] };
        let Some(case) = &listing.case else { return vec![] };
        let fits = |(_, other): &(&u64, &Listing)| {
            let party = [listing.owner, case.by].contains(&other.owner);
            self.has_seat(other) && other.since <= case.number && !party
        };
        self.all.iter().filter(fits).map(|(id, _)| *id).collect()
    }

    /// A beacon has drawn these listings' owners, or nobody where too few are there.
    ///
    /// # Errors
    /// A draw that the rules exclude.
    pub fn drawn(&mut self, now: u64, id: u64, jurors: &[u64]) -> Result<(), String> {
        let eligible = self.eligible(id);
        let fits =
            |(place, juror): (usize, &u64)| eligible.contains(juror) && !jurors[..place].contains(juror);
        let whole = jurors.len() == JURORS && jurors.iter().enumerate().all(fits);
        let none = jurors.is_empty() && eligible.len() < JURORS;
        if !whole && !none {
            return Err(format!("{jurors:?} were drawn of {eligible:?}"));
        }
        for juror in jurors {
            if let Some(own) = self.all.get_mut(juror) {
                own.cases += 1;
            }
        }
        let Some(listing) = self.all.get_mut(&id) else { return Ok(()) };
        let ruling = self.kinds[listing.kind].ruling;
        if let (Some(case), true) = (&mut listing.case, whole) {
            case.jury = Some(jurors.iter().map(|juror| (*juror, None)).collect());
            case.deadline = now + ruling;
        }
        Ok(())
    }

    /// An account votes on a case.
    pub fn vote(&mut self, now: u64, by: usize, id: u64, (number, upheld): (u64, bool)) -> bool {
        let owners: BTreeMap<u64, usize> = self.all.iter().map(|(id, own)| (*id, own.owner)).collect();
        let Some(case) = self.all.get_mut(&id).and_then(|listing| listing.case.as_mut()) else {
            return false;
        };
        let open = case.number == number && now <= case.deadline;
        let own = |(juror, vote): &&mut (u64, Option<bool>)| owners.get(juror) == Some(&by) && vote.is_none();
        match case.jury.iter_mut().flatten().find(own) {
            Some((_, vote)) if open => *vote = Some(upheld),
            _ => return false,
        }
        true
    }

    /// Anybody ends a case in which all have voted, or whose time is over.
    pub fn advance(&mut self, book: &mut Book, now: u64, id: u64) -> bool {
        let Some(case) = self.all.get(&id).and_then(|listing| listing.case.as_ref()) else { return false };
        let votes = |wanted| case.jury.iter().flatten().filter(|(_, vote)| *vote == wanted).count();
        let all = case.jury.is_some() && votes(None) == 0;
        if !all && now <= case.deadline {
            return false;
        }
        let verdict = [true, false].into_iter().find(|upheld| votes(Some(*upheld)) >= MAJORITY);
        self.close(book, now, id, verdict);
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

    /// Ends a case: upheld, rejected, or without a verdict.
    fn close(&mut self, book: &mut Book, now: u64, id: u64, verdict: Option<bool>) {
        let Some(listing) = self.all.get_mut(&id) else { return };
        let Some(case) = listing.case.take() else { return };
        let mut majority = vec![];
        for (juror, vote) in case.jury.iter().flatten() {
            let Some(own) = self.all.get_mut(juror) else { continue };
            own.cases -= 1;
            if vote.is_none() {
                // A tenth of the terms' bond, and something where there is something.
                let terms = self.kinds[own.kind];
                let cut = BigInt::from((terms.bond / 10).max(1)).min(own.bond.clone());
                own.bond -= &cut;
                own.remove_if_empty();
                book.release(Contract::Listings, terms.asset, Party::Treasury, &cut);
            } else if *vote == verdict {
                majority.push(own.owner);
            }
        }
        let Some(listing) = self.all.get_mut(&id) else { return };
        listing.last = Some((case.times, now));
        let asset = self.kinds[listing.kind].asset;
        let (owner, challenger) = (Party::Account(listing.owner), Party::Account(case.by));
        if let (State::Leaving(ends), Some(_)) = (&mut listing.state, verdict) {
            *ends += now.saturating_sub(case.opened);
        }
        let (lost, winner) = match verdict {
            Some(true) => (std::mem::take(&mut listing.bond), challenger),
            Some(false) => (case.bond.clone(), owner),
            None => (BigInt::default(), owner),
        };
        if verdict == Some(true) {
            listing.state = State::Removed;
        }
        listing.remove_if_empty();
        if verdict != Some(false) {
            book.release(Contract::Listings, asset, challenger, &case.bond);
        }
        let won = &lost / 2;
        book.release(Contract::Listings, asset, winner, &won);
        let mut rest = lost.clone() - won;
        for juror in &majority {
            let part = &lost / 5 / majority.len();
            book.release(Contract::Listings, asset, Party::Account(*juror), &part);
            rest -= part;
        }
        book.release(Contract::Listings, asset, Party::Treasury, &rest);
    }
}
