//! Known answers. `vectors/README.md` says what each field is, so that another language can check itself; `spec.rs`
//! does, from that description alone. To write the file anew after a deliberate change, run this test with
//! BITHIVE_WRITE_VECTORS=1.

use std::path::PathBuf;

use crate::common::{
    JOBS, check, check_consents, check_possession, check_statement, check_statements, fixed_of, hex_of,
    possession_of, publics, rows, sum_keys,
};
use bithive_attest::bls::{self, SecretKey};
use bithive_attest::result::to_fixed;
use bithive_attest::{Attested, Consent, JobKey, Reveal, Statement, largest_cluster};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Value, json};

const SHARED: [u8; 32] = [7; 32];
const JOB_ID: u64 = 9;
const ROUND: u8 = 2;
const INPUT: &[u8] = b"age,dose\n61,5\n";

fn path() -> PathBuf {
    PathBuf::from("tests/vectors/attest.json")
}

fn stored() -> Value {
    serde_json::from_slice(&std::fs::read(path()).unwrap()).unwrap()
}

fn job_key() -> JobKey {
    JobKey::derive(&SHARED, JOBS, JOB_ID, ROUND)
}

fn account(index: usize) -> String {
    format!("bithive1worker{index}")
}

fn bits(values: &[f32]) -> String {
    values.iter().map(|value| format!("{:08x}", value.to_bits())).collect()
}

/// Keys from seeds that are in the file.
fn seeded() -> Vec<([u8; 32], SecretKey)> {
    (0..5u64)
        .map(|index| {
            let mut seed = [0; 32];
            ChaCha20Rng::seed_from_u64(index).fill_bytes(&mut seed);
            (seed, SecretKey::generate(&mut ChaCha20Rng::seed_from_u64(index)).unwrap())
        })
        .collect()
}

fn keys_section(keys: &[([u8; 32], SecretKey)]) -> Value {
    let row = |(index, (seed, key)): (usize, &([u8; 32], SecretKey))| {
        let message = possession_of(&account(index), key);
        json!({
            "seed": hex::encode(seed),
            "secret": hex::encode(*key.to_bytes()),
            "public": hex::encode(key.public_key()),
            "account": account(index),
            "possession_bytes": hex::encode(&message),
            "possession": hex::encode(key.prove_possession(&message)),
        })
    };
    keys.iter().enumerate().map(row).collect()
}

fn consents_section(keys: &[SecretKey]) -> Value {
    let mut signatures = Vec::new();
    let row = |(index, key): (usize, &SecretKey)| {
        let (account, slot) = (account(index), u16::try_from(index).unwrap() * 300 + 1);
        let ask = 1_500_000_000_000_000_000_000u128 + u128::from(slot);
        let bytes = Consent { job_id: JOB_ID, round: ROUND, account: &account, slot, ask }.sign_bytes(JOBS);
        let signature = key.sign(&bytes);
        signatures.push(signature);
        json!({
            "job_id": JOB_ID, "round": ROUND, "account": account, "slot": slot, "ask": ask.to_string(),
            "sign_bytes": hex::encode(bytes), "signature": hex::encode(signature),
        })
    };
    let rows: Value = keys.iter().enumerate().map(row).collect();
    json!({ "rows": rows, "aggregate": hex::encode(bls::aggregate(&signatures).unwrap()) })
}

fn fixed_point_section() -> Value {
    let units = |units: f32| units / 65_536.0;
    let values = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.1,
        -0.1,
        9.806_65,
        32_767.0,
        32_767.998,
        -32_768.0,
        32_768.0,
        -32_768.004,
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::MIN_POSITIVE,
        units(0.5),
        units(-0.5),
        units(1.5),
        units(2.5),
        units(-2.5),
        units(0.499_999_97),
    ];
    let row = |value: &f32| {
        let fixed = to_fixed(&[*value]).ok().map(|fixed| fixed[0]);
        json!({ "value": bits(&[*value]), "about": format!("{value:e}"), "fixed": fixed })
    };
    values.iter().map(row).collect()
}

fn result_section(values: &[f32]) -> Value {
    let key = job_key();
    let masked = key.masked(values).unwrap();
    json!({
        "values": bits(values),
        "fixed": to_fixed(values).unwrap(),
        "words": key.unmask(&masked).unwrap().to_vec(),
        "masked": hex::encode(masked),
    })
}

fn long_result() -> Vec<f32> {
    let mut rng = ChaCha20Rng::seed_from_u64(6);
    // Eighths between -64 and 64.
    (0..300).map(|_| f32::from(i16::try_from(rng.next_u32() % 1025).unwrap() - 512) / 8.0).collect()
}

fn reveal_section(masked: &[u8]) -> Value {
    let (account, output, nonce) = (account(0), [3; 32], [6; 32]);
    let reveal =
        Reveal { job_id: JOB_ID, round: ROUND, account: &account, masked, output: &output, nonce: &nonce };
    json!({
        "job_id": JOB_ID, "round": ROUND, "account": account, "masked": hex::encode(masked),
        "output": hex::encode(output), "nonce": hex::encode(nonce),
        "commitment": hex::encode(reveal.commitment(JOBS)),
    })
}

fn statement_section(keys: &[SecretKey], masked: &[u8]) -> Value {
    let workers = publics(keys);
    let (model, output, input_commitment) =
        ([1; 32], [3; 32], bithive_attest::result::input_commitment(JOBS, JOB_ID, INPUT));
    let quorum = 0b10101;
    let bytes = Statement {
        job_id: JOB_ID,
        round: ROUND,
        model: &model,
        input_commitment: &input_commitment,
        output: &output,
        masked,
        workers: &workers,
        quorum,
    }
    .sign_bytes(JOBS);
    let signatures: Vec<[u8; 96]> = [0, 2, 4].iter().map(|index: &usize| keys[*index].sign(&bytes)).collect();
    json!({
        "job_id": JOB_ID, "round": ROUND, "model": hex::encode(model),
        "input_commitment": hex::encode(input_commitment), "output": hex::encode(output),
        "masked": hex::encode(masked), "workers": workers.iter().map(hex::encode).collect::<Vec<_>>(),
        "quorum": quorum, "sign_bytes": hex::encode(bytes),
        "signatures": signatures.iter().map(hex::encode).collect::<Vec<_>>(),
        "aggregate": hex::encode(bls::aggregate(&signatures).unwrap()),
        "full_key": hex::encode(sum_keys(&workers).unwrap()),
        "absent": [1, 3],
        "signers_key": hex::encode(sum_keys(&[workers[0], workers[2], workers[4]]).unwrap()),
    })
}

/// Three statements, by all, by some and by others, and one aggregate over them.
fn batch_section(keys: &[SecretKey], masked: &[u8]) -> Value {
    let (model, output, input_commitment) =
        ([1; 32], [3; 32], bithive_attest::result::input_commitment(JOBS, JOB_ID, INPUT));
    let mut signatures = Vec::new();
    let mut row = |job_id: u64, workers: &[SecretKey], absent: &[usize]| {
        let publics = publics(workers);
        let signers: Vec<usize> = (0..workers.len()).filter(|index| !absent.contains(index)).collect();
        let bytes = Statement {
            job_id,
            round: ROUND,
            model: &model,
            input_commitment: &input_commitment,
            output: &output,
            masked,
            workers: &publics,
            quorum: 0b111,
        }
        .sign_bytes(JOBS);
        signatures.extend(signers.iter().map(|index| workers[*index].sign(&bytes)));
        json!({
            "job_id": job_id,
            "workers": publics.iter().map(hex::encode).collect::<Vec<_>>(),
            "signers": signers,
            "full_key": hex::encode(sum_keys(&publics).unwrap()),
            "sign_bytes": hex::encode(bytes),
        })
    };
    let rows = [row(10, &keys[..3], &[]), row(11, &keys[..3], &[1]), row(12, &keys[2..], &[0])];
    json!({ "rows": rows, "aggregate": hex::encode(bls::aggregate(&signatures).unwrap()) })
}

/// What is special, the tolerance, and each worker's words.
type Case = (&'static str, u32, &'static [Option<&'static [i32]>]);

fn quorum_section() -> Value {
    let cases: [Case; 10] = [
        ("three of four agree", 16, &[Some(&[100, 7]), Some(&[900, 7]), Some(&[101, 7]), Some(&[99, 9])]),
        ("near is not transitive", 10, &[Some(&[0]), Some(&[10]), Some(&[20])]),
        ("tolerance 0", 0, &[Some(&[1]), Some(&[2]), Some(&[2])]),
        ("an absent result joins nobody", 5, &[None, Some(&[1]), None]),
        ("nobody revealed", 5, &[None, None]),
        ("another length joins nobody", 5, &[Some(&[1]), Some(&[1, 1]), Some(&[2])]),
        ("differences wrap", 1, &[Some(&[i32::MAX]), Some(&[0]), Some(&[i32::MIN])]),
        ("of equal sizes, the least diameter", 10, &[Some(&[0]), Some(&[9]), Some(&[50]), Some(&[58])]),
        (
            "then the least sum of distances",
            10,
            &[
                Some(&[50]),
                Some(&[50]),
                Some(&[60]),
                Some(&[60]),
                Some(&[0]),
                Some(&[5]),
                Some(&[5]),
                Some(&[10]),
            ],
        ),
        ("then the least contents, as bytes", 10, &[Some(&[300]), Some(&[290]), Some(&[0]), Some(&[10])]),
    ];
    let row = |(about, tolerance, results): &Case| {
        let bytes = |words: &[i32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
        let results: Vec<Option<Vec<u8>>> = results.iter().map(|words| words.map(bytes)).collect();
        let slices: Vec<Option<&[u8]>> = results.iter().map(Option::as_deref).collect();
        let cluster = largest_cluster(&slices, *tolerance);
        json!({
            "about": about,
            "tolerance": tolerance,
            "results": results.iter().map(|result| result.as_ref().map(hex::encode)).collect::<Vec<_>>(),
            "members": cluster.map(|cluster| cluster.members),
            "representative": cluster.map(|cluster| cluster.representative),
        })
    };
    cases.iter().map(row).collect()
}

fn computed() -> Value {
    let seeded = seeded();
    let keys_json = keys_section(&seeded);
    let keys: Vec<SecretKey> = seeded.into_iter().map(|(_, key)| key).collect();
    let short = [1.0, -2.5, 0.000_01, 1_234.567];
    let masked = job_key().masked(&short).unwrap();
    json!({
        "about": "Known answers of BitHive's attestations; README.md in this folder says what each field is.",
        "domain": { "chain_id": JOBS.chain_id, "contract": JOBS.contract },
        "keys": keys_json,
        "consents": consents_section(&keys[..3]),
        "job_key": {
            "shared": hex::encode(SHARED), "job_id": JOB_ID, "round": ROUND,
            "input": hex::encode(INPUT), "input_commitment": hex::encode(bithive_attest::result::input_commitment(JOBS, JOB_ID, INPUT)),
            "account": account(0), "output_key": hex::encode(*job_key().output_key(&account(0))),
        },
        "fixed_point": fixed_point_section(),
        "direct": result_section(&short),
        "projected": result_section(&long_result()),
        "reveal": reveal_section(&masked),
        "statement": statement_section(&keys, &masked),
        "batch": batch_section(&keys, &masked),
        "quorum": quorum_section(),
    })
}

#[test]
fn the_file_is_what_the_library_computes() {
    let computed = computed();
    if std::env::var_os("BITHIVE_WRITE_VECTORS").is_some() {
        std::fs::write(path(), serde_json::to_string_pretty(&computed).unwrap() + "\n").unwrap();
    }
    let stored = stored();
    for (section, value) in computed.as_object().unwrap() {
        assert_eq!(
            stored[section], *value,
            "{section}: sign bytes are an interface, a change needs a new tag"
        );
    }
    assert_eq!(stored.as_object().unwrap().len(), computed.as_object().unwrap().len());
}

#[test]
fn stored_possessions_hold_natively_and_on_chain() {
    let stored = stored();
    let others = rows(&stored["keys"]).iter().cycle().skip(1);
    for (row, other) in rows(&stored["keys"]).iter().zip(others) {
        let message = hex_of(&row["possession_bytes"]);
        check_possession(&hex_of(&row["public"]), &message, &hex_of(&row["possession"])).unwrap();
        assert!(check_possession(&hex_of(&other["public"]), &message, &hex_of(&row["possession"])).is_err());
        let key = SecretKey::from_bytes(&fixed_of(&row["secret"])).unwrap();
        assert_eq!(key.public_key(), fixed_of(&row["public"]));
    }
}

#[test]
fn stored_consents_hold_natively_and_on_chain() {
    let stored = stored();
    let signed: Vec<([u8; 48], Vec<u8>)> = rows(&stored["keys"])
        .iter()
        .zip(rows(&stored["consents"]["rows"]))
        .map(|(key, row)| {
            let (key, message) = (fixed_of(&key["public"]), hex_of(&row["sign_bytes"]));
            check(&key, &message, &hex_of(&row["signature"])).unwrap();
            (key, message)
        })
        .collect();
    let aggregate = hex_of(&stored["consents"]["aggregate"]);
    check_consents(&signed, &aggregate).unwrap();
    assert!(check_consents(&signed[1..], &aggregate).is_err());
}

#[test]
fn the_stored_statement_holds_natively_and_on_chain_for_the_full_key_minus_absentees() {
    let statement = stored()["statement"].clone();
    let workers: Vec<[u8; 48]> = rows(&statement["workers"]).iter().map(fixed_of).collect();
    let (message, aggregate) = (hex_of(&statement["sign_bytes"]), hex_of(&statement["aggregate"]));
    let full_key = fixed_of(&statement["full_key"]);
    assert_eq!(sum_keys(&workers), Ok(full_key));
    let absent: Vec<[u8; 48]> = rows(&statement["absent"])
        .iter()
        .map(|index| workers[usize::try_from(index.as_u64().unwrap()).unwrap()])
        .collect();
    check_statement(&full_key, &absent, &message, &aggregate).unwrap();
    assert!(check_statement(&full_key, &absent[1..], &message, &aggregate).is_err());
    check(&hex_of(&statement["signers_key"]), &message, &aggregate).unwrap();
    let signatures: Vec<[u8; 96]> = rows(&statement["signatures"]).iter().map(fixed_of).collect();
    assert_eq!(bls::aggregate(&signatures).unwrap().to_vec(), aggregate);
}

#[test]
fn the_stored_batch_holds_natively_and_on_chain() {
    let batch = stored()["batch"].clone();
    let statements: Vec<Attested> = rows(&batch["rows"])
        .iter()
        .map(|row| {
            let signers: Vec<u64> =
                rows(&row["signers"]).iter().map(|index| index.as_u64().unwrap()).collect();
            let absent = (0u64..).zip(rows(&row["workers"])).filter(|(index, _)| !signers.contains(index));
            Attested {
                full_key: fixed_of(&row["full_key"]),
                absent: absent.map(|(_, key)| fixed_of(key)).collect(),
                message: hex_of(&row["sign_bytes"]),
            }
        })
        .collect();
    let aggregate = hex_of(&batch["aggregate"]);
    check_statements(&statements, &aggregate).unwrap();
    assert!(check_statements(&statements[1..], &aggregate).is_err());
}
