//! DICOMweb: which path is what.

use std::sync::Arc;

use bithive_audit::{Act, Outcome};
use bithive_chain::http::{ReplyBody, begin_work};
use bithive_dicomnet::Uid;
use hyper::body::Incoming;
use hyper::header::{ACCEPT, CONTENT_TYPE};
use hyper::{Method, Request, Response};

use super::{Site, header, read};
use crate::answer::Denied;
use crate::arrival::MAX_OBJECT;
use crate::audit::{Done, Receiving};
use crate::auth::Caller;
use crate::auth::scope::{IMAGES, Permission};
use crate::query::{Level, Within, query, retrieve};
use crate::stow;

/// Most bytes of a request with objects.
const MAX_STOW: usize = MAX_OBJECT + (1 << 20);

pub(super) async fn answer(
    site: &Arc<Site>,
    caller: &Caller,
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
        site.permit(caller, (IMAGES, Permission::Create)).await?;
        let kind = header(request.headers(), &CONTENT_TYPE);
        let (_kept, _work, body) = read(request, MAX_STOW).await?;
        let receiving = Receiving::new(site.audit.clone(), site.audit.caller(caller), "stow");
        return stow::store((site.spool.clone(), receiving), &site.monitor, (&kind, body), study).await;
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
    let (permission, code) = match level {
        Some(_) => (Permission::Search, "qido"),
        None => (Permission::Read, "wado"),
    };
    site.permit(caller, (IMAGES, permission)).await?;
    let _work = begin_work(&request);
    let (response, seen) = match level {
        Some(level) => query(&site.spool, level, &within, text)?,
        None => retrieve(site.spool.clone(), &within, &header(request.headers(), &ACCEPT))?,
    };
    let done = Done {
        object: within.study.as_ref().and_then(|study| site.audit.study(study.as_str())),
        subject: seen.patient.and_then(|(issuer, id)| site.audit.patient(&issuer, &id)),
        count: Some(seen.count),
        ..Done::new(Act::Opened, Outcome::Success, code)
    };
    site.note(caller, vec![done]).await?;
    Ok(response)
}
