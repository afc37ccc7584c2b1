//! The Fujisaki-Okamoto transform with implicit rejection: chosen-ciphertext security from the core scheme.
//!
//! All hashes are SHA-256 under a tag of their own, over fields each preceded by its length; the scalar hash is
//! hash_to_field of RFC 9380. "Statement" stands for the hash of the common reference string's digest, the
//! set's digest, K_S and the caller's context, so every derived value is bound to all four.
//!
//! - m: 32 random bytes; s = H1(m, statement); C1 = [s]_1; C2 = s K_S; Z = Omega^s
//! - C3 = m xor H2(Z, C1, C2); K = H3(m, C1, C2, C3, statement)
//! - a receiver that does not get the same C1 and C2 from its m derives K from a secret of its own instead.
//!   It learns, and shows, nothing more than that the payload does not open.

use core::fmt;

use bithive_curve::{G1, Gt, Scalar, multi_pairing};
use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Context, Header, KemError, ReceiverCache, SenderCache};
use crate::Crs;
use crate::hash::tagged;
use crate::slots::SlotSet;

const SCALAR_TAG: &[u8] = b"BITHIVE-V1/dgkbe-encapsulation-scalar/";

/// The key that a header carries: 32 bytes, wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SharedKey([u8; 32]);

impl SharedKey {
    /// A key from elsewhere, for [`crate::dem`].
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key's bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl ConstantTimeEq for SharedKey {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl fmt::Debug for SharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedKey(secret)")
    }
}

/// A key for a header that holds, or another one for a header that does not, without a branch.
pub(super) fn choose(same: Choice, accepted: &[u8; 32], rejected: &[u8; 32]) -> SharedKey {
    let mut key = SharedKey([0; 32]);
    for ((to, yes), no) in key.0.iter_mut().zip(accepted).zip(rejected) {
        *to = u8::conditional_select(no, yes, same);
    }
    key
}

/// Everything public that a key is bound to.
pub(super) struct Statement([u8; 32]);

/// What a receiver finds in a header.
pub(super) struct Recovered {
    /// m, if `same`; otherwise nothing that anybody has chosen.
    pub(super) message: Zeroizing<[u8; 32]>,
    /// Whether encapsulating `message` again gives the header.
    pub(super) same: Choice,
    statement: Statement,
}

impl Statement {
    fn new(crs: &Crs, set_digest: &[u8; 32], set_key: &G1, context: Context<'_>) -> Self {
        Self(tagged("dgkbe-statement", &[crs.digest(), set_digest, &set_key.encode(), context.0]))
    }

    /// s = H1(message, statement): the scalar that makes C1 and C2.
    fn scalar(&self, message: &[u8; 32]) -> Scalar {
        Scalar::hash(&[message, &self.0], SCALAR_TAG)
    }

    /// H3 under the tag of `purpose`: the key of a header that holds, or the one of a rejected header.
    fn key(&self, purpose: &str, secret: &[u8; 32], header: &Header) -> Zeroizing<[u8; 32]> {
        let parts: [&[u8]; 5] = [secret, &header.c1.encode(), &header.c2.encode(), &header.c3, &self.0];
        Zeroizing::new(tagged(purpose, &parts))
    }
}

const ACCEPTED: &str = "dgkbe-key";
const REJECTED: &str = "dgkbe-rejected-key";

/// H2, applied to a message or a masked message.
fn mask(input: &[u8; 32], z: &Gt, c1: &G1, c2: &G1) -> Zeroizing<[u8; 32]> {
    let pad = Zeroizing::new(tagged("dgkbe-mask", &[z.encode().as_slice(), &c1.encode(), &c2.encode()]));
    Zeroizing::new(core::array::from_fn(|i| input[i] ^ pad[i]))
}

/// m: the first 32 bytes that `rng` gives.
pub(super) fn draw_message(rng: &mut impl CryptoRng) -> Zeroizing<[u8; 32]> {
    let mut message = Zeroizing::new([0; 32]);
    rng.fill_bytes(message.as_mut_slice());
    message
}

impl SenderCache {
    /// Draw a key for the members of `set`. The first 32 bytes taken from `rng` are m; nothing else is drawn.
    ///
    /// # Errors
    /// [`KemError::StaleCache`], [`KemError::EmptySet`], [`KemError::DegenerateSet`].
    pub fn encapsulate(
        &self,
        set: &SlotSet,
        context: Context<'_>,
        rng: &mut impl CryptoRng,
    ) -> Result<(Header, SharedKey), KemError> {
        let message = draw_message(rng);
        let (header, statement) = self.carry(&message, set, context)?;
        let key = statement.key(ACCEPTED, &message, &header);
        Ok((header, SharedKey(*key)))
    }

    /// The header that carries `message` to the members of `set`.
    pub(super) fn carry(
        &self,
        message: &[u8; 32],
        set: &SlotSet,
        context: Context<'_>,
    ) -> Result<(Header, Statement), KemError> {
        let set_digest = self.current.digest_of(set)?;
        let set_key = self.set_key()?;
        let statement = Statement::new(&self.crs, set_digest, &set_key, context);

        let scalar = statement.scalar(message);
        let (c1, c2) = (G1::generator() * &scalar, set_key * &scalar);
        let z = Zeroizing::new(self.crs.omega().pow(&scalar));
        let c3 = *mask(message, &z, &c1, &c2);
        Ok((Header { c1, c2, c3 }, statement))
    }
}

impl ReceiverCache {
    /// The key that a header carries for this receiver as a member of `set`. A header that was not made for
    /// this set, these keys and this context gives a key too, one that nobody else has.
    ///
    /// # Errors
    /// [`KemError::StaleCache`], [`KemError::EmptySet`], [`KemError::NotAddressed`],
    /// [`KemError::DegenerateSet`]: all depend on public values only.
    pub fn decapsulate(
        &self,
        set: &SlotSet,
        context: Context<'_>,
        header: &Header,
    ) -> Result<SharedKey, KemError> {
        let Recovered { message, same, statement } = self.recover(set, context, header)?;
        let accepted = statement.key(ACCEPTED, &message, header);
        let rejected = statement.key(REJECTED, self.secret.rejection(), header);
        Ok(choose(same, &accepted, &rejected))
    }

    /// The message in a header, and whether the header is the one that carries it.
    pub(super) fn recover(
        &self,
        set: &SlotSet,
        context: Context<'_>,
        header: &Header,
    ) -> Result<Recovered, KemError> {
        let set_digest = self.current.digest_of(set)?;
        let slot = self.slot();
        if !set.contains(slot) {
            return Err(KemError::NotAddressed { slot });
        }
        let set_key = self.set_key()?;
        let statement = Statement::new(&self.crs, set_digest, &set_key, context);

        let power = self.crs.b(self.column_index()).ok_or(KemError::NotAddressed { slot })?;
        let opening = Zeroizing::new(self.opening());
        let z = Zeroizing::new(multi_pairing(&[(header.c2, *power), (-header.c1, *opening)]));
        let message = mask(&header.c3, &z, &header.c1, &header.c2);

        let scalar = statement.scalar(&message);
        let (c1, c2) = (G1::generator() * &scalar, set_key * &scalar);
        let same = c1.encode().ct_eq(&header.c1.encode()) & c2.encode().ct_eq(&header.c2.encode());
        Ok(Recovered { message, same, statement })
    }
}
