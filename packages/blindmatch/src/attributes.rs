//! A contributor's own attributes: validated against the schema, answered slot by slot, and committed to.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    commitment::CommittedAnswers,
    schema::{Attribute, Input, NO, Schema, SlotId, YES},
    vector::{SAMPLES, Vector, sample_positions},
};

/// What a contributor states for one attribute.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AttributeValue {
    /// For an ordered attribute: the amount it has, which need not be a threshold.
    Number(u64),
    /// For a vector. Its text is too long for a category.
    Vector(Vector),
    /// For a categorical attribute.
    Category(String),
    /// For a set; empty if it has none of the members.
    Members(BTreeSet<String>),
}

/// Why attributes are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttributesError {
    /// A name that the schema doesn't have.
    #[error("attribute `{name}` is not in the schema, expected one of {known:?}")]
    Unknown {
        /// The name stated.
        name: String,
        /// The names of the schema.
        known: Vec<String>,
    },
    /// An attribute of the schema that isn't stated. A missing answer would never match and look like a match
    /// that failed, so it has to be stated, be it as zero or as an empty set.
    #[error("attribute `{name}` is not stated, expected {expected}")]
    Missing {
        /// Name of the attribute that is missing.
        name: String,
        /// What kind of value it takes.
        expected: &'static str,
    },
    /// A number for a set, and so on.
    #[error("attribute `{name}` has the wrong kind of value, expected {expected}")]
    WrongKind {
        /// Name of the attribute whose value has the wrong kind.
        name: String,
        /// What kind of value it takes.
        expected: &'static str,
    },
    /// A category or member that the schema doesn't list.
    #[error("`{name}` can't be `{value}`, expected one of {allowed:?}")]
    UnknownValue {
        /// Name of the attribute that has no such value.
        name: String,
        /// The value stated.
        value: String,
        /// The values of the schema.
        allowed: Vec<String>,
    },
}

/// Validated attributes. No `Debug`: they are what blind matching keeps private.
#[derive(Clone, PartialEq, Eq)]
pub struct Attributes {
    schema_digest: [u8; 32],
    values: BTreeMap<String, AttributeValue>,
    inputs: Vec<Input>,
}

impl Attributes {
    /// Checks every value against the schema. All attributes of the schema have to be stated.
    ///
    /// # Errors
    /// Names the attribute that is unknown, missing, or has a value that the schema doesn't allow.
    pub fn new(schema: &Schema, values: BTreeMap<String, AttributeValue>) -> Result<Self, AttributesError> {
        if let Some(name) = values.keys().find(|name| schema.attribute(name).is_none()) {
            let known = schema.attributes().iter().map(|attribute| attribute.name().to_owned()).collect();
            return Err(AttributesError::Unknown { name: name.clone(), known });
        }
        let schema_digest = schema.digest();
        let mut inputs = Vec::with_capacity(usize::from(schema.slot_count()));
        for (first, attribute) in schema.with_first_slots() {
            let stated = values.get(attribute.name());
            let answers = match (attribute, stated) {
                (Attribute::Vector { .. }, Some(AttributeValue::Vector(vector))) => {
                    samples(vector, &schema_digest, first)
                }
                _ => answers(attribute, stated)?,
            };
            inputs.extend((first..).zip(answers).map(|(slot, value)| Input { slot: SlotId(slot), value }));
        }
        Ok(Self { schema_digest, values, inputs })
    }

    /// The value of every slot, in slot order: what a contributor has evaluated, once per epoch.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Digest of the schema that these attributes were validated against.
    pub fn schema_digest(&self) -> [u8; 32] {
        self.schema_digest
    }

    /// The value stated for an attribute.
    pub fn get(&self, name: &str) -> Option<&AttributeValue> {
        self.values.get(name)
    }

    /// Commitments to the answers to all slots. They hide them as long as `nonce` is 32 fresh random bytes that the
    /// contributor keeps.
    pub fn commit(&self, nonce: &[u8; 32]) -> CommittedAnswers {
        CommittedAnswers::new(self.schema_digest, &self.inputs, nonce)
    }

    /// What a contributor registers: the digest of [`Attributes::commit`]'s public part.
    pub fn commitment(&self, nonce: &[u8; 32]) -> [u8; 32] {
        self.commit(nonce).commitments().digest()
    }
}

impl ZeroizeOnDrop for Attributes {}

/// The inputs erase themselves.
impl Drop for Attributes {
    fn drop(&mut self) {
        for value in self.values.values_mut() {
            match value {
                AttributeValue::Number(number) => number.zeroize(),
                AttributeValue::Category(category) => category.zeroize(),
                AttributeValue::Vector(vector) => vector.zeroize(),
                // Keys of a set can't be overwritten in place.
                AttributeValue::Members(members) => members.clear(),
            }
        }
    }
}

/// The value of each slot of a vector whose first slot is this.
pub(crate) fn samples(vector: &Vector, schema_digest: &[u8; 32], first: u16) -> Vec<String> {
    let slots = (first..).take(SAMPLES).map(SlotId);
    slots.map(|slot| vector.sample(&sample_positions(schema_digest, slot))).collect()
}

/// The value of each slot of an attribute that is no vector.
fn answers(attribute: &Attribute, stated: Option<&AttributeValue>) -> Result<Vec<String>, AttributesError> {
    let name = || attribute.name().to_owned();
    let answer = |holds: bool| if holds { YES.to_owned() } else { NO.to_owned() };
    let unknown = |value: &String, allowed: &[String]| AttributesError::UnknownValue {
        name: name(),
        value: value.clone(),
        allowed: allowed.to_vec(),
    };
    match (attribute, stated) {
        (_, None) => Err(AttributesError::Missing { name: name(), expected: attribute.kind() }),
        (Attribute::Ordered { thresholds, .. }, Some(AttributeValue::Number(number))) => {
            Ok(thresholds.iter().map(|threshold| answer(number >= threshold)).collect())
        }
        (Attribute::Categorical { values, .. }, Some(AttributeValue::Category(category))) => {
            if values.contains(category) {
                Ok(vec![category.clone()])
            } else {
                Err(unknown(category, values))
            }
        }
        (Attribute::Set { members, .. }, Some(AttributeValue::Members(stated))) => {
            match stated.iter().find(|member| !members.contains(member)) {
                Some(member) => Err(unknown(member, members)),
                None => Ok(members.iter().map(|member| answer(stated.contains(member))).collect()),
            }
        }
        (_, Some(_)) => Err(AttributesError::WrongKind { name: name(), expected: attribute.kind() }),
    }
}
