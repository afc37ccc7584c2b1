//! Sending a transaction, and finding out what became of it.

use super::{
    Cosmos,
    failure::{self, Report},
    http::CallError,
    outline::Outline,
    result,
};
use crate::{
    ChainError, Receipt, TxHash,
    rpc::wire::{BroadcastTx, Tx},
};
use cosmwasm_std::Binary;
use serde_json::json;
use tokio::time::{Instant, sleep};

/// Codespace and code of the SDK's error for bytes that its mempool has: `types/errors/errors.go`.
const IN_MEMPOOL: (&str, u32) = ("sdk", 19);
/// How a node says the same.
const HAS_IT: [&str; 2] = ["already exists in cache", "already in mempool"];

/// What a node answered when it was given a transaction.
pub(super) enum Submission {
    /// The node's mempool has it, and it waits for a block.
    Accepted,
    /// The node has the same bytes already.
    Duplicate,
    /// The node refused it, with this error.
    Refused(ChainError),
    /// No answer: the transaction may have arrived.
    Unknown(ChainError),
}

impl Cosmos {
    pub(super) async fn send(&self, tx: &[u8]) -> Result<Receipt, ChainError> {
        let outline = Outline::parse(tx)?;
        match self.offer(tx, &outline).await? {
            Submission::Accepted => self.confirm(&outline, None).await?,
            Submission::Duplicate => self.used_up(&outline).await,
            Submission::Refused(error) => Err(error),
            Submission::Unknown(down) => self.send_again(tx, &outline, down).await,
        }
    }

    /// Hands a transaction to the node and does not wait for its block: many of one account can wait for the same one.
    /// [`crate::Chain::tx`] tells what became of it.
    ///
    /// # Errors
    /// Why the node did not take it; [`ChainError::NodeDown`] where it may have.
    pub async fn hand_over(&self, tx: &[u8]) -> Result<TxHash, ChainError> {
        let outline = Outline::parse(tx)?;
        match self.offer(tx, &outline).await? {
            Submission::Accepted | Submission::Duplicate => Ok(outline.hash),
            Submission::Refused(error) | Submission::Unknown(error) => Err(error),
        }
    }

    /// Somebody sent the same bytes before: an earlier run of this program, or another program with the same key and
    /// message. Their sequence is used up once a block has them, as it is for any other transaction.
    async fn used_up(&self, outline: &Outline) -> Result<Receipt, ChainError> {
        let _ = self.confirm(outline, None).await?;
        Err(outline.used_up())
    }

    /// After a call without an answer: whether a block has the transaction, and if not, offers it once more. A node
    /// that refuses it now may do so because it has taken it before. So from here on only a block can tell, and a
    /// caller must not sign the same messages anew before it has.
    async fn send_again(
        &self,
        tx: &[u8],
        outline: &Outline,
        down: ChainError,
    ) -> Result<Receipt, ChainError> {
        if let Some(receipt) = self.find(outline.hash).await.map_err(|_| down)? {
            return receipt;
        }
        match self.offer(tx, outline).await? {
            Submission::Accepted | Submission::Duplicate => self.confirm(outline, None).await?,
            Submission::Refused(error) => self.confirm(outline, Some(error)).await?,
            Submission::Unknown(down) => Err(down),
        }
    }

    pub(super) async fn offer(&self, tx: &[u8], outline: &Outline) -> Result<Submission, ChainError> {
        let rpc = &self.inner.rpc;
        let params = json!({ "tx": Binary::from(tx) });
        match rpc.call::<BroadcastTx>("broadcast_tx_sync", params).await {
            // A mempool that has the same bytes already.
            Ok(answer) if (answer.codespace.as_str(), answer.code) == IN_MEMPOOL => Ok(Submission::Duplicate),
            Ok(answer) if answer.code != 0 => {
                let BroadcastTx { code, log, codespace, .. } = &answer;
                let report = Report { codespace, code: *code, log, chain_id: &self.inner.chain_id };
                Ok(Submission::Refused(failure::of_tx(report, outline)))
            }
            Ok(answer) if answer.hash.parse() == Ok(outline.hash) => Ok(Submission::Accepted),
            // A node that took something else: what it did with ours, only a block can tell.
            Ok(answer) => {
                let hash = crate::rpc::cut(&answer.hash);
                let reason = format!("hash is {hash:?}, expected {}", outline.hash);
                Err(rpc.malformed("broadcast_tx_sync", reason))
            }
            Err(CallError::Refused(words)) if HAS_IT.iter().any(|known| words.contains(known)) => {
                Ok(Submission::Duplicate)
            }
            Err(CallError::Refused(words)) => Ok(Submission::Refused(refusal(words, outline))),
            // No answer, or none that can be read, does not tell whether the transaction arrived.
            Err(CallError::Chain(error)) => Ok(Submission::Unknown(error)),
        }
    }

    /// Waits for the block that includes a transaction; the inner error is why its messages had no effect.
    async fn confirm(
        &self,
        outline: &Outline,
        refused: Option<ChainError>,
    ) -> Result<Result<Receipt, ChainError>, ChainError> {
        let options = &self.inner.options;
        let deadline = Instant::now() + options.confirm_timeout;
        loop {
            let reason = match self.find(outline.hash).await {
                Ok(Some(receipt)) => return Ok(receipt),
                Ok(None) => refused.as_ref().map_or("no block has it".into(), ToString::to_string),
                // The transaction may be on its way: what is wrong with this answer is no answer about it.
                Err(error) => error.to_string(),
            };
            if Instant::now() >= deadline {
                let seconds = options.confirm_timeout.as_secs();
                return Err(ChainError::Unconfirmed { hash: outline.hash, seconds, reason });
            }
            sleep(options.poll_interval).await;
        }
    }

    pub(super) async fn find(&self, hash: TxHash) -> Result<Option<Result<Receipt, ChainError>>, ChainError> {
        let rpc = &self.inner.rpc;
        let malformed = |reason: String| rpc.malformed(&format!("tx {hash}"), reason);
        let params = json!({ "hash": Binary::from(hash.0.as_slice()), "prove": false });
        let answer = match rpc.call::<Tx>("tx", params).await {
            Ok(answer) => answer,
            Err(CallError::Refused(words)) if words.contains("not found") => return Ok(None),
            Err(CallError::Refused(words)) => return Err(malformed(words)),
            Err(CallError::Chain(error)) => return Err(error),
        };
        if answer.hash.parse() != Ok(hash) || TxHash::of(&answer.tx) != hash {
            return Err(malformed("another transaction".into()));
        }
        let height = answer.height.u64();
        if height == 0 {
            return Err(malformed("height is 0, expected 1 or more".into()));
        }
        let result = result::read(&answer.tx, answer.tx_result, &self.inner.chain_id).map_err(malformed)?;
        Ok(Some(Receipt::from_result(height, result)))
    }
}

/// The error that a node's mempool or RPC, not the application, reports.
fn refusal(words: String, outline: &Outline) -> ChainError {
    let size = outline.size as u64;
    match &words {
        words if words.contains("Tx too large") || words.contains("request body too large") => {
            ChainError::TxTooLarge { size, reason: words.clone() }
        }
        // A full mempool, a limit of requests, a fault of the node: none of them is about the transaction.
        _ => ChainError::NodeDown { reason: words },
    }
}
