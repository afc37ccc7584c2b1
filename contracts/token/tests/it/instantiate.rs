//! Creation of a token.

use bithive_api::token::{ExecuteMsg, InstantiateMsg, Marketing, QueryMsg};
use bithive_contract_kit::InputError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_test_kit::token::{message, try_instantiate};
use bithive_test_kit::{FEE_DENOM, Suite, refusal};
use bithive_token::ContractError;
use cosmwasm_std::{Addr, Uint128, coins};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Executor};
use cw20::{Cw20Coin, MarketingInfoResponse, MinterResponse};

fn coin(address: impl Into<String>, amount: u128) -> Cw20Coin {
    Cw20Coin { address: address.into(), amount: amount.into() }
}

fn create(suite: &mut Suite, change: impl FnOnce(&mut InstantiateMsg)) -> AnyResult<Addr> {
    let owner = suite.owner.clone();
    let mut message = message("Some token", "SOME", &owner);
    change(&mut message);
    try_instantiate(&mut suite.app, &owner, &message)
}

fn refused(suite: &mut Suite, change: impl FnOnce(&mut InstantiateMsg)) -> ContractError {
    refusal(create(suite, change).map(|_| AppResponse::default()))
}

#[test]
fn initial_balances_count_as_minted() {
    let mut suite = Suite::new();
    let (alice, bob) = (suite.account("alice"), suite.account("bob"));
    let token = create(&mut suite, |message| {
        message.initial_balances = vec![coin(&alice, 70), coin(&bob, 30)];
        message.cap = 100u128.into();
    })
    .unwrap();
    assert_eq!((suite.balance_of(&token, &alice), suite.balance_of(&token, &bob)), (70, 30));
    assert_eq!(suite.supply(&token).minted.u128(), 100);
    suite.conservation_of(&token);
}

#[test]
fn initial_balances_above_the_cap_are_refused() {
    let mut suite = Suite::new();
    let (alice, bob) = (suite.account("alice"), suite.account("bob"));
    let error = refused(&mut suite, |message| {
        message.initial_balances = vec![coin(&alice, 70), coin(&bob, 31)];
        message.cap = 100u128.into();
    });
    let (amount, minted, room) = (Uint128::new(31), Uint128::new(70), Uint128::new(30));
    assert_eq!(error, ContractError::CapExceeded { amount, minted, room });
}

#[test]
fn initial_balances_whose_sum_wraps_are_refused() {
    let mut suite = Suite::new();
    let (alice, bob) = (suite.account("alice"), suite.account("bob"));
    let error = refused(&mut suite, |message| {
        message.initial_balances = vec![coin(&alice, u128::MAX), coin(&bob, 2)];
        message.cap = u128::MAX.into();
    });
    assert!(matches!(error, ContractError::CapExceeded { .. }), "{error}");
}

#[test]
fn an_address_listed_twice_is_refused() {
    let mut suite = Suite::new();
    let alice = suite.account("alice");
    let error =
        refused(&mut suite, |message| message.initial_balances = vec![coin(&alice, 1), coin(&alice, 2)]);
    let twice = InputError::Duplicate { field: "initial_balances", found: alice.into() };
    assert_eq!(error, ContractError::Input(twice));
}

#[test]
fn two_spellings_of_one_address_never_count_twice() {
    let mut suite = Suite::new();
    let alice = suite.account("alice");
    let shouted = alice.to_string().to_uppercase();
    let error =
        refused(&mut suite, |message| message.initial_balances = vec![coin(&alice, 1), coin(shouted, 2)]);
    // The chain takes one spelling only, or both are one address.
    let refused =
        matches!(error, ContractError::Input(InputError::Address { .. } | InputError::Duplicate { .. }));
    assert!(refused, "{error}");
}

#[test]
fn a_bad_address_name_ticker_or_number_of_decimals_is_refused() {
    let mut suite = Suite::new();
    let bad: [fn(&mut InstantiateMsg); 5] = [
        |message| message.initial_balances = vec![coin("cosmos1nobody", 1)],
        |message| message.minter = Some("nobody".into()),
        |message| message.name = "xy".into(),
        |message| message.symbol = "B1T".into(),
        |message| message.decimals = 19,
    ];
    for change in bad {
        let error = refused(&mut suite, change);
        assert!(
            matches!(error, ContractError::Input(_) | ContractError::Base(_) | ContractError::Std(_)),
            "{error}"
        );
    }
}

#[test]
fn without_a_minter_the_supply_is_final() {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    let token = create(&mut suite, |message| message.minter = None).unwrap();
    assert_eq!(suite.query::<Option<MinterResponse>>(&token, &QueryMsg::Minter {}), None);
    let mint = ExecuteMsg::Mint { recipient: owner.to_string(), amount: 1u128.into() };
    let refused = Unauthorized::new(&owner, "nobody: the token has no minter, its supply is final");
    assert_eq!(refusal::<ContractError>(suite.execute(&owner, &token, &mint)), refused.into());
    assert_eq!(suite.supply(&token).cap.u128(), bithive_test_kit::token::CAP);
}

#[test]
fn the_minter_and_the_cap_are_public() {
    let mut suite = Suite::new();
    let token = create(&mut suite, |message| message.cap = 9u128.into()).unwrap();
    let expected = MinterResponse { minter: suite.owner.to_string(), cap: Some(9u128.into()) };
    assert_eq!(suite.query::<Option<MinterResponse>>(&token, &QueryMsg::Minter {}), Some(expected));
}

#[test]
fn marketing_is_shown() {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    let token = create(&mut suite, |message| {
        message.marketing = Some(Marketing {
            project: Some("https://example.org".into()),
            description: None,
            marketing: Some(owner.to_string()),
            logo: None,
        });
    })
    .unwrap();
    let shown: MarketingInfoResponse = suite.query(&token, &QueryMsg::MarketingInfo {});
    assert_eq!((shown.project.as_deref(), shown.marketing), (Some("https://example.org"), Some(owner)));
}

#[test]
fn native_coins_are_refused() {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    let code_id = suite.app.store_code(bithive_test_kit::token::code());
    let message = message("Some token", "SOME", &owner);
    let funds = coins(1, FEE_DENOM);
    let result = suite.app.instantiate_contract(code_id, owner.clone(), &message, &funds, "token", None);
    let error = refusal::<ContractError>(result.map(|_| AppResponse::default()));
    assert!(matches!(error, ContractError::Input(InputError::Payment(_))), "{error}");

    let (btt, burn) = (suite.btt.clone(), ExecuteMsg::Burn { amount: Uint128::zero() });
    let error = refusal::<ContractError>(suite.execute_with(&owner, &btt, &burn, &funds));
    assert!(matches!(error, ContractError::Input(InputError::Payment(_))), "{error}");
}
