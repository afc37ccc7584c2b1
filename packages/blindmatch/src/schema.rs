//! The public attribute schema: what a policy may speak about, and the slots that it expands to.
//!
//! A slot is one question that the committee evaluates once per identity and epoch. An ordered attribute has a
//! slot for each threshold ("vram>=16", answered yes or no), a categorical attribute has one slot whose value
//! is the category, so that one evaluation is one guess, a set has a slot for each member, and a vector has 64 slots,
//! the value of each a sample of its bits ([`crate::vector`]).

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{hash::sha256, vector::SAMPLES};

/// Version of the schema document and of its digest.
pub const SCHEMA_VERSION: u8 = 1;
/// Most slots of a schema: bounds share key tables, requests and quotas.
pub const MAX_SLOTS: usize = 256;
/// Most bytes of an attribute's name and of a category or member.
pub const MAX_NAME_BYTES: usize = 32;
/// Most bytes of an input's value.
pub const MAX_VALUE_BYTES: usize = 64;
/// Words of the policy language, not usable as names.
pub const KEYWORDS: [&str; 7] = ["and", "or", "any", "of", "in", "has", "within"];
/// The attribute of [`Schema::bithive`] that a machine can show by holding it: GiB of the memory that models run in, a GPU's or,
/// where they run on a processor, main memory.
pub const MEMORY_ATTRIBUTE: &str = "vram";
/// The value of a threshold or member slot for those who have it.
pub const YES: &str = "yes";
/// The value of a threshold or member slot for those who don't.
pub const NO: &str = "no";

/// A slot's number: its position in [`Schema::slots`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SlotId(pub u16);

/// One question, as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Number of the question, from 0 in the order of the schema.
    pub id: SlotId,
    /// `vram>=16`, `region`, `certifications:hipaa` or `profile#63`.
    pub label: String,
}

/// A slot with a value: the OPRF's input and a policy's leaf. The value is what blind matching keeps private: it is erased when
/// dropped, and not printed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Zeroize, ZeroizeOnDrop)]
pub struct Input {
    /// Question that is answered.
    #[zeroize(skip)]
    pub slot: SlotId,
    /// [`YES`], [`NO`], a category, or a sample of a vector.
    pub value: String,
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Input(slot {}, secret)", self.slot.0)
    }
}

/// An attribute and what it can be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Attribute {
    /// A whole number, asked for as "at least".
    Ordered {
        /// Name, `[a-z][a-z0-9_]*`, at most [`MAX_NAME_BYTES`].
        name: String,
        /// The thresholds that may be asked for, rising.
        thresholds: Vec<u64>,
    },
    /// Exactly one of several categories.
    Categorical {
        /// Name, `[a-z][a-z0-9_]*`, at most [`MAX_NAME_BYTES`].
        name: String,
        /// The categories, at least one.
        values: Vec<String>,
    },
    /// Any number of members.
    Set {
        /// Name, `[a-z][a-z0-9_]*`, at most [`MAX_NAME_BYTES`].
        name: String,
        /// The possible members.
        members: Vec<String>,
    },
    /// A vector of 256 bits, asked for by distance.
    Vector {
        /// Name, `[a-z][a-z0-9_]*`, at most [`MAX_NAME_BYTES`].
        name: String,
    },
}

impl Attribute {
    /// The attribute's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Ordered { name, .. }
            | Self::Categorical { name, .. }
            | Self::Set { name, .. }
            | Self::Vector { name } => name,
        }
    }

    /// How a person calls this kind of attribute.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Ordered { .. } => "a number",
            Self::Categorical { .. } => "a category",
            Self::Set { .. } => "a set",
            Self::Vector { .. } => "a vector (`0x` and 64 hexadecimal digits)",
        }
    }

    fn slot_labels(&self) -> Vec<String> {
        match self {
            Self::Ordered { name, thresholds } => thresholds.iter().map(|t| format!("{name}>={t}")).collect(),
            Self::Categorical { name, .. } => vec![name.clone()],
            Self::Set { name, members } => members.iter().map(|m| format!("{name}:{m}")).collect(),
            Self::Vector { name } => (0..SAMPLES).map(|sample| format!("{name}#{sample}")).collect(),
        }
    }

    fn slot_count(&self) -> usize {
        match self {
            Self::Ordered { thresholds, .. } => thresholds.len(),
            Self::Categorical { .. } => 1,
            Self::Set { members, .. } => members.len(),
            Self::Vector { .. } => SAMPLES,
        }
    }

    fn check(&self) -> Result<(), SchemaError> {
        check_name(self.name())?;
        let attribute = || self.name().to_owned();
        match self {
            Self::Vector { .. } => Ok(()),
            Self::Ordered { thresholds, .. } => {
                if thresholds.is_empty() {
                    return Err(SchemaError::Empty { attribute: attribute() });
                }
                match thresholds.iter().zip(thresholds.iter().skip(1)).find(|(low, high)| low >= high) {
                    Some((low, high)) => Err(SchemaError::UnsortedThresholds {
                        attribute: attribute(),
                        low: *low,
                        high: *high,
                    }),
                    None => Ok(()),
                }
            }
            Self::Categorical { values: words, .. } | Self::Set { members: words, .. } => {
                if words.is_empty() {
                    return Err(SchemaError::Empty { attribute: attribute() });
                }
                if words.len() > MAX_SLOTS {
                    return Err(SchemaError::TooManyValues { attribute: attribute(), found: words.len() });
                }
                let mut seen = BTreeSet::new();
                for word in words {
                    check_word(word)?;
                    if !seen.insert(word) {
                        return Err(SchemaError::DuplicateValue {
                            attribute: attribute(),
                            value: word.clone(),
                        });
                    }
                }
                Ok(())
            }
        }
    }
}

/// Why a schema is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// The schema has a version that this program does not know.
    #[error("schema version {found} is not supported, expected {SCHEMA_VERSION}")]
    Version {
        /// The version found.
        found: u8,
    },
    /// No attribute at all.
    #[error("the schema has no attributes, expected at least one")]
    NoAttributes,
    /// A name that the policy language can't write.
    #[error(
        "name `{name}` is not allowed, expected 1 to {MAX_NAME_BYTES} of {alphabet}, and none of the words {KEYWORDS:?}"
    )]
    Name {
        /// The name found.
        name: String,
        /// The characters it may have.
        alphabet: &'static str,
    },
    /// Two attributes of one name.
    #[error("attribute `{name}` is listed twice, expected different names")]
    DuplicateName {
        /// Name that occurs twice.
        name: String,
    },
    /// An attribute without thresholds, categories or members.
    #[error("attribute `{attribute}` is empty, expected at least one threshold, category or member")]
    Empty {
        /// Name of the attribute without values.
        attribute: String,
    },
    /// Thresholds that don't rise.
    #[error("thresholds of `{attribute}` go from {low} to {high}, expected each to be above the one before")]
    UnsortedThresholds {
        /// Name of the ordered attribute.
        attribute: String,
        /// The earlier one.
        low: u64,
        /// The later one.
        high: u64,
    },
    /// A category or member listed twice.
    #[error("`{attribute}` lists `{value}` twice, expected different values")]
    DuplicateValue {
        /// Name of the attribute.
        attribute: String,
        /// Value that occurs twice.
        value: String,
    },
    /// Too many categories or members.
    #[error("attribute `{attribute}` has {found} values, expected at most {MAX_SLOTS}")]
    TooManyValues {
        /// Name of the attribute.
        attribute: String,
        /// How many it has.
        found: usize,
    },
    /// Too many slots.
    #[error("the schema expands to {found} slots, expected at most {MAX_SLOTS}")]
    TooManySlots {
        /// How many it expands to.
        found: usize,
    },
}

/// A validated schema. Its JSON form is `{"version": 1, "attributes": [...]}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Document", into = "Document")]
pub struct Schema {
    attributes: Vec<Attribute>,
}

/// The schema as written, not yet validated.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u8,
    attributes: Vec<Attribute>,
}

impl TryFrom<Document> for Schema {
    type Error = SchemaError;

    fn try_from(document: Document) -> Result<Self, SchemaError> {
        if document.version != SCHEMA_VERSION {
            return Err(SchemaError::Version { found: document.version });
        }
        Self::new(document.attributes)
    }
}

impl From<Schema> for Document {
    fn from(schema: Schema) -> Self {
        Self { version: SCHEMA_VERSION, attributes: schema.attributes }
    }
}

impl Schema {
    /// A schema of these attributes, in this order; the order numbers the slots.
    ///
    /// # Errors
    /// Names what is wrong: a name, an order, a duplicate, or too many slots.
    pub fn new(attributes: Vec<Attribute>) -> Result<Self, SchemaError> {
        if attributes.is_empty() {
            return Err(SchemaError::NoAttributes);
        }
        let slots = attributes.iter().map(Attribute::slot_count).fold(0, usize::saturating_add);
        if slots > MAX_SLOTS {
            return Err(SchemaError::TooManySlots { found: slots });
        }
        let mut names = BTreeSet::new();
        for attribute in &attributes {
            attribute.check()?;
            if !names.insert(attribute.name()) {
                return Err(SchemaError::DuplicateName { name: attribute.name().to_owned() });
            }
        }
        Ok(Self { attributes })
    }

    /// The schema that BitHive starts with: graphics memory in GiB, region, and certifications.
    pub fn bithive() -> Self {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
        Self {
            attributes: vec![
                Attribute::Ordered {
                    name: MEMORY_ATTRIBUTE.to_owned(),
                    thresholds: vec![8, 12, 16, 24, 48, 80],
                },
                Attribute::Categorical {
                    name: "region".to_owned(),
                    values: words(&["eu", "ch", "uk", "us", "cn", "hk", "jp", "sg"]),
                },
                Attribute::Set {
                    name: "certifications".to_owned(),
                    members: words(&["iso27001", "hipaa", "gdpr"]),
                },
            ],
        }
    }

    /// The attributes, in the order that numbers the slots.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name() == name)
    }

    /// The name of the attribute that a slot belongs to.
    pub fn attribute_of(&self, slot: SlotId) -> Option<&str> {
        let at = self.with_first_slots().take_while(|(first, _)| *first <= slot.0).last();
        at.filter(|_| slot.0 < self.slot_count()).map(|(_, attribute)| attribute.name())
    }

    /// Every slot, in order of its number.
    pub fn slots(&self) -> Vec<Slot> {
        let labels = self.attributes.iter().flat_map(Attribute::slot_labels);
        (0..).map(SlotId).zip(labels).map(|(id, label)| Slot { id, label }).collect()
    }

    /// How many slots there are, at most [`MAX_SLOTS`].
    pub fn slot_count(&self) -> u16 {
        let count: usize = self.attributes.iter().map(Attribute::slot_count).sum();
        u16::try_from(count).unwrap_or(u16::MAX)
    }

    /// The attributes with the number of their first slot.
    pub(crate) fn with_first_slots(&self) -> impl Iterator<Item = (u16, &Attribute)> {
        self.attributes.iter().scan(0_u16, |next, attribute| {
            let first = *next;
            *next = next.saturating_add(u16::try_from(attribute.slot_count()).unwrap_or(u16::MAX));
            Some((first, attribute))
        })
    }

    /// SHA-256 over the canonical encoding; every input, vault and tag is bound to it.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = sha256("schema").fixed(&[SCHEMA_VERSION]);
        let count = |length: usize| (length as u64).to_be_bytes();
        hash = hash.fixed(&count(self.attributes.len()));
        for attribute in &self.attributes {
            match attribute {
                Attribute::Ordered { name, thresholds } => {
                    hash = hash.fixed(&[0]).variable(name.as_bytes()).fixed(&count(thresholds.len()));
                    hash = thresholds.iter().fold(hash, |hash, t| hash.fixed(&t.to_be_bytes()));
                }
                Attribute::Categorical { name, values: words } | Attribute::Set { name, members: words } => {
                    let kind = u8::from(matches!(attribute, Attribute::Set { .. })) + 1;
                    hash = hash.fixed(&[kind]).variable(name.as_bytes()).fixed(&count(words.len()));
                    hash = words.iter().fold(hash, |hash, word| hash.variable(word.as_bytes()));
                }
                Attribute::Vector { name } => hash = hash.fixed(&[3]).variable(name.as_bytes()),
            }
        }
        hash.digest()
    }
}

fn check_name(name: &str) -> Result<(), SchemaError> {
    let starts_well = name.starts_with(|c: char| c.is_ascii_lowercase());
    let spelt_well = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if starts_well && spelt_well && name.len() <= MAX_NAME_BYTES && !KEYWORDS.contains(&name) {
        Ok(())
    } else {
        Err(SchemaError::Name { name: name.to_owned(), alphabet: "a-z, 0-9 and _, starting with a letter" })
    }
}

fn check_word(word: &str) -> Result<(), SchemaError> {
    let spelt_well = word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.-".contains(c));
    let length_ok = (1..=MAX_NAME_BYTES).contains(&word.len());
    if spelt_well && length_ok && !KEYWORDS.contains(&word) {
        Ok(())
    } else {
        Err(SchemaError::Name { name: word.to_owned(), alphabet: "a-z, 0-9, _, . and -" })
    }
}
