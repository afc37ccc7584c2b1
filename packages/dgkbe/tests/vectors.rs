//! Known answers. `vectors/README.md` says what each field is, so that other implementations can check theirs.
#![cfg(feature = "curve")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::path::PathBuf;

use bithive_curve::{G1, G2, Gt, Scalar, expand_message_xmd, pairing};
use bithive_dgkbe::crs::UnverifiedCrs;
use bithive_dgkbe::dem::{AssociatedData, open, seal};
use bithive_dgkbe::kem::{Context, Peer, ReceiverCache, ReceiverGroup, SenderCache, SenderGroups, SharedKey};
use bithive_dgkbe::keys::{SecretKey, UnverifiedPublicKey, column};
use bithive_dgkbe::{GroupedSet, Groups, Header, KeyPair, Receiver, SlotSet};
use common::rng;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const SLOTS: u16 = 4;
const MEMBERS: [u16; 3] = [1, 3, 4];
const CONTEXT: &[u8] = b"bithive-vectors-1/jobs/42/round 1000/epoch 7";
const PLAINTEXT: &[u8] = b"de-identified chest radiograph, 16 bit";

/// Slots of the second run, in two groups: 1, 3 and 4 of the first, 2 of the second.
const GROUPED_MEMBERS: [u16; 4] = [1, 3, 4, 6];

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name)
}

fn read(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(path(name)).unwrap()).unwrap()
}

fn stored() -> Value {
    read("dgkbe.json")
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

/// A second run: the users of the first as group 0, and four more as group 1.
fn computed_groups() -> Value {
    let crs = UnverifiedCrs::decode(&bytes(&stored()["crs"])).unwrap().verify(&mut rng(0)).unwrap().shared();
    let groups = Groups::new(2, SLOTS).unwrap();
    let pairs: Vec<KeyPair> = (1..=groups.slots())
        .map(|slot| {
            let place = groups.place(slot).unwrap();
            KeyPair::generate(&crs, place.slot, &mut rng(u64::from(slot))).unwrap()
        })
        .collect();
    let set = GroupedSet::from_slots(groups, GROUPED_MEMBERS).unwrap();
    let mut sender = SenderGroups::new(crs, groups).unwrap();
    let members: Vec<_> = (1..).zip(&pairs).map(|(slot, pair)| (slot, *pair.public.commitment())).collect();
    sender.put(&members).unwrap();
    sender.update(&set).unwrap();
    let mut message = [0; 32];
    rand_core::Rng::fill_bytes(&mut rng(100), &mut message);
    let (headers, key) = sender.encapsulate(&set, Context(CONTEXT), &mut rng(100)).unwrap();
    let data = AssociatedData::new(&headers, &set.digest(), Context(CONTEXT));
    json!({
        "groups": groups.count(),
        "slots": SLOTS,
        "t": (1..=groups.slots())
            .map(|slot| hex::encode(Scalar::random(&mut rng(u64::from(slot))).encode().as_slice()))
            .collect::<Vec<_>>(),
        "secret_key_6": hex::encode(pairs[5].secret.encode().as_slice()),
        "set": GROUPED_MEMBERS,
        "set_encoding": hex::encode(set.encode()),
        "set_digest": hex::encode(set.digest()),
        "context": hex::encode(CONTEXT),
        "message": hex::encode(message),
        "headers": hex::encode(&headers),
        "shared_key": hex::encode(key.as_bytes()),
        "plaintext": hex::encode(PLAINTEXT),
        "payload": hex::encode(seal(&key, &data, PLAINTEXT).unwrap()),
    })
}

/// Set BITHIVE_WRITE_VECTORS to write the files anew, when a format version changes.
#[test]
fn this_crate_computes_the_known_answers() {
    for (name, computed) in [("dgkbe.json", computed()), ("dgkbe_groups.json", computed_groups())] {
        if std::env::var_os("BITHIVE_WRITE_VECTORS").is_some() {
            std::fs::write(path(name), serde_json::to_string_pretty(&computed).unwrap() + "\n").unwrap();
        }
        let stored = read(name);
        for (field, value) in computed.as_object().unwrap() {
            assert_eq!(stored[field], *value, "{field}");
        }
        assert_eq!(stored.as_object().unwrap().len(), computed.as_object().unwrap().len());
    }
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
    let header = header_by_hand(&m, &statement, &set_key, &omega);
    assert_eq!(bytes(&file["header"]), header);
    let (c1, c2, c3) = (&header[..48], &header[48..96], &header[96..]);
    assert_eq!(bytes(&file["shared_key"]), tagged("dgkbe-key", &[&m, c1, c2, c3, &statement]));
}

/// C1, C2, C3 from the formulas.
fn header_by_hand(m: &[u8], statement: &[u8; 32], set_key: &G1, omega: &Gt) -> Vec<u8> {
    let wide = expand_message_xmd::<48>(&[m, statement], b"BITHIVE-V1/dgkbe-encapsulation-scalar/");
    // The 48 bytes as high and low half of a number, folded by hand: high * 2^192 + low.
    let part = |bytes: &[u8]| Scalar::decode(&[&[0; 8], bytes].concat()).unwrap();
    let shift = Scalar::from(1u128 << 96).mul(&Scalar::from(1u128 << 96));
    let s = part(&wide[..24]).mul(&shift).add(&part(&wide[24..]));
    let (c1, c2) = ((G1::generator() * &s).encode(), (*set_key * &s).encode());
    let pad = tagged("dgkbe-mask", &[omega.pow(&s).encode().as_slice(), &c1, &c2]);
    let c3: Vec<u8> = m.iter().zip(pad).map(|(m, pad)| m ^ pad).collect();
    [c1.as_slice(), &c2, &c3].concat()
}

#[test]
fn the_known_answers_over_groups_follow_from_the_formulas() {
    let (first, file) = (stored(), read("dgkbe_groups.json"));
    let a = Scalar::decode(&bytes(&first["secret_exponent"])).unwrap();
    let powers = a.powers(usize::from(SLOTS) + 2);
    let omega = pairing(&G1::generator(), &G2::generator()).pow(&powers[usize::from(SLOTS) + 1]);
    let set_digest =
        tagged("dgkbe-grouped-set", &[&[0, 2], &SLOTS.to_be_bytes(), &bytes(&file["set_encoding"])]);
    assert_eq!(bytes(&file["set_digest"]), set_digest);
    let (m, context, crs_digest) =
        (bytes(&file["message"]), bytes(&file["context"]), bytes(&first["crs_digest"]));
    // Group 0 has the bitmap of slots 1, 3 and 4, group 1 that of its slot 2.
    assert_eq!(bytes(&file["set_encoding"]), [1, 2, 2, 0, 1, 0b1101, 1, 1, 0b10]);
    let mut headers = Vec::new();
    for (group, members, encoding) in [(0u16, &[1usize, 3, 4][..], [1, 1, 0b1101]), (1, &[2], [1, 1, 0b10])] {
        let exponent = members.iter().fold(Scalar::zero(), |sum, slot| {
            let t = &file["t"][usize::from(group * SLOTS) + slot - 1];
            sum.add(&Scalar::decode(&bytes(t)).unwrap()).add(&powers[*slot])
        });
        let set_key = G1::generator() * &exponent;
        let own_digest = tagged("dgkbe-slot-set", &[&SLOTS.to_be_bytes(), &encoding]);
        let own_context = tagged("dgkbe-group-context", &[&set_digest, &group.to_be_bytes(), &context]);
        let statement =
            tagged("dgkbe-statement", &[&crs_digest, &own_digest, &set_key.encode(), &own_context]);
        headers.extend(header_by_hand(&m, &statement, &set_key, &omega));
    }
    assert_eq!(bytes(&file["headers"]), headers);
    let key = tagged("dgkbe-groups-key", &[&m, &headers, &crs_digest, &set_digest, &context]);
    assert_eq!(bytes(&file["shared_key"]), key);
}

#[test]
fn a_member_of_the_second_group_opens_the_known_payload() {
    let (first, file) = (stored(), read("dgkbe_groups.json"));
    let crs = UnverifiedCrs::decode(&bytes(&first["crs"])).unwrap().verify(&mut rng(0)).unwrap().shared();
    let groups = Groups::new(2, SLOTS).unwrap();
    let set = GroupedSet::decode(&bytes(&file["set_encoding"]), groups).unwrap();
    let secret = SecretKey::decode(&crs, &bytes(&file["secret_key_6"])).unwrap();
    let t = Scalar::decode(&bytes(&file["t"][5])).unwrap();
    let commitment = G1::generator() * &t;
    let group = ReceiverGroup::new(crs, groups, 6, secret, &commitment).unwrap();
    let context = bytes(&file["context"]);
    let opened = Receiver::new(group).open(
        &set,
        Context(&context),
        &bytes(&file["headers"]),
        &bytes(&file["payload"]),
    );
    let (key, plaintext) = opened.unwrap();
    assert_eq!(key.as_bytes().as_slice(), bytes(&file["shared_key"]));
    assert_eq!(*plaintext, bytes(&file["plaintext"]));
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
