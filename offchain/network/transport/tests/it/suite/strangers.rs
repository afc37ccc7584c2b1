//! Strangers at a relay: they connect, and never show who they are. Each address of 127.0.0.0/8 is another stranger.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bithive_exchange::PeerId;
use bithive_transport::Admission;
use bithive_transport::relay::{
    Reason, RelayLimits, RelayListen, RelayOptions, RelayServer, RelayTally, RelayTraffic,
};
use futures::{SinkExt, StreamExt};
use iroh::dns::DnsResolver;
use iroh::{RelayUrl, SecretKey};
use iroh_relay::client::ClientBuilder;
use iroh_relay::protos::relay::{ClientToRelayMsg, RelayToClientMsg};
use iroh_relay::tls::{CaTlsConfig, default_provider};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::world::{key, loopback};

const GENEROUS: Duration = Duration::from_secs(60);
/// Half a head.
const HALF: &str = "GET /relay HTTP/1.1\r\nhost: rel";
/// What makes a websocket, after which the client has to show who it is.
const UPGRADE: &str = "GET /relay HTTP/1.1\r\nhost: relay\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
    sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    sec-websocket-protocol: iroh-relay-v2\r\nx-bithive-place: 1\r\n\r\n";

async fn relay(limits: RelayLimits) -> RelayServer {
    let members: Vec<PeerId> = (1..=9).map(|seed| key(seed).id()).collect();
    let admission: Admission = Arc::new(move |peer: PeerId| members.contains(&peer));
    let listen = RelayListen::Plain(loopback());
    let options = RelayOptions { listen, admission: Some(admission), client_rate: None, limits };
    RelayServer::start(options).await.unwrap()
}

/// The `number`th stranger of an address connects, and says one of three things.
async fn stranger(relay: SocketAddr, address: u8, number: usize) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::new(127, 0, 0, address), 0).into()).unwrap();
    let mut stream = socket.connect(relay).await.ok()?;
    let said = ["", HALF, UPGRADE][number % 3];
    stream.write_all(said.as_bytes()).await.ok()?;
    Some(stream)
}

async fn crowd(relay: SocketAddr, addresses: std::ops::Range<u8>, each: usize) -> Vec<TcpStream> {
    let mut crowd = vec![];
    for number in 0..each {
        for address in addresses.clone() {
            crowd.extend(stranger(relay, address, number).await);
        }
    }
    crowd
}

/// A client that the relay admitted. It answers pings until it is dropped.
struct Member(JoinHandle<()>);

impl Drop for Member {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn member(url: &str, seed: u8) -> Result<Member, String> {
    let url: RelayUrl = url.parse().unwrap();
    let tls = CaTlsConfig::default().client_config(default_provider()).unwrap();
    let client = ClientBuilder::new(url, SecretKey::from_bytes(&[seed; 32]), DnsResolver::new());
    let client = client.tls_client_config(tls).connect().await;
    let mut client = client.map_err(|error| format!("{error:#}"))?;
    Ok(Member(tokio::spawn(async move {
        while let Some(Ok(message)) = client.next().await {
            if let RelayToClientMsg::Ping(data) = message {
                let _ = client.send(ClientToRelayMsg::Pong(data)).await;
            }
        }
    })))
}

/// Connects as parties do: again and again.
async fn member_in_time(url: &str, seed: u8) -> Member {
    let again = async {
        loop {
            match member(url, seed).await {
                Ok(member) => return member,
                Err(_) => sleep(Duration::from_millis(100)).await,
            }
        }
    };
    timeout(GENEROUS, again).await.expect("a member is connected")
}

async fn until(tally: &RelayTally, condition: impl Fn(&RelayTraffic) -> bool) -> RelayTraffic {
    let waiting = async {
        while !condition(&tally.traffic()) {
            sleep(Duration::from_millis(10)).await;
        }
    };
    let _ = timeout(GENEROUS, waiting).await;
    tally.traffic()
}

/// With the limits that a relay has unless it is told others.
#[tokio::test(flavor = "multi_thread")]
async fn twelve_hundred_strangers_keep_no_member_out_and_push_none_out() {
    let relay = relay(RelayLimits::default()).await;
    let (url, address, tally) = (relay.url(), relay.address(), relay.tally());
    let first = member_in_time(&url, 1).await;
    let flood = tokio::spawn(crowd(address, 2..42, 30));
    until(&tally, |traffic| traffic.strangers >= 200).await;
    let second = member_in_time(&url, 2).await;
    let crowd = flood.await.unwrap();
    assert!(crowd.len() > 1_000, "{}", crowd.len());
    let third = member_in_time(&url, 3).await;
    let traffic = until(&tally, |traffic| traffic.clients() == 3).await;
    assert_eq!((traffic.clients(), traffic.disconnected), (3, 0), "{traffic:?}");
    assert!(traffic.strangers <= 256, "{traffic:?}");
    // Nearly all of them made room for others; on a slow machine, the time of some is over.
    let turned = traffic.turned;
    assert!(turned.of(Reason::Total) + turned.of(Reason::Time) >= 900, "{traffic:?}");
    drop((first, second, third, crowd));
    let traffic = until(&tally, |traffic| traffic.strangers == 0 && traffic.clients() == 0).await;
    assert_eq!((traffic.strangers, traffic.clients()), (0, 0), "their places are free again");
    relay.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_closed_when_their_time_is_over_and_members_stay() {
    let limits = RelayLimits { establish: Duration::from_secs(1), ..RelayLimits::default() };
    let relay = relay(limits).await;
    let tally = relay.tally();
    let member = member_in_time(&relay.url(), 1).await;
    let mut crowd = crowd(relay.address(), 2..4, 9).await;
    for stream in &mut crowd {
        // Silent, half a head or a websocket: all end, whatever is said before.
        let mut said = vec![];
        let ended = timeout(GENEROUS, stream.read_to_end(&mut said)).await;
        assert!(ended.is_ok(), "still open after {} bytes", said.len());
    }
    let traffic = until(&tally, |traffic| traffic.strangers == 0).await;
    assert_eq!((traffic.strangers, traffic.turned.of(Reason::Time)), (0, 18), "{traffic:?}");
    assert_eq!((traffic.clients(), traffic.disconnected), (1, 0), "{traffic:?}");
    drop(member);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_many_connections_costs_another_address_none() {
    let relay = relay(RelayLimits { of_address: 4, ..RelayLimits::default() }).await;
    let mut other = stranger(relay.address(), 9, 2).await.unwrap();
    let crowd = crowd(relay.address(), 2..3, 40).await;
    let traffic = until(&relay.tally(), |traffic| traffic.turned.of(Reason::Address) >= 36).await;
    assert_eq!((traffic.strangers, traffic.turned.of(Reason::Address)), (5, 36), "{traffic:?}");
    let mut answer = vec![0; 12];
    timeout(GENEROUS, other.read_exact(&mut answer)).await.unwrap().unwrap();
    assert_eq!(answer, b"HTTP/1.1 101");
    drop(crowd);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_with_many_connections_keeps_the_newest() {
    let relay = relay(RelayLimits { of_member: 2, ..RelayLimits::default() }).await;
    let tally = relay.tally();
    let mut mine = vec![];
    for _ in 0..6 {
        mine.push(member_in_time(&relay.url(), 1).await);
    }
    let traffic = until(&tally, |traffic| traffic.clients() == 2 && traffic.disconnected == 4).await;
    assert_eq!((traffic.clients(), traffic.disconnected), (2, 4), "{traffic:?}");
    // Another member is none the worse.
    let other = member_in_time(&relay.url(), 2).await;
    assert_eq!(until(&tally, |traffic| traffic.clients() == 3).await.disconnected, 4);
    drop((mine, other));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_relay_says_so_and_has_room_again_when_a_member_leaves() {
    let relay = relay(RelayLimits { admitted: 1, ..RelayLimits::default() }).await;
    let first = member_in_time(&relay.url(), 1).await;
    let refused = member(&relay.url(), 2).await.map(drop).unwrap_err();
    assert!(refused.contains("the relay is full"), "{refused}");
    drop(first);
    drop(member_in_time(&relay.url(), 2).await);
    let traffic = relay.tally().traffic();
    assert!(traffic.refused >= 1, "{traffic:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_stops_or_is_dropped_closes_every_connection() {
    for close in [true, false] {
        let relay = relay(RelayLimits::default()).await;
        let client = member_in_time(&relay.url(), 1).await;
        let mut crowd = crowd(relay.address(), 2..3, 3).await;
        let tally = relay.tally();
        until(&tally, |traffic| traffic.strangers == 3 && traffic.clients() == 1).await;
        if close {
            relay.close().await.unwrap();
        } else {
            drop(relay);
        }
        for stream in &mut crowd {
            let mut said = vec![];
            assert!(timeout(GENEROUS, stream.read_to_end(&mut said)).await.is_ok(), "still open");
        }
        assert_eq!(until(&tally, |traffic| traffic.clients() == 0).await.clients(), 0);
        drop(client);
    }
}
