//! Whose output is opened: any worker's of the quorum will do, and none that is not what the quorum agreed on.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bithive_api::jobs::{JobResponse, Phase};
use bithive_exchange::{Digest, Exchange, ExchangeError, Message, PeerId, Protocol, Service};
use bithive_requester::{Requester, RequesterError};
use bytes::Bytes;

use crate::town::{ANSWER, Town};

/// What an exchange does with some content.
#[derive(Clone)]
enum Does {
    /// Nobody has it.
    Hides,
    /// Whoever has it never answers.
    Hangs,
    /// It is something else: what its worker sealed is no output.
    Gives(Bytes),
}

/// An exchange that does something else with some content.
struct Choosy {
    inner: Arc<dyn Exchange>,
    content: Mutex<BTreeMap<Digest, Does>>,
}

#[async_trait]
impl Exchange for Choosy {
    fn id(&self) -> PeerId {
        self.inner.id()
    }

    async fn request(&self, to: PeerId, protocol: Protocol, body: Bytes) -> Result<Bytes, ExchangeError> {
        self.inner.request(to, protocol, body).await
    }

    fn serve(&self, protocol: Protocol, service: Arc<dyn Service>) {
        self.inner.serve(protocol, service);
    }

    async fn send(&self, to: PeerId, protocol: Protocol, body: Bytes) -> Result<(), ExchangeError> {
        self.inner.send(to, protocol, body).await
    }

    async fn waiting(&self, protocol: Protocol) -> Result<Vec<Message>, ExchangeError> {
        self.inner.waiting(protocol).await
    }

    async fn discard(&self, protocol: Protocol, messages: &[Message]) -> Result<(), ExchangeError> {
        self.inner.discard(protocol, messages).await
    }

    async fn arrived(&self) {
        self.inner.arrived().await;
    }

    async fn publish(&self, content: Bytes) -> Result<Digest, ExchangeError> {
        self.inner.publish(content).await
    }

    async fn fetch(
        &self,
        digest: Digest,
        providers: &[PeerId],
        limit: usize,
    ) -> Result<Bytes, ExchangeError> {
        let does = self.content.lock().unwrap().get(&digest).cloned();
        match does {
            Some(Does::Hides) => {
                Err(ExchangeError::NotFound { digest: hex::encode(digest), asked: providers.len() })
            }
            Some(Does::Hangs) => std::future::pending().await,
            Some(Does::Gives(bytes)) => Ok(bytes),
            None => self.inner.fetch(digest, providers, limit).await,
        }
    }
}

/// A settled job, its requester, and the exchange that this one asks.
async fn settled(town: &mut Town) -> (JobResponse, Requester, Arc<Choosy>) {
    let job_id = town.assigned_job().await;
    town.live_until_quiet().await;
    let job = town.job(job_id).await;
    assert_eq!(job.phase, Phase::Settled);
    let inner = town.local.exchange(town.requester_endpoint);
    let exchange = Arc::new(Choosy { inner, content: Mutex::default() });
    let requester = town.requester_on(Arc::new(town.local.chain.clone()), exchange.clone()).await;
    (job, requester, exchange)
}

impl Choosy {
    fn set(&self, job: &JobResponse, worker: usize, does: Does) {
        let digest = job.workers[worker].output.as_ref().unwrap().as_slice().try_into().unwrap();
        self.content.lock().unwrap().insert(digest, does);
    }
}

fn representative(job: &JobResponse) -> usize {
    job.outcome.as_ref().unwrap().representative.into()
}

#[tokio::test]
async fn the_representatives_output_is_the_jobs() {
    let mut town = Town::with_nodes(3).await;
    let (job, requester, _) = settled(&mut town).await;
    let opened = requester.open(job.job_id).await.unwrap();
    assert_eq!((opened.values.as_slice(), opened.skipped.len()), (&ANSWER[..], 0));
    assert_eq!(opened.worker, job.workers[representative(&job)].address.as_str());
}

#[tokio::test]
async fn an_output_that_is_withheld_is_another_workers() {
    let mut town = Town::with_nodes(3).await;
    let (job, requester, exchange) = settled(&mut town).await;
    let first = representative(&job);
    exchange.set(&job, first, Does::Hides);
    let opened = requester.open(job.job_id).await.unwrap();
    let withheld = job.workers[first].address.as_str();
    assert_eq!(opened.values, ANSWER);
    assert_ne!(opened.worker, withheld);
    assert_eq!(opened.skipped[0].worker, withheld);
    assert!(opened.skipped[0].reason.contains("not available"), "{:?}", opened.skipped);
}

#[tokio::test]
async fn a_worker_that_never_answers_delays_the_output_for_a_bounded_time() {
    let mut town = Town::with_nodes(3).await;
    let (job, requester, exchange) = settled(&mut town).await;
    let first = representative(&job);
    for worker in [first, (first + 1) % 3] {
        exchange.set(&job, worker, Does::Hangs);
    }
    tokio::time::pause();
    let opened = requester.open(job.job_id).await.unwrap();
    assert_eq!(opened.values, ANSWER);
    assert_eq!(opened.worker, job.workers[(first + 2) % 3].address.as_str());
    assert_eq!(opened.skipped[0].worker, job.workers[first].address.as_str());
    assert!(opened.skipped[0].reason.starts_with("no answer within"), "{:?}", opened.skipped);
}

#[tokio::test]
async fn what_is_not_the_output_that_was_agreed_on_is_skipped_and_named() {
    let mut town = Town::with_nodes(3).await;
    let (job, requester, exchange) = settled(&mut town).await;
    let first = representative(&job);
    let others: Vec<usize> = (0..3).filter(|index| *index != first).collect();
    // One is no output at all, one that of somebody else: it is sealed under another key.
    exchange.set(&job, first, Does::Gives(Bytes::from_static(b"noise")));
    let digest: Digest = job.workers[others[1]].output.as_ref().unwrap().as_slice().try_into().unwrap();
    let stolen = exchange.inner.fetch(digest, &[], 1 << 20).await.unwrap();
    exchange.set(&job, others[0], Does::Gives(stolen));
    let opened = requester.open(job.job_id).await.unwrap();
    assert_eq!(opened.values, ANSWER);
    assert_eq!(opened.worker, job.workers[others[1]].address.as_str());
    assert_eq!(opened.skipped[0].worker, job.workers[first].address.as_str());
    assert!(opened.skipped[0].reason.starts_with("its output: "), "{:?}", opened.skipped);
}

#[tokio::test]
async fn nobody_who_was_asked_is_left_out_and_the_output_can_be_asked_for_again() {
    let mut town = Town::with_nodes(3).await;
    let (job, requester, exchange) = settled(&mut town).await;
    for worker in 0..3 {
        exchange.set(&job, worker, Does::Hides);
    }
    let refused = requester.open(job.job_id).await.unwrap_err();
    let told = refused.to_string();
    assert!(matches!(refused, RequesterError::NoOutput { .. }));
    assert!(job.workers.iter().all(|worker| told.contains(worker.address.as_str())), "{told}");
    assert!(told.contains(&format!("`bithive job result {}`", job.job_id)), "{told}");
    exchange.content.lock().unwrap().clear();
    assert_eq!(requester.open(job.job_id).await.unwrap().values, ANSWER);
    // From now on it is the requester's own, whoever has gone.
    for worker in 0..3 {
        exchange.set(&job, worker, Does::Hides);
    }
    assert_eq!(requester.open(job.job_id).await.unwrap().values, ANSWER);
    assert_eq!(town.requester().await.result(job.job_id).await.unwrap(), ANSWER);
}

#[tokio::test]
async fn of_a_job_that_has_ended_the_requester_keeps_the_output_alone() {
    let mut town = Town::with_nodes(3).await;
    let (job, requester, exchange) = settled(&mut town).await;
    let state = town.requester_state.clone();
    let kept = |prefix: &str| state.names(prefix).unwrap().len();
    requester.ended(job.job_id).await.unwrap();
    assert_eq!((kept("vault/"), kept("round/"), kept("claims/")), (1, 1, 1), "the output is not open yet");
    requester.open(job.job_id).await.unwrap();
    requester.ended(job.job_id).await.unwrap();
    for prefix in ["vault/", "round/", "claims/", "faulted/", "under-way/"] {
        assert_eq!(kept(prefix), 0, "{prefix}");
    }
    for worker in 0..3 {
        exchange.set(&job, worker, Does::Hides);
    }
    assert_eq!(requester.open(job.job_id).await.unwrap().values, ANSWER);
}
