//! A host of a laboratory, and how one is written down.

use crate::duplex::{Duplex, Words, bad};
use crate::error::LabError;
use crate::nat::{NatConfig, NatKind};

/// A host with a link to the others, behind a NAT or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// Its name; no two sides have the same.
    pub name: String,
    /// The NAT it is behind; none if it has a public address.
    pub nat: Option<NatConfig>,
    /// Its link to the router, in both directions.
    pub link: Duplex,
}

impl Side {
    /// Reads a side in words: its name, and after a colon the keys of [`Duplex::parse`] and
    ///
    /// | key | value | when left out |
    /// |---|---|---|
    /// | `nat` | `full-cone`, `address-restricted`, `port-restricted`, `symmetric` or `none` | `none` |
    /// | `mapping` | how long the NAT keeps a UDP mapping | `120s` |
    ///
    /// such as `clinic:nat=symmetric,up=5M,down=20M,delay=20ms`.
    ///
    /// # Errors
    /// [`LabError::Side`], [`LabError::Link`], [`LabError::Key`].
    pub fn parse(text: &str) -> Result<Self, LabError> {
        let (name, words) = text.split_once(':').unwrap_or((text, ""));
        let named = |character: char| character.is_ascii_alphanumeric() || character == '-';
        if name.is_empty() || !name.chars().all(named) {
            let problem = "its name; expected letters, digits and dashes before a colon".into();
            return Err(LabError::Side { side: name.into(), problem });
        }
        let mut words = Words::split(words)?;
        let kind = match words.take("nat") {
            None | Some("none") => None,
            Some("full-cone") => Some(NatKind::FullCone),
            Some("address-restricted") => Some(NatKind::AddressRestricted),
            Some("port-restricted") => Some(NatKind::PortRestricted),
            Some("symmetric") => Some(NatKind::Symmetric),
            Some(other) => {
                let expected = "full-cone, address-restricted, port-restricted, symmetric or none";
                return Err(bad("nat", format!("{other:?}"), expected));
            }
        };
        let mut nat = kind.map(NatConfig::new);
        match (words.duration("mapping")?, &mut nat) {
            (Some(timeout), Some(nat)) => nat.udp_timeout = timeout,
            (Some(_), None) => return Err(bad("mapping", "given without nat".into(), "a side behind a NAT")),
            (None, _) => {}
        }
        let link = Duplex::read(&mut words)?;
        words.end("nat, mapping, ")?;
        Ok(Self { name: name.into(), nat, link })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_side_in_words_is_the_side() {
        let side = Side::parse("clinic:nat=symmetric,mapping=30s,up=5M,down=20M,delay=20ms").unwrap();
        assert_eq!(side.name, "clinic");
        let nat = side.nat.unwrap();
        assert_eq!((nat.kind, nat.udp_timeout), (NatKind::Symmetric, Duration::from_secs(30)));
        assert_eq!(side.link, Duplex::parse("up=5M,down=20M,delay=20ms").unwrap());
        assert_eq!(
            Side::parse("relay").unwrap(),
            Side { name: "relay".into(), nat: None, link: Duplex::open() }
        );
    }

    #[test]
    fn what_cant_be_read_is_named() {
        for (text, names) in [
            ("", "letters"),
            ("a b:rate=1M", "letters"),
            ("a:nat=cone", "nat is \"cone\"; expected full-cone"),
            ("a:mapping=1s", "behind a NAT"),
            ("a:speed=1", "expected one of nat, mapping, rate"),
            ("a:loss=2", "loss"),
        ] {
            let error = Side::parse(text).unwrap_err().to_string();
            assert!(error.contains(names), "{text}: {error}");
        }
    }
}
