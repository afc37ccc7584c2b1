//! A chain killed at any moment reopens at its last block.

use crate::{
    probe::{Execute, Query},
    setup::{Access, DENOM, RICH, builder, key, reach, wallet},
};
use bithive_chain::{Block, Chain, ChainError, ChainExt, Embedded};
use cosmwasm_std::Empty;
use std::{
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Child, Command, Stdio},
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
    let wallet = wallet(&reach(&chain, Access::Embedded).await.0, 1).await.with_gas_limit(300_000);
    let probe = match find_probe(&all_blocks(&chain).await) {
        Some(probe) => probe,
        None => wallet.instantiate(1, &Empty {}, "probe", None).await.unwrap().contract,
    };
    loop {
        wallet.execute(&probe, &Execute::Increment {}, &[]).await.unwrap();
    }
}

/// Runs only in the child process of `another_process_gets_in_use`.
#[tokio::test]
#[ignore = "a helper process of `another_process_gets_in_use`"]
async fn child_finds_the_chain_in_use() {
    let directory = std::env::var(DIRECTORY).unwrap();
    let error = builder().directory(&directory).build().map(drop).unwrap_err();
    assert_eq!(error, ChainError::InUse { directory });
}

/// Runs one helper test of this binary as a process of its own.
fn spawn(helper: &str, directory: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", helper, "--ignored"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn another_process_gets_in_use() {
    let directory = tempdir().unwrap();
    let _chain = builder().directory(directory.path()).build().unwrap();
    assert!(spawn("kill::child_finds_the_chain_in_use", directory.path()).wait().unwrap().success());
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
        let mut child = spawn("kill::child_writes_until_killed", directory.path());
        // Spread over creation, opening and writing, without a pattern.
        tokio::time::sleep(Duration::from_micros(1_000 + round * 7_919 % 60_000 * (1 + round % 3))).await;
        child.kill().unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(9), "the child ended on its own: {status}");
        heights.push(assert_consistent(directory.path()).await);
    }
    assert!(heights.is_sorted(), "a committed block was lost: {heights:?}");
    assert!(heights.last().unwrap() > &10, "the child wrote too little to learn from: {heights:?}");
}

#[tokio::test]
async fn a_chain_killed_while_it_is_created_can_be_created_again() {
    for round in 0..KILLS {
        let directory = tempdir().unwrap();
        let mut child = spawn("kill::child_writes_until_killed", directory.path());
        tokio::time::sleep(Duration::from_micros(1_000 + round * 400)).await;
        child.kill().unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(9));
        assert_consistent(directory.path()).await;
    }
}

#[tokio::test]
async fn what_a_killed_creation_leaves_behind_is_replaced() {
    let directory = tempdir().unwrap();
    std::fs::write(directory.path().join("chain.redb.new"), vec![0; 4096]).unwrap();
    assert_eq!(assert_consistent(directory.path()).await, 1);
}
