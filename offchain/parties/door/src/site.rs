//! What the tasks of a door share.

use bithive_client::{Account, Flows};
use bithive_x402::{Accepted, PaymentRequired, Resource, VERSION};
use tokio::sync::{Notify, Semaphore};

use crate::ledger::Ledger;
use crate::reading::Clock;
use crate::service::Service;
use crate::tally::Tally;
use crate::terms::DoorTerms;
use crate::till::Till;

/// How a door is paid.
pub(crate) struct Counter {
    pub(crate) flows: Flows,
    pub(crate) account: Account,
    pub(crate) terms: DoorTerms,
    /// The one way to pay, as clients have to repeat it.
    pub(crate) accepted: Accepted,
    pub(crate) till: Till,
    pub(crate) clock: Clock,
    /// Of requests to the chain.
    pub(crate) questions: Semaphore,
    /// Vouchers may be due.
    pub(crate) due: Notify,
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
    /// What a payment has to be.
    pub(crate) fn required(&self, accepted: &Accepted) -> PaymentRequired {
        let resource = Resource {
            url: format!("{}/predict", self.url),
            description: Some("prediction of a model".into()),
            mime_type: Some("application/json".into()),
        };
        PaymentRequired { version: VERSION, error: None, resource, accepts: vec![accepted.clone()] }
    }
}
