//! What a router reads and rewrites in an IPv4 packet.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::ops::Range;

use crate::checksum;

/// A transport protocol with ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protocol {
    /// UDP, IP protocol number 17.
    Udp,
    /// TCP, IP protocol number 6.
    Tcp,
}

impl Protocol {
    /// Where the checksum is, from the transport header on, and how long that header is at least.
    const fn layout(self) -> (usize, usize) {
        match self {
            Self::Udp => (6, 8),
            Self::Tcp => (16, 20),
        }
    }
}

const HEADER_CHECKSUM: usize = 10;
const SOURCE: usize = 12;
const DESTINATION: usize = 16;
const SMALLEST_HEADER: usize = 20;

/// Where an IPv4 packet goes, if `bytes` are one: version, header length and total length hold together.
#[must_use]
pub fn destination(bytes: &[u8]) -> Option<Ipv4Addr> {
    header_length(bytes)?;
    address(bytes, DESTINATION)
}

fn header_length(bytes: &[u8]) -> Option<usize> {
    let first = *bytes.first()?;
    let header = usize::from(first & 0x0f) * 4;
    let total = usize::from(word(bytes, 2)?);
    (first >> 4 == 4 && header >= SMALLEST_HEADER && header <= total && total == bytes.len())
        .then_some(header)
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes)
}

fn address(bytes: &[u8], at: usize) -> Option<Ipv4Addr> {
    let octets: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(octets.into())
}

/// Why a packet can't be translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    Malformed,
    /// A fragment, or a protocol without ports.
    Unsupported,
}

/// A whole UDP or TCP packet over IPv4, in place.
pub(crate) struct Packet<'a> {
    bytes: &'a mut [u8],
    header: usize,
    pub(crate) protocol: Protocol,
    pub(crate) source: SocketAddrV4,
    pub(crate) destination: SocketAddrV4,
}

impl<'a> Packet<'a> {
    pub(crate) fn parse(bytes: &'a mut [u8]) -> Result<Self, Unreadable> {
        let header = header_length(bytes).ok_or(Unreadable::Malformed)?;
        let fragment = word(bytes, 6).ok_or(Unreadable::Malformed)? & 0x3fff;
        let protocol = match bytes.get(9) {
            Some(17) => Protocol::Udp,
            Some(6) => Protocol::Tcp,
            _ => return Err(Unreadable::Unsupported),
        };
        if fragment != 0 {
            return Err(Unreadable::Unsupported);
        }
        if bytes.len() < header + protocol.layout().1 {
            return Err(Unreadable::Malformed);
        }
        let socket = |at, port| Some(SocketAddrV4::new(address(bytes, at)?, word(bytes, header + port)?));
        let source = socket(SOURCE, 0).ok_or(Unreadable::Malformed)?;
        let destination = socket(DESTINATION, 2).ok_or(Unreadable::Malformed)?;
        Ok(Self { bytes, header, protocol, source, destination })
    }

    pub(crate) fn set_source(&mut self, source: SocketAddrV4) {
        self.rewrite(SOURCE, self.header, source);
        self.source = source;
    }

    pub(crate) fn set_destination(&mut self, destination: SocketAddrV4) {
        self.rewrite(DESTINATION, self.header + 2, destination);
        self.destination = destination;
    }

    fn rewrite(&mut self, address_at: usize, port_at: usize, new: SocketAddrV4) {
        let transport = self.header + self.protocol.layout().0;
        let (address, port) = (new.ip().octets(), new.port().to_be_bytes());
        let untouched = self.protocol == Protocol::Udp && word(self.bytes, transport) == Some(0);
        self.replace(address_at..address_at + 4, &address, &[HEADER_CHECKSUM, transport], untouched);
        self.replace(port_at..port_at + 2, &port, &[transport], untouched);
    }

    /// Replaces bytes, and updates the checksums that cover them. A UDP checksum of zero says that there is none
    /// (RFC 768), and stays; one that becomes zero is written as its other form.
    fn replace(&mut self, at: Range<usize>, new: &[u8], checksums: &[usize], no_udp_checksum: bool) {
        let mut old = [0; 4];
        let (Some(field), Some(old)) = (self.bytes.get_mut(at.clone()), old.get_mut(..at.len())) else {
            return;
        };
        old.copy_from_slice(field);
        field.copy_from_slice(new);
        for place in checksums {
            let of_udp = *place != HEADER_CHECKSUM && self.protocol == Protocol::Udp;
            if of_udp && no_udp_checksum {
                continue;
            }
            let Some(before) = word(self.bytes, *place) else { continue };
            let mut after = checksum::update(before, old, new);
            if of_udp && after == 0 {
                after = 0xffff;
            }
            if let Some(field) = self.bytes.get_mut(*place..place + 2) {
                field.copy_from_slice(&after.to_be_bytes());
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(parts: &[&[u8]]) -> u16 {
        let mut sum = 0u32;
        for part in parts {
            for pair in part.chunks(2) {
                sum += u32::from(pair[0]) << 8 | pair.get(1).map_or(0, |low| u32::from(*low));
            }
        }
        while sum > 0xffff {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        sum as u16
    }

    /// A packet with right checksums.
    pub(crate) fn packet(
        protocol: Protocol,
        source: SocketAddrV4,
        destination: SocketAddrV4,
        content: &[u8],
    ) -> Vec<u8> {
        let (checksum_at, header) = protocol.layout();
        let total = (20 + header + content.len()) as u16;
        let number = if protocol == Protocol::Udp { 17 } else { 6 };
        let mut bytes = vec![0x45, 0, 0, 0, 0x12, 0x34, 0x40, 0, 64, number, 0, 0];
        bytes[2..4].copy_from_slice(&total.to_be_bytes());
        bytes.extend(source.ip().octets());
        bytes.extend(destination.ip().octets());
        let mut segment = vec![0; header];
        segment[..2].copy_from_slice(&source.port().to_be_bytes());
        segment[2..4].copy_from_slice(&destination.port().to_be_bytes());
        match protocol {
            Protocol::Udp => segment[4..6].copy_from_slice(&(total - 20).to_be_bytes()),
            Protocol::Tcp => segment[12] = 5 << 4,
        }
        segment.extend(content);
        bytes.extend(segment);
        let header_sum = !sum(&[&bytes[..20]]);
        bytes[10..12].copy_from_slice(&header_sum.to_be_bytes());
        let mut transport = !transport_sum(&bytes);
        if protocol == Protocol::Udp && transport == 0 {
            transport = 0xffff;
        }
        bytes[20 + checksum_at..22 + checksum_at].copy_from_slice(&transport.to_be_bytes());
        bytes
    }

    fn transport_sum(bytes: &[u8]) -> u16 {
        let length = (bytes.len() as u16 - 20).to_be_bytes();
        sum(&[&bytes[12..20], &[0, bytes[9]], &length, &bytes[20..]])
    }

    /// Whether both checksums hold, the way a receiver verifies them.
    pub(crate) fn verifies(bytes: &[u8]) -> bool {
        sum(&[&bytes[..20]]) == 0xffff && transport_sum(bytes) == 0xffff
    }

    fn any_socket() -> impl Strategy<Value = SocketAddrV4> {
        (any::<u32>(), any::<u16>()).prop_map(|(ip, port)| SocketAddrV4::new(ip.into(), port))
    }

    proptest! {
        #[test]
        fn checksums_hold_after_any_rewriting(
            tcp in any::<bool>(),
            source in any_socket(),
            destination in any_socket(),
            new_source in any_socket(),
            new_destination in any_socket(),
            content in proptest::collection::vec(any::<u8>(), 0..64),
        ) {
            let protocol = if tcp { Protocol::Tcp } else { Protocol::Udp };
            let mut bytes = packet(protocol, source, destination, &content);
            prop_assert!(verifies(&bytes));
            let mut view = Packet::parse(&mut bytes).unwrap();
            prop_assert_eq!((view.source, view.destination), (source, destination));
            view.set_source(new_source);
            view.set_destination(new_destination);
            prop_assert!(verifies(&bytes));
            prop_assert!(bytes == packet(protocol, new_source, new_destination, &content));
        }

        #[test]
        fn bytes_of_any_kind_are_parsed_or_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = destination(&bytes);
            let _ = Packet::parse(&mut bytes);
        }
    }

    #[test]
    fn a_udp_packet_without_a_checksum_stays_without() {
        let (from, to) = ("10.0.0.1:1".parse().unwrap(), "10.0.0.2:2".parse().unwrap());
        let mut bytes = packet(Protocol::Udp, from, to, b"x");
        bytes[26..28].copy_from_slice(&[0, 0]);
        Packet::parse(&mut bytes).unwrap().set_source("198.18.0.1:7".parse().unwrap());
        assert_eq!(bytes[26..28], [0, 0]);
    }

    #[test]
    fn a_truncated_packet_a_fragment_and_a_ping_are_refused() {
        let (from, to) = ("10.0.0.1:1".parse().unwrap(), "10.0.0.2:2".parse().unwrap());
        let whole = packet(Protocol::Udp, from, to, b"content");
        for length in 0..whole.len() {
            let mut bytes = whole[..length].to_vec();
            assert_eq!(Packet::parse(&mut bytes).err(), Some(Unreadable::Malformed), "{length}");
        }
        let mut fragment = whole.clone();
        fragment[7] = 1;
        assert_eq!(Packet::parse(&mut fragment).err(), Some(Unreadable::Unsupported));
        let mut ping = whole;
        ping[9] = 1;
        assert_eq!(Packet::parse(&mut ping).err(), Some(Unreadable::Unsupported));
    }
}
