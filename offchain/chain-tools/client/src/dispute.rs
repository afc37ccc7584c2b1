//! The evidence of a dispute, cut out of files.

use std::io::{Read, Seek};

use bithive_api::registry::{KeyDispute, KeyOpening};
use bithive_dgkbe::opening::{KeyFile, OpeningError, Part, extract, power_range};

/// Why there is no evidence.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The key has no such part.
    #[error(transparent)]
    Opening(#[from] OpeningError),
    /// A file can't be read.
    #[error("{file}: {error}")]
    Read {
        /// The file in words: the key or the reference string.
        file: &'static str,
        /// The file system's error.
        error: std::io::Error,
    },
}

/// What to send to dispute `part` of the key of `node`: openings of the key file and, for an element, of the reference
/// string. The files are read, not kept. It proves a fault only if there is one; a dispute of a sound part costs
/// its deposit.
///
/// # Errors
/// [`EvidenceError`].
pub fn key_dispute(
    node: &str,
    expected: KeyFile<'_>,
    part: Part,
    key: impl Read + Seek,
    crs: impl Read + Seek,
) -> Result<KeyDispute, EvidenceError> {
    let unreadable = |file| move |error| EvidenceError::Read { file, error };
    let (_, slice) = extract(key, expected.range(part)?).map_err(unreadable("key"))?;
    let key = slice.into();
    let opening = match part {
        Part::Header => KeyOpening::Header { key },
        Part::End => KeyOpening::End { key },
        Part::Element(index) => {
            let range = power_range(expected.slots, index)?;
            let (_, slice) = extract(crs, range).map_err(unreadable("reference string"))?;
            KeyOpening::Element { index, key, power: slice.into() }
        }
    };
    Ok(KeyDispute { node: node.into(), opening })
}
