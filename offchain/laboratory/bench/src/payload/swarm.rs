//! Ours: one encrypted copy, one header, and receivers that help each other.

use std::io::Read as _;
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context as _, Result};
use bithive_dgkbe::dem::{DemError, Opener, Sealer, sealed_len};
use bithive_dgkbe::envelope::Addressed;
use bithive_dgkbe::kem::Context;
use bithive_dgkbe::{Groups, Receiver, Sender};
use bithive_exchange::{ContentWriter, EndpointKey, Exchange as _, PeerId};
use bithive_transport::{Config, Limits, Transport};

use super::keys::{CONTEXT, first};
use super::order::Report;

/// Memory for frames on their way in and for answers on their way out, each: a fifth of the 64 MB that a process may use,
/// together, because 64 connections and the program itself take the rest.
const FRAME_BYTES: usize = 6 << 20;

/// An endpoint of the transport.
pub(super) async fn start(
    key: [u8; 32],
    folder: &Path,
    listen: SocketAddr,
    upload: Option<NonZeroU64>,
) -> Result<(Transport, Report)> {
    let limits = Limits {
        upload,
        incoming_bytes: FRAME_BYTES,
        outgoing_bytes: FRAME_BYTES,
        blob_bytes: u64::MAX / 2,
        ..Limits::default()
    };
    let config = Config { listen: Some(vec![listen]), limits, ..Config::default() };
    let key = EndpointKey::from_bytes(&key);
    let transport = Transport::start(&key, folder, config).await?;
    let report = Report::Started { id: key.id().0, addresses: transport.listens_on() };
    Ok((transport, report))
}

/// Encrypts a file and publishes it, a chunk in memory at a time.
pub(super) async fn publish(
    transport: &Transport,
    (sender, groups): &mut (Sender, Groups),
    plaintext: PathBuf,
    receivers: u16,
) -> Result<Report> {
    let set = first(*groups, receivers)?;
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(std::io::Error::other)?;
    let mut rng: rand_chacha::ChaCha20Rng = rand_core::SeedableRng::from_seed(seed);
    let Addressed { headers, sealing, .. } = sender.address(&set, Context(CONTEXT), &mut rng)?;
    let file = std::fs::File::open(plaintext)?;
    let size = sealed_len(file.metadata()?.len()).ok_or(DemError::TooLong)?;
    let mut file = std::io::BufReader::with_capacity(64 << 10, file);
    let write: ContentWriter = Box::new(move |target| {
        let mut sealer = Sealer::new(sealing, target);
        std::io::copy(&mut file, &mut sealer)?;
        sealer.finish().map(drop)
    });
    let content = transport.publish_written(size, write).await?;
    Ok(Report::Published { headers, content })
}

/// Fetches, decrypts and hashes.
pub(super) async fn receive(
    transport: &Transport,
    (receiver, groups): &mut (Receiver, Groups),
    (headers, content): (&[u8], [u8; 32]),
    receivers: u16,
    providers: &[[u8; 32]],
) -> Result<Report> {
    let (key, data) = receiver.unlock(&first(*groups, receivers)?, Context(CONTEXT), headers)?;
    let providers: Vec<PeerId> = providers.iter().map(|id| PeerId(*id)).collect();
    let resumed = Mutex::new(None);
    let progress = |here, _| {
        if let Ok(mut resumed) = resumed.lock() {
            resumed.get_or_insert(here);
        }
    };
    transport.fetch_to_store(content, &providers, u64::MAX, &progress).await?;
    let source = transport.open(content, &[], usize::MAX).await?;
    let hash = tokio::task::spawn_blocking(move || {
        let (mut opener, mut hasher) = (Opener::new(&key, &data, source), blake3::Hasher::new());
        let mut part = vec![0; 64 << 10];
        loop {
            match opener.read(&mut part)? {
                0 => return std::io::Result::Ok(*hasher.finalize().as_bytes()),
                length => hasher.update(part.get(..length).unwrap_or_default()),
            };
        }
    });
    let plaintext = hash.await?.context("the content does not open")?;
    let resumed = resumed.into_inner().ok().flatten().unwrap_or_default();
    Ok(Report::Received { plaintext, resumed })
}
