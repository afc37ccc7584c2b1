//! The registry as the transport sees it: which relay an endpoint can be reached through, and who belongs.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bithive_client::Client;
use bithive_exchange::PeerId;
use bithive_transport::{Admits, Directory, WarningLimit};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Longest time that a connection waits for the chain.
pub const BOUND: Duration = Duration::from_secs(5);
/// How long membership is remembered: an endpoint that has left is refused after that at the latest.
const MEMBER_FOR: Duration = Duration::from_secs(300);
/// How long it is remembered that an endpoint is not a member.
const STRANGER_FOR: Duration = Duration::from_secs(15);
/// How long a member that is known stays one while the chain does not answer.
pub const GRACE: Duration = Duration::from_secs(3600);
/// Most endpoints whose answers are remembered.
const REMEMBERED: usize = 4096;
/// Most queries to the chain at a time.
const QUESTIONS: usize = 8;

/// Relays of endpoints, as the registry lists them.
pub struct RegistryDirectory(Client);

impl RegistryDirectory {
    /// The directory of a deployment.
    #[must_use]
    pub const fn new(client: Client) -> Self {
        Self(client)
    }
}

#[async_trait]
impl Directory for RegistryDirectory {
    async fn relay_of(&self, peer: PeerId) -> Result<Option<String>, String> {
        let answer = timeout(BOUND, self.0.relay(peer.0)).await;
        answer.map_err(|_| "the chain does not answer in time".to_owned())?.map_err(|error| error.to_string())
    }
}

/// Who the registry knows as a bonded node or requester, or as a committee member in service.
///
/// A member that was asked about lately is admitted without asking. Others wait for the chain, [`BOUND`] at most;
/// when it does not answer, members that are known stay so for [`GRACE`] and everybody else is refused.
pub struct RegistryAdmission {
    client: Client,
    answers: Mutex<HashMap<PeerId, Answer>>,
    questions: Semaphore,
    bound: Duration,
    now: fn() -> Instant,
    log_limit: WarningLimit,
}

#[derive(Clone, Copy)]
struct Answer {
    at: Instant,
    member: bool,
}

impl Answer {
    fn is_fresh(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.at) < if self.member { MEMBER_FOR } else { STRANGER_FOR }
    }
}

impl RegistryAdmission {
    /// The members of a deployment.
    #[must_use]
    pub fn new(client: Client) -> Self {
        let questions = Semaphore::new(QUESTIONS);
        Self {
            client,
            answers: Mutex::default(),
            questions,
            bound: BOUND,
            now: Instant::now,
            log_limit: WarningLimit::default(),
        }
    }

    fn answers(&self) -> MutexGuard<'_, HashMap<PeerId, Answer>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, peer: PeerId) -> Option<Answer> {
        self.answers().get(&peer).copied()
    }

    fn fresh(&self, peer: PeerId) -> Option<bool> {
        self.known(peer).filter(|answer| answer.is_fresh((self.now)())).map(|answer| answer.member)
    }

    async fn ask(&self, peer: PeerId) -> Result<bool, String> {
        let _turn = self.questions.acquire().await.map_err(|error| error.to_string())?;
        // Somebody may have asked meanwhile.
        if let Some(member) = self.fresh(peer) {
            return Ok(member);
        }
        let identity = self.client.identity(peer.0).await.map_err(|error| error.to_string())?;
        let member = identity.is_some();
        self.remember(peer, Answer { at: (self.now)(), member });
        Ok(member)
    }

    fn remember(&self, peer: PeerId, answer: Answer) {
        let mut answers = self.answers();
        if answers.len() >= REMEMBERED && !answers.contains_key(&peer) {
            let now = (self.now)();
            answers.retain(|_, answer| answer.is_fresh(now));
            if answers.len() >= REMEMBERED {
                // Strangers go first: asking about one again is cheap, and only strangers can fill the memory.
                let stranger = answers.iter().find(|(_, answer)| !answer.member).map(|(peer, _)| *peer);
                let other = stranger.or_else(|| answers.keys().next().copied());
                other.map(|other| answers.remove(&other));
            }
        }
        answers.insert(peer, answer);
    }
}

#[async_trait]
impl Admits for RegistryAdmission {
    async fn admits(&self, peer: PeerId) -> bool {
        if let Some(member) = self.fresh(peer) {
            return member;
        }
        let problem = match timeout(self.bound, self.ask(peer)).await {
            Ok(Ok(member)) => return member,
            Ok(Err(problem)) => problem,
            Err(_) => "the chain does not answer in time".to_owned(),
        };
        let lasts = |answer: &Answer| (self.now)().saturating_duration_since(answer.at) < GRACE;
        let member = self.known(peer).is_some_and(|answer| answer.member && lasts(&answer));
        if let Some(left_out) = self.log_limit.permit() {
            tracing::warn!(%peer, problem, admitted = member, left_out, "membership can't be asked for");
        }
        member
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use bithive_api::registry::{IdentityResponse, Role};
    use bithive_chain::{Account, BlockCursor, Chain, ChainError, ChainInfo, GasUse, Receipt, TxHash};
    use bithive_client::Deployment;
    use cosmwasm_std::Addr;

    use super::*;

    /// Knows one member, counts questions, and can hang or fail.
    #[derive(Default)]
    struct Registry {
        asked: AtomicUsize,
        down: AtomicBool,
        hangs: AtomicBool,
    }

    const MEMBER: PeerId = PeerId([1; 32]);
    const STRANGER: PeerId = PeerId([2; 32]);

    fn down() -> ChainError {
        ChainError::NodeDown { reason: "a test".into() }
    }

    #[async_trait]
    impl Chain for Registry {
        async fn info(&self) -> Result<ChainInfo, ChainError> {
            Err(down())
        }
        async fn query_smart(&self, _: &str, msg: Vec<u8>) -> Result<Vec<u8>, ChainError> {
            self.asked.fetch_add(1, Ordering::SeqCst);
            if self.hangs.load(Ordering::SeqCst) {
                std::future::pending::<()>().await;
            }
            if self.down.load(Ordering::SeqCst) {
                return Err(down());
            }
            let member = String::from_utf8(msg).unwrap().contains(&hex::encode(MEMBER.0));
            let identity = IdentityResponse { address: Addr::unchecked("bee1"), role: Role::Node };
            Ok(serde_json::to_vec(&member.then_some(identity)).unwrap())
        }
        async fn account(&self, _: &str) -> Result<Account, ChainError> {
            Err(down())
        }
        async fn balance(&self, _: &str, _: &str) -> Result<u128, ChainError> {
            Err(down())
        }
        async fn simulate(&self, _: &[u8]) -> Result<GasUse, ChainError> {
            Err(down())
        }
        async fn broadcast(&self, _: &[u8]) -> Result<Receipt, ChainError> {
            Err(down())
        }
        async fn tx(&self, _: TxHash) -> Result<Option<Result<Receipt, ChainError>>, ChainError> {
            Err(down())
        }
        fn blocks_from(&self, _: u64) -> BlockCursor {
            panic!("nobody follows blocks here")
        }
    }

    thread_local! {
        /// How far the clock of this test has been put forward.
        static AHEAD: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    }

    fn advance(by: Duration) {
        AHEAD.set(AHEAD.get() + by);
    }

    fn admission() -> (Arc<Registry>, RegistryAdmission) {
        let registry = Arc::new(Registry::default());
        let contracts = bithive_deploy::Role::Market
            .contracts()
            .into_iter()
            .map(|contract| (contract, contract.to_string()));
        let deployment = Deployment::new("test", contracts.collect(), ("treasury", "pool")).unwrap();
        let mut admission = RegistryAdmission::new(Client::new(registry.clone(), deployment));
        admission.now = || Instant::now() + AHEAD.get();
        (registry, admission)
    }

    #[tokio::test]
    async fn members_are_admitted_strangers_are_not_and_the_chain_is_asked_once() {
        let (registry, admission) = admission();
        for _ in 0..10 {
            assert!(admission.admits(MEMBER).await);
            assert!(!admission.admits(STRANGER).await);
        }
        assert_eq!(registry.asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn answers_are_asked_for_again_after_their_time() {
        let (registry, admission) = admission();
        assert!(admission.admits(MEMBER).await && !admission.admits(STRANGER).await);
        advance(STRANGER_FOR);
        assert!(admission.admits(MEMBER).await && !admission.admits(STRANGER).await);
        assert_eq!(registry.asked.load(Ordering::SeqCst), 3, "the stranger is asked about again");
        advance(MEMBER_FOR);
        assert!(admission.admits(MEMBER).await);
        assert_eq!(registry.asked.load(Ordering::SeqCst), 4);
    }

    #[tokio::test]
    async fn a_member_that_is_known_stays_one_while_the_chain_is_down_but_not_for_ever() {
        let (registry, admission) = admission();
        assert!(admission.admits(MEMBER).await);
        registry.down.store(true, Ordering::SeqCst);
        advance(MEMBER_FOR);
        assert!(admission.admits(MEMBER).await);
        assert!(!admission.admits(STRANGER).await);
        advance(GRACE);
        assert!(!admission.admits(MEMBER).await);
        registry.down.store(false, Ordering::SeqCst);
        assert!(admission.admits(MEMBER).await, "a failure is not remembered");
    }

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_crowd_of_strangers_fills_no_log_while_the_chain_is_down() {
        let (registry, admission) = admission();
        registry.down.store(true, Ordering::SeqCst);
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
        let logging = tracing::subscriber::set_default(subscriber);
        for peer in 0..200 {
            assert!(!admission.admits(PeerId([peer; 32])).await);
        }
        drop(logging);
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        // One, or a few where the machine takes seconds for it.
        assert!((1..=5).contains(&text.matches("membership can't be asked for").count()), "{text}");
    }

    #[tokio::test]
    async fn a_chain_that_hangs_holds_nobody_up_for_longer_than_the_bound() {
        let (registry, mut admission) = admission();
        registry.hangs.store(true, Ordering::SeqCst);
        admission.bound = Duration::from_millis(20);
        let many = (0..100u8).map(|index| PeerId([index; 32]));
        let admission = Arc::new(admission);
        let asked: Vec<_> = many
            .map(|peer| {
                let admission = admission.clone();
                tokio::spawn(async move { admission.admits(peer).await })
            })
            .collect();
        for answer in asked {
            assert!(!answer.await.unwrap());
        }
    }

    #[tokio::test]
    async fn the_memory_is_bounded_and_strangers_go_first() {
        let (registry, admission) = admission();
        assert!(admission.admits(MEMBER).await);
        for index in 0..u16::try_from(REMEMBERED + 10).unwrap() {
            let mut peer = [9; 32];
            peer[..2].copy_from_slice(&index.to_be_bytes());
            assert!(!admission.admits(PeerId(peer)).await);
        }
        assert!(admission.answers().len() <= REMEMBERED);
        let asked = registry.asked.load(Ordering::SeqCst);
        assert!(admission.admits(MEMBER).await);
        assert_eq!(registry.asked.load(Ordering::SeqCst), asked);
    }
}
