//! `receive`: posting a job.

use bithive_api::jobs::{
    ConfigResponse, Event, ExecuteMsg, Hook, JobResponse, Phase, QueryMsg, Round, Terms, VaultResponse,
    limits,
};
use bithive_api::models::{self, Card};
use bithive_contract_kit::InputError;
use bithive_jobs::ContractError;
use bithive_test_kit::jobs::{JobsSuite, PRICE, VAULT, post};
use bithive_test_kit::{FEE_DENOM, refusal, token, told};
use cosmwasm_std::{Addr, Binary, HexBinary, Uint128, coins, to_json_binary};
use cw20::Cw20ReceiveMsg;

/// The error for otherwise valid terms with one change, paid as those terms say.
fn refused(change: impl FnOnce(&mut Terms)) -> ContractError {
    let mut market = JobsSuite::new();
    let mut terms = market.terms();
    change(&mut terms);
    let amount = terms.price.u128().saturating_mul(u128::from(terms.workers)).clamp(1, 1_000_000 * PRICE);
    let error = refusal(market.try_post(&terms, amount));
    assert_eq!(market.totals().jobs, 0);
    error
}

#[test]
fn a_posted_job_is_open_with_its_price_in_escrow() {
    let mut market = JobsSuite::new();
    let owner = market.suite.account("model-owner");
    let data = market.suite.account("data-owner");
    market.with_owners(&owner, &data);
    let terms = Terms { data_owner: Some(data.to_string()), ..market.terms() };
    let response = market.try_post(&terms, 3 * PRICE).unwrap();
    assert_eq!(told!(market.jobs, response, Event::Posted.job_id), [1]);
    assert_eq!(told!(market.jobs, response, Event::Posted.requester), [market.requester.clone()]);
    assert_eq!(told!(market.jobs, response, Event::Posted.round), [Round(0)]);
    let job = market.job(1);
    assert_eq!((job.phase, job.round, job.deadline), (Phase::Open, 0, Some(terms.assign_by)));
    assert_eq!(job.requester, market.requester);
    assert_eq!(job.escrow.u128(), 3 * PRICE);
    assert_eq!((job.terms.model_owner, job.terms.data_owner), (Some(owner), Some(data)));
    assert_eq!((job.assignment, job.workers, job.outcome), (None, vec![], None));
    let vault: VaultResponse = market.suite.query(&market.jobs, &QueryMsg::Vault { job_id: 1 });
    assert_eq!(vault.vault, VAULT);
    assert_eq!(market.totals().escrowed.u128(), 3 * PRICE);
    market.custody();
}

#[test]
fn jobs_are_numbered_from_1_and_paged_in_order() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    for number in 1..=12 {
        assert_eq!(market.post(&terms), number);
    }
    let page = |start_after, limit| -> Vec<u64> {
        let query = QueryMsg::Jobs { start_after, limit };
        let rows: Vec<JobResponse> = market.suite.query(&market.jobs, &query);
        rows.into_iter().map(|job| job.job_id).collect()
    };
    let first: Vec<u64> = (1..=10).collect();
    assert_eq!(page(None, None), first);
    assert_eq!(page(None, Some(u32::MAX)), first);
    assert_eq!(page(None, Some(2)), [1, 2]);
    assert_eq!(page(Some(10), None), [11, 12]);
    assert!(page(None, Some(0)).is_empty());
}

#[test]
fn a_job_that_does_not_exist_is_an_error() {
    let market = JobsSuite::new();
    for query in [QueryMsg::Job { job_id: 1 }, QueryMsg::Vault { job_id: 1 }] {
        let answer = market.suite.app.wrap().query_wasm_smart::<JobResponse>(&market.jobs, &query);
        assert!(answer.unwrap_err().to_string().contains("there is no job 1"));
    }
}

#[test]
fn workers_are_1_to_16() {
    assert_eq!(
        refused(|terms| terms.workers = 0),
        ContractError::Input(InputError::OutOfBounds { field: "workers", found: 0, least: 1, most: 16 })
    );
    assert_eq!(
        refused(|terms| terms.workers = 17),
        ContractError::Input(InputError::OutOfBounds { field: "workers", found: 17, least: 1, most: 16 })
    );
}

#[test]
fn a_quorum_of_more_than_all_workers_is_refused() {
    assert_eq!(refused(|terms| terms.quorum = 4), ContractError::Quorum { found: 4, workers: 3 });
}

#[test]
fn a_quorum_that_leaves_room_for_another_is_refused() {
    let half = |terms: &mut Terms| (terms.workers, terms.quorum) = (4, 2);
    assert_eq!(refused(half), ContractError::Quorum { found: 2, workers: 4 });
    assert_eq!(refused(|terms| terms.quorum = 0), ContractError::Quorum { found: 0, workers: 3 });
}

#[test]
fn dimensions_are_1_to_1024() {
    assert_eq!(
        refused(|terms| terms.dimensions = 0),
        ContractError::Input(InputError::OutOfBounds { field: "dimensions", found: 0, least: 1, most: 1024 })
    );
    assert_eq!(
        refused(|terms| terms.dimensions = 1_025),
        ContractError::Input(InputError::OutOfBounds {
            field: "dimensions",
            found: 1_025,
            least: 1,
            most: 1_024
        })
    );
}

#[test]
fn a_price_of_0_is_refused() {
    let error = refused(|terms| terms.price = Uint128::zero());
    assert_eq!(error, ContractError::Input(InputError::Zero { field: "price" }));
}

#[test]
fn a_price_whose_sum_overflows_is_refused() {
    let error = refused(|terms| terms.price = Uint128::MAX);
    assert_eq!(error, ContractError::PriceOverflow { price: Uint128::MAX, workers: 3 });
}

#[test]
fn an_assignment_window_in_the_past_or_too_long_is_refused() {
    let now = JobsSuite::new().suite.now();
    let latest = now + limits::MAX_WINDOW_SECONDS;
    for found in [0, now, latest + 1, u64::MAX] {
        let error = refused(|terms| terms.assign_by = found);
        assert_eq!(error, ContractError::AssignBy { found, now, latest });
    }
}

#[test]
fn every_window_has_a_shortest_and_a_longest() {
    for found in [0, limits::MIN_WINDOW_SECONDS - 1, limits::MAX_WINDOW_SECONDS + 1, u64::MAX] {
        let (least, most) = (limits::MIN_WINDOW_SECONDS.into(), limits::MAX_WINDOW_SECONDS.into());
        let bounds = |field| InputError::OutOfBounds { field, found: found.into(), least, most };
        let window = |field| ContractError::Input(bounds(field));
        assert_eq!(refused(|terms| terms.commit_seconds = found), window("commit_seconds"));
        assert_eq!(refused(|terms| terms.reveal_seconds = found), window("reveal_seconds"));
        assert_eq!(refused(|terms| terms.finalize_seconds = found), window("finalize_seconds"));
    }
}

#[test]
fn a_vault_is_neither_empty_nor_too_long() {
    let (field, least, most) = ("vault", 1, limits::MAX_VAULT_BYTES);
    let size = |found| ContractError::Input(InputError::Length { field, found, least, most });
    let mut market = JobsSuite::new();
    for found in [0, limits::MAX_VAULT_BYTES + 1] {
        let hook =
            Hook::Post { vault: vec![1; found].into(), terms: Box::new(market.terms()), bases: vec![] };
        assert_eq!(refusal::<ContractError>(market.try_hook(&hook, 3 * PRICE)), size(found));
    }
    assert_eq!(market.totals().jobs, 0);
}

#[test]
fn a_model_digest_has_32_bytes() {
    let error = refused(|terms| terms.model = HexBinary::from(&[1; 31]));
    assert_eq!(
        error,
        ContractError::Input(InputError::Length { field: "model", found: 31, least: 32, most: 32 })
    );
}

#[test]
fn an_owner_is_an_address() {
    let model = refused(|terms| terms.model_owner = Some("x".into()));
    assert_eq!(model, ContractError::Input(InputError::Address { field: "model_owner", found: "x".into() }));
    let data = refused(|terms| terms.data_owner = Some("x".into()));
    assert_eq!(data, ContractError::Input(InputError::Address { field: "data_owner", found: "x".into() }));
}

/// The attack: who posts a job names itself or a friend as the owner of model and data, and takes these shares back.
#[test]
fn a_requester_names_neither_itself_nor_anybody_who_has_not_agreed_as_an_owner() {
    let mut market = JobsSuite::new();
    let [owner, data, friend] =
        ["model-owner", "data-owner", "friend"].map(|name| market.suite.account(name));
    let (requester, named) = (market.requester.clone(), |name: &Addr| Some(name.to_string()));
    let refused_owner = |market: &mut JobsSuite, found: &Addr| {
        let terms = Terms { data_owner: named(found), ..market.terms() };
        let error: ContractError = refusal(market.try_post(&terms, 3 * PRICE));
        let (found, requester) = (found.to_string(), requester.to_string());
        assert_eq!(error, ContractError::NoConsent { found, requester });
    };
    // Without the contract of models nobody is an owner.
    refused_owner(&mut market, &data);
    let models = market.with_owners(&owner, &data);
    models.consent(&mut market.suite, &requester, &requester);
    models.consent(&mut market.suite, &friend, &friend);
    for found in [&requester, &friend] {
        refused_owner(&mut market, found);
    }
    // Its own model: the share is the treasury's, whichever of its accounts is the owner or the receiver.
    let own = HexBinary::from(&[9; 32]);
    models.register(&mut market.suite, &requester, &own).unwrap();
    let to_itself = HexBinary::from(&[8; 32]);
    let card = Card { receiver: named(&requester), ..bithive_test_kit::models::card() };
    let hook = models::Hook::Register { model: to_itself.clone(), card };
    models.pay(&mut market.suite, &friend, bithive_test_kit::models::BOND, &hook).unwrap();
    market.suite.advance(bithive_test_kit::models::NOTICE);
    for (model, found) in [(own, None), (to_itself, None), (market.terms().model, Some(owner))] {
        let job = market.post(&Terms { model, ..market.terms() });
        assert_eq!(market.job(job).terms.model_owner, found);
    }
    // Whoever it names for the model, it is paid to its owner.
    let terms = Terms { model_owner: named(&friend), ..market.terms() };
    let error: ContractError = refusal(market.try_post(&terms, 3 * PRICE));
    assert!(matches!(error, ContractError::OtherModelOwner { .. }), "{error}");
    // A consent ends, and is taken back.
    models.consent(&mut market.suite, &data, &requester);
    let terms = Terms { data_owner: named(&data), ..market.terms() };
    market.post(&terms);
    let back = models::ExecuteMsg::SetConsent { requester: requester.to_string(), until: None };
    models.send(&mut market.suite, &data, &back).unwrap();
    refused_owner(&mut market, &data);
    models.consent(&mut market.suite, &data, &requester);
    market.suite.advance(86_401);
    refused_owner(&mut market, &data);
    market.custody();
}

/// What a job pays is fixed when it is posted: neither a later registration nor a later receiver changes it.
#[test]
fn a_job_pays_the_owner_that_it_was_posted_with() {
    let mut market = JobsSuite::new();
    let (owner, data) = (market.suite.account("model-owner"), market.suite.account("data-owner"));
    let terms = market.terms();
    let before = market.post(&terms);
    let models = market.with_owners(&owner, &data);
    let terms = market.terms();
    let during = market.post(&terms);
    let card = Card { receiver: Some(data.to_string()), ..bithive_test_kit::models::card() };
    let update = models::ExecuteMsg::Update { model: terms.model.clone(), card };
    models.send(&mut market.suite, &owner, &update).unwrap();
    let after = market.post(&terms);
    let paid = [before, during, after].map(|job| market.job(job).terms.model_owner);
    assert_eq!(paid, [None, Some(owner), Some(data)]);
}

fn known(market: &JobsSuite) -> Option<Addr> {
    market.suite.query::<ConfigResponse>(&market.jobs, &QueryMsg::Config {}).models
}

#[test]
fn only_a_contract_of_models_for_the_same_token_is_named_and_none_can_be() {
    let mut market = JobsSuite::new();
    let (owner, btk) =
        (market.suite.owner.clone(), market.suite.another_token("BitHive compute token", "BTK"));
    let mut message = bithive_test_kit::models::message(&market.suite);
    message.token = btk.to_string();
    let other = bithive_test_kit::models::instantiate(&mut market.suite, &message).unwrap();
    let set = |address: Option<&Addr>| ExecuteMsg::SetModels { models: address.map(Addr::to_string) };
    let error: ContractError = refusal(market.send(&owner, &set(Some(&other))));
    let (found, expected) = (btk.to_string(), market.suite.btt.to_string());
    assert_eq!(error, ContractError::OtherToken { found, expected });
    assert!(market.send(&owner, &set(Some(&btk))).is_err());
    assert_eq!(known(&market), None);
    let models = market.with_models();
    assert_eq!(known(&market), Some(models.address));
    market.send(&owner, &set(None)).unwrap();
    assert_eq!(known(&market), None);
}

/// The attack: governance names a contract of its own, which says that it is the owner of every model.
#[test]
fn who_knows_the_owners_of_models_changes_after_a_delay_that_anybody_can_watch() {
    let mut market = JobsSuite::new();
    let (jobs, models) =
        (market.jobs.clone(), bithive_test_kit::models::Models::new(&mut market.suite).address);
    let now =
        |suite: &bithive_test_kit::Suite| suite.query::<ConfigResponse>(&jobs, &QueryMsg::Config {}).models;
    let set = |models: Option<Addr>| {
        move |_: &bithive_test_kit::Suite| ExecuteMsg::SetModels { models: models.clone().map(Into::into) }
    };
    market.suite.check_delay(&jobs, set(Some(models.clone())), |suite| now(suite) == Some(models.clone()));
    market.suite.check_delay(&jobs, set(None), |suite| now(suite).is_none());
    // A contract for another token is refused when it is announced.
    let (owner, btk) = (market.suite.owner.clone(), market.suite.another_token("Some token", "SOME"));
    let mut message = bithive_test_kit::models::message(&market.suite);
    message.token = btk.to_string();
    let other = bithive_test_kit::models::instantiate(&mut market.suite, &message).unwrap();
    let set = ExecuteMsg::SetModels { models: Some(other.to_string()) };
    assert!(matches!(refusal(market.send(&owner, &set)), ContractError::OtherToken { .. }));
    assert_eq!(market.suite.settings(&jobs), []);
}

#[test]
fn the_largest_terms_are_accepted() {
    let mut market = JobsSuite::new();
    let terms = Terms {
        workers: limits::MAX_WORKERS,
        quorum: limits::MAX_WORKERS,
        tolerance: limits::MAX_TOLERANCE,
        dimensions: limits::MAX_DIMENSIONS,
        assign_by: market.suite.now() + limits::MAX_WINDOW_SECONDS,
        commit_seconds: limits::MAX_WINDOW_SECONDS,
        reveal_seconds: limits::MIN_WINDOW_SECONDS,
        finalize_seconds: limits::MAX_WINDOW_SECONDS,
        ..market.terms()
    };
    let escrow = terms.price.u128() * u128::from(terms.workers);
    let vault = vec![1; limits::MAX_VAULT_BYTES].into();
    market.try_hook(&Hook::Post { vault, terms: Box::new(terms), bases: vec![] }, escrow).unwrap();
    market.custody();
}

#[test]
fn the_amount_is_exactly_the_price_of_all_workers() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let expected = Uint128::from(3 * PRICE);
    for found in [1, 3 * PRICE - 1, 3 * PRICE + 1] {
        let error: ContractError = refusal(market.try_post(&terms, found));
        let (what, found) = ("price times workers", found.into());
        assert_eq!(error, ContractError::Input(InputError::Amount { what, found, expected }));
    }
    assert_eq!(market.totals().escrowed, Uint128::zero());
}

#[test]
fn another_token_can_not_pay() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let suite = &mut market.suite;
    let rich = suite.account("rich");
    let worthless = bithive_api::token::InstantiateMsg {
        initial_balances: vec![cw20::Cw20Coin { address: rich.to_string(), amount: (3 * PRICE).into() }],
        ..token::message("Worthless", "NONE", &rich)
    };
    let other = token::instantiate(&mut suite.app, &rich, &worthless);
    let msg = to_json_binary(&post(terms)).unwrap();
    let send =
        cw20::Cw20ExecuteMsg::Send { contract: market.jobs.to_string(), amount: (3 * PRICE).into(), msg };
    let error: ContractError = refusal(market.suite.execute(&rich, &other, &send));
    let expected = market.suite.btt.to_string();
    assert_eq!(error, ContractError::Input(InputError::NotTheToken { found: other.into(), expected }));
}

#[test]
fn a_spoofed_hook_is_refused() {
    let mut market = JobsSuite::new();
    let msg = to_json_binary(&post(market.terms())).unwrap();
    let hook = Cw20ReceiveMsg { sender: market.suite.btt.to_string(), amount: (3 * PRICE).into(), msg };
    let thief = market.suite.account("thief");
    let error: ContractError = refusal(market.send(&thief, &ExecuteMsg::Receive(hook)));
    let expected = market.suite.btt.to_string();
    assert_eq!(error, ContractError::Input(InputError::NotTheToken { found: thief.into(), expected }));
}

#[test]
fn a_hook_that_is_no_message_is_refused() {
    let mut market = JobsSuite::new();
    let (requester, jobs) = (market.requester.clone(), market.jobs.clone());
    market.suite.fund(&requester, 3 * PRICE);
    let error: ContractError = refusal(market.suite.send_btt(&requester, &jobs, 3 * PRICE, &"post"));
    assert!(matches!(error, ContractError::Std(_)));
    assert_eq!(market.suite.balance(&requester), 3 * PRICE);
}

#[test]
fn native_coins_are_refused_with_every_message() {
    let mut market = JobsSuite::new();
    let (owner, jobs) = (market.suite.owner.clone(), market.jobs.clone());
    let assignment = {
        let terms = market.terms();
        let job_id = market.post(&terms);
        market.assignment(job_id, &[("node-1", PRICE), ("node-2", PRICE), ("node-3", PRICE)])
    };
    let hook = Cw20ReceiveMsg { sender: owner.to_string(), amount: 1u128.into(), msg: Binary::default() };
    let bytes = HexBinary::from(&[0; 32]);
    let messages = [
        ExecuteMsg::Receive(hook),
        ExecuteMsg::Cancel { job_id: 1 },
        ExecuteMsg::Assign { job_id: 1, assignment },
        ExecuteMsg::Commit { job_id: 1, commitment: bytes.clone() },
        ExecuteMsg::Reveal {
            job_id: 1,
            masked: Binary::default(),
            output: bytes.clone(),
            nonce: bytes.clone(),
        },
        ExecuteMsg::Finalize { job_id: 1, signers: 0, signature: bytes },
        ExecuteMsg::Advance { job_id: 1 },
        ExecuteMsg::Withdraw {},
    ];
    for message in messages {
        let sent = market.suite.execute_with(&owner, &jobs, &message, &coins(1, FEE_DENOM));
        assert!(matches!(refusal(sent), ContractError::Input(InputError::Payment(_))), "{message:?}");
    }
}
