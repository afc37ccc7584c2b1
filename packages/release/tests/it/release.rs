//! Wrapped keys, members' shares, and what they give to whom.

use bithive_attest::Domain;
use bithive_release::{CombineError, ContentKey, Fault, FaultReason, Label, Share, Wrap, WrapError, combine};
use proptest::prelude::*;

use crate::common::{AUTHOR, GRANTS, answer, members, rng, wrapped};

#[test]
fn any_t_members_give_the_key_and_fewer_give_none() {
    for (n, t) in [(2, 2), (3, 2), (5, 3), (7, 4)] {
        let members = members(n, t);
        let (key, label, wrap) = wrapped(&members, 1);
        for mask in 1u8..1 << n {
            let asked = members.iter().filter(|member| mask >> (member.member() - 1) & 1 == 1);
            let shares: Vec<_> = asked.map(|member| answer(member, &wrap, &label)).collect();
            let combined = combine(members[0].committee(), &wrap, &label, &shares);
            if shares.len() >= usize::from(t) {
                assert_eq!(combined.unwrap().commitment(), key.commitment());
            } else {
                let (valid, needed) = (shares.len(), t.into());
                assert_eq!(combined.err(), Some(CombineError::TooFew { valid, needed, faults: vec![] }));
            }
        }
    }
}

#[test]
fn a_wrap_that_is_copied_under_another_label_is_answered_by_nobody() {
    let members = members(3, 2);
    let (key, label, wrap) = wrapped(&members, 1);
    let other = ContentKey::generate(&mut rng(5)).commitment();
    let elsewhere = [
        Label { author: "bithive1thief", ..label },
        Label { content: [8; 32], ..label },
        Label { commitment: other, ..label },
        Label { grants: Domain { chain_id: "bithive-2", ..GRANTS }, ..label },
        Label { grants: Domain { contract: "bithive1other", ..GRANTS }, ..label },
    ];
    let good: Vec<_> = members.iter().map(|member| answer(member, &wrap, &label)).collect();
    for label in elsewhere {
        for member in &members {
            assert_eq!(member.release(&wrap, &label, &mut rng(1)).err(), Some(WrapError::Forged));
        }
        let combined = combine(members[0].committee(), &wrap, &label, &good);
        assert_eq!(combined.err(), Some(CombineError::Wrap(WrapError::Forged)));
    }
    // Whoever changes anything of it has no wrap of any label.
    let bytes = wrap.encode();
    for place in [32 + 48, 32 + 48 + 31] {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        let changed = Wrap::decode(&changed).unwrap();
        assert_eq!(changed.check(members[0].committee(), &label), Err(WrapError::Forged));
    }
    // The parts of two good ones are no third one.
    let (_, _, second) = wrapped(&members, 2);
    let mixed = [&second.encode()[..32 + 48], &bytes[32 + 48..]].concat();
    let mixed = Wrap::decode(&mixed).unwrap();
    assert_eq!(mixed.check(members[0].committee(), &label), Err(WrapError::Forged));
    assert!(key.opens(&label.commitment));
}

#[test]
fn a_wrap_for_another_committee_is_refused() {
    let (members, others) = (members(3, 2), crate::common::members(3, 3));
    let (_, label, wrap) = wrapped(&members, 1);
    assert_eq!(others[0].release(&wrap, &label, &mut rng(1)).err(), Some(WrapError::OtherCommittee));
    let combined = combine(others[0].committee(), &wrap, &label, &[]);
    assert_eq!(combined.err(), Some(CombineError::Wrap(WrapError::OtherCommittee)));
    // Also one that names the committee and was made for the key of another.
    let mut renamed = wrap.encode();
    renamed[..32].copy_from_slice(&others[0].committee().id());
    let renamed = Wrap::decode(&renamed).unwrap();
    assert_eq!(others[0].release(&renamed, &label, &mut rng(1)).err(), Some(WrapError::Forged));
}

#[test]
fn members_that_lie_are_named_and_cost_nothing_while_t_others_answer() {
    let members = members(5, 3);
    let (key, label, wrap) = wrapped(&members, 1);
    let (_, other_label, other_wrap) = wrapped(&members, 2);
    let committee = members[0].committee();
    let good = |index: usize| answer(&members[index], &wrap, &label);
    let lie = (2, answer(&members[1], &other_wrap, &other_label).1);
    let foreign = (4, good(4).1);
    let shares = [lie.clone(), good(0), good(0), foreign.clone(), good(2), good(4)];
    let combined = combine(committee, &wrap, &label, &shares).unwrap();
    assert_eq!(combined.commitment(), key.commitment());
    let combined = combine(committee, &wrap, &label, &shares[..5]);
    let fault = |member, reason| Fault { member, reason };
    let faults =
        vec![fault(2, FaultReason::Proof), fault(1, FaultReason::Duplicate), fault(4, FaultReason::Foreign)];
    assert_eq!(combined.err(), Some(CombineError::TooFew { valid: 2, needed: 3, faults }));
    // A number that nobody has.
    let mut nobody = good(0).1.encode();
    for number in [0, 6, 255] {
        nobody[0] = number;
        let share = Share::decode(&nobody).unwrap();
        let refused = combine(committee, &wrap, &label, &[(number, share)]).err();
        let faults = vec![fault(number, FaultReason::Proof)];
        assert_eq!(refused, Some(CombineError::TooFew { valid: 0, needed: 3, faults }));
    }
}

#[test]
fn a_share_of_one_content_or_committee_is_none_of_another() {
    let members = members(3, 2);
    let (_, label, wrap) = wrapped(&members, 1);
    let (_, other_label, other) = wrapped(&members, 2);
    let shares: Vec<_> = members.iter().map(|member| answer(member, &other, &other_label)).collect();
    let combined = combine(members[0].committee(), &wrap, &label, &shares);
    assert!(matches!(combined.err(), Some(CombineError::TooFew { valid: 0, .. })));
}

#[test]
fn an_author_that_commits_to_another_key_than_it_wraps_is_found_out() {
    let members = members(3, 2);
    let mut rng = rng(1);
    let (key, other) = (ContentKey::generate(&mut rng), ContentKey::generate(&mut rng));
    let label = Label { grants: GRANTS, author: AUTHOR, content: [9; 32], commitment: other.commitment() };
    let wrap = Wrap::seal(members[0].committee(), &label, &key, &mut rng);
    let shares: Vec<_> = members.iter().map(|member| answer(member, &wrap, &label)).collect();
    let combined = combine(members[0].committee(), &wrap, &label, &shares);
    assert_eq!(combined.err(), Some(CombineError::Commitment));
}

#[test]
fn a_ciphertext_opens_for_its_chain_contract_and_author_only() {
    use bithive_dgkbe::dem;
    let key = ContentKey::generate(&mut rng(1));
    let sealed = dem::seal(key.sealing(GRANTS, AUTHOR).unwrap(), b"a scan").unwrap();
    let open = |grants, author: &str| {
        let (key, data) = key.opening(grants, author);
        dem::open(&key, &data, &sealed)
    };
    assert_eq!(open(GRANTS, AUTHOR).unwrap().as_slice(), b"a scan");
    assert!(open(GRANTS, "bithive1thief").is_err());
    assert!(open(Domain { chain_id: "bithive-2", ..GRANTS }, AUTHOR).is_err());
    assert!(open(Domain { contract: "bithive1other", ..GRANTS }, AUTHOR).is_err());
}

#[test]
fn the_contract_takes_as_many_bytes_as_a_wrap_has() {
    assert_eq!(bithive_api::grants::limits::WRAP_BYTES, Wrap::LEN);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_wrapped_comes_out_and_nothing_else_does(
        seed in any::<u64>(), content in any::<[u8; 32]>(), author in "[a-z0-9]{1,20}", flip in 0..Share::LEN,
    ) {
        let members = members(3, 2);
        let mut rng = rng(seed);
        let key = ContentKey::generate(&mut rng);
        let label = Label { grants: GRANTS, author: &author, content, commitment: key.commitment() };
        let wrap = Wrap::seal(members[0].committee(), &label, &key, &mut rng);
        let read = Wrap::decode(&wrap.encode()).unwrap();
        prop_assert_eq!(&read, &wrap);
        let shares: Vec<_> = members.iter().map(|member| answer(member, &read, &label)).collect();
        let combined = combine(members[0].committee(), &wrap, &label, &shares[1..]).unwrap();
        prop_assert_eq!(combined.commitment(), key.commitment());
        // A share with one bit changed is none, wherever the bit is.
        let mut bytes = shares[1].1.encode();
        bytes[flip] ^= 1;
        if let Ok(share) = Share::decode(&bytes) {
            let two = [(shares[1].0, share), shares[2].clone()];
            let refused = combine(members[0].committee(), &wrap, &label, &two).err();
            prop_assert!(matches!(refused, Some(CombineError::TooFew { valid: 1, .. })), "{:?}", refused);
        }
    }
}
