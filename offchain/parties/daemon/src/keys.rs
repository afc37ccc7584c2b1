//! What parties keep in their keystores.

use std::collections::BTreeMap;
use std::path::Path;

use bithive_attest::bls;
use bithive_blindmatch::attributes::{AttributeValue, Attributes};
use bithive_blindmatch::commitment::CommittedAnswers;
use bithive_blindmatch::schema::Schema;
use bithive_chain::SigningKey;
use bithive_dgkbe::{Crs, Groups, KeyPair, PublicKey, SecretKey};
use bithive_exchange::EndpointKey;
use bithive_keystore::{Kdf, Keystore, Password, names};
use bithive_node::{NodeError, NodeKeys};
use bithive_release::MemberKey;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::DaemonError;

/// A node: its keys, its attributes and its price.
pub struct NodeFile {
    account: SigningKey,
    endpoint: EndpointKey,
    bls: Zeroizing<[u8; 32]>,
    broadcast: Zeroizing<Vec<u8>>,
    attributes_nonce: Zeroizing<[u8; 32]>,
    /// Its attributes; the registry holds the commitment to them.
    pub attributes: BTreeMap<String, AttributeValue>,
    /// What it asks for a job, in base units.
    pub ask: u128,
}

/// The document of a node in its keystore: attributes are private, so they are encrypted, too.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    attributes: BTreeMap<String, AttributeValue>,
    attributes_nonce: String,
    ask: String,
}

impl Drop for Profile {
    fn drop(&mut self) {
        self.attributes_nonce.zeroize();
    }
}

impl NodeFile {
    /// A node with these keys.
    #[must_use]
    pub fn new(keys: &NodeKeys, attributes: BTreeMap<String, AttributeValue>, ask: u128) -> Self {
        Self {
            account: keys.account.clone(),
            endpoint: EndpointKey::from_bytes(&keys.endpoint.to_bytes()),
            bls: keys.bls.to_bytes(),
            broadcast: keys.dgkbe.encode(),
            attributes_nonce: keys.attributes_nonce.clone(),
            attributes,
            ask,
        }
    }

    /// The node of a keystore.
    ///
    /// # Errors
    /// [`DaemonError::Keystore`] names the entry that is missing or wrong, [`DaemonError::Profile`].
    pub fn of(keystore: &Keystore) -> Result<Self, DaemonError> {
        let bad = |problem: &str| DaemonError::Profile(problem.into());
        let profile: Profile = serde_json::from_slice(keystore.document(names::NODE)?)
            .map_err(|_| bad("it is not the JSON of a node's attributes and price"))?;
        let mut attributes_nonce = Zeroizing::new([0; 32]);
        hex::decode_to_slice(&profile.attributes_nonce, &mut *attributes_nonce)
            .map_err(|_| bad("attributes_nonce: expected 64 hex digits"))?;
        Ok(Self {
            account: keystore.account(names::ACCOUNT)?,
            endpoint: keystore.endpoint(names::ENDPOINT)?,
            bls: keystore.bls(names::BLS)?.to_bytes(),
            broadcast: Zeroizing::new(keystore.broadcast(names::BROADCAST)?.to_vec()),
            attributes_nonce,
            ask: profile.ask.parse().map_err(|_| bad("ask: expected a whole number"))?,
            attributes: profile.attributes.clone(),
        })
    }

    /// Opens a node's keystore.
    ///
    /// # Errors
    /// As [`Self::of`]; [`DaemonError::Keystore`] for a file that does not open.
    pub fn read(file: &Path, password: &Password) -> Result<Self, DaemonError> {
        Self::of(&Keystore::open(file, password)?)
    }

    /// Its answers to the slots of a schema, with what opens the commitments to them.
    ///
    /// # Errors
    /// [`DaemonError::Profile`]: attributes that the schema does not allow.
    pub fn answers(&self, schema: &Schema) -> Result<CommittedAnswers, DaemonError> {
        let attributes = Attributes::new(schema, self.attributes.clone());
        let attributes = attributes.map_err(|error| DaemonError::Profile(format!("attributes: {error}")))?;
        Ok(attributes.commit(&self.attributes_nonce))
    }

    /// The account that pays and is paid.
    #[must_use]
    pub fn account(&self) -> &SigningKey {
        &self.account
    }

    /// Adds what is missing of this node to a keystore.
    ///
    /// # Errors
    /// [`DaemonError::Keystore`].
    pub fn store(&self, keystore: &mut Keystore) -> Result<(), DaemonError> {
        if !keystore.has(names::ACCOUNT) {
            keystore.insert_account(names::ACCOUNT, &self.account)?;
        }
        if !keystore.has(names::ENDPOINT) {
            keystore.insert_endpoint(names::ENDPOINT, &self.endpoint)?;
        }
        if !keystore.has(names::BLS) {
            keystore.insert_bls(names::BLS, &self.secret()?)?;
        }
        keystore.remove(names::BROADCAST);
        keystore.insert_broadcast(names::BROADCAST, &self.broadcast)?;
        let profile = Profile {
            attributes: self.attributes.clone(),
            attributes_nonce: hex::encode(*self.attributes_nonce),
            ask: self.ask.to_string(),
        };
        let profile = serde_json::to_vec(&profile).map(Zeroizing::new);
        let profile = profile.map_err(|error| DaemonError::Profile(error.to_string()))?;
        keystore.remove(names::NODE);
        Ok(keystore.insert_document(names::NODE, &profile)?)
    }

    /// Writes a keystore with this node and nothing else.
    ///
    /// # Errors
    /// [`DaemonError::Keystore`]; a file that is there is never replaced.
    pub fn create(
        &self,
        file: &Path,
        password: (&Password, Kdf),
        rng: &mut impl CryptoRng,
    ) -> Result<(), DaemonError> {
        let mut keystore = Keystore::new();
        self.store(&mut keystore)?;
        Ok(keystore.create(file, password, rng)?)
    }

    fn secret(&self) -> Result<bls::SecretKey, DaemonError> {
        Ok(bls::SecretKey::from_bytes(&self.bls).map_err(NodeError::from)?)
    }

    /// The party's keys, decoded for use by the node.
    ///
    /// # Errors
    /// [`DaemonError::Node`] if the broadcast key is malformed, or belongs to another reference string.
    pub fn keys(&self, crs: &Crs) -> Result<NodeKeys, DaemonError> {
        Ok(NodeKeys {
            account: self.account.clone(),
            bls: self.secret()?,
            dgkbe: SecretKey::decode(crs, &self.broadcast).map_err(NodeError::from)?,
            endpoint: EndpointKey::from_bytes(&self.endpoint.to_bytes()),
            attributes_nonce: self.attributes_nonce.clone(),
        })
    }
}

/// A node's keys in slot `slot`, all derived from the keystore's mnemonic, and its public broadcast key: the same ones
/// whenever they are derived.
///
/// # Errors
/// [`DaemonError::Keystore`] for a keystore without a mnemonic; [`DaemonError::Node`] for a slot that no group has.
pub fn derive_node(
    keystore: &Keystore,
    crs: &Crs,
    groups: Groups,
    slot: u16,
) -> Result<(NodeKeys, PublicKey), DaemonError> {
    let seed = keystore.mnemonic(names::MNEMONIC)?.seed();
    let place = groups.place(slot).map_err(NodeError::from)?;
    let pair = KeyPair::generate(crs, place.slot, &mut seed.broadcast_rng(crs.digest(), slot));
    let KeyPair { public, secret } = pair.map_err(NodeError::from)?;
    let keys = NodeKeys {
        account: keystore.account(names::ACCOUNT)?,
        bls: keystore.bls(names::BLS)?,
        dgkbe: secret,
        endpoint: keystore.endpoint(names::ENDPOINT)?,
        attributes_nonce: seed.attributes_nonce(),
    };
    Ok((keys, public))
}

/// An account and an endpoint: a committee member's or a requester's.
pub struct AccountFile {
    account: SigningKey,
    endpoint: EndpointKey,
}

impl AccountFile {
    /// The keys of an account and of its endpoint.
    #[must_use]
    pub fn new(account: &SigningKey, endpoint: &EndpointKey) -> Self {
        Self { account: account.clone(), endpoint: EndpointKey::from_bytes(&endpoint.to_bytes()) }
    }

    /// Opens a keystore.
    ///
    /// # Errors
    /// [`DaemonError::Keystore`] names the entry that is missing or wrong.
    pub fn read(file: &Path, password: &Password) -> Result<Self, DaemonError> {
        let keystore = Keystore::open(file, password)?;
        let (account, endpoint) = (keystore.account(names::ACCOUNT)?, keystore.endpoint(names::ENDPOINT)?);
        Ok(Self { account, endpoint })
    }

    /// Writes a keystore with these keys and nothing else.
    ///
    /// # Errors
    /// [`DaemonError::Keystore`]; a file that is there is never replaced.
    pub fn create(
        &self,
        file: &Path,
        password: (&Password, Kdf),
        rng: &mut impl CryptoRng,
    ) -> Result<(), DaemonError> {
        let mut keystore = Keystore::new();
        keystore.insert_account(names::ACCOUNT, &self.account)?;
        keystore.insert_endpoint(names::ENDPOINT, &self.endpoint)?;
        Ok(keystore.create(file, password, rng)?)
    }

    /// Account key and endpoint key.
    #[must_use]
    pub fn keys(self) -> (SigningKey, EndpointKey) {
        (self.account, self.endpoint)
    }
}

/// A committee member's key for releases of contents' keys, from a keystore of its own.
///
/// # Errors
/// [`DaemonError::Keystore`] for a file that does not open, [`DaemonError::Release`] for an entry that is no such key.
pub fn release_key(file: &Path, password: &Password) -> Result<MemberKey, DaemonError> {
    let keystore = Keystore::open(file, password)?;
    MemberKey::decode(keystore.document(names::RELEASE)?).map_err(|error| DaemonError::Release {
        file: file.display().to_string(),
        problem: error.to_string(),
    })
}

/// Writes a file that holds no secret as a whole.
///
/// # Errors
/// [`DaemonError::Keystore`].
pub fn write(file: &Path, bytes: &[u8]) -> Result<(), DaemonError> {
    Ok(bithive_keystore::private::replace(file, bytes)?)
}
