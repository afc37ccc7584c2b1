//! What a member deals to the others.

use bithive_attest::domain::Encoder;
use bithive_curve::{G1, Scalar};
use rand_core::CryptoRng;

use crate::DecodeError;
use crate::committee::check_params;
use crate::proof::{Proof, Statement};
use crate::reader::Reader;

const VERSION: u8 = 1;

/// What a member deals to all: one file for everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deal {
    pub(super) session: [u8; 32],
    pub(super) dealer: u8,
    pub(super) coefficients: Vec<G1>,
    proof: Proof,
    /// By member, encrypted.
    pub(super) values: Vec<[u8; 32]>,
}

impl Deal {
    /// A deal of a polynomial, the constant coefficient first, whose values are encrypted already.
    pub(super) fn new(
        (session, dealer): ([u8; 32], u8),
        polynomial: &[Scalar],
        values: Vec<[u8; 32]>,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let base = G1::generator();
        let coefficients = G1::mul_each(&vec![base; polynomial.len()], polynomial);
        let constant = polynomial.first().cloned().unwrap_or_else(Scalar::zero);
        let stated = context(&session, dealer);
        let proof = Statement { context: &stated, pairs: &[(base, base * &constant)] }.prove(&constant, rng);
        Self { session, dealer, coefficients, proof, values }
    }

    /// Number of the member that has dealt, from 1.
    #[must_use]
    pub const fn dealer(&self) -> u8 {
        self.dealer
    }

    /// Version, session (32 bytes), dealer, threshold, number of members, coefficients (48 bytes each, compressed), proof (64), encrypted values (32
    /// bytes each).
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let count = |length: usize| u8::try_from(length).unwrap_or(u8::MAX);
        let mut out = vec![VERSION];
        out.extend_from_slice(&self.session);
        out.extend_from_slice(&[self.dealer, count(self.coefficients.len()), count(self.values.len())]);
        self.coefficients.iter().for_each(|point| out.extend_from_slice(&point.encode()));
        self.proof.encode(&mut out);
        self.values.iter().for_each(|value| out.extend_from_slice(value));
        out
    }

    /// Reads what [`Deal::encode`] wrote. Whether it belongs to a ceremony is `Ceremony::finish`'s to say.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new("deal of a member", bytes);
        reader.version(VERSION)?;
        let session = reader.array()?;
        let [dealer, threshold, members] = reader.array()?;
        let count = check_params(members.into(), threshold)
            .map_err(|_| reader.invalid("threshold", "more than half of 2 to 7 members"))?;
        if !(1..=count).contains(&dealer) {
            return Err(reader.invalid("dealer", "the number of a member"));
        }
        let coefficients = (0..threshold).map(|_| reader.g1()).collect::<Result<_, _>>()?;
        let proof = Proof::read(&mut reader)?;
        let values = (0..count).map(|_| reader.array()).collect::<Result<_, _>>()?;
        reader.finish()?;
        Ok(Self { session, dealer, coefficients, proof, values })
    }

    /// Whether the dealer has shown that it knows what it deals.
    pub(super) fn holds(&self) -> bool {
        let constant = self.coefficients.first().copied().unwrap_or_else(G1::identity);
        let stated = context(&self.session, self.dealer);
        Statement { context: &stated, pairs: &[(G1::generator(), constant)] }.holds(&self.proof)
    }
}

fn context(session: &[u8; 32], dealer: u8) -> Vec<u8> {
    Encoder::new("release-deal").fixed(session).fixed(&[dealer]).finish()
}
