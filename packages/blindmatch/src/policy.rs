//! Policies: which contributors a request wants, as a tree that people write and machines compile.
//!
//! As text: `vram >= 16 and region in (eu, ch) and any 2 of (iso27001, hipaa, gdpr)`. As JSON: the serde form of
//! [`Policy`]. Both are checked against a [`Schema`](crate::schema::Schema), and compile to a tree whose gates and slots show which
//! attributes the policy asks about, and none of the values that it asks for.
//!
//! | text | satisfied by |
//! |---|---|
//! | `vram >= 16` | an amount of at least a threshold that the schema lists |
//! | `region = eu`, `region in (eu, ch)` | one category of those named |
//! | `certifications has gdpr`, or `gdpr` where one set only has it | a member of a set |
//! | `profile within 25 of 0x3f...` | a vector that differs from this one in at most 25 bits |
//! | `a and b`, `a or b`, `any 2 of (a, b, c)` | all, one, or at least that many; `and` binds before `or` |

mod compiled;
mod parser;
mod template;
mod text;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use crate::policy::{
    compiled::{CompiledPolicy, Leaf},
    parser::{MAX_TEXT_BYTES, ParseError},
    template::CATEGORY_LEAVES,
};
use crate::{
    attributes::{AttributeValue, Attributes},
    tree::TreeError,
    vector::{MAX_DISTANCE, Vector},
};

/// A policy over attributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Every part is satisfied.
    All(Vec<Policy>),
    /// At least one part is satisfied.
    Any(Vec<Policy>),
    /// At least `needed` parts are satisfied.
    AtLeast {
        /// Number of parts that must be satisfied, at least 1.
        needed: u16,
        /// Parts to choose from, at least `needed`.
        of: Vec<Policy>,
    },
    /// A single condition is satisfied.
    Is(Predicate),
}

/// A condition on one attribute. Printed with its attribute only, which a vault shows as well.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Predicate {
    /// The number is at least a listed threshold.
    Reaches {
        /// An ordered attribute.
        attribute: String,
        /// One of its thresholds.
        threshold: u64,
    },
    /// The category is one of these.
    OneOf {
        /// A categorical attribute.
        attribute: String,
        /// Some of its values.
        values: Vec<String>,
    },
    /// The set has this member.
    Has {
        /// Name of an attribute that is a set.
        attribute: String,
        /// One of its members.
        member: String,
    },
    /// The vector is near this one.
    Within {
        /// Name of an attribute that is a vector.
        attribute: String,
        /// In how many bits they may differ.
        distance: u16,
        /// The vector to be near to.
        of: Vector,
    },
}

impl fmt::Debug for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attribute = match self {
            Self::Reaches { attribute, .. }
            | Self::OneOf { attribute, .. }
            | Self::Has { attribute, .. }
            | Self::Within { attribute, .. } => attribute,
        };
        write!(f, "Predicate({attribute}, secret)")
    }
}

/// Why a policy doesn't fit a schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// No attribute of this name.
    #[error("`{name}` is not an attribute, expected one of {known:?}")]
    UnknownAttribute {
        /// Name found in the policy.
        name: String,
        /// The attributes of the schema.
        known: Vec<String>,
    },
    /// A word alone that is neither an attribute nor a member of a set.
    #[error("`{word}` is neither an attribute nor a member of a set, expected one of {known:?}")]
    UnknownWord {
        /// Word found in the policy.
        word: String,
        /// Attributes and members of the schema.
        known: Vec<String>,
    },
    /// A word alone that several sets list.
    #[error("`{word}` is a member of several sets, expected `<set> has {word}` with one of {sets:?}")]
    AmbiguousMember {
        /// Word found in the policy.
        word: String,
        /// Names of the sets that have it as a member.
        sets: Vec<String>,
    },
    /// A condition that doesn't suit the kind of attribute.
    #[error("`{attribute}` is {kind}, expected {expected}")]
    WrongOperator {
        /// Name of the attribute.
        attribute: String,
        /// Its kind in the schema, in words.
        kind: &'static str,
        /// How to ask for it.
        expected: &'static str,
    },
    /// A threshold that has no slot.
    #[error("`{attribute}` has no threshold {threshold}, expected one of {allowed:?}")]
    ThresholdNotListed {
        /// Name of the ordered attribute.
        attribute: String,
        /// The threshold asked for.
        threshold: u64,
        /// Those that the schema lists.
        allowed: Vec<u64>,
    },
    /// A category or member that the schema doesn't list.
    #[error("`{attribute}` has no value `{value}`, expected one of {allowed:?}")]
    UnknownValue {
        /// Name of the attribute.
        attribute: String,
        /// The value asked for.
        value: String,
        /// Those that the schema lists.
        allowed: Vec<String>,
    },
    /// A category named twice in one list.
    #[error("`{value}` is listed twice, expected different values")]
    DuplicateValue {
        /// Value that occurs twice.
        value: String,
    },
    /// A distance at which less than half of the vectors would be found.
    #[error("distance {distance} is too far, expected at most {MAX_DISTANCE}")]
    TooFar {
        /// The distance asked for.
        distance: u64,
    },
    /// A group or list without parts.
    #[error("a group is empty, expected at least one part")]
    EmptyGroup,
    /// `any n of` with an impossible n.
    #[error("{needed} of {parts} parts is impossible, expected 1 to {parts}")]
    ImpossibleCount {
        /// Number of parts asked for.
        needed: u64,
        /// How many parts the group has.
        parts: usize,
    },
    /// Too large, too deep or too costly.
    #[error(transparent)]
    Tree(#[from] TreeError),
}

impl Predicate {
    /// The attribute that it is about.
    pub fn attribute(&self) -> &str {
        match self {
            Self::Reaches { attribute, .. }
            | Self::OneOf { attribute, .. }
            | Self::Has { attribute, .. }
            | Self::Within { attribute, .. } => attribute,
        }
    }

    fn is_satisfied(&self, attributes: &Attributes) -> bool {
        match (self, attributes.get(self.attribute())) {
            (Self::Reaches { threshold, .. }, Some(AttributeValue::Number(number))) => number >= threshold,
            (Self::OneOf { values, .. }, Some(AttributeValue::Category(category))) => {
                values.contains(category)
            }
            (Self::Has { member, .. }, Some(AttributeValue::Members(members))) => members.contains(member),
            (Self::Within { distance, of, .. }, Some(AttributeValue::Vector(own))) => {
                own.distance(of) <= *distance
            }
            _ => false,
        }
    }
}

impl Policy {
    /// The exact predicate, which a contributor checks on its own attributes before it accepts a job. A vault agrees
    /// with it but for vectors, which it finds with the chance [`crate::vector::recall`].
    pub fn is_satisfied(&self, attributes: &Attributes) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.is_satisfied(attributes)),
            Self::Any(parts) => parts.iter().any(|part| part.is_satisfied(attributes)),
            Self::AtLeast { needed, of } => {
                of.iter().filter(|part| part.is_satisfied(attributes)).count() >= usize::from(*needed)
            }
            Self::Is(predicate) => predicate.is_satisfied(attributes),
        }
    }
}
