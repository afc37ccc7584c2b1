//! Keys of a participant, drawn from its name.

use bithive_api::registry::NodeRegistration;
use bithive_attest::bls::SecretKey;
use bithive_attest::{Domain, possession_bytes};
use cosmwasm_std::HexBinary;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// What a participant holds and shows.
pub struct NodeKeys {
    /// BLS secret key; it signs consents and statements.
    pub bls: SecretKey,
    /// A point of G1 whose discrete logarithm nobody uses, in place of T_j of a DGKBE key.
    pub dgkbe_key: [u8; 48],
    /// Public key of the transport endpoint, Ed25519.
    pub endpoint: [u8; 32],
    /// Commitment to the node's attributes, SHA-256.
    pub attributes_commitment: [u8; 32],
}

impl NodeKeys {
    /// The keys of `name`.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let mut rng = ChaCha20Rng::from_seed(Sha256::digest(name).into());
        let mut keys = Self {
            bls: SecretKey::generate(&mut rng).unwrap(),
            dgkbe_key: SecretKey::generate(&mut rng).unwrap().public_key(),
            endpoint: [0; 32],
            attributes_commitment: [0; 32],
        };
        rng.fill_bytes(&mut keys.endpoint);
        rng.fill_bytes(&mut keys.attributes_commitment);
        keys
    }

    /// What `account` registers at `slot` of the registry at `domain`.
    #[must_use]
    pub fn registration(&self, domain: Domain<'_>, account: &str, slot: u16) -> NodeRegistration {
        let bls_key = self.bls.public_key();
        let possession = self.bls.prove_possession(&possession_bytes(domain, account, &bls_key));
        NodeRegistration {
            slot,
            dgkbe_key: HexBinary::from(&self.dgkbe_key),
            dgkbe_key_digest: HexBinary::from(<[u8; 32]>::from(Sha256::digest(self.dgkbe_key))),
            bls_key: HexBinary::from(&bls_key),
            bls_possession: HexBinary::from(&possession),
            attributes_commitment: HexBinary::from(&self.attributes_commitment),
            endpoint: HexBinary::from(&self.endpoint),
        }
    }
}
