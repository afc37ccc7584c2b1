//! A committee as everybody knows it, and what one of its members keeps.

use bithive_attest::domain::Encoder;
use bithive_curve::{G1, Scalar};
use bithive_threshold::fits;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::bounds::MAX_MEMBERS;
use crate::numbers::{weighted, weights};
use crate::reader::Reader;
use crate::{CeremonyError, DecodeError};

const VERSION: u8 = 1;
/// Version, threshold, number of members.
const HEAD: usize = 3;
/// Endpoint and key.
const SEAT_LEN: usize = 32 + G1::LEN;

/// One member, as everybody knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Public key of the endpoint that answers (Ed25519, 32 bytes).
    pub endpoint: [u8; 32],
    /// The member's share of the key times the generator.
    pub key: G1,
}

/// n members of whom t are needed. Its number of members is 2 to [`MAX_MEMBERS`], t is more than half of them, and the members' keys are on
/// one polynomial of degree t - 1 whose value at 0 is the public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committee {
    threshold: u8,
    seats: Vec<Seat>,
    public: G1,
}

/// Whether so many members of whom so many are needed can be a committee; their number if so.
pub(crate) fn check_params(members: usize, threshold: u8) -> Result<u8, CeremonyError> {
    let refused = CeremonyError::Params { members, threshold };
    match u8::try_from(members) {
        Ok(count) if count <= MAX_MEMBERS && fits(members, threshold.into()) => Ok(count),
        _ => Err(refused),
    }
}

impl Committee {
    /// A committee of these members, in order of their numbers. None where no committee is so: see [`Committee`].
    pub(crate) fn new(threshold: u8, seats: Vec<Seat>) -> Option<Self> {
        let count = check_params(seats.len(), threshold).ok()?;
        let keys: Vec<G1> = seats.iter().map(|seat| seat.key).collect();
        let first: Vec<u8> = (1..=threshold).collect();
        let points = keys.get(..first.len())?;
        let at = |x| Some(weighted(points, &weights(&first, x)?));
        let public = at(0)?;
        // Anybody may have written the file: shares of other keys would fail later, and name the wrong member.
        for (member, key) in (1..=count).zip(&keys) {
            if key.is_identity() || at(member)? != *key {
                return None;
            }
        }
        let distinct = seats.iter().enumerate().all(|(index, seat)| {
            seats.iter().skip(index.saturating_add(1)).all(|other| other.endpoint != seat.endpoint)
        });
        (distinct && !public.is_identity()).then_some(Self { threshold, seats, public })
    }

    /// Members that are needed, t.
    #[must_use]
    pub const fn threshold(&self) -> u8 {
        self.threshold
    }

    /// The members, in order: the first one's number is 1.
    #[must_use]
    pub fn seats(&self) -> &[Seat] {
        &self.seats
    }

    /// The member of a number, from 1.
    #[must_use]
    pub fn seat(&self, member: u8) -> Option<&Seat> {
        self.seats.get(usize::from(member).checked_sub(1)?)
    }

    /// The key that contents are wrapped for.
    #[must_use]
    pub const fn public(&self) -> G1 {
        self.public
    }

    /// What the committee is called: SHA-256 of its encoding. Compare it with what the members say before anything is wrapped for it.
    #[must_use]
    pub fn id(&self) -> [u8; 32] {
        let bytes = Encoder::new("release-committee").bytes(&self.encode()).finish();
        Sha256::digest(bytes).into()
    }

    /// Version, threshold, number of members, then endpoint and key (48 bytes, compressed) of each: 3 + 80 n bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION, self.threshold, u8::try_from(self.seats.len()).unwrap_or(u8::MAX)];
        for seat in &self.seats {
            out.extend_from_slice(&seat.endpoint);
            out.extend_from_slice(&seat.key.encode());
        }
        out
    }

    /// Reads what [`Committee::encode`] wrote, and checks that the keys belong together.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        const WHAT: &str = "release committee";
        let mut reader = Reader::new(WHAT, bytes);
        reader.version(VERSION)?;
        let (threshold, members) = (reader.byte()?, reader.byte()?);
        let count = check_params(members.into(), threshold)
            .map_err(|_| reader.invalid("threshold", "more than half of 2 to 7 members"))?;
        let expected = HEAD.saturating_add(SEAT_LEN.saturating_mul(count.into()));
        if bytes.len() != expected {
            return Err(DecodeError::Length { what: WHAT, found: bytes.len(), expected });
        }
        let mut seats = Vec::with_capacity(count.into());
        for _ in 0..count {
            seats.push(Seat { endpoint: reader.array()?, key: reader.g1()? });
        }
        let bad = reader.invalid("members", "different endpoints, and keys of one polynomial");
        reader.finish()?;
        Self::new(threshold, seats).ok_or(bad)
    }
}

/// What one member keeps: its share, and the committee that it belongs to. Erased when dropped; not printable.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct MemberKey {
    share: Scalar,
    #[zeroize(skip)]
    member: u8,
    #[zeroize(skip)]
    committee: Committee,
}

impl MemberKey {
    /// None where the share is not that of the member.
    pub(crate) fn new(committee: Committee, member: u8, share: Scalar) -> Option<Self> {
        let seat = committee.seat(member)?;
        (G1::generator() * &share == seat.key).then_some(Self { share, member, committee })
    }

    /// The committee that it belongs to.
    #[must_use]
    pub const fn committee(&self) -> &Committee {
        &self.committee
    }

    /// The member's number, from 1.
    #[must_use]
    pub const fn member(&self) -> u8 {
        self.member
    }

    /// Public key of the member's endpoint; its number is within the committee.
    #[must_use]
    pub fn endpoint(&self) -> [u8; 32] {
        self.committee.seat(self.member).map_or([0; 32], |seat| seat.endpoint)
    }

    pub(crate) const fn share(&self) -> &Scalar {
        &self.share
    }

    /// Secret bytes for the member's own storage: version, number, share (32 bytes, big-endian), committee.
    #[must_use]
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let committee = self.committee.encode();
        // Allocated once, so that no unerased copy is left behind by growth.
        let mut out = Zeroizing::new(Vec::with_capacity(34usize.saturating_add(committee.len())));
        out.extend_from_slice(&[VERSION, self.member]);
        out.extend_from_slice(self.share.encode().as_slice());
        out.extend_from_slice(&committee);
        out
    }

    /// Reads what [`MemberKey::encode`] wrote.
    ///
    /// # Errors
    /// [`DecodeError`]; also a share that is not the member's.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new("release key", bytes);
        reader.version(VERSION)?;
        let (member, share) = (reader.byte()?, reader.scalar()?);
        let committee = Committee::decode(reader.rest())?;
        Self::new(committee, member, share).ok_or_else(|| reader.invalid("share", "the member's own"))
    }
}
