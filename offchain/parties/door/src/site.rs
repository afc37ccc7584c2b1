//! What the tasks of a door share.

use bithive_client::{Account, Flows};
use bithive_x402::{Accepted, Digest, PaymentRequired, Resource, VERSION};
use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::ledger::Ledger;
use crate::limits::QUESTION;
use crate::reading::Clock;
use crate::refused::Refused;
use crate::service::Service;
use crate::shop::Shop;
use crate::tally::Tally;
use crate::terms::DoorTerms;
use crate::till::Till;

/// How a door is paid.
pub(crate) struct Counter {
    pub(crate) flows: Flows,
    pub(crate) account: Account,
    pub(crate) terms: DoorTerms,
    /// The way to pay by vouchers, as clients have to repeat it.
    pub(crate) accepted: Accepted,
    /// What requests are sold for by transactions, if they are.
    pub(crate) shop: Option<Shop>,
    pub(crate) till: Till,
    pub(crate) clock: Clock,
    /// Of requests to the chain.
    pub(crate) questions: Semaphore,
    /// Vouchers may be due.
    pub(crate) due: Notify,
}

impl Counter {
    /// The ways to pay: by vouchers, as `accepted` says, and on the chain, where `request` is the digest of the one that is answered.
    pub(crate) fn ways(&self, accepted: &Accepted, request: Option<Digest>) -> Vec<Accepted> {
        let mut ways = vec![accepted.clone()];
        ways.extend(self.shop.as_ref().map(|shop| shop.accepted.clone()));
        for way in ways.iter_mut().skip(1) {
            way.extra.request = request;
        }
        ways
    }

    /// A turn to ask the chain.
    pub(crate) async fn question(&self) -> Result<SemaphorePermit<'_>, Refused> {
        let busy = || Refused::busy("too many questions of requests to the chain");
        timeout(QUESTION, self.questions.acquire()).await.map_err(|_| busy())?.map_err(|_| busy())
    }
}

/// Everything that answers are made of.
pub(crate) struct Site {
    pub(crate) service: Service,
    pub(crate) ledger: Ledger,
    pub(crate) counter: Option<Counter>,
    pub(crate) url: String,
    pub(crate) tally: Tally,
}

impl Site {
    /// What a payment has to be, as [`Counter::ways`].
    pub(crate) fn required(&self, accepted: &Accepted, request: Option<Digest>) -> PaymentRequired {
        let resource = Resource {
            url: format!("{}/predict", self.url),
            description: Some("prediction of a model".into()),
            mime_type: Some("application/json".into()),
        };
        let accepts = self.counter.as_ref().map_or_else(Vec::new, |counter| counter.ways(accepted, request));
        PaymentRequired { version: VERSION, error: None, resource, accepts }
    }
}
