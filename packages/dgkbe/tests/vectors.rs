//! Known answers. `vectors/README.md` says what each field is, so that other implementations can check theirs.
#![cfg(feature = "curve")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::path::PathBuf;

use bithive_curve::{G1, G2, Gt, Scalar, expand_message_xmd, pairing};
use bithive_dgkbe::crs::UnverifiedCrs;
use bithive_dgkbe::dem::{AssociatedData, open, seal};
use bithive_dgkbe::kem::{Context, Peer, ReceiverCache, SenderCache, SharedKey};
use bithive_dgkbe::keys::{SecretKey, UnverifiedPublicKey, column};
use bithive_dgkbe::{Header, KeyPair, SlotSet};
use common::rng;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const SLOTS: u16 = 4;
const MEMBERS: [u16; 3] = [1, 3, 4];
const CONTEXT: &[u8] = b"bithive-vectors-1/jobs/42/round 1000/epoch 7";
const PLAINTEXT: &[u8] = b"de-identified chest radiograph, 16 bit";

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/dgkbe.json")
}

fn stored() -> Value {
    serde_json::from_slice(&std::fs::read(path()).unwrap()).unwrap()
}

fn encoded_crs(secret: &Scalar) -> Vec<u8> {
    let powers = secret.powers(2 * usize::from(SLOTS) + 1);
    let mut bytes = [b"BHCRS".as_slice(), &[1], &SLOTS.to_be_bytes()].concat();
    powers.iter().for_each(|power| bytes.extend_from_slice(&(G1::generator() * power).encode()));
    for index in (1..=2 * usize::from(SLOTS)).filter(|index| *index != usize::from(SLOTS) + 1) {
        bytes.extend_from_slice(&(G2::generator() * &powers[index]).encode());
    }
    bytes
}

/// Everything in the file, as this crate computes it.
fn computed() -> Value {
    let secret = Scalar::hash(&[b"vectors"], b"BITHIVE-V1/dgkbe-vectors/");
    let crs_bytes = encoded_crs(&secret);
    let crs = UnverifiedCrs::decode(&crs_bytes).unwrap().verify(&mut rng(0)).unwrap().shared();
    let pairs: Vec<KeyPair> =
        (1..=SLOTS).map(|slot| KeyPair::generate(&crs, slot, &mut rng(u64::from(slot))).unwrap()).collect();
    let users: Vec<Value> = pairs
        .iter()
        .map(|pair| {
            let t = Scalar::random(&mut rng(u64::from(pair.public.slot())));
            json!({
                "slot": pair.public.slot(),
                "t": hex::encode(t.encode().as_slice()),
                "public_key": hex::encode(pair.public.encode()),
                "public_key_digest": hex::encode(pair.public.digest()),
                "secret_key": hex::encode(pair.secret.encode().as_slice()),
            })
        })
        .collect();

    let set = SlotSet::from_slots(SLOTS, MEMBERS).unwrap();
    let mut sender = SenderCache::new(crs.clone()).unwrap();
    let members: Vec<_> = pairs.iter().map(|p| (p.public.slot(), *p.public.commitment())).collect();
    sender.put(&members).unwrap();
    sender.update(&set).unwrap();
    let mut message = [0; 32];
    rand_core::Rng::fill_bytes(&mut rng(100), &mut message);
    let (header, key) = sender.encapsulate(&set, Context(CONTEXT), &mut rng(100)).unwrap();
    let data = AssociatedData::new(&header.encode(), &set.digest(), Context(CONTEXT));
    let payload = seal(&key, &data, PLAINTEXT).unwrap();

    json!({
        "slots": SLOTS,
        "secret_exponent": hex::encode(secret.encode().as_slice()),
        "crs": hex::encode(&crs_bytes),
        "crs_digest": hex::encode(crs.digest()),
        "omega": hex::encode(crs.omega().encode().as_slice()),
        "users": users,
        "set": MEMBERS,
        "set_encoding": hex::encode(set.encode()),
        "set_digest": hex::encode(set.digest()),
        "context": hex::encode(CONTEXT),
        "message": hex::encode(message),
        "header": hex::encode(header.encode()),
        "shared_key": hex::encode(key.as_bytes()),
        "plaintext": hex::encode(PLAINTEXT),
        "payload": hex::encode(payload),
    })
}

#[test]
#[ignore = "writes the file of known answers; run it only when a format version changes"]
fn write_vectors() {
    std::fs::write(path(), serde_json::to_string_pretty(&computed()).unwrap() + "\n").unwrap();
}

#[test]
fn this_crate_computes_the_known_answers() {
    let (stored, computed) = (stored(), computed());
    for (field, value) in computed.as_object().unwrap() {
        assert_eq!(stored[field], *value, "{field}");
    }
    assert_eq!(stored.as_object().unwrap().len(), computed.as_object().unwrap().len());
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

/// The tagged hash, written a second time.
fn tagged(purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut input = format!("BITHIVE-V1/{purpose}/").into_bytes();
    for part in parts {
        input.extend((part.len() as u64).to_be_bytes());
        input.extend_from_slice(part);
    }
    Sha256::digest(input).into()
}

#[test]
fn the_known_answers_follow_from_the_formulas() {
    let file = stored();
    let a = Scalar::decode(&bytes(&file["secret_exponent"])).unwrap();
    let powers = a.powers(2 * usize::from(SLOTS) + 2);
    let gap = &powers[usize::from(SLOTS) + 1];
    let omega: Gt = pairing(&G1::generator(), &G2::generator()).pow(gap);
    assert_eq!(bytes(&file["omega"]), omega.encode().as_slice());
    assert_eq!(blake3::hash(&bytes(&file["crs"])).as_bytes().as_slice(), bytes(&file["crs_digest"]));

    let mut exponent = Scalar::zero();
    for user in file["users"].as_array().unwrap() {
        let slot = user["slot"].as_u64().unwrap() as usize;
        let t = Scalar::decode(&bytes(&user["t"])).unwrap();
        let secret = G2::generator() * &t.mul(&powers[usize::from(SLOTS) + 1 - slot]);
        assert_eq!(bytes(&user["secret_key"])[42..138], secret.encode());
        if file["set"].as_array().unwrap().contains(&json!(slot)) {
            exponent = exponent.add(&t).add(&powers[slot]);
        }
    }
    let set_key = G1::generator() * &exponent;
    let set_digest =
        tagged("dgkbe-slot-set", &[&SLOTS.to_be_bytes(), &bytes(&file["set_encoding"])]).to_vec();
    assert_eq!(set_digest, bytes(&file["set_digest"]));
    let context = bytes(&file["context"]);
    let statement =
        tagged("dgkbe-statement", &[&bytes(&file["crs_digest"]), &set_digest, &set_key.encode(), &context]);

    let m = bytes(&file["message"]);
    let wide = expand_message_xmd::<48>(&[&m, &statement], b"BITHIVE-V1/dgkbe-encapsulation-scalar/");
    // The 48 bytes as high and low half of a number, folded by hand: high * 2^192 + low.
    let part = |bytes: &[u8]| Scalar::decode(&[&[0; 8], bytes].concat()).unwrap();
    let shift = Scalar::from(1u128 << 96).mul(&Scalar::from(1u128 << 96));
    let s = part(&wide[..24]).mul(&shift).add(&part(&wide[24..]));
    let (c1, c2) = ((G1::generator() * &s).encode(), (set_key * &s).encode());
    let z = omega.pow(&s);
    let pad = tagged("dgkbe-mask", &[z.encode().as_slice(), &c1, &c2]);
    let c3: Vec<u8> = m.iter().zip(pad).map(|(m, pad)| m ^ pad).collect();
    assert_eq!(bytes(&file["header"]), [c1.as_slice(), &c2, &c3].concat());
    assert_eq!(bytes(&file["shared_key"]), tagged("dgkbe-key", &[&m, &c1, &c2, &c3, &statement]));
}

#[test]
fn every_member_opens_the_known_payload_from_the_files_alone() {
    let file = stored();
    let crs = UnverifiedCrs::decode(&bytes(&file["crs"])).unwrap().verify(&mut rng(0)).unwrap().shared();
    let set = SlotSet::decode(&bytes(&file["set_encoding"]), SLOTS).unwrap();
    let context = bytes(&file["context"]);
    let header = Header::decode(&bytes(&file["header"])).unwrap();
    let users = file["users"].as_array().unwrap();
    for user in users.iter().filter(|user| set.contains(user["slot"].as_u64().unwrap() as u16)) {
        let secret = SecretKey::decode(&crs, &bytes(&user["secret_key"])).unwrap();
        let own = UnverifiedPublicKey::decode(&crs, &bytes(&user["public_key"])).unwrap();
        let own = own.verify(&crs, &mut rng(1)).unwrap();
        let mut cache = ReceiverCache::new(crs.clone(), secret, own.commitment()).unwrap();
        let peers: Vec<Peer> = (1..)
            .zip(users)
            .filter(|(slot, _)| *slot != own.slot())
            .map(|(slot, other)| {
                let file = bytes(&other["public_key"]);
                let (commitment, element) = column(&crs, slot, cache.column_index(), &file).unwrap();
                Peer { slot, commitment, element }
            })
            .collect();
        cache.put(&peers, &mut rng(2)).unwrap();
        cache.update(&set).unwrap();
        let key: SharedKey = cache.decapsulate(&set, Context(&context), &header).unwrap();
        assert_eq!(key.as_bytes().as_slice(), bytes(&file["shared_key"]));
        let data = AssociatedData::new(&header.encode(), &set.digest(), Context(&context));
        assert_eq!(*open(&key, &data, &bytes(&file["payload"])).unwrap(), bytes(&file["plaintext"]));
    }
}
