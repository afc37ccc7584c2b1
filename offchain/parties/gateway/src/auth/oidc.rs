//! People, by tokens of the hospital's issuer (OpenID Connect Core 1.0).
//!
//! A token is taken as a bearer's proof, as servers of Kubernetes do: the gateway has no pages, so it needs no sessions and no cookies. It
//! has to be signed by the issuer, for this client, and young; what somebody may do follows from a claim.

use std::collections::BTreeMap;

use bithive_audit::Role;
use serde_json::Value;

use super::config::OidcConfig;
use super::fetch::Http;
use super::jwk::Algorithm;
use super::jwt::{Claims, LEEWAY, TokenError, Unverified};
use super::keys::Keys;
use super::scope::{Scopes, USER};
use super::source::Source;
use crate::error::GatewayError;

/// Most characters of a subject (OpenID Connect Core 1.0, 2).
const MAX_SUBJECT: usize = 255;

/// An issuer whose people may ask.
pub(crate) struct People {
    issuer: String,
    client: String,
    claim: String,
    roles: BTreeMap<String, Scopes>,
    most_age: u64,
    acts_as: Role,
    keys: Keys,
}

/// Somebody, as the issuer knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) acts_as: Role,
    pub(crate) scopes: Scopes,
}

/// Whether a token is of an issuer and for a client, and in its time.
///
/// # Errors
/// [`TokenError`].
pub(crate) fn check(claims: &Claims, issuer: &str, client: &str, now: u64) -> Result<(), TokenError> {
    if claims.get("iss").and_then(Value::as_str) != Some(issuer) {
        return Err(TokenError::Claim { claim: "iss", expected: "the issuer of the configuration" });
    }
    let audiences = claims.audiences()?;
    if !audiences.contains(&client) {
        return Err(TokenError::Claim { claim: "aud", expected: "the client of the configuration" });
    }
    // One for several audiences was given to one of them, which is said then.
    let party = claims.get("azp");
    if party.map_or(audiences.len() != 1, |party| party.as_str() != Some(client)) {
        return Err(TokenError::Claim { claim: "azp", expected: "the client of the configuration" });
    }
    // A logout token has the same claims, and is no proof of anything here.
    if claims.get("events").is_some() {
        return Err(TokenError::Claim { claim: "events", expected: "not to be there" });
    }
    claims.ends(now, LEEWAY)?;
    claims.issued()?;
    claims.text("sub", MAX_SUBJECT)?;
    Ok(())
}

impl People {
    /// # Errors
    /// [`GatewayError`].
    pub(crate) async fn new(config: &OidcConfig, http: Http) -> Result<Self, GatewayError> {
        let roles = config.roles.iter().map(|(role, scopes)| {
            // Read once before, when the configuration was checked.
            (role.clone(), Scopes::read(scopes, USER).unwrap_or_default())
        });
        Ok(Self {
            issuer: config.issuer.clone(),
            client: config.client.clone(),
            claim: config.claim.clone(),
            roles: roles.collect(),
            most_age: config.most_age.as_secs(),
            acts_as: config.acts_as,
            keys: Keys::open(Source::Issuer(config.issuer.clone()), http).await?,
        })
    }

    /// Who shows a token.
    ///
    /// # Errors
    /// [`TokenError`].
    pub(crate) async fn admit(&self, token: &str, now: u64) -> Result<Person, TokenError> {
        let token = Unverified::read(token, &Algorithm::ALL)?;
        // Before any key is looked for: tokens of others are no reason to ask the issuer.
        if token.unchecked("iss") != Some(&self.issuer) {
            return Err(TokenError::Claim { claim: "iss", expected: "the issuer of the configuration" });
        }
        let key = self.keys.find(&token.kid, token.algorithm).await?;
        let claims = token.verify(&key)?;
        check(&claims, &self.issuer, &self.client, now)?;
        if claims.issued()?.saturating_add(self.most_age) <= now {
            return Err(TokenError::Expired);
        }
        Ok(Person {
            issuer: self.issuer.clone(),
            subject: claims.text("sub", MAX_SUBJECT)?.to_owned(),
            acts_as: self.acts_as,
            scopes: self.scopes(&claims),
        })
    }

    /// What somebody's roles permit.
    fn scopes(&self, claims: &Claims) -> Scopes {
        let words: Vec<&str> = match find(claims, &self.claim) {
            Some(Value::String(text)) => text.split_ascii_whitespace().collect(),
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        words.iter().filter_map(|role| self.roles.get(*role)).copied().fold(Scopes::default(), Scopes::with)
    }
}

/// A claim by its name, or by names of objects with full stops between them, as in `realm_access.roles`.
fn find<'a>(claims: &'a Claims, name: &str) -> Option<&'a Value> {
    if let Some(found) = claims.get(name) {
        return Some(found);
    }
    let (first, rest) = name.split_once('.')?;
    rest.split('.').try_fold(claims.get(first)?, |value, name| value.get(name))
}
