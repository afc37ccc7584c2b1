//! Errors as the SDK writes them.

use super::jsonrpc::Fault;
use crate::{ChainError, rpc::failure::Failure};

/// An error of the application.
pub(super) struct AbciError {
    pub(super) codespace: &'static str,
    pub(super) code: u32,
    pub(super) log: String,
}

impl AbciError {
    pub(super) fn new(failure: Failure, text: &str) -> Self {
        let (codespace, code, words) = failure.registered();
        Self { codespace, code, log: format!("{text}: {words}") }
    }

    /// As the SDK wraps an error for the answer to a query.
    pub(super) fn wrapped(self) -> Self {
        let text = format!("rpc error: code = Unknown desc = {}", self.log);
        Self::new(Failure::UnknownRequest, &text)
    }
}

/// An error in which the application had no part.
pub(super) fn internal(error: ChainError) -> Fault {
    Fault::internal(error.to_string())
}

/// An error as the application reports it; a [`Fault`] of the node for an error in which the application had no part.
pub(super) fn write(error: &ChainError) -> Result<AbciError, Fault> {
    let in_message =
        |index: &usize, text: &str| format!("failed to execute message; message index: {index}: {text}");
    let (failure, text) = match error {
        ChainError::SequenceMismatch { expected, got } => {
            (Failure::WrongSequence, format!("account sequence mismatch, expected {expected}, got {got}"))
        }
        ChainError::OutOfGas { limit, used } => (
            Failure::OutOfGas,
            format!("out of gas in location: contract; gasWanted: {limit}, gasUsed: {used}"),
        ),
        ChainError::InsufficientFunds { denom, required, available, .. } => (
            Failure::InsufficientFunds,
            format!("spendable balance {available}{denom} is smaller than {required}{denom}"),
        ),
        ChainError::InsufficientFee { required, got } => (
            Failure::InsufficientFee,
            format!("insufficient fees; got: {got}{} required: {required}", required.denom),
        ),
        ChainError::WrongFeeDenom { expected, got } => {
            (Failure::InsufficientFee, format!("insufficient fees; got: 1{got} required: 1{expected}"))
        }
        ChainError::Contract { message_index, error, .. } => {
            (Failure::ExecuteFailed, in_message(message_index, error))
        }
        ChainError::Execution { message_index, reason } => {
            (Failure::InvalidRequest, in_message(message_index, reason))
        }
        ChainError::BadSignature { chain_id, .. } => (
            Failure::Unauthorized,
            format!("signature verification failed; please verify account number and chain-id ({chain_id})"),
        ),
        ChainError::Unauthorized { action, .. } => (Failure::Unauthorized, action.clone()),
        ChainError::NoSuchAccount { address } => {
            (Failure::UnknownAddress, format!("fee payer address: {address} does not exist"))
        }
        ChainError::NoSuchContract { address } => (Failure::NoSuchContract, format!("address {address}")),
        ChainError::NoSuchCode { code_id, .. } => (Failure::NoSuchCode, format!("code id {code_id}")),
        ChainError::TimedOut { timeout_height, height } => {
            (Failure::TxTimeoutHeight, format!("block height: {height}, timeout height: {timeout_height}"))
        }
        ChainError::InvalidTx { field, reason } if field == "gas_limit" => {
            (Failure::InvalidGasLimit, reason.clone())
        }
        ChainError::InvalidTx { field, reason } => (Failure::TxDecode, format!("{field}: {reason}")),
        ChainError::UnsupportedMessage { type_url } => {
            (Failure::TxDecode, format!("unable to resolve type URL {type_url}"))
        }
        ChainError::InvalidAddress { address, reason } => {
            (Failure::InvalidAddress, format!("{address}: {reason}"))
        }
        ChainError::TxTooLarge { size, reason } => {
            return Err(Fault::internal(format!("Tx too large. {reason}, but got {size}")));
        }
        other => return Err(Fault::internal(other.to_string())),
    };
    Ok(AbciError::new(failure, &text))
}
