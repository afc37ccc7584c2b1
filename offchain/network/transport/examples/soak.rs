//! Moves content between processes that are killed and restarted, and prints what happened.
//!
//!     cargo run --release -p bithive-transport --example soak -- [BLOBS] [LARGEST_BYTES] [SECONDS_BETWEEN_KILLS]
//!
//! Two providers and one receiver, each a process of its own with its own folder. One of the three is killed with
//! SIGKILL after every interval, in turn, and started again in the same folder. Content is made in batches and
//! removed everywhere once the receiver has compared its digest, so that the disk holds five copies of a batch at
//! most. A wrong byte or no progress for five minutes fails the run; errors that the receiver gets are counted and the
//! fetch is tried again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code)]

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{SocketAddr, UdpSocket};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bithive_exchange::{Digest, EndpointKey, Exchange as _, PeerId};
use bithive_transport::{Config, Limits, Transport};
use futures::stream::{self, StreamExt};
use rand_core::{Rng, SeedableRng};

/// What a run moves and how it is disturbed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// How many blobs.
    pub(crate) blobs: usize,
    /// Bytes of the largest.
    pub(crate) largest: u64,
    /// Time between two kills.
    pub(crate) interval: Duration,
    /// Bytes after which a batch is full.
    pub(crate) batch: u64,
}

const DEFAULT: Plan =
    Plan { blobs: 1_000, largest: 100_000_000, interval: Duration::from_secs(10), batch: 700_000_000 };
const SMALLEST: u64 = 1_000;
const RECEIVER: u8 = 2;
const AT_ONCE: usize = 4;
const STANDSTILL: Duration = Duration::from_secs(300);
const LOOK: Duration = Duration::from_millis(100);
/// Variables that make a process a role of a run.
const ROLE: &str = "SOAK_ROLE";
const FOLDER: &str = "SOAK_FOLDER";

/// Result of a run.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Blobs whose digest was right.
    pub(crate) arrived: usize,
    /// Bytes of all blobs.
    pub(crate) bytes: u64,
    /// How often a process was killed.
    pub(crate) kills: usize,
    /// Errors that the receiver got, by what they say.
    pub(crate) errors: BTreeMap<String, usize>,
    /// Peak memory of each role over all its processes, in kB.
    pub(crate) memory: [u64; 3],
}

fn key(role: u8) -> EndpointKey {
    EndpointKey::from_bytes(&[role; 32])
}

/// A line of a batch.
struct Blob {
    index: usize,
    size: u64,
    digest: Digest,
}

impl Blob {
    fn line(&self) -> String {
        format!("{} {} {}\n", self.index, self.size, hex::encode(self.digest))
    }

    fn read(folder: &Path) -> Vec<Self> {
        let list = std::fs::read_to_string(folder.join("list")).unwrap();
        let blob = |line: &str| {
            let parts: Vec<&str> = line.split(' ').collect();
            let mut digest = [0; 32];
            hex::decode_to_slice(parts[2], &mut digest).unwrap();
            Self { index: parts[0].parse().unwrap(), size: parts[1].parse().unwrap(), digest }
        };
        list.lines().map(blob).collect()
    }
}

/// Sizes are spread evenly over the orders of magnitude.
fn size(index: usize, largest: u64) -> u64 {
    let mut random = rand_chacha::ChaCha20Rng::seed_from_u64(index as u64);
    let spread = (largest / SMALLEST).max(1) as f64;
    let part = f64::from(random.next_u32()) / f64::from(u32::MAX);
    (SMALLEST as f64 * spread.powf(part)) as u64
}

/// Writes content that no other index has, and returns its digest.
fn write_content(path: &Path, index: usize, size: u64) -> Digest {
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(1 << 32 | index as u64);
    let (mut file, mut hasher) = (std::fs::File::create(path).unwrap(), blake3::Hasher::new());
    let (mut left, mut block) = (size, vec![0; 1 << 20]);
    while left > 0 {
        let part = &mut block[..usize::try_from(left.min(1 << 20)).unwrap()];
        random.fill_bytes(part);
        file.write_all(part).unwrap();
        hasher.update(part);
        left -= part.len() as u64;
    }
    *hasher.finalize().as_bytes()
}

fn digest_of(path: &Path) -> Digest {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(std::fs::File::open(path).unwrap()).unwrap();
    *hasher.finalize().as_bytes()
}

/// Writes a file that others see whole or not at all.
fn place(path: &Path, content: &str) {
    let part = path.with_extension(format!("{}.part", std::process::id()));
    std::fs::write(&part, content).unwrap();
    std::fs::rename(part, path).unwrap();
}

/// Most memory this process has used, in kB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or("VmHWM: 0");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// A process's place in a run.
struct Role {
    number: u8,
    folder: PathBuf,
    transport: Transport,
}

impl Role {
    async fn start(number: u8, folder: PathBuf) -> Self {
        let ports = std::fs::read_to_string(folder.join("ports")).unwrap();
        let address = |port: &str| SocketAddr::from(([127, 0, 0, 1], port.parse().unwrap()));
        let addresses: Vec<SocketAddr> = ports.lines().map(address).collect();
        let limits = Limits {
            blob_bytes: u64::MAX / 2,
            connect: Duration::from_secs(3),
            frame: Duration::from_secs(20),
            ..Limits::default()
        };
        let config = Config {
            listen: Some(vec![addresses[usize::from(number)]]),
            peers: (0..3).map(|role| (key(role).id(), vec![addresses[usize::from(role)]])).collect(),
            limits,
            ..Config::default()
        };
        let own = folder.join(number.to_string());
        loop {
            match Transport::start(&key(number), &own, config.clone()).await {
                Ok(transport) => return Self { number, folder, transport },
                Err(error) => {
                    eprintln!("role {number}: {error}");
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    }

    /// Does its part of one batch after another, without end.
    async fn run(&self) {
        let mut last: Option<usize> = None;
        loop {
            let memory = self.folder.join(format!("memory-{}-{}", self.number, std::process::id()));
            place(&memory, &peak_memory().to_string());
            let batch: Option<usize> = std::fs::read_to_string(self.folder.join("batch"))
                .ok()
                .and_then(|number| number.parse().ok());
            let Some(batch) = batch.filter(|batch| last != Some(*batch)) else {
                tokio::time::sleep(LOOK).await;
                continue;
            };
            let folder = self.folder.join(format!("batch-{batch}"));
            if self.number == RECEIVER {
                self.receive(&folder).await;
            } else {
                self.provide(&folder).await;
                if let Some(before) = batch.checked_sub(1) {
                    for blob in Blob::read(&self.folder.join(format!("batch-{before}"))) {
                        self.transport.remove(blob.digest).await.unwrap();
                    }
                }
            }
            last = Some(batch);
        }
    }

    /// Publishes what it has not published before; a marker for each outlasts the process.
    async fn provide(&self, batch: &Path) {
        for blob in Blob::read(batch) {
            let marker = batch.join(format!("{}.published-{}", blob.index, self.number));
            if !marker.exists() {
                let digest = self.transport.publish_file(&batch.join(blob.index.to_string())).await.unwrap();
                assert_eq!(digest, blob.digest);
                place(&marker, "");
            }
        }
        place(&batch.join(format!("provided-{}", self.number)), "");
    }

    async fn receive(&self, batch: &Path) {
        while !(batch.join("provided-0").exists() && batch.join("provided-1").exists()) {
            tokio::time::sleep(LOOK).await;
        }
        let blobs = stream::iter(Blob::read(batch));
        blobs.for_each_concurrent(AT_ONCE, |blob| self.receive_one(batch, blob)).await;
        place(&batch.join("received"), "");
    }

    async fn receive_one(&self, batch: &Path, blob: Blob) {
        let (marker, target) = (
            batch.join(format!("{}.right", blob.index)),
            self.folder.join(format!("received-{}", blob.index)),
        );
        let providers: [PeerId; 2] = [key(0).id(), key(1).id()];
        while !marker.exists() {
            match self.transport.fetch_to_file(blob.digest, &providers, blob.size, &target, &|_, _| {}).await
            {
                Ok(_) => {
                    let verdict = if digest_of(&target) == blob.digest { "right" } else { "wrong" };
                    std::fs::remove_file(&target).unwrap();
                    self.transport.remove(blob.digest).await.unwrap();
                    place(&marker.with_extension(verdict), "");
                }
                Err(error) => {
                    let text = error.to_string().replace(&hex::encode(blob.digest), "DIGEST");
                    let path = self.folder.join("errors");
                    let mut file = std::fs::File::options().append(true).create(true).open(path).unwrap();
                    file.write_all(format!("{text}\n").as_bytes()).unwrap();
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    }
}

/// Takes a role if the environment names one, and returns otherwise.
pub(crate) fn role_of_environment() {
    let (Ok(role), Ok(folder)) = (std::env::var(ROLE), std::env::var(FOLDER)) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async { Role::start(role.parse().unwrap(), folder.into()).await.run().await });
}

/// The processes of a run; they end with it.
struct Roles<'a> {
    arguments: &'a [&'a str],
    folder: &'a Path,
    processes: Vec<Child>,
    kills: usize,
    next: Instant,
    plan: Plan,
}

impl Roles<'_> {
    fn spawn(&self, role: usize) -> Child {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(self.arguments).env(ROLE, role.to_string()).env(FOLDER, self.folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap()
    }

    /// Kills the next one if it is time.
    fn disturb(&mut self) {
        if Instant::now() < self.next {
            return;
        }
        let role = self.kills % 3;
        // A process that has not begun yet has nothing to be disturbed in.
        if !self.folder.join(format!("memory-{role}-{}", self.processes[role].id())).exists() {
            return;
        }
        self.processes[role].kill().unwrap();
        self.processes[role].wait().unwrap();
        self.processes[role] = self.spawn(role);
        self.kills += 1;
        self.next = Instant::now() + self.plan.interval;
    }
}

impl Drop for Roles<'_> {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = (process.kill(), process.wait());
        }
    }
}

/// Makes a batch from blob `first` on, and returns the blob after it and the bytes.
fn make_batch(folder: &Path, plan: Plan, first: usize) -> (usize, u64) {
    std::fs::create_dir_all(folder).unwrap();
    let (mut index, mut bytes, mut list) = (first, 0, String::new());
    while index < plan.blobs && bytes < plan.batch {
        let size = size(index, plan.largest);
        let digest = write_content(&folder.join(index.to_string()), index, size);
        list.push_str(&Blob { index, size, digest }.line());
        bytes += size;
        index += 1;
    }
    place(&folder.join("list"), &list);
    (index, bytes)
}

fn ending(folder: &Path, end: &str) -> usize {
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .filter(|entry| entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().ends_with(end)))
        .count()
}

/// Blocks of the disk that the roles' content takes up: they change with every segment that arrives.
fn written(folder: &Path) -> u64 {
    let places =
        (0..3).flat_map(|role| ["blobs", "partial"].map(|place| folder.join(role.to_string()).join(place)));
    let entries = places.filter_map(|place| std::fs::read_dir(place).ok()).flatten().flatten();
    entries.filter_map(|entry| Some(entry.metadata().ok()?.blocks())).sum()
}

/// Runs a plan; processes are this program with these arguments.
pub(crate) fn conduct(plan: Plan, arguments: &[&str]) -> Outcome {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path();
    let sockets: Vec<UdpSocket> = (0..3).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
    let ports: Vec<String> =
        sockets.iter().map(|socket| socket.local_addr().unwrap().port().to_string()).collect();
    std::fs::write(folder.join("ports"), ports.join("\n")).unwrap();
    drop(sockets);
    let next = Instant::now() + plan.interval;
    let mut roles = Roles { arguments, folder, processes: Vec::new(), kills: 0, next, plan };
    for role in 0..3 {
        let process = roles.spawn(role);
        roles.processes.push(process);
    }
    let (mut outcome, mut next, mut batch) = (Outcome::default(), 0, 0);
    while next < plan.blobs {
        let place_of_batch = folder.join(format!("batch-{batch}"));
        let (after, bytes) = make_batch(&place_of_batch, plan, next);
        place(&folder.join("batch"), &batch.to_string());
        let (mut seen, mut moved) = (([0; 3], 0), Instant::now());
        while !place_of_batch.join("received").exists() {
            std::thread::sleep(LOOK);
            roles.disturb();
            assert_eq!(ending(&place_of_batch, ".wrong"), 0, "wrong content arrived");
            let markers = [".right", ".published-0", ".published-1"];
            let progress = (markers.map(|end| ending(&place_of_batch, end)), written(folder));
            if progress != seen {
                (seen, moved) = (progress, Instant::now());
            }
            assert!(
                moved.elapsed() < STANDSTILL,
                "nothing has moved for {STANDSTILL:?}: {seen:?} in batch {batch}"
            );
        }
        for index in next..after {
            std::fs::remove_file(place_of_batch.join(index.to_string())).unwrap();
        }
        outcome.arrived += ending(&place_of_batch, ".right");
        outcome.bytes += bytes;
        (next, batch) = (after, batch + 1);
        println!("{} blobs, {} bytes, {} kills", outcome.arrived, outcome.bytes, roles.kills);
    }
    outcome.kills = roles.kills;
    drop(roles);
    let errors = std::fs::read_to_string(folder.join("errors")).unwrap_or_default();
    for line in errors.lines() {
        *outcome.errors.entry(line.to_owned()).or_default() += 1;
    }
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(role) = name
            .strip_prefix("memory-")
            .and_then(|rest| rest.get(..1))
            .and_then(|role| role.parse::<usize>().ok())
        {
            let memory = std::fs::read_to_string(entry.path()).unwrap().parse().unwrap_or(0);
            outcome.memory[role] = outcome.memory[role].max(memory);
        }
    }
    outcome
}

fn main() {
    role_of_environment();
    let arguments: Vec<u64> = std::env::args().skip(1).map(|text| text.parse().unwrap()).collect();
    let number = |index: usize, default: u64| arguments.get(index).copied().unwrap_or(default);
    let plan = Plan {
        blobs: usize::try_from(number(0, DEFAULT.blobs as u64)).unwrap(),
        largest: number(1, DEFAULT.largest),
        interval: Duration::from_secs(number(2, DEFAULT.interval.as_secs())),
        ..DEFAULT
    };
    let begun = Instant::now();
    let outcome = conduct(plan, &[]);
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{} of {} blobs arrived with the right digest, {} bytes",
        outcome.arrived, plan.blobs, outcome.bytes
    );
    println!("{seconds:.0} s, {:.1} MB/s, {} kills", outcome.bytes as f64 / seconds / 1e6, outcome.kills);
    println!(
        "most memory: providers {} and {} kB, receiver {} kB",
        outcome.memory[0], outcome.memory[1], outcome.memory[2]
    );
    for (error, count) in &outcome.errors {
        println!("{count} times: {error}");
    }
    assert_eq!(outcome.arrived, plan.blobs);
}
