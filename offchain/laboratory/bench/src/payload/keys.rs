//! Keys of a broadcast group, made once and handed to the processes that use them.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use bithive_curve::{G1, G2};
use bithive_dgkbe::crs::UnverifiedCrs;
use bithive_dgkbe::crs::ceremony::local_ceremony;
use bithive_dgkbe::kem::{Peer, ReceiverGroup, SenderGroups};
use bithive_dgkbe::{Crs, GroupedSet, Groups, KeyPair, Receiver, SecretKey, Sender};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use serde::{Deserialize, Serialize};

use crate::seed::SEED;

/// What keys are bound to.
pub(super) const CONTEXT: &[u8] = b"bithive-bench payload";

/// A reference string that the measuring process has verified.
#[derive(Clone, Serialize, Deserialize)]
struct Reference {
    crs: Vec<u8>,
    digest: [u8; 32],
}

impl Reference {
    fn open(&self) -> Result<(Arc<Crs>, Groups)> {
        let crs = UnverifiedCrs::decode(&self.crs)?.trust(&self.digest)?.shared();
        let groups = Groups::new(1, crs.slots())?;
        Ok((crs, groups))
    }
}

/// What a sender needs.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct SenderKeys {
    reference: Reference,
    /// By slot, from 1.
    commitments: Vec<Vec<u8>>,
}

/// What the owner of a slot needs.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct ReceiverKeys {
    reference: Reference,
    slot: u16,
    secret: Vec<u8>,
    commitment: Vec<u8>,
    /// Slot, commitment and element of each other slot.
    peers: Vec<(u16, Vec<u8>, Vec<u8>)>,
}

/// A group in which every slot has an owner.
pub(super) struct Group {
    crs: Arc<Crs>,
    groups: Groups,
    users: Vec<KeyPair>,
}

impl Group {
    pub(super) fn new(users: u16) -> Result<Self> {
        let mut rng = ChaCha20Rng::seed_from_u64(SEED);
        // A group has two slots at least.
        let slots = users.max(2);
        let crs = local_ceremony(slots, 1, &mut rng)?.verify(&mut rng)?.shared();
        let groups = Groups::new(1, slots)?;
        let users = (1..=slots).map(|slot| KeyPair::generate(&crs, slot, &mut rng));
        Ok(Self { users: users.collect::<Result<_, _>>()?, crs, groups })
    }

    fn reference(&self) -> Reference {
        Reference { crs: self.crs.encode(), digest: *self.crs.digest() }
    }

    pub(super) fn sender(&self) -> SenderKeys {
        let commitments = self.users.iter().map(|user| user.public.commitment().encode().to_vec());
        SenderKeys { reference: self.reference(), commitments: commitments.collect() }
    }

    pub(super) fn receiver(&self, slot: u16) -> Result<ReceiverKeys> {
        let own = self.users.get(usize::from(slot).wrapping_sub(1)).context("nobody owns the slot")?;
        let commitment = own.public.commitment();
        let group = ReceiverGroup::new(self.crs.clone(), self.groups, slot, own.secret.clone(), commitment)?;
        let mut peers = Vec::new();
        for (other, user) in (1..).zip(&self.users).filter(|(other, _)| *other != slot) {
            let element = user.public.element(group.column_index())?;
            peers.push((other, user.public.commitment().encode().to_vec(), element.encode().to_vec()));
        }
        Ok(ReceiverKeys {
            reference: self.reference(),
            slot,
            secret: own.secret.encode().to_vec(),
            commitment: commitment.encode().to_vec(),
            peers,
        })
    }
}

impl SenderKeys {
    pub(super) fn open(&self) -> Result<(Sender, Groups)> {
        let (crs, groups) = self.reference.open()?;
        let mut cache = SenderGroups::new(crs, groups)?;
        let users = (1..).zip(&self.commitments).map(|(slot, user)| Ok((slot, G1::decode(user)?)));
        cache.put(&users.collect::<Result<Vec<_>>>()?)?;
        Ok((Sender::new(cache), groups))
    }
}

impl ReceiverKeys {
    pub(super) fn open(&self) -> Result<(Receiver, Groups)> {
        let (crs, groups) = self.reference.open()?;
        let secret = SecretKey::decode(&crs, &self.secret)?;
        let mut cache = ReceiverGroup::new(crs, groups, self.slot, secret, &G1::decode(&self.commitment)?)?;
        let peers = self.peers.iter().map(|(slot, commitment, element)| {
            Ok(Peer { slot: *slot, commitment: G1::decode(commitment)?, element: G2::decode(element)? })
        });
        let mut rng = ChaCha20Rng::seed_from_u64(SEED);
        cache.put(&peers.collect::<Result<Vec<_>>>()?, &mut rng)?;
        Ok((Receiver::new(cache), groups))
    }
}

/// The first so many slots.
pub(super) fn first(groups: Groups, receivers: u16) -> Result<GroupedSet> {
    Ok(GroupedSet::from_slots(groups, 1..=receivers)?)
}
