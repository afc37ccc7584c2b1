//! What a message can get wrong.

use bithive_api::grants::limits;
use bithive_contract_kit::InputError;
use bithive_contract_kit::migration::MigrationError;
use bithive_contract_kit::permission::Unauthorized;
use cosmwasm_std::StdError;

/// Errors of the contract; none of them changes anything.
#[derive(Debug, PartialEq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum ContractError {
    /// Storage, address or encoding.
    #[error(transparent)]
    Std(#[from] StdError),
    /// What came with the message is not usable.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The sender may not send this message.
    #[error(transparent)]
    Unauthorized(#[from] Unauthorized),
    /// The end of a consent is past or too far away.
    #[error("expires is {found}; expected after now ({now}) and at most {latest}")]
    Expires {
        /// Time given, in Unix seconds.
        found: u64,
        /// Time of the block, in Unix seconds.
        now: u64,
        /// Latest time allowed, in Unix seconds.
        latest: u64,
    },
    /// A digest is recorded once; a revocation is for good.
    #[error("{digest} is {standing} already; a new consent needs a new receipt, which has another digest")]
    Known {
        /// The digest, in hex.
        digest: String,
        /// What is known of it: live, expired or revoked.
        standing: &'static str,
    },
    /// The account has not signed this.
    #[error(
        "the signature is not that of {subject} over this order; expected one by ADR-36 over the text that `bithive consent order` prints, for \
         this chain and contract"
    )]
    Signature {
        /// Account of the key that was given.
        subject: String,
    },
    /// The requester has stated as many emergencies as it may.
    #[error(
        "{requester} has stated {} emergencies today; expected another one after {next}",
        limits::EMERGENCIES_A_DAY
    )]
    TooManyEmergencies {
        /// Account of the requester.
        requester: String,
        /// When it may again, in Unix seconds.
        next: u64,
    },
    /// Nobody breaks a glass of its own.
    #[error("{requester} is the subject itself; expected a consent, which it can record")]
    OwnData {
        /// Account of the requester.
        requester: String,
    },
    /// A log only grows.
    #[error(
        "count is {found}; expected more than {before}, which the log had when its head was put on the chain before"
    )]
    NotLonger {
        /// Number of entries that was given.
        found: u64,
        /// Entries at the last time.
        before: u64,
    },
    /// Nobody has registered the content.
    #[error("content {content} is not registered; its author registers it with `bithive content register`")]
    NoContent {
        /// The content, in hex.
        content: String,
    },
    /// Somebody has registered the content.
    #[error(
        "content {content} is registered already, for good; seal the file again, which gives another content"
    )]
    ContentKnown {
        /// The content, in hex.
        content: String,
    },
    /// A purpose that is no code.
    #[error("purpose is {found:?}; expected a code of letters A to Z, such as TREAT or HRESCH")]
    Purpose {
        /// Text that was given.
        found: String,
    },
    /// Another account has given the permit, and it holds.
    #[error("the permit of {reader} is of {by}; expected that account, or the author of the content")]
    NotTheGiver {
        /// Who may read.
        reader: String,
        /// Who has permitted it.
        by: String,
    },
    /// The author has taken the permit back.
    #[error("the author has revoked the permit of {reader}; only the author permits it again")]
    AuthorRevoked {
        /// Who may not read.
        reader: String,
    },
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
