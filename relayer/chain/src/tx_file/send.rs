//! Sending a transaction from a file.

use super::{TxFile, TxFileError};
use crate::{Chain, ChainError, Receipt, TxHash};

/// What became of a transaction that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Hash of the transaction.
    pub hash: TxHash,
    /// Whether a block had it before.
    pub before: bool,
    /// The receipt, or why its messages had no effect although a block has it and its fee is paid.
    pub result: Result<Receipt, ChainError>,
}

impl TxFile {
    /// Sends the signed transaction and waits for its block. A chain takes it at most once: a second call says what became of the first.
    ///
    /// # Errors
    /// Nothing was changed: [`TxFileError::NotSigned`], [`TxFileError::BadSignature`], [`TxFileError::Expired`], [`TxFileError::Stale`],
    /// [`TxFileError::Early`], [`TxFileError::OtherAccount`], and [`ChainError::WrongChainId`]. Of other errors of a chain,
    /// [`ChainError::Unconfirmed`] and [`ChainError::NodeDown`] leave open whether it takes effect; the same call again tells.
    pub async fn send(&self, chain: &dyn Chain) -> Result<Sent, TxFileError> {
        let tx = self.signed()?;
        let info = chain.info().await?;
        if info.chain_id != self.chain_id {
            return Err(
                ChainError::WrongChainId { expected: self.chain_id.clone(), got: info.chain_id }.into()
            );
        }
        if let Some(result) = chain.tx(tx.hash).await? {
            return Ok(Sent { hash: tx.hash, before: true, result });
        }
        if self.timeout_height != 0 && info.height >= self.timeout_height {
            return Err(self.expired(info.height));
        }
        let account = chain.account(self.sender.address()).await?;
        if account.number != self.account.number {
            return Err(TxFileError::OtherAccount { number: self.account.number, found: account.number });
        }
        self.check_sequence(account.sequence)?;
        let error = match chain.broadcast(&tx.bytes).await {
            Ok(receipt) => return Ok(Sent { hash: tx.hash, before: false, result: Ok(receipt) }),
            Err(error) => error,
        };
        // A block can have it all the same: with messages that had no effect, or because the answer got lost.
        match (chain.tx(tx.hash).await, error) {
            (Ok(Some(result)), _) => Ok(Sent { hash: tx.hash, before: false, result }),
            (_, ChainError::SequenceMismatch { expected, .. }) => {
                self.check_sequence(expected)?;
                Err(ChainError::SequenceMismatch { expected, got: self.account.sequence }.into())
            }
            (_, ChainError::TimedOut { height, .. }) => Err(self.expired(height.saturating_sub(1))),
            (_, error) => Err(error.into()),
        }
    }

    fn check_sequence(&self, next: u64) -> Result<(), TxFileError> {
        let sequence = self.account.sequence;
        match sequence.cmp(&next) {
            std::cmp::Ordering::Less => Err(TxFileError::Stale { sequence, next }),
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Greater => Err(TxFileError::Early { sequence, next }),
        }
    }

    fn expired(&self, height: u64) -> TxFileError {
        TxFileError::Expired { timeout_height: self.timeout_height, height }
    }
}
