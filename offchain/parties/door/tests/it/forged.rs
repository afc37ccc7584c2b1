//! Transactions that are no payment of the request: none is sent.

use bithive_api::asset::Asset;
use bithive_api::checkout::Pay;
use bithive_chain::{Message, TxFile};
use bithive_x402::{Amount, Code, Exact, PaidBy, Payment};
use cosmwasm_std::coin;

use crate::shop::{SALT, Shop};
use crate::wire::{Said, ask};
use crate::world::{PRICE, row};

fn assert_refused(said: &Said, code: Code) {
    assert_eq!(said.kind(), code.as_str(), "{said:?}");
    assert_eq!(said.status, if code == Code::OtherRequest { 409 } else { 402 }, "{said:?}");
    let settled = said.settled();
    assert!(!settled.success && settled.error_reason.as_deref() == Some(code.as_str()));
    assert_eq!(said.required().accepts.len(), 2, "what a payment has to be");
    assert!(!said.body.contains("probability"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_pays_something_else_is_not_sent() {
    let shop = Shop::new().await;
    let door = shop.door().await;
    let before = shop.sequence().await;
    let (sound, btt) = (shop.pay(0), shop.world.btt.clone());
    let other_offer = shop.offer(|_| {}).await;
    let of = |asset: &Asset, sent: u128, pay: &Pay| {
        shop.checkout.payment_message((asset, sent), pay.clone()).unwrap()
    };
    let [payer, seller] = [&shop.world.payer, &shop.world.seller].map(|account| account.address().to_owned());
    let right = of(&btt, PRICE, &sound);
    let Message::Execute { contract, msg, .. } = right.clone() else { panic!() };
    let elsewhere = String::from_utf8(msg.clone())
        .unwrap()
        .replace(shop.checkout.contract(), shop.world.flows.contract());
    let wrong: Vec<(&str, Vec<Message>)> = vec![
        ("another offer", vec![of(&btt, PRICE, &Pay { offer: other_offer, ..sound.clone() })]),
        ("less funds", vec![of(&btt, PRICE - 1, &sound)]),
        ("more funds", vec![of(&btt, PRICE + 1, &sound)]),
        ("native coins", vec![of(&Asset::Native("ubee".into()), PRICE, &sound)]),
        ("another token", vec![of(&Asset::Cw20(shop.world.flows.contract().into()), PRICE, &sound)]),
        ("less at most", vec![of(&btt, PRICE, &Pay { max: (PRICE - 1).into(), ..sound.clone() })]),
        ("a referrer", vec![of(&btt, PRICE, &Pay { referrer: Some(payer.clone()), ..sound.clone() })]),
        (
            "tokens to another contract",
            vec![Message::Execute { contract: contract.clone(), msg: elsewhere.into_bytes(), funds: vec![] }],
        ),
        (
            "coins beside the tokens",
            vec![Message::Execute {
                contract: contract.clone(),
                msg: msg.clone(),
                funds: vec![coin(1, "ubee")],
            }],
        ),
        (
            "no message of checkout",
            vec![Message::Execute {
                contract,
                msg: b"{\"burn\":{\"amount\":\"1\"}}".to_vec(),
                funds: vec![],
            }],
        ),
        ("coins to the seller", vec![Message::Send { to: seller, funds: vec![coin(PRICE, "ubee")] }]),
        ("twice", vec![right.clone(), right.clone()]),
        (
            "something beside it",
            vec![right.clone(), Message::Send { to: payer, funds: vec![coin(1, "ubee")] }],
        ),
        (
            "something before it",
            vec![
                Message::Send { to: shop.checkout.contract().into(), funds: vec![coin(1, "ubee")] },
                right.clone(),
            ],
        ),
    ];
    for (what, messages) in wrong {
        let by = PaidBy::Transaction(shop.signed(&messages).await);
        let said = shop.show(door.address(), 0, by).await;
        assert_eq!(said.kind(), Code::Transaction.as_str(), "{what}: {said:?}");
        assert_refused(&said, Code::Transaction);
    }
    for bytes in [vec![1], vec![0xff; 300]] {
        assert_refused(&shop.show(door.address(), 0, PaidBy::Transaction(bytes)).await, Code::Transaction);
    }
    // Of another salt, which makes another key.
    let by = shop.paying(0).await;
    let said = shop
        .show_with(door.address(), 0, Exact { by: by.clone(), salt: bithive_x402::Digest([1; 32]) })
        .await;
    assert_refused(&said, Code::OtherRequest);
    // On other terms.
    let accepted = shop.accepted(door.address(), 0).await;
    for change in [
        &(|payment: &mut Payment| payment.accepted.amount = Amount(1)) as &dyn Fn(&mut Payment),
        &|payment| payment.accepted.pay_to = "bithive1other".into(),
        &|payment| payment.accepted.network = "cosmos:bithive-2".into(),
    ] {
        let mut payment = Payment::with_exact(None, accepted.clone(), Exact { by: by.clone(), salt: SALT });
        change(&mut payment);
        assert_refused(&ask(door.address(), &row(0), Some(&payment)).await, Code::Requirements);
    }
    assert_eq!((shop.sequence().await, shop.earned().await), (before, 0), "nothing was sent");
    assert_eq!(shop.show(door.address(), 0, by).await.status, 200, "the right one is");
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_of_another_chain_or_that_was_changed_is_not_sent() {
    let shop = Shop::new().await;
    let door = shop.door().await;
    let before = shop.sequence().await;
    let key = &shop.world.payer_key;
    let draft = shop.draft(key, &[shop.message(shop.pay(0))]).await.to_json().unwrap();
    let other = |name: &str, value: serde_json::Value| {
        let mut document: serde_json::Value = serde_json::from_str(&draft).unwrap();
        document[name] = value;
        let file = TxFile::from_json(document.to_string().as_bytes()).unwrap();
        file.sign(key, false).unwrap().signed().unwrap().bytes
    };
    for bytes in [
        other("chain_id", "bithive-2".into()),
        other("account_number", 999.into()),
        other("memo", "for you".into()),
    ] {
        assert_refused(&shop.show(door.address(), 0, PaidBy::Transaction(bytes)).await, Code::Transaction);
    }
    let PaidBy::Transaction(mut bytes) = shop.paying(0).await else { panic!() };
    *bytes.last_mut().unwrap() ^= 1;
    assert_refused(&shop.show(door.address(), 0, PaidBy::Transaction(bytes)).await, Code::Transaction);
    // What the chain would refuse: a sequence that is not yet there, a time that has passed.
    for (name, value) in [("sequence", before + 1), ("timeout_height", 1)] {
        let said = shop.show(door.address(), 0, PaidBy::Transaction(other(name, value.into()))).await;
        assert!(
            [Code::Failed, Code::Transaction].iter().any(|code| said.kind() == code.as_str()),
            "{name}: {said:?}"
        );
    }
    assert_eq!((shop.sequence().await, shop.earned().await), (before, 0), "nothing was sent");
    door.stop().await;
}
