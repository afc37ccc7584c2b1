//! What a message can get wrong.

use bithive_api::escrow::limits;
use bithive_contract_kit::InputError;
use bithive_contract_kit::ledger::NothingOwed;
use bithive_contract_kit::migration::MigrationError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_economics::{BpsError, CutsError};
use cosmwasm_std::{OverflowError, StdError};
use cw_utils::PaymentError;

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
    /// A payment in native coins is one coin.
    #[error("{0}; an agreement is paid in coins of one denomination")]
    Coin(#[from] PaymentError),
    /// A sum left 128 bits.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// The shares of the payees are not the whole.
    #[error("payees: {0}")]
    Cuts(#[from] CutsError),
    /// A ruling over more than the whole.
    #[error(transparent)]
    Bps(#[from] BpsError),
    /// There is no such agreement.
    #[error("there is no agreement {id}; it was never made, or it has ended")]
    NoAgreement {
        /// Number that was asked for.
        id: u64,
    },
    /// The message is about another milestone than the present one.
    #[error("milestone {found} is not the present one of agreement {id}; expected {expected}")]
    AnotherMilestone {
        /// Number of the agreement.
        id: u64,
        /// Milestone that the message names.
        found: u8,
        /// The present milestone; 0 while contributions come in.
        expected: u8,
    },
    /// Somebody would pay himself.
    #[error("payees has {found}, who pays; expected other accounts")]
    OwnPayee {
        /// Address of both.
        found: String,
    },
    /// Somebody would judge his own case.
    #[error("arbiter is {found}, who pays or is paid; expected another account")]
    OwnArbiter {
        /// Address that was given.
        found: String,
    },
    /// Payees could release the money to themselves.
    #[error(
        "{found} of the signers are payees, and {needed} may approve; expected more to be needed than payees sign"
    )]
    OwnApproval {
        /// Signers that are payees.
        found: usize,
        /// Signers that have to approve.
        needed: u8,
    },
    /// Contributors approve, and there are none.
    #[error(
        "contributors approve, but the sender pays everything; take payer, preimage or signers, or ask a crowd with raise"
    )]
    NoCrowd,
    /// The payer approves, and there is none.
    #[error("a payer or a code approves, but a crowd pays; take signers or contributors")]
    NoPayer,
    /// No contributions are taken.
    #[error(
        "agreement {id} takes no contributions: it has a payer, has reached its goal, or its time is over"
    )]
    NoFunding {
        /// Number of the agreement.
        id: u64,
    },
    /// Another asset than the agreement's.
    #[error("{found} was sent; expected {expected}, which agreement {id} pays in")]
    WrongAsset {
        /// Number of the agreement.
        id: u64,
        /// Asset that was sent, as text.
        found: String,
        /// Asset of the agreement, as text.
        expected: String,
    },
    /// No submission is awaited.
    #[error("milestone {milestone} of agreement {id} awaits no submission now; see its phase")]
    NotAwaited {
        /// Number of the agreement.
        id: u64,
        /// Its present milestone.
        milestone: u8,
    },
    /// The payees had enough tries.
    #[error(
        "milestone {milestone} of agreement {id} was submitted {} times; dispute the last rejection, or let it be refunded",
        limits::MAX_SUBMISSIONS
    )]
    TooManySubmissions {
        /// Number of the agreement.
        id: u64,
        /// Its present milestone.
        milestone: u8,
    },
    /// There is nothing to say yet, or no more.
    #[error(
        "nothing that was submitted for milestone {milestone} of agreement {id} waits for a review; see its phase"
    )]
    NothingSubmitted {
        /// Number of the agreement.
        id: u64,
        /// Its present milestone.
        milestone: u8,
    },
    /// Each speaks once.
    #[error("the sender has spoken on milestone {milestone} of agreement {id} already; each does once")]
    SpokenAlready {
        /// Number of the agreement.
        id: u64,
        /// Its present milestone.
        milestone: u8,
    },
    /// The state's time is over.
    #[error("agreement {id} waited until {until}, and it is {now} (Unix seconds); anybody may advance it")]
    Late {
        /// Number of the agreement.
        id: u64,
        /// Last second of the state.
        until: u64,
        /// Time of the block.
        now: u64,
    },
    /// The state's time is not over.
    #[error("agreement {id} waits until {until}, and it is {now} (Unix seconds); advance it after that")]
    NotYet {
        /// Number of the agreement.
        id: u64,
        /// Last second of the state.
        until: u64,
        /// Time of the block.
        now: u64,
    },
    /// Nothing else happens to it any more.
    #[error("agreement {id} is refunded to its contributors; refund each of them")]
    Refunding {
        /// Number of the agreement.
        id: u64,
    },
    /// The agreement has a code.
    #[error("agreement {id} is released by its code and by nothing else; reveal it")]
    ByCode {
        /// Number of the agreement.
        id: u64,
    },
    /// The agreement has no code.
    #[error("agreement {id} has no code; who approves it is in its terms")]
    NoCode {
        /// Number of the agreement.
        id: u64,
    },
    /// The code has another hash.
    #[error("this is not the code of agreement {id}: its SHA-256 is another one")]
    WrongCode {
        /// Number of the agreement.
        id: u64,
    },
    /// Nobody can be called.
    #[error("agreement {id} has no arbiter; what its payer rejects is refunded")]
    NoArbiter {
        /// Number of the agreement.
        id: u64,
    },
    /// There is nothing to dispute.
    #[error("milestone {milestone} of agreement {id} was not rejected; nothing is in dispute")]
    NotRejected {
        /// Number of the agreement.
        id: u64,
        /// Its present milestone.
        milestone: u8,
    },
    /// There is nothing to rule on.
    #[error("milestone {milestone} of agreement {id} is not disputed; nothing is to be ruled on")]
    NotDisputed {
        /// Number of the agreement.
        id: u64,
        /// Its present milestone.
        milestone: u8,
    },
    /// There is nothing to refund.
    #[error(
        "agreement {id} refunds nothing to {account}: it is not refunded, or the account put nothing in or has it back"
    )]
    NoRefund {
        /// Number of the agreement.
        id: u64,
        /// Address that was named.
        account: String,
    },
    /// Nothing is owed.
    #[error(transparent)]
    NothingOwed(#[from] NothingOwed),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
