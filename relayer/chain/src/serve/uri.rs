//! The URI form of a call, `GET /tx?hash=0x…`: text in double quotes, bytes in hex after `0x` or as text, numbers and
//! truth values as they are.

use super::jsonrpc::Fault;
use crate::{http::query_pairs, rpc::cut};
use cosmwasm_std::Binary;
use hyper::Uri;
use serde_json::{Map, Value};

/// What a parameter is, and how calls in JSON write it.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    /// Decimal digits in a string.
    Number,
    Flag,
    Hex,
    Base64,
}

/// Parameters of all methods: one with the same name is the same in each. Others are ignored, as CometBFT does.
const PARAMETERS: [(&str, Kind); 10] = [
    ("path", Kind::Text),
    ("data", Kind::Hex),
    ("height", Kind::Number),
    ("prove", Kind::Flag),
    ("tx", Kind::Base64),
    ("hash", Kind::Base64),
    ("query", Kind::Text),
    ("page", Kind::Number),
    ("per_page", Kind::Number),
    ("order_by", Kind::Text),
];

/// Method and parameters as a call in JSON has them.
pub(super) fn read(uri: &Uri) -> Result<(String, Value), Fault> {
    let method = uri.path().trim_matches('/');
    if method.is_empty() {
        let text = "expected a method in the path, like /status, or POST with a JSON-RPC request";
        return Err(Fault::request(text));
    }
    let mut params = Map::new();
    for (name, text) in query_pairs(uri.query().unwrap_or_default()) {
        let known = PARAMETERS.iter().find(|(known, _)| *known == name);
        if let Some((name, kind)) = known
            && !text.is_empty()
            && !params.contains_key(*name)
        {
            let value = value(*kind, &text).map_err(|expected| {
                Fault::params(format!("{name}: {:?}, expected {expected}", cut(&text)))
            })?;
            params.insert((*name).into(), value);
        }
    }
    Ok((method.into(), Value::Object(params)))
}

/// The value in JSON, or what is expected.
fn value(kind: Kind, text: &str) -> Result<Value, &'static str> {
    let quoted = || text.starts_with('"').then(|| serde_json::from_str::<String>(text).ok()).flatten();
    let hex =
        || text.strip_prefix("0x").or(text.strip_prefix("0X")).and_then(|digits| hex::decode(digits).ok());
    let bytes =
        || hex().or(quoted().map(String::into_bytes)).ok_or("0x and hex digits, or text in double quotes");
    match kind {
        Kind::Text => {
            let text = quoted().or_else(|| String::from_utf8(hex()?).ok());
            text.map(Value::String).ok_or("text in double quotes")
        }
        Kind::Number => {
            let digits = text.trim_matches('"');
            let number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            number.then(|| Value::String(digits.into())).ok_or("a number")
        }
        Kind::Flag => text.parse().map(Value::Bool).map_err(|_| "true or false"),
        Kind::Hex => bytes().map(|bytes| Value::String(hex::encode(bytes))),
        Kind::Base64 => bytes().map(|bytes| Value::String(Binary::from(bytes).to_base64())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn asked(uri: &str) -> Result<(String, Value), String> {
        read(&uri.parse().unwrap()).map_err(|fault| fault.data)
    }

    #[test]
    fn parameters_are_what_a_call_in_json_has() {
        for (uri, method, params) in [
            ("/status", "status", json!({})),
            ("/status/?", "status", json!({})),
            ("/block?height=7", "block", json!({ "height": "7" })),
            ("/block?height=%227%22&height=8&other=1", "block", json!({ "height": "7" })),
            ("/block?height=", "block", json!({})),
            ("/tx?hash=0xABcd&prove=false", "tx", json!({ "hash": "q80=", "prove": false })),
            (
                "/abci_query?path=%22/a.B/C%22&data=0x0a01",
                "abci_query",
                json!({ "path": "/a.B/C", "data": "0a01" }),
            ),
            (
                "/abci_query?path=%22/a%22&data=%22AB%22",
                "abci_query",
                json!({ "path": "/a", "data": "4142" }),
            ),
            ("/tx_search?query=%22tx.hash%3D%27A%27%22", "tx_search", json!({ "query": "tx.hash='A'" })),
            (
                "/tx_search?query=%22a=1+AND+b=2%22&per_page=5",
                "tx_search",
                json!({ "query": "a=1 AND b=2", "per_page": "5" }),
            ),
        ] {
            assert_eq!(asked(uri), Ok((method.into(), params)), "{uri}");
        }
    }

    #[test]
    fn a_parameter_that_is_something_else_is_named() {
        for (uri, name) in [
            ("/block?height=-1", "height"),
            ("/block?height=0x1", "height"),
            ("/tx?hash=abcd", "hash"),
            ("/tx?hash=0xabc", "hash"),
            ("/tx?hash=0xab&prove=1", "prove"),
            ("/abci_query?path=/a", "path"),
            ("/abci_query?path=%22/a", "path"),
            ("/tx_search?query=%00", "query"),
        ] {
            let text = asked(uri).unwrap_err();
            assert!(text.starts_with(&format!("{name}: ")) && text.contains("expected"), "{uri}: {text}");
        }
        assert!(asked("/").unwrap_err().contains("/status"));
    }

    proptest! {
        /// Bytes and texts come back as they are, however they are written; anything else is read or refused.
        #[test]
        fn a_value_is_what_was_written(bytes in prop::collection::vec(any::<u8>(), 0..40), text in ".{0,40}") {
            let hex = format!("0x{}", hex::encode(&bytes));
            prop_assert_eq!(value(Kind::Hex, &hex), Ok(json!(hex::encode(&bytes))));
            prop_assert_eq!(value(Kind::Base64, &hex), Ok(json!(Binary::from(bytes).to_base64())));
            prop_assert_eq!(value(Kind::Text, &json!(text).to_string()), Ok(json!(text)));
            for kind in [Kind::Text, Kind::Number, Kind::Flag, Kind::Hex, Kind::Base64] {
                let _ = value(kind, &text);
            }
        }
    }
}
