//! Moves content between processes that are killed and restarted, and prints what happened.
//!
//!     cargo run --release -p bithive-transport --example soak -- [BLOBS] [LARGEST_BYTES] [SECONDS_BETWEEN_KILLS]
//!
//! Two providers and one receiver, each a process of its own with its own folder. One of the three is killed with
//! SIGKILL after every interval, in turn, and started again in the same folder. The run ends when the receiver has
//! all of it, each digest checked once more from its file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bithive_exchange::{Digest, EndpointKey, PeerId};
use bithive_transport::{Config, Limits, Transport};
use rand_core::{Rng, SeedableRng};

const DEFAULT: (usize, u64, u64) = (1_000, 100_000_000, 20);
const SMALLEST: u64 = 1_000;

fn key(role: u8) -> EndpointKey {
    EndpointKey::from_bytes(&[role; 32])
}

fn address(role: u8) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 47_100 + u16::from(role)))
}

fn config() -> Config {
    let peer = |role| (key(role).id(), vec![address(role)]);
    let limits = Limits {
        blob_bytes: u64::MAX / 2,
        connect: Duration::from_secs(3),
        frame: Duration::from_secs(20),
        ..Limits::default()
    };
    Config { peers: vec![peer(0), peer(1), peer(2)], limits, ..Config::default() }
}

/// Sizes are spread evenly over the orders of magnitude.
fn size(index: usize, largest: u64) -> u64 {
    let mut random = rand_chacha::ChaCha20Rng::seed_from_u64(index as u64);
    let spread = (largest / SMALLEST).max(1) as f64;
    let part = f64::from(random.next_u32()) / f64::from(u32::MAX);
    (SMALLEST as f64 * spread.powf(part)) as u64
}

fn write_content(path: &Path, index: usize, size: u64) {
    let mut random = rand_chacha::ChaCha20Rng::seed_from_u64(1 << 32 | index as u64);
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    let (mut left, mut block) = (size, vec![0; 1 << 16]);
    while left > 0 {
        random.fill_bytes(&mut block);
        let part = left.min(block.len() as u64);
        std::io::Write::write_all(&mut file, &block[..part as usize]).unwrap();
        left -= part;
    }
}

fn digest_of(path: &Path) -> Digest {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(std::fs::File::open(path).unwrap()).unwrap();
    *hasher.finalize().as_bytes()
}

/// Most memory this process has used, in kB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or("VmHWM: 0");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}

async fn start(role: u8, folder: &Path) -> Transport {
    let config = Config { listen: Some(vec![address(role)]), ..config() };
    loop {
        match Transport::start(&key(role), &folder.join(role.to_string()), config.clone()).await {
            Ok(transport) => return transport,
            Err(error) => {
                eprintln!("role {role}: {error}");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

async fn provide(role: u8, folder: PathBuf) {
    let transport = start(role, &folder).await;
    let list = folder.join("digests");
    while !list.exists() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    eprintln!("role {role} serves {} bytes", transport.stored_bytes());
    std::future::pending::<()>().await;
}

/// Fetches what it does not have yet; a line per blob in `done` outlasts the process.
async fn receive(folder: PathBuf) {
    let transport = start(2, &folder).await;
    let providers: [PeerId; 2] = [key(0).id(), key(1).id()];
    let list = std::fs::read_to_string(folder.join("digests")).unwrap();
    let mut errors = 0;
    for line in list.lines() {
        let mut digest = [0; 32];
        hex::decode_to_slice(line, &mut digest).unwrap();
        let target = folder.join("received").join(line);
        while !target.exists() {
            if let Err(error) =
                transport.fetch_to_file(digest, &providers, u64::MAX, &target, &|_, _| {}).await
            {
                errors += 1;
                eprintln!("{error}");
            }
        }
    }
    std::fs::write(folder.join("done"), format!("{errors} {}", peak_memory())).unwrap();
}

fn spawn(role: u8, folder: &Path) -> Child {
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new(program);
    command.arg("role").arg(role.to_string()).arg(folder).stdin(Stdio::null());
    command.spawn().unwrap()
}

async fn prepare(folder: &Path, blobs: usize, largest: u64) -> u64 {
    let ends = [start(0, folder).await, start(1, folder).await];
    let (mut list, mut total) = (String::new(), 0);
    for index in 0..blobs {
        let file = folder.join("content");
        write_content(&file, index, size(index, largest));
        total += std::fs::metadata(&file).unwrap().len();
        let mut digest = [0; 32];
        for end in &ends {
            digest = end.publish_file(&file).await.unwrap();
        }
        list.push_str(&hex::encode(digest));
        list.push('\n');
    }
    for end in ends {
        end.close().await;
    }
    std::fs::create_dir_all(folder.join("received")).unwrap();
    std::fs::write(folder.join("digests"), list).unwrap();
    total
}

async fn conduct(blobs: usize, largest: u64, interval: Duration) {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path();
    let total = prepare(folder, blobs, largest).await;
    println!("{blobs} blobs, {total} bytes in all, a kill every {} s", interval.as_secs());
    let mut roles: Vec<Child> = (0..3).map(|role| spawn(role, folder)).collect();
    let begun = Instant::now();
    let (mut kills, mut next) = (0, Instant::now() + interval);
    while !folder.join("done").exists() {
        std::thread::sleep(Duration::from_millis(100));
        if Instant::now() > next {
            let role = kills % 3;
            roles[role].kill().unwrap();
            roles[role].wait().unwrap();
            roles[role] = spawn(role as u8, folder);
            kills += 1;
            next = Instant::now() + interval;
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    for role in &mut roles {
        let _ = (role.kill(), role.wait());
    }
    let list = std::fs::read_to_string(folder.join("digests")).unwrap();
    let right = |line: &&str| hex::encode(digest_of(&folder.join("received").join(line))) == **line;
    let arrived = list.lines().filter(right).count();
    let done = std::fs::read_to_string(folder.join("done")).unwrap();
    let (errors, memory) = done.split_once(' ').unwrap();
    println!("{arrived} of {blobs} arrived with the right digest in {seconds:.1} s, {kills} kills");
    println!("last life of the receiver: {errors} errors that were tried again, {memory} kB memory at most");
    println!("{:.1} MB/s", total as f64 / seconds / 1e6);
    assert_eq!(arrived, blobs);
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["role", "2", folder] => receive(folder.into()).await,
        ["role", role, folder] => provide(role.parse().unwrap(), folder.into()).await,
        other => {
            let number =
                |index: usize, default: u64| other.get(index).map_or(default, |text| text.parse().unwrap());
            let blobs = usize::try_from(number(0, DEFAULT.0 as u64)).unwrap();
            conduct(blobs, number(1, DEFAULT.1), Duration::from_secs(number(2, DEFAULT.2))).await;
        }
    }
}
