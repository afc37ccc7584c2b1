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
    committee::{
        Commitments, CommitteeError, CommitteeParams, MemberIndex, Subset, TableFault, TableFaultReason,
        commitments,
    },
    hash::sha256,
    schema::{MAX_SLOTS, SlotId},
};

/// Version of both encodings.
const VERSION: u8 = 1;

/// Decodes a canonical encoding of a group element other than the identity.
pub(crate) fn decode_point(bytes: &[u8; 32]) -> Option<RistrettoPoint> {
    CompressedRistretto(*bytes).decompress().filter(|point| !point.is_identity())
}

/// rho * G.
pub(super) fn encoded_base_multiple(rho: &Scalar) -> [u8; 32] {
    RistrettoPoint::mul_base(rho).compress().to_bytes()
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
        let points = scalars.map(|rho| encoded_base_multiple(&rho)).collect();
        Self { params, member, epoch, slots, points }
    }

    /// Whose table it is. The receiver compares it with the authenticated sender.
    pub fn member(&self) -> MemberIndex {
        self.member
    }

    /// The only epoch that the points are for.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The points of one subset, slot by slot.
    fn column(&self, subset: Subset) -> Option<impl Iterator<Item = &[u8; 32]>> {
        let held = self.params.subsets_of(self.member);
        let column = held.iter().position(|own| *own == subset)?;
        Some(self.points.iter().skip(column).step_by(held.len()))
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

/// A table, and whose partial tables were of no use for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// Table of all seeds, of the parts that were sound.
    pub table: ShareKeyTable,
    /// Members at fault, each once, in order.
    pub faults: Vec<TableFault>,
}

impl ShareKeyTable {
    /// Puts partial tables together: of each subset the points that its holders committed to. One honest holder
    /// of each subset is enough, so those of any t honest members are, whatever the others sent.
    ///
    /// # Errors
    /// [`CommitteeError::EpochOutOfTerm`]; [`CommitteeError::Unpublished`] for a subset that no honest holder
    /// has published, with the members at fault.
    pub fn merge(
        commitments: &Commitments,
        epoch: u64,
        partials: &[PartialTable],
    ) -> Result<Merged, CommitteeError> {
        let (params, slots) = (commitments.params(), commitments.term().slots());
        let place = commitments.term().position(epoch)?;
        let mut faults = BTreeMap::new();
        let by_member = sort_out(partials, params, epoch, slots, &mut faults);
        let mut columns = Vec::new();
        for (row, subset) in params.subsets().into_iter().enumerate() {
            let mut column = None;
            for (member, partial) in &by_member {
                let Some(points) = partial.column(subset) else { continue };
                let points: Vec<_> = points.copied().collect();
                let digest = commitments::commit(params, subset, epoch, slots, &points);
                let decoded = || points.iter().map(decode_point).collect::<Option<Vec<_>>>();
                match (commitments.at(row, place) == Some(&digest)).then(decoded).flatten() {
                    Some(decoded) => column = Some(decoded),
                    None => {
                        let reason = TableFaultReason::Points { mask: subset.mask() };
                        faults.entry(*member).or_insert(reason);
                    }
                }
            }
            columns.push((subset, column));
        }
        let faults = faults.into_iter().map(|(member, reason)| TableFault { member, reason }).collect();
        assemble(params, epoch, slots, columns, faults)
    }

    /// Size and threshold of the committee that the table is of.
    pub fn params(&self) -> CommitteeParams {
        self.params
    }

    /// The only epoch that the table is for.
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

    /// Whether it is the table of `epoch` that the committee stands by: as many members as it takes, `threshold`, have posted its
    /// digest. `posted` has the digest of each member that has posted one.
    pub fn is_posted<'a>(
        &self,
        epoch: u64,
        threshold: u8,
        posted: impl IntoIterator<Item = &'a [u8]>,
    ) -> bool {
        let own = self.digest();
        let same = posted.into_iter().filter(|digest| *digest == own).count();
        self.epoch == epoch && threshold > 0 && same >= usize::from(threshold)
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

/// One partial table of each member that sent one of the right kind; the other members are at fault.
fn sort_out<'a>(
    partials: &'a [PartialTable],
    params: CommitteeParams,
    epoch: u64,
    slots: u16,
    faults: &mut BTreeMap<MemberIndex, TableFaultReason>,
) -> BTreeMap<MemberIndex, &'a PartialTable> {
    let mut by_member: BTreeMap<_, &PartialTable> = BTreeMap::new();
    for partial in partials {
        let differs = [
            (partial.params != params, "committee"),
            (partial.epoch != epoch, "epoch"),
            (partial.slots != slots, "number of slots"),
        ];
        if let Some((_, field)) = differs.into_iter().find(|(differs, _)| *differs) {
            faults.entry(partial.member).or_insert(TableFaultReason::Foreign { field });
        } else if let Some(first) = by_member.get(&partial.member) {
            if *first != partial {
                faults.entry(partial.member).or_insert(TableFaultReason::Duplicate);
            }
        } else {
            by_member.insert(partial.member, partial);
        }
    }
    by_member
}

/// From columns, one for each subset, to a table, slot by slot.
fn assemble(
    params: CommitteeParams,
    epoch: u64,
    slots: u16,
    columns: Vec<(Subset, Option<Vec<RistrettoPoint>>)>,
    faults: Vec<TableFault>,
) -> Result<Merged, CommitteeError> {
    let mut complete = Vec::with_capacity(columns.len());
    for (subset, column) in columns {
        let (mask, holders) = (subset.mask(), subset.members().collect());
        match column {
            Some(column) => complete.push(column),
            None => return Err(CommitteeError::Unpublished { mask, holders, faults }),
        }
    }
    let slot = |slot| complete.iter().filter_map(move |column| column.get(usize::from(slot)).copied());
    let points: Vec<_> = (0..slots).flat_map(slot).collect();
    let bytes: Vec<_> = points.iter().map(|point| point.compress().to_bytes()).collect();
    let encoded = encode_table(params, epoch, slots, &bytes);
    Ok(Merged { table: ShareKeyTable { params, epoch, slots, points, encoded }, faults })
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
