//! One attack each. What is printed are the figures of the README.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bithive_exchange::{Exchange, Protocol};
use bithive_transport::gossip::sign;
use bithive_transport::wire::{ALPN, Kind, encode_segment_request};
use ed25519_dalek::SigningKey;
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

use crate::attacker::{Attacker, Honest, Proxy, endpoint, frame, is_retry, victim_at};
use crate::victim::{Victim, content, key, limits};

/// Rounds in which the honest peer uses the victim while it is attacked.
const ROUNDS: usize = 4;
const WIDE: u32 = 1 << 20;

/// What the README promises: frames in both directions, what each connection may have under way, and what an endpoint
/// needs by itself.
fn most_memory(connections: usize) -> usize {
    let limits = limits();
    limits.incoming_bytes + limits.outgoing_bytes + connections * (5 << 18) + (48 << 20)
}

/// Attackers that go on until the test ends.
#[derive(Default)]
struct Attack {
    tasks: JoinSet<()>,
    over: Arc<AtomicBool>,
    /// How often one of them has done what it does.
    blows: Arc<AtomicUsize>,
}

impl Attack {
    fn by<F: Future<Output = ()> + Send + 'static>(
        &mut self,
        attacker: impl FnOnce(Arc<AtomicBool>, Arc<AtomicUsize>) -> F,
    ) {
        self.tasks.spawn(attacker(self.over.clone(), self.blows.clone()));
    }

    /// Waits until it is under way.
    async fn is_on(&self, blows: usize) {
        let begun = Instant::now();
        while self.blows.load(Relaxed) < blows {
            assert!(begun.elapsed() < Duration::from_secs(120), "the attack does not start");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn ends(mut self) -> usize {
        self.over.store(true, Relaxed);
        self.tasks.abort_all();
        while self.tasks.join_next().await.is_some() {}
        self.blows.load(Relaxed)
    }
}

/// Checks memory and log: the message that the attack is to cause, at most once a second, and no other.
fn after(victim: &mut Victim, begun: Instant, connections: usize, blows: usize, expected: &str) {
    let (peak, most) = (victim.ask("peak"), most_memory(connections));
    println!(
        "{expected}: {blows} blows, {} s, peak {peak} bytes, at most {most} expected",
        begun.elapsed().as_secs()
    );
    assert!(peak <= most, "{peak} bytes of memory; expected at most {most}");
    let log = victim.log();
    let (right, wrong): (Vec<&String>, Vec<&String>) = log.iter().partition(|line| line.contains(expected));
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(!right.is_empty(), "the log does not say: {expected}");
    let seconds = usize::try_from(begun.elapsed().as_secs()).unwrap();
    assert!(right.len() <= seconds + 1, "{} lines in {seconds} s", right.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_frames_and_oversized_lengths() {
    let mut victim = Victim::start();
    let (begun, address) = (Instant::now(), victim.address);
    let evaluate = Kind::Request(Protocol::Evaluate).encode();
    let broken: Vec<Vec<u8>> = vec![
        [evaluate.clone(), u32::MAX.to_be_bytes().to_vec()].concat(),
        vec![1, 0],
        [vec![1, 65], vec![b'x'; 65]].concat(),
        frame(Kind::Message(Protocol::Claim), &[9]),
        frame(Kind::Blob, &[9, 9]),
        frame(Kind::Announce, &[9]),
        frame(Kind::Broadcast, &[9; 200]),
    ];
    let mut attack = Attack::default();
    for number in 0..4u64 {
        let broken = broken.clone();
        attack.by(|over, blows| async move {
            for (round, bytes) in broken.iter().cycle().enumerate() {
                if over.load(Relaxed) {
                    return;
                }
                if let Some(attacker) =
                    Attacker::on(address, 100 + number * 1_000_000 + round as u64, WIDE).await
                {
                    attacker.say(bytes).await;
                    attacker.connection.closed().await;
                    blows.fetch_add(1, Relaxed);
                    attacker.leave().await;
                }
            }
        });
    }
    attack.is_on(10).await;
    let honest = Honest::new(&victim, 1).await;
    for _ in 0..ROUNDS {
        honest.uses_the_victim().await;
    }
    let blows = attack.ends().await;
    after(&mut victim, begun, 8, blows, "closed a connection: the peer broke the protocol");
}

/// Sixteen peers announce as much as they may and send it a byte at a time.
#[tokio::test(flavor = "multi_thread")]
async fn slow_senders() {
    let mut victim = Victim::start();
    let (begun, address) = (Instant::now(), victim.address);
    let mut attack = Attack::default();
    for number in 0..16 {
        attack.by(move |over, blows| async move {
            let attacker = Attacker::on(address, 100 + number, WIDE).await.expect("a connection");
            let mut head = Kind::Request(Protocol::Evaluate).encode();
            head.extend_from_slice(&(1u32 << 20).to_be_bytes());
            let mut streams = Vec::new();
            while !over.load(Relaxed) {
                while streams.len() < 32 {
                    let Some(stream) = attacker.write(&head).await else { return };
                    streams.push(stream);
                    blows.fetch_add(1, Relaxed);
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
                let mut left = Vec::new();
                for mut stream in streams {
                    if stream.0.write_all(&[1]).await.is_ok() {
                        left.push(stream);
                    }
                }
                streams = left;
            }
        });
    }
    attack.is_on(16 * 32).await;
    let honest = Honest::new(&victim, 1).await;
    for _ in 0..ROUNDS {
        honest.uses_the_victim().await;
    }
    let blows = attack.ends().await;
    after(&mut victim, begun, 17, blows, "dropped a request: the peer sends it too slowly");
}

/// Sixteen peers ask for content on as many streams as they may and read nothing of it.
#[tokio::test(flavor = "multi_thread")]
async fn slow_readers() {
    let mut victim = Victim::start();
    let (begun, address) = (Instant::now(), victim.address);
    let digest = *blake3::hash(&content()).as_bytes();
    let mut attack = Attack::default();
    for number in 0..16 {
        attack.by(move |over, blows| async move {
            let attacker = Attacker::on(address, 100 + number, 16 << 10).await.expect("a connection");
            let mut streams = Vec::new();
            while !over.load(Relaxed) {
                let request = frame(Kind::Blob, &encode_segment_request(&digest, 0));
                let ask = attacker.write(&request);
                // As many as it may have; those that the victim ends are asked for again.
                match tokio::time::timeout(Duration::from_millis(200), ask).await {
                    Ok(Some((mut send, receive))) => {
                        let _ = send.finish();
                        streams.push((send, receive));
                        blows.fetch_add(1, Relaxed);
                    }
                    Ok(None) => return,
                    Err(_) => {
                        streams.retain_mut(|(_, receive)| {
                            let ended = std::pin::pin!(receive.received_reset());
                            futures::future::FutureExt::now_or_never(ended).is_none()
                        });
                    }
                }
            }
        });
    }
    attack.is_on(16 * 8).await;
    let honest = Honest::new(&victim, 1).await;
    for _ in 0..ROUNDS {
        honest.uses_the_victim().await;
    }
    let blows = attack.ends().await;
    after(&mut victim, begun, 17, blows, "dropped an answer: the peer reads it too slowly");
}

/// Handshakes of one host, from more ports than there may be, of which none goes on after its address was proven.
#[tokio::test(flavor = "multi_thread")]
async fn half_open_handshakes() {
    let mut victim = Victim::start();
    let (begun, address) = (Instant::now(), victim.address);
    let mut attack = Attack::default();
    for number in 0..120 {
        attack.by(move |over, blows| async move {
            let endpoint = endpoint(100 + number, WIDE).await;
            while !over.load(Relaxed) {
                let proxy = Proxy::new(address, is_retry).await;
                let connecting = endpoint.connect(victim_at(proxy.address), ALPN);
                let _ = tokio::time::timeout(Duration::from_secs(4), connecting).await;
                blows.fetch_add(proxy.sent.load(Relaxed).min(1), Relaxed);
            }
        });
    }
    attack.is_on(100).await;
    // Newcomers each time.
    for number in 0..ROUNDS {
        Honest::new(&victim, number as u64).await.uses_the_victim().await;
    }
    let blows = attack.ends().await;
    after(&mut victim, begun, 64 + 8, blows, "dropped a handshake that was half done: too many");
}

/// A packet that starts a handshake makes the victim send little to whoever did not send it: three times as much, and what
/// the packet then under way holds beyond that.
#[tokio::test(flavor = "multi_thread")]
async fn little_is_sent_to_an_address_that_nobody_has_proven() {
    let victim = Victim::start();
    let catcher = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let endpoint = endpoint(100, WIDE).await;
    let (at, mut initial) = (catcher.local_addr().unwrap(), vec![0; 2048]);
    let connecting = endpoint.connect(victim_at(at), ALPN);
    let caught = tokio::select! {
        caught = catcher.recv(&mut initial) => caught.unwrap(),
        _ = connecting => panic!("nobody answers"),
    };
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.send_to(&initial[..caught], victim.address).await.unwrap();
    let (mut received, mut packet) = (0, vec![0; 2048]);
    while let Ok(Ok(length)) = tokio::time::timeout(Duration::from_secs(5), socket.recv(&mut packet)).await {
        received += length;
    }
    println!("{caught} bytes were answered with {received}");
    assert!(received > 0 && received < 4 * caught);
}

/// Peers that are new all the time, more than there may be connections.
#[tokio::test(flavor = "multi_thread")]
async fn connections_of_ever_new_peers() {
    let mut victim = Victim::start();
    let (begun, address) = (Instant::now(), victim.address);
    let honest = Honest::new(&victim, 1).await;
    honest.uses_the_victim().await;
    let mut attack = Attack::default();
    for number in 0..4u64 {
        attack.by(move |over, blows| async move {
            let mut kept = Vec::new();
            for round in 0.. {
                // It is places that they are after; handshakes have a test of their own.
                tokio::time::sleep(Duration::from_millis(50)).await;
                if over.load(Relaxed) {
                    return;
                }
                if let Some(attacker) = Attacker::on(address, 100 + number * 1_000_000 + round, WIDE).await {
                    attacker.say(&frame(Kind::Announce, &[7; 32])).await;
                    kept.push(attacker);
                    blows.fetch_add(1, Relaxed);
                    if kept.len() > 40 {
                        kept.remove(0).leave().await;
                    }
                }
            }
        });
    }
    attack.is_on(2 * limits().connections).await;
    for number in 0..ROUNDS {
        honest.uses_the_victim().await;
        Honest::new(&victim, 50 + number as u64).await.uses_the_victim().await;
    }
    assert!(victim.ask("connections") <= limits().connections);
    let blows = attack.ends().await;
    after(&mut victim, begun, limits().connections, blows, "closed a connection: too many");
}

fn now_ms() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// Many origins broadcast at more than their rate, and everything of theirs is replayed.
#[tokio::test(flavor = "multi_thread")]
async fn storms_of_broadcasts_and_their_replays() {
    let mut victim = Victim::start();
    let (begun, address) = (Instant::now(), victim.address);
    let mut attack = Attack::default();
    for number in 0..4u64 {
        attack.by(move |over, blows| async move {
            let attacker = Attacker::on(address, 100 + number, WIDE).await.expect("a connection");
            let origins: Vec<SigningKey> = (0..16u8)
                .map(|origin| SigningKey::from_bytes(&[number as u8 * 16 + origin + 1; 32]))
                .collect();
            let mut old: Vec<Vec<u8>> = Vec::new();
            for round in 0u64.. {
                if over.load(Relaxed) {
                    return;
                }
                let body = vec![round as u8; 1000 << (round % 7)];
                let message = sign(&origins[round as usize % 16], now_ms(), round, &body);
                attacker.say(&frame(Kind::Broadcast, &message)).await;
                old.truncate(50);
                old.insert(0, message);
                for replayed in old.iter().step_by(7) {
                    attacker.say(&frame(Kind::Broadcast, replayed)).await;
                }
                attacker.say(&frame(Kind::Announce, blake3::hash(&round.to_be_bytes()).as_bytes())).await;
                blows.fetch_add(1, Relaxed);
            }
        });
    }
    attack.is_on(400).await;
    let honest = Honest::new(&victim, 1).await;
    honest.transport.join(&[key().id()], Arc::new(|_| 1 << 20));
    for _ in 0..ROUNDS {
        honest.uses_the_victim().await;
        honest.transport.broadcast(b"honest").unwrap();
        assert_eq!(victim.reply(), "honest", "the honest broadcast arrives");
    }
    let blows = attack.ends().await;
    after(&mut victim, begun, 8, blows, "refused a broadcast");
}

/// Messages of the largest size to every protocol, more than there is room for.
#[tokio::test(flavor = "multi_thread")]
async fn floods_of_messages_over_all_protocols() {
    let mut victim = Victim::start();
    let (begun, address) = (Instant::now(), victim.address);
    let mut attack = Attack::default();
    for number in 0..8u64 {
        attack.by(move |over, blows| async move {
            let attacker = Attacker::on(address, 100 + number, WIDE).await.expect("a connection");
            for round in 0u64.. {
                if over.load(Relaxed) {
                    return;
                }
                let protocol = if round % 2 == 0 { Protocol::Claim } else { Protocol::Signature };
                let mut message = vec![7; 1 << 20];
                message[..8].copy_from_slice(&round.to_be_bytes());
                attacker.say(&frame(Kind::Message(protocol), &message)).await;
                blows.fetch_add(1, Relaxed);
            }
        });
    }
    attack.is_on(40).await;
    let honest = Honest::new(&victim, 1).await;
    for _ in 0..ROUNDS {
        honest.uses_the_victim().await;
        honest.transport.send(key().id(), Protocol::Claim, "honest".into()).await.unwrap();
        assert_eq!(victim.reply(), "honest", "the honest message arrives");
    }
    let blows = attack.ends().await;
    // What was taken of the inbox is handed over whole.
    after(&mut victim, begun, 9 + 16, blows, "put off a message: the inbox is full");
}

/// Messages to a peer that never comes are on disk, not in memory.
#[tokio::test(flavor = "multi_thread")]
async fn an_outbox_for_a_peer_that_never_comes() {
    let mut victim = Victim::start();
    let honest = Honest::new(&victim, 1).await;
    let before = victim.ask("peak");
    let sent = victim.ask("outbox");
    honest.uses_the_victim().await;
    let peak = victim.ask("peak");
    println!("{sent} messages of 64 KiB to nobody: {before} bytes before, {peak} at most");
    assert_eq!(sent, 600);
    assert!(peak < 48 << 20, "{peak} bytes of memory for {} of messages", sent << 16);
    assert!(victim.log().is_empty(), "{:?}", victim.log());
}
