//! The ledger of evaluations: what turns a pseudo-random function into a limit on guesses.
//!
//! Without it anybody could have every category evaluated and open every vault. Each committee member keeps its
//! own ledger and persists it before it answers.

use std::collections::BTreeMap;

use crate::{
    codec::{DecodeError, Reader, put_count, put_text},
    schema::{MAX_SLOTS, SlotId},
};

/// Version of the encoding.
const VERSION: u8 = 1;
/// Most bytes of an identity: an address on the chain.
pub const MAX_IDENTITY_BYTES: usize = 90;

/// Why an evaluation is refused. A refused request charges nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuotaError {
    /// An identity that is empty or too long.
    #[error("the identity is {length} bytes long, expected 1 to {MAX_IDENTITY_BYTES}")]
    Identity {
        /// Length found, in bytes.
        length: usize,
    },
    /// No such slot in any schema.
    #[error("slot {} does not exist, expected less than {MAX_SLOTS}", slot.0)]
    Slot {
        /// Slot asked for.
        slot: SlotId,
    },
    /// An epoch whose ledger is gone.
    #[error("epoch {epoch} is over, expected {oldest} or later")]
    EpochOver {
        /// The epoch asked for.
        epoch: u64,
        /// The oldest that is kept.
        oldest: u64,
    },
    /// The request would exceed what one identity may ask of a slot in an epoch.
    #[error("slot {} has been evaluated {used} times in epoch {epoch} and {asked} more are asked, the limit is {limit}", slot.0)]
    Exceeded {
        /// Slot whose quota is used up.
        slot: SlotId,
        /// Epoch that the quota is for.
        epoch: u64,
        /// Evaluations so far.
        used: u16,
        /// Evaluations asked for now.
        asked: u16,
        /// Most evaluations of one slot in an epoch.
        limit: u16,
    },
}

type Counts = BTreeMap<SlotId, u16>;

/// Evaluations by epoch, identity and slot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quota {
    oldest_epoch: u64,
    epochs: BTreeMap<u64, BTreeMap<String, Counts>>,
}

impl Quota {
    /// An empty ledger.
    pub fn new() -> Self {
        Self::default()
    }

    /// Charges one evaluation of a slot.
    ///
    /// # Errors
    /// [`QuotaError`] says what is exceeded or wrong, and nothing is charged.
    pub fn check_and_record(
        &mut self,
        identity: &str,
        slot: SlotId,
        epoch: u64,
        limit: u16,
    ) -> Result<(), QuotaError> {
        self.check_and_record_all(identity, [slot], epoch, limit)
    }

    /// Charges a whole request, one evaluation for each slot listed, or nothing.
    ///
    /// # Errors
    /// As [`Quota::check_and_record`].
    pub fn check_and_record_all(
        &mut self,
        identity: &str,
        slots: impl IntoIterator<Item = SlotId>,
        epoch: u64,
        limit: u16,
    ) -> Result<(), QuotaError> {
        if !(1..=MAX_IDENTITY_BYTES).contains(&identity.len()) {
            return Err(QuotaError::Identity { length: identity.len() });
        }
        if epoch < self.oldest_epoch {
            return Err(QuotaError::EpochOver { epoch, oldest: self.oldest_epoch });
        }
        let mut asked = Counts::new();
        for slot in slots {
            if usize::from(slot.0) >= MAX_SLOTS {
                return Err(QuotaError::Slot { slot });
            }
            let count = asked.entry(slot).or_default();
            *count = count.saturating_add(1);
        }
        for (slot, asked) in &asked {
            let used = self.used(identity, *slot, epoch);
            if used.checked_add(*asked).is_none_or(|total| total > limit) {
                return Err(QuotaError::Exceeded { slot: *slot, epoch, used, asked: *asked, limit });
            }
        }
        if !asked.is_empty() {
            let counts = self.epochs.entry(epoch).or_default().entry(identity.to_owned()).or_default();
            for (slot, asked) in asked {
                let count = counts.entry(slot).or_default();
                *count = count.saturating_add(asked);
            }
        }
        Ok(())
    }

    /// Evaluations so far.
    pub fn used(&self, identity: &str, slot: SlotId, epoch: u64) -> u16 {
        let counts = self.epochs.get(&epoch).and_then(|identities| identities.get(identity));
        counts.and_then(|counts| counts.get(&slot)).copied().unwrap_or(0)
    }

    /// Everything that is counted: epoch, identity, slot and evaluations, in rising order.
    pub fn charges(&self) -> impl Iterator<Item = (u64, &str, SlotId, u16)> {
        self.epochs.iter().flat_map(|(epoch, identities)| {
            identities.iter().flat_map(move |(identity, counts)| {
                counts.iter().map(move |(slot, count)| (*epoch, identity.as_str(), *slot, *count))
            })
        })
    }

    /// The first epoch that is not forgotten.
    pub fn oldest_epoch(&self) -> u64 {
        self.oldest_epoch
    }

    /// Forgets the epochs before `epoch`, and refuses them from now on: a forgotten epoch must not become a
    /// fresh quota. An earlier `epoch` than before changes nothing.
    pub fn prune_before(&mut self, epoch: u64) {
        self.oldest_epoch = self.oldest_epoch.max(epoch);
        self.epochs = self.epochs.split_off(&self.oldest_epoch);
    }

    /// Version, oldest epoch, then epochs, identities and counts in rising order.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        out.extend_from_slice(&self.oldest_epoch.to_be_bytes());
        let rows =
            self.epochs.iter().flat_map(|(epoch, identities)| identities.iter().map(move |row| (epoch, row)));
        for (epoch, (identity, counts)) in rows {
            out.extend_from_slice(&epoch.to_be_bytes());
            put_text(&mut out, identity);
            put_count(&mut out, counts.len());
            for (slot, count) in counts {
                out.extend_from_slice(&slot.0.to_be_bytes());
                out.extend_from_slice(&count.to_be_bytes());
            }
        }
        out
    }

    /// Reads what [`Quota::encode`] wrote.
    ///
    /// # Errors
    /// [`DecodeError`] names the field that is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::versioned("quota", VERSION, bytes)?;
        let mut quota = Self { oldest_epoch: reader.u64()?, epochs: BTreeMap::new() };
        let mut last: Option<(u64, String)> = None;
        while !reader.is_empty() {
            let epoch = reader.u64()?;
            reader.in_range("epoch", epoch, quota.oldest_epoch, u64::MAX)?;
            let identity = reader.text("identity", MAX_IDENTITY_BYTES as u8)?.to_owned();
            let row = Some((epoch, identity.clone()));
            if row <= last {
                return Err(reader.invalid("identities", "rising order"));
            }
            last = row;
            let counts = decode_counts(&mut reader)?;
            quota.epochs.entry(epoch).or_default().insert(identity, counts);
        }
        Ok(quota)
    }
}

fn decode_counts(reader: &mut Reader<'_>) -> Result<Counts, DecodeError> {
    let mut counts = Counts::new();
    for _ in 0..reader.count("slots", 1, MAX_SLOTS)? {
        let slot = reader.u16()?;
        let least = counts.last_key_value().map_or(0, |(last, _): (&SlotId, &u16)| u64::from(last.0) + 1);
        reader.in_range("slot", u64::from(slot), least, MAX_SLOTS as u64 - 1)?;
        let count = reader.u16()?;
        reader.in_range("evaluations", u64::from(count), 1, u64::from(u16::MAX))?;
        counts.insert(SlotId(slot), count);
    }
    Ok(counts)
}
