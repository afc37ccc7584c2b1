//! A transfer whose ends are killed on the way.

use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use bithive_dgkbe::dem::sealed_len;

use super::keys::Group;
use super::order::{Order, Report};
use super::process::Process;
use super::{ANY_PORT, Endpoint, done, fresh_key, start_as, write};

/// Fetches that may fail because the sender was killed.
const ATTEMPTS: usize = 20;

/// Whom to kill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Killed {
    /// The process that publishes the encrypted file.
    Sender,
    /// The process that fetches and decrypts it.
    Receiver,
}

/// What a transfer with kills took.
#[derive(Clone, Copy, Debug)]
pub struct Interrupted {
    /// Bytes of the encrypted file.
    pub content: u64,
    /// Bytes that the sender sent in all its lives.
    pub sent: u64,
    /// Bytes that were there when the receiver's last life began to fetch.
    pub resumed: u64,
}

/// An end that can be started again as what it was.
struct End {
    key: [u8; 32],
    folder: PathBuf,
    listen: SocketAddr,
    rate: NonZeroU64,
    process: Process,
}

impl End {
    fn new(folder: PathBuf, rate: NonZeroU64, command: Command) -> Result<(Self, Endpoint)> {
        let mut end =
            Self { key: fresh_key()?, folder, listen: ANY_PORT, rate, process: Process::start(command)? };
        let endpoint = end.start()?;
        end.listen = *endpoint.1.first().context("an endpoint listens nowhere")?;
        Ok((end, endpoint))
    }

    fn start(&mut self) -> Result<Endpoint> {
        start_as(&mut self.process, self.key, self.folder.clone(), self.listen, Some(self.rate))
    }

    /// Kills it with SIGKILL, and starts it again in the same folder at the same address.
    fn restart(&mut self, command: Command) -> Result<()> {
        self.process.kill()?;
        self.process = Process::start(command)?;
        self.start().map(drop)
    }
}

/// Sends a file of `bytes` to one receiver at `rate` bytes a second, killing an end after each of these times, and
/// checks what arrives.
///
/// # Errors
/// An end that fails for another reason than the kills, or decrypts anything else.
pub fn payload_with_kills(
    bytes: u64,
    rate: NonZeroU64,
    kills: &[(Duration, Killed)],
    command: impl Fn() -> Result<Command>,
) -> Result<Interrupted> {
    let folder = tempfile::Builder::new().prefix("bithive-payload-").tempdir()?;
    let (plaintext, digest) = write(folder.path(), bytes)?;
    let group = Group::new(2)?;
    let (mut sender, at) = End::new(folder.path().join("sender"), rate, command()?)?;
    done(sender.process.tell(&Order::Address(group.sender()))?)?;
    let Report::Published { headers, content } =
        sender.process.tell(&Order::Publish { plaintext, receivers: 1 })?
    else {
        bail!("the sender has published nothing")
    };
    let begin = |receiver: &mut End| -> Result<()> {
        done(receiver.process.tell(&Order::Belong(group.receiver(1)?))?)?;
        done(receiver.process.tell(&Order::Know { peers: vec![at.clone()] })?)
    };
    let fetch = Order::Receive { headers, content, receivers: 1, providers: vec![at.0] };
    let (mut receiver, _) = End::new(folder.path().join("receiver"), rate, command()?)?;
    begin(&mut receiver)?;
    receiver.process.order(&fetch)?;
    let mut sent = 0;
    for (after, killed) in kills {
        std::thread::sleep(*after);
        match killed {
            Killed::Sender => {
                sent += sender.process.usage()?.sent;
                sender.restart(command()?)?;
            }
            Killed::Receiver => {
                receiver.restart(command()?)?;
                begin(&mut receiver)?;
                receiver.process.order(&fetch)?;
            }
        }
    }
    for _ in 0..ATTEMPTS {
        match receiver.process.report() {
            Ok(Report::Received { plaintext, resumed }) => {
                ensure!(plaintext == digest, "the receiver has something else than was sent");
                sent += sender.process.usage()?.sent;
                let content = sealed_len(bytes).context("the file is too long")?;
                return Ok(Interrupted { content, sent, resumed });
            }
            Ok(other) => bail!("the receiver answered {other:?}"),
            // The sender was away.
            Err(_) => receiver.process.order(&fetch)?,
        }
    }
    bail!("the receiver failed {ATTEMPTS} times")
}
