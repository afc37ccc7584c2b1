//! Keys of somebody else, which change.
//!
//! A key that is not known is looked for anew, at most once a minute: who sends tokens with names of keys that nobody has makes no more
//! requests than that. Keys that are known are never waited for.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::fetch::Http;
use super::jwk::{Algorithm, Key, KeySet, MAX_SET};
use super::jwt::TokenError;
use super::source::{Source, address};
use crate::error::GatewayError;

/// Shortest time between two attempts to get a set.
pub(crate) const PAUSE: Duration = Duration::from_secs(60);
/// Age from which on a set is got anew.
const FRESH: Duration = Duration::from_secs(3_600);
/// Age from which on a set is not used: whoever has withdrawn a key has to be heard.
const LONGEST: Duration = Duration::from_secs(86_400);

/// What an issuer says of itself (OpenID Connect Discovery 1.0).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Discovered {
    issuer: String,
    pub(crate) jwks_uri: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) code_challenge_methods_supported: Option<Vec<String>>,
}

impl Discovered {
    /// # Errors
    /// What went wrong, in words.
    pub(crate) async fn of(http: &Http, issuer: &str) -> Result<Self, String> {
        let place = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let place = address(&place).ok_or_else(|| {
            format!("{issuer:?} is no address of an issuer; expected https://, or http:// on this machine")
        })?;
        let found: Self = serde_json::from_slice(&http.get(place.clone()).await?)
            .map_err(|error| format!("{place}: {error}"))?;
        if found.issuer != issuer {
            let other: String = found.issuer.chars().take(200).collect();
            return Err(format!("{place} is of the issuer {other:?}; expected {issuer:?}, letter by letter"));
        }
        Ok(found)
    }
}

#[derive(Clone, Default)]
struct State {
    set: Arc<KeySet>,
    /// When the set was got.
    got: Option<Instant>,
}

impl State {
    fn is_younger(&self, age: Duration) -> bool {
        self.got.is_some_and(|got| got.elapsed() < age)
    }
}

/// Keys at a place.
pub(crate) struct Keys {
    source: Source,
    http: Http,
    state: RwLock<State>,
    /// When it was last tried to get them; locked while it is tried.
    tried: Mutex<Option<Instant>>,
}

impl Keys {
    /// Keys at a place; those of a file are read.
    ///
    /// # Errors
    /// [`GatewayError::Tls`] for a file without keys.
    pub(crate) async fn open(source: Source, http: Http) -> Result<Self, GatewayError> {
        let keys = Self { source, http, state: RwLock::default(), tried: Mutex::default() };
        let Source::File(path) = &keys.source else { return Ok(keys) };
        let set = keys.get().await.map_err(|problem| GatewayError::Tls { path: path.clone(), problem })?;
        keys.put(set);
        Ok(keys)
    }

    fn state(&self) -> State {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, set: KeySet) {
        let state = State { set: Arc::new(set), got: Some(Instant::now()) };
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// The key of a name.
    ///
    /// # Errors
    /// [`TokenError::UnknownKey`]; [`TokenError::NoKeys`] where none could be got for a day.
    pub(crate) async fn find(&self, kid: &str, algorithm: Algorithm) -> Result<Arc<Key>, TokenError> {
        let known = self.state();
        let found = known.set.find(kid, algorithm);
        if let Some(key) = found.clone().filter(|_| known.is_younger(FRESH)) {
            return Ok(key);
        }
        // Old and known: another request may be looking, which is not waited for.
        let tried = match found.filter(|_| known.is_younger(LONGEST)) {
            Some(key) => match self.tried.try_lock() {
                Ok(tried) => Some(tried),
                Err(_) => return Ok(key),
            },
            None => None,
        };
        let mut tried = match tried {
            Some(tried) => tried,
            None => self.tried.lock().await,
        };
        if tried.is_none_or(|tried| tried.elapsed() >= PAUSE) {
            *tried = Some(Instant::now());
            match self.get().await {
                Ok(set) => self.put(set),
                Err(problem) => tracing::warn!(problem, "keys can't be got"),
            }
        }
        drop(tried);
        let now = self.state();
        if !now.is_younger(LONGEST) {
            return Err(TokenError::NoKeys);
        }
        now.set.find(kid, algorithm).ok_or(TokenError::UnknownKey)
    }

    async fn get(&self) -> Result<KeySet, String> {
        let bytes = match &self.source {
            Source::File(path) => {
                let path = path.clone();
                let read = move || {
                    let length = std::fs::metadata(&path)?.len();
                    if length > MAX_SET as u64 {
                        return Err(std::io::Error::other(format!("it has {length} bytes")));
                    }
                    std::fs::read(&path)
                };
                let read = tokio::task::spawn_blocking(read).await.map_err(|error| error.to_string())?;
                read.map_err(|error| error.to_string())?
            }
            Source::Url(url) => self.http.get(url.clone()).await?,
            Source::Issuer(issuer) => {
                let found = Discovered::of(&self.http, issuer).await?;
                let place = address(&found.jwks_uri)
                    .ok_or_else(|| format!("jwks_uri of {issuer} is no address over TLS"))?;
                self.http.get(place).await?
            }
        };
        KeySet::read(&bytes).map_err(|error| error.to_string())
    }
}
