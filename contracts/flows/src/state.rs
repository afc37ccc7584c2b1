//! Storage: what is kept, under which key. The ledger of contract-kit keeps `held` and `claimable`.

use bithive_api::flows::{Asset, FlowResponse, Key, Terms};
use bithive_economics::flow::Rate;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Empty, StdError, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// Number of the next flow; 1 if absent.
pub const NEXT_FLOW: Item<u64> = Item::new("next_flow");
/// Flows by number.
pub const FLOWS: Map<u64, Flow> = Map::new("flows");
/// Flows of each payer and payee.
pub const OF_PARTY: Map<(&Addr, u64), Empty> = Map::new("of_party");

/// A flow that has not ended.
#[cw_serde]
pub struct Flow {
    /// Account that has opened it, and that gets what is left.
    pub payer: Addr,
    /// Account that is paid.
    pub payee: Addr,
    /// What it pays in.
    pub asset: Asset<Addr>,
    /// What makes the deposit due.
    pub drain: Drain,
    /// Whether the payee may hand it over.
    pub transferable: bool,
    /// Time from which steps count, Unix seconds.
    pub start: u64,
    /// Deposited since then.
    pub deposit: Uint128,
    /// Credited to payees since then; at most the deposit.
    pub paid: Uint128,
}

/// What makes a deposit due.
#[cw_serde]
pub enum Drain {
    /// An amount for each step of time.
    Rate {
        /// Base units for each step, at least 1.
        amount: Uint128,
        /// Seconds of a step, at least 1.
        step: u64,
        /// Units due at the start.
        advance: u64,
    },
    /// What the holder of a key has signed.
    Vouchers {
        /// Key that signs them.
        key: Key,
        /// Seconds from the payer's wish to close to the end.
        notice: u64,
        /// Until when vouchers are taken, Unix seconds.
        ends: u64,
        /// Whether the payer has closed the flow.
        closing: bool,
    },
}

impl Flow {
    /// The rate of a flow by time; none of one by vouchers.
    ///
    /// # Errors
    /// A stored rate of 0, which `open` excludes.
    pub fn rate(&self) -> StdResult<Option<Rate>> {
        match self.drain {
            Drain::Vouchers { .. } => Ok(None),
            Drain::Rate { amount, step, advance } => Rate::new(amount.u128(), step, advance)
                .map(Some)
                .ok_or_else(|| StdError::generic_err("a stored flow has a rate of 0")),
        }
    }

    /// What a flow by time owes at `now` beyond what was paid; 0 of one by vouchers.
    ///
    /// # Errors
    /// As [`Flow::rate`].
    pub fn due(&self, now: u64) -> StdResult<Uint128> {
        let accrued = self.rate()?.map_or(0, |rate| rate.accrued(self.start, now, self.deposit.u128()));
        Ok(Uint128::new(accrued).saturating_sub(self.paid))
    }

    /// When the last unit is due, or until when vouchers are taken, Unix seconds.
    ///
    /// # Errors
    /// As [`Flow::rate`].
    pub fn ends(&self) -> StdResult<u64> {
        Ok(match (self.rate()?, &self.drain) {
            (Some(rate), _) => rate.end(self.start, self.deposit.u128()).unwrap_or(u64::MAX),
            (None, Drain::Vouchers { ends, .. }) => *ends,
            (None, Drain::Rate { .. }) => self.start,
        })
    }

    /// The response type of a query, at `now`.
    ///
    /// # Errors
    /// As [`Flow::rate`].
    pub fn response(self, id: u64, now: u64) -> StdResult<FlowResponse> {
        let (due, ends) = (self.due(now)?, self.ends()?);
        let Self { payer, payee, asset, drain, transferable, start, deposit, paid } = self;
        let (terms, closing) = match drain {
            Drain::Rate { amount, step, advance } => (Terms::Rate { amount, step, advance }, false),
            Drain::Vouchers { key, notice, ends, closing } => {
                (Terms::Vouchers { key, notice, ends }, closing)
            }
        };
        Ok(FlowResponse {
            id,
            payer,
            payee,
            asset,
            terms,
            transferable,
            start,
            deposit,
            paid,
            due,
            ends,
            closing,
        })
    }
}

/// The flow `id`.
///
/// # Errors
/// [`ContractError::NoFlow`].
pub fn flow(storage: &dyn Storage, id: u64) -> Result<Flow, ContractError> {
    FLOWS.may_load(storage, id)?.ok_or(ContractError::NoFlow { id })
}

/// Takes a flow out, with its rows of its parties.
pub(crate) fn remove(storage: &mut dyn Storage, id: u64, flow: &Flow) {
    FLOWS.remove(storage, id);
    OF_PARTY.remove(storage, (&flow.payer, id));
    OF_PARTY.remove(storage, (&flow.payee, id));
}
