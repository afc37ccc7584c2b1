//! Challenges: how they begin, who judges them, and how they end.

use std::collections::BTreeMap;

use num_bigint::BigInt;

use super::{Case, JURORS, LEAST_SEATED, Listing, Listings, MAJORITY, State};
use crate::payments::{Book, Contract, Party};

impl Listings {
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
