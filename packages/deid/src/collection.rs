//! Files compared with each other.

use std::collections::HashMap;

use dicom_dictionary_std::tags;

use crate::error::Error;
use crate::file::Object;
use crate::image::text;

/// What a file is to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It is the first with its identifier.
    New,
    /// It has the identifier and the contents of one before.
    Repeated,
}

/// The files of one run: whose each study is, and what each object contains. It keeps digests only.
#[derive(Default)]
pub struct Collection {
    patients: HashMap<blake3::Hash, blake3::Hash>,
    instances: HashMap<blake3::Hash, blake3::Hash>,
}

impl Collection {
    /// Compares an object, read from `bytes`, with those before. A refused one is not remembered.
    ///
    /// # Errors
    /// [`Error::TwoPatients`] where the study is another patient's, [`Error::SameInstance`] where another file has the same SOP
    /// Instance UID.
    pub fn admit(&mut self, object: &Object, bytes: &[u8]) -> Result<Admission, Error> {
        let digest = |tags: &[_]| {
            let mut hasher = blake3::Hasher::new();
            for tag in tags {
                let text = text(object, *tag);
                hasher.update(&(text.len() as u64).to_le_bytes());
                hasher.update(text.as_bytes());
            }
            hasher.finalize()
        };
        let study = text(object, tags::STUDY_INSTANCE_UID);
        let (study_key, patient) =
            (digest(&[tags::STUDY_INSTANCE_UID]), digest(&[tags::PATIENT_ID, tags::ISSUER_OF_PATIENT_ID]));
        if !study.is_empty() && self.patients.get(&study_key).is_some_and(|known| *known != patient) {
            return Err(Error::TwoPatients);
        }
        let instance = digest(&[tags::SOP_INSTANCE_UID]);
        let contents = blake3::hash(bytes);
        match self.instances.get(&instance) {
            Some(known) if *known == contents => Ok(Admission::Repeated),
            Some(_) => Err(Error::SameInstance),
            None => {
                self.instances.insert(instance, contents);
                self.patients.insert(study_key, patient);
                Ok(Admission::New)
            }
        }
    }
}
