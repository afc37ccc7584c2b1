//! Whether the bond of a ramp agent covers its orders.

use bithive_api::asset::Asset;
use bithive_api::escrow::{AgreementResponse, Approver};
use bithive_api::listings::{ListingResponse, State, Terms};
use cosmwasm_std::Addr;

use crate::order::Order;

/// Category of the `listings` contract in which ramp agents stand.
pub const CATEGORY: &str = "ramps";

/// What an agent has open besides an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// Base units of the order's asset in other agreements of the agent.
    pub others: u128,
    /// Whether these are all of them.
    pub complete: bool,
}

/// A bond, as the chain has it.
#[derive(Clone, Copy)]
pub struct Bond<'a> {
    /// The listing of the agent.
    pub listing: &'a ListingResponse,
    /// The terms that it stands under.
    pub terms: &'a Terms<Addr>,
}

/// Why an order is not covered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Uncovered {
    /// The listing is of something else.
    #[error("listing {id} is of the category {found:?}; expected {CATEGORY:?}")]
    Category {
        /// Number of the listing.
        id: u64,
        /// The category that it is of.
        found: String,
    },
    /// The listing is of somebody else.
    #[error("listing {id} is of {found}; expected the agent of the order, {expected}")]
    Owner {
        /// Number of the listing.
        id: u64,
        /// Account that owns it.
        found: String,
        /// Account of the order's agent.
        expected: String,
    },
    /// The agent leaves, was removed, or somebody says that it does not do what it says.
    #[error("listing {id} is leaving, removed or challenged; choose another agent")]
    Inactive {
        /// Number of the listing.
        id: u64,
    },
    /// The bond is in something else, which nobody here can compare.
    #[error("the bond of listing {id} is in {bond}, and the order in {order}; expected one asset")]
    Asset {
        /// Number of the listing.
        id: u64,
        /// What the bond is in.
        bond: String,
        /// What the order is in.
        order: String,
    },
    /// The bond could be withdrawn before the order ends.
    #[error(
        "the bond of listing {id} returns {found} seconds after its owner leaves; expected {expected}, the time of the order"
    )]
    Time {
        /// Number of the listing.
        id: u64,
        /// A time in seconds.
        found: u64,
        /// A time in seconds.
        expected: u64,
    },
    /// The agent has more agreements than were read.
    #[error(
        "the agent of listing {id} has more agreements than are read; it has to decline those that it does not take"
    )]
    Unknown {
        /// Number of the listing.
        id: u64,
    },
    /// The open orders are more than the bond.
    #[error(
        "the bond of listing {id} is {bond}, and its open orders with this one are {open} base units; take a smaller amount or wait"
    )]
    Short {
        /// Number of the listing.
        id: u64,
        /// The bond, in base units.
        bond: u128,
        /// Open orders with this one, in base units.
        open: String,
    },
}

/// What an agent has open in the asset of an order, in other agreements than `own`, which is that of the order. Each agreement that signers
/// release counts, whoever has made it: an agent declines what it does not take.
#[must_use]
pub fn exposure(
    order: &Order,
    agreements: &[AgreementResponse],
    complete: bool,
    own: Option<u64>,
) -> Exposure {
    let counts = |agreement: &&AgreementResponse| {
        let agent = order.agent.as_str();
        let party = agreement.opener.as_str() == agent
            || agreement.payees.iter().any(|payee| payee.address.as_str() == agent);
        party
            && Some(agreement.id) != own
            && matches!(agreement.approver, Approver::Signers { .. })
            && same(&agreement.asset, &order.asset)
    };
    let open = agreements.iter().filter(counts);
    let others = open.fold(0u128, |sum, agreement| sum.saturating_add(agreement.left.u128()));
    Exposure { others, complete }
}

fn same(asset: &Asset<Addr>, other: &Asset) -> bool {
    asset.to_string() == other.to_string()
}

/// Whether the bond covers the order besides all others: an agent that keeps everything loses as much. What is left of it, in base
/// units.
///
/// A bond is no insurance: a challenge that is upheld gives half of it to who made it, and the other half to the treasury.
///
/// # Errors
/// [`Uncovered`].
pub fn cover(
    order: &Order,
    Bond { listing, terms }: Bond<'_>,
    exposure: Exposure,
) -> Result<u128, Uncovered> {
    let id = listing.id;
    if listing.category != CATEGORY {
        return Err(Uncovered::Category { id, found: listing.category.clone() });
    }
    if listing.owner.as_str() != order.agent || id != order.listing {
        return Err(Uncovered::Owner { id, found: listing.owner.to_string(), expected: order.agent.clone() });
    }
    if listing.state != State::Active || listing.challenge.is_some() {
        return Err(Uncovered::Inactive { id });
    }
    if !same(&listing.asset, &order.asset) {
        return Err(Uncovered::Asset { id, bond: listing.asset.to_string(), order: order.asset.to_string() });
    }
    let (found, expected) = (terms.unbond_seconds, order.due());
    if found < expected {
        return Err(Uncovered::Time { id, found, expected });
    }
    if !exposure.complete {
        return Err(Uncovered::Unknown { id });
    }
    let (bond, open) = (listing.bond.u128(), exposure.others.checked_add(order.amount.u128()));
    let left = open.and_then(|open| bond.checked_sub(open));
    left.ok_or_else(|| Uncovered::Short {
        id,
        bond,
        open: open.map_or_else(|| "over 2^128".into(), |open| open.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use bithive_api::listings::{Content, Ruler};

    use super::*;
    use crate::agreement::tests::agreement;
    use crate::order::tests::order;

    fn listing(bond: u128) -> ListingResponse {
        ListingResponse {
            id: 3,
            category: CATEGORY.into(),
            terms: 1,
            current: true,
            owner: Addr::unchecked("agent"),
            content: Content { name: "x".into(), uri: String::new(), digest: [0; 32].into() },
            revision: 1,
            asset: Asset::Native("ubtt".into()),
            bond: bond.into(),
            state: State::Active,
            challenge: None,
            challenge_bond: 9u128.into(),
            unruled: 0,
            cases: 0,
        }
    }

    fn of_category() -> Terms<Addr> {
        Terms {
            asset: Asset::Native("ubtt".into()),
            bond: 1u128.into(),
            unbond_seconds: 60 * 86_400,
            ruling_seconds: 86_400,
            ruler: Ruler::Named(Addr::unchecked("ruler")),
            slashers: vec![],
        }
    }

    fn covered(listing: &ListingResponse, others: u128) -> Result<u128, Uncovered> {
        cover(&order(), Bond { listing, terms: &of_category() }, Exposure { others, complete: true })
    }

    #[test]
    fn open_orders_together_are_at_most_the_bond() {
        assert_eq!(covered(&listing(100), 0), Ok(0));
        assert_eq!(covered(&listing(130), 30), Ok(0));
        assert_eq!(
            covered(&listing(129), 30),
            Err(Uncovered::Short { id: 3, bond: 129, open: "130".into() })
        );
        assert!(matches!(covered(&listing(u128::MAX), u128::MAX), Err(Uncovered::Short { .. })));
        let unread = Exposure { others: 0, complete: false };
        let bond = listing(1_000);
        let unread = cover(&order(), Bond { listing: &bond, terms: &of_category() }, unread);
        assert_eq!(unread, Err(Uncovered::Unknown { id: 3 }));
    }

    #[test]
    fn a_bond_that_is_anothers_of_something_else_or_about_to_go_covers_nothing() {
        let right = listing(1_000);
        let leaving = ListingResponse { state: State::Leaving { ends: 9 }, ..right.clone() };
        let removed = ListingResponse { state: State::Removed, ..right.clone() };
        assert_eq!(covered(&leaving, 0), Err(Uncovered::Inactive { id: 3 }));
        assert_eq!(covered(&removed, 0), Err(Uncovered::Inactive { id: 3 }));
        let other = ListingResponse { owner: Addr::unchecked("other"), ..right.clone() };
        assert!(matches!(covered(&other, 0), Err(Uncovered::Owner { .. })));
        let number = ListingResponse { id: 4, ..right.clone() };
        assert!(matches!(covered(&number, 0), Err(Uncovered::Owner { .. })));
        let category = ListingResponse { category: "apps".into(), ..right.clone() };
        assert!(matches!(covered(&category, 0), Err(Uncovered::Category { .. })));
        let asset = ListingResponse { asset: Asset::Native("dust".into()), ..right.clone() };
        assert!(matches!(covered(&asset, 0), Err(Uncovered::Asset { .. })));
        let short = Terms { unbond_seconds: order().due() - 1, ..of_category() };
        let found =
            cover(&order(), Bond { listing: &right, terms: &short }, Exposure { others: 0, complete: true });
        assert!(matches!(found, Err(Uncovered::Time { .. })));
    }

    #[test]
    fn agreements_of_the_agent_count_whichever_side_it_is_on_and_no_others() {
        let order = order();
        let own = agreement(&order);
        let paid = AgreementResponse {
            id: 8,
            opener: Addr::unchecked("somebody"),
            payees: vec![bithive_api::escrow::Payee { address: Addr::unchecked("agent"), bps: 10_000 }],
            left: 30u128.into(),
            ..own.clone()
        };
        let others = [
            AgreementResponse { id: 9, asset: Asset::Native("dust".into()), ..own.clone() },
            AgreementResponse { id: 10, approver: Approver::Payer { arbiter: None }, ..own.clone() },
            AgreementResponse { id: 11, opener: Addr::unchecked("somebody"), ..own.clone() },
        ];
        let all: Vec<_> = [own, paid].into_iter().chain(others).collect();
        assert_eq!(exposure(&order, &all, true, None), Exposure { others: 130, complete: true });
        assert_eq!(exposure(&order, &all, false, Some(7)), Exposure { others: 30, complete: false });
    }
}
