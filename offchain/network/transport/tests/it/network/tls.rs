//! Relays with TLS on loopback: who is trusted, and who is not.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bithive_transport::Config;
use bithive_transport::relay::{Reason, RelayLimits, RelayListen, RelayOptions, RelayServer};

use super::authority::Authority;
use super::world::{Host, OneRelay, Party, bytes, limits};

fn relay(host: &Host, files: (PathBuf, PathBuf)) -> RelayServer {
    relay_with(host, files, RelayLimits::default())
}

fn relay_with(host: &Host, (certificates, key): (PathBuf, PathBuf), limits: RelayLimits) -> RelayServer {
    let loopback: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let listen =
        RelayListen::Tls { http: loopback, https: loopback, certificates, key, discovery: Some(loopback) };
    host.run(RelayServer::start(RelayOptions { listen, admission: None, client_rate: None, limits })).unwrap()
}

/// An endpoint without sockets, which trusts these authorities.
fn party(seed: u8, relay: &RelayServer, relay_roots: Vec<PathBuf>) -> Party {
    let url = relay.url();
    assert!(url.starts_with("https://127.0.0.1:"));
    let config = Config {
        listen: Some(Vec::new()),
        relays: vec![url.parse().unwrap()],
        relay_roots,
        directory: Some(Arc::new(OneRelay(url))),
        limits: limits(),
        ..Config::default()
    };
    Party::new(seed, None, config)
}

#[test]
fn endpoints_talk_through_a_relay_whose_authority_they_were_told_of() {
    let (host, authority) = (Host::new(None), Authority::new());
    let relay = relay(&host, authority.server("127.0.0.1", 2100));
    // One that is told of several trusts each.
    let other = Authority::new();
    let alice = party(1, &relay, vec![authority.root()]);
    let bob = party(2, &relay, vec![other.root(), authority.root()]);
    assert!(alice.is_online() && bob.is_online());
    assert!(alice.asks(bob.id()));
    let content = bytes(1, 3 << 20);
    let digest = alice.publish(content.clone());
    let fetched = bob.fetch(digest, alice.id());
    assert!(bob.wait(fetched).unwrap() == content);
}

#[test]
fn strangers_that_begin_no_tls_or_do_not_end_it_are_closed() {
    let (host, authority) = (Host::new(None), Authority::new());
    let limits = RelayLimits { establish: Duration::from_secs(1), ..RelayLimits::default() };
    let relay = relay_with(&host, authority.server("127.0.0.1", 2100), limits);
    // Nothing; a record of a handshake that says it has 512 bytes.
    for said in [&b""[..], b"\x16\x03\x01\x02\x00\x01"] {
        let mut stream = TcpStream::connect(relay.address()).unwrap();
        stream.write_all(said).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        assert_eq!(stream.read(&mut [0; 16]).unwrap(), 0, "{said:?}");
    }
    assert_eq!(relay.tally().traffic().turned.of(Reason::Time), 2);
    let member = party(1, &relay, vec![authority.root()]);
    assert!(member.is_online());
}

#[test]
fn a_relay_with_a_wrong_certificate_is_refused() {
    let (host, authority, other) = (Host::new(None), Authority::new(), Authority::new());
    let right = relay(&host, authority.server("127.0.0.1", 2100));
    let elsewhere = relay(&host, authority.server("127.0.0.2", 2100));
    let expired = relay(&host, authority.server("127.0.0.1", 2024));
    let trusted = || vec![authority.root()];
    // The one that is right shows that the others are refused for what they differ in.
    let cases = [
        ("right", &right, trusted(), true),
        ("another authority", &right, vec![other.root()], false),
        ("public authorities", &right, Vec::new(), false),
        ("another name", &elsewhere, trusted(), false),
        ("expired", &expired, trusted(), false),
    ];
    std::thread::scope(|scope| {
        for (seed, (case, relay, roots, accepted)) in (1..).zip(cases) {
            scope.spawn(move || assert_eq!(party(seed, relay, roots).is_online(), accepted, "{case}"));
        }
    });
}
