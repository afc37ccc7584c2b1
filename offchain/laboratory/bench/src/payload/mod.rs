//! An encrypted input on its way to the chosen nodes, end to end, beside what one does with scp.
//!
//! Ours: the file is encrypted once, a header of broadcast encryption carries its key, and the receivers fetch it from
//! the sender and from each other. The peer: a copy encrypted to each, sent over TCP to one receiver after the
//! other. Sender and receivers are processes of their own in both; the clock runs from the plaintext in a file to the
//! last receiver's digest of what it decrypted.

mod copies;
mod end;
mod interrupted;
mod keys;
mod order;
mod process;
mod swarm;

use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use bithive_dgkbe::dem::sealed_len;
use rand_core::{Rng as _, SeedableRng as _};

use crate::seed::SEED;
use crate::{Aim, Figure, Limit};
pub use end::payload_end;
pub use interrupted::{Interrupted, Killed, payload_with_kills};
use keys::Group;
use order::{Order, Report, Usage};
use process::Process;

const PEER: &str = "a copy to each, one after the other";
/// Most memory that a process may use.
const MEMORY: f64 = 64e6;
const MEGABYTE: u64 = 1_000_000;
/// Receivers and bytes when nothing else is said, without a limit on what each sends, and with one.
const FREE: [(u16, u64); 3] = [(1, 1000 * MEGABYTE), (8, 1000 * MEGABYTE), (64, 32 * MEGABYTE)];
const LIMITED: [(u16, u64); 3] = [(1, 32 * MEGABYTE), (8, 32 * MEGABYTE), (64, 16 * MEGABYTE)];

/// What to measure, and where.
#[derive(Clone, Debug)]
pub struct PayloadOptions {
    /// Numbers of receivers.
    pub receivers: Vec<u16>,
    /// Bytes of the plaintext; as many as each number of receivers has time and disk for if it is not said.
    pub bytes: Option<u64>,
    /// What every process may send of content, 10^6 bits a second, in a second measurement of each.
    pub rate: NonZeroU64,
    /// Where files are.
    pub folder: Option<PathBuf>,
}

/// Numbers of one measurement: receivers, bytes and rate.
#[derive(Clone, Copy, Debug)]
struct Case {
    receivers: u16,
    bytes: u64,
    /// Bytes a second.
    rate: Option<NonZeroU64>,
}

impl Case {
    fn name(&self) -> String {
        let receivers = match self.receivers {
            1 => "1 receiver".to_owned(),
            many => format!("{many} receivers"),
        };
        let size = match self.bytes {
            bytes if bytes % MEGABYTE == 0 => format!("{} MB", bytes / MEGABYTE),
            bytes => format!("{bytes} bytes"),
        };
        match self.rate {
            Some(rate) => format!("{receivers}, {size}, {} Mbit/s each", rate.get() * 8 / MEGABYTE),
            None => format!("{receivers}, {size}"),
        }
    }

    /// Bytes on disk: the plaintext, and an encrypted copy at the sender and at every receiver.
    fn disk(&self) -> u64 {
        self.bytes.saturating_mul(u64::from(self.receivers) + 2)
    }
}

/// What one transfer took.
#[derive(Clone, Debug)]
struct Run {
    seconds: f64,
    /// Processor time of all processes.
    processor: f64,
    sent: u64,
    sender_peak: u64,
    receiver_peak: u64,
}

/// Measures. `command` starts a process that calls [`payload_end`] with its input and output; `progress` hears what is
/// done next.
///
/// # Errors
/// Numbers out of range, too little room on the disk, an end that fails or decrypts anything else.
pub fn payload(
    options: &PayloadOptions,
    command: impl Fn() -> Result<Command>,
    mut progress: impl FnMut(&str),
) -> Result<Vec<Figure>> {
    let cases = cases(options)?;
    let place = options.folder.clone().unwrap_or_else(std::env::temp_dir);
    let folder = tempfile::Builder::new()
        .prefix("bithive-payload-")
        .tempdir_in(&place)
        .with_context(|| format!("no folder can be made in {}", place.display()))?;
    let needed = cases.iter().map(Case::disk).max().unwrap_or_default();
    let free = rustix::fs::statvfs(folder.path()).map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize))?;
    ensure!(
        needed <= free,
        "{needed} bytes of disk are needed and {free} are free in {}; expected fewer --receivers, fewer --bytes or \
         another --folder",
        place.display()
    );
    progress("keys");
    let group = Group::new(cases.iter().map(|case| case.receivers).max().unwrap_or_default())?;
    let mut figures = Vec::new();
    for case in cases {
        let name = case.name();
        progress(&format!("{name}: writing a file"));
        let (plaintext, digest) = write(folder.path(), case.bytes)?;
        progress(&format!("{name}: broadcast"));
        let ours =
            in_folder(folder.path(), |own| broadcast(&case, &group, own, (&plaintext, &digest), &command))?;
        progress(&format!("{name}: {PEER}"));
        let theirs = in_folder(folder.path(), |own| one_by_one(&case, own, (&plaintext, &digest), &command))?;
        std::fs::remove_file(&plaintext)?;
        figures.extend(compare(&case, &ours, &theirs)?);
    }
    Ok(figures)
}

fn cases(options: &PayloadOptions) -> Result<Vec<Case>> {
    ensure!(!options.receivers.is_empty(), "--receivers is empty, expected numbers from 1 to 64");
    let rate = options.rate.get().checked_mul(MEGABYTE / 8).and_then(NonZeroU64::new);
    let rate = rate.context("--rate is over what 64 bits count")?;
    let mut cases = Vec::new();
    for (rate, sizes) in [(None, FREE), (Some(rate), LIMITED)] {
        for receivers in &options.receivers {
            ensure!((1..=64).contains(receivers), "--receivers has {receivers}, expected 1 to 64");
            // The next larger number that has a size.
            let size = sizes.iter().find(|(many, _)| receivers <= many).map(|(_, bytes)| *bytes);
            let bytes = options.bytes.or(size).unwrap_or_default();
            ensure!(bytes > 0, "--bytes is 0, expected at least 1");
            cases.push(Case { receivers: *receivers, bytes, rate });
        }
    }
    Ok(cases)
}

fn in_folder<T>(parent: &Path, work: impl FnOnce(&Path) -> Result<T>) -> Result<T> {
    let own = tempfile::tempdir_in(parent)?;
    work(own.path())
}

/// A file of bytes that nothing can compress, and its digest.
fn write(folder: &Path, bytes: u64) -> Result<(PathBuf, [u8; 32])> {
    let path = folder.join("plaintext");
    let mut random = rand_chacha::ChaCha20Rng::seed_from_u64(SEED);
    let (mut file, mut hasher) = (std::fs::File::create(&path)?, blake3::Hasher::new());
    let (mut left, mut piece) = (bytes, vec![0; 1 << 20]);
    while left > 0 {
        random.fill_bytes(&mut piece);
        let part = &piece[..left.min(piece.len() as u64) as usize];
        hasher.update(part);
        std::io::Write::write_all(&mut file, part)?;
        left -= part.len() as u64;
    }
    Ok((path, *hasher.finalize().as_bytes()))
}

const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

type Endpoint = ([u8; 32], Vec<SocketAddr>);

fn start(process: &mut Process, folder: PathBuf, rate: Option<NonZeroU64>) -> Result<Endpoint> {
    start_as(process, fresh_key()?, folder, ANY_PORT, rate)
}

fn fresh_key() -> Result<[u8; 32]> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(std::io::Error::other)?;
    Ok(key)
}

fn start_as(
    process: &mut Process,
    key: [u8; 32],
    folder: PathBuf,
    listen: SocketAddr,
    rate: Option<NonZeroU64>,
) -> Result<Endpoint> {
    match process.tell(&Order::Start { key, folder, listen, rate })? {
        Report::Started { id, addresses } => Ok((id, addresses)),
        other => bail!("an end answered {other:?} when it was to start"),
    }
}

fn done(report: Report) -> Result<()> {
    match report {
        Report::Done => Ok(()),
        other => bail!("an end answered {other:?} when it was to get ready"),
    }
}

/// Has every process do something, and waits for all.
fn ready(processes: &mut [Process], order: impl Fn(usize) -> Result<Order>) -> Result<()> {
    for (index, process) in processes.iter_mut().enumerate() {
        process.order(&order(index)?)?;
    }
    processes.iter_mut().try_for_each(|process| done(process.report()?))
}

/// The sender and the receivers, in this order.
fn processes(case: &Case, command: &impl Fn() -> Result<Command>) -> Result<(Process, Vec<Process>)> {
    let receivers = (0..case.receivers).map(|_| Process::start(command()?)).collect::<Result<_>>()?;
    Ok((Process::start(command()?)?, receivers))
}

fn usage(sender: &mut Process, receivers: &mut [Process]) -> Result<(Usage, Vec<Usage>)> {
    Ok((sender.usage()?, receivers.iter_mut().map(Process::usage).collect::<Result<_>>()?))
}

/// What was used from one time to another.
fn run(seconds: f64, sent: u64, before: &(Usage, Vec<Usage>), after: &(Usage, Vec<Usage>)) -> Run {
    let all = |(sender, receivers): &(Usage, Vec<Usage>)| {
        sender.seconds + receivers.iter().map(|receiver| receiver.seconds).sum::<f64>()
    };
    Run {
        seconds,
        processor: all(after) - all(before),
        sent,
        sender_peak: after.0.peak,
        receiver_peak: after.1.iter().map(|receiver| receiver.peak).max().unwrap_or_default(),
    }
}

fn right(report: Report, expected: &[u8; 32]) -> Result<()> {
    match report {
        Report::Received { plaintext, .. } if plaintext == *expected => Ok(()),
        other => bail!("a receiver has {other:?}, which is not what was sent"),
    }
}

fn broadcast(
    case: &Case,
    group: &Group,
    folder: &Path,
    (plaintext, digest): (&Path, &[u8; 32]),
    command: &impl Fn() -> Result<Command>,
) -> Result<Run> {
    let (mut sender, mut receivers) = processes(case, command)?;
    let own = start(&mut sender, folder.join("sender"), case.rate)?;
    done(sender.tell(&Order::Address(group.sender()))?)?;
    let mut endpoints = vec![own.clone()];
    for (index, receiver) in receivers.iter_mut().enumerate() {
        endpoints.push(start(receiver, folder.join(format!("receiver-{index}")), case.rate)?);
    }
    ready(&mut receivers, |index| Ok(Order::Belong(group.receiver(index as u16 + 1)?)))?;
    ready(&mut receivers, |_| Ok(Order::Know { peers: endpoints.clone() }))?;
    let before = usage(&mut sender, &mut receivers)?;

    let begun = Instant::now();
    let publish = Order::Publish { plaintext: plaintext.to_owned(), receivers: case.receivers };
    let Report::Published { headers, content } = sender.tell(&publish)? else {
        bail!("the sender has published nothing")
    };
    let providers: Vec<[u8; 32]> = endpoints.iter().map(|(id, _)| *id).collect();
    for receiver in &mut receivers {
        let (headers, providers) = (headers.clone(), providers.clone());
        receiver.order(&Order::Receive { headers, content, receivers: case.receivers, providers })?;
    }
    receivers.iter_mut().try_for_each(|receiver| right(receiver.report()?, digest))?;
    let seconds = begun.elapsed().as_secs_f64();

    let after = usage(&mut sender, &mut receivers)?;
    Ok(run(seconds, after.0.sent, &before, &after))
}

fn one_by_one(
    case: &Case,
    folder: &Path,
    (plaintext, digest): (&Path, &[u8; 32]),
    command: &impl Fn() -> Result<Command>,
) -> Result<Run> {
    let (mut sender, mut receivers) = processes(case, command)?;
    let mut to = Vec::new();
    for receiver in &mut receivers {
        let Report::Listening { address, key } = receiver.tell(&Order::Listen)? else {
            bail!("a receiver does not listen")
        };
        to.push((address, key));
    }
    let before = usage(&mut sender, &mut receivers)?;

    let begun = Instant::now();
    for (index, receiver) in receivers.iter_mut().enumerate() {
        receiver.order(&Order::TakeCopy { file: folder.join(format!("copy-{index}")) })?;
    }
    let order = Order::SendCopies { plaintext: plaintext.to_owned(), to, rate: case.rate };
    let Report::CopiesSent { plaintexts, bytes } = sender.tell(&order)? else {
        bail!("the sender has sent no copies")
    };
    let seconds = begun.elapsed().as_secs_f64();

    ensure!(plaintexts.iter().all(|found| found == digest), "a receiver has something else than was sent");
    receivers.iter_mut().try_for_each(|receiver| right(receiver.report()?, digest))?;
    let after = usage(&mut sender, &mut receivers)?;
    Ok(run(seconds, bytes, &before, &after))
}

fn compare(case: &Case, ours: &Run, theirs: &Run) -> Result<Vec<Figure>> {
    let sealed = sealed_len(case.bytes).context("--bytes is over what 64 bits count")? as f64;
    let figure = |name: &str, unit, value: f64, peer_value: f64| Figure {
        name: format!("{name}, {}", case.name()),
        n: u64::from(case.receivers),
        value,
        unit,
        peer: PEER.to_owned(),
        peer_value,
        ratio: peer_value / value,
        limit: None,
        aim: None,
    };
    let limit = |name: &str, value, figure: &mut Figure| {
        figure.limit = Some(Limit { name: name.to_owned(), value, ratio: figure.value / value });
    };
    let memory = |name, ours: u64, theirs: u64| {
        let value = ours as f64;
        let aim = Some(Aim { value: MEMORY, met: value <= MEMORY });
        Figure { aim, ..figure(name, "bytes", value, theirs as f64) }
    };
    let mut time = figure("time to the last", "s", ours.seconds, theirs.seconds);
    if let Some(rate) = case.rate {
        limit("sending it once at that rate", sealed / rate.get() as f64, &mut time);
    }
    let mut sent = figure("sent by the sender", "bytes", ours.sent as f64, theirs.sent as f64);
    limit("the encrypted file once", sealed, &mut sent);
    let mut figures = vec![time, sent];
    figures.push(figure("processor time of all", "s", ours.processor, theirs.processor));
    figures.push(memory("memory of the sender at most", ours.sender_peak, theirs.sender_peak));
    figures.push(memory("memory of a receiver at most", ours.receiver_peak, theirs.receiver_peak));
    Ok(figures)
}
