//! A deployment that is cut off between signing a transaction and knowing what became of it: the next run finds out, and
//! no contract is created twice.

use crate::common::{CODES, World};
use bithive_chain::{Chain as _, ChainError};
use bithive_deploy::{Contract, DeployError, Record, deploy};
use cosmwasm_std::coin;

const TOKEN_CODE: &str = "1";

impl World {
    /// Deploys until `cut` says that the process ends here; the record is what it was at that moment.
    async fn cut_off(&self, cut: impl Fn(&Record) -> bool + Send + Sync) -> Record {
        let mut left = Record::default();
        let mut save = |record: &Record| {
            let killed = cut(record);
            // A record is written before the process ends, or is the last one that was.
            if record.pending.is_some() || !killed {
                left = record.clone();
            }
            if killed { Err(ChainError::NodeDown { reason: "killed".into() }) } else { Ok(()) }
        };
        let operator = self.operator().await;
        deploy(&operator, CODES, &self.terms, Record::default(), &mut save).await.unwrap_err();
        left
    }

    /// How many contracts run the token's code.
    async fn tokens(&self) -> usize {
        let height = self.chain.info().await.unwrap().height;
        let mut blocks = self.chain.blocks_from(1);
        let mut count = 0;
        while blocks.next_height() <= height {
            let block = blocks.next().await.unwrap();
            let events = block.txs.iter().filter(|tx| tx.error.is_none()).flat_map(|tx| &tx.events);
            let created = events.filter(|event| event.kind == "instantiate");
            count += created.filter(|event| event.get("code_id") == Some(TOKEN_CODE)).count();
        }
        count
    }
}

#[tokio::test]
async fn a_transaction_that_was_never_sent_is_sent() {
    let world = World::new();
    let record = world.cut_off(|record| record.pending.is_some()).await;
    assert!(record.contracts.is_empty() && world.tokens().await == 0);
    let outcome = world.go_on(record).await.unwrap();
    assert_eq!((world.tokens().await, outcome.contracts.len()), (1, 3));
}

#[tokio::test]
async fn a_transaction_that_was_sent_and_not_seen_is_found() {
    let world = World::new();
    let record = world.cut_off(|record| record.contracts.contains_key(&Contract::Token)).await;
    assert!(record.pending.is_some() && record.contracts.is_empty());
    assert_eq!(world.tokens().await, 1);
    let outcome = world.go_on(record).await.unwrap();
    assert_eq!((world.tokens().await, outcome.contracts.len()), (1, 3));
}

#[tokio::test]
async fn a_transaction_whose_sequence_is_used_up_is_signed_anew() {
    let world = World::new();
    let record = world.cut_off(|record| record.pending.is_some()).await;
    let treasury = world.founders.treasury.address();
    world.operator().await.send(treasury, &[coin(1, "ubee")]).await.unwrap();
    // A chain that makes blocks by itself does so meanwhile.
    world.chain.produce_block().await.unwrap();
    let (chain, ticks) = (world.chain.clone(), 50);
    let clock = tokio::spawn(async move {
        for _ in 0..ticks {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            chain.produce_block().await.unwrap();
        }
    });
    let outcome = world.go_on(record).await.unwrap();
    clock.abort();
    assert_eq!((world.tokens().await, outcome.contracts.len()), (1, 3));
}

#[tokio::test]
async fn a_transaction_that_may_still_be_included_stops_the_run() {
    let world = World::new();
    let treasury = world.founders.treasury.address();
    world.operator().await.send(treasury, &[coin(1, "ubee")]).await.unwrap();
    let record = world.cut_off(|record| record.pending.is_some()).await;
    // Another chain of the same id and keys, on which the operator has sent nothing: the transaction's turn is to come.
    let other = World::new();
    let error = other.go_on(record.clone()).await.unwrap_err();
    assert!(matches!(error, DeployError::Undecided { contract: Contract::Token, .. }), "{error}");
    assert_eq!(other.tokens().await, 0);
    // Its turn has come.
    other.operator().await.send(treasury, &[coin(1, "ubee")]).await.unwrap();
    let outcome = other.go_on(record).await.unwrap();
    assert_eq!((other.tokens().await, outcome.contracts.len()), (1, 3));
}
