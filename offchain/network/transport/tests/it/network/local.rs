//! Two endpoints on one local network that were told nothing of each other.

use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;

use bithive_netlab::Namespace;
use bithive_transport::{Config, Route};

use super::world::{Party, lab, limits, side, skipped};

/// Whether a datagram to a group comes back to a member on the same host.
fn multicast() -> io::Result<()> {
    let group = Ipv4Addr::new(239, 255, 77, 77);
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    socket.join_multicast_v4(&group, &Ipv4Addr::UNSPECIFIED)?;
    socket.set_read_timeout(Some(Duration::from_secs(2)))?;
    socket.send_to(b"group", (group, socket.local_addr()?.port()))?;
    socket.recv(&mut [0; 16]).map(drop)
}

fn party(seed: u8, namespace: &Namespace, local_discovery: bool) -> Party {
    let listen = Some(vec!["0.0.0.0:0".parse().unwrap()]);
    let config = Config { listen, local_discovery, limits: limits(), ..Config::default() };
    Party::new(seed, Some(namespace.clone()), config)
}

#[test]
fn endpoints_on_one_network_find_each_other_if_they_want_to() {
    // A network of its own: nothing is announced on the one that the machine is on.
    let Some(lab) = lab(&[side("lan", None, "")]) else { return };
    let namespace = lab.namespace("lan").unwrap();
    if let Err(error) = namespace.run(multicast).unwrap() {
        return skipped(&format!("no multicast here: {error}"));
    }
    let (alice, bob) = (party(1, &namespace, true), party(2, &namespace, true));
    let silent = party(3, &namespace, false);
    assert!((0..20).any(|_| alice.asks(bob.id())));
    assert!(matches!(alice.transport.route(bob.id()), Some((Route::Direct(_), _))));
    assert!(!alice.asks(silent.id()));
    assert!(!silent.asks(alice.id()));
}
