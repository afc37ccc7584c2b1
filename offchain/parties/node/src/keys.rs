//! A node's secrets: account, signatures, broadcast slot, endpoint, attribute commitment.

use bithive_api::registry::NodeRegistration;
use bithive_attest::{Domain, bls, possession_bytes};
use bithive_blindmatch::attributes::Attributes;
use bithive_chain::SigningKey;
use bithive_dgkbe::{Crs, Groups, KeyPair, PublicKey, SecretKey};
use bithive_exchange::EndpointKey;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::NodeError;

/// All secrets of a node; each part is erased when dropped.
pub struct NodeKeys {
    /// Pays and is paid.
    pub account: SigningKey,
    /// Signs consents and final statements.
    pub bls: bls::SecretKey,
    /// Opens what is sent to the node's slot.
    pub dgkbe: SecretKey,
    /// Identity on the network.
    pub endpoint: EndpointKey,
    /// Opens the commitment to the attributes.
    pub attributes_nonce: Zeroizing<[u8; 32]>,
}

/// The stored form: secrets in hex, for a file that only its owner can read.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct Stored {
    account: String,
    bls: String,
    dgkbe: String,
    endpoint: String,
    attributes_nonce: String,
}

impl NodeKeys {
    /// Draws all keys; the public DGKBE key is for publication. `slot` is numbered 1..=G*L; the key is that of its
    /// place in its group.
    ///
    /// # Errors
    /// [`NodeError::Slot`] for a slot that no group has, [`NodeError::Key`] for groups of another size than the
    /// reference string's.
    pub fn generate(
        crs: &Crs,
        groups: Groups,
        slot: u16,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, PublicKey), NodeError> {
        let KeyPair { public, secret } = KeyPair::generate(crs, groups.place(slot)?.slot, rng)?;
        let mut attributes_nonce = Zeroizing::new([0; 32]);
        rng.fill_bytes(attributes_nonce.as_mut_slice());
        let keys = Self {
            account: SigningKey::generate(rng),
            bls: bls::SecretKey::generate(rng)?,
            dgkbe: secret,
            endpoint: EndpointKey::generate(rng),
            attributes_nonce,
        };
        Ok((keys, public))
    }

    /// What the node registers at `slot`; nothing in it is secret.
    #[must_use]
    pub fn registration(
        &self,
        registry: Domain<'_>,
        slot: u16,
        public: &PublicKey,
        attributes: &Attributes,
    ) -> NodeRegistration {
        let bls_key = self.bls.public_key();
        let possession = possession_bytes(registry, self.account.address(), &bls_key);
        NodeRegistration {
            slot,
            dgkbe_key: (&public.commitment().encode()).into(),
            dgkbe_key_digest: public.digest().into(),
            bls_key: (&bls_key).into(),
            bls_possession: (&self.bls.prove_possession(&possession)).into(),
            attributes_commitment: (&attributes.commitment(&self.attributes_nonce)).into(),
            endpoint: (&self.endpoint.id().0).into(),
        }
    }

    /// Secret bytes for the node's own storage.
    ///
    /// # Errors
    /// [`NodeError::Keys`].
    pub fn encode(&self) -> Result<Zeroizing<Vec<u8>>, NodeError> {
        let stored = Stored {
            account: hex::encode(self.account.to_bytes()),
            bls: hex::encode(self.bls.to_bytes()),
            dgkbe: hex::encode(self.dgkbe.encode()),
            endpoint: hex::encode(self.endpoint.to_bytes()),
            attributes_nonce: hex::encode(*self.attributes_nonce),
        };
        serde_json::to_vec_pretty(&stored)
            .map(Zeroizing::new)
            .map_err(|error| NodeError::Keys(error.to_string()))
    }

    /// Reads what [`NodeKeys::encode`] wrote.
    ///
    /// # Errors
    /// [`NodeError::Keys`] names the key that is wrong; [`NodeError::Key`] for a slot of another group.
    pub fn decode(crs: &Crs, bytes: &[u8]) -> Result<Self, NodeError> {
        let stored: Stored =
            serde_json::from_slice(bytes).map_err(|error| NodeError::Keys(error.to_string()))?;
        Ok(Self {
            account: SigningKey::from_bytes(&*array("account", &stored.account)?)?,
            bls: bls::SecretKey::from_bytes(&*array("bls", &stored.bls)?)?,
            dgkbe: SecretKey::decode(crs, &Zeroizing::new(bytes_of("dgkbe", &stored.dgkbe)?))?,
            endpoint: EndpointKey::from_bytes(&*array("endpoint", &stored.endpoint)?),
            attributes_nonce: array("attributes_nonce", &stored.attributes_nonce)?,
        })
    }
}

fn bytes_of(name: &str, text: &str) -> Result<Vec<u8>, NodeError> {
    hex::decode(text).map_err(|error| NodeError::Keys(format!("{name}: {error}")))
}

fn array(name: &str, text: &str) -> Result<Zeroizing<[u8; 32]>, NodeError> {
    let bytes = Zeroizing::new(bytes_of(name, text)?);
    let array = bytes.as_slice().try_into();
    array.map(Zeroizing::new).map_err(|_| NodeError::Keys(format!("{name}: expected 64 hex digits")))
}
