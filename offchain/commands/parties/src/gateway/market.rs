//! Jobs of a gateway, by a requester with a configuration of its own.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use bithive_api::jobs::Phase;
use bithive_attest::result::words_for;
use bithive_audit::{Act, Outcome};
use bithive_audit_log::AuditLog;
use bithive_chain::ChainError;
use bithive_client::amount;
use bithive_gateway::{Market, ModelFacts, Permission, Prices, Progress, Settled, Trouble};
use bithive_inference::{Images, ModelInput};
use bithive_requester::{Following, JobSpec, Requester, RequesterError, attested};

use super::consents::{self, Found};
use super::rules::Prepared;
use crate::play::{Followed, Next, Player, passes};
use crate::tell::{Teller, words};

/// Posts jobs of studies and follows them.
pub(super) struct RequesterMarket {
    requester: Requester,
    rules: BTreeMap<String, Prepared>,
    followed: BTreeMap<u64, Followed>,
}

impl RequesterMarket {
    pub(super) fn new(requester: Requester, rules: BTreeMap<String, Prepared>) -> Self {
        Self { requester, rules, followed: BTreeMap::new() }
    }

    async fn find(&self, rule: &str, images: &[u8]) -> Option<Found> {
        let consent = self.rules.get(rule)?.consent.as_ref()?;
        let account = self.requester.account();
        Some(consents::find(consent, account.client(), account.address(), images).await)
    }

    async fn spec(&self, rule: &str, images: &[u8]) -> Result<JobSpec, Trouble> {
        let never = |error: String| Trouble::Never(error);
        let prepared = self.rules.get(rule).ok_or_else(|| never("its rule is not there".into()))?;
        let images = Images::decode(images).map_err(|error| never(error.to_string()))?;
        let values = images.shape().images().saturating_mul(prepared.model.values_each());
        Ok(JobSpec {
            policy: prepared.policy.clone(),
            rows: ModelInput::Images(images).encode(),
            dimensions: u16::try_from(words_for(values)).map_err(|error| never(error.to_string()))?,
            model: prepared.model_bytes.clone(),
            offer: prepared.offer.clone(),
        })
    }

    /// The step of a job; whether it has ended, and with its output.
    async fn step(&mut self, job: u64) -> Result<Option<bool>> {
        if !self.followed.contains_key(&job) {
            let following = self.requester.following(job).await?;
            self.followed.insert(job, Followed::new((job, following)));
        }
        let client = self.requester.account().client().clone();
        let Some(followed) = self.followed.get_mut(&job) else { return Ok(None) };
        // Workers are asked for the output as long as it takes.
        let mut player = Player::new(client, &mut self.requester, Teller::log(), Duration::MAX);
        Ok(match player.step(followed).await? {
            Next::Wait => None,
            Next::Ended(with_output) => Some(with_output),
        })
    }

    async fn settled(&mut self, job: u64) -> Result<Settled> {
        let values = self.requester.open(job).await?.values;
        let client = self.requester.account().client();
        let facts = attested(client, &client.job(job).await?).await?;
        Ok(Settled { values, job: facts })
    }
}

impl Market for RequesterMarket {
    fn model(&self, rule: &str) -> Option<&ModelFacts> {
        self.rules.get(rule).map(|prepared| &prepared.facts)
    }

    fn prices(&self, rule: &str) -> Option<Prices> {
        self.rules.get(rule).map(|prepared| prepared.prices)
    }

    fn show(&self, amount: u128) -> String {
        amount::show(amount)
    }

    fn check(&self, rule: &str, images: &Images) -> Result<(), String> {
        let Some(prepared) = self.rules.get(rule) else { return Err("its rule is not there".into()) };
        let input = ModelInput::Images(images.clone());
        prepared.model.check_input(&input).map_err(|error| error.to_string())
    }

    async fn permission(&mut self, rule: &str, images: &[u8]) -> Permission {
        match self.find(rule, images).await {
            None | Some(Found::Given(..)) => Permission::Given,
            Some(Found::Not(permission)) => permission,
        }
    }

    async fn post(&mut self, name: &str, rule: &str, images: &[u8]) -> Result<u64, Trouble> {
        // One that is on the chain needs no consent to be found.
        if let Some(job) = self.requester.posted_once(name).await.map_err(|error| trouble(&error))? {
            return Ok(job);
        }
        let (relied, bases) = match self.find(rule, images).await {
            None => (None, Vec::new()),
            Some(Found::Given(relied, bases)) => (Some(relied), bases),
            Some(Found::Not(permission)) => return Err(Trouble::Permission(permission)),
        };
        let spec = self.spec(rule, images).await?;
        self.requester.rely_on(relied);
        self.requester.name_bases(bases);
        let object = |log: &AuditLog| log.object("study", name);
        let opened =
            self.requester.log(Act::Opened, Outcome::Success, (object, None), self.requester.relied());
        opened.map_err(|error| trouble(&error))?;
        let posted = self.requester.post_once(name, &spec, &Following::default()).await;
        posted.map_err(|error| trouble(&error))
    }

    async fn follow(&mut self, job: u64) -> Progress {
        let ended = match self.step(job).await {
            Ok(Some(true)) => match self.settled(job).await {
                Ok(settled) => {
                    self.followed.remove(&job);
                    return Progress::Settled(Box::new(settled));
                }
                Err(error) => return waiting(&error),
            },
            Ok(Some(false)) => true,
            Ok(None) => false,
            Err(error) => match error.downcast_ref::<RequesterError>() {
                Some(RequesterError::NotOurs { .. } | RequesterError::OtherVersion { .. }) => {
                    return Progress::Ended(error.to_string());
                }
                _ => return waiting(&error),
            },
        };
        if ended {
            self.followed.remove(&job);
            let why = "it was refunded: no workers took it in time, or they did not agree";
            return Progress::Ended(why.into());
        }
        let told = self.followed.get(&job).and_then(Followed::told);
        Progress::Waiting(told.map_or_else(|| "it goes on".into(), words))
    }
}

/// Whatever goes wrong while a job is followed may pass: the job ends by its deadlines in any case.
fn waiting(error: &anyhow::Error) -> Progress {
    if !passes(error) {
        tracing::warn!(error = format!("{error:#}"), "a job of a study does not go on");
    }
    let early = matches!(error.downcast_ref(), Some(RequesterError::Phase { phase, .. }) if *phase == format!("{:?}", Phase::Settled));
    let words = if early { "settled; waiting for the signature".into() } else { format!("{error:#}") };
    Progress::Waiting(words)
}

/// Whether it can work later, and what helps.
fn trouble(error: &RequesterError) -> Trouble {
    let words = error.to_string();
    match error {
        RequesterError::Grant(grant) => match consents::standing(grant) {
            Some(permission) => Trouble::Permission(permission),
            None => Trouble::Later(words),
        },
        RequesterError::Chain(
            ChainError::Contract { .. }
            | ChainError::Execution { .. }
            | ChainError::OutOfGas { .. }
            | ChainError::TxTooLarge { .. },
        )
        | RequesterError::Term { .. }
        | RequesterError::Policy(_)
        | RequesterError::Vault(_)
        | RequesterError::Mismatch { .. } => Trouble::Never(words),
        _ => Trouble::Later(words),
    }
}
