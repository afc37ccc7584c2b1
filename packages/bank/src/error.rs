//! What a message can have wrong.

use crate::limits;

/// Why a message is not read. Lines are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "a message that is not read says nothing"]
pub enum BankError {
    /// More bytes than are read.
    #[error("the message has {found} bytes; expected at most {}", limits::MAX_BYTES)]
    TooLong {
        /// Its length in bytes.
        found: usize,
    },
    /// It is in another encoding.
    #[error("the message is not UTF-8; expected what the bank has written, unchanged")]
    Encoding,
    /// It is not XML.
    #[error("line {line}: no well-formed XML: {reason}. Fetch the message again")]
    Syntax {
        /// Its line, from 1.
        line: u64,
        /// What the parser says.
        reason: String,
    },
    /// It ends before its first element does.
    #[error("line {line}: the message ends within <{within}>. Fetch it again")]
    Truncated {
        /// The last line.
        line: u64,
        /// The innermost open element.
        within: String,
    },
    /// A document type declaration, in which entities could be defined.
    #[error("line {line}: a document type declaration; messages of banks have none")]
    Doctype {
        /// Its line, from 1.
        line: u64,
    },
    /// A reference to an entity that XML does not define, or to a character that it does not have.
    #[error("line {line}: the reference &{name}; is not defined; messages of banks define none")]
    Entity {
        /// Its line, from 1.
        line: u64,
        /// What it refers to.
        name: String,
    },
    /// Elements in elements.
    #[error("line {line}: elements are more than {} deep", limits::MAX_DEPTH)]
    TooDeep {
        /// Its line, from 1.
        line: u64,
    },
    /// More elements than are read.
    #[error(
        "line {line}: the message has more than {} elements; ask the bank for shorter periods",
        limits::MAX_ELEMENTS
    )]
    TooMany {
        /// Its line, from 1.
        line: u64,
    },
    /// Another message, or another version of it.
    #[error("line {line}: the message is {found:?}; expected {expected}")]
    Kind {
        /// Its line, from 1.
        line: u64,
        /// Its namespace, cut off after 80 characters.
        found: String,
        /// The messages that are read here.
        expected: &'static str,
    },
    /// An element that the schema does not have there, or not in this order.
    #[error("line {line}: <{element}> does not belong there in <{within}>")]
    Unexpected {
        /// Its line, from 1.
        line: u64,
        /// Name of the element.
        element: String,
        /// The element around it.
        within: String,
    },
    /// An element that the schema demands.
    #[error("line {line}: <{within}> has no <{element}>")]
    Missing {
        /// Line of the element around it.
        line: u64,
        /// Name of the element.
        element: &'static str,
        /// The element around it.
        within: String,
    },
    /// An element too often.
    #[error("line {line}: <{element}> stands there too often")]
    Repeated {
        /// Line of the one too many.
        line: u64,
        /// Name of the element.
        element: String,
    },
    /// An attribute that the schema does not have there.
    #[error("line {line}: <{element}> has the attribute {attribute:?}, which does not belong there")]
    Attribute {
        /// Its line, from 1.
        line: u64,
        /// Name of the element.
        element: String,
        /// Name of the element.
        attribute: String,
    },
    /// Text between elements.
    #[error("line {line}: <{element}> has text between its elements")]
    Mixed {
        /// Its line, from 1.
        line: u64,
        /// Name of the element.
        element: String,
    },
    /// A value that is none of its kind.
    #[error("line {line}: <{element}> is {found:?}: {problem}")]
    Value {
        /// Its line, from 1.
        line: u64,
        /// Name of the element.
        element: String,
        /// Its text, cut off after 40 characters.
        found: String,
        /// What is wrong with it, or expected.
        problem: String,
    },
    /// Numbers or sums that a message states of itself are others.
    #[error("line {line}: <{element}> says {stated}, and there are {found}")]
    Count {
        /// Its line, from 1.
        line: u64,
        /// Name of the element.
        element: &'static str,
        /// What it says.
        stated: String,
        /// What there is.
        found: String,
    },
}
