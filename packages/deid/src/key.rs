//! Keys, and what is derived from them.

use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

use dicom_dictionary_std::tags;

use crate::error::Error;
use crate::file::{Object, trim};

const SUBJECT: &str = "BitHive deid v1 2026: key of a subject";
const UID: &[u8] = b"uid";
const SHIFT: &[u8] = b"date shift";
const PSEUDONYM: &[u8] = b"pseudonym";

/// The secret of whoever de-identifies: who has it can find a known patient in what was de-identified.
#[derive(ZeroizeOnDrop)]
pub struct DeidKey([u8; 32]);

impl DeidKey {
    /// Reads a key file: 64 hexadecimal digits, in either case, and white space around them.
    ///
    /// # Errors
    /// [`Error::Key`] for anything else, and for a key of zeros.
    pub fn from_hex(text: &str) -> Result<Self, Error> {
        let digits = text.trim().as_bytes();
        let mut key = Zeroizing::new([0_u8; 32]);
        let pairs = digits.as_chunks::<2>();
        if pairs.0.len() != key.len() || !pairs.1.is_empty() {
            return Err(Error::Key);
        }
        for (byte, pair) in key.iter_mut().zip(pairs.0) {
            let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
            let value = high.zip(low).ok_or(Error::Key)?;
            *byte =
                u8::try_from(value.0.saturating_mul(16).saturating_add(value.1)).map_err(|_| Error::Key)?;
        }
        if key.iter().all(|byte| *byte == 0) {
            return Err(Error::Key);
        }
        Ok(Self(*key))
    }

    /// The key of a subject: of a patient's identifier and who issued it, or, where an object names no patient, of its study.
    #[must_use]
    pub fn subject(&self, issuer: &str, patient: &str) -> SubjectKey {
        let mut hasher = blake3::Hasher::new_derive_key(SUBJECT);
        for part in [&self.0[..], issuer.trim().as_bytes(), patient.trim().as_bytes()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let key = SubjectKey(*hasher.finalize().as_bytes());
        hasher.zeroize();
        key
    }
}

impl DeidKey {
    /// The key of whose object it is: the patient's, or the study's where no patient is named.
    #[must_use]
    pub fn subject_of(&self, object: &Object) -> SubjectKey {
        let text = |tag| {
            let element = object.get(tag).and_then(|element| element.to_str().ok().map(|text| trim(&text)));
            element.unwrap_or_default()
        };
        match text(tags::PATIENT_ID) {
            patient if patient.is_empty() => self.subject("study", &text(tags::STUDY_INSTANCE_UID)),
            patient => self.subject(&text(tags::ISSUER_OF_PATIENT_ID), &patient),
        }
    }
}

/// The key of one subject, under which identifiers are replaced and dates moved. Without it nobody can say which
/// replacement belongs to which identifier; destroying it cuts the link for good.
#[derive(ZeroizeOnDrop)]
pub struct SubjectKey([u8; 32]);

impl SubjectKey {
    /// The replacement of a UID: `2.25.` and a number of 122 bits in decimal (PS3.5 B.2, RFC 4122 version 4 without its
    /// fixed bits), from BLAKE3 under this key.
    #[must_use]
    pub fn uid(&self, uid: &str) -> String {
        let mut number = [0_u8; 16];
        number.copy_from_slice(self.derive(UID, uid.as_bytes()).as_bytes().split_at(16).0);
        format!("2.25.{}", u128::from_be_bytes(number) >> 6)
    }

    /// Days by which the dates of this subject are moved: -1 to -365.
    #[must_use]
    pub fn shift(&self) -> i64 {
        let mut number = [0_u8; 8];
        number.copy_from_slice(self.derive(SHIFT, b"").as_bytes().split_at(8).0);
        // 2^64 is so much more than 365 that no day is preferred measurably.
        let days = u64::from_le_bytes(number).checked_rem(365).unwrap_or(0);
        i64::try_from(days).map_or(-1, |days| (-1_i64).saturating_sub(days))
    }

    /// What stands for the patient's identifier and name: 80 bits in hexadecimal.
    #[must_use]
    pub fn pseudonym(&self) -> String {
        self.derive(PSEUDONYM, b"").to_hex().as_str().split_at(20).0.to_uppercase()
    }

    fn derive(&self, what: &[u8], value: &[u8]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&(what.len() as u64).to_le_bytes());
        hasher.update(what);
        hasher.update(value);
        let hash = hasher.finalize();
        hasher.zeroize();
        hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> DeidKey {
        DeidKey::from_hex(&"0123456789abcDEF".repeat(4)).unwrap()
    }

    #[test]
    fn a_key_file_is_64_digits() {
        assert!(DeidKey::from_hex(&format!(" {}\n", "ab".repeat(32))).is_ok());
        for wrong in ["", "ab", &"g0".repeat(32), &"ab".repeat(33), &"0".repeat(64), &"é".repeat(32)] {
            assert_eq!(DeidKey::from_hex(wrong).err(), Some(Error::Key), "{wrong}");
        }
    }

    #[test]
    fn replacements_are_one_for_a_subject_and_another_for_the_next() {
        let (one, other) = (key().subject("", "1"), key().subject("", "2"));
        assert_eq!(one.uid("1.2.3"), key().subject("", " 1 ").uid("1.2.3"));
        assert_ne!(one.uid("1.2.3"), one.uid("1.2.4"));
        assert_ne!(one.uid("1.2.3"), other.uid("1.2.3"));
        assert_ne!(one.pseudonym(), other.pseudonym());
        assert_ne!(key().subject("a", "b").pseudonym(), key().subject("ab", "").pseudonym());
    }

    #[test]
    fn a_replaced_uid_is_valid_and_below_2_to_the_122() {
        for index in 0..1_000 {
            let uid = key().subject("", "1").uid(&index.to_string());
            let number = uid.strip_prefix("2.25.").unwrap();
            assert!(uid.len() <= 64 && number.parse::<u128>().unwrap() < 1 << 122);
            assert!(number == "0" || !number.starts_with('0'));
        }
    }

    #[test]
    fn dates_move_back_by_one_day_to_a_year() {
        let shifts: Vec<i64> =
            (0..4_000).map(|patient| key().subject("", &patient.to_string()).shift()).collect();
        assert!(shifts.iter().all(|days| (-365..=-1).contains(days)));
        for extreme in [-1, -365] {
            assert!(shifts.contains(&extreme), "{extreme}");
        }
    }
}
