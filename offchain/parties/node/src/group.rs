//! The node's view of its broadcast group: the others' key elements of its own column, learned when needed.
//! Members of other groups play no part in its header, so their keys are never fetched.

use std::collections::BTreeMap;
use std::sync::Arc;

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

/// A slot's sums and the peers they were made from.
pub struct Group {
    crs: Arc<Crs>,
    receiver: Receiver,
    /// Digest of the key that is known for a slot: a slot can change hands.
    known: BTreeMap<u16, Vec<u8>>,
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
        Ok(Self { crs, receiver: Receiver::new(group), known: BTreeMap::new() })
    }

    /// The node's slot.
    #[must_use]
    pub fn slot(&self) -> u16 {
        self.receiver.cache().slot()
    }

    /// Opens a message for `set` as [`Group::unlock`] does; returns the headers' key and the plaintext.
    ///
    /// # Errors
    /// As [`Group::unlock`], and [`NodeError::Dem`] if the message does not open.
    pub async fn open(
        &mut self,
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
        &mut self,
        (client, exchange): (&Client, &dyn Exchange),
        set: &GroupedSet,
        context: &[u8],
        headers: &[u8],
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<(SharedKey, AssociatedData), NodeError> {
        self.learn(client, exchange, set, rng).await?;
        Ok(self.receiver.unlock(set, Context(context), headers)?)
    }

    async fn learn(
        &mut self,
        client: &Client,
        exchange: &dyn Exchange,
        set: &GroupedSet,
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<(), NodeError> {
        let slots: Vec<u16> = self.receiver.cache().peers_in(set).collect();
        let mut peers = Vec::new();
        for chunk in slots.chunks(bithive_api::registry::limits::MAX_PAGE as usize) {
            for node in client.nodes_at(chunk.to_vec()).await?.into_iter().flatten() {
                let (slot, digest) = (node.registration.slot, node.registration.dgkbe_key_digest.to_vec());
                if self.known.get(&slot) != Some(&digest) {
                    peers.push((self.peer(exchange, &node).await?, digest));
                }
            }
        }
        let (peers, digests): (Vec<Peer>, Vec<Vec<u8>>) = peers.into_iter().unzip();
        if !peers.is_empty() {
            self.receiver.cache_mut().put(&peers, rng)?;
            self.known.extend(peers.iter().map(|peer| peer.slot).zip(digests));
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
        let group = self.receiver.cache();
        let place = group.groups().place(registration.slot)?;
        let file = exchange.open(digest, &[endpoint], encoded_len(self.crs.slots())).await?;
        let (commitment, element) =
            column_of_file(&self.crs, (place.slot, group.column_index()), &digest, file)?;
        if commitment.encode() == registration.dgkbe_key.as_slice() {
            Ok(Peer { slot: registration.slot, commitment, element })
        } else {
            Err(mismatch("its commitment is not the registered one"))
        }
    }
}
