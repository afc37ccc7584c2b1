//! Documents that differ from a valid one in one thing; most of them are not valid any more.

use bithive_fhir::{Json, Object};

use crate::documents::Random;

/// Changes a document; false where it has nothing to change.
type Mutation = (&'static str, fn(&mut Object) -> bool);

/// What both validators judge alike.
const MUTATIONS: &[Mutation] = &[
    ("required-removed", |one| remove(one, &["status", "type", "recorded"])),
    ("optional-removed", |one| {
        remove(
            one,
            &[
                "issued",
                "gender",
                "description",
                "dateTime",
                "outcome",
                "activity",
                "language",
                "total",
                "timestamp",
            ],
        )
    }),
    ("code-unknown", |one| set(one, &["status", "gender", "type", "action"], text("bogus"))),
    ("code-with-space", |one| set(one, &["status", "gender"], text("final "))),
    ("number-for-code", |one| set(one, &["status", "gender", "type"], number("5"))),
    ("text-for-boolean", |one| set(one, &["active", "deceasedBoolean"], text("true"))),
    ("text-for-object", |one| set(one, &["code", "scope", "subject", "source"], text("a"))),
    ("object-for-text", |one| {
        set(one, &["issued", "birthDate", "recorded", "started", "conclusion"], object(&[("a", text("b"))]))
    }),
    ("list-for-one", |one| wrap(one, &["subject", "code", "scope", "source", "maritalStatus", "activity"])),
    ("one-for-list", |one| unwrap(one, &["category", "agent", "name", "identifier", "entry"])),
    ("list-empty", |one| {
        set(one, &["category", "note", "agent", "identifier", "name"], Json::List(Vec::new()))
    }),
    ("object-empty", |one| {
        set(one, &["subject", "maritalStatus", "scope", "provision", "meta"], Json::Object(Object::default()))
    }),
    ("text-empty", |one| {
        set(one, &["conclusion", "description", "language", "issued", "birthDate"], text(""))
    }),
    ("null", |one| set(one, &["issued", "birthDate", "recorded", "subject", "started"], Json::Null)),
    ("unknown-element", |one| add(one, "colour", text("blue"))),
    ("date-month-13", |one| set(one, DATES, text("2024-13-01"))),
    ("date-february-30", |one| set(one, DATES, text("2024-02-30"))),
    ("date-german", |one| set(one, DATES, text("01.02.2024"))),
    ("date-short", |one| set(one, DATES, text("2024-1-1"))),
    ("time-without-zone", |one| {
        set(one, &["issued", "recorded", "effectiveDateTime", "started"], text("2024-01-01T10:00:00"))
    }),
    ("time-without-seconds", |one| {
        set(one, &["issued", "recorded", "effectiveDateTime", "started"], text("2024-01-01T10:00Z"))
    }),
    ("instant-of-a-day", |one| set(one, &["issued", "recorded", "timestamp"], text("2024-01-01"))),
    ("time-for-date", |one| set(one, &["birthDate"], text("2024-01-01T10:00:00Z"))),
    ("year-only", |one| {
        set(one, &["birthDate", "effectiveDateTime", "dateTime", "occurredDateTime"], text("1990"))
    }),
    ("id-with-space", |one| set(one, &["id"], text("a b"))),
    ("id-too-long", |one| set(one, &["id"], text(&"a".repeat(65)))),
    ("id-good", |one| add(one, "id", text("A-1.b"))),
    ("count-negative", |one| set(one, &["numberOfSeries", "total"], number("-1"))),
    ("count-with-point", |one| set(one, &["numberOfSeries", "total"], number("1.0"))),
    ("count-as-text", |one| set(one, &["numberOfSeries", "total"], text("1"))),
    ("two-values", |one| value(one).is_some() && one.insert("valueTime", text("10:00:00")).is_none()),
    ("value-and-reason", |one| {
        value(one).is_some() && add(one, "dataAbsentReason", object(&[("text", text("a"))]))
    }),
    ("decimal-as-text", |one| {
        within(one, "valueQuantity", |quantity| set(quantity, &["value"], text("1.50")))
    }),
    ("decimal-with-exponent", |one| {
        within(one, "valueQuantity", |quantity| set(quantity, &["value"], number("1.50e2")))
    }),
    ("unit-without-system", |one| {
        within(one, "valueQuantity", |quantity| {
            set(quantity, &["code"], text("mm")) && remove(quantity, &["system"])
        })
    }),
    ("comparator-unknown", |one| {
        within(one, "component", |part| {
            within(part, "valueQuantity", |quantity| set(quantity, &["comparator"], text("~")))
        })
    }),
    ("range-empty", |one| {
        within(one, "referenceRange", |range| {
            remove(range, &["low"])
                && remove(range, &["text"])
                && add(range, "type", object(&[("text", text("a"))]))
        })
    }),
    ("period-backwards", |one| within(one, "effectivePeriod", |period| set(period, &["end"], text("1999")))),
    ("period-same-month", |one| {
        within(one, "effectivePeriod", |period| {
            set(period, &["start"], text("2024-03-09")) && set(period, &["end"], text("2024-03"))
        })
    }),
    ("consent-without-policy", |one| remove(one, &["policy"])),
    ("consent-without-period", |one| within(one, "provision", |provision| remove(provision, &["period"]))),
    ("provision-type", |one| within(one, "provision", |provision| set(provision, &["type"], text("maybe")))),
    ("concept-code-of-system", |one| {
        within(one, "category", |concept| {
            within(concept, "coding", |coding| {
                coding.text("system").is_some_and(|system| system.contains("hl7.org"))
                    && set(coding, &["code"], text("bogus"))
            })
        })
    }),
    ("concept-code-elsewhere", |one| {
        within(one, "code", |concept| {
            within(concept, "coding", |coding| set(coding, &["code"], text("bogus")))
        })
    }),
    ("extension", |one| {
        !bundle(one)
            && add(
                one,
                "extension",
                list(object(&[("url", text("https://hospital.example/a")), ("valueString", text("b"))])),
            )
    }),
    ("extension-relative", |one| {
        !bundle(one) && add(one, "extension", list(object(&[("url", text("a")), ("valueString", text("b"))])))
    }),
    ("extension-without-value", |one| {
        !bundle(one) && add(one, "extension", list(object(&[("url", text("https://hospital.example/a"))])))
    }),
    ("extension-without-url", |one| {
        !bundle(one) && add(one, "extension", list(object(&[("valueString", text("b"))])))
    }),
    ("status-by-extension", |one| {
        let extension =
            list(object(&[("url", text("https://hospital.example/a")), ("valueString", text("b"))]));
        one.get("status").is_some()
            && remove(one, &["status"])
            && add(one, "_status", object(&[("extension", extension)]))
    }),
    ("contained-unused", |one| remove(one, &["performer"])),
    ("contained-missing", |one| {
        within(one, "performer", |performer| set(performer, &["reference"], text("#nobody")))
    }),
    ("contained-twice", |one| {
        within(one, "contained", |first| first.get("id").is_some() && set(first, &["id"], text("h")))
    }),
    ("contained-of-wrong-type", |one| {
        within(one, "performer", |performer| set(performer, &["reference"], text("#o")))
    }),
    ("contained-version", |one| {
        within(one, "contained", |first| add(first, "meta", object(&[("versionId", text("1"))])))
    }),
    ("phone-without-system", |one| within(one, "telecom", |phone| remove(phone, &["system"]))),
    ("contact-empty", |one| {
        within(one, "contact", |contact| remove(contact, &["name"]) && add(contact, "gender", text("male")))
    }),
    ("identifier-system-relative", |one| {
        within(one, "identifier", |identifier| set(identifier, &["system"], text("patients")))
    }),
    ("narrative-script", |one| {
        within(one, "text", |narrative| {
            set(
                narrative,
                &["div"],
                text(r#"<div xmlns="http://www.w3.org/1999/xhtml"><script>a</script></div>"#),
            )
        })
    }),
    ("narrative-empty", |one| {
        within(one, "text", |narrative| {
            set(narrative, &["div"], text(r#"<div xmlns="http://www.w3.org/1999/xhtml"> </div>"#))
        })
    }),
    ("narrative-status", |one| within(one, "text", |narrative| set(narrative, &["status"], text("bogus")))),
    ("attachment-base64", |one| within(one, "presentedForm", |form| set(form, &["data"], text("YQ=")))),
    ("attachment-without-type", |one| within(one, "presentedForm", |form| remove(form, &["contentType"]))),
    ("bundle-type", |one| bundle(one) && set(one, &["type"], text("collection"))),
    ("bundle-entry-empty", |one| {
        within(one, "entry", |entry| {
            *entry = Object::default();
            true
        })
    }),
    ("bundle-url-missing", |one| {
        of_type(one, &["collection", "searchset"])
            && within(one, "entry", |entry| remove(entry, &["fullUrl"]))
    }),
    ("bundle-url-relative", |one| within(one, "entry", |entry| set(entry, &["fullUrl"], text("Patient/1")))),
    ("bundle-url-of-another", |one| {
        of_type(one, &["searchset"])
            && within(one, "entry", |entry| {
                set(entry, &["fullUrl"], text("https://ehr.example/fhir/Patient/other"))
            })
    }),
    ("bundle-url-bad-uuid", |one| within(one, "entry", |entry| set(entry, &["fullUrl"], text("urn:uuid:1")))),
    ("bundle-url-twice", |one| {
        let mut first: Option<Json> = None;
        each(one, "entry", |entry| match &first {
            None => {
                first = entry.get("fullUrl").cloned();
                first.is_some()
            }
            Some(url) => entry.insert("fullUrl", url.clone()).is_some(),
        })
    }),
    ("bundle-request-method", |one| {
        within(one, "entry", |entry| {
            within(entry, "request", |request| set(request, &["method"], text("SEND")))
        })
    }),
    ("bundle-total", |one| of_type(one, &["collection", "transaction"]) && add(one, "total", number("1"))),
    ("bundle-resource-inside", |one| {
        within(one, "entry", |entry| {
            within(entry, "resource", |inside| set(inside, &["gender", "status"], text("bogus")))
        })
    }),
    ("type-missing", |one| remove(one, &["resourceType"])),
    ("audit-agent-missing", |one| remove(one, &["agent"])),
    ("audit-requestor-missing", |one| within(one, "agent", |agent| remove(agent, &["requestor"]))),
    ("provenance-role", |one| {
        of_kind(one, "Provenance") && within(one, "entity", |entity| set(entity, &["role"], text("bogus")))
    }),
    ("series-uid-missing", |one| within(one, "series", |series| remove(series, &["uid"]))),
];

/// What this crate refuses and HAPI does not, each for a reason that `docs/fhir.md` states.
const DIFFERENCES: &[Mutation] = &[
    ("modifier-extension", |one| {
        of_kind(one, "Observation")
            && add(
                one,
                "modifierExtension",
                list(object(&[
                    ("url", text("https://hospital.example/not")),
                    ("valueBoolean", Json::Bool(true)),
                ])),
            )
    }),
    ("implicit-rules", |one| {
        of_kind(one, "Observation") && add(one, "implicitRules", text("https://hospital.example/rules"))
    }),
    ("contained-circle", |one| {
        of_kind(one, "DiagnosticReport") && one.get("contained").is_some() && {
            within(one, "contained", |first| {
                add(first, "hasMember", list(object(&[("reference", text("#o"))])))
            })
        }
    }),
    ("target-by-url", |one| {
        of_kind(one, "Observation")
            && within(one, "subject", |subject| set(subject, &["reference"], text("Practitioner/1")))
    }),
    ("reference-malformed", |one| {
        of_kind(one, "Observation")
            && within(one, "subject", |subject| set(subject, &["reference"], text("somebody")))
    }),
    ("coding-of-known-system", |one| {
        of_kind(one, "AuditEvent") && within(one, "type", |coding| set(coding, &["code"], text("bogus")))
    }),
    ("coding-system-relative", |one| {
        of_kind(one, "Observation")
            && within(one, "code", |concept| {
                within(concept, "coding", |coding| set(coding, &["system"], text("codes")))
            })
    }),
    ("control-character", |one| {
        of_kind(one, "DiagnosticReport") && set(one, &["conclusion"], text("a\u{1}b"))
    }),
];

const DATES: &[&str] =
    &["birthDate", "issued", "recorded", "effectiveDateTime", "dateTime", "occurredDateTime", "started"];

/// So many mutations, each with its name; kinds and documents take turns.
pub(crate) fn mutations(valid: &[Object], count: usize, random: &mut Random) -> Vec<(&'static str, String)> {
    let mut found = Vec::with_capacity(count);
    let mut turn = 0usize;
    while found.len() < count && turn < count.saturating_mul(4) {
        let kinds = MUTATIONS.len().saturating_add(2);
        let kind = turn % kinds;
        turn = turn.saturating_add(1);
        let start = usize::try_from(random.below(valid.len() as u64)).unwrap_or_default();
        let others = valid.iter().skip(start).chain(valid.iter().take(start));
        match MUTATIONS.get(kind) {
            Some((name, mutate)) => found.extend(first(others, *mutate).map(|text| (*name, text))),
            None => {
                let Some(document) = valid.get(start) else { continue };
                let written = document.to_json();
                // What no tree can hold.
                if kind != MUTATIONS.len() {
                    found.push(("text-after", written + "}"));
                } else if let Some((name, value)) = document.iter().nth(1) {
                    let again = Object::from_iter([(name.to_owned(), value.clone())]).to_json();
                    let (head, tail) = (written.strip_suffix('}'), again.strip_prefix('{'));
                    let (head, tail) = (head.unwrap_or_default(), tail.unwrap_or_default());
                    found.push(("member-twice", format!("{head},{tail}")));
                }
            }
        }
    }
    found
}

/// One of each difference.
pub(crate) fn differences(valid: &[Object]) -> Vec<(&'static str, String)> {
    DIFFERENCES
        .iter()
        .filter_map(|(name, mutate)| first(valid.iter(), *mutate).map(|text| (*name, text)))
        .collect()
}

/// The first document that can be changed so.
fn first<'a>(
    mut documents: impl Iterator<Item = &'a Object>,
    mutate: fn(&mut Object) -> bool,
) -> Option<String> {
    documents.find_map(|document| {
        let mut changed = document.clone();
        mutate(&mut changed).then(|| changed.to_json_pretty())
    })
}

fn text(value: &str) -> Json {
    Json::from(value)
}

fn number(digits: &str) -> Json {
    Json::Number(digits.to_owned())
}

fn object(members: &[(&str, Json)]) -> Json {
    Json::Object(members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

fn list(item: Json) -> Json {
    Json::List(vec![item])
}

fn bundle(one: &Object) -> bool {
    of_kind(one, "Bundle")
}

fn of_kind(one: &Object, kind: &str) -> bool {
    one.text("resourceType") == Some(kind)
}

fn of_type(one: &Object, types: &[&str]) -> bool {
    bundle(one) && one.text("type").is_some_and(|own| types.contains(&own))
}

/// The value of an observation that has one.
fn value(one: &Object) -> Option<&Json> {
    ["valueQuantity", "valueString", "valueInteger", "valueBoolean"].iter().find_map(|name| one.get(name))
}

/// Changes the first of these that is there; what is an object stays one.
fn set(one: &mut Object, names: &[&str], value: Json) -> bool {
    let name = names.iter().find(|name| match one.get(name) {
        None => false,
        // A code that is an object elsewhere: AuditEvent.type.
        Some(Json::Object(_)) => !matches!((&value, **name), (Json::Text(_) | Json::Number(_), "type")),
        Some(_) => true,
    });
    name.is_some_and(|name| one.insert(*name, value).is_some())
}

fn add(one: &mut Object, name: &str, value: Json) -> bool {
    one.get(name).is_none_or(|_| name == "extension" || name == "id") && {
        one.insert(name, value);
        true
    }
}

fn remove(one: &mut Object, names: &[&str]) -> bool {
    names.iter().find_map(|name| one.remove(name)).is_some()
}

fn wrap(one: &mut Object, names: &[&str]) -> bool {
    let Some(name) = names.iter().find(|name| one.get(name).is_some_and(|value| value.object().is_some()))
    else {
        return false;
    };
    let value = one.remove(name);
    value.is_some_and(|value| one.insert(*name, list(value)).is_none())
}

fn unwrap(one: &mut Object, names: &[&str]) -> bool {
    let Some(name) = names.iter().find(|name| matches!(one.get(name), Some(Json::List(_)))) else {
        return false;
    };
    let item = one.items(name).first().cloned();
    item.is_some_and(|item| one.insert(*name, item).is_some())
}

/// Changes the object of a name, or the first of its list.
fn within(one: &mut Object, name: &str, change: impl FnOnce(&mut Object) -> bool) -> bool {
    match one.get_mut(name) {
        Some(Json::Object(object)) => change(object),
        Some(Json::List(items)) => match items.first_mut() {
            Some(Json::Object(object)) => change(object),
            _ => false,
        },
        _ => false,
    }
}

/// Changes all objects of a list of at least two.
fn each(one: &mut Object, name: &str, mut change: impl FnMut(&mut Object) -> bool) -> bool {
    let Some(Json::List(items)) = one.get_mut(name) else { return false };
    items.len() > 1
        && items.iter_mut().all(|item| if let Json::Object(object) = item { change(object) } else { false })
}
