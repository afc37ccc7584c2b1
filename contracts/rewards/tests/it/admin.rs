//! Budget, owner, instantiation, migration.

use bithive_api::MigrateMsg;
use bithive_api::rewards::{
    Activity, ConfigResponse, ExecuteMsg, Hook, InstantiateMsg, Limits, QueryMsg, Role,
};
use bithive_contract_kit::InputError;
use bithive_rewards::ContractError;
use bithive_test_kit::rewards::{RewardsSuite, code, limits, worth};
use bithive_test_kit::{FEE_DENOM, Suite, UNIT, refusal, token};
use cosmwasm_std::{Uint128, coins, to_json_binary};
use cw_multi_test::Executor;
use cw20::Cw20ReceiveMsg;

fn instantiated(change: impl Fn(&mut InstantiateMsg)) -> ContractError {
    let mut suite = Suite::new();
    let mut message = RewardsSuite::message(&suite);
    change(&mut message);
    RewardsSuite::instantiate(&mut suite, &message).unwrap_err().downcast().unwrap()
}

#[test]
fn parameters_out_of_bounds_are_refused() {
    for found in [0, 1, 5] {
        let bounds = InputError::OutOfBounds { field: "approvals", found: found.into(), least: 2, most: 4 };
        assert_eq!(instantiated(|message| message.approvals = found), ContractError::Input(bounds));
    }
    let error = instantiated(|message| message.limits.patient_count = 0);
    assert_eq!(error, ContractError::Input(InputError::Zero { field: "patient_count" }));
    let error = instantiated(|message| message.limits.patient_amount = Uint128::zero());
    assert_eq!(error, ContractError::Input(InputError::Zero { field: "patient_amount" }));
    let error =
        instantiated(|message| message.limits.total_amount = message.limits.patient_amount - Uint128::one());
    assert!(matches!(error, ContractError::Limits { .. }), "{error}");
    let error = instantiated(|message| message.treasury = message.token.clone());
    assert!(matches!(error, ContractError::Input(InputError::Unusable { .. })), "{error}");
}

#[test]
fn only_btt_are_the_budget() {
    let mut suite = RewardsSuite::new();
    let eve = suite.suite.account("eve");
    let msg = to_json_binary(&Hook::Fund {}).unwrap();
    let hook = Cw20ReceiveMsg { sender: eve.to_string(), amount: Uint128::new(1 << 60), msg };
    let error: ContractError = refusal(suite.execute(&eve, &ExecuteMsg::Receive(hook)));
    assert!(matches!(error, ContractError::Input(InputError::NotTheToken { .. })), "{error}");
    assert_eq!(
        refusal::<ContractError>(suite.fund(0)),
        ContractError::Input(InputError::Zero { field: "the amount" })
    );
    assert_eq!(suite.budget().funded.u128(), 0);
}

#[test]
fn the_owner_gives_budget_back_to_the_treasury_only() {
    let mut suite = RewardsSuite::new();
    suite.fund(1_000 * UNIT).unwrap();
    let owner = suite.suite.owner.clone();
    let back = |btt: u128| ExecuteMsg::ReturnBudget { amount: Uint128::new(btt * UNIT) };
    let clinician = suite.parties[0].clone();
    assert!(matches!(refusal(suite.execute(&clinician, &back(1))), ContractError::Ownership(_)));
    assert!(matches!(
        refusal(suite.execute(&owner, &back(0))),
        ContractError::Input(InputError::Zero { .. })
    ));
    assert!(matches!(refusal(suite.execute(&owner, &back(1_001))), ContractError::Funds { .. }));
    suite.execute(&owner, &back(400)).unwrap();
    let treasury = suite.suite.treasury.clone();
    assert_eq!((suite.suite.balance(&treasury), suite.budget().available.u128()), (400 * UNIT, 600 * UNIT));
    suite.check();
}

#[test]
fn settings_are_the_owners_and_have_bounds() {
    let mut suite = RewardsSuite::new();
    let (owner, eve) = (suite.suite.owner.clone(), suite.suite.account("eve"));
    for message in [
        ExecuteMsg::SetParty { address: eve.to_string(), role: None },
        ExecuteMsg::SetLimits(limits()),
        ExecuteMsg::SetPaused { paused: true },
        ExecuteMsg::ReturnBudget { amount: 1u128.into() },
        ExecuteMsg::TransferOwnership { new_owner: eve.to_string() },
    ] {
        assert!(matches!(refusal(suite.execute(&eve, &message)), ContractError::Ownership(_)));
    }
    let bad = ExecuteMsg::SetLimits(Limits { patient_count: 0, ..limits() });
    assert_eq!(
        refusal::<ContractError>(suite.execute(&owner, &bad)),
        ContractError::Input(InputError::Zero { field: "patient_count" })
    );
    let new = Limits { patient_count: 9, ..limits() };
    suite.execute(&owner, &ExecuteMsg::SetLimits(new)).unwrap();
    suite.execute(&owner, &ExecuteMsg::TransferOwnership { new_owner: eve.to_string() }).unwrap();
    suite.execute(&eve, &ExecuteMsg::AcceptOwnership {}).unwrap();
    let config: ConfigResponse = suite.suite.query(&suite.rewards, &QueryMsg::Config {});
    assert_eq!((config.owner, config.limits), (Some(eve), new));
}

#[test]
fn a_pause_stops_proposals_and_approvals_and_nothing_else() {
    let mut suite = RewardsSuite::new();
    suite.fund(1_000 * UNIT).unwrap();
    let (owner, patient) = (suite.suite.owner.clone(), suite.suite.account("patient"));
    let [clinician, institution, ..] = suite.parties.clone();
    suite.propose(&clinician, &patient, Activity::CheckUp, worth(300), "1").unwrap();
    suite.execute(&owner, &ExecuteMsg::SetPaused { paused: true }).unwrap();
    let proposal = suite.propose(&clinician, &patient, Activity::CheckUp, worth(300), "2");
    assert_eq!(refusal::<ContractError>(proposal), ContractError::Paused);
    assert_eq!(refusal::<ContractError>(suite.approve(&institution, 1)), ContractError::Paused);
    suite.fund(5).unwrap();
    suite.suite.advance(31 * 86_400);
    suite.execute(&patient, &ExecuteMsg::Expire { id: 1 }).unwrap();
    suite.check();
}

#[test]
fn native_coins_are_refused() {
    let mut suite = RewardsSuite::new();
    let (owner, rewards) = (suite.suite.owner.clone(), suite.rewards.clone());
    let result =
        suite.suite.execute_with(&owner, &rewards, &ExecuteMsg::Approve { id: 1 }, &coins(1, FEE_DENOM));
    assert!(matches!(refusal(result), ContractError::Input(InputError::Payment(_))));
}

#[test]
fn migration_keeps_the_budget_and_refuses_another_contracts_state() {
    let mut suite = RewardsSuite::new();
    suite.fund(7).unwrap();
    let owner = suite.suite.owner.clone();
    let code_id = suite.suite.app.store_code(code());
    let rewards = suite.rewards.clone();
    suite.suite.app.migrate_contract(owner.clone(), rewards, &MigrateMsg {}, code_id).unwrap();
    assert_eq!(suite.budget().available.u128(), 7);
    let app = &mut suite.suite.app;
    let other = token::instantiate(app, &owner, &token::message("Some token", "SOME", &owner));
    let result = app.migrate_contract(owner, other, &MigrateMsg {}, code_id);
    assert!(matches!(refusal(result), ContractError::Migration(_)));
}

/// The attack: an owner gives accounts of its own all roles and approves the whole budget to a patient of its own.
#[test]
fn roles_and_limits_take_effect_after_a_delay_that_anybody_can_watch() {
    use bithive_api::delay::{SettingResponse, limits as delay};
    let mut suite = RewardsSuite::new();
    let (owner, eve) = (suite.suite.owner.clone(), suite.suite.account("eve"));
    suite.suite.advance(delay::SETUP_SECONDS);
    let name = ExecuteMsg::SetParty { address: eve.to_string(), role: Some(Role::Clinician) };
    suite.execute(&owner, &name).unwrap();
    suite.execute(&owner, &ExecuteMsg::SetLimits(limits())).unwrap();
    let waiting: Vec<SettingResponse> = suite.suite.query(&suite.rewards, &QueryMsg::Settings {});
    assert_eq!(waiting.len(), 2);
    let expire = ExecuteMsg::Approve { id: 1 };
    let refused =
        |suite: &mut RewardsSuite| refusal::<ContractError>(suite.execute(&eve, &expire)).to_string();
    let before = refused(&mut suite);
    assert!(suite.execute(&eve, &ExecuteMsg::ApplySetting { id: 1 }).is_err());
    suite.suite.advance(delay::DELAY_SECONDS);
    suite.execute(&eve, &ExecuteMsg::ApplySetting { id: 1 }).unwrap();
    assert_ne!(refused(&mut suite), before, "it has the role now");
    // Taking a role back is at once.
    suite.execute(&owner, &ExecuteMsg::SetParty { address: eve.to_string(), role: None }).unwrap();
    assert_eq!(refused(&mut suite), before);
}
