//! Who takes part: accounts with their keys, drawn from the seed and the name.

use std::io::Cursor;

use bithive_api::registry::NodeRegistration;
use bithive_attest::bls::SecretKey;
use bithive_attest::{Domain, possession_bytes};
use bithive_chain::SigningKey;
use bithive_dgkbe::opening::{KeyFile, Part, extract};
use cosmwasm_std::HexBinary;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};

use crate::EconomyError;

/// Slots of the only group.
pub(crate) const SLOTS: u16 = 64;
/// Slot of the attacker's first node; honest nodes have those from 1 on.
const ATTACK_SLOT: u16 = 41;
/// Nodes of the attacker.
pub(crate) const SYBILS: usize = 8;

/// Whose side an account is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    /// Plays the strategy.
    Attacker,
    /// Does what its program does.
    Honest,
}

/// An account and its keys.
pub(crate) struct Actor {
    pub(crate) name: String,
    pub(crate) side: Side,
    pub(crate) key: SigningKey,
    pub(crate) bls: SecretKey,
    endpoint: [u8; 32],
    /// The node's slot; of others, none is taken.
    pub(crate) slot: u16,
}

/// Everybody but the operator of the deployment: so many honest nodes and delegators, a requester, a clinician, an institution
/// and a patient; and the attacker with its nodes.
pub(crate) fn everybody(seed: u64, nodes: u16) -> Result<Vec<Actor>, EconomyError> {
    let honest = (0..nodes).map(|index| (node(index.into()), index.saturating_add(1)));
    let others =
        ["requester", "clinician", "institution", "patient", "sponsor"].map(|name| (name.to_owned(), 0));
    let delegators = (0..DELEGATORS).map(|index| (delegator(index), 0));
    let honest = honest.chain(others).chain(delegators).map(|(name, slot)| (name, slot, Side::Honest));
    let sybils = (ATTACK_SLOT..).zip(0..SYBILS).map(|(slot, index)| (sybil(index), slot));
    let attacker = ["attacker", "accomplice"].map(|name| (name.to_owned(), 0));
    let attackers = sybils.chain(attacker).map(|(name, slot)| (name, slot, Side::Attacker));
    honest.chain(attackers).map(|(name, slot, side)| Actor::draw(seed, name, slot, side)).collect()
}

/// Honest delegators, all of the first node.
pub(crate) const DELEGATORS: usize = 2;

/// Name of an honest node.
pub(crate) fn node(index: usize) -> String {
    format!("node-{index}")
}

/// Name of an honest delegator.
pub(crate) fn delegator(index: usize) -> String {
    format!("delegator-{index}")
}

/// Name of a node of the attacker.
pub(crate) fn sybil(index: usize) -> String {
    format!("sybil-{index}")
}

impl Actor {
    fn draw(seed: u64, name: String, slot: u16, side: Side) -> Result<Self, EconomyError> {
        let digest = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(&name).finalize();
        let mut rng = ChaCha20Rng::from_seed(digest.into());
        let key = SigningKey::generate(&mut rng);
        let bls = SecretKey::generate(&mut rng)
            .map_err(|error| EconomyError::Malformed { what: "a node's key", reason: error.to_string() })?;
        let mut endpoint = [0; 32];
        rng.fill_bytes(&mut endpoint);
        Ok(Self { name, side, key, bls, endpoint, slot })
    }

    /// Its transport endpoint. An endpoint that answers for the committee is another one.
    pub(crate) fn endpoint(&self, of_committee: bool) -> HexBinary {
        let mut endpoint = self.endpoint;
        endpoint[0] ^= u8::from(of_committee);
        HexBinary::from(&endpoint)
    }

    /// What it registers as a node. Of its DGKBE key only the header is written, as it has to be or not: no job here is
    /// encrypted.
    pub(crate) fn registration(
        &self,
        domain: Domain<'_>,
        crs_digest: &[u8; 32],
        sound: bool,
    ) -> Result<NodeRegistration, EconomyError> {
        let bls_key = self.bls.public_key();
        let possession = self.bls.prove_possession(&possession_bytes(domain, self.key.address(), &bls_key));
        let (digest, _) = self.key_header(crs_digest, sound)?;
        Ok(NodeRegistration {
            slot: self.slot,
            dgkbe_key: HexBinary::from(&bls_key),
            dgkbe_key_digest: HexBinary::from(&digest),
            bls_key: HexBinary::from(&bls_key),
            bls_possession: HexBinary::from(&possession),
            attributes_commitment: HexBinary::from(&self.endpoint),
            endpoint: self.endpoint(false),
        })
    }

    /// Digest of its DGKBE key file, and the opening of its header.
    pub(crate) fn key_header(
        &self,
        crs_digest: &[u8; 32],
        sound: bool,
    ) -> Result<([u8; 32], Vec<u8>), EconomyError> {
        let malformed = |reason: String| EconomyError::Malformed { what: "a key file", reason };
        let commitment = self.bls.public_key();
        let file = KeyFile { slots: SLOTS, slot: self.slot, crs_digest, commitment: &commitment };
        let mut bytes = file.header().to_vec();
        if !sound {
            bytes.iter_mut().take(1).for_each(|byte| *byte ^= 1);
        }
        bytes.resize(usize::try_from(file.length()).unwrap_or_default(), 0);
        let range = file.range(Part::Header).map_err(|error| malformed(error.to_string()))?;
        extract(Cursor::new(bytes), range).map_err(|error| malformed(error.to_string()))
    }
}
