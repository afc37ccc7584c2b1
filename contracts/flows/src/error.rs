//! What a message can get wrong.

use bithive_api::flows::limits;
use bithive_contract_kit::InputError;
use bithive_contract_kit::ledger::NothingOwed;
use bithive_contract_kit::migration::MigrationError;
use bithive_contract_kit::permission::Unauthorized;
use cosmwasm_std::{DivideByZeroError, OverflowError, StdError, Uint128};
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
    /// A deposit in native coins is one coin.
    #[error("{0}; expected coins of one denomination")]
    Coin(#[from] PaymentError),
    /// A sum left 128 bits.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// There is no such flow.
    #[error("there is no flow {id}; it was never opened, or it has ended")]
    NoFlow {
        /// Number that was asked for.
        id: u64,
    },
    /// Somebody would pay himself.
    #[error("payee is {found}, who pays this flow; expected another account")]
    OwnPayee {
        /// Address of both.
        found: String,
    },
    /// The deposit has no unit.
    #[error("the deposit would be {found}; expected at least {amount}, what one step costs")]
    NoUnit {
        /// Deposit with what was sent.
        found: Uint128,
        /// Amount for each step.
        amount: Uint128,
    },
    /// Somebody else than the payer adds no parts of units.
    #[error(
        "{found} was sent; expected a multiple of {amount}, what one step of flow {id} costs: only its payer may add a part of that"
    )]
    PartOfUnit {
        /// Number of the flow.
        id: u64,
        /// What was sent.
        found: Uint128,
        /// Amount for each step.
        amount: Uint128,
    },
    /// Divided by a stored amount of 0, which `open` excludes.
    #[error(transparent)]
    Divided(#[from] DivideByZeroError),
    /// The flow would end too late.
    #[error("the flow would end more than {} days from now; send less, or take a larger amount or a shorter step", limits::MAX_SECONDS / 86_400)]
    TooLong,
    /// The end of a flow by vouchers is too near or too far.
    #[error("ends is {found}; expected {least} to {most} (Unix seconds): the notice from now, at most {} days", limits::MAX_SECONDS / 86_400)]
    Ends {
        /// End that was given.
        found: u64,
        /// Earliest end that is taken, Unix seconds.
        least: u64,
        /// Latest end that is taken, Unix seconds.
        most: u64,
    },
    /// Only the payer may move the end, and only to a later time.
    #[error(
        "ends can't be {found}: flow {id} ends at {ends}, and only its payer may make that later, with at least its notice from now; leave it out to add coins only"
    )]
    NotLater {
        /// Number of the flow.
        id: u64,
        /// End that was given.
        found: u64,
        /// Its end as it is, Unix seconds.
        ends: u64,
    },
    /// A flow by time has its end from its deposit.
    #[error("flow {id} ends when its deposit has drained; expected no ends")]
    EndsByTime {
        /// Number of the flow.
        id: u64,
    },
    /// The flow takes no more deposits.
    #[error("flow {id} is closing, or its end has passed; open another one")]
    Closing {
        /// Number of the flow.
        id: u64,
    },
    /// Another asset than the flow's.
    #[error("{found} was sent; expected {expected}, which flow {id} pays in")]
    WrongAsset {
        /// Number of the flow.
        id: u64,
        /// Asset that was sent, as text.
        found: String,
        /// Asset of the flow, as text.
        expected: String,
    },
    /// The flow's payee may not hand it over.
    #[error("flow {id} was opened as not transferable; let its payer open another one")]
    NotTransferable {
        /// Number of the flow.
        id: u64,
    },
    /// The flow owes nothing now.
    #[error("flow {id} owes nothing that was not paid")]
    NothingDue {
        /// Number of the flow.
        id: u64,
    },
    /// The flow takes no vouchers.
    #[error("flow {id} pays by time; settle it without a voucher")]
    NoVouchers {
        /// Number of the flow.
        id: u64,
    },
    /// A flow by vouchers can't be settled without one.
    #[error("flow {id} pays by vouchers; redeem one")]
    ByVouchers {
        /// Number of the flow.
        id: u64,
    },
    /// Vouchers are not taken any more.
    #[error("flow {id} took vouchers until {ends}, and it is {now} (Unix seconds)")]
    Ended {
        /// Number of the flow.
        id: u64,
        /// End of the flow.
        ends: u64,
        /// Time of the block.
        now: u64,
    },
    /// The voucher adds nothing.
    #[error(
        "the voucher over {cumulative} adds nothing: flow {id} has paid {paid} of a deposit of {deposit}"
    )]
    NothingNew {
        /// Number of the flow.
        id: u64,
        /// What the voucher names.
        cumulative: Uint128,
        /// What was paid.
        paid: Uint128,
        /// The flow's deposit, in base units.
        deposit: Uint128,
    },
    /// The signature is not the key's.
    #[error(
        "the signature is not of flow {id}'s key over a voucher for {cumulative} of this chain and contract"
    )]
    Signature {
        /// Number of the flow.
        id: u64,
        /// What the voucher names.
        cumulative: Uint128,
    },
    /// Neither drained nor past its end.
    #[error(
        "flow {id} goes on until {ends}, and it is {now} (Unix seconds); its payer or payee may close it"
    )]
    NotFinished {
        /// Number of the flow.
        id: u64,
        /// End of the flow.
        ends: u64,
        /// Time of the block.
        now: u64,
    },
    /// The payer has closed it before.
    #[error("flow {id} is closing already; anybody may finish it after {ends} (Unix seconds)")]
    ClosingAlready {
        /// Number of the flow.
        id: u64,
        /// Its end as it is, Unix seconds.
        ends: u64,
    },
    /// Nothing is owed.
    #[error(transparent)]
    NothingOwed(#[from] NothingOwed),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
