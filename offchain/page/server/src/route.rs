//! Which request is answered by what, and who may ask.

use std::path::PathBuf;
use std::sync::Arc;

use bithive_chain::SigningKey;
use bithive_chain::guard::{Guard, Refusal};
use bithive_chain::http::{ReplyBody, begin_work, reply};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH};
use hyper::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::assets::Assets;
use crate::headers::protect;
use crate::input::{Parameters, digest};
use crate::node::Node;
use crate::refused::{JSON, Kind, Refused};
use crate::reports::{self, Reports};
use crate::session::{Session, find};
use crate::tally::{Area, Tally};
use crate::{batch, blobs, courier, events, rest, rpc};

const NOTICE: &str = "keys of a demonstration chain: worth nothing, known to everybody with the token";

/// A funded account of a demonstration.
pub struct DevelopmentKey {
    /// What it is for.
    pub name: String,
    /// The private key, which the page gets.
    pub key: SigningKey,
}

/// Everything that answers are made of.
pub(crate) struct Site {
    pub(crate) guard: Guard,
    pub(crate) node: Node,
    pub(crate) assets: Assets,
    pub(crate) config: String,
    /// With its entity tag.
    pub(crate) reference_string: Option<(Bytes, String)>,
    pub(crate) sessions: Vec<Arc<Session>>,
    pub(crate) development_keys: Option<Vec<DevelopmentKey>>,
    pub(crate) reports: Option<Arc<dyn Reports>>,
    /// Where uploads are kept until they are whole.
    pub(crate) spool: PathBuf,
    pub(crate) stopping: watch::Receiver<bool>,
    pub(crate) tally: Arc<Tally>,
}

/// Answers a request.
pub(crate) async fn answer(site: Arc<Site>, request: Request<Incoming>) -> Response<ReplyBody> {
    let answered = match admits(&site.guard, &request) {
        Ok(()) => dispatch(&site, request).await,
        Err(refused) => Err(refused),
    };
    let mut response = answered.unwrap_or_else(|refused| {
        site.tally.refused(refused.kind);
        refused.response()
    });
    protect(response.headers_mut());
    response
}

/// Whether whoever asks may ask. A page may be opened by a link on any other.
fn admits<B>(guard: &Guard, request: &Request<B>) -> Result<(), Refused> {
    let admitted = if is_link(request.method(), request.uri().path(), request.headers()) {
        guard.admits_link(request.uri(), request.headers())
    } else {
        guard.admits(request.uri(), request.headers()).map(drop)
    };
    admitted.map_err(|Refusal { status, text }| {
        let kind = if status == StatusCode::FORBIDDEN { Kind::WrongOrigin } else { Kind::WrongHost };
        Refused::new(kind, text)
    })
}

fn is_link(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    let says = |name: &'static str, value: &str| {
        headers.get(HeaderName::from_static(name)).is_some_and(|found| found == value)
    };
    let opens = says("sec-fetch-mode", "navigate") && says("sec-fetch-dest", "document");
    method == Method::GET && opens && matches!(area(path), Area::Page)
}

fn area(path: &str) -> Area {
    let below =
        |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    match path {
        "/x/batch" => Area::Batch,
        _ if below("/x") => Area::Courier,
        _ if below("/rpc") => Area::Rpc,
        _ if below("/rest") => Area::Rest,
        _ => Area::Page,
    }
}

async fn dispatch(site: &Site, request: Request<Incoming>) -> Result<Response<ReplyBody>, Refused> {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let area = area(&path);
    site.tally.asked(area);
    match area {
        Area::Page => page(site, &method, &path, &request).await,
        Area::Rpc => match (method, path.strip_prefix("/rpc/").filter(|name| !name.is_empty())) {
            (Method::POST, None) => Ok(rpc::post(&site.node, request).await),
            (Method::GET, Some(name)) => {
                let _work = begin_work(&request);
                Ok(rpc::get(&site.node, name, request.uri()).await)
            }
            (_, None) => Err(only("POST", "POST with a JSON-RPC request, or GET with a method in the path")),
            (_, Some(_)) => Err(only("GET", "GET with a method in the path, or POST to /rpc")),
        },
        Area::Rest => match (method, path.strip_prefix("/rest/")) {
            (Method::GET, Some(rest)) => {
                let _work = begin_work(&request);
                Ok(rest::get(&site.node, rest, request.uri()).await)
            }
            (Method::GET, None) => Err(missing(&path)),
            _ => Err(only("GET", "GET")),
        },
        Area::Batch => match method {
            Method::POST => batch::answer(&site.node, request).await,
            _ => Err(only("POST", "POST")),
        },
        Area::Courier => {
            let session = find(&site.sessions, request.headers())?;
            courier(site, session, (&method, &path), request).await
        }
    }
}

fn only(allowed: &'static str, expected: &str) -> Refused {
    Refused::new(Kind::Method(allowed), format!("expected {expected}"))
}

fn missing(path: &str) -> Refused {
    Refused::new(Kind::NotFound, format!("there is nothing at {}", crate::input::shown(path)))
}

async fn courier(
    site: &Site,
    session: &Arc<Session>,
    (method, path): (&Method, &str),
    request: Request<Incoming>,
) -> Result<Response<ReplyBody>, Refused> {
    if let Some(name) = path.strip_prefix("/x/blobs/") {
        let digest = digest(name)?;
        return match *method {
            Method::GET => blobs::get(session, site.tally.clone(), digest, &request).await,
            Method::PUT => blobs::put(session, &site.tally, &site.spool, digest, request).await,
            Method::DELETE => blobs::remove(session, digest).await,
            _ => Err(only("GET, PUT, DELETE", "GET, PUT or DELETE")),
        };
    }
    if let Some(number) = path.strip_prefix("/x/reports/") {
        return match *method {
            Method::GET => reports::answer(site.reports.as_deref(), session, number, &request).await,
            _ => Err(only("GET", "GET")),
        };
    }
    match (method, path) {
        (&Method::GET, "/x/session") => Ok(courier::describe(session)),
        (&Method::POST, "/x/ask") => courier::ask(session, request).await,
        (&Method::POST, "/x/send") => courier::send(session, request).await,
        (&Method::GET, "/x/inbox") => courier::look(session, &request).await,
        (&Method::DELETE, "/x/inbox") => courier::discard(session, request).await,
        (&Method::GET, "/x/events") => events::listen(session, &site.tally, site.stopping.clone(), &request),
        (&Method::GET, "/x/development-keys") => development_keys(site),
        (_, "/x/inbox") => Err(only("GET, DELETE", "GET or DELETE")),
        (_, "/x/ask" | "/x/send") => Err(only("POST", "POST")),
        (_, "/x/session" | "/x/events" | "/x/development-keys") => Err(only("GET", "GET")),
        _ => Err(missing(path)),
    }
}

fn development_keys(site: &Site) -> Result<Response<ReplyBody>, Refused> {
    let what = "this is no demonstration: keys are in your wallet, and this server has none";
    let keys = site.development_keys.as_ref().ok_or_else(|| Refused::new(Kind::Off, what))?;
    let shown = |DevelopmentKey { name, key }: &DevelopmentKey| json!({ "name": name, "address": key.address(), "private_key": hex::encode(*key.to_bytes()) });
    let keys: Vec<Value> = keys.iter().map(shown).collect();
    let answer = json!({ "notice": NOTICE, "keys": keys });
    Ok(reply(StatusCode::OK, JSON, answer.to_string()).map(ReplyBody::Whole))
}

async fn page(
    site: &Site,
    method: &Method,
    path: &str,
    request: &Request<Incoming>,
) -> Result<Response<ReplyBody>, Refused> {
    if method != Method::GET && method != Method::HEAD {
        return Err(only("GET, HEAD", "GET"));
    }
    match path {
        "/config.json" => Ok(reply(StatusCode::OK, JSON, site.config.clone()).map(ReplyBody::Whole)),
        "/reference-string" => reference_string(site, request.headers()),
        "/health" => health(site, request).await,
        _ => site.assets.answer(path, request.headers()).ok_or_else(|| missing(path)),
    }
}

fn reference_string(site: &Site, headers: &HeaderMap) -> Result<Response<ReplyBody>, Refused> {
    let none = || Refused::new(Kind::NotFound, "this server was given no reference string; see --network");
    let (bytes, tag) = site.reference_string.as_ref().ok_or_else(none)?;
    let unchanged = headers.get(IF_NONE_MATCH).is_some_and(|value| value == tag.as_str());
    let body = if unchanged { Bytes::new() } else { bytes.clone() };
    let mut response = Response::new(ReplyBody::Whole(Full::new(body)));
    if unchanged {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let of = response.headers_mut();
    of.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    of.insert(CONTENT_TYPE, HeaderValue::from_static(courier::BYTES));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        of.insert(ETAG, tag);
    }
    Ok(response)
}

async fn health(site: &Site, request: &Request<Incoming>) -> Result<Response<ReplyBody>, Refused> {
    Parameters::read(request.uri(), &[])?;
    let _work = begin_work(request);
    let (status, answer) = match site.node.height().await {
        Ok(height) => (StatusCode::OK, json!({ "ok": true, "height": height.to_string() })),
        Err(refused) => (StatusCode::SERVICE_UNAVAILABLE, json!({ "ok": false, "error": refused.what })),
    };
    Ok(reply(status, JSON, answer.to_string()).map(ReplyBody::Whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_belongs_to_one_area() {
        for (path, expected) in [
            ("/", Area::Page),
            ("/xylophone", Area::Page),
            ("/rpcs", Area::Page),
            ("/rpc", Area::Rpc),
            ("/rpc/status", Area::Rpc),
            ("/rest/cosmos", Area::Rest),
            ("/x/batch", Area::Batch),
            ("/x/batch/", Area::Courier),
            ("/x", Area::Courier),
            ("/x/../config.json", Area::Courier),
        ] {
            assert_eq!(area(path), expected, "{path}");
        }
    }

    #[test]
    fn a_link_opens_a_page_and_asks_for_nothing_else() {
        let request = |method: Method, path: &str, mode: &'static str, dest: &'static str| {
            let mut request = Request::new(());
            *request.method_mut() = method;
            *request.uri_mut() = path.parse().unwrap();
            let headers = request.headers_mut();
            headers.insert("host", HeaderValue::from_static("127.0.0.1:8787"));
            headers.insert("sec-fetch-site", HeaderValue::from_static("cross-site"));
            headers.insert("sec-fetch-mode", HeaderValue::from_static(mode));
            headers.insert("sec-fetch-dest", HeaderValue::from_static(dest));
            request
        };
        let guard = Guard::new("127.0.0.1:8787".parse().unwrap(), &[], &[]).unwrap();
        assert_eq!(admits(&guard, &request(Method::GET, "/proof/7", "navigate", "document")), Ok(()));
        for (method, path, mode, dest) in [
            (Method::GET, "/", "no-cors", "image"),
            (Method::GET, "/", "navigate", "iframe"),
            (Method::POST, "/", "navigate", "document"),
            (Method::GET, "/rpc/broadcast_tx_sync?tx=0x00", "navigate", "document"),
            (Method::GET, "/x/session", "navigate", "document"),
            (Method::GET, "/rest/cosmos", "navigate", "document"),
        ] {
            let refused = admits(&guard, &request(method, path, mode, dest)).unwrap_err();
            assert_eq!(refused.kind, Kind::WrongOrigin, "{path}");
        }
    }
}
