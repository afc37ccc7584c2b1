//! Deposits: released with an attestation, returned without one.

use bithive_api::datasets::{Asset, ExecuteMsg, Hook, QueryMsg, Use, limits};
use bithive_contract_kit::InputError;
use bithive_datasets::ContractError;
use bithive_ibc_kit::DatasetsSuite;
use bithive_ibc_kit::attestations::statement;
use bithive_ibc_kit::datasets::{SHARE, WAIT};
use bithive_test_kit::{FEE_DENOM, refusal};
use cosmwasm_std::{HexBinary, coins, to_json_binary};
use cw_multi_test::Executor;
use cw20::Cw20ReceiveMsg;

const WORDS: [i32; 4] = [1, 2, 3, 4];
const TWO: [&str; 2] = ["node-1", "node-2"];
const RELEASE: ExecuteMsg = ExecuteMsg::Release { id: 1 };
const REFUND: ExecuteMsg = ExecuteMsg::Refund { id: 1 };

/// A job with workers, and a deposit for its use of a data set.
fn case(dataset_id: u64) -> (DatasetsSuite, u64) {
    let mut suite = DatasetsSuite::new();
    let job_id = suite.chains.assigned();
    let purpose = suite.purpose(dataset_id, job_id);
    suite.deposit(&purpose, SHARE).unwrap();
    suite.check();
    (suite, job_id)
}

fn settle(suite: &mut DatasetsSuite, job_id: u64) {
    suite.chains.settle(job_id, WORDS, &TWO);
    suite.chains.attest(job_id).unwrap();
}

#[test]
fn the_attestation_of_the_job_releases_the_share_and_records_the_use() {
    for (dataset_id, asset) in (1..).zip(DatasetsSuite::new().assets()) {
        let (mut suite, job_id) = case(dataset_id);
        let error: ContractError = refusal(suite.by_anybody(&RELEASE));
        assert_eq!(error, ContractError::NotAttested { job_id });
        settle(&mut suite, job_id);
        suite.by_anybody(&RELEASE).unwrap();
        suite.check();
        let used = suite.used(dataset_id, job_id).unwrap();
        assert_eq!(used.statement, suite.chains.attestation(job_id).unwrap().statement);
        assert_eq!(used.paid.u128(), SHARE);
        let dataset = suite.dataset(dataset_id).unwrap();
        assert_eq!((dataset.uses, dataset.earned.u128()), (1, SHARE));
        assert_eq!((suite.claimable(&suite.owner, &asset), suite.deposited(1)), (SHARE, None));
        let owner = suite.owner.clone();
        suite.execute(&owner, &ExecuteMsg::Withdraw { asset: asset.clone() }).unwrap();
        assert_eq!(suite.balance(&owner, &asset), SHARE);
        suite.check();
    }
}

#[test]
fn a_share_is_released_once() {
    let (mut suite, job_id) = case(1);
    settle(&mut suite, job_id);
    suite.by_anybody(&RELEASE).unwrap();
    let error: ContractError = refusal(suite.by_anybody(&RELEASE));
    assert_eq!(error, ContractError::NoDeposit { id: 1 });
    let owner = suite.owner.clone();
    let withdraw = ExecuteMsg::Withdraw { asset: suite.btt() };
    suite.execute(&owner, &withdraw).unwrap();
    let error: ContractError = refusal(suite.execute(&owner, &withdraw));
    assert!(matches!(error, ContractError::NothingOwed(_)), "{error}");
    suite.check();
}

#[test]
fn two_deposits_for_one_job_are_one_use() {
    let (mut suite, job_id) = case(1);
    let purpose = suite.purpose(1, job_id);
    suite.deposit(&purpose, SHARE).unwrap();
    settle(&mut suite, job_id);
    suite.by_anybody(&RELEASE).unwrap();
    suite.by_anybody(&ExecuteMsg::Release { id: 2 }).unwrap();
    let dataset = suite.dataset(1).unwrap();
    assert_eq!((dataset.uses, dataset.earned.u128()), (1, 2 * SHARE));
    assert_eq!(suite.used(1, job_id).unwrap().paid.u128(), 2 * SHARE);
    suite.check();
}

#[test]
fn two_jobs_are_two_uses() {
    let (mut suite, first) = case(1);
    let second = suite.chains.assigned();
    let purpose = suite.purpose(1, second);
    suite.deposit(&purpose, SHARE).unwrap();
    settle(&mut suite, first);
    suite.by_anybody(&RELEASE).unwrap();
    assert_eq!(suite.used(1, second), None);
    settle(&mut suite, second);
    suite.by_anybody(&ExecuteMsg::Release { id: 2 }).unwrap();
    assert_eq!(suite.dataset(1).unwrap().uses, 2);
    assert_eq!([first, second].map(|job| suite.used(1, job).unwrap().paid.u128()), [SHARE; 2]);
    suite.check();
}

#[test]
fn without_an_attestation_the_depositor_has_it_back_after_the_deadline() {
    let (mut suite, _) = case(1);
    let error: ContractError = refusal(suite.by_anybody(&REFUND));
    let now = suite.chains.suite.now();
    assert_eq!(error, ContractError::TooEarly { id: 1, deadline: now + WAIT, now });
    suite.chains.suite.advance(WAIT);
    assert!(suite.by_anybody(&REFUND).is_err(), "the deadline itself is in time");
    suite.chains.suite.advance(1);
    suite.by_anybody(&REFUND).unwrap();
    let (user, btt) = (suite.user.clone(), suite.btt());
    assert_eq!(suite.claimable(&user, &btt), SHARE);
    suite.execute(&user, &ExecuteMsg::Withdraw { asset: btt.clone() }).unwrap();
    assert_eq!(suite.balance(&user, &btt), 100 * SHARE);
    assert_eq!(suite.dataset(1).unwrap().uses, 0);
    suite.check();
}

#[test]
fn an_attested_use_is_the_owners_however_late() {
    let (mut suite, job_id) = case(1);
    settle(&mut suite, job_id);
    suite.chains.suite.advance(10 * WAIT);
    let error: ContractError = refusal(suite.by_anybody(&REFUND));
    assert_eq!(error, ContractError::Earned { id: 1 });
    suite.by_anybody(&RELEASE).unwrap();
    suite.check();
}

#[test]
fn a_signature_that_its_chain_did_not_settle_releases_nothing() {
    let (mut suite, job_id) = case(1);
    let announced = suite.chains.announce(job_id).unwrap();
    suite.chains.deliver(&announced).unwrap();
    suite.chains.settle(job_id, WORDS, &TWO);
    let packet = suite.chains.send(job_id).unwrap();
    suite.chains.submit(job_id, statement(&packet).1).unwrap();
    let error: ContractError = refusal(suite.by_anybody(&RELEASE));
    assert_eq!(error, ContractError::NotAttested { job_id });
    suite.chains.deliver(&packet).unwrap();
    suite.by_anybody(&RELEASE).unwrap();
    suite.check();
}

#[test]
fn a_job_that_settles_in_its_second_round_releases_what_was_deposited_in_its_first() {
    let (mut suite, job_id) = case(1);
    let market = &mut suite.chains.market;
    // Nobody commits: the requester chooses others, with the same input.
    market.expire(job_id);
    let others = ["node-4", "node-5", "node-6"];
    market.assign(job_id, &others);
    suite.chains.settle_by(job_id, &others, WORDS, &others[..2]);
    suite.chains.attest(job_id).unwrap();
    suite.by_anybody(&RELEASE).unwrap();
    suite.check();
}

#[test]
fn a_job_with_another_input_releases_nothing() {
    let mut suite = DatasetsSuite::new();
    let job_id = suite.chains.assigned();
    let purpose = Use { input_commitment: HexBinary::from(&[9; 32]), ..suite.purpose(1, job_id) };
    suite.deposit(&purpose, SHARE).unwrap();
    settle(&mut suite, job_id);
    let error: ContractError = refusal(suite.by_anybody(&RELEASE));
    assert!(matches!(error, ContractError::OtherInput { .. }), "{error}");
    suite.chains.suite.advance(WAIT + 1);
    suite.by_anybody(&REFUND).unwrap();
    suite.check();
}

#[test]
fn another_chains_job_of_the_same_number_releases_nothing() {
    let mut suite = DatasetsSuite::new();
    let job_id = suite.chains.assigned();
    let mut purpose = suite.purpose(1, job_id);
    purpose.source.chain_id = "another-1".into();
    suite.deposit(&purpose, SHARE).unwrap();
    settle(&mut suite, job_id);
    let error: ContractError = refusal(suite.by_anybody(&RELEASE));
    assert_eq!(error, ContractError::NotAttested { job_id });
}

#[test]
fn a_new_price_is_for_new_deposits() {
    let (mut suite, job_id) = case(1);
    let owner = suite.owner.clone();
    let dearer = ExecuteMsg::Update { id: 1, share: (2 * SHARE).into(), active: true };
    suite.execute(&owner, &dearer).unwrap();
    let purpose = suite.purpose(1, job_id);
    let error: ContractError = refusal(suite.deposit(&purpose, SHARE));
    let (found, expected) = (SHARE.into(), (2 * SHARE).into());
    let what = "the share of the data set";
    assert_eq!(error, ContractError::Input(InputError::Amount { what, found, expected }));
    suite.execute(&owner, &ExecuteMsg::Update { id: 1, share: 1u128.into(), active: false }).unwrap();
    let error: ContractError = refusal(suite.deposit(&purpose, 1));
    assert_eq!(error, ContractError::Inactive { id: 1 });
    settle(&mut suite, job_id);
    suite.by_anybody(&RELEASE).unwrap();
    assert_eq!(suite.claimable(&owner, &suite.btt()), SHARE);
    suite.check();
}

#[test]
fn deposits_are_in_the_asset_of_the_data_set() {
    let (mut suite, job_id) = case(1);
    let purpose = suite.purpose(2, job_id);
    let (user, datasets) = (suite.user.clone(), suite.datasets.clone());
    let error: ContractError =
        refusal(suite.chains.suite.send_btt(&user, &datasets, SHARE, &Hook::Deposit(purpose)));
    assert!(matches!(error, ContractError::WrongAsset { id: 2, .. }), "{error}");
    let deposit = ExecuteMsg::Deposit(suite.purpose(1, job_id));
    let funds = coins(SHARE, FEE_DENOM);
    let error: ContractError = refusal(suite.chains.suite.execute_with(&user, &datasets, &deposit, &funds));
    assert!(matches!(error, ContractError::WrongAsset { id: 1, .. }), "{error}");
    let error: ContractError = refusal(suite.execute(&user, &deposit));
    assert!(matches!(error, ContractError::Coin(_)), "{error}");
    let release = suite.chains.suite.execute_with(&user, &datasets, &RELEASE, &funds);
    assert!(matches!(refusal(release), ContractError::Input(InputError::Payment(_))));
    suite.check();
}

#[test]
fn a_hook_that_no_token_sent_deposits_nothing() {
    let (mut suite, job_id) = case(1);
    let user = suite.user.clone();
    let msg = to_json_binary(&Hook::Deposit(suite.purpose(1, job_id))).unwrap();
    let spoofed = Cw20ReceiveMsg { sender: user.to_string(), amount: SHARE.into(), msg };
    let error: ContractError = refusal(suite.execute(&user, &ExecuteMsg::Receive(spoofed)));
    assert!(matches!(error, ContractError::WrongAsset { .. }), "{error}");
    suite.check();
}

#[test]
fn deadlines_and_names_have_bounds() {
    let (mut suite, job_id) = case(1);
    let now = suite.chains.suite.now();
    let far = now + limits::MAX_ESCROW_SECONDS + 1;
    for found in [0, now, now + limits::MIN_ESCROW_SECONDS - 1, far, u64::MAX] {
        let purpose = Use { deadline: found, ..suite.purpose(1, job_id) };
        let error: ContractError = refusal(suite.deposit(&purpose, SHARE));
        assert_eq!(error, ContractError::Deadline { found, now });
    }
    let short = Use { input_commitment: HexBinary::from(&[1; 31]), ..suite.purpose(1, job_id) };
    let mut unnamed = suite.purpose(1, job_id);
    unnamed.source.chain_id = String::new();
    let mut long = suite.purpose(1, job_id);
    long.source.jobs = "j".repeat(129);
    for (purpose, expected) in [(short, "input_commitment"), (unnamed, "chain_id"), (long, "jobs")] {
        let error: ContractError = refusal(suite.deposit(&purpose, SHARE));
        assert!(
            matches!(error, ContractError::Input(InputError::Length { field, .. }) if field == expected),
            "{error}"
        );
    }
    let unknown = Use { dataset_id: 9, ..suite.purpose(1, job_id) };
    let error: ContractError = refusal(suite.deposit(&unknown, SHARE));
    assert_eq!(error, ContractError::NoDataset { id: 9 });
    suite.check();
}

#[test]
fn an_attestations_contract_that_answers_no_more_keeps_no_deposit() {
    let (mut suite, job_id) = case(1);
    settle(&mut suite, job_id);
    // It is replaced by code that knows no such query.
    let (owner, receiver) = (suite.chains.suite.owner.clone(), suite.chains.receiver.clone());
    let code_id = suite.chains.suite.app.store_code(silent::code());
    suite.chains.suite.app.migrate_contract(owner, receiver, &cosmwasm_std::Empty {}, code_id).unwrap();
    assert!(suite.by_anybody(&RELEASE).is_err());
    suite.chains.suite.advance(WAIT + 1);
    suite.by_anybody(&REFUND).unwrap();
    assert_eq!(suite.claimable(&suite.user, &suite.btt()), SHARE);
    suite.check();
}

/// A contract that fails on every query.
mod silent {
    use cosmwasm_std::{
        Binary, Deps, DepsMut, Empty, Env, MessageInfo, MigrateInfo, Response, StdError, StdResult,
    };
    use cw_multi_test::{Contract, ContractWrapper};

    fn run(_: DepsMut<'_>, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
        Ok(Response::new())
    }

    fn migrate(_: DepsMut<'_>, _: Env, _: Empty, _: MigrateInfo) -> StdResult<Response> {
        Ok(Response::new())
    }

    fn query(_: Deps<'_>, _: Env, _: Empty) -> StdResult<Binary> {
        Err(StdError::generic_err("silence"))
    }

    pub(crate) fn code() -> Box<dyn Contract<Empty>> {
        Box::new(ContractWrapper::new(run, run, query).with_migrate(migrate))
    }
}

#[test]
fn deposits_come_page_by_page() {
    let (mut suite, job_id) = case(1);
    for _ in 0..3 {
        let purpose = suite.purpose(2, job_id);
        suite.deposit(&purpose, SHARE).unwrap();
    }
    let page = |start_after, limit| {
        let query = QueryMsg::Deposits { start_after, limit };
        let page: Vec<bithive_api::datasets::DepositResponse> =
            suite.chains.suite.query(&suite.datasets, &query);
        page.into_iter().map(|deposit| deposit.id).collect::<Vec<_>>()
    };
    assert_eq!(page(None, Some(2)), [1, 2]);
    assert_eq!(page(Some(2), Some(u32::MAX)), [3, 4]);
    let held = suite.held(&Asset::Native(FEE_DENOM.into()));
    assert_eq!((held.escrowed.u128(), held.claimable.u128()), (3 * SHARE, 0));
}
