//! STOW-RS (PS3.18, 10.5): objects by POST.

use std::sync::Arc;

use bithive_chain::http::ReplyBody;
use bithive_dicomnet::multipart::{Part, boundary, parts};
use bithive_dicomnet::{Uid, command::Status};
use hyper::body::Bytes;
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use crate::answer::{Denied, JSON, document};
use crate::arrival::{Announced, Arrival, Refused};
use crate::audit::Receiving;
use crate::clock::now;
use crate::spool::Spool;
use crate::tally::{GatewayMonitor, STOW};

const DICOM: &str = "application/dicom";
/// Most objects of a request.
const MAX_PARTS: usize = 1_000;

/// What became of one object: SOP class and instance where they are known, and why it is not stored.
type Outcome = (Option<(Uid, Uid)>, Option<Refused>);

/// Stores the objects of a request. Each is on disk, and in the audit log, before it is answered for.
pub(crate) async fn store(
    (spool, receiving): (Arc<Spool>, Receiving),
    monitor: &GatewayMonitor,
    (content_type, body): (&str, Bytes),
    study: Option<Uid>,
) -> Result<Response<ReplyBody>, Denied> {
    let limit = boundary(content_type, DICOM)
        .map_err(|error| Denied::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error.to_string()))?;
    let work = move || {
        let found = parts(&body, &limit, MAX_PARTS).map_err(|error| Denied::bad(error.to_string()))?;
        if found.is_empty() {
            return Err(Denied::bad("the body has no part; expected objects of type application/dicom"));
        }
        let announced = Announced { study, ..Announced::default() };
        let one = |part: &Part<'_>| one((&spool, &receiving), &announced, &part.kind, part.body);
        let outcomes: Vec<Outcome> = found.iter().map(one).collect();
        receiving.close().map_err(|error| {
            tracing::error!(%error, "a request is not answered, because that can't be logged");
            let text = "the audit log can't be written; the gateway's log says why";
            Denied::new(StatusCode::SERVICE_UNAVAILABLE, text)
        })?;
        Ok(outcomes)
    };
    let outcomes = tokio::task::spawn_blocking(work).await.map_err(|error| Denied::internal(&error))??;
    for (_, refused) in &outcomes {
        let counts = if refused.is_none() { &monitor.stored } else { &monitor.refused };
        counts.of(STOW).inc();
        if let Some(refused) = refused {
            tracing::warn!(reason = %refused, "an object is refused");
        }
    }
    Ok(answer(&outcomes))
}

fn one((spool, receiving): (&Spool, &Receiving), announced: &Announced, kind: &str, body: &[u8]) -> Outcome {
    if !kind.is_empty() && kind != DICOM {
        let other = Refused::Mismatch { what: "type of the part, which has to be application/dicom," };
        receiving.end(None, Some(&other));
        return (None, Some(other));
    }
    match Arrival::of_file(announced, body, ("STOW-RS request", now())) {
        Ok(arrival) => {
            let named = (arrival.about.class.clone(), arrival.about.instance.clone());
            (Some(named), receiving.store(spool, arrival).err())
        }
        Err(refused) => {
            receiving.end(None, Some(&refused));
            (None, Some(refused))
        }
    }
}

/// The Store Instances Response Module (PS3.18, I.2).
fn answer(outcomes: &[Outcome]) -> Response<ReplyBody> {
    let value = |vr: &str, value: Value| json!({ "vr": vr, "Value": [value] });
    let (mut stored, mut failed) = (Vec::new(), Vec::new());
    for (named, refused) in outcomes {
        let mut item = serde_json::Map::new();
        if let Some((class, instance)) = named {
            item.insert("00081150".into(), value("UI", class.as_str().into()));
            item.insert("00081155".into(), value("UI", instance.as_str().into()));
        }
        match refused {
            None => stored.push(Value::Object(item)),
            Some(refused) => {
                let Status(code) = refused.status();
                item.insert("00081197".into(), value("US", code.into()));
                failed.push(Value::Object(item));
            }
        }
    }
    let no_room = outcomes.iter().all(|(_, refused)| refused.as_ref().is_some_and(is_no_room));
    let status = match (stored.is_empty(), failed.is_empty()) {
        (false, true) => StatusCode::OK,
        (false, false) => StatusCode::ACCEPTED,
        _ if no_room => StatusCode::INSUFFICIENT_STORAGE,
        _ => StatusCode::CONFLICT,
    };
    let mut body = serde_json::Map::new();
    for (number, items) in [("00081198", failed), ("00081199", stored)] {
        if !items.is_empty() {
            body.insert(number.into(), json!({ "vr": "SQ", "Value": items }));
        }
    }
    document(status, JSON, &Value::Object(body))
}

const fn is_no_room(refused: &Refused) -> bool {
    matches!(refused, Refused::Full { .. } | Refused::Disk)
}
