//! What people write: policies as text and as JSON, schemas, attributes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bithive_blindmatch::attributes::{AttributeValue, Attributes};
use bithive_blindmatch::policy::{ParseError, Policy, PolicyError, Predicate};
use bithive_blindmatch::schema::Schema;
use bithive_blindmatch::tree::TreeError;

use crate::choose;
use crate::memory::Budget;

/// Errors list what the schema knows; groups expand to templates.
pub const BUDGET: Budget = Budget { fixed: 1 << 20, per_byte: 4 << 10 };

static SCHEMA: LazyLock<Schema> = LazyLock::new(Schema::bithive);

/// Contributors on which a policy and its compiled form have to agree.
static CONTRIBUTORS: LazyLock<[Attributes; 4]> = LazyLock::new(|| {
    [
        attributes(0, "us", &[]),
        attributes(16, "eu", &["gdpr"]),
        attributes(48, "ch", &["iso27001", "hipaa"]),
        attributes(u64::MAX, "sg", &["iso27001", "hipaa", "gdpr"]),
    ]
});

/// Attributes under the schema that BitHive starts with.
pub fn attributes(vram: u64, region: &str, certifications: &[&str]) -> Attributes {
    let members = certifications.iter().map(|word| (*word).to_owned()).collect();
    let values = BTreeMap::from([
        ("vram".to_owned(), AttributeValue::Number(vram)),
        ("region".to_owned(), AttributeValue::Category(region.to_owned())),
        ("certifications".to_owned(), AttributeValue::Members(members)),
    ]);
    Attributes::new(&Schema::bithive(), values).expect("values of the schema")
}

/// The first byte chooses what the rest is: a policy as text or as JSON, a schema, attributes, or a schema and a
/// policy with a zero byte between.
pub fn check(input: &[u8]) {
    match choose(input, 5) {
        None => {}
        Some((0, bytes)) => text(bytes, &SCHEMA),
        Some((1, bytes)) => json(bytes),
        Some((2, bytes)) => drop(schema(bytes)),
        Some((3, bytes)) => attributes_json(bytes),
        Some((_, bytes)) => {
            let mut parts = bytes.splitn(2, |byte| *byte == 0);
            if let (Some(Some(schema)), Some(policy)) = (parts.next().map(schema), parts.next()) {
                text(policy, &schema);
            }
        }
    }
}

fn text(bytes: &[u8], schema: &Schema) {
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    match Policy::parse(text, schema) {
        Ok(policy) => {
            assert_eq!(Policy::parse(&print(&policy), schema).as_ref(), Ok(&policy), "print, then parse");
            let written = serde_json::to_vec(&policy).expect("a policy has a JSON form");
            let read: Policy = serde_json::from_slice(&written).expect("what was written");
            assert_eq!(read, policy, "a policy's JSON reads back");
            policy.compile(schema).expect("what was parsed compiles");
        }
        Err(ParseError::Syntax { column, .. } | ParseError::Type { column, .. }) => {
            assert!((1..=text.chars().count() + 1).contains(&column), "the column is in the text: {column}");
        }
        Err(ParseError::TooLong { found }) => assert_eq!(found, text.len()),
    }
}

fn json(bytes: &[u8]) {
    let Ok(policy) = serde_json::from_slice::<Policy>(bytes) else { return };
    let written = serde_json::to_vec(&policy).expect("a policy has a JSON form");
    assert_eq!(serde_json::from_slice::<Policy>(&written).expect("what was written"), policy);
    let Ok(compiled) = policy.compile(&SCHEMA) else { return };
    let printed = match Policy::parse(&print(&policy), &SCHEMA) {
        Ok(printed) => printed,
        // A tree can be deeper, or longer as text, than text may be.
        Err(ParseError::TooLong { .. }) => return,
        Err(ParseError::Type { source: PolicyError::Tree(TreeError::TooDeep), .. }) => return,
        // Text has no group of one part, and so may ask for a set's members in one group where the tree had two;
        // the template of one group can cost more.
        Err(ParseError::Type { source: PolicyError::Tree(_), .. }) => return,
        Err(error) => panic!("{policy:?} as text: {error}"),
    };
    for contributor in &*CONTRIBUTORS {
        let holds = policy.is_satisfied(contributor);
        assert_eq!(holds, compiled.is_satisfied(contributor), "compiling keeps the meaning");
        assert_eq!(holds, printed.is_satisfied(contributor), "printing keeps the meaning");
    }
}

fn schema(bytes: &[u8]) -> Option<Schema> {
    let schema: Schema = serde_json::from_slice(bytes).ok()?;
    assert_eq!(schema.slots().len(), usize::from(schema.slot_count()));
    let written = serde_json::to_vec(&schema).expect("a schema has a JSON form");
    let read: Schema = serde_json::from_slice(&written).expect("what was written");
    assert_eq!(read, schema);
    assert_eq!(read.digest(), schema.digest());
    Some(schema)
}

fn attributes_json(bytes: &[u8]) {
    let Ok(values) = serde_json::from_slice::<BTreeMap<String, AttributeValue>>(bytes) else { return };
    let Ok(attributes) = Attributes::new(&SCHEMA, values.clone()) else { return };
    assert_eq!(attributes.inputs().len(), usize::from(SCHEMA.slot_count()), "an answer for every slot");
    let again = Attributes::new(&SCHEMA, values).expect("what was taken");
    assert_eq!(again.commitment(&[1; 32]), attributes.commitment(&[1; 32]));
}

/// The policy as text, with parentheses only where its structure needs them.
fn print(policy: &Policy) -> String {
    let joined = |parts: &[Policy], joint: &str, print: fn(&Policy) -> String| {
        parts.iter().map(print).collect::<Vec<_>>().join(joint)
    };
    match policy {
        Policy::All(parts) if parts.len() == 1 => print(&parts[0]),
        Policy::Any(parts) if parts.len() == 1 => print(&parts[0]),
        Policy::Any(parts) => joined(parts, " or ", print_alternative),
        Policy::All(parts) => joined(parts, " and ", print_term),
        Policy::AtLeast { needed, of } => format!("any {needed} of ({})", joined(of, ", ", print)),
        Policy::Is(Predicate::Reaches { attribute, threshold }) => format!("{attribute} >= {threshold}"),
        Policy::Is(Predicate::OneOf { attribute, values }) => match values.as_slice() {
            [only] => format!("{attribute} = {only}"),
            values => format!("{attribute} in ({})", values.join(", ")),
        },
        Policy::Is(Predicate::Within { attribute, distance, of }) => {
            format!("{attribute} within {distance} of {of}")
        }
        Policy::Is(Predicate::Has { attribute, member }) => format!("{attribute} has {member}"),
    }
}

/// A part of an `or`.
fn print_alternative(policy: &Policy) -> String {
    match policy {
        Policy::Any(parts) if parts.len() > 1 => format!("({})", print(policy)),
        Policy::Any(parts) | Policy::All(parts) if parts.len() == 1 => print_alternative(&parts[0]),
        _ => print(policy),
    }
}

/// A part of an `and`.
fn print_term(policy: &Policy) -> String {
    match policy {
        Policy::Any(parts) | Policy::All(parts) if parts.len() > 1 => format!("({})", print(policy)),
        Policy::Any(parts) | Policy::All(parts) if parts.len() == 1 => print_term(&parts[0]),
        _ => print(policy),
    }
}
