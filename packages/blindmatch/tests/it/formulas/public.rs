//! Schemas, attributes, vectors, and the tree of a policy.

use serde_json::{Value, json};

use super::{array, bytes, evaluation, hex_of, list, long, number, rows, sha256, sized, text};

const VECTOR_SLOTS: usize = 64;

fn name_of(attribute: &Value) -> &str {
    text(&attribute["name"])
}

fn slot_labels(attribute: &Value) -> Vec<String> {
    let name = name_of(attribute);
    match text(&attribute["kind"]) {
        "ordered" => rows(&attribute["thresholds"]).iter().map(|t| format!("{name}>={t}")).collect(),
        "categorical" => vec![name.to_owned()],
        "set" => rows(&attribute["members"]).iter().map(|m| format!("{name}:{}", text(m))).collect(),
        _ => (0..VECTOR_SLOTS).map(|sample| format!("{name}#{sample}")).collect(),
    }
}

/// Each attribute of a schema with its first slot.
fn first_slots(schema: &Value) -> Vec<(u16, &Value)> {
    let mut next = 0;
    let first = |attribute| {
        let first = next;
        next += u16::try_from(slot_labels(attribute).len()).unwrap();
        (first, attribute)
    };
    rows(&schema["document"]["attributes"]).iter().map(first).collect()
}

pub fn schema(inputs: &Value) -> Value {
    let attributes = rows(&inputs["document"]["attributes"]);
    let mut parts = [&[number(&inputs["document"]["version"])][..], &long(attributes.len())].concat();
    let words = |kind: u8, name: &str, words: &Value| {
        let encoded: Vec<u8> = rows(words).iter().flat_map(|w| sized(text(w).as_bytes())).collect();
        [&[kind][..], &sized(name.as_bytes()), &long(rows(words).len()), &encoded].concat()
    };
    for attribute in attributes {
        let name = name_of(attribute);
        parts.extend(match text(&attribute["kind"]) {
            "ordered" => {
                let thresholds = rows(&attribute["thresholds"]);
                let numbers: Vec<u8> =
                    thresholds.iter().flat_map(|t| number::<u64>(t).to_be_bytes()).collect();
                [&[0][..], &sized(name.as_bytes()), &long(thresholds.len()), &numbers].concat()
            }
            "categorical" => words(1, name, &attribute["values"]),
            "set" => words(2, name, &attribute["members"]),
            _ => [&[3][..], &sized(name.as_bytes())].concat(),
        });
    }
    let labels: Vec<String> = attributes.iter().flat_map(slot_labels).collect();
    json!({ "document": inputs["document"], "slots": labels, "digest": hex_of(sha256("schema", &parts)) })
}

/// The places that a slot samples.
fn places(digest: &[u8], slot: u16) -> Vec<u8> {
    let mut places = Vec::new();
    for counter in 0_u32.. {
        for place in sha256("sample", &[digest, &slot.to_be_bytes(), &counter.to_be_bytes()].concat()) {
            if places.len() == 20 {
                return places;
            }
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    places
}

fn sample(vector: &[u8; 32], places: &[u8]) -> String {
    let bit = |place: &u8| u32::from(vector[usize::from(place / 8)] >> (7 - place % 8) & 1);
    format!("{:05x}", places.iter().fold(0, |bits, place| bits << 1 | bit(place)))
}

fn vector_of(value: &Value) -> [u8; 32] {
    hex::decode(text(value).strip_prefix("0x").unwrap()).unwrap().try_into().unwrap()
}

pub fn samples(all: &Value, inputs: &Value) -> Value {
    let digest = bytes(&all["schemas"][text(&inputs["schema"])]["digest"]);
    let vector = vector_of(&inputs["vector"]);
    let row = |slot: &Value| {
        let places = places(&digest, number(slot));
        json!({ "slot": slot, "places": places, "value": sample(&vector, &places) })
    };
    json!({
        "schema": inputs["schema"], "vector": inputs["vector"],
        "slots": list(rows(&inputs["slots"]), |case| row(&case["slot"])),
    })
}

pub fn thermometer(inputs: &Value) -> Value {
    let numbers = |row: &Value| -> Vec<f64> { rows(row).iter().map(|x| x.as_f64().unwrap()).collect() };
    let reference: Vec<Vec<f64>> = rows(&inputs["reference"]).iter().map(numbers).collect();
    let (row, features) = (numbers(&inputs["row"]), reference[0].len());
    let levels = |feature: usize| -> Vec<f64> {
        let mut column: Vec<f64> = reference.iter().map(|row| row[feature]).collect();
        column.sort_by(f64::total_cmp);
        let count = 256 / features + usize::from(feature < 256 % features);
        (1..=count).map(|level| column[level * column.len() / (count + 1)]).collect()
    };
    let all: Vec<Vec<f64>> = (0..features).map(levels).collect();
    let bits: Vec<bool> =
        all.iter().zip(&row).flat_map(|(levels, x)| levels.iter().map(move |l| x > l)).collect();
    let byte = |bits: &[bool]| bits.iter().fold(0_u8, |byte, bit| byte << 1 | u8::from(*bit));
    let vector: Vec<u8> = bits.chunks(8).map(byte).collect();
    json!({
        "reference": inputs["reference"], "row": inputs["row"],
        "levels": all, "vector": format!("0x{}", hex::encode(vector)),
    })
}

fn yes_or_no(holds: bool) -> &'static str {
    if holds { "yes" } else { "no" }
}

fn has(list: &Value, word: &Value) -> bool {
    rows(list).contains(word)
}

pub fn attributes(all: &Value, inputs: &Value) -> Value {
    let schema = &all["schemas"][text(&inputs["schema"])];
    let (digest, nonce, stated) =
        (bytes(&schema["digest"]), array::<32>(&inputs["nonce"]), &inputs["stated"]);
    let mut answers = Vec::new();
    for (first, attribute) in first_slots(schema) {
        let own = &stated[name_of(attribute)];
        answers.extend(match text(&attribute["kind"]) {
            "ordered" => {
                let reaches = |t: &Value| yes_or_no(own.as_u64() >= t.as_u64()).to_owned();
                rows(&attribute["thresholds"]).iter().map(reaches).collect()
            }
            "categorical" => vec![text(own).to_owned()],
            "set" => {
                let members = rows(&attribute["members"]).iter();
                members.map(|member| yes_or_no(has(own, member)).to_owned()).collect()
            }
            _ => {
                let vector = vector_of(own);
                (first..first + 64).map(|slot| sample(&vector, &places(&digest, slot))).collect::<Vec<_>>()
            }
        });
    }
    let commitment = |(slot, value): (u16, &String)| {
        let blind = evaluation::answer_blind(&digest, &nonce, &answers, slot);
        let point = evaluation::answer_point(&digest, slot, value) + evaluation::commitment_base() * blind;
        evaluation::encoded(&point)
    };
    let commitments: Vec<[u8; 32]> = (0..).zip(&answers).map(commitment).collect();
    let parts = [&digest[..], &long(commitments.len()), &commitments.concat()].concat();
    json!({
        "schema": inputs["schema"], "stated": stated, "nonce": hex_of(nonce),
        "inputs": list((0_u16..).zip(answers), |(slot, value)| json!({ "slot": slot, "value": value })),
        "commitments": list(&commitments, hex_of),
        "commitment": hex_of(sha256("answer-commitments", &parts)),
    })
}

fn asked(slot: u16, value: &str) -> Value {
    json!({ "slot": slot, "value": value })
}

fn decoy(slot: u16) -> Value {
    json!({ "slot": slot })
}

/// A gate; one part alone stands for itself.
fn gate(needed: usize, mut parts: Vec<Value>) -> Value {
    if parts.len() == 1 { parts.remove(0) } else { json!({ "needed": needed, "of": parts }) }
}

/// A leaf for each slot from the first on: asked for "yes", or a decoy.
fn yes_leaves(first: u16, asked_for: impl Iterator<Item = bool>) -> Vec<Value> {
    (first..).zip(asked_for).map(|(slot, is)| if is { asked(slot, "yes") } else { decoy(slot) }).collect()
}

fn find<'a>(schema: &'a Value, name: &Value) -> (u16, &'a Value) {
    first_slots(schema).into_iter().find(|(_, attribute)| attribute["name"] == *name).unwrap()
}

/// The set of a group whose parts each ask for another member of one set, with those members.
fn members_of_one_set(parts: &[Value]) -> Option<(&Value, Vec<&Value>)> {
    let set = parts.first()?.get("is")?.get("has")?.get("attribute")?;
    let mut members = Vec::new();
    for part in parts {
        let has = part.get("is")?.get("has")?;
        if has["attribute"] != *set || members.contains(&&has["member"]) {
            return None;
        }
        members.push(&has["member"]);
    }
    Some((set, members))
}

fn set_template(schema: &Value, needed: usize, set: &Value, members: &[&Value]) -> Value {
    let (first, attribute) = find(schema, set);
    gate(needed, yes_leaves(first, rows(&attribute["members"]).iter().map(|m| members.contains(&m))))
}

fn group(schema: &Value, needed: usize, parts: &[Value]) -> Value {
    match members_of_one_set(parts) {
        Some((set, members)) => set_template(schema, needed, set, &members),
        None => gate(needed, parts.iter().map(|part| tree(schema, part)).collect()),
    }
}

fn condition(schema: &Value, condition: &Value) -> Value {
    let (kind, body) = condition.as_object().unwrap().iter().next().unwrap();
    let (first, attribute) = find(schema, &body["attribute"]);
    match kind.as_str() {
        "reaches" => {
            let listed = rows(&attribute["thresholds"]).iter();
            gate(1, yes_leaves(first, listed.map(|threshold| *threshold == body["threshold"])))
        }
        "one_of" => {
            let mut leaves: Vec<Value> =
                rows(&body["values"]).iter().map(|v| asked(first, text(v))).collect();
            let least = rows(&attribute["values"]).len().min(4).max(leaves.len());
            leaves.resize(least, decoy(first));
            gate(1, leaves)
        }
        "has" => set_template(schema, 1, &body["attribute"], &[&body["member"]]),
        _ => {
            let (digest, vector) = (bytes(&schema["digest"]), vector_of(&body["of"]));
            gate(2, (first..first + 64).map(|s| asked(s, &sample(&vector, &places(&digest, s)))).collect())
        }
    }
}

/// The tree of a policy in JSON.
fn tree(schema: &Value, policy: &Value) -> Value {
    let (kind, body) = policy.as_object().unwrap().iter().next().unwrap();
    match kind.as_str() {
        "all" => group(schema, rows(body).len(), rows(body)),
        "any" => group(schema, 1, rows(body)),
        "at_least" => group(schema, number(&body["needed"]), rows(&body["of"])),
        _ => condition(schema, body),
    }
}

pub fn policy(all: &Value, inputs: &Value) -> Value {
    let schema = &all["schemas"][text(&inputs["schema"])];
    let policy = super::language::parse(&schema["document"], text(&inputs["text"]));
    json!({
        "schema": inputs["schema"], "text": inputs["text"],
        "tree": tree(schema, &policy), "json": policy,
    })
}
