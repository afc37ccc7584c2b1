//! What a job leaves in the audit logs of its requester and of a worker.

use std::path::Path;

use bithive_audit::{Act, Digest, Entry, Outcome, Role};
use bithive_audit_log::{AuditLog, verify};
use bithive_node::Report;
use bithive_requester::{Relied, Selection};

use crate::town::Town;

fn entries(folder: &Path) -> Vec<Entry> {
    let mut entries = Vec::new();
    verify(folder, [], |entry| entries.push(entry.clone())).unwrap().log.unwrap();
    entries
}

fn acts(folder: &Path) -> Vec<(Act, Outcome)> {
    entries(folder).iter().map(|entry| (entry.event.act, entry.event.outcome)).collect()
}

fn log(folder: &Path, account: &str, role: Role) -> AuditLog {
    AuditLog::open(folder, (account.parse().unwrap(), role)).unwrap()
}

#[tokio::test]
async fn a_job_is_in_the_logs_of_its_requester_and_of_a_worker() {
    let mut town = Town::with_nodes(3).await;
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (folder.path().join("requester"), folder.path().join("node"));
    let requester_log = log(&ours, town.requester_account().await.address(), Role::Requester);
    let relied =
        Relied { consent: Digest([1; 32]), subject: Digest([2; 32]), purpose: "TREAT".parse().unwrap() };
    let spec = town.spec();
    let mut requester = town.requester().await.with_audit(Some(requester_log.clone()));
    requester.rely_on(Some(relied.clone()));
    let job_id = requester.post(&spec).await.unwrap().job_id;
    town.live_all().await;
    // Another program of the same requester goes on: the consent is in the records.
    let mut requester = town.requester().await.with_audit(Some(requester_log.clone()));
    requester.collect().await.unwrap();
    requester.assign(job_id, &Selection::default()).await.unwrap();
    let node_log = log(&theirs, &town.nodes[0].address.clone(), Role::Node);
    town.start(0).await.with_audit(node_log.clone()).catch_up().await.unwrap();
    let decrypted = entries(&theirs).pop().unwrap().event;
    assert_eq!((decrypted.act, decrypted.outcome), (Act::Decrypted, Outcome::Success));
    assert_eq!(decrypted.object, Some(node_log.job(job_id)));

    town.live_until_quiet().await;
    requester.open(job_id).await.unwrap();
    let expected = [
        (Act::LogBegun, Outcome::Success),
        (Act::JobPosted, Outcome::Begun),
        (Act::JobPosted, Outcome::Success),
        (Act::InputSent, Outcome::Begun),
        (Act::InputSent, Outcome::Success),
        (Act::ResultRead, Outcome::Success),
    ];
    assert_eq!(acts(&ours), expected);
    let done = &entries(&ours)[1..];
    assert!(done.iter().all(|entry| entry.event.consent == Some(relied.consent)));
    assert!(done.iter().all(|entry| entry.event.purpose.as_ref() == Some(&relied.purpose)));
    // The posting that has only begun knows no number of the job yet.
    assert!(done[1..].iter().all(|entry| entry.event.object == Some(requester_log.job(job_id))));
}

#[tokio::test]
async fn what_a_node_cannot_log_it_does_not_work_on() {
    let mut town = Town::with_nodes(3).await;
    town.assigned_job().await;
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("audit");
    let node_log = log(&inside, &town.nodes[0].address.clone(), Role::Node);
    std::fs::remove_dir_all(&inside).unwrap();
    town.start(0).await.with_audit(node_log).catch_up().await.unwrap();
    let (reason, retries) = town.nodes[0].log.failure();
    assert!(reason.contains("audit log") && retries, "{reason}");
    let committed = |report: &Report| matches!(report, Report::Committed { .. } | Report::Decrypted { .. });
    assert_eq!(town.nodes[0].log.count(committed), 0);
    // With a log that can be written it goes on.
    std::fs::create_dir_all(&inside).unwrap();
    let node_log = log(&inside, &town.nodes[0].address.clone(), Role::Node);
    town.start(0).await.with_audit(node_log).catch_up().await.unwrap();
    assert_eq!(town.nodes[0].log.count(committed), 2);
    assert_eq!(acts(&inside)[1..], [(Act::Decrypted, Outcome::Success)]);
}

#[tokio::test]
async fn a_requester_that_cannot_log_posts_nothing() {
    let mut town = Town::with_nodes(0).await;
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("audit");
    let requester_log = log(&inside, town.requester_account().await.address(), Role::Requester);
    std::fs::remove_dir_all(&inside).unwrap();
    let (spec, height) = (town.spec(), town.height().await);
    let refused = town.requester().await.with_audit(Some(requester_log)).post(&spec).await.unwrap_err();
    assert!(refused.to_string().contains("nothing is done that is not logged"), "{refused}");
    assert_eq!(town.height().await, height, "no transaction was sent");
}
