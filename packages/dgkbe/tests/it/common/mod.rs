//! A small group with everybody's keys, for the tests.

use std::sync::Arc;

use bithive_dgkbe::crs::ceremony::local_ceremony;
use bithive_dgkbe::kem::{Context, Peer, ReceiverCache, ReceiverGroup, SenderCache, SenderGroups};
use bithive_dgkbe::{Crs, GroupedSet, Groups, KeyPair, SlotSet};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

pub(crate) const CONTEXT: Context<'static> = Context(b"bithive-test-1/jobs/7/round 1");

pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub(crate) fn crs(slots: u16, rng: &mut ChaCha20Rng) -> Arc<Crs> {
    local_ceremony(slots, 2, rng).unwrap().verify(rng).unwrap().shared()
}

/// A group in which every slot is taken.
pub(crate) struct Group {
    pub(crate) crs: Arc<Crs>,
    pub(crate) pairs: Vec<KeyPair>,
    pub(crate) sender: SenderCache,
    pub(crate) rng: ChaCha20Rng,
}

impl Group {
    pub(crate) fn new(slots: u16, seed: u64) -> Self {
        let mut rng = rng(seed);
        let crs = crs(slots, &mut rng);
        let pairs: Vec<_> = (1..=slots).map(|j| KeyPair::generate(&crs, j, &mut rng).unwrap()).collect();
        let mut sender = SenderCache::new(crs.clone()).unwrap();
        let members: Vec<_> =
            pairs.iter().map(|pair| (pair.public.slot(), *pair.public.commitment())).collect();
        sender.put(&members).unwrap();
        Self { crs, pairs, sender, rng }
    }

    pub(crate) fn pair(&self, slot: u16) -> &KeyPair {
        &self.pairs[usize::from(slot) - 1]
    }

    /// What `slot` needs of everybody else.
    pub(crate) fn peers(&self, slot: u16) -> Vec<Peer> {
        let index = self.crs.slots() + 1 - slot;
        self.pairs
            .iter()
            .map(|pair| &pair.public)
            .filter(|key| key.slot() != slot)
            .map(|key| Peer {
                slot: key.slot(),
                commitment: *key.commitment(),
                element: *key.element(index).unwrap(),
            })
            .collect()
    }

    pub(crate) fn receiver(&mut self, slot: u16) -> ReceiverCache {
        let pair = self.pair(slot);
        let mut cache =
            ReceiverCache::new(self.crs.clone(), pair.secret.clone(), pair.public.commitment()).unwrap();
        let peers = self.peers(slot);
        cache.put(&peers, &mut self.rng).unwrap();
        cache
    }

    pub(crate) fn set(&self, slots: impl IntoIterator<Item = u16>) -> SlotSet {
        SlotSet::from_slots(self.crs.slots(), slots).unwrap()
    }
}

/// Groups in which every slot is taken.
pub(crate) struct Network {
    pub(crate) crs: Arc<Crs>,
    pub(crate) groups: Groups,
    pub(crate) pairs: Vec<KeyPair>,
    pub(crate) rng: ChaCha20Rng,
}

impl Network {
    pub(crate) fn new(count: u16, size: u16, seed: u64) -> Self {
        let (mut rng, groups) = (rng(seed), Groups::new(count, size).unwrap());
        let crs = crs(size, &mut rng);
        let place = |slot| groups.place(slot).unwrap().slot;
        let slots = 1..=groups.slots();
        let pairs = slots.map(|slot| KeyPair::generate(&crs, place(slot), &mut rng).unwrap()).collect();
        Self { crs, groups, pairs, rng }
    }

    pub(crate) fn pair(&self, slot: u16) -> &KeyPair {
        &self.pairs[usize::from(slot) - 1]
    }

    /// A sender that knows everybody.
    pub(crate) fn sender(&self) -> SenderGroups {
        let mut sender = SenderGroups::new(self.crs.clone(), self.groups).unwrap();
        let members: Vec<_> =
            (1..).zip(&self.pairs).map(|(slot, p)| (slot, *p.public.commitment())).collect();
        sender.put(&members).unwrap();
        sender
    }

    /// The key of `slot` as `receiver` needs it.
    pub(crate) fn peer(&self, receiver: &ReceiverGroup, slot: u16) -> Peer {
        let key = &self.pair(slot).public;
        let element = *key.element(receiver.column_index()).unwrap();
        Peer { slot, commitment: *key.commitment(), element }
    }

    /// A receiver that knows nobody but itself.
    pub(crate) fn alone(&self, slot: u16) -> ReceiverGroup {
        let pair = self.pair(slot);
        let (secret, commitment) = (pair.secret.clone(), pair.public.commitment());
        ReceiverGroup::new(self.crs.clone(), self.groups, slot, secret, commitment).unwrap()
    }

    /// A receiver that knows its group.
    pub(crate) fn receiver(&mut self, slot: u16) -> ReceiverGroup {
        let mut receiver = self.alone(slot);
        let all = GroupedSet::from_slots(self.groups, 1..=self.groups.slots()).unwrap();
        let peers: Vec<Peer> = receiver.peers_in(&all).map(|slot| self.peer(&receiver, slot)).collect();
        receiver.put(&peers, &mut self.rng).unwrap();
        receiver
    }

    pub(crate) fn set(&self, slots: impl IntoIterator<Item = u16>) -> GroupedSet {
        GroupedSet::from_slots(self.groups, slots).unwrap()
    }
}
