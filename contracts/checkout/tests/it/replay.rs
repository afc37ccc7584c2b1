//! A payment that is sent again: its funds stay, and its sender is told which receipt has it.

use bithive_api::asset::Asset;
use bithive_api::checkout::{ExecuteMsg, Hook, Offer, Pay, Price};
use bithive_checkout::ContractError;
use bithive_contract_kit::InputError;
use bithive_test_kit::checkout::{offering, paying};
use cosmwasm_std::to_json_binary;
use cw20::Cw20ReceiveMsg;

use crate::world::{WEALTH, World, fixed};

#[test]
fn the_same_payment_again_is_refused_with_its_receipt_and_its_funds_stay() {
    let mut world = World::new();
    let id = world.put_fixed(100);
    world.buy(id, 1, 100).unwrap();
    for _ in 0..2 {
        assert_eq!(world.refused_pay(100, paying(id, 1, 100)), ContractError::PaidBefore { receipt: 1 });
    }
    assert_eq!((world.owed(&world.seller), world.suite.balance(&world.payer)), (100, WEALTH - 100));
    world.check();
}

#[test]
fn whoever_repeats_a_payment_is_told_of_its_receipt_whatever_became_of_the_offer() {
    let mut world = World::new();
    let (seller, expires) = (world.seller.clone(), world.suite.now() + 10);
    let invoice = Offer { uses: Some(1), expires: Some(expires), ..world.offering(fixed(100)) };
    let sold_out = world.put(invoice);
    world.buy(sold_out, 1, 100).unwrap();
    assert_eq!(world.refused_pay(100, paying(sold_out, 1, 100)), ContractError::PaidBefore { receipt: 1 });
    let cancelled = world.put_fixed(100);
    world.buy(cancelled, 2, 100).unwrap();
    world.send(&seller, &ExecuteMsg::Cancel { id: cancelled }).unwrap();
    let quoted = world.offering(world.quoted(5));
    let quoted = world.put(quoted);
    world.set_price(Some((1, 0, 1)));
    world.buy(quoted, 3, 5).unwrap();
    world.set_price(None);
    world.suite.advance(11);
    for (id, number, max, receipt) in [(sold_out, 1, 100, 1), (cancelled, 2, 100, 2), (quoted, 3, 5, 3)] {
        assert_eq!(world.refused_pay(max, paying(id, number, max)), ContractError::PaidBefore { receipt });
    }
    // Under a new key the offers' own refusals hold.
    assert_eq!(world.refused_pay(100, paying(cancelled, 9, 100)), ContractError::Cancelled { id: cancelled });
}

#[test]
fn a_key_of_another_payment_is_a_conflict_that_names_the_receipt() {
    let mut world = World::new();
    let friend = world.suite.account("friend").to_string();
    let open = Offer { referral_bps: 100, ..world.offering(Price::Open { least: 1u128.into() }) };
    let [id, other] = [0; 2].map(|_| world.put(open.clone()));
    world.buy(id, 1, 100).unwrap();
    for (sent, another) in [
        (100, paying(other, 1, 100)),
        (101, paying(id, 1, 101)),
        (100, Pay { referrer: Some(friend), ..paying(id, 1, 100) }),
    ] {
        assert_eq!(world.refused_pay(sent, another), ContractError::Conflict { receipt: 1 });
    }
    assert_eq!(world.owed(&world.seller), 100);
    world.check();
}

#[test]
fn a_key_is_one_payers_and_of_one_asset() {
    let mut world = World::new();
    let (payer, seller, btt) = (world.payer.clone(), world.seller.clone(), world.btt());
    let [_, coin, _] = world.assets();
    let (tokens, coins) = (world.put_fixed(10), world.put(offering(&coin, fixed(10))));
    world.buy(tokens, 1, 10).unwrap();
    world.checkout.pay(&mut world.suite, &seller, (&btt, 10), paying(tokens, 1, 10)).unwrap();
    world.checkout.pay(&mut world.suite, &payer, (&coin, 10), paying(coins, 1, 10)).unwrap();
    let found = |who, asset| world.checkout.payment(&world.suite, who, asset, 1).map(|receipt| receipt.id);
    assert_eq!(
        [found(&payer, &btt), found(&seller, &btt), found(&payer, &coin)],
        [Some(1), Some(2), Some(3)]
    );
    assert_eq!((found(&seller, &coin), found(&world.stranger, &btt)), (None, None));
}

#[test]
fn a_made_up_token_uses_up_no_key_of_a_payment_in_another_asset() {
    let mut world = World::new();
    let (fake, payer) = (world.suite.account("fake token"), world.payer.clone());
    let trap = world.put(offering(&Asset::Cw20(fake.to_string()), fixed(1)));
    let id = world.put_fixed(100);
    // It has seen the payer's key, and says that the payer has paid the trap under it.
    let msg = to_json_binary(&Hook::Pay(paying(trap, 1, 1))).unwrap();
    let hook = Cw20ReceiveMsg { sender: payer.to_string(), amount: 1u128.into(), msg };
    world.send(&fake, &ExecuteMsg::Receive(hook)).unwrap();
    world.buy(id, 1, 100).unwrap();
    assert_eq!((world.owed(&world.seller), world.receipt(2).offer), (100, id));
    world.check();
}

#[test]
fn a_key_has_sixteen_to_sixty_four_bytes() {
    let mut world = World::new();
    let id = world.put_fixed(10);
    for bytes in [0, 15, 65] {
        let error = world.refused_pay(10, Pay { key: vec![1; bytes].into(), ..paying(id, 1, 10) });
        let length = InputError::Length { field: "key", found: bytes, least: 16, most: 64 };
        assert_eq!(error, ContractError::Input(length));
    }
    for bytes in [16, 64] {
        world.pay(10, Pay { key: vec![1; bytes].into(), ..paying(id, 1, 10) }).unwrap();
    }
    world.check();
}
