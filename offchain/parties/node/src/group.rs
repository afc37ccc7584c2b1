//! The node's view of its broadcast group: the others' key elements of its own column, learned when needed.
//! Members of other groups play no part in its header, so their keys are never fetched.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bithive_api::registry::NodeResponse;
use bithive_client::Client;
use bithive_curve::G1;
use bithive_dgkbe::dem::{self, AssociatedData};
use bithive_dgkbe::envelope::Receiver;
use bithive_dgkbe::kem::{Context, Peer, ReceiverGroup, SharedKey};
use bithive_dgkbe::keys::{column_of_file, encoded_len};
use bithive_dgkbe::{Crs, GroupedSet, Groups, SecretKey};
use bithive_exchange::{Exchange, PeerId};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::NodeError;

/// A slot's sums and the peers they were made from. Several jobs use it at the same time: nothing is fetched while one of them
/// holds it.
pub struct Group {
    crs: Arc<Crs>,
    slot: u16,
    known: Mutex<Known>,
}

struct Known {
    receiver: Receiver,
    /// Digest of the key that is known for a slot: a slot can change hands.
    digests: BTreeMap<u16, Vec<u8>>,
}

impl Group {
    /// The group as seen from `slot`, one of `groups`; `commitment` is the slot's registered T.
    ///
    /// # Errors
    /// [`NodeError::Kem`] if the secret is not of that slot or does not belong to the commitment.
    pub fn new(
        crs: Arc<Crs>,
        groups: Groups,
        slot: u16,
        secret: SecretKey,
        commitment: &[u8],
    ) -> Result<Self, NodeError> {
        let commitment = G1::decode(commitment)?;
        let group = ReceiverGroup::new(crs.clone(), groups, slot, secret, &commitment)?;
        let known = Known { receiver: Receiver::new(group), digests: BTreeMap::new() };
        Ok(Self { crs, slot, known: Mutex::new(known) })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // A panic elsewhere leaves it as it was: keys are put in after they are checked.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The node's slot.
    #[must_use]
    pub const fn slot(&self) -> u16 {
        self.slot
    }

    /// Opens a message for `set` as [`Group::unlock`] does; returns the headers' key and the plaintext.
    ///
    /// # Errors
    /// As [`Group::unlock`], and [`NodeError::Dem`] if the message does not open.
    pub async fn open(
        &self,
        links: (&Client, &dyn Exchange),
        set: &GroupedSet,
        context: &[u8],
        (headers, payload): (&[u8], &[u8]),
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<(SharedKey, Zeroizing<Vec<u8>>), NodeError> {
        let (key, data) = self.unlock(links, set, context, headers, rng).await?;
        let plaintext = dem::open(&key, &data, payload)?;
        Ok((key, plaintext))
    }

    /// The key that a message's headers carry for `set`, and what its payload is bound to; first fetches the key
    /// elements of members that are not known yet.
    ///
    /// # Errors
    /// [`NodeError`]: a member's key is missing or wrong, or the headers are malformed. Headers that were changed
    /// give a key that opens nothing.
    pub async fn unlock(
        &self,
        (client, exchange): (&Client, &dyn Exchange),
        set: &GroupedSet,
        context: &[u8],
        headers: &[u8],
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<(SharedKey, AssociatedData), NodeError> {
        self.learn(client, exchange, set, rng).await?;
        Ok(self.known().receiver.unlock(set, Context(context), headers)?)
    }

    async fn learn(
        &self,
        client: &Client,
        exchange: &dyn Exchange,
        set: &GroupedSet,
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<(), NodeError> {
        let slots: Vec<u16> = self.known().receiver.cache().peers_in(set).collect();
        let mut peers = Vec::new();
        for chunk in slots.chunks(bithive_api::registry::limits::MAX_PAGE as usize) {
            for node in client.nodes_at(chunk.to_vec()).await?.into_iter().flatten() {
                let (slot, digest) = (node.registration.slot, node.registration.dgkbe_key_digest.to_vec());
                let is_known = self.known().digests.get(&slot) == Some(&digest);
                if !is_known {
                    peers.push((self.peer(exchange, &node).await?, digest));
                }
            }
        }
        let (peers, digests): (Vec<Peer>, Vec<Vec<u8>>) = peers.into_iter().unzip();
        if !peers.is_empty() {
            let mut known = self.known();
            known.receiver.cache_mut().put(&peers, rng)?;
            known.digests.extend(peers.iter().map(|peer| peer.slot).zip(digests));
        }
        Ok(())
    }

    async fn peer(&self, exchange: &dyn Exchange, node: &NodeResponse) -> Result<Peer, NodeError> {
        let registration = &node.registration;
        let mismatch = |reason: &str| NodeError::Mismatch {
            what: "a member's public key",
            reason: format!("slot {}: {reason}", registration.slot),
        };
        let digest = registration.dgkbe_key_digest.as_slice().try_into();
        let digest = digest.map_err(|_| mismatch("its digest is not 32 bytes"))?;
        let endpoint = registration.endpoint.as_slice().try_into().map(PeerId);
        let endpoint = endpoint.map_err(|_| mismatch("its endpoint is not 32 bytes"))?;
        let (place, column) = {
            let known = self.known();
            let group = known.receiver.cache();
            (group.groups().place(registration.slot)?, group.column_index())
        };
        let file = exchange.open(digest, &[endpoint], encoded_len(self.crs.slots())).await?;
        let (commitment, element) = column_of_file(&self.crs, (place.slot, column), &digest, file)?;
        if commitment.encode() == registration.dgkbe_key.as_slice() {
            Ok(Peer { slot: registration.slot, commitment, element })
        } else {
            Err(mismatch("its commitment is not the registered one"))
        }
    }
}
