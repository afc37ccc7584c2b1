//! De-identified files as images for jobs.

use std::path::{Path, PathBuf};

use bithive_deid::{Admission, Collection, Object, position, to_tensor};
use bithive_keystore::fresh_rng;
use bithive_subject_keys::{DataKey, ENDING, SubjectKeyError, SubjectKeys};
use bithive_tensor::Tensor;
use dicom_dictionary_std::tags;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::deidentify::text;
use crate::error::StudiesError;
use crate::files::{batches, list, load, prepare, write_whole};
use crate::summary::Summary;

/// The table of what was imported, in the output folder.
pub const TABLE: &str = "images.csv";
const MARK: &str = "bithive-import.json";

/// What an import made.
#[derive(Debug, Default, Serialize)]
pub struct Imported {
    /// What became of the files, and how many there were.
    #[serde(flatten)]
    pub summary: Summary,
    /// Every file of images, in the order of the table.
    pub images: Vec<Row>,
}

/// A row of the table: a file of images and where they come from, by identifiers of the de-identified objects.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The file, in the output folder.
    pub file: String,
    /// Pseudonym of the subject.
    pub subject: String,
    /// Study Instance UID.
    pub study: String,
    /// Series Instance UID.
    pub series: String,
    /// SOP Instance UID.
    pub instance: String,
    /// For example CT.
    pub modality: String,
    /// Images in the file, and the first of them as a frame of the instance, counted from 1.
    pub images: usize,
    /// Frame of the instance that the first image is, counted from 1.
    pub first_frame: usize,
    /// Channels of an image.
    pub channels: usize,
    /// Rows of pixels.
    pub height: usize,
    /// Columns of pixels.
    pub width: usize,
    /// Millimetres between rows; empty where not known.
    pub row_spacing: Option<f32>,
    /// Millimetres between columns.
    pub column_spacing: Option<f32>,
    /// Position along the normal of the slice in millimetres, by which slices are sorted; empty where not known.
    pub position: Option<f64>,
}

/// Writes each frame of the objects in `input` as float32 after the modality transformation: `<instance>.bhim`, and more files with
/// a number where one would be larger than a message; and the table. Only de-identified objects are taken. With `keys`, each file is sealed
/// under the key of its subject, so that destroying the key erases it; its name ends with `.sealed`. `progress` hears how many files are
/// done, and of how many.
///
/// # Errors
/// Folders that can't be read or written, or an output folder of something else. What is wrong with a file is in the summary.
pub fn import(
    input: &Path,
    output: &Path,
    keys: Option<&SubjectKeys>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Imported, StudiesError> {
    let files: Vec<PathBuf> =
        list(input)?.into_iter().filter(|file| file.extension().is_none_or(|kind| kind != "json")).collect();
    let sealed = if keys.is_some() { ", \"sealed\": true" } else { "" };
    let mark = format!("{{ \"import\": 1, \"version\": \"{}\"{sealed} }}\n", env!("CARGO_PKG_VERSION"));
    prepare(input, output, MARK, &mark)?;
    let mut answer = Imported::default();
    answer.summary.files = files.len() as u64;
    let mut collection = Collection::default();
    let mut done = 0;
    for batch in batches(&files) {
        let mut work = Vec::new();
        for loaded in load(batch) {
            let admitted = loaded.content.and_then(|(bytes, object)| {
                if text(&object, tags::PATIENT_IDENTITY_REMOVED) != "YES" {
                    return Err("the object is not de-identified; run `bithive dicom deid` first".to_owned());
                }
                let admission = collection.admit(&object, &bytes).map_err(|error| error.to_string())?;
                Ok((admission, object))
            });
            match admitted {
                // Here, one after the other: two that begin at once would make two keys for one subject.
                Ok((Admission::New, object)) => match key_of(&object, keys) {
                    Ok(key) => work.push((loaded.path, object, key)),
                    Err(error @ SubjectKeyError::Erased) => {
                        answer.summary.refuse(&loaded.path, error.to_string());
                    }
                    Err(error) => return Err(error.into()),
                },
                Ok((Admission::Repeated, _)) => answer.summary.repeated += 1,
                Err(reason) => answer.summary.refuse(&loaded.path, reason),
            }
        }
        let finished: Vec<_> = {
            let images = |(path, object, key): (PathBuf, Object, Option<DataKey>)| {
                let images = one(&object, output, key.as_ref());
                (path, images)
            };
            work.into_par_iter().map(images).collect()
        };
        for (path, result) in finished {
            match result? {
                Ok((rows, written)) => {
                    answer.images.extend(rows);
                    if written { answer.summary.written += 1 } else { answer.summary.there += 1 }
                }
                Err(reason) => answer.summary.refuse(&path, reason),
            }
        }
        done += batch.len() as u64;
        progress(done, answer.summary.files);
    }
    answer.images.sort_by(|one, other| {
        (&one.subject, &one.study, &one.series)
            .cmp(&(&other.subject, &other.study, &other.series))
            .then(one.position.partial_cmp(&other.position).unwrap_or(std::cmp::Ordering::Equal))
            .then_with(|| one.file.cmp(&other.file))
    });
    let path = output.join(TABLE);
    let failed = |source| StudiesError::Table { path: path.clone(), source };
    let mut table = csv::Writer::from_writer(Vec::new());
    for row in &answer.images {
        table.serialize(row).map_err(failed)?;
    }
    let bytes = table.into_inner().map_err(|error| failed(error.into_error().into()))?;
    write_whole(&path, &bytes)?;
    Ok(answer)
}

/// The key of the subject of an object, if files are to be sealed.
fn key_of(object: &Object, keys: Option<&SubjectKeys>) -> Result<Option<DataKey>, SubjectKeyError> {
    let of = |keys: &SubjectKeys| keys.of(&text(object, tags::PATIENT_ID), &mut fresh_rng()?);
    keys.map(of).transpose()
}

/// The rows of an object, and whether any file of it was not there yet.
fn one(
    object: &Object,
    output: &Path,
    key: Option<&DataKey>,
) -> Result<Result<(Vec<Row>, bool), String>, StudiesError> {
    let tensors = match to_tensor(object) {
        Ok(tensors) => tensors,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let instance = object.meta().media_storage_sop_instance_uid().to_owned();
    // Names of files are made of it.
    if !instance.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') || instance.starts_with('.') {
        return Ok(Err("the SOP Instance UID has other characters than digits and dots".to_owned()));
    }
    let (mut rows, mut written, mut first_frame) = (Vec::new(), false, 1);
    for (index, tensor) in tensors.iter().enumerate() {
        let file =
            if index == 0 { format!("{instance}.bhim") } else { format!("{instance}-{}.bhim", index + 1) };
        let file = if key.is_some() { format!("{file}.{ENDING}") } else { file };
        let path = output.join(&file);
        if !path.exists() {
            let mut bytes = Zeroizing::new(tensor.encode());
            if let Some(key) = key {
                let mut rng = fresh_rng().map_err(SubjectKeyError::from)?;
                *bytes = key.seal(&file, &bytes, &mut rng)?;
            }
            write_whole(&path, &bytes)?;
            written = true;
        }
        let row = row(object, tensor, file, instance.clone(), first_frame);
        first_frame += row.images;
        rows.push(row);
    }
    Ok(Ok((rows, written)))
}

fn row(object: &Object, tensor: &Tensor, file: String, instance: String, first_frame: usize) -> Row {
    let (shape, spacing) = (tensor.shape(), tensor.spacing());
    Row {
        file,
        subject: text(object, tags::PATIENT_ID),
        study: text(object, tags::STUDY_INSTANCE_UID),
        series: text(object, tags::SERIES_INSTANCE_UID),
        instance,
        modality: text(object, tags::MODALITY),
        images: shape.images(),
        first_frame,
        channels: shape.channels(),
        height: shape.height(),
        width: shape.width(),
        row_spacing: spacing.map(|spacing| spacing.row()),
        column_spacing: spacing.map(|spacing| spacing.column()),
        position: position(object),
    }
}
