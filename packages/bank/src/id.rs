//! The identifier that goes with a payment from end to end.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Base32 of RFC 4648: its letters are among those that every bank passes on.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Random bytes of an identifier: 160 bits, which nobody finds by trying and no two orders share.
const BYTES: usize = 20;
/// Characters of its text; ISO 20022 takes 35.
const CHARACTERS: usize = 32;
/// Bits of a character.
const BITS: u32 = 5;

/// `EndToEndId` of a payment: 160 random bits. As text it is 32 characters of base32 without padding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndToEndId([u8; BYTES]);

/// A text that is no identifier of an order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no identifier of an order; expected {CHARACTERS} characters of A-Z and 2-7")]
pub struct IdError {
    /// The text, cut off after 40 characters.
    pub found: String,
}

impl EndToEndId {
    /// An identifier of bytes, which have to be random.
    #[must_use]
    pub const fn new(random: [u8; 20]) -> Self {
        Self(random)
    }
}

impl fmt::Display for EndToEndId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut bits, mut held) = (0u32, 0u32);
        for byte in self.0 {
            bits = bits.wrapping_shl(8) | u32::from(byte);
            held = held.saturating_add(8);
            while held >= BITS {
                held = held.saturating_sub(BITS);
                let index = bits.wrapping_shr(held) & 31;
                let letter = usize::try_from(index).ok().and_then(|index| ALPHABET.get(index));
                write!(f, "{}", char::from(*letter.unwrap_or(&b'A')))?;
            }
            // Only what is left over is kept.
            bits &= 31;
        }
        Ok(())
    }
}

impl FromStr for EndToEndId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let error = || IdError { found: text.chars().take(40).collect() };
        if text.len() != CHARACTERS {
            return Err(error());
        }
        let mut bytes = Vec::with_capacity(BYTES);
        let (mut bits, mut held) = (0u32, 0u32);
        for letter in text.bytes() {
            let index = ALPHABET.iter().position(|known| *known == letter).ok_or_else(error)?;
            bits = (bits & 0xff).wrapping_shl(BITS) | u32::try_from(index).map_err(|_| error())?;
            held = held.saturating_add(BITS);
            if held >= 8 {
                held = held.saturating_sub(8);
                bytes.push(u8::try_from(bits.wrapping_shr(held) & 0xff).map_err(|_| error())?);
            }
        }
        bytes.try_into().map(Self).map_err(|_| error())
    }
}

impl fmt::Debug for EndToEndId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for EndToEndId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EndToEndId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_32_characters_of_base32() {
        // RFC 4648 has "foobar" as MZXW6YTBOI======; four times five bytes of it need no padding.
        let id = EndToEndId::new(*b"foobafoobafoobafooba");
        assert_eq!(id.to_string(), "MZXW6YTBMZXW6YTBMZXW6YTBMZXW6YTB");
        let all: Vec<u8> = (0..20).map(|index| 255 - index * 13).collect();
        let id = EndToEndId::new(all.try_into().unwrap());
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(EndToEndId::new([255; 20]).to_string(), "7".repeat(32));
        assert_eq!("7".repeat(32).parse(), Ok(EndToEndId::new([255; 20])));
    }

    #[test]
    fn other_texts_are_refused() {
        for bad in
            ["", "A", &"a".repeat(32), &"1".repeat(32), &"A".repeat(33), &format!("{}=", "A".repeat(31))]
        {
            assert!(bad.parse::<EndToEndId>().is_err(), "{bad}");
        }
    }
}
