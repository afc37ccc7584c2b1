use std::{collections::BTreeSet, convert::Infallible};

use crate::common::{Committee, EPOCH, attributes, compile, rng};
use bithive_blindmatch::{
    DecodeError,
    committee::{Commitments, CommitteeParams, MemberIndex, ShareKeyTable, Term, deal},
    oprf::{
        EvaluateError, EvaluateRequest, EvaluateResponse, FaultReason, OprfError, PendingEvaluation, Tags,
        blind,
    },
    schema::{Input, Schema, SlotId},
};
use curve25519_dalek::{RistrettoPoint, Scalar};
use proptest::prelude::*;
use rand_core::{TryCryptoRng, TryRng};

fn pending(seed: u64) -> PendingEvaluation {
    let own = attributes(24, "eu", &["gdpr"]);
    blind(own.schema_digest(), EPOCH, own.inputs(), &mut rng(seed)).unwrap()
}

fn input(slot: u16, value: &str) -> Input {
    Input { slot: SlotId(slot), value: value.to_owned() }
}

/// The only fault of an evaluation with this answer of member 1 beside good answers of the others.
fn fault_of(committee: &Committee, pending: &PendingEvaluation, bad: EvaluateResponse) -> FaultReason {
    let mut answers = vec![(committee.member(1), bad)];
    answers.extend((2..=3).map(|number| committee.answer(number, pending.request())));
    let evaluated = pending.finish(&committee.table, &answers).unwrap();
    let [fault] = evaluated.faults[..] else { panic!("{:?}", evaluated.faults) };
    assert_eq!(fault.member, committee.member(1));
    let good = pending.finish(&committee.table, &answers[1..]).unwrap();
    assert_eq!(evaluated.tags.encode(), good.tags.encode(), "the tags come from the valid answers");
    fault.reason
}

fn altered(response: &EvaluateResponse, offset: usize, bytes: &[u8]) -> EvaluateResponse {
    let mut encoded = response.encode();
    encoded[offset..offset + bytes.len()].copy_from_slice(bytes);
    EvaluateResponse::decode(&encoded).unwrap()
}

#[test]
fn any_t_members_give_the_same_tags_whatever_the_blinds() {
    for (n, t) in [(2, 2), (3, 2), (5, 3), (7, 4)] {
        let committee = Committee::new(n, t);
        let mut seen = BTreeSet::new();
        for mask in (1_u8..1 << n).filter(|mask| mask.count_ones() == u32::from(t)) {
            let pending = pending(u64::from(mask));
            let answers: Vec<_> = (1..=n)
                .rev()
                .filter(|number| mask >> (number - 1) & 1 == 1)
                .map(|number| committee.answer(number, pending.request()))
                .collect();
            let evaluated = pending.finish(&committee.table, &answers).unwrap();
            assert!(evaluated.faults.is_empty());
            seen.insert(evaluated.tags.encode().to_vec());
        }
        assert_eq!(seen.len(), 1);
    }
}

#[test]
fn fewer_than_t_members_give_nothing() {
    let committee = Committee::new(5, 3);
    let pending = pending(1);
    let answers: Vec<_> = (1..=2).map(|number| committee.answer(number, pending.request())).collect();
    let error = pending.finish(&committee.table, &answers).err().unwrap();
    assert_eq!(error, OprfError::TooFew { valid: 2, needed: 3, faults: vec![] });
    let repeated = [answers[0].clone(), answers[1].clone(), answers[1].clone()];
    match pending.finish(&committee.table, &repeated).err().unwrap() {
        OprfError::TooFew { valid: 2, faults, .. } => assert_eq!(faults[0].reason, FaultReason::Duplicate),
        other => panic!("{other:?}"),
    }
}

#[test]
fn tags_differ_by_slot_value_epoch_and_schema() {
    let committee = Committee::new(3, 2);
    let inputs = [input(0, "yes"), input(1, "yes"), input(0, "no"), input(6, "eu"), input(6, "ch")];
    let tags = committee.tags(&inputs, 1);
    let encoded = tags.encode();
    let distinct: BTreeSet<_> = encoded.windows(32).map(<[u8]>::to_vec).collect();
    assert_eq!(distinct.len(), encoded.windows(32).len(), "no tag repeats");
    let other = blind([9; 32], EPOCH, &inputs, &mut rng(2)).unwrap();
    let answers: Vec<_> = (1..=2).map(|number| committee.answer(number, other.request())).collect();
    let other = other.finish(&committee.table, &answers).unwrap().tags;
    assert_ne!(other.encode()[41..], encoded[41..]);
}

#[test]
fn requests_for_the_same_inputs_look_unrelated() {
    let (one, two) = (pending(1), pending(2));
    let points: BTreeSet<_> = one.request().points().iter().map(|(_, point)| *point).collect();
    assert!(two.request().points().iter().all(|(_, point)| !points.contains(point)));
    assert_ne!(one.request().digest(), two.request().digest());
}

#[test]
fn wrong_evaluations_and_proofs_are_named_and_left_out() {
    let committee = Committee::new(3, 2);
    let pending = pending(1);
    let (_, good) = committee.answer(1, pending.request());
    let encoded = good.encode();
    let count = pending.request().points().len();
    let (first, challenge) = (4, 4 + 32 * count);
    let response = challenge + 34;
    // A well-formed point, but another one.
    let swapped = altered(&good, first, &encoded[first + 32..first + 64]);
    assert_eq!(fault_of(&committee, &pending, swapped), FaultReason::Proof);
    for point in [[0; 32], [0xff; 32]] {
        let bad = altered(&good, first + 32, &point);
        assert_eq!(fault_of(&committee, &pending, bad), FaultReason::Point { position: 1 });
    }
    for scalar in [challenge, response, response + 32] {
        let bad = altered(&good, scalar, &[encoded[scalar] ^ 1]);
        assert_eq!(fault_of(&committee, &pending, bad), FaultReason::Proof);
    }
    let mut fewer = encoded[..encoded.len() - 32].to_vec();
    let responses = fewer[challenge + 33] - 1;
    fewer[challenge + 33] = responses;
    let fewer = EvaluateResponse::decode(&fewer).unwrap();
    assert_eq!(fault_of(&committee, &pending, fewer), FaultReason::Proof);
}

#[test]
fn answers_to_other_requests_or_in_other_names_are_faults() {
    let committee = Committee::new(3, 2);
    let pending = pending(1);
    let (_, other_request) = committee.answer(1, self::pending(2).request());
    assert_eq!(fault_of(&committee, &pending, other_request), FaultReason::Proof);
    let claimed = committee.member(2);
    let (_, other_member) = committee.answer(2, pending.request());
    assert_eq!(fault_of(&committee, &pending, other_member.clone()), FaultReason::WrongIndex { claimed });
    let renamed = altered(&other_member, 1, &[1]);
    assert_eq!(fault_of(&committee, &pending, renamed), FaultReason::Proof);
    let short = blind(Schema::bithive().digest(), EPOCH, &[input(0, "yes")], &mut rng(3)).unwrap();
    let (_, short) = committee.answer(1, short.request());
    assert_eq!(fault_of(&committee, &pending, short), FaultReason::Count { found: 1, expected: 10 });
}

/// The same blinded points, under other headers: whoever answered them answered something else.
#[test]
fn an_answer_is_of_no_use_for_another_epoch_slot_schema_or_committee() {
    let committee = Committee::new(3, 2);
    let pending = blind([1; 32], EPOCH, &[input(0, "yes"), input(1, "yes")], &mut rng(1)).unwrap();
    let edited = |edit: fn(&mut Vec<u8>)| {
        let mut bytes = pending.request().encode();
        edit(&mut bytes);
        EvaluateRequest::decode(&bytes).unwrap()
    };
    let answer = |request: &EvaluateRequest, epoch| {
        let keys = committee.seeds[0].epoch_keys(epoch, 10).unwrap();
        keys.evaluate(request, &mut rng(1)).unwrap()
    };
    let next_epoch = edited(|bytes| bytes[8] += 1);
    let other_slots = edited(|bytes| (bytes[12], bytes[46]) = (2, 3));
    let slots_exchanged = edited(|bytes| (bytes[12], bytes[46]) = (1, 0));
    for replayed in
        [answer(&next_epoch, EPOCH + 1), answer(&other_slots, EPOCH), answer(&slots_exchanged, EPOCH)]
    {
        assert_eq!(fault_of(&committee, &pending, replayed), FaultReason::Proof);
    }
    // Another schema's value is another point, under the same blind, too.
    let other_schema = blind([2; 32], EPOCH, &[input(0, "yes"), input(1, "yes")], &mut rng(1)).unwrap();
    assert_ne!(other_schema.request(), pending.request());
    let replayed = answer(other_schema.request(), EPOCH);
    assert_eq!(fault_of(&committee, &pending, replayed), FaultReason::Proof);
    // Another committee of the same size, asked the very same.
    let others = deal(committee.params, &mut rng(77));
    let replayed = others[0].epoch_keys(EPOCH, 10).unwrap().evaluate(pending.request(), &mut rng(1)).unwrap();
    assert_eq!(fault_of(&committee, &pending, replayed), FaultReason::Proof);
    assert!(
        pending.finish(&committee.table, &[committee.answer(1, pending.request())]).is_err(),
        "one is too few"
    );
}

#[test]
fn evaluations_in_another_order_are_a_fault() {
    let committee = Committee::new(3, 2);
    // Two values of slot 0 and one of slot 1.
    let inputs = [input(0, "a"), input(0, "b"), input(1, "c")];
    let pending = blind([0; 32], EPOCH, &inputs, &mut rng(1)).unwrap();
    let (_, good) = committee.answer(1, pending.request());
    let points: Vec<_> = good.encode()[4..100].chunks(32).map(<[u8]>::to_vec).collect();
    for order in [[1, 0, 2], [0, 2, 1], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
        let reordered = order.map(|index: usize| points[index].clone()).concat();
        assert_eq!(fault_of(&committee, &pending, altered(&good, 4, &reordered)), FaultReason::Proof);
    }
    // So are the proof's responses, one for each slot.
    let (first, second) = (good.encode()[134..166].to_vec(), good.encode()[166..198].to_vec());
    let exchanged = altered(&good, 134, &[second, first].concat());
    assert_eq!(fault_of(&committee, &pending, exchanged), FaultReason::Proof);
}

/// RFC 9496, appendix A.2 (the identity) and A.3: not canonical, negative, and off the curve. The group has prime
/// order, so there is no small subgroup; points of small order on the curve below it are no elements.
const NO_ELEMENTS: [&str; 13] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
    "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    // Edwards points of order 4 and 2.
    "0000000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

#[test]
fn bytes_that_are_no_group_element_are_refused_in_requests_answers_and_tables() {
    let committee = Committee::new(3, 2);
    let pending = pending(1);
    let (_, good) = committee.answer(1, pending.request());
    for text in NO_ELEMENTS {
        let bytes: [u8; 32] = hex::decode(text).unwrap().try_into().unwrap();
        let mut request = pending.request().encode();
        request[47..79].copy_from_slice(&bytes);
        let request = EvaluateRequest::decode(&request).unwrap();
        let refused = committee.keys[0].evaluate(&request, &mut rng(1)).err();
        assert_eq!(refused, Some(EvaluateError::Point { position: 1 }), "{text}");
        let bad = altered(&good, 36, &bytes);
        assert_eq!(fault_of(&committee, &pending, bad), FaultReason::Point { position: 1 }, "{text}");
        let mut table = committee.table.encode().to_vec();
        table[45..77].copy_from_slice(&bytes);
        assert!(matches!(ShareKeyTable::decode(&table), Err(DecodeError::Invalid { field: "point", .. })));
    }
}

/// Fewer than t members, who make up the answer of one more from everything they can compute.
#[test]
fn t_minus_1_members_cannot_answer_for_another_one() {
    let committee = Committee::new(5, 3);
    let pending = blind([0; 32], EPOCH, &[input(0, "yes")], &mut rng(1)).unwrap();
    let own = [1, 2].map(|number| committee.answer(number, pending.request()));
    for (_, forged) in &own {
        let mut renamed = forged.encode();
        renamed[1] = 3;
        let answers =
            [&own[..], &[(committee.member(3), EvaluateResponse::decode(&renamed).unwrap())]].concat();
        match pending.finish(&committee.table, &answers) {
            Err(OprfError::TooFew { valid: 2, needed: 3, faults }) => {
                assert_eq!((faults[0].member, faults[0].reason), (committee.member(3), FaultReason::Proof));
            }
            other => panic!("{:?}", other.map(|evaluated| evaluated.faults)),
        }
    }
    // Nor do their shares in a committee of two of them stand in for the key: another table, other tags.
    let pair = deal(CommitteeParams::new(2, 2).unwrap(), &mut rng(3));
    let commitments = Commitments::of_dealt(Term::new(EPOCH, 1, 10).unwrap(), &pair).unwrap();
    let partials: Vec<_> = pair.iter().map(|seeds| seeds.partial_table(EPOCH, 10).unwrap()).collect();
    let table = ShareKeyTable::merge(&commitments, EPOCH, &partials).unwrap().table;
    assert!(matches!(pending.finish(&table, &own), Err(OprfError::TooFew { valid: 0, .. })));
}

#[test]
fn a_member_of_a_larger_committee_is_no_member_here() {
    let (small, large) = (Committee::new(3, 2), Committee::new(5, 3));
    let pending = pending(1);
    let answers = [
        large.answer(5, pending.request()),
        small.answer(1, pending.request()),
        small.answer(2, pending.request()),
    ];
    let evaluated = pending.finish(&small.table, &answers).unwrap();
    assert_eq!(evaluated.faults[0].reason, FaultReason::NotAMember);
    assert_eq!(evaluated.faults[0].member, large.member(5));
}

#[test]
fn members_refuse_what_they_cannot_answer() {
    let committee = Committee::new(3, 2);
    let request = |epoch, slot, point: [u8; 32]| {
        let mut bytes = vec![2];
        bytes.extend_from_slice(&u64::to_be_bytes(epoch));
        bytes.extend_from_slice(&[0, 1]);
        bytes.extend_from_slice(&u16::to_be_bytes(slot));
        bytes.extend_from_slice(&point);
        bytes.push(0);
        EvaluateRequest::decode(&bytes).unwrap()
    };
    let good = pending(1).request().points()[0].1;
    let evaluate = |request| committee.keys[0].evaluate(&request, &mut rng(1)).map(|_| ());
    assert_eq!(evaluate(request(EPOCH, 0, good)), Ok(()));
    assert_eq!(evaluate(request(EPOCH + 1, 0, good)), Err(EvaluateError::Epoch { found: 43, expected: 42 }));
    assert_eq!(evaluate(request(EPOCH, 10, good)), Err(EvaluateError::Slot { slot: SlotId(10), slots: 10 }));
    assert_eq!(evaluate(request(EPOCH, 0, [0; 32])), Err(EvaluateError::Point { position: 0 }));
    assert_eq!(evaluate(request(EPOCH, 0, [0xff; 32])), Err(EvaluateError::Point { position: 0 }));
}

#[test]
fn inputs_and_tables_that_do_not_fit_are_refused() {
    let blind = |inputs: &[Input]| blind([0; 32], EPOCH, inputs, &mut rng(1)).err();
    assert_eq!(blind(&[]), Some(OprfError::InputCount { found: 0 }));
    let many: Vec<_> = (0..257).map(|slot| input(slot, "yes")).collect();
    assert_eq!(blind(&many), Some(OprfError::InputCount { found: 257 }));
    assert_eq!(blind(&[input(3, "")]), Some(OprfError::ValueLength { slot: SlotId(3), length: 0 }));
    let long = "x".repeat(65);
    assert_eq!(blind(&[input(3, &long)]), Some(OprfError::ValueLength { slot: SlotId(3), length: 65 }));
    let twice = [input(3, "a"), input(3, "b"), input(3, "a")];
    assert_eq!(blind(&twice), Some(OprfError::DuplicateInput { slot: SlotId(3) }));

    let committee = Committee::new(3, 2);
    let table = |epoch, slots| {
        let partials: Vec<_> =
            committee.seeds.iter().map(|seeds| seeds.partial_table(epoch, slots).unwrap()).collect();
        let commitments = Commitments::of_dealt(Term::new(epoch, 1, slots).unwrap(), &committee.seeds);
        ShareKeyTable::merge(&commitments.unwrap(), epoch, &partials).unwrap().table
    };
    let finish = |table: &ShareKeyTable| pending(1).finish(table, &[]).err().unwrap();
    assert_eq!(finish(&table(EPOCH + 1, 10)), OprfError::TableEpoch { found: 43, expected: 42 });
    assert_eq!(finish(&table(EPOCH, 9)), OprfError::TableSlot { slot: SlotId(9), slots: 9 });
}

#[test]
fn messages_and_tags_survive_their_encoding() {
    let committee = Committee::new(3, 2);
    let pending = pending(1);
    let request = EvaluateRequest::decode(&pending.request().encode()).unwrap();
    assert_eq!(&request, pending.request());
    let answers: Vec<(MemberIndex, EvaluateResponse)> = (1..=2)
        .map(|number| committee.answer(number, &request))
        .map(|(member, response)| (member, EvaluateResponse::decode(&response.encode()).unwrap()))
        .collect();
    let tags = pending.finish(&committee.table, &answers).unwrap().tags;
    let decoded = Tags::decode(&tags.encode()).unwrap();
    assert_eq!(decoded.encode(), tags.encode());
    assert!(decoded.inputs().eq(attributes(24, "eu", &["gdpr"]).inputs()));
    let mut huge = answers[0].1.encode();
    let last = huge.len() - 32;
    huge[last..].fill(0xff);
    assert!(
        EvaluateResponse::decode(&huge).unwrap_err().to_string().contains("scalars below the group order")
    );
}

#[test]
fn a_requester_has_several_values_of_one_slot_evaluated_under_one_response() {
    let committee = Committee::new(3, 2);
    let inputs = compile("region in (eu, ch, us) and vram >= 8").inputs();
    let pending = blind(Schema::bithive().digest(), EPOCH, &inputs, &mut rng(1)).unwrap();
    let (_, response) = committee.answer(1, pending.request());
    assert_eq!(response.encode().len(), 38 + 32 * (4 + 2), "four points in two slots");
    assert_eq!(committee.tags(&inputs, 1).inputs().count(), 4);
}

/// A generator that is stuck.
struct Stuck;

impl TryRng for Stuck {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0x0505_0505)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0x0505_0505_0505_0505)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(5);
        Ok(())
    }
}

impl TryCryptoRng for Stuck {}

/// An answer's challenge and responses.
fn proof(answer: &EvaluateResponse, points: usize) -> (Scalar, Vec<Scalar>) {
    let encoded = answer.encode();
    let (challenge, responses) = encoded[4 + 32 * points..].split_at(32);
    let scalar = |bytes: &[u8]| Scalar::from_canonical_bytes(bytes.try_into().unwrap()).unwrap();
    (scalar(challenge), responses[2..].chunks(32).map(scalar).collect())
}

/// Two proofs with one nonce a give the key away: z1 - z2 = (a + c1 * k) - (a + c2 * k).
#[test]
fn a_stuck_generator_repeats_no_nonce_for_another_statement_or_slot_and_gives_no_key_away() {
    let committee = Committee::new(3, 2);
    let member = committee.member(1);
    let key = |slot| committee.table.share_key(member, SlotId(slot)).unwrap();
    let prove = |inputs: &[Input]| {
        let pending = blind([0; 32], EPOCH, inputs, &mut rng(1)).unwrap();
        let answer = committee.keys[0].evaluate(pending.request(), &mut Stuck).unwrap();
        let others = [(member, answer.clone()), committee.answer(2, pending.request())];
        assert!(pending.finish(&committee.table, &others).unwrap().faults.is_empty(), "the proof holds");
        proof(&answer, inputs.len())
    };
    let commitment = |c: &Scalar, z: &Scalar, slot| RistrettoPoint::mul_base(z) - key(slot) * c;
    let statements = [
        prove(&[input(0, "yes")]),
        prove(&[input(0, "no")]),
        prove(&[input(0, "yes"), input(0, "no")]),
        prove(&[input(0, "yes"), input(1, "yes")]),
    ];
    let mut nonces = BTreeSet::new();
    for (c, responses) in &statements {
        for (slot, z) in (0..).zip(responses) {
            assert!(nonces.insert(commitment(c, z, slot).compress().to_bytes()), "a nonce repeats");
        }
    }
    assert_eq!(nonces.len(), 5);
    for (index, (c1, z1)) in statements.iter().enumerate() {
        for (c2, z2) in &statements[index + 1..] {
            let found = (z1[0] - z2[0]) * (c1 - c2).invert();
            assert_ne!(RistrettoPoint::mul_base(&found), key(0), "the key is found");
        }
    }
    // It is the statement that makes the difference: the generator has none to offer.
    assert_eq!(prove(&[input(0, "yes")]), statements[0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_order_in_which_members_answer_does_not_matter(
        order in Just((1_u8..=5).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let committee = Committee::new(5, 3);
        let pending = pending(1);
        let reference = [1, 2, 3].map(|number| committee.answer(number, pending.request()));
        let reference = pending.finish(&committee.table, &reference).unwrap();
        let answers: Vec<_> =
            order.into_iter().map(|number| committee.answer(number, pending.request())).collect();
        let evaluated = pending.finish(&committee.table, &answers).unwrap();
        prop_assert!(evaluated.faults.is_empty());
        prop_assert_eq!(evaluated.tags.encode(), reference.tags.encode());
    }

    #[test]
    fn no_altered_answer_is_accepted(offset: prop::sample::Index, flip in 1_u8..) {
        let committee = Committee::new(3, 2);
        let pending = pending(1);
        let (member, good) = committee.answer(1, pending.request());
        let mut bytes = good.encode();
        let offset = offset.index(bytes.len());
        bytes[offset] ^= flip;
        if let Ok(bad) = EvaluateResponse::decode(&bytes) {
            let answers = [(member, bad), committee.answer(2, pending.request())];
            match pending.finish(&committee.table, &answers) {
                Err(OprfError::TooFew { valid: 1, faults, .. }) => prop_assert_eq!(faults[0].member, member),
                _ => prop_assert!(false, "byte {} changed by {} was accepted", offset, flip),
            }
        }
    }
}
