//! What is wrong with a member's partial table.

use crate::committee::member::MemberIndex;

/// A member whose partial table is of no use, or only in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableFault {
    /// The authenticated sender.
    pub member: MemberIndex,
    /// What is wrong.
    pub reason: TableFaultReason,
}

/// What is wrong with a partial table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TableFaultReason {
    /// It is for another committee, epoch or number of slots.
    #[error("it has another {field}")]
    Foreign {
        /// Name of the field that differs.
        field: &'static str,
    },
    /// The member sent two different ones.
    #[error("there is another one of the same member")]
    Duplicate,
    /// Its points are not those that were committed to.
    #[error("its points of subset {mask:#09b} are not those that its holders committed to")]
    Points {
        /// The first such subset's bit mask.
        mask: u8,
    },
}
