//! Reports of a gateway that runs, asked for as every program of the hospital asks: it decides who may, and logs it.

use std::path::Path;

use bithive_fhir::JOB;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::destinations::EhrConfig;
use crate::ehr::{Ehr, EhrError};
use crate::error::GatewayError;

/// A gateway that runs, and the token that it is shown.
pub struct Reports(Ehr);

/// Why a report can't be had, without a part of it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportsError {
    /// The token is none, or may not search.
    #[error("the gateway does not admit the token, or not to search for Bundle: it answers with {0}")]
    Refused(u16),
    /// It is not there, or answers otherwise than a gateway does.
    #[error("the gateway can't be asked: {0}")]
    Unreachable(String),
}

/// A searchset; digits of decimals stay as they are.
#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    entry: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    resource: Box<RawValue>,
}

impl Reports {
    /// The reports of the gateway at `url`, https:// or on this machine, to which the token in a file is shown.
    ///
    /// # Errors
    /// [`GatewayError::Address`], and what keeps the file from being read.
    pub fn of(url: &str, token: &Path) -> Result<Self, GatewayError> {
        let base = format!("{}/fhir", url.trim_end_matches('/'));
        let config =
            EhrConfig { name: "gateway".into(), url: base, token: Some(token.to_owned()), authorities: None };
        config.check().map_err(|_| GatewayError::Address(url.to_owned()))?;
        Ok(Self(Ehr::new(&config)?))
    }

    /// The report of a job, by the job's name: chain, contract and number. Nothing where there is none.
    ///
    /// # Errors
    /// [`ReportsError`].
    pub async fn of_job(&self, name: &str) -> Result<Option<String>, ReportsError> {
        let answer = self.0.find("Bundle", &format!("{JOB}|{name}")).await.map_err(|error| match error {
            EhrError::Status(status @ (401 | 403)) => ReportsError::Refused(status),
            EhrError::Authority | EhrError::Certificate(_) => ReportsError::Unreachable(
                "no public authority vouches for its certificate; serve the page on the gateway's machine"
                    .into(),
            ),
            other => ReportsError::Unreachable(other.to_string()),
        })?;
        let found: Found = serde_json::from_slice(&answer)
            .map_err(|_| ReportsError::Unreachable("its answer is no list of documents".into()))?;
        Ok(found.entry.into_iter().next().map(|entry| entry.resource.get().to_owned()))
    }
}
