//! An issuer of OpenID Connect, and keys that sign: RSA by textbook arithmetic, so that it is not the code under test that vouches for itself.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bithive_chain::http::{HttpLimits, HttpServer, ReplyBody, query_pairs, reply};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use num_bigint::BigUint;
use ring::digest::{SHA256, SHA384, digest};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
};
use serde_json::{Value, json};

pub(crate) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// A key of its own for each use.
#[derive(Clone)]
pub(crate) enum Signer {
    Rsa(Arc<Rsa>),
    P256(Arc<EcdsaKeyPair>),
    P384(Arc<EcdsaKeyPair>),
}

pub(crate) struct Rsa {
    n: BigUint,
    d: BigUint,
}

fn random(bytes: usize) -> Vec<u8> {
    let mut random = vec![0; bytes];
    getrandom::fill(&mut random).unwrap();
    random
}

fn is_prime(n: &BigUint) -> bool {
    let (one, two) = (BigUint::from(1_u8), BigUint::from(2_u8));
    if (3_u32..2_000).any(|small| (n % small) == BigUint::ZERO) {
        return false;
    }
    let less = n - &one;
    let twos = less.trailing_zeros().unwrap();
    let odd = &less >> twos;
    (0..16).all(|_| {
        let mut x = (BigUint::from_bytes_be(&random(64)) + &two).modpow(&odd, n);
        if x == one || x == less {
            return true;
        }
        (1..twos).any(|_| {
            x = x.modpow(&two, n);
            x == less
        })
    })
}

fn prime() -> BigUint {
    loop {
        let mut bytes = random(128);
        bytes[0] |= 0xc0;
        bytes[127] |= 1;
        let candidate = BigUint::from_bytes_be(&bytes);
        if is_prime(&candidate) {
            return candidate;
        }
    }
}

impl Rsa {
    fn generate() -> Self {
        let (one, e) = (BigUint::from(1_u8), BigUint::from(65_537_u32));
        loop {
            let (p, q) = (prime(), prime());
            if let Some(d) = e.modinv(&((&p - &one) * (&q - &one))) {
                return Self { n: p * q, d };
            }
        }
    }

    /// RSASSA-PKCS1-v1_5 (RFC 8017, 8.2).
    fn sign(&self, alg: &str, message: &[u8]) -> Vec<u8> {
        let (prefix, hash) = if alg == "RS384" {
            ("3041300d060960864801650304020205000430", digest(&SHA384, message))
        } else {
            ("3031300d060960864801650304020105000420", digest(&SHA256, message))
        };
        let end = [&[0], hex::decode(prefix).unwrap().as_slice(), hash.as_ref()].concat();
        let block = [&[0, 1], vec![0xff; 256 - 2 - end.len()].as_slice(), &end].concat();
        let signature = BigUint::from_bytes_be(&block).modpow(&self.d, &self.n).to_bytes_be();
        [vec![0; 256 - signature.len()], signature].concat()
    }
}

static RSA: LazyLock<Arc<Rsa>> = LazyLock::new(|| Arc::new(Rsa::generate()));

impl Signer {
    /// The one RSA key of this run: it takes a second to find.
    pub(crate) fn rsa() -> Self {
        Self::Rsa(RSA.clone())
    }

    pub(crate) fn p256() -> Self {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random);
        Self::P256(Arc::new(key.unwrap()))
    }

    pub(crate) fn p384() -> Self {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, key.as_ref(), &random);
        Self::P384(Arc::new(key.unwrap()))
    }

    pub(crate) fn jwk(&self, kid: &str) -> Value {
        match self {
            Self::Rsa(key) => json!({
                "kty": "RSA", "use": "sig", "kid": kid, "n": encoded(key.n.to_bytes_be()), "e": "AQAB",
            }),
            Self::P256(key) | Self::P384(key) => {
                let point = &key.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                let curve = if x.len() == 32 { "P-256" } else { "P-384" };
                json!({ "kty": "EC", "crv": curve, "kid": kid, "x": encoded(x), "y": encoded(y) })
            }
        }
    }

    fn sign(&self, alg: &str, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Rsa(key) => key.sign(alg, message),
            Self::P256(key) | Self::P384(key) => {
                key.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
            }
        }
    }

    /// A token with this header and these claims.
    pub(crate) fn token(&self, alg: &str, kid: &str, claims: &Value) -> String {
        let header = json!({ "alg": alg, "kid": kid, "typ": "JWT" });
        let signed = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
        let signature = self.sign(alg, signed.as_bytes());
        format!("{signed}.{}", encoded(signature))
    }
}

/// Claims with some others, or without some.
pub(crate) fn with(claims: &Value, changes: &Value) -> Value {
    let mut claims = claims.clone();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    claims
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) keys: Vec<Value>,
    /// Claims of the token for a code, with what is asked for; the code is used up with them.
    codes: BTreeMap<String, (String, Value)>,
    signer: Option<Signer>,
}

/// An issuer at a port of this machine.
pub(crate) struct Provider {
    pub(crate) issuer: String,
    pub(crate) state: Arc<Mutex<State>>,
    /// How often its keys were got.
    pub(crate) fetched: Arc<AtomicUsize>,
    _server: HttpServer,
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let (state, fetched) = (Arc::<Mutex<State>>::default(), Arc::<AtomicUsize>::default());
        let bound = HttpServer::bind("127.0.0.1:0".parse().unwrap(), HttpLimits::of_connections(64));
        let bound = bound.await.unwrap();
        let issuer = format!("http://{}", bound.address());
        let shared = (issuer.clone(), state.clone(), fetched.clone());
        let server = bound.start(move |request| answer(shared.clone(), request));
        Self { issuer, state, fetched, _server: server }
    }

    pub(crate) fn has(&self, keys: Vec<Value>) {
        self.state.lock().unwrap().keys = keys;
    }

    pub(crate) fn fetched(&self) -> usize {
        self.fetched.load(Ordering::SeqCst)
    }

    pub(crate) fn claims(&self) -> Value {
        json!({
            "iss": self.issuer, "aud": "hive", "sub": "jane.doe@hospital.example", "iat": now(), "exp": now() + 300,
            "realm_access": { "roles": ["radiologist", "staff"] },
        })
    }

    /// What the login page does once somebody has signed in: a code for what the address asks for.
    pub(crate) fn sign_in(
        &self,
        url: &str,
        signer: &Signer,
        changes: &Value,
    ) -> (String, BTreeMap<String, String>) {
        let asked: BTreeMap<_, _> = query_pairs(url.split_once('?').unwrap().1).into_iter().collect();
        assert_eq!(
            (asked["response_type"].as_str(), asked["code_challenge_method"].as_str()),
            ("code", "S256")
        );
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
        let claims = with(&self.claims(), &json!({ "aud": asked["client_id"], "nonce": asked["nonce"] }));
        let code = encoded(random(16));
        let mut state = self.state.lock().unwrap();
        state.codes.insert(code.clone(), (asked["code_challenge"].clone(), with(&claims, changes)));
        state.signer = Some(signer.clone());
        (code, asked)
    }
}

type Shared = (String, Arc<Mutex<State>>, Arc<AtomicUsize>);

async fn answer((issuer, state, fetched): Shared, request: Request<Incoming>) -> Response<ReplyBody> {
    let json =
        |status, body: Value| reply(status, "application/json", body.to_string()).map(ReplyBody::Whole);
    match request.uri().path() {
        "/.well-known/openid-configuration" => json(
            StatusCode::OK,
            json!({
                "issuer": issuer, "jwks_uri": format!("{issuer}/keys"), "token_endpoint": format!("{issuer}/token"),
                "authorization_endpoint": format!("{issuer}/authorize?tenant=1"),
                "code_challenge_methods_supported": ["S256"],
            }),
        ),
        "/keys" => {
            fetched.fetch_add(1, Ordering::SeqCst);
            json(StatusCode::OK, json!({ "keys": state.lock().unwrap().keys }))
        }
        "/token" => {
            let body = request.into_body().collect().await.unwrap().to_bytes();
            let form: BTreeMap<_, _> = query_pairs(std::str::from_utf8(&body).unwrap()).into_iter().collect();
            let mut state = state.lock().unwrap();
            let Some((challenge, claims)) = state.codes.remove(&form["code"]) else {
                return json(StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant" }));
            };
            if encoded(digest(&SHA256, form["code_verifier"].as_bytes())) != challenge {
                return json(StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant" }));
            }
            let token = state.signer.as_ref().unwrap().token("ES256", "one", &claims);
            json(StatusCode::OK, json!({ "id_token": token, "access_token": "x", "token_type": "Bearer" }))
        }
        _ => json(StatusCode::NOT_FOUND, json!({})),
    }
}
