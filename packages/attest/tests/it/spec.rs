//! The stored known answers follow from what `vectors/README.md` says, computed here with SHA-256 and ChaCha20 and
//! nothing of the library: as another language would.

use std::cmp::Reverse;

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use serde_json::Value;
use sha2::{Digest, Sha256};

fn stored() -> Value {
    serde_json::from_str(include_str!("../vectors/attest.json")).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn rows(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// A part behind its length.
fn sized(part: &[u8]) -> Vec<u8> {
    [&u32::try_from(part.len()).unwrap().to_be_bytes(), part].concat()
}

fn text(value: &Value) -> Vec<u8> {
    sized(value.as_str().unwrap().as_bytes())
}

fn number(value: &Value) -> Vec<u8> {
    let number = value.as_u64().map_or_else(|| value.as_str().unwrap().parse::<u128>().unwrap(), u128::from);
    number.to_be_bytes().to_vec()
}

fn tagged(purpose: &str) -> Vec<u8> {
    format!("BITHIVE-V1/{purpose}/").into_bytes()
}

fn bound(purpose: &str, vectors: &Value) -> Vec<u8> {
    let domain = &vectors["domain"];
    [tagged(purpose), text(&domain["chain_id"]), text(&domain["contract"])].concat()
}

fn sha256(parts: &[Vec<u8>]) -> Vec<u8> {
    Sha256::digest(parts.concat()).to_vec()
}

fn job_key(vectors: &Value) -> Vec<u8> {
    let job = &vectors["job_key"];
    sha256(&[bound("job-key", vectors), bytes(&job["shared"]), number(&job["job_id"]), number(&job["round"])])
}

fn subkey(vectors: &Value, purpose: &str, context: &[u8]) -> Vec<u8> {
    sha256(&[tagged(purpose), job_key(vectors), sized(context)])
}

fn stream(vectors: &Value, purpose: &str, length: usize) -> Vec<u8> {
    let key: [u8; 32] = subkey(vectors, purpose, b"").try_into().unwrap();
    let mut stream = vec![0; length];
    ChaCha20::new(&key.into(), &[0; 12].into()).apply_keystream(&mut stream);
    stream
}

fn words(bytes: &[u8]) -> Vec<i32> {
    bytes.as_chunks::<4>().0.iter().map(|word| i32::from_le_bytes(*word)).collect()
}

fn integers(value: &Value) -> Vec<i64> {
    rows(value).iter().map(|value| value.as_i64().unwrap()).collect()
}

#[test]
fn sign_bytes_are_the_parts_in_order() {
    let all = stored();
    for key in rows(&all["keys"]) {
        let expected = [bound("possession", &all), text(&key["account"]), bytes(&key["public"])].concat();
        assert_eq!(bytes(&key["possession_bytes"]), expected);
    }
    for consent in rows(&all["consents"]["rows"]) {
        let [job_id, round, slot, ask] =
            ["job_id", "round", "slot", "ask"].map(|part| number(&consent[part]));
        let expected = [bound("consent", &all), job_id, round, text(&consent["account"]), slot, ask].concat();
        assert_eq!(bytes(&consent["sign_bytes"]), expected);
    }
    let statement = &all["statement"];
    let workers: Vec<u8> = rows(&statement["workers"]).iter().flat_map(bytes).collect();
    let expected = [
        bound("statement", &all),
        number(&statement["job_id"]),
        number(&statement["round"]),
        bytes(&statement["model"]),
        bytes(&statement["input_commitment"]),
        bytes(&statement["output"]),
        sized(&bytes(&statement["masked"])),
        sized(&workers),
        number(&statement["quorum"]),
    ];
    assert_eq!(bytes(&statement["sign_bytes"]), expected.concat());
    for row in rows(&all["batch"]["rows"]) {
        let workers: Vec<u8> = rows(&row["workers"]).iter().flat_map(bytes).collect();
        let expected = [
            bound("statement", &all),
            number(&row["job_id"]),
            number(&statement["round"]),
            bytes(&statement["model"]),
            bytes(&statement["input_commitment"]),
            bytes(&statement["output"]),
            sized(&bytes(&statement["masked"])),
            sized(&workers),
            number(&serde_json::json!(0b111)),
        ];
        assert_eq!(bytes(&row["sign_bytes"]), expected.concat());
    }
}

#[test]
fn the_commitment_is_sha256_of_the_parts_in_order() {
    let all = stored();
    let reveal = &all["reveal"];
    let commitment = sha256(&[
        bound("commitment", &all),
        number(&reveal["job_id"]),
        number(&reveal["round"]),
        text(&reveal["account"]),
        sized(&bytes(&reveal["masked"])),
        bytes(&reveal["output"]),
        bytes(&reveal["nonce"]),
    ]);
    assert_eq!(bytes(&reveal["commitment"]), commitment);
}

#[test]
fn the_input_commitment_follows_from_the_job_and_the_output_key_from_its_key() {
    let all = stored();
    let job = &all["job_key"];
    let commitment = sha256(&[bound("input", &all), number(&job["job_id"]), bytes(&job["input"])]);
    assert_eq!(bytes(&job["input_commitment"]), commitment);
    let account = job["account"].as_str().unwrap().as_bytes();
    assert_eq!(bytes(&job["output_key"]), subkey(&all, "output", account));
}

#[test]
fn fixed_point_rounds_halves_away_from_zero() {
    for case in rows(&stored()["fixed_point"]) {
        let value = f32::from_bits(u32::from_str_radix(case["value"].as_str().unwrap(), 16).unwrap());
        let scaled = f64::from(value) * 65_536.0;
        let rounded = if scaled < 0.0 { (scaled - 0.5).ceil() } else { (scaled + 0.5).floor() };
        let fits = (-2_147_483_648.0..=2_147_483_647.0).contains(&rounded);
        assert_eq!(case["fixed"].as_f64(), fits.then_some(rounded + 0.0), "{}", case["about"]);
    }
}

#[test]
fn words_are_the_fixed_point_values_or_their_projection() {
    let all = stored();
    assert_eq!(all["direct"]["words"], all["direct"]["fixed"]);
    let fixed = integers(&all["projected"]["fixed"]);
    let signs = stream(&all, "projection", 2 * fixed.len());
    let root = i64::try_from(fixed.len().isqrt()).unwrap();
    let word = |w: usize| {
        let bit = |i: usize| signs[2 * i + w / 8] >> (w % 8) & 1 == 1;
        let sum: i64 = fixed.iter().enumerate().map(|(i, z)| if bit(i) { *z } else { -*z }).sum();
        // Rounded down.
        (sum - sum.rem_euclid(root)) / root
    };
    assert_eq!(integers(&all["projected"]["words"]), (0..16).map(word).collect::<Vec<i64>>());
    // Both have sums of either sign that are not multiples of the divisor.
    assert!(integers(&all["projected"]["words"]).iter().any(|word| *word < 0));
}

#[test]
fn masked_words_are_the_words_plus_the_stream() {
    let all = stored();
    for section in ["direct", "projected"] {
        let masked = words(&bytes(&all[section]["masked"]));
        let mask = words(&stream(&all, "mask", 4 * masked.len()));
        let unmasked: Vec<i64> =
            masked.iter().zip(mask).map(|(y, mask)| i64::from(y.wrapping_sub(mask))).collect();
        assert_eq!(unmasked, integers(&all[section]["words"]));
    }
}

#[test]
fn the_cluster_is_the_best_of_all_sets() {
    for case in rows(&stored()["quorum"]) {
        let results: Vec<Option<Vec<u8>>> =
            rows(&case["results"]).iter().map(|result| result.as_str().map(|_| bytes(result))).collect();
        let tolerance = u32::try_from(case["tolerance"].as_u64().unwrap()).unwrap();
        let distance = |a: usize, b: usize| {
            let (a, b) = (results[a].as_ref()?, results[b].as_ref()?);
            let (x, y) = (words(a), words(b));
            let largest = x.iter().zip(&y).map(|(x, y)| x.wrapping_sub(*y).unsigned_abs()).max();
            (a.len() == b.len()).then_some(largest.unwrap_or(0))
        };
        let members = |set: u32| (0..results.len()).filter(move |i| set >> i & 1 == 1);
        let near = |a, b| distance(a, b).is_some_and(|distance| distance <= tolerance);
        let best = (1u32..1 << results.len())
            .filter(|set| members(*set).all(|a| members(*set).all(|b| near(a, b))))
            .min_by_key(|set| {
                let pairs = || members(*set).flat_map(|a| members(*set).map(move |b| (a, b)));
                let distances = || pairs().map(|(a, b)| u64::from(distance(a, b).unwrap()));
                let mut contents: Vec<&Vec<u8>> =
                    members(*set).map(|i| results[i].as_ref().unwrap()).collect();
                contents.sort();
                (Reverse(set.count_ones()), distances().max(), distances().sum::<u64>(), contents)
            });
        let representative = best.and_then(|set| {
            members(set).min_by_key(|a| (members(set).map(|b| distance(*a, b)).max(), &results[*a]))
        });
        assert_eq!(case["members"].as_u64(), best.map(u64::from), "{}", case["about"]);
        assert_eq!(case["representative"].as_u64(), representative.map(|i| i as u64), "{}", case["about"]);
    }
}
