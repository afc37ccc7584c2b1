//! What a gateway needs of whoever posts jobs for it: passed in, so that the gateway knows no chain.

use bithive_fhir::{Job, Manifest};
use bithive_tensor::{Answer, Tensor, Window};

/// What is known of the model of a rule.
#[derive(Clone, Debug)]
pub struct ModelFacts {
    /// What it gives for an image.
    pub answer: Answer,
    /// Names of its classes, in its order.
    pub classes: Vec<String>,
    /// The values that it looks at, where it says so.
    pub window: Option<Window>,
    /// The manifest beside the model.
    pub manifest: Manifest,
    /// Most numbers of a job's result.
    pub most_values: usize,
}

/// What jobs of a rule cost, in base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// What is held for a job until it ends.
    pub escrow: u128,
    /// Most that may be held for one.
    pub most_per_job: u128,
    /// Most that may be held for all that are posted on a day.
    pub most_per_day: u128,
}

/// Whether images may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// The consent holds for all images.
    Given,
    /// Nothing says so, yet: what is missing.
    Missing(String),
    /// It was said, and taken back.
    Revoked(String),
}

/// Why a job was not posted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It may work later: the chain does not answer, the account has too little.
    #[error("{0}")]
    Later(String),
    /// The consent is not there any more.
    #[error("{0:?}")]
    Permission(Permission),
    /// It never will.
    #[error("{0}")]
    Never(String),
}

/// Where a job is.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// Under way: where.
    Waiting(String),
    /// Settled, with its result.
    Settled(Box<Settled>),
    /// It has ended without a result: why.
    Ended(String),
}

/// The result of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    /// Logits of all images.
    pub values: Vec<f32>,
    /// What the chain says of it.
    pub job: Job,
}

/// Posts jobs and follows them. Rules are named by their names; those without a model are none that a market was made for.
#[expect(async_fn_in_trait, reason = "one task works with it; nothing asks for Send")]
pub trait Market {
    /// The model of a rule.
    fn model(&self, rule: &str) -> Option<&ModelFacts>;

    /// What jobs of a rule cost.
    fn prices(&self, rule: &str) -> Option<Prices>;

    /// An amount with its unit.
    fn show(&self, amount: u128) -> String;

    /// Whether the model of a rule can read these images; otherwise why not.
    ///
    /// # Errors
    /// What is wrong with them, in words.
    fn check(&self, rule: &str, images: &Tensor) -> Result<(), String>;

    /// Whether these images may be used, as a file (BHIM), by what the rule says of consents.
    async fn permission(&mut self, rule: &str, images: &[u8]) -> Permission;

    /// Posts a job on these images once for each name, whatever happens in between, and says its number. The consent is checked again.
    ///
    /// # Errors
    /// [`Trouble`].
    async fn post(&mut self, name: &str, rule: &str, images: &[u8]) -> Result<u64, Trouble>;

    /// Does what is next for a job, and says where it is. A job that is settled stays so, whenever it is asked for.
    async fn follow(&mut self, job: u64) -> Progress;
}
