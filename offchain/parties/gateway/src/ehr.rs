//! Documents to a FHIR server: PUT to their own place, so that a repetition is the same document.

use std::time::Duration;

use bithive_keystore::private;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Url};
use rustls::CertificateError;
use zeroize::Zeroizing;

use crate::answer::FHIR;
use crate::destinations::EhrConfig;
use crate::error::GatewayError;
use crate::https::client;
use crate::tls::refused;

/// Time for one document.
const PATIENCE: Duration = Duration::from_secs(60);
/// Most bytes of a file with a token.
const MAX_TOKEN: usize = 16 << 10;
/// Most bytes of an answer.
const MAX_ANSWER: usize = 16 << 20;

/// Why a document is not at its place, without a value of it.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum EhrError {
    #[error(
        "the server's certificate is signed by nobody who is trusted; name the house's authority in ehr.authorities"
    )]
    Authority,
    #[error(
        "the server's certificate is refused: {0}; its operator has to renew it, for the name in ehr.url"
    )]
    Certificate(CertificateError),
    #[error("the server is silent")]
    Silent,
    #[error("the server can't be reached")]
    Unreachable,
    #[error("the server answers with {0}")]
    Status(u16),
    #[error("the server's answer has more than {MAX_ANSWER} bytes")]
    TooLarge,
}

impl From<reqwest::Error> for EhrError {
    fn from(error: reqwest::Error) -> Self {
        match refused(&error) {
            // The second one is of an authority that has the name of a trusted one, and another key.
            Some(CertificateError::UnknownIssuer | CertificateError::BadSignature) => Self::Authority,
            Some(other) => Self::Certificate(other.clone()),
            None if error.is_timeout() => Self::Silent,
            None => Self::Unreachable,
        }
    }
}

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
    /// [`EhrError`].
    pub(crate) async fn put(&self, (kind, id): (&str, &str), body: String) -> Result<(), EhrError> {
        let mut request = self.http.put(format!("{}/{kind}/{id}", self.url)).header(CONTENT_TYPE, FHIR);
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token.clone());
        }
        match request.body(body).send().await?.status().as_u16() {
            200 | 201 => Ok(()),
            status => Err(EhrError::Status(status)),
        }
    }

    /// The bundle of the documents of a type that have an identifier, `system|value`.
    ///
    /// # Errors
    /// [`EhrError`].
    pub(crate) async fn find(&self, kind: &str, identifier: &str) -> Result<Vec<u8>, EhrError> {
        let url = Url::parse_with_params(&format!("{}/{kind}", self.url), [("identifier", identifier)]);
        let mut request = self.http.get(url.map_err(|_| EhrError::Unreachable)?);
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token.clone());
        }
        let mut answer = request.send().await?;
        if answer.status().as_u16() != 200 {
            return Err(EhrError::Status(answer.status().as_u16()));
        }
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await? {
            if body.len().saturating_add(part.len()) > MAX_ANSWER {
                return Err(EhrError::TooLarge);
            }
            body.extend_from_slice(&part);
        }
        Ok(body)
    }
}
