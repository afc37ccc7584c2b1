//! What can go wrong between a program and a chain.

use crate::TxHash;
use cosmwasm_std::{Coin, Uint128};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Error of a chain, the same for every implementation. Chains keep it with the transaction it ended.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChainError {
    /// The chain does not answer; try again later.
    #[error("the chain does not answer: {reason}")]
    NodeDown {
        /// What failed, for people: connection, timeout or answer.
        reason: String,
    },
    /// The chain is not the one that was asked for.
    #[error("chain id is {got:?}, expected {expected:?}")]
    WrongChainId {
        /// Chain id asked for.
        expected: String,
        /// Chain id found.
        got: String,
    },
    /// The transaction hit its gas limit.
    #[error("out of gas: used at least {used}, limit {limit}")]
    OutOfGas {
        /// Gas limit of the transaction.
        limit: u64,
        /// Gas counted when it stopped.
        used: u64,
    },
    /// An account holds less than it was to pay.
    #[error("{address} holds {available}{denom}, needs {required}{denom}")]
    InsufficientFunds {
        /// Account that was to pay.
        address: String,
        /// Denomination of the coins that are lacking.
        denom: String,
        /// Amount needed, in base units.
        required: Uint128,
        /// Amount held, in base units.
        available: Uint128,
    },
    /// The fee is below gas limit times gas price.
    #[error("fee is {got}, expected at least {required}")]
    InsufficientFee {
        /// Smallest accepted fee.
        required: Coin,
        /// Fee offered, in base units.
        got: Uint128,
    },
    /// The fee is in a denomination the chain does not take.
    #[error("fee is in {got:?}, expected {expected:?}")]
    WrongFeeDenom {
        /// The chain's fee denomination.
        expected: String,
        /// Denomination of the fee offered.
        got: String,
    },
    /// A contract refused a message.
    #[error("{}the contract refuses: {error}", of_message(*message_index))]
    Contract {
        /// Position of the message in its transaction.
        message_index: usize,
        /// Contract that failed; with submessages this can be another one than the message was sent to.
        contract: String,
        /// The contract's error text.
        error: String,
    },
    /// A message failed outside of a contract.
    #[error("{}{reason}", of_message(*message_index))]
    Execution {
        /// Position of the message in its transaction.
        message_index: usize,
        /// The chain's error text.
        reason: String,
    },
    /// A contract refused a query.
    #[error("the contract refuses the query: {error}")]
    Query {
        /// Address of the contract that was asked.
        contract: String,
        /// The contract's error text.
        error: String,
    },
    /// The account's transactions go in order and this is not the next one.
    #[error("account sequence is {got}, expected {expected}")]
    SequenceMismatch {
        /// Sequence of the account.
        expected: u64,
        /// Sequence of the transaction.
        got: u64,
    },
    /// A signature does not belong to the signer, the chain id, the account number or the bytes.
    #[error(
        "signature of {signer} does not verify for chain {chain_id:?}; check key, chain id and account number"
    )]
    BadSignature {
        /// Signer whose signature failed.
        signer: String,
        /// Chain id the signature must cover.
        chain_id: String,
    },
    /// The wallet has no key: the transaction is made, and is neither signed nor sent.
    #[error("the transaction is made, and not sent: the wallet has no key to sign it with")]
    Unsigned {
        /// The transaction, as [`crate::TxFile::from_json`] reads it.
        transaction: String,
    },
    /// The sender may not do this.
    #[error("{sender} may not {action}")]
    Unauthorized {
        /// Address that signed the message.
        sender: String,
        /// What was tried.
        action: String,
    },
    /// The address has never received coins.
    #[error(
        "account {address} has never had coins, which pay for transactions: send it some first; in the network of a home folder \
         that is `bithive wallet fund {address} --amount 0`"
    )]
    NoSuchAccount {
        /// Address asked for.
        address: String,
    },
    /// There is no contract at the address.
    #[error("no contract at {address}")]
    NoSuchContract {
        /// Address asked for.
        address: String,
    },
    /// The chain has no such code.
    #[error("code id {code_id} does not exist{}", last.map_or(String::new(), |last| format!(", the last one is {last}")))]
    NoSuchCode {
        /// Code id asked for.
        code_id: u64,
        /// Greatest code id of the chain, where the chain tells.
        last: Option<u64>,
    },
    /// Not an address of this network.
    #[error("address {address:?}: {reason}")]
    InvalidAddress {
        /// Text given (cut to 128 characters).
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A transaction is malformed.
    #[error("transaction: {field}: {reason}")]
    InvalidTx {
        /// Field at fault.
        field: String,
        /// What is wrong and what was expected.
        reason: String,
    },
    /// A transaction is longer than the chain or its node takes.
    #[error("transaction of {size} bytes is too large: {reason}")]
    TxTooLarge {
        /// Bytes of the transaction.
        size: u64,
        /// The error text of the node or chain that refused it; it names the limit.
        reason: String,
    },
    /// It is not known whether a block will include the transaction. Query it by its hash first: signing the same
    /// messages again before that could execute them twice.
    #[error(
        "transaction {hash} is in no block after {seconds} s ({reason}); query it by its hash before you sign the same messages again"
    )]
    Unconfirmed {
        /// Hash by which the transaction is found later.
        hash: TxHash,
        /// How long the chain was asked for it, in seconds.
        seconds: u64,
        /// The chain's last answer.
        reason: String,
    },
    /// The node is not as far as the chain was seen to be: it is syncing, or was reset.
    #[error(
        "the node is at height {height}, but block {wanted} is expected: the node is behind or was reset"
    )]
    NodeBehind {
        /// Height of the node's last block.
        height: u64,
        /// Height of the block asked for.
        wanted: u64,
    },
    /// The chain has another history than it had: it was rolled back, or replaced by another one with its id.
    #[error(
        "block {height} of the chain is not the one that was read before: the chain was rolled back or replaced"
    )]
    RolledBack {
        /// Height of the last block that was read.
        height: u64,
    },
    /// The node has dropped its old blocks; ask one that keeps them.
    #[error("block {height} is not kept by the node, its first one is {lowest}")]
    Pruned {
        /// Height asked for.
        height: u64,
        /// Height of the first block that the node has.
        lowest: u64,
    },
    /// The chain does not know the type of a message.
    #[error("message type {type_url:?} is not supported")]
    UnsupportedMessage {
        /// Protobuf type URL.
        type_url: String,
    },
    /// The transaction's timeout height has passed.
    #[error("transaction timed out at height {timeout_height}, the next block is {height}")]
    TimedOut {
        /// Last height at which the transaction was valid.
        timeout_height: u64,
        /// Height of the block that would include it.
        height: u64,
    },
    /// Bytes from the chain or a user are not what they should be.
    #[error("{what} cannot be read: {reason}")]
    Decode {
        /// What was read.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A setting is not usable.
    #[error("{field}: {reason}")]
    InvalidConfig {
        /// Setting at fault.
        field: String,
        /// What is wrong and what was expected.
        reason: String,
    },
    /// Another process has the chain open.
    #[error("{directory} is in use by another process; close it or choose another directory")]
    InUse {
        /// Directory of the chain.
        directory: String,
    },
    /// A directory holds a chain with other contract codes.
    #[error(
        "{directory}: code {code_id} is {got:?}, the stored chain has {expected:?}; codes may only be appended"
    )]
    CodeMismatch {
        /// Directory of the chain.
        directory: String,
        /// Code id at which the lists differ.
        code_id: u64,
        /// Name in the stored chain.
        expected: String,
        /// Name given; empty when the list ends here.
        got: String,
    },
    /// The disk or the database failed; the block in progress may be lost, earlier ones are safe.
    #[error("storage {directory}: {reason}")]
    Storage {
        /// Directory of the chain, or `memory`.
        directory: String,
        /// The error of the database or the file system.
        reason: String,
    },
}

impl ChainError {
    /// Whether a contract has read the message or the question and said no: the same again gets the same answer, unless
    /// the node that answered was behind. Every other error can pass, because it is about what is between the caller and
    /// the contract: the network, the node, the fee, the sequence.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Self::Contract { .. } | Self::Query { .. })
    }

    /// Whether the error is about the node that was asked, so that another node of the same chain may answer.
    #[must_use]
    pub const fn is_of_node(&self) -> bool {
        matches!(
            self,
            Self::NodeDown { .. }
                | Self::Decode { .. }
                | Self::NodeBehind { .. }
                | Self::Pruned { .. }
                | Self::WrongChainId { .. }
                | Self::Unconfirmed { .. }
        )
    }
}

/// Names the message of a transaction; the first is usually the only one, and needs no name.
fn of_message(index: usize) -> String {
    if index == 0 {
        String::new()
    } else {
        format!("message {} of the transaction: ", index.saturating_add(1))
    }
}
