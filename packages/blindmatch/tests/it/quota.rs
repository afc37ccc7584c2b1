use std::collections::BTreeMap;

use bithive_blindmatch::{
    DecodeError,
    committee::CommitteeParams,
    oprf::{OprfError, blind},
    policy::{CATEGORY_LEAVES, Policy},
    quota::{Quota, QuotaError},
    schema::{Input, Schema, SlotId},
};
use bithive_threshold::{NODE_EVALUATIONS, REQUESTER_EVALUATIONS};
use proptest::prelude::*;

use crate::common::{Committee, EPOCH, rng};

const S: SlotId = SlotId(3);

#[test]
fn one_evaluation_per_identity_slot_and_epoch() {
    let mut quota = Quota::new();
    assert_eq!(quota.check_and_record("a", S, 5, 1), Ok(()));
    let exceeded = QuotaError::Exceeded { slot: S, epoch: 5, used: 1, asked: 1, limit: 1 };
    assert_eq!(quota.check_and_record("a", S, 5, 1), Err(exceeded));
    assert_eq!(quota.check_and_record("a", SlotId(4), 5, 1), Ok(()));
    assert_eq!(quota.check_and_record("b", S, 5, 1), Ok(()));
    assert_eq!(quota.check_and_record("a", S, 6, 1), Ok(()));
    assert_eq!(quota.check_and_record("a", S, 5, 2), Ok(()), "a requester's limit is higher");
    assert_eq!(quota.used("a", S, 5), 2);
}

#[test]
fn a_request_is_charged_as_a_whole_or_not_at_all() {
    let mut quota = Quota::new();
    let exceeded = QuotaError::Exceeded { slot: S, epoch: 5, used: 0, asked: 3, limit: 2 };
    assert_eq!(quota.check_and_record_all("a", [SlotId(1), S, S, S], 5, 2), Err(exceeded));
    assert_eq!(quota, Quota::new());
    assert_eq!(quota.check_and_record_all("a", [SlotId(1), S, S], 5, 2), Ok(()));
    assert_eq!((quota.used("a", SlotId(1), 5), quota.used("a", S, 5)), (1, 2));
}

#[test]
fn a_pruned_epoch_is_not_a_fresh_one() {
    let mut quota = Quota::new();
    quota.check_and_record("a", S, 5, 1).unwrap();
    quota.check_and_record("a", S, 6, 1).unwrap();
    quota.prune_before(6);
    assert_eq!(quota.check_and_record("a", S, 5, 1), Err(QuotaError::EpochOver { epoch: 5, oldest: 6 }));
    assert_eq!((quota.used("a", S, 5), quota.used("a", S, 6)), (0, 1));
    quota.prune_before(2);
    assert!(quota.check_and_record("a", S, 5, 1).is_err(), "pruning never goes back");
    let mut restored = Quota::decode(&quota.encode()).unwrap();
    assert!(restored.check_and_record("a", S, 5, 1).is_err(), "nor does a restart");
}

#[test]
fn impossible_identities_and_slots_are_refused() {
    let mut quota = Quota::new();
    assert_eq!(quota.check_and_record("", S, 5, 1), Err(QuotaError::Identity { length: 0 }));
    let long = "x".repeat(91);
    assert_eq!(quota.check_and_record(&long, S, 5, 1), Err(QuotaError::Identity { length: 91 }));
    let slot = SlotId(256);
    assert_eq!(quota.check_and_record("a", slot, 5, 1), Err(QuotaError::Slot { slot }));
    assert_eq!(quota, Quota::new());
}

#[test]
fn a_ledger_out_of_order_is_refused() {
    let mut quota = Quota::new();
    quota.check_and_record("a", S, 5, 1).unwrap();
    let row = quota.encode()[9..].to_vec();
    let twice = [quota.encode(), row].concat();
    assert!(matches!(Quota::decode(&twice), Err(DecodeError::Invalid { field: "identities", .. })));
    let mut old = quota.encode();
    old[8] = 6;
    assert!(matches!(
        Quota::decode(&old),
        Err(DecodeError::OutOfRange { field: "epoch", found: 5, min: 6, .. })
    ));
}

/// What a party gets that asks the members in a circle, each value from the next t of them, while each counts for itself.
fn values_of_a_circle(n: u8, t: u8, limit: u16) -> usize {
    let committee = Committee::new(n, t);
    let mut ledgers = vec![Quota::new(); n.into()];
    let (mut next, mut values) = (0, 0);
    for value in ["eu", "ch", "uk", "us", "cn", "hk", "jp", "sg"] {
        let input = Input { slot: SlotId(6), value: value.to_owned() };
        let pending = blind(committee.schema.digest(), EPOCH, &[input], &mut rng(7)).unwrap();
        let mut answers = Vec::new();
        for _ in 0..t {
            if ledgers[next].check_and_record_all("a", pending.request().slots(), EPOCH, limit).is_ok() {
                answers.push(committee.answer(next as u8 + 1, pending.request()));
                next = (next + 1) % usize::from(n);
            }
        }
        match pending.finish(&committee.table, &answers) {
            Ok(_) => values += 1,
            Err(error) => assert!(matches!(error, OprfError::TooFew { .. }), "{error}"),
        }
    }
    values
}

#[test]
fn different_values_from_different_members_are_one_for_a_node_and_bounded_for_a_requester() {
    for (n, t) in [(2, 2), (3, 2), (4, 3), (5, 3), (7, 4)] {
        assert_eq!(values_of_a_circle(n, t, NODE_EVALUATIONS), 1, "{t} of {n}");
        let params = CommitteeParams::new(n, t).unwrap();
        let most = params.most_values(REQUESTER_EVALUATIONS);
        assert_eq!(values_of_a_circle(n, t, REQUESTER_EVALUATIONS), most, "{t} of {n}");
        assert!(most < 2 * usize::from(REQUESTER_EVALUATIONS));
    }
}

#[test]
fn every_list_that_the_policies_of_the_schema_can_name_fits_in_the_quota_of_a_requester() {
    assert_eq!(CATEGORY_LEAVES, usize::from(REQUESTER_EVALUATIONS));
    let schema = Schema::bithive();
    for text in [
        "vram >= 16 and region in (eu, ch) and any 2 of (iso27001, hipaa, gdpr)",
        "region in (eu, ch, uk, us) and (vram >= 8 or hipaa)",
        "vram >= 80 and gdpr and iso27001",
    ] {
        let compiled = Policy::parse(text, &schema).unwrap().compile(&schema).unwrap();
        let slots = compiled.evaluations().into_iter().map(|input| input.slot);
        let charged = Quota::new().check_and_record_all("a", slots, 5, REQUESTER_EVALUATIONS);
        assert_eq!(charged, Ok(()), "{text}");
    }
}

proptest! {
    #[test]
    fn it_agrees_with_a_plain_count_and_survives_its_encoding(
        steps in prop::collection::vec(("[ab]", 0_u16..3, 0_u64..3, prop::option::weighted(0.1, 0_u64..3)), 0..60),
    ) {
        let (mut quota, mut model, mut oldest) = (Quota::new(), BTreeMap::new(), 0);
        for (identity, slot, epoch, prune) in steps {
            if let Some(before) = prune {
                quota.prune_before(before);
                oldest = oldest.max(before);
            }
            let count = model.entry((identity.clone(), slot, epoch)).or_insert(0);
            let allowed = epoch >= oldest && *count < 2;
            *count += u16::from(allowed);
            prop_assert_eq!(quota.check_and_record(&identity, SlotId(slot), epoch, 2).is_ok(), allowed);
            prop_assert_eq!(&Quota::decode(&quota.encode()).unwrap(), &quota);
        }
    }
}
