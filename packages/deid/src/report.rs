//! What was done to an object, without a value of it.

use std::collections::BTreeMap;

use dicom_core::Tag;
use serde::{Serialize, Serializer};

use crate::area::Area;

/// What was done to an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is gone.
    Removed,
    /// Its value is empty.
    Emptied,
    /// Its value has no meaning.
    Replaced,
    /// Another UID, the same for the same.
    Uid,
    /// Moved by the subject's number of days.
    Shifted,
    /// The age of somebody over 89 is 90.
    Capped,
    /// The patient's pseudonym.
    Pseudonym,
}

/// What was done to an attribute, in how many places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Its tag, after those of the sequences that it is in: `(0008,1110)>(0008,1155)`.
    pub attribute: String,
    /// What was done.
    pub action: Action,
    /// In how many places it was done.
    pub count: u32,
}

/// What a person should know of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// A head in CT, MR or PET: its surface shows the face, which software compares with photographs. Nothing here removes it.
    Face,
    /// CT, MR or PET of a part of the body that the object does not name: it may be a head.
    MaybeFace,
    /// The object names no patient; its study stands for the subject.
    NoPatient,
    /// Bits beside the stored ones were not empty, as with overlays of old devices. They are cleared.
    UnusedBits,
    /// Bytes behind the last frame were dropped.
    Trailing,
    /// Comments or data of applications within compressed frames were dropped.
    Markers,
    /// A device said that the picture has text. It was taken at its word; that it says otherwise is never believed.
    SaidBurnedIn,
}

/// What was done to an object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Attributes, in the order of their tags.
    #[serde(serialize_with = "changes")]
    changed: BTreeMap<(Vec<Tag>, Action), u32>,
    /// What a person should know.
    pub warnings: Vec<Warning>,
    /// What was blanked in every frame.
    pub blanked: Vec<Area>,
}

impl Report {
    /// Notes a change of the attribute at this path.
    pub(crate) fn note(&mut self, path: &[Tag], action: Action) {
        let count = self.changed.entry((path.to_vec(), action)).or_default();
        *count = count.saturating_add(1);
    }

    pub(crate) fn warn(&mut self, warning: Warning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Every change, in the order of tags.
    pub fn changes(&self) -> impl Iterator<Item = Change> + '_ {
        self.changed.iter().map(|((path, action), count)| Change {
            attribute: path.iter().map(Tag::to_string).collect::<Vec<_>>().join(">"),
            action: *action,
            count: *count,
        })
    }

    /// Attributes that were changed, in all places.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.changed.values().map(|count| u64::from(*count)).sum()
    }
}

fn changes<S: Serializer>(
    changed: &BTreeMap<(Vec<Tag>, Action), u32>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    // Through the public form, so that both are one.
    let report = Report { changed: changed.clone(), ..Report::default() };
    serializer.collect_seq(report.changes())
}
