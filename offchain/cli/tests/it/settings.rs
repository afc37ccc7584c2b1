//! Settings of owners that wait, by command: what is announced is listed, and applied once it is due.

use crate::common::Network;
use serde_json::Value;

const DAY: u64 = 86_400;

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
    assert!(network.told(&settings).contains("no setting waits"));
    assert!(network.told(&apply("--all")).contains("nothing is due"));
    network.advance(DAY);
    let announced = network.ends_with(1, &["chain", "model", "--credits", "200"]);
    let waiting = one(&announced, "waits");
    assert_eq!(
        (&waiting["contract"], &waiting["id"], &waiting["stage"]),
        (&"jobs".into(), &1.into(), &"waits".into())
    );
    let shown = network.told(&["chain", "model", "--credits", "200"]);
    assert!(shown.contains("jobs:1 set_model has no effect yet"), "{shown}");
    assert!(shown.contains("bithive chain settings apply --all"), "{shown}");
    // Asked for again it is the same, not another.
    let list = network.json(&settings);
    assert_eq!((one(&list, "settings"), &list["unanswered"]), (waiting, &Value::Array(vec![])));
    let times = ["announced_at", "effective_at", "void_at"].map(|time| waiting[time].as_u64().unwrap());
    assert_eq!((times[1] - times[0], times[2] - times[1]), (3 * DAY, 14 * DAY));
    let shown = network.told(&settings);
    for word in ["jobs:1", "set_model", "now", "in 3 d 0 h", "in 17 d 0 h", r#""credits":200"#] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    // Not due: nothing is sent.
    assert_eq!(one(&network.ends_with(0, &apply("--all")), "waits"), waiting);
    assert_eq!(one(&network.ends_with(1, &apply("jobs")), "waits"), waiting);
    network.advance(3 * DAY);
    assert_eq!(one(&network.json(&settings), "settings")["stage"], "due");
    let shown = network.told(&settings);
    assert!(["3 d 0 h ago", "by anybody, now"].iter().all(|word| shown.contains(word)), "{shown}");
    let applied = network.ends_with(0, &apply("jobs:1"));
    assert_eq!((&one(&applied, "applied")["id"], &applied["waits"]), (&1.into(), &Value::Array(vec![])));
    assert_eq!(network.json(&settings)["settings"], Value::Array(vec![]));
    network.ends_with(1, &apply("jobs:1"));
}

#[test]
fn the_command_that_announced_a_setting_applies_it_when_it_is_due_and_a_void_one_is_announced_again() {
    let network = Network::with_nodes(0);
    network.advance(DAY);
    let model = ["chain", "model", "--credits", "100"];
    network.ends_with(1, &model);
    network.advance(17 * DAY);
    assert_eq!(one(&network.json(&["chain", "settings"]), "settings")["stage"], "void");
    assert_eq!(
        network.ends_with(0, &["chain", "settings", "apply", "--all"])["applied"],
        Value::Array(vec![])
    );
    assert_eq!(one(&network.ends_with(1, &model), "waits")["id"], 2);
    network.advance(3 * DAY);
    assert_eq!(network.ends_with(0, &model)["waits"], Value::Array(vec![]));
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
