//! The courier: requests to peers, messages, the inbox. It passes on what it can't read.

use std::time::Duration;

use bithive_chain::http::{ReplyBody, begin_work, reply};
use bithive_exchange::{MAX_MESSAGE_BYTES, Message, Protocol};
use cosmwasm_std::Binary;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::timeout;

use crate::input::{Parameters, body, shown};
use crate::refused::{JSON, Kind, Refused};
use crate::session::{Doing, Session};

/// Time for a peer to answer: the endpoint's own limits, one after the other.
const PATIENCE: Duration = Duration::from_secs(180);
/// Most messages of an answer, and of those discarded at once.
pub(crate) const MOST_MESSAGES: usize = 256;
/// Bytes of messages after which the others wait for the next answer.
const ENOUGH_BYTES: usize = 8 << 20;
/// Most bytes of a list of receipts.
const MOST_RECEIPTS_BYTES: usize = 64 << 10;
/// Longest receipt, in bytes.
const LONGEST_RECEIPT: usize = 128;

pub(crate) const BYTES: &str = "application/octet-stream";

/// `GET /x/session`: the session's name, endpoint and relay.
pub(crate) fn describe(session: &Session) -> Response<ReplyBody> {
    let Session { name, exchange, relay, .. } = session;
    let answer = json!({ "name": name, "endpoint": exchange.id().to_string(), "relay": relay });
    reply(StatusCode::OK, JSON, answer.to_string()).map(ReplyBody::Whole)
}

/// `POST /x/ask`: asks a peer, and gives back its answer.
pub(crate) async fn ask(
    session: &Session,
    mut request: Request<Incoming>,
) -> Result<Response<ReplyBody>, Refused> {
    let parameters = Parameters::read(request.uri(), &["to", "protocol"])?;
    let (to, protocol) = (parameters.peer("to")?, parameters.protocol()?);
    if matches!(protocol, Protocol::Claim | Protocol::Signature) {
        return Err(Refused::bad(format!("{} is no question; POST /x/send sends it", protocol.name())));
    }
    let _turn = session.turn(Doing::Ask)?;
    let (question, _weight) = body(&mut request, MAX_MESSAGE_BYTES).await?;
    let _work = begin_work(&request);
    let answer = timeout(PATIENCE, session.exchange.request(to, protocol, question)).await;
    let late = |_| Refused::new(Kind::Late, format!("peer {to} did not answer in {} s", PATIENCE.as_secs()));
    let mut response = Response::new(ReplyBody::Whole(Full::new(answer.map_err(late)??)));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(BYTES));
    Ok(response)
}

/// `POST /x/send`: sends a peer a message that has no answer.
pub(crate) async fn send(
    session: &Session,
    mut request: Request<Incoming>,
) -> Result<Response<ReplyBody>, Refused> {
    let parameters = Parameters::read(request.uri(), &["to", "protocol"])?;
    let (to, protocol) = (parameters.peer("to")?, message_protocol(&parameters)?);
    let (message, _weight) = body(&mut request, MAX_MESSAGE_BYTES).await?;
    let _work = begin_work(&request);
    session.exchange.send(to, protocol, message).await?;
    Ok(reply(StatusCode::ACCEPTED, JSON, json!({ "sent": true }).to_string()).map(ReplyBody::Whole))
}

/// A protocol of messages.
fn message_protocol(parameters: &Parameters) -> Result<Protocol, Refused> {
    match parameters.protocol()? {
        protocol @ (Protocol::Claim | Protocol::Signature) => Ok(protocol),
        other => Err(Refused::bad(format!("{} is a question; POST /x/ask asks it", other.name()))),
    }
}

#[derive(Serialize)]
struct Waiting {
    receipt: String,
    from: String,
    body: Binary,
}

/// `GET /x/inbox`: the messages that wait, and whether there are more.
pub(crate) async fn look(
    session: &Session,
    request: &Request<Incoming>,
) -> Result<Response<ReplyBody>, Refused> {
    let protocol = message_protocol(&Parameters::read(request.uri(), &["protocol"])?)?;
    let _turn = session.turn(Doing::Look)?;
    let _work = begin_work(request);
    let waiting = session.exchange.waiting(protocol).await?;
    let (mut bytes, all) = (0usize, waiting.len());
    let fits = |message: &Message| {
        let room = bytes < ENOUGH_BYTES;
        bytes = bytes.saturating_add(message.body.len());
        room
    };
    let messages: Vec<Waiting> =
        waiting.into_iter().take(MOST_MESSAGES).take_while(fits).map(shape).collect();
    let more = messages.len() < all;
    let answer = serde_json::to_string(&json!({ "messages": messages, "more": more }));
    let answer = answer.map_err(|error| Refused::storage(&error))?;
    Ok(reply(StatusCode::OK, JSON, answer).map(ReplyBody::Whole))
}

fn shape(message: Message) -> Waiting {
    let Message { from, body, receipt } = message;
    Waiting { receipt, from: from.to_string(), body: Binary::from(body.as_ref()) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Receipts {
    receipts: Vec<String>,
}

/// `DELETE /x/inbox`: discards messages, by their receipts.
pub(crate) async fn discard(
    session: &Session,
    mut request: Request<Incoming>,
) -> Result<Response<ReplyBody>, Refused> {
    let protocol = message_protocol(&Parameters::read(request.uri(), &["protocol"])?)?;
    let (list, _weight) = body(&mut request, MOST_RECEIPTS_BYTES).await?;
    let Receipts { receipts } =
        serde_json::from_slice(&list).map_err(|error| Refused::bad(error.to_string()))?;
    if receipts.len() > MOST_MESSAGES {
        let found = receipts.len();
        return Err(Refused::bad(format!("{found} receipts; expected at most {MOST_MESSAGES}")));
    }
    if let Some(receipt) = receipts.iter().find(|receipt| !is_receipt(receipt)) {
        return Err(Refused::bad(format!("{} is no receipt", shown(receipt))));
    }
    // A receipt is all that names a message.
    let name = |receipt| Message { from: session.exchange.id(), body: Default::default(), receipt };
    let messages: Vec<Message> = receipts.into_iter().map(name).collect();
    session.exchange.discard(protocol, &messages).await?;
    Ok(reply(StatusCode::OK, JSON, "{}".into()).map(ReplyBody::Whole))
}

/// What ends give out as receipts: numbers, or names of files.
fn is_receipt(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=LONGEST_RECEIPT).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_leads_out_of_no_folder() {
        for receipt in ["17", "00000000000000000185a2-0000abcd-0000000000000001", "a"] {
            assert!(is_receipt(receipt), "{receipt}");
        }
        for bad in ["", "..", ".", "a/b", "/etc/passwd", "a\\b", "a\0", "é", &"x".repeat(LONGEST_RECEIPT + 1)]
        {
            assert!(!is_receipt(bad), "{bad:?}");
        }
    }
}
