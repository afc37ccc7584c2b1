use crate::{
    probe::{Execute, Query},
    setup::{Access, DENOM, RICH, Setup, builder, key, reach, setup, wallet},
};
use bithive_chain::{BECH32_PREFIX, ChainError, ChainExt, Message, TxHash};
use cosmrs::{
    AccountId,
    proto::{cosmos::tx::v1beta1::TxRaw, traits::Message as _},
};
use cosmwasm_std::{Binary, Decimal, Empty, Uint128, coin, coins};
use std::time::Duration;

on_both!(
    a_signed_call_changes_what_a_query_sees,
    addresses_are_of_this_network,
    a_contracts_data_reaches_the_receipt_without_envelope,
    a_fee_moves_from_the_sender_to_the_collector,
    a_wrong_sequence_is_refused,
    a_transaction_is_taken_once,
    an_outbox_sends_what_was_not_sent_and_finds_what_was,
    a_signature_by_another_key_is_refused,
    a_signature_for_another_chain_is_refused,
    a_signature_for_another_account_number_is_refused,
    the_high_twin_of_a_signature_is_refused,
    any_flipped_byte_of_a_transaction_is_refused,
    bytes_that_are_no_transaction_are_refused,
    a_transaction_longer_than_the_chain_takes_is_refused,
    a_fee_below_the_price_is_refused,
    a_fee_in_another_coin_is_refused,
    a_fee_the_sender_does_not_have_is_refused,
    a_gas_limit_above_a_block_is_refused,
    a_transaction_past_its_timeout_height_is_refused,
    an_account_without_coins_does_not_exist_until_it_gets_some,
    a_failing_message_reverts_everything_but_the_fee,
    messages_of_a_transaction_take_effect_together_or_not_at_all,
    coins_that_are_not_there_cannot_be_sent,
    coins_sent_with_a_call_reach_the_contract_and_can_be_paid_out,
    only_the_admin_migrates_and_only_to_code_that_exists,
    a_contract_that_does_not_exist_is_named,
    a_failing_query_tells_the_contracts_words,
    a_cw20_token_transfers,
    a_price_of_zero_makes_transactions_free,
);

/// That a refused transaction left no trace: no block, no fee, no sequence, no state.
async fn assert_refused(setup: &Setup, tx: &[u8], expected: impl FnOnce(&ChainError) -> bool) {
    let before =
        (setup.account(1).await, setup.balance(key(1).address()).await, setup.chain.info().await.unwrap());
    let error = setup.chain.broadcast(tx).await.unwrap_err();
    assert!(expected(&error), "unexpected error: {error}");
    let after =
        (setup.account(1).await, setup.balance(key(1).address()).await, setup.chain.info().await.unwrap());
    assert_eq!(before, after);
    assert_eq!(setup.count().await, 0);
    assert_eq!(setup.chain.tx(TxHash::of(tx)).await.unwrap(), None);
}

async fn a_signed_call_changes_what_a_query_sees(at: Access) {
    let setup = setup(at).await;
    let receipt = setup.wallet.execute(&setup.probe, &Execute::Increment {}, &[]).await.unwrap();
    assert_eq!(setup.count().await, 1);

    let event = receipt.events_of("wasm-incremented").next().unwrap();
    assert_eq!(event.get("count"), Some("1"));
    assert_eq!(event.contract(), Some(setup.probe.as_str()));
    assert_eq!(event.get("msg_index"), Some("0"));
    assert_eq!(receipt.events_of("wasm").next().unwrap().get("by"), Some(setup.wallet.address()));
    assert_eq!(setup.chain.tx(receipt.hash).await.unwrap(), Some(Ok(receipt.clone())));
    assert_eq!(setup.chain.info().await.unwrap().height, receipt.height);
}

async fn addresses_are_of_this_network(at: Access) {
    let setup = setup(at).await;
    let contract: AccountId = setup.probe.parse().unwrap();
    assert_eq!((contract.prefix(), contract.to_bytes().len()), (BECH32_PREFIX, 32));
    for (address, expected) in [
        (setup.probe.clone(), true),
        (setup.wallet.address().to_owned(), true),
        (setup.wallet.address().to_uppercase(), false),
        (AccountId::new("cosmos", &[1; 20]).unwrap().to_string(), false),
        (AccountId::new(BECH32_PREFIX, &[1; 21]).unwrap().to_string(), false),
    ] {
        let valid: bool = setup.chain.query(&setup.probe, &Query::ValidAddress { address }).await.unwrap();
        assert_eq!(valid, expected);
    }
}

async fn a_contracts_data_reaches_the_receipt_without_envelope(at: Access) {
    let setup = setup(at).await;
    let data = Binary::from(b"answer".to_vec());
    let messages = [setup.call(&Execute::Answer { data }), setup.call(&Execute::Increment {})];
    let receipt = setup.wallet.execute_many(&messages).await.unwrap();
    assert_eq!(receipt.data, [b"answer".to_vec(), vec![]]);
}

async fn a_fee_moves_from_the_sender_to_the_collector(at: Access) {
    let setup = setup(at).await;
    let before = setup.balance(setup.wallet.address()).await;
    let receipt = setup.wallet.execute(&setup.probe, &Execute::Increment {}, &[]).await.unwrap();
    let paid = before - setup.balance(setup.wallet.address()).await;
    assert_eq!(paid, u128::from(receipt.gas_wanted.div_ceil(40)));

    let collector =
        AccountId::new(BECH32_PREFIX, &hex::decode("f1829676db577682e944fc3493d451b67ff3e29f").unwrap());
    assert_eq!(
        setup.balance(collector.unwrap().as_ref()).await,
        RICH - setup.balance(setup.wallet.address()).await
    );
}

async fn a_wrong_sequence_is_refused(at: Access) {
    let setup = setup(at).await;
    let mut draft = setup.draft().await;
    draft.account.sequence += 1;
    let expected = ChainError::SequenceMismatch { expected: 1, got: 2 };
    assert_refused(&setup, &draft.sign(), |error| *error == expected).await;
}

async fn a_transaction_is_taken_once(at: Access) {
    let setup = setup(at).await;
    let tx = setup.draft().await.sign();
    let receipt = setup.chain.broadcast(&tx).await.unwrap();
    let again = setup.chain.broadcast(&tx).await.unwrap_err();
    assert_eq!(again, ChainError::SequenceMismatch { expected: 2, got: 1 });
    assert_eq!(setup.chain.resend(&tx).await.unwrap(), receipt);
    assert_eq!(setup.count().await, 1);
}

async fn an_outbox_sends_what_was_not_sent_and_finds_what_was(at: Access) {
    let setup = setup(at).await;
    let tx = setup.draft().await.sign();
    let receipt = setup.chain.resend(&tx).await.unwrap();
    assert_eq!(setup.chain.resend(&tx).await.unwrap(), receipt);
    assert_eq!(setup.count().await, 1);
    let mut late = setup.draft().await;
    late.account.sequence += 1;
    let error = setup.chain.resend(&late.sign()).await.unwrap_err();
    assert_eq!(error, ChainError::SequenceMismatch { expected: 2, got: 3 });
}

async fn a_signature_by_another_key_is_refused(at: Access) {
    let setup = setup(at).await;
    let mut draft = setup.draft().await;
    draft.signer = key(2);
    assert_refused(&setup, &draft.sign(), |error| matches!(error, ChainError::BadSignature { .. })).await;
}

async fn a_signature_for_another_chain_is_refused(at: Access) {
    let setup = setup(at).await;
    let mut draft = setup.draft().await;
    draft.info.chain_id = "test-2".into();
    let shows_chain = |error: &ChainError| matches!(error, ChainError::BadSignature { chain_id, .. } if chain_id == "test-1");
    assert_refused(&setup, &draft.sign(), shows_chain).await;
}

async fn a_signature_for_another_account_number_is_refused(at: Access) {
    let setup = setup(at).await;
    let mut draft = setup.draft().await;
    draft.account.number += 1;
    assert_refused(&setup, &draft.sign(), |error| matches!(error, ChainError::BadSignature { .. })).await;
}

async fn the_high_twin_of_a_signature_is_refused(at: Access) {
    let setup = setup(at).await;
    let mut raw = TxRaw::decode(setup.draft().await.sign().as_slice()).unwrap();
    raw.signatures[0] = negate_s(&raw.signatures[0]);
    assert_refused(&setup, &raw.encode_to_vec(), |error| matches!(error, ChainError::BadSignature { .. }))
        .await;
}

/// The other signature that the same equation accepts: s becomes the order of the curve minus s.
fn negate_s(signature: &[u8]) -> Vec<u8> {
    let order = hex::decode("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141").unwrap();
    let mut twin = signature.to_vec();
    let mut borrow = 0;
    for i in (0..32).rev() {
        let digit = i16::from(order[i]) - i16::from(signature[32 + i]) - borrow;
        borrow = i16::from(digit < 0);
        twin[32 + i] = digit.rem_euclid(256) as u8;
    }
    twin
}

async fn any_flipped_byte_of_a_transaction_is_refused(at: Access) {
    let setup = setup(at).await;
    let tx = setup.draft().await.sign();
    for index in 0..tx.len() {
        let mut mutated = tx.clone();
        mutated[index] ^= 1;
        assert!(setup.chain.broadcast(&mutated).await.is_err(), "byte {index}");
    }
    assert_eq!(setup.count().await, 0);
    assert_eq!(setup.account(1).await.sequence, 1);
}

async fn bytes_that_are_no_transaction_are_refused(at: Access) {
    let setup = setup(at).await;
    for bytes in [vec![], vec![0xff; 40], vec![0; 4_000]] {
        assert_refused(&setup, &bytes, |error| matches!(error, ChainError::InvalidTx { .. })).await;
    }
}

async fn a_transaction_longer_than_the_chain_takes_is_refused(at: Access) {
    let setup = setup(at).await;
    let wallet = wallet(&setup.chain, 1).await.with_gas_limit(1_000_000);
    let data = Binary::from(vec![7; 1 << 20]);
    let error = wallet.execute(&setup.probe, &Execute::Answer { data }, &[]).await.unwrap_err();
    assert!(matches!(error, ChainError::TxTooLarge { size, .. } if size > 1 << 20), "{error}");
}

async fn a_fee_below_the_price_is_refused(at: Access) {
    let setup = setup(at).await;
    let mut draft = setup.draft().await;
    draft.fee = coins(7_499, DENOM);
    let expected = ChainError::InsufficientFee { required: coin(7_500, DENOM), got: Uint128::new(7_499) };
    assert_refused(&setup, &draft.sign(), |error| *error == expected).await;
    draft.fee = vec![];
    assert_refused(&setup, &draft.sign(), |error| matches!(error, ChainError::InsufficientFee { .. })).await;
}

async fn a_fee_in_another_coin_is_refused(at: Access) {
    let setup = setup(at).await;
    let mut draft = setup.draft().await;
    draft.fee = coins(1_000_000, "uusd");
    assert_refused(&setup, &draft.sign(), |error| matches!(error, ChainError::WrongFeeDenom { .. })).await;
}

async fn a_fee_the_sender_does_not_have_is_refused(at: Access) {
    let setup = setup(at).await;
    let mut draft = setup.draft().await;
    draft.fee = coins(RICH * 2, DENOM);
    assert_refused(&setup, &draft.sign(), |error| matches!(error, ChainError::InsufficientFunds { .. }))
        .await;
}

async fn a_gas_limit_above_a_block_is_refused(at: Access) {
    let setup = setup(at).await;
    let mut draft = setup.draft().await;
    draft.gas_limit = u64::MAX;
    let names_field =
        |error: &ChainError| matches!(error, ChainError::InvalidTx { field, .. } if field == "gas_limit");
    assert_refused(&setup, &draft.sign(), names_field).await;
}

async fn a_transaction_past_its_timeout_height_is_refused(at: Access) {
    let setup = setup(at).await;
    let mut draft = setup.draft().await;
    draft.timeout_height = 2;
    let expected = ChainError::TimedOut { timeout_height: 2, height: 3 };
    assert_refused(&setup, &draft.sign(), |error| *error == expected).await;
    draft.timeout_height = 3;
    setup.chain.broadcast(&draft.sign()).await.unwrap();
}

async fn an_account_without_coins_does_not_exist_until_it_gets_some(at: Access) {
    let setup = setup(at).await;
    let stranger = wallet(&setup.chain, 77).await;
    let error = stranger.execute(&setup.probe, &Execute::Increment {}, &[]).await.unwrap_err();
    assert_eq!(error, ChainError::NoSuchAccount { address: stranger.address().into() });
    setup.wallet.send(stranger.address(), &coins(1_000_000, DENOM)).await.unwrap();
    stranger.execute(&setup.probe, &Execute::Increment {}, &[]).await.unwrap();
}

async fn a_failing_message_reverts_everything_but_the_fee(at: Access) {
    let setup = setup(at).await;
    let wallet = wallet(&setup.chain, 1).await.with_gas_limit(300_000);
    let before = setup.balance(wallet.address()).await;
    for (msg, words) in [
        (Execute::IncrementAndFail {}, "Generic error: told to fail"),
        (Execute::IncrementAndPanic {}, "panicked: told to panic"),
    ] {
        let sequence = setup.account(1).await.sequence;
        let error = wallet.execute(&setup.probe, &msg, &[]).await.unwrap_err();
        let expected =
            ChainError::Contract { message_index: 0, contract: setup.probe.clone(), error: words.into() };
        assert_eq!(error, expected);
        assert_eq!(setup.count().await, 0);
        assert_eq!(setup.account(1).await.sequence, sequence + 1);

        let block = setup.chain.latest_block().await.unwrap();
        assert_eq!(block.txs[0].error, Some(expected.clone()));
        assert!(block.txs[0].events.iter().all(|event| event.kind == "tx"));
        assert_eq!(setup.chain.tx(block.txs[0].hash).await.unwrap(), Some(Err(expected)));
    }
    assert_eq!(before - setup.balance(wallet.address()).await, 2 * 7_500);
}

async fn messages_of_a_transaction_take_effect_together_or_not_at_all(at: Access) {
    let setup = setup(at).await;
    let wallet = wallet(&setup.chain, 1).await.with_gas_limit(900_000);
    let to = key(50);
    let good = setup.call(&Execute::Increment {});
    let pay = Message::Send { to: to.address().into(), funds: coins(5, DENOM) };
    let bad = setup.call(&Execute::IncrementAndFail {});

    let error = wallet.execute_many(&[good.clone(), pay.clone(), bad]).await.unwrap_err();
    assert!(matches!(error, ChainError::Contract { message_index: 2, .. }), "{error}");
    assert_eq!((setup.count().await, setup.balance(to.address()).await), (0, 0));

    let receipt = wallet.execute_many(&[good.clone(), pay, good]).await.unwrap();
    assert_eq!((setup.count().await, setup.balance(to.address()).await), (2, 5));
    let counts: Vec<_> =
        receipt.events_of("wasm-incremented").map(|event| event.get("msg_index").unwrap()).collect();
    assert_eq!(counts, ["0", "2"]);
}

async fn coins_that_are_not_there_cannot_be_sent(at: Access) {
    let setup = setup(at).await;
    let error = setup.wallet.send(key(2).address(), &coins(RICH * 2, DENOM)).await.unwrap_err();
    assert!(matches!(error, ChainError::InsufficientFunds { required, .. } if required.u128() == RICH * 2));
    let error =
        setup.wallet.execute(&setup.probe, &Execute::Increment {}, &coins(1, "uusd")).await.unwrap_err();
    assert!(matches!(error, ChainError::InsufficientFunds { denom, .. } if denom == "uusd"));
    let pay = Execute::Pay { to: key(2).address().into(), amount: coin(1, DENOM) };
    let error = setup.wallet.execute(&setup.probe, &pay, &[]).await.unwrap_err();
    assert!(matches!(error, ChainError::Execution { message_index: 0, .. }), "{error}");
}

async fn coins_sent_with_a_call_reach_the_contract_and_can_be_paid_out(at: Access) {
    let setup = setup(at).await;
    setup.wallet.execute(&setup.probe, &Execute::Increment {}, &coins(9, DENOM)).await.unwrap();
    assert_eq!(setup.balance(&setup.probe).await, 9);
    let pay = Execute::Pay { to: key(50).address().into(), amount: coin(4, DENOM) };
    setup.wallet.execute(&setup.probe, &pay, &[]).await.unwrap();
    assert_eq!((setup.balance(&setup.probe).await, setup.balance(key(50).address()).await), (5, 4));
}

async fn only_the_admin_migrates_and_only_to_code_that_exists(at: Access) {
    let setup = setup(at).await;
    let other = wallet(&setup.chain, 2).await;
    let error = other.migrate(&setup.probe, 2, &Empty {}).await.unwrap_err();
    assert!(matches!(error, ChainError::Unauthorized { sender, .. } if sender == other.address()));
    for code_id in [0, 3] {
        let error = setup.wallet.migrate(&setup.probe, code_id, &Empty {}).await.unwrap_err();
        assert!(matches!(error, ChainError::NoSuchCode { code_id: named, .. } if named == code_id));
        let error = setup.wallet.instantiate(code_id, &Empty {}, "x", None).await.unwrap_err();
        assert!(matches!(error, ChainError::NoSuchCode { code_id: named, .. } if named == code_id));
    }
    setup.wallet.migrate(&setup.probe, 2, &Empty {}).await.unwrap();
    assert_eq!(setup.count().await, 1_000);
}

async fn a_contract_that_does_not_exist_is_named(at: Access) {
    let setup = setup(at).await;
    let nowhere = AccountId::new(BECH32_PREFIX, &[9; 32]).unwrap().to_string();
    let expected = ChainError::NoSuchContract { address: nowhere.clone() };
    assert_eq!(setup.wallet.execute(&nowhere, &Execute::Increment {}, &[]).await.unwrap_err(), expected);
    assert_eq!(setup.chain.query::<u64, _>(&nowhere, &Query::Count {}).await.unwrap_err(), expected);
}

async fn a_failing_query_tells_the_contracts_words(at: Access) {
    let setup = setup(at).await;
    let error = setup.chain.query::<u64, _>(&setup.probe, &Query::Fail {}).await.unwrap_err();
    let expected = "Generic error: no such thing";
    assert!(matches!(error, ChainError::Query { error, .. } if error == expected));
    let error = setup.chain.query::<u64, _>(&setup.probe, &Query::Panic {}).await.unwrap_err();
    assert!(matches!(error, ChainError::Query { error, .. } if error == "panicked: told to panic"));
    let error = setup.chain.query::<String, _>(&setup.probe, &Query::Count {}).await.unwrap_err();
    assert!(matches!(error, ChainError::Decode { .. }));
    let error = setup.chain.query::<u64, _>("nonsense", &Query::Count {}).await.unwrap_err();
    assert!(matches!(error, ChainError::InvalidAddress { .. }));
}

async fn a_cw20_token_transfers(at: Access) {
    use cw20_base::contract::{execute, instantiate, query};
    let chain = builder()
        .code("token", || Box::new(cw_multi_test::ContractWrapper::new(execute, instantiate, query)))
        .build()
        .unwrap();
    let (chain, _server) = reach(&chain, at).await;
    let wallet = wallet(&chain, 1).await;
    let init = cw20_base::msg::InstantiateMsg {
        name: "Hive".into(),
        symbol: "HIVE".into(),
        decimals: 6,
        initial_balances: vec![cw20::Cw20Coin { address: wallet.address().into(), amount: 100u128.into() }],
        mint: None,
        marketing: None,
    };
    let token = wallet.instantiate(3, &init, "token", None).await.unwrap().contract;
    let to = key(2);
    let transfer = cw20::Cw20ExecuteMsg::Transfer { recipient: to.address().into(), amount: 30u128.into() };
    let receipt = wallet.execute(&token, &transfer, &[]).await.unwrap();
    assert_eq!(receipt.events_of("wasm").next().unwrap().get("amount"), Some("30"));
    let ask = cw20::Cw20QueryMsg::Balance { address: to.address().into() };
    let held: cw20::BalanceResponse = chain.query(&token, &ask).await.unwrap();
    assert_eq!(held.balance.u128(), 30);
}

async fn a_price_of_zero_makes_transactions_free(at: Access) {
    let chain = builder().gas_price(Decimal::zero()).block_time(Duration::ZERO).build().unwrap();
    let setup = crate::setup::setup_on(chain, at).await;
    setup.wallet.execute(&setup.probe, &Execute::Increment {}, &[]).await.unwrap();
    assert_eq!(setup.balance(setup.wallet.address()).await, RICH);
}
