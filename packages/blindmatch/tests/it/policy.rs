use crate::common::{attributes, compile};
use bithive_blindmatch::{
    policy::{CompiledPolicy, Leaf, MAX_TEXT_BYTES, ParseError, Policy, PolicyError, Predicate},
    schema::{Attribute, Schema, SlotId},
    tree::{Tree, TreeError},
};
use proptest::prelude::*;

const EXAMPLE: &str = "vram >= 16 and region in (eu, ch) and any 2 of (iso27001, hipaa, gdpr)";

fn parse(text: &str) -> Result<Policy, ParseError> {
    Policy::parse(text, &Schema::bithive())
}

/// The slot of every leaf, and the value that is asked of it; decoys ask none.
fn leaves(policy: &CompiledPolicy) -> Vec<(u16, &str)> {
    let mut out = Vec::new();
    for leaf in policy.tree().leaves() {
        out.push((leaf.slot().0, leaf.input().map_or("", |input| input.value.as_str())));
    }
    out
}

/// What is public of a policy.
fn public(text: &str) -> Tree<SlotId> {
    compile(text).tree().map(&mut Leaf::slot)
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
    let vram = [(0, ""), (1, ""), (2, "yes"), (3, ""), (4, ""), (5, "")];
    let region = [(6, "eu"), (6, "ch"), (6, ""), (6, "")];
    let certifications = [(7, "yes"), (8, "yes"), (9, "yes")];
    assert_eq!(leaves(&compiled), [&vram[..], &region, &certifications].concat());
    let Tree::Gate { needed: 3, children } = compiled.tree() else { panic!("expected AND of three") };
    assert!(matches!(&children[0], Tree::Gate { needed: 1, children } if children.len() == 6));
    assert!(matches!(&children[1], Tree::Gate { needed: 1, children } if children.len() == 4));
    assert!(matches!(&children[2], Tree::Gate { needed: 2, children } if children.len() == 3));
}

#[test]
fn a_policy_is_written_as_it_is_read() {
    for text in [
        "vram >= 16",
        "region = eu",
        "region in (eu, ch)",
        "certifications has gdpr",
        "vram >= 16 and region in (eu, ch) and any 2 of (certifications has iso27001, certifications has hipaa)",
        "(vram >= 8 and region = eu) or (vram >= 80 and (region = us or region = uk))",
        "any 1 of (vram >= 80 or certifications has gdpr, any 2 of (region = us, vram >= 8, region = uk and vram >= 12))",
    ] {
        let policy = parse(text).unwrap();
        assert_eq!(policy.to_text(), text);
        assert_eq!(parse(&policy.to_text()).unwrap(), policy);
    }
    // Groups of one part disappear.
    let nested: Policy =
        serde_json::from_str(r#"{"all":[{"any":[{"is":{"reaches":{"attribute":"vram","threshold":8}}}]}]}"#)
            .unwrap();
    assert_eq!(nested.to_text(), "vram >= 8");
    assert_eq!(parse(EXAMPLE).unwrap().to_text().replace("certifications has ", ""), EXAMPLE);
}

#[test]
fn policies_that_differ_in_values_only_have_the_same_public_tree() {
    for (one, other) in [
        ("vram >= 16", "vram >= 48"),
        ("region in (eu, ch)", "region in (us, jp)"),
        ("region = eu", "region in (cn, hk, jp, sg)"),
        ("gdpr", "hipaa"),
        ("any 2 of (iso27001, hipaa)", "any 2 of (hipaa, gdpr)"),
        ("iso27001 and hipaa", "any 2 of (gdpr, hipaa, iso27001)"),
        ("iso27001 or hipaa", "gdpr"),
        ("vram >= 8 and gdpr or region = eu", "vram >= 80 and hipaa or region in (us, uk)"),
        ("any 2 of (vram >= 8, gdpr, gdpr)", "any 2 of (vram >= 12, hipaa, iso27001)"),
    ] {
        assert_ne!(compile(one), compile(other), "{one}, {other}");
        assert_eq!(public(one), public(other), "{one}, {other}");
    }
    assert_ne!(public("region in (eu, ch, uk, us)"), public("region in (eu, ch, uk, us, cn)"));
    assert_ne!(public("gdpr or hipaa"), public("gdpr and hipaa"));
}

#[test]
fn a_group_of_members_of_one_set_is_one_gate_over_the_set() {
    let gate = |text: &str| match compile(text).tree() {
        Tree::Gate { needed, children } => (*needed, children.len()),
        Tree::Leaf(_) => panic!("{text} is a leaf"),
    };
    assert_eq!(gate("gdpr"), (1, 3));
    assert_eq!(gate("gdpr or hipaa"), (1, 3));
    assert_eq!(gate("gdpr and hipaa"), (2, 3));
    assert_eq!(gate("gdpr and hipaa and iso27001"), (3, 3));
    assert_eq!(leaves(&compile("gdpr and hipaa")), [(7, ""), (8, "yes"), (9, "yes")]);
    // One member named twice counts twice, which a single gate can't express.
    assert_eq!(gate("any 2 of (gdpr, gdpr, hipaa)"), (2, 3));
    assert_eq!(compile("any 2 of (gdpr, gdpr, hipaa)").tree().leaves().len(), 9);
    assert!(compile("any 2 of (gdpr, gdpr, hipaa)").is_satisfied(&attributes(8, "eu", &["gdpr"])));
    assert!(!compile("any 2 of (gdpr, hipaa)").is_satisfied(&attributes(8, "eu", &["gdpr"])));
}

#[test]
fn only_what_is_asked_for_needs_a_tag() {
    let inputs = |text: &str| {
        let inputs = compile(text).inputs();
        inputs.into_iter().map(|input| (input.slot.0, input.value.clone())).collect::<Vec<_>>()
    };
    let pair = |slot: u16, value: &str| (slot, value.to_owned());
    assert_eq!(inputs("vram >= 48 and region = jp"), [pair(4, "yes"), pair(6, "jp")]);
    assert_eq!(
        inputs("gdpr and hipaa or gdpr and vram >= 8"),
        [pair(0, "yes"), pair(8, "yes"), pair(9, "yes")]
    );
}

#[test]
fn a_short_schema_needs_no_more_decoys_than_it_has_values() {
    let words = |count: usize| (0..count).map(|i| format!("w{i}")).collect::<Vec<_>>();
    for (values, expected) in [(1, 1), (2, 2), (3, 3), (4, 4), (5, 4)] {
        let attribute = Attribute::Categorical { name: "a".to_owned(), values: words(values) };
        let schema = Schema::new(vec![attribute]).unwrap();
        let policy = Policy::parse("a = w0", &schema).unwrap().compile(&schema).unwrap();
        assert_eq!(policy.tree().leaves().len(), expected);
    }
}

#[test]
fn syntax_errors_point_at_the_column_and_say_what_was_expected() {
    for (text, column, found, expected) in [
        ("", 1, "the end", "an attribute, a member of a set, `any` or `(`"),
        ("vram >= ", 9, "the end", "a whole number"),
        ("vram >= much", 9, "`much`", "a whole number"),
        ("vram < 16", 6, "`<`", "`>=`, `=`, `in`, `has` or `within`"),
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
        |levels| (0..levels).fold(gdpr.to_owned(), |inner, _| format!(r#"{{"any":[{inner},{gdpr}]}}"#));
    // The template of the innermost condition is one level more.
    assert_eq!(compile(&deep(15)), Ok(()));
    assert_eq!(compile(&deep(16)), Err(TreeError::TooDeep.into()));
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
    // Three leaves each, of which two are decoys.
    assert!(parse(&vec!["gdpr"; 85].join(" or ")).is_ok());
    let error = PolicyError::Tree(TreeError::TooManyLeaves { found: 258 });
    assert_eq!(parse(&vec!["gdpr"; 86].join(" or ")), Err(ParseError::Type { column: 1, source: error }));
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
