//! What a document can have wrong: where, what was found, what is expected, and what helps.

use std::fmt;

/// One problem of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Where, as FHIRPath from the type of the document's resource.
    pub path: String,
    /// What is wrong there.
    pub fault: Fault,
}

impl fmt::Display for Issue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path, self.fault)
    }
}

/// What is wrong with an element.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// An element that has to be there is not.
    #[error("is missing; add it, {expected}")]
    Missing {
        /// What has to be there: the element's type, for example.
        expected: String,
    },
    /// Another kind of JSON value.
    #[error("is {found}; expected {expected}")]
    Kind {
        /// What it is.
        found: &'static str,
        /// What belongs there.
        expected: String,
    },
    /// A primitive value of another form.
    #[error("{found:?} is no {kind}; expected {expected}")]
    Form {
        /// The value, cut off where it is long.
        found: String,
        /// The primitive type.
        kind: &'static str,
        /// How its values look.
        expected: &'static str,
    },
    /// A name that R4 does not have here.
    #[error("is no element of R4 here; correct its name, remove it, or send it as an extension")]
    Unknown,
    /// Values of two types in one choice.
    #[error("is there beside {other}; leave one of the two")]
    Choice {
        /// The other one's name.
        other: String,
    },
    /// An object or a list with nothing in it.
    #[error("is {found} with nothing in it; remove it")]
    Empty {
        /// What it is.
        found: &'static str,
    },
    /// A null, or a primitive without a value and without an extension.
    #[error("has no value; remove it, or say by an extension why it has none")]
    Null,
    /// A code outside a required value set.
    #[error("{found:?} is not in the value set {value_set}; use one of its codes")]
    Code {
        /// The code, cut to what is shown.
        found: String,
        /// URL of the value set.
        value_set: &'static str,
    },
    /// A code that its code system does not have.
    #[error("{found:?} is no code of {system}; correct the code, or name the system that it is from")]
    CodeOfSystem {
        /// The code, cut to what is shown.
        found: String,
        /// The code system.
        system: String,
    },
    /// A modifier extension: it changes what the element means.
    #[error(
        "is the modifier extension {url:?}, which is not known here and changes the meaning of what it is in: nothing can be read from \
         it; ask the sender for a document without it"
    )]
    Modifier {
        /// URL by which the extension is known, cut to what is shown.
        url: String,
    },
    /// Rules by which the document has to be read, which are not known.
    #[error(
        "says that the document is to be read by the rules of {uri:?}, which are not known here; ask the sender for a document without it"
    )]
    ImplicitRules {
        /// Where the rules are.
        uri: String,
    },
    /// A resource without a type.
    #[error("names no type of resource; add resourceType, for example \"Patient\"")]
    NoType,
    /// A type of resource that is not checked here.
    #[error("{found:?} is a type of resource that is not read here; expected one of {expected}")]
    OtherType {
        /// The type, cut to what is shown.
        found: String,
        /// Types that are read.
        expected: String,
    },
    /// A reference to a type of resource that the element does not take.
    #[error("leads to a {found}; expected a {expected}")]
    Target {
        /// The type of what it leads to.
        found: String,
        /// Types that the element takes.
        expected: String,
    },
    /// A reference in a form that none has.
    #[error(
        "{found:?} is no reference; expected Type/id, a URL, urn:uuid:, urn:oid: or #id of a contained resource"
    )]
    Reference {
        /// The reference, cut to what is shown.
        found: String,
    },
    /// Contained resources that refer to each other in a circle.
    #[error(
        "refers to itself by way of {through}; contained resources must not form a circle: remove one of these references"
    )]
    Circle {
        /// The contained resources on the way, as `#id`.
        through: String,
    },
    /// Two contained resources with one id.
    #[error("{id:?} is the id of another contained resource, too; give each its own")]
    ContainedTwice {
        /// The id that two have.
        id: String,
    },
    /// A rule of the specification about several elements.
    #[error("does not hold to {key}: {rule}")]
    Rule {
        /// The key of the rule in the specification, such as `obs-6`.
        key: &'static str,
        /// What it asks for.
        rule: &'static str,
    },
    /// A narrative that is not the XHTML that FHIR takes.
    #[error("is not the XHTML that a narrative takes (txt-1, txt-2): {reason}")]
    Narrative {
        /// What is wrong with it.
        reason: String,
    },
    /// The list of problems ends before the document does.
    #[error("has more problems than the {shown} that are named; correct these first")]
    More {
        /// Problems that are named.
        shown: usize,
    },
}

impl Fault {
    /// Whether it is only an element that R4 does not have. A reader keeps it and passes it on; what it does not know can't change what it
    /// does know, as only modifiers do that.
    #[must_use]
    pub const fn is_unknown_element(&self) -> bool {
        matches!(self, Self::Unknown)
    }
}
