//! Parties as users run them, each a process: what one of them does wrong, or can't do for a while, costs the others neither bond nor job.

mod committee;
mod door;
mod door_exact;
mod exports;
mod false_answers;
// Written for another crate, as the next one.
#[path = "../../../../parties/node/tests/it/onnx.rs"]
mod onnx;
// Its own tests use all of it.
#[path = "../../../../parties/node/tests/it/rpc.rs"]
#[allow(dead_code)]
mod rpc;
mod short_windows;
mod slow_model;
mod stalled_input;
mod storage;
mod strangers;

use std::time::{Duration, Instant};

use bithive_api::jobs::JobResponse;
use bithive_local::NODE_BOND;
use serde_json::Value;

use crate::requester::process::Process;
use crate::requester::town::Town;

/// Longest wait for something that happens within seconds.
const PATIENCE: Duration = Duration::from_secs(240);
/// More claims than there are nodes: whoever resumes the job says how many are enough.
const WAITING: [&str; 4] = ["--claims", "4", "--claims-seconds", "86400"];

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Number of a job that three nodes have claimed. Its requester is killed then.
fn claimed(run: Process) -> u64 {
    let job_id = run.event("posted")["job_id"].as_u64().unwrap();
    let claims =
        |value: &Value| value["event"] == "waiting" && value["phase"] == "open" && value["have"] == 3;
    run.until("three claims", claims);
    run.kill();
    job_id
}

/// Assigns a job of [`claimed`] and follows it.
fn assigned(town: &Town, job_id: u64) -> Process {
    let run = town.requester("resume", &[&job_id.to_string(), "--claims", "3"]);
    run.event("assigned");
    run
}

fn commitments(job: &JobResponse) -> usize {
    job.workers.iter().filter(|worker| worker.commitment.is_some()).count()
}

/// No worker of the job has lost anything of its bond.
fn assert_bonds_are_whole(town: &Town, job: &JobResponse) {
    assert_eq!(job.workers.len(), 3);
    for worker in &job.workers {
        let node = town.runtime.block_on(town.client.node(worker.address.as_str())).unwrap().unwrap();
        assert_eq!(node.bond.u128(), NODE_BOND, "{}", town.name_of(worker.address.as_str()));
    }
}

/// What the system says of a process, in `/proc`.
fn of_system(process: &Process, file: &str) -> String {
    std::fs::read_to_string(format!("/proc/{}/{file}", process.id())).unwrap()
}

/// Ticks of processor time that a process has had; a hundred are a second.
fn processor_time(process: &Process) -> u64 {
    let stat = of_system(process, "stat");
    // Fields after the name, which is in brackets: the state is the third of all, user and system time are the 14th and 15th.
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

/// Main memory that a process has, in MiB.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix("kB").unwrap().trim().parse::<u64>().unwrap() / 1_024
}

/// Files and sockets that a process has open.
fn open_files(process: u32) -> usize {
    std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().count()
}
