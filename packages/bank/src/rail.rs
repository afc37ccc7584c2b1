//! Ways on which bank money goes, and how long who is paid waits before it relies on the payment.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::currency::Currency;

const DAY: u64 = 86_400;

/// A way on which a credit transfer goes. All others, such as debits and cards, are left out: who pays can take those back for
/// weeks or months, by right and without a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rail {
    /// SEPA credit transfer.
    Sepa,
    /// SEPA instant credit transfer: there within seconds, and recalled as any other.
    SepaInstant,
    /// An urgent payment through a system of gross settlement, such as T2 or Fedwire.
    Urgent,
}

/// A text that is no rail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no rail; expected sepa, sepa-instant or urgent")]
pub struct RailError {
    /// The text, cut off after 40 characters.
    pub found: String,
}

impl Rail {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sepa, Self::SepaInstant, Self::Urgent];

    /// Its name, as [`Rail::from_str`] reads it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sepa => "sepa",
            Self::SepaInstant => "sepa-instant",
            Self::Urgent => "urgent",
        }
    }

    /// Seconds from the end of the day on which a payment was booked, in which who is paid does not rely on it.
    ///
    /// **SEPA, instant or not: 20 days.** The bank of who paid may recall a payment that was sent twice or by a technical fault within 10
    /// banking business days (EPC125-05 and EPC004-16, "Recall"). Those are 19 calendar days at most, from 2024 to 2060 by the closing days
    /// of T2, and a day for the message. For fraud the same rulebooks allow 13 months, and for a request of who paid, too; who was paid is
    /// asked then. Nobody waits that long: this remains a risk.
    ///
    /// **Urgent: a day.** A transfer that has entered a system of settlement is not revoked (Directive 98/26/EC, article 5). The day is for
    /// faults of the bank of who is paid.
    #[must_use]
    pub const fn hold(self) -> u64 {
        match self {
            Self::Sepa | Self::SepaInstant => 20 * DAY,
            Self::Urgent => DAY,
        }
    }

    /// Seconds after which a payment that was ordered is booked, at the latest: the next business day, and five days where Easter is between
    /// (Directive (EU) 2015/2366, article 83). Instant ones take seconds; a day is for statements.
    #[must_use]
    pub const fn transit(self) -> u64 {
        match self {
            Self::Sepa | Self::Urgent => 5 * DAY,
            Self::SepaInstant => DAY,
        }
    }

    /// Whether it takes a currency: SEPA is for euros only.
    #[must_use]
    pub fn takes(self, currency: Currency) -> bool {
        match self {
            Self::Sepa | Self::SepaInstant => currency.to_string() == "EUR",
            Self::Urgent => true,
        }
    }
}

impl FromStr for Rail {
    type Err = RailError;

    fn from_str(text: &str) -> Result<Self, RailError> {
        let rail = Self::ALL.into_iter().find(|rail| rail.name() == text);
        rail.ok_or_else(|| RailError { found: text.chars().take(40).collect() })
    }
}

impl fmt::Display for Rail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_recalled_waits_longer_and_rails_have_one_name() {
        assert!(Rail::Sepa.hold() > 19 * DAY && Rail::SepaInstant.hold() == Rail::Sepa.hold());
        assert!(Rail::Urgent.hold() < Rail::Sepa.hold());
        for rail in Rail::ALL {
            assert_eq!(rail.name().parse(), Ok(rail));
            assert_eq!(serde_json::to_string(&rail).unwrap(), format!("\"{rail}\""));
        }
        assert!("card".parse::<Rail>().is_err() && "SEPA".parse::<Rail>().is_err());
        let (euro, dollar) = ("EUR".parse().unwrap(), "USD".parse().unwrap());
        assert!(Rail::Sepa.takes(euro) && !Rail::SepaInstant.takes(dollar) && Rail::Urgent.takes(dollar));
    }
}
