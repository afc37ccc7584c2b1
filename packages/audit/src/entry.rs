//! One line of the log.

use bithive_signed::{Digest, canonical};
use serde::{Deserialize, Serialize};

use crate::event::{Event, MAX_AT};

/// Most bytes of a line, with its end. The longest that [`Entry::to_line`] writes has fewer.
pub const MAX_LINE_BYTES: usize = 2_048;
/// Largest number: of larger integers, JSON (RFC 8785) has no exact form.
const MAX_SEQ: u64 = (1 << 53) - 1;
/// What the digest is derived for: no other use of BLAKE3 gives the same value.
const CONTEXT: &str = "BitHive 2026 audit log entry v1";

/// An event with its place in the log.
///
/// Its line is the digest in hex, a space, the canonical JSON (RFC 8785) of everything else, and a line feed. The digest is BLAKE3 in its
/// key derivation mode of that JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 1.
    pub seq: u64,
    /// The digest of the entry before. Of the first entry: the log's identity, 32 random bytes.
    pub prev: Digest,
    /// What happened, to what, by whom and when.
    pub event: Event,
    /// The digest of this entry.
    pub digest: Digest,
}

/// The form of an entry's JSON.
#[derive(Serialize, Deserialize)]
struct Record {
    #[serde(flatten)]
    event: Event,
    prev: Digest,
    seq: u64,
}

/// Why a line is no entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// It is longer than any entry.
    #[error("it has more than {MAX_LINE_BYTES} bytes")]
    TooLong,
    /// It is not a digest, a space and JSON of the expected fields.
    #[error("it is not of the form of an entry: {0}")]
    Form(String),
    /// It is an entry, but not as it would be written.
    #[error("it is not written in the one form that entries have")]
    NotCanonical,
    /// Its digest is of something else.
    #[error("its digest does not fit: it was changed after it was written")]
    Changed,
}

impl Entry {
    /// The entry of an event in its place.
    ///
    /// # Errors
    /// [`EntryError::Form`] for a time after [`MAX_AT`], or a number of 2^53 or more; [`EntryError::TooLong`], which no event within its bounds is.
    pub fn new(event: Event, seq: u64, prev: Digest) -> Result<Self, EntryError> {
        let mut entry = Self { seq, prev, event, digest: Digest([0; 32]) };
        let json = entry.json()?;
        entry.digest = digest_of(json.as_bytes());
        Ok(entry)
    }

    fn json(&self) -> Result<String, EntryError> {
        if self.event.at > MAX_AT {
            return Err(EntryError::Form(format!("at is {}; expected at most {MAX_AT}", self.event.at)));
        }
        if self.seq > MAX_SEQ {
            return Err(EntryError::Form(format!("seq is {}; expected at most {MAX_SEQ}", self.seq)));
        }
        let record = Record { event: self.event.clone(), prev: self.prev, seq: self.seq };
        let json = canonical::encode(&record).map_err(|error| EntryError::Form(error.to_string()))?;
        // A digest, a space, a line feed.
        if json.len().saturating_add(66) > MAX_LINE_BYTES {
            return Err(EntryError::TooLong);
        }
        Ok(json)
    }

    /// The line that is written, with its line feed.
    ///
    /// # Errors
    /// As [`Entry::new`].
    pub fn to_line(&self) -> Result<String, EntryError> {
        Ok(format!("{} {}\n", self.digest, self.json()?))
    }

    /// Reads a line, without its line feed.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn read(line: &[u8]) -> Result<Self, EntryError> {
        if line.len() >= MAX_LINE_BYTES {
            return Err(EntryError::TooLong);
        }
        let form = |reason: &str| EntryError::Form(reason.into());
        let text = std::str::from_utf8(line).map_err(|_| form("it is not UTF-8"))?;
        let (digest, json) = text.split_once(' ').ok_or_else(|| form("there is no space"))?;
        let digest: Digest = digest.parse().map_err(|_| form("it does not begin with a digest"))?;
        if digest_of(json.as_bytes()) != digest {
            return Err(EntryError::Changed);
        }
        let record: Record =
            serde_json::from_str(json).map_err(|error| EntryError::Form(error.to_string()))?;
        let Record { event, prev, seq } = record;
        let entry = Self { seq, prev, event, digest };
        if entry.json()? == json { Ok(entry) } else { Err(EntryError::NotCanonical) }
    }
}

fn digest_of(json: &[u8]) -> Digest {
    Digest(blake3::derive_key(CONTEXT, json))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Act, Outcome, Role};
    use bithive_signed::Name;

    fn event() -> Event {
        Event::new(
            ("bithive1abc".parse().unwrap(), Role::Node),
            Act::Decrypted,
            Outcome::Success,
            1_795_392_000_000,
        )
    }

    fn longest() -> Event {
        let name: Name = "a".repeat(Name::MAX).parse().unwrap();
        Event {
            act: Act::ConfigurationChanged,
            actor: name.clone(),
            at: MAX_AT,
            code: Some(name.clone()),
            consent: Some(Digest([1; 32])),
            count: Some(u32::MAX),
            object: Some(Digest([2; 32])),
            outcome: Outcome::Success,
            purpose: Some(name),
            role: Role::Researcher,
            subject: Some(Digest([3; 32])),
        }
    }

    #[test]
    fn a_line_reads_back_and_the_longest_one_fits() {
        for event in [event(), longest()] {
            let entry = Entry::new(event, MAX_SEQ, Digest([9; 32])).unwrap();
            let line = entry.to_line().unwrap();
            assert!(line.len() <= MAX_LINE_BYTES, "{}", line.len());
            assert_eq!(Entry::read(line.trim_end().as_bytes()).unwrap(), entry);
        }
    }

    #[test]
    fn the_known_line_of_a_known_entry_stays() {
        let line = Entry::new(event(), 1, Digest([0; 32])).unwrap().to_line().unwrap();
        let json = format!(
            "{{\"act\":\"decrypted\",\"actor\":\"bithive1abc\",\"at\":1795392000000,\"outcome\":\"success\",\"prev\":\"{}\",\
             \"role\":\"node\",\"seq\":1}}\n",
            "00".repeat(32)
        );
        assert!(line.ends_with(&json), "{line}");
        let digest = blake3::derive_key("BitHive 2026 audit log entry v1", json.trim_end().as_bytes());
        assert!(line.starts_with(&hex::encode(digest)), "{line}");
    }

    #[test]
    fn one_changed_byte_is_seen_wherever_it_is() {
        let line = Entry::new(longest(), 7, Digest([9; 32])).unwrap().to_line().unwrap();
        let line = line.trim_end().as_bytes();
        for place in 0..line.len() {
            let mut changed = line.to_vec();
            changed[place] ^= 1;
            assert!(Entry::read(&changed).is_err(), "byte {place}");
        }
    }

    #[test]
    fn an_entry_has_one_form() {
        let entry = Entry::new(event(), 1, Digest([9; 32])).unwrap();
        let json = entry.json().unwrap();
        for other in [
            json.replace("\"seq\":1", "\"seq\": 1"),
            json.replace("\"at\":1795392000000", "\"at\":1795392000000.0"),
            json.replace("\"seq\":1", "\"seq\":1,\"extra\":1"),
            json.replace("\"seq\":1", "\"seq\":1,\"count\":null"),
        ] {
            let line = format!("{} {other}", digest_of(other.as_bytes()));
            let refused = Entry::read(line.as_bytes());
            assert!(
                matches!(refused, Err(EntryError::NotCanonical | EntryError::Form(_))),
                "{other}: {refused:?}"
            );
        }
    }
}
