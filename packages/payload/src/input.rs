//! The input: the policy, so that a worker's operator can know what it works for, and the rows or images.

use std::io::{self, Read, Write};

use bithive_attest::Domain;
use bithive_attest::result::InputHasher;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::PayloadError;

const VERSION: u8 = 2;

/// A job's plaintext input. Erased when dropped; not printable.
#[derive(PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Input {
    /// Random, and the same in every round of a job: hides the input behind its commitment.
    pub salt: [u8; 32],
    /// The policy as JSON. Nothing binds it to the vault, and no worker says whether it satisfies it.
    pub policy: Vec<u8>,
    /// The rows or images, in the encoding that the model runtime reads.
    pub rows: Vec<u8>,
}

impl Input {
    /// Version, salt, length of the policy (32 bits, big-endian), policy, rows.
    #[must_use]
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let (head, policy, rows) = self.parts();
        Zeroizing::new([&head[..], policy, rows].concat())
    }

    /// Bytes of the encoding.
    #[must_use]
    pub fn encoded_len(&self) -> u64 {
        HEAD_BYTES as u64 + self.policy.len() as u64 + self.rows.len() as u64
    }

    fn parts(&self) -> ([u8; HEAD_BYTES], &[u8], &[u8]) {
        (head(&self.salt, &self.policy), &self.policy, &self.rows)
    }

    /// Writes the encoding without another copy of it.
    ///
    /// # Errors
    /// The writer's.
    pub fn write_to(&self, target: &mut impl Write) -> io::Result<()> {
        let (head, policy, rows) = self.parts();
        [&head[..], policy, rows].into_iter().try_for_each(|part| target.write_all(part))
    }

    /// The commitment to the encoding as the input of a job.
    #[must_use]
    pub fn commitment(&self, jobs: Domain<'_>, job_id: u64) -> [u8; 32] {
        let (head, policy, rows) = self.parts();
        let mut hasher = InputHasher::new(jobs, job_id);
        [&head[..], policy, rows].into_iter().for_each(|part| hasher.update(part));
        hasher.finish()
    }

    /// Reads an encoding to its end, policy and rows of at most `limit` bytes together.
    ///
    /// # Errors
    /// [`ReadError`]; of what was read then, nothing is left.
    pub fn read_from(mut source: impl Read, limit: usize) -> Result<Self, ReadError> {
        let mut head = Zeroizing::new([0; HEAD_BYTES]);
        let found = read_up_to(&mut source, &mut *head)?;
        let (salt, length) = salt_and_length(head.get(..found).unwrap_or_default())?;
        let too_large = ReadError::TooLarge { limit };
        if length > limit {
            return Err(too_large);
        }
        let policy = take(&mut source, length)?;
        if policy.len() < length {
            return Err(POLICY_CUT.into());
        }
        let rows = take(&mut source, limit - length)?;
        if rows.len() == limit - length && read_up_to(&mut source, &mut [0])? > 0 {
            return Err(too_large);
        }
        let mut input = Self { salt, policy: Vec::new(), rows: Vec::new() };
        (input.policy, input.rows) = (unwrap(policy), unwrap(rows));
        Ok(input)
    }

    /// Reads what [`Input::encode`] wrote.
    ///
    /// # Errors
    /// [`PayloadError::Malformed`].
    pub fn decode(bytes: &[u8]) -> Result<Self, PayloadError> {
        let (salt, length) = salt_and_length(bytes)?;
        let rest = bytes.get(HEAD_BYTES..).unwrap_or_default();
        let (policy, rows) = rest.split_at_checked(length).ok_or(POLICY_CUT)?;
        Ok(Self { salt, policy: policy.to_vec(), rows: rows.to_vec() })
    }
}

/// Why no input could be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// What was read is no input.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// There is more than the reader takes.
    #[error("the input's policy and rows have more than the {limit} bytes that are accepted")]
    TooLarge {
        /// Most bytes that are accepted.
        limit: usize,
    },
    /// The source failed, or refused what it reads: [`bithive_dgkbe::dem::DemError::of`] tells.
    #[error("the input can't be read: {0}")]
    Read(#[from] io::Error),
}

/// An input whose rows come in parts, written and committed to in one pass: the same bytes and the same commitment as [`Input`]'s.
pub struct InputWriter<W> {
    hasher: InputHasher,
    target: W,
}

impl<W: Write> InputWriter<W> {
    /// Starts the input of a job: writes what comes before the rows.
    ///
    /// # Errors
    /// The writer's.
    pub fn start(
        (jobs, job_id): (Domain<'_>, u64),
        salt: &[u8; 32],
        policy: &[u8],
        target: W,
    ) -> io::Result<Self> {
        let mut writer = Self { hasher: InputHasher::new(jobs, job_id), target };
        writer.rows(&head(salt, policy))?;
        writer.rows(policy)?;
        Ok(writer)
    }

    /// The next bytes of the rows.
    ///
    /// # Errors
    /// The writer's.
    pub fn rows(&mut self, part: &[u8]) -> io::Result<()> {
        self.hasher.update(part);
        self.target.write_all(part)
    }

    /// The writer, to take out what has been written to it so far.
    pub fn target_mut(&mut self) -> &mut W {
        &mut self.target
    }

    /// The commitment to the input, and the writer.
    pub fn finish(self) -> ([u8; 32], W) {
        (self.hasher.finish(), self.target)
    }
}

fn head(salt: &[u8; 32], policy: &[u8]) -> [u8; HEAD_BYTES] {
    let mut head = [VERSION; HEAD_BYTES];
    let length = u32::try_from(policy.len()).unwrap_or(u32::MAX).to_be_bytes();
    for (byte, value) in head.iter_mut().skip(1).zip(salt.iter().chain(&length)) {
        *byte = *value;
    }
    head
}

const HEAD_BYTES: usize = 37;
const POLICY_CUT: PayloadError = PayloadError::Malformed { what: "input", reason: "its policy is cut off" };

fn salt_and_length(bytes: &[u8]) -> Result<([u8; 32], usize), PayloadError> {
    let malformed = |reason| PayloadError::Malformed { what: "input", reason };
    let short = malformed("it ends before its policy");
    let (version, rest) = bytes.split_first().ok_or_else(|| short.clone())?;
    if *version != VERSION {
        return Err(malformed("its version is not 2"));
    }
    let (salt, rest) = rest.split_first_chunk::<32>().ok_or_else(|| short.clone())?;
    let (length, _) = rest.split_first_chunk::<4>().ok_or(short)?;
    Ok((*salt, usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX)))
}

fn read_up_to(source: &mut impl Read, out: &mut [u8]) -> io::Result<usize> {
    let mut found = 0;
    while let Some(rest) = out.get_mut(found..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(length) => found += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Up to `most` bytes. Memory grows with what comes, and every buffer that is outgrown is erased.
fn take(source: &mut impl Read, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    while bytes.len() < most {
        let length = bytes.len();
        let room = most.min((2 * length).max(FIRST_BUFFER));
        let mut larger = Zeroizing::new(Vec::with_capacity(room));
        larger.extend_from_slice(&bytes);
        larger.resize(room, 0);
        let found = read_up_to(source, larger.get_mut(length..).unwrap_or_default())?;
        larger.truncate(length + found);
        bytes = larger;
        if bytes.len() < room {
            break;
        }
    }
    Ok(bytes)
}

const FIRST_BUFFER: usize = 64 << 10;

fn unwrap(mut bytes: Zeroizing<Vec<u8>>) -> Vec<u8> {
    core::mem::take(&mut *bytes)
}
