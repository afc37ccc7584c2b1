//! Attestation and payloads: keys and signatures, beacons, masked results and their quorum, and what a job's input,
//! output and messages are. Verifiers for machines and for chains say the same.

use std::sync::LazyLock;

use bithive_attest::quorum::{MAX_RESULTS, distance};
use bithive_attest::{Domain, JobKey, bls, host, largest_cluster};
use bithive_curve::{G1, G2};
use bithive_dgkbe::kem::SharedKey;
use bithive_drand::QUICKNET;
use bithive_payload::{ClaimMessage, Input, JobRef, Output, OutputKey, SignatureMessage};
use cosmwasm_std::testing::MockApi;

use crate::memory::Budget;
use crate::{canonical, choose};

/// The quorum's table of subsets, and copies of what is decoded.
pub const BUDGET: Budget = Budget { fixed: 1 << 20, per_byte: 32 };

/// The market that everything is bound to.
pub const DOMAIN: Domain<'static> = Domain { chain_id: "bithive-fuzz-1", contract: "bithive1jobs" };
/// The round that everything is bound to.
pub const JOB: JobRef<'static> = JobRef { jobs: DOMAIN, job_id: 1, round: 1 };
/// The message of signatures.
pub const MESSAGE: &[u8] = b"statement";
/// The message of proofs of possession.
pub const PROVEN: &[u8] = b"possession";
/// Address of the worker whose messages are decoded.
pub const ACCOUNT: &str = "bithive1node";

/// The key of the round.
pub static KEY: LazyLock<JobKey> = LazyLock::new(|| JOB.key(&SharedKey::from_bytes([5; 32])));

/// A signer; `number` from 1.
pub fn signer(number: u8) -> bls::SecretKey {
    let mut bytes = [0; 32];
    bytes[31] = number;
    bls::SecretKey::from_bytes(&bytes).expect("a number below the group order")
}

/// The first byte chooses the decoder.
pub fn check(input: &[u8]) {
    match choose(input, 12) {
        None => {}
        Some((0, bytes)) => secret_key(bytes),
        Some((1, bytes)) => signature(bytes),
        Some((2, bytes)) => aggregate(bytes),
        Some((3, bytes)) => masked(bytes),
        Some((4, bytes)) => values(bytes),
        Some((5, bytes)) => quorum(bytes),
        Some((6, bytes)) => drop(canonical(bytes, Input::decode, |input| input.encode().to_vec())),
        Some((7, bytes)) => output(bytes),
        Some((8, bytes)) => {
            canonical(bytes, |bytes| ClaimMessage::decode(bytes).ok_or(()), ClaimMessage::encode);
        }
        Some((9, bytes)) => {
            canonical(bytes, |bytes| SignatureMessage::decode(bytes).ok_or(()), SignatureMessage::encode);
        }
        Some((10, bytes)) => possession(bytes),
        Some((_, bytes)) => beacon(bytes),
    }
}

fn secret_key(bytes: &[u8]) {
    let Some((bytes, message)) = bytes.split_first_chunk::<32>() else { return };
    let Ok(key) = bls::SecretKey::from_bytes(bytes) else { return };
    assert_eq!(*key.to_bytes(), *bytes, "a key has one encoding");
    let signature = key.sign(message);
    assert_eq!(bls::verify(&key.public_key(), message, &signature), Ok(()), "what is signed verifies");
    assert!(
        bls::verify_possession(&key.public_key(), message, &signature).is_err(),
        "a signature is no proof"
    );
}

/// A public key and a signature: refused alike by the two readers of points, and only one signature verifies.
fn signature(bytes: &[u8]) {
    let (key, signature) = bytes.split_at(bytes.len().min(48));
    let verified = bls::verify(key, MESSAGE, signature);
    let readable = (G1::decode_nonidentity(key).is_ok(), G2::decode_nonidentity(signature).is_ok());
    match verified {
        Ok(()) => {
            assert_eq!(readable, (true, true));
            let first = signer(1);
            if key == first.public_key() {
                assert_eq!(signature, first.sign(MESSAGE), "a message has one signature");
            }
        }
        Err(bls::BlsError::PublicKey) => assert!(!readable.0, "a key that others read"),
        Err(bls::BlsError::Signature) => assert_eq!(readable, (true, false), "a signature that others read"),
        Err(_) => assert_eq!(readable, (true, true)),
    }
    assert!(bls::verify_possession(key, MESSAGE, signature).is_err(), "no proof was made");
}

/// A public key and a proof of possession.
fn possession(bytes: &[u8]) {
    let (key, proof) = bytes.split_at(bytes.len().min(48));
    let native = bls::verify_possession(key, PROVEN, proof);
    let on_chain = host::verify_possession(&MockApi::default(), key, PROVEN, proof);
    assert_eq!(native.is_ok(), on_chain.is_ok(), "{native:?} here, {on_chain:?} on a chain");
}

/// A round and its signature.
fn beacon(bytes: &[u8]) {
    let Some((round, signature)) = bytes.split_first_chunk::<8>() else { return };
    let round = u64::from_be_bytes(*round);
    let native = bithive_drand::native::verify(&QUICKNET, round, signature);
    let on_chain = bithive_drand::host::verify(&MockApi::default(), &QUICKNET, round, signature);
    assert_eq!(native, on_chain, "a beacon is the same here and on a chain");
}

/// Signatures one after another.
fn aggregate(bytes: &[u8]) {
    let (signatures, _) = bytes.as_chunks::<96>();
    let Ok(sum) = bls::aggregate(signatures) else { return };
    let points: Vec<G2> =
        signatures.iter().map(|signature| G2::decode(signature).expect("a point that was added")).collect();
    assert_eq!(G2::sum(&points).encode(), sum, "the sum of the points");
    let keys: Vec<_> = (1..=3).map(|number| signer(number).public_key()).collect();
    let _ = bls::verify_aggregate(keys.get(..signatures.len()).unwrap_or(&keys), MESSAGE, &sum);
}

fn masked(bytes: &[u8]) {
    let unmasked = KEY.unmask(bytes);
    assert_eq!(unmasked.is_ok(), !bytes.is_empty() && bytes.len().is_multiple_of(4));
    let _ = KEY.agrees(&[0.5, -1.0], bytes, 2);
}

/// Floats as a model may give them.
fn values(bytes: &[u8]) {
    let values: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    let Ok(masked) = KEY.masked(&values) else { return };
    assert_eq!(masked.len(), 4 * bithive_attest::result::words_for(values.len()));
    assert_eq!(KEY.agrees(&values, &masked, 0), Ok(true), "a result agrees with itself");
    if values.len() <= bithive_attest::result::DIRECT_WORDS {
        let fixed = bithive_attest::result::to_fixed(&values).expect("values that were masked");
        assert_eq!(KEY.unmask(&masked).map(|plain| plain.to_vec()), Ok(fixed), "the mask comes off");
    }
}

/// Tolerance, number of results, and the results, of which zero bytes stand for absent ones.
fn quorum(bytes: &[u8]) {
    let Some((tolerance, rest)) = bytes.split_first_chunk::<4>() else { return };
    let Some((count, rest)) = rest.split_first() else { return };
    let tolerance = u32::from_be_bytes(*tolerance);
    let count = usize::from(*count) % 10;
    let length = rest.len().checked_div(count).unwrap_or_default();
    let results: Vec<Option<&[u8]>> = (0..count)
        .map(|index| &rest[index * length..(index + 1) * length])
        .map(|result| result.iter().any(|byte| *byte != 0).then_some(result))
        .collect();
    assert!(count <= MAX_RESULTS);
    let Some(cluster) = largest_cluster(&results, tolerance) else { return };
    let members: Vec<&[u8]> =
        (0..count).filter(|index| cluster.contains(*index)).filter_map(|index| results[index]).collect();
    assert_eq!(members.len(), cluster.size() as usize, "only results that are there");
    assert!(cluster.contains(cluster.representative));
    for (a, b) in members.iter().flat_map(|a| members.iter().map(move |b| (a, b))) {
        assert!(distance(a, b).is_some_and(|distance| distance <= tolerance), "members agree");
    }
    let mut reversed = results.clone();
    reversed.reverse();
    let other = largest_cluster(&reversed, tolerance).expect("the same results");
    assert_eq!(other.size(), cluster.size(), "the order does not matter");
}

/// The key of every output here: what a program makes once.
pub fn output_key() -> OutputKey {
    OutputKey::new(JOB, &KEY, ACCOUNT).expect("as for every argument")
}

fn output(bytes: &[u8]) {
    if let Ok(output) = Output::open(JOB, &KEY, ACCOUNT, bytes) {
        assert_eq!(output.seal(output_key()).as_deref(), Ok(bytes), "an output has one sealing");
    }
    assert!(Output::open(JOB, &KEY, "bithive1other", bytes).is_err(), "an output is one worker's");
    let values = bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    let sealed = Output { values }.seal(output_key()).expect("a short output");
    let opened = Output::open(JOB, &KEY, ACCOUNT, &sealed).expect("what was sealed");
    assert_eq!(opened.values.len(), bytes.len() / 4);
}
