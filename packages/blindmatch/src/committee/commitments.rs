//! What the holders of each seed commit to before their committee begins: the share keys of every epoch of its
//! term. A commitment is a digest of points that get published anyway, so it hides nothing and gives away
//! nothing. Later it tells a true partial table from a false one, whoever sends it.

use std::collections::BTreeMap;

use crate::{
    codec::{DecodeError, Reader, put_count},
    committee::{CommitteeError, CommitteeParams, MAX_TERM_EPOCHS, MemberIndex, Subset, params::check_slots},
    hash::sha256,
    schema::MAX_SLOTS,
};

/// Version of both encodings.
const VERSION: u8 = 1;

/// What a committee serves: so many epochs from the first one on, and the slots of its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    first_epoch: u64,
    epochs: u16,
    slots: u16,
}

impl Term {
    /// `epochs` epochs from `first_epoch` on, and the slots 0 to `slots` - 1.
    ///
    /// # Errors
    /// [`CommitteeError::Term`] unless 1 <= epochs <= 1024 and every epoch is a number of 64 bits;
    /// [`CommitteeError::Slots`] unless 1 <= slots <= 256.
    pub fn new(first_epoch: u64, epochs: u16, slots: u16) -> Result<Self, CommitteeError> {
        check_slots(slots)?;
        if (1..=MAX_TERM_EPOCHS).contains(&epochs) && first_epoch.checked_add(u64::from(epochs)).is_some() {
            Ok(Self { first_epoch, epochs, slots })
        } else {
            Err(CommitteeError::Term { first_epoch, epochs })
        }
    }

    /// The first epoch.
    pub fn first_epoch(self) -> u64 {
        self.first_epoch
    }

    /// The last epoch.
    pub fn last_epoch(self) -> u64 {
        self.first_epoch + u64::from(self.epochs) - 1
    }

    /// The number of slots.
    pub fn slots(self) -> u16 {
        self.slots
    }

    pub(super) fn all_epochs(self) -> impl Iterator<Item = u64> {
        self.first_epoch..=self.last_epoch()
    }

    /// The epoch's place in the term.
    pub(super) fn position(self, epoch: u64) -> Result<usize, CommitteeError> {
        let (first, last) = (self.first_epoch, self.last_epoch());
        let outside = CommitteeError::EpochOutOfTerm { epoch, first, last };
        let place = epoch.checked_sub(first).and_then(|place| u16::try_from(place).ok());
        place.filter(|place| *place < self.epochs).map(usize::from).ok_or(outside)
    }

    fn encode(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.first_epoch.to_be_bytes());
        put_count(out, usize::from(self.epochs));
        put_count(out, usize::from(self.slots));
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let first_epoch = reader.u64()?;
        let epochs = reader.count("epochs", 1, usize::from(MAX_TERM_EPOCHS))? as u16;
        let slots = reader.count("slots", 1, MAX_SLOTS)? as u16;
        Self::new(first_epoch, epochs, slots).map_err(|_| reader.invalid("epochs", "numbers of 64 bits"))
    }
}

/// The commitment to one seed's points of one epoch, slot by slot.
pub(super) fn commit<'a>(
    params: CommitteeParams,
    subset: Subset,
    epoch: u64,
    slots: u16,
    points: impl IntoIterator<Item = &'a [u8; 32]>,
) -> [u8; 32] {
    let hash = sha256("share-key-commitment").fixed(&[params.members(), params.threshold(), subset.mask()]);
    let hash = hash.fixed(&epoch.to_be_bytes()).fixed(&slots.to_be_bytes());
    points.into_iter().fold(hash, |hash, point| hash.fixed(point)).digest()
}

/// One member's commitments, to the seeds that it holds. All members receive it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    params: CommitteeParams,
    member: MemberIndex,
    term: Term,
    /// Subset by subset, in each in order of epochs.
    digests: Vec<[u8; 32]>,
}

impl Statement {
    pub(super) fn new(
        params: CommitteeParams,
        member: MemberIndex,
        term: Term,
        digests: Vec<[u8; 32]>,
    ) -> Self {
        Self { params, member, term, digests }
    }

    /// Whose it is. The receiver compares it with the authenticated sender.
    pub fn member(&self) -> MemberIndex {
        self.member
    }

    fn row(&self, subset: Subset) -> Option<&[[u8; 32]]> {
        let held = self.params.subsets_of(self.member);
        let row = held.iter().position(|own| *own == subset)?;
        self.digests.chunks(usize::from(self.term.epochs)).nth(row)
    }

    /// Version, committee, member, term, digests.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(16 + 32 * self.digests.len());
        out.push(VERSION);
        self.params.encode(&mut out);
        out.push(self.member.get());
        self.term.encode(&mut out);
        self.digests.iter().for_each(|digest| out.extend_from_slice(digest));
        out
    }

    /// Reads a statement; [`Commitments::agree`] compares it with the others.
    ///
    /// # Errors
    /// [`DecodeError`] names the field that is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::versioned("statement", VERSION, bytes)?;
        let params = CommitteeParams::decode(&mut reader)?;
        let member = params.decode_member(&mut reader)?;
        let term = Term::decode(&mut reader)?;
        let count = params.subsets_of(member).len() * usize::from(term.epochs);
        let digests = (0..count).map(|_| reader.array()).collect::<Result<_, _>>()?;
        reader.finish()?;
        Ok(Self { params, member, term, digests })
    }
}

/// What all members agreed on before the committee began. It is public, and the same for every member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitments {
    params: CommitteeParams,
    term: Term,
    /// Subset by subset, in each in order of epochs.
    digests: Vec<[u8; 32]>,
}

impl Commitments {
    /// Compares the statements of all members. Where n - t of them are dishonest at most, each seed has an honest holder, which
    /// says the same to everybody, so that honest members who get this far have the same commitments. With n of 2t - 1 or more,
    /// t - 1 members are no more than that.
    ///
    /// # Errors
    /// Names members that are missing, speak of something else, or disagree. The committee must not begin then.
    pub fn agree(
        params: CommitteeParams,
        term: Term,
        statements: &[Statement],
    ) -> Result<Self, CommitteeError> {
        let mut by_member = BTreeMap::new();
        for statement in statements {
            let member = statement.member;
            let differs = [(statement.params != params, "committee"), (statement.term != term, "term")];
            if let Some((_, field)) = differs.into_iter().find(|(differs, _)| *differs) {
                return Err(CommitteeError::ForeignStatement { member, field });
            }
            if by_member.insert(member, statement).is_some() {
                return Err(CommitteeError::DuplicateStatement { member });
            }
        }
        if let Some(member) = params.all_members().find(|member| !by_member.contains_key(member)) {
            return Err(CommitteeError::NotStated { member });
        }
        let rows = params.subsets().into_iter().map(|subset| agreed_row(subset, &by_member));
        Ok(Self { params, term, digests: rows.collect::<Result<Vec<_>, _>>()?.concat() })
    }

    /// Size and threshold of the committee that made the commitments.
    pub fn params(&self) -> CommitteeParams {
        self.params
    }

    /// What it serves.
    pub fn term(&self) -> Term {
        self.term
    }

    /// The digest that the points of a subset's place and an epoch's must have.
    pub(super) fn at(&self, subset: usize, epoch: usize) -> Option<&[u8; 32]> {
        self.digests.get(subset * usize::from(self.term.epochs) + epoch)
    }

    /// Version, committee, term, digests.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(15 + 32 * self.digests.len());
        out.push(VERSION);
        self.params.encode(&mut out);
        self.term.encode(&mut out);
        self.digests.iter().for_each(|digest| out.extend_from_slice(digest));
        out
    }

    /// Reads what [`Commitments::encode`] wrote.
    ///
    /// # Errors
    /// [`DecodeError`] names the field that is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::versioned("commitments", VERSION, bytes)?;
        let params = CommitteeParams::decode(&mut reader)?;
        let term = Term::decode(&mut reader)?;
        let count = params.subsets().len() * usize::from(term.epochs);
        let digests = (0..count).map(|_| reader.array()).collect::<Result<_, _>>()?;
        reader.finish()?;
        Ok(Self { params, term, digests })
    }
}

/// What all holders of a seed commit to.
fn agreed_row(
    subset: Subset,
    by_member: &BTreeMap<MemberIndex, &Statement>,
) -> Result<Vec<[u8; 32]>, CommitteeError> {
    let mut sides: BTreeMap<&[[u8; 32]], Vec<MemberIndex>> = BTreeMap::new();
    for (member, statement) in by_member {
        if let Some(row) = statement.row(subset) {
            sides.entry(row).or_default().push(*member);
        }
    }
    let mut sides: Vec<_> = sides.into_iter().collect();
    if let [(row, _)] = sides.as_slice() {
        return Ok(row.to_vec());
    }
    sides.sort_by_key(|(_, members)| core::cmp::Reverse(members.len()));
    let total: usize = sides.iter().map(|(_, members)| members.len()).sum();
    let majority = sides.first().is_some_and(|(_, members)| 2 * members.len() > total);
    let others = sides.into_iter().skip(usize::from(majority));
    let mut members: Vec<_> = others.flat_map(|(_, members)| members).collect();
    members.sort_unstable();
    Err(CommitteeError::Disagreement { members, mask: subset.mask() })
}
