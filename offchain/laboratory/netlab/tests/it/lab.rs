//! Real sockets and programs through the laboratory; skipped, with a line that says so, where it can't be made.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use bithive_netlab::{Duplex, Lab, LabError, NatConfig, NatKind, Side};

/// Written at once and past the capture of a test's output, so that whoever runs the tests sees it.
fn skipped(why: &LabError) {
    let _ = std::io::stderr().write_all(format!("SKIPPED: {why}\n").as_bytes());
}

fn lab(sides: &[Side]) -> Option<Lab> {
    match Lab::create(sides, 1) {
        Ok(lab) => Some(lab),
        Err(error) if error.is_missing() => {
            skipped(&error);
            None
        }
        Err(error) => panic!("{error}"),
    }
}

fn side(name: &str, nat: Option<NatKind>) -> Side {
    Side { name: name.into(), nat: nat.map(NatConfig::new), link: Duplex::open() }
}

/// A socket within a side.
fn udp(lab: &Lab, side: &str) -> UdpSocket {
    let socket = lab.namespace(side).unwrap().run(|| UdpSocket::bind("0.0.0.0:0").unwrap()).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket
}

fn at(lab: &Lab, side: &str, socket: &UdpSocket) -> SocketAddr {
    (lab.public_address(side).unwrap(), socket.local_addr().unwrap().port()).into()
}

/// Receives one datagram; says from whom.
fn receive(socket: &UdpSocket, content: &[u8]) -> SocketAddr {
    let mut buffer = [0; 2000];
    let (length, from) = socket.recv_from(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], content);
    from
}

#[test]
fn datagrams_pass_a_nat_in_both_directions() {
    let Some(lab) = lab(&[side("alice", Some(NatKind::PortRestricted)), side("server", None)]) else {
        return;
    };
    let (alice, server) = (udp(&lab, "alice"), udp(&lab, "server"));
    alice.send_to(b"question", at(&lab, "server", &server)).unwrap();
    let seen = receive(&server, b"question");
    assert_eq!(seen.ip(), lab.public_address("alice").unwrap());
    server.send_to(b"answer", seen).unwrap();
    assert_eq!(receive(&alice, b"answer"), at(&lab, "server", &server));
    let counts = lab.counts("alice").unwrap();
    assert!(counts.up.passed >= 1 && counts.down.passed >= 1, "{counts:?}");
}

#[test]
fn a_datagram_that_is_longer_than_a_packet_fails_at_a_nat_and_passes_without_one() {
    // Fragments have no ports.
    let Some(lab) = lab(&[side("alice", None), side("server", None), side("nat", Some(NatKind::FullCone))])
    else {
        return;
    };
    let (alice, server, nat) = (udp(&lab, "alice"), udp(&lab, "server"), udp(&lab, "nat"));
    let to = at(&lab, "server", &server);
    nat.send_to(&[7; 1900], to).unwrap();
    alice.send_to(&[8; 1900], to).unwrap();
    assert_eq!(receive(&server, &[8; 1900]), at(&lab, "alice", &alice));
}

#[test]
fn tcp_passes_a_nat() {
    let Some(lab) = lab(&[side("alice", Some(NatKind::Symmetric)), side("server", None)]) else { return };
    let listener = lab.namespace("server").unwrap().run(|| TcpListener::bind("0.0.0.0:0").unwrap()).unwrap();
    let address =
        SocketAddr::from((lab.public_address("server").unwrap(), listener.local_addr().unwrap().port()));
    let content: Vec<u8> = (0..1_000_000u32).map(|index| index as u8).collect();
    let echo = std::thread::spawn(move || {
        let (mut stream, from) = listener.accept().unwrap();
        let mut received = Vec::new();
        stream.read_to_end(&mut received).unwrap();
        stream.write_all(&received).unwrap();
        from.ip()
    });
    let mut stream = lab.namespace("alice").unwrap().run(|| TcpStream::connect(address).unwrap()).unwrap();
    stream.write_all(&content).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut back = Vec::new();
    stream.read_to_end(&mut back).unwrap();
    assert!(back == content);
    assert_eq!(echo.join().unwrap(), lab.public_address("alice").unwrap());
}

#[test]
fn a_side_that_gets_a_new_address_is_seen_at_it() {
    let Some(lab) = lab(&[side("alice", Some(NatKind::PortRestricted)), side("server", None)]) else {
        return;
    };
    let (alice, server) = (udp(&lab, "alice"), udp(&lab, "server"));
    let to = at(&lab, "server", &server);
    alice.send_to(b"before", to).unwrap();
    let before = receive(&server, b"before");
    let address = lab.rebind("alice").unwrap();
    assert_eq!(lab.public_address("alice").unwrap(), address);
    alice.send_to(b"after", to).unwrap();
    let after = receive(&server, b"after");
    assert_eq!(after.ip(), address);
    assert_ne!(after.ip(), before.ip());
    lab.forget_mappings("alice").unwrap();
    alice.send_to(b"again", to).unwrap();
    let again = receive(&server, b"again");
    assert!(again.ip() == address && again.port() != after.port());
}

#[test]
fn a_program_runs_within_its_side_and_sees_nothing_else() {
    let Some(lab) = lab(&[side("alice", Some(NatKind::FullCone)), side("bob", None)]) else { return };
    let interfaces = |mut command: std::process::Command| {
        let output = command.arg("/proc/net/dev").output().unwrap();
        let mut names: Vec<String> = String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .filter_map(|line| Some(line.split_once(':')?.0.trim().to_owned()))
            .collect();
        names.sort();
        names
    };
    assert_eq!(interfaces(lab.command("alice", "cat").unwrap()), ["lab0", "lo"]);
    assert!(!interfaces(std::process::Command::new("cat")).contains(&"lab0".to_owned()));
}

#[test]
fn two_laboratories_dont_know_of_each_other() {
    let (Some(one), Some(other)) =
        (lab(&[side("a", None), side("b", None)]), lab(&[side("a", None), side("b", None)]))
    else {
        return;
    };
    let (from, to) = (udp(&one, "a"), udp(&one, "b"));
    from.send_to(b"one", at(&one, "b", &to)).unwrap();
    receive(&to, b"one");
    assert!(one.counts("b").unwrap().down.passed >= 1);
    assert_eq!(one.public_address("b").unwrap(), other.public_address("b").unwrap());
    drop(one);
    let (from, to) = (udp(&other, "a"), udp(&other, "b"));
    from.send_to(b"other", at(&other, "b", &to)).unwrap();
    receive(&to, b"other");
}

#[test]
fn sides_that_are_not_there_or_twice_are_named() {
    let twice = Lab::create(&[side("alice", None), side("alice", None)], 1);
    let twice = twice.err().unwrap();
    if twice.is_missing() {
        return skipped(&twice);
    }
    assert!(matches!(&twice, LabError::Side { side, .. } if side == "alice"));
    let Some(lab) = lab(&[side("alice", None), side("bob", Some(NatKind::FullCone))]) else { return };
    let problem = lab.public_address("carol").unwrap_err().to_string();
    assert!(problem.contains("carol") && problem.contains("alice, bob"), "{problem}");
    assert!(lab.rebind("alice").unwrap_err().to_string().contains("behind a NAT"));
    assert_eq!(lab.public_address("alice").unwrap(), Ipv4Addr::new(198, 18, 0, 1));
}
