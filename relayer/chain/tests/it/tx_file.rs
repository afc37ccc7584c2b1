use crate::{
    probe::Execute,
    setup::{Access, Setup, key, setup},
};
use bithive_chain::{ChainError, Message, Sender, TxFile, TxFileError, Wallet};

on_both!(
    a_transaction_is_made_without_the_key_signed_elsewhere_and_sent_once,
    a_transaction_that_was_overtaken_or_is_early_is_not_sent,
    a_transaction_is_not_sent_after_its_time,
    a_transaction_is_not_sent_to_another_chain_or_for_another_account,
    a_transaction_without_effect_is_told_apart_from_one_that_was_refused,
    a_wallet_without_key_sends_nothing,
);

/// Account 1, whose key is elsewhere.
async fn watched(setup: &Setup) -> Wallet {
    let sender = Sender::at(key(1).address()).unwrap();
    Wallet::without_key(setup.chain.clone(), sender).await.unwrap()
}

async fn made(wallet: &Wallet, messages: &[Message]) -> TxFile {
    match wallet.execute_many(messages).await {
        Err(ChainError::Unsigned { transaction }) => TxFile::from_json(transaction.as_bytes()).unwrap(),
        other => panic!("expected a transaction, got {other:?}"),
    }
}

/// An increment by account 1, signed.
async fn signed(setup: &Setup) -> TxFile {
    let file = made(&watched(setup).await, &[setup.call(&Execute::Increment {})]).await;
    file.sign(&key(1), false).unwrap()
}

/// The file with another value of a field, signed after that.
fn changed(file: &TxFile, from: &str, to: &str) -> TxFile {
    let text = file.to_json().unwrap();
    assert!(text.contains(from), "{text}");
    TxFile::from_json(text.replace(from, to).as_bytes()).unwrap().sign(&key(1), false).unwrap()
}

async fn a_transaction_is_made_without_the_key_signed_elsewhere_and_sent_once(at: Access) {
    let setup = setup(at).await;
    let signed = signed(&setup).await;
    let sent = signed.send(setup.chain.as_ref()).await.unwrap();
    let receipt = sent.result.clone().unwrap();
    assert_eq!((sent.before, sent.hash, setup.count().await), (false, receipt.hash, 1));
    let again = signed.send(setup.chain.as_ref()).await.unwrap();
    assert_eq!((again.before, again.hash, again.result.unwrap().height), (true, sent.hash, receipt.height));
    assert_eq!(setup.count().await, 1, "what is sent twice takes effect once");
}

async fn a_transaction_that_was_overtaken_or_is_early_is_not_sent(at: Access) {
    let setup = setup(at).await;
    let file = signed(&setup).await;
    setup.wallet.execute(&setup.probe, &Execute::Increment {}, &[]).await.unwrap();
    let refused = file.send(setup.chain.as_ref()).await.unwrap_err();
    assert_eq!(refused, TxFileError::Stale { sequence: 1, next: 2 });
    assert!(refused.to_string().contains("make it again"), "{refused}");
    let later = made(&watched(&setup).await, &[setup.call(&Execute::Increment {})]).await;
    let early = changed(&later, "\"sequence\": 2", "\"sequence\": 5");
    let refused = early.send(setup.chain.as_ref()).await.unwrap_err();
    assert_eq!(refused, TxFileError::Early { sequence: 5, next: 2 });
    assert_eq!(setup.count().await, 1);
}

async fn a_transaction_is_not_sent_after_its_time(at: Access) {
    let setup = setup(at).await;
    let height = setup.chain.info().await.unwrap().height;
    let wallet = watched(&setup).await.with_timeout_height(height + 1);
    let messages = [setup.call(&Execute::Increment {})];
    let file = made(&wallet, &messages).await.sign(&key(1), false).unwrap();
    assert_eq!(file.timeout_height(), height + 1);
    setup.embedded.produce_block().await.unwrap();
    let refused = file.send(setup.chain.as_ref()).await.unwrap_err();
    assert_eq!(refused, TxFileError::Expired { timeout_height: height + 1, height: height + 1 });
    let wallet = watched(&setup).await.with_timeout_height(height + 2);
    let in_time = made(&wallet, &messages).await.sign(&key(1), false).unwrap();
    in_time.send(setup.chain.as_ref()).await.unwrap().result.unwrap();
    assert_eq!(setup.count().await, 1);
}

async fn a_transaction_is_not_sent_to_another_chain_or_for_another_account(at: Access) {
    let setup = setup(at).await;
    let file = made(&watched(&setup).await, &[setup.call(&Execute::Increment {})]).await;
    let chain_id = setup.chain.info().await.unwrap().chain_id;
    let other = changed(&file, &chain_id, "other-1");
    let refused = other.send(setup.chain.as_ref()).await.unwrap_err();
    assert!(matches!(refused, TxFileError::Chain(ChainError::WrongChainId { .. })), "{refused:?}");
    let number = file.account().number;
    let other = changed(&file, &format!("\"account_number\": {number}"), "\"account_number\": 5");
    let refused = other.send(setup.chain.as_ref()).await.unwrap_err();
    assert_eq!(refused, TxFileError::OtherAccount { number: 5, found: number });
    assert_eq!(setup.count().await, 0);
}

async fn a_transaction_without_effect_is_told_apart_from_one_that_was_refused(at: Access) {
    let setup = setup(at).await;
    // No simulation, which would show it.
    let wallet = watched(&setup).await.with_gas_limit(300_000);
    let file = made(&wallet, &[setup.call(&Execute::IncrementAndFail {})]).await;
    let file = file.sign(&key(1), false).unwrap();
    for before in [false, true] {
        let sent = file.send(setup.chain.as_ref()).await.unwrap();
        assert!(matches!(sent.result, Err(ChainError::Contract { .. })), "{sent:?}");
        assert_eq!(sent.before, before);
    }
    let file = made(&wallet, &[setup.call(&Execute::Increment {})]).await;
    let cheap = changed(&file, "\"gas_limit\": 300000", "\"gas_limit\": 30000000");
    let refused = cheap.send(setup.chain.as_ref()).await.unwrap_err();
    assert!(matches!(refused, TxFileError::Chain(ChainError::InsufficientFee { .. })), "{refused:?}");
    assert_eq!((setup.count().await, setup.account(1).await.sequence), (0, 2));
}

async fn a_wallet_without_key_sends_nothing(at: Access) {
    let setup = setup(at).await;
    let height = setup.chain.info().await.unwrap().height;
    let wallet = watched(&setup).await;
    let file = made(&wallet, &[setup.call(&Execute::Increment {})]).await;
    assert!(!file.is_signed() && file.sender().public_key().is_none());
    let refused = wallet.sign_all(&[vec![setup.call(&Execute::Increment {})]], 1).await.unwrap_err();
    assert!(matches!(refused, ChainError::InvalidTx { field, .. } if field == "signature"));
    let refused = wallet.execute(&setup.probe, &Execute::IncrementAndFail {}, &[]).await.unwrap_err();
    assert!(matches!(refused, ChainError::Contract { .. }), "simulation shows it: {refused}");
    assert_eq!(setup.chain.info().await.unwrap().height, height);
    // With the key at hand the gas is nearly the same: what the public key takes in the transaction.
    let known = Wallet::without_key(setup.chain.clone(), (&key(1)).into()).await.unwrap();
    let known = made(&known, &[setup.call(&Execute::Increment {})]).await;
    assert!(known.gas_limit() >= file.gas_limit() && known.gas_limit() - file.gas_limit() < 2_000);
    let receipt =
        file.sign(&key(1), false).unwrap().send(setup.chain.as_ref()).await.unwrap().result.unwrap();
    assert!(receipt.gas_used < receipt.gas_wanted);
    let nobody = Sender::at(key(77).address()).unwrap();
    let nobody = Wallet::without_key(setup.chain.clone(), nobody).await.unwrap();
    let refused = nobody.execute(&setup.probe, &Execute::Increment {}, &[]).await.unwrap_err();
    assert!(matches!(refused, ChainError::NoSuchAccount { .. }), "{refused}");
}
