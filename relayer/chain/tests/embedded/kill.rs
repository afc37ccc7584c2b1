//! A chain killed at any moment reopens at its last block.

use crate::{
    probe::{Execute, Query},
    setup::{DENOM, RICH, builder, key, wallet},
};
use bithive_chain::{Block, Chain, ChainExt, Embedded};
use cosmwasm_std::Empty;
use std::{
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};
use tempfile::tempdir;

const DIRECTORY: &str = "BITHIVE_TEST_KILL_DIRECTORY";
const KILLS: u64 = 25;

async fn all_blocks(chain: &Embedded) -> Vec<Block> {
    let height = chain.info().await.unwrap().height;
    let mut cursor = chain.blocks_from(1);
    let mut blocks = vec![];
    for _ in 0..height {
        blocks.push(cursor.next().await.unwrap());
    }
    blocks
}

fn find_probe(blocks: &[Block]) -> Option<String> {
    let mut events = blocks.iter().flat_map(|block| &block.txs).flat_map(|tx| &tx.events);
    events.find(|event| event.kind == "instantiate").and_then(|event| event.contract()).map(Into::into)
}

/// Runs only in the child process that the test below starts and kills.
#[tokio::test]
#[ignore = "a helper process of `a_killed_chain_reopens_at_its_last_block`"]
async fn child_writes_until_killed() {
    let directory = std::env::var(DIRECTORY).unwrap();
    let chain = builder().directory(directory).build().unwrap();
    let wallet = wallet(&chain, 1).await.with_gas_limit(300_000);
    let probe = match find_probe(&all_blocks(&chain).await) {
        Some(probe) => probe,
        None => wallet.instantiate(1, &Empty {}, "probe", None).await.unwrap().contract,
    };
    loop {
        wallet.execute(&probe, &Execute::Increment {}, &[]).await.unwrap();
    }
}

/// Every part of the state must tell of the same blocks.
async fn assert_consistent(directory: &Path) -> u64 {
    let chain = builder().directory(directory).build().unwrap();
    let blocks = all_blocks(&chain).await;
    let txs: Vec<_> = blocks.iter().flat_map(|block| &block.txs).collect();
    assert!(txs.iter().all(|tx| tx.error.is_none()));

    let fees = txs.iter().map(|tx| u128::from(tx.gas_wanted) / 40).sum::<u128>();
    assert_eq!(chain.balance(key(1).address(), DENOM).await.unwrap(), RICH - fees);
    assert_eq!(chain.account(key(1).address()).await.unwrap().sequence, txs.len() as u64);
    if let Some(probe) = find_probe(&blocks) {
        let count: u64 = chain.query(&probe, &Query::Count {}).await.unwrap();
        assert_eq!(count, txs.len() as u64 - 1);
    }
    blocks.last().unwrap().height
}

#[tokio::test]
async fn a_killed_chain_reopens_at_its_last_block() {
    let directory = tempdir().unwrap();
    let mut heights = vec![0];
    for round in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::child_writes_until_killed", "--ignored"])
            .env(DIRECTORY, directory.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Spread over creation, opening and writing, without a pattern.
        tokio::time::sleep(Duration::from_micros(2_000 + round * 7_919 % 60_000 * (1 + round % 3))).await;
        child.kill().unwrap();
        child.wait().unwrap();
        heights.push(assert_consistent(directory.path()).await);
    }
    assert!(heights.is_sorted(), "a committed block was lost: {heights:?}");
    assert!(heights.last().unwrap() > &10, "the child wrote too little to learn from: {heights:?}");
}
