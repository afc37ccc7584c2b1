//! What was made of a study, removed with it.

use bithive_dicomnet::Uid;

use crate::documents;
use crate::error::GatewayError;
use crate::images::{self, arrived};
use crate::outbox::{Outbox, Thing};
use crate::results;
use crate::spool::Spool;
use crate::study;

/// Removes a study: its objects, its images and results, its answers, and what was to be sent of them. Returns how many objects there were.
/// What was sent stays where it was sent, and what a disk keeps of removed files is not overwritten.
///
/// # Errors
/// [`GatewayError::Io`], [`GatewayError::Damaged`]; what is not removed by then is removed by the next call.
pub fn forget(spool: &Spool, of: &Uid) -> Result<usize, GatewayError> {
    let record = study::get(spool, of)?;
    let mut things: Vec<Thing> =
        spool.study(of).into_iter().map(|about| Thing::Object(about.instance)).collect();
    if let Some(record) = &record {
        images::clear(spool, of, &record.objects, record.parts.len())?;
        for part in 0..record.parts.len() {
            let Some(job) = results::job(spool, of, part)? else { continue };
            let id = results::report_id(spool, &job);
            documents::remove(spool, "Bundle", &id)?;
            things.push(Thing::Document { kind: "Bundle".into(), id });
        }
    }
    Outbox::open(spool)?.remove(spool, &things)?;
    let patient = arrived(spool, of)
        .first()
        .map(|about| about.patient())
        .map(|(issuer, number)| (issuer.to_owned(), number.to_owned()));
    let removed = spool.erase(of)?;
    if let Some((issuer, number)) = patient {
        let others = spool.studies();
        let is_his = |study: &Uid| {
            spool
                .study(study)
                .first()
                .is_some_and(|about| about.patient() == (issuer.as_str(), number.as_str()))
        };
        if !others.iter().any(is_his) {
            documents::remove(spool, "Patient", &spool.pseudonym(&["patient", &issuer, &number]))?;
        }
    }
    if let Some(record) = record {
        results::clear(spool, of, record.parts.len())?;
        study::remove(spool, of)?;
    }
    Ok(removed)
}
