//! A network of one key, for chains that try things out.

use blst::min_sig::SecretKey;
use zeroize::Zeroizing;

use crate::{Chain, DrandError, SIGNATURE_BYTES, SIGNATURE_DST, message};

/// Stands in for a drand network where none can be reached. Whoever has its key knows every round before its time, so nothing of value may
/// depend on it: a real network's rounds are made by a threshold of independent nodes.
pub struct StandIn {
    key: SecretKey,
}

impl StandIn {
    /// The network of this secret. The same secret gives the same rounds.
    ///
    /// # Errors
    /// [`DrandError::PublicKey`], which a secret of 32 bytes excludes.
    pub fn new(secret: &Zeroizing<[u8; 32]>) -> Result<Self, DrandError> {
        let key =
            SecretKey::key_gen(&**secret, b"BITHIVE-V1/drand/stand-in").map_err(|_| DrandError::PublicKey)?;
        Ok(Self { key })
    }

    /// The network, with its first round at `genesis` (Unix seconds) and one in each `period` seconds; none if that is 0.
    #[must_use]
    pub fn chain(&self, genesis: u64, period: u32) -> Option<Chain> {
        Chain::of_key(&self.key.sk_to_pk().to_bytes(), genesis, period)
    }

    /// Its signature of a round, also of one whose time has not come.
    #[must_use]
    pub fn sign(&self, round: u64) -> [u8; SIGNATURE_BYTES] {
        self.key.sign(&message(round), SIGNATURE_DST, &[]).to_bytes()
    }
}
