//! Files without what names the patient.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bithive_deid::{
    Action, Admission, Collection, DeidKey, Object, Profile, Report, SubjectKey, Warning, write,
};
use dicom_core::Tag;
use dicom_dictionary_std::tags;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use serde::Serialize;

use crate::error::StudiesError;
use crate::files::{Begun, batches, begin, finish, list, load, prepare};
use crate::summary::Summary;

/// The file by which a later run knows its folder. It has no secret and names nobody.
const MARK: &str = "bithive-deid.json";

/// What a run did.
#[derive(Debug, Default, Serialize)]
pub struct Deidentified {
    /// What became of the files, and how many there were.
    #[serde(flatten)]
    pub summary: Summary,
    /// Attributes that were changed in files written now, and how often.
    pub changed: Vec<Changed>,
    /// What a person should know, and of how many files.
    pub warnings: BTreeMap<Warning, u64>,
    /// Images of which boxes were blanked.
    pub blanked: u64,
    /// Subjects of the files written or found.
    pub subjects: u64,
}

/// How often an attribute was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Its tag, after those of the sequences that it is in.
    pub attribute: String,
    /// What was done.
    pub action: Action,
    /// In how many places of how many files.
    pub count: u64,
}

#[derive(Serialize)]
struct Mark<'a> {
    version: &'a str,
    profile: String,
    /// Equal for equal keys, and nothing can be learned from it.
    key: String,
}

/// De-identifies the files of `input` into the folder `output`: `<pseudonym>/<study>/<series>/<instance>.dcm`, all by their new
/// identifiers. A file whose result is there is not written again, so that a run that was cut off can be repeated. `progress` hears
/// how many files are done, and of how many.
///
/// # Errors
/// Folders that can't be read or written, or an output folder of something else. What is wrong with a file is in the summary.
pub fn deidentify(
    input: &Path,
    output: &Path,
    profile: &Profile,
    key: &DeidKey,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Deidentified, StudiesError> {
    let files = list(input)?;
    prepare(input, output, MARK, &mark(profile, key))?;
    let mut answer = Deidentified::default();
    answer.summary.files = files.len() as u64;
    let mut collection = Collection::default();
    let mut subjects = BTreeSet::new();
    let mut changed: BTreeMap<(String, Action), u64> = BTreeMap::new();
    let mut done = 0;
    for batch in batches(&files) {
        let mut work = Vec::new();
        for loaded in load(batch) {
            let admitted = loaded.content.and_then(|(bytes, object)| {
                let admission = collection.admit(&object, &bytes).map_err(|error| error.to_string())?;
                Ok((admission, object))
            });
            match admitted {
                Ok((Admission::New, object)) => {
                    let subject = key.subject_of(&object);
                    subjects.insert(subject.pseudonym());
                    work.push((loaded.path, object, subject));
                }
                Ok((Admission::Repeated, _)) => answer.summary.repeated += 1,
                Err(reason) => answer.summary.refuse(&loaded.path, reason),
            }
        }
        let finished: Vec<_> = work
            .into_par_iter()
            .map(|(path, object, subject)| (path, one(object, output, profile, &subject)))
            .collect();
        let mut begun = Vec::new();
        for (path, result) in finished {
            match result? {
                Outcome::Written(report, file) => {
                    begun.push(file);
                    answer.summary.written += 1;
                    for change in report.changes() {
                        *changed.entry((change.attribute, change.action)).or_default() +=
                            u64::from(change.count);
                    }
                    for warning in report.warnings {
                        *answer.warnings.entry(warning).or_default() += 1;
                    }
                    answer.blanked += u64::from(!report.blanked.is_empty());
                }
                Outcome::There => answer.summary.there += 1,
                Outcome::Refused(reason) => answer.summary.refuse(&path, reason),
            }
        }
        finish(&begun)?;
        done += batch.len() as u64;
        progress(done, answer.summary.files);
    }
    answer.subjects = subjects.len() as u64;
    answer.changed = changed
        .into_iter()
        .map(|((attribute, action), count)| Changed { attribute, action, count })
        .collect();
    Ok(answer)
}

enum Outcome {
    Written(Report, Begun),
    There,
    Refused(String),
}

fn one(
    mut object: Object,
    output: &Path,
    profile: &Profile,
    subject: &SubjectKey,
) -> Result<Outcome, StudiesError> {
    let path = place(&object, output, profile, subject);
    if path.exists() {
        return Ok(Outcome::There);
    }
    let report = match profile.apply(&mut object, subject) {
        Ok(report) => report,
        Err(error) => return Ok(Outcome::Refused(error.to_string())),
    };
    match write(&object) {
        Ok(bytes) => begin(&path, &bytes).map(|file| Outcome::Written(report, file)),
        Err(error) => Ok(Outcome::Refused(error.to_string())),
    }
}

/// Where the result goes, known before there is one.
fn place(object: &Object, output: &Path, profile: &Profile, subject: &SubjectKey) -> PathBuf {
    let name = |uid: String| {
        // A UID that is kept could be anything, also a path.
        let plain = profile.options.uids
            && uid.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            && !uid.starts_with('.');
        if plain && !uid.is_empty() { uid } else { subject.uid(&uid) }
    };
    let instance = object.meta().media_storage_sop_instance_uid().to_owned();
    output
        .join(subject.pseudonym())
        .join(name(text(object, tags::STUDY_INSTANCE_UID)))
        .join(name(text(object, tags::SERIES_INSTANCE_UID)))
        .join(format!("{}.dcm", name(instance)))
}

pub(crate) fn text(object: &Object, tag: Tag) -> String {
    let text = object.get(tag).and_then(|element| element.to_str().ok().map(|text| text.into_owned()));
    text.unwrap_or_default().trim_matches([' ', '\0']).to_owned()
}

fn mark(profile: &Profile, key: &DeidKey) -> String {
    let boxes = serde_json::to_string(&profile.boxes).unwrap_or_default();
    let options = serde_json::to_string(&profile.options).unwrap_or_default();
    let profile = blake3::hash(format!("{options}\n{boxes}").as_bytes()).to_hex().to_string();
    // A pseudonym that no patient has: issuers have no line ends.
    let key = key.subject("\n", "mark").pseudonym();
    let mark = Mark { version: env!("CARGO_PKG_VERSION"), profile, key };
    serde_json::to_string_pretty(&mark).unwrap_or_default() + "\n"
}
