//! One message to several groups: a header of 128 bytes for each group that the set touches.
//!
//! All headers carry the same m, each as its group's own encapsulation ([`super::SenderCache`]) in a context of
//! its own, so that the scalars are independent values of one hash:
//!
//! - d: digest of the whole set; context of group g: H(`dgkbe-group-context`; d, g, caller's context)
//! - header of group g: C1, C2, C3 of m for the members in g under that context
//! - K = H(`dgkbe-groups-key`; m, all headers, digest of the reference string, d, caller's context)
//!
//! A receiver opens the header of its own group and checks it by encapsulating again; the other groups' headers
//! are bytes to it, and any change to them changes K. It needs the keys of its own group's members only.
//! Rejection is implicit, as in one group: H(`dgkbe-groups-rejected-key`; rejection secret, the same fields).

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use bithive_curve::G1;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::fo::{Recovered, choose, draw_message};
use super::{Context, Header, HeaderError, KemError, Peer, ReceiverCache, SenderCache, SharedKey};
use crate::Crs;
use crate::groups::{GroupedSet, Groups};
use crate::hash::tagged;
use crate::keys::{KeyError, SecretKey, verify_file};
use crate::slots::{SlotError, SlotSet};

const ACCEPTED: &str = "dgkbe-groups-key";
const REJECTED: &str = "dgkbe-groups-rejected-key";

fn group_context(set_digest: &[u8; 32], group: u16, context: Context<'_>) -> [u8; 32] {
    tagged("dgkbe-group-context", &[set_digest, &group.to_be_bytes(), context.0])
}

/// What a key is bound to beside its secret.
struct Bound<'a> {
    headers: &'a [u8],
    crs: &'a Crs,
    set_digest: &'a [u8; 32],
    context: Context<'a>,
}

impl Bound<'_> {
    fn key(&self, purpose: &str, secret: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        let parts: [&[u8]; 5] = [secret, self.headers, self.crs.digest(), self.set_digest, self.context.0];
        Zeroizing::new(tagged(purpose, &parts))
    }
}

fn expect_groups(own: Groups, set: &GroupedSet) -> Result<(), SlotError> {
    let right = set.groups();
    if own == right { Ok(()) } else { Err(SlotError::GroupsMismatch { left: own, right }) }
}

fn expect_size(crs: &Crs, groups: Groups) -> Result<(), KeyError> {
    let (expected, actual) = (crs.slots(), groups.size());
    if expected == actual { Ok(()) } else { Err(KeyError::GroupSize { expected, actual }) }
}

/// The sender's side: one [`SenderCache`] for each group of which a member is known, made when it is needed.
#[derive(Clone)]
pub struct SenderGroups {
    crs: Arc<Crs>,
    groups: Groups,
    caches: BTreeMap<u16, SenderCache>,
}

impl SenderGroups {
    /// A sender that knows nobody, for groups of as many slots as `crs` has.
    ///
    /// # Errors
    /// [`KemError::Key`] for groups of another size.
    pub fn new(crs: Arc<Crs>, groups: Groups) -> Result<Self, KemError> {
        expect_size(&crs, groups)?;
        Ok(Self { crs, groups, caches: BTreeMap::new() })
    }

    /// How the slots are divided.
    pub fn groups(&self) -> Groups {
        self.groups
    }

    /// Learn users' commitments T_j, each with its slot; see [`SenderCache::put`].
    ///
    /// # Errors
    /// [`KemError::Slot`]; nothing is changed then.
    pub fn put(&mut self, members: &[(u16, G1)]) -> Result<(), KemError> {
        let mut by_group: BTreeMap<u16, Vec<(u16, G1)>> = BTreeMap::new();
        for (slot, commitment) in members {
            let place = self.groups.place(*slot)?;
            by_group.entry(place.group).or_default().push((place.slot, *commitment));
        }
        for (group, members) in by_group {
            let new = SenderCache::new(self.crs.clone())?;
            self.caches.entry(group).or_insert(new).put(&members)?;
        }
        Ok(())
    }

    /// Learn the key of one slot from its file, which is read once and checked in full. `commitment` (T_j, compressed) and `digest`
    /// are those that its owner has registered.
    ///
    /// # Errors
    /// [`KemError::Slot`]; [`KemError::Key`] with [`KeyError::Digest`], [`KeyError::WrongSlot`] or [`KeyError::Commitment`] for
    /// another file than the registered one, and for what [`verify_file`] refuses. Nothing is changed then.
    pub fn learn(
        &mut self,
        slot: u16,
        (commitment, digest): (&[u8], &[u8; 32]),
        file: impl Read,
        rng: &mut impl CryptoRng,
    ) -> Result<(), KemError> {
        let place = self.groups.place(slot)?;
        let key = verify_file(&self.crs, file, rng)?;
        if key.digest != *digest {
            return Err(KeyError::Digest.into());
        }
        if key.slot != place.slot {
            return Err(KeyError::WrongSlot { expected: place.slot, actual: key.slot }.into());
        }
        if key.commitment.encode() != *commitment {
            return Err(KeyError::Commitment { slot }.into());
        }
        self.put(&[(slot, key.commitment)])
    }

    /// Move every group that `to` touches to its members; returns how many point additions that took. Groups
    /// that are not touched stay where they are, for the next set that touches them.
    ///
    /// # Errors
    /// [`KemError::UnknownSlot`], [`KemError::Slot`]; nothing is changed then.
    pub fn update(&mut self, to: &GroupedSet) -> Result<usize, KemError> {
        expect_groups(self.groups, to)?;
        for (group, set) in to.touched() {
            let cache = self.caches.get(&group);
            let unknown = set.iter().find(|slot| !cache.is_some_and(|cache| cache.knows(*slot)));
            if let Some(slot) = unknown {
                return Err(KemError::UnknownSlot { slot: self.groups.number(group, slot) });
            }
        }
        let mut changed = 0;
        for (group, set) in to.touched() {
            changed += self.caches.get_mut(&group).ok_or(KemError::StaleCache)?.update(set)?;
        }
        Ok(changed)
    }

    /// Draw a key for the members of `set`: headers of 128 bytes, by ascending group, and the key. The first 32
    /// bytes taken from `rng` are m; nothing else is drawn.
    ///
    /// # Errors
    /// [`KemError::StaleCache`], [`KemError::EmptySet`], [`KemError::DegenerateSet`], [`KemError::Slot`].
    pub fn encapsulate(
        &self,
        set: &GroupedSet,
        context: Context<'_>,
        rng: &mut impl CryptoRng,
    ) -> Result<(Vec<u8>, SharedKey), KemError> {
        expect_groups(self.groups, set)?;
        if set.is_empty() {
            return Err(KemError::EmptySet);
        }
        let (set_digest, message) = (set.digest(), draw_message(rng));
        let mut headers = Vec::with_capacity(set.touched().len() * Header::LEN);
        for (group, members) in set.touched() {
            let cache = self.caches.get(&group).ok_or(KemError::StaleCache)?;
            let own = group_context(&set_digest, group, context);
            let (header, _) = cache.carry(&message, members, Context(&own))?;
            headers.extend_from_slice(&header.encode());
        }
        let bound = Bound { headers: &headers, crs: &self.crs, set_digest: &set_digest, context };
        let key = SharedKey::from_bytes(*bound.key(ACCEPTED, &message));
        Ok((headers, key))
    }
}

/// The receiver's side: its own group.
#[derive(Clone)]
pub struct ReceiverGroup {
    groups: Groups,
    group: u16,
    cache: ReceiverCache,
}

impl ReceiverGroup {
    /// The owner of `slot`, one of groups of as many slots as `crs` has; it knows nobody else yet.
    ///
    /// # Errors
    /// [`KemError::Slot`]; [`KemError::Key`] for groups of another size, and if the secret key is of another place
    /// in its group or does not belong to the commitment or to `crs`.
    pub fn new(
        crs: Arc<Crs>,
        groups: Groups,
        slot: u16,
        secret: SecretKey,
        commitment: &G1,
    ) -> Result<Self, KemError> {
        expect_size(&crs, groups)?;
        let place = groups.place(slot)?;
        if place.slot != secret.slot() {
            return Err(KeyError::WrongSlot { expected: place.slot, actual: secret.slot() }.into());
        }
        Ok(Self { groups, group: place.group, cache: ReceiverCache::new(crs, secret, commitment)? })
    }

    /// How the slots are divided.
    pub fn groups(&self) -> Groups {
        self.groups
    }

    /// The receiver's own slot, 1..=G*L.
    pub fn slot(&self) -> u16 {
        self.groups.number(self.group, self.cache.slot())
    }

    /// The index of the elements that [`Peer`] carries; see [`ReceiverCache::column_index`].
    pub fn column_index(&self) -> u16 {
        self.cache.column_index()
    }

    /// Members of `set` whose keys this receiver needs: those of its own group, without itself.
    pub fn peers_in<'a>(&'a self, set: &'a GroupedSet) -> impl Iterator<Item = u16> + 'a {
        let members = set.of_group(self.group).into_iter().flat_map(SlotSet::iter);
        members.filter(|slot| *slot != self.cache.slot()).map(|slot| self.groups.number(self.group, slot))
    }

    /// Learn the keys of others of the own group; see [`ReceiverCache::put`]. Slots are numbered 1..=G*L.
    ///
    /// # Errors
    /// [`KemError::OtherGroup`], [`KemError::Slot`]; [`KemError::Key`] with [`KeyError::Malformed`] naming the
    /// slots whose element is wrong. Nothing is changed then.
    pub fn put(&mut self, peers: &[Peer], rng: &mut impl CryptoRng) -> Result<(), KemError> {
        let within = |peer: &Peer| match self.groups.place(peer.slot)? {
            place if place.group == self.group => Ok(Peer { slot: place.slot, ..*peer }),
            _ => Err(KemError::OtherGroup { slot: peer.slot, group: self.group }),
        };
        let peers: Vec<Peer> = peers.iter().map(within).collect::<Result<_, _>>()?;
        self.cache.put(&peers, rng).map_err(|error| match error {
            KemError::Key(KeyError::Malformed { slots }) => {
                let slots = slots.into_iter().map(|slot| self.groups.number(self.group, slot)).collect();
                KeyError::Malformed { slots }.into()
            }
            other => other,
        })
    }

    /// Move to the members of `to` in the own group; returns how many slots changed.
    ///
    /// # Errors
    /// [`KemError::UnknownSlot`], [`KemError::Slot`]; nothing is changed then.
    pub fn update(&mut self, to: &GroupedSet) -> Result<usize, KemError> {
        expect_groups(self.groups, to)?;
        if let Some(slot) = self
            .peers_in(to)
            .find(|slot| self.groups.place(*slot).is_ok_and(|place| !self.cache.knows(place.slot)))
        {
            return Err(KemError::UnknownSlot { slot });
        }
        match to.of_group(self.group) {
            Some(set) => self.cache.update(set),
            None => self.cache.update(&SlotSet::empty(self.groups.size())?),
        }
    }

    /// The key that `headers` carry for this receiver as a member of `set`. Headers that were not made for this
    /// set, these keys and this context give a key too, one that nobody else has.
    ///
    /// # Errors
    /// [`KemError::NotAddressed`], [`KemError::Header`], [`KemError::StaleCache`], [`KemError::DegenerateSet`],
    /// [`KemError::Slot`]: all depend on public values only.
    pub fn decapsulate(
        &self,
        set: &GroupedSet,
        context: Context<'_>,
        headers: &[u8],
    ) -> Result<SharedKey, KemError> {
        expect_groups(self.groups, set)?;
        if set.is_empty() {
            return Err(KemError::EmptySet);
        }
        let not_addressed = KemError::NotAddressed { slot: self.slot() };
        let position = set.touched().position(|(group, _)| group == self.group);
        let (Some(position), Some(members)) = (position, set.of_group(self.group)) else {
            return Err(not_addressed);
        };
        if !members.contains(self.cache.slot()) {
            return Err(not_addressed);
        }
        let own = own_header(headers, set.touched().len(), position)?;
        let set_digest = set.digest();
        let group_context = group_context(&set_digest, self.group, context);
        let Recovered { message, same, .. } = self.cache.recover(members, Context(&group_context), &own)?;

        let bound = Bound { headers, crs: &self.cache.crs, set_digest: &set_digest, context };
        let accepted = bound.key(ACCEPTED, &message);
        let rejected = bound.key(REJECTED, self.cache.secret.rejection());
        Ok(choose(same, &accepted, &rejected))
    }
}

/// The header at a position, of as many as there are groups.
fn own_header(headers: &[u8], groups: usize, position: usize) -> Result<Header, HeaderError> {
    let (expected, actual) = (groups.saturating_mul(Header::LEN), headers.len());
    if actual != expected {
        return Err(HeaderError::Count { groups, expected, actual });
    }
    Header::decode(headers.chunks_exact(Header::LEN).nth(position).unwrap_or_default())
}
