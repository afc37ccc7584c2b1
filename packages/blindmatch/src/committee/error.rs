//! What goes wrong in a committee.

use bithive_threshold::least_threshold;

use crate::{
    committee::{
        fault::TableFault,
        member::{MAX_MEMBERS, MemberIndex},
    },
    schema::MAX_SLOTS,
};

/// Most epochs of a term: a statement of the largest committee takes 640 KiB then.
pub const MAX_TERM_EPOCHS: u16 = 1024;

/// What goes wrong in a committee. Members at fault are named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitteeError {
    /// Members and threshold that no committee can have.
    #[error(
        "{threshold} of {members} members, expected {MAX_MEMBERS} members at most, and a threshold of {} or more, so \
         that who asks different members for different values gets no more of them; have another committee named",
        least_threshold(usize::from(*members))
    )]
    Params {
        /// Members asked for.
        members: u8,
        /// Threshold asked for.
        threshold: u8,
    },
    /// Not a member's number.
    #[error("member {number} does not exist, expected 1 to {members}")]
    Member {
        /// Number that was asked for.
        number: u8,
        /// How many members there are.
        members: u8,
    },
    /// Too many or no slots.
    #[error("{slots} slots, expected 1 to {MAX_SLOTS}")]
    Slots {
        /// How many were asked for.
        slots: u16,
    },
    /// A contribution is for a subset that its sender or receiver does not belong to, or that does not exist.
    #[error(
        "member {from} contributed to subset {mask:#09b}, but it or the receiver does not belong to that subset"
    )]
    NotAHolder {
        /// Member that sent the contribution.
        from: MemberIndex,
        /// The subset's bit mask.
        mask: u8,
    },
    /// Two contributions to one seed.
    #[error("member {from} contributed twice to subset {mask:#09b}, expected one contribution")]
    ContributedTwice {
        /// Member that sent both contributions.
        from: MemberIndex,
        /// The subset's bit mask.
        mask: u8,
    },
    /// A contribution that hasn't come.
    #[error("member {from} has not contributed to subset {mask:#09b}")]
    NotContributed {
        /// Who should send it.
        from: MemberIndex,
        /// The subset's bit mask.
        mask: u8,
    },
    /// A term without epochs, with too many, or beyond the last number of an epoch.
    #[error(
        "a term of {epochs} epochs from {first_epoch} on, expected 1 to {MAX_TERM_EPOCHS} within 64 bits"
    )]
    Term {
        /// The first epoch.
        first_epoch: u64,
        /// Number of epochs in the term.
        epochs: u16,
    },
    /// An epoch that the committee has no commitments for.
    #[error("epoch {epoch} is out of the committee's term, expected {first} to {last}")]
    EpochOutOfTerm {
        /// Epoch that was asked for.
        epoch: u64,
        /// The first of the term.
        first: u64,
        /// The last of the term.
        last: u64,
    },
    /// A statement for another committee or term.
    #[error("the statement of member {member} has another {field}")]
    ForeignStatement {
        /// Member that made the statement.
        member: MemberIndex,
        /// Name of the field that differs.
        field: &'static str,
    },
    /// Two statements of one member.
    #[error("member {member} has two statements, expected one")]
    DuplicateStatement {
        /// Member that made both statements.
        member: MemberIndex,
    },
    /// A statement that hasn't come.
    #[error("member {member} has stated no commitments")]
    NotStated {
        /// Member whose statement is missing.
        member: MemberIndex,
    },
    /// Holders of one seed commit to different points before the committee begins. With a majority among them
    /// the minority is named; without, all of them, and one or more is at fault.
    #[error("members {members:?} disagree about subset {mask:#09b}; have another committee named or elected")]
    Disagreement {
        /// The minority, or all holders without a majority.
        members: Vec<MemberIndex>,
        /// The subset's bit mask.
        mask: u8,
    },
    /// No holder of a seed has published the points that were committed to.
    #[error(
        "no holder of subset {mask:#09b} has published its points, expected them from one of {holders:?}; \
         faults: {faults:?}"
    )]
    Unpublished {
        /// The subset's bit mask.
        mask: u8,
        /// Members that hold this seed and could publish its points.
        holders: Vec<MemberIndex>,
        /// What was wrong with the tables that there are.
        faults: Vec<TableFault>,
    },
}
