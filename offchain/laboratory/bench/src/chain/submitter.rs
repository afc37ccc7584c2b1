//! How transactions get to the chain: one after another where it is in this process, many at a time through a node.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bithive_chain::{Chain, Cosmos, Message, Receipt, SignedTx, Wallet};
use tokio::time::sleep;

/// A gas limit is the simulated gas of the first transaction times this. While jobs are made, the last of three answers
/// to a job does more than the first one, which is what is simulated.
const MAKING: (u64, u64) = (3, 1);
/// Settlements of a kind cost about as much, and a block has room for what is asked for, not for what is used.
pub(crate) const SETTLING: (u64, u64) = (13, 10);
const POLL: Duration = Duration::from_millis(200);
/// Longest wait for a block with a transaction.
const PATIENCE: Duration = Duration::from_secs(300);

/// Sends transactions to a chain.
pub(crate) enum Submitter {
    /// Every transaction is a block of a chain in this process.
    Direct,
    /// A node's mempool takes many, and its blocks as many as they have room for.
    Node(Cosmos),
}

impl Submitter {
    /// Sends each wallet's transactions, in order, and returns their receipts, wallet by wallet. Those of one call do the
    /// same kind of thing.
    pub(crate) async fn send(&self, loads: Vec<(&Wallet, Vec<Vec<Message>>)>) -> Result<Vec<Receipt>> {
        match self {
            Self::Direct => {
                let mut receipts = Vec::new();
                for (wallet, transactions) in loads {
                    for messages in transactions {
                        receipts.push(wallet.execute_many(&messages).await?);
                    }
                }
                Ok(receipts)
            }
            Self::Node(chain) => {
                let signed = signed(loads, MAKING).await?;
                hand_over(chain, &signed).await?;
                receipts(chain, &signed).await
            }
        }
    }
}

/// All transactions under signatures, wallet by wallet.
pub(crate) async fn signed(
    loads: Vec<(&Wallet, Vec<Vec<Message>>)>,
    margin: (u64, u64),
) -> Result<Vec<SignedTx>> {
    let mut all = Vec::new();
    for (wallet, transactions) in loads {
        let Some(first) = transactions.first() else { continue };
        let used = wallet.simulate(first).await?.gas;
        let limit = used.saturating_mul(margin.0) / margin.1;
        all.extend(wallet.sign_all(&transactions, limit).await?);
    }
    Ok(all)
}

/// Puts them into the node's mempool.
pub(crate) async fn hand_over(chain: &Cosmos, transactions: &[SignedTx]) -> Result<()> {
    for transaction in transactions {
        chain.hand_over(&transaction.bytes).await?;
    }
    Ok(())
}

/// Waits for the blocks that have them; one without effect is an error.
pub(crate) async fn receipts(chain: &Cosmos, transactions: &[SignedTx]) -> Result<Vec<Receipt>> {
    let started = Instant::now();
    let mut receipts = Vec::with_capacity(transactions.len());
    for transaction in transactions {
        let receipt = loop {
            if let Some(receipt) = chain.tx(transaction.hash).await? {
                break receipt;
            }
            if started.elapsed() > PATIENCE {
                bail!("no block has transaction {} after {} s", transaction.hash, PATIENCE.as_secs());
            }
            sleep(POLL).await;
        };
        receipts.push(receipt.with_context(|| format!("transaction {}", transaction.hash))?);
    }
    Ok(receipts)
}
