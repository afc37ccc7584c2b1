#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use bithive_blindmatch::{
    policy::{MAX_TEXT_BYTES, ParseError, Policy, PolicyError, Predicate},
    schema::{Attribute, Schema},
    tree::{Tree, TreeError},
};
use common::attributes;
use proptest::prelude::*;

mod common;

const EXAMPLE: &str = "vram >= 16 and region in (eu, ch) and any 2 of (iso27001, hipaa, gdpr)";

fn parse(text: &str) -> Result<Policy, ParseError> {
    Policy::parse(text, &Schema::bithive())
}

fn accepts(text: &str, vram: u64, region: &str, certifications: &[&str]) -> bool {
    parse(text).unwrap().is_satisfied(&attributes(vram, region, certifications))
}

#[test]
fn the_example_means_what_it_says() {
    assert!(accepts(EXAMPLE, 16, "eu", &["hipaa", "gdpr"]));
    assert!(accepts(EXAMPLE, 80, "ch", &["iso27001", "hipaa", "gdpr"]));
    assert!(!accepts(EXAMPLE, 15, "eu", &["hipaa", "gdpr"]));
    assert!(!accepts(EXAMPLE, 16, "us", &["hipaa", "gdpr"]));
    assert!(!accepts(EXAMPLE, 16, "eu", &["gdpr"]));
}

#[test]
fn and_binds_before_or_and_parentheses_before_both() {
    assert!(accepts("region = eu or region = ch and vram >= 80", 8, "eu", &[]));
    assert!(!accepts("(region = eu or region = ch) and vram >= 80", 8, "eu", &[]));
    assert!(accepts("  ( ( vram>=8 ) )\n and\tcertifications has gdpr ", 8, "eu", &["gdpr"]));
    assert!(accepts("any 1 of (vram >= 80 or gdpr, any 2 of (hipaa, region=us, vram>=8))", 8, "us", &[]));
}

#[test]
fn text_and_json_are_the_same_tree() {
    let policy = parse(EXAMPLE).unwrap();
    let json = serde_json::to_string(&policy).unwrap();
    assert!(json.contains(r#"{"reaches":{"attribute":"vram","threshold":16}}"#), "{json}");
    assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy);
    let compiled = policy.compile(&Schema::bithive()).unwrap();
    let leaves: Vec<_> =
        compiled.tree().leaves().into_iter().map(|leaf| (leaf.slot.0, leaf.value.as_str())).collect();
    assert_eq!(leaves, [(2, "yes"), (6, "eu"), (6, "ch"), (7, "yes"), (8, "yes"), (9, "yes")]);
    let Tree::Gate { needed: 3, children } = compiled.tree() else { panic!("expected AND of three") };
    assert!(matches!(&children[1], Tree::Gate { needed: 1, children } if children.len() == 2));
    assert!(matches!(&children[2], Tree::Gate { needed: 2, children } if children.len() == 3));
}

#[test]
fn syntax_errors_point_at_the_column_and_say_what_was_expected() {
    for (text, column, found, expected) in [
        ("", 1, "the end", "an attribute, a member of a set, `any` or `(`"),
        ("vram >= ", 9, "the end", "a whole number"),
        ("vram >= much", 9, "`much`", "a whole number"),
        ("vram < 16", 6, "`<`", "`>=`, `=`, `in` or `has`"),
        ("vram >= 16 and", 15, "the end", "an attribute, a member of a set, `any` or `(`"),
        ("vram >= 16 region = eu", 12, "`region`", "`and`, `or` or the end"),
        ("vram >= 16)", 11, "`)`", "`and`, `or` or the end"),
        ("(vram >= 16", 12, "the end", "`and`, `or` or `)`"),
        ("region in eu", 11, "`eu`", "`(`"),
        ("region in (eu ch)", 15, "`ch`", "`,` or `)`"),
        ("region in (eu,)", 15, "`)`", "a value"),
        ("region = and", 10, "`and`", "a value"),
        ("any of (gdpr)", 5, "`of`", "a whole number"),
        ("any 2 (gdpr, hipaa)", 7, "`(`", "`of`"),
        ("any 1 of (gdpr hipaa)", 16, "`hipaa`", "`,` or `)`"),
        ("gdpr and or hipaa", 10, "`or`", "an attribute, a member of a set, `any` or `(`"),
        ("gdpr ∧ hipaa", 6, "`∧`", "`and`, `or` or the end"),
        ("gdpr and  ∧", 11, "`∧`", "an attribute, a member of a set, `any` or `(`"),
    ] {
        let error = ParseError::Syntax { column, found: found.to_owned(), expected: expected.to_owned() };
        assert_eq!(parse(text), Err(error), "{text}");
    }
}

#[test]
fn type_errors_point_at_the_word_and_name_what_is_allowed() {
    for (text, column, message) in [
        (
            "ram >= 16",
            1,
            "`ram` is not an attribute, expected one of [\"vram\", \"region\", \"certifications\"]",
        ),
        ("gdpr and vram >= 17", 18, "`vram` has no threshold 17, expected one of [8, 12, 16, 24, 48, 80]"),
        ("region in (eu, xx)", 16, "`region` has no value `xx`, expected one of [\"eu\", \"ch\""),
        ("region in (eu, ch, eu)", 20, "`eu` is listed twice"),
        ("gdpr or soc2", 9, "`soc2` is neither an attribute nor a member of a set"),
        ("certifications has soc2", 20, "`certifications` has no value `soc2`"),
        ("gdpr and region >= 3", 10, "`region` is a category, expected `=` and a value, or `in`"),
        ("vram = eu", 1, "`vram` is a number, expected `>=` and a threshold"),
        ("certifications", 1, "`certifications` is a set, expected `has` and a member"),
        ("any 4 of (iso27001, hipaa, gdpr)", 5, "4 of 3 parts is impossible, expected 1 to 3"),
        ("any 0 of (gdpr)", 5, "0 of 1 parts is impossible"),
        ("any 65537 of (gdpr)", 5, "65537 of 1 parts is impossible"),
    ] {
        match parse(text) {
            Err(ParseError::Type { column: found, source }) => {
                assert_eq!(found, column, "{text}");
                assert!(source.to_string().starts_with(message), "{source}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn a_member_of_two_sets_has_to_be_qualified() {
    let set = |name: &str| Attribute::Set { name: name.to_owned(), members: vec!["gdpr".to_owned()] };
    let schema = Schema::new(vec![set("law"), set("audit")]).unwrap();
    let error = Policy::parse("gdpr", &schema).unwrap_err();
    assert!(error.to_string().contains("`<set> has gdpr` with one of [\"law\", \"audit\"]"), "{error}");
    let policy = Policy::parse("audit has gdpr", &schema).unwrap();
    let expected = Predicate::Has { attribute: "audit".to_owned(), member: "gdpr".to_owned() };
    assert_eq!(policy, Policy::Is(expected));
}

#[test]
fn json_policies_are_checked_as_text_is() {
    let schema = Schema::bithive();
    let compile = |json: &str| serde_json::from_str::<Policy>(json).unwrap().compile(&schema).map(|_| ());
    let gdpr = r#"{"is":{"has":{"attribute":"certifications","member":"gdpr"}}}"#;
    assert_eq!(compile(gdpr), Ok(()));
    assert_eq!(compile(r#"{"all":[]}"#), Err(PolicyError::EmptyGroup));
    assert_eq!(
        compile(r#"{"is":{"one_of":{"attribute":"region","values":[]}}}"#),
        Err(PolicyError::EmptyGroup)
    );
    assert_eq!(
        compile(&format!(r#"{{"at_least":{{"needed":2,"of":[{gdpr}]}}}}"#)),
        Err(PolicyError::ImpossibleCount { needed: 2, parts: 1 })
    );
    let deep =
        |levels| (0..levels).fold(gdpr.to_owned(), |inner, _| format!(r#"{{"all":[{inner},{gdpr}]}}"#));
    assert_eq!(compile(&deep(16)), Ok(()));
    assert_eq!(compile(&deep(17)), Err(TreeError::TooDeep.into()));
    assert!(
        serde_json::from_str::<Policy>(r#"{"is":{"reaches":{"attribute":"vram","threshold":8,"x":1}}}"#)
            .is_err()
    );
}

#[test]
fn oversized_policies_are_refused() {
    assert_eq!(
        parse(&" ".repeat(MAX_TEXT_BYTES + 1)),
        Err(ParseError::TooLong { found: MAX_TEXT_BYTES + 1 })
    );
    let nested = format!("{}gdpr{}", "(".repeat(17), ")".repeat(17));
    assert_eq!(parse(&nested), Err(ParseError::Type { column: 17, source: TreeError::TooDeep.into() }));
    let many = vec!["gdpr"; 257].join(" or ");
    let error = PolicyError::Tree(TreeError::TooManyChildren { found: 257 });
    assert_eq!(parse(&many), Err(ParseError::Type { column: 1, source: error }));
    let many = format!("({}) and ({})", vec!["gdpr"; 129].join(" or "), vec!["gdpr"; 128].join(" or "));
    let error = PolicyError::Tree(TreeError::TooManyLeaves { found: 257 });
    assert_eq!(parse(&many), Err(ParseError::Type { column: 1, source: error }));
    let costly = format!("any 10 of ({})", vec!["gdpr"; 40].join(", "));
    assert!(matches!(
        parse(&costly),
        Err(ParseError::Type { source: PolicyError::Tree(TreeError::TooCostly { .. }), .. })
    ));
}

proptest! {
    #[test]
    fn no_text_breaks_the_parser(text in "[a-z0-9 ()=<>,]{0,80}|(any|2|of|and|or|in|has|vram|>=|16|region|eu|gdpr|\\(|\\)|,| ){0,30}|\\PC{0,40}") {
        if let Err(ParseError::Syntax { column, .. } | ParseError::Type { column, .. }) = parse(&text) {
            prop_assert!(column >= 1 && column <= text.chars().count() + 1);
        }
    }
}
