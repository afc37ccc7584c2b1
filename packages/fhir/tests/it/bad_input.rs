//! What is refused: where, and what helps.

use bithive_fhir::{Fault, Json, JsonError, ReadError, Resource, check};

use crate::{observation, parsed, problem, valid};

#[track_caller]
fn says(document: &str, place: &str, words: &str) {
    let problem = problem(document);
    assert!(problem.starts_with(&format!("{place}: ")), "{problem}\n  expected it at {place}");
    assert!(problem.contains(words), "{problem}\n  expected: {words}");
}

#[test]
fn each_fault_names_its_place_and_what_helps() {
    for (more, place, words) in [
        (r#""valueString":5"#, "Observation.valueString", "is a number; expected a string"),
        (r#""valueQuantity":{"value":"1.50"}"#, "Observation.valueQuantity.value", "without quotes"),
        (r#""bodySite":[{"text":"a"}]"#, "Observation.bodySite", "is a list; expected one value"),
        (r#""category":{"text":"a"}"#, "Observation.category", "is an object; expected a list"),
        (r#""category":[]"#, "Observation.category", "with nothing in it; remove it"),
        (r#""note":[{}]"#, "Observation.note[0]", "with nothing in it; remove it"),
        (r#""note":[{"time":"2024"}]"#, "Observation.note[0].text", "is missing; add it, markdown"),
        (r#""issued":null"#, "Observation.issued", "has no value"),
        (r#""issued":"2024-03-09""#, "Observation.issued", "such as 2024-03-09T10:00:00.5+01:00"),
        (r#""effectiveDateTime":"2024-02-30""#, "Observation.effectiveDateTime", "is no dateTime"),
        (
            r#""valueString":"a","valueInteger":1"#,
            "Observation.valueInteger",
            "is there beside valueString; leave one",
        ),
        (r#""colour":"blue""#, "Observation.colour", "is no element of R4 here"),
        (r#""_code":{"id":"a"}"#, "Observation._code", "is no element of R4 here"),
        (
            r#""subject":{"reference":"Practitioner/1"}"#,
            "Observation.subject.reference",
            "leads to a Practitioner; expected a Patient or",
        ),
        (r#""subject":{"reference":"somebody"}"#, "Observation.subject.reference", "expected Type/id"),
        (r##""subject":{"reference":"#p"}"##, "Observation.subject.reference", "ref-1"),
        (r#""valueString":"a","dataAbsentReason":{"text":"b"}"#, "Observation", "obs-6"),
        (r#""referenceRange":[{"type":{"text":"a"}}]"#, "Observation.referenceRange[0]", "obs-3"),
        (
            r#""effectivePeriod":{"start":"2024-03-09","end":"2024-03-08"}"#,
            "Observation.effectivePeriod",
            "per-1",
        ),
        (r#""valueQuantity":{"value":1,"code":"mm"}"#, "Observation.valueQuantity", "qty-3"),
        (r#""extension":[{"url":"a","valueString":"b"}]"#, "Observation.extension[0].url", "an absolute URL"),
        (r#""extension":[{"url":"urn:a"}]"#, "Observation.extension[0]", "ext-1"),
        (
            r#""interpretation":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"X1"}]}]"#,
            "Observation.interpretation[0].coding[0].code",
            "is no code of http://terminology.hl7.org",
        ),
    ] {
        says(&observation(more), place, words);
    }
    says(r#"{"resourceType":"Patient","gender":"f"}"#, "Patient.gender", "is not in the value set");
    says(r#"{"resourceType":"Patient","id":"a b"}"#, "Patient.id", "1 to 64 letters");
    says(r#"{"status":"final"}"#, "$this", "add resourceType");
    says(r#"{"resourceType":"Encounter"}"#, "Encounter", "expected one of AuditEvent, Bundle");
    says(r#"{"resourceType":"Bundle","type":"collection","total":1}"#, "Bundle", "bdl-1");
}

#[test]
fn a_value_of_more_digits_is_another_document() {
    let [long, short] =
        ["1.50", "1.5"].map(|digits| observation(&format!(r#""valueQuantity":{{"value":{digits}}}"#)));
    assert_ne!(parsed(&long), parsed(&short));
    let Resource::Observation(read) = Resource::read(long.as_bytes()).unwrap() else {
        panic!("an observation")
    };
    assert_eq!(read.into_object().to_json(), parsed(&long).to_json());
}

#[test]
fn modifiers_are_refused_wherever_they_are() {
    let modifier = r#""modifierExtension":[{"url":"https://hospital.example/not","valueBoolean":true}]"#;
    says(&observation(modifier), "Observation.modifierExtension", "ask the sender for a document without it");
    let part = format!(r#""component":[{{"code":{{"text":"a"}},{modifier}}}]"#);
    says(&observation(&part), "Observation.component[0].modifierExtension", "https://hospital.example/not");
    says(
        &observation(r#""implicitRules":"https://hospital.example/rules""#),
        "Observation.implicitRules",
        "rules",
    );
    // In a resource of a type that is not checked, too.
    let bundle = format!(
        r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"fullUrl":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
        "resource":{{"resourceType":"Encounter","participant":[{{{modifier}}}]}}}}]}}"#
    );
    says(
        &bundle,
        "Bundle.entry[0].resource.participant[0].modifierExtension",
        "https://hospital.example/not",
    );
    assert!(matches!(Resource::read(observation(modifier).as_bytes()), Err(ReadError::Issues(_))));
}

#[test]
fn contained_resources_must_not_lead_back_to_themselves() {
    let organization = |id: &str, of: &str| {
        format!(
            r##"{{"resourceType":"Organization","id":"{id}","name":"a","partOf":{{"reference":"#{of}"}}}}"##
        )
    };
    let holder = |contained: &str| {
        observation(&format!(r##""contained":[{contained}],"performer":[{{"reference":"#a"}}]"##))
    };
    let circle = holder(&[organization("a", "b"), organization("b", "c"), organization("c", "a")].join(","));
    says(&circle, "Observation.contained[0]", "#a -> #b -> #c -> #a");
    says(&holder(&organization("a", "a")), "Observation.contained[0]", "#a -> #a");
    let leaf = r#"{"resourceType":"Organization","id":"b","name":"b"}"#;
    valid(&holder(&format!("{},{leaf}", organization("a", "b"))));
    says(&observation(&format!(r#""contained":[{leaf}]"#)), "Observation.contained[0]", "dom-3");
    let twice = format!("{},{leaf},{leaf}", organization("a", "b"));
    says(&holder(&twice), "Observation.contained[2]", "give each its own");
}

#[test]
fn nesting_length_and_names_that_are_twice_are_refused_before_anything_is_understood() {
    let deep = |levels: usize| {
        [r#"{"resourceType":"Patient","extension":"#, &"[{\"extension\":".repeat(levels)].concat()
    };
    for levels in [1_000, 100_000] {
        let text = [deep(levels), "1".into(), "}]".repeat(levels), "}".into()].concat();
        assert!(matches!(Json::parse(text.as_bytes()), Err(JsonError::TooDeep { .. })), "{levels}");
    }
    let twice = observation(r#""status":"entered-in-error""#);
    let error = Json::parse(twice.as_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Observation.status is there twice; leave one, because readers differ in which they take"
    );
}

#[test]
fn a_document_full_of_faults_names_the_first_hundred() {
    let notes = vec!["{}"; 5_000].join(",");
    let issues = check(&parsed(&observation(&format!(r#""note":[{notes}]"#)))).issues;
    assert_eq!(issues.len(), 101);
    assert_eq!(issues.last().unwrap().fault, Fault::More { shown: 100 });
}

#[test]
fn references_within_a_bundle_lead_to_what_they_say() {
    let bundle = |kind: &str| {
        format!(
            r#"{{"resourceType":"Bundle","type":"collection","entry":[
            {{"fullUrl":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520","resource":{{"resourceType":"{kind}","name":[{{"text":"a"}}]}}}},
            {{"fullUrl":"urn:uuid:c757873d-ec9a-4326-a141-556f43239521","resource":{}}}]}}"#,
            observation(r#""subject":{"reference":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}"#)
        )
    };
    valid(&bundle("Patient"));
    says(&bundle("Practitioner"), "Bundle.entry[1].resource.subject.reference", "leads to a Practitioner");
}
