//! Policies as text, in the language that the parser reads.

use crate::policy::{Policy, Predicate};

impl Policy {
    /// The policy in the language of [`Policy::parse`], which reads it back as a policy that asks the same. It says what is asked
    /// for: for the requester's own eyes.
    pub fn to_text(&self) -> String {
        match self {
            Self::All(parts) => joined(parts, " and "),
            Self::Any(parts) => joined(parts, " or "),
            Self::AtLeast { needed, of } => {
                let parts: Vec<String> = of.iter().map(Self::to_text).collect();
                format!("any {needed} of ({})", parts.join(", "))
            }
            Self::Is(predicate) => predicate.to_text(),
        }
    }
}

/// Parts with a word between them. A part that has such a word itself is in parentheses, so that nobody has to know which binds first.
fn joined(parts: &[Policy], word: &str) -> String {
    let part = |part: &Policy| match part {
        Policy::All(inner) | Policy::Any(inner) if inner.len() > 1 && parts.len() > 1 => {
            format!("({})", part.to_text())
        }
        _ => part.to_text(),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(word)
}

impl Predicate {
    fn to_text(&self) -> String {
        match self {
            Self::Reaches { attribute, threshold } => format!("{attribute} >= {threshold}"),
            Self::OneOf { attribute, values } => match values.as_slice() {
                [only] => format!("{attribute} = {only}"),
                several => format!("{attribute} in ({})", several.join(", ")),
            },
            Self::Has { attribute, member } => format!("{attribute} has {member}"),
            Self::Within { attribute, distance, of } => format!("{attribute} within {distance} of {of}"),
        }
    }
}
