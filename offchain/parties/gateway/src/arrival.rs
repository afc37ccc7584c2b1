//! What an object that arrives says of itself, checked at the door.

use std::collections::BTreeMap;

use bithive_deid::{Object, head, read, split};
use bithive_dicomnet::Uid;
use bithive_dicomnet::command::Status;
use dicom_core::Tag;
use dicom_dictionary_std::tags;
use serde::{Deserialize, Serialize};

use crate::classes::is_stored;

/// Most bytes of one object.
pub const MAX_OBJECT: usize = 256 << 20;
/// Most characters of a text that is kept beside an object.
const MAX_TEXT: usize = 256;

/// Attributes that are kept beside an object, for queries: their keyword-free number as DICOM JSON has it, their VR, and the attribute.
pub(crate) const KEPT: [(&str, &str, Tag); 12] = [
    ("00080020", "DA", tags::STUDY_DATE),
    ("00080030", "TM", tags::STUDY_TIME),
    ("00080050", "SH", tags::ACCESSION_NUMBER),
    ("00080060", "CS", tags::MODALITY),
    ("00100010", "PN", tags::PATIENT_NAME),
    ("00100020", "LO", tags::PATIENT_ID),
    ("00100021", "LO", tags::ISSUER_OF_PATIENT_ID),
    ("00180015", "CS", tags::BODY_PART_EXAMINED),
    ("00200011", "IS", tags::SERIES_NUMBER),
    ("00200013", "IS", tags::INSTANCE_NUMBER),
    ("00280010", "US", tags::ROWS),
    ("00280011", "US", tags::COLUMNS),
];

/// What is known of an object without its pixels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// UID of the SOP class.
    pub class: Uid,
    /// UID of the object.
    pub instance: Uid,
    /// UID of its study.
    pub study: Uid,
    /// UID of its series.
    pub series: Uid,
    /// How it is encoded.
    pub transfer_syntax: Uid,
    /// Attributes that queries ask for, by their number in hexadecimal; those that are there.
    pub attributes: BTreeMap<String, String>,
    /// Who sent it: the calling AE title, or how else it came.
    pub from: String,
    /// When it came, in milliseconds since 1970.
    pub received: u64,
    /// BLAKE3 of transfer syntax and data set: two objects with one identifier are equal if these are.
    pub digest: String,
    /// Bytes of the file.
    pub bytes: u64,
}

impl About {
    /// The text of an attribute; empty where there is none.
    #[must_use]
    pub fn attribute(&self, number: &str) -> &str {
        self.attributes.get(number).map_or("", String::as_str)
    }

    /// Whose it is: the patient's number and who issued it.
    #[must_use]
    pub fn patient(&self) -> (&str, &str) {
        (self.attribute("00100021"), self.attribute("00100020"))
    }
}

/// An object that may be stored: a file (PS3.10) with meta information of this program, and what it says.
pub struct Arrival {
    /// What it says.
    pub about: About,
    /// Bytes of its file, as they are kept.
    pub file: Vec<u8>,
}

/// Why an object is not stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is too long.
    #[error("the object has more than {MAX_OBJECT} bytes")]
    TooLong,
    /// It can't be read.
    #[error("{0}")]
    Unreadable(#[from] bithive_deid::Error),
    /// It has no identifier, or one that is none.
    #[error("no {what}, or one that is no UID")]
    Identifier {
        /// Name of the identifier.
        what: &'static str,
    },
    /// It is another object than was announced.
    #[error("the {what} is another one than the command or the meta information says")]
    Mismatch {
        /// The part that differs, in words.
        what: &'static str,
    },
    /// Objects of its class are not stored.
    #[error("SOP class {class} is none that is stored")]
    Class {
        /// UID of the SOP class.
        class: Uid,
    },
    /// There is another one under its identifier.
    #[error("another object is there with this SOP Instance UID")]
    OtherBytes,
    /// Its study is there with another patient.
    #[error("the study is there with another patient")]
    OtherPatient,
    /// The spool is full.
    #[error("the spool is full: {what}")]
    Full {
        /// What there is too much of.
        what: &'static str,
    },
    /// The disk does not take it.
    #[error("the object can't be written")]
    Disk,
}

impl Refused {
    /// A word for it, for the audit log.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "too-long",
            Self::Full { .. } => "full",
            Self::Disk => "not-written",
            Self::Unreadable(_) => "unreadable",
            Self::Identifier { .. } => "no-identifier",
            Self::Mismatch { .. } => "not-as-announced",
            Self::Class { .. } => "class-not-stored",
            Self::OtherBytes => "other-bytes",
            Self::OtherPatient => "other-patient",
        }
    }

    /// As DIMSE and DICOMweb say it.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self::TooLong | Self::Full { .. } | Self::Disk => Status::OUT_OF_RESOURCES,
            Self::Unreadable(_) | Self::Identifier { .. } => Status::CANNOT_UNDERSTAND,
            Self::Mismatch { .. } => Status::MISMATCH,
            Self::Class { .. } => Status::CLASS_NOT_SUPPORTED,
            Self::OtherBytes => Status::OTHER_BYTES,
            Self::OtherPatient => Status::OTHER_PATIENT,
        }
    }
}

/// What was announced of an object before it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Announced {
    /// UID of the SOP class.
    pub class: Option<Uid>,
    /// UID of the object.
    pub instance: Option<Uid>,
    /// Its study: the one to which it was sent.
    pub study: Option<Uid>,
}

impl Arrival {
    /// A data set as a peer sent it, in a transfer syntax that was agreed on.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn of_data_set(
        announced: &Announced,
        transfer_syntax: &str,
        data: &[u8],
        (from, received): (&str, u64),
    ) -> Result<Self, Refused> {
        if data.len() > MAX_OBJECT {
            return Err(Refused::TooLong);
        }
        let (Some(class), Some(instance)) = (&announced.class, &announced.instance) else {
            return Err(Refused::Identifier { what: "SOP Instance UID" });
        };
        // Elements of group 0002 here would be read as meta information, which is this program's.
        if data.starts_with(&[2, 0]) {
            return Err(Refused::Mismatch { what: "meta information within the data set" });
        }
        let mut file = head(class.as_str(), instance.as_str(), transfer_syntax)?;
        file.extend_from_slice(data);
        Self::check(announced, file, data, (transfer_syntax, from, received))
    }

    /// A file as a peer sent it. Its preamble and meta information are written anew; the data set stays as it is.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn of_file(
        announced: &Announced,
        file: &[u8],
        (from, received): (&str, u64),
    ) -> Result<Self, Refused> {
        if file.len() > MAX_OBJECT {
            return Err(Refused::TooLong);
        }
        let parts = split(file)?;
        let uid = |text: Option<&String>, what| {
            let text = text.map_or("", String::as_str);
            Uid::parse(text).map_err(|_| Refused::Identifier { what })
        };
        let announced = Announced {
            class: Some(uid(parts.class.as_ref(), "Media Storage SOP Class UID")?),
            instance: Some(uid(parts.instance.as_ref(), "Media Storage SOP Instance UID")?),
            study: announced.study.clone(),
        };
        Self::of_data_set(&announced, &parts.transfer_syntax, parts.data, (from, received))
    }

    fn check(
        announced: &Announced,
        file: Vec<u8>,
        data: &[u8],
        (transfer_syntax, from, received): (&str, &str, u64),
    ) -> Result<Self, Refused> {
        let object = read(&file)?;
        let uid = |tag, what| Uid::parse(&text(&object, tag)).map_err(|_| Refused::Identifier { what });
        let class = uid(tags::SOP_CLASS_UID, "SOP Class UID (0008,0016)")?;
        let instance = uid(tags::SOP_INSTANCE_UID, "SOP Instance UID (0008,0018)")?;
        let study = uid(tags::STUDY_INSTANCE_UID, "Study Instance UID (0020,000D)")?;
        let series = uid(tags::SERIES_INSTANCE_UID, "Series Instance UID (0020,000E)")?;
        let same = |found: &Uid, expected: &Option<Uid>, what| match expected {
            Some(expected) if expected != found => Err(Refused::Mismatch { what }),
            _ => Ok(()),
        };
        same(&class, &announced.class, "SOP class")?;
        same(&instance, &announced.instance, "SOP Instance UID")?;
        same(&study, &announced.study, "Study Instance UID")?;
        if !is_stored(class.as_str()) {
            return Err(Refused::Class { class });
        }
        let syntax =
            Uid::parse(transfer_syntax).map_err(|_| Refused::Identifier { what: "transfer syntax" })?;
        let attributes = KEPT
            .iter()
            .map(|(number, _, tag)| {
                ((*number).to_owned(), text(&object, *tag).chars().take(MAX_TEXT).collect::<String>())
            })
            .filter(|(_, text)| !text.is_empty())
            .collect();
        let mut hasher = blake3::Hasher::new();
        hasher.update(syntax.as_str().as_bytes());
        hasher.update(b"\n");
        hasher.update(data);
        let about = About {
            class,
            instance,
            study,
            series,
            transfer_syntax: syntax,
            attributes,
            from: from.chars().take(MAX_TEXT).collect(),
            received,
            digest: hasher.finalize().to_hex().to_string(),
            bytes: file.len() as u64,
        };
        Ok(Self { about, file })
    }
}

pub(crate) fn text(object: &Object, tag: Tag) -> String {
    let text = object.get(tag).and_then(|element| element.to_str().ok().map(|text| text.into_owned()));
    text.unwrap_or_default().trim_matches([' ', '\0']).to_owned()
}
