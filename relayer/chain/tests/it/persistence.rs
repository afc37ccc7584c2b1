use crate::{
    probe::Execute,
    setup::{Access, DENOM, RICH, builder, key, reach, setup_on, wallet},
};
use bithive_chain::{Chain, ChainError, ChainExt, Embedded, EmbeddedBuilder};
use cosmwasm_std::coins;
use std::path::Path;
use tempfile::tempdir;

fn on(directory: &Path) -> EmbeddedBuilder {
    builder().directory(directory)
}

fn refusal(builder: EmbeddedBuilder) -> ChainError {
    builder.build().map(drop).unwrap_err()
}

#[tokio::test]
async fn a_chain_reopens_where_it_stopped() {
    let directory = tempdir().unwrap();
    let setup = setup_on(on(directory.path()).build().unwrap(), Access::Embedded).await;
    let receipt = setup.wallet.execute(&setup.probe, &Execute::Increment {}, &[]).await.unwrap();
    let before = (
        setup.account(1).await,
        setup.chain.info().await.unwrap(),
        setup.chain.latest_block().await.unwrap(),
    );
    let probe = setup.probe.clone();
    drop(setup);

    // Genesis balances count once only.
    let chain = on(directory.path()).genesis_balance(key(60).address(), coins(1, DENOM)).build().unwrap();
    let wallet = wallet(&reach(&chain, Access::Embedded).await.0, 1).await;
    let account = chain.account(wallet.address()).await.unwrap();
    assert_eq!((account, chain.info().await.unwrap(), chain.latest_block().await.unwrap()), before);
    assert_eq!(chain.balance(key(60).address(), DENOM).await.unwrap(), 0);
    assert_eq!(chain.tx(receipt.hash).await.unwrap(), Some(Ok(receipt)));
    let receipt = wallet.execute(&probe, &Execute::Increment {}, &[]).await.unwrap();
    assert_eq!(receipt.events_of("wasm-incremented").next().unwrap().get("count"), Some("2"));
    assert_eq!(receipt.height, before.1.height + 1);
    assert_eq!(chain.latest_block().await.unwrap().parent, before.2.hash);
}

#[tokio::test]
async fn a_directory_serves_one_chain_at_a_time() {
    let directory = tempdir().unwrap();
    let chain = on(directory.path()).build().unwrap();
    let expected = ChainError::InUse { directory: directory.path().display().to_string() };
    assert_eq!(refusal(on(directory.path())), expected);

    let cursor = chain.blocks_from(1);
    drop(chain);
    assert_eq!(refusal(on(directory.path())), expected, "a cursor keeps the chain open");
    drop(cursor);
    on(directory.path()).build().unwrap();
}

#[tokio::test]
async fn a_directory_belongs_to_its_chain_id_and_fee_denomination() {
    let directory = tempdir().unwrap();
    drop(on(directory.path()).build().unwrap());
    let expected = ChainError::WrongChainId { expected: "test-2".into(), got: "test-1".into() };
    assert_eq!(refusal(on(directory.path()).chain_id("test-2")), expected);
    let error = refusal(on(directory.path()).fee_denom("uusd"));
    assert!(matches!(error, ChainError::InvalidConfig { field, .. } if field == "fee_denom"));
    on(directory.path()).build().unwrap();
    // Who asks for no chain id gets that of the directory.
    let any = Embedded::builder().directory(directory.path());
    let any = any.code("probe", crate::probe::contract).code("probe2", crate::probe::contract);
    assert_eq!(any.build().unwrap().info().await.unwrap().chain_id, "test-1");
}

#[tokio::test]
async fn codes_keep_their_order_and_may_be_appended() {
    let directory = tempdir().unwrap();
    let with = |names: &[&str]| {
        let base = Embedded::builder().chain_id("test-1").directory(directory.path());
        names.iter().fold(base, |builder, name| builder.code(*name, crate::probe::contract))
    };
    drop(with(&["a", "b"]).build().unwrap());
    drop(with(&["a", "b", "c"]).build().unwrap());
    for (names, code_id, expected, got) in
        [(&["a", "b"][..], 3, "c", ""), (&["b", "a", "c"], 1, "a", "b"), (&["a", "b", "d"], 3, "c", "d")]
    {
        let directory = directory.path().display().to_string();
        let mismatch =
            ChainError::CodeMismatch { directory, code_id, expected: expected.into(), got: got.into() };
        assert_eq!(refusal(with(names)), mismatch);
    }
    with(&["a", "b", "c"]).build().unwrap();
}

#[tokio::test]
async fn settings_are_checked_at_the_door() {
    let field_of = |builder: EmbeddedBuilder| match refusal(builder) {
        ChainError::InvalidConfig { field, .. } => field,
        other => panic!("expected InvalidConfig, got {other:?}"),
    };
    assert_eq!(field_of(builder().chain_id("")), "chain_id");
    assert_eq!(field_of(builder().txs_per_block(0)), "txs_per_block");
    assert_eq!(field_of(builder().fee_denom("!")), "fee_denom");
    assert_eq!(field_of(builder().genesis_balance(key(1).address(), coins(1, "!"))), "genesis_balance");
    assert!(matches!(refusal(builder().genesis_balance("nobody", [])), ChainError::InvalidAddress { .. }));
}

#[tokio::test]
async fn a_directory_that_cannot_be_one_is_named() {
    let directory = tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "x").unwrap();
    assert!(
        matches!(refusal(on(&file)), ChainError::Storage { directory, .. } if directory.ends_with("file"))
    );
    let damaged = directory.path().join("damaged");
    std::fs::create_dir(&damaged).unwrap();
    std::fs::write(damaged.join("chain.redb"), vec![7; 8192]).unwrap();
    assert!(matches!(refusal(on(&damaged)), ChainError::Storage { .. }));
}

#[tokio::test]
async fn the_supply_is_what_genesis_says_after_many_transactions() {
    let setup = setup_on(builder().build().unwrap(), Access::Embedded).await;
    for seed in 2..6 {
        setup.wallet.send(key(seed).address(), &coins(1_000, DENOM)).await.unwrap();
        wallet(&setup.chain, seed).await.send(&setup.probe, &coins(500, DENOM)).await.unwrap();
    }
    let collector =
        cosmrs::AccountId::new("bithive", &hex::decode("f1829676db577682e944fc3493d451b67ff3e29f").unwrap());
    let mut total = setup.balance(collector.unwrap().as_ref()).await + setup.balance(&setup.probe).await;
    for seed in 1..10 {
        total += setup.balance(key(seed).address()).await;
    }
    assert_eq!(total, 9 * RICH);
}
