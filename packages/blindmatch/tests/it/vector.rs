//! Vectors: values, samples, policies over them, and how often they match.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::{Committee, poster, rng};
use bithive_blindmatch::{
    attributes::{AttributeValue, Attributes, AttributesError},
    policy::{CompiledPolicy, ParseError, Policy, PolicyError, Predicate},
    schema::{Attribute, Schema, SlotId},
    tree::Tree,
    vault::{DEFAULT_BUDGET, Vault},
    vector::{
        MAX_DISTANCE, SAMPLE_BITS, SAMPLES, Thermometer, ThermometerError, VECTOR_BITS, Vector, VectorError,
        recall, sample_agreement, sample_positions,
    },
};
use proptest::prelude::*;
use rand_chacha::{ChaCha20Rng, rand_core::Rng};

fn schema() -> Schema {
    let region =
        Attribute::Categorical { name: "region".to_owned(), values: vec!["eu".to_owned(), "ch".to_owned()] };
    Schema::new(vec![region, Attribute::Vector { name: "profile".to_owned() }]).unwrap()
}

fn random(rng: &mut ChaCha20Rng) -> Vector {
    let mut bytes = [0; VECTOR_BITS / 8];
    rng.fill_bytes(&mut bytes);
    Vector::from_bytes(bytes)
}

/// A vector that differs in `distance` random places.
fn at_distance(from: &Vector, distance: usize, rng: &mut ChaCha20Rng) -> Vector {
    let mut bytes = *from.as_bytes();
    let mut flipped = BTreeSet::new();
    while flipped.len() < distance {
        let place = (rng.next_u64() % VECTOR_BITS as u64) as usize;
        if flipped.insert(place) {
            bytes[place / 8] ^= 0x80 >> (place % 8);
        }
    }
    Vector::from_bytes(bytes)
}

fn own(schema: &Schema, region: &str, profile: &Vector) -> Attributes {
    let values = BTreeMap::from([
        ("region".to_owned(), AttributeValue::Category(region.to_owned())),
        ("profile".to_owned(), AttributeValue::Vector(profile.clone())),
    ]);
    Attributes::new(schema, values).unwrap()
}

fn compile(text: &str, schema: &Schema) -> CompiledPolicy {
    Policy::parse(text, schema).unwrap().compile(schema).unwrap()
}

#[test]
fn a_vector_is_read_and_written_in_hexadecimal() {
    let text = format!("0x80{}01", "0".repeat(60));
    let vector: Vector = text.parse().unwrap();
    assert_eq!((vector.as_bytes()[0], vector.as_bytes()[31]), (0x80, 1));
    assert_eq!(vector.to_string(), text);
    assert_eq!(serde_json::to_string(&vector).unwrap(), format!("\"{text}\""));
    assert_eq!(
        serde_json::from_str::<Vector>(&format!("\"{}\"", text.replace('8', "A"))).unwrap().as_bytes()[0],
        0xa0
    );
    for bad in [
        "",
        "0x",
        &text[2..],
        &text[..65],
        &format!("{text}0"),
        &text.replace('8', "g"),
        &text.replace("80", "ä"),
    ] {
        assert_eq!(bad.parse::<Vector>(), Err(VectorError), "{bad}");
    }
    assert!(!format!("{vector:?}").contains("80"), "its value is not printed by chance");
}

#[test]
fn samples_are_twenty_places_that_the_schema_fixes() {
    let digest = schema().digest();
    let samples: Vec<_> = (1..=64).map(|slot| sample_positions(&digest, SlotId(slot))).collect();
    for sample in &samples {
        assert_eq!(sample.iter().collect::<BTreeSet<_>>().len(), SAMPLE_BITS);
    }
    assert_eq!(samples.iter().collect::<BTreeSet<_>>().len(), SAMPLES, "every slot has its own");
    assert_ne!(sample_positions(&[0; 32], SlotId(1)), samples[0], "and every schema");
    // Each of 256 places is drawn 5 times of 1280 on average: with variance 4.6, chi-squared is 236 on average with a
    // standard deviation of 21.
    let mut drawn = [0_i32; VECTOR_BITS];
    samples.iter().flatten().for_each(|place| drawn[usize::from(*place)] += 1);
    let chi_squared: i32 = drawn.iter().map(|count| (count - 5).pow(2)).sum::<i32>() / 5;
    assert!((150..330).contains(&chi_squared), "{chi_squared}");
}

#[test]
fn a_slot_has_the_bits_of_its_sample() {
    let schema = schema();
    let vector = random(&mut rng(1));
    let attributes = own(&schema, "eu", &vector);
    assert_eq!(attributes.inputs().len(), 65);
    let labels: Vec<_> = schema.slots().into_iter().map(|slot| slot.label).collect();
    assert_eq!((labels[1].as_str(), labels[64].as_str()), ("profile#0", "profile#63"));
    for input in &attributes.inputs()[1..] {
        let bit = |place: u8| vector.as_bytes()[usize::from(place) / 8] >> (7 - place % 8) & 1;
        let positions = sample_positions(&schema.digest(), input.slot);
        let bits = positions.iter().fold(0_u32, |bits, place| bits << 1 | u32::from(bit(*place)));
        assert_eq!(input.value, format!("{bits:05x}"));
    }
}

#[test]
fn vectors_in_attributes_are_checked() {
    let schema = schema();
    let read = |profile: &str| {
        let json = format!(r#"{{"region":"eu","profile":{profile}}}"#);
        Attributes::new(&schema, serde_json::from_str(&json).unwrap()).map(|own| own.commitment(&[1; 32]))
    };
    let good = format!("\"0x{}\"", "5a".repeat(32));
    assert!(read(&good).is_ok());
    assert_ne!(read(&good), read(&good.replace("\"0x5", "\"0x4")));
    let name = || "profile".to_owned();
    let expected = "a vector (`0x` and 64 hexadecimal digits)";
    for bad in ["7", "[]", "\"0x5a\"", &good.replace("0x", ""), &good.replace("a\"", "g\"")] {
        assert_eq!(read(bad), Err(AttributesError::WrongKind { name: name(), expected }), "{bad}");
    }
    let missing = serde_json::from_str(r#"{"region":"eu"}"#).unwrap();
    assert_eq!(
        Attributes::new(&schema, missing).err(),
        Some(AttributesError::Missing { name: name(), expected })
    );
    // A vector where a category belongs, too.
    let json = format!(r#"{{"region":{good},"profile":{good}}}"#);
    let misplaced = Attributes::new(&schema, serde_json::from_str(&json).unwrap()).err();
    assert!(matches!(misplaced, Some(AttributesError::WrongKind { name, .. }) if name == "region"));
}

#[test]
fn a_distance_is_asked_for_in_text_or_json() {
    let schema = schema();
    let vector = random(&mut rng(2));
    let text = format!("region = eu and profile within 25 of {vector}");
    let policy = Policy::parse(&text, &schema).unwrap();
    let within = Predicate::Within { attribute: "profile".to_owned(), distance: 25, of: vector.clone() };
    let Policy::All(parts) = &policy else { panic!("expected AND") };
    assert_eq!(parts[1], Policy::Is(within));
    let json = serde_json::to_string(&policy).unwrap();
    assert!(
        json.contains(&format!(r#"{{"within":{{"attribute":"profile","distance":25,"of":"{vector}"}}}}"#)),
        "{json}"
    );
    assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy);
    assert!(serde_json::from_str::<Policy>(&json.replace("0x", "")).is_err());
    let compiled = policy.compile(&schema).unwrap();
    let Tree::Gate { needed: 2, children } = compiled.tree() else { panic!("expected AND of two") };
    assert!(matches!(&children[1], Tree::Gate { needed: 2, children } if children.len() == 64));
    assert_eq!(compiled.evaluations(), compiled.inputs());
    // The distance is for the exact predicate, and not public.
    let near = compile(&format!("profile within 3 of {vector}"), &schema);
    assert_eq!(near, compile(&format!("profile within 41 of {vector}"), &schema));
}

#[test]
fn faults_of_a_distance_point_at_their_column() {
    let schema = schema();
    let vector = random(&mut rng(3)).to_string();
    for (text, column, found, expected) in [
        ("profile within near".to_owned(), 16, "`near`", "a whole number"),
        (format!("profile within 5 {vector}"), 18, &*format!("`{}`", &vector[..32]), "`of`"),
        ("profile within 5 of 0x5a".to_owned(), 21, "`0x5a`", "a vector (`0x` and 64 hexadecimal digits)"),
        ("profile within 5 of".to_owned(), 20, "the end", "a vector (`0x` and 64 hexadecimal digits)"),
        ("profile ~ 5".to_owned(), 9, "`~`", "`>=`, `=`, `in`, `has` or `within`"),
    ] {
        let error = ParseError::Syntax { column, found: found.to_owned(), expected: expected.to_owned() };
        assert_eq!(Policy::parse(&text, &schema), Err(error), "{text}");
    }
    for (text, column, message) in [
        (
            format!("region = eu or profile within 42 of {vector}"),
            31,
            "distance 42 is too far, expected at most 41",
        ),
        (format!("profile within 70000 of {vector}"), 16, "distance 70000 is too far"),
        (format!("region within 5 of {vector}"), 1, "`region` is a category, expected `=` and a value"),
        (format!("shape within 5 of {vector}"), 1, "`shape` is not an attribute"),
        (
            "region = eu and profile".to_owned(),
            17,
            "`profile` is a vector (`0x` and 64 hexadecimal digits), expected `within`",
        ),
        ("profile >= 5".to_owned(), 1, "`profile` is a vector"),
    ] {
        match Policy::parse(&text, &schema) {
            Err(ParseError::Type { column: found, source }) => {
                assert_eq!(found, column, "{text}");
                assert!(source.to_string().starts_with(message), "{source}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    let json = format!(r#"{{"is":{{"within":{{"attribute":"profile","distance":42,"of":"{vector}"}}}}}}"#);
    let policy: Policy = serde_json::from_str(&json).unwrap();
    assert_eq!(policy.compile(&schema), Err(PolicyError::TooFar { distance: 42 }));
}

#[test]
fn the_exact_predicate_decides_at_the_distance() {
    let (schema, mut rng) = (schema(), rng(4));
    let vector = random(&mut rng);
    let policy = Policy::parse(&format!("profile within 25 of {vector}"), &schema).unwrap();
    for distance in [0, 25, 26, 128, 256] {
        let other = at_distance(&vector, distance, &mut rng);
        assert_eq!(usize::from(vector.distance(&other)), distance);
        assert_eq!(policy.is_satisfied(&own(&schema, "eu", &other)), distance <= 25);
    }
}

#[test]
fn a_vault_opens_exactly_for_those_that_agree_on_two_samples() {
    let (schema, mut rng) = (schema(), rng(5));
    let committee = Committee::of(schema.clone(), 2, 2);
    let vector = random(&mut rng);
    let compiled = compile(&format!("region in (eu, ch) and profile within 25 of {vector}"), &schema);
    let tags = committee.tags(&compiled.inputs(), 1);
    let (vault, key) =
        Vault::seal(&compiled, &tags, &poster(), [1; 32], [2; 32], DEFAULT_BUDGET, &mut rng).unwrap();
    assert!(vault.encode().len() <= 2048 && vault.encode().len() <= 200 + 24 * vault.tree().leaves().len());
    let wanted = own(&schema, "eu", &vector);
    let (mut opened, mut shut) = (0, 0);
    for distance in [0, 10, 25, 30, 40, 40, 40, 45, 50, 50, 64, 128] {
        let other = own(&schema, "ch", &at_distance(&vector, distance, &mut rng));
        let agreeing = other.inputs()[1..].iter().filter(|input| wanted.inputs().contains(input)).count();
        let found = vault.open(&committee.tags(other.inputs(), 2), &poster()).unwrap();
        assert_eq!(found.is_some(), agreeing >= 2, "distance {distance}");
        assert_eq!(compiled.is_satisfied(&other), agreeing >= 2);
        assert!(found.as_ref().is_none_or(|opened| opened.key == key));
        if found.is_some() { opened += 1 } else { shut += 1 }
    }
    assert!(opened >= 4 && shut >= 2, "{opened} opened, {shut} stayed shut");
}

/// How often a Bernoulli variable of this chance was true in so many independent trials, within 4.5 standard
/// deviations: 1 test in 150,000 fails by chance.
fn assert_rate(hits: usize, trials: usize, chance: f64, what: &str) {
    let (mean, deviation) = (trials as f64 * chance, (trials as f64 * chance * (1.0 - chance)).sqrt());
    assert!(
        (hits as f64 - mean).abs() <= 4.5 * deviation + 1e-9,
        "{what}: {hits} of {trials}, expected {mean}"
    );
}

#[test]
fn matches_are_as_frequent_as_the_formula_says() {
    const TRIALS: usize = 2_000;
    let mut rng = rng(6);
    for distance in [10_u16, 20, 25, 30, 35, 40, 50, 64] {
        let (mut matches, mut agreeing_samples) = (0, 0);
        for _ in 0..TRIALS {
            // Samples of a fresh schema are independent of each other and of the vectors.
            let mut digest = [0; 32];
            rng.fill_bytes(&mut digest);
            let vector = random(&mut rng);
            let other = at_distance(&vector, usize::from(distance), &mut rng);
            let differs = |place: &u8| {
                let at = usize::from(*place);
                (vector.as_bytes()[at / 8] ^ other.as_bytes()[at / 8]) >> (7 - at % 8) & 1 == 1
            };
            let agree = |slot: &u16| !sample_positions(&digest, SlotId(*slot)).iter().any(differs);
            let agreeing = (0..SAMPLES as u16).filter(agree).count();
            agreeing_samples += agreeing;
            matches += usize::from(agreeing >= 2);
        }
        assert_rate(matches, TRIALS, recall(distance), &format!("match at distance {distance}"));
        assert_rate(
            agreeing_samples,
            TRIALS * SAMPLES,
            sample_agreement(distance),
            &format!("sample at {distance}"),
        );
    }
    assert!(recall(MAX_DISTANCE) >= 0.5);
}

#[test]
fn a_thermometer_counts_the_levels_between_two_numbers() {
    let rows: Vec<Vec<f64>> = (0..1000).map(|i| vec![f64::from(i), f64::from(1000 - i) * 1e6]).collect();
    let thermometer = Thermometer::fit(&rows).unwrap();
    let encode = |a: f64, b: f64| thermometer.encode(&[a, b]).unwrap();
    // 128 levels each, at every 7.75th number.
    assert_eq!(encode(-1.0, 0.0).as_bytes(), &[0; 32]);
    assert_eq!(encode(1e9, 1e18).as_bytes(), &[255; 32]);
    assert_eq!(encode(500.0, 0.0).distance(&encode(578.0, 0.0)), 10);
    assert_eq!(encode(500.0, 250e6).distance(&encode(578.0, 172e6)), 20);
    let features: Vec<f64> = (0..30).map(f64::from).collect();
    let thermometer = Thermometer::fit(core::slice::from_ref(&features)).unwrap();
    let above: Vec<f64> = features.iter().map(|number| number + 1.0).collect();
    assert_eq!(thermometer.encode(&above).unwrap().as_bytes(), &[255; 32], "every bit belongs to a feature");
    let json = serde_json::to_string(&thermometer).unwrap();
    assert_eq!(serde_json::from_str::<Thermometer>(&json).unwrap(), thermometer);
}

#[test]
fn each_fault_of_a_thermometers_numbers_is_named() {
    let fit = |rows: &[Vec<f64>]| Thermometer::fit(rows).unwrap_err();
    assert_eq!(fit(&[]), ThermometerError::NoRows);
    assert_eq!(fit(&[vec![]]), ThermometerError::FeatureCount { found: 0 });
    assert_eq!(fit(&[vec![0.0; 257]]), ThermometerError::FeatureCount { found: 257 });
    let length = ThermometerError::RowLength { row: 1, found: 1, expected: 2 };
    assert_eq!(fit(&[vec![0.0; 2], vec![0.0]]), length);
    assert_eq!(fit(&[vec![0.0, f64::NAN]]), ThermometerError::NotFinite { row: 0, feature: 1 });
    let thermometer = Thermometer::fit(&[vec![0.0; 2]]).unwrap();
    let length = ThermometerError::RowLength { row: 0, found: 3, expected: 2 };
    assert_eq!(thermometer.encode(&[0.0; 3]).unwrap_err(), length);
    assert_eq!(
        thermometer.encode(&[f64::INFINITY, 0.0]).unwrap_err(),
        ThermometerError::NotFinite { row: 0, feature: 0 }
    );
}

proptest! {
    #[test]
    fn distance_is_a_metric(a: [u8; 32], b: [u8; 32], c: [u8; 32]) {
        let [a, b, c] = [a, b, c].map(Vector::from_bytes);
        prop_assert_eq!(a.distance(&b), b.distance(&a));
        prop_assert_eq!(a.distance(&b) == 0, a == b);
        prop_assert!(a.distance(&c) <= a.distance(&b) + b.distance(&c));
        prop_assert_eq!(a.to_string().parse::<Vector>(), Ok(a));
    }

    #[test]
    fn no_text_breaks_the_parser_of_vectors(text in "(0x)?[0-9a-fA-Fg]{0,70}|\\PC{0,70}") {
        if let Ok(vector) = text.parse::<Vector>() {
            prop_assert_eq!(vector.to_string(), text.to_ascii_lowercase());
        }
    }
}
