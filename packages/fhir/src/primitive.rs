//! The forms of R4's primitive types (<https://hl7.org/fhir/R4/datatypes.html#primitive>).

use crate::date::{Precision, When, is_time};
use crate::json::Json;

/// Most bytes of a string (the specification's own bound).
const MAX_STRING: usize = 1024 * 1024;

/// What a value has to look like, if it does not: words for a message, with an example.
pub(crate) enum Expected {
    /// Another kind of JSON value.
    Kind(&'static str),
    /// Another form of the text or number.
    Form(&'static str),
}

/// Checks the value of a primitive type.
pub(crate) fn check(kind: &str, value: &Json) -> Result<(), Expected> {
    match (kind, value) {
        ("boolean", Json::Bool(_)) => Ok(()),
        ("boolean", _) => Err(Expected::Kind("a boolean: true or false without quotes")),
        // The syntax of JSON numbers is that of decimals.
        ("decimal", Json::Number(_)) => Ok(()),
        ("decimal", _) => Err(Expected::Kind("a number without quotes, such as 1.50")),
        ("integer" | "unsignedInt" | "positiveInt", Json::Number(digits)) => integer(kind, digits),
        ("integer" | "unsignedInt" | "positiveInt", _) => {
            Err(Expected::Kind("a whole number without quotes"))
        }
        (_, Json::Text(text)) => form(kind, text).map_err(Expected::Form),
        _ => Err(Expected::Kind("a string")),
    }
}

fn integer(kind: &str, digits: &str) -> Result<(), Expected> {
    let (least, words) = match kind {
        "positiveInt" => (1, "a whole number from 1 to 2147483647"),
        "unsignedInt" => (0, "a whole number from 0 to 2147483647"),
        _ => (i32::MIN, "a whole number from -2147483648 to 2147483647"),
    };
    // "-0" is a JSON number; the form of an integer has it not.
    let fits = digits != "-0" && digits.parse::<i32>().is_ok_and(|number| number >= least);
    if fits { Ok(()) } else { Err(Expected::Form(words)) }
}

/// Checks the text of a type that is a JSON string.
fn form(kind: &str, text: &str) -> Result<(), &'static str> {
    let (fits, words) = match kind {
        "id" => (is_id(text), "1 to 64 letters, digits, '-' and '.'"),
        "code" => (is_code(text), "a code: no space at its ends, and none after another"),
        "uri" | "url" | "canonical" => {
            (is_uri(text), "a URI without spaces; one of urn:uuid: or urn:oid: in its own form")
        }
        "oid" => (text.strip_prefix("urn:oid:").is_some_and(is_oid), "an OID, such as urn:oid:1.2.3"),
        "uuid" => (
            text.strip_prefix("urn:uuid:").is_some_and(is_uuid),
            "a UUID in lower case, such as urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
        ),
        "date" => (
            When::parse(text).is_some_and(|when| when.precision() != Precision::Second),
            "a day of the calendar, such as 2024, 2024-03 or 2024-03-09",
        ),
        "dateTime" => (
            When::parse(text).is_some(),
            "a date such as 2024, 2024-03 or 2024-03-09, or a time with seconds and zone such as 2024-03-09T10:00:00+01:00",
        ),
        "instant" => (
            When::parse(text).is_some_and(|when| when.precision() == Precision::Second),
            "a time with seconds and zone, such as 2024-03-09T10:00:00.5+01:00",
        ),
        "time" => (is_time(text), "a time such as 10:00:00"),
        "base64Binary" => (is_base64(text), "base64 (RFC 4648) with its padding"),
        _ => (is_string(text), "a text that is not empty, up to 1048576 bytes, without control characters"),
    };
    if fits { Ok(()) } else { Err(words) }
}

/// Whether a text is an `id`: 1 to 64 letters, digits, `-` and `.`.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

fn is_code(text: &str) -> bool {
    let mut before = true;
    for character in text.chars() {
        let space = character.is_whitespace();
        // Before the first character, or after a space.
        if space && (before || character != ' ') {
            return false;
        }
        before = space;
    }
    !before
}

/// A `uri`, whose only general rule is to have no spaces.
fn is_uri(text: &str) -> bool {
    if text.is_empty() || text.chars().any(|one| one.is_whitespace() || one.is_control()) {
        return false;
    }
    match (text.strip_prefix("urn:uuid:"), text.strip_prefix("urn:oid:")) {
        (Some(uuid), _) => is_uuid(uuid),
        (_, Some(oid)) => is_oid(oid),
        _ => true,
    }
}

pub(crate) fn is_oid(text: &str) -> bool {
    let mut arcs = text.split('.');
    let first = arcs.next().is_some_and(|arc| matches!(arc, "0" | "1" | "2"));
    let mut more = 0usize;
    for arc in arcs {
        let number = arc == "0"
            || (!arc.starts_with('0') && !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit()));
        if !number {
            return false;
        }
        more = more.saturating_add(1);
    }
    first && more > 0
}

/// A UUID in lower case.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

fn is_base64(text: &str) -> bool {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let padding = digits.iter().rev().take_while(|byte| **byte == b'=').count();
    let data = digits.len().saturating_sub(padding);
    let clean =
        digits.iter().take(data).all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    clean && padding <= 2 && data > 0 && digits.len().is_multiple_of(4)
}

fn is_string(text: &str) -> bool {
    let control = |one: char| one < ' ' && !matches!(one, '\t' | '\n' | '\r');
    (1..=MAX_STRING).contains(&text.len()) && !text.chars().any(control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(kind: &str, text: &str) -> bool {
        check(kind, &Json::from(text)).is_ok()
    }

    #[test]
    fn each_form_takes_and_refuses_what_the_specification_does() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("id", &["a", "A-1.b"], &["", "a b", "a_b", &"a".repeat(65)]),
            ("code", &["a", "a b"], &["", " a", "a ", "a  b", "a\tb"]),
            (
                "uri",
                &["http://a", "a", "urn:oid:2.16.840"],
                &["", "a b", "urn:oid:3.1", "urn:oid:1", "urn:uuid:1"],
            ),
            ("oid", &["urn:oid:1.2.0"], &["1.2", "urn:oid:1.02", "urn:oid:1..2", "urn:oid:1.2."]),
            ("date", &["2024", "2024-03", "2024-03-09"], &["2024-3", "2024-03-09T10:00:00Z", "09.03.2024"]),
            (
                "dateTime",
                &["2024", "2024-03-09T10:00:00Z"],
                &["2024-03-09T10:00:00", "2024-03-09T10:00Z", "now"],
            ),
            ("instant", &["2024-03-09T10:00:00.25-05:00"], &["2024-03-09", "2024", "2024-03-09T10:00:00"]),
            ("time", &["23:59:59", "00:00:00.5"], &["24:00:00", "10:00", "10:00:00Z"]),
            ("base64Binary", &["YQ==", "YWJj", "YW Jj"], &["", "YQ=", "Y===", "Y*==", "YQ==YQ=="]),
            ("string", &["a", " a\n"], &["", "a\u{0}"]),
            (
                "uuid",
                &["urn:uuid:c757873d-ec9a-4326-a141-556f43239520"],
                &["c757873d-ec9a-4326-a141-556f43239520", "urn:uuid:C757873D-EC9A-4326-A141-556F43239520"],
            ),
        ];
        for (kind, good, bad) in cases {
            for text in *good {
                assert!(fits(kind, text), "{kind} {text:?}");
            }
            for text in *bad {
                assert!(!fits(kind, text), "{kind} {text:?}");
            }
        }
    }

    #[test]
    fn a_number_is_a_number_and_a_text_a_text() {
        let number = |digits: &str| Json::Number(digits.into());
        assert!(check("decimal", &number("1.50")).is_ok());
        assert!(check("decimal", &Json::from("1.50")).is_err());
        assert!(check("string", &number("1")).is_err());
        assert!(check("boolean", &Json::from("true")).is_err());
        for (kind, good, bad) in [
            ("integer", "-2147483648", "2147483648"),
            ("integer", "0", "1.0"),
            ("unsignedInt", "0", "-1"),
            ("positiveInt", "1", "0"),
            ("integer", "7", "1e2"),
            ("integer", "7", "-0"),
        ] {
            assert!(check(kind, &number(good)).is_ok(), "{kind} {good}");
            assert!(check(kind, &number(bad)).is_err(), "{kind} {bad}");
        }
    }
}
