//! Templates: the public form of a condition, which its attribute and the number of its values decide, not the
//! values themselves.
//!
//! | condition | template |
//! |---|---|
//! | a threshold | OR over every threshold of the attribute, in slot order |
//! | n members of a set | n of every member of the set, in slot order |
//! | a distance to a vector | 2 of the 64 samples of the vector, in slot order |
//! | some categories | OR of as many leaves as categories, at least [`CATEGORY_LEAVES`] if the schema has them |
//!
//! Leaves that the policy doesn't ask for are decoys ([`Leaf::Decoy`]).

use std::collections::BTreeSet;

use crate::{
    attributes::samples,
    policy::{CompiledPolicy, Leaf, Policy, PolicyError, Predicate},
    schema::{Attribute, Input, Schema, SlotId, YES},
    tree::{MAX_DECODING_COST, MAX_DEPTH, Tree, TreeError},
    vector::{MAX_DISTANCE, SAMPLES_NEEDED, Vector},
};

/// Least leaves of a list of categories, or all that the schema has where these are fewer.
pub const CATEGORY_LEAVES: usize = 4;

impl Policy {
    /// Checks the policy against the schema and compiles it: every condition, and every group that asks for
    /// different members of one set, becomes the template of its attribute. Groups of one part disappear.
    ///
    /// # Errors
    /// [`PolicyError`] names the attribute, value or group that doesn't fit. Decoys count in the limits of the
    /// tree.
    pub fn compile(&self, schema: &Schema) -> Result<CompiledPolicy, PolicyError> {
        let tree = self.compile_node(schema, 0)?;
        tree.check(MAX_DECODING_COST)?;
        Ok(CompiledPolicy { schema_digest: schema.digest(), tree })
    }

    fn compile_node(&self, schema: &Schema, depth: usize) -> Result<Tree<Leaf>, PolicyError> {
        // `check` counts what remains after groups of one part have gone; this bound is for the recursion.
        if depth > 2 * MAX_DEPTH {
            return Err(TreeError::TooDeep.into());
        }
        let (needed, parts) = match self {
            Self::Is(predicate) => return predicate.template(schema),
            Self::All(parts) => (parts.len() as u64, parts),
            Self::Any(parts) => (1, parts),
            Self::AtLeast { needed, of } => (u64::from(*needed), of),
        };
        set_group(needed, parts, schema).unwrap_or_else(|| {
            let compiled = parts.iter().map(|part| part.compile_node(schema, depth + 1));
            gate(needed, compiled.collect::<Result<_, _>>()?)
        })
    }
}

impl Predicate {
    /// Checks the condition against the schema and gives its template.
    pub(super) fn template(&self, schema: &Schema) -> Result<Tree<Leaf>, PolicyError> {
        match self {
            Self::Reaches { attribute, threshold } => reaches(attribute, *threshold, schema),
            Self::OneOf { attribute, values } => one_of(attribute, values, schema),
            Self::Has { attribute, member } => has(1, attribute, &[member], schema),
            Self::Within { attribute, distance, of } => within(attribute, *distance, of, schema),
        }
    }
}

/// The template of a group that asks for `needed` of different members of one set; `None` for other groups.
fn set_group(needed: u64, parts: &[Policy], schema: &Schema) -> Option<Result<Tree<Leaf>, PolicyError>> {
    let Some(Policy::Is(Predicate::Has { attribute: set, .. })) = parts.first() else { return None };
    let members = parts.iter().map(|part| member_of(set, part)).collect::<Option<Vec<_>>>()?;
    let all_differ = members.iter().collect::<BTreeSet<_>>().len() == members.len();
    all_differ.then(|| has(needed, set, &members, schema))
}

fn member_of<'a>(set: &str, part: &'a Policy) -> Option<&'a str> {
    match part {
        Policy::Is(Predicate::Has { attribute, member }) if attribute == set => Some(member),
        _ => None,
    }
}

/// A gate over checked parts; one part alone stands for itself.
fn gate(needed: u64, mut children: Vec<Tree<Leaf>>) -> Result<Tree<Leaf>, PolicyError> {
    let parts = children.len();
    check_count(needed, parts)?;
    match (parts, children.pop()) {
        (1, Some(only)) => Ok(only),
        (_, last) => {
            children.extend(last);
            let needed = u8::try_from(needed).map_err(|_| TreeError::TooManyChildren { found: parts })?;
            Ok(Tree::Gate { needed, children })
        }
    }
}

fn check_count(needed: u64, parts: usize) -> Result<(), PolicyError> {
    match parts {
        0 => Err(PolicyError::EmptyGroup),
        _ if needed == 0 || needed > parts as u64 => Err(PolicyError::ImpossibleCount { needed, parts }),
        _ => Ok(()),
    }
}

fn reaches(name: &str, threshold: u64, schema: &Schema) -> Result<Tree<Leaf>, PolicyError> {
    let (first, attribute) = find(name, schema)?;
    let Attribute::Ordered { thresholds, .. } = attribute else { return Err(wrong_operator(attribute)) };
    if !thresholds.contains(&threshold) {
        let (attribute, allowed) = (name.to_owned(), thresholds.clone());
        return Err(PolicyError::ThresholdNotListed { attribute, threshold, allowed });
    }
    let asked = thresholds.iter().map(|listed| *listed == threshold);
    gate(1, yes_leaves(first, asked))
}

fn has(needed: u64, name: &str, asked: &[&str], schema: &Schema) -> Result<Tree<Leaf>, PolicyError> {
    let (first, attribute) = find(name, schema)?;
    let Attribute::Set { members, .. } = attribute else { return Err(wrong_operator(attribute)) };
    asked.iter().try_for_each(|member| check_value(name, member, members))?;
    check_count(needed, asked.len())?;
    let asked = members.iter().map(|member| asked.contains(&member.as_str()));
    gate(needed, yes_leaves(first, asked))
}

/// The same whatever the distance: that is for the exact predicate.
fn within(name: &str, distance: u16, of: &Vector, schema: &Schema) -> Result<Tree<Leaf>, PolicyError> {
    let (first, attribute) = find(name, schema)?;
    let Attribute::Vector { .. } = attribute else { return Err(wrong_operator(attribute)) };
    if distance > MAX_DISTANCE {
        return Err(PolicyError::TooFar { distance: u64::from(distance) });
    }
    let values = samples(of, &schema.digest(), first);
    let leaf = |(slot, value)| Tree::Leaf(Leaf::Asked(Input { slot, value }));
    gate(SAMPLES_NEEDED as u64, (first..).map(SlotId).zip(values).map(leaf).collect())
}

/// The order of the leaves doesn't matter: sealing shuffles leaves of one slot.
fn one_of(name: &str, asked: &[String], schema: &Schema) -> Result<Tree<Leaf>, PolicyError> {
    let (slot, attribute) = find(name, schema)?;
    let Attribute::Categorical { values, .. } = attribute else { return Err(wrong_operator(attribute)) };
    check_count(1, asked.len())?;
    let mut seen = BTreeSet::new();
    for value in asked {
        check_value(name, value, values)?;
        if !seen.insert(value) {
            return Err(PolicyError::DuplicateValue { value: value.clone() });
        }
    }
    let slot = SlotId(slot);
    let real = asked.iter().map(|value| Leaf::Asked(Input { slot, value: value.clone() }));
    let decoys = CATEGORY_LEAVES.min(values.len()).saturating_sub(asked.len());
    let leaves = real.chain((0..decoys).map(|_| Leaf::Decoy(slot)));
    gate(1, leaves.map(Tree::Leaf).collect())
}

/// A leaf for each slot from `first` on.
fn yes_leaves(first: u16, asked: impl Iterator<Item = bool>) -> Vec<Tree<Leaf>> {
    let leaf = |(slot, asked)| match asked {
        true => Leaf::Asked(Input { slot, value: YES.to_owned() }),
        false => Leaf::Decoy(slot),
    };
    (first..).map(SlotId).zip(asked).map(leaf).map(Tree::Leaf).collect()
}

/// The attribute and its first slot.
fn find<'a>(name: &str, schema: &'a Schema) -> Result<(u16, &'a Attribute), PolicyError> {
    schema.with_first_slots().find(|(_, attribute)| attribute.name() == name).ok_or_else(|| {
        let known = schema.attributes().iter().map(|attribute| attribute.name().to_owned()).collect();
        PolicyError::UnknownAttribute { name: name.to_owned(), known }
    })
}

fn check_value(name: &str, value: &str, listed: &[String]) -> Result<(), PolicyError> {
    if listed.iter().any(|other| other == value) {
        return Ok(());
    }
    let (attribute, value, allowed) = (name.to_owned(), value.to_owned(), listed.to_vec());
    Err(PolicyError::UnknownValue { attribute, value, allowed })
}

/// The condition doesn't suit the attribute's kind: says how a policy asks for it.
pub(super) fn wrong_operator(attribute: &Attribute) -> PolicyError {
    let expected = match attribute {
        Attribute::Ordered { .. } => "`>=` and a threshold",
        Attribute::Categorical { .. } => "`=` and a value, or `in` and a list of values",
        Attribute::Set { .. } => "`has` and a member",
        Attribute::Vector { .. } => "`within`, a distance, `of` and a vector",
    };
    PolicyError::WrongOperator { attribute: attribute.name().to_owned(), kind: attribute.kind(), expected }
}
