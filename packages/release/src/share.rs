//! Members' shares, and the key that they give.

use bithive_attest::domain::Encoder;
use bithive_curve::G1;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::numbers::{weighted, weights};
use crate::proof::{PROOF_LEN, Proof, Statement};
use crate::reader::Reader;
use crate::{
    CombineError, Committee, ContentKey, DecodeError, Fault, FaultReason, Label, MemberKey, Wrap, WrapError,
};

/// A member's answer: the wrap's point times the member's share, with a proof that it is that. Whoever has t of them has the key, so it is for
/// the reader only: send it over an authenticated and encrypted channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    member: u8,
    point: G1,
    proof: Proof,
}

impl MemberKey {
    /// The member's share of a wrapped key. Whether the reader is permitted is the caller's to ask the contract that the label names,
    /// before this.
    ///
    /// # Errors
    /// [`WrapError`]: a wrap for another committee, or that was not made for this label.
    pub fn release(
        &self,
        wrap: &Wrap,
        label: &Label<'_>,
        rng: &mut impl CryptoRng,
    ) -> Result<Share, WrapError> {
        wrap.check(self.committee(), label)?;
        let point = wrap.point() * self.share();
        let (context, pairs) =
            statement(self.committee(), self.member(), wrap, point, G1::generator() * self.share());
        let proof = Statement { context: &context, pairs: &pairs }.prove(self.share(), rng);
        Ok(Share { member: self.member(), point, proof })
    }
}

impl Share {
    /// Bytes of its encoding.
    pub const LEN: usize = 1 + G1::LEN + PROOF_LEN;

    /// Number of the member that it says it is of, from 1.
    #[must_use]
    pub const fn member(&self) -> u8 {
        self.member
    }

    /// Member, point (48 bytes, compressed), challenge and response of the proof (32 bytes each, big-endian): 113 bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::LEN);
        out.push(self.member);
        out.extend_from_slice(&self.point.encode());
        self.proof.encode(&mut out);
        out
    }

    /// Reads what [`Share::encode`] wrote. Whether its proof holds is [`combine`]'s to say.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::exactly("share of a key", bytes, Self::LEN)?;
        let (member, point) = (reader.byte()?, reader.g1()?);
        let proof = Proof::read(&mut reader)?;
        reader.finish()?;
        Ok(Self { member, point, proof })
    }

    /// Whether it is what the member had to answer.
    fn holds(&self, committee: &Committee, wrap: &Wrap) -> bool {
        let Some(seat) = committee.seat(self.member) else { return false };
        let (context, pairs) = statement(committee, self.member, wrap, self.point, seat.key);
        Statement { context: &context, pairs: &pairs }.holds(&self.proof)
    }
}

fn statement(committee: &Committee, member: u8, wrap: &Wrap, point: G1, key: G1) -> (Vec<u8>, [(G1, G1); 2]) {
    let context = Encoder::new("release-share").fixed(&committee.id()).fixed(&[member]).finish();
    (context, [(G1::generator(), key), (wrap.point(), point)])
}

/// The key of a content from members' shares: each with the number of the member that was asked for it. Shares that are of no use are
/// passed over; with fewer than t others, the error names their members.
///
/// # Errors
/// [`CombineError`]; a key is given only if it is the one that the author has committed to.
pub fn combine(
    committee: &Committee,
    wrap: &Wrap,
    label: &Label<'_>,
    shares: &[(u8, Share)],
) -> Result<ContentKey, CombineError> {
    wrap.check(committee, label)?;
    let needed = usize::from(committee.threshold());
    let (mut members, mut points, mut faults) = (Vec::new(), Zeroizing::new(Vec::new()), Vec::new());
    for (asked, share) in shares {
        let reason = if share.member != *asked {
            Some(FaultReason::Foreign)
        } else if members.contains(asked) {
            Some(FaultReason::Duplicate)
        } else if !share.holds(committee, wrap) {
            Some(FaultReason::Proof)
        } else {
            None
        };
        match reason {
            Some(reason) => faults.push(Fault { member: *asked, reason }),
            None if members.len() < needed => {
                members.push(*asked);
                points.push(share.point);
            }
            None => {}
        }
    }
    let valid = members.len();
    let weights = weights(&members, 0).filter(|weights| weights.len() == needed);
    let Some(weights) = weights else { return Err(CombineError::TooFew { valid, needed, faults }) };
    let key = wrap.unmask(&Zeroizing::new(weighted(&points, &weights)));
    if key.opens(&label.commitment) { Ok(key) } else { Err(CombineError::Commitment) }
}
