//! A contributor has its registered answers evaluated and no others, and opens them to an accreditor one attribute at a
//! time.

use crate::common::{Committee, EPOCH, attributes, rng};
use bithive_blindmatch::{
    attributes::Attributes,
    commitment::{CommittedAnswers, Disclosure, DisclosureError},
    oprf::{AnswerError, EvaluateRequest, OprfError, blind, blind_committed},
    schema::{Input, Schema, SlotId},
};

const NODE: &str = "bithive1node";
const NONCE: [u8; 32] = [7; 32];

fn own() -> (Attributes, CommittedAnswers) {
    let own = attributes(24, "eu", &["gdpr"]);
    let committed = own.commit(&NONCE);
    (own, committed)
}

fn request(committed: &CommittedAnswers, inputs: &[Input]) -> EvaluateRequest {
    blind_committed(committed, NODE, EPOCH, inputs, &mut rng(1)).unwrap().request().clone()
}

fn check(request: &EvaluateRequest, account: &str, committed: &CommittedAnswers) -> Result<(), AnswerError> {
    request.check_answers(Schema::bithive().digest(), account, &committed.commitments().digest())
}

/// Encoding of a request of `points` points, with the blinded points of two places exchanged.
fn exchanged(request: &EvaluateRequest, one: usize, other: usize) -> EvaluateRequest {
    let mut bytes = request.encode();
    let at = |place: usize| 13 + 34 * place..45 + 34 * place;
    let (first, second) = (bytes[at(one)].to_vec(), bytes[at(other)].to_vec());
    bytes[at(one)].copy_from_slice(&second);
    bytes[at(other)].copy_from_slice(&first);
    EvaluateRequest::decode(&bytes).unwrap()
}

#[test]
fn a_contributors_request_proves_its_registered_answers_and_gives_the_usual_tags() {
    let (attributes, committed) = own();
    let pending = blind_committed(&committed, NODE, EPOCH, attributes.inputs(), &mut rng(1)).unwrap();
    assert_eq!(check(pending.request(), NODE, &committed), Ok(()));
    let committee = Committee::new(3, 2);
    let answers: Vec<_> = (1..=2).map(|member| committee.answer(member, pending.request())).collect();
    let tags = pending.finish(&committee.table, &answers).unwrap().tags;
    assert_eq!(tags.encode(), committee.tags(attributes.inputs(), 3).encode());
    let part = request(&committed, &attributes.inputs()[3..5]);
    assert_eq!(check(&part, NODE, &committed), Ok(()));
    assert_eq!(EvaluateRequest::decode(&part.encode()).unwrap(), part);
}

#[test]
fn an_answer_that_is_not_registered_is_refused_however_the_proof_is_made() {
    let (attributes, committed) = own();
    let region = attributes.inputs()[6].clone();
    let other = Input { slot: region.slot, value: "ch".to_owned() };
    let refused = blind_committed(&committed, NODE, EPOCH, std::slice::from_ref(&other), &mut rng(1)).err();
    assert_eq!(refused, Some(OprfError::NotCommitted { slot: region.slot }));
    // Its own proof, with a point of the other answer in place of its own.
    let mut bytes = request(&committed, &[region]).encode();
    let foreign = blind(Schema::bithive().digest(), EPOCH, &[other], &mut rng(2)).unwrap();
    bytes[13..45].copy_from_slice(&foreign.request().points()[0].1);
    let forged = EvaluateRequest::decode(&bytes).unwrap();
    assert_eq!(check(&forged, NODE, &committed), Err(AnswerError::Proof));
    // The proof of commitments made for the occasion.
    let liar = crate::common::attributes(24, "ch", &["gdpr"]);
    let lie = request(&liar.commit(&NONCE), liar.inputs());
    assert_eq!(check(&lie, NODE, &committed), Err(AnswerError::NotRegistered));
}

/// Whoever sees two registrations of one node would read both by trying answers, if the commitments had blinds in common.
#[test]
fn commitments_to_other_answers_under_one_nonce_have_nothing_in_common() {
    let openings = |region: &str| {
        let committed = attributes(24, region, &["gdpr"]).commit(&NONCE);
        let all = ["vram", "region", "certifications"].map(ToOwned::to_owned);
        committed.disclose(&Schema::bithive(), &all).unwrap().encode().to_vec()
    };
    let (one, other) = (openings("eu"), openings("ch"));
    // Version, schema and number of slots are the same; then come 32 bytes for each slot.
    let points = |bytes: &[u8]| bytes[35..35 + 320].chunks(32).map(<[u8]>::to_vec).collect::<Vec<_>>();
    assert!(points(&one).iter().zip(points(&other)).all(|(one, other)| *one != other));
    // The blind of the first slot, whose answer is the same in both.
    let blind = |bytes: &[u8]| bytes[35 + 320 + 2 + 2 + 1 + 3..][..32].to_vec();
    assert_ne!(blind(&one), blind(&other));
}

/// A commitment of one slot must not stand in for that of another: the answer to a slot that no accreditor has seen could
/// hide one to a slot that it has.
#[test]
fn the_point_of_one_slot_is_not_taken_for_that_of_another() {
    let (attributes, committed) = own();
    let inputs = &attributes.inputs()[..2];
    let good = request(&committed, inputs);
    assert_eq!(check(&good, NODE, &committed), Ok(()));
    assert_eq!(check(&exchanged(&good, 0, 1), NODE, &committed), Err(AnswerError::Proof));
}

#[test]
fn a_proof_holds_for_one_account_one_epoch_and_one_schema() {
    let (attributes, committed) = own();
    let good = request(&committed, attributes.inputs());
    assert_eq!(check(&good, "bithive1other", &committed), Err(AnswerError::Proof));
    let registered = committed.commitments().digest();
    assert_eq!(good.check_answers([0; 32], NODE, &registered), Err(AnswerError::NotRegistered));
    let mut bytes = good.encode();
    bytes[8] ^= 1;
    let later = EvaluateRequest::decode(&bytes).unwrap();
    assert_eq!(check(&later, NODE, &committed), Err(AnswerError::Proof));
    let requesters = blind(Schema::bithive().digest(), EPOCH, attributes.inputs(), &mut rng(1)).unwrap();
    assert_eq!(check(requesters.request(), NODE, &committed), Err(AnswerError::Missing));
}

#[test]
fn every_byte_of_a_proof_matters() {
    let (attributes, committed) = own();
    let inputs = &attributes.inputs()[5..7];
    let good = request(&committed, inputs).encode();
    for offset in (13..good.len()).step_by(7) {
        let mut bytes = good.clone();
        bytes[offset] ^= 4;
        if let Ok(altered) = EvaluateRequest::decode(&bytes) {
            assert!(check(&altered, NODE, &committed).is_err(), "offset {offset}");
        }
    }
}

#[test]
fn blinds_and_proofs_of_two_requests_have_nothing_in_common() {
    let (attributes, committed) = own();
    let ask = |seed| {
        blind_committed(&committed, NODE, EPOCH, attributes.inputs(), &mut rng(seed))
            .unwrap()
            .request()
            .clone()
    };
    let (one, other) = (ask(1), ask(2));
    assert!(one.points().iter().zip(other.points()).all(|(one, other)| one != other));
    let tail = 64 * attributes.inputs().len();
    let responses = |request: &EvaluateRequest| {
        let bytes = request.encode();
        bytes[bytes.len() - tail..].chunks(32).map(<[u8]>::to_vec).collect::<Vec<_>>()
    };
    assert!(responses(&one).iter().all(|response| !responses(&other).contains(response)));
}

fn disclosed(names: &[&str]) -> Result<Disclosure, DisclosureError> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    own().1.disclose(&Schema::bithive(), &names)
}

#[test]
fn an_accreditor_reads_the_attributes_that_are_opened_to_it_and_no_others() {
    let schema = Schema::bithive();
    for names in [&["region"][..], &["vram", "certifications"], &["vram", "region", "certifications"]] {
        let disclosure = Disclosure::decode(&disclosed(names).unwrap().encode()).unwrap();
        assert_eq!(disclosure.verify(&schema).unwrap(), names);
        assert_eq!(disclosure.commitments(), own().1.commitments());
        let own = own().0;
        for input in disclosure.answers() {
            assert!(own.inputs().contains(input));
            assert!(names.contains(&schema.attribute_of(input.slot).unwrap()));
        }
    }
    let bytes = disclosed(&["region"]).unwrap().encode();
    assert!(!bytes.windows(3).any(|window| window == b"yes"), "answers to other slots");
}

#[test]
fn false_openings_and_parts_of_attributes_are_refused() {
    let schema = Schema::bithive();
    assert_eq!(disclosed(&[]).err(), Some(DisclosureError::Nothing));
    assert_eq!(disclosed(&["colour"]).err(), Some(DisclosureError::Unknown { name: "colour".to_owned() }));
    let bytes = disclosed(&["region"]).unwrap().encode();
    let place = bytes.windows(2).rposition(|window| window == b"eu").unwrap();
    let mut altered = bytes.to_vec();
    altered[place..place + 2].copy_from_slice(b"ch");
    let refused = Disclosure::decode(&altered).unwrap().verify(&schema);
    assert_eq!(refused, Err(DisclosureError::Opening { slot: SlotId(6) }));
    // The last certification left out.
    let bytes = disclosed(&["certifications"]).unwrap().encode();
    let count = bytes.len() - (2 + 1 + 2 + 32) - (2 + 1 + 2 + 32) - (2 + 1 + 3 + 32) - 2;
    let mut part = bytes[..bytes.len() - (2 + 1 + 3 + 32)].to_vec();
    part[count..count + 2].copy_from_slice(&[0, 2]);
    assert_eq!(Disclosure::decode(&part).unwrap().verify(&schema), Err(DisclosureError::Slots));
}

#[test]
fn answers_that_contradict_each_other_are_refused() {
    // A node commits to what it likes.
    let schema = Schema::bithive();
    let (good, _) = own();
    let mut inputs = good.inputs().to_vec();
    inputs[0].value = "no".to_owned();
    let names = ["vram".to_owned()];
    let committed = CommittedAnswers::new(schema.digest(), &inputs, &NONCE);
    let refused = committed.disclose(&schema, &names).unwrap().verify(&schema);
    assert_eq!(refused, Err(DisclosureError::Answer { name: "vram".to_owned() }));
    inputs[0].value = "maybe".to_owned();
    let committed = CommittedAnswers::new(schema.digest(), &inputs, &NONCE);
    assert!(committed.disclose(&schema, &names).unwrap().verify(&schema).is_err());
}

#[test]
fn a_disclosure_says_the_largest_amount_that_its_answers_admit() {
    let schema = Schema::bithive();
    let stated = |vram: u64, shown: &str, asked: &str| {
        let committed = attributes(vram, "eu", &[]).commit(&NONCE);
        committed.disclose(&schema, &[shown.to_owned()]).unwrap().stated_amount(&schema, asked)
    };
    for (has, largest) in [(7, 0), (8, 8), (23, 16), (24, 24), (200, 80)] {
        assert_eq!(stated(has, "vram", "vram"), Some(largest), "{has}");
    }
    assert_eq!(stated(24, "region", "vram"), None, "it is not shown");
    assert_eq!(stated(24, "region", "region"), None, "it is no amount");
    assert_eq!(stated(24, "vram", "memory"), None, "there is no such attribute");
}
