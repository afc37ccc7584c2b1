//! Fetching content from several providers at once, a verified segment at a time.
//!
//! The end of the last segment is asked for first: its proof fixes the size. Segments then come from a few providers
//! at a time, as [`super::plan`] says; what is here already is offered to others on the way, and kept when the fetch
//! ends early.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bithive_exchange::{Digest, ExchangeError, PeerId};
use bytes::Bytes;
use tokio::time::timeout;

use super::plan::Plan;
use super::segment;
use super::store::Partial;
use crate::log_limit::Topic;
use crate::shared::{Inner, blocking};
use crate::wire::{
    HELD, Kind, SIZE_PROOF, Status, decode_held, decode_segment_response, encode_segment_request,
};

/// Providers that are asked at a time, beside the one that has the content for certain.
const PARTNERS: usize = 4;
/// Requests that one provider works on for one fetch: an origin, and another receiver.
const AT_ONCE: [usize; 2] = [4, 2];
/// How often a provider is asked what it has before another one is.
const ATTEMPTS: usize = 3;
/// How often a provider may fail in a row before it is left alone.
const PATIENCE: u32 = 12;
/// How often it may lack what it is asked for, or have nothing new.
const ABSENCES: u32 = 12;
/// How often it may be busy.
const DELAYS: u32 = 240;
/// Wait before a provider that lacked something or was busy is asked again, and the longest wait.
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Called with the bytes that are here and the size of the whole.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// How a provider answered one request for content.
enum Answered {
    Body(Bytes),
    Absent,
    Later,
    Nothing,
}

/// Stops offering content when the fetch ends, with or without success.
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
    let (first, size, proof) = find(inner, digest, &others, limit).await?.ok_or_else(missing)?;
    within(size, limit)?;
    let store = inner.store.clone();
    let partial = blocking(move || {
        let partial = store.begin(&digest, size)?;
        store.write(&digest, &partial, SIZE_PROOF, &proof)?;
        Ok(partial)
    })
    .await?;
    let _offered = Offered(inner, digest);
    let job = Job::new(inner, digest, partial, (&others, first), progress);
    job.run().await;
    if !job.plan().is_done() {
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

/// Asks one provider after another for the proof of the size, and returns who had it, the size and the proof. A size
/// over the limit ends it only once it is proven.
async fn find(
    inner: &Arc<Inner>,
    digest: Digest,
    providers: &[PeerId],
    limit: u64,
) -> Result<Option<(PeerId, u64, Bytes)>, ExchangeError> {
    for peer in providers {
        let Answered::Body(response) = ask(inner, *peer, digest, SIZE_PROOF).await else { continue };
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
            return Ok(Some((*peer, size, encoded)));
        }
        impostor(inner, *peer, digest, "its end does not have the digest");
    }
    Ok(None)
}

fn impostor(inner: &Inner, peer: PeerId, digest: Digest, problem: &str) {
    if let Some(left_out) = inner.log_limit.permit(Topic::WrongContent) {
        let digest = hex::encode(digest);
        tracing::warn!(me = %inner.id, %peer, digest, problem, left_out, "a provider sent wrong content and is not asked again");
    }
}

async fn ask(inner: &Arc<Inner>, peer: PeerId, digest: Digest, index: u64) -> Answered {
    let request = encode_segment_request(&digest, index);
    match inner.call(peer, Kind::Blob, &[&request], inner.limits.frame).await {
        Ok((Status::Ok, body, _share)) => Answered::Body(body),
        Ok((Status::Absent, ..)) => Answered::Absent,
        Ok((Status::Later, ..)) => Answered::Later,
        Ok(_) | Err(_) => Answered::Nothing,
    }
}

/// What is known of a provider that is being asked.
#[derive(Default)]
struct Record {
    /// Failures since a segment last came from it.
    failures: u32,
    absences: u32,
    delays: u32,
    /// It sent wrong content.
    lied: bool,
    /// When it may be asked again what it has, and the wait after that.
    refresh: Option<(Instant, Duration)>,
}

impl Record {
    fn is_useless(&self) -> bool {
        self.lied || self.failures >= PATIENCE || self.absences >= ABSENCES || self.delays >= DELAYS
    }
}

/// One fetch, shared by the requests that are under way for it.
struct Job<'a> {
    inner: &'a Arc<Inner>,
    digest: Digest,
    partial: Arc<Partial>,
    plan: Mutex<Plan>,
    /// Providers that nobody asks just now, each with the bytes that were here when it was last asked.
    waiting: Mutex<VecDeque<(PeerId, Option<u64>)>>,
    workers: usize,
    records: Mutex<HashMap<PeerId, Record>>,
    here: AtomicU64,
    done: tokio::sync::Notify,
    /// Wakes the tasks that wait for a segment to ask for.
    changed: tokio::sync::Notify,
    progress: Progress<'a>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every change is a single insertion or removal.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Job<'a> {
    /// A fetch from `providers`, of whom `first` has proven the size.
    fn new(
        inner: &'a Arc<Inner>,
        digest: Digest,
        partial: Arc<Partial>,
        (providers, first): (&[PeerId], PeerId),
        progress: Progress<'a>,
    ) -> Self {
        let (size, missing) = (partial.size, partial.missing());
        let absent: u64 = missing.iter().map(|index| segment::bytes(size, *index)).sum();
        let segments = usize::try_from(segment::count(size)).unwrap_or(usize::MAX);
        let plan = Plan::new(inner.id, providers, segments, missing, Instant::now());
        let mut waiting: Vec<PeerId> = providers.iter().copied().filter(|peer| *peer != first).collect();
        // Every receiver has other partners, so that what one has soon is everywhere.
        waiting.sort_by_cached_key(|peer| *blake3::hash(&[inner.id.0, peer.0, digest].concat()).as_bytes());
        waiting.insert(0, first);
        let job = Self {
            inner,
            digest,
            partial,
            plan: Mutex::new(plan),
            workers: waiting.len().min(1 + PARTNERS),
            waiting: Mutex::new(waiting.into_iter().map(|peer| (peer, None)).collect()),
            records: Mutex::default(),
            here: AtomicU64::new(size - absent),
            done: tokio::sync::Notify::new(),
            changed: tokio::sync::Notify::new(),
            progress,
        };
        progress(size - absent, size);
        job
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        lock(&self.plan)
    }

    /// Fetches until all of it is here or no provider has more of it.
    async fn run(&self) {
        if self.plan().is_done() {
            return;
        }
        let workers = futures::future::join_all((0..self.workers).map(|_| self.work()));
        tokio::select! {
            () = self.done.notified() => {}
            _ = workers => {}
        }
    }

    /// Asks one provider after another. One that had nothing useful gets another turn if any provider has
    /// delivered something since its last turn began.
    async fn work(&self) {
        loop {
            let Some((peer, before)) = lock(&self.waiting).pop_front() else { return };
            let here = self.here.load(Ordering::Relaxed);
            if let Some(before) = before {
                if before == here {
                    continue;
                }
                tokio::time::sleep(PAUSE).await;
            }
            lock(&self.records).insert(peer, Record::default());
            self.draw_from(peer).await;
            self.plan().forget(peer);
            if lock(&self.records).get(&peer).is_some_and(|record| !record.lied) {
                lock(&self.waiting).push_back((peer, Some(here)));
            }
        }
    }

    async fn draw_from(&self, peer: PeerId) {
        for _ in 0..ATTEMPTS {
            if self.learn(peer).await {
                let [origin, other] = AT_ONCE;
                let at_once = if self.plan().is_origin(peer) { origin } else { other };
                futures::future::join_all((0..at_once).map(|_| self.take_part(peer))).await;
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Fetches segments from `peer` until none is left or the peer is of no use.
    async fn take_part(&self, peer: PeerId) {
        while !self.is_useless(peer) {
            let next = self.plan().next(peer, Instant::now());
            match next {
                Some(index) => self.bring(peer, index).await,
                None if self.may_refresh(peer) => {
                    self.learn(peer).await;
                }
                None => drop(timeout(PAUSE, self.changed.notified()).await),
            }
        }
    }

    fn is_useless(&self, peer: PeerId) -> bool {
        lock(&self.records).get(&peer).is_none_or(Record::is_useless)
    }

    fn note(&self, peer: PeerId, change: impl FnOnce(&mut Record)) {
        change(lock(&self.records).entry(peer).or_default());
    }

    /// Whether it is time to ask what `peer` has; the next time is later each time.
    fn may_refresh(&self, peer: PeerId) -> bool {
        let (mut records, now) = (lock(&self.records), Instant::now());
        let refresh = &mut records.entry(peer).or_default().refresh;
        match refresh {
            Some((due, _)) if now < *due => false,
            Some((due, wait)) => {
                *wait = (*wait * 2).min(LONGEST_PAUSE);
                *due = now + *wait;
                true
            }
            None => {
                *refresh = Some((now + PAUSE, PAUSE));
                false
            }
        }
    }

    /// Asks what `peer` has; false if it did not say.
    async fn learn(&self, peer: PeerId) -> bool {
        match ask(self.inner, peer, self.digest, HELD).await {
            Answered::Body(body) => {
                let segments = usize::try_from(segment::count(self.partial.size)).unwrap_or(usize::MAX);
                let Some(held) = decode_held(&body, self.partial.size, segments) else {
                    impostor(self.inner, peer, self.digest, "what it has is none of this content");
                    self.note(peer, |record| record.lied = true);
                    return false;
                };
                let (useful, origin) = {
                    let mut plan = self.plan();
                    (plan.learn(peer, held), plan.is_origin(peer))
                };
                if useful {
                    self.changed.notify_waiters();
                }
                self.note(peer, |record| {
                    if useful {
                        record.refresh = Some((Instant::now() + PAUSE, PAUSE / 2));
                    } else if !origin {
                        record.absences += 1;
                    }
                });
                true
            }
            other => {
                self.note(peer, |record| match other {
                    Answered::Absent => record.absences += 1,
                    Answered::Later => record.delays += 1,
                    _ => record.failures += 1,
                });
                false
            }
        }
    }

    async fn bring(&self, peer: PeerId, index: u64) {
        let _requested = Requested { job: self, peer, index };
        match ask(self.inner, peer, self.digest, index).await {
            Answered::Body(response) => {
                if self.write(index, &response).await {
                    self.came(peer, index);
                } else {
                    impostor(self.inner, peer, self.digest, "a segment does not have the digest");
                    self.note(peer, |record| record.lied = true);
                }
            }
            Answered::Absent => {
                self.plan().lacks(peer, index);
                self.note(peer, |record| record.absences += 1);
                tokio::time::sleep(PAUSE).await;
            }
            Answered::Later => {
                self.note(peer, |record| record.delays += 1);
                tokio::time::sleep(PAUSE).await;
            }
            Answered::Nothing => {
                self.note(peer, |record| record.failures += 1);
                tokio::time::sleep(PAUSE / 10).await;
            }
        }
    }

    fn came(&self, peer: PeerId, index: u64) {
        self.note(peer, |record| (record.failures, record.absences, record.delays) = (0, 0, 0));
        let size = self.partial.size;
        let mut plan = self.plan();
        if plan.came(peer, index, Instant::now()) {
            let bytes = segment::bytes(size, index);
            (self.progress)(self.here.fetch_add(bytes, Ordering::Relaxed) + bytes, size);
        }
        if plan.is_done() {
            self.done.notify_one();
        }
    }

    async fn write(&self, index: u64, response: &Bytes) -> bool {
        let Some((size, encoded)) = decode_segment_response(response) else { return false };
        let (store, digest, partial) = (self.inner.store.clone(), self.digest, self.partial.clone());
        size == self.partial.size
            && blocking(move || store.write(&digest, &partial, index, &encoded)).await.is_ok()
    }
}

/// A request for a segment that is under way: when it ends without the segment, another provider may be asked.
struct Requested<'a, 'b> {
    job: &'a Job<'b>,
    peer: PeerId,
    index: u64,
}

impl Drop for Requested<'_, '_> {
    fn drop(&mut self) {
        self.job.plan().missed(self.peer, self.index);
        self.job.changed.notify_waiters();
    }
}
