//! Known answers. `vectors/README.md` says what each field is, so that another language can check itself; `spec.rs`
//! does, from that description alone. To write the file anew after a deliberate change, run this test with
//! BITHIVE_WRITE_VECTORS=1.

use std::{path::PathBuf, sync::LazyLock};

use crate::common::{EPOCH, poster};
use crate::formulas::{Replay, array, bytes, fill, hex_of, list, rows, text, with_steps};
use bithive_blindmatch::{
    attributes::Attributes,
    claim::{Claim, ClaimContext, RequesterKey},
    commitment::CommittedAnswers,
    committee::{
        Commitments, CommitteeParams, Contribution, MemberIndex, MemberSeeds, ShareKeyTable, Statement, Term,
        contribute,
    },
    oprf::{EvaluateRequest, EvaluateResponse, PendingEvaluation, Tags, blind, blind_committed},
    policy::{CompiledPolicy, Leaf, Policy},
    quota::Quota,
    schema::{Input, Schema, SlotId},
    tree::Tree,
    vault::{DEFAULT_BUDGET, MatchKey, Vault},
    vector::{Thermometer, sample_positions},
};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const FIRST_EPOCH: u64 = 41;
const ACCOUNT: &str = "bithive1contributor";
const VECTOR: &str = "0x3f81c2b7a90d4e65f01827364554637281900fa1b2c3d4e5f60718293a4b5c6d";
const NEAR: &str = "0x3f81c2b7a90d4e65f01827364554637281900fa1b2c3d4e5f60718293a4b5c00";

fn path() -> PathBuf {
    PathBuf::from("tests/vectors/blindmatch.json")
}

/// The file, after writing it anew if that is asked for.
fn stored() -> &'static Value {
    static STORED: LazyLock<Value> = LazyLock::new(|| {
        if std::env::var_os("BITHIVE_WRITE_VECTORS").is_some() {
            std::fs::write(path(), crate::format::pretty(&computed())).unwrap();
        }
        serde_json::from_slice(&std::fs::read(path()).unwrap()).unwrap()
    });
    &STORED
}

/// Bytes for one purpose. They are in the file, so that nobody has to reproduce them.
fn random(purpose: &str, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    ChaCha20Rng::from_seed(Sha256::digest(purpose).into()).fill_bytes(&mut bytes);
    bytes
}

fn schema_of(name: &str) -> Schema {
    let profiles = || {
        json!({ "version": 1, "attributes": [
            { "kind": "ordered", "name": "beds", "thresholds": [100, 400] },
            { "kind": "vector", "name": "profile" },
            { "kind": "set", "name": "studies", "members": ["oncology", "x-ray"] },
        ]})
    };
    if name == "nodes" { Schema::bithive() } else { serde_json::from_value(profiles()).unwrap() }
}

fn schema_section(name: &str) -> Value {
    let schema = schema_of(name);
    json!({
        "document": schema, "digest": hex_of(schema.digest()),
        "slots": list(schema.slots(), |slot| json!(slot.label)),
    })
}

fn inputs_json(inputs: &[Input]) -> Value {
    list(inputs, |input| json!({ "slot": input.slot, "value": input.value }))
}

fn attributes_of(schema: &str, stated: &Value) -> Attributes {
    Attributes::new(&schema_of(schema), serde_json::from_value(stated.clone()).unwrap()).unwrap()
}

fn attributes_section(schema: &str, stated: &Value) -> Value {
    let own = attributes_of(schema, stated);
    let nonce = random(&format!("attributes {schema}"), 32);
    let section = json!({
        "schema": schema, "stated": stated, "nonce": hex_of(&nonce), "inputs": inputs_json(own.inputs()),
        "commitment": hex_of(own.commitment(&nonce.try_into().unwrap())),
    });
    let all = json!({ "schemas": { schema: schema_section(schema) } });
    with_steps(section.clone(), &crate::formulas::public::attributes(&all, &section))
}

fn samples_section(own: &Attributes) -> Value {
    let row = |slot: usize| {
        let positions = sample_positions(&own.schema_digest(), SlotId(slot as u16));
        json!({ "slot": slot, "places": positions, "value": own.inputs()[slot].value })
    };
    json!({ "schema": "profiles", "vector": VECTOR, "slots": list([2, 9, 65], row) })
}

fn thermometer_section() -> Value {
    let reference = [
        vec![14.5, 0.125, -3.0],
        vec![11.25, 0.5, 0.0],
        vec![20.0, 0.25, 7.5],
        vec![9.75, 0.875, 7.5],
        vec![17.0, 0.375, 12.0],
        vec![14.5, 0.0625, -8.25],
    ];
    let row = [14.5, 0.4, 9.0];
    let thermometer = Thermometer::fit(&reference).unwrap();
    let vector = thermometer.encode(&row).unwrap();
    json!({ "reference": reference, "row": row, "levels": thermometer, "vector": vector })
}

fn tree_json(tree: &Tree<Leaf>) -> Value {
    match tree {
        Tree::Leaf(Leaf::Asked(input)) => json!({ "slot": input.slot, "value": input.value }),
        Tree::Leaf(Leaf::Decoy(slot)) => json!({ "slot": slot }),
        Tree::Gate { needed, children } => json!({ "needed": needed, "of": list(children, tree_json) }),
    }
}

fn policies() -> Vec<(&'static str, String)> {
    vec![
        ("nodes", "vram >= 16 and region in (eu, ch) and any 2 of (iso27001, hipaa, gdpr)".to_owned()),
        ("nodes", "any 2 of (vram >= 16, region = ch and hipaa, gdpr)".to_owned()),
        ("nodes", "certifications has gdpr or vram>=80 and (region in (eu,ch,uk,us,jp) or hipaa)".to_owned()),
        ("nodes", "(hipaa and gdpr) or any 1 of (hipaa, hipaa)".to_owned()),
        ("profiles", format!("x-ray and profile within 25 of {NEAR}")),
    ]
}

fn compiled(policy: usize) -> CompiledPolicy {
    let (schema, text) = &policies()[policy];
    Policy::parse(text, &schema_of(schema)).unwrap().compile(&schema_of(schema)).unwrap()
}

fn policies_section() -> Value {
    list(policies().iter().enumerate(), |(number, (schema, text))| {
        json!({
            "schema": schema, "text": text, "json": Policy::parse(text, &schema_of(schema)).unwrap(),
            "tree": tree_json(compiled(number).tree()),
        })
    })
}

struct Committee {
    members: Vec<MemberIndex>,
    seeds: Vec<MemberSeeds>,
    table: ShareKeyTable,
    section: Value,
}

fn committee() -> Committee {
    let (params, slots) = (CommitteeParams::new(4, 3).unwrap(), Schema::bithive().slot_count());
    let term = Term::new(FIRST_EPOCH, 2, slots).unwrap();
    let members: Vec<MemberIndex> = params.all_members().collect();
    let mut contributions: Vec<(Vec<u8>, Contribution)> = Vec::new();
    for member in &members {
        let bytes = random(&format!("contributions of {member}"), 32 * params.subsets_of(*member).len());
        let mut replay = Replay::new(bytes.clone());
        let own = contribute(params, *member, &mut replay);
        replay.finish();
        contributions.extend(bytes.chunks(32).map(<[u8]>::to_vec).zip(own));
    }
    let agree = |me: &MemberIndex| {
        let received = contributions.iter().map(|(_, c)| c).filter(|c| c.subset().contains(*me));
        MemberSeeds::agree(params, *me, &received.cloned().collect::<Vec<_>>()).unwrap()
    };
    let seeds: Vec<MemberSeeds> = members.iter().map(agree).collect();
    let statements: Vec<Statement> = seeds.iter().map(|seeds| seeds.statement(term)).collect();
    let commitments = Commitments::agree(params, term, &statements).unwrap();
    let partials: Vec<_> = seeds.iter().map(|seeds| seeds.partial_table(EPOCH, slots).unwrap()).collect();
    let table = ShareKeyTable::merge(&commitments, EPOCH, &partials[1..]).unwrap().table;
    let share_key = |member: &MemberIndex, slot: u16| {
        hex_of(table.share_key(*member, SlotId(slot)).unwrap().compress().as_bytes())
    };
    let section = json!({
        "members": 4, "threshold": 3, "epoch": EPOCH, "first_epoch": FIRST_EPOCH, "epochs": 2, "slots": slots,
        "contributions": list(&contributions, |(random, c)| json!({
            "from": c.from().get(), "holders": c.subset().mask(), "random": hex_of(random),
            "encoding": hex_of(c.encode()),
        })),
        "slot_keys": list(0..slots, |slot| json!({
            "slot": slot, "share_keys": list(&members, |member| share_key(member, slot)),
        })),
        "member_seeds": list(&seeds, |seeds| hex_of(seeds.encode())),
        "statement_of_member_2": hex_of(statements[1].encode()),
        "partial_table_of_member_2": hex_of(partials[1].encode()),
        "commitments": hex_of(commitments.encode()),
        "table": hex_of(table.encode()),
        "table_digest": hex_of(table.digest()),
    });
    let section = with_steps(section.clone(), &crate::formulas::committee::section(&section));
    Committee { members, seeds, table, section }
}

/// A party's request for these inputs; a contributor's with the proof for its answers.
fn asked(
    inputs: &[Input],
    own: Option<&CommittedAnswers>,
    blinds: Vec<u8>,
    proof: &[u8],
) -> PendingEvaluation {
    let mut replay = Replay::new(blinds);
    let pending = match own {
        None => blind(Schema::bithive().digest(), EPOCH, inputs, &mut replay),
        Some(own) => {
            replay = Replay::new([replay.take(64 * inputs.len()), proof.to_vec()].concat());
            blind_committed(own, ACCOUNT, EPOCH, inputs, &mut replay)
        }
    };
    replay.finish();
    pending.unwrap()
}

/// The contributor's answers with their openings, from its section.
fn committed(section: &Value) -> CommittedAnswers {
    attributes_of("nodes", &section["stated"]).commit(&array(&section["nonce"]))
}

/// Evaluates for a party, with the answers of these members.
fn evaluation(
    committee: &Committee,
    who: &str,
    inputs: &[Input],
    own: Option<&CommittedAnswers>,
    by: &[usize],
) -> (Value, Tags) {
    let bytes = random(&format!("blinds of {who}"), 64 * inputs.len());
    let proof = random(&format!("proof of {who}"), 32);
    let pending = asked(inputs, own, bytes.clone(), &proof);
    let request = pending.request();
    let answer = |place: &usize| {
        let (member, seeds) = (committee.members[*place], &committee.seeds[*place]);
        let random = random(&format!("answer of {member} to {who}"), 32);
        let mut replay = Replay::new(random.clone());
        let keys = seeds.epoch_keys(EPOCH, committee.table.slots()).unwrap();
        let response = keys.evaluate(request, &mut replay).unwrap();
        replay.finish();
        let row = json!({
            "member": member.get(), "random": hex_of(random), "response": hex_of(response.encode()),
        });
        ((member, response), row)
    };
    let (answers, rows): (Vec<_>, Vec<_>) = by.iter().map(answer).unzip();
    let evaluated = pending.finish(&committee.table, &answers).unwrap();
    assert!(evaluated.faults.is_empty());
    let inputs = inputs.iter().zip(bytes.chunks(64)).zip(request.points());
    let mut section = json!({
        "schema": "nodes",
        "inputs": list(inputs, |((input, random), (slot, blinded))| json!({
            "slot": slot, "value": input.value, "random": hex_of(random), "blinded": hex_of(blinded),
        })),
        "request": hex_of(request.encode()), "request_digest": hex_of(request.digest()),
        "answers": rows, "tags_encoding": hex_of(evaluated.tags.encode()),
    });
    if own.is_some() {
        section["proof"] = json!({ "attributes": 0, "account": ACCOUNT, "random": hex_of(proof) });
    }
    (section, evaluated.tags)
}

/// How many bytes sealing draws for shuffling, sharing and decoys.
fn vault_section(
    policy: usize,
    tags: &Tags,
    requester: &RequesterKey,
    draws: [usize; 3],
) -> (Value, MatchKey) {
    let part = |use_: &str, count| hex_of(random(&format!("{use_} of vault {policy}"), count));
    let random = json!({
        "shuffle": part("shuffle", draws[0]), "nonce": part("nonce", 16), "secret": part("secret", 20),
        "sharing": part("sharing", draws[1]), "decoys": part("decoys", draws[2]),
    });
    let endpoint = [0xe0; 32];
    let mut section = json!({ "policy": policy, "tags": "requester", "endpoint": hex_of(endpoint), "poster": poster_parts(), "random": random });
    let mut replay = Replay::new(crate::formulas::sealed::random_of(&section));
    let (vault, key) = Vault::seal(
        &compiled(policy),
        tags,
        &poster(),
        requester.public(),
        endpoint,
        DEFAULT_BUDGET,
        &mut replay,
    )
    .unwrap();
    replay.finish();
    let result = json!({
        "vault": hex_of(vault.encode()), "digest": hex_of(vault.digest()), "match_key": hex_of(key.as_bytes()),
    });
    fill(&mut section, &result);
    (section, key)
}

/// The parts of [`poster`].
fn poster_parts() -> Value {
    json!({ "chain_id": "bithive-1", "jobs_contract": "bithive1jobs", "address": "bithive1requester" })
}

fn context() -> ClaimContext {
    ClaimContext::new("bithive-1", "bithive1jobs", 7).unwrap()
}

fn claim() -> Claim {
    let consent = random("consent", 96).try_into().unwrap();
    Claim { address: "bithive1contributor".to_owned(), slot: 3, ask: 1_500_000_000_000_000_000_000, consent }
}

fn claim_section(key: &MatchKey, requester: &RequesterKey) -> Value {
    let (claim, bytes) = (claim(), random("claim", 32));
    let mut replay = Replay::new(bytes.clone());
    let sealed = claim.seal(&context(), key, &requester.public(), &mut replay).unwrap();
    replay.finish();
    json!({
        "vault": 0, "chain_id": "bithive-1", "jobs_contract": "bithive1jobs", "job_id": 7,
        "address": claim.address, "slot": claim.slot, "ask": claim.ask.to_string(),
        "consent": hex_of(claim.consent), "random": hex_of(bytes), "sealed": hex_of(sealed),
    })
}

fn quota_section() -> Value {
    let charges = [
        ("bithive1b", 4, 42),
        ("bithive1a", 4, 42),
        ("bithive1b", 0, 42),
        ("bithive1b", 4, 42),
        ("bithive1a", 1, 41),
        ("bithive1a", 9, 43),
    ];
    let mut quota = Quota::new();
    for (identity, slot, epoch) in charges {
        quota.check_and_record(identity, SlotId(slot), epoch, 2).unwrap();
    }
    quota.prune_before(42);
    json!({
        "charges": list(charges, |(identity, slot, epoch)| json!({
            "identity": identity, "slot": slot, "epoch": epoch,
        })),
        "oldest_epoch": 42, "encoding": hex_of(quota.encode()),
    })
}

fn computed() -> Value {
    let node = json!({ "vram": 24, "region": "ch", "certifications": ["iso27001", "gdpr"] });
    let profile = json!({ "beds": 250, "profile": VECTOR, "studies": ["x-ray"] });
    let committee = committee();
    let own = attributes_of("nodes", &node);
    let requester_random = random("requester", 32);
    let requester = RequesterKey::generate(&mut Replay::new(requester_random.clone()));
    let requester_section = json!({
        "random": hex_of(requester_random), "key": hex_of(requester.public()), "encoding": hex_of(requester.encode()),
    });
    let mut all = json!({
        "about": "Known answers of BitHive's blind matching; README.md in this folder says what each field is.",
        "schemas": { "nodes": schema_section("nodes"), "profiles": schema_section("profiles") },
        "attributes": [attributes_section("nodes", &node), attributes_section("profiles", &profile)],
        "samples": samples_section(&attributes_of("profiles", &profile)),
        "thermometer": thermometer_section(),
        "policies": policies_section(),
        "committee": committee.section,
        "requester": with_steps(requester_section.clone(), &crate::formulas::sealed::requester(&requester_section)),
        "quota": quota_section(),
    });
    let (contributor, _) = evaluation(
        &committee,
        "contributor",
        own.inputs(),
        Some(&committed(&all["attributes"][0])),
        &[0, 1, 3],
    );
    let (asked, tags) = evaluation(&committee, "requester", &compiled(0).inputs(), None, &[3, 1, 2]);
    let steps =
        |section: Value| with_steps(section.clone(), &crate::formulas::evaluation::section(&all, &section));
    let evaluations = json!({ "contributor": steps(contributor), "requester": steps(asked) });
    all["evaluations"] = evaluations;
    let (first, key) = vault_section(0, &tags, &requester, [32, 60, 140]);
    let (second, _) = vault_section(1, &tags, &requester, [32, 40, 240]);
    all["vaults"] =
        list([first, second], |v| with_steps(v.clone(), &crate::formulas::sealed::vault(&all, &v)));
    let claim = claim_section(&key, &requester);
    all["claim"] = with_steps(claim.clone(), &crate::formulas::sealed::claim(&all, &claim));
    all
}

#[test]
fn the_file_is_what_the_library_computes() {
    let (stored, computed) = (stored(), computed());
    for (section, value) in computed.as_object().unwrap() {
        let stored = &stored[section];
        assert_eq!(stored, value, "{section}: encodings are an interface, a change needs a new version");
    }
    assert_eq!(stored.as_object().unwrap().len(), computed.as_object().unwrap().len());
}

#[test]
fn the_stored_answers_give_the_stored_tags() {
    let stored = stored();
    let table = ShareKeyTable::decode(&bytes(&stored["committee"]["table"])).unwrap();
    for who in ["contributor", "requester"] {
        let section = &stored["evaluations"][who];
        let input = |row: &Value| Input {
            slot: SlotId(crate::formulas::number(&row["slot"])),
            value: text(&row["value"]).to_owned(),
        };
        let inputs: Vec<Input> = rows(&section["inputs"]).iter().map(input).collect();
        let blinds: Vec<u8> = rows(&section["inputs"]).iter().flat_map(|row| bytes(&row["random"])).collect();
        let own = section.get("proof").map(|_| committed(&stored["attributes"][0]));
        let proof = section.get("proof").map(|proof| bytes(&proof["random"])).unwrap_or_default();
        let pending = asked(&inputs, own.as_ref(), blinds, &proof);
        if let Some(own) = &own {
            let registered = own.commitments().digest();
            assert_eq!(
                pending.request().check_answers(own.commitments().schema_digest(), ACCOUNT, &registered),
                Ok(())
            );
        }
        assert_eq!(EvaluateRequest::decode(&bytes(&section["request"])).unwrap(), *pending.request());
        let answer = |row: &Value| {
            let response = EvaluateResponse::decode(&bytes(&row["response"])).unwrap();
            (response.member(), response)
        };
        let answers: Vec<_> = rows(&section["answers"]).iter().map(answer).collect();
        let tags = pending.finish(&table, &answers).unwrap().tags;
        assert_eq!(tags.encode().to_vec(), bytes(&section["tags_encoding"]));
    }
}

#[test]
fn the_stored_vaults_open_and_the_stored_claim_is_read() {
    let stored = stored();
    let own = Tags::decode(&bytes(&stored["evaluations"]["contributor"]["tags_encoding"])).unwrap();
    let requester = RequesterKey::decode(&bytes(&stored["requester"]["encoding"])).unwrap();
    for row in rows(&stored["vaults"]) {
        let vault = Vault::decode(&bytes(&row["vault"])).unwrap();
        assert_eq!(vault.requester_key(), requester.public());
        assert_eq!(
            vault.open(&own, &poster()).unwrap().unwrap().key.as_bytes().to_vec(),
            bytes(&row["match_key"])
        );
    }
    let key = MatchKey::from_bytes(array(&stored["vaults"][0]["match_key"]));
    assert_eq!(requester.open(&context(), &key, &bytes(&stored["claim"]["sealed"])), Ok(claim()));
    let other = MatchKey::from_bytes(array(&stored["vaults"][1]["match_key"]));
    requester.open(&context(), &other, &bytes(&stored["claim"]["sealed"])).unwrap_err();
}

#[test]
fn the_stored_schemas_and_policies_are_read_from_json() {
    let stored = stored();
    for row in rows(&stored["policies"]) {
        let schema = schema_of(text(&row["schema"]));
        let document = &stored["schemas"][text(&row["schema"])]["document"];
        assert_eq!(serde_json::from_value::<Schema>(document.clone()).unwrap(), schema);
        let policy: Policy = serde_json::from_value(row["json"].clone()).unwrap();
        assert_eq!(tree_json(policy.compile(&schema).unwrap().tree()), row["tree"]);
    }
}
