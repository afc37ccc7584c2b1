//! Transfers, burns and sends of one's own tokens.

use bithive_api::registry::Hook;
use bithive_api::token::{Event, ExecuteMsg};
use bithive_test_kit::registry::REQUESTER_BOND;
use bithive_test_kit::{Suite, announced, refusal};
use bithive_token::ContractError;
use cosmwasm_std::{Addr, Binary, HexBinary, Uint128, to_json_binary};

fn alice_with_100() -> (Suite, Addr, Addr, Addr) {
    let mut suite = Suite::new();
    let (alice, bob, btt) = (suite.account("alice"), suite.account("bob"), suite.btt.clone());
    suite.fund(&alice, 100);
    (suite, alice, bob, btt)
}

fn insufficient(address: &Addr, amount: u128, balance: u128) -> ContractError {
    let (amount, balance) = (Uint128::new(amount), Uint128::new(balance));
    ContractError::InsufficientBalance { address: address.into(), amount, balance }
}

#[test]
fn a_transfer_moves_tokens() {
    let (mut suite, alice, bob, btt) = alice_with_100();
    let message = ExecuteMsg::Transfer { recipient: bob.to_string(), amount: 40u128.into() };
    suite.execute(&alice, &btt, &message).unwrap();
    assert_eq!((suite.balance(&alice), suite.balance(&bob)), (60, 40));
    suite.conservation();
}

#[test]
fn a_transfer_to_oneself_changes_nothing() {
    let (mut suite, alice, _, btt) = alice_with_100();
    let message = ExecuteMsg::Transfer { recipient: alice.to_string(), amount: 100u128.into() };
    suite.execute(&alice, &btt, &message).unwrap();
    assert_eq!(suite.balance(&alice), 100);
    suite.conservation();
}

#[test]
fn nobody_moves_or_burns_more_than_they_hold() {
    let (mut suite, alice, bob, btt) = alice_with_100();
    let amount = Uint128::new(101);
    let messages = [
        ExecuteMsg::Transfer { recipient: bob.to_string(), amount },
        ExecuteMsg::Burn { amount },
        ExecuteMsg::Send { contract: suite.registry.to_string(), amount, msg: Binary::default() },
    ];
    for message in messages {
        let error = refusal::<ContractError>(suite.execute(&alice, &btt, &message));
        assert_eq!(error, insufficient(&alice, 101, 100));
    }
    let nothing = ExecuteMsg::Transfer { recipient: alice.to_string(), amount };
    assert_eq!(refusal::<ContractError>(suite.execute(&bob, &btt, &nothing)), insufficient(&bob, 101, 0));
    suite.conservation();
}

#[test]
fn nothing_and_all_that_128_bits_can_say_move_nothing() {
    let (mut suite, alice, bob, btt) = alice_with_100();
    for amount in [Uint128::zero(), Uint128::MAX] {
        let (owner, recipient) = (alice.to_string(), bob.to_string());
        let messages = [
            (&alice, ExecuteMsg::Transfer { recipient: recipient.clone(), amount }),
            (&alice, ExecuteMsg::Burn { amount }),
            (&bob, ExecuteMsg::TransferFrom { owner: owner.clone(), recipient: recipient.clone(), amount }),
            (&bob, ExecuteMsg::BurnFrom { owner, amount }),
            (&suite.faucet.clone(), ExecuteMsg::Mint { recipient, amount }),
        ];
        for (sender, message) in messages {
            // cw20 lets nothing be moved, where the sender may move anything at all.
            let done = suite.execute(sender, &btt, &message).is_ok();
            assert!(!done || amount.is_zero(), "{message:?}");
            assert_eq!((suite.balance(&alice), suite.balance(&bob)), (100, 0), "{message:?}");
        }
    }
    let supply = suite.supply(&btt);
    assert_eq!((supply.minted.u128(), supply.burnt.u128()), (100, 0));
    suite.conservation();
}

#[test]
fn a_burn_lowers_the_supply_and_is_counted() {
    let (mut suite, alice, _, btt) = alice_with_100();
    suite.execute(&alice, &btt, &ExecuteMsg::Burn { amount: 30u128.into() }).unwrap();
    let supply = suite.supply(&btt);
    assert_eq!((supply.minted.u128(), supply.burnt.u128(), supply.supply.u128()), (100, 30, 70));
    suite.conservation();
}

#[test]
fn a_transfer_to_something_that_is_no_address_is_refused() {
    let (mut suite, alice, _, btt) = alice_with_100();
    let message = ExecuteMsg::Transfer { recipient: "bob".into(), amount: 1u128.into() };
    let error = refusal::<ContractError>(suite.execute(&alice, &btt, &message));
    assert!(!matches!(error, ContractError::InsufficientBalance { .. }), "{error}");
    assert_eq!(suite.balance(&alice), 100);
}

#[test]
fn a_send_that_the_contract_refuses_moves_nothing() {
    let (mut suite, alice, _, _) = alice_with_100();
    let registry = suite.registry.clone();
    suite.send_btt(&alice, &registry, 100, &Hook::AddBond {}).unwrap_err();
    assert_eq!((suite.balance(&alice), suite.balance(&registry)), (100, 0));
    suite.conservation();
}

#[test]
fn every_change_of_balances_is_announced_as_readers_know_it() {
    let (mut suite, alice, bob, btt) = alice_with_100();
    suite.fund(&alice, 2 * REQUESTER_BOND);
    let (registry, faucet) = (suite.registry.clone(), suite.faucet.clone());
    let (spender, most) = (bob.to_string(), (10 + REQUESTER_BOND).into());
    let allow = ExecuteMsg::IncreaseAllowance { spender, amount: most, expires: None };
    let response = suite.execute(&alice, &btt, &allow).unwrap();
    assert_eq!(announced::<Event>(&btt, &response), []);
    let (owner, recipient, amount) = (alice.to_string(), bob.to_string(), Uint128::new(5));
    let moved = |to: &Addr, by: Option<&Addr>, amount| Event::Moved {
        from: alice.clone(),
        to: to.clone(),
        by: by.cloned(),
        amount,
    };
    let burnt = |by: Option<&Addr>| Event::Burnt { from: alice.clone(), by: by.cloned(), amount };
    let hook =
        |key| to_json_binary(&Hook::RegisterRequester { endpoint: HexBinary::from(&[key; 32]) }).unwrap();
    let (contract, bond) = (registry.to_string(), Uint128::new(REQUESTER_BOND));
    let send = ExecuteMsg::Send { contract: contract.clone(), amount: bond, msg: hook(1) };
    let send_from = ExecuteMsg::SendFrom { owner: owner.clone(), contract, amount: bond, msg: hook(2) };
    let transfer_from =
        ExecuteMsg::TransferFrom { owner: owner.clone(), recipient: recipient.clone(), amount };
    let cases = [
        (&alice, ExecuteMsg::Transfer { recipient: recipient.clone(), amount }, moved(&bob, None, amount)),
        (&bob, transfer_from, moved(&bob, Some(&bob), amount)),
        (&alice, send, moved(&registry, None, bond)),
        (&bob, send_from, moved(&registry, Some(&bob), bond)),
        (&alice, ExecuteMsg::Burn { amount }, burnt(None)),
        (&bob, ExecuteMsg::BurnFrom { owner, amount }, burnt(Some(&bob))),
        (&faucet, ExecuteMsg::Mint { recipient, amount }, Event::Minted { to: bob.clone(), amount }),
    ];
    for (sender, message, event) in cases {
        let response = suite.execute(sender, &btt, &message).unwrap();
        assert_eq!(announced::<Event>(&btt, &response), [event]);
    }
    suite.conservation();
}
