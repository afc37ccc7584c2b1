use crate::{
    probe::Execute,
    setup::{Access, builder, key, setup, setup_on, wallet},
};
use bithive_chain::{ChainError, TxHash};
use std::sync::Arc;

on_both!(
    a_wallet_finds_its_sequence_again_after_another_one_used_the_key,
    a_wallet_goes_on_after_a_failed_transaction,
    tasks_share_a_wallet_without_losing_a_transaction,
    an_outbox_sees_the_transaction_before_the_chain_does,
    an_outbox_that_cannot_store_stops_the_transaction,
    what_simulation_refuses_is_not_sent,
);

async fn a_wallet_finds_its_sequence_again_after_another_one_used_the_key(at: Access) {
    let setup = setup(at).await;
    let other = wallet(&setup.chain, 1).await;
    for _ in 0..3 {
        setup.wallet.execute(&setup.probe, &Execute::Increment {}, &[]).await.unwrap();
        other.execute(&setup.probe, &Execute::Increment {}, &[]).await.unwrap();
    }
    assert_eq!(setup.count().await, 6);
}

async fn a_wallet_goes_on_after_a_failed_transaction(at: Access) {
    let setup = setup(at).await;
    let wallet = wallet(&setup.chain, 1).await.with_gas_limit(300_000);
    for _ in 0..2 {
        wallet.execute(&setup.probe, &Execute::IncrementAndFail {}, &[]).await.unwrap_err();
        wallet.execute(&setup.probe, &Execute::Increment {}, &[]).await.unwrap();
    }
    assert_eq!(setup.count().await, 2);
}

async fn tasks_share_a_wallet_without_losing_a_transaction(at: Access) {
    let setup = setup_on(builder().txs_per_block(8).build().unwrap(), at).await;
    let shared = Arc::new(wallet(&setup.chain, 1).await);
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (wallet, probe) = (Arc::clone(&shared), setup.probe.clone());
            tokio::spawn(async move { wallet.execute(&probe, &Execute::Increment {}, &[]).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(setup.count().await, 8);
}

async fn an_outbox_sees_the_transaction_before_the_chain_does(at: Access) {
    let setup = setup(at).await;
    let mut stored = None;
    let messages = [setup.call(&Execute::Increment {})];
    let receipt = setup
        .wallet
        .submit(&messages, |tx| {
            stored = Some(tx.clone());
            Ok(())
        })
        .await
        .unwrap();
    let stored = stored.unwrap();
    assert_eq!((stored.hash, TxHash::of(&stored.bytes), stored.sequence), (receipt.hash, receipt.hash, 1));
}

async fn an_outbox_that_cannot_store_stops_the_transaction(at: Access) {
    let setup = setup(at).await;
    let full = ChainError::Storage { directory: "outbox".into(), reason: "full".into() };
    let messages = [setup.call(&Execute::Increment {})];
    let error = setup.wallet.submit(&messages, |_| Err(full.clone())).await.unwrap_err();
    assert_eq!((error, setup.count().await), (full, 0));
    assert_eq!(setup.chain.account(key(1).address()).await.unwrap().sequence, 1);
}

async fn what_simulation_refuses_is_not_sent(at: Access) {
    let setup = setup(at).await;
    let height = setup.chain.info().await.unwrap().height;
    setup.wallet.execute(&setup.probe, &Execute::IncrementAndFail {}, &[]).await.unwrap_err();
    assert_eq!(setup.chain.info().await.unwrap().height, height);
    assert!(
        matches!(setup.wallet.execute_many(&[]).await, Err(ChainError::InvalidTx { field, .. }) if field == "messages")
    );
}
