//! Metrics and status over HTTP, and checks of a machine.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bithive_keystore::{Kdf, Keystore, Mnemonic, Password};
use bithive_monitor::health::{Finding, Outcome, Report, check_disk, check_keystore, check_tcp, check_udp};
use bithive_monitor::{Metrics, MonitorError, MonitorServer, StatusError, StatusSource, fetch_status, serve};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[derive(Default)]
struct Counting(AtomicU64);

impl StatusSource for Counting {
    fn refresh(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn status(&self) -> Map<String, Value> {
        [("refreshed".to_owned(), json!(self.0.load(Ordering::SeqCst)))].into_iter().collect()
    }
}

async fn served() -> MonitorServer {
    let metrics = Metrics::new("test", "0.1.0");
    serve("127.0.0.1:0".parse().unwrap(), metrics, Arc::new(Counting::default())).await.unwrap()
}

async fn said(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn prometheus_reads_the_metrics_and_status_is_fresh_at_every_question() {
    let server = served().await;
    let metrics = said(server.address(), &get("/metrics")).await;
    assert!(metrics.starts_with("HTTP/1.1 200 OK\r\n"), "{metrics}");
    assert!(metrics.contains("content-type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n"));
    assert!(metrics.contains("bithive_build_info{role=\"test\",version=\"0.1.0\"} 1\n"), "{metrics}");
    assert!(metrics.ends_with("# EOF\n"));
    for refreshed in 2..4 {
        let status = fetch_status(server.address()).await.unwrap();
        assert_eq!((&status["role"], &status["refreshed"]), (&json!("test"), &json!(refreshed)));
        assert!(status["uptime_seconds"].is_u64());
    }
}

#[tokio::test]
async fn connections_that_are_only_held_open_keep_nobody_out() {
    let server = served().await;
    let mut held = vec![];
    for _ in 0..40 {
        held.push(TcpStream::connect(server.address()).await.unwrap());
    }
    assert!(said(server.address(), &get("/metrics")).await.starts_with("HTTP/1.1 200 OK\r\n"));
    let mut first = held.remove(0);
    assert_eq!(first.read(&mut [0]).await.unwrap_or(0), 0, "it made room");
}

#[tokio::test]
async fn other_paths_and_methods_are_refused() {
    let server = served().await;
    assert!(said(server.address(), &get("/")).await.starts_with("HTTP/1.1 404 "));
    let post = get("/metrics").replace("GET", "POST");
    assert!(said(server.address(), &post).await.starts_with("HTTP/1.1 405 "));
    assert!(said(server.address(), "nonsense\r\n\r\n").await.starts_with("HTTP/1.1 400 "));
}

/// The attack: a page in a browser on this machine, by a name that resolves to it or from another site.
#[tokio::test]
async fn pages_of_others_read_nothing() {
    let server = served().await;
    for path in ["/metrics", "/status", "/"] {
        let rebound = get(path).replace("localhost", "attacker.example");
        let cross = get(path).replace("\r\nConn", "\r\nOrigin: http://attacker.example\r\nConn");
        for (request, status) in [(rebound, "HTTP/1.1 421 "), (cross, "HTTP/1.1 403 ")] {
            let refused = said(server.address(), &request).await;
            assert!(refused.starts_with(status) && !refused.contains("bithive_"), "{refused}");
        }
    }
    let by_number = get("/metrics").replace("localhost", &server.address().to_string());
    assert!(said(server.address(), &by_number).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn an_address_that_others_could_reach_and_one_that_is_taken_are_refused() {
    let start = |address: &str| {
        let address: SocketAddr = address.parse().unwrap();
        async move { serve(address, Metrics::new("test", "0"), Arc::new(Counting::default())).await.map(|_| ()) }
    };
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:1", "[::ffff:192.0.2.1]:1"] {
        assert!(matches!(start(address).await, Err(MonitorError::NotLoopback(_))), "{address}");
    }
    let server = served().await;
    let taken = start(&server.address().to_string()).await;
    assert!(matches!(taken, Err(MonitorError::Listen { .. })));
}

#[tokio::test]
async fn nobody_and_somebody_else_are_told_apart() {
    let server = served().await;
    let address = server.address();
    drop(server);
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(matches!(fetch_status(address).await, Err(StatusError::Down { .. })));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let other = tokio::spawn(async move {
        for answer in ["HTTP/1.1 404 Not Found\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n[1]", "SSH-2.0\r\n"] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    for _ in 0..3 {
        assert!(matches!(fetch_status(address).await, Err(StatusError::Other { .. })));
    }
    other.await.unwrap();
}

#[tokio::test]
async fn ports_are_told_free_taken_and_answering() {
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let finding = check_udp(taken.local_addr().unwrap());
    assert_eq!(finding.outcome, Outcome::Failed);
    assert!(finding.todo.unwrap().contains("network.listen"));
    let address = taken.local_addr().unwrap();
    drop(taken);
    assert_eq!(check_udp(address).outcome, Outcome::Passed);

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/relay", listener.local_addr().unwrap());
    assert_eq!(check_tcp("relay", &url).await.outcome, Outcome::Passed);
    drop(listener);
    assert_eq!(check_tcp("relay", &url).await.outcome, Outcome::Failed);
    assert_eq!(check_tcp("relay", "ftp://127.0.0.1").await.outcome, Outcome::Failed);
}

#[test]
fn a_keystore_is_opened_only_with_a_password_and_a_wrong_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    assert_eq!(check_keystore(&file, None).0.outcome, Outcome::Failed);
    let keystore = Keystore::from_mnemonic(&Mnemonic::generate(rng).unwrap()).unwrap();
    let password = Password::random(rng);
    keystore.create(&file, (&password, Kdf::RANDOM), rng).unwrap();
    let (finding, opened) = check_keystore(&file, None);
    assert!(finding.outcome == Outcome::Passed && opened.is_none());
    let (finding, opened) = check_keystore(&file, Some(&password));
    assert!(finding.outcome == Outcome::Passed && opened.unwrap().has("account"));
    let (finding, opened) = check_keystore(&file, Some(&Password::random(rng)));
    assert!(finding.outcome == Outcome::Failed && opened.is_none());
    assert!(finding.found.contains("password is wrong"), "{}", finding.found);
}

#[test]
fn a_report_is_healthy_unless_a_check_failed() {
    let mut report = Report::default();
    assert!(report.add(Finding::passed("one", "fine")));
    assert!(report.add(Finding::warning("two", "soon", "do")));
    assert!(report.add(Finding::skipped("three", "why")));
    assert!(report.is_healthy());
    assert!(!report.add(Finding::failed("four", "wrong", "do")));
    assert!(!report.is_healthy());
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(
        json["checks"][3],
        json!({"check": "four", "outcome": "failed", "found": "wrong", "todo": "do"})
    );
    assert!(json["checks"][0].get("todo").is_none());
}

#[test]
fn the_disk_of_a_folder_that_is_not_there_yet_is_its_parents() {
    let folder = tempfile::tempdir().unwrap();
    let finding = check_disk(&folder.path().join("not/yet"));
    assert!(finding.found.contains("MiB free"), "{}", finding.found);
}
