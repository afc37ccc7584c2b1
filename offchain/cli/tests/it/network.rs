//! A network in a folder: separate commands, one chain.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::common::{Network, bithive, path};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

#[test]
fn a_job_goes_from_post_to_result_over_separate_commands() {
    let network = Network::with_nodes(3);
    network.add("elsewhere", "us", "5");
    let job = network.post();
    network.json(&["node", "once"]);
    let claims = network.json(&["job", "claims", "1", "--from", "alice"]);
    assert_eq!(claims["claims"].as_array().unwrap().len(), 3, "the node elsewhere does not match: {claims}");
    assert!(claims["refused"].as_array().unwrap().is_empty());
    let assigned = network.json(&["job", "assign", "1", "--from", "alice"]);
    assert_eq!(assigned["header_bytes"], 128);
    network.json(&["node", "once"]);
    assert_eq!(network.phase(job), "settled");
    let result = network.json(&["job", "result", "1", "--from", "alice"]);
    assert_eq!(result["rows"].as_array().unwrap().len(), 2);
    network.json(&["wallet", "withdraw", "alice"]);
    // 1,000 - 100 bond - asks of 11, 12 and 13.
    assert_eq!(network.json(&["wallet", "show", "alice"])["balance"], 864_000_000);
    assert_eq!(network.json(&["chain", "status"])["conserved"], true);
}

#[test]
fn a_claim_that_is_sent_again_after_settlement_is_refused() {
    let network = Network::with_nodes(3);
    let job = network.post();
    network.json(&["node", "once"]);
    let inbox = network.home().join("exchange").join("inbox");
    let kept: Vec<_> =
        files_below(&inbox).into_iter().map(|file| (file.clone(), std::fs::read(file).unwrap())).collect();
    assert_eq!(kept.len(), 3);
    network.json(&["job", "assign", "1", "--from", "alice"]);
    network.json(&["node", "once"]);
    assert_eq!(network.phase(job), "settled");
    for (file, content) in &kept {
        std::fs::write(file, content).unwrap();
    }
    let claims = network.json(&["job", "claims", "1", "--from", "alice"]);
    let refused = claims["refused"].as_array().unwrap();
    assert_eq!(refused.len(), 3);
    assert!(
        refused[0].as_str().unwrap().contains("claims are taken while it is Open or Disputed"),
        "{claims}"
    );
    let again = network.refused(&["job", "assign", "1", "--from", "alice"]);
    assert!(again.contains("job 1 is Settled"), "{again}");
}

#[test]
fn workers_that_do_not_deliver_are_replaced() {
    let network = Network::with_nodes(3);
    for name in ["n4", "n5", "n6"] {
        network.add(name, "ch", "19");
    }
    let job = network.post();
    network.json(&["node", "once"]);
    network.json(&["job", "assign", "1", "--from", "alice"]);
    network.json(&["chain", "advance", "--seconds", "3601"]);
    network.json(&["job", "advance", "1"]);
    assert_eq!(network.phase(job), "disputed");
    network.json(&["node", "once", "n4", "n5", "n6"]);
    let second = network.json(&["job", "assign", "1", "--from", "alice"]);
    assert_eq!(second["round"], 2);
    network.json(&["node", "once"]);
    assert_eq!(network.phase(job), "settled");
    let nodes = network.json(&["node", "list"]);
    let cut = nodes.as_array().unwrap().iter().filter(|node| node["slashed"] != 0).count();
    assert_eq!(cut, 0, "staying away costs the job, not the bond");
    assert_eq!(network.json(&["chain", "status"])["conserved"], true);
}

#[test]
fn a_job_that_nobody_takes_is_refunded_by_anyone() {
    let network = Network::with_nodes(0);
    let job = network.post();
    let early = network.refused(&["job", "advance", "1"]);
    assert!(early.contains("job 1 is Open until"), "{early}");
    network.json(&["chain", "advance", "--seconds", "3601"]);
    network.json(&["job", "advance", "1"]);
    assert_eq!(network.phase(job), "refunded");
    network.json(&["wallet", "withdraw", "alice"]);
    assert_eq!(network.json(&["wallet", "show", "alice"])["balance"], 900_000_000);
}

#[test]
fn an_open_job_is_cancelled_by_its_requester_only() {
    let network = Network::with_nodes(0);
    let job = network.post();
    let stranger = network.refused(&["job", "cancel", "1", "--from", "operator"]);
    assert!(stranger.contains("requester"), "{stranger}");
    network.json(&["job", "cancel", "1", "--from", "alice"]);
    assert_eq!(network.phase(job), "refunded");
}

#[test]
fn a_second_process_is_told_that_the_network_is_in_use() {
    let network = Network::with_nodes(0);
    let home = path(&network.home());
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let founders = bithive_local::Founders::generate(&mut rng).unwrap();
    let held = bithive_local::open_chain(Some(&network.home().join("chain")), &founders).unwrap();
    let error = crate::common::refused(&["--home", &home, "chain", "status"]);
    assert!(error.contains("is in use by another process"), "{error}");
    drop(held);
    network.json(&["chain", "status"]);
}

/// Every command may be killed at any moment; the next one goes on from the last block.
#[test]
fn nodes_that_are_killed_at_any_moment_still_settle_the_job() {
    let network = Network::with_nodes(3);
    let job = network.post();
    let home = path(&network.home());
    let mut assigned = false;
    for attempt in 0..200u64 {
        let mut child = bithive(&["--home", &home, "node", "once"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // From before the chain opens to well into the work; it grows, so that the job ends on a slow machine, too.
        std::thread::sleep(Duration::from_millis(10 + attempt * 20));
        let _ = child.kill();
        child.wait().unwrap();
        if !assigned {
            let claims = network.json(&["job", "claims", "1", "--from", "alice"]);
            if claims["claims"].as_array().unwrap().len() == 3 {
                network.json(&["job", "assign", "1", "--from", "alice"]);
                assigned = true;
            }
        }
        if network.phase(job) == "settled" {
            break;
        }
    }
    assert_eq!(network.phase(job), "settled");
    network.json(&["node", "once"]);
    assert_eq!(network.json(&["job", "result", "1", "--from", "alice"])["rows"].as_array().unwrap().len(), 2);
    let status = network.json(&["chain", "status"]);
    assert_eq!(status["conserved"], true);
    let nodes = network.json(&["node", "list"]);
    assert!(nodes.as_array().unwrap().iter().all(|node| node["slashed"] == 0), "nobody contradicted itself");
}

#[cfg(unix)]
#[test]
fn files_with_secrets_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let network = Network::with_nodes(1);
    let home = network.home();
    for file in ["password", "founders.json", "wallets/alice.json", "nodes/n1.json", "requesters/alice.json"]
    {
        let mode = std::fs::metadata(home.join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file}");
    }
}

/// A backup of the chain's folder is put back while the nodes' records stay: nobody has to be told, and nobody is at fault.
#[test]
fn a_chain_that_was_put_back_is_followed_from_where_it_is() {
    let network = Network::with_nodes(3);
    let job = network.post();
    network.json(&["node", "once"]);
    network.json(&["job", "assign", "1", "--from", "alice"]);
    let (chain, backup) = (network.home().join("chain"), network.home().join("backup"));
    copy(&chain, &backup);
    network.json(&["node", "once"]);
    assert_eq!(network.phase(job), "settled");
    std::fs::remove_dir_all(&chain).unwrap();
    std::fs::rename(&backup, &chain).unwrap();
    assert_eq!(network.phase(job), "assigned");
    let mut turns = 0;
    while network.phase(job) != "settled" {
        turns += 1;
        assert!(turns < 8, "{}", network.json(&["job", "status", "1"]));
        network.json(&["node", "once"]);
    }
    let result = network.json(&["job", "result", "1", "--from", "alice"]);
    assert_eq!(result["rows"].as_array().unwrap().len(), 2);
    assert_eq!(network.json(&["chain", "status"])["conserved"], true);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for file in files_below(from) {
        std::fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
    }
}
