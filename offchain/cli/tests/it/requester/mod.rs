//! A requester over the network: killed at any step, without a representative, without workers.

pub mod process;
pub mod town;

use bithive_api::jobs::Phase;
use bithive_local::UNIT;
use serde_json::Value;

use town::{MONEY, Town};

/// An hour, which every state of these jobs may last, and a second more.
const WINDOW: u64 = 3_601;

/// Whether the process waits in this phase, and `have` workers have done what it waits for.
fn waits(phase: &'static str, have: u64) -> impl Fn(&Value) -> bool {
    move |value| value["event"] == "waiting" && value["phase"] == phase && value["have"] == have
}

fn values(settled: &Value) -> Vec<f64> {
    settled["values"].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

#[test]
fn a_requester_that_is_killed_after_any_step_goes_on_and_has_the_output() {
    let mut town = Town::with_nodes(3);
    // Nobody is killed: this is the output that there has to be. The nodes' public keys are here from now on.
    let run = town.run(&[]);
    let expected = values(&run.event("settled"));
    let (code, log) = run.end();
    assert_eq!((expected.len(), code), (2, Some(0)), "{log}");

    // It waits for more claims than there are nodes: what comes next is up to who resumes it.
    let run = town.run(&["--claims", "4", "--claims-seconds", "3600"]);
    let job_id = run.event("posted")["job_id"].as_u64().unwrap();
    run.until("three claims", waits("open", 3));
    run.kill();
    town.kill_nodes();
    let number = job_id.to_string();

    // After the post: the claims are in the records, and their nodes are gone.
    let run = town.requester("resume", &[&number, "--claims", "3"]);
    run.event("resumed");
    assert_eq!(run.event("assigned")["chosen"]["workers"].as_array().unwrap().len(), 3);
    run.kill();
    assert_eq!(town.job(job_id).phase, Phase::Assigned);

    // After the assignment: the workers have not had the input yet, and nobody else has it.
    for name in ["node-1", "node-2", "node-3"] {
        town.start_node(name);
    }
    let run = town.requester("resume", &["--all"]);
    assert_eq!(run.event("resumed")["job_id"], job_id);
    town.until_phase(job_id, &[Phase::Committed, Phase::Revealed, Phase::Settled]);
    run.kill();

    // After the commitments the workers need the requester no more; it was paid for, and is asked for once it is settled.
    town.until_phase(job_id, &[Phase::Settled]);
    let run = town.requester("resume", &[&number]);
    let settled = run.event("settled");
    assert_eq!(values(&settled), expected);
    assert_eq!(settled["skipped"], serde_json::json!([]));
    let (code, log) = run.end();
    assert_eq!(code, Some(0), "{log}");
    // Of both jobs three workers at 11, 12 and 13 were paid, and what they did not ask for is back.
    assert_eq!(town.money(), (MONEY - 72 * UNIT, 0));

    // After the settlement, and with nobody left to ask: it is in the records.
    town.kill_nodes();
    let again = town.requester("resume", &[&number]);
    assert_eq!(values(&again.event("settled")), expected);
    assert_eq!(again.end().0, Some(0));
    let (result, code) = town.command("requester", &["job", "result", &number]);
    assert_eq!((result["rows"].as_array().unwrap().len(), code), (2, Some(0)));
    let nothing = town.requester("resume", &["--all"]);
    let (code, log) = nothing.end();
    assert_eq!(code, Some(0));
    assert!(log.contains("no job is under way"), "{log}");
    // A configured party needs no home for anything that a requester does.
    let (status, _) = town.command_of_chain("requester", &["job", "status", &number]);
    assert_eq!(status["phase"], "settled");
    let (claims, code) = town.command("requester", &["wallet", "claim"]);
    assert_eq!((claims[0]["taken"].as_array().unwrap().len(), code), (0, Some(0)));
}

#[test]
fn the_output_comes_from_another_worker_when_the_representative_is_gone() {
    let mut town = Town::with_nodes(3);
    let run = town.run(&[]);
    let job_id = run.event("posted")["job_id"].as_u64().unwrap();
    town.until_phase(job_id, &[Phase::Committed, Phase::Revealed, Phase::Settled]);
    run.kill();
    let job = town.until_phase(job_id, &[Phase::Settled]);
    let representative = usize::from(job.outcome.unwrap().representative);
    let address = job.workers[representative].address.to_string();
    let name = town.name_of(&address);
    town.nodes.remove(&name).unwrap().kill();

    let run = town.requester("resume", &["--all"]);
    let settled = run.event("settled");
    assert_eq!(values(&settled).len(), 2);
    assert_eq!(settled["skipped"][0]["worker"], address.as_str(), "{settled}");
    assert_eq!(run.end().0, Some(0));

    // A second job, and nobody of its quorum is left: exit code 1, and the output can be asked for later.
    town.start_node(&name);
    let run = town.run(&[]);
    let job_id = run.event("posted")["job_id"].as_u64().unwrap();
    town.until_phase(job_id, &[Phase::Committed, Phase::Revealed, Phase::Settled]);
    run.kill();
    town.until_phase(job_id, &[Phase::Settled]);
    town.kill_nodes();
    let number = job_id.to_string();
    let run = town.requester("resume", &[&number, "--output-seconds", "0"]);
    assert!(!run.event("no_output")["bad"].as_array().unwrap().is_empty());
    assert_eq!(run.end().0, Some(1));
    town.start_node("node-2");
    let (result, code) = town.command("requester", &["job", "result", &number]);
    assert_eq!((result["rows"].as_array().unwrap().len(), code), (2, Some(0)), "{result}");
}

#[test]
fn a_job_that_nobody_matches_ends_by_its_deadline_with_the_refund() {
    let mut town = Town::with_nodes(1);
    // The chain is down when it starts: it says so and waits.
    let address = town.stop_server();
    let run = town.run(&["--policy", "vram >= 80"]);
    run.until_logged("the chain does not answer");
    town.start_server(address);
    let job_id = run.event("posted")["job_id"].as_u64().unwrap();
    let waiting = run.until("that it waits", waits("open", 0));
    assert_eq!(waiting["need"], 3);
    let left = waiting["seconds_left"].as_u64().unwrap();
    assert!((1..=3_600).contains(&left), "{waiting}");
    assert_eq!(town.money(), (MONEY - 60 * UNIT, 0));
    town.advance(WINDOW);
    let refunded = run.event("refunded");
    assert_eq!((refunded["job_id"].as_u64(), refunded["rounds"].as_u64()), (Some(job_id), Some(0)));
    assert_eq!(refunded["withdrawn"], "60 BTT");
    assert_eq!(run.end().0, Some(1));
    assert_eq!(town.job(job_id).phase, Phase::Refunded);
    assert_eq!(town.money(), (MONEY, 0));

    // What a requester does by single commands, with its configuration: post, look, cancel, and take the refund.
    let post = ["job", "post", "--policy", "vram >= 80", "--price", "20", "--row", "0"];
    let number = town.command("requester", &post).0["job_id"].to_string();
    let (claims, code) = town.command("requester", &["job", "claims", &number]);
    assert_eq!((claims["claims"].as_array().unwrap().len(), code), (0, Some(0)));
    assert_eq!(town.command("requester", &["job", "cancel", &number]).0["phase"], "refunded");
    assert_eq!(town.money(), (MONEY - 60 * UNIT, 60 * UNIT));
    let (listed, _) = town.command_of_chain("requester", &["wallet", "claimable"]);
    assert_eq!(listed[0]["entries"][0]["amount"], 60_000_000);
    let (claimed, code) = town.command("requester", &["wallet", "claim"]);
    assert_eq!((claimed[0]["taken"][0]["amount"].as_u64(), code), (Some(60_000_000), Some(0)));
    assert_eq!(town.money(), (MONEY, 0));
    let (held, _) = town.command_of_chain("requester", &["wallet", "show"]);
    assert_eq!(held["balance"], 1_000_000_000);
    let (jobs, _) = town.command_of_chain("requester", &["job", "list"]);
    assert_eq!(jobs.as_array().unwrap().len(), 2);
    let (nodes, _) = town.command_of_chain("node-1", &["node", "list"]);
    assert_eq!(nodes.as_array().unwrap().len(), 4);
    // A node leaves with its configuration, too.
    assert!(town.command("node-2", &["node", "unbond"]).0["unbonding_until"].is_u64());
}

#[test]
fn a_job_whose_workers_stay_away_ends_by_its_deadlines_with_the_refund() {
    let mut town = Town::with_nodes(3);
    // A job that goes well brings the nodes' public keys here.
    assert_eq!(town.run(&[]).end().0, Some(0));
    let run = town.run(&["--claims", "4", "--claims-seconds", "3600"]);
    let job_id = run.event("posted")["job_id"].as_u64().unwrap();
    run.until("three claims", waits("open", 3));
    run.kill();
    town.kill_nodes();
    let number = job_id.to_string();
    let run = town.requester("resume", &[&number, "--claims", "3"]);
    run.event("assigned");
    run.until("no commitments", waits("assigned", 0));
    town.advance(WINDOW);
    run.until("that the round failed", waits("disputed", 0));
    town.advance(WINDOW);
    let refunded = run.event("refunded");
    assert_eq!((refunded["rounds"].as_u64(), refunded["withdrawn"].as_str()), (Some(1), Some("60 BTT")));
    assert_eq!(run.end().0, Some(1));
    assert_eq!(town.job(job_id).phase, Phase::Refunded);
    assert_eq!(town.money(), (MONEY - 36 * UNIT, 0));
}
