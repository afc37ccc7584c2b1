//! Requests and messages between sessions and a native party.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bithive_exchange::{Exchange, MAX_MESSAGE_BYTES, PeerId, Protocol, Service};
use bytes::Bytes;
use cosmwasm_std::Binary;
use serde_json::{Value, json};

use crate::client::until;
use crate::setup::{MAIN, NATIVE, SECOND, Setup, setup};

/// Answers with what it was asked, and notes who asked; refuses what begins with `no`.
#[derive(Default)]
struct Echo(Mutex<Vec<PeerId>>);

#[async_trait]
impl Service for Echo {
    async fn answer(&self, _: Protocol, from: PeerId, body: Bytes) -> Result<Bytes, String> {
        self.0.lock().unwrap().push(from);
        if body.starts_with(b"no") { Err("not for you".into()) } else { Ok(body) }
    }
}

fn path(what: &str, to: PeerId, protocol: Protocol) -> String {
    format!("/x/{what}?to={to}&protocol={}", protocol.name())
}

const INBOX: &str = "/x/inbox?protocol=bithive/claim/1";

async fn inbox(setup: &Setup, session: usize) -> Vec<Value> {
    let answer = setup.ask("GET", INBOX).token(&setup.tokens[session]).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["messages"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_question_reaches_the_peer_as_the_sessions_own_endpoint() {
    let setup = setup().await;
    let (native, echo) = (setup.network.endpoint(NATIVE), Arc::new(Echo::default()));
    native.serve(Protocol::Evaluate, echo.clone());
    let asked = path("ask", NATIVE, Protocol::Evaluate);
    let question: Vec<u8> = (0..=255).collect();
    let answer = setup.main("POST", &asked).body(question.clone()).send().await;
    assert_eq!((answer.status, &answer.body), (200, &question));
    assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
    let whole = vec![7; MAX_MESSAGE_BYTES];
    assert_eq!(setup.second("POST", &asked).body(whole.clone()).send().await.body, whole);
    assert_eq!(*echo.0.lock().unwrap(), [MAIN, SECOND]);

    let refused = setup.main("POST", &asked).body("no").send().await;
    assert_eq!((refused.status, refused.kind().as_str()), (422, "refused"));
    assert!(refused.text().contains("not for you"));
    let absent = setup.main("POST", &path("ask", PeerId([8; 32]), Protocol::Evaluate)).body("x").send().await;
    assert_eq!((absent.status, absent.kind().as_str()), (502, "unreachable"));
}

#[tokio::test]
async fn a_message_between_two_sessions_and_a_native_party_arrives_once_and_waits_until_it_is_discarded() {
    let setup = setup().await;
    let native = setup.network.endpoint(NATIVE);
    // From a browser to a native party, and back.
    let sent = setup.main("POST", &path("send", NATIVE, Protocol::Claim)).body("hello").send().await;
    assert_eq!((sent.status, &sent.json()["sent"]), (202, &json!(true)));
    let got = native.receive(Protocol::Claim).await.unwrap();
    assert_eq!((got.len(), got[0].from, got[0].body.as_ref()), (1, MAIN, b"hello".as_slice()));
    native.send(MAIN, Protocol::Claim, Bytes::from_static(&[0, 255, 7])).await.unwrap();
    // From a session to the other one.
    let sent = setup.second("POST", &path("send", MAIN, Protocol::Claim)).body("second").send().await;
    assert_eq!(sent.status, 202);

    for _ in 0..2 {
        let waiting = inbox(&setup, 0).await;
        let from: Vec<&str> = waiting.iter().map(|message| message["from"].as_str().unwrap()).collect();
        assert_eq!(from, [NATIVE.to_string(), SECOND.to_string()]);
        assert_eq!(waiting[0]["body"], Binary::from([0, 255, 7]).to_base64());
        assert!(inbox(&setup, 1).await.is_empty(), "a session has a mailbox of its own");
    }
    let receipts: Vec<Value> =
        inbox(&setup, 0).await.into_iter().map(|message| message["receipt"].clone()).collect();
    // The other session's receipts are its own: it removes nothing of this one's.
    let body = json!({ "receipts": receipts }).to_string();
    assert_eq!(setup.second("DELETE", INBOX).body(body).send().await.status, 200);
    assert_eq!(inbox(&setup, 0).await.len(), 2);
    let first = json!({ "receipts": [receipts[0], receipts[0], "17"] }).to_string();
    assert_eq!(setup.main("DELETE", INBOX).body(first).send().await.status, 200);
    let left = inbox(&setup, 0).await;
    assert_eq!((left.len(), &left[0]["receipt"]), (1, &receipts[1]));
}

#[tokio::test]
async fn more_messages_than_an_answer_has_come_with_the_next_one() {
    let setup = setup().await;
    let native = setup.network.endpoint(NATIVE);
    for index in 0..300u32 {
        native.send(MAIN, Protocol::Claim, Bytes::from(index.to_be_bytes().to_vec())).await.unwrap();
    }
    let (mut seen, mut more) = (vec![], true);
    while more {
        let answer = setup.main("GET", INBOX).send().await.json();
        let messages = answer["messages"].as_array().unwrap();
        assert!(messages.len() <= 256);
        let receipts: Vec<&Value> = messages.iter().map(|message| &message["receipt"]).collect();
        seen.extend(messages.iter().map(|message| message["body"].as_str().unwrap().to_owned()));
        more = answer["more"].as_bool().unwrap();
        let body = json!({ "receipts": receipts }).to_string();
        assert_eq!(setup.main("DELETE", INBOX).body(body).send().await.status, 200);
    }
    let expected: Vec<String> =
        (0..300u32).map(|index| Binary::from(index.to_be_bytes()).to_base64()).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn large_messages_come_a_few_at_a_time() {
    let setup = setup().await;
    let native = setup.network.endpoint(NATIVE);
    for _ in 0..12 {
        native.send(MAIN, Protocol::Claim, Bytes::from(vec![7; MAX_MESSAGE_BYTES])).await.unwrap();
    }
    let answer = setup.main("GET", INBOX).send().await.json();
    assert_eq!((answer["messages"].as_array().unwrap().len(), &answer["more"]), (8, &json!(true)));
}

#[tokio::test]
async fn a_full_mailbox_says_so() {
    let setup = setup().await;
    let native = setup.network.endpoint(NATIVE);
    for _ in 0..bithive_exchange::MAX_WAITING {
        setup.network.endpoint(SECOND).send(NATIVE, Protocol::Claim, Bytes::new()).await.unwrap();
    }
    let full = setup.main("POST", &path("send", NATIVE, Protocol::Claim)).body("x").send().await;
    assert_eq!((full.status, full.kind().as_str()), (503, "mailbox_full"));
    native.receive(Protocol::Claim).await.unwrap();
    assert_eq!(setup.main("POST", &path("send", NATIVE, Protocol::Claim)).body("x").send().await.status, 202);
}

#[tokio::test]
async fn what_is_not_as_described_is_refused_and_named() {
    let setup = setup().await;
    let too_long = vec![7; MAX_MESSAGE_BYTES + 1];
    let ask = path("ask", NATIVE, Protocol::Evaluate);
    let send = path("send", NATIVE, Protocol::Claim);
    for (method, path, body, kind, word) in [
        ("POST", "/x/ask", vec![], "bad_request", "to is missing"),
        ("POST", "/x/ask?to=00&protocol=bithive/evaluate/1", vec![], "bad_request", "64 hex digits"),
        ("POST", &path("ask", NATIVE, Protocol::Claim), vec![], "bad_request", "/x/send"),
        ("POST", &path("send", NATIVE, Protocol::Evaluate), vec![], "bad_request", "/x/ask"),
        ("POST", &format!("{ask}&x=1"), vec![], "bad_request", "expected to, protocol"),
        ("POST", &format!("{ask}&to={NATIVE}"), vec![], "bad_request", "more than once"),
        ("POST", &ask, too_long.clone(), "too_large", "1048576"),
        ("POST", &send, too_long, "too_large", "1048576"),
        ("GET", "/x/inbox", vec![], "bad_request", "protocol is missing"),
        ("GET", "/x/inbox?protocol=claim", vec![], "bad_request", "bithive/claim/1"),
        ("DELETE", INBOX, b"{".to_vec(), "bad_request", "EOF"),
        ("DELETE", INBOX, br#"{"receipts":["../x"]}"#.to_vec(), "bad_request", "no receipt"),
        ("DELETE", INBOX, br#"{"receipts":[7]}"#.to_vec(), "bad_request", "string"),
        (
            "DELETE",
            INBOX,
            json!({ "receipts": vec!["1"; 257] }).to_string().into(),
            "bad_request",
            "at most 256",
        ),
        ("PUT", "/x/ask", vec![], "method", "POST"),
        ("POST", "/x/inbox", vec![], "method", "DELETE"),
        ("GET", "/x/none", vec![], "not_found", "/x/none"),
    ] {
        let answer = setup.main(method, path).body(body).send().await;
        assert_eq!(answer.kind(), kind, "{method} {path}: {}", answer.text());
        assert!(answer.text().contains(word), "{method} {path}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_browser_that_listens_is_told_of_mail_and_of_the_end() {
    let setup = setup().await;
    let native = setup.network.endpoint(NATIVE);
    native.send(MAIN, Protocol::Claim, Bytes::from_static(b"before")).await.unwrap();
    let (mut first, mut second) =
        (setup.main("GET", "/x/events").open().await, setup.main("GET", "/x/events").open().await);
    let (mut of_first, mut of_second) = (String::new(), String::new());
    for (stream, seen) in [(&mut first, &mut of_first), (&mut second, &mut of_second)] {
        until(stream, seen, "event: mail\ndata: {}\n\n", 1).await;
        assert!(seen.contains("text/event-stream"), "{seen}");
    }
    assert_eq!(setup.page.listeners(), 2);
    let (at_first, at_second) =
        (of_first.matches("event: mail").count(), of_second.matches("event: mail").count());
    native.send(MAIN, Protocol::Claim, Bytes::from_static(b"now")).await.unwrap();
    until(&mut first, &mut of_first, "event: mail", at_first + 1).await;
    until(&mut second, &mut of_second, "event: mail", at_second + 1).await;
    // The other session's streams are its own.
    let mut other = setup.second("GET", "/x/events").open().await;
    let mut of_other = String::new();
    until(&mut other, &mut of_other, "event: mail", 1).await;
    native.send(MAIN, Protocol::Claim, Bytes::new()).await.unwrap();
    until(&mut first, &mut of_first, "event: mail", at_first + 2).await;
    assert_eq!(of_other.matches("event: mail").count(), 1);

    let Setup { page, .. } = setup;
    let stopping = tokio::time::timeout(std::time::Duration::from_secs(4), page.stop());
    stopping.await.expect("streams of events hold nobody up");
    until(&mut first, &mut of_first, "0\r\n\r\n", 1).await;
}

#[tokio::test]
async fn a_session_listens_a_few_times_and_a_browser_that_is_gone_is_forgotten() {
    let setup = setup().await;
    let mut streams = vec![];
    for _ in 0..8 {
        let mut stream = setup.main("GET", "/x/events").open().await;
        until(&mut stream, &mut String::new(), "event: mail", 1).await;
        streams.push(stream);
    }
    let busy = setup.main("GET", "/x/events").send().await;
    assert_eq!((busy.status, busy.kind().as_str()), (429, "busy"));
    let mut other = setup.second("GET", "/x/events").open().await;
    until(&mut other, &mut String::new(), "event: mail", 1).await;
    drop(streams);
    let gone = async {
        while setup.page.listeners() > 1 {
            // An event finds out who is gone.
            setup.network.endpoint(NATIVE).send(MAIN, Protocol::Claim, Bytes::new()).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(crate::client::GENEROUS, gone).await.expect("they are forgotten");
}
