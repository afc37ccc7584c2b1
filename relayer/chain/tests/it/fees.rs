//! A chain that asks for a higher fee, and one that loses a transaction: the wallet pays and sends again, within bounds.

use crate::{
    node::{Node, Step, evict, taken},
    probe::Execute,
    setup::{Access, DENOM, Setup, builder, options, serve, setup, setup_on, wallet},
};
use bithive_chain::{Chain, ChainError, Cosmos, CosmosOptions, Message, Server, TxHash, Wallet};
use cosmwasm_std::Decimal;
use std::{sync::Arc, time::Duration};

/// A chain whose price of gas is 0.05, twice the usual one.
async fn dear() -> (Setup, Server) {
    let chain = builder().gas_price(Decimal::permille(50)).build().unwrap();
    let setup = setup_on(chain, Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    (setup, server)
}

async fn wallet_of(options: CosmosOptions) -> Wallet {
    let chain: Arc<dyn Chain> = Arc::new(Cosmos::connect(options).await.unwrap());
    wallet(&chain, 1).await.with_gas_limit(300_000)
}

async fn increment(wallet: &Wallet, setup: &Setup) -> (Result<(), ChainError>, Vec<u128>) {
    let (messages, mut fees) = ([setup.call(&Execute::Increment {})], vec![]);
    let sent = wallet.submit(&messages, |tx| {
        fees.push(tx.fee.as_ref().unwrap().amount.u128());
        Ok(())
    });
    (sent.await.map(drop), fees)
}

#[tokio::test]
async fn a_fee_that_is_too_low_is_raised_to_what_the_chain_asks_for() {
    let (setup, server) = dear().await;
    let wallet = wallet_of(options(&server.url())).await;
    let before = setup.balance(wallet.address()).await;
    let (sent, fees) = increment(&wallet, &setup).await;
    sent.unwrap();
    assert_eq!(fees, [7_500, 15_000]);
    assert_eq!((setup.count().await, before - setup.balance(wallet.address()).await), (1, 15_000));
    server.stop().await;
}

#[tokio::test]
async fn no_chain_gets_more_than_the_highest_price_or_fee_that_is_set() {
    let (setup, server) = dear().await;
    let options = || options(&server.url());
    let by_price = wallet_of(options().max_gas_price(Decimal::permille(49))).await;
    let by_fee = wallet_of(options()).await.with_fee_cap(14_999);
    for wallet in [by_price, by_fee] {
        let (sent, fees) = increment(&wallet, &setup).await;
        let error = sent.unwrap_err();
        assert!(
            matches!(&error, ChainError::InsufficientFee { required, .. } if required.amount.u128() == 15_000),
            "{error}"
        );
        assert_eq!((fees.as_slice(), setup.count().await), ([7_500].as_slice(), 0));
    }
    server.stop().await;
}

#[tokio::test]
async fn a_node_that_asks_for_more_and_more_is_not_followed() {
    let setup = setup(Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    let greedy = |method: &str, before: u64| match method {
        "broadcast_tx_sync" => {
            let required = 7_600 + before;
            taken(
                13,
                &format!("insufficient fees; got: 1{DENOM} required: {required}{DENOM}: insufficient fee"),
            )
        }
        _ => Step::Forward,
    };
    let node = Node::before(server.url(), greedy).await;
    let wallet = wallet_of(options(&node.url)).await;
    let (sent, fees) = increment(&wallet, &setup).await;
    assert!(matches!(sent, Err(ChainError::InsufficientFee { .. })), "{sent:?}");
    assert_eq!(fees, [7_500, 7_600, 7_601, 7_602]);
    assert_eq!(setup.count().await, 0);
    server.stop().await;
}

#[tokio::test]
async fn a_transaction_that_the_chain_lost_is_replaced_under_the_same_sequence() {
    let setup = setup(Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    let forgetful = Node::before(server.url(), |method, before| match (method, before) {
        ("broadcast_tx_sync", 0) => evict(),
        _ => Step::Forward,
    })
    .await;
    let wallet = wallet_of(options(&forgetful.url).confirm_timeout(Duration::from_millis(200))).await;
    let messages = [setup.call(&Execute::Increment {})];
    let mut sent: Vec<(u64, TxHash)> = vec![];
    let error = submit(&wallet, &messages, &mut sent).await.unwrap_err();
    assert!(matches!(error, ChainError::Unconfirmed { hash, .. } if hash == sent[0].1), "{error}");
    submit(&wallet, &messages, &mut sent).await.unwrap();
    // A node that remembers the first one's bytes takes the second one all the same, and only one of them can count.
    assert_eq!(sent[0].0, sent[1].0);
    assert_ne!(sent[0].1, sent[1].1);
    assert_eq!(setup.count().await, 1);
    server.stop().await;
}

async fn submit(
    wallet: &Wallet,
    messages: &[Message],
    sent: &mut Vec<(u64, TxHash)>,
) -> Result<(), ChainError> {
    let done = wallet.submit(messages, |tx| {
        sent.push((tx.sequence, tx.hash));
        Ok(())
    });
    done.await.map(drop)
}

/// What arrived or not, nobody can say; it happens once.
#[tokio::test]
async fn a_page_in_place_of_an_answer_does_not_end_a_transaction() {
    let page = || Step::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n<html></html>".to_vec());
    for method in ["broadcast_tx_sync", "tx"] {
        let setup = setup(Access::Embedded).await;
        let server = serve(&setup.embedded).await;
        let node = Node::before(server.url(), move |called, before| match before {
            0 if called == method => page(),
            _ => Step::Forward,
        })
        .await;
        let wallet = wallet_of(options(&node.url)).await;
        increment(&wallet, &setup).await.0.unwrap();
        assert_eq!(setup.count().await, 1, "{method}");
        server.stop().await;
    }
}
