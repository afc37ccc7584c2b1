use crate::{
    probe::{Execute, Query},
    setup::{Access, builder, setup, setup_on, wallet},
};
use bithive_chain::{ChainError, ChainExt};
use futures::FutureExt;
use std::{collections::HashSet, time::Duration};

on_both!(
    blocks_come_in_order_without_gap_or_duplicate_while_others_write,
    a_cursor_waits_for_a_block_and_loses_none_when_cancelled,
    a_cursor_continues_where_another_one_stopped,
    time_is_virtual_and_moves_with_blocks,
);

const WRITERS: u64 = 6;
const CALLS: u64 = 10;

/// Readers that start anywhere see all blocks after that, while several accounts write.
async fn blocks_come_in_order_without_gap_or_duplicate_while_others_write(at: Access) {
    for txs_per_block in [1, 4] {
        let setup = setup_on(builder().txs_per_block(txs_per_block).build().unwrap(), at).await;
        let total = (WRITERS * CALLS) as usize;
        let readers: Vec<_> = [0, 1, 3]
            .map(|from| {
                let mut cursor = setup.chain.blocks_from(from);
                tokio::spawn(async move {
                    let (mut heights, mut calls) = (vec![], vec![]);
                    while calls.len() < total {
                        let block = cursor.next().await.unwrap();
                        assert!(block.txs.len() <= txs_per_block);
                        heights.push(block.height);
                        let incremented = |tx: &bithive_chain::TxResult| {
                            tx.events.iter().any(|event| event.kind == "wasm-incremented")
                        };
                        calls.extend(block.txs.into_iter().filter(incremented).map(|tx| tx.hash));
                    }
                    (from.max(1), heights, calls)
                })
            })
            .into();
        let writers: Vec<_> = (2..2 + WRITERS)
            .map(|seed| {
                let (chain, probe) = (setup.chain.clone(), setup.probe.clone());
                tokio::spawn(async move {
                    let wallet = wallet(&chain, seed).await;
                    for _ in 0..CALLS {
                        wallet.execute(&probe, &Execute::Increment {}, &[]).await.unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        for reader in readers {
            let (first, heights, calls) = reader.await.unwrap();
            let expected: Vec<u64> = (first..first + heights.len() as u64).collect();
            assert_eq!(heights, expected);
            assert_eq!(calls.iter().collect::<HashSet<_>>().len(), total);
        }
        assert_eq!(setup.count().await, WRITERS * CALLS);
    }
}

async fn a_cursor_waits_for_a_block_and_loses_none_when_cancelled(at: Access) {
    let setup = setup(at).await;
    let height = setup.chain.info().await.unwrap().height;
    let mut cursor = setup.chain.blocks_from(height + 1);
    assert!(cursor.next().now_or_never().is_none());
    assert_eq!(cursor.next_height(), height + 1);
    setup.embedded.produce_block().await.unwrap();
    assert_eq!(cursor.next().await.unwrap().height, height + 1);
}

async fn a_cursor_continues_where_another_one_stopped(at: Access) {
    let setup = setup(at).await;
    let mut first = setup.chain.blocks_from(1);
    first.next().await.unwrap();
    let block = setup.chain.blocks_from(first.next_height()).next().await.unwrap();
    assert_eq!(block.height, 2);
    assert!(block.txs[0].events.iter().any(|event| event.kind == "instantiate"));
}

async fn time_is_virtual_and_moves_with_blocks(at: Access) {
    let setup = setup_on(builder().block_time(Duration::from_secs(7)).build().unwrap(), at).await;
    let start = setup.chain.info().await.unwrap();
    let block = setup.embedded.produce_block().await.unwrap();
    assert_eq!((block.height, block.time), (start.height + 1, start.time.plus_seconds(7)));
    let block = setup.embedded.advance_time(86_400).await.unwrap();
    assert_eq!((block.height, block.time), (start.height + 2, start.time.plus_seconds(86_407)));
    let seen: u64 = setup.chain.query(&setup.probe, &Query::BlockHeight {}).await.unwrap();
    assert_eq!(seen, block.height);
    assert_eq!(setup.chain.latest_block().await.unwrap(), block);
}

#[tokio::test]
async fn time_cannot_leave_what_blocks_can_hold() {
    let setup = setup(Access::Embedded).await;
    let before = setup.chain.info().await.unwrap();
    let error = setup.embedded.advance_time(u64::MAX).await.unwrap_err();
    assert!(matches!(error, ChainError::InvalidConfig { field, .. } if field == "time"));
    assert_eq!(setup.chain.info().await.unwrap(), before);
}

#[tokio::test]
async fn the_same_run_makes_the_same_blocks() {
    let mut runs = vec![];
    for _ in 0..2 {
        let setup = setup(Access::Embedded).await;
        setup.wallet.execute(&setup.probe, &Execute::Increment {}, &[]).await.unwrap();
        let mut cursor = setup.chain.blocks_from(1);
        let mut blocks = vec![];
        for _ in 0..3 {
            blocks.push(cursor.next().await.unwrap());
        }
        runs.push(blocks);
    }
    assert_eq!(runs[0], runs[1]);
}
