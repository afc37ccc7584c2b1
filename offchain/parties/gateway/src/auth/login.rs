//! How a person gets a token: by the browser, at the hospital's own login page (OpenID Connect, code and PKCE; RFC 8252).
//!
//! The program listens at a free port of this machine, the person opens an address of the issuer and signs in there, and the browser brings a
//! code back to that port. No password comes here. What is got is checked as the gateway checks it, and belongs to this one login by `nonce`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bithive_chain::guard::Guard;
use bithive_chain::http::{HttpLimits, HttpServer, ReplyBody, query_pairs, reply};
use hyper::body::Incoming;
use hyper::{Method, Request, Response, StatusCode};
use reqwest::Url;
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq as _;
use tokio::sync::mpsc;
use zeroize::Zeroizing;

use super::fetch::Http;
use super::jwk::Algorithm;
use super::jwt::{TokenError, Unverified};
use super::keys::{Discovered, Keys};
use super::source::{Source, address};
use super::{oidc, seconds};
use crate::error::GatewayError;

/// Path that the browser comes back to.
const CALLBACK: &str = "/callback";
/// How long a person may take.
const PATIENCE: Duration = Duration::from_secs(600);
/// Most characters of a code.
const MAX_CODE: usize = 4_096;

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The issuer can't be asked, or is another one.
    #[error("the issuer: {0}")]
    Issuer(String),
    /// The issuer does not offer what keeps a code from being used by others.
    #[error("the issuer does not offer PKCE with S256; its administrator has to allow it for this client")]
    Pkce,
    /// TLS, a port or randomness can't be had.
    #[error(transparent)]
    Setup(#[from] GatewayError),
    /// The issuer has refused.
    #[error("the issuer says {0:?}")]
    Refused(String),
    /// Nobody has signed in.
    #[error("nobody has signed in within ten minutes; begin again")]
    Late,
    /// What the issuer gave is no token for this login.
    #[error("what the issuer gave is refused: {0}")]
    Token(#[from] TokenError),
}

/// A login that waits for a person.
pub struct Login {
    issuer: String,
    client: String,
    http: Http,
    token_endpoint: Url,
    url: Url,
    redirect: String,
    verifier: Zeroizing<String>,
    nonce: String,
    came: mpsc::Receiver<Result<Zeroizing<String>, String>>,
    _server: HttpServer,
}

/// What somebody has who is signed in.
pub struct SignedIn {
    /// The token that requests show to the gateway.
    pub token: Zeroizing<String>,
    /// When it ends, in seconds since 1970; the gateway may take it for a shorter time.
    pub ends: u64,
}

#[derive(Deserialize)]
struct Answer {
    id_token: String,
}

/// What the browser has to come back with.
#[derive(Clone)]
struct Expected {
    guard: Guard,
    issuer: String,
    state: String,
    sender: mpsc::Sender<Result<Zeroizing<String>, String>>,
}

fn random() -> Result<String, GatewayError> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    getrandom::fill(&mut *bytes).map_err(|error| GatewayError::Randomness(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(*bytes))
}

impl Login {
    /// Asks the issuer how people sign in, and waits for the browser at a free port. `scopes` are asked for beside `openid`; `authorities`
    /// is a file with more authorities than the public ones.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn begin(
        (issuer, client): (&str, &str),
        scopes: &[String],
        authorities: Option<&Path>,
    ) -> Result<Self, LoginError> {
        let http = Http::new(authorities)?;
        let found = Discovered::of(&http, issuer).await.map_err(LoginError::Issuer)?;
        if found.code_challenge_methods_supported.is_some_and(|all| !all.iter().any(|one| one == "S256")) {
            return Err(LoginError::Pkce);
        }
        let place = |text: &str| {
            address(text).ok_or_else(|| LoginError::Issuer(format!("{text:?} is no address over TLS")))
        };
        let (token_endpoint, mut url) =
            (place(&found.token_endpoint)?, place(&found.authorization_endpoint)?);
        let (state, nonce, verifier) = (random()?, random()?, Zeroizing::new(random()?));
        let (sender, came) = mpsc::channel(1);
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listen = |problem| GatewayError::Listen { field: "login", address: here, problem };
        let bound = HttpServer::bind(here, HttpLimits::of_connections(8)).await.map_err(listen)?;
        let redirect = format!("http://{}{CALLBACK}", bound.address());
        let guard = Guard::local(bound.address());
        let expected = Expected { guard, issuer: issuer.to_owned(), state: state.clone(), sender };
        let server = bound.start(move |request| came_back(expected.clone(), request));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client)
            .append_pair("redirect_uri", &redirect)
            .append_pair("scope", &[&["openid".to_owned()], scopes].concat().join(" "))
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())))
            .append_pair("code_challenge_method", "S256");
        Ok(Self {
            issuer: issuer.to_owned(),
            client: client.to_owned(),
            http,
            token_endpoint,
            url,
            redirect,
            verifier,
            nonce,
            came,
            _server: server,
        })
    }

    /// The address that the person opens.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Waits until the person has signed in, and gets the token.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn finish(mut self) -> Result<SignedIn, LoginError> {
        let came = tokio::time::timeout(PATIENCE, self.came.recv()).await.map_err(|_| LoginError::Late)?;
        let code = came.ok_or(LoginError::Late)?.map_err(LoginError::Refused)?;
        let mut form = self.token_endpoint.clone();
        form.query_pairs_mut()
            .clear()
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", &code)
            .append_pair("redirect_uri", &self.redirect)
            .append_pair("client_id", &self.client)
            .append_pair("code_verifier", &self.verifier);
        let form = form.query().unwrap_or_default().to_owned();
        let (status, body) =
            self.http.post(self.token_endpoint.clone(), form).await.map_err(LoginError::Issuer)?;
        let body = Zeroizing::new(body);
        if status != 200 {
            let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
            let code =
                answer.get("error").and_then(Value::as_str).map(|code| code.chars().take(64).collect());
            return Err(LoginError::Refused(code.unwrap_or_else(|| format!("HTTP status {status}"))));
        }
        let answer: Answer = serde_json::from_slice(&body)
            .map_err(|_| LoginError::Issuer("its answer has no id_token".into()))?;
        let shown = Zeroizing::new(answer.id_token);
        let token = Unverified::read(&shown, &Algorithm::ALL)?;
        let keys = Keys::open(Source::Issuer(self.issuer.clone()), self.http.clone()).await?;
        let key = keys.find(&token.kid, token.algorithm).await?;
        let (claims, now) = (token.verify(&key)?, seconds());
        oidc::check(&claims, &self.issuer, &self.client, now)?;
        if claims.get("nonce").and_then(Value::as_str) != Some(&self.nonce) {
            return Err(TokenError::Claim { claim: "nonce", expected: "that of this login" }.into());
        }
        let ends = claims.ends(now, super::jwt::LEEWAY)?;
        Ok(SignedIn { token: shown, ends })
    }
}

async fn came_back(expected: Expected, request: Request<Incoming>) -> Response<ReplyBody> {
    let say = |status, text: &str| {
        reply(status, "text/plain; charset=utf-8", format!("{text}\n")).map(ReplyBody::Whole)
    };
    if let Err(refusal) = expected.guard.admits_link(request.uri(), request.headers()) {
        return say(refusal.status, &refusal.text);
    }
    if request.method() != Method::GET || request.uri().path() != CALLBACK {
        return say(StatusCode::NOT_FOUND, "there is nothing here but the end of a login");
    }
    let pairs = query_pairs(request.uri().query().unwrap_or_default());
    let field = |name: &str| pairs.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str());
    let state = field("state").unwrap_or_default();
    // A page of somebody else could send a code of its own.
    if !bool::from(state.as_bytes().ct_eq(expected.state.as_bytes())) {
        return say(
            StatusCode::BAD_REQUEST,
            "this is not the login that was begun; the program still waits for that one",
        );
    }
    if field("iss").is_some_and(|issuer| issuer != expected.issuer) {
        return say(
            StatusCode::BAD_REQUEST,
            "this is of another issuer; the program still waits for its own",
        );
    }
    let (came, text) = match (field("error"), field("code")) {
        (Some(error), _) => {
            (Err(error.chars().take(64).collect()), "The login was refused. The program says more.")
        }
        (None, Some(code)) if (1..=MAX_CODE).contains(&code.len()) => (
            Ok(Zeroizing::new(code.to_owned())),
            "This window can be closed. The program says whether you are signed in.",
        ),
        _ => return say(StatusCode::BAD_REQUEST, "expected a code"),
    };
    match expected.sender.try_send(came) {
        Ok(()) => say(StatusCode::OK, text),
        Err(_) => say(StatusCode::CONFLICT, "the login has its code; this is a second one"),
    }
}
