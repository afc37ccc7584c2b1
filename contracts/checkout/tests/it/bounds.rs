//! What may not come with a message, and tokens that lie.

use bithive_api::asset::Asset;
use bithive_api::checkout::{ExecuteMsg, Hook, Price};
use bithive_checkout::ContractError;
use bithive_contract_kit::InputError;
use bithive_test_kit::FEE_DENOM;
use bithive_test_kit::checkout::{offering, paying};
use bithive_test_kit::flows::IBC_DENOM;
use bithive_test_kit::refusal;
use cosmwasm_std::{coin, coins, to_json_binary};
use cw20::Cw20ReceiveMsg;

use crate::world::{World, fixed};

#[test]
fn native_coins_are_refused_with_every_message_that_is_no_payment() {
    let mut world = World::new();
    let id = world.put_fixed(10);
    let (seller, contract) = (world.seller.clone(), world.checkout.address.clone());
    let hook = Cw20ReceiveMsg { sender: seller.to_string(), amount: 1u128.into(), msg: Default::default() };
    for message in [
        ExecuteMsg::Receive(hook),
        ExecuteMsg::Offer(world.offering(fixed(1))),
        ExecuteMsg::Cancel { id },
        ExecuteMsg::Withdraw { asset: world.btt() },
    ] {
        let result = world.suite.execute_with(&seller, &contract, &message, &coins(1, FEE_DENOM));
        let error: ContractError = refusal(result);
        assert!(matches!(error, ContractError::Input(InputError::Payment(_))), "{message:?}: {error:?}");
    }
    world.check();
}

#[test]
fn a_payment_in_coins_is_of_one_denomination() {
    let mut world = World::new();
    let [_, native, _] = world.assets();
    let id = world.put(offering(&native, fixed(1)));
    let (payer, contract) = (world.payer.clone(), world.checkout.address.clone());
    let pay = ExecuteMsg::Pay(paying(id, 1, 1));
    assert!(matches!(world.refused(&payer, &pay), ContractError::Coin(_)));
    let two = [coin(1, FEE_DENOM), coin(1, IBC_DENOM)];
    let result = world.suite.execute_with(&payer, &contract, &pay, &two);
    assert!(matches!(refusal(result), ContractError::Coin(_)));
    world.check();
}

#[test]
fn a_hook_of_no_known_token_credits_that_token_and_moves_no_other() {
    let mut world = World::new();
    let fake = world.suite.account("fake token");
    let (trap, id) = (world.put(offering(&Asset::Cw20(fake.to_string()), fixed(90))), world.put_fixed(90));
    let hook = |offer| {
        let msg = to_json_binary(&Hook::Pay(paying(offer, 1, 90))).unwrap();
        ExecuteMsg::Receive(Cw20ReceiveMsg { sender: world.payer.to_string(), amount: 90u128.into(), msg })
    };
    let (of_btt, of_fake) = (hook(id), hook(trap));
    let error = world.refused(&fake, &of_btt);
    assert!(matches!(error, ContractError::WrongAsset { .. }), "{error:?}");
    world.send(&fake, &of_fake).unwrap();
    let asset = Asset::Cw20(fake.to_string());
    assert_eq!(world.checkout.claimable(&world.suite, &world.seller, &asset), 90);
    assert_eq!(world.owed(&world.seller), 0);
    world.check();
}

#[test]
fn a_token_of_endless_supply_wraps_no_sum_and_blocks_no_other_asset() {
    let mut world = World::new();
    let fake = world.suite.account("fake token");
    let open = Price::Open { least: 1u128.into() };
    let trap = world.put(offering(&Asset::Cw20(fake.to_string()), open));
    let hook = |number| {
        let msg = to_json_binary(&Hook::Pay(paying(trap, number, u128::MAX))).unwrap();
        ExecuteMsg::Receive(Cw20ReceiveMsg { sender: fake.to_string(), amount: u128::MAX.into(), msg })
    };
    world.send(&fake, &hook(1)).unwrap();
    assert!(world.send(&fake, &hook(2)).is_err());
    let id = world.put_fixed(10);
    world.buy(id, 1, 10).unwrap();
    assert_eq!(world.owed(&world.seller), 10);
    world.check();
}
