//! The report of a job.

use bithive_fhir::{
    About, Decimal, Finding, FindingValue, Job, Json, Manifest, ManifestCode, ManifestCodes, ManifestOutput,
    Object, ReportError, check, report,
};
use bithive_tensor::{Answer, Answered, Answers, Spacing};

fn manifest() -> Manifest {
    Manifest {
        name: "phantom".into(),
        notice: Some("Not for clinical use.".into()),
        blake3: "ab".repeat(32),
        output: ManifestOutput { name: "logit".into(), meaning: "log-odds of a lesion".into() },
        image: None,
        fhir: ManifestCodes::default(),
    }
}

fn job() -> Job {
    Job {
        chain: "bithive-1".into(),
        contract: "bithive1jobs".into(),
        number: 7,
        model: "AB".repeat(32),
        input: "cd".repeat(32),
        attestation: "ef".repeat(96),
        workers: vec!["bithive1a".into(), "bithive1b".into()],
    }
}

fn about() -> About {
    About {
        subject: "Patient/12".into(),
        effective: Some("2026-03".into()),
        studies: Vec::new(),
        study_uids: Vec::new(),
        issued: 1_770_000_000,
    }
}

fn row(number: usize) -> Finding {
    let value = Decimal::parse("1.50").unwrap();
    let value = FindingValue::Number { value, probability: Decimal::parse("0.8176") };
    Finding { number, value, instance: None }
}

/// A manifest of a model that reads images.
fn of_images() -> Manifest {
    Manifest { image: Some(serde_json::json!({ "height": 2 })), ..manifest() }
}

/// What a model of these classes says of images.
fn images(answer: Answer, classes: &[&str], logits: &[f32], spacing: Option<Spacing>) -> Vec<Finding> {
    let classes: Vec<String> = classes.iter().map(|class| (*class).to_owned()).collect();
    let said = Answers::of_images(answer, &classes, logits, spacing).unwrap();
    said.answers.iter().map(|answered| Finding::of_image(answered, &classes).unwrap()).collect()
}

/// A member of an object by its path.
fn at<'a>(object: &'a Object, path: &[&str]) -> &'a Json {
    let (last, steps) = path.split_last().unwrap();
    let holder = steps.iter().fold(object, |object, step| object.get(step).unwrap().object().unwrap());
    holder.get(last).unwrap()
}

/// Each component of an Observation: its words and the JSON of its value.
fn components(observation: &Object) -> Vec<(String, String)> {
    let one = |component: &Json| {
        let component = component.object().unwrap();
        let value = Object::from_iter([("v".to_owned(), at(component, &["valueQuantity"]).clone())]);
        (format!("{:?}", at(component, &["code", "text"])), value.to_json())
    };
    observation.items("component").iter().map(one).collect()
}

fn resource(bundle: &Object, index: usize) -> Object {
    bundle.items("entry")[index].object().unwrap().get("resource").unwrap().object().unwrap().clone()
}

#[test]
fn a_report_holds_to_r4_claims_nothing_clinical_and_names_where_it_is_from() {
    let bundle = report(&manifest(), &job(), &about(), &[row(0), row(3)]).unwrap();
    assert_eq!(check(&bundle).issues, Vec::new());
    let (own, first) = (resource(&bundle, 0), resource(&bundle, 1));
    assert_eq!(own.text("status"), Some("preliminary"));
    assert_eq!(first.text("status"), Some("preliminary"));
    assert_eq!(
        first.get("code").unwrap().object().unwrap().get("coding"),
        None,
        "the manifest names no code"
    );
    assert!(bundle.to_json().contains(r#""value":1.50"#));
    let identifiers = own.get("identifier").unwrap();
    for value in ["bithive-1/bithive1jobs/7", &"ab".repeat(32), &"ef".repeat(96)] {
        assert!(
            identifiers.items().iter().any(|one| one.object().unwrap().text("value") == Some(value)),
            "{value}"
        );
    }
    assert_eq!(resource(&bundle, 3).items("agent").len(), 2);
}

#[test]
fn codes_are_those_of_the_manifest() {
    let code = ManifestCode { system: "http://loinc.org".into(), code: "18748-4".into(), display: None };
    let fhir = ManifestCodes { report: Some(code.clone()), observation: Some(code), unit: Some("1".into()) };
    let bundle = report(&Manifest { fhir, ..manifest() }, &job(), &about(), &[row(0)]).unwrap();
    assert_eq!(check(&bundle).issues, Vec::new());
    assert!(bundle.to_json().contains(r#""coding":[{"system":"http://loinc.org","code":"18748-4"}]"#));
}

#[test]
fn the_same_report_has_the_same_identities_and_another_one_others() {
    let urls = |about: &About, row: Finding| -> Vec<String> {
        let bundle = report(&manifest(), &job(), about, &[row]).unwrap();
        bundle
            .items("entry")
            .iter()
            .map(|entry| entry.object().unwrap().text("fullUrl").unwrap().to_owned())
            .collect()
    };
    let later = About { issued: 1_780_000_000, ..about() };
    assert_eq!(urls(&about(), row(0)), urls(&later, row(0)));
    let other = About { subject: "Patient/13".into(), ..about() };
    assert!(urls(&about(), row(0)).iter().all(|url| !urls(&other, row(0)).contains(url)));
    assert_ne!(urls(&about(), row(0))[1], urls(&about(), row(1))[1]);
}

#[test]
fn another_model_and_no_rows_are_refused() {
    let other = Job { model: "00".repeat(32), ..job() };
    assert!(matches!(report(&manifest(), &other, &about(), &[row(0)]), Err(ReportError::OtherModel { .. })));
    assert_eq!(report(&manifest(), &job(), &about(), &[]), Err(ReportError::Nothing));
    let never = About { issued: u64::MAX, ..about() };
    assert_eq!(report(&manifest(), &job(), &never, &[row(0)]), Err(ReportError::Clock { seconds: u64::MAX }));
}

#[test]
fn what_the_caller_says_wrong_is_found_by_a_check() {
    let wrong = About { subject: "Practitioner/1".into(), ..about() };
    let bundle = report(&manifest(), &job(), &wrong, &[row(0)]).unwrap();
    assert!(!check(&bundle).issues.is_empty());
    assert!(Json::parse(bundle.to_json().as_bytes()).is_ok());
}

#[test]
fn an_image_has_its_class_and_the_chance_of_each() {
    let answer = Answer { classes: 3, mask: None };
    let found = images(answer, &["round", "oval", "other"], &[0.0, 2.0, 1.0, 5.0, -5.0, 0.0], None);
    let bundle = report(&of_images(), &job(), &about(), &found).unwrap();
    assert_eq!(check(&bundle).issues, Vec::new());
    assert_eq!(bundle.items("entry").len(), 4, "a report, an observation for each image, a provenance");
    let (first, second) = (resource(&bundle, 1), resource(&bundle, 2));
    assert_eq!(at(&first, &["valueCodeableConcept", "text"]), &Json::from("oval"));
    assert_eq!(at(&second, &["valueCodeableConcept", "text"]), &Json::from("round"));
    assert_eq!(at(&first, &["code", "text"]), &Json::from("Class of the image"));
    let chances = components(&first);
    assert_eq!(chances.len(), 3);
    assert!(
        chances[1].0.contains("Chance of oval") && chances[1].1.contains(r#""value":0.6652"#),
        "{chances:?}"
    );
    assert!(
        first.get("identifier").unwrap().items()[0]
            .object()
            .unwrap()
            .text("value")
            .unwrap()
            .ends_with("/7/image/0")
    );
}

#[test]
fn a_mask_has_the_area_of_its_class_in_square_millimetres_or_in_pixels() {
    let answer = Answer { classes: 1, mask: Some([2, 2]) };
    let logits = [1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0, -1.0];
    let spacing = Spacing::new(0.7, 0.9).unwrap();
    let found = images(answer, &["lesion"], &logits, Some(spacing));
    let bundle = report(&of_images(), &job(), &about(), &found).unwrap();
    assert_eq!(check(&bundle).issues, Vec::new());
    let (first, second) = (resource(&bundle, 1), resource(&bundle, 2));
    assert_eq!(at(&first, &["code", "text"]), &Json::from("Area of lesion"));
    let amount = |observation: &Object, name: &str| at(observation, &["valueQuantity", name]).clone();
    assert_eq!(amount(&first, "value"), Json::Number("1.89".into()), "three pixels of 0.63 mm2");
    assert_eq!(amount(&first, "code"), Json::from("mm2"));
    assert_eq!(amount(&second, "value"), Json::Number("0".into()));
    assert!(components(&first)[0].1.contains(r#""value":3"#));

    let unknown = images(answer, &["lesion"], &logits, None);
    let bundle = report(&of_images(), &job(), &about(), &unknown).unwrap();
    assert_eq!(check(&bundle).issues, Vec::new());
    let first = resource(&bundle, 1);
    assert_eq!(at(&first, &["code", "text"]), &Json::from("Pixels of lesion"));
    assert!(at(&first, &["valueQuantity"]).object().unwrap().get("code").is_none(), "no unit is made up");

    let several = Answer { classes: 2, mask: Some([1, 2]) };
    let found = images(several, &["lung", "heart"], &[1.0, 0.0, 0.0, 1.0], Some(spacing));
    let bundle = report(&of_images(), &job(), &about(), &found).unwrap();
    assert_eq!(check(&bundle).issues, Vec::new());
    let first = resource(&bundle, 1);
    let words: Vec<_> = components(&first).into_iter().map(|(words, _)| words).collect();
    assert_eq!(words.len(), 4, "{words:?}");
    assert!(first.get("valueQuantity").is_none());
}

#[test]
fn the_study_and_the_image_are_named_by_their_uids_where_no_resource_of_them_is_known() {
    let answer = Answer { classes: 1, mask: None };
    let mut found = images(answer, &["lesion"], &[1.0], None);
    found[0].instance = Some("2.25.18".into());
    let about =
        About { studies: vec!["ImagingStudy/1".into()], study_uids: vec!["2.25.17".into()], ..about() };
    let bundle = report(&of_images(), &job(), &about, &found).unwrap();
    assert_eq!(check(&bundle).issues, Vec::new());
    let (own, first) = (resource(&bundle, 0), resource(&bundle, 1));
    assert_eq!(own.items("imagingStudy").len(), 2);
    let derived: Vec<_> =
        first.items("derivedFrom").iter().map(|one| one.object().unwrap().to_json()).collect();
    assert_eq!(derived.len(), 3);
    assert_eq!(derived[0], r#"{"reference":"ImagingStudy/1"}"#);
    assert_eq!(
        derived[1],
        r#"{"type":"ImagingStudy","identifier":{"system":"urn:dicom:uid","value":"urn:oid:2.25.17"}}"#
    );
    assert!(
        derived[2].contains(r#""type":"Media""#) && derived[2].contains("urn:oid:2.25.18"),
        "{derived:?}"
    );
    for wrong in ["", "2", "2.25.x", "2.25.017", "1.2.840 1", &format!("2.25.{}", "1".repeat(60))] {
        let about = About { study_uids: vec![wrong.to_owned()], ..about.clone() };
        let refused = report(&of_images(), &job(), &about, &found);
        assert_eq!(refused, Err(ReportError::Uid { found: wrong.chars().take(64).collect() }), "{wrong}");
    }
}

#[test]
fn numbers_of_images_are_no_rows_and_rows_no_images() {
    assert_eq!(report(&of_images(), &job(), &about(), &[row(0)]), Err(ReportError::Rows));
    let answered = Answered::Row { row: 0, probability: 0.5, class: 0 };
    assert_eq!(Finding::of_image(&answered, &[]), Err(ReportError::Rows));
    let nothing = ReportError::NotFinite { what: "row", number: 4 };
    assert_eq!(Finding::of_row(4, f32::NAN, None), Err(nothing));
    let answered = Answered::Image { image: 2, class: "a".into(), chances: vec![f32::NAN] };
    let nothing = ReportError::NotFinite { what: "image", number: 2 };
    assert_eq!(Finding::of_image(&answered, &[]), Err(nothing));
}
