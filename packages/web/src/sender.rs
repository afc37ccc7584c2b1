//! Encryption for the chosen nodes: a header, and the input as a stream.

use std::io::{self, Write};
use std::sync::Arc;

use bithive_dgkbe::crs::UnverifiedCrs;
use bithive_dgkbe::dem::Sealer;
use bithive_dgkbe::envelope::{self, Addressed, EnvelopeError};
use bithive_dgkbe::kem::{Context, KemError, SenderGroups, SharedKey};
use bithive_dgkbe::keys::encoded_len;
use bithive_dgkbe::{Crs, GroupedSet, Groups};
use bithive_payload::{InputWriter, JobRef};
use bithive_table::MAX_BYTES;

use crate::failure::sized;
use crate::job::Job;
use crate::random::generator;
use crate::round::RoundKey;
use crate::{Failure, Kind};

/// A common reference string that the chain names.
pub struct Reference(Arc<Crs>);

impl Reference {
    /// Decodes a string, every point of it, and compares its digest with the chain's.
    ///
    /// # Errors
    /// [`Kind::ReferenceString`], [`Kind::Argument`].
    pub fn new(bytes: &[u8], digest: &[u8]) -> Result<Self, Failure> {
        let digest = sized("the digest", digest)?;
        let kind = Kind::ReferenceString;
        let string = UnverifiedCrs::decode(bytes).map_err(kind.because())?;
        Ok(Self(string.trust(&digest).map_err(kind.because())?.shared()))
    }

    /// Slots of one group.
    #[must_use]
    pub fn slots(&self) -> u16 {
        self.0.slots()
    }
}

/// Encrypts to sets of nodes whose keys it has learned.
pub struct Sender {
    crs: Arc<Crs>,
    sender: envelope::Sender,
}

impl Sender {
    /// A sender that knows no node, in a registry of so many groups.
    ///
    /// # Errors
    /// [`Kind::Argument`].
    pub fn new(reference: &Reference, groups: u16) -> Result<Self, Failure> {
        let crs = reference.0.clone();
        let groups = Groups::new(groups, crs.slots()).map_err(Kind::Argument.because())?;
        let groups = SenderGroups::new(crs.clone(), groups).map_err(Kind::Argument.because())?;
        Ok(Self { crs, sender: envelope::Sender::new(groups) })
    }

    /// Learns a node's key from its file, which is checked in full. Slot, commitment and digest are those of its registration.
    ///
    /// # Errors
    /// [`Kind::Key`], [`Kind::Argument`], [`Kind::Random`].
    pub fn learn(&mut self, slot: u16, commitment: &[u8], digest: &[u8], file: &[u8]) -> Result<(), Failure> {
        let digest = sized("the digest", digest)?;
        let expected = encoded_len(self.crs.slots());
        if file.len() != expected {
            let found = file.len();
            return Err(Kind::Key.failure(format!("the key's file has {found} bytes; expected {expected}")));
        }
        let groups = self.sender.cache_mut();
        groups.learn(slot, (commitment, &digest), file, &mut generator()?).map_err(Kind::Key.because())
    }

    /// Draws a key for a round of a job, for the nodes at these slots, in any order.
    ///
    /// # Errors
    /// [`Kind::Set`], [`Kind::Argument`], [`Kind::Random`].
    pub fn address(
        &mut self,
        job: &Job,
        job_id: u64,
        round: u8,
        slots: &[u16],
    ) -> Result<Assignment, Failure> {
        if round == 0 {
            return Err(Kind::Argument.failure("rounds count from 1"));
        }
        let groups = self.sender.cache_mut().groups();
        let set = GroupedSet::from_slots(groups, slots.iter().copied()).map_err(Kind::Set.because())?;
        let changed_slots = self.sender.cache_mut().update(&set).map_err(Kind::Set.because())?;
        let jobs = job.market().domain();
        let context = JobRef { jobs, job_id, round }.context();
        let addressed = self.sender.address(&set, Context(&context), &mut generator()?);
        let Addressed { headers, key, sealing } = addressed.map_err(|error| match error {
            EnvelopeError::Kem(error @ KemError::Key(_)) => Kind::Key.failure(error),
            other => Kind::Set.failure(other),
        })?;
        let (salt, policy) = job.input();
        let sealer = Sealer::new(sealing, Sealed::default());
        let input =
            InputWriter::start((jobs, job_id), salt, policy, sealer).map_err(Kind::Payload.because())?;
        let key = SharedKey::from_bytes(*key.as_bytes());
        Ok(Assignment {
            mask: set.encode(),
            headers,
            changed_slots,
            key: RoundKey::new(job.market().clone(), job_id, round, key),
            input: Some(input),
            rows: 0,
        })
    }
}

/// Sealed bytes that nobody has taken, and what is known of all of them.
#[derive(Default)]
struct Sealed {
    ready: Vec<u8>,
    hasher: blake3::Hasher,
    length: u64,
}

impl Write for Sealed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.ready.extend_from_slice(bytes);
        self.hasher.update(bytes);
        self.length = self.length.saturating_add(bytes.len() as u64);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An assignment whose input is being encrypted.
pub struct Assignment {
    mask: Vec<u8>,
    headers: Vec<u8>,
    changed_slots: usize,
    key: RoundKey,
    /// None once it is finished, or a part was refused.
    input: Option<InputWriter<Sealer<Sealed>>>,
    /// Bytes of rows that were given.
    rows: usize,
}

/// The end of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// The last sealed bytes.
    pub sealed: Vec<u8>,
    /// BLAKE3 digest of all sealed bytes.
    pub payload: [u8; 32],
    /// Commitment to the input.
    pub input_commitment: [u8; 32],
    /// Number of all sealed bytes.
    pub length: u64,
}

impl Assignment {
    /// The encoded set.
    #[must_use]
    pub fn mask(&self) -> &[u8] {
        &self.mask
    }

    /// 128 bytes for each group that the set touches.
    #[must_use]
    pub fn headers(&self) -> &[u8] {
        &self.headers
    }

    /// Slots that joined or left since their groups were addressed before.
    #[must_use]
    pub fn changed_slots(&self) -> usize {
        self.changed_slots
    }

    /// The key with which outputs open.
    #[must_use]
    pub fn round_key(&self) -> &RoundKey {
        &self.key
    }

    /// Seals the next encoded rows. Gives the sealed bytes that are ready.
    ///
    /// # Errors
    /// [`Kind::Payload`]: the assignment can't be continued then.
    pub fn write(&mut self, rows: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut input = self.input.take().ok_or_else(finished)?;
        let length = self.rows.saturating_add(rows.len());
        if length > MAX_BYTES {
            let message = format!("the rows have more than the {MAX_BYTES} bytes that nodes accept");
            return Err(Kind::Payload.failure(message));
        }
        input.rows(rows).map_err(Kind::Payload.because())?;
        self.rows = length;
        let ready = core::mem::take(&mut input.target_mut().target_mut().ready);
        self.input = Some(input);
        Ok(ready)
    }

    /// Seals what is left.
    ///
    /// # Errors
    /// [`Kind::Payload`].
    pub fn finish(&mut self) -> Result<Finished, Failure> {
        let input = self.input.take().ok_or_else(finished)?;
        if self.rows == 0 {
            return Err(Kind::Payload.failure("no rows were written; expected encoded rows"));
        }
        let (input_commitment, sealer) = input.finish();
        let sealed = sealer.finish().map_err(Kind::Payload.because())?;
        let payload = *sealed.hasher.finalize().as_bytes();
        Ok(Finished { sealed: sealed.ready, payload, input_commitment, length: sealed.length })
    }
}

fn finished() -> Failure {
    Kind::Payload.failure("the input was finished before, or a part of it was refused")
}
