//! Account keys: secp256k1, as every Cosmos chain accepts them.

use crate::{BECH32_PREFIX, ChainError};
use cosmrs::{
    AccountId,
    crypto::{PublicKey, secp256k1},
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Secret key of an account. Wiped when dropped; prints only its address.
#[derive(Clone)]
pub struct SigningKey {
    secret: Zeroizing<[u8; 32]>,
    public: PublicKey,
    account: AccountId,
}

impl SigningKey {
    /// A fresh key. A seeded generator gives the same key every time.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        loop {
            let mut secret = Zeroizing::new([0; 32]);
            rng.fill_bytes(secret.as_mut_slice());
            // All but 2^-128 of the candidates are in 1..n.
            if let Ok(key) = Self::from_bytes(&secret) {
                return key;
            }
        }
    }

    /// Reads a key file: the big-endian scalar, 32 bytes.
    ///
    /// # Errors
    /// [`ChainError::Decode`] when the scalar is 0 or not below the order of the curve.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, ChainError> {
        let invalid = || ChainError::Decode {
            what: "account key".into(),
            reason: "expected a secp256k1 scalar between 1 and the order of the curve".into(),
        };
        let public = secp256k1::SigningKey::from_slice(bytes).map_err(|_| invalid())?.public_key();
        let account = public.account_id(BECH32_PREFIX).map_err(|_| invalid())?;
        Ok(Self { secret: Zeroizing::new(*bytes), public, account })
    }

    /// What to write to a key file; keep it secret.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.secret.clone()
    }

    /// Bech32 address: RIPEMD-160 of SHA-256 of the compressed public key.
    #[must_use]
    pub fn address(&self) -> &str {
        self.account.as_ref()
    }

    /// The address in cosmrs' form.
    #[must_use]
    pub fn account_id(&self) -> &AccountId {
        &self.account
    }

    /// The public key that goes into transactions.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.public
    }

    /// ECDSA over SHA-256 of `bytes`: 64 bytes, r then s, s in the lower half.
    ///
    /// # Errors
    /// [`ChainError::InvalidTx`] when the signer fails, which a valid key never does.
    pub fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, ChainError> {
        secp256k1::SigningKey::from_slice(self.secret.as_slice())
            .and_then(|key| key.sign(bytes))
            .map(|signature| signature.to_vec())
            .map_err(|error| ChainError::InvalidTx { field: "signature".into(), reason: error.to_string() })
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.address())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    #[test]
    fn a_seed_gives_one_key_and_the_key_file_reads_back() {
        let key = SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(1));
        let again = SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(1));
        let other = SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(2));
        assert_eq!(key.address(), again.address());
        assert_ne!(key.address(), other.address());
        assert_eq!(SigningKey::from_bytes(&key.to_bytes()).unwrap().address(), key.address());
        assert!(key.address().starts_with("bithive1"));
    }

    #[test]
    fn zero_and_the_curve_order_are_not_keys() {
        let order = hex::decode("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141").unwrap();
        for bytes in [[0; 32], order.try_into().unwrap()] {
            assert!(matches!(SigningKey::from_bytes(&bytes), Err(ChainError::Decode { .. })));
        }
    }

    #[test]
    fn debug_shows_the_address_and_never_the_secret() {
        let key = SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(1));
        let shown = format!("{key:?}");
        assert!(shown.contains(key.address()) && !shown.contains(&hex::encode(*key.to_bytes())));
    }

    #[test]
    fn the_address_of_a_known_key_is_the_known_one() {
        // Secret 1: the public key is the generator, whose HASH160 is a published test value.
        let mut one = [0; 32];
        one[31] = 1;
        let key = SigningKey::from_bytes(&one).unwrap();
        assert_eq!(hex::encode(key.account_id().to_bytes()), "751e76e8199196d454941c45d1b3a323f1433bd6");
    }
}
