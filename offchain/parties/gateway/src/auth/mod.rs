//! Who asks for DICOMweb and FHIR, and what they may do.
//!
//! Three ways, each by its part of the configuration: [`token`], a secret for machines that have nothing else, with all rights; [`smart`],
//! programs that sign with a key of their own; [`oidc`], people whom the hospital's issuer vouches for. [`login`] is what a person runs to get a token.

pub(crate) mod config;
mod fetch;
mod jwk;
mod jwt;
mod keys;
mod login;
mod oidc;
pub(crate) mod scope;
pub(crate) mod smart;
pub(crate) mod source;
mod token;
mod used;

use std::path::Path;

use bithive_audit::Role;
use hyper::header::{AUTHORIZATION, HeaderMap};

pub use self::jwk::KeySetError;
pub use self::jwt::TokenError;
pub use self::login::{Login, LoginError, SignedIn};
pub use self::token::Token;

use self::fetch::Http;
use self::oidc::People;
use self::scope::{Permission, Scopes};
use self::smart::Programs;
use crate::clock::now;
use crate::config::WebConfig;
use crate::error::GatewayError;

/// Name of the file with assertions that were used, in the folder of the spool.
const USED: &str = "used-assertions";

/// Who asks the gateway for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Whoever has the token.
    Token,
    /// A program, by its name in the configuration.
    Program {
        /// Name of the program in the configuration.
        id: String,
        /// What it may do with the token that it shows.
        scopes: Scopes,
    },
    /// A person, by an ID token of the issuer.
    Person {
        /// Who vouches for them.
        issuer: String,
        /// Who they are there.
        subject: String,
        /// As what they act.
        acts_as: Role,
        /// What their roles permit.
        scopes: Scopes,
    },
}

impl Caller {
    /// Whether they may do something with resources of a type.
    pub(crate) fn may(&self, kind: &str, permission: Permission) -> bool {
        match self {
            Self::Token => true,
            Self::Program { scopes, .. } | Self::Person { scopes, .. } => scopes.permit(kind, permission),
        }
    }
}

/// Why somebody is not admitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stranger {
    /// They show nothing, or more than one thing.
    #[error(
        "expected the header \"Authorization: Bearer ...\", once, with the token of this gateway or one that it accepts"
    )]
    Nothing,
    /// It is no token of any kind that is accepted here.
    #[error("the token is none of this gateway")]
    Unknown,
    /// It is one, and refused.
    #[error(transparent)]
    Token(#[from] TokenError),
}

impl Stranger {
    /// A code for the audit log.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Nothing => "no-token",
            Self::Unknown => "unknown-token",
            Self::Token(TokenError::Expired) => "expired-token",
            Self::Token(TokenError::NoKeys) => "no-keys",
            Self::Token(_) => "bad-token",
        }
    }
}

/// All ways to be admitted.
pub(crate) struct Door {
    token: Option<Token>,
    pub(crate) programs: Option<Programs>,
    people: Option<People>,
}

impl Door {
    /// The ways of a configuration; `spool` is the folder of the spool.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub(crate) async fn open(config: &WebConfig, spool: &Path) -> Result<Self, GatewayError> {
        let token = config.token.as_deref().map(Token::read).transpose()?;
        let http = Http::new(config.authorities.as_deref())?;
        let programs = match &config.smart {
            Some(smart) => Some(Programs::new(smart, &http, (&spool.join(USED), seconds())).await?),
            None => None,
        };
        let people = match &config.oidc {
            Some(oidc) => Some(People::new(oidc, http).await?),
            None => None,
        };
        Ok(Self { token, programs, people })
    }

    /// Who sends a request.
    ///
    /// # Errors
    /// [`Stranger`].
    pub(crate) async fn admit(&self, headers: &HeaderMap) -> Result<Caller, Stranger> {
        let shown = shown(headers).ok_or(Stranger::Nothing)?;
        if self.token.as_ref().is_some_and(|token| token.is(shown)) {
            return Ok(Caller::Token);
        }
        if let Some(programs) = self.programs.as_ref().filter(|_| Programs::is_own(shown)) {
            let (id, scopes) = programs.admit(shown)?;
            return Ok(Caller::Program { id, scopes });
        }
        let people = self.people.as_ref().filter(|_| shown.contains('.')).ok_or(Stranger::Unknown)?;
        let oidc::Person { issuer, subject, acts_as, scopes } = people.admit(shown, seconds()).await?;
        Ok(Caller::Person { issuer, subject, acts_as, scopes })
    }
}

/// What a request shows.
fn shown(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (all.next(), all.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Seconds since 1970.
pub(crate) fn seconds() -> u64 {
    now() / 1_000
}
