#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use bithive_blindmatch::{
    DecodeError,
    committee::{
        CommitteeError, CommitteeParams, Contribution, MemberSeeds, PartialTable, ShareKeyTable, contribute,
    },
    schema::SlotId,
};
use common::{Committee, EPOCH, rng};

mod common;

const SLOTS: u16 = 3;

fn all_contributions(params: CommitteeParams) -> Vec<Contribution> {
    params.all_members().flat_map(|me| contribute(params, me, &mut rng(u64::from(me.get())))).collect()
}

fn received(params: CommitteeParams, me: u8, all: &[Contribution]) -> Vec<Contribution> {
    let me = params.member(me).unwrap();
    all.iter().filter(|contribution| contribution.subset().contains(me)).cloned().collect()
}

fn agree(
    params: CommitteeParams,
    me: u8,
    contributions: &[Contribution],
) -> Result<MemberSeeds, CommitteeError> {
    MemberSeeds::agree(params, params.member(me).unwrap(), contributions)
}

/// The partial tables of a committee of n, t that agreed on its seeds.
fn partials(params: CommitteeParams) -> Vec<PartialTable> {
    let all = all_contributions(params);
    let seeds = (1..=params.members()).map(|me| agree(params, me, &received(params, me, &all)).unwrap());
    seeds.map(|seeds| seeds.partial_table(EPOCH, SLOTS).unwrap()).collect()
}

fn merge(params: CommitteeParams, partials: &[PartialTable]) -> Result<ShareKeyTable, CommitteeError> {
    ShareKeyTable::merge(params, EPOCH, SLOTS, partials)
}

/// The same partial table with one byte of the point at `index` replaced by another member's point.
fn with_point(partial: &PartialTable, index: usize, point: &[u8]) -> PartialTable {
    let mut bytes = partial.encode();
    bytes[14 + 32 * index..14 + 32 * (index + 1)].copy_from_slice(point);
    PartialTable::decode(&bytes).unwrap()
}

#[test]
fn contributions_make_the_same_seed_for_all_its_holders() {
    let params = CommitteeParams::new(4, 3).unwrap();
    let all = all_contributions(params);
    let seeds: Vec<_> = (1..=4).map(|me| agree(params, me, &received(params, me, &all)).unwrap()).collect();
    for one in &seeds {
        for other in &seeds {
            for (subset, digest) in one.confirmation() {
                if subset.contains(other.member()) {
                    assert!(other.confirmation().contains(&(subset, digest)));
                }
            }
        }
    }
    let merged = merge(params, &partials(params)).unwrap();
    assert_eq!(merged.digest(), merge(params, &partials(params)[..3]).unwrap().digest());
}

#[test]
fn an_equivocating_contributor_shows_in_the_confirmations() {
    let params = CommitteeParams::new(3, 2).unwrap();
    let all = all_contributions(params);
    let other: Vec<_> = params.all_members().flat_map(|me| contribute(params, me, &mut rng(99))).collect();
    let honest = agree(params, 1, &received(params, 1, &all)).unwrap();
    let mut mixed = received(params, 2, &all);
    let index = mixed.iter().position(|c| c.from().get() == 1).unwrap();
    let subset = mixed[index].subset();
    mixed[index] = other.iter().find(|c| c.from().get() == 1 && c.subset() == subset).unwrap().clone();
    let fooled = agree(params, 2, &mixed).unwrap();
    let digest = |seeds: &MemberSeeds| seeds.confirmation().into_iter().find(|(held, _)| *held == subset);
    assert!(digest(&honest).is_some() && digest(&honest) != digest(&fooled));
}

#[test]
fn faults_in_contributions_name_the_member() {
    let params = CommitteeParams::new(3, 2).unwrap();
    let all = all_contributions(params);
    let (one, three) = (params.member(1).unwrap(), params.member(3).unwrap());
    let mut missing = received(params, 1, &all);
    missing.retain(|c| c.from() != three);
    assert!(
        matches!(agree(params, 1, &missing), Err(CommitteeError::NotContributed { from, .. }) if from == three)
    );
    let mut twice = received(params, 1, &all);
    twice.push(twice.iter().find(|c| c.from() == three).unwrap().clone());
    assert!(
        matches!(agree(params, 1, &twice), Err(CommitteeError::ContributedTwice { from, .. }) if from == three)
    );
    assert!(
        matches!(agree(params, 1, &all), Err(CommitteeError::NotAHolder { from, mask: 0b110 }) if from != one)
    );
    let mut bytes = all[0].encode().to_vec();
    bytes[2] = 0b1000_0001;
    let stray = [Contribution::decode(&bytes).unwrap()];
    assert!(matches!(agree(params, 1, &stray), Err(CommitteeError::NotAHolder { mask: 0b1000_0001, .. })));
}

#[test]
fn any_t_partial_tables_give_the_whole_table_and_fewer_do_not() {
    let params = CommitteeParams::new(5, 3).unwrap();
    let partials = partials(params);
    let digest = merge(params, &partials).unwrap().digest();
    for mask in 0_u8..32 {
        let chosen: Vec<_> =
            (0..5).filter(|bit| mask >> bit & 1 == 1).map(|bit| partials[bit].clone()).collect();
        match merge(params, &chosen) {
            Ok(table) => assert!(mask.count_ones() >= 3 && table.digest() == digest),
            Err(error) => {
                assert!(mask.count_ones() < 3);
                assert!(matches!(error, CommitteeError::Unpublished { .. }), "{error}");
            }
        }
    }
}

#[test]
fn a_member_that_publishes_another_point_is_named() {
    let params = CommitteeParams::new(5, 3).unwrap();
    let mut partials = partials(params);
    let foreign = partials[0].encode()[14..46].to_vec();
    // Subsets have three holders, so that two honest ones are a majority.
    partials[4] = with_point(&partials[4], 7, &foreign);
    match merge(params, &partials) {
        Err(CommitteeError::Disagreement { members, slot, .. }) => {
            assert_eq!(members, [params.member(5).unwrap()]);
            assert_eq!(slot, SlotId(1));
        }
        other => panic!("{other:?}"),
    }
    assert!(merge(params, &partials[..4]).is_ok(), "the others go on without it");
}

#[test]
fn without_a_majority_all_holders_are_named() {
    let params = CommitteeParams::new(3, 2).unwrap();
    let mut partials = partials(params);
    let foreign = partials[2].encode()[14..46].to_vec();
    partials[0] = with_point(&partials[0], 0, &foreign);
    let members = vec![params.member(1).unwrap(), params.member(2).unwrap()];
    let expected = CommitteeError::Disagreement { members, slot: SlotId(0), mask: 0b011 };
    assert_eq!(merge(params, &partials), Err(expected));
}

#[test]
fn partial_tables_that_do_not_belong_are_refused_by_name() {
    let params = CommitteeParams::new(3, 3).unwrap();
    let partials = partials(params);
    let member = params.member(1).unwrap();
    let merge_at = |epoch, slots| ShareKeyTable::merge(params, epoch, slots, &partials);
    let foreign = |field| Err(CommitteeError::ForeignTable { member, field });
    assert_eq!(merge_at(EPOCH + 1, SLOTS), foreign("epoch"));
    assert_eq!(merge_at(EPOCH, SLOTS + 1), foreign("number of slots"));
    assert_eq!(merge_at(EPOCH, 0), Err(CommitteeError::Slots { slots: 0 }));
    assert_eq!(merge_at(EPOCH, 257), Err(CommitteeError::Slots { slots: 257 }));
    let other = CommitteeParams::new(3, 2).unwrap();
    assert_eq!(ShareKeyTable::merge(other, EPOCH, SLOTS, &partials), foreign("committee"));
    let twice = [partials[0].clone(), partials[0].clone()];
    assert_eq!(merge(params, &twice), Err(CommitteeError::DuplicateTable { member }));
    for bad in [[0; 32], [0xff; 32]] {
        let mut partials = partials.clone();
        partials[0] = with_point(&partials[0], 2, &bad);
        assert_eq!(merge(params, &partials), Err(CommitteeError::BadPoint { member, slot: SlotId(2) }));
    }
}

#[test]
fn epochs_have_unrelated_tables() {
    let committee = Committee::new(3, 2);
    let next: Vec<_> =
        committee.seeds.iter().map(|seeds| seeds.partial_table(EPOCH + 1, 10).unwrap()).collect();
    let next = ShareKeyTable::merge(committee.params, EPOCH + 1, 10, &next).unwrap();
    let points =
        |table: &ShareKeyTable| table.encode()[13..].chunks(32).map(<[u8]>::to_vec).collect::<Vec<_>>();
    let old = points(&committee.table);
    assert!(points(&next).iter().all(|point| !old.contains(point)));
}

#[test]
fn seeds_tables_and_contributions_survive_their_encoding() {
    let committee = Committee::new(5, 3);
    for (seeds, partial) in committee.seeds.iter().zip(&committee.partials) {
        let decoded = MemberSeeds::decode(&seeds.encode()).unwrap();
        assert_eq!(decoded.encode(), seeds.encode());
        assert_eq!(decoded.partial_table(EPOCH, 10).unwrap(), *partial);
        assert_eq!(PartialTable::decode(&partial.encode()).unwrap(), *partial);
    }
    let decoded = ShareKeyTable::decode(committee.table.encode()).unwrap();
    assert_eq!(decoded, committee.table);
    assert_eq!(decoded.digest(), committee.table.digest());
    for contribution in all_contributions(committee.params) {
        assert_eq!(Contribution::decode(&contribution.encode()).unwrap().encode(), contribution.encode());
    }
}

#[test]
fn a_table_with_a_bad_point_or_header_is_refused() {
    let committee = Committee::new(3, 2);
    let good = committee.table.encode();
    let with = |range: core::ops::Range<usize>, byte: u8| {
        let mut bytes = good.to_vec();
        bytes[range].fill(byte);
        ShareKeyTable::decode(&bytes).unwrap_err()
    };
    assert!(matches!(with(13..45, 0), DecodeError::Invalid { field: "point", .. }));
    assert!(matches!(with(13..45, 0xff), DecodeError::Invalid { field: "point", .. }));
    assert!(matches!(with(0..1, 2), DecodeError::Version { found: 2, expected: 1, .. }));
    assert!(matches!(with(1..2, 8), DecodeError::Invalid { field: "committee", .. }));
    assert!(matches!(with(11..13, 0), DecodeError::OutOfRange { field: "slots", .. }));
    assert!(matches!(
        ShareKeyTable::decode(&[good, &[0]].concat()),
        Err(DecodeError::TrailingBytes { extra: 1, .. })
    ));
    assert!(matches!(
        ShareKeyTable::decode(&good[..good.len() - 1]),
        Err(DecodeError::Truncated { needed: 32, left: 31, .. })
    ));
}
