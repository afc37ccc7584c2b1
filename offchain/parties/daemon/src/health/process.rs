//! The party itself, where it runs: for how long, and what it waits for.

use bithive_monitor::health::Finding;
use serde_json::{Map, Value};

const CHECK: &str = "process";

/// What a running party's status says of it.
pub(super) fn finding(role: &str, status: &Map<String, Value>) -> Finding {
    let seconds = status.get("uptime_seconds").and_then(Value::as_u64).unwrap_or(0);
    let runs = format!("a {role} runs, for {seconds} s");
    let waits = status.get("waits_for").and_then(Value::as_array).into_iter().flatten();
    let text = |wait: &Value, field: &str| wait.get(field).and_then(Value::as_str).unwrap_or("?").to_owned();
    let waits: Vec<_> =
        waits.map(|wait| format!("{}: {}", text(wait, "duty"), text(wait, "reason"))).collect();
    if waits.is_empty() {
        return Finding::passed(CHECK, runs);
    }
    let found = format!("{runs}, and waits for {}", waits.join("; "));
    Finding::warning(CHECK, found, "it goes on by itself once that is there; see to what is named")
}

#[cfg(test)]
mod tests {
    use bithive_monitor::health::Outcome;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_party_that_waits_is_no_healthy_one_and_the_check_says_for_what() {
        let of = |waits: Value| {
            let status = json!({ "uptime_seconds": 7, "waits_for": waits });
            finding("committee", status.as_object().unwrap())
        };
        assert_eq!(of(json!([])), Finding::passed(CHECK, "a committee runs, for 7 s"));
        let waiting = of(json!([{ "duty": "share keys of this epoch", "reason": "member 2: no answer" }]));
        assert_eq!(waiting.outcome, Outcome::Warning);
        let expected =
            "a committee runs, for 7 s, and waits for share keys of this epoch: member 2: no answer";
        assert_eq!(waiting.found, expected);
        // A program of an earlier version says nothing of it.
        assert_eq!(finding("node", &Map::new()).outcome, Outcome::Passed);
    }
}
