//! What is between the sides: for each its NAT and its link, and a table of addresses.

use std::net::Ipv4Addr;
use std::time::Duration;

use bithive_netsim::Nanos;

use crate::duplex::Duplex;
use crate::emulator::{Counts, Emulator};
use crate::nat::{Nat, NatConfig};
use crate::packet;

/// Counts of a side's packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SideCounts {
    /// From the side.
    pub up: Counts,
    /// To the side.
    pub down: Counts,
    /// Packets that the side's NAT refused, in both directions.
    pub refused: u64,
}

struct Port {
    public: Ipv4Addr,
    nat: Option<Nat>,
    up: Emulator<Vec<u8>>,
    down: Emulator<Vec<u8>>,
    refused: u64,
}

/// The router, without a clock and without devices.
#[derive(Default)]
pub(crate) struct Router {
    ports: Vec<Port>,
    unroutable: u64,
}

impl Router {
    /// Adds a side.
    pub(crate) fn add(&mut self, public: Ipv4Addr, nat: Option<NatConfig>, link: Duplex, seed: u64) {
        self.ports.push(Port {
            public,
            nat: nat.map(|config| Nat::new(config, public, seed)),
            up: Emulator::new(link.up, seed.wrapping_add(1)),
            down: Emulator::new(link.down, seed.wrapping_add(2)),
            refused: 0,
        });
    }

    /// A packet that a side sends: through its NAT, onto its link.
    pub(crate) fn send(&mut self, side: usize, now: Nanos, mut packet: Vec<u8>) {
        let Some(port) = self.ports.get_mut(side) else { return };
        if let Some(nat) = &mut port.nat
            && nat.outbound(Duration::from_nanos(now), &mut packet).is_err()
        {
            port.refused += 1;
            return;
        }
        let bytes = packet.len() as u64;
        port.up.push(now, packet, bytes);
    }

    /// When [`Self::advance`] has something to do next.
    pub(crate) fn next(&self) -> Option<Nanos> {
        self.ports.iter().flat_map(|port| port.up.next().into_iter().chain(port.down.next())).min()
    }

    /// Everything that happens by `now`, in the order in which it does; `arrive` gets what reaches a side.
    pub(crate) fn advance(&mut self, now: Nanos, mut arrive: impl FnMut(usize, Vec<u8>)) {
        while let Some(due) = self.next().filter(|due| *due <= now) {
            for side in 0..self.ports.len() {
                self.advance_side(side, due, &mut arrive);
            }
        }
    }

    fn advance_side(&mut self, side: usize, now: Nanos, arrive: &mut impl FnMut(usize, Vec<u8>)) {
        while let Some((at, packet)) = self.ports.get_mut(side).and_then(|port| port.up.pop(now)) {
            let to = packet::destination(&packet);
            let to = self.ports.iter().position(|port| Some(port.public) == to).filter(|to| *to != side);
            match to.and_then(|to| self.ports.get_mut(to)) {
                None => self.unroutable += 1,
                Some(port) => {
                    let bytes = packet.len() as u64;
                    port.down.push(at, packet, bytes);
                }
            }
        }
        let Some(port) = self.ports.get_mut(side) else { return };
        while let Some((at, mut packet)) = port.down.pop(now) {
            if let Some(nat) = &mut port.nat
                && nat.inbound(Duration::from_nanos(at), &mut packet).is_err()
            {
                port.refused += 1;
                continue;
            }
            arrive(side, packet);
        }
    }

    /// Forgets the mappings of a side's NAT and gives it this address.
    pub(crate) fn restart(&mut self, side: usize, public: Ipv4Addr) {
        if let Some(port) = self.ports.get_mut(side) {
            port.public = public;
            if let Some(nat) = &mut port.nat {
                nat.restart(public);
            }
        }
    }

    pub(crate) fn has_nat(&self, side: usize) -> bool {
        self.ports.get(side).is_some_and(|port| port.nat.is_some())
    }

    pub(crate) fn public(&self, side: usize) -> Option<Ipv4Addr> {
        self.ports.get(side).map(|port| port.public)
    }

    pub(crate) fn counts(&self, side: usize) -> SideCounts {
        self.ports.get(side).map_or_else(SideCounts::default, |port| SideCounts {
            up: port.up.counts(),
            down: port.down.counts(),
            refused: port.refused,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddrV4;

    use bithive_netsim::Link;

    use super::*;
    use crate::nat::NatKind;
    use crate::packet::tests::{packet, verifies};
    use crate::packet::{Packet, Protocol};

    const MS: Nanos = 1_000_000;

    fn at(socket: &str) -> SocketAddrV4 {
        socket.parse().unwrap()
    }

    /// Two sides behind NATs and a public one, each with a link of 10 ms.
    fn router(kind: NatKind) -> Router {
        let mut router = Router::default();
        let link = || Duplex::both(Link::new(1e9, Duration::from_millis(20), 1 << 20));
        router.add([198, 18, 0, 1].into(), Some(NatConfig::new(kind)), link(), 1);
        router.add([198, 18, 0, 2].into(), Some(NatConfig::new(kind)), link(), 2);
        router.add([198, 18, 0, 3].into(), None, link(), 3);
        router
    }

    /// Sends a packet and returns who got what, with its source.
    fn deliver(
        router: &mut Router,
        side: usize,
        now: Nanos,
        from: &str,
        to: SocketAddrV4,
    ) -> Vec<(usize, SocketAddrV4)> {
        router.send(side, now, packet(Protocol::Udp, at(from), to, b"content"));
        let mut got = Vec::new();
        router.advance(now + 100 * MS, |side, mut bytes| {
            assert!(verifies(&bytes));
            got.push((side, Packet::parse(&mut bytes).unwrap().source));
        });
        got
    }

    #[test]
    fn holes_are_punched_between_port_restricted_nats_and_not_between_symmetric_ones() {
        for (kind, opens) in [(NatKind::PortRestricted, true), (NatKind::Symmetric, false)] {
            let mut router = router(kind);
            let server = at("198.18.0.3:3478");
            let alice = deliver(&mut router, 0, 0, "192.168.1.2:1000", server)[0].1;
            let bob = deliver(&mut router, 1, 0, "192.168.2.2:1000", server)[0].1;
            assert!(deliver(&mut router, 0, 200 * MS, "192.168.1.2:1000", bob).is_empty());
            let answered = deliver(&mut router, 1, 400 * MS, "192.168.2.2:1000", alice);
            assert_eq!(answered, if opens { vec![(0, bob)] } else { vec![] });
        }
    }

    #[test]
    fn a_side_cant_be_reached_by_its_address_inside_or_by_itself() {
        let mut router = router(NatKind::FullCone);
        assert!(deliver(&mut router, 2, 0, "198.18.0.3:1", at("192.168.1.2:1000")).is_empty());
        assert!(deliver(&mut router, 2, 0, "198.18.0.3:1", at("198.18.0.3:2")).is_empty());
        assert_eq!(router.unroutable, 2);
    }

    #[test]
    fn a_packet_passes_both_sides_links() {
        let mut router = router(NatKind::FullCone);
        router.send(0, 0, packet(Protocol::Udp, at("192.168.1.2:1"), at("198.18.0.3:1"), b""));
        let mut got = 0;
        router.advance(20 * MS, |_, _| got += 1);
        assert_eq!(got, 0);
        router.advance(20 * MS + 10_000, |_, _| got += 1);
        assert_eq!((got, router.next()), (1, None));
        assert_eq!((router.counts(0).up.passed, router.counts(2).down.passed), (1, 1));
    }

    #[test]
    fn a_new_address_takes_the_place_of_the_old_one() {
        let mut router = router(NatKind::FullCone);
        let server = at("198.18.0.3:3478");
        let before = deliver(&mut router, 0, 0, "192.168.1.2:1000", server)[0].1;
        router.restart(0, [198, 18, 1, 1].into());
        assert!(deliver(&mut router, 2, 200 * MS, "198.18.0.3:3478", before).is_empty());
        let after = deliver(&mut router, 0, 400 * MS, "192.168.1.2:1000", server)[0].1;
        assert_eq!(*after.ip(), Ipv4Addr::new(198, 18, 1, 1));
        assert_eq!(deliver(&mut router, 2, 600 * MS, "198.18.0.3:3478", after), [(0, server)]);
    }
}
