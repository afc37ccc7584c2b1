//! Asking others over HTTPS: issuers of tokens, and where clients keep their keys.

use std::path::Path;
use std::time::Duration;

use reqwest::{Client, Response, Url};

use crate::error::GatewayError;
use crate::https::client;

/// Longest time for one request.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most bytes of an answer.
const MAX_ANSWER: usize = 256 << 10;

/// A client that trusts public authorities, and those of a file.
#[derive(Clone)]
pub(crate) struct Http(Client);

impl Http {
    /// # Errors
    /// [`GatewayError::Tls`] for a file without certificates, [`GatewayError::Client`].
    pub(crate) fn new(authorities: Option<&Path>) -> Result<Self, GatewayError> {
        Ok(Self(client(authorities, PATIENCE)?))
    }

    /// The body of a GET that is answered with 200.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub(crate) async fn get(&self, url: Url) -> Result<Vec<u8>, String> {
        let shown = url.to_string();
        let answer = self.0.get(url).header("Accept", "application/json").send().await;
        let answer = answer.map_err(|error| format!("{shown}: {}", error.without_url()))?;
        let (status, body) = read(answer).await.map_err(|problem| format!("{shown}: {problem}"))?;
        if status == 200 { Ok(body) } else { Err(format!("{shown}: HTTP status {status}")) }
    }

    /// Status and body of the answer to a form that is posted.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub(crate) async fn post(&self, url: Url, form: String) -> Result<(u16, Vec<u8>), String> {
        let shown = url.to_string();
        let request = self.0.post(url).header("Content-Type", "application/x-www-form-urlencoded");
        let answer = request.header("Accept", "application/json").body(form).send().await;
        let answer = answer.map_err(|error| format!("{shown}: {}", error.without_url()))?;
        read(answer).await.map_err(|problem| format!("{shown}: {problem}"))
    }
}

async fn read(mut answer: Response) -> Result<(u16, Vec<u8>), String> {
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|error| error.without_url().to_string())? {
        if body.len().saturating_add(part.len()) > MAX_ANSWER {
            return Err(format!("an answer of more than {MAX_ANSWER} bytes"));
        }
        body.extend_from_slice(&part);
    }
    Ok((answer.status().as_u16(), body))
}
