//! The canonical form of a document: JCS (RFC 8785).

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why a text is no document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// It is longer than what is read.
    #[error("it has {found} bytes; expected at most {most}")]
    TooLong {
        /// Its length in bytes.
        found: usize,
        /// Most bytes that are read.
        most: usize,
    },
    /// It is no JSON, or has other fields than the document.
    #[error("it is not of the expected form: {0}")]
    Form(String),
}

fn form(error: serde_json::Error) -> FormError {
    FormError::Form(error.to_string())
}

/// The canonical text of a document: names in order, no white space, numbers and strings in one form each.
///
/// # Errors
/// [`FormError::Form`] for a document that JSON can't hold, such as a map whose keys are no text.
pub fn encode<T: Serialize>(document: &T) -> Result<String, FormError> {
    serde_json_canonicalizer::to_string(document).map_err(form)
}

/// Reads a document in any form of JSON, of at most `most` bytes. Its canonical text is found anew from what was read, so white space and
/// the order of names in the file mean nothing.
///
/// # Errors
/// [`FormError`].
pub fn decode<T: DeserializeOwned>(bytes: &[u8], most: usize) -> Result<T, FormError> {
    if bytes.len() > most {
        return Err(FormError::TooLong { found: bytes.len(), most });
    }
    serde_json::from_slice(bytes).map_err(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_8785_has_its_canonical_text() {
        let text = r#"{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
            "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#;
        let value: serde_json::Value = decode(text.as_bytes(), 1000).unwrap();
        let expected = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
                        \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
        assert_eq!(encode(&value).unwrap(), expected);
    }

    #[test]
    fn what_is_too_long_is_not_read() {
        let refused = decode::<serde_json::Value>(b"[1,2,3]", 6);
        assert_eq!(refused, Err(FormError::TooLong { found: 7, most: 6 }));
    }
}
