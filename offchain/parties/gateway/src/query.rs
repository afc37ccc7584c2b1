//! QIDO-RS and WADO-RS (PS3.18, 10.6 and 10.4), small: studies, series and instances, and their files as they were stored.

use std::collections::BTreeMap;
use std::sync::Arc;

use bithive_chain::http::{Broken, Parts, ReplyBody, query_pairs};
use bithive_dicomnet::Uid;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

use crate::answer::{Denied, JSON, document, empty};
use crate::arrival::{About, KEPT};
use crate::spool::Spool;

/// Most results of a query, and how many there are without `limit`.
const MAX_RESULTS: usize = 1_000;
/// Attributes by which studies and what is in them can be asked for, by keyword and number.
const KEYS: [(&str, &str); 9] = [
    ("StudyInstanceUID", "0020000D"),
    ("SeriesInstanceUID", "0020000E"),
    ("SOPInstanceUID", "00080018"),
    ("SOPClassUID", "00080016"),
    ("PatientID", "00100020"),
    ("PatientName", "00100010"),
    ("StudyDate", "00080020"),
    ("AccessionNumber", "00080050"),
    ("Modality", "00080060"),
];
/// Attributes of a study's patient and of the study; those of a series; those of an instance.
const OF_STUDY: [&str; 6] = ["00080020", "00080030", "00080050", "00100010", "00100020", "00100021"];
const OF_SERIES: [&str; 3] = ["00080060", "00180015", "00200011"];
const OF_INSTANCE: [&str; 3] = ["00200013", "00280010", "00280011"];

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Studies,
    Series,
    Instances,
}

/// Where it is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Within {
    pub(crate) study: Option<Uid>,
    pub(crate) series: Option<Uid>,
    pub(crate) instance: Option<Uid>,
}

impl Within {
    fn has(&self, about: &About) -> bool {
        let is = |wanted: &Option<Uid>, found: &Uid| wanted.as_ref().is_none_or(|wanted| wanted == found);
        is(&self.study, &about.study)
            && is(&self.series, &about.series)
            && is(&self.instance, &about.instance)
    }

    /// The objects there.
    fn objects(&self, spool: &Spool) -> Vec<About> {
        let studies = self.study.clone().map_or_else(|| spool.studies(), |study| vec![study]);
        studies.iter().flat_map(|study| spool.study(study)).filter(|about| self.has(about)).collect()
    }
}

/// What somebody gets to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Results of a query, or objects.
    pub(crate) count: usize,
    /// Issuer and number of the patient, if there is one patient alone.
    pub(crate) patient: Option<(String, String)>,
}

impl Seen {
    fn of<'a>(count: usize, objects: impl Iterator<Item = &'a About>) -> Self {
        let mut patients = objects.map(About::patient);
        let one = patients.next().filter(|one| patients.all(|other| other == *one));
        Self { count, patient: one.map(|(issuer, id)| (issuer.into(), id.into())) }
    }
}

/// Answers a query.
pub(crate) fn query(
    spool: &Spool,
    level: Level,
    within: &Within,
    text: Option<&str>,
) -> Result<(Response<ReplyBody>, Seen), Denied> {
    let (mut wanted, mut limit, mut offset) = (Vec::new(), MAX_RESULTS, 0);
    for (name, value) in query_pairs(text.unwrap_or_default()) {
        let number = || {
            value
                .parse::<usize>()
                .map_err(|_| Denied::bad(format!("{name}: expected a number, found {value:?}")))
        };
        match name.as_str() {
            "limit" => limit = number()?.min(MAX_RESULTS),
            "offset" => offset = number()?,
            // What is answered does not depend on these: all attributes that are known are in each result.
            "includefield" | "fuzzymatching" => {}
            _ => {
                let key = KEYS.iter().find(|(keyword, number)| [*keyword, *number].contains(&name.as_str()));
                let (_, number) = key.ok_or_else(|| {
                    let keys = KEYS.map(|(keyword, _)| keyword).join(", ");
                    Denied::bad(format!("{name:?} is no key here; expected one of {keys}, limit or offset"))
                })?;
                if !value.is_empty() {
                    wanted.push((*number, value));
                }
            }
        }
    }
    let mut results: BTreeMap<(Uid, Option<Uid>, Option<Uid>), Vec<About>> = BTreeMap::new();
    for about in within.objects(spool) {
        if !wanted.iter().all(|(number, value)| matches(value, &value_of(&about, number))) {
            continue;
        }
        let key = match level {
            Level::Studies => (about.study.clone(), None, None),
            Level::Series => (about.study.clone(), Some(about.series.clone()), None),
            Level::Instances => {
                (about.study.clone(), Some(about.series.clone()), Some(about.instance.clone()))
            }
        };
        results.entry(key).or_default().push(about);
    }
    let found: Vec<&Vec<About>> = results.values().skip(offset).take(limit).collect();
    let seen = Seen::of(found.len(), found.iter().copied().flatten());
    if found.is_empty() {
        return Ok((empty(StatusCode::NO_CONTENT), seen));
    }
    let found = found.into_iter().map(|objects| result(level, objects)).collect();
    Ok((document(StatusCode::OK, JSON, &Value::Array(found)), seen))
}

fn value_of(about: &About, number: &str) -> String {
    match number {
        "0020000D" => about.study.to_string(),
        "0020000E" => about.series.to_string(),
        "00080018" => about.instance.to_string(),
        "00080016" => about.class.to_string(),
        _ => about.attribute(number).to_owned(),
    }
}

/// Single values, lists of UIDs, ranges of dates, and `*` at the end (PS3.4, C.2.2.2).
fn matches(wanted: &str, found: &str) -> bool {
    let is_date = found.len() == 8 && found.bytes().all(|byte| byte.is_ascii_digit());
    if is_date && let Some((from, to)) = wanted.split_once('-') {
        return (from.is_empty() || found >= from) && (to.is_empty() || found <= to);
    }
    if let Some(beginning) = wanted.strip_suffix('*') {
        return found.to_lowercase().starts_with(&beginning.to_lowercase());
    }
    wanted.split(',').any(|one| one == found)
}

fn put(item: &mut Map<String, Value>, number: &str, vr: &str, value: Value) {
    item.insert(number.to_owned(), json!({ "vr": vr, "Value": [value] }));
}

fn result(level: Level, objects: &[About]) -> Value {
    let mut item = Map::new();
    let Some(first) = objects.first() else { return Value::Object(item) };
    let groups: &[&[&str]] = match level {
        Level::Studies => &[&OF_STUDY],
        Level::Series => &[&OF_STUDY, &OF_SERIES],
        Level::Instances => &[&OF_STUDY, &OF_SERIES, &OF_INSTANCE],
    };
    for number in groups.iter().copied().flatten() {
        let text = first.attribute(number);
        let Some((_, vr, _)) = KEPT.iter().find(|(kept, _, _)| kept == number) else { continue };
        if text.is_empty() {
            continue;
        }
        let value = match *vr {
            "PN" => json!({ "Alphabetic": text }),
            "US" | "IS" => text.trim().parse::<i64>().map_or_else(|_| text.into(), Value::from),
            _ => text.into(),
        };
        put(&mut item, number, vr, value);
    }
    put(&mut item, "0020000D", "UI", first.study.as_str().into());
    let mut modalities: Vec<&str> = objects.iter().map(|about| about.attribute("00080060")).collect();
    modalities.sort_unstable();
    modalities.dedup();
    if level == Level::Studies {
        item.insert("00080061".into(), json!({ "vr": "CS", "Value": modalities }));
        let mut series: Vec<&Uid> = objects.iter().map(|about| &about.series).collect();
        series.sort_unstable();
        series.dedup();
        put(&mut item, "00201206", "IS", series.len().into());
        put(&mut item, "00201208", "IS", objects.len().into());
    } else {
        put(&mut item, "0020000E", "UI", first.series.as_str().into());
    }
    if level == Level::Series {
        put(&mut item, "00201209", "IS", objects.len().into());
    }
    if level == Level::Instances {
        put(&mut item, "00080016", "UI", first.class.as_str().into());
        put(&mut item, "00080018", "UI", first.instance.as_str().into());
    }
    Value::Object(item)
}

/// Answers with the files there, in a body of parts, one after the other: one object is in memory at a time.
pub(crate) fn retrieve(
    spool: Arc<Spool>,
    within: &Within,
    accept: &str,
) -> Result<(Response<ReplyBody>, Seen), Denied> {
    let mut asked = accept.split(',').map(|kind| kind.split(';').next().unwrap_or_default().trim());
    if !accept.is_empty()
        && !asked.any(|kind| {
            ["*/*", "multipart/*", "multipart/related"].contains(&kind.to_ascii_lowercase().as_str())
        })
    {
        let text = "Accept: expected multipart/related; type=\"application/dicom\"; transfer-syntax=*";
        return Err(Denied::new(StatusCode::NOT_ACCEPTABLE, text));
    }
    let objects = within.objects(&spool);
    if objects.is_empty() {
        return Err(Denied::not_found("there is no such object"));
    }
    let seen = Seen::of(objects.len(), objects.iter());
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(|error| Denied::internal(&error))?;
    let boundary = hex::encode(random);
    let kind = format!("multipart/related; type=\"application/dicom\"; boundary={boundary}");
    let kind = HeaderValue::from_str(&kind).map_err(|error| Denied::internal(&error))?;
    let (sender, receiver) = mpsc::channel(1);
    tokio::task::spawn_blocking(move || {
        for about in objects {
            let file = match spool.file(&about.instance) {
                Ok(Some(file)) => file,
                Ok(None) => continue,
                Err(error) => {
                    tracing::error!(%error, "an object can't be read");
                    let _ = sender.blocking_send(Err(Broken));
                    return;
                }
            };
            let syntax = &about.transfer_syntax;
            let head =
                format!("--{boundary}\r\nContent-Type: application/dicom; transfer-syntax={syntax}\r\n\r\n");
            for part in [Bytes::from(head), Bytes::from(file), Bytes::from_static(b"\r\n")] {
                // A client that is gone needs no more.
                if sender.blocking_send(Ok(part)).is_err() {
                    return;
                }
            }
        }
        let _ = sender.blocking_send(Ok(Bytes::from(format!("--{boundary}--\r\n"))));
    });
    let mut response = Response::new(ReplyBody::Parts(Parts::new(receiver, None)));
    response.headers_mut().insert(CONTENT_TYPE, kind);
    Ok((response, seen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_lists_beginnings_and_ranges_of_dates_match() {
        for (wanted, found, is) in [
            ("CT", "CT", true),
            ("CT", "MR", false),
            ("1.2,1.3", "1.3", true),
            ("doe*", "Doe^Jane", true),
            ("20260101-20260401", "20260309", true),
            ("20260310-", "20260309", false),
            ("-20260309", "20260309", true),
            ("20260309", "20260309", true),
        ] {
            assert_eq!(matches(wanted, found), is, "{wanted} {found}");
        }
    }
}
