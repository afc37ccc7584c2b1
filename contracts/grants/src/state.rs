//! Storage, all keys in one place. cw2 keeps `contract_info`; keys of this crate differ from it.
//!
//! Rows belong to the account that has written them, so nobody's row is in the way of another's, and each lookup is of one row.

use bithive_api::grants::{BreakGlassResponse, Standing};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Binary, Empty, HexBinary, Storage};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// Address of the registry, which knows requesters.
pub const REGISTRY: Item<Addr> = Item::new("registry");
/// Consents, by subject and digest.
pub const CONSENTS: Map<(&Addr, &[u8]), Consent> = Map::new("consents");
/// Number of the next emergency; 1 if absent.
pub const NEXT_EMERGENCY: Item<u64> = Item::new("next_emergency");
/// Emergencies by number.
pub const EMERGENCIES: Map<u64, BreakGlassResponse> = Map::new("emergencies");
/// Emergencies of each subject.
pub const OF_SUBJECT: Map<(&Addr, u64), Empty> = Map::new("of_subject");
/// How many emergencies a requester has stated on its last day.
pub const STATED: Map<&Addr, Stated> = Map::new("stated");
/// The newest head of each audit log, by account and the log's identity.
pub const HEADS: Map<(&Addr, &[u8]), Head> = Map::new("heads");
/// Contents, by the digest of their ciphertext.
pub const CONTENTS: Map<&[u8], Content> = Map::new("contents");
/// Permits, by content and reader.
pub const PERMITS: Map<(&[u8], &Addr), Permit> = Map::new("permits");

/// What is known of a digest.
#[cw_serde]
#[derive(Copy)]
pub struct Consent {
    /// What was recorded; none if it was revoked before.
    pub recorded: Option<Recorded>,
    /// When it was revoked, Unix seconds.
    pub revoked_at: Option<u64>,
}

/// A recorded consent.
#[cw_serde]
#[derive(Copy)]
pub struct Recorded {
    /// When, Unix seconds.
    pub at: u64,
    /// When it ends, Unix seconds.
    pub expires: u64,
}

/// Emergencies of a requester on a day.
#[cw_serde]
#[derive(Copy, Default)]
pub struct Stated {
    /// Days since 1970.
    pub day: u64,
    /// How many it has stated on that day.
    pub count: u8,
}

/// A head of an audit log.
#[cw_serde]
pub struct Head {
    /// Number of its last entry.
    pub count: u64,
    /// Digest of that entry.
    pub head: HexBinary,
    /// When it was put here, Unix seconds.
    pub at: u64,
}

impl Consent {
    /// Whether it permits anything at a time. A revocation is stronger than everything else.
    #[must_use]
    pub const fn standing(&self, now: u64) -> Standing {
        match (self.revoked_at, self.recorded) {
            (Some(_), _) => Standing::Revoked,
            (None, None) => Standing::Unknown,
            (None, Some(recorded)) if now >= recorded.expires => Standing::Expired,
            (None, Some(_)) => Standing::Live,
        }
    }
}

/// An encrypted content.
#[cw_serde]
pub struct Content {
    /// Who has registered it.
    pub author: Addr,
    /// What its key is compared with, 32 bytes.
    pub commitment: HexBinary,
    /// Its wrapped key.
    pub wrap: Binary,
    /// Who may permit readers beside the author.
    pub granters: Vec<Addr>,
    /// When it was registered, Unix seconds.
    pub at: u64,
}

impl Content {
    /// Whether an account may permit readers.
    #[must_use]
    pub fn is_granter(&self, account: &Addr) -> bool {
        self.author == *account || self.granters.contains(account)
    }
}

/// The content with this digest.
///
/// # Errors
/// [`ContractError::NoContent`].
pub fn content(storage: &dyn Storage, digest: &[u8]) -> Result<Content, ContractError> {
    let found = CONTENTS.may_load(storage, digest)?;
    found.ok_or_else(|| ContractError::NoContent { content: HexBinary::from(digest).to_hex() })
}

/// That somebody may read a content.
#[cw_serde]
pub struct Permit {
    /// Who has given it.
    pub by: Addr,
    /// What for, as a code of HL7 v3 PurposeOfUse.
    pub purpose: String,
    /// When it ends, Unix seconds.
    pub until: u64,
    /// When it was given, Unix seconds.
    pub at: u64,
    /// That it was taken back.
    pub revoked: Option<Revoked>,
}

/// That a permit was taken back.
#[cw_serde]
pub struct Revoked {
    /// The author, or the granter that had given it.
    pub by: Addr,
    /// When, Unix seconds.
    pub at: u64,
}

impl Permit {
    /// Whether it permits reading at a time. A revocation is stronger than the end.
    #[must_use]
    pub const fn standing(&self, now: u64) -> Standing {
        match &self.revoked {
            Some(_) => Standing::Revoked,
            None if now >= self.until => Standing::Expired,
            None => Standing::Live,
        }
    }
}
