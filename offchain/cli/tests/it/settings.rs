//! Settings of owners that wait, by command: what is announced is listed, and applied once it is due.

use crate::common::{Network, bithive, path, text};
use serde_json::Value;

const DAY: u64 = 86_400;

fn advance(network: &Network, seconds: u64) {
    network.json(&["chain", "advance", "--seconds", &seconds.to_string()]);
}

/// Runs a command that ends with `code`; its answer.
fn ends_with(network: &Network, code: i32, arguments: &[&str]) -> Value {
    let home = path(&network.home());
    let output = bithive(&network.arguments(&home, arguments)).arg("--json").output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn told(network: &Network, arguments: &[&str]) -> String {
    let home = path(&network.home());
    text(&bithive(&network.arguments(&home, arguments)).output().unwrap())
}

/// The only entry of a list of an answer.
fn one<'a>(answer: &'a Value, list: &str) -> &'a Value {
    let all = answer[list].as_array().unwrap();
    assert_eq!(all.len(), 1, "{answer}");
    &all[0]
}

#[test]
fn a_setting_waits_is_listed_and_is_applied_once_it_is_due() {
    let network = Network::with_nodes(0);
    let model = ["chain", "model", "--credits", "100"];
    let settings = ["chain", "settings"];
    let apply = |which: &'static str| ["chain", "settings", "apply", which];
    // On the first day there is nothing to wait for.
    assert_eq!(network.json(&model)["waits"], Value::Array(vec![]));
    assert!(told(&network, &settings).contains("no setting waits"));
    assert!(told(&network, &apply("--all")).contains("nothing is due"));
    advance(&network, DAY);
    let announced = ends_with(&network, 1, &["chain", "model", "--credits", "200"]);
    let waiting = one(&announced, "waits");
    assert_eq!(
        (&waiting["contract"], &waiting["id"], &waiting["stage"]),
        (&"jobs".into(), &1.into(), &"waits".into())
    );
    let shown = told(&network, &["chain", "model", "--credits", "200"]);
    assert!(shown.contains("jobs:1 set_model has no effect yet"), "{shown}");
    assert!(shown.contains("bithive chain settings apply --all"), "{shown}");
    // Asked for again it is the same, not another.
    let list = network.json(&settings);
    assert_eq!((one(&list, "settings"), &list["unanswered"]), (waiting, &Value::Array(vec![])));
    let times = ["announced_at", "effective_at", "void_at"].map(|time| waiting[time].as_u64().unwrap());
    assert_eq!((times[1] - times[0], times[2] - times[1]), (3 * DAY, 14 * DAY));
    let shown = told(&network, &settings);
    for word in ["jobs:1", "set_model", "now", "in 3 d 0 h", "in 17 d 0 h", r#""credits":200"#] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    // Not due: nothing is sent.
    assert_eq!(one(&ends_with(&network, 0, &apply("--all")), "waits"), waiting);
    assert_eq!(one(&ends_with(&network, 1, &apply("jobs")), "waits"), waiting);
    advance(&network, 3 * DAY);
    assert_eq!(one(&network.json(&settings), "settings")["stage"], "due");
    let shown = told(&network, &settings);
    assert!(["3 d 0 h ago", "by anybody, now"].iter().all(|word| shown.contains(word)), "{shown}");
    let applied = ends_with(&network, 0, &apply("jobs:1"));
    assert_eq!((&one(&applied, "applied")["id"], &applied["waits"]), (&1.into(), &Value::Array(vec![])));
    assert_eq!(network.json(&settings)["settings"], Value::Array(vec![]));
    ends_with(&network, 1, &apply("jobs:1"));
}

#[test]
fn the_command_that_announced_a_setting_applies_it_when_it_is_due_and_a_void_one_is_announced_again() {
    let network = Network::with_nodes(0);
    advance(&network, DAY);
    let model = ["chain", "model", "--credits", "100"];
    ends_with(&network, 1, &model);
    advance(&network, 17 * DAY);
    assert_eq!(one(&network.json(&["chain", "settings"]), "settings")["stage"], "void");
    assert_eq!(
        ends_with(&network, 0, &["chain", "settings", "apply", "--all"])["applied"],
        Value::Array(vec![])
    );
    assert_eq!(one(&ends_with(&network, 1, &model), "waits")["id"], 2);
    advance(&network, 3 * DAY);
    assert_eq!(ends_with(&network, 0, &model)["waits"], Value::Array(vec![]));
    assert_eq!(network.json(&["chain", "settings"])["settings"], Value::Array(vec![]));
}

#[test]
fn what_names_no_setting_is_an_error() {
    let network = Network::with_nodes(0);
    let error = network.refused(&["chain", "settings", "apply", "bank"]);
    assert!(error.contains("has no contract \"bank\"; expected one of token, "), "{error}");
    let error = network.refused(&["chain", "settings", "apply", "jobs:first"]);
    assert!(error.contains("\"first\" is no number of a setting; expected one like jobs:3"), "{error}");
    let error = network.refused(&["chain", "settings", "apply"]);
    assert!(error.contains("--all"), "{error}");
    let error = network.refused(&["chain", "settings", "--chain", "nowhere"]);
    assert!(error.contains("nowhere") || error.contains("devnet"), "{error}");
}
