//! The transport beside the library by itself, with ends in processes of their own.

use std::process::Command;

#[test]
fn loopback_measures_both_sides_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_bithive"))
        .args(["--json", "bench", "loopback", "--bytes", "3000001", "--rounds", "1", "--folder"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let (figures, movers) = (answer["figures"].as_array().unwrap(), answer["movers"].as_array().unwrap());
    assert_eq!((figures.len(), movers.len()), (11, 6), "{answer}");
    for value in movers.iter().flat_map(|mover| {
        ["megabytes_per_second", "sender", "receiver"].map(|field| mover[field].as_f64().unwrap())
    }) {
        assert!(value > 0.0, "{answer}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
