//! Messages to the listings.

use bithive_economy_model::payments::listings::{Case, Listing, State};

use super::{Draw, fitting};
use crate::payments::op::{ACCOUNTS, Op};

impl Draw<'_> {
    pub(super) fn listing(&mut self) -> Op {
        let model = self.model;
        let (all, now, by) = (&model.listings.all, model.now, self.who());
        let free = |listing: &Listing| listing.case.is_none() && listing.state == State::Active;
        let case = |fits: fn(&Case) -> bool| {
            fitting(all, move |listing: &Listing| listing.case.as_ref().is_some_and(fits))
        };
        let owner = |id: u64| all.get(&id).map_or(by, |listing| listing.owner);
        let kinds = &model.listings.kinds;
        let asset_of = |id: u64| all.get(&id).map_or(0, |listing| kinds[listing.kind].asset);
        match self.dice.below(48) {
            0..5 => {
                let kind = self.dice.place(kinds.len());
                let wrong = self.dice.once_in(12);
                let (asset, amount) = (kinds[kind].asset, kinds[kind].bond);
                let (asset, amount) =
                    if wrong { (self.asset(), self.dice.amount(2_000)) } else { (asset, amount) };
                Op::List {
                    by: if kinds[kind].jurors { self.dice.place(ACCOUNTS) } else { by },
                    kind,
                    asset,
                    amount,
                }
            }
            5..7 => {
                let short = |listing: &Listing| listing.bond < kinds[listing.kind].bond.into();
                let id = self.id(&fitting(all, short));
                let asset = if self.dice.once_in(12) { self.asset() } else { asset_of(id) };
                Op::AddToBond { by, id, asset, amount: self.dice.amount(90) }
            }
            7 => {
                let id = self.id(&fitting(all, free));
                Op::Update { by: self.mostly(owner(id)), id }
            }
            8..10 => {
                let jurors = self.dice.once_in(5);
                let id =
                    self.id(&fitting(all, |listing| free(listing) && kinds[listing.kind].jurors == jurors));
                Op::Leave { by: self.mostly(owner(id)), id }
            }
            10..16 => {
                let judged = !self.dice.once_in(3);
                let fits = |listing: &Listing| {
                    let open = listing.case.is_none() && listing.state != State::Removed;
                    open && kinds[listing.kind].judged == judged
                };
                let id = self.id(&fitting(all, fits));
                let price = u128::try_from(model.listings.price(id, now)).unwrap();
                let wrong = self.dice.once_in(10);
                let amount = if wrong { self.dice.amount(2_000) } else { price };
                let asset = if self.dice.once_in(16) { self.asset() } else { asset_of(id) };
                Op::Challenge { by, id, asset, amount }
            }
            16..20 => {
                let named = |listing: &Listing| listing.case.is_some() && !kinds[listing.kind].judged;
                let id = self.id(&fitting(all, named));
                let number = self.number(id);
                Op::Rule { by: self.rightful(), id, number, upheld: self.dice.once_in(2) }
            }
            20..24 => {
                Op::Draw { id: self.id(&case(|case| case.jury.is_none())), forged: self.dice.once_in(10) }
            }
            24..36 => {
                let id = self.id(&case(|case| case.jury.is_some()));
                let jury = all
                    .get(&id)
                    .and_then(|listing| listing.case.as_ref())
                    .and_then(|case| case.jury.as_ref());
                let silent: Vec<u64> = jury
                    .into_iter()
                    .flatten()
                    .filter(|(_, vote)| vote.is_none())
                    .map(|(own, _)| *own)
                    .collect();
                let by = self.dice.one(&silent).map_or(by, owner);
                // Whom to believe is a matter of the case, so that majorities come about.
                let upheld = id.is_multiple_of(2) != self.dice.once_in(5);
                Op::Vote { by: self.mostly(by), id, number: self.number(id), upheld }
            }
            36..39 => Op::AdvanceCase { id: self.id(&case(|_| true)) },
            39..42 => {
                let leaving = |listing: &Listing| matches!(listing.state, State::Leaving(_));
                Op::FinishListing { id: self.id(&fitting(all, leaving)) }
            }
            42..44 => {
                let id = self.id(&fitting(all, |listing| kinds[listing.kind].slashed));
                Op::Slash { by: self.rightful(), id, amount: self.dice.amount(500) }
            }
            44..46 => Op::Collect { asset: self.asset() },
            _ => Op::PauseListings { by: self.rightful(), paused: self.dice.once_in(4) },
        }
    }

    /// Number of a listing's case, mostly.
    fn number(&mut self, id: u64) -> u64 {
        let model = self.model;
        let case = model.listings.all.get(&id).and_then(|listing| listing.case.as_ref());
        let number = case.map_or(1, |case| case.number);
        if self.dice.once_in(12) { number.saturating_sub(1) } else { number }
    }
}
