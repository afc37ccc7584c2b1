//! `treasury`: the protocol's share of settlements, and what may be done with it.
//!
//! BTT come in (shares of settlements, slashed bonds) and leave in three ways, each bounded for a period by a number
//! that holds for the life of the contract: anybody burns what is above the reserve, anybody sells BTK or SKY to a
//! standing offer, whose tokens are burnt at once, and the owner spends. There is no market price to rely on: the bid
//! of an offer rises with time, within the owner's bounds, until somebody sells, and each sale lowers it again.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Uint128};
use cw20::Cw20ReceiveMsg;

use crate::event::{ChainEvent, EventError, Field, events};

events! {
    //! What the contract announces. Amounts are in base units.

    /// BTT were deposited with a hook.
    Deposited, DEPOSITED = "treasury_deposited" { sender: Addr, amount: Uint128 }
    /// A settlement contract was asked for what it owes.
    Collected, COLLECTED = "treasury_collected" { source: Addr }
    /// Tokens were burnt.
    Burnt, BURNT = "treasury_burnt" { token: Addr, amount: Uint128 }
    /// Tokens were bought for BTT, and burnt.
    Bought, BOUGHT = "treasury_bought" { token: Addr, seller: Addr, amount: Uint128, paid: Uint128 }
    /// The owner spent BTT.
    Spent, SPENT = "treasury_spent" { recipient: Addr, amount: Uint128, purpose: String }
    /// An offer was made or changed, or withdrawn: then there are no terms, and `withdrawn` is true. Terms have the keys
    /// of [`OfferTerms`].
    Offer, OFFER = "treasury_offer" { token: Addr, terms: Option<OfferTerms> }
    /// A contract is, or is no longer, one to collect from.
    Source, SOURCE = "treasury_source" { source: Addr, allowed: bool }
    /// Offers and spending were stopped or go on.
    Paused, PAUSED = "treasury_paused" { paused: bool }
}

/// As four attributes, or as `withdrawn`.
impl Field for Option<OfferTerms> {
    fn write_to(self, _key: &'static str, event: &mut cosmwasm_std::Event) {
        let Some(OfferTerms { low, high, rise_seconds, budget }) = self else {
            return true.write_to("withdrawn", event);
        };
        low.write_to("low", event);
        high.write_to("high", event);
        rise_seconds.write_to("rise_seconds", event);
        budget.write_to("budget", event);
    }

    fn read_from(event: &dyn ChainEvent, kind: &'static str, _key: &'static str) -> Result<Self, EventError> {
        if Option::<bool>::read_from(event, kind, "withdrawn")? == Some(true) {
            return Ok(None);
        }
        Ok(Some(OfferTerms {
            low: Field::read_from(event, kind, "low")?,
            high: Field::read_from(event, kind, "high")?,
            rise_seconds: Field::read_from(event, kind, "rise_seconds")?,
            budget: Field::read_from(event, kind, "budget")?,
        }))
    }
}

/// Bounds of the contract.
pub mod limits {
    use cosmwasm_std::Uint128;

    /// Most tokens with an offer.
    pub const MAX_OFFERS: usize = 8;
    /// Least and most of [`Params::period_seconds`](super::Params::period_seconds): an hour and 90 days.
    pub const PERIOD_SECONDS: (u64, u64) = (3_600, 90 * 86_400);
    /// Least and most of [`OfferTerms::rise_seconds`](super::OfferTerms::rise_seconds): a minute and a year.
    pub const RISE_SECONDS: (u64, u64) = (60, 365 * 86_400);
    /// Most that a bid may be, in base units of BTT for 1,000,000 base units: a million.
    pub const MAX_BID: Uint128 = Uint128::new(1_000_000_000_000);
    /// Most that a bid for BTK may be, in base units of BTT for 1,000,000 base units: what these cost in fees at least
    /// (`bithive_economics::work::BTK_COST`). Above it, whoever pays its own nodes for work would sell what they earn at a gain.
    pub const MAX_BTK_BID: Uint128 = Uint128::new(500_000);
    /// Most characters of a purpose.
    pub const MAX_PURPOSE: usize = 256;
}

/// Creates the contract.
#[cw_serde]
pub struct InstantiateMsg {
    /// The contract's owner (governance), a bech32 address.
    pub owner: String,
    /// Address of the cw20 token BTT.
    pub token: String,
    /// Address of the cw20 token BTK, for which an offer bids at most [`limits::MAX_BTK_BID`]; null where there is none.
    pub btk: Option<String>,
    /// Parameters, fixed for the life of the contract.
    pub params: Params,
}

/// Numbers that hold for the life of the contract. Amounts are in base units of BTT, and for one period.
#[cw_serde]
pub struct Params {
    /// Length of a period, within [`limits::PERIOD_SECONDS`]; periods are counted from 1970.
    pub period_seconds: u64,
    /// Most that the owner may spend.
    pub spend: Uint128,
    /// Most that all offers together may pay.
    pub buy: Uint128,
    /// Most that may be burnt.
    pub burn: Uint128,
    /// Balance that burns and offers never go below.
    pub reserve: Uint128,
}

/// A standing offer for a token.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct OfferTerms {
    /// Bid at first, in base units of BTT for 1,000,000 base units of the token, at least 1.
    pub low: Uint128,
    /// Bid after `rise_seconds` without a sale; at least `low`, at most [`limits::MAX_BID`], and [`limits::MAX_BTK_BID`] for BTK. The same as `low` for a fixed price.
    pub high: Uint128,
    /// Seconds in which the bid rises, within [`limits::RISE_SECONDS`].
    pub rise_seconds: u64,
    /// Most that this offer pays in a period, 1 to [`Params::buy`]. A sale takes back as much of the rise as it takes of
    /// this.
    pub budget: Uint128,
}

/// Messages. None of them takes native coins.
#[cw_serde]
pub enum ExecuteMsg {
    /// A cw20 `Send`; `msg` is a [`Hook`]. Sender: a token contract.
    Receive(Cw20ReceiveMsg),
    /// Withdraws what a settlement contract owes to the treasury. Sender: anyone.
    Collect {
        /// Address of a source that the owner has named.
        source: String,
    },
    /// By anybody. BTT: what is above the reserve, up to what is left of the period. A token with an offer: all of it
    /// that was sent here.
    Burn {
        /// BTT, or a token with an offer.
        token: String,
    },
    /// Pays BTT, within the period's bound. Sender: the owner.
    Spend {
        /// Address that is paid.
        recipient: String,
        /// Amount in base units of BTT.
        amount: Uint128,
        /// What for, for people, at most [`limits::MAX_PURPOSE`] characters.
        purpose: String,
    },
    /// Makes an offer, which starts at its low bid, or withdraws it. Sender: the owner.
    SetOffer {
        /// A cw20 token other than BTT.
        token: String,
        /// The new terms; null to withdraw the offer.
        terms: Option<OfferTerms>,
    },
    /// Names a contract to collect from, or takes the name back. Sender: the owner.
    SetSource {
        /// A contract with the message `withdraw` of `jobs`.
        source: String,
        /// Whether the treasury collects from it.
        allowed: bool,
    },
    /// Stops offers and spending or lets them go on; collecting and burning go on. Sender: the owner.
    SetPaused {
        /// Whether offers and spending are stopped.
        paused: bool,
    },
    /// Applies a setting of the owner whose time has come ([`crate::delay`]). Sender: anyone.
    ApplySetting {
        /// Its number, from 1.
        id: u64,
    },
    /// Drops a setting that waits. Sender: the owner.
    CancelSetting {
        /// Its number, from 1.
        id: u64,
    },
    /// Proposes a new owner. Sender: the owner.
    TransferOwnership {
        /// The proposed owner.
        new_owner: String,
    },
    /// Accepts ownership. Sender: the proposed owner.
    AcceptOwnership {},
}

crate::permissions!(ExecuteMsg {
    Receive: AnyToken,
    Collect: Anyone,
    Burn: Anyone,
    Spend: Owner,
    SetOffer: Owner,
    SetSource: Owner,
    SetPaused: Owner,
    ApplySetting: Anyone,
    CancelSetting: Owner,
    TransferOwnership: Owner,
    AcceptOwnership: ProposedOwner,
});

/// What a cw20 `Send` to the treasury is for.
#[cw_serde]
pub enum Hook {
    /// BTT for the treasury. A transfer without a hook is one, too.
    Deposit {},
    /// Sells the tokens to the offer for them: the sender is paid in BTT, the tokens are burnt.
    Sell {
        /// Least that the seller accepts, in base units of BTT: the bid falls when somebody else is first.
        least: Uint128,
    },
}

/// Queries of the `treasury` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Configuration in force.
    #[returns(ConfigResponse)]
    Config {},
    /// The offer for a token, null without one.
    #[returns(Option<OfferResponse>)]
    Offer {
        /// Address of the token that the offer buys.
        token: String,
    },
    /// All offers, at most [`limits::MAX_OFFERS`].
    #[returns(Vec<OfferResponse>)]
    Offers {},
    /// Whether the treasury collects from a contract.
    #[returns(bool)]
    Source {
        /// Address of the contract.
        address: String,
    },
    /// Balance and totals of the treasury.
    #[returns(TotalsResponse)]
    Totals {},
    /// Settings of the owner that wait, by number.
    #[returns(Vec<crate::delay::SettingResponse>)]
    Settings {},
}

/// Configuration in force.
#[cw_serde]
pub struct ConfigResponse {
    /// The contract's owner (governance); never null, because ownership can't be renounced.
    pub owner: Option<Addr>,
    /// Address proposed as the next owner; null if none is.
    pub pending_owner: Option<Addr>,
    /// Address of the cw20 token BTT.
    pub token: Addr,
    /// Address of the cw20 token BTK, whose bids have a bound of their own; null where none was named.
    pub btk: Option<Addr>,
    /// Parameters, fixed for the life of the contract.
    pub params: Params,
    /// Whether offers and spending are stopped.
    pub paused: bool,
}

/// An offer as it stands now.
#[cw_serde]
pub struct OfferResponse {
    /// Address of the token that the offer buys.
    pub token: Addr,
    /// Terms that the owner set.
    pub terms: OfferTerms,
    /// Bid now, in base units of BTT for 1,000,000 base units.
    pub bid: Uint128,
    /// BTT that it can still pay in this period: the less of its own budget's and all offers' rest.
    pub left: Uint128,
    /// Bought and burnt of the token since it was first offered for, in its base units.
    pub bought: Uint128,
}

/// Balance and totals of the treasury, in base units of BTT.
#[cw_serde]
pub struct TotalsResponse {
    /// BTT that it holds.
    pub balance: Uint128,
    /// Spent by the owner in this period.
    pub spent_now: Uint128,
    /// Paid by offers in this period.
    pub paid_now: Uint128,
    /// Burnt in this period.
    pub burnt_now: Uint128,
    /// Spent by the owner so far.
    pub spent: Uint128,
    /// Paid by offers so far.
    pub paid: Uint128,
    /// BTT burnt so far.
    pub burnt: Uint128,
}
