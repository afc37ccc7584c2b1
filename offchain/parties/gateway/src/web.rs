//! DICOMweb and FHIR over HTTP: which request is answered by what, and who may ask.

mod dicom;
mod enter;
mod fhir;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bithive_audit::{Act, Outcome};
use bithive_chain::guard::Guard;
use bithive_chain::http::{HttpLimits, HttpServer, ReplyBody, begin_read, begin_work};
use http_body_util::BodyExt as _;
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderMap, HeaderName};
use hyper::{Method, Request, Response, StatusCode};
use tokio::time::{Instant, timeout, timeout_at};

use crate::answer::Denied;
use crate::audit::{Audit, Done};
use crate::auth::scope::Permission;
use crate::auth::{Caller, Door};
use crate::config::WebConfig;
use crate::documents::Documents;
use crate::error::GatewayError;
use crate::spool::Spool;
use crate::tally::GatewayMonitor;

/// Longest silence while a body arrives, and longest time for all of it.
const SILENCE: Duration = Duration::from_secs(30);
const BODY: Duration = Duration::from_secs(600);
const LIMITS: HttpLimits = HttpLimits {
    connections: 64,
    connections_of_address: 64,
    bytes: 1 << 30,
    head: Duration::from_secs(10),
    send: Duration::from_secs(600),
    lifetime: Some(Duration::from_secs(3_600)),
};

struct Site {
    guard: Guard,
    door: Door,
    audit: Audit,
    spool: Arc<Spool>,
    documents: Arc<Documents>,
    monitor: Arc<GatewayMonitor>,
}

/// Serves until it is dropped or stopped. `folder` is that of the spool.
///
/// # Errors
/// [`GatewayError`].
pub(crate) async fn serve(
    (config, folder): (&WebConfig, &Path),
    (spool, documents): (Arc<Spool>, Arc<Documents>),
    (monitor, audit): (Arc<GatewayMonitor>, Audit),
) -> Result<HttpServer, GatewayError> {
    let door = Door::open(config, folder).await?;
    let address: SocketAddr = config.listen;
    let listen = |problem| GatewayError::Listen { field: "web.listen", address, problem };
    let bound = HttpServer::bind(address, LIMITS).await.map_err(listen)?;
    let guard = Guard::new(bound.address(), &config.hosts, &[]);
    let guard = guard.map_err(|(_, problem)| GatewayError::Client(format!("web.hosts: {problem}")))?;
    let site = Arc::new(Site { guard, door, audit, spool, documents, monitor });
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
    let path = request.uri().path().to_owned();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    if let Some(programs) = &site.door.programs {
        match (request.method(), parts.as_slice()) {
            (&Method::POST, ["auth", "token"]) => return enter::token(site, programs, request).await,
            (&Method::GET, ["fhir", ".well-known", "smart-configuration"]) => {
                return Ok(enter::described(programs));
            }
            _ => {}
        }
    }
    let caller = enter::admit(site, request.headers()).await?;
    match parts.as_slice() {
        ["dicom-web", rest @ ..] => dicom::answer(site, &caller, rest, request).await,
        ["fhir", rest @ ..] => fhir::answer(site, &caller, rest, request).await,
        _ => Err(Denied::not_found("expected a path below /dicom-web or /fhir")),
    }
}

impl Site {
    /// Whether somebody may do something with resources of a type.
    async fn permit(&self, caller: &Caller, (kind, permission): (&str, Permission)) -> Result<(), Denied> {
        if caller.may(kind, permission) {
            return Ok(());
        }
        let is_read = matches!(permission, Permission::Read | Permission::Search);
        let act = if is_read { Act::Opened } else { Act::Received };
        self.audit.count(self.audit.caller(caller), act, Outcome::Refused, "no-scope").await;
        let text = format!("expected a token with the scope {kind}.{permission}");
        Err(Denied::new(StatusCode::FORBIDDEN, text))
    }

    /// Logs what somebody did; what can't be logged is not answered.
    async fn note(&self, caller: &Caller, done: Vec<Done>) -> Result<(), Denied> {
        self.audit.note(self.audit.caller(caller), done).await.map_err(|error| {
            tracing::error!(%error, "a request is not answered, because that can't be logged");
            let text = "the audit log can't be written; the gateway's log says why";
            Denied::new(StatusCode::SERVICE_UNAVAILABLE, text)
        })
    }
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
