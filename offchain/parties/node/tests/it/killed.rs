//! No second result under a worker's key: after restarts, kills, and with a chain that answers differently.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use bithive_api::jobs::Phase;
use bithive_node::{Guard, NodeError, Purpose, Quorum};
use bithive_state::State;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use crate::town::Town;

/// Names the records of the process that is killed, and what it signs.
const RECORDS: &str = "BITHIVE_TEST_GUARD";
const ATTEMPT: &str = "BITHIVE_TEST_ATTEMPT";

fn signed(guard: &Guard, round: (u64, u8), bytes: &str) -> Result<String, NodeError> {
    guard
        .sign(Purpose::Statement, round, bytes.as_bytes(), |bytes| String::from_utf8(bytes.to_vec()).unwrap())
}

#[test]
fn a_second_result_is_refused_also_by_the_next_process_and_the_first_is_signed_again() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Guard::new(State::open(&folder.path().join("records.redb")).unwrap());
    let guard = open();
    signed(&guard, (7, 1), "one").unwrap();
    drop(guard);
    let guard = open();
    let refused = signed(&guard, (7, 1), "another");
    assert!(matches!(refused, Err(NodeError::OtherResult { what: "statement", job_id: 7, round: 1 })));
    assert_eq!(signed(&guard, (7, 1), "one").unwrap(), "one");
    // Other rounds, other jobs and other purposes have results of their own.
    for round in [(7, 2), (8, 1), (71, 1)] {
        signed(&guard, round, "another").unwrap();
    }
    guard.sign(Purpose::Commitment, (7, 1), b"another", |_| ()).unwrap();
}

#[test]
fn what_was_forgotten_is_never_signed_again() {
    let state = State::in_memory().unwrap();
    let guard = Guard::new(state.clone());
    signed(&guard, (7, 1), "one").unwrap();
    signed(&guard, (9, 1), "one").unwrap();
    guard.forget(8).unwrap();
    guard.forget(7).unwrap();
    assert_eq!(state.names("guard/statement").unwrap(), ["guard/statement/9/1"]);
    for (job_id, text) in [(7, "another"), (7, "one"), (8, "one"), (1, "one")] {
        let refused = signed(&guard, (job_id, 1), text);
        assert!(matches!(refused, Err(NodeError::Forgotten { job_id: of }) if of == job_id), "{refused:?}");
    }
    signed(&guard, (9, 1), "one").unwrap();
}

/// The process that is killed: it signs job after job, and says so once the signature is there.
#[test]
#[ignore = "started, and killed, by the test below"]
fn signs_until_it_is_killed() {
    let (Ok(records), Ok(attempt)) = (std::env::var(RECORDS), std::env::var(ATTEMPT)) else { return };
    let guard = Guard::new(State::open(Path::new(&records)).unwrap());
    for job_id in 0.. {
        match signed(&guard, (job_id, 1), &attempt) {
            Ok(signature) => println!("\nsigned {job_id} {signature}"),
            Err(NodeError::OtherResult { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn a_process_that_is_killed_at_any_point_never_signs_two_results_of_one_job() {
    let folder = tempfile::tempdir().unwrap();
    let records = folder.path().join("records.redb");
    let mut rng = ChaCha20Rng::seed_from_u64(11);
    let mut results = BTreeMap::<u64, String>::new();
    for attempt in 0..16 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::signs_until_it_is_killed", "--ignored", "--nocapture"])
            .env(RECORDS, &records)
            .env(ATTEMPT, format!("result-{attempt}"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // In the middle of some later signature.
        let (mut left, pause) = (1 + rng.next_u32() % 5, rng.next_u32() % 2_000);
        for line in lines.map_while(Result::ok) {
            let mut words = line.split(' ');
            let (Some("signed"), Some(job), Some(result)) = (words.next(), words.next(), words.next()) else {
                continue;
            };
            let job = job.parse().unwrap();
            assert!(results.get(&job).is_none_or(|first| first == result), "two results of job {job}");
            results.insert(job, result.into());
            left = left.saturating_sub(1);
            if left == 0 {
                std::thread::sleep(std::time::Duration::from_micros(pause.into()));
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
    }
    assert!(results.len() >= 16, "every process signed something: {results:?}");
    let signers: std::collections::BTreeSet<_> = results.values().collect();
    assert!(signers.len() >= 16, "{signers:?}");
}

#[tokio::test]
async fn a_chain_that_tells_another_outcome_of_a_signed_round_gets_no_second_signature() {
    let mut town = Town::with_nodes(3).await;
    town.quorum = 3;
    let job_id = town.assigned_job().await;
    town.live_all().await;
    town.live(0).await;
    town.live(1).await;
    assert_eq!(town.phase(job_id).await, Phase::Revealed);
    let job = town.job(job_id).await;
    let domain = town.local.client.deployment().jobs_domain();
    let (guard, secret) = (Guard::new(State::in_memory().unwrap()), {
        bithive_attest::bls::SecretKey::generate(&mut ChaCha20Rng::seed_from_u64(1)).unwrap()
    });
    let first = Quorum::of(&job, domain).unwrap().sign(&secret, &guard).unwrap();
    let mut other = job.clone();
    if let Some(outcome) = &mut other.outcome {
        outcome.quorum ^= 0b100;
    }
    let refused = Quorum::of(&other, domain).unwrap().sign(&secret, &guard);
    assert!(matches!(refused, Err(NodeError::OtherResult { .. })));
    assert_eq!(Quorum::of(&job, domain).unwrap().sign(&secret, &guard).unwrap(), first);
}
