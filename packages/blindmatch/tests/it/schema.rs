use std::collections::BTreeMap;

use bithive_blindmatch::{
    attributes::{AttributeValue, Attributes, AttributesError},
    committee::{Contribution, MemberSeeds},
    oprf::Tag,
    policy::Policy,
    schema::{Attribute, Input, Schema, SchemaError, SlotId},
    vault::MatchKey,
    vector::Vector,
};
use zeroize::ZeroizeOnDrop;

fn ordered(name: &str, thresholds: &[u64]) -> Attribute {
    Attribute::Ordered { name: name.to_owned(), thresholds: thresholds.to_vec() }
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn the_built_in_schema_is_valid_and_expands_to_labelled_slots() {
    let schema = Schema::bithive();
    assert_eq!(Schema::new(schema.attributes().to_vec()).unwrap(), schema);
    let labels: Vec<_> = schema.slots().into_iter().map(|slot| slot.label).collect();
    assert_eq!(labels.len(), usize::from(schema.slot_count()));
    assert_eq!(labels[0], "vram>=8");
    assert_eq!(labels[6], "region");
    assert_eq!(labels[9], "certifications:gdpr");
}

#[test]
fn a_schema_survives_json_and_is_validated_when_it_comes_back() {
    let json = serde_json::to_string(&Schema::bithive()).unwrap();
    assert_eq!(serde_json::from_str::<Schema>(&json).unwrap(), Schema::bithive());
    let error = serde_json::from_str::<Schema>(&json.replace("[8,12,", "[12,8,")).unwrap_err();
    assert!(error.to_string().contains("thresholds of `vram` go from 12 to 8"), "{error}");
    let error = serde_json::from_str::<Schema>(&json.replace("\"version\":1", "\"version\":2")).unwrap_err();
    assert!(error.to_string().contains("version 2"), "{error}");
    assert!(serde_json::from_str::<Schema>(&json.replace("\"version\":1", "\"version\":1,\"x\":0")).is_err());
}

#[test]
fn each_fault_of_a_schema_is_named() {
    let set = |members: &[&str]| Attribute::Set { name: "certs".to_owned(), members: words(members) };
    let region =
        |values: &[&str]| Attribute::Categorical { name: "region".to_owned(), values: words(values) };
    let many: Vec<u64> = (0..257).collect();
    let name = |name: &str, alphabet| SchemaError::Name { name: name.to_owned(), alphabet };
    let names = "a-z, 0-9 and _, starting with a letter";
    let values = "a-z, 0-9, _, . and -";
    for (attributes, expected) in [
        (vec![], SchemaError::NoAttributes),
        (vec![ordered("Vram", &[1])], name("Vram", names)),
        (vec![ordered("", &[1])], name("", names)),
        (vec![ordered("and", &[1])], name("and", names)),
        (vec![region(&["e u"])], name("e u", values)),
        (vec![set(&["of"])], name("of", values)),
        (vec![set(&[""])], name("", values)),
        (vec![ordered("a", &[1]), ordered("a", &[2])], SchemaError::DuplicateName { name: "a".to_owned() }),
        (vec![ordered("a", &[])], SchemaError::Empty { attribute: "a".to_owned() }),
        (vec![region(&[])], SchemaError::Empty { attribute: "region".to_owned() }),
        (
            vec![ordered("a", &[3, 3])],
            SchemaError::UnsortedThresholds { attribute: "a".to_owned(), low: 3, high: 3 },
        ),
        (
            vec![region(&["eu", "ch", "eu"])],
            SchemaError::DuplicateValue { attribute: "region".to_owned(), value: "eu".to_owned() },
        ),
        (vec![ordered("a", &many)], SchemaError::TooManySlots { found: 257 }),
    ] {
        assert_eq!(Schema::new(attributes), Err(expected));
    }
    let many: Vec<String> = (0..257).map(|i| format!("v{i}")).collect();
    let error = Schema::new(vec![Attribute::Categorical { name: "a".to_owned(), values: many }]).unwrap_err();
    assert_eq!(error, SchemaError::TooManyValues { attribute: "a".to_owned(), found: 257 });
}

#[test]
fn every_part_of_a_schema_is_in_its_digest() {
    let base =
        vec![ordered("a", &[1, 2]), Attribute::Set { name: "b".to_owned(), members: words(&["x", "y"]) }];
    let variants = [
        vec![ordered("a", &[1, 3]), base[1].clone()],
        vec![ordered("c", &[1, 2]), base[1].clone()],
        vec![base[1].clone(), base[0].clone()],
        vec![base[0].clone()],
        vec![base[0].clone(), Attribute::Set { name: "b".to_owned(), members: words(&["y", "x"]) }],
        vec![base[0].clone(), Attribute::Categorical { name: "b".to_owned(), values: words(&["x", "y"]) }],
    ];
    let digest = Schema::new(base).unwrap().digest();
    for variant in variants {
        assert_ne!(Schema::new(variant).unwrap().digest(), digest);
    }
}

#[test]
fn attributes_answer_every_slot() {
    let own = crate::common::attributes(24, "ch", &["gdpr"]);
    let values: Vec<_> = own.inputs().iter().map(|input| input.value.as_str()).collect();
    assert_eq!(values, ["yes", "yes", "yes", "yes", "no", "no", "ch", "no", "no", "yes"]);
    assert!(own.inputs().iter().zip(0..).all(|(input, slot)| input.slot.0 == slot));
}

#[test]
fn each_fault_of_attributes_is_named() {
    let good = r#"{"vram":24,"region":"eu","certifications":["gdpr"]}"#;
    let read = |json: &str| {
        let values: BTreeMap<String, AttributeValue> = serde_json::from_str(json).unwrap();
        Attributes::new(&Schema::bithive(), values).err()
    };
    assert_eq!(read(good), None);
    let name = |name: &str| name.to_owned();
    let certifications = words(&["iso27001", "hipaa", "gdpr"]);
    for (from, to, expected) in [
        (
            r#""vram""#,
            r#""ram""#,
            AttributesError::Unknown {
                name: name("ram"),
                known: words(&["vram", "region", "certifications"]),
            },
        ),
        (r#""vram":24,"#, "", AttributesError::Missing { name: name("vram"), expected: "a number" }),
        ("24", "\"24\"", AttributesError::WrongKind { name: name("vram"), expected: "a number" }),
        ("[\"gdpr\"]", "7", AttributesError::WrongKind { name: name("certifications"), expected: "a set" }),
        (
            "gdpr",
            "soc2",
            AttributesError::UnknownValue {
                name: name("certifications"),
                value: name("soc2"),
                allowed: certifications,
            },
        ),
    ] {
        assert_eq!(read(&good.replace(from, to)), Some(expected));
    }
    assert!(
        matches!(read(&good.replace("eu", "mars")), Some(AttributesError::UnknownValue { value, .. }) if value == "mars")
    );
}

#[test]
fn a_commitment_binds_answers_and_nonce() {
    let own = crate::common::attributes(24, "ch", &["gdpr"]);
    let commitment = own.commitment(&[7; 32]);
    assert_eq!(crate::common::attributes(24, "ch", &["gdpr"]).commitment(&[7; 32]), commitment);
    assert_ne!(own.commitment(&[8; 32]), commitment);
    // 25 answers every slot as 24 does, and answers are all that anybody asks for.
    assert_eq!(crate::common::attributes(25, "ch", &["gdpr"]).commitment(&[7; 32]), commitment);
    assert_ne!(crate::common::attributes(48, "ch", &["gdpr"]).commitment(&[7; 32]), commitment);
    assert_ne!(crate::common::attributes(24, "eu", &["gdpr"]).commitment(&[7; 32]), commitment);
    assert_ne!(crate::common::attributes(24, "ch", &[]).commitment(&[7; 32]), commitment);
}

#[test]
fn no_value_of_an_attribute_or_a_policy_is_printed() {
    let input = Input { slot: SlotId(6), value: "singular".to_owned() };
    let vector = format!("0x{}", "3f".repeat(32));
    let schema = Schema::new(vec![
        ordered("vram", &[1234]),
        Attribute::Categorical { name: "region".to_owned(), values: words(&["singular", "other"]) },
        Attribute::Set { name: "certifications".to_owned(), members: words(&["peculiar", "another"]) },
        Attribute::Vector { name: "profile".to_owned() },
    ])
    .unwrap();
    let text = format!(
        "vram >= 1234 and region = singular and certifications has peculiar and profile within 25 of {vector}"
    );
    let policy = Policy::parse(&text, &schema).unwrap();
    let compiled = policy.compile(&schema).unwrap();
    let printed =
        [format!("{input:?}"), format!("{input:#?}"), format!("{policy:?}"), format!("{compiled:?}")];
    for printed in printed {
        for secret in ["singular", "1234", "peculiar", "3f3f", "\"yes\""] {
            assert!(!printed.contains(secret), "{secret} in {printed}");
        }
    }
    assert_eq!(format!("{input:?}"), "Input(slot 6, secret)");
    assert!(format!("{policy:?}").contains("region"), "attributes and gates are public");
}

#[test]
fn secrets_of_matching_are_erased_when_dropped() {
    /// Compiles for what erases itself only.
    fn erased<T: ZeroizeOnDrop>() {}
    erased::<Input>();
    erased::<Attributes>();
    erased::<Vector>();
    erased::<Tag>();
    erased::<MatchKey>();
    erased::<MemberSeeds>();
    erased::<MemberSeeds>();
    erased::<Contribution>();
}
