//! Peers that speak the protocol by hand, and the honest one among them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bithive_exchange::{EndpointKey, Exchange, Protocol};
use bithive_transport::wire::{ALPN, Kind};
use bithive_transport::{Config, Limits, Transport};
use iroh::endpoint::{Connection, QuicTransportConfig, RecvStream, SendStream, VarInt, presets};
use iroh::{EndpointAddr, EndpointId, SecretKey};
use tempfile::TempDir;
use tokio::net::UdpSocket;

use crate::victim::{CONTENT_BYTES, Victim, content, key};

/// An identity of its own for every number.
fn identity(number: u64) -> [u8; 32] {
    *blake3::hash(&number.to_be_bytes()).as_bytes()
}

pub(crate) struct Attacker {
    endpoint: iroh::Endpoint,
    pub(crate) connection: Connection,
}

pub(crate) async fn endpoint(number: u64, window: u32) -> iroh::Endpoint {
    let quic = QuicTransportConfig::builder()
        .stream_receive_window(VarInt::from_u32(window))
        .receive_window(VarInt::from_u32(window))
        .build();
    iroh::Endpoint::builder(presets::Minimal)
        .secret_key(SecretKey::from_bytes(&identity(number)))
        .alpns(vec![ALPN.to_vec()])
        .transport_config(quic)
        .clear_ip_transports()
        .bind_addr("127.0.0.1:0")
        .unwrap()
        .bind()
        .await
        .unwrap()
}

pub(crate) fn victim_at(address: SocketAddr) -> EndpointAddr {
    EndpointAddr::new(EndpointId::from_bytes(&key().id().0).unwrap()).with_ip_addr(address)
}

impl Attacker {
    /// Connects; `window` is what it takes in before it reads.
    pub(crate) async fn on(address: SocketAddr, number: u64, window: u32) -> Option<Self> {
        let endpoint = endpoint(number, window).await;
        let connection = endpoint.connect(victim_at(address), ALPN).await.ok()?;
        Some(Self { endpoint, connection })
    }

    pub(crate) async fn write(&self, bytes: &[u8]) -> Option<(SendStream, RecvStream)> {
        let (mut send, receive) = self.connection.open_bi().await.ok()?;
        send.write_all(bytes).await.ok()?;
        Some((send, receive))
    }

    /// Writes raw bytes on a new stream and reads what comes back.
    pub(crate) async fn say(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let (mut send, mut receive) = self.write(bytes).await?;
        send.finish().ok()?;
        receive.read_to_end(2 << 20).await.ok()
    }

    pub(crate) async fn leave(self) {
        self.endpoint.close().await;
    }
}

pub(crate) fn frame(kind: Kind, body: &[u8]) -> Vec<u8> {
    [kind.encode().as_slice(), &u32::try_from(body.len()).unwrap().to_be_bytes(), body].concat()
}

/// A peer that uses the victim as it should.
pub(crate) struct Honest {
    _folder: TempDir,
    pub(crate) transport: Transport,
}

impl Honest {
    pub(crate) async fn new(victim: &Victim, number: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            listen: Some(vec!["127.0.0.1:0".parse().unwrap()]),
            peers: vec![(key().id(), vec![victim.address])],
            limits: Limits { retry: Duration::from_secs(1), ..Limits::default() },
            ..Config::default()
        };
        let own = EndpointKey::from_bytes(&identity(number));
        Self { transport: Transport::start(&own, folder.path(), config).await.unwrap(), _folder: folder }
    }

    /// Asks and fetches, and gets what it should, the first time.
    pub(crate) async fn uses_the_victim(&self) {
        let request = vec![5; 100_000];
        let answer = self.transport.request(key().id(), Protocol::Evaluate, request.clone().into()).await;
        assert_eq!(answer.expect("an answer"), request);
        let content = content();
        let digest = *blake3::hash(&content).as_bytes();
        let fetched = self.transport.fetch(digest, &[key().id()], CONTENT_BYTES).await;
        assert!(fetched.expect("content") == content);
        self.transport.remove(digest).await.unwrap();
    }
}

/// Another host's address: all of 127.0.0.0/8 is this machine.
const ELSEWHERE: &str = "127.0.0.2:0";

/// Passes packets between one client and the victim, from another host's address, of which those from the victim only as far as `passes` says.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    /// Packets from the client.
    pub(crate) sent: Arc<AtomicUsize>,
}

impl Proxy {
    pub(crate) async fn new(victim: SocketAddr, passes: fn(&[u8]) -> bool) -> Self {
        let (near, far) =
            (UdpSocket::bind("127.0.0.1:0").await.unwrap(), UdpSocket::bind(ELSEWHERE).await.unwrap());
        let (address, sent) = (near.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let count = sent.clone();
        tokio::spawn(async move {
            let (mut client, mut here, mut there) = (None, vec![0; 2048], vec![0; 2048]);
            loop {
                tokio::select! {
                    Ok((length, from)) = near.recv_from(&mut here) => {
                        client = Some(from);
                        count.fetch_add(1, Ordering::Relaxed);
                        let _ = far.send_to(&here[..length], victim).await;
                    }
                    Ok(length) = far.recv(&mut there) => {
                        if let Some(client) = client && passes(&there[..length]) {
                            let _ = near.send_to(&there[..length], client).await;
                        }
                    }
                    else => return,
                }
            }
        });
        Self { address, sent }
    }
}

/// Whether a packet asks its receiver to try again with a token (RFC 9000, 17.2.5).
pub(crate) fn is_retry(packet: &[u8]) -> bool {
    packet.first().is_some_and(|first| first & 0xf0 == 0xf0)
}
