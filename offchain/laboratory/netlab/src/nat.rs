//! Network address translation without sockets or a clock: packets are rewritten in place (RFC 4787, RFC 5382).

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

use crate::packet::{Packet, Protocol, Unreadable};

/// How a NAT maps and filters; the names of RFC 3489, the behaviours of RFC 4787 sections 4.1 and 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NatKind {
    /// Endpoint-independent mapping and filtering: who knows the mapped address gets through.
    FullCone,
    /// Endpoint-independent mapping, address-dependent filtering.
    AddressRestricted,
    /// Endpoint-independent mapping, address- and port-dependent filtering.
    PortRestricted,
    /// Address- and port-dependent mapping and filtering: another mapped port for every remote one.
    Symmetric,
}

/// How a NAT is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NatConfig {
    /// How it maps and filters.
    pub kind: NatKind,
    /// Time after the last packet from inside at which a UDP mapping, and a remote address's right to use it, ends.
    pub udp_timeout: Duration,
    /// The same for TCP, whose states are not followed.
    pub tcp_timeout: Duration,
}

impl NatConfig {
    /// The timeouts that RFC 4787 (REQ-5, 2 minutes) and RFC 5382 (REQ-5, 2 hours 4 minutes) ask for at least.
    #[must_use]
    pub fn new(kind: NatKind) -> Self {
        Self { kind, udp_timeout: Duration::from_secs(120), tcp_timeout: Duration::from_secs(7440) }
    }
}

/// Why a packet was not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is not a whole IPv4 packet.
    Malformed,
    /// A fragment, or neither UDP nor TCP: ICMP and its errors among them.
    Unsupported,
    /// No port is free, or too many remote addresses use the mapping.
    Full,
    /// Nothing inside uses this port.
    NoMapping,
    /// Nothing was sent to this sender from inside.
    Filtered,
}

impl From<Unreadable> for Refusal {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Malformed => Self::Malformed,
            Unreadable::Unsupported => Self::Unsupported,
        }
    }
}

/// Ports that are given out. Those below are for servers.
const FIRST_PORT: u16 = 1024;
/// Most remote addresses that may use one mapping.
const REMOTES: usize = 4096;
/// How often what has timed out is removed; it is without effect before.
const SWEEP: Duration = Duration::from_secs(1);

/// One protocol and socket inside; of a symmetric NAT, the remote socket too.
type Key = (Protocol, SocketAddrV4, Option<SocketAddrV4>);

struct Mapping {
    key: Key,
    used: Duration,
    /// When the inside last wrote to each.
    remotes: HashMap<SocketAddrV4, Duration>,
}

/// A NAT with one public address.
pub struct Nat {
    config: NatConfig,
    public: Ipv4Addr,
    ports: HashMap<Key, u16>,
    mappings: HashMap<(Protocol, u16), Mapping>,
    swept: Duration,
    rng: ChaCha8Rng,
}

impl Nat {
    /// A NAT without mappings. Ports are drawn at random, the same ones for the same seed.
    #[must_use]
    pub fn new(config: NatConfig, public: Ipv4Addr, seed: u64) -> Self {
        Self {
            config,
            public,
            ports: HashMap::new(),
            mappings: HashMap::new(),
            swept: Duration::ZERO,
            rng: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    /// The address that others see.
    #[must_use]
    pub fn public(&self) -> Ipv4Addr {
        self.public
    }

    /// How many mappings there are, timed out ones that were not removed yet among them.
    #[must_use]
    pub fn mappings(&self) -> usize {
        self.mappings.len()
    }

    /// Forgets every mapping and has this address from now on, as after a restart or a new lease.
    pub fn restart(&mut self, public: Ipv4Addr) {
        self.public = public;
        self.ports.clear();
        self.mappings.clear();
    }

    /// A packet from inside: its source becomes the mapped one.
    ///
    /// # Errors
    /// Why it can't leave; the packet is as it was.
    pub fn outbound(&mut self, now: Duration, bytes: &mut [u8]) -> Result<(), Refusal> {
        let mut packet = Packet::parse(bytes)?;
        self.sweep(now);
        let symmetric = self.config.kind == NatKind::Symmetric;
        let key = (packet.protocol, packet.source, symmetric.then_some(packet.destination));
        let port = self.port(now, key)?;
        let remote = self.remote(packet.destination);
        let mapping = self.mappings.get_mut(&(packet.protocol, port)).ok_or(Refusal::NoMapping)?;
        if mapping.remotes.len() >= REMOTES && !mapping.remotes.contains_key(&remote) {
            return Err(Refusal::Full);
        }
        mapping.used = now;
        mapping.remotes.insert(remote, now);
        packet.set_source(SocketAddrV4::new(self.public, port));
        Ok(())
    }

    /// A packet from outside: its destination becomes the socket inside, if the sender may reach it.
    ///
    /// # Errors
    /// Why it can't enter; the packet is as it was.
    pub fn inbound(&mut self, now: Duration, bytes: &mut [u8]) -> Result<(), Refusal> {
        let mut packet = Packet::parse(bytes)?;
        if *packet.destination.ip() != self.public {
            return Err(Refusal::NoMapping);
        }
        let timeout = self.timeout(packet.protocol);
        let remote = self.remote(packet.source);
        let mapping = self.mappings.get(&(packet.protocol, packet.destination.port()));
        let mapping = mapping.filter(|mapping| now < mapping.used + timeout).ok_or(Refusal::NoMapping)?;
        let written = mapping.remotes.get(&remote).is_some_and(|written| now < *written + timeout);
        if self.config.kind != NatKind::FullCone && !written {
            return Err(Refusal::Filtered);
        }
        packet.set_destination(mapping.key.1);
        Ok(())
    }

    fn timeout(&self, protocol: Protocol) -> Duration {
        match protocol {
            Protocol::Udp => self.config.udp_timeout,
            Protocol::Tcp => self.config.tcp_timeout,
        }
    }

    /// What is remembered of a remote socket: as much as the filter looks at.
    fn remote(&self, socket: SocketAddrV4) -> SocketAddrV4 {
        match self.config.kind {
            NatKind::FullCone => SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0),
            NatKind::AddressRestricted => SocketAddrV4::new(*socket.ip(), 0),
            NatKind::PortRestricted | NatKind::Symmetric => socket,
        }
    }

    /// The port that is mapped to `key`, a new one if there is none.
    fn port(&mut self, now: Duration, key: Key) -> Result<u16, Refusal> {
        let timeout = self.timeout(key.0);
        if let Some(port) = self.ports.get(&key).copied() {
            let place = (key.0, port);
            if self.mappings.get(&place).is_some_and(|mapping| now < mapping.used + timeout) {
                return Ok(port);
            }
            self.mappings.remove(&place);
            self.ports.remove(&key);
        }
        let free = u64::from(u16::MAX - FIRST_PORT) + 1;
        let start = self.rng.next_u64() % free;
        let port = (0..free)
            .map(|step| FIRST_PORT + ((start + step) % free) as u16)
            .find(|port| !self.mappings.contains_key(&(key.0, *port)))
            .ok_or(Refusal::Full)?;
        self.ports.insert(key, port);
        self.mappings.insert((key.0, port), Mapping { key, used: now, remotes: HashMap::new() });
        Ok(port)
    }

    fn sweep(&mut self, now: Duration) {
        if now < self.swept + SWEEP {
            return;
        }
        self.swept = now;
        let NatConfig { udp_timeout, tcp_timeout, .. } = self.config;
        let timeout = |protocol| if protocol == Protocol::Udp { udp_timeout } else { tcp_timeout };
        self.mappings.retain(|(protocol, _), mapping| now < mapping.used + timeout(*protocol));
        for ((protocol, _), mapping) in &mut self.mappings {
            mapping.remotes.retain(|_, written| now < *written + timeout(*protocol));
        }
        let mappings = &self.mappings;
        self.ports.retain(|key, port| mappings.contains_key(&(key.0, *port)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::packet::tests::{packet, verifies};

    const PUBLIC: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 9);
    const KINDS: [NatKind; 4] =
        [NatKind::FullCone, NatKind::AddressRestricted, NatKind::PortRestricted, NatKind::Symmetric];

    fn at(socket: &str) -> SocketAddrV4 {
        socket.parse().unwrap()
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn nat(kind: NatKind) -> Nat {
        Nat::new(NatConfig::new(kind), PUBLIC, 1)
    }

    /// Sends from inside; returns the source that the remote sees.
    fn out(nat: &mut Nat, now: u64, from: &str, to: &str) -> SocketAddrV4 {
        let mut bytes = packet(Protocol::Udp, at(from), at(to), b"content");
        nat.outbound(seconds(now), &mut bytes).unwrap();
        assert!(verifies(&bytes));
        let packet = Packet::parse(&mut bytes).unwrap();
        assert_eq!(packet.destination, at(to));
        packet.source
    }

    /// Sends from outside; returns the socket inside that gets it.
    fn back(nat: &mut Nat, now: u64, from: &str, to: SocketAddrV4) -> Result<SocketAddrV4, Refusal> {
        let mut bytes = packet(Protocol::Udp, at(from), to, b"content");
        nat.inbound(seconds(now), &mut bytes)?;
        assert!(verifies(&bytes));
        let packet = Packet::parse(&mut bytes).unwrap();
        assert_eq!(packet.source, at(from));
        Ok(packet.destination)
    }

    #[test]
    fn whoever_is_written_to_can_answer() {
        for kind in KINDS {
            let mut nat = nat(kind);
            let seen = out(&mut nat, 0, "10.0.0.1:5000", "198.18.0.1:80");
            assert_eq!(*seen.ip(), PUBLIC);
            assert_eq!(back(&mut nat, 1, "198.18.0.1:80", seen), Ok(at("10.0.0.1:5000")));
        }
    }

    #[test]
    fn filtering_is_what_the_kinds_differ_in() {
        for (kind, same_address, stranger) in [
            (NatKind::FullCone, true, true),
            (NatKind::AddressRestricted, true, false),
            (NatKind::PortRestricted, false, false),
            (NatKind::Symmetric, false, false),
        ] {
            let mut nat = nat(kind);
            let seen = out(&mut nat, 0, "10.0.0.1:5000", "198.18.0.1:80");
            assert_eq!(back(&mut nat, 1, "198.18.0.1:81", seen).is_ok(), same_address, "{kind:?}");
            assert_eq!(back(&mut nat, 1, "198.18.0.2:80", seen).is_ok(), stranger, "{kind:?}");
        }
    }

    #[test]
    fn only_a_symmetric_nat_maps_by_destination() {
        for kind in KINDS {
            let mut nat = nat(kind);
            let first = out(&mut nat, 0, "10.0.0.1:5000", "198.18.0.1:80");
            let second = out(&mut nat, 0, "10.0.0.1:5000", "198.18.0.2:80");
            assert_eq!(first == second, kind != NatKind::Symmetric, "{kind:?}");
            assert_eq!(first, out(&mut nat, 1, "10.0.0.1:5000", "198.18.0.1:80"));
        }
    }

    #[test]
    fn a_punched_hole_lets_the_other_side_in() {
        let mut nat = nat(NatKind::PortRestricted);
        let seen = out(&mut nat, 0, "10.0.0.1:5000", "198.18.0.1:80");
        assert_eq!(back(&mut nat, 1, "198.18.0.2:4000", seen), Err(Refusal::Filtered));
        assert_eq!(out(&mut nat, 2, "10.0.0.1:5000", "198.18.0.2:4000"), seen);
        assert_eq!(back(&mut nat, 3, "198.18.0.2:4000", seen), Ok(at("10.0.0.1:5000")));
    }

    #[test]
    fn a_mapping_lives_by_what_is_sent_from_inside() {
        let mut nat = nat(NatKind::FullCone);
        let seen = out(&mut nat, 0, "10.0.0.1:5000", "198.18.0.1:80");
        assert!(back(&mut nat, 119, "198.18.0.1:80", seen).is_ok());
        assert_eq!(back(&mut nat, 120, "198.18.0.1:80", seen), Err(Refusal::NoMapping));
        let renewed = out(&mut nat, 130, "10.0.0.1:5000", "198.18.0.1:80");
        assert_ne!(renewed, seen);
        assert!(back(&mut nat, 200, "198.18.0.1:80", renewed).is_ok());
    }

    #[test]
    fn the_right_to_answer_ends_although_the_mapping_lives_on() {
        let mut nat = nat(NatKind::PortRestricted);
        let seen = out(&mut nat, 0, "10.0.0.1:5000", "198.18.0.1:80");
        assert_eq!(out(&mut nat, 100, "10.0.0.1:5000", "198.18.0.2:80"), seen);
        assert_eq!(back(&mut nat, 150, "198.18.0.1:80", seen), Err(Refusal::Filtered));
        assert!(back(&mut nat, 150, "198.18.0.2:80", seen).is_ok());
    }

    #[test]
    fn a_restarted_nat_has_forgotten_everything() {
        let mut nat = nat(NatKind::FullCone);
        let seen = out(&mut nat, 0, "10.0.0.1:5000", "198.18.0.1:80");
        nat.restart(Ipv4Addr::new(198, 18, 1, 9));
        assert_eq!(back(&mut nat, 1, "198.18.0.1:80", seen), Err(Refusal::NoMapping));
        assert_eq!(*out(&mut nat, 2, "10.0.0.1:5000", "198.18.0.1:80").ip(), Ipv4Addr::new(198, 18, 1, 9));
    }

    #[test]
    fn tcp_and_udp_are_apart_and_tcp_lives_longer() {
        let mut nat = nat(NatKind::PortRestricted);
        let (inside, remote) = (at("10.0.0.1:5000"), at("198.18.0.1:80"));
        let mut bytes = packet(Protocol::Tcp, inside, remote, b"content");
        nat.outbound(seconds(0), &mut bytes).unwrap();
        assert!(verifies(&bytes));
        let seen = Packet::parse(&mut bytes).unwrap().source;
        assert_eq!(back(&mut nat, 1, "198.18.0.1:80", seen), Err(Refusal::NoMapping));
        let mut answer = packet(Protocol::Tcp, remote, seen, b"");
        nat.inbound(seconds(7439), &mut answer).unwrap();
        assert!(verifies(&answer));
        assert_eq!(Packet::parse(&mut answer).unwrap().destination, inside);
    }

    #[test]
    fn without_a_free_port_the_packet_stays_inside() {
        let mut nat = nat(NatKind::Symmetric);
        let ports = u32::from(u16::MAX - FIRST_PORT) + 1;
        let send = |nat: &mut Nat, remote: u32| {
            let remote = SocketAddrV4::new((0xc612_0000 + remote).into(), 80);
            let mut bytes = packet(Protocol::Udp, at("10.0.0.1:5000"), remote, b"");
            nat.outbound(seconds(0), &mut bytes)
        };
        for remote in 0..ports {
            send(&mut nat, remote).unwrap();
        }
        assert_eq!(send(&mut nat, ports), Err(Refusal::Full));
        assert_eq!(nat.mappings(), ports as usize);
        assert_eq!(send(&mut nat, 0), Ok(()));
    }

    #[test]
    fn what_is_neither_udp_nor_tcp_is_refused_as_it_is() {
        let mut ping = packet(Protocol::Udp, at("10.0.0.1:1"), at("198.18.0.1:1"), b"");
        ping[9] = 1;
        let before = ping.clone();
        assert_eq!(nat(NatKind::FullCone).outbound(seconds(0), &mut ping), Err(Refusal::Unsupported));
        assert_eq!(nat(NatKind::FullCone).outbound(seconds(0), &mut []), Err(Refusal::Malformed));
        assert_eq!(ping, before);
    }

    /// What a NAT promises, without ports being reused: kept apart from the code that keeps it.
    #[derive(Default)]
    struct Model {
        /// Mapping to when it was used, and to whom it wrote when.
        mappings: HashMap<SocketAddrV4, (SocketAddrV4, u64, HashMap<SocketAddrV4, u64>)>,
    }

    impl Model {
        fn lets_in(
            &self,
            kind: NatKind,
            now: u64,
            from: SocketAddrV4,
            to: SocketAddrV4,
        ) -> Option<SocketAddrV4> {
            let (inside, used, remotes) = self.mappings.get(&to).filter(|(_, used, _)| now < used + 120)?;
            let _ = used;
            let recent = |test: &dyn Fn(SocketAddrV4) -> bool| {
                remotes.iter().any(|(remote, written)| now < written + 120 && test(*remote))
            };
            let allowed = match kind {
                NatKind::FullCone => true,
                NatKind::AddressRestricted => recent(&|remote| remote.ip() == from.ip()),
                NatKind::PortRestricted | NatKind::Symmetric => recent(&|remote| remote == from),
            };
            allowed.then_some(*inside)
        }
    }

    proptest! {
        #[test]
        fn any_traffic_is_treated_as_the_kind_promises(
            kind in prop::sample::select(KINDS.to_vec()),
            steps in proptest::collection::vec((any::<bool>(), 0u64..80, 0u16..3, 0u8..3, 0u16..2), 1..80),
            seed in any::<u64>(),
        ) {
            let mut nat = Nat::new(NatConfig::new(kind), PUBLIC, seed);
            let (mut model, mut now, mut seen) = (Model::default(), 0, Vec::new());
            for (outward, wait, inside, remote, remote_port) in steps {
                now += wait;
                let inside = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 1), 5000 + inside);
                let remote = SocketAddrV4::new(Ipv4Addr::new(198, 18, 0, remote), 80 + remote_port);
                if outward {
                    let mapped = out(&mut nat, now, &inside.to_string(), &remote.to_string());
                    let entry = model.mappings.entry(mapped).or_insert((inside, now, HashMap::new()));
                    if now >= entry.1 + 120 || entry.0 != inside {
                        *entry = (inside, now, HashMap::new());
                    }
                    entry.1 = now;
                    entry.2.insert(remote, now);
                    seen.push(mapped);
                } else {
                    for mapped in &seen {
                        let got = back(&mut nat, now, &remote.to_string(), *mapped).ok();
                        prop_assert_eq!(got, model.lets_in(kind, now, remote, *mapped));
                    }
                }
            }
        }
    }
}
