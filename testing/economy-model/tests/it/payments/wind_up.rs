//! The end of everything: whatever is open is ended, mostly by strangers, and everybody takes what it is owed.

use bithive_economy_model::BigInt;
use bithive_economy_model::payments::escrow::Phase;
use bithive_economy_model::payments::listings::State;
use bithive_economy_model::payments::{Contract, PHANTOM, Party};

use super::op::{DAY, Op};
use super::world::World;

/// More than the latest end of a flow.
const ELEVEN_YEARS: u64 = 11 * 366 * DAY;
/// More than the longest time of an agreement, or of a listing.
const YEAR: u64 = 367 * DAY;

impl World {
    /// An operation that has to be accepted.
    fn must(&mut self, op: &Op) -> Result<(), String> {
        if self.step(op)? { Ok(()) } else { Err(format!("{op:?} is refused")) }
    }

    /// Ends everything. Each contract is empty then, of every asset that there is.
    pub(crate) fn wind_up(&mut self) -> Result<(), String> {
        self.must(&Op::Wait { seconds: ELEVEN_YEARS })?;
        for id in self.model.flows.open.keys().copied().collect::<Vec<_>>() {
            self.must(&Op::FinishFlow { id })?;
        }
        self.end_agreements()?;
        self.end_listings()?;
        let owed: Vec<_> =
            self.model.book.credits().map(|(contract, asset, to, _)| (contract, asset, to)).collect();
        for (contract, asset, to) in owed.into_iter().filter(|(_, asset, _)| *asset != PHANTOM) {
            match to {
                Party::Account(by) => self.must(&Op::Withdraw { contract, by, asset })?,
                _ => self.must(&Op::Collect { asset })?,
            }
        }
        for (contract, asset) in
            Contract::ALL.into_iter().flat_map(|of| (0..PHANTOM).map(move |asset| (of, asset)))
        {
            let left = self.suite.balance_in(self.address(contract), &self.assets[asset]);
            if left != 0 || self.model.book.escrowed(contract, asset) != BigInt::default() {
                return Err(format!("{left} of asset {asset} stay in {contract:?}"));
            }
        }
        self.compare_answers()
    }

    fn end_agreements(&mut self) -> Result<(), String> {
        while let Some((id, running)) = self.model.escrow.running.iter().next() {
            let (id, crowd) = (*id, running.crowd.iter().flatten().map(|(who, _)| *who).collect::<Vec<_>>());
            if running.phase == Phase::Refunding {
                for to in crowd {
                    self.must(&Op::RefundContributor { id, to })?;
                }
            } else {
                self.must(&Op::Wait { seconds: YEAR })?;
                self.must(&Op::AdvanceAgreement { id })?;
            }
        }
        Ok(())
    }

    fn end_listings(&mut self) -> Result<(), String> {
        let all: Vec<u64> = self.model.listings.all.keys().copied().collect();
        for id in &all {
            if self.model.listings.all[id].case.is_some() {
                self.must(&Op::AdvanceCase { id: *id })?;
            }
        }
        for id in &all {
            let listing = &self.model.listings.all[id];
            if listing.state == State::Active {
                self.must(&Op::Leave { by: listing.owner, id: *id })?;
            }
        }
        self.must(&Op::Wait { seconds: YEAR })?;
        for id in all {
            if matches!(self.model.listings.all[&id].state, State::Leaving(_)) {
                self.must(&Op::FinishListing { id })?;
            }
        }
        Ok(())
    }
}
