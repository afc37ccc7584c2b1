//! The ceremony that makes a common reference string: everybody may contribute, one honest contributor is
//! enough.
//!
//! It starts at a = 1. A contributor draws d, multiplies every element of index i by d^i, forgets d, and
//! leaves `[d]A_1` with a Schnorr proof that it knew d relative to the A_1 before it. The proof's challenge
//! binds the hash of all contributions before, so a contribution holds at its own place only. Because A_1
//! determines all other elements, checking the chain of A_1 and the final elements checks every step.
//!
//! Whoever contributes or audits keeps [`Transcript::hash`] after its own contribution and later asks
//! [`Transcript::includes`].
//!
//! # Encoding
//! `BHTRN`, version, number of contributions (two bytes, big-endian), each as new A_1 (48), commitment (48),
//! response (32); then the encoding of the common reference string.

use bithive_curve::{G1, Scalar};
use rand_core::CryptoRng;

use super::powers::Powers;
use super::{Crs, CrsError};
use crate::format::{FormatError, PREFIX_LEN, Reader, prefix};
use crate::hash::tagged;
use crate::layout::CRS_HEADER_BYTES;
use crate::progress::{Progress, Steps, unwatched};

const MAGIC: &[u8; 5] = b"BHTRN";
const KIND: &str = "ceremony transcript";
const CHALLENGE_TAG: &[u8] = b"BITHIVE-V1/dgkbe-contribution/";
const CONTRIBUTION_LEN: usize = 2 * G1::LEN + Scalar::LEN;

/// One contributor's step.
#[derive(Clone)]
struct Contribution {
    /// A_1 after this contribution: d times the A_1 before it.
    element: G1,
    /// Commitment of the Schnorr proof: [k] times the A_1 before.
    commitment: G1,
    /// k + challenge * d.
    response: Scalar,
}

/// All contributions so far, and the elements that result. Contributing does not check what is there
/// already: call [`Self::verify`] first on a transcript from somebody else, unless it is new.
#[derive(Clone)]
pub struct Transcript {
    powers: Powers,
    contributions: Vec<Contribution>,
}

/// Run a whole ceremony in one process, for test networks and as a first contribution to a public one. Whoever
/// controls this process could keep the secret.
///
/// # Errors
/// [`CrsError::Slots`]; [`CrsError::NoContribution`] for no contributors.
pub fn local_ceremony(
    slots: u16,
    contributors: u16,
    rng: &mut impl CryptoRng,
) -> Result<Transcript, CrsError> {
    let mut transcript = Transcript::new(slots)?;
    for _ in 0..contributors {
        transcript.contribute(rng);
    }
    if contributors == 0 { Err(CrsError::NoContribution) } else { Ok(transcript) }
}

fn challenge(before: &[u8; 32], base: &G1, element: &G1, commitment: &G1) -> Scalar {
    Scalar::hash(&[before, &base.encode(), &element.encode(), &commitment.encode()], CHALLENGE_TAG)
}

fn next_hash(before: &[u8; 32], contribution: &Contribution) -> [u8; 32] {
    tagged(
        "dgkbe-ceremony-step",
        &[
            before,
            &contribution.element.encode(),
            &contribution.commitment.encode(),
            contribution.response.encode().as_slice(),
        ],
    )
}

impl Transcript {
    /// A ceremony without contributions.
    ///
    /// # Errors
    /// [`CrsError::Slots`].
    pub fn new(slots: u16) -> Result<Self, CrsError> {
        Ok(Self { powers: Powers::start(slots)?, contributions: Vec::new() })
    }

    /// Number of slots L.
    pub fn slots(&self) -> u16 {
        self.powers.slots()
    }

    /// Number of contributions.
    pub fn contributions(&self) -> usize {
        self.contributions.len()
    }

    /// Hash after every number of contributions, from none to all.
    fn hashes(&self) -> impl Iterator<Item = [u8; 32]> + '_ {
        let start = tagged("dgkbe-ceremony-start", &[&self.powers.slots().to_be_bytes()]);
        let later = self.contributions.iter().scan(start, |hash, contribution| {
            *hash = next_hash(hash, contribution);
            Some(*hash)
        });
        core::iter::once(start).chain(later)
    }

    /// Hash of the number of slots and of all contributions: what the next contribution binds.
    pub fn hash(&self) -> [u8; 32] {
        self.hashes().last().unwrap_or_default()
    }

    /// Whether the ceremony once had this hash, that is, continues the one that somebody saw.
    pub fn includes(&self, hash: &[u8; 32]) -> bool {
        self.hashes().any(|own| own == *hash)
    }

    /// Multiply a fresh secret in, and forget it.
    pub fn contribute(&mut self, rng: &mut impl CryptoRng) {
        self.contribute_watched(rng, &mut unwatched);
    }

    /// [`Self::contribute`], reporting elements done of all.
    pub fn contribute_watched(&mut self, rng: &mut impl CryptoRng, progress: &mut Progress<'_>) {
        let mut steps = Steps::new(self.powers.count(), progress);
        let (mut secret, mut nonce) = (Scalar::random(rng), Scalar::random(rng));
        while secret.is_zero() || secret == Scalar::one() {
            secret = Scalar::random(rng);
        }
        while nonce.is_zero() {
            nonce = Scalar::random(rng);
        }
        let before = self.hash();
        let base = *self.powers.a(1);
        self.powers.update(&secret, &mut steps);
        let (element, commitment) = (*self.powers.a(1), base * &nonce);
        let response = nonce.add(&challenge(&before, &base, &element, &commitment).mul(&secret));
        self.contributions.push(Contribution { element, commitment, response });
    }

    /// Check every contribution in order and the structure of the result.
    ///
    /// # Errors
    /// [`CrsError`], with the position of a contribution that does not hold.
    pub fn verify(&self, rng: &mut impl CryptoRng) -> Result<Crs, CrsError> {
        self.verify_watched(rng, &mut unwatched)
    }

    /// [`Self::verify`], reporting contributions and elements done of all.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_watched(
        &self,
        rng: &mut impl CryptoRng,
        progress: &mut Progress<'_>,
    ) -> Result<Crs, CrsError> {
        let mut steps = Steps::new(self.contributions.len() + self.powers.count(), progress);
        let mut base = G1::generator();
        for ((index, contribution), before) in self.contributions.iter().enumerate().zip(self.hashes()) {
            let Contribution { element, commitment, response } = contribution;
            if *element == base {
                return Err(CrsError::IdleContribution { index });
            }
            let challenge = challenge(&before, &base, element, commitment);
            if base * response != *commitment + *element * &challenge {
                return Err(CrsError::Proof { index });
            }
            base = *element;
            steps.add(1);
        }
        if self.contributions.is_empty() {
            return Err(CrsError::NoContribution);
        }
        if *self.powers.a(1) != base {
            return Err(CrsError::LastContribution);
        }
        self.powers.verify(rng, &mut steps)?;
        let digest = *blake3::hash(&self.powers.encode()).as_bytes();
        Ok(Crs::from_powers(self.powers.clone(), digest))
    }

    /// The encoding of the module's documentation.
    ///
    /// # Errors
    /// [`CrsError::Format`] for more contributions than two bytes count.
    pub fn encode(&self) -> Result<Vec<u8>, CrsError> {
        let actual = self.contributions.len();
        let count = u16::try_from(actual).map_err(|_| FormatError::Length {
            kind: "number of contributions",
            expected: usize::from(u16::MAX),
            actual,
        })?;
        let mut out = prefix(MAGIC);
        out.extend_from_slice(&count.to_be_bytes());
        for contribution in &self.contributions {
            out.extend_from_slice(&contribution.element.encode());
            out.extend_from_slice(&contribution.commitment.encode());
            out.extend_from_slice(contribution.response.encode().as_slice());
        }
        out.extend_from_slice(&self.powers.encode());
        Ok(out)
    }

    /// Decode, checking every point; [`Self::verify`] checks the rest.
    ///
    /// # Errors
    /// [`CrsError::Format`], [`CrsError::Slots`].
    pub fn decode(bytes: &[u8]) -> Result<Self, CrsError> {
        Self::decode_watched(bytes, &mut unwatched)
    }

    /// [`Self::decode`], reporting bytes of the contributions and elements done of all.
    ///
    /// # Errors
    /// As [`Self::decode`].
    pub fn decode_watched(bytes: &[u8], progress: &mut Progress<'_>) -> Result<Self, CrsError> {
        let mut reader = Reader::open(KIND, MAGIC, bytes)?;
        let count = usize::from(reader.u16()?);
        let mut contributions = Vec::new();
        let headers = PREFIX_LEN + 2 + CRS_HEADER_BYTES;
        let mut steps = Steps::new(bytes.len().saturating_sub(headers), progress);
        for index in 0..count {
            let named = |field| {
                let name = reader.element(field);
                move |source| name((index, source))
            };
            let (element, commitment, response) = (named("new A_1"), named("commitment"), named("response"));
            let bytes = reader.take(CONTRIBUTION_LEN)?;
            contributions.push(Contribution {
                element: G1::decode_nonidentity(&bytes[..G1::LEN]).map_err(element)?,
                commitment: G1::decode_nonidentity(&bytes[G1::LEN..2 * G1::LEN]).map_err(commitment)?,
                response: Scalar::decode(&bytes[2 * G1::LEN..]).map_err(response)?,
            });
            steps.add(CONTRIBUTION_LEN);
        }
        let offset = PREFIX_LEN + 2 + count * CONTRIBUTION_LEN;
        let powers = Powers::decode(bytes.get(offset..).unwrap_or_default(), &mut steps)?;
        Ok(Self { powers, contributions })
    }
}
