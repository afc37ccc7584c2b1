//! The endpoint that is attacked: this program again, in a process of its own that is talked to in lines.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bithive_exchange::{EndpointKey, Exchange, ExchangeError, PeerId, Protocol, Service};
use bithive_transport::{Config, Limits, Transport};
use bytes::Bytes;

const VICTIM: &str = "ATTACKED";
const REPLY: &str = "@";
/// Bytes of the content that it publishes.
pub(crate) const CONTENT_BYTES: usize = 8 << 20;
/// Bytes per second that any origin may broadcast.
const RATE: u64 = 1_000;

pub(crate) fn key() -> EndpointKey {
    EndpointKey::from_bytes(&[1; 32])
}

/// The limits that are attacked: the default ones, and few where many take long to use up.
pub(crate) fn limits() -> Limits {
    Limits { connections: 64, inbox_bytes: 16 << 20, ..Limits::default() }
}

pub(crate) fn content() -> Bytes {
    (0..CONTENT_BYTES).map(|index| ((index * 31) >> 7) as u8).collect::<Vec<u8>>().into()
}

struct Echo;

#[async_trait]
impl Service for Echo {
    async fn answer(&self, _: Protocol, _: PeerId, body: Bytes) -> Result<Bytes, String> {
        Ok(body)
    }
}

/// Not a test by itself: the process that the others attack.
#[test]
#[ignore = "a process that the other tests start"]
fn a_victim() {
    if std::env::var(VICTIM).is_err() {
        return;
    }
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        .with_ansi(false)
        .with_writer(std::io::stdout)
        .init();
    tokio::runtime::Runtime::new().unwrap().block_on(serve());
}

fn reply(text: &str) {
    println!("{REPLY}{text}");
    std::io::stdout().flush().unwrap();
}

async fn serve() {
    let folder = tempfile::tempdir().unwrap();
    let listen = Some(vec!["127.0.0.1:0".parse().unwrap()]);
    let config = Config { listen, limits: limits(), ..Config::default() };
    let transport = Transport::start(&key(), folder.path(), config).await.unwrap();
    transport.serve(Protocol::Evaluate, Arc::new(Echo));
    transport.publish(content()).await.unwrap();
    transport.join(&[], Arc::new(|_| RATE));
    let mut broadcasts = transport.broadcasts().unwrap();
    tokio::spawn(async move {
        loop {
            match broadcasts.recv().await {
                Ok(broadcast) if broadcast.body.starts_with(b"honest") => reply("honest"),
                Ok(_) | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {}
                Err(_) => return,
            }
        }
    });
    let receiving = transport.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            for protocol in [Protocol::Claim, Protocol::Signature] {
                for message in receiving.receive(protocol).await.unwrap() {
                    if message.body.starts_with(b"honest") {
                        reply("honest");
                    }
                }
            }
        }
    });
    crate::memory::peak();
    reply(&transport.listens_on()[0].to_string());
    let (lines, mut commands) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines() {
            let _ = lines.send(line.unwrap());
        }
    });
    while let Some(command) = commands.recv().await {
        match command.as_str() {
            "peak" => reply(&crate::memory::peak().to_string()),
            "connections" => reply(&transport.connections().to_string()),
            "outbox" => reply(&fill_outbox(&transport).await.to_string()),
            other => panic!("{other}"),
        }
    }
}

/// Sends to a peer that never comes, until no more is taken or a lot is.
async fn fill_outbox(transport: &Transport) -> usize {
    let absent = EndpointKey::from_bytes(&[250; 32]).id();
    for count in 0..600 {
        match transport.send(absent, Protocol::Claim, vec![7; 64 << 10].into()).await {
            Ok(()) => {}
            Err(ExchangeError::Full { .. }) => return count,
            Err(error) => panic!("{error}"),
        }
    }
    600
}

/// A victim, until it is dropped.
pub(crate) struct Victim {
    process: Child,
    input: ChildStdin,
    replies: Mutex<Receiver<String>>,
    log: Arc<Mutex<Vec<String>>>,
    pub(crate) address: SocketAddr,
}

impl Victim {
    pub(crate) fn start() -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "victim::a_victim", "--nocapture"]).env(VICTIM, "");
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let (sender, replies) = channel();
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = log.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                let line = line.unwrap();
                if line.contains("bithive_transport") {
                    lines.lock().unwrap().push(line);
                } else if let Some((_, reply)) = line.split_once(REPLY) {
                    let _ = sender.send(reply.to_owned());
                }
            }
        });
        let first = replies.recv_timeout(Duration::from_secs(60)).unwrap();
        Self { process, input, replies: Mutex::new(replies), log, address: first.parse().unwrap() }
    }

    pub(crate) fn reply(&self) -> String {
        self.replies.lock().unwrap().recv_timeout(Duration::from_secs(120)).expect("the victim replies")
    }

    pub(crate) fn ask(&mut self, command: &str) -> usize {
        writeln!(self.input, "{command}").unwrap();
        self.reply().parse().unwrap()
    }

    /// What this crate has logged.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = (self.process.kill(), self.process.wait());
    }
}
