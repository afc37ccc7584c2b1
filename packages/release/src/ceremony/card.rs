//! Who takes part in a ceremony: what a member keeps, and what it shows the others.

use bithive_attest::domain::Encoder;
use bithive_curve::{G1, Scalar};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::DecodeError;
use crate::proof::{PROOF_LEN, Proof, Statement};
use crate::reader::Reader;

const VERSION: u8 = 1;
const KEY_TAG: &[u8] = b"BITHIVE-V1/release-ceremony/key";
const COEFFICIENT_TAG: &[u8] = b"BITHIVE-V1/release-ceremony/coefficient";

/// What a member keeps during a ceremony. Everything that it does follows from it, so a step that is repeated has the same result. Erased
/// when dropped; not printable.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Secret([u8; 32]);

impl Secret {
    /// Bytes of its encoding.
    pub const LEN: usize = 33;

    /// A new one, for one ceremony.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut secret = Self([0; 32]);
        rng.fill_bytes(&mut secret.0);
        secret
    }

    /// Secret bytes for the member's own storage: version and 32 random bytes.
    #[must_use]
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(Self::LEN));
        out.push(VERSION);
        out.extend_from_slice(&self.0);
        out
    }

    /// Reads what [`Secret::encode`] wrote.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::exactly("secret of a ceremony", bytes, Self::LEN)?;
        reader.version(VERSION)?;
        Ok(Self(reader.array()?))
    }

    pub(super) fn key(&self) -> Scalar {
        Scalar::hash(&[&self.0], KEY_TAG)
    }

    /// The polynomial of one session, the constant coefficient first. Other cards or another threshold give another one.
    pub(super) fn polynomial(&self, session: &[u8; 32], threshold: u8) -> Vec<Scalar> {
        let coefficient = |power: u8| Scalar::hash(&[&self.0, session, &[power]], COEFFICIENT_TAG);
        (0..threshold).map(coefficient).collect()
    }

    /// What the member shows the others: its endpoint (Ed25519, 32 bytes) and the key that they encrypt to.
    pub fn card(&self, endpoint: [u8; 32], rng: &mut impl CryptoRng) -> Card {
        let (secret, base) = (self.key(), G1::generator());
        let key = base * &secret;
        let proof =
            Statement { context: &card_context(&endpoint), pairs: &[(base, key)] }.prove(&secret, rng);
        Card { endpoint, key, proof }
    }
}

fn card_context(endpoint: &[u8; 32]) -> Vec<u8> {
    Encoder::new("release-card").fixed(endpoint).finish()
}

/// Who takes part in a ceremony. It is public; that it is of the member, the others have to know from the member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    pub(super) endpoint: [u8; 32],
    pub(super) key: G1,
    proof: Proof,
}

impl Card {
    /// Bytes of its encoding.
    pub const LEN: usize = 1 + 32 + G1::LEN + PROOF_LEN;

    /// Public key of the member's endpoint (Ed25519).
    #[must_use]
    pub const fn endpoint(&self) -> [u8; 32] {
        self.endpoint
    }

    /// Version, endpoint, key (48 bytes, compressed), proof that its secret is known (64).
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        out.extend_from_slice(&self.endpoint);
        out.extend_from_slice(&self.key.encode());
        self.proof.encode(&mut out);
        out
    }

    /// Reads what [`Card::encode`] wrote, and checks its proof.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::exactly("card of a member", bytes, Self::LEN)?;
        reader.version(VERSION)?;
        let (endpoint, key) = (reader.array()?, reader.g1()?);
        let proof = Proof::read(&mut reader)?;
        let statement = Statement { context: &card_context(&endpoint), pairs: &[(G1::generator(), key)] };
        if !statement.holds(&proof) {
            return Err(reader.invalid("proof", "one of the card's own key"));
        }
        reader.finish()?;
        Ok(Self { endpoint, key, proof })
    }
}
