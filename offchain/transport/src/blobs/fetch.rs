//! Fetching content from several providers at once, a verified segment at a time.
//!
//! The first segment asked for is the last one, whose proof fixes the size. Segments then come from whoever is
//! free; what is here already is offered to others on the way, and kept when the fetch ends early.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bithive_exchange::{Digest, ExchangeError, PeerId};
use bytes::Bytes;

use super::segment;
use super::store::Partial;
use crate::endpoint::{Inner, blocking};
use crate::wire::{Kind, LAST_SEGMENT, Status, decode_segment_response, encode_segment_request};

/// Requests that one provider works on for one fetch.
const AT_ONCE: usize = 4;
/// How often a provider may fail in a row before the fetch goes on without it.
const PATIENCE: u32 = 3;
/// How often a provider may lack what it is asked for; it may be fetching it just now.
const ABSENCES: u32 = 20;
/// Wait before a provider that lacked something is asked again.
const PAUSE: Duration = Duration::from_millis(250);

/// Called with the bytes that are here and the size of the whole.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// Content that is being fetched: whoever wants the same waits for it.
#[derive(Default)]
pub(crate) struct Fetching(Mutex<HashMap<Digest, Arc<tokio::sync::Mutex<()>>>>);

impl Fetching {
    fn turn(&self, digest: Digest) -> Arc<tokio::sync::Mutex<()>> {
        let mut fetching = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        fetching.retain(|_, turn| Arc::strong_count(turn) > 1);
        fetching.entry(digest).or_default().clone()
    }
}

/// What one request brought.
enum Brought {
    Segment(Bytes),
    Absent,
    Nothing,
}

/// Stops offering content when the fetch ends, however it does.
struct Offered<'a>(&'a Inner, Digest);

impl Drop for Offered<'_> {
    fn drop(&mut self) {
        self.0.store.pause(&self.1);
    }
}

/// Brings content of at most `limit` bytes into the store and returns its size.
pub(crate) async fn fetch(
    inner: &Arc<Inner>,
    digest: Digest,
    providers: &[PeerId],
    limit: u64,
    progress: Progress<'_>,
) -> Result<u64, ExchangeError> {
    let limit = limit.min(segment::MAX_CONTENT_BYTES);
    let turn = inner.fetching.turn(digest);
    let _turn = turn.lock().await;
    let store = inner.store.clone();
    let here = blocking(move || {
        let size = store.size(&digest)?;
        if size.is_some() {
            store.touch(&digest)?;
        }
        Ok(size)
    });
    if let Some(size) = here.await? {
        within(size, limit)?;
        progress(size, size);
        return Ok(size);
    }
    let mut others: Vec<PeerId> = Vec::new();
    for peer in providers {
        if *peer != inner.id && !others.contains(peer) {
            others.push(*peer);
        }
    }
    let missing = || ExchangeError::NotFound { digest: hex::encode(digest), asked: others.len() };
    let (size, last) = find(inner, digest, &others, limit).await?.ok_or_else(missing)?;
    within(size, limit)?;
    let store = inner.store.clone();
    let partial = blocking(move || {
        let partial = store.begin(&digest, size)?;
        store.write(&digest, &partial, segment::count(size) - 1, &last)?;
        Ok(partial)
    })
    .await?;
    let _offered = Offered(inner, digest);
    let job = Job::new(inner, digest, partial, progress);
    futures::future::join_all(
        others.iter().flat_map(|peer| std::iter::repeat_n(*peer, AT_ONCE)).map(|peer| job.take_part(peer)),
    )
    .await;
    if !job.partial.missing().is_empty() {
        return Err(missing());
    }
    let store = inner.store.clone();
    blocking(move || store.finish(&digest)).await?;
    Ok(size)
}

fn within(size: u64, limit: u64) -> Result<(), ExchangeError> {
    let bytes = |value| usize::try_from(value).unwrap_or(usize::MAX);
    if size > limit {
        return Err(ExchangeError::TooLarge { what: "content", found: bytes(size), limit: bytes(limit) });
    }
    Ok(())
}

/// Asks one provider after another for the last segment, and returns the proven size and that segment. A size
/// over the limit ends it only once it is proven.
async fn find(
    inner: &Arc<Inner>,
    digest: Digest,
    providers: &[PeerId],
    limit: u64,
) -> Result<Option<(u64, Bytes)>, ExchangeError> {
    for peer in providers {
        let Brought::Segment(response) = ask(inner, *peer, digest, LAST_SEGMENT).await else { continue };
        let Some((size, encoded)) = decode_segment_response(&response) else {
            impostor(inner, *peer, digest, "the response has no size");
            continue;
        };
        if size > segment::MAX_CONTENT_BYTES {
            impostor(inner, *peer, digest, "the size is more than any content's");
            continue;
        }
        let body = encoded.clone();
        if blocking(move || Ok(segment::proves_size(&digest, size, &body))).await? {
            tracing::debug!(me = %inner.id, %peer, size, limit, "content was found");
            return Ok(Some((size, encoded)));
        }
        impostor(inner, *peer, digest, "the last segment does not have the digest");
    }
    Ok(None)
}

fn impostor(inner: &Inner, peer: PeerId, digest: Digest, problem: &str) {
    let digest = hex::encode(digest);
    tracing::warn!(me = %inner.id, %peer, digest, problem, "a provider sent wrong content and is not asked again");
}

async fn ask(inner: &Arc<Inner>, peer: PeerId, digest: Digest, index: u64) -> Brought {
    let request = encode_segment_request(&digest, index);
    match inner.call(peer, Kind::Blob, &[&request], inner.limits.frame).await {
        Ok((Status::Ok, body, _share)) => Brought::Segment(body),
        Ok((Status::Absent, ..)) => Brought::Absent,
        Ok(_) | Err(_) => Brought::Nothing,
    }
}

/// One fetch, shared by the requests that are under way for it.
struct Job<'a> {
    inner: &'a Arc<Inner>,
    digest: Digest,
    partial: Arc<Partial>,
    pending: Mutex<VecDeque<u64>>,
    /// Failures in a row and absences, by provider.
    records: Mutex<HashMap<PeerId, (u32, u32)>>,
    progress: Progress<'a>,
}

impl<'a> Job<'a> {
    fn new(inner: &'a Arc<Inner>, digest: Digest, partial: Arc<Partial>, progress: Progress<'a>) -> Self {
        let mut pending = VecDeque::from(partial.missing());
        // Receivers of the same content start at different places, so that each has what another lacks.
        let start = u64::from_be_bytes(inner.id.0.split_first_chunk().map_or([0; 8], |(start, _)| *start));
        if let Ok(start) = usize::try_from(start % (pending.len() as u64).max(1)) {
            pending.rotate_left(start);
        }
        let job = Self {
            inner,
            digest,
            partial,
            pending: Mutex::new(pending),
            records: Mutex::default(),
            progress,
        };
        job.report();
        job
    }

    fn report(&self) {
        let size = self.partial.size;
        let missing: u64 = self.partial.missing().iter().map(|index| segment::bytes(size, *index)).sum();
        (self.progress)(size - missing, size);
    }

    /// Fetches segments from `peer` until none is left or the peer is of no use.
    async fn take_part(&self, peer: PeerId) {
        loop {
            if self.partial.missing().is_empty() || self.is_useless(peer) {
                return;
            }
            let next = self.pending.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some(index) = next else {
                // The others are at work on what is left, and may fail.
                tokio::time::sleep(PAUSE / 10).await;
                continue;
            };
            let back = Back { job: self, index: Some(index) };
            match ask(self.inner, peer, self.digest, index).await {
                Brought::Segment(response) => {
                    if self.write(index, response).await {
                        back.done();
                        self.records().insert(peer, (0, 0));
                        self.report();
                    } else {
                        impostor(self.inner, peer, self.digest, "a segment does not have the digest");
                        self.records().insert(peer, (u32::MAX, 0));
                    }
                }
                Brought::Absent => {
                    drop(back);
                    self.records().entry(peer).or_default().1 += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                Brought::Nothing => {
                    drop(back);
                    self.failed(peer);
                }
            }
        }
    }

    fn records(&self) -> std::sync::MutexGuard<'_, HashMap<PeerId, (u32, u32)>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self, peer: PeerId) {
        let mut records = self.records();
        let (failures, _) = records.entry(peer).or_default();
        *failures = failures.saturating_add(1);
    }

    fn is_useless(&self, peer: PeerId) -> bool {
        let (failures, absences) = self.records().get(&peer).copied().unwrap_or_default();
        failures >= PATIENCE * AT_ONCE as u32 || absences >= ABSENCES * AT_ONCE as u32
    }

    async fn write(&self, index: u64, response: Bytes) -> bool {
        let Some((size, encoded)) = decode_segment_response(&response) else { return false };
        let (store, digest, partial) = (self.inner.store.clone(), self.digest, self.partial.clone());
        size == self.partial.size
            && blocking(move || store.write(&digest, &partial, index, &encoded)).await.is_ok()
    }
}

/// Gives a segment back to the others unless it has come.
struct Back<'a, 'b> {
    job: &'a Job<'b>,
    index: Option<u64>,
}

impl Back<'_, '_> {
    fn done(mut self) {
        self.index = None;
    }
}

impl Drop for Back<'_, '_> {
    fn drop(&mut self) {
        if let Some(index) = self.index {
            self.job.pending.lock().unwrap_or_else(PoisonError::into_inner).push_back(index);
        }
    }
}
