//! References between resources, as they are written (<https://hl7.org/fhir/R4/references.html#literal>).

use crate::json::is_type_name;
use crate::primitive::{is_id, is_oid, is_uuid};

/// What a reference says of where it leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    /// A contained resource, by its id.
    Contained(&'a str),
    /// The resource around a contained one: `#`.
    Container,
    /// A resource of this type, on the same server or at a URL of the form of FHIR's interface.
    Typed(&'a str),
    /// Elsewhere; the type can't be seen from here.
    Elsewhere,
    /// No form that references have.
    Malformed,
}

/// Reads a reference.
pub(crate) fn target(written: &str) -> Target<'_> {
    if written.is_empty() || written.chars().any(char::is_whitespace) {
        return Target::Malformed;
    }
    if let Some(id) = written.strip_prefix('#') {
        return if id.is_empty() { Target::Container } else { Target::Contained(id) };
    }
    if let Some(uuid) = written.strip_prefix("urn:uuid:") {
        return if is_uuid(uuid) { Target::Elsewhere } else { Target::Malformed };
    }
    if let Some(oid) = written.strip_prefix("urn:oid:") {
        return if is_oid(oid) { Target::Elsewhere } else { Target::Malformed };
    }
    let absolute = written.contains(':');
    let path = written.split_once("/_history/").map_or(written, |(path, _)| path);
    let mut steps = path.rsplit('/');
    match (steps.next(), steps.next(), steps.next()) {
        (Some(id), Some(name), rest) if is_id(id) && is_type_name(name) && (absolute || rest.is_none()) => {
            if !absolute || name.starts_with(|first: char| first.is_ascii_uppercase()) {
                Target::Typed(name)
            } else {
                Target::Elsewhere
            }
        }
        _ if absolute => Target::Elsewhere,
        _ => Target::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_says_what_can_be_known() {
        for (written, expected) in [
            ("#a", Target::Contained("a")),
            ("#", Target::Container),
            ("Patient/1", Target::Typed("Patient")),
            ("Patient/1/_history/2", Target::Typed("Patient")),
            ("https://ehr.example/fhir/Patient/1", Target::Typed("Patient")),
            ("urn:uuid:c757873d-ec9a-4326-a141-556f43239520", Target::Elsewhere),
            ("urn:oid:1.2.3", Target::Elsewhere),
            ("https://ehr.example/a", Target::Elsewhere),
            ("Patient", Target::Malformed),
            ("a/Patient/1", Target::Malformed),
            ("urn:uuid:1", Target::Malformed),
            ("Patient/a b", Target::Malformed),
            ("", Target::Malformed),
        ] {
            assert_eq!(target(written), expected, "{written}");
        }
    }
}
