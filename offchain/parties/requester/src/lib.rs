//! The requester of a job.
//!
//! [`Requester::post`] seals the policy and puts the price in escrow, [`Requester::collect`] opens and checks the
//! claims that arrived, [`Requester::assign`] chooses workers and encrypts the input to exactly them, and
//! [`Requester::open`] opens the output of a settled job. What is needed later is recorded before anything is
//! sent, under the digest of the vault, so that a crash between a transaction and its answer loses nothing:
//! [`Requester::unfinished`] finds the jobs to go on with.

mod assign;
mod attested;
mod audit;
mod bad_copy;
mod claims;
mod close;
mod error;
mod offer;
mod once;
mod post;
mod progress;
mod records;
mod relied;
mod result;
mod under_way;

use std::sync::Arc;

use bithive_api::grants::Basis;
use bithive_audit_log::AuditLog;
use bithive_client::{Account, Client};
use bithive_committee::TagSource;
use bithive_dgkbe::envelope::Sender;
use bithive_dgkbe::kem::SenderGroups;
use bithive_dgkbe::{Crs, Groups};
use bithive_exchange::{Exchange, PeerId};
use bithive_payload::JobRef;
use bithive_state::State;
use rand_chacha::ChaCha20Rng;

pub use assign::{Assigned, Selection};
pub use attested::attested;
pub use bad_copy::BadCopy;
pub use claims::{Collected, RefusedClaim};
pub use close::is_overdue;
pub use error::RequesterError;
pub use offer::{Offer, Quorum, Windows};
pub use post::{JobSpec, Posted};
pub use progress::{AssignedWorker, AssignmentSummary, JobProgress};
pub use records::AcceptedClaim;
pub use relied::Relied;
pub use result::Opened;
pub use under_way::{Following, Unfinished};

/// A requester: an account with the records of its jobs.
pub struct Requester {
    account: Account,
    exchange: Arc<dyn Exchange>,
    tags: TagSource,
    state: State,
    crs: Arc<Crs>,
    sender: Sender,
    rng: ChaCha20Rng,
    /// Where it is logged what it does with data, if anywhere.
    audit: Option<AuditLog>,
    /// The consent under which it posts.
    relied: Option<Relied>,
    /// What permits the data of the jobs that it posts to be used.
    bases: Vec<Basis>,
}

impl Requester {
    /// The requester behind an account and an endpoint; both must be registered before it can post. `groups` is how
    /// the registry divides the slots.
    ///
    /// # Errors
    /// [`RequesterError::Kem`] for groups of another size than the reference string's.
    pub fn new(
        account: Account,
        exchange: Arc<dyn Exchange>,
        tags: TagSource,
        state: State,
        (crs, groups): (Arc<Crs>, Groups),
        rng: ChaCha20Rng,
    ) -> Result<Self, RequesterError> {
        let sender = Sender::new(SenderGroups::new(crs.clone(), groups)?);
        Ok(Self {
            account,
            exchange,
            tags,
            state,
            crs,
            sender,
            rng,
            audit: None,
            relied: None,
            bases: vec![],
        })
    }

    /// The account that it signs with.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Where it receives claims.
    #[must_use]
    pub fn endpoint(&self) -> PeerId {
        self.exchange.id()
    }

    fn client(&self) -> &Client {
        self.account.client()
    }

    fn reference(&self, job_id: u64, round: u8) -> JobRef<'_> {
        JobRef { jobs: self.client().deployment().jobs_domain(), job_id, round }
    }
}
