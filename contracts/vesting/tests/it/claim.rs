//! Claims, transfers and revocations.

use bithive_api::vesting::{ExecuteMsg, Schedule};
use bithive_contract_kit::InputError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_test_kit::vesting::{DAY, VestingSuite, schedule};
use bithive_test_kit::{START, refusal};
use bithive_vesting::ContractError;
use cosmwasm_std::Addr;

struct Case {
    suite: VestingSuite,
    funder: Addr,
    bob: Addr,
    eve: Addr,
}

/// 1,000 BTT units of `funder` for Bob: 100 at once, 90 after ten days and each day from then on.
fn case(revocable: bool) -> Case {
    let mut suite = VestingSuite::new();
    let [funder, bob, eve] = ["funder", "bob", "eve"].map(|name| suite.suite.account(name));
    suite.lock(&funder, bob.as_str(), 1_000, schedule(), revocable).unwrap();
    Case { suite, funder, bob, eve }
}

impl Case {
    fn balance(&self, account: &Addr) -> u128 {
        self.suite.suite.balance(account)
    }

    fn check(&self) {
        assert_eq!(self.suite.held(), self.balance(&self.suite.vesting), "what is held is what is there");
        self.suite.suite.conservation();
    }
}

#[test]
fn anybody_triggers_a_claim_and_the_owner_is_paid() {
    let Case { mut suite, bob, eve, .. } = case(false);
    suite.execute(&eve, &ExecuteMsg::Claim { id: 1 }).unwrap();
    assert_eq!((suite.suite.balance(&bob), suite.suite.balance(&eve)), (100, 0));
    suite.suite.advance(12 * DAY);
    suite.execute(&eve, &ExecuteMsg::Claim { id: 1 }).unwrap();
    assert_eq!(suite.suite.balance(&bob), 100 + 3 * 90);
    assert_eq!(suite.held(), 630);
}

#[test]
fn a_second_claim_in_one_block_is_refused_and_says_when_more_is_due() {
    let Case { mut suite, bob, .. } = case(false);
    suite.execute(&bob, &ExecuteMsg::Claim { id: 1 }).unwrap();
    let error: ContractError = refusal(suite.execute(&bob, &ExecuteMsg::Claim { id: 1 }));
    assert_eq!(error, ContractError::NothingDue { id: 1, next: Some(START + 10 * DAY) });
    assert_eq!(suite.suite.balance(&bob), 100);
}

#[test]
fn a_position_that_was_paid_is_gone() {
    let mut case = case(true);
    case.suite.suite.advance(19 * DAY);
    case.suite.execute(&case.eve.clone(), &ExecuteMsg::Claim { id: 1 }).unwrap();
    assert_eq!((case.balance(&case.bob), case.suite.position(1)), (1_000, None));
    for message in [ExecuteMsg::Claim { id: 1 }, ExecuteMsg::Revoke { id: 1 }] {
        let error: ContractError = refusal(case.suite.execute(&case.funder.clone(), &message));
        assert_eq!(error, ContractError::NoPosition { id: 1 });
    }
    case.check();
}

#[test]
fn positions_that_do_not_exist_pay_nobody() {
    let mut case = case(true);
    let transfer = ExecuteMsg::Transfer { id: 7, new_owner: case.eve.to_string() };
    for message in [ExecuteMsg::Claim { id: 7 }, ExecuteMsg::Revoke { id: 7 }, transfer] {
        for sender in [case.bob.clone(), case.funder.clone()] {
            let error: ContractError = refusal(case.suite.execute(&sender, &message));
            assert_eq!(error, ContractError::NoPosition { id: 7 });
        }
    }
    assert_eq!((case.balance(&case.bob), case.suite.held()), (0, 1_000));
    case.check();
}

#[test]
fn overlapping_positions_of_one_owner_are_each_paid_by_their_own_schedule() {
    let mut case = case(true);
    let (funder, bob, eve) = (case.funder.clone(), case.bob.clone(), case.eve.clone());
    // The same amount by the same schedule, one that begins in the middle of it, and one that is over at once.
    case.suite.lock(&funder, bob.as_str(), 1_000, schedule(), false).unwrap();
    let later = Schedule { start: START + 10 * DAY, immediate_bps: 0, ..schedule() };
    case.suite.lock(&funder, bob.as_str(), 500, later, false).unwrap();
    let at_once = Schedule { immediate_bps: 10_000, ..schedule() };
    case.suite.lock(&funder, bob.as_str(), 7, at_once, false).unwrap();
    case.suite.suite.advance(12 * DAY);
    let due = [1, 2, 3, 4].map(|id| case.suite.position(id).unwrap().due.u128());
    assert_eq!(due, [370, 370, 0, 7]);
    case.suite.execute(&eve, &ExecuteMsg::Claim { id: 2 }).unwrap();
    assert!(matches!(
        refusal(case.suite.execute(&eve, &ExecuteMsg::Claim { id: 3 })),
        ContractError::NothingDue { id: 3, .. }
    ));
    // What is taken back of one is taken from that one only.
    case.suite.execute(&funder, &ExecuteMsg::Revoke { id: 1 }).unwrap();
    assert_eq!((case.balance(&bob), case.balance(&funder)), (370 + 370, 630));
    case.suite.suite.advance(17 * DAY);
    for id in [2, 3, 4] {
        case.suite.execute(&eve, &ExecuteMsg::Claim { id }).unwrap();
    }
    assert_eq!((case.balance(&bob), case.suite.held()), (370 + 1_000 + 500 + 7, 0));
    case.check();
}

#[test]
fn time_that_goes_back_pays_nothing_and_takes_nothing() {
    let mut case = case(false);
    case.suite.suite.advance(12 * DAY);
    case.suite.execute(&case.eve.clone(), &ExecuteMsg::Claim { id: 1 }).unwrap();
    case.suite.suite.app.update_block(|block| block.time = block.time.minus_days(2));
    assert!(case.suite.execute(&case.eve.clone(), &ExecuteMsg::Claim { id: 1 }).is_err());
    assert_eq!(case.balance(&case.bob), 370);
    case.check();
}

#[test]
fn a_transfer_pays_the_old_owner_what_is_due_to_it() {
    let mut case = case(false);
    case.suite.suite.advance(10 * DAY);
    let transfer = ExecuteMsg::Transfer { id: 1, new_owner: case.eve.to_string() };
    let error: ContractError = refusal(case.suite.execute(&case.eve.clone(), &transfer));
    assert!(matches!(error, ContractError::Unauthorized(_)), "{error}");
    case.suite.execute(&case.bob.clone(), &transfer).unwrap();
    assert_eq!(case.balance(&case.bob), 190);
    case.suite.suite.advance(9 * DAY);
    case.suite.execute(&case.bob.clone(), &ExecuteMsg::Claim { id: 1 }).unwrap();
    assert_eq!((case.balance(&case.bob), case.balance(&case.eve)), (190, 810));
    case.check();
}

#[test]
fn a_position_is_not_handed_to_where_nobody_can_use_it() {
    let mut case = case(false);
    let new_owner = case.suite.vesting.to_string();
    let error: ContractError =
        refusal(case.suite.execute(&case.bob.clone(), &ExecuteMsg::Transfer { id: 1, new_owner }));
    assert!(
        matches!(error, ContractError::Input(InputError::Unusable { field: "new_owner", .. })),
        "{error}"
    );
    assert_eq!(case.balance(&case.bob), 0, "nothing was paid either");
}

#[test]
fn a_revocation_returns_only_what_is_not_due() {
    let mut case = case(true);
    case.suite.suite.advance(10 * DAY);
    let error: ContractError = refusal(case.suite.execute(&case.bob.clone(), &ExecuteMsg::Revoke { id: 1 }));
    let expected = format!("the account that may revoke position 1, {}", case.funder);
    assert_eq!(error, Unauthorized::new(&case.bob, expected).into());
    case.suite.execute(&case.funder.clone(), &ExecuteMsg::Revoke { id: 1 }).unwrap();
    assert_eq!((case.balance(&case.bob), case.balance(&case.funder)), (190, 810));
    assert_eq!((case.suite.position(1), case.suite.held()), (None, 0));
    case.check();
}

#[test]
fn a_transferred_position_is_still_revocable_by_its_maker_only() {
    let mut case = case(true);
    let transfer = ExecuteMsg::Transfer { id: 1, new_owner: case.eve.to_string() };
    case.suite.execute(&case.bob.clone(), &transfer).unwrap();
    assert!(case.suite.execute(&case.bob.clone(), &ExecuteMsg::Revoke { id: 1 }).is_err());
    case.suite.execute(&case.funder.clone(), &ExecuteMsg::Revoke { id: 1 }).unwrap();
    assert_eq!([&case.bob, &case.eve, &case.funder].map(|account| case.balance(account)), [100, 0, 900]);
    case.check();
}

#[test]
fn a_final_position_is_never_taken_back() {
    let mut case = case(false);
    let error: ContractError =
        refusal(case.suite.execute(&case.funder.clone(), &ExecuteMsg::Revoke { id: 1 }));
    assert!(error.to_string().ends_with("expected nobody: position 1 is final"), "{error}");
}

#[test]
fn nothing_is_left_to_revoke_once_everything_is_due() {
    let mut case = case(true);
    case.suite.suite.advance(19 * DAY);
    let error: ContractError =
        refusal(case.suite.execute(&case.funder.clone(), &ExecuteMsg::Revoke { id: 1 }));
    assert_eq!(error, ContractError::NothingToRevoke { id: 1 });
    assert_eq!(case.suite.position(1).unwrap().due.u128(), 1_000);
}
