//! Documents to a FHIR server: PUT to their own place, so that a repetition is the same document.

use std::time::Duration;

use bithive_keystore::private;
use reqwest::Client;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use zeroize::Zeroizing;

use crate::answer::FHIR;
use crate::error::GatewayError;
use crate::https::client;
use crate::rules::EhrConfig;

/// Time for one document.
const PATIENCE: Duration = Duration::from_secs(60);
/// Most bytes of a file with a token.
const MAX_TOKEN: usize = 16 << 10;

/// A FHIR server.
pub(crate) struct Ehr {
    url: String,
    token: Option<HeaderValue>,
    http: Client,
}

impl Ehr {
    /// Reads the token, and prepares a client that follows nobody elsewhere.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub(crate) fn new(config: &EhrConfig) -> Result<Self, GatewayError> {
        let token = match &config.token {
            None => None,
            Some(path) => {
                let bytes = private::read(path, MAX_TOKEN)?;
                let wrong = "expected one line with a token";
                let problem = || GatewayError::Rule { path: path.clone(), problem: wrong.into() };
                let text = std::str::from_utf8(bytes.trim_ascii()).map_err(|_| problem())?;
                let bearer = Zeroizing::new(format!("Bearer {text}"));
                let mut value = HeaderValue::from_str(&bearer).map_err(|_| problem())?;
                value.set_sensitive(true);
                Some(value)
            }
        };
        let http = client(config.authorities.as_deref(), PATIENCE)?;
        Ok(Self { url: config.url.trim_end_matches('/').to_owned(), token, http })
    }

    /// Puts a document in its place. An answer of 200 or 201 says that it is there.
    ///
    /// # Errors
    /// Why not, in words without a value of the document.
    pub(crate) async fn put(&self, (kind, id): (&str, &str), body: String) -> Result<(), String> {
        let mut request = self.http.put(format!("{}/{kind}/{id}", self.url)).header(CONTENT_TYPE, FHIR);
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token.clone());
        }
        let answer = request.body(body).send().await.map_err(|error| {
            let what = if error.is_timeout() { "is silent" } else { "can't be reached" };
            format!("the server {what}")
        })?;
        match answer.status().as_u16() {
            200 | 201 => Ok(()),
            status => Err(format!("the server answers with {status}")),
        }
    }
}
