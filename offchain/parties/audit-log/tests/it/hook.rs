//! Alerts reach a server that fails at first.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bithive_audit::{Act, Alert, Detector, Entry, Event, Outcome, Role, Rules};
use bithive_audit_log::{Backoff, HookKey, Webhook, WebhookError};
use bithive_signed::Digest;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

const KEY: &[u8] = b"0123456789abcdef0123456789abcdef";
const LOG: Digest = Digest([7; 32]);

/// What the server was sent: the signature, and the body.
type Received = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A server that drops the first connection, answers 503 to the next `failures` requests, and 204 then.
async fn server(failures: usize) -> (String, Received) {
    let received = Received::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/alerts", listener.local_addr().unwrap());
    let seen = received.clone();
    tokio::spawn(async move {
        drop(listener.accept().await.unwrap());
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let seen = seen.clone();
            let answer = service_fn(move |request: Request<Incoming>| {
                let seen = seen.clone();
                async move {
                    let signature = request.headers()["BitHive-Signature"].to_str().unwrap().to_owned();
                    let body = request.into_body().collect().await.unwrap().to_bytes().to_vec();
                    let mut seen = seen.lock().unwrap();
                    seen.push((signature, body));
                    let status = if seen.len() <= failures { 503 } else { 204 };
                    Ok::<_, Infallible>(
                        Response::builder().status(status).body(Full::<Bytes>::default()).unwrap(),
                    )
                }
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer),
            );
        }
    });
    (url, received)
}

fn alert() -> Alert {
    let event = Event::new(
        ("bithive1someone".parse().unwrap(), Role::Clinician),
        Act::BreakGlass,
        Outcome::Success,
        1_795_420_800_000,
    );
    let entry = Entry::new(event, 12, Digest([3; 32])).unwrap();
    Detector::new(Rules::default()).feed(&entry).remove(0)
}

fn backoff(attempts: u32) -> Backoff {
    Backoff { first: Duration::from_millis(5), longest: Duration::from_millis(20), attempts }
}

#[tokio::test]
async fn an_alert_is_repeated_until_it_is_taken_and_its_signature_fits() {
    let (url, received) = server(2).await;
    let key = HookKey::new(KEY).unwrap();
    let hook = Webhook::new(&url, key.clone(), backoff(10)).unwrap();
    hook.deliver(LOG, &alert()).await.unwrap();
    let received = received.lock().unwrap();
    assert_eq!(received.len(), 3, "two failures after a dropped connection, and one success");
    for (signature, body) in received.iter() {
        let (time, mac) = signature.split_once(",v1=").unwrap();
        let seconds: u64 = time.strip_prefix("t=").unwrap().parse().unwrap();
        assert_eq!(mac, key.sign(seconds, body));
        assert_ne!(mac, HookKey::new(&[9; 32]).unwrap().sign(seconds, body));
        assert_eq!(body, &received[0].1, "repetitions say the same");
    }
    let body: serde_json::Value = serde_json::from_slice(&received[0].1).unwrap();
    assert_eq!(body["kind"], "bithive-audit-alert-1");
    assert_eq!(
        (&body["rule"], &body["severity"], &body["seq"]),
        (&"break-glass".into(), &"high".into(), &12.into())
    );
    assert_eq!(body["log"], LOG.to_string());
    assert!(!body.to_string().contains("someone"), "an alert names nobody: {body}");
}

#[tokio::test]
async fn a_server_that_never_takes_it_is_an_error_that_says_what_was_wrong() {
    let (url, received) = server(usize::MAX).await;
    let hook = Webhook::new(&url, HookKey::new(KEY).unwrap(), backoff(4)).unwrap();
    let refused = hook.deliver(LOG, &alert()).await.unwrap_err();
    assert!(
        matches!(&refused, WebhookError::Undelivered { attempts: 4, last } if last.contains("503")),
        "{refused}"
    );
    assert_eq!(received.lock().unwrap().len(), 3);
}
