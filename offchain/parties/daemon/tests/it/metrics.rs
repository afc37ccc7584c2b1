//! docs/metrics.md is what the programs serve.

use std::collections::BTreeSet;
use std::sync::Arc;

use bithive_daemon::metrics::{
    CommitteeMonitor, MeterMonitor, NodeMonitor, OracleMonitor, RelayMonitor, RelayerMonitor,
};
use bithive_monitor::{Metrics, StatusSource};
use bithive_node::{Observer, Report};
use bithive_transport::relay::{RelayLimits, RelayListen, RelayOptions, RelayServer};

const DOCS: &str = include_str!("../../../../../docs/metrics.md");

const DASHBOARD: &str = include_str!("../../../../../docs/grafana/bithive.json");

/// The table below the heading of a program.
fn documented(role: &str) -> &'static str {
    let (_, section) =
        DOCS.split_once(&format!("\n## {role}\n\n")).expect("there is a section of the program");
    section.split("\n\n").next().unwrap().trim_end()
}

fn check(metrics: &Metrics) {
    let expected = metrics.markdown();
    let role = metrics.role();
    assert_eq!(
        documented(role),
        expected.trim_end(),
        "docs/metrics.md, section {role}, has to be:\n{expected}"
    );
    // Every series that is served belongs to a line of the table.
    let names: Vec<&str> = expected.lines().skip(2).map(|line| line.split('`').nth(1).unwrap()).collect();
    for line in metrics.encode().lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap();
        assert!(names.contains(&name), "{name} is served and not documented");
    }
}

#[test]
fn every_metric_of_a_node_is_documented() {
    check(&NodeMonitor::new(Arc::new(|_| {})).1);
}

#[test]
fn every_metric_of_a_committee_member_is_documented() {
    check(&CommitteeMonitor::new(Arc::new(|_| {})).1);
}

#[test]
fn every_metric_of_a_relayer_is_documented() {
    check(&RelayerMonitor::new(Arc::new(|_| {})).1);
}

#[test]
fn every_metric_of_a_meter_is_documented() {
    check(&MeterMonitor::new(Arc::new(|_| {})).1);
}

#[test]
fn every_metric_of_an_oracle_is_documented() {
    check(&OracleMonitor::new(Arc::new(|_| {})).1);
}

#[tokio::test]
async fn every_metric_of_a_relay_is_documented() {
    let listen = RelayListen::Plain("127.0.0.1:0".parse().unwrap());
    let limits = RelayLimits::default();
    let options = RelayOptions { listen, admission: None, client_rate: None, limits };
    let relay = RelayServer::start(options).await.unwrap();
    let (monitor, metrics) = RelayMonitor::new(relay.url(), relay.tally());
    check(&metrics);
    monitor.refresh();
    assert_eq!(monitor.status()["clients"], 0);
    relay.close().await.unwrap();
}

/// Names of metrics in a text.
fn named(text: &str) -> BTreeSet<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(|word| word.starts_with("bithive_")).collect()
}

#[test]
fn the_dashboard_shows_every_documented_metric_and_no_other() {
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().filter_map(|panel| panel["targets"].as_array()).flatten();
    let shown: Vec<&str> = targets.map(|target| target["expr"].as_str().unwrap()).collect();
    let shown: BTreeSet<&str> = shown.iter().flat_map(|expression| named(expression)).collect();
    let documented = named(DOCS);
    let unknown: Vec<_> = shown.difference(&documented).collect();
    assert!(unknown.is_empty(), "no program serves {unknown:?}");
    let missing: Vec<_> = documented.difference(&shown).collect();
    assert!(missing.is_empty(), "docs/grafana/bithive.json does not show {missing:?}");
}

#[test]
fn a_node_counts_what_it_does_and_tells_jobs_under_way() {
    let (monitor, metrics) = NodeMonitor::new(Arc::new(|_| {}));
    let failed = |retries| Report::Failed { job_id: 8, reason: "a \"reason\"\n".into(), retries };
    let reports = [
        Report::VaultTried { job_id: 7, opened: true },
        Report::VaultTried { job_id: 8, opened: false },
        Report::Claimed { job_id: 7, ask: 11, bytes: 3 },
        Report::Committed { job_id: 7 },
        Report::VaultTried { job_id: 9, opened: true },
        failed(true),
        failed(false),
        Report::Withdrew { amount: 5 },
    ];
    reports.into_iter().for_each(|report| monitor.report(report));
    monitor.followed(41, 1);
    monitor.refresh();
    let text = metrics.encode();
    for line in [
        "bithive_chain_height 41",
        "bithive_job_steps_total{step=\"claimed\"} 1",
        "bithive_job_steps_total{step=\"committed\"} 1",
        "bithive_job_failures_total{reason=\"gave_up\"} 1",
        "bithive_job_failures_total{reason=\"will_retry\"} 1",
        "bithive_jobs{step=\"committed\"} 1",
        "bithive_jobs{step=\"matched\"} 1",
        "bithive_vaults_tried_total{opened=\"no\"} 1",
        "bithive_withdrawn_base_units_total 5",
    ] {
        assert!(text.contains(&format!("{line}\n")), "{line}: {text}");
    }
    let jobs = serde_json::json!([{"job_id": 7, "step": "committed"}, {"job_id": 9, "step": "matched"}]);
    assert_eq!(monitor.status()["jobs"], jobs);
    monitor.looked_at(7, bithive_api::jobs::Phase::Settled);
    monitor.report(Report::NotChosen { job_id: 9 });
    assert_eq!(monitor.status()["jobs"], serde_json::json!([]));
}
