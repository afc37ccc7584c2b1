//! `grants`: which uses of data their subjects have consented to, without saying of whom, of what or what for; who has opened data in an
//! emergency; and the heads of audit logs.
//!
//! ```text
//!             Record (the subject)           Revoke (the subject)
//!   unknown ----------------------> live ----------------------------> revoked
//!      |                              |  at `expires`
//!      |                              +-------------------------------> expired
//!      |  Revoke (the subject), before it was recorded
//!      +--------------------------------------------------------------> revoked
//! ```
//!
//! What is on the chain is a digest for one purpose and one reader (`bithive_consent::grant`). A [`Basis`] opens it: who uses data names the
//! subject's account and 32 bytes of which the digest follows, so that nobody can use, or even try, a consent that was given to somebody else.
//! The receipt itself, with its salt, is never on the chain.
//!
//! Beside consents there are *contents*: encrypted files whose keys a committee releases (`bithive_release`). Their author permits readers by
//! account, and the members of the committee ask [`QueryMsg::Allowed`] before they answer.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Binary, HexBinary};

use crate::event::{events, names};

/// Bounds of messages and answers.
pub mod limits {
    /// Most digests of one message, and of one that a subject signs.
    pub const MAX_DIGESTS: usize = 64;
    /// Longest time from now to the end of a consent, in seconds: ten years, as in a receipt.
    pub const MAX_SECONDS: u64 = 315_576_000;
    /// Most bases of one job: the loop of a check.
    pub const MAX_BASES: usize = 16;
    /// How long an emergency permits assignments, in seconds: one day.
    pub const EMERGENCY_SECONDS: u64 = 86_400;
    /// Emergencies that a requester may state in one day of Unix time. Another name costs another bond.
    pub const EMERGENCIES_A_DAY: u8 = 3;
    /// Most entries of an audit log: larger numbers have more than one form in JSON.
    pub const MAX_COUNT: u64 = (1 << 53) - 1;
    /// Most rows of a page.
    pub const MAX_PAGE: u32 = 30;
    /// Bytes of a wrapped key of a content, as `bithive_release::Wrap` encodes it.
    pub const WRAP_BYTES: usize = 208;
    /// Most accounts beside the author that may permit readers of a content.
    pub const MAX_GRANTERS: usize = 4;
    /// Most readers of one message.
    pub const MAX_READERS: usize = 64;
    /// Most letters of the code of a purpose.
    pub const MAX_PURPOSE: usize = 16;
}

/// Why data is opened without consent, as a code of HL7 v3 PurposeOfUse.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Reason {
    /// `BTG`: break the glass, where no other code fits.
    Btg,
    /// `ETREAT`: emergency treatment.
    Etreat,
    /// `ERTREAT`: treatment in an emergency room.
    Ertreat,
    /// `DISASTER`: treatment in a disaster.
    Disaster,
}

names! {
    Reason {
        Btg = "BTG",
        Etreat = "ETREAT",
        Ertreat = "ERTREAT",
        Disaster = "DISASTER",
    }
}

events! {
    //! What the contract announces. Times are Unix seconds.

    /// The subject has consented to a use until `expires`; nothing says to which.
    Recorded, RECORDED = "consent_recorded" { subject: Addr, digest: HexBinary, expires: u64 }
    /// The subject has withdrawn a consent, for good.
    Revoked, REVOKED = "consent_revoked" { subject: Addr, digest: HexBinary }
    /// A requester opens data of the subject without its consent.
    BreakGlass, BREAK_GLASS = "break_glass" {
        id: u64, subject: Addr, requester: Addr, reference: HexBinary, reason: Reason, text: HexBinary,
    }
    /// An audit log of the account has `count` entries, of which the last one has the digest `head`.
    Anchored, ANCHORED = "audit_anchored" { account: Addr, log: HexBinary, count: u64, head: HexBinary }
    /// An encrypted content has an author, who says who may read it.
    ContentRegistered, CONTENT_REGISTERED = "content_registered" { content: HexBinary, author: Addr, commitment: HexBinary }
    /// An account may read a content until a time.
    ContentPermitted, CONTENT_PERMITTED = "content_permitted" {
        content: HexBinary, reader: Addr, by: Addr, purpose: String, until: u64,
    }
    /// An account may not read a content any more. What it has read stays with it.
    PermitRevoked, PERMIT_REVOKED = "content_permit_revoked" { content: HexBinary, reader: Addr, by: Addr }
}

/// Creates the contract. It has no owner and no pause: nobody can keep a subject from revoking.
#[cw_serde]
pub struct InstantiateMsg {
    /// Address of the registry, which knows the requesters.
    pub registry: String,
}

/// Messages. None of them takes coins or tokens.
#[cw_serde]
pub enum ExecuteMsg {
    /// Consents to uses until a time. Sender: the subject, or anyone with the subject's signature. All digests are recorded or none.
    Record {
        /// 1 to [`limits::MAX_DIGESTS`] digests that the subject has neither recorded nor revoked; 32 bytes each.
        digests: Vec<HexBinary>,
        /// When they end, Unix seconds; in the future, at most [`limits::MAX_SECONDS`] away.
        expires: u64,
        /// The subject's signature, if it does not send the message itself.
        signed: Option<SubjectSignature>,
    },
    /// Withdraws consents, recorded or not, for good. What is revoked already stays so. Sender: the subject, or anyone with the subject's
    /// signature.
    Revoke {
        /// 1 to [`limits::MAX_DIGESTS`] digests; 32 bytes each.
        digests: Vec<HexBinary>,
        /// The subject's signature, if it does not send the message itself.
        signed: Option<SubjectSignature>,
    },
    /// States that data of a subject is opened without its consent, and why; for ever visible to the subject and everybody. For
    /// [`limits::EMERGENCY_SECONDS`] it stands in for a consent. Sender: a requester with its bond, at most
    /// [`limits::EMERGENCIES_A_DAY`] times in a day.
    BreakGlass {
        /// Address of the subject's account.
        subject: String,
        /// Digest of the data or the order that it is about; 32 bytes.
        reference: HexBinary,
        /// Why, as a code of HL7.
        reason: Reason,
        /// Digest of a text with the reasons, which the requester keeps and shows; 32 bytes.
        text: HexBinary,
    },
    /// Puts the head of an own audit log on the chain: from then on, an end that is cut off shows. Sender: anyone, for its own logs.
    AnchorAudit {
        /// Identity of the log, 32 bytes.
        log: HexBinary,
        /// Number of its last entry, from 1; more than the last time.
        count: u64,
        /// Digest of that entry, 32 bytes.
        head: HexBinary,
    },
    /// Registers an encrypted content, whose key a committee releases to whom its author permits. Sender: its author. The wrap is bound to the
    /// sender's account, so who copies the message registers a content whose key nobody releases.
    RegisterContent {
        /// SHA-256 of the ciphertext, 32 bytes: what the content is called. Nobody has registered it.
        content: HexBinary,
        /// What the key is compared with, 32 bytes.
        commitment: HexBinary,
        /// The wrapped key, [`limits::WRAP_BYTES`] bytes. The contract does not open it: the committee and the readers do.
        wrap: Binary,
        /// Accounts beside the author that may permit readers, for good; at most [`limits::MAX_GRANTERS`].
        granters: Vec<String>,
    },
    /// Permits accounts to read a content until a time, all of them or none. Sender: the author, or a granter that it has named. A granter
    /// changes no permit that another account has given while it holds, and none that the author has revoked.
    Permit {
        /// The content, 32 bytes.
        content: HexBinary,
        /// 1 to [`limits::MAX_READERS`] addresses.
        readers: Vec<String>,
        /// What for, as a code of HL7 v3 PurposeOfUse: 1 to [`limits::MAX_PURPOSE`] letters A to Z. Everybody sees it.
        purpose: String,
        /// When it ends, Unix seconds; in the future, at most [`limits::MAX_SECONDS`] away.
        until: u64,
    },
    /// Takes permits back. It counts from the next transaction on, and can't call back a key that was released. What is revoked already, or was
    /// never given, is passed over. Sender: the author, or the granter that has given the permits.
    RevokePermit {
        /// The content, 32 bytes.
        content: HexBinary,
        /// 1 to [`limits::MAX_READERS`] addresses.
        readers: Vec<String>,
    },
}

crate::permissions!(ExecuteMsg {
    Record: Anyone,
    Revoke: Anyone,
    BreakGlass: BondedRequester,
    AnchorAudit: Anyone,
    RegisterContent: Anyone,
    Permit: ContentGranter,
    RevokePermit: ContentGranter,
});

/// A subject's signature over a message that somebody else sends: ADR-36 over the text of `bithive_consent::grant::Order`. It names chain,
/// contract and digests, and a digest is recorded once, so it can't be used twice.
#[cw_serde]
pub struct SubjectSignature {
    /// Compressed point of secp256k1, 33 bytes. The subject is the account of this key.
    pub public_key: Binary,
    /// r and s, 64 bytes.
    pub signature: Binary,
}

/// What permits somebody to use data. `A` is the type of addresses: text in a message, and checked where a contract stores it and answers
/// with it.
#[cw_serde]
#[derive(Eq)]
pub enum Basis<A = String> {
    /// A consent that the subject has recorded.
    Consent {
        /// The subject's account.
        subject: A,
        /// `bithive_consent::grant::opening`, 32 bytes.
        opening: HexBinary,
    },
    /// An emergency that the user has stated.
    BreakGlass {
        /// The subject's account.
        subject: A,
        /// Number of the emergency, from 1.
        id: u64,
    },
}

impl<A> Basis<A> {
    /// Whose data it is about.
    pub const fn subject(&self) -> &A {
        match self {
            Self::Consent { subject, .. } | Self::BreakGlass { subject, .. } => subject,
        }
    }

    /// The same basis, with the subject's address as `change` makes it.
    pub fn map<B>(self, change: impl FnOnce(A) -> B) -> Basis<B> {
        match self {
            Self::Consent { subject, opening } => Basis::Consent { subject: change(subject), opening },
            Self::BreakGlass { subject, id } => Basis::BreakGlass { subject: change(subject), id },
        }
    }

    /// As [`Basis::map`], where `change` may refuse.
    ///
    /// # Errors
    /// Those of `change`.
    pub fn try_map<B, E>(self, change: impl FnOnce(A) -> Result<B, E>) -> Result<Basis<B>, E> {
        Ok(match self {
            Self::Consent { subject, opening } => Basis::Consent { subject: change(subject)?, opening },
            Self::BreakGlass { subject, id } => Basis::BreakGlass { subject: change(subject)?, id },
        })
    }
}

/// Whether a basis permits a use now.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Standing {
    /// It is recorded and permits the use.
    Live,
    /// Nothing is recorded: it was given by or to somebody else, or never.
    Unknown,
    /// The subject has withdrawn it.
    Revoked,
    /// Its time is over.
    Expired,
}

names! {
    Standing {
        Live = "live",
        Unknown = "unknown",
        Revoked = "revoked",
        Expired = "expired",
    }
}

/// Queries of the `grants` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Address of the registry.
    #[returns(ConfigResponse)]
    Config {},
    /// Whether each basis permits a use by an account now, in the order of the bases.
    #[returns(Vec<Standing>)]
    Check {
        /// Address of who uses the data.
        reader: String,
        /// At most [`limits::MAX_BASES`].
        bases: Vec<Basis>,
    },
    /// A consent, null when nothing is recorded.
    #[returns(Option<ConsentResponse>)]
    Consent {
        /// Address of the subject.
        subject: String,
        /// Its digest, 32 bytes.
        digest: HexBinary,
    },
    /// Consents of a subject, by digest.
    #[returns(Vec<ConsentResponse>)]
    Consents {
        /// Address of the subject.
        subject: String,
        /// Start after this digest.
        start_after: Option<HexBinary>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Emergencies in which data of a subject was opened, by number.
    #[returns(Vec<BreakGlassResponse>)]
    BreakGlass {
        /// Address of the subject.
        subject: String,
        /// Start after this one.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// The newest head of an account's audit log, null when there is none.
    #[returns(Option<AuditHeadResponse>)]
    AuditHead {
        /// Address of the account.
        account: String,
        /// Identity of the log, 32 bytes.
        log: HexBinary,
    },
    /// The newest head of each audit log of an account, by the log's identity.
    #[returns(Vec<AuditHeadResponse>)]
    AuditHeads {
        /// Address of the account.
        account: String,
        /// Start after the log with this identity.
        start_after: Option<HexBinary>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Whether an account may read a content now: what a committee asks before it releases a key.
    #[returns(Standing)]
    Allowed {
        /// The content, 32 bytes.
        content: HexBinary,
        /// Address of the reader.
        reader: String,
    },
    /// A content, null when nobody has registered it.
    #[returns(Option<ContentResponse>)]
    Content {
        /// The content, 32 bytes.
        content: HexBinary,
    },
    /// Permits of a content, by the reader's address; also those that are over or revoked.
    #[returns(Vec<PermitResponse>)]
    Permits {
        /// The content, 32 bytes.
        content: HexBinary,
        /// Start after this reader.
        start_after: Option<String>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
}

/// Configuration, fixed for the life of the contract.
#[cw_serde]
pub struct ConfigResponse {
    /// Address of the registry.
    pub registry: Addr,
}

/// A consent that is recorded or revoked.
#[cw_serde]
pub struct ConsentResponse {
    /// Who has given it.
    pub subject: Addr,
    /// Its digest, 32 bytes.
    pub digest: HexBinary,
    /// When it was recorded, Unix seconds; null if it was revoked before.
    pub recorded_at: Option<u64>,
    /// When it ends, Unix seconds; null if it was revoked before it was recorded.
    pub expires: Option<u64>,
    /// When it was revoked, Unix seconds; null if it was not.
    pub revoked_at: Option<u64>,
    /// Whether it holds now; never [`Standing::Unknown`].
    pub standing: Standing,
}

/// An emergency in which data was opened without consent.
#[cw_serde]
pub struct BreakGlassResponse {
    /// Its number, from 1.
    pub id: u64,
    /// Account of the data's subject.
    pub subject: Addr,
    /// Who has opened it.
    pub requester: Addr,
    /// Digest of the data or the order that it is about.
    pub reference: HexBinary,
    /// Why, as a code of HL7.
    pub reason: Reason,
    /// Digest of a text with the reasons.
    pub text: HexBinary,
    /// When, Unix seconds. It permits assignments until [`limits::EMERGENCY_SECONDS`] later.
    pub at: u64,
}

/// A head of an audit log.
#[cw_serde]
pub struct AuditHeadResponse {
    /// Whose log it is.
    pub account: Addr,
    /// Identity of the log, 32 bytes.
    pub log: HexBinary,
    /// Number of its last entry, from 1.
    pub count: u64,
    /// Digest of that entry, 32 bytes.
    pub head: HexBinary,
    /// When it was put on the chain, Unix seconds.
    pub at: u64,
}

/// An encrypted content whose key a committee releases. It never changes.
#[cw_serde]
pub struct ContentResponse {
    /// SHA-256 of its ciphertext, 32 bytes.
    pub content: HexBinary,
    /// Who has registered it, and says who may read it.
    pub author: Addr,
    /// What its key is compared with, 32 bytes.
    pub commitment: HexBinary,
    /// Its wrapped key, [`limits::WRAP_BYTES`] bytes.
    pub wrap: Binary,
    /// Accounts beside the author that may permit readers.
    pub granters: Vec<Addr>,
    /// When it was registered, Unix seconds.
    pub at: u64,
}

/// That an account may read a content, or might.
#[cw_serde]
pub struct PermitResponse {
    /// The content, 32 bytes.
    pub content: HexBinary,
    /// Who may read it.
    pub reader: Addr,
    /// Who has permitted it: the author or a granter.
    pub by: Addr,
    /// What for, as a code of HL7 v3 PurposeOfUse.
    pub purpose: String,
    /// When it ends, Unix seconds.
    pub until: u64,
    /// When it was given, Unix seconds.
    pub at: u64,
    /// When it was revoked, Unix seconds; null if it was not.
    pub revoked_at: Option<u64>,
    /// Whether it holds now; never [`Standing::Unknown`].
    pub standing: Standing,
}
