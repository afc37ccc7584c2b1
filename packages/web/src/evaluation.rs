//! The committee's answers: asked for blindly, checked by their proofs, and combined to tags.

use std::collections::BTreeMap;

use bithive_blindmatch::committee::{MAX_MEMBERS, ShareKeyTable};
use bithive_blindmatch::oprf::{
    self, EvaluateResponse, Fault, OprfError, PendingEvaluation, Tags as Evaluated,
};
use bithive_blindmatch::schema::{Input, MAX_SLOTS, Schema, SlotId};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use zeroize::Zeroizing;

use crate::failure::list_of;
use crate::random::seed;
use crate::record::{self, RecordKey, RecordKind};
use crate::{Failure, Kind};

/// The share keys of an epoch that the committee stands by.
pub struct ShareKeys(ShareKeyTable);

impl ShareKeys {
    /// The table of `epoch` as a member gave it, if at least `threshold` members have posted its digest. `posted`: 32 bytes for each
    /// member that has posted one.
    ///
    /// # Errors
    /// [`Kind::Epoch`] for the table of another epoch; [`Kind::Committee`]; [`Kind::Argument`].
    pub fn new(table: &[u8], epoch: u64, threshold: u32, posted: &[u8]) -> Result<Self, Failure> {
        let posted = list_of::<32>("digests", posted)?;
        let threshold = u8::try_from(threshold).ok().filter(|threshold| *threshold > 0);
        let threshold = threshold.ok_or_else(|| Kind::Argument.failure("the threshold is not 1 to 255"))?;
        let table = ShareKeyTable::decode(table).map_err(Kind::Committee.because())?;
        if table.epoch() != epoch {
            let found = table.epoch();
            return Err(
                Kind::Epoch.failure(format!("the share key table is of epoch {found}; expected {epoch}"))
            );
        }
        if !table.is_posted(epoch, threshold, posted.iter().map(<[u8; 32]>::as_slice)) {
            let message = format!("the share key table is not the one that {threshold} members have posted");
            return Err(Kind::Committee.failure(message));
        }
        Ok(Self(table))
    }

    /// The epoch that they are for.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.0.epoch()
    }

    /// Number of members.
    #[must_use]
    pub fn members(&self) -> u8 {
        self.0.params().members()
    }
}

/// A request to the committee whose answers have not all come.
pub struct Pending {
    /// All blinds follow from it.
    seed: Zeroizing<[u8; 32]>,
    schema_digest: [u8; 32],
    inputs: Vec<Input>,
    evaluation: PendingEvaluation,
    answers: BTreeMap<u8, EvaluateResponse>,
}

impl Pending {
    pub(crate) fn draw(schema: &Schema, inputs: &[Input], epoch: u64) -> Result<Self, Failure> {
        Self::from_seed(seed()?, schema.digest(), inputs.to_vec(), epoch)
    }

    fn from_seed(
        seed: Zeroizing<[u8; 32]>,
        schema_digest: [u8; 32],
        inputs: Vec<Input>,
        epoch: u64,
    ) -> Result<Self, Failure> {
        let mut blinding = ChaCha20Rng::from_seed(*seed);
        let evaluation =
            oprf::blind(schema_digest, epoch, &inputs, &mut blinding).map_err(Kind::Policy.because())?;
        Ok(Self { seed, schema_digest, inputs, evaluation, answers: BTreeMap::new() })
    }

    /// The epoch whose keys are asked for.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.evaluation.request().epoch()
    }

    /// What every member is asked.
    #[must_use]
    pub fn request(&self) -> Vec<u8> {
        self.evaluation.request().encode()
    }

    /// Takes a member's answer, in place of an earlier one. `member` counts from 1.
    ///
    /// # Errors
    /// [`Kind::Argument`] for a number that no member has; [`Kind::Committee`] for bytes that are no answer.
    pub fn answer(&mut self, member: u32, answer: &[u8]) -> Result<(), Failure> {
        let member = u8::try_from(member).ok().filter(|member| (1..=MAX_MEMBERS).contains(member));
        let member = member
            .ok_or_else(|| Kind::Argument.failure(format!("members have the numbers 1 to {MAX_MEMBERS}")))?;
        let answer = EvaluateResponse::decode(answer).map_err(Kind::Committee.because())?;
        self.answers.insert(member, answer);
        Ok(())
    }

    /// Checks the answers and makes tags of the first valid ones. It can be called again after more answers.
    ///
    /// # Errors
    /// [`Kind::Epoch`] for share keys of another epoch; [`Kind::Committee`] for too few valid answers.
    pub fn finish(&self, keys: &ShareKeys) -> Result<Tags, Failure> {
        let params = keys.0.params();
        let answers = self.answers.iter().filter(|(member, _)| **member <= params.members());
        let answers = answers
            .map(|(member, answer)| Ok((params.member(*member)?, answer.clone())))
            .collect::<Result<Vec<_>, bithive_blindmatch::committee::CommitteeError>>()
            .map_err(Kind::Committee.because())?;
        let evaluated = self.evaluation.finish(&keys.0, &answers).map_err(|error| match error {
            OprfError::TableEpoch { .. } => Kind::Epoch.failure(error),
            OprfError::TooFew { valid, needed, faults } => {
                let faults: String = faults.iter().map(|fault| format!("; {}", told(fault))).collect();
                Kind::Committee
                    .failure(format!("{valid} valid answers of members; expected {needed}{faults}"))
            }
            other => Kind::Committee.failure(other),
        })?;
        Ok(Tags { tags: evaluated.tags, faults: evaluated.faults })
    }

    /// Seals what is needed to make the same request again.
    ///
    /// # Errors
    /// [`Kind::Random`].
    pub fn export(&self, key: &RecordKey) -> Result<Vec<u8>, Failure> {
        let length = self.inputs.iter().map(|input| 3 + input.value.len()).sum();
        let mut inputs = Zeroizing::new(Vec::with_capacity(length));
        for input in &self.inputs {
            inputs.extend_from_slice(&input.slot.0.to_be_bytes());
            // At most 64 bytes: the request was made of it.
            inputs.push(u8::try_from(input.value.len()).unwrap_or(u8::MAX));
            inputs.extend_from_slice(input.value.as_bytes());
        }
        let epoch = self.epoch().to_be_bytes();
        let content = record::encode(&[&self.schema_digest, &epoch, &*self.seed, &inputs]);
        key.seal(RecordKind::Pending, "", &content)
    }

    /// Opens what [`Pending::export`] sealed: the same request, without answers.
    ///
    /// # Errors
    /// [`Kind::Record`].
    pub fn import(key: &RecordKey, sealed: &[u8]) -> Result<Self, Failure> {
        let content = key.open(RecordKind::Pending, "", sealed)?;
        let [digest, epoch, seed, inputs] = record::decode(&content)?;
        let inputs = read_inputs(inputs)
            .ok_or_else(|| Kind::Record.failure("the record's questions are malformed"))?;
        let epoch = u64::from_be_bytes(record::fixed(epoch)?);
        let seed = Zeroizing::new(record::fixed(seed)?);
        Self::from_seed(seed, record::fixed(digest)?, inputs, epoch).map_err(Kind::Record.because())
    }
}

fn read_inputs(mut bytes: &[u8]) -> Option<Vec<Input>> {
    let mut inputs = Vec::new();
    while !bytes.is_empty() && inputs.len() < MAX_SLOTS {
        let ([high, low, length], rest) = bytes.split_first_chunk::<3>()?;
        let (value, rest) = rest.split_at_checked(usize::from(*length))?;
        let value = core::str::from_utf8(value).ok()?.to_owned();
        inputs.push(Input { slot: SlotId(u16::from_be_bytes([*high, *low])), value });
        bytes = rest;
    }
    bytes.is_empty().then_some(inputs)
}

fn told(fault: &Fault) -> String {
    format!("member {}: {}", fault.member, fault.reason)
}

/// Tags of a policy in an epoch.
pub struct Tags {
    tags: Evaluated,
    faults: Vec<Fault>,
}

impl Tags {
    /// The epoch in which they are valid.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.tags.epoch()
    }

    /// Members whose answers were left out, each with the reason.
    pub fn faults(&self) -> impl Iterator<Item = (u8, String)> {
        self.faults.iter().map(|fault| (fault.member.get(), fault.reason.to_string()))
    }

    pub(crate) fn all(&self) -> &Evaluated {
        &self.tags
    }

    /// Seals the tags.
    ///
    /// # Errors
    /// [`Kind::Random`].
    pub fn export(&self, key: &RecordKey) -> Result<Vec<u8>, Failure> {
        key.seal(RecordKind::Tags, "", &self.tags.encode())
    }

    /// Opens what [`Tags::export`] sealed. Faults are not recorded.
    ///
    /// # Errors
    /// [`Kind::Record`].
    pub fn import(key: &RecordKey, sealed: &[u8]) -> Result<Self, Failure> {
        let tags =
            Evaluated::decode(&key.open(RecordKind::Tags, "", sealed)?).map_err(Kind::Record.because())?;
        Ok(Self { tags, faults: Vec::new() })
    }
}
