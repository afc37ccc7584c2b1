//! What a seller gives back: of what it sends, to the payer, never more than was paid.

use bithive_api::checkout::{ExecuteMsg, Hook, Offer};
use bithive_checkout::ContractError;
use bithive_contract_kit::InputError;
use bithive_test_kit::checkout::paying;
use bithive_test_kit::refusal;
use cosmwasm_std::to_json_binary;
use cw20::Cw20ReceiveMsg;

use crate::world::{WEALTH, World, fixed};

#[test]
fn refunds_of_a_receipt_sum_to_what_was_paid_at_most() {
    let mut world = World::new();
    let id = world.put_fixed(100);
    world.buy(id, 1, 100).unwrap();
    world.refund(1, 30).unwrap();
    let error: ContractError = refusal(world.refund(1, 71));
    assert_eq!(error, ContractError::AbovePaid { receipt: 1, found: 71u128.into(), left: 70u128.into() });
    world.refund(1, 70).unwrap();
    let error: ContractError = refusal(world.refund(1, 1));
    assert_eq!(error, ContractError::AbovePaid { receipt: 1, found: 1u128.into(), left: 0u128.into() });
    assert_eq!(world.receipt(1).refunded.u128(), 100);
    let (payer, seller) = (world.payer.clone(), world.seller.clone());
    for account in [&payer, &seller] {
        world.withdraw(account).unwrap();
        assert_eq!(world.suite.balance(account), WEALTH, "both have what they had");
    }
    world.check();
}

#[test]
fn a_seller_refunds_after_its_offer_has_ended_and_in_the_offers_asset_only() {
    let mut world = World::new();
    let (seller, btt) = (world.seller.clone(), world.btt());
    let [_, coin, _] = world.assets();
    let offer = Offer { uses: Some(1), expires: Some(world.suite.now() + 5), ..world.offering(fixed(100)) };
    let id = world.put(offer);
    world.buy(id, 1, 100).unwrap();
    world.suite.advance(6);
    world.send(&seller, &ExecuteMsg::Cancel { id }).unwrap();
    let refused = world.checkout.refund(&mut world.suite, &seller, (&coin, 100), 1);
    let (found, expected) = (coin.to_string(), btt.to_string());
    assert_eq!(refusal::<ContractError>(refused), ContractError::WrongAsset { id, found, expected });
    world.refund(1, 100).unwrap();
    assert_eq!(world.owed(&world.payer), 100);
    // What was given back makes the offer no cheaper: the same payment is still the one that was made.
    assert_eq!(world.refused_pay(100, paying(id, 1, 100)), ContractError::PaidBefore { receipt: 1 });
    world.check();
}

#[test]
fn nobody_but_the_seller_refunds_by_coins_or_by_tokens() {
    let mut world = World::new();
    let id = world.put_fixed(100);
    world.buy(id, 1, 100).unwrap();
    let (payer, btt) = (world.payer.clone(), world.btt());
    let by_tokens = world.checkout.refund(&mut world.suite, &payer, (&btt, 5), 1);
    assert!(matches!(refusal(by_tokens), ContractError::Unauthorized(_)));
    let [_, coin, _] = world.assets();
    let by_coins = world.checkout.refund(&mut world.suite, &payer, (&coin, 5), 1);
    assert!(matches!(refusal(by_coins), ContractError::Unauthorized(_)));
    // A token that says the seller has sent it gives back in its own asset, which is not the offer's.
    let fake = world.suite.account("fake token");
    let msg = to_json_binary(&Hook::Refund { receipt: 1 }).unwrap();
    let hook = Cw20ReceiveMsg { sender: world.seller.to_string(), amount: 5u128.into(), msg };
    let error = world.refused(&fake, &ExecuteMsg::Receive(hook));
    assert!(matches!(error, ContractError::WrongAsset { .. }), "{error:?}");
    assert_eq!(refusal::<ContractError>(world.refund(9, 5)), ContractError::NoReceipt { id: 9 });
    assert_eq!(world.receipt(1).refunded.u128(), 0);
    world.check();
}

#[test]
fn nothing_is_no_refund() {
    let mut world = World::new();
    let fake = world.suite.account("fake token");
    let msg = to_json_binary(&Hook::Refund { receipt: 1 }).unwrap();
    let hook = Cw20ReceiveMsg { sender: world.seller.to_string(), amount: 0u128.into(), msg };
    let error = world.refused(&fake, &ExecuteMsg::Receive(hook));
    assert_eq!(error, ContractError::Input(InputError::Zero { field: "the refund" }));
}
