//! The report of a job.

use bithive_fhir::{
    About, Decimal, Job, Json, Manifest, ManifestCode, ManifestCodes, ManifestOutput, Object, ReportError,
    Row, check, report,
};

fn manifest() -> Manifest {
    Manifest {
        name: "phantom".into(),
        notice: Some("Not for clinical use.".into()),
        blake3: "ab".repeat(32),
        output: ManifestOutput { name: "logit".into(), meaning: "log-odds of a lesion".into() },
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
        issued: 1_770_000_000,
    }
}

fn row(number: usize) -> Row {
    Row { number, value: Decimal::parse("1.50").unwrap(), probability: Decimal::parse("0.8176") }
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
    let urls = |about: &About, row: Row| -> Vec<String> {
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
    assert_eq!(report(&manifest(), &job(), &about(), &[]), Err(ReportError::NoRows));
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
