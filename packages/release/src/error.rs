//! What goes wrong with keys that are released.

use crate::bounds::MAX_MEMBERS;

/// Why bytes from a file, a peer or the chain are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Another number of bytes.
    #[error("{what} has {found} bytes, expected {expected}")]
    Length {
        /// What was being decoded.
        what: &'static str,
        /// Bytes that were given.
        found: usize,
        /// Bytes that it takes.
        expected: usize,
    },
    /// A version that this software does not know.
    #[error("{what}: version {found} is not supported, expected {expected}")]
    Version {
        /// What was being decoded.
        what: &'static str,
        /// The version found.
        found: u8,
        /// The version that this software writes.
        expected: u8,
    },
    /// A point or a number that is none.
    #[error("{what}: {error}")]
    Element {
        /// What was being decoded.
        what: &'static str,
        /// Which check it fails.
        error: bithive_curve::DecodeError,
    },
    /// Well-formed, and not valid.
    #[error("{what}: {field} is invalid, expected {expected}")]
    Invalid {
        /// What was being decoded.
        what: &'static str,
        /// Name of the field.
        field: &'static str,
        /// What would be valid.
        expected: &'static str,
    },
}

/// Why members make no key together. None of them keeps anything of it: begin again, without the member that is named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CeremonyError {
    /// A committee that can't be.
    #[error(
        "a threshold of {threshold} of {members} members; expected more than half of 2 to {MAX_MEMBERS} members, and at most all"
    )]
    Params {
        /// Number of members.
        members: usize,
        /// Members that are needed.
        threshold: u8,
    },
    /// Two cards of one endpoint or of one key.
    #[error("two cards are of the same {what}; expected one card of each member")]
    SameCard {
        /// Endpoint or key.
        what: &'static str,
    },
    /// Who deals or finishes is not among the members.
    #[error("none of the cards is of this key; expected the own card among them, as `join` has written it")]
    NotAMember,
    /// A deal is missing, or there are two of one member.
    #[error("there are {found} deals of member {member}; expected one")]
    Deals {
        /// The dealer's number, from 1.
        member: u8,
        /// Deals of that member.
        found: usize,
    },
    /// A deal that was made for other cards or another threshold.
    #[error(
        "the deal of member {member} is for other cards or another threshold; it has to deal again with the same ones"
    )]
    OtherSession {
        /// The dealer's number, from 1.
        member: u8,
    },
    /// A dealer does not show that it knows what it deals.
    #[error("the deal of member {member} has no valid proof; begin again without that member")]
    Proof {
        /// The dealer's number, from 1.
        member: u8,
    },
    /// A dealer has dealt a share that is not on its polynomial.
    #[error(
        "the share that member {member} has dealt is not what it has committed to; begin again without that member"
    )]
    Share {
        /// The dealer's number, from 1.
        member: u8,
    },
    /// The sum is no key, which one of 2^255 sums is.
    #[error("the deals add up to no key; begin again")]
    NoKey,
}

/// Why a wrapped key is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrapError {
    /// It is for another committee.
    #[error("the key is wrapped for another committee; ask the one that it names")]
    OtherCommittee,
    /// Its author did not make it for this content.
    #[error(
        "the wrapped key was not made by this author for this content, chain and contract; nobody releases it"
    )]
    Forged,
}

/// A member whose share is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The member's number, from 1.
    pub member: u8,
    /// What is wrong.
    pub reason: FaultReason,
}

/// What is wrong with a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultReason {
    /// It names another member than the one that was asked.
    #[error("it is the share of another member")]
    Foreign,
    /// The member has answered twice.
    #[error("there is another share of the same member")]
    Duplicate,
    /// The proof does not hold.
    #[error("its proof does not hold")]
    Proof,
}

/// Why shares give no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CombineError {
    /// The wrapped key itself is not valid.
    #[error(transparent)]
    Wrap(#[from] WrapError),
    /// Too few valid shares.
    #[error("{valid} members have answered validly, expected {needed}; at fault: {}", named(.faults))]
    TooFew {
        /// Shares whose proofs hold.
        valid: usize,
        /// Shares that are needed.
        needed: usize,
        /// Members whose shares are of no use.
        faults: Vec<Fault>,
    },
    /// The author has registered another key than it has wrapped.
    #[error(
        "the key is not the one that the author has committed to; the author has wrapped another one, and nobody can read the content"
    )]
    Commitment,
}

fn named(faults: &[Fault]) -> String {
    if faults.is_empty() {
        return "nobody".into();
    }
    let one = |fault: &Fault| format!("member {} ({})", fault.member, fault.reason);
    faults.iter().map(one).collect::<Vec<_>>().join(", ")
}
