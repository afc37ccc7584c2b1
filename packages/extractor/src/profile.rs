//! Published parameters: which code, how much noise, what the helper data gives away.

use std::fmt;

use crate::bch::Code;
use crate::field::Field;
use crate::noise::binomial_tail;

/// Min-entropy that has to be left for a key, in bits.
pub const KEY_ENTROPY_BITS: u32 = 128;

/// Most bytes of a context.
pub const MAX_CONTEXT_BYTES: usize = 1024;

/// A set of parameters. The name states the kind of source and the bits of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Start-up values of 1016 memory cells, up to 6 % noise: BCH(1023, 278, 102) shortened by 7.
    Puf1016,
    /// Start-up values of 3048 memory cells, up to 12 % noise: each bit of BCH(1023, 443, 73), shortened by 7, is
    /// read from three cells.
    Puf3048,
    /// 2040 features of little noise, up to 2 %, and little entropy: BCH(2047, 1310, 74) shortened by 7.
    Biometric2040,
}

/// Bits that each code is shortened by, so that readings are whole bytes.
const SHORTENED: usize = 7;

const GF_1024: Field = Field::new(10, 0x409);
const GF_2048: Field = Field::new(11, 0x805);

/// What tells the profiles apart.
struct Parameters {
    id: u8,
    name: &'static str,
    field: Field,
    k: usize,
    t: usize,
    repetition: usize,
    noise: f64,
}

impl Profile {
    /// All profiles, in the order of their numbers in helper data.
    pub const ALL: [Self; 3] = [Self::Puf1016, Self::Puf3048, Self::Biometric2040];

    const fn parameters(self) -> Parameters {
        match self {
            Self::Puf1016 => Parameters {
                id: 1,
                name: "puf-1016",
                field: GF_1024,
                k: 278,
                t: 102,
                repetition: 1,
                noise: 0.06,
            },
            Self::Puf3048 => Parameters {
                id: 2,
                name: "puf-3048",
                field: GF_1024,
                k: 443,
                t: 73,
                repetition: 3,
                noise: 0.12,
            },
            Self::Biometric2040 => Parameters {
                id: 3,
                name: "biometric-2040",
                field: GF_2048,
                k: 1310,
                t: 74,
                repetition: 1,
                noise: 0.02,
            },
        }
    }

    /// The profile of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }

    pub(crate) fn from_id(id: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.id() == id)
    }

    /// Name in commands and documents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.parameters().name
    }

    /// The byte that stands for it in helper data.
    pub(crate) const fn id(self) -> u8 {
        self.parameters().id
    }

    /// Bits of a code word as used, after shortening.
    #[must_use]
    pub const fn code_bits(self) -> usize {
        self.parameters().field.order() - SHORTENED
    }

    /// Bits that a code word carries, k, after shortening.
    #[must_use]
    pub const fn dimension(self) -> usize {
        self.parameters().k - SHORTENED
    }

    /// Wrong bits that the code corrects, t: all patterns of up to t, no pattern of more.
    #[must_use]
    pub const fn corrected_errors(self) -> usize {
        self.parameters().t
    }

    /// How many bits of a reading, 1 or an odd number, decide a bit of the code word by majority.
    #[must_use]
    pub const fn repetition(self) -> usize {
        self.parameters().repetition
    }

    /// Bits of a reading.
    #[must_use]
    pub const fn reading_bits(self) -> usize {
        self.code_bits() * self.repetition()
    }

    /// Bytes of a reading.
    #[must_use]
    pub const fn reading_bytes(self) -> usize {
        self.reading_bits() / 8
    }

    /// Bits of the sketch, and thereby the most bits of min-entropy that it can give away: the n - k of the whole
    /// code, repetition included (Dodis, Ostrovsky, Reyzin and Smith, "Fuzzy extractors", 2008, lemma 3.1 and
    /// section 5).
    #[must_use]
    pub const fn leakage_bits(self) -> u32 {
        (self.reading_bits() - self.dimension()) as u32
    }

    /// Bit error rate between enrolment and reproduction, up to which a key is lost less often than once in a
    /// million reproductions.
    #[must_use]
    pub const fn noise(self) -> f64 {
        self.parameters().noise
    }

    /// Probability that a reading does not reproduce the key, if each of its bits is wrong with probability
    /// `bit_error_rate`, independently of the others: the binomial tail, exact up to rounding. NaN if the rate is
    /// not in 0..=1.
    #[must_use]
    pub fn failure_probability(self, bit_error_rate: f64) -> f64 {
        let outvoted = binomial_tail(self.repetition(), self.repetition() / 2, bit_error_rate);
        binomial_tail(self.code_bits(), self.corrected_errors(), outvoted)
    }

    pub(crate) fn code(self) -> Code {
        let Parameters { field, t, .. } = self.parameters();
        Code::new(field, t, self.code_bits())
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_of_every_profile_has_the_degree_that_the_dimension_says() {
        for profile in Profile::ALL {
            assert_eq!(profile.code().check_bits(), profile.code_bits() - profile.dimension(), "{profile}");
        }
    }
}
