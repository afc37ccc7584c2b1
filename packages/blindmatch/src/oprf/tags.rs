//! Tags: the function's outputs, which are keys and are handled as such.

use std::collections::BTreeMap;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    codec::{DecodeError, Reader, put_count, put_text},
    oprf::{MAX_POINTS, OprfError},
    schema::{Input, MAX_SLOTS, MAX_VALUE_BYTES, SlotId},
};

/// Version of the encoding. Tags of the first are of points that had the epoch in them.
const VERSION: u8 = 2;

/// F of one input. Whoever holds it can try it on every vault of the epoch.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Tag([u8; 32]);

impl Tag {
    pub(super) fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Tags of one epoch under one schema, by input.
#[derive(Clone)]
pub struct Tags {
    schema_digest: [u8; 32],
    epoch: u64,
    by_input: BTreeMap<Input, Tag>,
}

impl Tags {
    pub(super) fn new(schema_digest: [u8; 32], epoch: u64, by_input: BTreeMap<Input, Tag>) -> Self {
        Self { schema_digest, epoch, by_input }
    }

    /// Digest of the schema that numbers the slots.
    pub fn schema_digest(&self) -> [u8; 32] {
        self.schema_digest
    }

    /// The epoch in which they are valid.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The tag of an input.
    pub fn get(&self, input: &Input) -> Option<&Tag> {
        self.by_input.get(input)
    }

    /// The inputs that there is a tag for, in order.
    pub fn inputs(&self) -> impl Iterator<Item = &Input> {
        self.by_input.keys()
    }

    /// The tags of these inputs, and no others.
    pub fn only(mut self, inputs: &[Input]) -> Self {
        self.by_input.retain(|input, _| inputs.contains(input));
        self
    }

    /// These tags and `other`'s.
    ///
    /// # Errors
    /// [`OprfError::ForeignTags`] unless both are of the same schema and epoch.
    pub fn merge(mut self, other: &Self) -> Result<Self, OprfError> {
        if (self.schema_digest, self.epoch) != (other.schema_digest, other.epoch) {
            return Err(OprfError::ForeignTags { found: other.epoch, expected: self.epoch });
        }
        self.by_input.extend(other.by_input.iter().map(|(input, tag)| (input.clone(), tag.clone())));
        Ok(self)
    }

    /// Every tag with its slot.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (SlotId, &Tag)> {
        self.by_input.iter().map(|(input, tag)| (input.slot, tag))
    }

    /// Secret bytes for the owner's storage: the quota gives a contributor its tags once per epoch, so that they
    /// have to outlive a restart.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let length = self.by_input.keys().map(|input| 35 + input.value.len()).sum::<usize>();
        let mut out = Zeroizing::new(Vec::with_capacity(43 + length));
        out.push(VERSION);
        out.extend_from_slice(&self.schema_digest);
        out.extend_from_slice(&self.epoch.to_be_bytes());
        put_count(&mut out, self.by_input.len());
        for (input, tag) in &self.by_input {
            out.extend_from_slice(&input.slot.0.to_be_bytes());
            put_text(&mut out, &input.value);
            out.extend_from_slice(&tag.0);
        }
        out
    }

    /// Reads what [`Tags::encode`] wrote.
    ///
    /// # Errors
    /// [`DecodeError`] names the field that is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::versioned("tags", VERSION, bytes)?;
        let (schema_digest, epoch) = (reader.array()?, reader.u64()?);
        let count = reader.count("tags", 1, MAX_POINTS)?;
        let mut by_input = BTreeMap::new();
        for _ in 0..count {
            let slot = reader.u16()?;
            reader.in_range("slot", u64::from(slot), 0, MAX_SLOTS as u64 - 1)?;
            let value = reader.text("value", MAX_VALUE_BYTES as u8)?.to_owned();
            let input = Input { slot: SlotId(slot), value };
            if by_input.last_key_value().is_some_and(|(last, _)| *last >= input) {
                return Err(reader.invalid("tags", "inputs in rising order"));
            }
            by_input.insert(input, Tag(reader.array()?));
        }
        reader.finish()?;
        Ok(Self { schema_digest, epoch, by_input })
    }
}
