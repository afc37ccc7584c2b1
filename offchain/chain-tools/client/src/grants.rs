//! Consents, emergencies and heads of audit logs.

use bithive_api::grants::{
    AuditHeadResponse, Basis, BreakGlassResponse, ConsentResponse, ExecuteMsg, QueryMsg, Standing, limits,
};
use bithive_api::jobs;
use bithive_chain::{ChainError, ChainExt as _, Receipt};
use cosmwasm_std::{Addr, HexBinary};
use serde::de::DeserializeOwned;

use crate::{Account, Client, List, MOST_PAGES};

/// Why data may not be used.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// The chain does not answer.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// Nobody can be asked.
    #[error(
        "the market of {chain_id} asks no contract about consents; `bithive deploy` creates it and tells the market of it"
    )]
    NoGrants {
        /// Id of the chain.
        chain_id: String,
    },
    /// A consent or an emergency does not permit the use.
    #[error(
        "{reader} may not use the data of {subject}: what permits it is {} on the chain; a consent that `bithive consent record` puts there does", standing.name()
    )]
    NotPermitted {
        /// Who wants to use it.
        reader: String,
        /// Whose it is.
        subject: String,
        /// Unknown, revoked or expired.
        standing: Standing,
    },
}

impl Client {
    /// Address of the contract that the market asks about consents; none where it asks none.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn grants(&self) -> Result<Option<String>, ChainError> {
        Ok(self.jobs_config().await?.grants.map(String::from))
    }

    /// Address of the contract that the market asks about consents.
    ///
    /// # Errors
    /// [`GrantError::NoGrants`] where it asks none; see [`ChainError`].
    pub async fn grants_address(&self) -> Result<String, GrantError> {
        let chain_id = || self.deployment().chain_id.clone();
        self.grants().await?.ok_or_else(|| GrantError::NoGrants { chain_id: chain_id() })
    }

    pub(crate) async fn ask_grants<T: DeserializeOwned>(&self, question: &QueryMsg) -> Result<T, GrantError> {
        let grants = self.grants_address().await?;
        Ok(self.chain().query(&grants, question).await?)
    }

    /// How bases stand for an account now, in their order.
    ///
    /// # Errors
    /// [`GrantError::NoGrants`]; an answer of another length; see [`ChainError`].
    pub async fn standings(&self, reader: &str, bases: &[Basis]) -> Result<Vec<Standing>, GrantError> {
        let question = QueryMsg::Check { reader: reader.into(), bases: bases.to_vec() };
        let answer: Vec<Standing> = self.ask_grants(&question).await?;
        if answer.len() != bases.len() {
            let reason = format!("{} answers for {} bases", answer.len(), bases.len());
            return Err(ChainError::Decode { what: "the answer of the grants".into(), reason }.into());
        }
        Ok(answer)
    }

    /// Refuses unless each basis permits an account a use now.
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn expect_permitted(&self, reader: &str, bases: &[Basis]) -> Result<(), GrantError> {
        if bases.is_empty() {
            return Ok(());
        }
        let answer = self.standings(reader, bases).await?;
        match answer.into_iter().zip(bases).find(|(standing, _)| *standing != Standing::Live) {
            None => Ok(()),
            Some((standing, basis)) => {
                let (reader, subject) = (reader.to_owned(), basis.subject().clone());
                Err(GrantError::NotPermitted { reader, subject, standing })
            }
        }
    }

    /// Refuses unless everything that a job names permits its requester the use now. A job that names nothing is not refused.
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn expect_job_permitted(&self, job: &jobs::JobResponse) -> Result<(), GrantError> {
        // A market of an earlier version knows no bases.
        if self.grants().await?.is_none() {
            return Ok(());
        }
        let bases = self.bases(job.job_id).await?;
        let texts: Vec<Basis> = bases.into_iter().map(|basis| basis.map(String::from)).collect();
        self.expect_permitted(job.requester.as_str(), &texts).await
    }

    /// What permits a job to use data; nothing where it names none.
    ///
    /// # Errors
    /// The contract's error when there is no such job; see [`ChainError`].
    pub async fn bases(&self, job_id: u64) -> Result<Vec<Basis<Addr>>, ChainError> {
        self.chain().query(self.deployment().jobs(), &jobs::QueryMsg::Bases { job_id }).await
    }

    /// Jobs that name data of a subject: the first [`MOST_PAGES`] pages.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn uses(&self, subject: &str) -> Result<List<jobs::UseResponse>, ChainError> {
        let mut entries: Vec<jobs::UseResponse> = Vec::new();
        for _ in 0..MOST_PAGES {
            let start_after = entries.last().map(|row| row.job_id);
            let limit = Some(jobs::limits::MAX_PAGE);
            let question = jobs::QueryMsg::Uses { subject: subject.into(), start_after, limit };
            let page: Vec<jobs::UseResponse> =
                self.chain().query(self.deployment().jobs(), &question).await?;
            if page.is_empty() {
                return Ok(List { entries, complete: true });
            }
            entries.extend(page);
        }
        Ok(List { entries, complete: false })
    }

    /// What is recorded of a consent.
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn consent(
        &self,
        subject: &str,
        digest: [u8; 32],
    ) -> Result<Option<ConsentResponse>, GrantError> {
        self.ask_grants(&QueryMsg::Consent { subject: subject.into(), digest: digest.into() }).await
    }

    /// Emergencies in which data of a subject was opened: the first [`MOST_PAGES`] pages.
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn emergencies(&self, subject: &str) -> Result<List<BreakGlassResponse>, GrantError> {
        let mut entries: Vec<BreakGlassResponse> = Vec::new();
        for _ in 0..MOST_PAGES {
            let start_after = entries.last().map(|row| row.id);
            let limit = Some(limits::MAX_PAGE);
            let question = QueryMsg::BreakGlass { subject: subject.into(), start_after, limit };
            let page: Vec<BreakGlassResponse> = self.ask_grants(&question).await?;
            if page.is_empty() {
                return Ok(List { entries, complete: true });
            }
            entries.extend(page);
        }
        Ok(List { entries, complete: false })
    }

    /// The newest head of an account's audit log on the chain.
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn audit_head(
        &self,
        account: &str,
        log: [u8; 32],
    ) -> Result<Option<AuditHeadResponse>, GrantError> {
        self.ask_grants(&QueryMsg::AuditHead { account: account.into(), log: HexBinary::from(log) }).await
    }
}

impl Account {
    /// Any message to the contract of consents.
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn grants(&self, message: &ExecuteMsg) -> Result<Receipt, GrantError> {
        let grants = self.client().grants_address().await?;
        Ok(self.wallet().execute(&grants, message, &[]).await?)
    }
}
