//! The peer: what one does with scp. A copy encrypted to each receiver, sent over TCP, one receiver after the other.
//!
//! As in ours, keys are sealed with HPKE (X25519, ChaCha20-Poly1305) and files with the same chunks of
//! ChaCha20-Poly1305; a copy is encrypted while it is sent, and decrypted into a file while it comes.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::num::NonZeroU64;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use bithive_dgkbe::dem::{AssociatedData, Opener, PREAMBLE_LEN, Sealer, SealingKey};
use bithive_dgkbe::kem::{Context, SharedKey};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, HpkeError, Kem, OpModeR, OpModeS, Serializable};
use hpke::{single_shot_open, single_shot_seal_with_rng};

use super::keys::CONTEXT;
use super::order::Report;

type Keys = (<X25519HkdfSha256 as Kem>::PrivateKey, <X25519HkdfSha256 as Kem>::PublicKey);

/// Encapsulated key, sealed key and tag.
const HEAD_BYTES: usize = 32 + 32 + 16;
/// Bytes that are sent at a time when there is a rate, and the silence that can be made up for, as in ours.
const PIECE_BYTES: usize = 16 << 10;
const SAVED: Duration = Duration::from_millis(20);

fn hpke_error(error: HpkeError) -> anyhow::Error {
    anyhow!("HPKE: {error:?}")
}

/// Where a receiver waits.
pub(super) struct Listener {
    listener: TcpListener,
    keys: Keys,
}

pub(super) fn listen() -> Result<(Listener, Report)> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let keys = X25519HkdfSha256::gen_keypair_with_rng(&mut rng()?);
    let report = Report::Listening { address: listener.local_addr()?, key: keys.1.to_bytes().to_vec() };
    Ok((Listener { listener, keys }, report))
}

fn rng() -> io::Result<rand_chacha::ChaCha20Rng> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(io::Error::other)?;
    Ok(rand_core::SeedableRng::from_seed(seed))
}

impl Listener {
    /// Takes one copy into a file, and tells the sender its digest.
    pub(super) fn take_copy(&self, file: &Path) -> Result<Report> {
        let (mut stream, _) = self.listener.accept()?;
        stream.set_nodelay(true)?;
        let mut head = [0; HEAD_BYTES];
        stream.read_exact(&mut head)?;
        let (encapped, sealed) = head.split_at(32);
        let encapped = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapped).map_err(hpke_error)?;
        let key = single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &self.keys.0,
            &encapped,
            CONTEXT,
            sealed,
            &[],
        )
        .map_err(hpke_error)?;
        let key = SharedKey::from_bytes(key.try_into().map_err(|_| anyhow!("the key is not 32 bytes"))?);
        let data = AssociatedData::without_header(Context(CONTEXT));
        let mut opener = Opener::new(&key, &data, stream.try_clone()?);
        let (mut target, mut hasher) = (File::create(file)?, blake3::Hasher::new());
        let mut part = vec![0; 64 << 10];
        loop {
            let length = opener.read(&mut part)?;
            let Some(part) = part.get(..length).filter(|part| !part.is_empty()) else { break };
            hasher.update(part);
            target.write_all(part)?;
        }
        let plaintext = *hasher.finalize().as_bytes();
        stream.write_all(&plaintext)?;
        Ok(Report::Received { plaintext, resumed: 0 })
    }
}

/// Sends a copy to each, the next once the last has it.
pub(super) fn send(
    plaintext: &Path,
    to: &[(SocketAddr, Vec<u8>)],
    rate: Option<NonZeroU64>,
) -> Result<Report> {
    let (mut plaintexts, mut bytes) = (Vec::new(), 0);
    for (address, receiver) in to {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let mut paced = Paced { target: &stream, rate, free: None, sent: 0 };
        let mut rng = rng()?;
        let mut key = [0; 32];
        rand_core::Rng::fill_bytes(&mut rng, &mut key);
        let receiver = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(receiver).map_err(hpke_error)?;
        let (encapped, sealed) = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &receiver,
            CONTEXT,
            &key,
            &[],
            &mut rng,
        )
        .map_err(hpke_error)?;
        paced.write_all(&[encapped.to_bytes().as_slice(), &sealed].concat())?;
        let data = AssociatedData::without_header(Context(CONTEXT));
        // The preamble goes with the first chunk.
        let buffered = BufWriter::with_capacity(2 * PREAMBLE_LEN, paced);
        let mut sealer = Sealer::new(SealingKey::once(SharedKey::from_bytes(key), data)?, buffered);
        io::copy(&mut io::BufReader::with_capacity(64 << 10, File::open(plaintext)?), &mut sealer)?;
        let paced = sealer.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        bytes += paced.sent;
        stream.shutdown(std::net::Shutdown::Write)?;
        let mut found = [0; 32];
        (&stream).read_exact(&mut found)?;
        plaintexts.push(found);
    }
    Ok(Report::CopiesSent { plaintexts, bytes })
}

/// A writer that passes on at most so many bytes a second.
struct Paced<W> {
    target: W,
    rate: Option<NonZeroU64>,
    free: Option<Instant>,
    sent: u64,
}

impl<W: Write> Write for Paced<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = match self.rate {
            Some(rate) => {
                let piece = bytes.get(..PIECE_BYTES).unwrap_or(bytes);
                let now = Instant::now();
                let earliest = now.checked_sub(SAVED).unwrap_or(now);
                let start = self.free.map_or(earliest, |free| free.max(earliest));
                self.free = Some(start + Duration::from_secs_f64(piece.len() as f64 / rate.get() as f64));
                std::thread::sleep(start.saturating_duration_since(now));
                piece
            }
            None => bytes,
        };
        let written = self.target.write(piece)?;
        self.sent += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.target.flush()
    }
}
