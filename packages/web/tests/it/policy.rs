//! Policies are explained without showing what they ask for, and mistakes are placed.

use bithive_blindmatch::schema::Schema;
use bithive_web::policy::{Explanation, Policy, parse_schema};
use bithive_web::{Failure, Kind};
use proptest::prelude::*;

use crate::world::{EPOCH, POLICY, World, policy};

fn parse(text: &str) -> Result<Policy, Failure> {
    Policy::parse(text, &Schema::bithive())
}

#[test]
fn an_explanation_says_what_the_vault_will_be() {
    let explained = policy().explain();
    assert_eq!(explained.attributes, ["vram", "region", "certifications"]);
    assert_eq!((explained.leaves, explained.evaluations), (13, 11));
    let vault = World::new().job().vault();
    assert_eq!(vault.len(), explained.vault_bytes);
    assert_eq!(*bithive_blindmatch::vault::Vault::decode(&vault).unwrap().tree(), explained.shape);
    assert!((1..=explained.budget).contains(&explained.decoding_cost));
}

#[test]
fn policies_that_differ_in_values_only_are_explained_alike() {
    let explain = |text: &str| -> Explanation { parse(text).unwrap().explain() };
    assert_eq!(explain("vram >= 16 and region = eu"), explain("vram >= 48 and region = us"));
}

#[test]
fn text_json_and_policy_lead_to_each_other() {
    let policy = policy();
    let json = String::from_utf8(policy.json().unwrap().to_vec()).unwrap();
    assert_eq!(Policy::from_json(&json, &Schema::bithive()).unwrap().text(), policy.text());
    assert_eq!(parse(&policy.text()).unwrap().json().unwrap(), policy.json().unwrap());
    assert_eq!(parse(POLICY).unwrap().text().replace("certifications has ", ""), POLICY);
}

#[test]
fn a_mistake_has_a_column_and_a_kind() {
    let failure = parse("vram >= 17").map(drop).unwrap_err();
    assert_eq!((failure.kind, failure.column), (Kind::Policy, Some(9)));
    assert!(failure.message.contains("16"), "{failure}");
    for bad in ["", "vram", "vram >= 16 and", "region in (eu", "colour = red", &"(".repeat(100)] {
        assert_eq!(parse(bad).map(drop).unwrap_err().kind, Kind::Policy, "{bad}");
    }
    let long = parse(&"a".repeat(9000)).map(drop).unwrap_err();
    assert_eq!((long.kind, long.column), (Kind::Policy, None));
}

#[test]
fn json_that_is_no_policy_or_too_large_is_refused() {
    let deep = r#"{"all":["#.repeat(200) + &"]}".repeat(200);
    for bad in
        ["", "{}", "[]", r#"{"all":[]}"#, r#"{"is":{"reaches":{"attribute":"vram","threshold":17}}}"#, &deep]
    {
        let failure = Policy::from_json(bad, &Schema::bithive()).map(drop).unwrap_err();
        assert_eq!(failure.kind, Kind::Policy, "{bad}");
    }
    let large = Policy::from_json(&" ".repeat(70_000), &Schema::bithive()).map(drop).unwrap_err();
    assert!(large.message.contains("at most"), "{large}");
    for bad in ["", "{}", r#"{"version":2,"attributes":[]}"#, &" ".repeat(70_000)] {
        assert_eq!(parse_schema(bad).unwrap_err().kind, Kind::Schema);
    }
    let schema = serde_json::to_string(&Schema::bithive()).unwrap();
    assert_eq!(parse_schema(&schema).unwrap(), Schema::bithive());
}

#[test]
fn two_requests_for_one_policy_have_nothing_in_common() {
    let (one, other) = (policy().blind(EPOCH).unwrap().request(), policy().blind(EPOCH).unwrap().request());
    // Version, epoch and number of points, then slot and point for each.
    let points =
        |request: &[u8]| request[11..].chunks_exact(34).map(|point| point.to_vec()).collect::<Vec<_>>();
    for (a, b) in points(&one).iter().zip(points(&other)) {
        assert_eq!(a[..2], b[..2]);
        assert_ne!(a[2..], b[2..]);
    }
}

proptest! {
    #[test]
    fn no_text_makes_parsing_panic(text in ".*", json in ".*") {
        let _ = parse(&text);
        let _ = Policy::from_json(&json, &Schema::bithive());
    }
}
