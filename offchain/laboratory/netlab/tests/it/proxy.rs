//! Datagrams through the proxy, which needs no rights.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use bithive_netlab::{Duplex, LabError, Proxy};

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket
}

/// Answers each datagram with itself, backwards.
fn mirror() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 2000];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            buffer[..length].reverse();
            let _ = socket.send_to(&buffer[..length], from);
        }
    });
    address
}

fn proxy(target: SocketAddr, link: &str) -> Proxy {
    Proxy::start("127.0.0.1:0".parse().unwrap(), target, Duplex::parse(link).unwrap(), 1).unwrap()
}

#[test]
fn every_client_gets_its_own_answers() {
    let proxy = proxy(mirror(), "rate=10M,delay=2ms");
    let clients: Vec<UdpSocket> = (0..5).map(|_| socket()).collect();
    for (index, client) in clients.iter().enumerate() {
        client.send_to(&[1, 2, index as u8], proxy.address()).unwrap();
    }
    for (index, client) in clients.iter().enumerate() {
        let mut buffer = [0; 10];
        let (length, from) = client.recv_from(&mut buffer).unwrap();
        assert_eq!((&buffer[..length], from), (&[index as u8, 2, 1][..], proxy.address()));
    }
    let (up, down) = proxy.counts();
    assert_eq!((up.passed, down.passed_bytes), (5, 15));
}

#[test]
fn the_queue_and_the_loss_of_the_link_take_datagrams() {
    // 3,000 bytes of queue: of 50 datagrams at once most don't fit.
    let proxy = proxy(mirror(), "rate=100k,queue=3000,loss=50%");
    let client = socket();
    for _ in 0..50 {
        client.send_to(&[0; 1000], proxy.address()).unwrap();
    }
    client.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    while client.recv(&mut [0; 2000]).is_ok() {}
    let (up, _) = proxy.counts();
    assert!(up.dropped > 25, "{up:?}");
    assert_eq!(up.passed + up.dropped + up.lost, 50);
}

#[test]
fn a_target_that_is_not_there_stops_nothing() {
    let gone = socket().local_addr().unwrap();
    let proxy = proxy(gone, "");
    let client = socket();
    for _ in 0..20 {
        client.send_to(b"anybody?", proxy.address()).unwrap();
        std::thread::sleep(Duration::from_millis(1));
    }
    client.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    assert!(client.recv(&mut [0; 10]).is_err());
    assert!(proxy.counts().0.passed > 0);
}

#[test]
fn an_address_in_use_is_refused() {
    let taken = socket();
    let address = taken.local_addr().unwrap();
    let refused = Proxy::start(address, address, Duplex::open(), 1);
    assert!(matches!(refused.err(), Some(LabError::System { what: "listen", .. })));
}
