//! Records, capabilities and scores.

use bithive_api::registry::{
    Capability, ExecuteMsg, JobResult, Outcome, PerformanceResponse, QueryMsg, limits,
};
use bithive_contract_kit::InputError;
use bithive_registry::ContractError;
use bithive_test_kit::registry::{NODE_BOND, params};
use bithive_test_kit::{Suite, UNIT, refusal};
use cosmwasm_std::Addr;

const GOOD: JobResult = JobResult::Settled { work: 2_000, trust_bps: 8_000 };
const MACHINE: Capability =
    Capability { vram_gb: 24, models_per_day: 300, gflops: 450_000, milliwatts: 100_000 };

/// A registry with a node "a" and a jobs contract.
fn suite() -> (Suite, Addr) {
    let mut suite = Suite::new();
    suite.register_node("a", 1, NODE_BOND).unwrap();
    let jobs = suite.faucet.clone();
    suite.wire_jobs(&jobs);
    (suite, jobs)
}

fn outcome(suite: &Suite, name: &str, result: JobResult) -> Outcome {
    Outcome { node: suite.account(name).into(), result }
}

fn performance(suite: &Suite, name: &str) -> Option<PerformanceResponse> {
    suite.query(&suite.registry, &QueryMsg::Performance { address: suite.account(name).into() })
}

#[test]
fn settled_jobs_make_a_record_and_faults_break_it() {
    let (mut suite, jobs) = suite();
    let newcomer = performance(&suite, "a").unwrap();
    assert_eq!((newcomer.reputation_bps, newcomer.value_bps, newcomer.trust_bps), (5_000, 300, 0));
    for job_id in 0..10 {
        let outcomes = vec![outcome(&suite, "a", GOOD)];
        suite.ask_registry(&jobs, &ExecuteMsg::Record { job_id, outcomes }).unwrap();
    }
    let good = performance(&suite, "a").unwrap();
    assert_eq!((good.settled, good.streak, good.work, good.trust_bps), (10, 10, 20_000, 8_000));
    // 0.3 * 0.1 + 0.4 * 10/110 + 0.3 * 1.
    assert_eq!(good.value_bps, 300 + 363 + 3_000);
    let outcomes = vec![outcome(&suite, "a", JobResult::Missed)];
    suite.ask_registry(&jobs, &ExecuteMsg::Record { job_id: 11, outcomes }).unwrap();
    let node = suite.account("a").to_string();
    let slash = ExecuteMsg::Slash { node, amount: UNIT.into(), reason: "x".into(), job_id: 12 };
    suite.ask_registry(&jobs, &slash).unwrap();
    let bad = performance(&suite, "a").unwrap();
    assert_eq!((bad.missed, bad.faults, bad.streak, bad.best_streak), (1, 1, 0, 10));
    assert!(bad.reputation_bps < good.reputation_bps && bad.value_bps < good.value_bps);
    suite.custody();
}

#[test]
fn a_tier_is_declared_within_bounds_and_borne_out_by_the_record() {
    let (mut suite, jobs) = suite();
    let a = suite.account("a");
    let declare = |capability| ExecuteMsg::Declare { capability };
    suite.ask_registry(&a, &declare(MACHINE)).unwrap();
    let fresh = performance(&suite, "a").unwrap();
    assert_eq!((fresh.declared_tier, fresh.verified_tier, fresh.efficiency), (Some(3), Some(1), 0));
    for job_id in 0..10 {
        let outcomes = vec![outcome(&suite, "a", GOOD)];
        suite.ask_registry(&jobs, &ExecuteMsg::Record { job_id, outcomes }).unwrap();
    }
    let later = performance(&suite, "a").unwrap();
    // 4,500 GFLOPS/W, everything settled, difficulty 2.
    assert_eq!((later.verified_tier, later.efficiency), (Some(2), 9_000_000_000));
    for bad in [
        Capability { vram_gb: 0, ..MACHINE },
        Capability { gflops: 2_000_000_000, ..MACHINE },
        Capability { milliwatts: 1, ..MACHINE },
    ] {
        let error = refusal::<ContractError>(suite.ask_registry(&a, &declare(bad)));
        assert!(matches!(error, ContractError::Capability(_)), "{error}");
    }
    suite.register_requester("r", NODE_BOND).unwrap();
    let r = suite.account("r");
    assert!(matches!(refusal(suite.ask_registry(&r, &declare(MACHINE))), ContractError::NotNode { .. }));
    assert_eq!(performance(&suite, "a").unwrap().capability, Some(MACHINE));
}

#[test]
fn only_the_jobs_contract_records_and_no_node_makes_it_fail() {
    let (mut suite, jobs) = suite();
    suite.register_requester("r", NODE_BOND).unwrap();
    let outcomes = vec![outcome(&suite, "a", GOOD)];
    let record = |outcomes| ExecuteMsg::Record { job_id: 1, outcomes };
    for sender in ["a", "owner", "stranger"] {
        let sender = suite.account(sender);
        let error = refusal::<ContractError>(suite.ask_registry(&sender, &record(outcomes.clone())));
        assert!(matches!(error, ContractError::Unauthorized(_)), "{error}");
    }
    let strangers = vec![
        outcome(&suite, "nobody", GOOD),
        outcome(&suite, "r", GOOD),
        Outcome { node: "no address".into(), result: GOOD },
        outcome(&suite, "a", GOOD),
    ];
    suite.ask_registry(&jobs, &record(strangers)).unwrap();
    assert_eq!(performance(&suite, "a").unwrap().settled, 1);
    assert_eq!((performance(&suite, "nobody"), performance(&suite, "r")), (None, None));
    let many = vec![outcome(&suite, "a", GOOD); limits::MAX_OUTCOMES + 1];
    let error = refusal::<ContractError>(suite.ask_registry(&jobs, &record(many)));
    let size = InputError::Count { field: "outcomes", found: 17, least: 0, most: 16 };
    assert_eq!(error, ContractError::Input(size));
    let wrong = vec![outcome(&suite, "a", JobResult::Settled { work: 1, trust_bps: 10_001 })];
    assert!(matches!(refusal(suite.ask_registry(&jobs, &record(wrong))), ContractError::Share(_)));
}

#[test]
fn a_record_outlives_a_registration() {
    let (mut suite, jobs) = suite();
    let a = suite.account("a");
    suite.ask_registry(&a, &ExecuteMsg::Declare { capability: MACHINE }).unwrap();
    let node = a.to_string();
    let slash = ExecuteMsg::Slash { node: node.clone(), amount: UNIT.into(), reason: "x".into(), job_id: 1 };
    suite.ask_registry(&jobs, &slash).unwrap();
    suite.ask_registry(&a, &ExecuteMsg::Unbond {}).unwrap();
    suite.advance(params().unbonding_seconds);
    suite.ask_registry(&a, &ExecuteMsg::WithdrawBond { address: node }).unwrap();
    let gone = performance(&suite, "a").unwrap();
    assert_eq!((gone.faults, gone.capability, gone.value_bps), (1, None, 0));
    suite.register_node("a", 1, NODE_BOND).unwrap();
    assert_eq!(performance(&suite, "a").unwrap().faults, 1);
}
