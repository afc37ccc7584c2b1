//! Schnorr proofs: that somebody knows a logarithm, and that two points have the same one.

use bithive_attest::domain::Encoder;
use bithive_curve::{G1, Scalar};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::DecodeError;
use crate::reader::Reader;

const CHALLENGE_TAG: &[u8] = b"BITHIVE-V1/release-proof/challenge";
const NONCE_TAG: &[u8] = b"BITHIVE-V1/release-proof/nonce";

/// Bytes of a proof: challenge and response.
pub(crate) const PROOF_LEN: usize = 2 * Scalar::LEN;

/// A proof about points that all have one logarithm, each to a base of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    challenge: Scalar,
    response: Scalar,
}

/// Each image is the base times the same secret.
pub(crate) struct Statement<'a> {
    /// What the proof is about, so that it is of no use elsewhere.
    pub(crate) context: &'a [u8],
    /// Base and image.
    pub(crate) pairs: &'a [(G1, G1)],
}

impl Statement<'_> {
    fn challenge(&self, commitments: &[G1]) -> Scalar {
        let start = Encoder::new("release-proof").bytes(self.context).number(self.pairs.len() as u128);
        let stated = self
            .pairs
            .iter()
            .fold(start, |encoder, (base, image)| encoder.fixed(&base.encode()).fixed(&image.encode()));
        let whole = commitments.iter().fold(stated, |encoder, point| encoder.fixed(&point.encode()));
        Scalar::hash(&[&whole.finish()], CHALLENGE_TAG)
    }

    /// Proves the statement. The nonce depends on the secret and the statement beside the generator, so that a generator that
    /// repeats itself repeats no nonce for two statements.
    pub(crate) fn prove(&self, secret: &Scalar, rng: &mut impl CryptoRng) -> Proof {
        let mut fresh = Zeroizing::new([0; 32]);
        rng.fill_bytes(fresh.as_mut_slice());
        let stated = *self.challenge(&[]).encode();
        let nonce = Scalar::hash(&[fresh.as_slice(), secret.encode().as_slice(), &stated], NONCE_TAG);
        let commitments: Vec<G1> = self.pairs.iter().map(|(base, _)| *base * &nonce).collect();
        let challenge = self.challenge(&commitments);
        let response = nonce.add(&challenge.mul(secret));
        Proof { challenge, response }
    }

    /// Whether a proof of it holds.
    pub(crate) fn holds(&self, proof: &Proof) -> bool {
        let commitment = |(base, image): &(G1, G1)| *base * &proof.response - *image * &proof.challenge;
        let commitments: Vec<G1> = self.pairs.iter().map(commitment).collect();
        self.challenge(&commitments) == proof.challenge
    }
}

impl Proof {
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.challenge.encode().as_slice());
        out.extend_from_slice(self.response.encode().as_slice());
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self { challenge: reader.scalar()?, response: reader.scalar()? })
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    #[test]
    fn a_proof_holds_for_its_statement_and_no_other() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let (secret, other) = (Scalar::random(&mut rng), Scalar::random(&mut rng));
        let base = G1::generator();
        let second = base * &Scalar::random(&mut rng);
        let pairs = [(base, base * &secret), (second, second * &secret)];
        let statement = Statement { context: b"one", pairs: &pairs };
        let proof = statement.prove(&secret, &mut rng);
        assert!(statement.holds(&proof));
        assert!(!Statement { context: b"two", pairs: &pairs }.holds(&proof));
        let lie = [(base, base * &secret), (second, second * &other)];
        let lie = Statement { context: b"one", pairs: &lie };
        assert!(!lie.holds(&proof) && !lie.holds(&lie.prove(&secret, &mut rng)));
        assert!(!statement.holds(&statement.prove(&other, &mut rng)));
        for (challenge, response) in
            [(&other, &proof.response), (&proof.challenge, &other), (&proof.response, &proof.challenge)]
        {
            let forged = Proof { challenge: challenge.clone(), response: response.clone() };
            assert!(!statement.holds(&forged));
        }
    }

    #[test]
    fn a_generator_that_repeats_itself_repeats_no_nonce_for_two_statements() {
        let secret = Scalar::from(7u64);
        let pairs = [(G1::generator(), G1::generator() * &secret)];
        let prove = |context: &[u8]| {
            Statement { context, pairs: &pairs }.prove(&secret, &mut ChaCha20Rng::seed_from_u64(1))
        };
        let (one, two) = (prove(b"one"), prove(b"two"));
        let nonce = |proof: &Proof| proof.response.sub(&proof.challenge.mul(&secret));
        assert_ne!(nonce(&one), nonce(&two));
    }
}
