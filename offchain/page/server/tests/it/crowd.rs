//! Clients that are slow, many, or talk nonsense.

use std::time::Duration;

use bithive_chain::http::HttpLimits;
use bithive_listener::Reason;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::GENEROUS;
use crate::setup::{Change, setup, with};

const SHORT: Duration = Duration::from_millis(300);

/// Whether the other end closes.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let closed = async {
        let mut buffer = [0; 4096];
        while matches!(stream.read(&mut buffer).await, Ok(1..)) {}
    };
    timeout(GENEROUS, closed).await.is_ok()
}

#[tokio::test]
async fn a_head_that_does_not_come_and_an_answer_that_nobody_reads_end() {
    let limits = HttpLimits { head: SHORT, send: SHORT, ..HttpLimits::of_connections(16) };
    let setup = with(Change { limits: Some(limits), ..Change::default() }).await;
    let mut silent = TcpStream::connect(setup.at()).await.unwrap();
    let mut half = TcpStream::connect(setup.at()).await.unwrap();
    half.write_all(b"GET / HTTP/1.1\r\nhost: local").await.unwrap();
    assert!(is_closed(&mut silent).await && is_closed(&mut half).await);

    let content = vec![7; 32 << 20];
    let path = format!("/x/blobs/{}", blake3::hash(&content).to_hex());
    assert_eq!(setup.main("PUT", &path).body(content).send().await.status, 201);
    let unread = setup.main("GET", &path).open().await;
    let late = async {
        while setup.page.turned().of(Reason::Time) == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(GENEROUS, late).await.expect("a client that reads nothing is closed");
    drop(unread);
    assert_eq!(setup.ask("GET", "/").send().await.status, 200);
}

#[tokio::test]
async fn a_crowd_that_holds_connections_keeps_nobody_from_the_page() {
    let limits = HttpLimits::of_connections(16);
    let setup = with(Change { limits: Some(limits), ..Change::default() }).await;
    let mut crowd = vec![];
    for _ in 0..64 {
        crowd.push(TcpStream::connect(setup.at()).await.unwrap());
    }
    let answer = setup.ask("GET", "/config.json").send().await;
    assert_eq!(answer.status, 200);
    assert!(setup.page.turned().of(Reason::Address) > 0);
}

#[tokio::test]
async fn bodies_that_do_not_come_make_room_for_requests() {
    let limits = HttpLimits { bytes: 3 << 20, ..HttpLimits::of_connections(64) };
    let setup = with(Change { limits: Some(limits), ..Change::default() }).await;
    let mut crowd = vec![];
    for _ in 0..12 {
        let path = format!("/x/ask?to={}&protocol=bithive/evaluate/1", crate::setup::NATIVE);
        crowd.push(setup.main("POST", &path).length(1 << 20).body("x").open().await);
    }
    let answered = setup.ask("POST", "/rpc").body(r#"{"id":1,"method":"health"}"#).send().await;
    assert_eq!(answered.status, 200);
}

#[tokio::test]
async fn what_is_no_http_ends_and_harms_nobody() {
    let setup = setup().await;
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(100_000));
    for garbage in [
        &b"\0\0\0\0"[..],
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /rpc HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
        b"POST /rpc HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n",
        long.as_bytes(),
    ] {
        let mut stream = TcpStream::connect(setup.at()).await.unwrap();
        let _ = stream.write_all(garbage).await;
        let _ = stream.shutdown().await;
        assert!(is_closed(&mut stream).await, "{:?}", String::from_utf8_lossy(garbage));
    }
    assert_eq!(setup.ask("GET", "/").send().await.status, 200);
}
