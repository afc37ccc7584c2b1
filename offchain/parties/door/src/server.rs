//! A door as a server: its tasks, and what they share.

use std::net::SocketAddr;
use std::sync::Arc;

use bithive_chain::ChainError;
use bithive_chain::http::{HttpLimits, HttpServer};
use bithive_client::{Account, Flows, Incomplete};
use bithive_listener::{Turned, raise_file_limit};
use bithive_monitor::{Metrics, StatusSource};
use bithive_state::StateError;
use bithive_x402::{Accepted, Amount, BATCH_SETTLEMENT, Extra, network};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::ledger::Ledger;
use crate::limits::{CONNECTIONS, QUESTIONS, STALE, STOP_PATIENCE};
use crate::monitor::DoorMonitor;
use crate::reading::Clock;
use crate::service::Service;
use crate::shop::{BadOffer, NotOpened, Shop};
use crate::site::{Counter, Site};
use crate::tally::Tally;
use crate::terms::{BadTerms, DoorTerms};
use crate::till::Till;
use crate::{redeem, route, watch};

/// What is served, where, and for what.
pub struct DoorOptions {
    /// Address to listen at; port 0 takes a free one.
    pub listen: SocketAddr,
    /// URL under which clients reach it, where that is another one: a server with TLS stands before it.
    pub url: Option<String>,
    /// What clients may use of the server.
    pub limits: HttpLimits,
    /// The model that answers requests.
    pub service: Service,
    /// Records of what was paid and served.
    pub ledger: Ledger,
    /// Who is paid, and what; without, everybody is served for nothing, as measurements need it.
    pub paid: Option<(Account, DoorTerms)>,
}

impl DoorOptions {
    /// A door on a free port of this machine, with usual limits.
    #[must_use]
    pub fn new(service: Service, ledger: Ledger, paid: Option<(Account, DoorTerms)>) -> Self {
        let (listen, limits) =
            (SocketAddr::from(([127, 0, 0, 1], 0)), HttpLimits::of_connections(CONNECTIONS));
        Self { listen, url: None, limits, service, ledger, paid }
    }
}

/// Why a door does not open.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// Nobody can listen at the address.
    #[error(
        "--listen {address}: {problem}; another program may have it: choose another, or port 0 for a free one"
    )]
    Listen {
        /// Address that it should have listened on.
        address: SocketAddr,
        /// What the system says.
        problem: std::io::Error,
    },
    /// A price, or what may be owed, makes no sense.
    #[error(transparent)]
    Terms(#[from] BadTerms),
    /// The account that redeems is not the one that is paid.
    #[error("the account {account} would redeem for {payee}; expected one account")]
    OtherAccount {
        /// Address of the account that is paid.
        account: String,
        /// Who is paid.
        payee: String,
    },
    /// The offer can't sell requests.
    #[error(transparent)]
    Offer(#[from] BadOffer),
    /// The network has no flows.
    #[error(transparent)]
    NoFlows(#[from] Incomplete),
    /// The chain does not answer.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The records can't be used.
    #[error(transparent)]
    State(#[from] StateError),
}

/// A door that is open. Dropping it breaks open connections off; [`Door::stop`] lets them finish, and redeems.
pub struct Door {
    http: HttpServer,
    site: Arc<Site>,
    monitor: Arc<DoorMonitor>,
    tasks: JoinSet<()>,
}

impl Door {
    /// Opens; beside it the metrics, for `bithive_monitor::serve`.
    ///
    /// # Errors
    /// [`DoorError`].
    pub async fn start(options: DoorOptions) -> Result<(Self, Metrics), DoorError> {
        let DoorOptions { listen, url, limits, service, ledger, paid } = options;
        let counter = match paid {
            Some((account, terms)) => Some(counter(account, terms).await?),
            None => None,
        };
        // Flows that owed when the last process ended are read first.
        let mut owing = Vec::new();
        if let Some(counter) = &counter {
            for flow in ledger.flows()? {
                if let Some(book) = ledger.book(flow)?.filter(|book| book.exposure() > 0) {
                    counter.till.recall(flow, &book);
                    owing.push(flow);
                }
            }
        }
        raise_file_limit();
        let in_use = |problem| DoorError::Listen { address: listen, problem };
        let bound = HttpServer::bind(listen, limits).await.map_err(in_use)?;
        let url = url.unwrap_or_else(|| format!("http://{}", bound.address()));
        let (tally, metrics) = Tally::new();
        let site = Arc::new(Site { service, ledger, counter, url, tally });
        let mut tasks = JoinSet::new();
        if site.counter.is_some() {
            tasks.spawn(watch::follow(site.clone(), owing));
            tasks.spawn(redeem::work(site.clone()));
        }
        let answering = site.clone();
        let http = bound.start(move |request| route::answer(answering.clone(), request));
        let monitor = Arc::new(DoorMonitor { site: site.clone(), http: http.tally() });
        Ok((Self { http, site, monitor, tasks }, metrics))
    }

    /// Address that it listens at.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.http.address()
    }

    /// URL of its predictions.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/predict", self.site.url)
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

    /// What was served and the chain has not credited, in base units.
    #[must_use]
    pub fn exposure(&self) -> u128 {
        self.site.counter.as_ref().map_or(0, |counter| counter.till.exposed())
    }

    /// Returns when the records on disk can't be written any more. The process ends then; the next one reads what there is.
    pub async fn failed(&self) {
        self.site.ledger.failed().await;
    }

    /// Answers the requests that have arrived, takes no more, and redeems what is owed, within 20 s. What remains is on disk, and redeemed
    /// after the next start.
    pub async fn stop(mut self) {
        self.http.stop().await;
        self.tasks.shutdown().await;
        if let Some(counter) = &self.site.counter
            && timeout(STOP_PATIENCE, redeem::rest(&self.site, counter)).await.is_err()
        {
            tracing::warn!(owed = %counter.till.exposed(), "vouchers are left to redeem; start the door again for them");
        }
    }
}

async fn counter(account: Account, terms: DoorTerms) -> Result<Counter, DoorError> {
    terms.check()?;
    if account.address() != terms.payee {
        let (account, payee) = (account.address().to_owned(), terms.payee);
        return Err(DoorError::OtherAccount { account, payee });
    }
    let flows = Flows::new(account.client().clone())?;
    let info = account.client().chain().info().await?;
    let clock = Clock::default();
    clock.set(info.time.seconds());
    let shop = match terms.offer {
        None => None,
        Some(offer) => {
            let opened = Shop::open(account.client().clone(), offer, &terms.payee).await;
            Some(opened.map_err(|error| match error {
                NotOpened::Bad(bad) => DoorError::Offer(bad),
                NotOpened::Chain(error) => DoorError::Chain(error),
            })?)
        }
    };
    let accepted = Accepted {
        scheme: BATCH_SETTLEMENT.into(),
        network: network::cosmos(flows.chain_id()),
        amount: Amount(terms.price),
        asset: terms.asset.to_string(),
        pay_to: terms.payee.clone(),
        max_timeout_seconds: STALE.as_secs(),
        extra: Extra {
            contract: Some(flows.contract().to_owned()),
            withdraw_delay: Some(terms.min_notice),
            min_deposit: Some(Amount(terms.min_deposit)),
            ..Extra::default()
        },
    };
    let till = Till::new(terms.exposure);
    let (questions, due) = (Semaphore::new(QUESTIONS), Notify::new());
    Ok(Counter { flows, account, terms, accepted, shop, till, clock, questions, due })
}
