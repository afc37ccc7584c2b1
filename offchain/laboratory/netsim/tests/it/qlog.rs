//! Traces in qlog: well-formed, and true.

use std::time::Duration;

use bithive_netsim::{Control, Flow, Link, RunResult, Scenario, SimError};
use serde_json::Value;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// 10 Mbit/s and 20 ms for a second.
fn scenario(folder: &std::path::Path) -> Scenario {
    Scenario {
        link: Link::new(10e6, ms(20), 25_000),
        flows: vec![Flow::bulk(Control::udx()), Flow::bulk(Control::Cubic)],
        duration: ms(1000),
        warm_up: ms(400),
        trace: true,
        qlog: Some(folder.to_path_buf()),
    }
}

/// The records of a JSON text sequence (RFC 7464): each begins with a record separator and ends with a line.
fn records(file: &std::path::Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.starts_with('\u{1e}') && text.ends_with('\n'));
    text.split('\u{1e}').skip(1).map(|record| serde_json::from_str(record).unwrap()).collect()
}

/// Time in ms and data of each event of this name.
fn events<'a>(records: &'a [Value], name: &'a str) -> impl Iterator<Item = (f64, &'a Value)> + 'a {
    let named = records.iter().skip(1).filter(move |event| event["name"] == name);
    named.map(|event| (event["time"].as_f64().unwrap(), &event["data"]))
}

fn traced() -> (RunResult, Vec<Value>, Vec<Value>) {
    let folder = tempfile::tempdir().unwrap();
    let run = scenario(folder.path()).run(1).unwrap();
    let of = |name: &str| records(&folder.path().join(name));
    (run, of("1-UDX.sqlog"), of("2-Cubic.sqlog"))
}

#[test]
fn a_trace_is_a_sequential_qlog_file_whose_events_are_in_order() {
    let (_, udx, cubic) = traced();
    for records in [udx, cubic] {
        let header = &records[0];
        assert_eq!(header["file_schema"], "urn:ietf:params:qlog:file:sequential");
        assert_eq!(header["serialization_format"], "JSON-SEQ");
        assert_eq!(header["trace"]["vantage_point"]["type"], "client");
        let mut last = 0.0;
        for event in records.iter().skip(1) {
            assert!(event["name"].as_str().is_some_and(|name| name.starts_with("quic:")), "{event}");
            assert!(event["data"].is_object(), "{event}");
            let time = event["time"].as_f64().unwrap();
            assert!(time >= last && time <= 1000.0, "{time} after {last}");
            last = time;
        }
        for name in ["quic:packet_sent", "quic:packet_received", "quic:recovery_metrics_updated"] {
            assert!(events(&records, name).count() > 50, "{name}");
        }
    }
}

#[test]
fn the_window_and_the_round_trip_time_of_a_trace_are_those_of_the_run() {
    let (run, udx, _) = traced();
    let (mut window, mut least, mut changes) = (0, f64::INFINITY, 0);
    let mut metrics = events(&udx, "quic:recovery_metrics_updated").peekable();
    for sample in &run.trace {
        // An event names what has changed only.
        while let Some((_, data)) = metrics.next_if(|(time, _)| *time <= sample.time * 1e3) {
            if let Some(value) = data["congestion_window"].as_u64() {
                (window, changes) = (value, changes + 1);
            }
            if let Some(rtt) = data["min_rtt"].as_f64() {
                least = rtt;
            }
            if let Some(rtt) = data["latest_rtt"].as_f64() {
                assert!(rtt >= 20.0 || sample.time < 0.05, "{rtt} ms on a way of 20 ms");
            }
        }
        let flow = &sample.flows[0];
        // The library writes an event after it has handled acknowledgements, and what was lost in them.
        if window > 0 && sample.time > 0.1 {
            let apart = window.abs_diff(flow.window) as f64 / flow.window as f64;
            assert!(apart < 0.1, "{window} in the trace, {} in the run at {}", flow.window, sample.time);
        }
    }
    assert!(changes > 100, "{changes}");
    assert!((20.0..25.0).contains(&least), "{least}");
    let udx = run.trace.last().unwrap().flows[0].udx.unwrap();
    assert!((udx.min_rtt.unwrap().as_secs_f64() * 1e3 - least).abs() < 0.01);
}

#[test]
fn a_trace_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let traced = scenario(folder.path());
    let plain = Scenario { qlog: None, ..traced.clone() };
    assert_eq!(traced.run(1).unwrap(), plain.run(1).unwrap());
}

#[test]
fn a_trace_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let Err(SimError::Trace { file: named, .. }) = scenario(&file).run(1) else { panic!("no error") };
    assert!(named.ends_with("1-UDX.sqlog"), "{named}");
}
