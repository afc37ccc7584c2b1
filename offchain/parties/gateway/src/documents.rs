//! Documents of FHIR that arrive: checked, encrypted, on disk before they are answered for.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bithive_chain::http::ReplyBody;
use bithive_fhir::{Json, Object, Resource};
use hyper::header::{HeaderValue, LOCATION};
use hyper::{Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::answer::{Denied, FHIR, document, text};
use crate::error::GatewayError;
use crate::spool::Spool;

/// Types of resources that are taken.
pub(crate) const TYPES: [&str; 6] =
    ["Patient", "Observation", "ImagingStudy", "DiagnosticReport", "Consent", "Bundle"];
const KIND: &str = "documents";
/// Most documents of an answer.
const MAX_RESULTS: usize = 1_000;
/// Most identifiers of a document by which it can be found.
const MAX_IDENTIFIERS: usize = 16;

/// What is known of a document without reading it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    kind: String,
    id: String,
    /// Identifiers, as system and value.
    identifiers: Vec<(String, String)>,
}

/// The documents of a spool.
pub(crate) struct Documents(Mutex<BTreeMap<(String, String), Known>>);

impl Documents {
    /// Finds those that are there.
    ///
    /// # Errors
    /// [`GatewayError::Damaged`], [`GatewayError::Io`].
    pub(crate) fn open(spool: &Spool) -> Result<Self, GatewayError> {
        let all: Vec<Known> = spool.all(KIND)?;
        let found = all.into_iter().map(|known| ((known.kind.clone(), known.id.clone()), known));
        Ok(Self(Mutex::new(found.collect())))
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<(String, String), Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a document. One without an id gets one that follows from what it says, so that the same document twice is one document.
    pub(crate) fn create(
        &self,
        spool: &Spool,
        kind: &str,
        body: &[u8],
    ) -> Result<Response<ReplyBody>, Denied> {
        let object = read(kind, body)?;
        if object.get("id").is_some() {
            return Err(Denied::bad(format!(
                "a new document has no id; to name one, PUT it at /fhir/{kind}/ID"
            )));
        }
        let id = spool.pseudonym(&["document", kind, &object.to_json()]);
        self.put(spool, kind, &id, object)
    }

    /// Takes a document with its id, in the place of one that has it.
    pub(crate) fn update(
        &self,
        spool: &Spool,
        (kind, id): (&str, &str),
        body: &[u8],
    ) -> Result<Response<ReplyBody>, Denied> {
        let object = read(kind, body)?;
        if object.text("id") != Some(id) {
            return Err(Denied::bad(format!("{kind}.id: expected {id:?}, as the path has it")));
        }
        self.put(spool, kind, id, object)
    }

    fn put(
        &self,
        spool: &Spool,
        kind: &str,
        id: &str,
        mut object: Object,
    ) -> Result<Response<ReplyBody>, Denied> {
        object.insert("id", Json::from(id));
        let written = object.to_json();
        let is_new = self.keep(spool, (kind, id), object).map_err(|error| {
            tracing::error!(%error, "a document can't be written");
            Denied::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "the document can't be kept; the gateway's log says why",
            )
        })?;
        let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
        let mut response = text(status, FHIR, written);
        if let Ok(location) = HeaderValue::from_str(&format!("/fhir/{kind}/{id}")) {
            response.headers_mut().insert(LOCATION, location);
        }
        Ok(response)
    }

    /// Keeps a checked document under its type and id, which it has, in the place of one that was there; returns whether there was none.
    ///
    /// # Errors
    /// [`GatewayError::Io`]; too many documents.
    pub(crate) fn keep(
        &self,
        spool: &Spool,
        (kind, id): (&str, &str),
        object: Object,
    ) -> Result<bool, GatewayError> {
        let identifiers = object.items("identifier").iter().filter_map(Json::object).take(MAX_IDENTIFIERS);
        let identifiers = identifiers.map(|one| {
            (one.text("system").unwrap_or_default().into(), one.text("value").unwrap_or_default().into())
        });
        let known = Known { kind: kind.into(), id: id.into(), identifiers: identifiers.collect() };
        // Held while it is written: two writers of one document would differ in what is on disk and what is known.
        let mut all = self.known();
        spool.put(KIND, &format!("{kind}/{id}"), &known, object.to_json().into_bytes())?;
        Ok(all.insert((kind.to_owned(), id.to_owned()), known).is_none())
    }

    /// The text of a document.
    pub(crate) fn read(&self, spool: &Spool, kind: &str, id: &str) -> Result<String, Denied> {
        let missing = || Denied::not_found("there is no such document");
        if !self.known().contains_key(&(kind.to_owned(), id.to_owned())) {
            return Err(missing());
        }
        body(spool, kind, id).map_err(|error| Denied::internal(&error))?.ok_or_else(missing)
    }

    /// A bundle of the documents of a type that have an identifier, `system|value` or a value, of all of them without one; and how many
    /// there are.
    pub(crate) fn search(
        &self,
        spool: &Spool,
        kind: &str,
        identifier: Option<&str>,
    ) -> Result<(String, usize), Denied> {
        let fits = |known: &&Known| {
            let Some(wanted) = identifier else { return true };
            known.identifiers.iter().any(|(system, value)| match wanted.split_once('|') {
                Some((asked, wanted)) => asked == system && wanted == value,
                None => wanted == value,
            })
        };
        let found: Vec<Known> = self
            .known()
            .values()
            .filter(|known| known.kind == kind && fits(known))
            .take(MAX_RESULTS)
            .cloned()
            .collect();
        let mut entries = Vec::with_capacity(found.len());
        for known in &found {
            let read = body(spool, &known.kind, &known.id).map_err(|error| Denied::internal(&error))?;
            let Some(read) = read else { continue };
            // Digits of decimals stay as they are.
            let raw =
                serde_json::value::RawValue::from_string(read).map_err(|error| Denied::internal(&error))?;
            entries.push(Entry { resource: raw });
        }
        let total = entries.len();
        let bundle = Searched { kind: "Bundle", of: "searchset", total, entry: entries };
        Ok((serde_json::to_string(&bundle).map_err(|error| Denied::internal(&error))?, total))
    }
}

#[derive(Serialize)]
struct Searched {
    #[serde(rename = "resourceType")]
    kind: &'static str,
    #[serde(rename = "type")]
    of: &'static str,
    total: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entry: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    resource: Box<serde_json::value::RawValue>,
}

/// Removes a document, if it is there.
pub(crate) fn remove(spool: &Spool, kind: &str, id: &str) -> Result<(), GatewayError> {
    spool.remove(KIND, &format!("{kind}/{id}"))
}

/// The text of a document, if it is there.
pub(crate) fn body(spool: &Spool, kind: &str, id: &str) -> Result<Option<String>, GatewayError> {
    let found = spool.get::<Known>(KIND, &format!("{kind}/{id}"))?;
    Ok(found.map(|(_, body)| String::from_utf8_lossy(&body).into_owned()))
}

/// Checks a document, and that it is of the type that the path says.
fn read(kind: &str, body: &[u8]) -> Result<Object, Denied> {
    let unprocessable =
        |error: &dyn std::fmt::Display| Denied::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string());
    let object = Resource::read(body).map_err(|error| unprocessable(&error))?.into_object();
    match object.text("resourceType") {
        Some(found) if found == kind => Ok(object),
        found => Err(unprocessable(&format!(
            "the document is a {}; expected a {kind}",
            found.unwrap_or("resource")
        ))),
    }
}

/// Whether a text is an id of FHIR.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

/// What the FHIR part can do.
pub(crate) fn capability() -> Response<ReplyBody> {
    let interactions: Vec<_> =
        ["create", "read", "update", "search-type"].map(|code| json!({ "code": code })).into();
    let resources: Vec<_> = TYPES
        .map(|kind| {
            let parameter = json!({ "name": "identifier", "type": "token" });
            json!({ "type": kind, "interaction": interactions, "searchParam": [parameter] })
        })
        .into();
    let statement = json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-24",
        "kind": "instance",
        "implementation": { "description": "BitHive gateway" },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [{ "mode": "server", "resource": resources }],
    });
    document(StatusCode::OK, FHIR, &statement)
}
