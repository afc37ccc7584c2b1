//! What an export can have wrong.

use crate::limits;

/// Why an export can't be read on.
#[derive(Debug, thiserror::Error)]
#[must_use = "an export that can't be read says nothing"]
pub enum Error {
    /// Reading or decompressing failed, or the file ends too early.
    #[error("the export can't be read: {0}. Fetch it again")]
    Read(#[source] std::io::Error),
    /// It is not XML.
    #[error("the export is not well-formed XML at byte {at}: {reason}. Fetch it again")]
    Syntax {
        /// Bytes before it, after decompression.
        at: u64,
        /// What the parser says.
        reason: String,
    },
    /// It ends before its root element does.
    #[error("the export ends within <{within}>, after {at} bytes. Fetch it again")]
    Truncated {
        /// Name of the innermost open element.
        within: String,
        /// Bytes that were read, after decompression.
        at: u64,
    },
    /// More bytes than are read.
    #[error("the export has more than {most} bytes after decompression; expected one of a project")]
    TooLong {
        /// Most bytes that are read.
        most: u64,
    },
    /// It is small only while it is compressed.
    #[error(
        "the export has more than {} times its size after decompression, at byte {at}; expected one of a project",
        limits::MAX_RATIO
    )]
    TooDense {
        /// Bytes that were read, after decompression.
        at: u64,
    },
    /// More users that name an account, or hosts of theirs, than are kept.
    #[error(
        "the export has more than {most} users or hosts that are linked to an account; expected one of a project"
    )]
    TooManyLinked {
        /// Most that are kept.
        most: usize,
    },
    /// A tag or a text without an end.
    #[error("a tag or text at byte {at} has more than {} bytes", limits::MAX_TOKEN_BYTES)]
    TokenTooLong {
        /// Bytes before it, after decompression.
        at: u64,
    },
    /// A record without an end.
    #[error("a record has more than {} bytes, at byte {at}", limits::MAX_RECORD_BYTES)]
    RecordTooLong {
        /// Bytes before the place where it was given up, after decompression.
        at: u64,
    },
    /// Elements in elements.
    #[error("elements are more than {} deep at byte {at}", limits::MAX_DEPTH)]
    TooDeep {
        /// Bytes before it, after decompression.
        at: u64,
    },
    /// A document type declaration, in which entities could be defined.
    #[error("the export has a document type declaration; those of projects have none")]
    Doctype,
    /// Another file than one of users or hosts.
    #[error("the export begins with <{found}>; expected <users> or <hosts>")]
    Root {
        /// Name of the root element.
        found: String,
    },
    /// One record is not usable; the ones after it can be read.
    #[error("record {number}: {fault}")]
    Record {
        /// Its place in the export, from 1.
        number: u64,
        /// What is wrong with it.
        fault: Fault,
    },
}

impl Error {
    /// Whether the records after this one can be read.
    #[must_use]
    pub const fn is_of_one_record(&self) -> bool {
        matches!(self, Self::Record { .. })
    }
}

/// What one record can have wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// An element that each record has is missing.
    #[error("<{element}> is missing")]
    Missing {
        /// Name of the element.
        element: &'static str,
    },
    /// An element that a record has once is there again.
    #[error("<{element}> is there more than once")]
    Twice {
        /// Name of the element.
        element: &'static str,
    },
    /// An element of elements where a text is expected.
    #[error("<{element}> has elements in it; expected a text")]
    Nested {
        /// Name of the element.
        element: &'static str,
    },
    /// A text beyond the bound.
    #[error("<{element}> has more than {} bytes", limits::MAX_TEXT_BYTES)]
    Long {
        /// Name of the element.
        element: &'static str,
    },
    /// A reference to an entity that XML does not define.
    #[error("<{element}> refers to an entity that is not defined")]
    Entity {
        /// Name of the element.
        element: &'static str,
    },
    /// A number that is none.
    #[error("<{element}> is {found:?}; expected a whole number below 2^64")]
    Number {
        /// Name of the element.
        element: &'static str,
        /// Its text, cut off after 40 characters.
        found: String,
    },
    /// Credit that is none.
    #[error("credit is {found:?}; expected decimal digits like 1234.567890, at most {}", limits::MAX_CREDIT)]
    Credit {
        /// The text, cut off after 40 characters.
        found: String,
    },
}
