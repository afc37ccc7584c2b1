//! Requests and answers of JSON-RPC 2.0, with CometBFT's codes: one call, or an array of calls.

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, SeqAccess, Visitor},
};
use serde_json::{Value, error::Category, json, value::RawValue};
use std::fmt;

/// Most calls in an array. They are answered one after another, so that an array is no faster than calls by themselves.
pub(super) const MAX_CALLS: usize = 64;

/// Code of an error: there is no such method.
pub(super) const METHOD_NOT_FOUND: i32 = -32601;

/// The id of a call in a URI, which has none of its own.
pub(super) fn uri_id() -> Value {
    Value::from(-1)
}

/// A call of a method.
#[derive(Deserialize)]
pub(super) struct Call {
    #[serde(default)]
    pub(super) id: Value,
    pub(super) method: String,
    #[serde(default)]
    pub(super) params: Value,
}

/// What a body asks.
pub(super) enum Asked<'a> {
    One(Call),
    /// Each is read when it is its turn: a bad one spoils no other.
    Many(Vec<&'a RawValue>),
}

/// An error, in the place of a result.
pub(super) struct Fault {
    pub(super) code: i32,
    pub(super) message: &'static str,
    pub(super) data: String,
}

impl Fault {
    pub(super) fn parse(data: impl Into<String>) -> Self {
        Self { code: -32700, message: "Parse error", data: data.into() }
    }

    pub(super) fn request(data: impl Into<String>) -> Self {
        Self { code: -32600, message: "Invalid Request", data: data.into() }
    }

    pub(super) fn method(data: impl Into<String>) -> Self {
        Self { code: METHOD_NOT_FOUND, message: "Method not found", data: data.into() }
    }

    pub(super) fn params(data: impl Into<String>) -> Self {
        Self { code: -32602, message: "Invalid params", data: data.into() }
    }

    pub(super) fn internal(data: impl Into<String>) -> Self {
        Self { code: -32603, message: "Internal error", data: data.into() }
    }
}

/// Reads a body.
pub(super) fn read(body: &[u8]) -> Result<Asked<'_>, Fault> {
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'[') {
        return decode(body).map(Asked::One);
    }
    let Calls(calls) = decode(body)?;
    if calls.is_empty() {
        return Err(Fault::request("an array without calls, expected 1 or more"));
    }
    Ok(Asked::Many(calls))
}

/// Reads one call of an array.
pub(super) fn read_one(call: &RawValue) -> Result<Call, Fault> {
    decode(call.get().as_bytes())
}

fn decode<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, Fault> {
    serde_json::from_slice(json).map_err(|error| match error.classify() {
        Category::Data => Fault::request(error.to_string()),
        Category::Io | Category::Syntax | Category::Eof => Fault::parse(error.to_string()),
    })
}

/// The answer to a call.
pub(super) fn write(id: &Value, result: Result<Value, Fault>) -> String {
    match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(Fault { code, message, data }) => {
            let error = json!({ "code": code, "message": message, "data": data });
            json!({ "jsonrpc": "2.0", "id": id, "error": error })
        }
    }
    .to_string()
}

/// The calls of an array; reading stops at the first one too many.
struct Calls<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for Calls<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Calls<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "an array of at most {MAX_CALLS} calls")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut calls = Vec::new();
                while let Some(call) = seq.next_element()? {
                    if calls.len() == MAX_CALLS {
                        let reason = format!("more than {MAX_CALLS} calls in an array; send several arrays");
                        return Err(A::Error::custom(reason));
                    }
                    calls.push(call);
                }
                Ok(Calls(calls))
            }
        }

        deserializer.deserialize_seq(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &str) -> i32 {
        read(body.as_bytes()).err().unwrap().code
    }

    #[test]
    fn one_call_and_an_array_of_calls_are_told_apart() {
        let one = read(br#" {"id":7,"method":"status"}"#).ok().unwrap();
        assert!(matches!(one, Asked::One(call) if call.id == 7 && call.method == "status"));
        let many = read(b" \n[{\"id\":1,\"method\":\"a\"},5]").ok().unwrap();
        let Asked::Many(calls) = many else { panic!("an array") };
        assert_eq!(read_one(calls[0]).ok().unwrap().method, "a");
        assert_eq!(read_one(calls[1]).err().unwrap().code, -32600);
    }

    #[test]
    fn what_is_no_json_and_what_is_no_call_have_their_own_codes() {
        for body in ["", "{", "[", "[1,", "nonsense", "[1] 2"] {
            assert_eq!(code(body), -32700, "{body}");
        }
        for body in ["[]", "5", "{}", r#"{"id":1}"#, r#"{"method":5}"#, r#""text""#] {
            assert_eq!(code(body), -32600, "{body}");
        }
    }

    #[test]
    fn an_array_has_a_greatest_length() {
        let calls = |count: usize| format!("[{}]", vec!["1"; count].join(","));
        assert!(read(calls(MAX_CALLS).as_bytes()).is_ok());
        let fault = read(calls(MAX_CALLS + 1).as_bytes()).err().unwrap();
        assert!(fault.code == -32600 && fault.data.contains("64 calls"), "{}", fault.data);
    }
}
