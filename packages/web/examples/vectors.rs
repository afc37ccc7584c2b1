//! Writes `tests/vectors/web.json`: what the built module is given in `tests/node`. Records and seals are random, so each run writes
//! other bytes; the tests say what has to hold of them.
//!
//! `cargo run -p bithive-web --example vectors >packages/web/tests/vectors/web.json`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code)]

#[path = "../tests/world/mod.rs"]
mod world;

use serde_json::{Value, json};
use world::{
    ENDPOINT, EPOCH, GROUPS, JOB_ID, POLICY, PRICE, REQUESTER, THRESHOLD, World, market, policy, record_key,
};

fn main() {
    let world = World::new();
    let (key, policy) = (record_key(), policy());
    let pending = policy.blind(EPOCH).unwrap();
    let answers: Vec<String> =
        (1..=3).map(|member| hex::encode(world.answer(member, &pending.request()))).collect();
    let job = world.job();
    let ask = PRICE - 1;
    let claim = world.claim(&job.vault(), 5, ask, 1);
    let keys: Vec<Value> = world
        .nodes
        .iter()
        .map(|node| {
            let public = &node.keys.public;
            json!({
                "slot": node.slot,
                "commitment": hex::encode(public.commitment().encode()),
                "digest": hex::encode(public.digest()),
                "file": hex::encode(public.encode()),
            })
        })
        .collect();
    let mut assignment = world.sender().address(&job, JOB_ID, 1, &[2, 3, 7]).unwrap();
    let mut payload = assignment.write(b"rows").unwrap();
    payload.extend(assignment.finish().unwrap().sealed);
    let (shared, _) = world.receive(2, (assignment.mask(), assignment.headers()), 1, &payload).unwrap();
    let values = [0.5, -2.25, 0.0];
    let (sealed, masked) = world.output(2, &shared, 1, &values);
    let (one, of_one) = world.attest(7, &[2, 3, 7], 0b101);
    let (two, of_two) = world.attest(JOB_ID, &[1, 4, 5], 0b110);
    let aggregate =
        |signatures: &[[u8; 96]]| hex::encode(bithive_attest::bls::aggregate(signatures).unwrap());
    let consents: Vec<[u8; 96]> = (1..=3).map(|slot| world.node(slot).bls.sign(b"consent")).collect();
    let given = json!({
        "policy": POLICY,
        "epoch": EPOCH.to_string(),
        "chainId": market().chain_id,
        "jobs": market().jobs,
        "requester": REQUESTER,
        "endpoint": hex::encode(ENDPOINT),
        "recordKey": hex::encode([9; 32]),
        "pending": hex::encode(pending.export(&key).unwrap()),
        "request": hex::encode(pending.request()),
        "answers": answers,
        "table": hex::encode(world.table.encode()),
        "threshold": THRESHOLD,
        "posted": hex::encode(world.posted()),
        "job": hex::encode(job.export(&key).unwrap()),
        "vault": hex::encode(job.vault()),
        "jobId": JOB_ID.to_string(),
        "price": PRICE.to_string(),
        "claim": {
            "message": hex::encode(&claim),
            "address": world.node(5).address,
            "slot": 5,
            "ask": ask.to_string(),
            "blsKey": hex::encode(world.node(5).bls.public_key()),
        },
        "reference": hex::encode(world.crs.encode()),
        "referenceDigest": hex::encode(world.crs.digest()),
        "groups": GROUPS,
        "keys": keys,
        "roundKey": hex::encode(assignment.round_key().export(&key).unwrap()),
        "output": {
            "worker": world.node(2).address,
            "digest": hex::encode(blake3::hash(&sealed).as_bytes()),
            "sealed": hex::encode(&sealed),
            "masked": hex::encode(&masked),
            "values": values,
        },
        "statements": [statement(&one), statement(&two)],
        "signatures": [aggregate(&of_one), aggregate(&of_two), aggregate(&[of_one, of_two].concat())],
        "consents": hex::encode(consents.as_flattened()),
        "aggregate": aggregate(&consents),
    });
    println!("{}", serde_json::to_string_pretty(&given).unwrap());
}

fn statement(statement: &bithive_web::attestation::Statement) -> Value {
    json!({
        "chainId": statement.market.chain_id,
        "jobs": statement.market.jobs,
        "jobId": statement.job_id.to_string(),
        "round": statement.round,
        "model": hex::encode(&statement.model),
        "inputCommitment": hex::encode(&statement.input_commitment),
        "output": hex::encode(&statement.output),
        "masked": hex::encode(&statement.masked),
        "workers": hex::encode(&statement.workers),
        "members": statement.members,
        "signers": statement.signers,
        "needed": statement.needed,
    })
}
