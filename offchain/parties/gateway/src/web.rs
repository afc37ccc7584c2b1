//! DICOMweb and FHIR over HTTP: which request is answered by what, and who may ask.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bithive_chain::guard::Guard;
use bithive_chain::http::{HttpLimits, HttpServer, ReplyBody, begin_read, begin_work, query_pairs};
use bithive_dicomnet::Uid;
use bithive_fhir::limits::MAX_BYTES as MAX_DOCUMENT;
use bithive_keystore::private;
use http_body_util::BodyExt as _;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName};
use hyper::{Method, Request, Response, StatusCode};
use subtle::ConstantTimeEq as _;
use tokio::time::{Instant, timeout, timeout_at};
use zeroize::Zeroizing;

use crate::answer::Denied;
use crate::arrival::MAX_OBJECT;
use crate::config::WebConfig;
use crate::documents::{Documents, TYPES, capability, is_id};
use crate::error::GatewayError;
use crate::query::{Level, Within, query, retrieve};
use crate::spool::Spool;
use crate::stow;
use crate::tally::GatewayMonitor;

/// Most bytes of a request with objects.
const MAX_STOW: usize = MAX_OBJECT + (1 << 20);
/// Longest silence while a body arrives, and longest time for all of it.
const SILENCE: Duration = Duration::from_secs(30);
const BODY: Duration = Duration::from_secs(600);
/// Characters of a token.
const TOKEN: std::ops::RangeInclusive<usize> = 32..=256;
const LIMITS: HttpLimits = HttpLimits {
    connections: 64,
    connections_of_address: 64,
    bytes: 1 << 30,
    head: Duration::from_secs(10),
    send: Duration::from_secs(600),
    lifetime: Some(Duration::from_secs(3_600)),
};

/// What requests have to show. Erased when dropped.
pub struct Token(Zeroizing<Vec<u8>>);

impl Token {
    /// Reads a file with a token: 32 to 256 printable characters of ASCII without spaces.
    ///
    /// # Errors
    /// [`GatewayError::KeyFile`], [`GatewayError::Tls`] for a file that has none.
    pub fn read(path: &Path) -> Result<Self, GatewayError> {
        let bytes = private::read(path, 1_024)?;
        let text = bytes.trim_ascii();
        if !TOKEN.contains(&text.len()) || !text.iter().all(u8::is_ascii_graphic) {
            let problem = "expected 32 to 256 printable characters without spaces; `bithive gateway token FILE` makes a file with some";
            return Err(GatewayError::Tls { path: path.to_owned(), problem: problem.into() });
        }
        Ok(Self(Zeroizing::new(text.to_vec())))
    }

    /// Writes a random token of 256 bits into a new file that only its owner can read.
    ///
    /// # Errors
    /// [`GatewayError::KeyFile`], [`GatewayError::Randomness`].
    pub fn create(path: &Path) -> Result<(), GatewayError> {
        let mut random = Zeroizing::new([0_u8; 32]);
        getrandom::fill(&mut *random).map_err(|error| GatewayError::Randomness(error.to_string()))?;
        let mut text = Zeroizing::new(hex::encode(random.as_slice()));
        text.push('\n');
        Ok(private::create(path, text.as_bytes())?)
    }

    fn admits(&self, headers: &HeaderMap) -> bool {
        let mut all = headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (all.next(), all.next()) else { return false };
        let Some((scheme, token)) = value.to_str().ok().and_then(|value| value.split_once(' ')) else {
            return false;
        };
        scheme.eq_ignore_ascii_case("bearer") && bool::from(token.trim().as_bytes().ct_eq(&self.0))
    }
}

struct Site {
    guard: Guard,
    token: Token,
    spool: Arc<Spool>,
    documents: Documents,
    monitor: Arc<GatewayMonitor>,
}

/// Serves until it is dropped or stopped.
///
/// # Errors
/// [`GatewayError`].
pub async fn serve(
    config: &WebConfig,
    spool: Arc<Spool>,
    monitor: Arc<GatewayMonitor>,
) -> Result<HttpServer, GatewayError> {
    let token = Token::read(&config.token)?;
    let documents = Documents::open(&spool)?;
    let address: SocketAddr = config.listen;
    let listen = |problem| GatewayError::Listen { field: "web.listen", address, problem };
    let bound = HttpServer::bind(address, LIMITS).await.map_err(listen)?;
    let guard = Guard::new(bound.address(), &config.hosts, &[]);
    let guard = guard.map_err(|(_, problem)| GatewayError::Client(format!("web.hosts: {problem}")))?;
    let site = Arc::new(Site { guard, token, spool, documents, monitor });
    Ok(bound.start(move |request| answer(site.clone(), request)))
}

async fn answer(site: Arc<Site>, request: Request<Incoming>) -> Response<ReplyBody> {
    let is_fhir = request.uri().path().starts_with("/fhir");
    dispatch(&site, request)
        .await
        .unwrap_or_else(|denied| if is_fhir { denied.outcome() } else { denied.response() })
}

async fn dispatch(site: &Arc<Site>, request: Request<Incoming>) -> Result<Response<ReplyBody>, Denied> {
    let admitted = site.guard.admits(request.uri(), request.headers());
    admitted.map_err(|refusal| Denied::new(refusal.status, refusal.text))?;
    if !site.token.admits(request.headers()) {
        let text = "expected the header \"Authorization: Bearer ...\" with the token of this gateway";
        return Err(Denied::new(StatusCode::UNAUTHORIZED, text));
    }
    let path = request.uri().path().to_owned();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        ["dicom-web", rest @ ..] => dicom(site, rest, request).await,
        ["fhir", rest @ ..] => fhir(site, rest, request).await,
        _ => Err(Denied::not_found("expected a path below /dicom-web or /fhir")),
    }
}

async fn dicom(
    site: &Arc<Site>,
    path: &[&str],
    request: Request<Incoming>,
) -> Result<Response<ReplyBody>, Denied> {
    let uid = |text: &str| Uid::parse(text).map_err(|error| Denied::bad(error.to_string()));
    let within = |study: Option<&str>, series: Option<&str>, instance: Option<&str>| {
        Ok::<_, Denied>(Within {
            study: study.map(uid).transpose()?,
            series: series.map(uid).transpose()?,
            instance: instance.map(uid).transpose()?,
        })
    };
    if request.method() == Method::POST {
        let study = match *path {
            ["studies"] => None,
            ["studies", study] => Some(uid(study)?),
            _ => return Err(Denied::method("POST to /dicom-web/studies or /dicom-web/studies/STUDY")),
        };
        let kind = header(request.headers(), &CONTENT_TYPE);
        let (_kept, _work, body) = read(request, MAX_STOW).await?;
        return stow::store(site.spool.clone(), &site.monitor, (&kind, body), study).await;
    }
    if request.method() != Method::GET {
        return Err(Denied::method("GET or POST"));
    }
    let text = request.uri().query();
    let (level, within) = match *path {
        ["studies"] => (Some(Level::Studies), within(None, None, None)?),
        ["series"] => (Some(Level::Series), within(None, None, None)?),
        ["instances"] => (Some(Level::Instances), within(None, None, None)?),
        ["studies", study, "series"] => (Some(Level::Series), within(Some(study), None, None)?),
        ["studies", study, "instances"] => (Some(Level::Instances), within(Some(study), None, None)?),
        ["studies", study, "series", series, "instances"] => {
            (Some(Level::Instances), within(Some(study), Some(series), None)?)
        }
        ["studies", study] => (None, within(Some(study), None, None)?),
        ["studies", study, "series", series] => (None, within(Some(study), Some(series), None)?),
        ["studies", study, "series", series, "instances", instance] => {
            (None, within(Some(study), Some(series), Some(instance))?)
        }
        _ => {
            return Err(Denied::not_found(
                "expected studies, series or instances of /dicom-web; docs/gateway.md lists them",
            ));
        }
    };
    let _work = begin_work(&request);
    match level {
        Some(level) => query(&site.spool, level, &within, text),
        None => retrieve(site.spool.clone(), &within, &header(request.headers(), &ACCEPT)),
    }
}

async fn fhir(
    site: &Arc<Site>,
    path: &[&str],
    request: Request<Incoming>,
) -> Result<Response<ReplyBody>, Denied> {
    let kind = match *path {
        ["metadata"] if request.method() == Method::GET => return Ok(capability()),
        [kind, ..] if TYPES.contains(&kind) => kind.to_owned(),
        _ => {
            return Err(Denied::not_found(format!(
                "expected /fhir/metadata, or /fhir/ and one of {}",
                TYPES.join(", ")
            )));
        }
    };
    let id = match *path {
        [_, id] if is_id(id) => Some(id.to_owned()),
        [_] => None,
        _ => {
            return Err(Denied::bad(
                "expected /fhir/TYPE or /fhir/TYPE/ID; an id has 1 to 64 of A-Z a-z 0-9 - .",
            ));
        }
    };
    let (method, site) = (request.method().clone(), site.clone());
    if method == Method::GET {
        let pairs = query_pairs(request.uri().query().unwrap_or_default());
        let other =
            pairs.iter().find(|(name, _)| !["identifier", "_format", "_count"].contains(&name.as_str()));
        if let Some((name, _)) = other {
            return Err(Denied::bad(format!("{name:?} is no parameter here; expected identifier")));
        }
        let wanted = pairs.into_iter().find(|(name, _)| name == "identifier").map(|(_, value)| value);
        let _work = begin_work(&request);
        return blocking(move || match id {
            Some(id) => site.documents.read(&site.spool, &kind, &id),
            None => site.documents.search(&site.spool, &kind, wanted.as_deref()),
        })
        .await;
    }
    let is_json = header(request.headers(), &CONTENT_TYPE).to_ascii_lowercase();
    if !["application/fhir+json", "application/json"].iter().any(|kind| is_json.starts_with(kind)) {
        let text = format!("Content-Type is {is_json:?}; expected application/fhir+json");
        return Err(Denied::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
    }
    if !matches!((&method, &id), (&Method::POST, None) | (&Method::PUT, Some(_))) {
        return Err(Denied::method("GET, POST to /fhir/TYPE, or PUT to /fhir/TYPE/ID"));
    }
    let (_kept, _work, body) = read(request, MAX_DOCUMENT).await?;
    let taken = site.clone();
    let response = blocking(move || match id {
        Some(id) => site.documents.update(&site.spool, (&kind, &id), &body),
        None => site.documents.create(&site.spool, &kind, &body),
    })
    .await?;
    taken.monitor.documents.inc();
    Ok(response)
}

async fn blocking(
    work: impl FnOnce() -> Result<Response<ReplyBody>, Denied> + Send + 'static,
) -> Result<Response<ReplyBody>, Denied> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Denied::internal(&error))?
}

fn header(headers: &HeaderMap, name: &HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// What is held while a request is worked on: its bytes count, and its connection makes no room for others.
type Held = (Option<bithive_listener::Weight>, Option<bithive_listener::Work>, Bytes);

/// Reads the body of a request.
async fn read(mut request: Request<Incoming>, most: usize) -> Result<Held, Denied> {
    let too_long = || Denied::new(StatusCode::PAYLOAD_TOO_LARGE, format!("a body of more than {most} bytes"));
    let late = |_| Denied::new(StatusCode::REQUEST_TIMEOUT, "the body takes too long");
    let full =
        |error: bithive_chain::http::TooMuch| Denied::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string());
    let stated = hyper::body::Body::size_hint(request.body()).lower();
    if usize::try_from(stated).map_or(true, |stated| stated > most) {
        return Err(too_long());
    }
    let kept = begin_read(&request, most).map_err(full)?;
    let until = Instant::now().checked_add(BODY).ok_or_else(too_long)?;
    let mut body = Vec::new();
    loop {
        let frame = timeout_at(until, timeout(SILENCE, request.body_mut().frame())).await.map_err(late)?;
        let Some(frame) = frame.map_err(late)? else { break };
        let frame = frame.map_err(|_| Denied::bad("the body is cut off"))?;
        let Ok(data) = frame.into_data() else { continue };
        if body.len().saturating_add(data.len()) > most {
            return Err(too_long());
        }
        body.extend_from_slice(&data);
    }
    let work = begin_work(&request);
    Ok((kept, work, body.into()))
}
