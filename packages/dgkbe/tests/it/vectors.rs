//! Known answers. `vectors/README.md` says what each field is, so that other implementations can check theirs.

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;

use crate::common::rng;
use bithive_curve::{G1, G2, Gt, Scalar, expand_message_xmd, pairing};
use bithive_dgkbe::crs::UnverifiedCrs;
use bithive_dgkbe::crs::ceremony::Transcript;
use bithive_dgkbe::dem::{AssociatedData, SealingKey, open, seal};
use bithive_dgkbe::kem::{Context, Peer, ReceiverCache, ReceiverGroup, SenderCache, SenderGroups, SharedKey};
use bithive_dgkbe::keys::{SecretKey, UnverifiedPublicKey, column};
use bithive_dgkbe::opening::{KeyFile, Opened, Part, extract, open_power, power_range};
use bithive_dgkbe::{Crs, GroupedSet, Groups, Header, KeyPair, Receiver, SlotSet};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit as _};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const SLOTS: u16 = 4;
const MEMBERS: [u16; 3] = [1, 3, 4];
const CONTEXT: &[u8] = b"bithive-vectors-1/jobs/42/round 1000/epoch 7";
const PLAINTEXT: &[u8] = b"de-identified chest radiograph, 16 bit";

/// Slots of the second run, in two groups: 1, 3 and 4 of the first, 2 of the second.
const GROUPED_MEMBERS: [u16; 4] = [1, 3, 4, 6];

/// Slots and contributions of the known ceremony.
const CEREMONY: (u16, u64) = (2, 2);

/// Bytes of the long plaintext: two whole chunks and a rest.
const LONG: usize = 2 * 65_536 + 5;

/// Of the opened files: L, slot, and the indices of an element across two chunks of the tree and of a power.
const OPENED: (u16, u16, u16, u16) = (24, 5, 10, 7);

fn path(name: &str) -> PathBuf {
    PathBuf::from("tests/vectors").join(name)
}

fn read(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(path(name)).unwrap()).unwrap()
}

fn stored() -> Value {
    read("dgkbe.json")
}

fn known_exponent() -> Scalar {
    Scalar::hash(&[b"vectors"], b"BITHIVE-V1/dgkbe-vectors/")
}

fn encoded_crs(secret: &Scalar, slots: u16) -> Vec<u8> {
    let powers = secret.powers(2 * usize::from(slots) + 1);
    let mut bytes = [b"BHCRS".as_slice(), &[1], &slots.to_be_bytes()].concat();
    powers.iter().for_each(|power| bytes.extend_from_slice(&(G1::generator() * power).encode()));
    for index in (1..=2 * usize::from(slots)).filter(|index| *index != usize::from(slots) + 1) {
        bytes.extend_from_slice(&(G2::generator() * &powers[index]).encode());
    }
    bytes
}

fn accepted(crs: &[u8]) -> Arc<Crs> {
    UnverifiedCrs::decode(crs).unwrap().verify(&mut rng(0)).unwrap().shared()
}

/// The key that slot 3 derives from a header that is not the sender's.
fn rejected(crs: &Arc<Crs>, pairs: &[KeyPair], set: &SlotSet, header: &Header) -> SharedKey {
    let own = &pairs[2];
    let mut cache = ReceiverCache::new(crs.clone(), own.secret.clone(), own.public.commitment()).unwrap();
    let index = cache.column_index();
    let peers: Vec<Peer> = pairs
        .iter()
        .map(|pair| &pair.public)
        .filter(|key| key.slot() != 3)
        .map(|key| Peer {
            slot: key.slot(),
            commitment: *key.commitment(),
            element: *key.element(index).unwrap(),
        })
        .collect();
    cache.put(&peers, &mut rng(2)).unwrap();
    cache.update(set).unwrap();
    cache.decapsulate(set, Context(CONTEXT), header).unwrap()
}

/// Byte i is i modulo 251.
fn long_plaintext() -> Vec<u8> {
    (0..LONG).map(|index| (index % 251) as u8).collect()
}

/// A payload of three chunks by its length, its hash and what stands beside the ciphertext.
fn long_payload(payload: &[u8]) -> Value {
    let tags: Vec<_> =
        payload[33..].chunks(65_536 + 16).map(|chunk| hex::encode(&chunk[chunk.len() - 16..])).collect();
    json!({
        "plaintext_length": LONG,
        "length": payload.len(),
        "sha256": hex::encode(Sha256::digest(payload)),
        "commitment": hex::encode(&payload[1..33]),
        "tags": tags,
    })
}

/// A byte string whose last byte has another lowest bit.
fn changed(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    bytes
}

/// Everything in the file, as this crate computes it.
fn computed() -> Value {
    let secret = known_exponent();
    let crs_bytes = encoded_crs(&secret, SLOTS);
    let crs = accepted(&crs_bytes);
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
    let payload = seal(once(&key, data), PLAINTEXT).unwrap();
    let false_header = changed(&header.encode());
    let rejected = rejected(&crs, &pairs, &set, &Header::decode(&false_header).unwrap());

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
        "long_payload": long_payload(&seal(once(&key, data), &long_plaintext()).unwrap()),
        "rejected": {
            "slot": 3,
            "header": hex::encode(false_header),
            "shared_key": hex::encode(rejected.as_bytes()),
        },
    })
}

/// For known answers, each of which is a payload of its own.
fn once(key: &SharedKey, data: AssociatedData) -> SealingKey {
    SealingKey::once(SharedKey::from_bytes(*key.as_bytes()), data).unwrap()
}

/// A second run: the users of the first as group 0, and four more as group 1.
fn computed_groups() -> Value {
    let crs = accepted(&bytes(&stored()["crs"]));
    let groups = Groups::new(2, SLOTS).unwrap();
    let pairs: Vec<KeyPair> = (1..=groups.slots())
        .map(|slot| {
            let place = groups.place(slot).unwrap();
            KeyPair::generate(&crs, place.slot, &mut rng(u64::from(slot))).unwrap()
        })
        .collect();
    let set = GroupedSet::from_slots(groups, GROUPED_MEMBERS).unwrap();
    let mut sender = SenderGroups::new(crs.clone(), groups).unwrap();
    let members: Vec<_> = (1..).zip(&pairs).map(|(slot, pair)| (slot, *pair.public.commitment())).collect();
    sender.put(&members).unwrap();
    sender.update(&set).unwrap();
    let mut message = [0; 32];
    rand_core::Rng::fill_bytes(&mut rng(100), &mut message);
    let (headers, key) = sender.encapsulate(&set, Context(CONTEXT), &mut rng(100)).unwrap();
    let data = AssociatedData::new(&headers, &set.digest(), Context(CONTEXT));
    let own = &pairs[5];
    let mut receiver =
        ReceiverGroup::new(crs, groups, 6, own.secret.clone(), own.public.commitment()).unwrap();
    receiver.update(&set).unwrap();
    let false_headers = changed(&headers);
    let rejected = receiver.decapsulate(&set, Context(CONTEXT), &false_headers).unwrap();
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
        "payload": hex::encode(seal(once(&key, data), PLAINTEXT).unwrap()),
        "rejected": {
            "slot": 6,
            "headers": hex::encode(false_headers),
            "shared_key": hex::encode(rejected.as_bytes()),
        },
    })
}

/// A ceremony whose contributors' numbers are known.
fn computed_ceremony() -> Value {
    let (slots, count) = CEREMONY;
    let mut transcript = Transcript::new(slots).unwrap();
    let start_hash = transcript.hash();
    let mut steps = Vec::new();
    let mut base = G1::generator();
    for seed in 200..200 + count {
        let before = transcript.hash();
        transcript.contribute(&mut rng(seed));
        let (mut rng, encoded) = (rng(seed), transcript.encode().unwrap());
        let (secret, nonce) = (Scalar::random(&mut rng), Scalar::random(&mut rng));
        let step = &encoded[8 + steps.len() * 128..][..128];
        let challenge = Scalar::hash(
            &[&before, &base.encode(), &step[..48], &step[48..96]],
            b"BITHIVE-V1/dgkbe-contribution/",
        );
        base = G1::decode(&step[..48]).unwrap();
        steps.push(json!({
            "secret": hex::encode(secret.encode().as_slice()),
            "nonce": hex::encode(nonce.encode().as_slice()),
            "element": hex::encode(&step[..48]),
            "commitment": hex::encode(&step[48..96]),
            "challenge": hex::encode(challenge.encode().as_slice()),
            "response": hex::encode(&step[96..]),
            "hash": hex::encode(transcript.hash()),
        }));
    }
    json!({
        "slots": slots,
        "start_hash": hex::encode(start_hash),
        "contributions": steps,
        "transcript": hex::encode(transcript.encode().unwrap()),
        "crs_digest": hex::encode(transcript.verify(&mut rng(1)).unwrap().digest()),
    })
}

/// Parts of files that are longer than one chunk of the tree.
fn computed_openings() -> Value {
    let (slots, slot, index, power) = OPENED;
    let secret = known_exponent();
    let crs_bytes = encoded_crs(&secret, slots);
    let crs = accepted(&crs_bytes);
    let pair = KeyPair::generate(&crs, slot, &mut rng(u64::from(slot))).unwrap();
    let commitment = pair.public.commitment().encode();
    let file = KeyFile { slots, slot, crs_digest: crs.digest(), commitment: &commitment };
    let key_bytes = pair.public.encode();
    let opening = |bytes: &[u8], range: core::ops::Range<u64>| {
        let (digest, slice) = extract(Cursor::new(bytes), range.clone()).unwrap();
        let opened: Vec<u8> = range.clone().filter_map(|at| bytes.get(at as usize).copied()).collect();
        json!({
            "digest": hex::encode(digest),
            "start": range.start,
            "end": range.end,
            "opened": hex::encode(opened),
            "slice": hex::encode(slice),
        })
    };
    json!({
        "slots": slots,
        "secret_exponent": hex::encode(secret.encode().as_slice()),
        "crs_digest": hex::encode(crs.digest()),
        "slot": slot,
        "t": hex::encode(Scalar::random(&mut rng(u64::from(slot))).encode().as_slice()),
        "element_index": index,
        "element": opening(&key_bytes, file.range(Part::Element(index)).unwrap()),
        "end": opening(&key_bytes, file.range(Part::End).unwrap()),
        "power_index": power,
        "power": opening(&crs_bytes, power_range(slots, power).unwrap()),
    })
}

/// Set BITHIVE_WRITE_VECTORS to write the files anew, when a format version changes.
#[test]
fn this_crate_computes_the_known_answers() {
    for (name, computed) in [
        ("dgkbe.json", computed()),
        ("dgkbe_groups.json", computed_groups()),
        ("dgkbe_ceremony.json", computed_ceremony()),
        ("dgkbe_openings.json", computed_openings()),
    ] {
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

    let own = &file["users"][2];
    assert_eq!((&own["slot"], &file["rejected"]["slot"]), (&json!(3), &json!(3)));
    let false_header = bytes(&file["rejected"]["header"]);
    assert_eq!(false_header, changed(&header));
    let (rejection, c3) = (&bytes(&own["secret_key"])[138..], &false_header[96..]);
    let key = tagged("dgkbe-rejected-key", &[rejection, c1, c2, c3, &statement]);
    assert_eq!(bytes(&file["rejected"]["shared_key"]), key);
}

#[test]
fn the_known_payloads_follow_from_the_formulas() {
    let file = stored();
    let (header, context) = (bytes(&file["header"]), bytes(&file["context"]));
    let data = tagged("dgkbe-payload-data", &[&header, &bytes(&file["set_digest"]), &context]);
    let mut okm = [0; 71];
    let hkdf = hkdf::Hkdf::<Sha256>::new(Some(&data), &bytes(&file["shared_key"]));
    hkdf.expand(b"BITHIVE-V1/dgkbe-payload/", &mut okm).unwrap();
    let cipher = ChaCha20Poly1305::new_from_slice(&okm[..32]).unwrap();
    let sealed = |plaintext: &[u8]| {
        let mut out = [&[1], &okm[32..64]].concat();
        let chunks: Vec<&[u8]> = plaintext.chunks(65_536).collect();
        for (number, msg) in (0u32..).zip(&chunks) {
            let last = u8::from(number as usize + 1 == chunks.len());
            let nonce: [u8; 12] = [&okm[64..], &number.to_be_bytes(), &[last]].concat().try_into().unwrap();
            out.extend(cipher.encrypt(&nonce.into(), Payload { msg, aad: &data }).unwrap());
        }
        out
    };
    assert_eq!(bytes(&file["payload"]), sealed(&bytes(&file["plaintext"])));
    let long = sealed(&long_plaintext());
    assert_eq!(file["long_payload"], long_payload(&long));
    assert_eq!(file["long_payload"]["tags"].as_array().unwrap().len(), 3);
}

#[test]
fn the_known_ceremony_follows_from_the_formulas() {
    let (file, slots) = (read("dgkbe_ceremony.json"), CEREMONY.0);
    let mut hash = tagged("dgkbe-ceremony-start", &[&slots.to_be_bytes()]);
    assert_eq!(bytes(&file["start_hash"]), hash);
    let (mut base, mut exponent) = (G1::generator(), Scalar::one());
    let steps = file["contributions"].as_array().unwrap();
    let mut transcript = [b"BHTRN\x01\0".as_slice(), &[steps.len() as u8]].concat();
    for step in steps {
        let (secret, nonce) = (
            Scalar::decode(&bytes(&step["secret"])).unwrap(),
            Scalar::decode(&bytes(&step["nonce"])).unwrap(),
        );
        let (element, commitment) = ((base * &secret).encode(), (base * &nonce).encode());
        let challenge = scalar_by_hand(
            &[&hash, &base.encode(), &element, &commitment],
            b"BITHIVE-V1/dgkbe-contribution/",
        );
        let response = nonce.add(&challenge.mul(&secret));
        let response = response.encode();
        assert_eq!(bytes(&step["element"]), element);
        assert_eq!(bytes(&step["commitment"]), commitment);
        assert_eq!(bytes(&step["challenge"]), challenge.encode().as_slice());
        assert_eq!(bytes(&step["response"]), response.as_slice());
        hash = tagged("dgkbe-ceremony-step", &[&hash, &element, &commitment, response.as_slice()]);
        assert_eq!(bytes(&step["hash"]), hash);
        [element.as_slice(), &commitment, response.as_slice()]
            .iter()
            .for_each(|field| transcript.extend_from_slice(field));
        base = base * &secret;
        exponent = exponent.mul(&secret);
    }
    let string = encoded_crs(&exponent, slots);
    assert_eq!(bytes(&file["crs_digest"]), blake3::hash(&string).as_bytes().as_slice());
    transcript.extend(string);
    assert_eq!(bytes(&file["transcript"]), transcript);
    let decoded = Transcript::decode(&transcript).unwrap();
    assert_eq!(decoded.verify(&mut rng(3)).unwrap().digest().as_slice(), bytes(&file["crs_digest"]));
}

#[test]
fn the_known_slices_open_the_points_of_the_formulas() {
    let (file, (slots, slot, index, power)) = (read("dgkbe_openings.json"), OPENED);
    let a = Scalar::decode(&bytes(&file["secret_exponent"])).unwrap();
    let t = Scalar::decode(&bytes(&file["t"])).unwrap();
    let powers = a.powers(usize::from(slots) + 1);
    let string = encoded_crs(&a, slots);
    let crs_digest: [u8; 32] = blake3::hash(&string).into();
    assert_eq!(bytes(&file["crs_digest"]), crs_digest);
    let commitment = (G1::generator() * &t).encode();
    let expected = KeyFile { slots, slot, crs_digest: &crs_digest, commitment: &commitment };
    let fixed = |field: &str| -> [u8; 32] { bytes(&file[field]["digest"]).try_into().unwrap() };

    let mut key = [b"BHKEY\x01".as_slice(), &slots.to_be_bytes(), &slot.to_be_bytes()].concat();
    key.extend(crs_digest);
    key.extend(commitment);
    let element = |i: u16| (G2::generator() * &t.mul(&powers[usize::from(i)])).encode();
    (1..=slots).filter(|i| *i != slots + 1 - slot).for_each(|i| key.extend(element(i)));
    let digest: [u8; 32] = blake3::hash(&key).into();
    assert_eq!((fixed("element"), fixed("end"), fixed("power")), (digest, digest, crs_digest));

    let opened = expected.open(Part::Element(index), &digest, &bytes(&file["element"]["slice"]));
    assert_eq!(opened, Ok(Opened::Element(element(index))));
    assert_eq!(bytes(&file["element"]["opened"]), element(index));
    assert!(
        file["element"]["start"].as_u64().unwrap() < 1024 && file["element"]["end"].as_u64().unwrap() > 1024
    );
    assert_eq!(expected.open(Part::End, &digest, &bytes(&file["end"]["slice"])), Ok(Opened::Sound));
    assert_eq!(file["end"]["opened"], "");
    let b = (G2::generator() * &powers[usize::from(power)]).encode();
    assert_eq!(open_power(slots, power, &crs_digest, &bytes(&file["power"]["slice"])), Ok(b));
    assert_eq!(bytes(&file["power"]["opened"]), b);
}

/// A hash to the field from its formula.
fn scalar_by_hand(parts: &[&[u8]], tag: &[u8]) -> Scalar {
    let wide = expand_message_xmd::<48>(parts, tag);
    // The 48 bytes as high and low half of a number, folded by hand: high * 2^192 + low.
    let part = |bytes: &[u8]| Scalar::decode(&[&[0; 8], bytes].concat()).unwrap();
    let shift = Scalar::from(1u128 << 96).mul(&Scalar::from(1u128 << 96));
    part(&wide[..24]).mul(&shift).add(&part(&wide[24..]))
}

/// C1, C2, C3 from the formulas.
fn header_by_hand(m: &[u8], statement: &[u8; 32], set_key: &G1, omega: &Gt) -> Vec<u8> {
    let s = scalar_by_hand(&[m, statement], b"BITHIVE-V1/dgkbe-encapsulation-scalar/");
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
    let false_headers = bytes(&file["rejected"]["headers"]);
    assert_eq!((&false_headers, &file["rejected"]["slot"]), (&changed(&headers), &json!(6)));
    let rejection = &bytes(&file["secret_key_6"])[138..];
    let fields = [rejection, &false_headers, &crs_digest, &set_digest, &context];
    assert_eq!(bytes(&file["rejected"]["shared_key"]), tagged("dgkbe-groups-rejected-key", &fields));
}

#[test]
fn a_member_of_the_second_group_opens_the_known_payload() {
    let (first, file) = (stored(), read("dgkbe_groups.json"));
    let crs = accepted(&bytes(&first["crs"]));
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
    let crs = accepted(&bytes(&file["crs"]));
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
