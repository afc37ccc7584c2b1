//! The QUIC library by itself: a stream for each request of `length u64`, answered by that many bytes.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use bithive_exchange::EndpointKey;
use bithive_transport::{Config, Congestion, library_endpoint, wire::ALPN};
use bytes::Bytes;
use iroh::endpoint::{Connection, RecvStream, SendStream, presets};
use iroh::{Endpoint, EndpointAddr, EndpointId, RelayMode, SecretKey};
use tokio::sync::mpsc;

use super::order::{Offer, Subject};

/// Bytes that are handed to the library, and to a file, at a time.
const PIECE: usize = 1 << 20;
/// Pieces that wait between a file and a stream.
const AHEAD: usize = 4;

/// Where every end listens.
pub(super) fn loopback() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

async fn endpoint(subject: Subject, key: [u8; 32]) -> Result<Endpoint> {
    if subject == Subject::LibraryDefaults {
        let builder = Endpoint::builder(presets::Minimal)
            .secret_key(SecretKey::from_bytes(&key))
            .alpns(vec![ALPN.to_vec()])
            .relay_mode(RelayMode::Disabled)
            .clear_ip_transports()
            .bind_addr(loopback())?;
        return Ok(builder.bind().await?);
    }
    let congestion = if subject == Subject::LibraryCubic { Congestion::Cubic } else { Congestion::default() };
    let config = Config { listen: Some(vec![loopback()]), congestion, ..Config::default() };
    Ok(library_endpoint(&EndpointKey::from_bytes(&key), &config).await?)
}

/// The sending end.
pub(super) async fn serve(subject: Subject, key: [u8; 32], file: PathBuf) -> Result<Offer> {
    let endpoint = endpoint(subject, key).await?;
    let peer = *endpoint.id().as_bytes();
    let offer = Offer { peer, addresses: endpoint.bound_sockets(), digest: [0; 32] };
    let file = (subject == Subject::LibraryFiles).then_some(file);
    tokio::spawn(async move {
        while let Some(incoming) = endpoint.accept().await {
            let Ok(connection) = incoming.await else { continue };
            tokio::spawn(answer_all(connection, file.clone()));
        }
    });
    Ok(offer)
}

async fn answer_all(connection: Connection, file: Option<PathBuf>) {
    let piece = Bytes::from(vec![7; PIECE]);
    while let Ok((send, receive)) = connection.accept_bi().await {
        let (piece, file) = (piece.clone(), file.clone());
        tokio::spawn(async move {
            if let Err(error) = answer(send, receive, piece, file).await {
                eprintln!("a request of the measurement broke off: {error:#}");
            }
        });
    }
}

async fn answer(
    mut send: SendStream,
    mut receive: RecvStream,
    piece: Bytes,
    file: Option<PathBuf>,
) -> Result<()> {
    let mut length = [0; 8];
    receive.read_exact(&mut length).await?;
    let mut left = u64::from_be_bytes(length);
    match file.filter(|_| left > PIECE as u64) {
        None => {
            while left > 0 {
                let now = left.min(PIECE as u64);
                send.write_chunk(piece.slice(..usize::try_from(now)?)).await?;
                left -= now;
            }
        }
        Some(file) => {
            let (pieces, mut read) = mpsc::channel(AHEAD);
            let reader = tokio::task::spawn_blocking(move || read_pieces(&file, left, &pieces));
            while let Some(piece) = read.recv().await {
                send.write_chunk(piece).await?;
            }
            reader.await??;
        }
    }
    Ok(send.finish()?)
}

fn read_pieces(file: &Path, mut left: u64, pieces: &mpsc::Sender<Bytes>) -> Result<()> {
    let mut file = File::open(file)?;
    while left > 0 {
        let now = left.min(PIECE as u64);
        let mut piece = vec![0; usize::try_from(now)?];
        file.read_exact(&mut piece)?;
        if pieces.blocking_send(piece.into()).is_err() {
            break;
        }
        left -= now;
    }
    Ok(())
}

/// The receiving end.
pub(super) struct Receiver {
    connection: Connection,
    target: Option<PathBuf>,
    /// Kept because the connection ends when it is dropped.
    _endpoint: Endpoint,
}

impl Receiver {
    pub(super) async fn connect(
        subject: Subject,
        key: [u8; 32],
        folder: &Path,
        offer: &Offer,
    ) -> Result<Self> {
        let endpoint = endpoint(subject, key).await?;
        let id = EndpointId::from_bytes(&offer.peer)?;
        let address = offer.addresses.iter().fold(EndpointAddr::new(id), |all, one| all.with_ip_addr(*one));
        let connection = endpoint.connect(address, ALPN).await?;
        let target = (subject == Subject::LibraryFiles).then(|| folder.join("received"));
        Ok(Self { connection, target, _endpoint: endpoint })
    }

    /// Asks for so many bytes and lets them go.
    pub(super) async fn ask(&self, bytes: u64) -> Result<()> {
        let mut receive = self.request(bytes).await?;
        let mut found = 0;
        while let Some(chunk) = receive.read_chunk(PIECE).await? {
            found += chunk.len() as u64;
        }
        ensure!(found == bytes, "{found} bytes came; expected {bytes}");
        Ok(())
    }

    async fn request(&self, bytes: u64) -> Result<RecvStream> {
        let (mut send, receive) = self.connection.open_bi().await?;
        send.write_all(&bytes.to_be_bytes()).await?;
        send.finish()?;
        Ok(receive)
    }

    /// Brings so many bytes to where they belong.
    pub(super) async fn fetch(&self, bytes: u64) -> Result<()> {
        let Some(target) = self.target.clone() else { return self.ask(bytes).await };
        let mut receive = self.request(bytes).await?;
        let (pieces, mut come) = mpsc::channel::<Vec<u8>>(AHEAD);
        let (emptied, mut empty) = mpsc::channel(AHEAD + 2);
        let writer = tokio::task::spawn_blocking(move || -> Result<()> {
            let mut file = File::create(&target)?;
            while let Some(piece) = come.blocking_recv() {
                file.write_all(&piece)?;
                let _ = emptied.try_send(piece);
            }
            Ok(file.sync_all()?)
        });
        let mut left = bytes;
        while left > 0 {
            let now = usize::try_from(left.min(PIECE as u64))?;
            let mut piece = empty.try_recv().unwrap_or_default();
            piece.resize(now, 0);
            receive.read_exact(&mut piece).await?;
            pieces.send(piece).await.context("the file can't be written")?;
            left -= now as u64;
        }
        drop(pieces);
        writer.await?
    }
}
