//! Posting: the policy goes into a vault, the price into escrow.

use bithive_api::jobs::{Hook, Terms};
use bithive_api::timebank;
use bithive_audit::{Act, Outcome};
use bithive_audit_log::AuditLog;
use bithive_blindmatch::claim::RequesterKey;
use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::vault::{DEFAULT_BUDGET, Poster, Vault};
use bithive_chain::{ChainError, ChainExt as _, Message, Receipt, SignedTx};
use bytes::Bytes;
use cosmwasm_std::{StdError, Uint128, to_json_binary};
use cw20::Cw20ExecuteMsg;
use rand_core::Rng as _;

use crate::records::{Secrets, digest_of, secrets_name};
use crate::under_way::{UnderWay, is_refusal, posted_id, under_way_name};
use crate::{Following, Offer, Requester, RequesterError};

/// What is to be done, by whom, and for how much.
#[derive(Clone)]
pub struct JobSpec {
    /// Who may work on it.
    pub policy: Policy,
    /// The rows or images, in the model runtime's encoding.
    pub rows: Vec<u8>,
    /// Words of the masked result; `bithive_attest::result::words_for` the numbers of the result: one for each row, or the
    /// logits of all images.
    pub dimensions: u16,
    /// The model file. It is published; the chain holds its digest.
    pub model: Bytes,
    /// What is offered to workers, and asked of them.
    pub offer: Offer,
}

impl JobSpec {
    /// What is held for the job until it ends, in base units.
    ///
    /// # Errors
    /// As [`Offer::escrow`].
    pub fn escrow(&self) -> Result<u128, RequesterError> {
        self.offer.escrow()
    }
}

/// A posted job.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Number of the job in its market.
    pub job_id: u64,
    /// The vault as it is on chain.
    pub vault: Vec<u8>,
    /// Receipt of the transaction that posted it.
    pub receipt: Receipt,
}

impl Requester {
    /// Posts a job, to be followed in the usual way.
    ///
    /// # Errors
    /// As [`Requester::post_as`].
    pub async fn post(&mut self, spec: &JobSpec) -> Result<Posted, RequesterError> {
        self.post_as(spec, &Following::default()).await
    }

    /// Posts a job. All that it takes to go on with it is recorded before the transaction is sent:
    /// [`Requester::unfinished`] finds it, whatever became of this call.
    ///
    /// # Errors
    /// [`RequesterError::Term`], [`RequesterError::Funds`], [`RequesterError::Credits`], [`RequesterError::Grant`]; the contract names another term that is out of bounds.
    pub async fn post_as(&mut self, spec: &JobSpec, following: &Following) -> Result<Posted, RequesterError> {
        self.post_under(spec, following, None).await
    }

    /// Posts a job, which can be found by a name afterwards if it has one.
    pub(crate) async fn post_under(
        &mut self,
        spec: &JobSpec,
        following: &Following,
        own_name: Option<&str>,
    ) -> Result<Posted, RequesterError> {
        spec.offer.check()?;
        self.afford(spec).await?;
        self.client().expect_permitted(self.account.address(), &self.bases).await?;
        let compiled = spec.policy.compile(self.tags.schema())?;
        let epoch = self.tags.epoch().await?;
        let tags = self.tags.tags(epoch, &compiled.evaluations(), &mut self.rng).await?;
        let key = RequesterKey::generate(&mut self.rng);
        let endpoint = self.exchange.id().0;
        let domain = self.client().deployment().jobs_domain();
        let poster = Poster::new(domain.chain_id, domain.contract, self.account.address());
        let (vault, match_key) =
            Vault::seal(&compiled, &tags, &poster, key.public(), endpoint, DEFAULT_BUDGET, &mut self.rng)?;
        let policy = serde_json::to_vec(&spec.policy)
            .map_err(|error| RequesterError::Mismatch { what: "the policy", reason: error.to_string() })?;
        let mut salt = [0; 32];
        self.rng.fill_bytes(&mut salt);
        let secrets = Secrets {
            match_key: *match_key.as_bytes(),
            requester_key: key.encode().to_vec(),
            policy,
            rows: spec.rows.clone(),
            salt,
        };
        let vault = vault.encode();
        let digest = digest_of(&vault);
        let name = under_way_name(&digest);
        // Before anything is recorded or sent. How it ended is another entry: a process that is killed in between leaves this one.
        self.log_posting(Outcome::Begun, &digest)?;
        // Before anything of the job: who asks by the name finds whatever became of it.
        self.record_name(own_name, &digest)?;
        // Before the secrets: it says that there may be secrets of a job that was never posted.
        let begun = UnderWay { following: following.clone(), job_id: None, posting: None };
        self.state.put(&name, &begun)?;
        self.state.put(&secrets_name(&digest), &secrets)?;
        self.record_relied(&digest)?;
        let model = self.exchange.publish(spec.model.clone()).await?;
        let now = self.client().chain().info().await?.time.seconds();
        let terms = spec.offer.terms(now, spec.dimensions, model);
        let message = self.posting(&vault, terms, (spec.escrow()?, spec.offer.credits))?;
        let receipt = match self.send_post(&name, message, following).await {
            Err(error) if is_refusal(&error) => {
                self.forget(&name)?;
                self.log_posting(Outcome::Failed, &digest)?;
                return Err(error.into());
            }
            sent => sent?,
        };
        let job_id = posted_id(&receipt, self.client().deployment().jobs())?;
        let record = UnderWay { following: following.clone(), job_id: Some(job_id), posting: None };
        self.state.put(&name, &record)?;
        self.log_posted(job_id)?;
        Ok(Posted { job_id, vault, receipt })
    }

    /// Logs a job that has no number yet: it is known by its vault.
    fn log_posting(&self, outcome: Outcome, vault: &str) -> Result<(), RequesterError> {
        let object = |log: &AuditLog| log.object("vault", vault);
        self.log(Act::JobPosted, outcome, (object, None), self.relied()).map(drop)
    }

    fn log_posted(&self, job_id: u64) -> Result<(), RequesterError> {
        let object = |log: &AuditLog| log.job(job_id);
        self.log(Act::JobPosted, Outcome::Success, (object, None), self.relied()).map(drop)
    }

    /// Refuses a job that the account can't pay, before the committee is asked for anything.
    async fn afford(&self, spec: &JobSpec) -> Result<(), RequesterError> {
        let (needed, address) = (spec.escrow()?, self.account.address());
        if let Some(most) = spec.offer.credits {
            if !self.bases.is_empty() {
                return Err(RequesterError::Term {
                    option: "--credits",
                    found: most.to_string(),
                    expected: "nothing: the time bank posts no job that names a consent; pay with BTT".into(),
                });
            }
            return self.afford_in_credits(needed, most).await;
        }
        let held = self.client().balance(address).await?;
        if held >= needed {
            return Ok(());
        }
        let (account, Offer { price, quorum, .. }) = (address.to_owned(), &spec.offer);
        Err(RequesterError::Funds { account, held, needed, price: *price, workers: quorum.workers })
    }

    /// As [`Requester::afford`], with credits: the time bank takes whole ones.
    async fn afford_in_credits(&self, escrow: u128, most: u64) -> Result<(), RequesterError> {
        let (client, account) = (self.client(), self.account.address().to_owned());
        let deployment = client.deployment();
        let unknown = || RequesterError::NoTimebank { chain_id: deployment.chain_id.clone() };
        let timebank = deployment.timebank().ok_or_else(unknown)?;
        let config: timebank::ConfigResponse =
            client.chain().query(timebank, &timebank::QueryMsg::Config {}).await?;
        let question = timebank::QueryMsg::Account { address: account.clone() };
        let timebank::AccountResponse { credits: held } = client.chain().query(timebank, &question).await?;
        let needed = escrow.div_ceil(config.params.price.u128().max(1));
        if needed <= held.min(most).into() {
            return Ok(());
        }
        Err(RequesterError::Credits { account, held, needed, most })
    }

    /// The message that posts a job and pays its escrow, in BTT or with credits.
    fn posting(
        &self,
        vault: &[u8],
        terms: Terms,
        (escrow, credits): (u128, Option<u64>),
    ) -> Result<Message, ChainError> {
        let deployment = self.client().deployment();
        let (vault, terms, bases) = (vault.into(), Box::new(terms), self.bases.clone());
        if let Some(most) = credits {
            // That there is a time bank was found out when the account's credits were looked at.
            let spend = timebank::ExecuteMsg::Spend { vault, terms, most };
            return Message::execute(deployment.timebank().unwrap_or_default(), &spend, &[]);
        }
        let invalid =
            |error: StdError| ChainError::InvalidTx { field: "post".into(), reason: error.to_string() };
        let msg = to_json_binary(&Hook::Post { vault, terms, bases }).map_err(invalid)?;
        let (contract, amount) = (deployment.jobs().into(), Uint128::new(escrow));
        Message::execute(deployment.token(), &Cw20ExecuteMsg::Send { contract, amount, msg }, &[])
    }

    /// Sends the transaction, once the record has it.
    async fn send_post(
        &self,
        name: &str,
        message: Message,
        following: &Following,
    ) -> Result<Receipt, ChainError> {
        let record = |signed: &SignedTx| {
            let posting = Some(hex::encode(&signed.bytes));
            let record = UnderWay { following: following.clone(), job_id: None, posting };
            self.state.put(name, &record).map_err(|error| ChainError::Storage {
                directory: "the requester's records".into(),
                reason: error.to_string(),
            })
        };
        self.account.wallet().submit(&[message], record).await
    }
}
