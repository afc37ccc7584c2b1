//! Jobs that name consents: posted and assigned while these are live, by whom they were given to, and not a block longer.

use bithive_api::grants::{Basis, limits};
use bithive_api::jobs::{ConfigResponse, ExecuteMsg, Hook, Phase, QueryMsg, UseResponse};
use bithive_contract_kit::InputError;
use bithive_jobs::ContractError;
use bithive_test_kit::grants::{DAY, Grants, basis, digest};
use bithive_test_kit::jobs::{PRICE, VAULT, WINDOW};
use bithive_test_kit::{Answer, JobsSuite, refusal};
use cosmwasm_std::Addr;
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;

const WORKERS: [&str; 3] = ["node-1", "node-2", "node-3"];

fn world() -> (JobsSuite, Grants, Addr) {
    let mut market = JobsSuite::new();
    let grants = market.with_grants();
    let patient = market.suite.account("patient");
    (market, grants, patient)
}

fn try_post(market: &mut JobsSuite, bases: Vec<Basis>) -> AnyResult<AppResponse> {
    let terms = Box::new(market.terms());
    market.try_hook(&Hook::Post { vault: VAULT.into(), terms, bases }, 3 * PRICE)
}

fn post(market: &mut JobsSuite, bases: Vec<Basis>) -> u64 {
    try_post(market, bases).unwrap();
    market.totals().jobs
}

fn try_assign(market: &mut JobsSuite, job_id: u64) -> AnyResult<AppResponse> {
    let bids: Vec<_> = WORKERS.iter().map(|name| (*name, PRICE)).collect();
    let assignment = market.assignment(job_id, &bids);
    market.try_assign(job_id, assignment)
}

fn not_permitted(result: AnyResult<AppResponse>) -> &'static str {
    match refusal(result) {
        ContractError::NotPermitted { standing, .. } => standing,
        other => panic!("{other}"),
    }
}

#[test]
fn a_revocation_stops_the_next_assignment_in_its_own_block() {
    let (mut market, grants, patient) = world();
    let requester = market.requester.clone();
    grants.consent(&mut market.suite, &patient, 1, &requester);
    let [before, after] = [0; 2].map(|_| post(&mut market, vec![basis(&patient, 1)]));
    try_assign(&mut market, before).unwrap();
    let height = market.suite.app.block_info().height;
    grants.revoke(&mut market.suite, &patient, 1, &requester);
    assert_eq!(not_permitted(try_assign(&mut market, after)), "revoked");
    assert_eq!(market.suite.app.block_info().height, height, "no block in between");
    // What is assigned goes on: the workers have the data.
    assert_eq!(market.job(before).phase, Phase::Assigned);
    // The other job has the exits of every open one, and its escrow comes back whole.
    market.suite.advance(WINDOW + 1);
    let stranger = market.suite.account("stranger");
    market.send(&stranger, &ExecuteMsg::Advance { job_id: after }).unwrap();
    assert_eq!(market.job(after).phase, Phase::Refunded);
    assert_eq!(market.claimable(&requester), 3 * PRICE);
    market.custody();
}

#[test]
fn a_revocation_stops_the_next_round_of_a_job_too() {
    let (mut market, grants, patient) = world();
    let requester = market.requester.clone();
    grants.consent(&mut market.suite, &patient, 1, &requester);
    let job_id = post(&mut market, vec![basis(&patient, 1)]);
    try_assign(&mut market, job_id).unwrap();
    let far = |index: i32| Answer::of(&[1_000 * index; 4]);
    let answers: Vec<_> = WORKERS.iter().zip(1..).map(|(name, index)| (*name, far(index))).collect();
    market.work(job_id, &answers);
    assert_eq!(market.job(job_id).phase, Phase::Disputed);
    grants.revoke(&mut market.suite, &patient, 1, &requester);
    let bids = [("node-4", PRICE / 2), ("node-5", PRICE / 2), ("node-6", PRICE / 2)];
    let assignment = market.assignment(job_id, &bids);
    assert_eq!(not_permitted(market.try_assign(job_id, assignment)), "revoked");
    market.custody();
}

#[test]
fn a_consent_is_of_use_to_the_requester_that_it_was_given_to_and_to_nobody_else() {
    let (mut market, grants, patient) = world();
    let (requester, clinic) = (market.requester.clone(), market.suite.account("clinic"));
    grants.consent(&mut market.suite, &patient, 1, &requester);
    let job_id = post(&mut market, vec![basis(&patient, 1)]);
    // The opening is on the chain now; another requester copies it.
    let shown: Vec<Basis<Addr>> = market.suite.query(&market.jobs, &QueryMsg::Bases { job_id });
    let copied: Vec<Basis> = shown.into_iter().map(|basis| basis.map(String::from)).collect();
    let requester = std::mem::replace(&mut market.requester, clinic);
    assert_eq!(not_permitted(try_post(&mut market, copied.clone())), "unknown");
    // Or pays for a job of the one that has the consent: then that one is the requester, and assigns or does not.
    let terms = Box::new(market.terms());
    let hook = Hook::PostFor { requester: requester.to_string(), vault: VAULT.into(), terms, bases: copied };
    market.try_hook(&hook, 3 * PRICE).unwrap();
    let paid = market.totals().jobs;
    assert_eq!(market.job(paid).requester, requester);
    market.custody();
}

#[test]
fn every_basis_has_to_be_live_and_the_first_that_is_not_is_named() {
    let (mut market, grants, patient) = world();
    let (requester, other) = (market.requester.clone(), market.suite.account("other patient"));
    for (subject, number) in [(&patient, 1), (&patient, 2), (&other, 3)] {
        grants.consent(&mut market.suite, subject, number, &requester);
    }
    let all = vec![basis(&patient, 1), basis(&patient, 2), basis(&other, 3)];
    let job_id = post(&mut market, all.clone());
    assert_eq!(not_permitted(try_post(&mut market, vec![basis(&patient, 1), basis(&patient, 3)])), "unknown");
    grants.revoke(&mut market.suite, &other, 3, &requester);
    let ContractError::NotPermitted { subject, standing, .. } = refusal(try_assign(&mut market, job_id))
    else {
        panic!()
    };
    assert_eq!((subject, standing), (other.to_string(), "revoked"));
    assert_eq!(not_permitted(try_post(&mut market, all)), "revoked");
    market.custody();
}

#[test]
fn a_consent_ends_by_itself() {
    let (mut market, grants, patient) = world();
    let requester = market.requester.clone();
    let (digests, expires) = (vec![digest(1, &requester)], market.suite.now() + 10);
    let record = bithive_api::grants::ExecuteMsg::Record { digests, expires, signed: None };
    grants.send(&mut market.suite, &patient, &record).unwrap();
    let job_id = post(&mut market, vec![basis(&patient, 1)]);
    market.suite.advance(10);
    assert_eq!(not_permitted(try_assign(&mut market, job_id)), "expired");
}

#[test]
fn an_emergency_stands_in_for_a_consent_that_was_refused() {
    let (mut market, grants, patient) = world();
    let requester = market.requester.clone();
    grants.revoke(&mut market.suite, &patient, 1, &requester);
    grants.break_glass(&mut market.suite, &requester, &patient).unwrap();
    let glass = Basis::BreakGlass { subject: patient.to_string(), id: 1 };
    let [now, later] = [0; 2].map(|_| post(&mut market, vec![glass.clone()]));
    try_assign(&mut market, now).unwrap();
    let uses: Vec<UseResponse> = uses(&market, &patient, None);
    assert_eq!(uses.iter().map(|used| used.job_id).collect::<Vec<_>>(), [now, later]);
    // Not for ever: another job a day later needs another statement, which the patient sees.
    market.suite.advance(DAY);
    assert_eq!(not_permitted(try_post(&mut market, vec![glass])), "expired");
}

fn uses(market: &JobsSuite, subject: &Addr, start_after: Option<u64>) -> Vec<UseResponse> {
    let query = QueryMsg::Uses { subject: subject.into(), start_after, limit: Some(u32::MAX) };
    market.suite.query(&market.jobs, &query)
}

#[test]
fn a_subject_sees_every_job_that_names_its_data_and_no_other() {
    let (mut market, grants, patient) = world();
    let (requester, other) = (market.requester.clone(), market.suite.account("other patient"));
    for (subject, number) in [(&patient, 1), (&patient, 2), (&other, 1)] {
        grants.consent(&mut market.suite, subject, number, &requester);
    }
    let both = post(&mut market, vec![basis(&patient, 1), basis(&patient, 2), basis(&other, 1)]);
    let others = post(&mut market, vec![basis(&other, 1)]);
    let nobodys = post(&mut market, vec![]);
    try_assign(&mut market, both).unwrap();
    let seen = uses(&market, &patient, None);
    let [used] = seen.as_slice() else { panic!("{seen:?}") };
    let texts: Vec<Basis> = used.bases.iter().cloned().map(|basis| basis.map(String::from)).collect();
    assert_eq!(texts, [basis(&patient, 1), basis(&patient, 2)], "and nothing of others");
    assert_eq!((used.job_id, used.round, &used.requester), (both, 1, &requester));
    assert_eq!(
        uses(&market, &other, Some(both)).iter().map(|used| used.job_id).collect::<Vec<_>>(),
        [others]
    );
    let none: Vec<Basis<Addr>> = market.suite.query(&market.jobs, &QueryMsg::Bases { job_id: nobodys });
    assert_eq!(none, []);
    // Who has no consent can't fill a subject's list.
    assert!(try_post(&mut market, vec![basis(&patient, 9)]).is_err());
    assert_eq!(uses(&market, &patient, None).len(), 1);
}

#[test]
fn what_a_job_names_has_bounds() {
    let (mut market, grants, patient) = world();
    let requester = market.requester.clone();
    grants.consent(&mut market.suite, &patient, 1, &requester);
    let most = vec![basis(&patient, 1); limits::MAX_BASES];
    post(&mut market, most.clone());
    let refused = try_post(&mut market, [most, vec![basis(&patient, 1)]].concat());
    let expected = InputError::Count { field: "bases", found: 17, least: 0, most: 16 };
    assert_eq!(refusal::<ContractError>(refused), ContractError::Input(expected));
    let nobody = Basis::BreakGlass { subject: "x".into(), id: 1 };
    let error: ContractError = refusal(try_post(&mut market, vec![nobody]));
    assert!(matches!(error, ContractError::Input(InputError::Address { field: "subject", .. })), "{error}");
    let short = Basis::Consent { subject: patient.to_string(), opening: vec![1; 31].into() };
    assert!(try_post(&mut market, vec![short]).is_err());
}

#[test]
fn a_market_without_grants_takes_jobs_that_name_nothing_and_no_others() {
    let mut market = JobsSuite::new();
    let patient = market.suite.account("patient");
    assert_eq!(
        refusal::<ContractError>(try_post(&mut market, vec![basis(&patient, 1)])),
        ContractError::NoGrants
    );
    let plain = post(&mut market, vec![]);
    try_assign(&mut market, plain).unwrap();
    // Governance takes the grants away: what names consents is not assigned on nobody's word.
    let grants = market.with_grants();
    let requester = market.requester.clone();
    grants.consent(&mut market.suite, &patient, 1, &requester);
    let job_id = post(&mut market, vec![basis(&patient, 1)]);
    let owner = market.suite.owner.clone();
    market.send(&owner, &ExecuteMsg::SetGrants { grants: None }).unwrap();
    assert_eq!(refusal::<ContractError>(try_assign(&mut market, job_id)), ContractError::NoGrants);
}

#[test]
fn the_grants_are_a_contract_of_the_same_registry() {
    let (mut market, grants, _) = world();
    let owner = market.suite.owner.clone();
    let known =
        |market: &JobsSuite| market.suite.query::<ConfigResponse>(&market.jobs, &QueryMsg::Config {}).grants;
    assert_eq!(known(&market), Some(grants.address.clone()));
    let mut other = bithive_test_kit::grants::message(&market.suite);
    other.registry = market.suite.btt.to_string();
    let code_id = market.suite.app.store_code(bithive_test_kit::grants::code());
    let other = cw_multi_test::Executor::instantiate_contract(
        &mut market.suite.app,
        code_id,
        owner.clone(),
        &other,
        &[],
        "grants",
        None,
    );
    let set = ExecuteMsg::SetGrants { grants: Some(other.unwrap().to_string()) };
    let error: ContractError = refusal(market.send(&owner, &set));
    assert!(matches!(error, ContractError::OtherRegistry { .. }), "{error}");
    let account = ExecuteMsg::SetGrants { grants: Some(owner.to_string()) };
    assert!(market.send(&owner, &account).is_err());
    assert_eq!(known(&market), Some(grants.address));
}

/// The attack: governance names a contract of its own, which says that everything is permitted.
#[test]
fn who_knows_consents_changes_after_a_delay_that_anybody_can_watch() {
    let mut market = JobsSuite::new();
    let (jobs, grants) = (market.jobs.clone(), Grants::new(&mut market.suite).address);
    let now =
        |suite: &bithive_test_kit::Suite| suite.query::<ConfigResponse>(&jobs, &QueryMsg::Config {}).grants;
    let set = |grants: Option<Addr>| {
        move |_: &bithive_test_kit::Suite| ExecuteMsg::SetGrants { grants: grants.clone().map(Into::into) }
    };
    market.suite.check_delay(&jobs, set(Some(grants.clone())), |suite| now(suite) == Some(grants.clone()));
    market.suite.check_delay(&jobs, set(None), |suite| now(suite).is_none());
}

/// A post as programs of the version before have it, and a job as it is stored since: both are what they were.
#[test]
fn posts_and_jobs_of_the_version_before_are_read() {
    let text = r#"{"post":{"vault":"sLA=","terms":{"workers":1,"quorum":1,"tolerance":0,"dimensions":1,"price":"1","assign_by":9,
        "commit_seconds":60,"reveal_seconds":60,"finalize_seconds":60,"model":"00","model_owner":null,"data_owner":null}}}"#;
    let hook: Hook = cosmwasm_std::from_json(text).unwrap();
    let Hook::Post { bases, .. } = &hook else { panic!() };
    assert!(bases.is_empty());
    // And what names nothing is taken by markets of that version.
    let written = cosmwasm_std::to_json_string(&hook).unwrap();
    assert!(!written.contains("bases"), "{written}");
}
