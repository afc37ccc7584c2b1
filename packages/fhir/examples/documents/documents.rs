//! Valid documents of every kind that is read or written. Nobody in them exists.

use bithive_audit::{Act, Digest, Entry, Event, Outcome, Role};
use bithive_fhir::{
    About, Access, Action, Decimal, Finding, FindingValue, Identifier, Job, Json, Manifest, ManifestCode,
    ManifestCodes, ManifestOutput, Object, Reference, report,
};
use bithive_tensor::Area;

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): the same documents from the same seed.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one_of<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let place = usize::try_from(self.below(of.len() as u64)).unwrap_or_default();
        of.get(place).copied().unwrap_or_default()
    }

    fn hex(&mut self, digits: usize) -> String {
        std::iter::repeat_with(|| format!("{:016x}", self.next()))
            .take(digits.div_ceil(16))
            .collect::<String>()
            .chars()
            .take(digits)
            .collect()
    }

    fn uuid(&mut self) -> String {
        format!("urn:uuid:{}-{}-4{}-a{}-{}", self.hex(8), self.hex(4), self.hex(3), self.hex(3), self.hex(12))
    }

    /// A `dateTime` of any precision.
    fn date_time(&mut self) -> String {
        let day = self.day();
        match self.below(4) {
            0 => day.chars().take(4).collect(),
            1 => day.chars().take(7).collect(),
            2 => day,
            _ => self.instant(),
        }
    }

    fn day(&mut self) -> String {
        format!("20{:02}-{:02}-{:02}", self.below(25), self.below(12) + 1, self.below(28) + 1)
    }

    fn instant(&mut self) -> String {
        let zone = self.one_of(&["Z", "+01:00", "-05:30"]);
        let fraction = self.one_of(&["", ".5", ".123"]);
        format!(
            "{}T{:02}:{:02}:{:02}{fraction}{zone}",
            self.day(),
            self.below(24),
            self.below(60),
            self.below(60)
        )
    }

    /// A decimal with zeros at its end.
    fn decimal(&mut self) -> String {
        format!("{}.{}0", self.below(300), self.below(100))
    }
}

/// The document of a number; kinds take turns.
pub(crate) fn document(number: usize, random: &mut Random) -> Object {
    let text = match number % 10 {
        0 => return answer(random),
        1 => return access(random),
        2 => patient(random),
        3 => observation(random, "Patient/p1"),
        4 => imaging_study(random),
        5 => diagnostic_report(random),
        6 => consent(random),
        7 => provenance(random),
        8 => searchset(random),
        _ => transaction(random),
    };
    Json::parse(text.as_bytes()).unwrap_or_default()
}

fn answer(random: &mut Random) -> Object {
    let coded = random.below(2) == 0;
    let code = |system: &str, code: &str| {
        coded.then(|| ManifestCode { system: system.into(), code: code.into(), display: None })
    };
    let model = random.hex(64);
    let manifest = Manifest {
        name: "phantom".into(),
        notice: Some("Demonstration only. Not a medical device, not for clinical use.".into()),
        blake3: model.clone(),
        output: ManifestOutput { name: "logit".into(), meaning: "log-odds of a lesion".into() },
        image: None,
        fhir: ManifestCodes {
            report: code("http://loinc.org", "18748-4"),
            observation: code("http://snomed.info/sct", "246178003"),
            unit: coded.then(|| "1".to_owned()),
        },
    };
    let job = Job {
        chain: "bithive-1".into(),
        contract: format!("bithive1{}", random.hex(38)),
        number: random.below(1_000) + 1,
        model,
        input: random.hex(64),
        attestation: random.hex(192),
        workers: (0..3).map(|_| format!("bithive1{}", random.hex(38))).collect(),
    };
    let about = About {
        subject: format!("Patient/{}", random.hex(8)),
        effective: Some(random.date_time()),
        studies: (0..random.below(2)).map(|_| format!("ImagingStudy/{}", random.hex(6))).collect(),
        study_uids: (0..random.below(2)).map(|_| format!("2.25.{}", random.below(u64::MAX))).collect(),
        issued: 1_700_000_000 + random.below(90_000_000),
    };
    let count = usize::try_from(random.below(3)).unwrap_or_default();
    let kind = random.below(3);
    let findings: Vec<Finding> = (0..=count).map(|number| finding(number, kind, random)).collect();
    report(&manifest, &job, &about, &findings).unwrap_or_default()
}

/// What a model gave for a row, or for an image.
fn finding(number: usize, kind: u64, random: &mut Random) -> Finding {
    let chance = |random: &mut Random| Decimal::parse(&format!("0.{:04}", random.below(10_000)));
    let names = ["lesion", "vessel", "bone"];
    let classes = names.iter().take(1 + usize::try_from(random.below(3)).unwrap_or_default());
    let value = match kind {
        0 => FindingValue::Number {
            value: Decimal::parse(&random.decimal()).unwrap_or(Decimal::ZERO),
            probability: chance(random),
        },
        1 => FindingValue::Class {
            class: random.one_of(&names).into(),
            chances: classes
                .map(|class| ((*class).to_owned(), chance(random).unwrap_or(Decimal::ZERO)))
                .collect(),
        },
        _ => {
            let known = random.below(2) == 0;
            let area = |class: &&str| {
                let pixels = usize::try_from(random.below(4_096)).unwrap_or_default();
                let square_millimetres = known.then_some(0.63 * pixels as f64);
                Area { class: (*class).to_owned(), pixels, square_millimetres }
            };
            FindingValue::Areas(classes.map(area).collect())
        }
    };
    let instance = (kind > 0 && random.below(2) == 0).then(|| format!("2.25.{}", random.below(u64::MAX)));
    Finding { number, value, instance }
}

/// An entry of an audit log, as it is exported.
fn exported(random: &mut Random) -> Object {
    fn one<T: Copy>(random: &mut Random, of: &[T]) -> T {
        of[usize::try_from(random.below(of.len() as u64)).unwrap_or_default()]
    }
    let Ok(actor) = "bithive1account".parse() else { return Object::default() };
    let (act, outcome) = (one(random, Act::ALL), one(random, Outcome::ALL));
    let at = 1_700_000_000_000 + random.below(90_000_000_000);
    let mut event = Event::new((actor, one(random, Role::ALL)), act, outcome, at);
    let digest =
        |random: &mut Random| (random.below(2) == 0).then(|| random.hex(64).parse::<Digest>().ok()).flatten();
    (event.subject, event.object, event.consent) = (digest(random), digest(random), digest(random));
    if random.below(2) == 0 {
        event.purpose = random.one_of(&["HRESCH", "TREAT", "ETREAT"]).parse().ok();
        event.code = "wrong-password".parse().ok();
        event.count = u32::try_from(random.below(1_000)).ok();
    }
    let entry = Entry::new(event, 1 + random.below(1_000_000), Digest([7; 32]));
    entry.map(|entry| bithive_audit::export::fhir(&entry, Digest([8; 32])).into_object()).unwrap_or_default()
}

fn access(random: &mut Random) -> Object {
    if random.below(2) == 0 {
        return exported(random);
    }
    let system = "https://hospital.example/accounts";
    let actions = [Action::Create, Action::Read, Action::Update, Action::Delete];
    let access = Access {
        action: actions
            .get(usize::try_from(random.below(4)).unwrap_or_default())
            .copied()
            .unwrap_or(Action::Read),
        at: 1_700_000_000 + random.below(90_000_000),
        outcome: if random.below(3) == 0 { Err("the consent is revoked".into()) } else { Ok(()) },
        user: Identifier::new(system, random.hex(8)),
        program: Identifier::new(system, "gateway"),
        record: Reference::to(format!("ImagingStudy/{}", random.hex(8))),
        patient: (random.below(2) == 0)
            .then(|| Identifier::new("https://hospital.example/pseudonyms", random.hex(8))),
        purpose: Some(random.one_of(&["HRESCH", "TREAT", "HOPERAT"]).into()),
        consent: (random.below(2) == 0)
            .then(|| Identifier::new("https://hospital.example/consents", random.hex(8))),
    };
    access.event().map(bithive_fhir::AuditEvent::into_object).unwrap_or_default()
}

fn patient(random: &mut Random) -> String {
    let narrative = if random.below(2) == 0 {
        r#""text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>A <b>phantom</b> &amp; nobody</p></div>"},"#
    } else {
        ""
    };
    format!(
        r#"{{"resourceType":"Patient","id":"{}",{narrative}"meta":{{"versionId":"{}","lastUpdated":"{}"}},
        "extension":[{{"url":"https://hospital.example/ward","valueString":"{}"}}],
        "identifier":[{{"use":"official","system":"https://hospital.example/patients","value":"{}",
        "type":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}}]}}}}],
        "active":{},"name":[{{"use":"anonymous","family":"Phantom","given":["A","B"],"_given":[null,{{"id":"b"}}]}}],
        "telecom":[{{"system":"phone","value":"{}","use":"work"}}],"gender":"{}","birthDate":"{}",
        "maritalStatus":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M"}}]}},
        "contact":[{{"name":{{"text":"Nobody"}}}}],
        "deceasedBoolean":false}}"#,
        random.hex(8),
        random.below(9) + 1,
        random.instant(),
        random.hex(4),
        random.hex(8),
        random.below(2) == 0,
        random.below(99_999),
        random.one_of(&["male", "female", "other", "unknown"]),
        random.day().chars().take(if random.below(2) == 0 { 10 } else { 7 }).collect::<String>(),
    )
}

fn observation(random: &mut Random, subject: &str) -> String {
    let value = match random.below(6) {
        0 => format!(
            r#""valueQuantity":{{"value":{},"unit":"mm","system":"http://unitsofmeasure.org","code":"mm"}},"#,
            random.decimal()
        ),
        1 => r#""valueCodeableConcept":{"text":"round"},"#.into(),
        2 => format!(r#""valueInteger":{},"#, random.below(99)),
        3 => format!(r#""valueBoolean":{},"#, random.below(2) == 0),
        4 => r#""dataAbsentReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"unknown"}]},"#.into(),
        _ => format!(r#""valueString":"{}","_valueString":{{"id":"v"}},"#, random.hex(6)),
    };
    let effective = if random.below(2) == 0 {
        format!(r#""effectiveDateTime":"{}""#, random.date_time())
    } else {
        let year = random.below(20);
        format!(r#""effectivePeriod":{{"start":"20{year:02}-03","end":"20{:02}-09-01"}}"#, year + 1)
    };
    format!(
        r#"{{"resourceType":"Observation","id":"{}","status":"{}",
        "category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"imaging"}}]}}],
        "code":{{"coding":[{{"system":"https://hospital.example/codes","code":"{}"}}],"text":"diameter"}},
        "subject":{{"reference":"{subject}"}},{value}{effective},"issued":"{}",
        "interpretation":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"H"}}]}}],
        "note":[{{"text":"of a phantom"}}],
        "referenceRange":[{{"low":{{"value":0.50}},"text":"small"}}],
        "component":[{{"code":{{"text":"depth"}},"valueQuantity":{{"value":{},"comparator":"<"}}}}]}}"#,
        random.hex(8),
        random.one_of(&["preliminary", "final", "amended", "registered"]),
        random.hex(4),
        random.instant(),
        random.decimal(),
    )
}

fn imaging_study(random: &mut Random) -> String {
    let uid = format!("2.25.{}", random.below(u64::MAX));
    let series: Vec<String> = (0..=random.below(2))
        .map(|number| {
            format!(
                r#"{{"uid":"{uid}.{number}","number":{number},"modality":{{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"MR"}},
                "numberOfInstances":1,"started":"{}",
                "instance":[{{"uid":"{uid}.{number}.1","sopClass":{{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.4"}}}}]}}"#,
                random.instant()
            )
        })
        .collect();
    format!(
        r#"{{"resourceType":"ImagingStudy","id":"{}","identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:{uid}"}}],
        "status":"available","modality":[{{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"MR"}}],
        "subject":{{"reference":"Patient/{}","type":"Patient"}},"started":"{}","numberOfSeries":{},"description":"phantom","series":[{}]}}"#,
        random.hex(8),
        random.hex(8),
        random.date_time(),
        series.len(),
        series.join(","),
    )
}

fn diagnostic_report(random: &mut Random) -> String {
    format!(
        r##"{{"resourceType":"DiagnosticReport","id":"{}","language":"en","contained":[
        {{"resourceType":"Observation","id":"o","status":"final","code":{{"text":"size"}},"valueQuantity":{{"value":{}}}}},
        {{"resourceType":"Organization","id":"h","name":"Hospital of phantoms"}}],
        "status":"{}","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/v2-0074","code":"RAD"}}]}}],
        "code":{{"text":"report"}},"subject":{{"reference":"{}"}},"effectiveDateTime":"{}","issued":"{}",
        "performer":[{{"reference":"#h"}}],"result":[{{"reference":"#o"}}],"conclusion":"nothing",
        "presentedForm":[{{"contentType":"text/plain","data":"bm90aGluZw==","title":"text"}}]}}"##,
        random.hex(8),
        random.decimal(),
        random.one_of(&["partial", "preliminary", "final"]),
        random.one_of(&[
            "Patient/1",
            "https://ehr.example/fhir/Patient/1",
            "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"
        ]),
        random.date_time(),
        random.instant(),
    )
}

fn consent(random: &mut Random) -> String {
    let year = random.below(20);
    format!(
        r#"{{"resourceType":"Consent","id":"{}","status":"active",
        "scope":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"{}"}}]}},
        "category":[{{"coding":[{{"system":"http://loinc.org","code":"59284-0"}}]}}],
        "patient":{{"reference":"Patient/{}"}},"dateTime":"{}","policy":[{{"uri":"https://hospital.example/policies/1"}}],
        "provision":{{"type":"permit","period":{{"start":"20{year:02}-01-01","end":"20{:02}-12-31"}},
        "action":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/consentaction","code":"use"}}]}}],
        "purpose":[{{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"HRESCH"}}]}}}}"#,
        random.hex(8),
        random.one_of(&["research", "treatment", "patient-privacy"]),
        random.hex(8),
        random.date_time(),
        year + 1,
    )
}

fn provenance(random: &mut Random) -> String {
    format!(
        r#"{{"resourceType":"Provenance","id":"{}","target":[{{"reference":"Observation/{}"}}],"occurredDateTime":"{}","recorded":"{}",
        "activity":{{"text":"evaluation"}},
        "agent":[{{"type":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/provenance-participant-type","code":"performer"}}]}},
        "who":{{"identifier":{{"system":"https://hospital.example/accounts","value":"{}"}}}}}}],
        "entity":[{{"role":"source","what":{{"display":"input"}}}}]}}"#,
        random.hex(8),
        random.hex(8),
        random.date_time(),
        random.instant(),
        random.hex(8),
    )
}

fn searchset(random: &mut Random) -> String {
    let server = "https://ehr.example/fhir";
    let (first, second) = (patient(random), observation(random, "Patient/p1"));
    let entries: Vec<String> = [(first, "match"), (second, "include")]
        .iter()
        .map(|(text, mode)| {
            let object = Json::parse(text.as_bytes()).unwrap_or_default();
            let (kind, id) =
                (object.text("resourceType").unwrap_or_default(), object.text("id").unwrap_or_default());
            format!(r#"{{"fullUrl":"{server}/{kind}/{id}","resource":{text},"search":{{"mode":"{mode}"}}}}"#)
        })
        .collect();
    format!(
        r#"{{"resourceType":"Bundle","id":"{}","type":"searchset","total":2,"link":[{{"relation":"self","url":"{server}/Patient"}}],
        "entry":[{}]}}"#,
        random.hex(8),
        entries.join(","),
    )
}

fn transaction(random: &mut Random) -> String {
    let (one, other) = (random.uuid(), random.uuid());
    let (first, second) = (patient(random), observation(random, &one));
    format!(
        r#"{{"resourceType":"Bundle","type":"transaction","entry":[
        {{"fullUrl":"{one}","resource":{first},"request":{{"method":"POST","url":"Patient"}}}},
        {{"fullUrl":"{other}","resource":{second},"request":{{"method":"POST","url":"Observation"}}}}]}}"#
    )
}
