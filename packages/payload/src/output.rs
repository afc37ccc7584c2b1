//! The output: one number per row, or the logits of each image, sealed under the worker's own output key.

use std::fmt;

use bithive_attest::JobKey;
use bithive_attest::result::ResultError;
use bithive_dgkbe::dem::{self, AssociatedData, SealingKey};
use bithive_dgkbe::kem::{Context, SharedKey};

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{JobRef, PayloadError};

const VERSION: u8 = 1;

/// Most bytes of a sealed output that a requester takes.
pub const MAX_OUTPUT_BYTES: usize = 64 << 20;

/// A job's full result. Erased when dropped; printed as its length only.
#[derive(Clone, PartialEq, Zeroize, ZeroizeOnDrop)]
pub struct Output {
    /// The logits of each row or image, one behind the other.
    pub values: Vec<f32>,
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Output({} values)", self.values.len())
    }
}

/// What a worker seals its output with, which is possible once. A worker records its result before anybody sees it, and never
/// makes another key for the same job, round and account.
pub struct OutputKey(SealingKey);

impl OutputKey {
    /// The key of the worker `account` in a round of a job.
    ///
    /// # Errors
    /// None that depend on the arguments.
    pub fn new(job: JobRef<'_>, key: &JobKey, account: &str) -> Result<Self, PayloadError> {
        let (key, data) = keys(job, key, account);
        Ok(Self(SealingKey::once(key, data)?))
    }
}

impl Output {
    /// Seals the output for everyone who holds the job key.
    ///
    /// # Errors
    /// [`PayloadError::Sealed`] for outputs beyond the format's limit.
    pub fn seal(&self, key: OutputKey) -> Result<Vec<u8>, PayloadError> {
        let mut plaintext = Zeroizing::new(Vec::with_capacity(1 + 4 * self.values.len()));
        plaintext.push(VERSION);
        for value in &self.values {
            plaintext.extend_from_slice(&value.to_le_bytes());
        }
        Ok(dem::seal(key.0, &plaintext)?)
    }

    /// Opens the output of the worker `account`.
    ///
    /// # Errors
    /// [`PayloadError`].
    pub fn open(job: JobRef<'_>, key: &JobKey, account: &str, sealed: &[u8]) -> Result<Self, PayloadError> {
        let malformed = |reason| PayloadError::Malformed { what: "output", reason };
        let (key, data) = keys(job, key, account);
        let plaintext = dem::open(&key, &data, sealed)?;
        let (version, values) = plaintext.split_first().ok_or(malformed("it is empty"))?;
        if *version != VERSION {
            return Err(malformed("its version is not 1"));
        }
        match values.as_chunks::<4>() {
            (values, []) => {
                Ok(Self { values: values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect() })
            }
            _ => Err(malformed("its length is not a multiple of 4")),
        }
    }

    /// As [`Output::open`], and checks that the output is what the worker's published result was made from.
    ///
    /// # Errors
    /// [`OutputError`].
    pub fn open_checked(
        job: JobRef<'_>,
        key: &JobKey,
        account: &str,
        (sealed, masked): (&[u8], &[u8]),
    ) -> Result<Self, OutputError> {
        let output = Self::open(job, key, account, sealed)?;
        if key.agrees(&output.values, masked, 0)? { Ok(output) } else { Err(OutputError::Disagrees) }
    }
}

/// Why a worker's output is not used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OutputError {
    /// It does not open, or is no output.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// It can't be compared with the result.
    #[error(transparent)]
    Result(#[from] ResultError),
    /// It is another one.
    #[error("it is not what its result was made from")]
    Disagrees,
}

fn keys(job: JobRef<'_>, key: &JobKey, account: &str) -> (SharedKey, AssociatedData) {
    let context = job.output_context(account);
    (SharedKey::from_bytes(*key.output_key(account)), AssociatedData::without_header(Context(&context)))
}
