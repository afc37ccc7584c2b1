//! What the emissions and the registry are told of jobs, and what governance sets.

use bithive_api::MigrateMsg;
use bithive_api::emissions::{self, ContributorResponse, DayResponse, Recipients};
use bithive_api::jobs::{
    Event, ExecuteMsg, Finalization, Hook, ModelWork, Phase, QueryMsg, ReportingResponse, Terms, limits,
};
use bithive_api::registry::{PerformanceResponse, QueryMsg as RegistryQuery};
use bithive_contract_kit::InputError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_economics::work::FEE_PER_CREDIT;
use bithive_jobs::ContractError;
use bithive_test_kit::emissions::EmissionsSuite;
use bithive_test_kit::jobs::{self, PRICE, VAULT};
use bithive_test_kit::{Answer, JobsSuite, NodeKeys, UNIT, refusal, token, told};
use cosmwasm_std::{Addr, HexBinary};
use cw_multi_test::Executor as _;
use cw20::Cw20ExecuteMsg;

const MODEL: [u8; 32] = [0x3d; 32];
const WORK: ModelWork = ModelWork { credits: 1_000, quality_bps: 9_000, confidence_bps: 8_000 };
const WORKERS: [&str; 3] = ["node-1", "node-2", "node-3"];

/// A market that credits work; the emissions, and BTK.
fn with_emissions() -> (JobsSuite, Addr) {
    let mut market = JobsSuite::new();
    let owner = market.suite.owner.clone();
    let btk = token::instantiate(&mut market.suite.app, &owner, &token::message("Compute", "BTK", &owner));
    let [application, foundation, infrastructure] =
        ["application", "foundation", "infrastructure"].map(|name| market.suite.account(name));
    let recipients = Recipients { application, foundation, infrastructure };
    let message = EmissionsSuite::message(&owner, &btk, market.suite.now(), &recipients);
    let emissions = EmissionsSuite::instantiate(&mut market.suite, &message).unwrap();
    let minter = Cw20ExecuteMsg::UpdateMinter { new_minter: Some(emissions.to_string()) };
    market.suite.execute(&owner, &btk, &minter).unwrap();
    let set = ExecuteMsg::SetEmissions { emissions: Some(emissions.to_string()) };
    market.send(&owner, &set).unwrap();
    (market, emissions)
}

fn as_owner(market: &mut JobsSuite, contract: &Addr, message: &emissions::ExecuteMsg) {
    let owner = market.suite.owner.clone();
    market.suite.execute(&owner, contract, message).unwrap();
}

fn name_meter(market: &mut JobsSuite, emissions: &Addr) {
    let meter = market.jobs.to_string();
    as_owner(market, emissions, &emissions::ExecuteMsg::SetMeter { meter, allowed: true });
}

fn know_model(market: &mut JobsSuite) {
    let owner = market.suite.owner.clone();
    let set = ExecuteMsg::SetModel { model: HexBinary::from(&MODEL), work: Some(WORK) };
    market.send(&owner, &set).unwrap();
}

fn units(market: &JobsSuite, emissions: &Addr, name: &str) -> u64 {
    let query = emissions::QueryMsg::Contributor { address: market.suite.account(name).into() };
    let found: ContributorResponse = market.suite.query(emissions, &query);
    found.today.map_or(0, |work| work.units)
}

fn performance(market: &JobsSuite, name: &str) -> PerformanceResponse {
    let query = RegistryQuery::Performance { address: market.suite.account(name).into() };
    market.suite.query::<Option<PerformanceResponse>>(&market.suite.registry, &query).unwrap()
}

fn reporting(market: &JobsSuite, job_id: u64) -> ReportingResponse {
    market.suite.query(&market.jobs, &QueryMsg::Reporting { job_id })
}

/// A job that waits for its signature; the third worker's answer is wrong.
fn revealed(market: &mut JobsSuite) -> u64 {
    let job = market.assigned(&market.terms(), &WORKERS);
    let (right, wrong) = (Answer::of(&[1, 2, 3, 4]), Answer::of(&[100, 2, 3, 4]));
    market.work(job, &[("node-1", right.clone()), ("node-2", right), ("node-3", wrong)]);
    job
}

#[test]
fn a_settled_job_is_credited_and_counted_at_once() {
    let (mut market, emissions) = with_emissions();
    name_meter(&mut market, &emissions);
    know_model(&mut market);
    let job = revealed(&mut market);
    let response = market.finalize(job, &["node-1", "node-2"]).unwrap();
    assert_eq!(told!(market.jobs, response, Event::Reported.credits), [1_000]);
    assert!(reporting(&market, job).reported);
    assert_eq!(WORKERS.map(|name| units(&market, &emissions, name)), [1_000, 1_000, 0]);
    let good = performance(&market, "node-1");
    assert_eq!((good.settled, good.streak, good.work, good.faults), (1, 1, 1_000, 0));
    // 0.4 * 0.9 * 0.8 + 0.4 * 2/3 + 0.2: all revealed, two of three agree, both signed.
    assert_eq!(good.trust_bps, 2_880 + 2_666 + 2_000);
    let bad = performance(&market, "node-3");
    assert_eq!((bad.settled, bad.faults, bad.streak), (0, 1, 0));
    assert!(bad.reputation_bps < good.reputation_bps);
    // Once.
    let stranger = market.suite.account("stranger");
    let error = refusal::<ContractError>(market.send(&stranger, &ExecuteMsg::Report { job_id: job }));
    assert_eq!(error, ContractError::AlreadyReported { job_id: job });
    assert_eq!(units(&market, &emissions, "node-1"), 1_000);
    market.custody();
}

#[test]
fn work_that_the_emissions_refuse_is_nobodys_and_keeps_no_job_from_settling() {
    let (mut market, emissions) = with_emissions();
    know_model(&mut market);
    let job = revealed(&mut market);
    // The market is no meter yet.
    let response = market.finalize(job, &["node-1", "node-2"]).unwrap();
    assert_eq!(told!(market.jobs, response, Event::WorkRefused.job_id), [job]);
    assert_eq!(told!(market.jobs, response, Event::Reported.credits), [1_000]);
    assert_eq!(market.job(job).phase, Phase::Settled);
    let worker = market.suite.account("node-1");
    assert!(market.claimable(&worker) > 0);
    // The registry counts it; and it is too late for the emissions, on whose day it was nothing.
    assert_eq!((units(&market, &emissions, "node-1"), performance(&market, "node-1").settled), (0, 1));
    name_meter(&mut market, &emissions);
    let error = refusal::<ContractError>(market.send(&worker, &ExecuteMsg::Report { job_id: job }));
    assert_eq!(error, ContractError::AlreadyReported { job_id: job });
    market.custody();
}

#[test]
fn a_report_that_is_refused_is_sent_again_and_credits_what_was_fixed() {
    let (mut market, emissions) = with_emissions();
    name_meter(&mut market, &emissions);
    know_model(&mut market);
    let job = settled_in_a_batch(&mut market);
    as_owner(&mut market, &emissions, &emissions::ExecuteMsg::SetPaused { paused: true });
    let worker = market.suite.account("node-1");
    assert!(market.send(&worker, &ExecuteMsg::Report { job_id: job }).is_err());
    // All of it or nothing: the registry has not counted it either.
    assert_eq!(performance(&market, "node-1").settled, 0);
    assert!(!reporting(&market, job).reported);
    as_owner(&mut market, &emissions, &emissions::ExecuteMsg::SetPaused { paused: false });
    market.send(&worker, &ExecuteMsg::Report { job_id: job }).unwrap();
    assert_eq!((units(&market, &emissions, "node-1"), performance(&market, "node-1").settled), (1_000, 1));
    market.custody();
}

/// A job that was settled, and is not reported yet.
fn settled_in_a_batch(market: &mut JobsSuite) -> u64 {
    let job = revealed(market);
    let (statements, signature) = market.signed_many(&[(job, &["node-1", "node-2"])]);
    market.try_finalize_many(statements, signature).unwrap();
    job
}

fn day_of(market: &JobsSuite, emissions: &Addr, day: u64) -> DayResponse {
    market.suite.query(emissions, &emissions::QueryMsg::Day { day })
}

fn contributor(market: &JobsSuite, emissions: &Addr, name: &str) -> ContributorResponse {
    let query = emissions::QueryMsg::Contributor { address: market.suite.account(name).into() };
    market.suite.query(emissions, &query)
}

/// The attack: a report that is kept back until a day on which it shares with nobody.
#[test]
fn a_report_that_is_kept_back_credits_the_day_on_which_the_job_was_settled() {
    let earned = [0, 1, 11].map(|late| {
        let (mut market, emissions) = with_emissions();
        name_meter(&mut market, &emissions);
        know_model(&mut market);
        let job = settled_in_a_batch(&mut market);
        assert_eq!(day_of(&market, &emissions, 0).units, 2_000, "announced");
        market.suite.advance(late * 86_400);
        let stranger = market.suite.account("stranger");
        market.send(&stranger, &ExecuteMsg::Report { job_id: job }).unwrap();
        assert_eq!(day_of(&market, &emissions, 0).units, 2_000);
        assert_eq!(late == 0, units(&market, &emissions, "node-1") == 1_000);
        market.suite.advance(86_400);
        contributor(&market, &emissions, "node-1").earned.u128()
    });
    // 0.002 BTK for a credit.
    assert_eq!(earned, [2 * UNIT; 3]);
}

/// The attack: whoever sends the report before governance states the work of the model makes it nothing, whoever waits until
/// it is more makes it that.
#[test]
fn what_a_job_is_worth_is_fixed_when_it_is_settled_whoever_reports_it_when() {
    let (mut market, emissions) = with_emissions();
    name_meter(&mut market, &emissions);
    let owner = market.suite.owner.clone();
    let set = |work| ExecuteMsg::SetModel { model: HexBinary::from(&MODEL), work };
    market.send(&owner, &set(Some(WORK))).unwrap();
    let job = settled_in_a_batch(&mut market);
    assert_eq!(reporting(&market, job).credits, 1_000);
    for work in [None, Some(ModelWork { credits: 9_000, quality_bps: 0, confidence_bps: 0 })] {
        market.send(&owner, &set(work)).unwrap();
    }
    let stranger = market.suite.account("stranger");
    market.send(&stranger, &ExecuteMsg::Report { job_id: job }).unwrap();
    let good = performance(&market, "node-1");
    assert_eq!((units(&market, &emissions, "node-1"), good.work), (1_000, 1_000));
    assert_eq!(good.trust_bps, 2_880 + 2_666 + 2_000);
    // Nothing was known of the model, and what is stated later does not change that.
    market.send(&owner, &set(None)).unwrap();
    let job = settled_in_a_batch(&mut market);
    market.send(&owner, &set(Some(WORK))).unwrap();
    assert_eq!(reporting(&market, job).credits, 0);
    market.send(&stranger, &ExecuteMsg::Report { job_id: job }).unwrap();
    assert_eq!(units(&market, &emissions, "node-1"), 1_000);
}

/// A job whose requester is its workers, for the least that there is to pay.
fn staged(market: &mut JobsSuite, names: &[&str], quorum: u8, price: u128) -> u64 {
    let workers = u8::try_from(names.len()).unwrap();
    let terms = Terms {
        workers,
        quorum,
        price: price.into(),
        data_owner: Some(market.suite.account("friend").to_string()),
        ..market.terms()
    };
    let job = market.assigned(&terms, names);
    let answers: Vec<_> = names.iter().map(|name| (*name, Answer::of(&[1, 2, 3, 4]))).collect();
    market.work(job, &answers);
    market.finalize(job, names).unwrap();
    job
}

/// The attack: one worker, of the requester, for one base unit, took the whole day's emission, and thirty such jobs thirty
/// times what an honest worker was paid for ten BTT.
#[test]
fn a_job_of_ones_own_worker_is_credited_for_what_it_cost_for_good_and_alone_for_nothing() {
    let (mut market, emissions) = with_emissions();
    name_meter(&mut market, &emissions);
    know_model(&mut market);
    // A friend of the requester owns the model and the data, and has bonded for it.
    let friend = market.suite.account("friend");
    market.with_owners(&friend, &friend);
    for _ in 0..30 {
        staged(&mut market, &["node-4"], 1, 1);
        staged(&mut market, &["node-5"], 1, 100 * PRICE);
        staged(&mut market, &["node-4", "node-5", "node-6"], 3, 1);
    }
    assert_eq!(["node-4", "node-5", "node-6"].map(|name| units(&market, &emissions, name)), [0; 3]);
    assert_eq!(performance(&market, "node-4").work, 0);
    // An honest one, who loses nothing to them.
    revealed_and_settled(&mut market);
    let treasury = market.suite.treasury.clone();
    let before = market.claimable(&treasury);
    // Everything that can return does: pay, the shares of both owners. What is left is 5 % for the treasury.
    staged(&mut market, &["node-4", "node-5", "node-6"], 3, PRICE / 5);
    let lost = market.claimable(&treasury) - before;
    assert_eq!(lost, 3 * PRICE / 5 / 20);
    let credits = 3 * units(&market, &emissions, "node-4");
    assert_eq!(u128::from(credits), lost / FEE_PER_CREDIT);
    market.suite.advance(86_400);
    let earned = |name| contributor(&market, &emissions, name).earned.u128();
    assert_eq!(earned("node-1"), 2 * UNIT);
    // Half a BTT for each BTK, at least.
    let gained: u128 = ["node-4", "node-5", "node-6"].into_iter().map(earned).sum();
    assert!(gained > 0 && gained <= 2 * lost, "{gained} BTK for {lost} BTT");
    market.custody();
}

fn revealed_and_settled(market: &mut JobsSuite) {
    let job = revealed(market);
    market.finalize(job, &["node-1", "node-2"]).unwrap();
}

/// A job that an earlier version settled says nothing of its worth: it is counted, and its work was never announced.
#[test]
fn a_job_that_an_earlier_version_settled_is_reported_without_credit() {
    let (mut market, emissions) = with_emissions();
    name_meter(&mut market, &emissions);
    know_model(&mut market);
    let job = settled_in_a_batch(&mut market);
    {
        let mut storage = market.suite.app.contract_storage_mut(&market.jobs);
        let key = [b"\0\x04jobs".as_slice(), &job.to_be_bytes()].concat();
        let mut stored: serde_json::Value = serde_json::from_slice(&storage.get(&key).unwrap()).unwrap();
        let outcome = stored["outcome"].as_object_mut().unwrap();
        assert!(outcome.remove("worth").is_some());
        storage.set(&key, &serde_json::to_vec(&stored).unwrap());
    }
    let (owner, code_id) = (market.suite.owner.clone(), market.suite.app.store_code(jobs::code()));
    let contract = market.jobs.clone();
    market.suite.app.migrate_contract(owner, contract, &MigrateMsg {}, code_id).unwrap();
    assert_eq!(market.job(job).phase, Phase::Settled);
    let stranger = market.suite.account("stranger");
    market.send(&stranger, &ExecuteMsg::Report { job_id: job }).unwrap();
    let good = performance(&market, "node-1");
    assert_eq!((good.settled, good.work, good.trust_bps), (1, 0, 2_880 + 2_666 + 2_000));
    assert_eq!(units(&market, &emissions, "node-1"), 0);
}

#[test]
fn jobs_that_settle_together_are_reported_one_by_one() {
    let (mut market, emissions) = with_emissions();
    name_meter(&mut market, &emissions);
    know_model(&mut market);
    let jobs = [revealed(&mut market), revealed_by_others(&mut market)];
    let mut signatures = Vec::new();
    let statements = jobs.map(|job_id| {
        let names: &[&str] = if job_id == jobs[0] { &["node-1", "node-2"] } else { &["node-4", "node-5"] };
        let statement = market.statement(job_id);
        signatures.extend(names.iter().map(|name| NodeKeys::of(name).bls.sign(&statement)));
        Finalization { job_id, signers: market.signed(job_id, names).0 }
    });
    let signature = HexBinary::from(&bithive_attest::bls::aggregate(&signatures).unwrap());
    let stranger = market.suite.account("stranger");
    let many = ExecuteMsg::FinalizeMany { statements: statements.to_vec(), signature };
    market.send(&stranger, &many).unwrap();
    assert_eq!(units(&market, &emissions, "node-4"), 0);
    for job_id in jobs {
        market.send(&stranger, &ExecuteMsg::Report { job_id }).unwrap();
    }
    assert_eq!((units(&market, &emissions, "node-1"), units(&market, &emissions, "node-4")), (1_000, 1_000));
}

fn revealed_by_others(market: &mut JobsSuite) -> u64 {
    let names = ["node-4", "node-5", "node-6"];
    let job = market.assigned(&market.terms(), &names);
    market.work(job, &names.map(|name| (name, Answer::of(&[5, 6, 7, 8]))));
    job
}

#[test]
fn a_job_of_an_unknown_model_is_counted_and_credits_nothing() {
    let (mut market, emissions) = with_emissions();
    name_meter(&mut market, &emissions);
    let job = revealed(&mut market);
    let response = market.finalize(job, &["node-1", "node-2"]).unwrap();
    assert_eq!(told!(market.jobs, response, Event::Reported.credits), [0]);
    assert_eq!((units(&market, &emissions, "node-1"), performance(&market, "node-1").settled), (0, 1));
    assert_eq!(performance(&market, "node-1").trust_bps, 2_666 + 2_000);
}

#[test]
fn who_stays_away_keeps_its_bond_and_its_scores() {
    let mut market = JobsSuite::new();
    let job = market.assigned(&market.terms(), &WORKERS);
    market.commit(job, "node-1", &Answer::of(&[1, 2, 3, 4])).unwrap();
    let (bond, before) = (market.suite.node("node-2").unwrap().bond, performance(&market, "node-2"));
    market.expire(job);
    let away = performance(&market, "node-2");
    assert_eq!((away.missed, away.streak), (1, before.streak));
    assert_eq!((away.reputation_bps, away.value_bps), (before.reputation_bps, before.value_bps));
    assert_eq!(market.suite.node("node-2").unwrap().bond, bond);
    assert_eq!(performance(&market, "node-1").missed, 0);
    // A registry that knows no market refuses the record, and the job goes on.
    let mut market = JobsSuite::unwired();
    let job = market.assigned(&market.terms(), &WORKERS);
    let response = market.expire(job);
    assert_eq!(told!(market.jobs, response, Event::RecordFailed.job_id), [job]);
    assert_eq!(market.job(job).phase, Phase::Disputed);
}

#[test]
fn only_settled_jobs_are_reported() {
    let mut market = JobsSuite::new();
    let job = market.post(&market.terms());
    let stranger = market.suite.account("stranger");
    let report = |job_id| ExecuteMsg::Report { job_id };
    let error = refusal::<ContractError>(market.send(&stranger, &report(job)));
    assert!(matches!(error, ContractError::WrongPhase { found: Phase::Open, .. }), "{error}");
    let error = refusal::<ContractError>(market.send(&stranger, &report(9)));
    assert!(matches!(error, ContractError::NoJob { job_id: 9 }), "{error}");
}

#[test]
fn governance_is_the_registrys_owner_and_its_numbers_have_bounds() {
    let mut market = JobsSuite::new();
    let (owner, stranger) = (market.suite.owner.clone(), market.suite.account("stranger"));
    let model = HexBinary::from(&MODEL);
    let messages = [
        ExecuteMsg::SetEmissions { emissions: None },
        ExecuteMsg::SetModel { model: model.clone(), work: Some(WORK) },
        ExecuteMsg::SetPaused { paused: false },
    ];
    for message in &messages {
        let error = refusal::<ContractError>(market.send(&stranger, message));
        let expected = format!("the registry's owner {owner}");
        assert_eq!(error, Unauthorized::new(&stranger, expected).into());
        market.send(&owner, message).unwrap();
    }
    let known = QueryMsg::Model { model: model.clone() };
    assert_eq!(market.suite.query::<Option<ModelWork>>(&market.jobs, &known), Some(WORK));
    let set = |work| ExecuteMsg::SetModel { model: model.clone(), work };
    for credits in [0, 1, 1_000_000_000_001] {
        let error = refusal::<ContractError>(market.send(&owner, &set(Some(ModelWork { credits, ..WORK }))));
        let (least, most) = (limits::MODEL_CREDITS.0.into(), limits::MODEL_CREDITS.1.into());
        let bounds = InputError::OutOfBounds { field: "credits", found: credits.into(), least, most };
        assert_eq!(error, ContractError::Input(bounds));
    }
    for work in [ModelWork { quality_bps: 10_001, ..WORK }, ModelWork { confidence_bps: 10_001, ..WORK }] {
        assert!(matches!(refusal(market.send(&owner, &set(Some(work)))), ContractError::Share(_)));
    }
    let short = ExecuteMsg::SetModel { model: HexBinary::from(&[1; 31]), work: Some(WORK) };
    assert!(matches!(refusal(market.send(&owner, &short)), ContractError::Input(InputError::Length { .. })));
    let nobody = ExecuteMsg::SetEmissions { emissions: Some("nobody".into()) };
    assert!(matches!(
        refusal(market.send(&owner, &nobody)),
        ContractError::Input(InputError::Address { .. })
    ));
    market.send(&owner, &set(None)).unwrap();
    assert_eq!(market.suite.query::<Option<ModelWork>>(&market.jobs, &known), None);
}

#[test]
fn a_pause_refuses_new_jobs_and_nothing_that_leaves() {
    let mut market = JobsSuite::new();
    let owner = market.suite.owner.clone();
    let (open, job) = (market.post(&market.terms()), revealed(&mut market));
    market.send(&owner, &ExecuteMsg::SetPaused { paused: true }).unwrap();
    assert!(reporting(&market, job).paused);
    let terms = market.terms();
    assert_eq!(refusal::<ContractError>(market.try_post(&terms, 3 * PRICE)), ContractError::Paused);
    market.finalize(job, &["node-1", "node-2"]).unwrap();
    let (requester, worker) = (market.requester.clone(), market.suite.account("node-1"));
    market.send(&requester, &ExecuteMsg::Cancel { job_id: open }).unwrap();
    market.withdraw(&requester).unwrap();
    market.withdraw(&worker).unwrap();
    market.send(&owner, &ExecuteMsg::SetPaused { paused: false }).unwrap();
    market.post(&terms);
}

#[test]
fn a_job_that_somebody_else_pays_for_is_the_requesters() {
    let mut market = JobsSuite::new();
    let (payer, alice, jobs) =
        (market.suite.account("payer"), market.suite.account("alice"), market.jobs.clone());
    market.suite.fund(&payer, 6 * PRICE);
    let post = |requester: &str, terms| {
        let (requester, vault) = (requester.into(), VAULT.into());
        Hook::PostFor { requester, vault, terms: Box::new(terms), bases: vec![] }
    };
    let hook = post(alice.as_str(), market.terms());
    market.suite.send_btt(&payer, &jobs, 3 * PRICE, &hook).unwrap();
    assert_eq!(market.job(1).requester, alice);
    assert!(market.send(&payer, &ExecuteMsg::Cancel { job_id: 1 }).is_err());
    let assignment = market.assignment(1, &[("node-1", 1), ("node-2", 1), ("node-3", 1)]);
    let error = refusal::<ContractError>(market.send(&alice, &ExecuteMsg::Assign { job_id: 1, assignment }));
    assert_eq!(error, ContractError::RequesterBond { address: alice.to_string() });
    market.send(&alice, &ExecuteMsg::Cancel { job_id: 1 }).unwrap();
    assert_eq!((market.claimable(&alice), market.claimable(&payer)), (3 * PRICE, 0));
    let hook = post("nobody", market.terms());
    let error = refusal::<ContractError>(market.suite.send_btt(&payer, &jobs, 3 * PRICE, &hook));
    assert!(matches!(error, ContractError::Input(InputError::Address { field: "requester", .. })), "{error}");
    market.custody();
}

/// The attack: governance, or who took its key, names emissions of its own, or forgets the model, just before jobs settle.
#[test]
fn what_work_earns_changes_after_a_delay_that_anybody_can_watch() {
    let (mut market, emissions) = with_emissions();
    let jobs = market.jobs.clone();
    let job = market.post(&market.terms());
    let known = |suite: &bithive_test_kit::Suite| {
        suite.query::<ReportingResponse>(&jobs, &QueryMsg::Reporting { job_id: job }).emissions
    };
    let none = |_: &bithive_test_kit::Suite| ExecuteMsg::SetEmissions { emissions: None };
    market.suite.check_delay(&jobs, none, |suite| known(suite).is_none());
    let again =
        |_: &bithive_test_kit::Suite| ExecuteMsg::SetEmissions { emissions: Some(emissions.to_string()) };
    market.suite.check_delay(&jobs, again, |suite| known(suite) == Some(emissions.clone()));
    let model = HexBinary::from(&MODEL);
    let query = QueryMsg::Model { model: model.clone() };
    let work = |suite: &bithive_test_kit::Suite| suite.query::<Option<ModelWork>>(&jobs, &query);
    let state = |work| move |_: &bithive_test_kit::Suite| ExecuteMsg::SetModel { model: MODEL.into(), work };
    market.suite.check_delay(&jobs, state(Some(WORK)), |suite| work(suite) == Some(WORK));
    market.suite.check_delay(&jobs, state(None), |suite| work(suite).is_none());
    // What is wrong is refused when it is announced, and a pause is at once.
    let owner = market.suite.owner.clone();
    let bad = ExecuteMsg::SetModel { model, work: Some(ModelWork { credits: 0, ..WORK }) };
    assert!(matches!(refusal(market.send(&owner, &bad)), ContractError::Input(_)));
    let bad = ExecuteMsg::SetEmissions { emissions: Some("nobody".into()) };
    assert!(matches!(refusal(market.send(&owner, &bad)), ContractError::Input(_)));
    assert_eq!(market.suite.settings(&jobs), []);
    market.send(&owner, &ExecuteMsg::SetPaused { paused: true }).unwrap();
    assert!(reporting(&market, job).paused);
}
