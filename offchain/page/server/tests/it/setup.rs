//! A network in memory, and a page before it.

use std::net::SocketAddr;
use std::sync::Arc;

use bithive_chain::http::HttpLimits;
use bithive_chain::{Chain as _, CosmosOptions, Embedded, ServeOptions, Server};
use bithive_exchange::{Exchange, LocalNetwork, PeerId};
use bithive_local::{Groups, Local};
use bithive_page::{DevelopmentKey, Node, Page, PageOptions, Reports, SessionOptions};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use serde_json::Value;

use crate::client::{Asked, ask};

pub const MAIN: PeerId = PeerId([1; 32]);
pub const SECOND: PeerId = PeerId([2; 32]);
pub const NATIVE: PeerId = PeerId([9; 32]);

/// How a page of a test differs from the usual one.
#[derive(Default)]
pub struct Change {
    pub limits: Option<HttpLimits>,
    pub hosts: Vec<String>,
    pub origins: Vec<String>,
    pub keys: Option<Vec<DevelopmentKey>>,
    pub reports: Option<Arc<dyn Reports>>,
    /// The chain is behind a node, not in this process.
    pub behind: bool,
}

/// A page with two sessions, and what is behind it.
pub struct Setup {
    pub local: Local,
    pub network: LocalNetwork,
    pub page: Page,
    pub tokens: Vec<String>,
    pub folder: tempfile::TempDir,
    pub server: Option<Server>,
    pub metrics: bithive_monitor::Metrics,
}

pub async fn setup() -> Setup {
    with(Change::default()).await
}

pub async fn with(change: Change) -> Setup {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let network = LocalNetwork::in_memory();
    let local = Local::in_memory(Groups::new(1, 4).unwrap(), network.clone(), &mut rng).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (node, server) = node(&local.chain, change.behind).await;
    let mut options = PageOptions::new(
        node,
        local.chain.info().await.unwrap(),
        local.client.deployment().clone(),
        &folder.path().join("spool"),
    );
    options.limits = change.limits.unwrap_or(options.limits);
    (options.hosts, options.origins) = (change.hosts, change.origins);
    options.reference_string = Some(local.crs.encode());
    (options.development_keys, options.reports) = (change.keys, change.reports);
    options.sessions = vec![
        session("main", Arc::new(network.endpoint(MAIN))),
        session("second", Arc::new(network.endpoint(SECOND))),
    ];
    let (page, metrics) = Page::start(options).await.unwrap();
    let tokens = tokens(&page);
    Setup { local, network, page, tokens, folder, server, metrics }
}

async fn node(chain: &Embedded, behind: bool) -> (Node, Option<Server>) {
    if !behind {
        return (Node::Embedded(chain.clone()), None);
    }
    let server = chain.serve(ServeOptions { clock: None, ..ServeOptions::default() }).await.unwrap();
    (Node::behind(vec![CosmosOptions::new(server.url())]).unwrap(), Some(server))
}

pub fn session(name: &str, exchange: Arc<dyn Exchange>) -> SessionOptions {
    SessionOptions { name: name.into(), exchange, relay: None }
}

/// What is behind `#token=` of each entrance.
pub fn tokens(page: &Page) -> Vec<String> {
    page.entrances().map(|(_, url)| url.split_once("#token=").unwrap().1.to_owned()).collect()
}

impl Setup {
    pub fn at(&self) -> SocketAddr {
        self.page.address()
    }

    pub fn ask(&self, method: &str, path: &str) -> Asked {
        ask(self.at(), method, path)
    }

    /// A request of the first session.
    pub fn main(&self, method: &str, path: &str) -> Asked {
        self.ask(method, path).token(&self.tokens[0])
    }

    /// A request of the second one.
    pub fn second(&self, method: &str, path: &str) -> Asked {
        self.ask(method, path).token(&self.tokens[1])
    }

    pub async fn json(&self, path: &str) -> Value {
        let answer = self.ask("GET", path).send().await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }
}
