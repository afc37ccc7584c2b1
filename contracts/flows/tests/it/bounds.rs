//! What a message may not say, and what may not come with it.

use bithive_api::asset::Asset;
use bithive_api::flows::{ExecuteMsg, Hook, Key, Open, Terms, limits};
use bithive_contract_kit::InputError;
use bithive_flows::ContractError;
use bithive_test_kit::flows::{IBC_DENOM, NOTICE, by_vouchers, opening, rate};
use bithive_test_kit::{FEE_DENOM, refusal};
use cosmwasm_std::{coin, coins, to_json_binary};
use cw20::Cw20ReceiveMsg;

use crate::world::{STEP, WEALTH, World};

#[test]
fn an_account_pays_neither_itself_nor_the_contract_nor_the_token() {
    let mut world = World::new();
    let (payer, contract, token) =
        (world.payer.clone(), world.flows.address.clone(), world.suite.btt.clone());
    for asset in world.assets() {
        let open = opening(&payer, rate(10, STEP, 0));
        let error: ContractError = refusal(world.flows.open(&mut world.suite, &payer, (&asset, 10), open));
        assert_eq!(error, ContractError::OwnPayee { found: payer.to_string() });
        let open = opening(&contract, rate(10, STEP, 0));
        let error: ContractError = refusal(world.flows.open(&mut world.suite, &payer, (&asset, 10), open));
        let found = contract.to_string();
        assert_eq!(error, ContractError::Input(InputError::Unusable { field: "payee", found }));
    }
    let (open, btt) = (opening(&token, rate(10, STEP, 0)), world.btt());
    let error: ContractError = refusal(world.flows.open(&mut world.suite, &payer, (&btt, 10), open));
    assert!(matches!(error, ContractError::Input(InputError::Unusable { .. })), "{error:?}");
    let nobody = Open { payee: "nobody".into(), ..opening(&payer, rate(10, STEP, 0)) };
    let error: ContractError = refusal(world.flows.open(&mut world.suite, &payer, (&btt, 10), nobody));
    assert!(matches!(error, ContractError::Input(InputError::Address { field: "payee", .. })), "{error:?}");
    assert_eq!(world.paid_out(), [0, WEALTH]);
}

#[test]
fn a_rate_has_bounds_and_a_deposit_at_least_a_unit() {
    let mut world = World::new();
    let mut refused = |deposit, terms| -> ContractError { refusal(world.open(deposit, terms)) };
    assert_eq!(refused(10, rate(0, STEP, 0)), ContractError::Input(InputError::Zero { field: "amount" }));
    for step in [0, limits::MAX_STEP_SECONDS + 1] {
        let error = refused(10, rate(10, step, 0));
        assert!(
            matches!(error, ContractError::Input(InputError::OutOfBounds { field: "step", .. })),
            "{error:?}"
        );
    }
    let no_unit = ContractError::NoUnit { found: 9u128.into(), amount: 10u128.into() };
    assert_eq!(refused(9, rate(10, STEP, 0)), no_unit);
    // A year for each unit: eleven are more than ten years.
    assert_eq!(refused(11, rate(1, limits::MAX_STEP_SECONDS, 0)), ContractError::TooLong);
    assert_eq!(refused(1_000_000, rate(1, limits::MAX_STEP_SECONDS, 0)), ContractError::TooLong);
    world.open(9, rate(1, limits::MAX_STEP_SECONDS, 0)).unwrap();
    assert_eq!(refusal::<ContractError>(world.top_up(1, 2, None)), ContractError::TooLong);
    world.open(11, rate(1, limits::MAX_STEP_SECONDS, 2)).unwrap();
    world.open(10, rate(10, limits::MIN_STEP_SECONDS, 0)).unwrap();
    world.check();
}

#[test]
fn keys_notices_and_ends_have_bounds() {
    let mut world = World::new();
    let now = world.now();
    let key = |bytes: usize| Key::Ed25519(vec![1; bytes].into());
    let mut refused = |key, notice, ends| -> ContractError {
        refusal(world.open(10, Terms::Vouchers { key, notice, ends }))
    };
    for bad in [key(0), key(33), Key::Secp256k1(vec![2; 32].into()), Key::Wallet(vec![2; 65].into())] {
        let error = refused(bad, NOTICE, now + NOTICE);
        assert!(matches!(error, ContractError::Input(InputError::Length { field: "key", .. })), "{error:?}");
    }
    for notice in [0, limits::MIN_NOTICE_SECONDS - 1, limits::MAX_NOTICE_SECONDS + 1, u64::MAX] {
        let error = refused(key(32), notice, now + NOTICE);
        assert!(
            matches!(error, ContractError::Input(InputError::OutOfBounds { field: "notice", .. })),
            "{error:?}"
        );
    }
    let (least, most) = (now + NOTICE, now + limits::MAX_SECONDS);
    for ends in [0, least - 1, most + 1, u64::MAX] {
        assert_eq!(refused(key(32), NOTICE, ends), ContractError::Ends { found: ends, least, most });
    }
    for ends in [least, most] {
        world.open(10, Terms::Vouchers { key: key(32), notice: NOTICE, ends }).unwrap();
    }
}

#[test]
fn nothing_is_no_deposit() {
    let mut world = World::new();
    let (payer, contract) = (world.payer.clone(), world.flows.address.clone());
    world.open(10, rate(10, STEP, 0)).unwrap();
    // BTT itself refuses to send nothing, so the hook of a token that does not.
    let fake = world.suite.account("fake token");
    for hook in [Hook::Open(opening(&world.payee, rate(10, STEP, 0))), Hook::TopUp { id: 1, ends: None }] {
        let msg = to_json_binary(&hook).unwrap();
        let receive = Cw20ReceiveMsg { sender: payer.to_string(), amount: 0u128.into(), msg };
        let error = world.refused(&fake, &ExecuteMsg::Receive(receive));
        assert_eq!(error, ContractError::Input(InputError::Zero { field: "the deposit" }));
    }
    let open = ExecuteMsg::Open(opening(&world.payee, rate(10, STEP, 0)));
    for message in [open, ExecuteMsg::TopUp { id: 1, ends: None }] {
        assert!(matches!(world.refused(&payer, &message), ContractError::Coin(_)));
        let two = [coin(1, FEE_DENOM), coin(1, IBC_DENOM)];
        let result = world.suite.execute_with(&payer, &contract, &message, &two);
        assert!(matches!(refusal(result), ContractError::Coin(_)));
    }
    world.check();
}

#[test]
fn native_coins_are_refused_with_every_message_that_is_no_deposit() {
    let mut world = World::new();
    world.open(100, rate(10, STEP, 1)).unwrap();
    world.channel(100);
    let (payer, contract, payee) =
        (world.payer.clone(), world.flows.address.clone(), world.payee.to_string());
    let vouchers = vec![world.flows.voucher(1, 2, 5)];
    let hook = Cw20ReceiveMsg { sender: payer.to_string(), amount: 1u128.into(), msg: Default::default() };
    for message in [
        ExecuteMsg::Receive(hook),
        ExecuteMsg::Settle { id: 1 },
        ExecuteMsg::Redeem { vouchers },
        ExecuteMsg::Transfer { id: 1, payee },
        ExecuteMsg::Close { id: 1 },
        ExecuteMsg::Finish { id: 1 },
        ExecuteMsg::Withdraw { asset: world.btt() },
    ] {
        let result = world.suite.execute_with(&payer, &contract, &message, &coins(1, FEE_DENOM));
        let error: ContractError = refusal(result);
        assert!(matches!(error, ContractError::Input(InputError::Payment(_))), "{message:?}: {error:?}");
    }
    world.check();
}

#[test]
fn a_flow_is_added_to_in_its_own_asset_only() {
    let mut world = World::new();
    let payer = world.payer.clone();
    let assets = world.assets();
    for asset in &assets {
        let open = opening(&world.payee, rate(10, STEP, 0));
        world.flows.open(&mut world.suite, &payer, (asset, 100), open).unwrap();
    }
    for (id, expected) in (1..).zip(&assets) {
        for found in assets.iter().filter(|asset| *asset != expected) {
            let error: ContractError =
                refusal(world.flows.top_up(&mut world.suite, &payer, (found, 10), id, None));
            let (found, expected) = (found.to_string(), expected.to_string());
            assert_eq!(error, ContractError::WrongAsset { id, found, expected });
        }
    }
    world.check();
}

#[test]
fn a_hook_of_no_known_token_makes_a_flow_of_that_token_and_moves_no_other() {
    let mut world = World::new();
    world.open(100, rate(10, STEP, 0)).unwrap();
    let (fake, payer) = (world.suite.account("fake token"), world.payer.to_string());
    let hook = |hook: &Hook| {
        let msg = to_json_binary(hook).unwrap();
        ExecuteMsg::Receive(Cw20ReceiveMsg { sender: payer.clone(), amount: WEALTH.into(), msg })
    };
    // It says that BTT came, and for whom it likes.
    let error = world.refused(&fake, &hook(&Hook::TopUp { id: 1, ends: None }));
    assert!(matches!(error, ContractError::WrongAsset { id: 1, .. }), "{error:?}");
    world.send(&fake, &hook(&Hook::Open(opening(&world.stranger, rate(10, STEP, 9))))).unwrap();
    world.by_stranger(&ExecuteMsg::Settle { id: 2 }).unwrap();
    let (stranger, btt) = (world.stranger.clone(), world.btt());
    assert_eq!(world.flows.claimable(&world.suite, &stranger, &btt), 0);
    let asset = Asset::Cw20(fake.to_string());
    assert_eq!(world.flows.claimable(&world.suite, &stranger, &asset), 90);
    assert_eq!(world.flows.held(&world.suite, &btt).escrowed.u128(), 100);
    world.check();
}

#[test]
fn a_token_of_endless_supply_blocks_nobody_elses_vouchers() {
    let mut world = World::new();
    world.channel(100);
    let (fake, payer, stranger) =
        (world.suite.account("fake token"), world.payer.clone(), world.stranger.clone());
    let ends = world.now() + NOTICE;
    let hook = |open: Open| {
        let msg = to_json_binary(&Hook::Open(open)).unwrap();
        ExecuteMsg::Receive(Cw20ReceiveMsg { sender: payer.to_string(), amount: u128::MAX.into(), msg })
    };
    let open = hook(opening(&stranger, by_vouchers(1, ends)));
    world.send(&fake, &open).unwrap();
    let voucher = world.flows.voucher(1, 2, u128::MAX);
    world.redeem(vec![voucher]).unwrap();
    // Credits of such a token can't grow beyond 128 bits: the second deposit is refused, not a message with its voucher.
    assert!(world.send(&fake, &open).is_err());
    let vouchers = vec![world.flows.voucher(1, 3, u128::MAX), world.flows.voucher(1, 1, 60)];
    world.redeem(vouchers).unwrap();
    assert_eq!(world.owed(), [60, 0]);
}
