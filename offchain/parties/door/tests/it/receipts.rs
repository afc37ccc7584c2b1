//! Payments that the chain has: whose they are, what they are for, and whether they were given back.

use bithive_api::checkout::{ExecuteMsg, Pay};
use bithive_chain::TxFile;
use bithive_x402::{Code, Digest, Exact, PaidBy};

use crate::shop::Shop;
use crate::world::{PRICE, account};

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_receipt_buys_nothing() {
    let mut shop = Shop::new().await;
    let door = shop.door().await;
    let key = shop.world.another_key();
    let stranger = account(shop.world.seller.client(), key.clone()).await;
    // The payer pays; its key and address are on the chain for all to see.
    shop.checkout.pay(&shop.world.payer, (&shop.world.btt, PRICE), shop.pay(0)).await.unwrap();
    let [paid]: [_; 1] = shop.receipts().await.try_into().unwrap();
    // The stranger knows the request, and not the salt.
    for salt in [Digest([0; 32]), shop.order(0).request] {
        let said = shop.show_with(door.address(), 0, Exact { by: shop.receipt_of_payer(), salt }).await;
        assert_eq!((said.status, said.kind().as_str()), (402, Code::NoReceipt.as_str()), "{said:?}");
    }
    // Where it knew it, it would still have no receipt of its own.
    for name in [stranger.address(), "nobody", "", &"x".repeat(500)] {
        let said = shop.show(door.address(), 0, PaidBy::Receipt(name.to_owned())).await;
        assert_eq!((said.status, said.kind().as_str()), (402, Code::NoReceipt.as_str()), "{said:?}");
    }
    // It pays something itself under the payer's key: that is its own payment, and takes nothing from the payer's.
    let fees = bithive_local::fee_grant();
    let coins = 10 * PRICE;
    shop.world
        .payer
        .grant(stranger.address(), coins, cosmwasm_std::coin(fees.amount.u128() / 10, fees.denom))
        .await
        .unwrap();
    let copied = Pay { key: paid.key.clone(), ..shop.pay(0) };
    shop.checkout.pay(&stranger, (&shop.world.btt, PRICE), copied).await.unwrap();
    let said = shop.show(door.address(), 0, shop.receipt_of_payer()).await;
    assert_eq!((said.status, said.settled().extra.unwrap().receipt), (200, Some(paid.id)), "{said:?}");
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_for_another_offer_of_the_seller_buys_nothing() {
    let shop = Shop::new().await;
    let door = shop.door().await;
    let cheap = shop.offer(|offer| offer.price = bithive_api::checkout::Price::Fixed(1u128.into())).await;
    // Under the very key of the request.
    let pay = Pay { offer: cheap, max: 1u128.into(), ..shop.pay(0) };
    shop.checkout.pay(&shop.world.payer, (&shop.world.btt, 1), pay).await.unwrap();
    let said = shop.show(door.address(), 0, shop.receipt_of_payer()).await;
    assert_eq!((said.status, said.kind().as_str()), (402, Code::NoReceipt.as_str()), "{said:?}");
    assert_eq!(shop.earned().await, 1);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_was_given_back_buys_nothing_and_what_was_served_before_stays() {
    let shop = Shop::new().await;
    let door = shop.door().await;
    let served = shop.paying(1).await;
    assert_eq!(shop.show(door.address(), 1, served.clone()).await.status, 200);
    shop.checkout.pay(&shop.world.payer, (&shop.world.btt, PRICE), shop.pay(0)).await.unwrap();
    for receipt in shop.receipts().await {
        shop.checkout.refund(&shop.world.seller, (&shop.world.btt, 1), receipt.id).await.unwrap();
    }
    for by in [shop.receipt_of_payer(), shop.paying(0).await] {
        let said = shop.show(door.address(), 0, by).await;
        assert_eq!((said.status, said.kind().as_str()), (402, Code::Refunded.as_str()), "{said:?}");
        assert!(!said.body.contains("probability"));
    }
    assert_eq!(shop.show(door.address(), 1, served).await.status, 200, "the kept reply");
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_would_fail_is_not_sent_and_costs_no_fee() {
    let mut shop = Shop::new().await;
    let door = shop.door().await;
    // An account with coins for fees and no tokens.
    let poor = shop.world.another_key();
    shop.world.payer.grant(poor.address(), 0, cosmwasm_std::coin(1_000_000, "ubee")).await.unwrap();
    let draft = shop.draft(&poor, &[shop.message(shop.pay(0))]).await;
    let bytes = draft.sign(&poor, false).unwrap().signed().unwrap().bytes;
    let said = shop.show(door.address(), 0, PaidBy::Transaction(bytes)).await;
    assert_eq!((said.status, said.kind().as_str()), (402, Code::Failed.as_str()), "{said:?}");
    // A sequence that another transaction has used.
    let stale = shop.paying(0).await;
    shop.world.payer.transfer(shop.world.seller.address(), 1).await.unwrap();
    let said = shop.show(door.address(), 0, stale).await;
    assert!([Code::Failed, Code::Transaction].iter().any(|code| said.kind() == code.as_str()), "{said:?}");
    // An offer that has ended since.
    let late = shop.paying(0).await;
    shop.checkout.execute(&shop.world.seller, &ExecuteMsg::Cancel { id: shop.offer }).await.unwrap();
    let before = shop.sequence().await;
    let said = shop.show(door.address(), 0, late).await;
    assert_eq!((said.status, said.kind().as_str()), (402, Code::Failed.as_str()), "{said:?}");
    assert_eq!((shop.sequence().await, shop.earned().await), (before, 0), "not even a fee was spent");
    door.stop().await;
}

/// The fee is looked at only when it is sent: a row is on disk then, and goes again.
#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_no_block_takes_leaves_no_row() {
    let shop = Shop::new().await;
    let (door, metrics) = shop.world.door_with(shop.terms()).await;
    let monitor = door.monitor();
    let draft = shop.draft(&shop.world.payer_key, &[shop.message(shop.pay(0))]).await.to_json().unwrap();
    let mut document: serde_json::Value = serde_json::from_str(&draft).unwrap();
    document["fee"] = serde_json::json!({ "denom": "ubee", "amount": "1" });
    let cheap = TxFile::from_json(document.to_string().as_bytes()).unwrap();
    let bytes = cheap.sign(&shop.world.payer_key, false).unwrap().signed().unwrap().bytes;
    let before = shop.sequence().await;
    let said = shop.show(door.address(), 0, PaidBy::Transaction(bytes)).await;
    assert_eq!((said.status, said.kind().as_str()), (402, Code::Transaction.as_str()), "{said:?}");
    assert_eq!((shop.sequence().await, shop.earned().await), (before, 0));
    monitor.refresh();
    let text = metrics.encode();
    assert!(text.contains("bithive_door_transactions_total{result=\"refused\"} 1\n"), "{text}");
    assert!(text.contains("bithive_door_unserved 0\n"), "{text}");
    let right = shop.paying(0).await;
    assert_eq!(shop.show(door.address(), 0, right).await.status, 200);
    assert!(metrics.encode().contains("bithive_door_transactions_total{result=\"done\"} 1\n"));
    door.stop().await;
}
