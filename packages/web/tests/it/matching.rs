//! The committee's answers, vaults and claims: honest ones lead to a claim, and what liars send is refused by its kind.

use bithive_blindmatch::vault::MatchKey;
use bithive_web::evaluation::{Pending, ShareKeys};
use bithive_web::job::{Job, Market, Terms};
use bithive_web::{Failure, Kind};
use proptest::prelude::*;

use crate::world::{ENDPOINT, EPOCH, JOB_ID, PRICE, REQUESTER, THRESHOLD, World, market, policy, record_key};

fn kind<T>(result: Result<T, Failure>) -> Kind {
    result.map(drop).unwrap_err().kind
}

fn terms<'a>(world: &World, slot: u16, key: &'a [u8; 48]) -> Terms<'a> {
    assert_eq!(world.node(slot).bls.public_key(), *key);
    Terms { job_id: JOB_ID, round: 1, price: PRICE, slot, bls_key: key }
}

#[test]
fn a_node_that_satisfies_the_policy_opens_the_vault_and_others_do_not() {
    let world = World::new();
    let vault = world.job().vault();
    assert!(world.open_vault(&vault, 24, "ch").is_some());
    assert!(world.open_vault(&vault, 16, "eu").is_some());
    assert!(world.open_vault(&vault, 12, "ch").is_none());
    assert!(world.open_vault(&vault, 24, "us").is_none());
}

#[test]
fn a_claim_is_opened_and_accepted_for_its_node_and_terms() {
    let world = World::new();
    let job = world.job();
    let ask = PRICE - 1;
    let message = world.claim(&job.vault(), 5, ask, 1);
    let opened = job.open_claim(JOB_ID, &message).unwrap();
    assert_eq!((opened.address.as_str(), opened.slot, opened.ask), ("bithive1node5", 5, ask));
    let key = world.node(5).bls.public_key();
    let good = terms(&world, 5, &key);
    assert!(job.accept_claim(&message, good).unwrap() == opened);

    let other_key = world.node(6).bls.public_key();
    for bad in [
        Terms { slot: 6, ..good },
        Terms { round: 2, ..good },
        Terms { price: ask - 1, ..good },
        Terms { job_id: JOB_ID + 1, ..good },
        Terms { bls_key: &other_key, ..good },
        Terms { bls_key: &key[1..], ..good },
    ] {
        assert_eq!(kind(job.accept_claim(&message, bad)), Kind::Claim);
    }
}

#[test]
fn what_is_no_claim_for_this_job_is_refused() {
    let world = World::new();
    let job = world.job();
    let message = world.claim(&job.vault(), 5, 9, 1);
    assert_eq!(kind(job.open_claim(JOB_ID + 1, &message)), Kind::Claim);
    assert_eq!(kind(world.job().open_claim(JOB_ID, &message)), Kind::Claim, "another requester key");
    for length in 0..message.len() {
        assert_eq!(kind(job.open_claim(JOB_ID, &message[..length])), Kind::Claim);
    }
    for position in 0..message.len() {
        let mut changed = message.clone();
        changed[position] ^= 1;
        assert_eq!(kind(job.open_claim(JOB_ID, &changed)), Kind::Claim, "byte {position}");
    }
    // Whoever has not opened the vault can't make the MAC.
    let guessed = world.claim_with(&MatchKey::from_bytes([0; 32]), &job.vault(), 5, 9, 1);
    let refused = job.open_claim(JOB_ID, &guessed).unwrap_err();
    assert!(refused.message.contains("MAC"), "{refused}");
}

#[test]
fn a_request_is_made_again_from_its_record() {
    let world = World::new();
    let pending = policy().blind(EPOCH).unwrap();
    let record = pending.export(&record_key()).unwrap();
    let mut again = Pending::import(&record_key(), &record).unwrap();
    assert_eq!(again.request(), pending.request());
    assert_eq!(again.epoch(), EPOCH);
    for member in [2, 3] {
        again.answer(member, &world.answer(member, &pending.request())).unwrap();
    }
    let tags = again.finish(&world.share_keys()).unwrap();
    let tags =
        bithive_web::evaluation::Tags::import(&record_key(), &tags.export(&record_key()).unwrap()).unwrap();
    let job = Job::seal(&tags, &policy(), market(), REQUESTER, &ENDPOINT).unwrap();
    let job = Job::import(&record_key(), &job.export(&record_key()).unwrap()).unwrap();
    let message = world.claim(&job.vault(), 5, 9, 1);
    assert_eq!(job.open_claim(JOB_ID, &message).unwrap().slot, 5);
}

#[test]
fn a_member_that_lies_is_named_and_too_few_honest_ones_are_not_enough() {
    let world = World::new();
    let mut pending = policy().blind(EPOCH).unwrap();
    let other = policy().blind(EPOCH).unwrap();
    let keys = world.share_keys();
    assert_eq!(kind(pending.finish(&keys)), Kind::Committee);
    // An honest answer to another request, and one under another member's number.
    pending.answer(1, &world.answer(1, &other.request())).unwrap();
    pending.answer(2, &world.answer(3, &pending.request())).unwrap();
    pending.answer(3, &world.answer(3, &pending.request())).unwrap();
    let refused = pending.finish(&keys).map(drop).unwrap_err();
    assert_eq!(refused.kind, Kind::Committee);
    assert!(refused.message.contains("member 1") && refused.message.contains("member 2"), "{refused}");
    // The right answer takes the place of the wrong one.
    pending.answer(2, &world.answer(2, &pending.request())).unwrap();
    let tags = pending.finish(&keys).unwrap();
    let faults: Vec<_> = tags.faults().collect();
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].0, 1);
}

#[test]
fn answers_and_tables_that_are_none_are_refused() {
    let world = World::new();
    let mut pending = policy().blind(EPOCH).unwrap();
    let answer = world.answer(1, &pending.request());
    for member in [0, 8, 257, u32::MAX] {
        assert_eq!(kind(pending.answer(member, &answer)), Kind::Argument);
    }
    for bad in [&answer[1..], &[], &[0; 100]] {
        assert_eq!(kind(pending.answer(1, bad)), Kind::Committee);
    }
    // A member that the committee does not have is left out.
    pending.answer(7, &answer).unwrap();
    assert_eq!(kind(pending.finish(&world.share_keys())), Kind::Committee);

    let (table, posted) = (world.table.encode(), world.posted());
    assert_eq!(kind(ShareKeys::new(table, EPOCH + 1, THRESHOLD, &posted)), Kind::Epoch);
    assert_eq!(kind(ShareKeys::new(table, EPOCH, THRESHOLD, &posted[..32])), Kind::Committee);
    assert_eq!(kind(ShareKeys::new(table, EPOCH, THRESHOLD, &[0; 96])), Kind::Committee);
    assert_eq!(kind(ShareKeys::new(table, EPOCH, THRESHOLD, &posted[..31])), Kind::Argument);
    assert_eq!(kind(ShareKeys::new(table, EPOCH, 0, &posted)), Kind::Argument);
    assert_eq!(kind(ShareKeys::new(table, EPOCH, 256, &posted)), Kind::Argument);
    assert_eq!(kind(ShareKeys::new(&table[1..], EPOCH, THRESHOLD, &posted)), Kind::Committee);
    assert!(ShareKeys::new(table, EPOCH, THRESHOLD, &posted[..64]).is_ok());
}

#[test]
fn answers_of_another_epoch_seal_nothing() {
    let world = World::new();
    let mut pending = policy().blind(EPOCH + 1).unwrap();
    let of_this_epoch = policy().blind(EPOCH).unwrap();
    for member in 1..=3 {
        pending.answer(member, &world.answer(member, &of_this_epoch.request())).unwrap();
    }
    assert_eq!(kind(pending.finish(&world.share_keys())), Kind::Epoch);
}

#[test]
fn a_vault_is_sealed_with_the_tags_of_its_own_policy_only() {
    let world = World::new();
    let (policy, other) =
        (policy(), bithive_web::policy::Policy::parse("region = jp", policy().schema()).unwrap());
    let tags = world.tags(&other);
    assert_eq!(kind(Job::seal(&tags, &policy, market(), REQUESTER, &ENDPOINT)), Kind::Vault);
    let tags = world.tags(&policy);
    assert_eq!(kind(Job::seal(&tags, &policy, market(), REQUESTER, &[0; 31])), Kind::Argument);
    assert_eq!(kind(Job::seal(&tags, &policy, market(), "", &ENDPOINT)), Kind::Argument);
    assert_eq!(kind(Job::seal(&tags, &policy, market(), &"a".repeat(91), &ENDPOINT)), Kind::Argument);
    let nameless = Market { chain_id: String::new(), ..market() };
    assert_eq!(kind(Job::seal(&tags, &policy, nameless, REQUESTER, &ENDPOINT)), Kind::Argument);
}

proptest! {
    #[test]
    fn no_bytes_make_opening_panic(bytes in any::<Vec<u8>>()) {
        let mut pending = policy().blind(EPOCH).unwrap();
        let _ = pending.answer(1, &bytes);
        prop_assert!(ShareKeys::new(&bytes, EPOCH, THRESHOLD, &bytes).is_err());
        prop_assert!(Pending::import(&record_key(), &bytes).is_err());
    }
}
