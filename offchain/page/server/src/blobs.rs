//! Content by digest, up and down, a part at a time.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bithive_chain::http::{Broken, Parts, ReplyBody, keep, reply};
use bithive_exchange::{ContentWriter, Digest, ExchangeError, MAX_BLOB_BYTES};
use http_body_util::BodyExt as _;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response, StatusCode};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout, timeout_at};

use crate::courier::BYTES;
use crate::input::{BODY_TIMEOUT, Parameters, length, shown};
use crate::refused::{JSON, Kind, Refused};
use crate::session::{Doing, Session};
use crate::tally::Tally;

/// Slowest upload, in bytes a second.
const SLOWEST: u64 = 64 << 10;
/// Time to bring content here from peers.
const FETCH: Duration = Duration::from_secs(600);
/// Most bytes of a download where nothing is said.
const USUAL_BYTES: usize = 64 << 20;
/// Most peers that are asked.
const MOST_PEERS: usize = 16;
/// Bytes of a part of a download, and parts that wait for a client.
const PART_BYTES: usize = 64 << 10;
const AHEAD: usize = 4;

/// `PUT /x/blobs/{digest}`: kept aside until it is whole and has its digest.
pub(crate) async fn put(
    session: &Session,
    tally: &Tally,
    spool: &Path,
    digest: Digest,
    request: Request<Incoming>,
) -> Result<Response<ReplyBody>, Refused> {
    Parameters::read(request.uri(), &[])?;
    let bytes = length(&request)?;
    if bytes > MAX_BLOB_BYTES as u64 {
        return Err(Refused::too_large("the content", MAX_BLOB_BYTES));
    }
    let _turn = session.turn(Doing::Upload)?;
    let spooled = Spooled::receive(spool, bytes, request).await?;
    tally.received(bytes);
    if spooled.digest != digest {
        let (found, said) = (hex::encode(spooled.digest), hex::encode(digest));
        return Err(Refused::new(
            Kind::DigestMismatch,
            format!("what arrived has digest {found}, and not {said}"),
        ));
    }
    let exchange = session.exchange.clone();
    let file = spooled.file.clone();
    let runtime = tokio::runtime::Handle::current();
    // An end may read the file where it stands; that is no place to wait for a disk.
    let published = spawn_blocking(move || {
        let write: ContentWriter =
            Box::new(move |target| std::io::copy(&mut std::fs::File::open(file)?, target).map(drop));
        runtime.block_on(exchange.publish_written(bytes, write))
    });
    let published = published.await.map_err(|error| Refused::storage(&error))??;
    if published != digest {
        return Err(ExchangeError::Damaged { digest: hex::encode(digest) }.into());
    }
    let answer = json!({ "digest": hex::encode(digest), "bytes": bytes });
    Ok(reply(StatusCode::CREATED, JSON, answer.to_string()).map(ReplyBody::Whole))
}

/// An upload on this machine's disk. It is removed when this is dropped.
struct Spooled {
    file: PathBuf,
    digest: Digest,
}

impl Spooled {
    async fn receive(spool: &Path, bytes: u64, request: Request<Incoming>) -> Result<Self, Refused> {
        static RECEIVED: AtomicU64 = AtomicU64::new(0);
        let number = RECEIVED.fetch_add(1, Ordering::Relaxed);
        let file = spool.join(format!("{:08x}-{number:016x}", std::process::id()));
        // From here on: whatever becomes of it, it is removed.
        let mut spooled = Self { file, digest: [0; 32] };
        let storage = |error: std::io::Error| Refused::storage(&error);
        let mut to = tokio::fs::File::create_new(&spooled.file).await.map_err(storage)?;
        let deadline = Instant::now() + BODY_TIMEOUT + Duration::from_secs(bytes / SLOWEST);
        let mut body = request.into_body();
        let (mut hasher, mut received) = (blake3::Hasher::new(), 0u64);
        let slow =
            |_| Refused::new(Kind::Slow, format!("{bytes} bytes did not arrive at {SLOWEST} bytes a second"));
        while let Some(frame) = timeout_at(deadline, body.frame()).await.map_err(slow)? {
            let frame = frame.map_err(|error| Refused::bad(format!("the body broke off: {error}")))?;
            let Ok(part) = frame.into_data() else { continue };
            received = received.saturating_add(part.len() as u64);
            if received > bytes {
                return Err(Refused::bad(format!("more than the {bytes} bytes that Content-Length says")));
            }
            hasher.update(&part);
            to.write_all(&part).await.map_err(storage)?;
        }
        to.flush().await.map_err(storage)?;
        if received != bytes {
            return Err(Refused::bad(format!("{received} bytes; Content-Length says {bytes}")));
        }
        spooled.digest = *hasher.finalize().as_bytes();
        Ok(spooled)
    }
}

impl Drop for Spooled {
    fn drop(&mut self) {
        // What is left lies where the next start clears.
        let _ = std::fs::remove_file(&self.file);
    }
}

/// `GET /x/blobs/{digest}`: the bytes of a blob.
pub(crate) async fn get(
    session: &Session,
    tally: Arc<Tally>,
    digest: Digest,
    request: &Request<Incoming>,
) -> Result<Response<ReplyBody>, Refused> {
    let parameters = Parameters::read(request.uri(), &["from", "limit"])?;
    let peers = parameters.peers("from", MOST_PEERS)?;
    let limit = match parameters.number("limit")? {
        None => USUAL_BYTES,
        Some(limit) => {
            usize::try_from(limit).ok().filter(|limit| *limit <= MAX_BLOB_BYTES).ok_or_else(|| {
                Refused::bad(format!(
                    "limit is {}; expected at most {MAX_BLOB_BYTES}",
                    shown(&limit.to_string())
                ))
            })?
        }
    };
    let turn = session.turn(Doing::Download)?;
    let weight = keep(request, PART_BYTES * (AHEAD + 2))?;
    let late = |_| Refused::new(Kind::Late, format!("the content did not come in {} s", FETCH.as_secs()));
    let content = timeout(FETCH, session.exchange.open(digest, &peers, limit)).await.map_err(late)??;
    let (parts, to_send) = mpsc::channel(AHEAD);
    spawn_blocking(move || {
        let _turn = turn;
        let sent = |bytes| tally.sent(bytes);
        if let Err(error) = pass_on(content, (digest, limit), &parts, sent) {
            tracing::warn!(digest = hex::encode(digest), %error, "a download broke off");
            // Nobody waits for it if the client is gone.
            let _ = parts.blocking_send(Err(Broken));
        }
    });
    let mut response = Response::new(ReplyBody::Parts(Parts::new(to_send, weight)));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(BYTES));
    Ok(response)
}

/// Sends content a part at a time; the last part only if all of it has the digest.
fn pass_on(
    mut content: Box<dyn Read + Send>,
    (digest, limit): (Digest, usize),
    to: &mpsc::Sender<Result<Bytes, Broken>>,
    sent: impl Fn(usize),
) -> Result<(), ExchangeError> {
    let (mut hasher, mut held, mut total) = (blake3::Hasher::new(), Bytes::new(), 0usize);
    loop {
        let mut part = vec![0; PART_BYTES];
        let read = match content.read(&mut part) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        part.truncate(read);
        total = total.saturating_add(read);
        bithive_exchange::within("content", total, limit)?;
        hasher.update(&part);
        let before = std::mem::replace(&mut held, part.into());
        sent(before.len());
        if !before.is_empty() && to.blocking_send(Ok(before)).is_err() {
            return Ok(());
        }
    }
    if *hasher.finalize().as_bytes() != digest {
        return Err(ExchangeError::Damaged { digest: hex::encode(digest) });
    }
    sent(held.len());
    if !held.is_empty() {
        let _ = to.blocking_send(Ok(held));
    }
    Ok(())
}

/// `DELETE /x/blobs/{digest}`: removes a blob that the session holds.
pub(crate) async fn remove(session: &Session, digest: Digest) -> Result<Response<ReplyBody>, Refused> {
    session.exchange.remove(digest).await?;
    Ok(reply(StatusCode::NO_CONTENT, JSON, String::new()).map(ReplyBody::Whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn passed_on(content: Vec<u8>, digest: Digest, limit: usize) -> (Vec<u8>, bool) {
        let (parts, mut to_send) = mpsc::channel(AHEAD);
        let sender = std::thread::spawn(move || {
            let content = Box::new(std::io::Cursor::new(content));
            if pass_on(content, (digest, limit), &parts, |_| {}).is_err() {
                let _ = parts.blocking_send(Err(Broken));
            }
        });
        let (mut bytes, mut broken) = (vec![], false);
        while let Some(part) = to_send.recv().await {
            match part {
                Ok(part) => bytes.extend_from_slice(&part),
                Err(Broken) => broken = true,
            }
        }
        sender.join().unwrap();
        (bytes, broken)
    }

    #[tokio::test]
    async fn content_is_whole_or_breaks_off_before_its_end() {
        for size in [0, 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES] {
            let content: Vec<u8> = (0..size).map(|index| index.to_le_bytes()[0]).collect();
            let digest = *blake3::hash(&content).as_bytes();
            assert_eq!(passed_on(content.clone(), digest, size).await, (content.clone(), false), "{size}");
            let (bytes, broken) = passed_on(content, [7; 32], size).await;
            assert!(broken && (size == 0 || bytes.len() < size), "{size}: the last part is held back");
        }
    }

    #[tokio::test]
    async fn content_that_grows_while_it_is_read_ends_at_the_limit() {
        let content = vec![7; 3 * PART_BYTES];
        let digest = *blake3::hash(&content).as_bytes();
        let (bytes, broken) = passed_on(content, digest, PART_BYTES).await;
        assert!(broken && bytes.len() <= PART_BYTES);
    }
}
