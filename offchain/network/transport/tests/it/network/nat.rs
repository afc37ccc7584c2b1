//! Two endpoints behind NATs of their own, and a relay with a public address.

use std::sync::Arc;
use std::time::Duration;

use bithive_netlab::{Lab, NatKind};
use bithive_transport::relay::{ADDRESS_DISCOVERY_PORT, RelayLimits, RelayListen, RelayOptions, RelayServer};
use bithive_transport::{Config, Route};

use super::authority::Authority;
use super::world::{Host, OneRelay, Party, bytes, lab, limits, side};

const CONTENT: usize = 20_000_000;

struct World {
    lab: Lab,
    relay: Option<(Host, RelayServer)>,
    alice: Party,
    bob: Party,
    _authority: Authority,
}

impl World {
    fn new(nats: (NatKind, NatKind), link: &str) -> Option<Self> {
        let lab = lab(&[
            side("relay", None, ""),
            side("alice", Some(nats.0), link),
            side("bob", Some(nats.1), link),
        ])?;
        let address = lab.public_address("relay").unwrap();
        let authority = Authority::new();
        let (certificates, key) = authority.server(&address.to_string(), 2100);
        let listen = RelayListen::Tls {
            http: (address, 80).into(),
            https: (address, 443).into(),
            certificates,
            key,
            discovery: Some((address, ADDRESS_DISCOVERY_PORT).into()),
        };
        let host = Host::new(Some(lab.namespace("relay").unwrap()));
        let options =
            RelayOptions { listen, admission: None, client_rate: None, limits: RelayLimits::default() };
        let relay = host.run(RelayServer::start(options)).unwrap();
        let url = relay.url();
        let party = |seed: u8, name: &str| {
            let config = Config {
                listen: Some(vec!["0.0.0.0:0".parse().unwrap()]),
                relays: vec![url.parse().unwrap()],
                relay_roots: vec![authority.root()],
                directory: Some(Arc::new(OneRelay(url.clone()))),
                limits: limits(),
                ..Config::default()
            };
            Party::new(seed, Some(lab.namespace(name).unwrap()), config)
        };
        let (alice, bob) = (party(1, "alice"), party(2, "bob"));
        assert!(alice.is_online() && bob.is_online());
        Some(Self { lab, relay: Some((host, relay)), alice, bob, _authority: authority })
    }

    /// Talks until the way is direct; says whether it came to that.
    fn becomes_direct(&self) -> bool {
        for _ in 0..120 {
            assert!(self.alice.asks(self.bob.id()));
            if let Some((Route::Direct(address), _)) = self.alice.transport.route(self.bob.id()) {
                assert_eq!(address.ip(), self.lab.public_address("bob").unwrap());
                return true;
            }
            std::thread::sleep(Duration::from_millis(250));
        }
        false
    }

    fn stop_the_relay(&mut self) {
        let (host, relay) = self.relay.take().unwrap();
        host.run(relay.close()).unwrap();
    }
}

#[test]
fn endpoints_behind_nats_that_map_alike_for_all_meet_at_the_relay_and_go_on_without_it() {
    for kind in [NatKind::FullCone, NatKind::AddressRestricted, NatKind::PortRestricted] {
        let Some(mut world) = World::new((kind, kind), "rate=200M,delay=10ms") else { return };
        assert!(world.becomes_direct(), "{kind:?}");
        world.stop_the_relay();
        let content = bytes(3, CONTENT);
        let digest = world.bob.publish(content.clone());
        let fetched = world.alice.fetch(digest, world.bob.id());
        assert!(world.alice.wait(fetched).unwrap() == content, "{kind:?}");
    }
}

#[test]
fn endpoints_behind_symmetric_nats_stay_on_the_relay_and_everything_works() {
    let Some(world) = World::new((NatKind::Symmetric, NatKind::Symmetric), "rate=200M,delay=10ms") else {
        return;
    };
    let stays = || matches!(world.alice.transport.route(world.bob.id()), Some((Route::Relay(_), _)));
    for _ in 0..20 {
        assert!(world.alice.asks(world.bob.id()));
        assert!(stays());
        std::thread::sleep(Duration::from_millis(250));
    }
    let content = bytes(4, CONTENT);
    let digest = world.bob.publish(content.clone());
    let fetched = world.alice.fetch(digest, world.bob.id());
    assert!(world.alice.wait(fetched).unwrap() == content);
    assert!(stays());
}

/// Does something to a NAT while content moves directly.
fn content_arrives_although(happens: impl FnOnce(&Lab)) {
    let nats = (NatKind::PortRestricted, NatKind::PortRestricted);
    let Some(world) = World::new(nats, "rate=40M,delay=10ms") else { return };
    assert!(world.becomes_direct());
    let content = bytes(5, CONTENT);
    let digest = world.bob.publish(content.clone());
    let received = || world.lab.counts("alice").unwrap().down.passed_bytes;
    let before = received();
    let fetched = world.alice.fetch(digest, world.bob.id());
    while received() < before + CONTENT as u64 / 4 {
        assert!(!fetched.is_finished());
        std::thread::sleep(Duration::from_millis(5));
    }
    happens(&world.lab);
    assert!(!fetched.is_finished());
    assert!(world.alice.wait(fetched).unwrap() == content);
}

#[test]
fn content_arrives_although_the_receivers_nat_gets_another_address_meanwhile() {
    content_arrives_although(|lab| {
        lab.rebind("alice").unwrap();
    });
}

#[test]
fn content_arrives_although_the_providers_mappings_end_meanwhile() {
    content_arrives_although(|lab| lab.forget_mappings("bob").unwrap());
}
