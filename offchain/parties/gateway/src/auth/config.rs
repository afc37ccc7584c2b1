//! How callers of DICOMweb and FHIR show who they are, beside the token.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bithive_audit::{Name, Role};
use serde::Deserialize;

use super::scope::{SYSTEM, Scopes, USER};
use super::source::{Source, address};

/// Most clients, and most roles of people.
const MOST: usize = 1_000;
/// Most characters of an issuer, a client's name, a claim or a role.
const MAX_TEXT: usize = 256;

/// A field that is wrong: its name, what was found, and what is expected.
pub(crate) type Wrong = (&'static str, String, String);

/// Programs by SMART Backend Services: each signs with a key of its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmartConfig {
    /// Address under which clients know the gateway, without a path.
    pub url: String,
    /// Programs that may ask.
    pub clients: Vec<ClientConfig>,
}

/// A program that signs in by SMART Backend Services.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientConfig {
    /// Its name, as it says it and as the audit log has it.
    pub id: Name,
    /// Its public keys: a file, or an address.
    pub keys: String,
    /// What it may do, like `system/*.rs`.
    pub scopes: String,
}

/// People by OpenID Connect: an issuer says who they are.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// The issuer, letter by letter as its tokens have it.
    pub issuer: String,
    /// Name under which the issuer knows the gateway's people: the audience of their tokens.
    pub client: String,
    /// Claim with somebody's roles.
    #[serde(default = "roles")]
    pub claim: String,
    /// What roles permit, like `user/*.rs`.
    pub roles: BTreeMap<String, String>,
    /// Longest time for which a token is taken after it was made.
    #[serde(default = "shift", deserialize_with = "crate::parts::duration")]
    pub most_age: Duration,
    /// As what they act in the audit log.
    #[serde(default = "clinician")]
    pub acts_as: Role,
}

fn roles() -> String {
    "roles".into()
}

const fn shift() -> Duration {
    Duration::from_secs(12 * 3_600)
}

const fn clinician() -> Role {
    Role::Clinician
}

fn wrong<T>(field: &'static str, found: impl Into<String>, expected: impl Into<String>) -> Result<T, Wrong> {
    Err((field, found.into(), expected.into()))
}

impl SmartConfig {
    /// Checks what the types do not.
    pub(crate) fn check(&self) -> Result<(), Wrong> {
        let is_bare =
            |text: &str| address(text).is_some_and(|url| url.path() == "/" && url.query().is_none());
        if !is_bare(&self.url) || self.url.ends_with('/') {
            let expected = "https:// and a name, or http:// on this machine, without a path";
            return wrong("web.smart.url", &self.url, expected);
        }
        if !(1..=MOST).contains(&self.clients.len()) {
            let expected = format!("1 to {MOST} clients");
            return wrong("web.smart.clients", format!("{} clients", self.clients.len()), expected);
        }
        for (number, client) in self.clients.iter().enumerate() {
            if self.clients.iter().take(number).any(|other| other.id == client.id) {
                return wrong("web.smart.clients.id", client.id.as_str(), "a name that no other client has");
            }
            if is_url(&client.keys) && address(&client.keys).is_none() {
                let expected = "a file, or an address: https://, or http:// on this machine";
                return wrong("web.smart.clients.keys", &client.keys, expected);
            }
            if let Err(word) = Scopes::read(&client.scopes, SYSTEM) {
                return wrong(
                    "web.smart.clients.scopes",
                    word,
                    "scopes like \"system/*.rs system/ImagingStudy.c\"",
                );
            }
        }
        Ok(())
    }

    /// Files with keys are relative to the folder of the configuration.
    pub(crate) fn place(&mut self, folder: &Path) {
        for client in self.clients.iter_mut().filter(|client| !is_url(&client.keys)) {
            client.keys = folder.join(&client.keys).display().to_string();
        }
    }

    /// Files that it names.
    pub(crate) fn files(&self) -> impl Iterator<Item = PathBuf> {
        let files = self.clients.iter().filter(|client| !is_url(&client.keys));
        files.map(|client| PathBuf::from(&client.keys))
    }

    /// Address at which tokens are given: what assertions have to be for.
    pub(crate) fn token_endpoint(&self) -> String {
        format!("{}/auth/token", self.url)
    }
}

impl ClientConfig {
    pub(crate) fn source(&self) -> Source {
        address(&self.keys).map_or_else(|| Source::File(PathBuf::from(&self.keys)), Source::Url)
    }
}

fn is_url(keys: &str) -> bool {
    keys.starts_with("https://") || keys.starts_with("http://")
}

impl OidcConfig {
    /// Checks what the types do not.
    pub(crate) fn check(&self) -> Result<(), Wrong> {
        if address(&self.issuer).is_none() || self.issuer.len() > MAX_TEXT {
            return wrong(
                "web.oidc.issuer",
                &self.issuer,
                "an address: https://, or http:// on this machine",
            );
        }
        let text = format!("a text of 1 to {MAX_TEXT} characters");
        for (field, found) in [("web.oidc.client", &self.client), ("web.oidc.claim", &self.claim)] {
            if !(1..=MAX_TEXT).contains(&found.len()) {
                return wrong(field, found, text);
            }
        }
        if !(1..=MOST).contains(&self.roles.len()) {
            let expected = format!("1 to {MOST} roles; without one, nobody may do anything");
            return wrong("web.oidc.roles", format!("{} roles", self.roles.len()), expected);
        }
        for scopes in self.roles.values() {
            if let Err(word) = Scopes::read(scopes, USER) {
                return wrong("web.oidc.roles", word, "scopes like \"user/*.rs user/ImagingStudy.c\"");
            }
        }
        if !(60..=30 * 86_400).contains(&self.most_age.as_secs()) {
            let found = humantime::format_duration(self.most_age).to_string();
            return wrong("web.oidc.most_age", found, "1m to 30days");
        }
        if !matches!(self.acts_as, Role::Clinician | Role::Researcher | Role::Operator) {
            return wrong("web.oidc.acts_as", self.acts_as.word(), "clinician, researcher or operator");
        }
        Ok(())
    }
}
