//! Currencies of ISO 4217.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Currencies whose smallest unit is a hundredth; funds, metals and test codes are left out. Source: ISO 4217, list one.
const HUNDREDTHS: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP \
                          CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES \
                          KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK \
                          NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB \
                          TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";
/// Currencies that have no smaller unit.
const WHOLE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
/// Currencies whose smallest unit is a thousandth.
const THOUSANDTHS: &str = "BHD IQD JOD KWD LYD OMR TND";

/// A currency of ISO 4217. As text it is its code, such as `EUR`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: [u8; 3],
    decimals: u8,
}

/// A text that is no currency.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no currency; expected a code of ISO 4217 in capitals, such as EUR")]
pub struct CurrencyError {
    /// The text, cut off after 40 characters.
    pub found: String,
}

impl Currency {
    /// Digits after the point: 2 for the euro, whose smallest unit is a cent.
    #[must_use]
    pub const fn decimals(self) -> u8 {
        self.decimals
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, CurrencyError> {
        let error = || CurrencyError { found: text.chars().take(40).collect() };
        let code: [u8; 3] = text.as_bytes().try_into().map_err(|_| error())?;
        let lists = [(WHOLE, 0), (HUNDREDTHS, 2), (THOUSANDTHS, 3)];
        let list = lists.into_iter().find(|(codes, _)| codes.split(' ').any(|known| known == text));
        list.map(|(_, decimals)| Self { code, decimals }).ok_or_else(error)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_have_their_decimals() {
        for (code, decimals) in [("EUR", 2), ("USD", 2), ("JPY", 0), ("KWD", 3)] {
            let currency: Currency = code.parse().unwrap();
            assert_eq!((currency.decimals(), currency.to_string()), (decimals, code.into()));
        }
        for bad in ["", "eur", "EURO", "XXX", "XTS", "XAU", "E R", " EU", "€"] {
            assert!(bad.parse::<Currency>().is_err(), "{bad}");
        }
    }

    #[test]
    fn no_code_is_listed_twice() {
        let mut codes: Vec<_> =
            [WHOLE, HUNDREDTHS, THOUSANDTHS].iter().flat_map(|list| list.split(' ')).collect();
        let all = codes.len();
        assert!(
            codes.iter().all(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()))
        );
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }
}
