//! An order: bank money on one side, an asset of a chain on the other.

use bithive_api::asset::Asset;
use bithive_signed::{Digest, canonical};
use cosmwasm_std::Uint128;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::amount::Money;
use crate::id::EndToEndId;
use crate::limits::MAX_ORDER_BYTES;
use crate::party::Party;
use crate::rail::Rail;

/// First bytes of what is hashed: the purpose of the digest, and the version of its form.
const PURPOSE: &str = "BitHive ramp order, version 1\n";
const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;
/// Seconds beyond the hold in which who was paid releases the asset, or the arbiter is called: a week.
const RELEASE_SECONDS: u64 = 7 * DAY;

/// What an order is called in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderKind {
    /// The first form.
    #[serde(rename = "bithive-ramp-order-1")]
    V1,
}

/// What the customer does with the asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// It pays bank money to the agent, who has put the asset into an agreement.
    Buy,
    /// It has put the asset into an agreement, and the agent pays it bank money.
    Sell,
}

/// An order of a customer with a ramp agent. Its file is for the two of them and the arbiter: it has a name and an account number. On chain there
/// is its digest only, which nobody finds by trying, because of the salt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// What it is.
    pub kind: OrderKind,
    /// Id of the chain.
    pub chain: String,
    /// Address of the `escrow` contract there.
    pub escrow: String,
    /// Number of the agent's listing, from 1.
    pub listing: u64,
    /// The agent's account on the chain: the owner of the listing.
    pub agent: String,
    /// The customer's account on the chain.
    pub customer: String,
    /// Account that decides with one of the two where the other does not.
    pub arbiter: String,
    /// What the customer does.
    pub side: Side,
    /// What the agreement holds.
    pub asset: Asset,
    /// How much of it, in base units.
    pub amount: Uint128,
    /// What is paid at a bank.
    pub money: Money,
    /// How it is paid.
    pub rail: Rail,
    /// Who is paid: the customer when it sells, the agent when the customer buys.
    pub creditor: Party,
    /// What goes with the payment from end to end.
    pub end_to_end: EndToEndId,
    /// Seconds from the beginning of the agreement in which the payment has to be ordered at a bank: an hour to a week.
    pub pay_seconds: u64,
    /// 32 random bytes.
    pub salt: Digest,
}

/// Why an order is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// It is no document of an order.
    #[error("the order is not read: {0}; expected a file that `bithive ramp order` has written")]
    Form(String),
    /// An amount is nothing.
    #[error("the order is about an amount of 0; expected at least one unit on both sides")]
    Zero,
    /// The rail does not take the currency.
    #[error("the rail {rail} does not take {money}; expected EUR, or the rail urgent")]
    Rail {
        /// The rail of the order.
        rail: Rail,
        /// What is to be paid.
        money: Money,
    },
    /// Two of customer, agent and arbiter are one account, which would decide alone.
    #[error("{found} is more than one of customer, agent and arbiter; expected three accounts")]
    Parties {
        /// The account that is meant.
        found: String,
    },
    /// The time to pay is out of its bounds.
    #[error("the order leaves {found} seconds to pay; expected {HOUR} to {}", 7 * DAY)]
    Time {
        /// The time, in seconds.
        found: u64,
    },
}

impl Order {
    /// Reads the file of an order, and checks it by itself.
    ///
    /// # Errors
    /// [`OrderError`].
    pub fn read(bytes: &[u8]) -> Result<Self, OrderError> {
        let order: Self =
            canonical::decode(bytes, MAX_ORDER_BYTES).map_err(|error| OrderError::Form(error.to_string()))?;
        order.check()?;
        Ok(order)
    }

    /// Whether an order can be one, whoever has made it.
    ///
    /// # Errors
    /// [`OrderError`].
    pub fn check(&self) -> Result<(), OrderError> {
        if self.amount.is_zero() || self.money.minor() == 0 {
            return Err(OrderError::Zero);
        }
        if !self.rail.takes(self.money.currency()) {
            return Err(OrderError::Rail { rail: self.rail, money: self.money });
        }
        if !(HOUR..=7 * DAY).contains(&self.pay_seconds) {
            return Err(OrderError::Time { found: self.pay_seconds });
        }
        let twice =
            [(&self.agent, &self.customer), (&self.agent, &self.arbiter), (&self.customer, &self.arbiter)];
        match twice.into_iter().find(|(one, other)| one == other) {
            Some((found, _)) => Err(OrderError::Parties { found: found.clone() }),
            None => Ok(()),
        }
    }

    /// The text of its file: its canonical form.
    ///
    /// # Errors
    /// [`OrderError::Form`].
    pub fn text(&self) -> Result<String, OrderError> {
        canonical::encode(self).map_err(|error| OrderError::Form(error.to_string()))
    }

    /// SHA-256 over a purpose and the canonical form. The agreement states it, and so binds everything in the order: the identifier from end to
    /// end, the amount and its currency, the rail, and who is paid.
    ///
    /// # Errors
    /// [`OrderError::Form`].
    pub fn digest(&self) -> Result<Digest, OrderError> {
        let hash = Sha256::new().chain_update(PURPOSE).chain_update(self.text()?);
        Ok(Digest(hash.finalize().into()))
    }

    /// Account that puts the asset into the agreement, and is paid at a bank.
    #[must_use]
    pub fn seller(&self) -> &str {
        match self.side {
            Side::Buy => &self.agent,
            Side::Sell => &self.customer,
        }
    }

    /// Account that pays at a bank, and gets the asset.
    #[must_use]
    pub fn buyer(&self) -> &str {
        match self.side {
            Side::Buy => &self.customer,
            Side::Sell => &self.agent,
        }
    }

    /// Seconds from the last moment at which the payment is ordered to the end of the agreement: until it is booked, the hold of the rail, and a
    /// week to release.
    #[must_use]
    pub const fn after_payment(&self) -> u64 {
        self.rail.transit().saturating_add(self.rail.hold()).saturating_add(RELEASE_SECONDS)
    }

    /// Seconds that the agreement has in all.
    #[must_use]
    pub const fn due(&self) -> u64 {
        self.pay_seconds.saturating_add(self.after_payment())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The customer buys 100 of `ubtt` for 92.50 EUR.
    pub(crate) fn order() -> Order {
        let iban = crate::iban::Iban::simulated(7).unwrap();
        Order {
            kind: OrderKind::V1,
            chain: "bithive-1".into(),
            escrow: "escrow".into(),
            listing: 3,
            agent: "agent".into(),
            customer: "customer".into(),
            arbiter: "arbiter".into(),
            side: Side::Buy,
            asset: Asset::Native("ubtt".into()),
            amount: Uint128::new(100),
            money: "92.50 EUR".parse().unwrap(),
            rail: Rail::Sepa,
            creditor: Party::new("Agent".into(), iban, None).unwrap(),
            end_to_end: EndToEndId::new([9; 20]),
            pay_seconds: 2 * DAY,
            salt: Digest([5; 32]),
        }
    }

    #[test]
    fn a_file_is_read_back_and_another_one_has_another_digest() {
        let order = order();
        let text = order.text().unwrap();
        assert_eq!(Order::read(text.as_bytes()), Ok(order.clone()));
        let digest = order.digest().unwrap();
        let others = [
            Order { end_to_end: EndToEndId::new([8; 20]), ..order.clone() },
            Order { money: "92.51 EUR".parse().unwrap(), ..order.clone() },
            Order { money: "92.50 USD".parse().unwrap(), ..order.clone() },
            Order { rail: Rail::SepaInstant, ..order.clone() },
            Order { salt: Digest([6; 32]), ..order.clone() },
            Order { side: Side::Sell, ..order.clone() },
            Order { listing: 4, ..order.clone() },
        ];
        for other in others {
            assert_ne!(other.digest().unwrap(), digest, "{other:?}");
        }
        let unknown = text.replacen('{', "{\"more\":1,", 1);
        assert!(matches!(Order::read(unknown.as_bytes()), Err(OrderError::Form(_))));
        assert!(matches!(Order::read(&[b' '; MAX_ORDER_BYTES + 1]), Err(OrderError::Form(_))));
    }

    #[test]
    fn an_order_that_can_not_be_one_is_refused() {
        let order = order();
        assert_eq!(order.check(), Ok(()));
        let refused = |order: Order| order.check().unwrap_err();
        assert_eq!(refused(Order { amount: Uint128::zero(), ..order.clone() }), OrderError::Zero);
        assert_eq!(refused(Order { money: "0 EUR".parse().unwrap(), ..order.clone() }), OrderError::Zero);
        let dollars = Order { money: "1 USD".parse().unwrap(), ..order.clone() };
        assert!(matches!(refused(dollars.clone()), OrderError::Rail { .. }));
        assert_eq!(Order { rail: Rail::Urgent, ..dollars }.check(), Ok(()));
        for (agent, customer, arbiter) in [("a", "a", "b"), ("a", "b", "a"), ("b", "a", "a")] {
            let (agent, customer, arbiter) = (agent.into(), customer.into(), arbiter.into());
            let own = Order { agent, customer, arbiter, ..order.clone() };
            assert_eq!(refused(own), OrderError::Parties { found: "a".into() });
        }
        for found in [0, HOUR - 1, 7 * DAY + 1] {
            assert_eq!(refused(Order { pay_seconds: found, ..order.clone() }), OrderError::Time { found });
        }
    }

    #[test]
    fn who_sells_the_asset_is_paid_at_the_bank_and_the_agreement_outlasts_the_hold() {
        let (buy, sell) = (order(), Order { side: Side::Sell, ..order() });
        assert_eq!((buy.seller(), buy.buyer()), ("agent", "customer"));
        assert_eq!((sell.seller(), sell.buyer()), ("customer", "agent"));
        assert_eq!(buy.due(), (2 + 5 + 20 + 7) * DAY);
        assert_eq!(Order { rail: Rail::Urgent, ..order() }.due(), (2 + 5 + 1 + 7) * DAY);
    }
}
