//! Sums over the current set of one group, moved from set to set by the slots that differ.
//!
//! A cache remembers one term per known slot, in affine coordinates, so that a changed member costs one mixed
//! addition per sum. It also remembers which set its sums are for: using it with another set is
//! [`KemError::StaleCache`], never a wrong header.

use std::sync::Arc;

use bithive_curve::{G1, G1Sum, G2, G2Sum};
use rand_core::CryptoRng;

use super::KemError;
use crate::Crs;
use crate::keys::{KeyError, SecretKey, gap, verify_column};
use crate::slots::{SlotError, SlotSet};

/// The set that sums are for, with its digest.
#[derive(Clone)]
pub(super) struct Current {
    set: SlotSet,
    digest: [u8; 32],
}

impl Current {
    fn new(set: SlotSet) -> Self {
        let digest = set.digest();
        Self { set, digest }
    }

    /// The digest, if the sums are for this set and it is not empty.
    pub(super) fn digest_of(&self, set: &SlotSet) -> Result<&[u8; 32], KemError> {
        if self.set != *set {
            Err(KemError::StaleCache)
        } else if set.is_empty() {
            Err(KemError::EmptySet)
        } else {
            Ok(&self.digest)
        }
    }
}

/// Slots that change, each with its term; the error names the first unknown one.
fn changes<T: Copy>(from: &SlotSet, to: &SlotSet, terms: &[Option<T>]) -> Result<Vec<(bool, T)>, KemError> {
    let term = |slot: u16| terms.get(usize::from(slot) - 1).copied().flatten();
    from.symmetric_difference(to)?
        .iter()
        .map(|slot| term(slot).map(|term| (to.contains(slot), term)).ok_or(KemError::UnknownSlot { slot }))
        .collect()
}

fn knows<T>(terms: &[Option<T>], slot: u16) -> bool {
    slot.checked_sub(1).and_then(|index| terms.get(usize::from(index))).is_some_and(Option::is_some)
}

/// T_j + A_j for each member given.
fn key_terms(crs: &Crs, members: &[(u16, G1)]) -> Result<Vec<G1>, SlotError> {
    members.iter().try_for_each(|(slot, _)| crs.check_slot(*slot))?;
    let commitments: Vec<G1> = members.iter().map(|(_, commitment)| *commitment).collect();
    let powers: Vec<G1> = members.iter().map(|(slot, _)| *crs.slot_power(*slot)).collect();
    Ok(G1::add_each(&commitments, &powers))
}

/// The sender's side: every known user's T_j, and K_S of the current set.
#[derive(Clone)]
pub struct SenderCache {
    pub(super) crs: Arc<Crs>,
    pub(super) current: Current,
    terms: Vec<Option<G1>>,
    sum: G1Sum,
}

impl SenderCache {
    /// A cache that knows nobody, for the empty set.
    ///
    /// # Errors
    /// Never for a verified `crs`; [`KemError::Slot`] otherwise.
    pub fn new(crs: Arc<Crs>) -> Result<Self, KemError> {
        let current = Current::new(SlotSet::empty(crs.slots())?);
        let terms = vec![None; usize::from(crs.slots())];
        Ok(Self { crs, current, terms, sum: G1Sum::new() })
    }

    /// Learn users' commitments T_j, each with its slot. A slot in the current set gets its new key at once.
    ///
    /// The keys must have been verified as a whole by someone the caller relies on, or have passed the
    /// chain's dispute period: a malformed key denies decryption to others in the same set, and the proof of
    /// confidentiality is for well-formed keys.
    ///
    /// # Errors
    /// [`KemError::Slot`]; nothing is changed then.
    pub fn put(&mut self, members: &[(u16, G1)]) -> Result<(), KemError> {
        let terms = key_terms(&self.crs, members)?;
        for ((slot, _), term) in members.iter().zip(terms) {
            let Some(entry) = self.terms.get_mut(usize::from(*slot) - 1) else { continue };
            let old = entry.replace(term);
            if self.current.set.contains(*slot) {
                self.sum.add(&term);
                if let Some(old) = old {
                    self.sum.sub(&old);
                }
            }
        }
        Ok(())
    }

    /// Whether the key of a slot has been put.
    pub(super) fn knows(&self, slot: u16) -> bool {
        knows(&self.terms, slot)
    }

    /// The set that the cache is for.
    pub fn set(&self) -> &SlotSet {
        &self.current.set
    }

    /// Move to another set; costs one addition per slot that differs and returns how many did.
    ///
    /// # Errors
    /// [`KemError::UnknownSlot`], [`KemError::Slot`]; nothing is changed then.
    pub fn update(&mut self, to: &SlotSet) -> Result<usize, KemError> {
        let changes = changes(&self.current.set, to, &self.terms)?;
        for (joins, term) in &changes {
            if *joins { self.sum.add(term) } else { self.sum.sub(term) }
        }
        self.current = Current::new(to.clone());
        Ok(changes.len())
    }

    /// The sum K_S of the current set, in G1.
    pub(super) fn set_key(&self) -> Result<G1, KemError> {
        let key = self.sum.finish();
        if key.is_identity() { Err(KemError::DegenerateSet) } else { Ok(key) }
    }
}

/// What a receiver at slot i needs of another user j: T_j, and H_{j,e} for e = L + 1 - i.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// The other user's slot, j.
    pub slot: u16,
    /// Commitment T_j of the member's public key.
    pub commitment: G1,
    /// Element H_(j,e) of the member's public key, e being the receiver's column.
    pub element: G2,
}

/// The receiver's side: its secret key, its column of the others' public keys, and the sums of the current
/// set.
#[derive(Clone)]
pub struct ReceiverCache {
    pub(super) crs: Arc<Crs>,
    pub(super) secret: SecretKey,
    pub(super) current: Current,
    /// T_j + A_j, and H_{j,e} + B_{e+j}; the latter is the identity at the own slot, where the secret key
    /// stands in.
    terms: Vec<Option<(G1, G2)>>,
    key_sum: G1Sum,
    helper_sum: G2Sum,
}

impl ReceiverCache {
    /// A cache that knows its owner only, for the empty set.
    ///
    /// # Errors
    /// [`KemError::Key`] if the secret key does not belong to the commitment or to `crs`.
    pub fn new(crs: Arc<Crs>, secret: SecretKey, commitment: &G1) -> Result<Self, KemError> {
        secret.check(&crs, commitment)?;
        let mut terms = vec![None; usize::from(crs.slots())];
        let own = key_terms(&crs, &[(secret.slot(), *commitment)])?;
        if let (Some(entry), Some(own)) = (terms.get_mut(usize::from(secret.slot()) - 1), own.first()) {
            *entry = Some((*own, G2::identity()));
        }
        let current = Current::new(SlotSet::empty(crs.slots())?);
        Ok(Self { crs, secret, current, terms, key_sum: G1Sum::new(), helper_sum: G2Sum::new() })
    }

    /// The receiver's own slot.
    pub fn slot(&self) -> u16 {
        self.secret.slot()
    }

    /// The index e = L + 1 - i of the elements that [`Peer`] carries.
    pub fn column_index(&self) -> u16 {
        gap(self.crs.slots(), self.secret.slot())
    }

    /// Learn others' keys, checking all elements with one pairing equation. A slot in the current set gets its
    /// new key at once.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] with the slots whose element is wrong; [`KeyError::Index`] for the own slot;
    /// [`KeyError::Slot`]. Nothing is changed then.
    pub fn put(&mut self, peers: &[Peer], rng: &mut impl CryptoRng) -> Result<(), KemError> {
        let index = self.column_index();
        let entries: Vec<_> = peers.iter().map(|peer| (peer.slot, peer.commitment, peer.element)).collect();
        verify_column(&self.crs, index, &entries, rng)?;

        let members: Vec<_> = peers.iter().map(|peer| (peer.slot, peer.commitment)).collect();
        let keys = key_terms(&self.crs, &members)?;
        let elements: Vec<G2> = peers.iter().map(|peer| peer.element).collect();
        // e + j = L + 1 only for the own slot, which the column check has refused.
        let powers: Option<Vec<G2>> =
            peers.iter().map(|peer| self.crs.b(index + peer.slot).copied()).collect();
        let powers = powers.ok_or(KeyError::OtherCrs)?;
        let helpers = G2::add_each(&elements, &powers);

        for ((peer, key), helper) in peers.iter().zip(keys).zip(helpers) {
            let Some(entry) = self.terms.get_mut(usize::from(peer.slot) - 1) else { continue };
            let old = entry.replace((key, helper));
            if self.current.set.contains(peer.slot) {
                self.key_sum.add(&key);
                self.helper_sum.add(&helper);
                if let Some((old_key, old_helper)) = old {
                    self.key_sum.sub(&old_key);
                    self.helper_sum.sub(&old_helper);
                }
            }
        }
        Ok(())
    }

    /// Whether the key of a slot has been put; the own one is known.
    pub(super) fn knows(&self, slot: u16) -> bool {
        knows(&self.terms, slot)
    }

    /// The set that the cache is for.
    pub fn set(&self) -> &SlotSet {
        &self.current.set
    }

    /// Move to another set, which need not contain the receiver; costs two additions per slot that differs and
    /// returns how many did.
    ///
    /// # Errors
    /// [`KemError::UnknownSlot`], [`KemError::Slot`]; nothing is changed then.
    pub fn update(&mut self, to: &SlotSet) -> Result<usize, KemError> {
        let changes = changes(&self.current.set, to, &self.terms)?;
        for (joins, (key, helper)) in &changes {
            if *joins {
                self.key_sum.add(key);
                self.helper_sum.add(helper);
            } else {
                self.key_sum.sub(key);
                self.helper_sum.sub(helper);
            }
        }
        self.current = Current::new(to.clone());
        Ok(changes.len())
    }

    /// The sum K_S of the current set, in G1.
    pub(super) fn set_key(&self) -> Result<G1, KemError> {
        let key = self.key_sum.finish();
        if key.is_identity() { Err(KemError::DegenerateSet) } else { Ok(key) }
    }

    /// sk_i plus the helper sum.
    pub(super) fn opening(&self) -> G2 {
        let mut sum = self.helper_sum;
        sum.add(self.secret.point());
        sum.finish()
    }
}
