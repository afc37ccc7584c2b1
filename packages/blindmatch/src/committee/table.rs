//! The published share key table of an epoch, from which everybody derives every member's share keys.

use std::collections::BTreeMap;

use curve25519_dalek::{
    RistrettoPoint, Scalar,
    ristretto::CompressedRistretto,
    traits::{IsIdentity, VartimeMultiscalarMul},
};
use zeroize::Zeroizing;

use crate::{
    codec::{DecodeError, Reader, put_count},
    committee::{CommitteeError, CommitteeParams, MemberIndex, Subset, check_slots},
    hash::sha256,
    schema::{MAX_SLOTS, SlotId},
};

/// Version of both encodings.
const VERSION: u8 = 1;

/// Decodes a canonical encoding of a group element other than the identity.
pub(crate) fn decode_point(bytes: &[u8; 32]) -> Option<RistrettoPoint> {
    CompressedRistretto(*bytes).decompress().filter(|point| !point.is_identity())
}

/// The rows that one member can compute: R_A for every slot and every subset A that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartialTable {
    params: CommitteeParams,
    member: MemberIndex,
    epoch: u64,
    slots: u16,
    /// Slot by slot, in each slot in order of subsets.
    points: Vec<[u8; 32]>,
}

impl PartialTable {
    pub(super) fn new(
        params: CommitteeParams,
        member: MemberIndex,
        epoch: u64,
        slots: u16,
        scalars: impl Iterator<Item = Zeroizing<Scalar>>,
    ) -> Self {
        let points = scalars.map(|rho| RistrettoPoint::mul_base(&rho).compress().to_bytes()).collect();
        Self { params, member, epoch, slots, points }
    }

    /// Whose table it is. The receiver compares it with the authenticated sender.
    pub fn member(&self) -> MemberIndex {
        self.member
    }

    /// The epoch.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    fn point(&self, slot: SlotId, subset: Subset) -> Option<&[u8; 32]> {
        let subsets = self.params.subsets_of(self.member);
        let column = subsets.iter().position(|held| *held == subset)?;
        self.points.get(usize::from(slot.0) * subsets.len() + column)
    }

    /// Version, committee, member, epoch, slots, points.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(14 + 32 * self.points.len());
        out.push(VERSION);
        self.params.encode(&mut out);
        out.push(self.member.get());
        out.extend_from_slice(&self.epoch.to_be_bytes());
        put_count(&mut out, usize::from(self.slots));
        self.points.iter().for_each(|point| out.extend_from_slice(point));
        out
    }

    /// Reads a partial table; its points are checked by [`ShareKeyTable::merge`], which names their sender.
    ///
    /// # Errors
    /// [`DecodeError`] names the field that is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::versioned("partial share key table", VERSION, bytes)?;
        let params = CommitteeParams::decode(&mut reader)?;
        let member = params.decode_member(&mut reader)?;
        let epoch = reader.u64()?;
        let slots = reader.count("slots", 1, MAX_SLOTS)?;
        let count = slots * params.subsets_of(member).len();
        let points = (0..count).map(|_| reader.array()).collect::<Result<_, _>>()?;
        reader.finish()?;
        Ok(Self { params, member, epoch, slots: slots as u16, points })
    }
}

/// R_A for every slot and every subset A. Its digest is what each member posts on chain for the epoch; whoever
/// has a table with the posted digest can check every answer of every member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareKeyTable {
    params: CommitteeParams,
    epoch: u64,
    slots: u16,
    points: Vec<RistrettoPoint>,
    encoded: Vec<u8>,
}

impl ShareKeyTable {
    /// Puts partial tables together. Those of any t members cover every subset; those of more members are
    /// compared with each other. After an error the caller leaves out the member at fault and merges again.
    ///
    /// # Errors
    /// Names members whose tables are foreign, duplicate, malformed or in disagreement, and subsets without
    /// any publisher.
    pub fn merge(
        params: CommitteeParams,
        epoch: u64,
        slots: u16,
        partials: &[PartialTable],
    ) -> Result<Self, CommitteeError> {
        check_slots(slots)?;
        let mut by_member = BTreeMap::new();
        for partial in partials {
            check_frame(partial, params, epoch, slots)?;
            if by_member.insert(partial.member, partial).is_some() {
                return Err(CommitteeError::DuplicateTable { member: partial.member });
            }
        }
        let subsets = params.subsets();
        let cells = (0..slots).map(SlotId).flat_map(|slot| subsets.iter().map(move |subset| (slot, *subset)));
        let points = cells.map(|(slot, subset)| agreed_point(slot, subset, &by_member));
        let (points, bytes): (Vec<_>, Vec<_>) = points.collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
        Ok(Self { params, epoch, slots, points, encoded: encode_table(params, epoch, slots, &bytes) })
    }

    /// The committee.
    pub fn params(&self) -> CommitteeParams {
        self.params
    }

    /// The epoch.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The number of slots.
    pub fn slots(&self) -> u16 {
        self.slots
    }

    /// Member i's share key k_i * G for a slot: the sum of f_A(i) * R_A. `None` beyond the table's slots or
    /// members.
    pub fn share_key(&self, member: MemberIndex, slot: SlotId) -> Option<RistrettoPoint> {
        if member.get() > self.params.members() {
            return None;
        }
        let subsets = self.params.subsets();
        let start = usize::from(slot.0) * subsets.len();
        let row = self.points.get(start..start + subsets.len())?;
        let held = subsets.iter().zip(row).filter(|(subset, _)| subset.contains(member));
        let (weights, points): (Vec<_>, Vec<_>) =
            held.map(|(subset, point)| (self.params.weight(*subset, member), *point)).unzip();
        Some(RistrettoPoint::vartime_multiscalar_mul(weights, points))
    }

    /// SHA-256 of the canonical encoding: what members post on chain.
    pub fn digest(&self) -> [u8; 32] {
        sha256("share-key-table").variable(&self.encoded).digest()
    }

    /// Version, committee, epoch, slots, points; canonical.
    pub fn encode(&self) -> &[u8] {
        &self.encoded
    }

    /// Reads a table and checks every point.
    ///
    /// # Errors
    /// [`DecodeError`] names the field that is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::versioned("share key table", VERSION, bytes)?;
        let params = CommitteeParams::decode(&mut reader)?;
        let epoch = reader.u64()?;
        let slots = reader.count("slots", 1, MAX_SLOTS)?;
        let count = slots * params.subsets().len();
        let mut points = Vec::with_capacity(count);
        for _ in 0..count {
            let point = decode_point(&reader.array()?);
            points.push(point.ok_or_else(|| reader.invalid("point", "a canonical element other than zero"))?);
        }
        reader.finish()?;
        Ok(Self { params, epoch, slots: slots as u16, points, encoded: bytes.to_vec() })
    }
}

fn check_frame(
    partial: &PartialTable,
    params: CommitteeParams,
    epoch: u64,
    slots: u16,
) -> Result<(), CommitteeError> {
    let differs = [
        (partial.params != params, "committee"),
        (partial.epoch != epoch, "epoch"),
        (partial.slots != slots, "number of slots"),
    ];
    match differs.into_iter().find(|(differs, _)| *differs) {
        Some((_, field)) => Err(CommitteeError::ForeignTable { member: partial.member, field }),
        None => Ok(()),
    }
}

/// The point that all publishing holders of a subset agree on.
fn agreed_point(
    slot: SlotId,
    subset: Subset,
    by_member: &BTreeMap<MemberIndex, &PartialTable>,
) -> Result<(RistrettoPoint, [u8; 32]), CommitteeError> {
    let mut votes: BTreeMap<[u8; 32], Vec<MemberIndex>> = BTreeMap::new();
    for (member, partial) in by_member {
        if let Some(point) = partial.point(slot, subset) {
            votes.entry(*point).or_default().push(*member);
        }
    }
    let mask = subset.mask();
    let total: usize = votes.values().map(Vec::len).sum();
    let mut sides: Vec<_> = votes.into_iter().collect();
    sides.sort_by_key(|(_, members)| core::cmp::Reverse(members.len()));
    match sides.as_slice() {
        [] => Err(CommitteeError::Unpublished { mask, holders: subset.members().collect() }),
        [(bytes, members)] => {
            let member = members.first().copied().unwrap_or(MemberIndex(1));
            let point = decode_point(bytes).ok_or(CommitteeError::BadPoint { member, slot })?;
            Ok((point, *bytes))
        }
        [(_, largest), ..] => {
            let skip = usize::from(2 * largest.len() > total);
            let mut members: Vec<_> =
                sides.iter().skip(skip).flat_map(|(_, side)| side.iter().copied()).collect();
            members.sort_unstable();
            Err(CommitteeError::Disagreement { members, slot, mask })
        }
    }
}

fn encode_table(params: CommitteeParams, epoch: u64, slots: u16, points: &[[u8; 32]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(13 + 32 * points.len());
    out.push(VERSION);
    params.encode(&mut out);
    out.extend_from_slice(&epoch.to_be_bytes());
    put_count(&mut out, usize::from(slots));
    points.iter().for_each(|point| out.extend_from_slice(point));
    out
}
