//! Answers to peers: a gateway that takes them as a PACS does, and a server of FHIR.

use std::net::SocketAddr;
use std::time::Duration;

use bithive_chain::http::{HttpLimits, HttpServer, ReplyBody, reply};
use http_body_util::BodyExt as _;
use hyper::StatusCode;
use tokio::sync::mpsc;

use super::Place;
use crate::config::{EhrConfig, PacsConfig};
use crate::documents::Documents;
use crate::outbox::{Letter, Outbox, Thing, letters};
use crate::run::Gateway;
use crate::seal::SpoolKey;
use crate::testing::{Phantom, arrival};

fn waiting(place: &Place) -> Vec<Letter> {
    letters(&place.config.spool, &SpoolKey::read(&place.config.key).unwrap()).unwrap()
}

async fn until(place: &Place, fits: impl Fn(&[Letter]) -> bool) -> Vec<Letter> {
    for _ in 0..3_000 {
        let found = waiting(place);
        if fits(&found) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{:?}", waiting(place));
}

pub(super) fn to(address: SocketAddr, called: &str) -> PacsConfig {
    PacsConfig {
        name: "pacs".into(),
        address: address.to_string(),
        called: called.into(),
        calling: "STORESCU".into(),
        tls: None,
    }
}

/// Puts objects into the spool and into the outbox, before the gateway starts.
async fn fill(place: &Place, count: u32) {
    let gateway = place.start().await;
    let outbox = Outbox::open(gateway.spool()).unwrap();
    for instance in 1..=count {
        let one = arrival(&Phantom { instance, ..Phantom::default() });
        let named = one.about.instance.clone();
        gateway.spool().store(one).unwrap();
        outbox.add(gateway.spool(), "pacs", Thing::Object(named)).unwrap();
    }
    gateway.stop().await;
}

#[tokio::test]
async fn objects_reach_a_peer_that_comes_late_each_once() {
    let (mut sender, receiver) = (Place::new(), Place::new());
    fill(&sender, 3).await;
    // Nobody listens there yet.
    let first = receiver.start().await;
    let address = first.dicom().unwrap();
    first.stop().await;
    sender.config.pacs = vec![to(address, "BITHIVE")];
    let gateway = sender.start().await;
    let failed = until(&sender, |all| all.iter().all(|letter| letter.attempts > 0)).await;
    assert!(failed.iter().all(|letter| letter.sent.is_none()));
    assert!(failed[0].problem.as_deref().unwrap().contains("nobody listens"), "{failed:?}");
    let mut late = receiver.config.clone();
    late.dicom.as_mut().unwrap().listen = address;
    let peer = Gateway::start(&late).await.unwrap();
    until(&sender, |all| all.iter().all(|letter| letter.sent.is_some())).await;
    assert_eq!(peer.spool().tally().instances, 3);
    gateway.stop().await;
    // What is recorded as sent is not sent again.
    peer.stop().await;
    let again = sender.start().await;
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let after = waiting(&sender);
    assert!(after.iter().all(|letter| letter.sent.is_some() && letter.problem.is_none()));
    again.stop().await;
}

#[tokio::test]
async fn a_peer_that_refuses_is_quoted_and_tried_again_later() {
    let (mut sender, receiver) = (Place::new(), Place::new());
    fill(&sender, 1).await;
    let peer = receiver.start().await;
    sender.config.pacs = vec![to(peer.dicom().unwrap(), "ELSE")];
    let gateway = sender.start().await;
    let refused = until(&sender, |all| all[0].problem.is_some()).await;
    assert!(refused[0].problem.as_deref().unwrap().contains("called AE title"), "{refused:?}");
    gateway.stop().await;
    // There is another object under its identifier.
    peer.spool().store(arrival(&Phantom { value: 9, ..Phantom::default() })).unwrap();
    sender.config.pacs = vec![to(peer.dicom().unwrap(), "BITHIVE")];
    let gateway = sender.start().await;
    let quoted = |letter: &Letter| letter.problem.as_deref().is_some_and(|words| words.contains("C001"));
    let refused = until(&sender, |all| quoted(&all[0])).await;
    assert!(refused[0].next > refused[0].since && refused[0].sent.is_none());
    gateway.stop().await;
}

#[tokio::test]
async fn a_document_is_put_in_its_place_until_the_server_has_it() {
    const LIMITS: HttpLimits = HttpLimits {
        connections: 8,
        connections_of_address: 8,
        bytes: 1 << 20,
        head: Duration::from_secs(5),
        send: Duration::from_secs(5),
        lifetime: None,
    };
    let bound = HttpServer::bind("127.0.0.1:0".parse().unwrap(), LIMITS).await.unwrap();
    let address = bound.address();
    let (asked, mut told) = mpsc::unbounded_channel();
    let _server = bound.start(move |request: hyper::Request<hyper::body::Incoming>| {
        let asked = asked.clone();
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            let token = head.headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
            asked.send((format!("{} {}", head.method, head.uri), token, body)).unwrap();
            // The first time it has no room.
            static FIRST: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(true);
            let first = FIRST.swap(false, std::sync::atomic::Ordering::SeqCst);
            let status = if first { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::CREATED };
            reply(status, "application/fhir+json", String::new()).map(ReplyBody::Whole)
        }
    });
    let mut place = Place::new();
    let gateway = place.start().await;
    let document = bithive_fhir::Json::parse(br#"{"resourceType":"Patient","id":"p-1"}"#).unwrap();
    Documents::open(gateway.spool()).unwrap().keep(gateway.spool(), ("Patient", "p-1"), document).unwrap();
    let thing = Thing::Document { kind: "Patient".into(), id: "p-1".into() };
    Outbox::open(gateway.spool()).unwrap().add(gateway.spool(), "ehr", thing).unwrap();
    gateway.stop().await;
    let token = place.folder.path().join("ehr.token");
    bithive_keystore::private::create(&token, b"secret\n").unwrap();
    place.config.ehr = vec![EhrConfig {
        name: "ehr".into(),
        url: format!("http://{address}/fhir/"),
        token: Some(token),
        authorities: None,
    }];
    let gateway = place.start().await;
    until(&place, |all| all[0].sent.is_some()).await;
    for _ in 0..2 {
        let (request, token, body) = told.recv().await.unwrap();
        assert_eq!(request, "PUT /fhir/Patient/p-1");
        assert_eq!(token.as_deref(), Some("Bearer secret"));
        assert_eq!(&body[..], br#"{"resourceType":"Patient","id":"p-1"}"#);
    }
    assert_eq!(waiting(&place)[0].attempts, 2);
    gateway.stop().await;
}
