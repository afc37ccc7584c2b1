//! Account keys: secp256k1, as every Cosmos chain accepts them.

use crate::{BECH32_PREFIX, ChainError, validate_address};
use cosmrs::{
    AccountId,
    crypto::{PublicKey, secp256k1},
    tendermint::{self, crypto::signature::Verifier as _},
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

/// Who sends a transaction, without what signs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    account: AccountId,
    public: Option<PublicKey>,
}

impl Sender {
    /// The account at `address`, whose public key is not known.
    ///
    /// # Errors
    /// [`ChainError::InvalidAddress`]: it is not an account's, which has 20 bytes.
    pub fn at(address: &str) -> Result<Self, ChainError> {
        let account = validate_address(address)?;
        if account.to_bytes().len() != 20 {
            let reason = "32 bytes are a contract's, which signs nothing; expected 20 (account)".into();
            return Err(ChainError::InvalidAddress { address: address.into(), reason });
        }
        Ok(Self { account, public: None })
    }

    /// The account at `address`, whose public key is this compressed point.
    ///
    /// # Errors
    /// As [`Self::at`]; [`ChainError::Decode`] for what is no public key, or that of another account.
    pub(crate) fn with_public_key(address: &str, key: &[u8]) -> Result<Self, ChainError> {
        let sender = Self::at(address)?;
        let unreadable = |reason: String| ChainError::Decode { what: "public key".into(), reason };
        let point =
            Some(key).filter(|key| key.len() == 33).and_then(tendermint::PublicKey::from_raw_secp256k1);
        let public: PublicKey = point
            .ok_or_else(|| unreadable("expected a compressed point of secp256k1, 33 bytes".into()))?
            .into();
        let owner = public.account_id(BECH32_PREFIX).map_err(|error| unreadable(error.to_string()))?;
        if owner != sender.account {
            return Err(unreadable(format!("it is {owner}'s, expected {address}'s")));
        }
        Ok(Self { public: Some(public), ..sender })
    }

    /// The account's address.
    #[must_use]
    pub fn address(&self) -> &str {
        self.account.as_ref()
    }

    /// The address in cosmrs' form.
    #[must_use]
    pub fn account_id(&self) -> &AccountId {
        &self.account
    }

    /// The public key, if it is known.
    #[must_use]
    pub fn public_key(&self) -> Option<PublicKey> {
        self.public
    }

    /// Whether `signature` is this account's of `bytes`: as [`SigningKey::sign`] makes it. Never without a public key.
    #[must_use]
    pub(crate) fn has_signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        // Chains take low-s signatures only: the high twin would be the same transaction under another hash.
        let low_s = secp256k1::Signature::from_slice(signature)
            .is_ok_and(|signature| signature.normalize_s().is_none());
        let (true, Some(key), Ok(signature)) =
            (low_s, self.public, tendermint::Signature::try_from(signature))
        else {
            return false;
        };
        tendermint::crypto::default::signature::Verifier::verify(key.into(), bytes, &signature).is_ok()
    }
}

impl From<&SigningKey> for Sender {
    fn from(key: &SigningKey) -> Self {
        Self { account: key.account.clone(), public: Some(key.public) }
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
    fn only_the_account_itself_has_signed() {
        let [key, other] = [1, 2].map(|seed| SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(seed)));
        let signature = key.sign(b"bytes").unwrap();
        let own = Sender::from(&key);
        assert!(own.has_signed(b"bytes", &signature));
        assert!(!own.has_signed(b"other bytes", &signature));
        assert!(!own.has_signed(b"bytes", &signature[..63]));
        assert!(!Sender::from(&other).has_signed(b"bytes", &signature));
        assert!(!Sender::at(key.address()).unwrap().has_signed(b"bytes", &signature), "its key is not known");
        let point = key.public_key().to_bytes();
        assert_eq!(Sender::with_public_key(key.address(), &point), Ok(own));
        assert!(Sender::with_public_key(other.address(), &point).is_err());
        assert!(Sender::with_public_key(key.address(), &point[1..]).is_err());
    }

    #[test]
    fn the_high_twin_of_a_signature_is_none() {
        let key = SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(1));
        let mut signature = key.sign(b"bytes").unwrap();
        // n - s, by hand: the order of the curve less the second half.
        let order = hex::decode("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141").unwrap();
        let mut borrow = 0;
        for index in (0..32).rev() {
            let difference = i16::from(order[index]) - i16::from(signature[32 + index]) - borrow;
            borrow = i16::from(difference < 0);
            signature[32 + index] = u8::try_from(difference + 256 * borrow).unwrap();
        }
        assert!(!Sender::from(&key).has_signed(b"bytes", &signature));
    }

    #[test]
    fn a_contract_sends_nothing() {
        let contract = AccountId::new(BECH32_PREFIX, &[7; 32]).unwrap();
        assert!(matches!(Sender::at(contract.as_ref()), Err(ChainError::InvalidAddress { .. })));
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
