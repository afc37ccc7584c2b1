//! Peers that do what no peer does, with the QUIC library in their own hands.

use std::sync::Arc;
use std::time::Duration;

use bithive_exchange::{Exchange, ExchangeError, PeerId, Protocol, Service};
use bithive_transport::wire::{ALPN, Kind};
use bithive_transport::{Config, Limits};
use bytes::Bytes;
use iroh::endpoint::{Connection, presets};
use iroh::{EndpointAddr, EndpointId, SecretKey};
use tokio::io::AsyncWriteExt;
use tokio::net::UdpSocket;

use super::world::{Party, bytes, config, echo, limits};

pub(crate) struct Attacker {
    // Held, since connections end with it.
    _endpoint: iroh::Endpoint,
    pub(crate) connection: Connection,
}

impl Attacker {
    async fn raw(seed: u8) -> iroh::Endpoint {
        iroh::Endpoint::builder(presets::Minimal)
            .secret_key(SecretKey::from_bytes(&[seed; 32]))
            .alpns(vec![ALPN.to_vec()])
            .clear_ip_transports()
            .bind_addr("127.0.0.1:0")
            .unwrap()
            .bind()
            .await
            .unwrap()
    }

    pub(crate) async fn on(victim: &Party, seed: u8) -> Self {
        let endpoint = Self::raw(seed).await;
        let id = EndpointId::from_bytes(&victim.id().0).unwrap();
        let address = EndpointAddr::new(id).with_ip_addr(victim.transport.listens_on()[0]);
        let connection = endpoint.connect(address, ALPN).await.unwrap();
        Self { _endpoint: endpoint, connection }
    }

    /// Writes raw bytes on a new stream and reads what comes back.
    pub(crate) async fn say(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let (mut send, mut receive) = self.connection.open_bi().await.ok()?;
        send.write_all(bytes).await.ok()?;
        send.finish().ok()?;
        receive.read_to_end(1 << 20).await.ok()
    }

    pub(crate) async fn is_thrown_out(&self) -> bool {
        tokio::time::timeout(Duration::from_secs(5), self.connection.closed()).await.is_ok()
    }
}

/// The victim still answers an honest peer.
async fn still_serves(victim: &Party) {
    let honest = Party::new(99).await;
    honest.knows(victim);
    let answer = honest.transport.request(victim.id(), Protocol::Evaluate, "hello".into()).await;
    assert_eq!(answer.unwrap(), "hello");
}

fn head(kind: Kind) -> Vec<u8> {
    kind.encode()
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_frames_end_the_connection_of_their_sender_only() {
    let victim = Party::new(1).await;
    echo(&victim).await;
    let evaluate = head(Kind::Request(Protocol::Evaluate));
    let too_long = [evaluate.clone(), u32::MAX.to_be_bytes().to_vec()].concat();
    let no_name = vec![1, 0];
    let long_name = [vec![1, 65], vec![b'x'; 65]].concat();
    let short_message = [head(Kind::Message(Protocol::Claim)), vec![0, 0, 0, 1, 9]].concat();
    let short_segment = [head(Kind::Blob), vec![0, 0, 0, 2, 9, 9]].concat();
    for (index, bytes) in (50..).zip([too_long, no_name, long_name, short_message, short_segment]) {
        let attacker = Attacker::on(&victim, index).await;
        assert_ne!(attacker.say(&bytes).await.map(|answer| answer.len()), Some(5), "{bytes:?}");
        assert!(attacker.is_thrown_out().await, "{bytes:?}");
    }
    still_serves(&victim).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protocol_of_another_version_is_told_so() {
    let victim = Party::new(1).await;
    let attacker = Attacker::on(&victim, 50).await;
    let mut later = vec![1, 18];
    later.extend_from_slice(b"bithive/evaluate/9");
    assert_eq!(attacker.say(&later).await.unwrap(), [2, 0, 0, 0, 0]);
    assert!(attacker.connection.close_reason().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn floods_of_streams_and_slow_senders_take_nothing_from_others() {
    let victim = Party::new(1).await;
    echo(&victim).await;
    let mut attackers = Vec::new();
    for seed in 50..54 {
        let attacker = Attacker::on(&victim, seed).await;
        // Announces a megabyte on as many streams as it gets, and sends none of it.
        let mut held = Vec::new();
        while let Ok(Ok((mut send, receive))) =
            tokio::time::timeout(Duration::from_millis(300), attacker.connection.open_bi()).await
        {
            let mut bytes = head(Kind::Request(Protocol::Evaluate));
            bytes.extend_from_slice(&(1u32 << 20).to_be_bytes());
            send.write_all(&bytes).await.unwrap();
            send.flush().await.unwrap();
            held.push((send, receive));
        }
        assert!(held.len() <= limits().streams as usize, "{}", held.len());
        attackers.push((attacker, held));
    }
    still_serves(&victim).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_that_never_read_hold_their_own_slots_only() {
    let victim = Party::new(1).await;
    echo(&victim).await;
    let content = bytes(1, 2 << 20);
    let digest = victim.transport.publish(content).await.unwrap();
    let attacker = Attacker::on(&victim, 50).await;
    let mut held = Vec::new();
    for _ in 0..limits().streams {
        let (mut send, receive) = attacker.connection.open_bi().await.unwrap();
        let mut bytes = head(Kind::Blob);
        bytes.extend_from_slice(&40u32.to_be_bytes());
        bytes.extend_from_slice(&digest);
        bytes.extend_from_slice(&0u64.to_be_bytes());
        send.write_all(&bytes).await.unwrap();
        send.finish().unwrap();
        held.push((send, receive));
    }
    still_serves(&victim).await;
    drop(held);
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_and_half_open_handshakes_take_nothing_from_others() {
    let victim = Party::new(1).await;
    echo(&victim).await;
    let address = victim.transport.listens_on()[0];
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for index in 0..2000u64 {
        let mut packet = bytes(index, 1200);
        if index % 2 == 0 {
            // The start of a QUIC handshake that never goes on.
            let mut initial = packet.to_vec();
            initial[..6].copy_from_slice(&[0xc3, 0, 0, 0, 1, 8]);
            packet = initial.into();
        }
        let _ = socket.send_to(&packet, address).await;
    }
    still_serves(&victim).await;
    assert_eq!(victim.transport.connections(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_limited_for_each_peer() {
    let victim = Party::new(1).await;
    let id = EndpointId::from_bytes(&victim.id().0).unwrap();
    let address = EndpointAddr::new(id).with_ip_addr(victim.transport.listens_on()[0]);
    let endpoint = Attacker::raw(50).await;
    let mut connections = Vec::new();
    for _ in 0..12 {
        connections.push(endpoint.connect(address.clone(), ALPN).await.unwrap());
    }
    tokio::time::timeout(Duration::from_secs(5), connections[0].closed()).await.unwrap();
    assert!(victim.transport.connections() <= limits().connections_per_peer);
}

/// Says that it was asked, and never answers.
struct Silent(tokio::sync::Semaphore);

#[async_trait::async_trait]
impl Service for Silent {
    async fn answer(&self, _: Protocol, _: PeerId, _: Bytes) -> Result<Bytes, String> {
        self.0.add_permits(1);
        std::future::pending().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_their_limit_connections_in_use_stay_and_the_one_unused_for_longest_goes() {
    let few = Config { limits: Limits { connections: 2, ..limits() }, ..config() };
    let victim = Party::with(1, few).await;
    let silent = Arc::new(Silent(tokio::sync::Semaphore::new(0)));
    victim.transport.serve(Protocol::Evaluate, silent.clone());
    let request = [head(Kind::Request(Protocol::Evaluate)), vec![0; 4]].concat();
    let uses = async |attacker: &Attacker| {
        let (mut send, receive) = attacker.connection.open_bi().await.unwrap();
        send.write_all(&request).await.unwrap();
        silent.0.acquire().await.unwrap().forget();
        (send, receive)
    };
    let first = Attacker::on(&victim, 50).await;
    let second = Attacker::on(&victim, 51).await;
    let _second_waits = uses(&second).await;
    let third = Attacker::on(&victim, 52).await;
    assert!(first.is_thrown_out().await);
    let _third_waits = uses(&third).await;
    let fourth = Attacker::on(&victim, 53).await;
    assert!(fourth.is_thrown_out().await);
    assert!(second.connection.close_reason().is_none() && third.connection.close_reason().is_none());
    assert_eq!(victim.transport.connections(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_refused_where_only_members_are_admitted() {
    let member = Party::new(2).await;
    let admitted = member.id();
    let admission: bithive_transport::Admission = std::sync::Arc::new(move |peer: PeerId| peer == admitted);
    let victim = Party::with(1, Config { admission: Some(admission), ..config() }).await;
    echo(&victim).await;
    let stranger = Attacker::on(&victim, 50).await;
    assert!(stranger.is_thrown_out().await);
    member.knows(&victim);
    assert_eq!(member.transport.request(victim.id(), Protocol::Evaluate, "x".into()).await.unwrap(), "x");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_impostor_with_another_key_is_not_talked_to() {
    let (alice, mallory) = (Party::new(1).await, Party::new(66).await);
    let echo = echo(&mallory).await;
    let bob = super::world::key(2).id();
    alice.transport.add_peer(bob, &mallory.transport.listens_on()).unwrap();
    let refused = alice.transport.request(bob, Protocol::Evaluate, "secret".into()).await;
    assert!(matches!(refused, Err(ExchangeError::Unreachable { .. })));
    assert_eq!(echo.0.load(std::sync::atomic::Ordering::SeqCst), 0);
}

/// Answers every segment request with `answer`.
async fn liar(seed: u8, answer: Vec<u8>) -> (iroh::Endpoint, PeerId) {
    let endpoint = Attacker::raw(seed).await;
    let id = PeerId(*endpoint.id().as_bytes());
    let serving = endpoint.clone();
    tokio::spawn(async move {
        while let Some(incoming) = serving.accept().await {
            let Ok(connection) = incoming.await else { continue };
            let answer = answer.clone();
            tokio::spawn(async move {
                while let Ok((mut send, mut receive)) = connection.accept_bi().await {
                    let _ = receive.read_to_end(1 << 20).await;
                    let _ = send.write_all(&answer).await;
                    let _ = send.finish();
                }
            });
        }
    });
    (endpoint, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_content_is_noticed_and_its_sender_not_asked_again() {
    let honest = Party::new(1).await;
    let content = bytes(1, 3 << 20);
    let digest = honest.transport.publish(content.clone()).await.unwrap();
    let frame =
        |body: &[u8]| [[0].as_slice(), &u32::try_from(body.len()).unwrap().to_be_bytes(), body].concat();
    let sized = |size: u64, body: &[u8]| frame(&[size.to_be_bytes().as_slice(), body].concat());
    let lies = [
        sized(3 << 20, &bytes(7, 1 << 20)),
        sized(u64::MAX, &bytes(7, 100)),
        sized(0, &[]),
        sized(1 << 39, &bytes(7, 100)),
        frame(&[1, 2, 3]),
        vec![0, 255, 255, 255, 255],
        vec![77, 0, 0, 0, 0],
        vec![],
    ];
    for (seed, lie) in (50..).zip(lies) {
        let (endpoint, liar) = liar(seed, lie).await;
        let alice = Party::new(2).await;
        alice.knows(&honest).transport.add_peer(liar, &endpoint.bound_sockets()).unwrap();
        let alone = alice.transport.fetch(digest, &[liar], usize::MAX).await;
        assert!(matches!(alone, Err(ExchangeError::NotFound { .. })), "{alone:?}");
        let helped = alice.transport.fetch(digest, &[liar, honest.id()], usize::MAX).await;
        assert!(helped.unwrap() == content);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_no_answers_are_errors() {
    for (seed, answer) in
        (50..).zip([vec![], vec![9, 0, 0, 0, 0], vec![0, 0, 32, 0, 0], vec![0, 0, 0, 0, 9, 1]])
    {
        let (endpoint, liar) = liar(seed, answer).await;
        let alice = Party::new(2).await;
        alice.transport.add_peer(liar, &endpoint.bound_sockets()).unwrap();
        let answer = alice.transport.request(liar, Protocol::Evaluate, "x".into()).await;
        assert!(matches!(answer, Err(ExchangeError::Unreachable { .. })));
    }
}
