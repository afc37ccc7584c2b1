//! The course of a run as a file.

use bithive_netsim::{Selection, cells, plot};

#[test]
fn a_plotted_cell_becomes_a_drawing_of_goodput_round_trip_time_and_queue() {
    let containing = vec!["2 flows/UDX+UDX".to_owned()];
    let cells = cells(&Selection { quick: true, containing, seconds: Some(1.0) });
    let folder = tempfile::tempdir().unwrap();
    let files = plot(&cells, folder.path()).unwrap();
    let [file] = files.as_slice() else { panic!("{files:?}") };
    let drawing = std::fs::read_to_string(file).unwrap();
    for part in ["<svg", "goodput, Mbit/s", "round-trip time, ms", "queue, kB", "UDX 2", "polyline"] {
        assert!(drawing.contains(part), "{part}");
    }
}
