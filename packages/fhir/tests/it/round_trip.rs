//! What is read is what is written, with everything that is not understood.

use bithive_fhir::{Json, Object, Resource, check};
use proptest::prelude::*;

use crate::parsed;

const DOCUMENTS: [&str; 4] = [
    r#"{"resourceType":"Patient","id":"a","birthDate":"1990","_birthDate":{"extension":[{"url":"urn:a","valueDecimal":1.50}]},
    "name":[{"family":"A","given":["B",null],"_given":[null,{"extension":[{"url":"urn:a","valueCode":"c"}]}],"period":{"start":"2020-01"}}],"later":{"a":[1.0,1.00,-0.0]},
    "contact":[{"name":{"text":"D"}}]}"#,
    r#"{"resourceType":"Observation","status":"final","code":{"text":"a","coding":[{"system":"http://loinc.org","code":"1-8","userSelected":true}]},
    "valueRange":{"low":{"value":0.10}},"effectiveTiming":{"event":["2024"]},"component":[{"code":{"text":"b"},"valueTime":"10:00:00"}]}"#,
    r#"{"resourceType":"Consent","status":"active","scope":{"text":"a"},"category":[{"text":"b"}],"policyRule":{"text":"c"},
    "provision":{"type":"permit","data":[{"meaning":"instance","reference":{"reference":"ImagingStudy/1"}}]}}"#,
    r#"{"resourceType":"Bundle","type":"searchset","link":[{"relation":"self","url":"urn:a"}],"entry":[{"fullUrl":"https://ehr.example/Encounter/1",
    "resource":{"resourceType":"Encounter","id":"1","anything":{"else":[]}}}]}"#,
];

#[test]
fn elements_that_are_not_worked_with_stay() {
    for text in DOCUMENTS {
        let document = parsed(text);
        let read = Resource::read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(read.into_object(), document, "{text}");
    }
}

#[test]
fn an_unknown_element_is_kept_by_a_reader_and_reported_by_a_check() {
    let issues = check(&parsed(DOCUMENTS[0])).issues;
    assert_eq!(issues.len(), 1);
    assert_eq!(issues[0].path, "Patient.later");
    assert!(Resource::read(DOCUMENTS[0].as_bytes()).is_ok());
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?".prop_map(Json::Number),
        ".{0,12}".prop_map(Json::Text),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::List),
            prop::collection::vec((".{0,6}", inner), 0..6)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_written_as_it_was_read(members in prop::collection::vec(("[a-zA-Z]{1,8}", json()), 0..6)) {
        let object: Object = members.into_iter().collect();
        let read = Json::parse(object.to_json().as_bytes()).unwrap();
        prop_assert_eq!(read.to_json(), object.to_json());
        prop_assert_eq!(Json::parse(object.to_json_pretty().as_bytes()).unwrap(), read);
    }
}
