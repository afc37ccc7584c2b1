//! What goes wrong in an evaluation.

use crate::{
    committee::MemberIndex,
    oprf::messages::MAX_POINTS,
    schema::{MAX_VALUE_BYTES, SlotId},
};

/// Why an evaluation can't start or finish.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OprfError {
    /// No input or too many.
    #[error("{found} inputs, expected 1 to {MAX_POINTS}")]
    InputCount {
        /// Number of inputs found.
        found: usize,
    },
    /// A value that is empty or too long.
    #[error("the value of slot {} is {length} bytes long, expected 1 to {MAX_VALUE_BYTES}", slot.0)]
    ValueLength {
        /// Slot whose value is too long or empty.
        slot: SlotId,
        /// Length of the value, in bytes.
        length: usize,
    },
    /// An input twice.
    #[error("slot {} is asked twice for one value, expected different inputs", slot.0)]
    DuplicateInput {
        /// Slot that is asked twice for the same value.
        slot: SlotId,
    },
    /// An input that is not the answer that the contributor has committed to.
    #[error("the value of slot {} is not the answer that was committed to", slot.0)]
    NotCommitted {
        /// Slot whose value is another one.
        slot: SlotId,
    },
    /// A share key table of another epoch.
    #[error("the share key table is of epoch {found}, expected {expected}")]
    TableEpoch {
        /// The table's epoch.
        found: u64,
        /// The request's epoch.
        expected: u64,
    },
    /// A share key table that lacks a slot.
    #[error("the share key table has no slot {}, expected one of its first {slots}", slot.0)]
    TableSlot {
        /// Slot that the table lacks.
        slot: SlotId,
        /// The table's slots.
        slots: u16,
    },
    /// Tags that can't be kept together.
    #[error("the tags are of epoch {found} or another schema, expected epoch {expected} and the same schema")]
    ForeignTags {
        /// Epoch of the tags to add.
        found: u64,
        /// Epoch of the tags they are added to.
        expected: u64,
    },
    /// Too few valid answers.
    #[error("{valid} valid answers, expected {needed}; faults: {faults:?}")]
    TooFew {
        /// Number of valid answers.
        valid: usize,
        /// Number of valid answers needed: the committee's threshold.
        needed: u8,
        /// What was wrong with the others.
        faults: Vec<Fault>,
    },
    /// The combination of valid shares is the identity: the committee's key for this slot is zero.
    #[error("the committee's key of slot {} is zero", slot.0)]
    ZeroKey {
        /// Slot whose key is zero.
        slot: SlotId,
    },
}

/// A member whose answer is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// The authenticated sender.
    pub member: MemberIndex,
    /// What is wrong with its answer.
    pub reason: FaultReason,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FaultReason {
    /// The sender isn't in the table's committee.
    #[error("it is not a member of the committee")]
    NotAMember,
    /// It answers in another member's name.
    #[error("it answers as member {claimed}")]
    WrongIndex {
        /// The member it claims to be.
        claimed: MemberIndex,
    },
    /// It answered before.
    #[error("it answers twice")]
    Duplicate,
    /// Another number of points.
    #[error("it has {found} evaluations, expected {expected}")]
    Count {
        /// Evaluations in the answer.
        found: usize,
        /// Points in the request.
        expected: usize,
    },
    /// Not a canonical group element, or the identity.
    #[error("evaluation {position} is not a canonical element of the group, or is zero")]
    Point {
        /// Its position, from 0.
        position: usize,
    },
    /// The proof fails against the published share keys.
    #[error("its proof does not hold for its published share keys")]
    Proof,
}
