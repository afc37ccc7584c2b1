//! What `bithive page` serves: the page for people, the chain behind it, and a blind courier to the network's endpoints.
//!
//! README.md is the interface. In the code, from what needs nothing to what needs all: errors (`refused`) and what is read
//! of requests (`input`); the files of the page (`assets`) and the headers around everything (`headers`); the chain
//! (`node`) and what is asked of it (`rpc`, `rest`, `batch`); sessions (`session`) with requests and mail (`courier`,
//! `events`) and content (`blobs`); reports of jobs ([`Reports`]); what the page is told (`config`); who answers what (`route`); [`Page`].
//!
//! Browsers are not trusted, and neither are the pages of others in them: the name under which the server is asked and the page
//! that asks are checked on every request (`bithive_chain::guard`), a session needs its token, and whatever one client can use up
//! has a limit. Nodes and peers are not trusted with anything but what they are asked for.

mod assets;
mod batch;
mod blobs;
mod config;
mod courier;
mod events;
mod headers;
mod input;
mod node;
mod refused;
mod reports;
mod rest;
mod route;
mod rpc;
mod session;
mod tally;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bithive_chain::guard::Guard;
use bithive_chain::http::{HttpLimits, HttpServer};
use bithive_chain::{ChainError, ChainInfo};
use bithive_client::Deployment;
use bithive_listener::{Turned, raise_file_limit};
use bithive_monitor::{Metrics, StatusSource};
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

pub use assets::{Damaged, FileDigest, files};
pub use node::Node;
pub use reports::{Reports, ReportsError};
pub use route::DevelopmentKey;
pub use session::SessionOptions;

use assets::Assets;
use config::Offers;
use route::Site;
use session::Session;
use tally::{PageMonitor, Tally};

/// Connections: a browser has six for an origin, and there may be many tabs and a proxy.
const LIMITS: HttpLimits = HttpLimits::of_connections(256);

/// What is served, where, and to whom.
pub struct PageOptions {
    /// Address to listen at; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Names without port under which browsers ask for the server (`Host`), beside its address and `localhost`.
    pub hosts: Vec<String>,
    /// Pages that may ask (`Origin`), beside the server's own: that of a proxy before it, like `https://page.example`.
    pub origins: Vec<String>,
    /// What clients may use of the server. Default 256 connections, 128 of one address.
    pub limits: HttpLimits,
    /// The node through which the chain is reached.
    pub node: Node,
    /// What wallets have to know of it.
    pub info: ChainInfo,
    /// The contracts on it.
    pub deployment: Deployment,
    /// The reference string of the broadcast groups, as `Crs::encode` writes it; without one nothing can be encrypted.
    pub reference_string: Option<Vec<u8>>,
    /// Who has a mailbox.
    pub sessions: Vec<SessionOptions>,
    /// Keys of funded accounts, for whoever has a token. Only of a demonstration in this process.
    pub development_keys: Option<Vec<DevelopmentKey>>,
    /// Reports of jobs, for whoever has a token.
    pub reports: Option<Arc<dyn Reports>>,
    /// Folder for uploads that are under way, which belongs to this server alone.
    pub spool: PathBuf,
}

impl PageOptions {
    /// A server of a chain on a free port of this machine, without sessions.
    #[must_use]
    pub fn new(node: Node, info: ChainInfo, deployment: Deployment, spool: &Path) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            hosts: vec![],
            origins: vec![],
            limits: LIMITS,
            node,
            info,
            deployment,
            reference_string: None,
            sessions: vec![],
            development_keys: None,
            reports: None,
            spool: spool.into(),
        }
    }
}

/// Why the page is not served.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// Nobody can listen at the address.
    #[error(
        "--listen {address}: {problem}; another program may have it: choose another, or port 0 for a free one"
    )]
    Listen {
        /// The address of `--listen`.
        address: SocketAddr,
        /// What the system says.
        problem: std::io::Error,
    },
    /// A name or an origin is none.
    #[error("--{option}: {problem}")]
    Option {
        /// Name of the option, without dashes.
        option: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The folder can't be used.
    #[error("{folder}: {problem}")]
    State {
        /// Path of the folder.
        folder: String,
        /// What the system says.
        problem: std::io::Error,
    },
    /// Keys would be given out on a chain that others use.
    #[error("keys are given to a page only on a demonstration chain in this process; connect a wallet")]
    KeysOfAChain,
    /// The contracts are on another chain.
    #[error("the contracts are on {expected}, and the chain is {found}; name the network of that chain")]
    OtherChain {
        /// Chain id in the deployment.
        expected: String,
        /// Chain id that the node states.
        found: String,
    },
    /// A file of the page is damaged.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// The system gives no randomness for tokens.
    #[error("the system gives no randomness: {0}")]
    Randomness(getrandom::Error),
    /// The chain does not answer, or not as expected.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

/// The page being served. Dropping it breaks open connections off; [`Page::stop`] lets them finish.
pub struct Page {
    http: HttpServer,
    stopping: watch::Sender<bool>,
    sessions: Vec<(String, Zeroizing<String>)>,
    monitor: Arc<PageMonitor>,
    tally: Arc<Tally>,
    /// Wait for mail.
    hubs: JoinSet<()>,
}

impl Page {
    /// Serves until it is stopped; beside it the metrics, for `bithive_monitor::serve`. The process's limit of open files is
    /// raised as far as the system lets it.
    ///
    /// # Errors
    /// [`PageError`].
    pub async fn start(options: PageOptions) -> Result<(Self, Metrics), PageError> {
        let PageOptions { listen, limits, node, info, deployment, spool, .. } = options;
        if options.development_keys.is_some() && !matches!(node, Node::Embedded(_)) {
            return Err(PageError::KeysOfAChain);
        }
        if deployment.chain_id != info.chain_id {
            return Err(PageError::OtherChain { expected: deployment.chain_id, found: info.chain_id });
        }
        clear(&spool)?;
        let assets = Assets::unpack()?;
        let (mut sessions, mut tokens, mut hubs) = (vec![], vec![], JoinSet::new());
        for session in options.sessions {
            let name = session.name.clone();
            let (session, token, hub) = Session::open(session).map_err(PageError::Randomness)?;
            hubs.spawn(hub);
            sessions.push(Arc::new(session));
            tokens.push((name, token));
        }
        let offers =
            Offers { demonstration: options.development_keys.is_some(), reports: options.reports.is_some() };
        let bytes = options.reference_string.as_ref().map(Vec::len);
        let first = sessions.first().map(Arc::as_ref);
        let config = config::write(&node, &info, &deployment, bytes, first, offers).to_string();
        raise_file_limit();
        let in_use = |problem| PageError::Listen { address: listen, problem };
        let bound = HttpServer::bind(listen, limits).await.map_err(in_use)?;
        let guard = Guard::new(bound.address(), &options.hosts, &options.origins);
        let guard = guard.map_err(|(option, problem)| PageError::Option { option, problem })?;
        let (stopping, stopped) = watch::channel(false);
        let (tally, metrics) = Tally::new();
        let count = sessions.len();
        let site = Arc::new(Site {
            guard,
            node,
            assets,
            config,
            reference_string: options.reference_string.map(|bytes| {
                let tag = format!("\"{}\"", hex::encode(Sha256::digest(&bytes)));
                (bytes.into(), tag)
            }),
            sessions,
            development_keys: options.development_keys,
            reports: options.reports,
            spool,
            stopping: stopped,
            tally: tally.clone(),
        });
        let http = bound.start(move |request| route::answer(site.clone(), request));
        let monitor = Arc::new(PageMonitor {
            tally: tally.clone(),
            http: http.tally(),
            chain_id: info.chain_id,
            sessions: count,
        });
        Ok((Self { http, stopping, sessions: tokens, monitor, tally, hubs }, metrics))
    }

    /// Address that it listens at.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.http.address()
    }

    /// Address of the page, with a name that a browser takes for its own machine's if it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address())
    }

    /// What to open in a browser: the name of each session, and the page's address with its token, which is a secret.
    pub fn entrances(&self) -> impl Iterator<Item = (&str, Zeroizing<String>)> {
        let entrance = |token: &str| Zeroizing::new(format!("{}#token={token}", self.url()));
        self.sessions.iter().map(move |(name, token)| (name.as_str(), entrance(token.as_str())))
    }

    /// Its counters, for the metrics.
    #[must_use]
    pub fn monitor(&self) -> Arc<dyn StatusSource> {
        self.monitor.clone()
    }

    /// Connections that were closed or refused, by reason.
    #[must_use]
    pub fn turned(&self) -> Turned {
        self.http.turned()
    }

    /// Browsers that wait for mail.
    #[must_use]
    pub fn listeners(&self) -> i64 {
        self.tally.listeners()
    }

    /// Ends streams of events, answers the requests that have arrived, and takes no more.
    pub async fn stop(mut self) {
        self.stopping.send_replace(true);
        self.http.stop().await;
        // From here on nothing holds an end of the network.
        self.hubs.shutdown().await;
    }
}

/// Makes the folder for uploads, and removes what an earlier process left in it.
fn clear(spool: &Path) -> Result<(), PageError> {
    let state = |problem| PageError::State { folder: spool.display().to_string(), problem };
    std::fs::create_dir_all(spool).map_err(state)?;
    for entry in std::fs::read_dir(spool).map_err(state)? {
        let file = entry.map_err(state)?.path();
        if file.is_file() {
            std::fs::remove_file(file).map_err(state)?;
        }
    }
    Ok(())
}
