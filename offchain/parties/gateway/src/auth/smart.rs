//! Programs, by SMART App Launch 2.2, Backend Services: a program proves by a signature who it is, and gets a token for five minutes.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bithive_chain::http::{ReplyBody, query_pairs};
use hyper::header::{HeaderValue, PRAGMA};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::config::SmartConfig;
use super::fetch::Http;
use super::jwk::Algorithm;
use super::jwt::{Claims, LEEWAY, TokenError, Unverified};
use super::keys::Keys;
use super::scope::{SYSTEM, Scopes};
use super::used::{Taken, Used};
use crate::answer::document;
use crate::error::GatewayError;

/// Most bytes of a request for a token.
pub(crate) const MAX_REQUEST: usize = 32 << 10;
/// How assertions are signed.
const SIGNED: [Algorithm; 2] = [Algorithm::Rs384, Algorithm::Es384];
/// Longest time in which an assertion can be used, and how long a token can be, in seconds.
const LONGEST: u64 = 300;
/// Most characters of the number of an assertion.
const MAX_JTI: usize = 256;
/// What tokens begin with.
const PREFIX: &str = "bhg_";
/// Most tokens that are good at one time, and most of one client.
const MOST: usize = 10_000;
const MOST_OF_CLIENT: usize = 100;
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

struct Client {
    id: String,
    /// Where its keys are, if that is an address.
    url: Option<String>,
    keys: Keys,
    scopes: Scopes,
}

struct Issued {
    client: usize,
    scopes: Scopes,
    until: Instant,
}

/// Programs that may ask, and tokens that they have.
pub(crate) struct Programs {
    endpoint: String,
    clients: Vec<Client>,
    used: Arc<Used>,
    /// By BLAKE3 of the token. They are gone after a restart: programs get new ones.
    issued: Mutex<HashMap<blake3::Hash, Issued>>,
}

/// Why no token is given (RFC 6749, 5.2).
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    text: String,
    /// The client that an assertion names, where it is known here.
    pub(crate) client: Option<String>,
}

impl Refusal {
    fn new(code: &'static str, text: impl ToString) -> Self {
        let status = match code {
            "invalid_client" => StatusCode::UNAUTHORIZED,
            "temporarily_unavailable" => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        };
        Self { status, code, text: text.to_string(), client: None }
    }

    pub(crate) const fn code(&self) -> &'static str {
        self.code
    }

    pub(crate) fn response(&self) -> Response<ReplyBody> {
        unkept(document(
            self.status,
            "application/json",
            &json!({ "error": self.code, "error_description": self.text }),
        ))
    }
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        let code = if error == TokenError::NoKeys { "temporarily_unavailable" } else { "invalid_client" };
        Self::new(code, error)
    }
}

fn unkept(mut response: Response<ReplyBody>) -> Response<ReplyBody> {
    response.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// A token that was given.
pub(crate) struct Given {
    pub(crate) client: String,
    token: Zeroizing<String>,
    scopes: Scopes,
}

impl Given {
    pub(crate) fn response(&self) -> Response<ReplyBody> {
        let body = json!({
            "access_token": self.token.as_str(),
            "token_type": "bearer",
            "expires_in": LONGEST,
            "scope": self.scopes.show(SYSTEM),
        });
        unkept(document(StatusCode::OK, "application/json", &body))
    }
}

impl Programs {
    /// Programs of a configuration; `used` is the file with assertions that were used.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub(crate) async fn new(
        config: &SmartConfig,
        http: &Http,
        (used, now): (&Path, u64),
    ) -> Result<Self, GatewayError> {
        let mut clients = Vec::with_capacity(config.clients.len());
        for client in &config.clients {
            let source = client.source();
            let url = matches!(source, super::source::Source::Url(_)).then(|| client.keys.clone());
            clients.push(Client {
                id: client.id.to_string(),
                url,
                keys: Keys::open(source, http.clone()).await?,
                // Read once before, when the configuration was checked.
                scopes: Scopes::read(&client.scopes, SYSTEM).unwrap_or_default(),
            });
        }
        Ok(Self {
            endpoint: config.token_endpoint(),
            clients,
            used: Arc::new(Used::open(used, config.clients.len(), now)?),
            issued: Mutex::default(),
        })
    }

    /// What programs find at `.well-known/smart-configuration`.
    pub(crate) fn described(&self) -> Value {
        let all = self.clients.iter().fold(Scopes::default(), |all, client| all.with(client.scopes));
        json!({
            "token_endpoint": self.endpoint,
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": SIGNED.map(Algorithm::word),
            "scopes_supported": all.show(SYSTEM).split(' ').collect::<Vec<_>>(),
            "capabilities": ["client-confidential-asymmetric", "permission-v1", "permission-v2"],
        })
    }

    /// Answers a request for a token, a form.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) async fn token(&self, form: &[u8], now: u64) -> Result<Given, Refusal> {
        let bad = |text: &str| Refusal::new("invalid_request", text);
        let form = std::str::from_utf8(form).map_err(|_| bad("the form is no text"))?;
        let pairs = query_pairs(form);
        let field = |name: &str| {
            let mut all = pairs.iter().filter(|(one, _)| one == name).map(|(_, value)| value.as_str());
            match (all.next(), all.next()) {
                (Some(value), None) => Ok(value),
                _ => Err(bad(&format!("expected {name}, once"))),
            }
        };
        if field("grant_type")? != "client_credentials" {
            return Err(Refusal::new("unsupported_grant_type", "expected client_credentials"));
        }
        if field("client_assertion_type")? != JWT_BEARER {
            return Err(bad(&format!("client_assertion_type: expected {JWT_BEARER}")));
        }
        let (number, claims) = self.verified(field("client_assertion")?, now).await?;
        let Some(client) = self.clients.get(number) else { return Err(TokenError::Signature.into()) };
        let named = |refusal: Refusal| Refusal { client: Some(client.id.clone()), ..refusal };
        let scopes = Scopes::asked(field("scope").map_err(named)?, SYSTEM).within(client.scopes);
        if scopes.is_empty() {
            let text =
                format!("nothing of this is permitted; this client may {}", client.scopes.show(SYSTEM));
            return Err(named(Refusal::new("invalid_scope", text)));
        }
        self.use_up(&client.id, &claims, now).await.map_err(named)?;
        let token = self.issue(number, scopes).map_err(named)?;
        Ok(Given { client: client.id.clone(), token, scopes })
    }

    /// Whose an assertion is, by its number, and what it says.
    async fn verified(&self, assertion: &str, now: u64) -> Result<(usize, Claims), Refusal> {
        let assertion = Unverified::read(assertion, &SIGNED)?;
        let id = assertion.unchecked("iss").unwrap_or_default();
        let found = self.clients.iter().enumerate().find(|(_, client)| client.id == id);
        let Some((number, client)) = found else {
            let claim = TokenError::Claim { claim: "iss", expected: "the name of a client of this gateway" };
            return Err(claim.into());
        };
        let named = |error: TokenError| Refusal { client: Some(client.id.clone()), ..error.into() };
        if assertion.jku.is_some() && assertion.jku != client.url {
            let claim =
                TokenError::Claim { claim: "jku", expected: "the address that is registered, or nothing" };
            return Err(named(claim));
        }
        let key = client.keys.find(&assertion.kid, assertion.algorithm).await.map_err(named)?;
        let claims = assertion.verify(&key).map_err(named)?;
        if claims.get("sub") != claims.get("iss") {
            return Err(named(TokenError::Claim { claim: "sub", expected: "the same as iss" }));
        }
        if claims.audiences().map_err(named)? != [self.endpoint.as_str()] {
            return Err(named(TokenError::Claim {
                claim: "aud",
                expected: "the address of the token endpoint, and no other",
            }));
        }
        let ends = claims.ends(now, 0).map_err(named)?;
        if ends > now.saturating_add(LONGEST).saturating_add(LEEWAY) {
            return Err(named(TokenError::Claim {
                claim: "exp",
                expected: "a time within the next five minutes",
            }));
        }
        Ok((number, claims))
    }

    /// Notes that an assertion is used.
    async fn use_up(&self, client: &str, claims: &Claims, now: u64) -> Result<(), Refusal> {
        let jti = claims.text("jti", MAX_JTI)?.to_owned();
        let until = claims.ends(now, 0)?.saturating_add(LEEWAY);
        let (used, client) = (self.used.clone(), client.to_owned());
        let taken = tokio::task::spawn_blocking(move || used.take((&client, &jti), until, now)).await;
        match taken {
            Ok(Ok(Taken::New)) => Ok(()),
            Ok(Ok(Taken::Again)) => {
                Err(TokenError::Claim { claim: "jti", expected: "one that was not used" }.into())
            }
            Ok(Ok(Taken::Full)) => {
                let text = "too many assertions of this client in five minutes; use a token until it ends";
                Err(Refusal::new("temporarily_unavailable", text))
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "an assertion can't be noted");
                Err(Refusal::new("temporarily_unavailable", "the gateway failed; its log says why"))
            }
            Err(error) => {
                tracing::error!(%error, "an assertion can't be noted");
                Err(Refusal::new("temporarily_unavailable", "the gateway failed; its log says why"))
            }
        }
    }

    fn issue(&self, client: usize, scopes: Scopes) -> Result<Zeroizing<String>, Refusal> {
        let failed = || Refusal::new("temporarily_unavailable", "too many tokens; try again in a minute");
        let mut random = Zeroizing::new([0_u8; 32]);
        getrandom::fill(&mut *random).map_err(|_| failed())?;
        let token = Zeroizing::new(format!("{PREFIX}{}", hex::encode(random.as_slice())));
        let now = Instant::now();
        let until = now.checked_add(Duration::from_secs(LONGEST)).ok_or_else(failed)?;
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        issued.retain(|_, one| one.until > now);
        // A client that asks all the time loses its own oldest one, and nobody else does.
        let own = issued.iter().filter(|(_, one)| one.client == client);
        let (count, oldest) =
            own.fold((0_usize, None::<(Instant, blake3::Hash)>), |(count, oldest), (hash, one)| {
                let older = oldest.filter(|(until, _)| *until <= one.until).unwrap_or((one.until, *hash));
                (count.saturating_add(1), Some(older))
            });
        if let Some((_, hash)) = oldest.filter(|_| count >= MOST_OF_CLIENT) {
            issued.remove(&hash);
        }
        if issued.len() >= MOST {
            return Err(failed());
        }
        issued.insert(blake3::hash(token.as_bytes()), Issued { client, scopes, until });
        Ok(token)
    }

    /// Whether a token is of the form that is given here.
    pub(crate) fn is_own(token: &str) -> bool {
        token.starts_with(PREFIX)
    }

    /// Whose a token is, and what it permits.
    ///
    /// # Errors
    /// [`TokenError::Expired`], also for one that never was.
    pub(crate) fn admit(&self, token: &str) -> Result<(String, Scopes), TokenError> {
        let issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        let found = issued.get(&blake3::hash(token.as_bytes())).filter(|one| one.until > Instant::now());
        let (client, scopes) = found.map(|one| (one.client, one.scopes)).ok_or(TokenError::Expired)?;
        let client = self.clients.get(client).ok_or(TokenError::Expired)?;
        Ok((client.id.clone(), scopes))
    }
}
