//! What files are, without a value that names somebody.

use std::collections::BTreeMap;
use std::path::Path;

use bithive_deid::{Collection, DeidKey, Profile, Warning};
use dicom_dictionary_std::tags;
use serde::Serialize;

use crate::deidentify::text;
use crate::error::StudiesError;
use crate::files::{batches, list, load};
use crate::summary::Refusal;

/// What is known of one readable file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inspected {
    /// The file; its path may name a patient.
    pub file: String,
    /// Kind of the object: its SOP class.
    pub class: String,
    /// How it is encoded.
    pub transfer_syntax: String,
    /// For example CT.
    pub modality: String,
    /// Rows, columns and frames; none without pixels.
    pub size: Option<[u32; 3]>,
    /// Attributes that de-identification would change.
    pub changes: u64,
    /// What a person should know.
    pub warnings: Vec<Warning>,
    /// Why de-identification would refuse it.
    pub refused: Option<String>,
}

/// What is known of all files of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// Those that can be read.
    pub files: Vec<Inspected>,
    /// Those that can't.
    pub unreadable: Vec<Refusal>,
    /// Readable files of each modality.
    pub modalities: BTreeMap<String, u64>,
}

/// Reads files and tries what de-identification with this profile would do. Nothing is written. `progress` hears how many files are
/// done, and of how many.
///
/// # Errors
/// Folders that can't be read.
pub fn inspect(
    input: &Path,
    profile: &Profile,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Inspection, StudiesError> {
    let files = list(input)?;
    let mut answer = Inspection::default();
    let mut collection = Collection::default();
    // What it gives is thrown away: any key will do.
    let key = DeidKey::from_hex(&"01".repeat(32));
    let mut done = 0;
    for batch in batches(&files) {
        for loaded in load(batch) {
            let file = loaded.path.display().to_string();
            let (bytes, mut object) = match loaded.content {
                Ok(content) => content,
                Err(reason) => {
                    answer.unreadable.push(Refusal { file, reason });
                    continue;
                }
            };
            let number = |tag| object.get(tag).and_then(|element| element.to_int::<u32>().ok());
            let pixels = [tags::PIXEL_DATA, tags::FLOAT_PIXEL_DATA, tags::DOUBLE_FLOAT_PIXEL_DATA];
            let size = pixels.iter().find_map(|tag| object.get(*tag)).and_then(|_| {
                Some([
                    number(tags::ROWS)?,
                    number(tags::COLUMNS)?,
                    number(tags::NUMBER_OF_FRAMES).unwrap_or(1),
                ])
            });
            let modality = text(&object, tags::MODALITY);
            *answer.modalities.entry(modality.clone()).or_default() += 1;
            let (class, transfer_syntax) = {
                let meta = object.meta();
                (meta.media_storage_sop_class_uid().to_owned(), meta.transfer_syntax().to_owned())
            };
            let tried = collection.admit(&object, &bytes).and_then(|_| {
                let key = key.as_ref().map_err(Clone::clone)?;
                let subject = key.subject_of(&object);
                profile.apply(&mut object, &subject)
            });
            let (changes, warnings, refused) = match tried {
                Ok(report) => (report.count(), report.warnings, None),
                Err(error) => (0, Vec::new(), Some(error.to_string())),
            };
            answer.files.push(Inspected {
                file,
                class,
                transfer_syntax,
                modality,
                size,
                changes,
                warnings,
                refused,
            });
        }
        done += batch.len() as u64;
        progress(done, files.len() as u64);
    }
    Ok(answer)
}
