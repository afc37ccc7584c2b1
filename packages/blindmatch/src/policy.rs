//! Policies: which contributors a request wants, as a tree that people write and machines compile.
//!
//! As text: `vram >= 16 and region in (eu, ch) and any 2 of (iso27001, hipaa, gdpr)`. As JSON: the serde form of
//! [`Policy`]. Both are checked against a [`Schema`], and compile to a tree of leaves (slot, value).
//!
//! | text | satisfied by |
//! |---|---|
//! | `vram >= 16` | an amount of at least a threshold that the schema lists |
//! | `region = eu`, `region in (eu, ch)` | one category of those named |
//! | `certifications has gdpr`, or `gdpr` where one set only has it | a member of a set |
//! | `a and b`, `a or b`, `any 2 of (a, b, c)` | all, one, or at least that many; `and` binds before `or` |

mod parser;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use crate::policy::parser::{MAX_TEXT_BYTES, ParseError};
use crate::{
    attributes::{AttributeValue, Attributes},
    schema::{Attribute, Input, Schema, SlotId, YES},
    tree::{MAX_DECODING_COST, MAX_DEPTH, Tree, TreeError},
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
        /// How many.
        needed: u16,
        /// The parts.
        of: Vec<Policy>,
    },
    /// One condition.
    Is(Predicate),
}

/// A condition on one attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
        /// A set.
        attribute: String,
        /// One of its members.
        member: String,
    },
}

/// Why a policy doesn't fit a schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// No attribute of this name.
    #[error("`{name}` is not an attribute, expected one of {known:?}")]
    UnknownAttribute {
        /// The name.
        name: String,
        /// The attributes of the schema.
        known: Vec<String>,
    },
    /// A word alone that is neither an attribute nor a member of a set.
    #[error("`{word}` is neither an attribute nor a member of a set, expected one of {known:?}")]
    UnknownWord {
        /// The word.
        word: String,
        /// Attributes and members of the schema.
        known: Vec<String>,
    },
    /// A word alone that several sets list.
    #[error("`{word}` is a member of several sets, expected `<set> has {word}` with one of {sets:?}")]
    AmbiguousMember {
        /// The word.
        word: String,
        /// The sets.
        sets: Vec<String>,
    },
    /// A condition that doesn't suit the kind of attribute.
    #[error("`{attribute}` is {kind}, expected {expected}")]
    WrongOperator {
        /// The attribute.
        attribute: String,
        /// Its kind.
        kind: &'static str,
        /// How to ask for it.
        expected: &'static str,
    },
    /// A threshold that has no slot.
    #[error("`{attribute}` has no threshold {threshold}, expected one of {allowed:?}")]
    ThresholdNotListed {
        /// The attribute.
        attribute: String,
        /// The threshold asked for.
        threshold: u64,
        /// Those that the schema lists.
        allowed: Vec<u64>,
    },
    /// A category or member that the schema doesn't list.
    #[error("`{attribute}` has no value `{value}`, expected one of {allowed:?}")]
    UnknownValue {
        /// The attribute.
        attribute: String,
        /// The value asked for.
        value: String,
        /// Those that the schema lists.
        allowed: Vec<String>,
    },
    /// A category named twice in one list.
    #[error("`{value}` is listed twice, expected different values")]
    DuplicateValue {
        /// The value.
        value: String,
    },
    /// A group or list without parts.
    #[error("a group is empty, expected at least one part")]
    EmptyGroup,
    /// `any n of` with an impossible n.
    #[error("{needed} of {parts} parts is impossible, expected 1 to {parts}")]
    ImpossibleCount {
        /// The n.
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
            Self::Reaches { attribute, .. } | Self::OneOf { attribute, .. } | Self::Has { attribute, .. } => {
                attribute
            }
        }
    }

    /// The leaves of which one has to hold.
    fn leaves(&self, schema: &Schema) -> Result<Vec<Input>, PolicyError> {
        let name = self.attribute();
        let Some((first, attribute)) = schema.with_first_slots().find(|(_, a)| a.name() == name) else {
            let known = schema.attributes().iter().map(|a| a.name().to_owned()).collect();
            return Err(PolicyError::UnknownAttribute { name: name.to_owned(), known });
        };
        let unknown = |value: &str, allowed: &[String]| PolicyError::UnknownValue {
            attribute: name.to_owned(),
            value: value.to_owned(),
            allowed: allowed.to_vec(),
        };
        let slot = |position: usize| SlotId(first + u16::try_from(position).unwrap_or(0));
        let yes = |position: usize| vec![Input { slot: slot(position), value: YES.to_owned() }];
        match (self, attribute) {
            (Self::Reaches { threshold, .. }, Attribute::Ordered { thresholds, .. }) => {
                thresholds.iter().position(|listed| listed == threshold).map(yes).ok_or_else(|| {
                    PolicyError::ThresholdNotListed {
                        attribute: name.to_owned(),
                        threshold: *threshold,
                        allowed: thresholds.clone(),
                    }
                })
            }
            (Self::OneOf { values, .. }, Attribute::Categorical { values: listed, .. }) => {
                let mut seen = BTreeSet::new();
                for value in values {
                    if !listed.contains(value) {
                        return Err(unknown(value, listed));
                    }
                    if !seen.insert(value) {
                        return Err(PolicyError::DuplicateValue { value: value.clone() });
                    }
                }
                Ok(values.iter().map(|value| Input { slot: slot(0), value: value.clone() }).collect())
            }
            (Self::Has { member, .. }, Attribute::Set { members, .. }) => members
                .iter()
                .position(|listed| listed == member)
                .map(yes)
                .ok_or_else(|| unknown(member, members)),
            (_, attribute) => Err(PolicyError::WrongOperator {
                attribute: name.to_owned(),
                kind: attribute.kind(),
                expected: expected_operator(attribute),
            }),
        }
    }

    fn is_satisfied(&self, attributes: &Attributes) -> bool {
        match (self, attributes.get(self.attribute())) {
            (Self::Reaches { threshold, .. }, Some(AttributeValue::Number(number))) => number >= threshold,
            (Self::OneOf { values, .. }, Some(AttributeValue::Category(category))) => {
                values.contains(category)
            }
            (Self::Has { member, .. }, Some(AttributeValue::Members(members))) => members.contains(member),
            _ => false,
        }
    }
}

/// How a policy asks for an attribute of this kind.
fn expected_operator(attribute: &Attribute) -> &'static str {
    match attribute {
        Attribute::Ordered { .. } => "`>=` and a threshold",
        Attribute::Categorical { .. } => "`=` and a value, or `in` and a list of values",
        Attribute::Set { .. } => "`has` and a member",
    }
}

impl Policy {
    /// Reads a policy as people write it, and checks it against the schema.
    ///
    /// # Errors
    /// [`ParseError`] has the column and says what was expected there.
    pub fn parse(text: &str, schema: &Schema) -> Result<Self, ParseError> {
        parser::parse(text, schema)
    }

    /// The exact predicate, which a contributor checks on its own attributes before it accepts a job.
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

    /// Checks the policy against the schema and compiles it to leaves. Groups of one part disappear.
    ///
    /// # Errors
    /// [`PolicyError`] names the attribute, value or group that doesn't fit.
    pub fn compile(&self, schema: &Schema) -> Result<CompiledPolicy, PolicyError> {
        let tree = self.compile_node(schema, 0)?;
        tree.check(MAX_DECODING_COST)?;
        Ok(CompiledPolicy { schema_digest: schema.digest(), tree })
    }

    fn compile_node(&self, schema: &Schema, depth: usize) -> Result<Tree<Input>, PolicyError> {
        // A list of values is one more gate below this node, and `check` counts what remains after groups of
        // one part have gone; this bound is for the recursion.
        if depth > 2 * MAX_DEPTH {
            return Err(TreeError::TooDeep.into());
        }
        let compile = |parts: &[Self]| {
            parts.iter().map(|part| part.compile_node(schema, depth + 1)).collect::<Result<Vec<_>, _>>()
        };
        match self {
            Self::All(parts) => gate(parts.len() as u64, compile(parts)?),
            Self::Any(parts) => gate(1, compile(parts)?),
            Self::AtLeast { needed, of } => gate(u64::from(*needed), compile(of)?),
            Self::Is(predicate) => gate(1, predicate.leaves(schema)?.into_iter().map(Tree::Leaf).collect()),
        }
    }
}

fn gate(needed: u64, mut children: Vec<Tree<Input>>) -> Result<Tree<Input>, PolicyError> {
    let parts = children.len();
    if parts == 0 {
        return Err(PolicyError::EmptyGroup);
    }
    if needed == 0 || needed > parts as u64 {
        return Err(PolicyError::ImpossibleCount { needed, parts });
    }
    match (children.len(), children.pop()) {
        (1, Some(only)) => Ok(only),
        (_, last) => {
            children.extend(last);
            let needed = u8::try_from(needed).map_err(|_| TreeError::TooManyChildren { found: parts })?;
            Ok(Tree::Gate { needed, children })
        }
    }
}

/// A policy as a tree of leaves (slot, value), within the limits of every vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompiledPolicy {
    schema_digest: [u8; 32],
    tree: Tree<Input>,
}

impl CompiledPolicy {
    /// Digest of the schema that numbers the slots.
    pub fn schema_digest(&self) -> [u8; 32] {
        self.schema_digest
    }

    /// The tree.
    pub fn tree(&self) -> &Tree<Input> {
        &self.tree
    }

    /// The distinct inputs that the requester has to have evaluated before it can seal.
    pub fn inputs(&self) -> Vec<Input> {
        self.tree.leaves().into_iter().cloned().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whether these slot values satisfy the tree; agrees with [`Policy::is_satisfied`].
    pub fn is_satisfied(&self, attributes: &Attributes) -> bool {
        attributes.schema_digest() == self.schema_digest
            && self.tree.is_satisfied(&|leaf| attributes.inputs().contains(leaf))
    }
}
