//! Experiments that are stopped and go on.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bithive_netsim::{Cell, CellResult, Control, Flow, Link, Scenario, SimError, Store, experiment};

fn cell(name: &str, control: Control) -> Cell {
    let link = Link::new(10e6, Duration::from_millis(20), 25_000);
    let base_rtt = 2 * link.delay;
    let scenario = Scenario {
        link,
        flows: vec![Flow::bulk(control)],
        duration: Duration::from_millis(500),
        warm_up: Duration::from_millis(200),
        trace: false,
        qlog: None,
    };
    Cell { name: name.to_owned(), scenario, base_rtt, plotted: false }
}

fn cells() -> Vec<Cell> {
    vec![cell("a path/UDX", Control::udx()), cell("a path/Cubic", Control::Cubic)]
}

fn run(cells: &[Cell], seeds: u64, file: &Path) -> Vec<CellResult> {
    experiment(cells, 1..1 + seeds, Some(&Store::open(file).unwrap()), |_, _| ()).unwrap()
}

fn json(results: &[CellResult]) -> String {
    serde_json::to_string(results).unwrap()
}

fn kept(file: &Path) -> usize {
    Store::open(file).unwrap().len()
}

#[test]
fn an_experiment_that_was_stopped_goes_on_and_gives_what_it_would_have_given() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs");
    let whole = experiment(&cells(), 1..4, None, |_, _| ()).unwrap();
    run(&cells(), 2, &file);
    assert_eq!(kept(&file), 4);
    // Killed in the middle of a line.
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, &text[..text.len() - 20]).unwrap();
    assert_eq!(kept(&file), 3);
    let resumed = run(&cells(), 3, &file);
    assert_eq!(kept(&file), 6);
    assert_eq!(resumed[0].seeds, 3);
    assert_eq!(json(&resumed), json(&whole));
}

#[test]
fn what_is_kept_is_not_run_again_and_a_change_runs_only_what_it_affects() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs");
    run(&cells(), 2, &file);
    run(&cells(), 2, &file);
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 4);
    let config = bithive_udx::Config { drain: 0.9, ..Default::default() };
    let changed = vec![cell("a path/UDX", Control::Udx(Box::new(config))), cells().remove(1)];
    run(&changed, 2, &file);
    assert_eq!(kept(&file), 6);
}

#[test]
fn a_closed_store_says_what_is_known_and_runs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs");
    let known = run(&cells()[..1], 2, &file);
    let store = Store::open(&file).unwrap().closed();
    let results = experiment(&cells(), 1..5, Some(&store), |_, _| ()).unwrap();
    assert_eq!((results[0].seeds, results[1].seeds), (2, 0));
    assert_eq!(json(&results[..1]), json(&known));
    assert_eq!(kept(&file), 2);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let heard = AtomicU64::new(0);
        let note = |_, all| {
            assert_eq!(all, 6);
            heard.fetch_add(1, Ordering::Relaxed);
        };
        let results = pool.install(|| experiment(&cells(), 5..8, None, note)).unwrap();
        assert_eq!(heard.into_inner(), 6);
        json(&results)
    };
    assert_eq!(on(1), on(4));
}

#[test]
fn a_run_that_fails_is_kept_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs");
    let mut cell = cell("a path/UDX", Control::udx());
    cell.scenario.link.reorder = 2.0;
    for _ in 0..2 {
        let results = run(std::slice::from_ref(&cell), 2, &file);
        let (failed, reason) = results[0].failed.clone().unwrap();
        assert_eq!((results[0].seeds, failed, kept(&file)), (0, 2, 2));
        assert!(reason.contains("reorder"), "{reason}");
    }
}

#[test]
fn a_line_that_is_no_run_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs");
    run(&cells(), 1, &file);
    let good = std::fs::read_to_string(&file).unwrap();
    let neither = "{\"cell\":\"a\",\"seed\":1,\"configuration\":\"\"}";
    for bad in ["what", "{}", neither] {
        std::fs::write(&file, format!("{good}{bad}\n")).unwrap();
        let Err(SimError::Store { reason, .. }) = Store::open(&file) else { panic!("{bad} was read") };
        assert!(reason.contains("line 3"), "{reason}");
    }
    assert!(matches!(Store::open(folder.path()), Err(SimError::Store { .. })));
}
