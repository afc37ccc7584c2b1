//! `/rpc`: the node's JSON-RPC, for the methods that a page needs.
//!
//! Nodes have methods that administrate them, and some are left open by mistake. Whatever the page sends is read here and
//! written anew, so that a name that the node would read otherwise (Go's names differ by more than case) does not get through.

use std::borrow::Cow;

use bithive_chain::http::{ReplyBody, begin_work, reply};
use bithive_chain::{ChainError, Forwarded};
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode, Uri};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::input::{body, shown};
use crate::node::Node;
use crate::refused::{JSON, Refused};

/// Longest request: the longest transaction in base64, or in hex in a simulation, and what is around it.
const MOST_BYTES: usize = 4 << 20;
/// Most calls in an array.
const MOST_CALLS: usize = 64;

/// Reading the chain, and sending transactions. Nothing that subscribes: `/x/events` does.
const METHODS: [&str; 20] = [
    "health",
    "status",
    "abci_info",
    "abci_query",
    "broadcast_tx_sync",
    "broadcast_tx_async",
    "tx",
    "tx_search",
    "block",
    "block_results",
    "block_search",
    "block_by_hash",
    "blockchain",
    "commit",
    "header",
    "header_by_hash",
    "validators",
    "consensus_params",
    "unconfirmed_txs",
    "num_unconfirmed_txs",
];

/// A call, as it is read and as it is written.
#[derive(Deserialize, Serialize)]
struct Call<'a> {
    #[serde(default = "version", skip_deserializing)]
    jsonrpc: &'static str,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    params: Option<&'a RawValue>,
}

fn version() -> &'static str {
    "2.0"
}

/// An error, as JSON-RPC has it: status, code, name and what was wrong.
struct Fault(StatusCode, i32, &'static str, String);

impl Fault {
    fn request(what: impl Into<String>) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, -32600, "Invalid Request", what.into())
    }

    fn method(name: &str) -> Self {
        let what = format!("{}; this server passes on {}", shown(name), METHODS.join(", "));
        Self(StatusCode::NOT_FOUND, -32601, "Method not found", what)
    }

    fn response(self) -> Response<ReplyBody> {
        let Self(status, code, message, data) = self;
        let error = json!({ "code": code, "message": message, "data": data });
        let body = json!({ "jsonrpc": "2.0", "id": Value::Null, "error": error });
        reply(status, JSON, body.to_string()).map(ReplyBody::Whole)
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        Self(refused.response().status(), -32600, "Invalid Request", refused.what)
    }
}

impl From<ChainError> for Fault {
    fn from(error: ChainError) -> Self {
        Self(StatusCode::BAD_GATEWAY, -32603, "Internal error", error.to_string())
    }
}

/// Answers calls in a body.
pub(crate) async fn post(node: &Node, request: Request<Incoming>) -> Response<ReplyBody> {
    answer_body(node, request).await.unwrap_or_else(Fault::response)
}

/// Answers a call in a URI, whose path after `/rpc/` is the method.
pub(crate) async fn get(node: &Node, method: &str, uri: &Uri) -> Response<ReplyBody> {
    answer_uri(node, method, uri).await.unwrap_or_else(Fault::response)
}

async fn answer_body(node: &Node, mut request: Request<Incoming>) -> Result<Response<ReplyBody>, Fault> {
    let (body, _weight) = body(&mut request, MOST_BYTES).await?;
    let body = rewrite(&body)?;
    let _work = begin_work(&request);
    match node {
        Node::Embedded(chain) => Ok(chain.answer_rpc(&request, &body).await.map(ReplyBody::Whole)),
        Node::Behind(forward) => Ok(passed_on(forward.post(body).await?)),
    }
}

async fn answer_uri(node: &Node, method: &str, uri: &Uri) -> Result<Response<ReplyBody>, Fault> {
    if !METHODS.contains(&method) {
        return Err(Fault::method(method));
    }
    match node {
        Node::Embedded(chain) => {
            let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
            let uri = format!("/{method}{query}")
                .parse::<Uri>()
                .map_err(|_| Fault::request("the query can't be read"))?;
            Ok(chain.answer_rpc_uri(&uri).await.map(ReplyBody::Whole))
        }
        Node::Behind(forward) => Ok(passed_on(forward.get(method, uri.query()).await?)),
    }
}

/// The calls of a body and nothing else, if all may be passed on.
fn rewrite(body: &[u8]) -> Result<Vec<u8>, Fault> {
    let invalid = |error: serde_json::Error| Fault::request(error.to_string());
    let written = if body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        let calls: Vec<Call<'_>> = serde_json::from_slice(body).map_err(invalid)?;
        if calls.is_empty() || calls.len() > MOST_CALLS {
            return Err(Fault::request(format!(
                "{} calls in an array; expected 1 to {MOST_CALLS}",
                calls.len()
            )));
        }
        calls.iter().try_for_each(permitted)?;
        serde_json::to_vec(&calls)
    } else {
        let call: Call<'_> = serde_json::from_slice(body).map_err(invalid)?;
        permitted(&call)?;
        serde_json::to_vec(&call)
    };
    written.map_err(invalid)
}

fn permitted(call: &Call<'_>) -> Result<(), Fault> {
    if METHODS.contains(&call.method.as_ref()) { Ok(()) } else { Err(Fault::method(&call.method)) }
}

/// What a node has answered; it says nothing to the browser but the body and whether it is an error.
fn passed_on(answer: Forwarded) -> Response<ReplyBody> {
    let status = match answer.status {
        200 | 400..=599 => StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY),
        _ => StatusCode::BAD_GATEWAY,
    };
    let body = String::from_utf8(answer.body);
    match body {
        Ok(body) => reply(status, JSON, body).map(ReplyBody::Whole),
        Err(_) => {
            Fault(StatusCode::BAD_GATEWAY, -32603, "Internal error", "the node's answer is no text".into())
                .response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(body: &str) -> Result<String, i32> {
        rewrite(body.as_bytes()).map(|body| String::from_utf8(body).unwrap()).map_err(|fault| fault.1)
    }

    #[test]
    fn calls_are_passed_on_with_what_they_need_and_nothing_else() {
        let call =
            r#"{"jsonrpc":"2.0","id":7,"method":"abci_query","params":{"height":"18446744073709551615"}}"#;
        assert_eq!(rewritten(call).unwrap(), call);
        assert_eq!(rewritten(&format!(" [{call},{call}] ")).unwrap(), format!("[{call},{call}]"));
        let more = r#"{"id":"x","method":"status","Method":"dial_seeds","METHOD":"unsafe_flush_mempool","jsonrpc":"9"}"#;
        assert_eq!(rewritten(more).unwrap(), r#"{"jsonrpc":"2.0","id":"x","method":"status"}"#);
    }

    #[test]
    fn methods_that_are_not_listed_are_refused_wherever_they_stand() {
        let call = |method: &str| format!(r#"{{"id":1,"method":"{method}"}}"#);
        for method in [
            "dial_seeds",
            "unsafe_flush_mempool",
            "subscribe",
            "STATUS",
            "status/",
            "",
            "broadcast_tx_commit",
        ] {
            assert_eq!(rewritten(&call(method)), Err(-32601), "{method}");
            assert_eq!(rewritten(&format!("[{},{}]", call("status"), call(method))), Err(-32601), "{method}");
        }
        assert_eq!(rewritten(r#"{"id":1,"method":"dial_\u0073eeds"}"#), Err(-32601));
        assert!(rewritten(r#"{"id":1,"method":"st\u0061tus"}"#).unwrap().contains(r#""method":"status""#));
    }

    #[test]
    fn garbage_is_refused() {
        for body in [
            "",
            "{",
            "[]",
            "[1]",
            "{}",
            r#"{"method":7}"#,
            r#"{"method":"status","method":"status"}"#,
            "[[[[",
            "\u{0}",
        ] {
            assert_eq!(rewritten(body), Err(-32600), "{body}");
        }
        let many = format!("[{}]", vec![r#"{"id":1,"method":"status"}"#; MOST_CALLS + 1].join(","));
        assert_eq!(rewritten(&many), Err(-32600));
    }
}
