//! Data types of R4 (<https://hl7.org/fhir/R4/datatypes.html>): the elements that are worked with. The rest is in `other`.

use crate::decimal::Decimal;
use crate::element::elements;
use crate::json::{Json, Object};

elements! {
    /// A name for something, unique in a system of names.
    Identifier {
        /// The system of names, a URI.
        system "system": Option<String>,
        /// The name in it.
        value "value": Option<String>,
    }
    /// A code of a code system.
    Coding {
        /// The code system, a URI.
        system "system": Option<String>,
        /// The code in that system.
        code "code": Option<String>,
        /// What it is called there.
        display "display": Option<String>,
    }
    /// A concept: by codes, by text, or both.
    CodeableConcept {
        /// Codes of the same concept in code systems.
        coding "coding": Vec<Coding>,
        /// Words for it.
        text "text": Option<String>,
    }
    /// A reference to another resource.
    Reference {
        /// Type/id, a URL, a URN, or #id of a contained resource.
        reference "reference": Option<String>,
        /// The type of what it leads to.
        kind "type": Option<String>,
        /// A name of what it leads to.
        identifier "identifier": Option<Identifier>,
        /// Words for it.
        display "display": Option<String>,
    }
    /// A measured amount.
    Quantity {
        /// The number, with the digits that were measured.
        value "value": Option<Decimal>,
        /// `<`, `<=`, `>=` or `>`, where the number is a bound.
        comparator "comparator": Option<String>,
        /// The unit, for people.
        unit "unit": Option<String>,
        /// The system of the unit's code.
        system "system": Option<String>,
        /// The unit's code.
        code "code": Option<String>,
    }
    /// A time from `start` to `end`, both of partial precision.
    Period {
        /// The beginning, a `dateTime`.
        start "start": Option<String>,
        /// The end, a `dateTime`.
        end "end": Option<String>,
    }
    /// What is said about a resource itself.
    Meta {
        /// Its version on a server.
        version_id "versionId": Option<String>,
        /// When it changed there, an `instant`.
        last_updated "lastUpdated": Option<String>,
    }
    /// A person's name.
    HumanName {
        /// As it is shown.
        text "text": Option<String>,
        /// The family name.
        family "family": Option<String>,
    }
    /// Words of somebody about something.
    Annotation {
        /// The words, markdown.
        text "text": String,
    }
}

impl CodeableConcept {
    /// A concept in words only.
    #[must_use]
    pub fn of_text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::default() }
    }

    /// A concept by one code.
    #[must_use]
    pub fn of_code(system: impl Into<String>, code: impl Into<String>) -> Self {
        Self { coding: vec![Coding::new(system, code)], ..Self::default() }
    }
}

impl Coding {
    /// A code without a display.
    #[must_use]
    pub fn new(system: impl Into<String>, code: impl Into<String>) -> Self {
        Self { system: Some(system.into()), code: Some(code.into()), ..Self::default() }
    }
}

impl Identifier {
    /// A name in a system.
    #[must_use]
    pub fn new(system: impl Into<String>, value: impl Into<String>) -> Self {
        Self { system: Some(system.into()), value: Some(value.into()), ..Self::default() }
    }
}

impl Reference {
    /// A reference to a place.
    #[must_use]
    pub fn to(place: impl Into<String>) -> Self {
        Self { reference: Some(place.into()), ..Self::default() }
    }

    /// A reference to something that has a name and no place.
    #[must_use]
    pub fn named(identifier: Identifier, display: impl Into<String>) -> Self {
        Self { identifier: Some(identifier), display: Some(display.into()), ..Self::default() }
    }
}

/// An object with one member that says the type of a resource.
pub(crate) fn typed(kind: &str) -> Object {
    Object::from_iter([("resourceType".to_owned(), Json::from(kind))])
}
