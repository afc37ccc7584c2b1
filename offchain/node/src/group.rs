//! The node's view of the broadcast group: the others' key elements of its own column, learned when needed.

use std::collections::BTreeMap;
use std::sync::Arc;

use bithive_api::registry::NodeResponse;
use bithive_client::Client;
use bithive_curve::G1;
use bithive_dgkbe::envelope::Receiver;
use bithive_dgkbe::kem::{Context, Peer, ReceiverCache, SharedKey};
use bithive_dgkbe::keys::{column, encoded_len};
use bithive_dgkbe::{Crs, SecretKey, SlotSet};
use bithive_exchange::{Exchange, PeerId};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::NodeError;

/// A slot's sums and the peers they were made from.
pub struct Group {
    crs: Arc<Crs>,
    receiver: Receiver,
    slot: u16,
    column: u16,
    /// Digest of the key that is known for a slot: a slot can change hands.
    known: BTreeMap<u16, Vec<u8>>,
}

impl Group {
    /// The group as seen from the slot of `secret`; `commitment` is the slot's registered T.
    ///
    /// # Errors
    /// [`NodeError::Kem`] if the secret does not belong to the commitment.
    pub fn new(crs: Arc<Crs>, secret: SecretKey, commitment: &[u8]) -> Result<Self, NodeError> {
        let slot = secret.slot();
        let cache = ReceiverCache::new(crs.clone(), secret, &G1::decode(commitment)?)?;
        let column = cache.column_index();
        Ok(Self { crs, receiver: Receiver::new(cache), slot, column, known: BTreeMap::new() })
    }

    /// The node's slot.
    #[must_use]
    pub const fn slot(&self) -> u16 {
        self.slot
    }

    /// Opens a message for `set`, first fetching the key elements of members that are not known yet; returns the
    /// header's key and the plaintext.
    ///
    /// # Errors
    /// [`NodeError`]: a member's key is missing or wrong, or the message does not open.
    pub async fn open(
        &mut self,
        (client, exchange): (&Client, &dyn Exchange),
        set: &SlotSet,
        context: &[u8],
        (header, payload): (&[u8], &[u8]),
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<(SharedKey, Zeroizing<Vec<u8>>), NodeError> {
        self.learn(client, exchange, set, rng).await?;
        Ok(self.receiver.open(set, Context(context), header, payload)?)
    }

    async fn learn(
        &mut self,
        client: &Client,
        exchange: &dyn Exchange,
        set: &SlotSet,
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<(), NodeError> {
        let slots: Vec<u16> = set.iter().filter(|slot| *slot != self.slot).collect();
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
        let untrue = |reason: &str| NodeError::Untrue {
            what: "a member's public key",
            reason: format!("slot {}: {reason}", registration.slot),
        };
        let digest = registration.dgkbe_key_digest.as_slice().try_into();
        let digest = digest.map_err(|_| untrue("its digest is not 32 bytes"))?;
        let endpoint = registration.endpoint.as_slice().try_into().map(PeerId);
        let endpoint = endpoint.map_err(|_| untrue("its endpoint is not 32 bytes"))?;
        let file = exchange.fetch(digest, &[endpoint], encoded_len(self.crs.slots())).await?;
        let (commitment, element) = column(&self.crs, registration.slot, self.column, &file)?;
        if commitment.encode() == registration.dgkbe_key.as_slice() {
            Ok(Peer { slot: registration.slot, commitment, element })
        } else {
            Err(untrue("its commitment is not the registered one"))
        }
    }
}
