//! FHIR: which path is what.

use std::sync::Arc;

use bithive_audit::{Act, Outcome};
use bithive_chain::http::{ReplyBody, begin_work, query_pairs};
use bithive_fhir::limits::MAX_BYTES as MAX_DOCUMENT;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, LOCATION};
use hyper::{Method, Request, Response, StatusCode};
use serde::Deserialize;

use super::{Site, header, read};
use crate::answer::{Denied, FHIR, text};
use crate::audit::Done;
use crate::auth::Caller;
use crate::auth::scope::Permission;
use crate::documents::{TYPES, capability, is_id};

pub(super) async fn answer(
    site: &Arc<Site>,
    caller: &Caller,
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
    match (request.method(), id) {
        (&Method::GET, Some(id)) => one(site, caller, (kind, id), request).await,
        (&Method::GET, None) => some(site, caller, kind, request).await,
        (&Method::POST, None) => take(site, caller, (kind, None), request).await,
        (&Method::PUT, Some(id)) => take(site, caller, (kind, Some(id)), request).await,
        _ => Err(Denied::method("GET, POST to /fhir/TYPE, or PUT to /fhir/TYPE/ID")),
    }
}

/// Parameters of a search; others are refused.
fn wanted(request: &Request<Incoming>) -> Result<Option<String>, Denied> {
    let pairs = query_pairs(request.uri().query().unwrap_or_default());
    let other = pairs.iter().find(|(name, _)| !["identifier", "_format", "_count"].contains(&name.as_str()));
    if let Some((name, _)) = other {
        return Err(Denied::bad(format!("{name:?} is no parameter here; expected identifier")));
    }
    Ok(pairs.into_iter().find(|(name, _)| name == "identifier").map(|(_, value)| value))
}

async fn one(
    site: &Arc<Site>,
    caller: &Caller,
    (kind, id): (String, String),
    request: Request<Incoming>,
) -> Result<Response<ReplyBody>, Denied> {
    site.permit(caller, (&kind, Permission::Read)).await?;
    wanted(&request)?;
    let _work = begin_work(&request);
    let reference = format!("{kind}/{id}");
    let reader = site.clone();
    let body = blocking(move || reader.documents.read(&reader.spool, &kind, &id)).await?;
    let patient = patient_of(&reference, &body);
    let done = Done {
        object: site.audit.document(&reference),
        subject: patient.and_then(|patient| site.audit.document(&patient)),
        ..Done::new(Act::Opened, Outcome::Success, "fhir-read")
    };
    site.note(caller, vec![done]).await?;
    Ok(text(StatusCode::OK, FHIR, body))
}

async fn some(
    site: &Arc<Site>,
    caller: &Caller,
    kind: String,
    request: Request<Incoming>,
) -> Result<Response<ReplyBody>, Denied> {
    site.permit(caller, (&kind, Permission::Search)).await?;
    let wanted = wanted(&request)?;
    let _work = begin_work(&request);
    let reader = site.clone();
    let (body, count) =
        blocking(move || reader.documents.search(&reader.spool, &kind, wanted.as_deref())).await?;
    let done = Done::new(Act::Opened, Outcome::Success, "fhir-search");
    site.note(caller, vec![Done { count: Some(count), ..done }]).await?;
    Ok(text(StatusCode::OK, FHIR, body))
}

async fn take(
    site: &Arc<Site>,
    caller: &Caller,
    (kind, id): (String, Option<String>),
    request: Request<Incoming>,
) -> Result<Response<ReplyBody>, Denied> {
    let permission = if id.is_some() { Permission::Update } else { Permission::Create };
    site.permit(caller, (&kind, permission)).await?;
    let is_json = header(request.headers(), &CONTENT_TYPE).to_ascii_lowercase();
    if !["application/fhir+json", "application/json"].iter().any(|kind| is_json.starts_with(kind)) {
        let text = format!("Content-Type is {is_json:?}; expected application/fhir+json");
        return Err(Denied::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
    }
    let code = if id.is_some() { "fhir-update" } else { "fhir-create" };
    let (_kept, _work, body) = read(request, MAX_DOCUMENT).await?;
    let named = id.as_ref().map(|id| format!("{kind}/{id}"));
    let taker = site.clone();
    let taken = blocking(move || match id {
        Some(id) => taker.documents.update(&taker.spool, (&kind, &id), &body),
        None => taker.documents.create(&taker.spool, &kind, &body),
    })
    .await;
    let place = taken.as_ref().ok().and_then(|response| response.headers().get(LOCATION)?.to_str().ok());
    let reference = place.and_then(|place| place.strip_prefix("/fhir/")).map(str::to_owned).or(named);
    let outcome = if taken.is_ok() { Outcome::Success } else { Outcome::Refused };
    let object = reference.and_then(|reference| site.audit.document(&reference));
    site.note(caller, vec![Done { object, ..Done::new(Act::Received, outcome, code) }]).await?;
    if taken.is_ok() {
        site.monitor.documents.inc();
    }
    taken
}

/// Whom a document is about: `Patient/ID`, where it says so.
fn patient_of(reference: &str, body: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Reference {
        reference: Option<String>,
    }
    #[derive(Deserialize)]
    struct Document {
        subject: Option<Reference>,
        patient: Option<Reference>,
    }
    if reference.starts_with("Patient/") {
        return Some(reference.to_owned());
    }
    let Document { subject, patient } = serde_json::from_str(body).ok()?;
    subject.or(patient)?.reference.filter(|reference| reference.starts_with("Patient/"))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Denied> + Send + 'static,
) -> Result<T, Denied> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Denied::internal(&error))?
}
