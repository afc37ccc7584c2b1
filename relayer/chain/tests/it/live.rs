//! A real chain: wasmd with BitHive's prefix, BITHIVE_TEST_RPC its node's URL, BITHIVE_TEST_KEY the key of an account
//! with `ubee` in hex, BITHIVE_TEST_WASM the token contract's wasm.
//!
//! `cargo test -p bithive-chain --test it live -- --ignored`

use crate::setup::{DENOM, key};
use bithive_chain::{
    Chain, ChainError, ChainExt, Cosmos, CosmosOptions, Message, SigningKey, TxHash, Wallet, fee_for_gas,
};
use cosmwasm_std::{Decimal, coins};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Duration};

fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}

fn options() -> CosmosOptions {
    CosmosOptions::new(setting("BITHIVE_TEST_RPC")).poll_interval(Duration::from_millis(100))
}

async fn connect(options: CosmosOptions) -> (Cosmos, Arc<dyn Chain>) {
    let chain = Cosmos::connect(options).await.unwrap();
    (chain.clone(), Arc::new(chain))
}

fn funded() -> SigningKey {
    let mut bytes = [0; 32];
    hex::decode_to_slice(setting("BITHIVE_TEST_KEY"), &mut bytes).unwrap();
    SigningKey::from_bytes(&bytes).unwrap()
}

/// A fresh account, so that runs do not disturb each other, with coins from the funded one.
async fn fresh(chain: &Arc<dyn Chain>, seed: u64) -> SigningKey {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as u64;
    let key = key(seed ^ now);
    // The tests of this file run at once.
    static FAUCET: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _turn = FAUCET.lock().await;
    let faucet = Wallet::connect(chain.clone(), funded()).await.unwrap();
    faucet.send(key.address(), &coins(50_000_000, DENOM)).await.unwrap();
    key
}

async fn account(chain: &Arc<dyn Chain>, seed: u64) -> Wallet {
    Wallet::connect(chain.clone(), fresh(chain, seed).await).await.unwrap()
}

#[tokio::test]
#[ignore = "needs a chain, see the head of this file"]
async fn coins_move_and_blocks_tell_the_same() {
    let (client, chain) = connect(options()).await;
    assert_eq!(chain.info().await.unwrap().chain_id, client.chain_id());
    let wallet = account(&chain, 1).await;
    let stranger = key(u64::from(std::process::id()));
    let nobody = chain.account(key(77_777).address()).await.unwrap_err();
    assert_eq!(nobody, ChainError::NoSuchAccount { address: key(77_777).address().into() });

    let before = chain.balance(stranger.address(), DENOM).await.unwrap();
    let receipt = wallet.send(stranger.address(), &coins(7, DENOM)).await.unwrap();
    assert_eq!(chain.balance(stranger.address(), DENOM).await.unwrap(), before + 7);
    assert_eq!(chain.account(wallet.address()).await.unwrap().sequence, 1);
    assert!(receipt.gas_used > 0 && receipt.gas_used <= receipt.gas_wanted);
    let transfer = receipt.events_of("transfer").find(|event| event.get("amount") == Some("7ubee")).unwrap();
    assert_eq!(transfer.get("sender"), Some(wallet.address()));
    assert_eq!(chain.tx(receipt.hash).await.unwrap(), Some(Ok(receipt.clone())));
    assert_eq!(chain.tx(TxHash::of(b"nothing")).await.unwrap(), None);

    let mut cursor = chain.blocks_from(receipt.height);
    let block = cursor.next().await.unwrap();
    let tx = block.txs.iter().find(|tx| tx.hash == receipt.hash).unwrap();
    assert_eq!((tx.senders.as_slice(), &tx.events), (&[wallet.address().to_owned()][..], &receipt.events));
    let mut time = block.time;
    for height in receipt.height + 1..receipt.height + 4 {
        let block = cursor.next().await.unwrap();
        assert_eq!(block.height, height);
        assert!(block.time > time);
        time = block.time;
    }
}

#[tokio::test]
#[ignore = "needs a chain, see the head of this file"]
async fn contracts_are_stored_created_called_and_asked() {
    let (client, chain) = connect(options()).await;
    let wallet = account(&chain, 2).await;
    let wasm = std::fs::read(setting("BITHIVE_TEST_WASM")).unwrap();
    let checksum: [u8; 32] = Sha256::digest(&wasm).into();
    let stored = wallet.store_code(wasm).await.unwrap();
    assert_eq!(stored.checksum, checksum);
    let info = client.code_info(stored.code_id).await.unwrap().unwrap();
    assert_eq!(
        (info.code_id, info.checksum, info.creator.as_str()),
        (stored.code_id, checksum, wallet.address())
    );
    assert!(client.codes().await.unwrap().contains(&info));
    assert_eq!(client.code_info(1_000_000).await.unwrap(), None);

    let init = json!({
        "name": "Live test", "symbol": "LIVE", "decimals": 6, "cap": "1000", "minter": null, "marketing": null,
        "initial_balances": [{ "address": wallet.address(), "amount": "100" }],
    });
    let admin = Some(wallet.address());
    let token = wallet.instantiate(stored.code_id, &init, "live", admin).await.unwrap().contract;
    let info = client.contract_info(&token).await.unwrap();
    assert_eq!((info.code_id, info.admin.as_deref(), info.label.as_str()), (stored.code_id, admin, "live"));

    let to = key(9);
    let transfer = |amount: &str| json!({ "transfer": { "recipient": to.address(), "amount": amount } });
    let receipt = wallet.execute(&token, &transfer("30"), &[]).await.unwrap();
    let event = receipt.events_of("wasm").next().unwrap();
    assert_eq!((event.contract(), event.get("amount")), (Some(token.as_str()), Some("30")));
    assert_eq!((event.get("msg_index"), receipt.data.len()), (Some("0"), 1));
    let ask = json!({ "balance": { "address": to.address() } });
    let answer: Value = chain.query(&token, &ask).await.unwrap();
    assert_eq!(answer["balance"], "30");

    // What a contract refuses, in a simulation and in a block.
    let refused = wallet.execute(&token, &transfer("1000000"), &[]).await.unwrap_err();
    let ChainError::Contract { message_index: 0, contract, error } = &refused else { panic!("{refused}") };
    assert_eq!(contract, &token);
    assert!(!error.contains("failed") && !error.is_empty(), "{error}");
    let limited = wallet.with_gas_limit(400_000);
    assert_eq!(limited.execute(&token, &transfer("1000000"), &[]).await.unwrap_err(), refused);
    let error = chain.query::<Value, _>(&token, &json!({ "nonsense": {} })).await.unwrap_err();
    assert!(matches!(&error, ChainError::Query { error, .. } if error.contains("nonsense")), "{error}");

    let nowhere = cosmrs::AccountId::new("bithive", &[9; 32]).unwrap().to_string();
    let missing = ChainError::NoSuchContract { address: nowhere.clone() };
    assert_eq!(client.contract_info(&nowhere).await.unwrap_err(), missing);
    assert_eq!(chain.query::<Value, _>(&nowhere, &ask).await.unwrap_err(), missing);
    assert_eq!(limited.execute(&nowhere, &ask, &[]).await.unwrap_err(), missing);
    let error = limited.instantiate(1_000_000, &init, "live", None).await.unwrap_err();
    assert_eq!(error, ChainError::NoSuchCode { code_id: 1_000_000, last: None });
    let error = limited.migrate(&token, 1_000_000, &json!({})).await.unwrap_err();
    assert_eq!(error, ChainError::NoSuchCode { code_id: 1_000_000, last: None });
    let other = account(&chain, 3).await.with_gas_limit(400_000);
    let error = other.migrate(&token, stored.code_id, &json!({})).await.unwrap_err();
    assert!(matches!(error, ChainError::Unauthorized { .. }), "{error}");
}

#[tokio::test]
#[ignore = "needs a chain, see the head of this file"]
async fn refusals_have_their_own_errors() {
    let (_, chain) = connect(options()).await;
    let wallet = account(&chain, 4).await;
    let (own, to) = (wallet.address().to_owned(), key(5));
    let error = wallet.send(to.address(), &coins(90_000_000, DENOM)).await.unwrap_err();
    let ChainError::InsufficientFunds { address, required, .. } = &error else { panic!("{error}") };
    assert_eq!((address, required.u128()), (&own, 90_000_000));

    // Out of gas before the messages: refused, and nothing is spent. Out of gas in the messages: in a block.
    let messages = [Message::Send { to: to.address().into(), funds: coins(1, DENOM) }];
    let enough = wallet.simulate(&messages).await.unwrap().gas;
    let mut limited = wallet;
    for (limit, sequence) in [(30_000, 0), (enough - 2_000, 1)] {
        limited = limited.with_gas_limit(limit);
        let error = limited.execute_many(&messages).await.unwrap_err();
        let ChainError::OutOfGas { limit: named, used } = error else { panic!("{error}") };
        assert!(named == limit && used > limit);
        assert_eq!(chain.account(&own).await.unwrap().sequence, sequence);
    }
    let wallet = limited.with_gas_limit(200_000);

    let poor = wallet.send(to.address(), &coins(90_000_000, DENOM)).await.unwrap_err();
    assert!(matches!(poor, ChainError::InsufficientFunds { .. }), "{poor}");
    let error = wallet.with_gas_limit(90_000_000_000).send(to.address(), &coins(1, DENOM)).await.unwrap_err();
    let too_much = matches!(&error, ChainError::InvalidTx { field, .. } if field == "gas_limit");
    assert!(too_much || matches!(error, ChainError::InsufficientFunds { .. }), "{error}");
}

#[tokio::test]
#[ignore = "needs a chain, see the head of this file"]
async fn fees_are_the_chains() {
    let (_, chain) = connect(options()).await;
    let rich = account(&chain, 6).await;
    for (denom, price) in [(DENOM, Decimal::permille(1)), ("uusd", Decimal::permille(25))] {
        let (_, cheap) = connect(options().fees(denom, price)).await;
        let wallet = Wallet::connect(cheap, funded()).await.unwrap().with_gas_limit(100_000);
        let error = wallet.send(rich.address(), &coins(1, DENOM)).await.unwrap_err();
        let required = fee_for_gas(100_000, Decimal::permille(25), DENOM).unwrap().unwrap();
        match &error {
            ChainError::InsufficientFee { required: asked, got } if denom == DENOM => {
                assert_eq!((asked, got.u128()), (&required, 100));
            }
            ChainError::WrongFeeDenom { expected, got } => {
                assert_eq!((expected.as_str(), got.as_str()), (DENOM, "uusd"));
            }
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
#[ignore = "needs a chain, see the head of this file"]
async fn sequences_are_found_again_and_a_transaction_is_taken_once() {
    let (_, chain) = connect(options()).await;
    let wallet = account(&chain, 7).await;
    let (own, to, mut signed) = (wallet.address().to_owned(), key(5), vec![]);
    let messages = [Message::Send { to: to.address().into(), funds: coins(1, DENOM) }];
    let first = wallet
        .submit(&messages, |tx| {
            signed.push(tx.clone());
            Ok(())
        })
        .await
        .unwrap();
    let error = chain.broadcast(&signed[0].bytes).await.unwrap_err();
    assert_eq!(error, ChainError::SequenceMismatch { expected: 1, got: 0 });
    assert_eq!(chain.resend(&signed[0].bytes).await.unwrap(), first);
    let mut flipped = signed[0].bytes.clone();
    *flipped.last_mut().unwrap() ^= 1;
    assert!(chain.broadcast(&flipped).await.is_err());
    let large = Message::Execute {
        contract: cosmrs::AccountId::new("bithive", &[9; 32]).unwrap().to_string(),
        msg: vec![b' '; 2 << 20],
        funds: vec![],
    };
    let wallet = wallet.with_gas_limit(60_000_000);
    let error = wallet.execute_many(&[large]).await.unwrap_err();
    assert!(matches!(error, ChainError::TxTooLarge { .. }), "{error}");
    wallet.with_gas_limit(200_000).execute_many(&messages).await.unwrap();
    assert_eq!(chain.account(&own).await.unwrap().sequence, 2);
}

#[tokio::test]
#[ignore = "needs a chain, see the head of this file"]
async fn two_programs_share_a_key() {
    let (_, chain) = connect(options()).await;
    let shared = fresh(&chain, 8).await;
    let senders: Vec<_> = (0..2)
        .map(|_| {
            let (chain, key, to) = (chain.clone(), shared.clone(), key(5).address().to_owned());
            tokio::spawn(async move {
                let wallet = Wallet::connect(chain, key).await.unwrap();
                let mut sent = 0;
                while sent < 3 {
                    match wallet.send(&to, &coins(1, DENOM)).await {
                        Ok(_) => sent += 1,
                        Err(error) => {
                            assert!(matches!(error, ChainError::SequenceMismatch { .. }), "{error}")
                        }
                    }
                }
            })
        })
        .collect();
    for sender in senders {
        sender.await.unwrap();
    }
    assert_eq!(chain.account(shared.address()).await.unwrap().sequence, 6);
}
