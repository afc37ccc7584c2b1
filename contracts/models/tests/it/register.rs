//! Registrations: what they take, and how they end.

use bithive_api::MigrateMsg;
use bithive_api::models::{Card, ExecuteMsg, Hook, Params, QueryMsg, ReceiversResponse, Ruling, limits};
use bithive_contract_kit::InputError;
use bithive_models::ContractError;
use bithive_test_kit::models::{BOND, LEAVE, Models, NOTICE, RULING, card, code, instantiate, message};
use bithive_test_kit::{Suite, refusal};
use cosmwasm_std::{Addr, HexBinary};
use cw_multi_test::Executor as _;

pub(crate) fn digest(byte: u8) -> HexBinary {
    HexBinary::from([byte; 32])
}

/// Whom a job of a stranger pays for the model now.
pub(crate) fn paid(suite: &Suite, models: &Models, model: &HexBinary) -> Option<Addr> {
    let requester = suite.account("requester").to_string();
    let question = QueryMsg::Receivers { model: model.clone(), requester, data_owner: None };
    suite.query::<ReceiversResponse>(&models.address, &question).model_owner
}

pub(crate) fn new() -> (Suite, Models, [Addr; 3]) {
    let mut suite = Suite::new();
    let models = Models::new(&mut suite);
    let accounts = ["alice", "bob", "carol"].map(|name| suite.account(name));
    (suite, models, accounts)
}

#[test]
fn a_model_has_the_owner_that_registered_it_first_and_pays_it_after_the_notice() {
    let (mut suite, models, [alice, bob, _]) = new();
    assert_eq!(paid(&suite, &models, &digest(1)), None);
    models.register(&mut suite, &alice, &digest(1)).unwrap();
    let error: ContractError = refusal(models.register(&mut suite, &bob, &digest(1)));
    assert_eq!(error, ContractError::Taken { model: digest(1).to_hex(), owner: alice.to_string() });
    suite.advance(NOTICE - 1);
    assert_eq!(paid(&suite, &models, &digest(1)), None);
    suite.advance(1);
    assert_eq!(paid(&suite, &models, &digest(1)), Some(alice.clone()));
    let found = models.model(&suite, &digest(1)).unwrap();
    assert_eq!((found.owner, found.bond.u128(), found.earns), (alice, BOND, true));
    models.check(&suite);
}

#[test]
fn whoever_asks_is_not_paid_for_its_own_model_and_a_data_owner_agrees_until_a_time() {
    let (mut suite, models, [alice, bob, carol]) = new();
    models.register(&mut suite, &alice, &digest(1)).unwrap();
    suite.advance(NOTICE);
    let card = Card { receiver: Some(bob.to_string()), text: "of Bob's".into() };
    models.send(&mut suite, &alice, &ExecuteMsg::Update { model: digest(1), card }).unwrap();
    let ask = |suite: &Suite, requester: &Addr, data_owner: Option<&Addr>| {
        let (requester, data_owner) = (requester.to_string(), data_owner.map(ToString::to_string));
        let question = QueryMsg::Receivers { model: digest(1), requester, data_owner };
        suite.query::<ReceiversResponse>(&models.address, &question)
    };
    assert_eq!(ask(&suite, &carol, None).model_owner, Some(bob.clone()));
    // Neither the owner nor whom it names.
    assert_eq!([&alice, &bob].map(|requester| ask(&suite, requester, None).model_owner), [None, None]);

    assert!(!ask(&suite, &carol, Some(&bob)).data_consent);
    let until = suite.now() + 86_400;
    models.consent(&mut suite, &bob, &carol);
    suite.advance(until - suite.now());
    assert!(ask(&suite, &carol, Some(&bob)).data_consent);
    assert!(!ask(&suite, &alice, Some(&bob)).data_consent && !ask(&suite, &bob, Some(&bob)).data_consent);
    suite.advance(1);
    assert!(!ask(&suite, &carol, Some(&bob)).data_consent);
}

#[test]
fn an_owner_changes_its_receiver_and_what_it_says() {
    let (mut suite, models, [alice, bob, _]) = new();
    models.register(&mut suite, &alice, &digest(1)).unwrap();
    suite.advance(NOTICE);
    let card = Card { receiver: Some(bob.to_string()), text: "second edition".into() };
    let update = ExecuteMsg::Update { model: digest(1), card };
    models.send(&mut suite, &alice, &update).unwrap();
    assert_eq!(paid(&suite, &models, &digest(1)), Some(bob));
    assert_eq!(models.model(&suite, &digest(1)).unwrap().text, "second edition");
}

#[test]
fn a_bond_is_exact_and_a_registration_within_its_bounds() {
    let (mut suite, models, [alice, bob, _]) = new();
    let register = |model, card| Hook::Register { model, card };
    for amount in [BOND - 1, BOND + 1] {
        let error: ContractError =
            refusal(models.pay(&mut suite, &alice, amount, &register(digest(1), card())));
        assert!(matches!(error, ContractError::Input(InputError::Amount { .. })), "{error}");
    }
    let short = register(HexBinary::from([1; 31]), card());
    let error: ContractError = refusal(models.pay(&mut suite, &alice, BOND, &short));
    assert!(matches!(error, ContractError::Input(InputError::Length { .. })), "{error}");
    let long = Card { text: "x".repeat(limits::MAX_TEXT + 1), ..card() };
    let error: ContractError =
        refusal(models.pay(&mut suite, &alice, BOND, &register(digest(1), long.clone())));
    assert!(matches!(error, ContractError::Input(InputError::Characters { .. })), "{error}");
    for receiver in [models.address.to_string(), suite.btt.to_string(), "nobody".into()] {
        let card = Card { receiver: Some(receiver), ..card() };
        assert!(models.pay(&mut suite, &alice, BOND, &register(digest(1), card)).is_err());
    }
    models.register(&mut suite, &alice, &digest(1)).unwrap();
    assert!(models.challenge(&mut suite, &bob, &digest(1), Some(long)).is_err());
    let hook = Hook::Challenge { model: digest(2), claim: None, reason: String::new() };
    let error: ContractError = refusal(models.pay(&mut suite, &bob, BOND, &hook));
    assert_eq!(error, ContractError::NoModel { model: digest(2).to_hex() });
    models.check(&suite);
}

#[test]
fn an_owner_that_leaves_earns_no_more_and_has_its_bond_back_after_the_time_in_which_it_can_be_challenged() {
    let (mut suite, models, [alice, bob, _]) = new();
    models.register(&mut suite, &alice, &digest(1)).unwrap();
    suite.advance(NOTICE);
    let leave = ExecuteMsg::Leave { model: digest(1) };
    models.send(&mut suite, &alice, &leave).unwrap();
    assert_eq!(paid(&suite, &models, &digest(1)), None);
    let until = suite.now() + LEAVE;
    let error: ContractError = refusal(models.send(&mut suite, &alice, &leave));
    assert_eq!(error, ContractError::Leaving { model: digest(1).to_hex(), until });
    suite.advance(LEAVE);
    let error: ContractError = refusal(models.close(&mut suite, &digest(1)));
    let now = suite.now();
    assert_eq!(error, ContractError::TooEarly { model: digest(1).to_hex(), until, now });
    suite.advance(1);
    models.close(&mut suite, &digest(1)).unwrap();
    assert_eq!(models.claimable(&suite, &alice), BOND);
    models.send(&mut suite, &alice, &ExecuteMsg::Withdraw {}).unwrap();
    assert_eq!((suite.balance(&alice), models.claimable(&suite, &alice)), (BOND, 0));
    assert!(models.send(&mut suite, &alice, &ExecuteMsg::Withdraw {}).is_err());
    // The digest is free again.
    models.register(&mut suite, &bob, &digest(1)).unwrap();
    models.check(&suite);
}

#[test]
fn a_pause_refuses_registrations_and_nothing_else() {
    let (mut suite, models, [alice, bob, carol]) = new();
    models.register(&mut suite, &alice, &digest(1)).unwrap();
    models.register(&mut suite, &bob, &digest(2)).unwrap();
    let owner = suite.owner.clone();
    models.send(&mut suite, &owner, &ExecuteMsg::SetPaused { paused: true }).unwrap();
    let error: ContractError = refusal(models.register(&mut suite, &alice, &digest(3)));
    assert_eq!(error, ContractError::Paused);
    models.challenge(&mut suite, &carol, &digest(1), None).unwrap();
    models.rule(&mut suite, &digest(1), Ruling::Challenger).unwrap();
    models.send(&mut suite, &carol, &ExecuteMsg::Withdraw {}).unwrap();
    models.send(&mut suite, &bob, &ExecuteMsg::Leave { model: digest(2) }).unwrap();
    suite.advance(LEAVE + 1);
    models.close(&mut suite, &digest(2)).unwrap();
    models.check(&suite);
}

#[test]
fn nothing_ends_that_time_has_not_ended_and_a_ruling_comes_in_time() {
    let (mut suite, models, [alice, bob, _]) = new();
    models.register(&mut suite, &alice, &digest(1)).unwrap();
    let model = digest(1).to_hex();
    let error: ContractError = refusal(models.close(&mut suite, &digest(1)));
    assert_eq!(error, ContractError::NothingToClose { model: model.clone() });
    let error: ContractError = refusal(models.rule(&mut suite, &digest(1), Ruling::Challenger));
    assert_eq!(error, ContractError::NoChallenge { model: model.clone() });
    models.challenge(&mut suite, &bob, &digest(1), None).unwrap();
    let until = suite.now() + RULING;
    suite.advance(RULING);
    assert!(matches!(refusal(models.close(&mut suite, &digest(1))), ContractError::TooEarly { .. }));
    suite.advance(1);
    let error: ContractError = refusal(models.rule(&mut suite, &digest(1), Ruling::Challenger));
    assert_eq!(error, ContractError::TooLate { model, until, now: until + 1 });
}

#[test]
fn parameters_are_within_their_bounds() {
    let mut suite = Suite::new();
    let good = message(&suite);
    let bad: [fn(&mut Params); 4] = [
        |params| params.bond = 0u128.into(),
        |params| params.notice_seconds = limits::NOTICE_SECONDS.0 - 1,
        |params| params.ruling_seconds = limits::RULING_SECONDS.1 + 1,
        |params| params.leave_seconds = limits::LEAVE_SECONDS.0 - 1,
    ];
    for spoil in bad {
        let mut message = good.clone();
        spoil(&mut message.params);
        assert!(instantiate(&mut suite, &message).is_err(), "{:?}", message.params);
    }
    let models = Models { address: instantiate(&mut suite, &good).unwrap() };
    assert_eq!(models.config(&suite).params, good.params);
}

#[test]
fn a_migration_keeps_what_is_registered() {
    let (mut suite, models, [alice, _, _]) = new();
    models.register(&mut suite, &alice, &digest(1)).unwrap();
    let (owner, code_id) = (suite.owner.clone(), suite.app.store_code(code()));
    suite.app.migrate_contract(owner, models.address.clone(), &MigrateMsg {}, code_id).unwrap();
    assert_eq!(models.model(&suite, &digest(1)).unwrap().owner, alice);
    models.check(&suite);
}
