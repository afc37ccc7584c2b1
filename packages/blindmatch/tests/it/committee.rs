use std::collections::BTreeSet;

use crate::common::{Committee, EPOCH, rng};
use bithive_blindmatch::{
    DecodeError,
    committee::{
        Commitments, CommitteeError, CommitteeParams, Contribution, MAX_TERM_EPOCHS, MemberSeeds, Merged,
        PartialTable, ShareKeyTable, Statement, TableFault, TableFaultReason, Term, contribute, deal,
    },
};

const SLOTS: u16 = 3;

fn term() -> Term {
    Term::new(EPOCH, 2, SLOTS).unwrap()
}

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

/// The seeds of a committee of n, t that agreed on them.
fn agreed(params: CommitteeParams) -> Vec<MemberSeeds> {
    let all = all_contributions(params);
    (1..=params.members()).map(|me| agree(params, me, &received(params, me, &all)).unwrap()).collect()
}

fn statements(seeds: &[MemberSeeds]) -> Vec<Statement> {
    seeds.iter().map(|seeds| seeds.statement(term())).collect()
}

fn commit(params: CommitteeParams, statements: &[Statement]) -> Result<Commitments, CommitteeError> {
    Commitments::agree(params, term(), statements)
}

/// The commitments and partial tables of a committee of n, t that agreed on its seeds.
fn published(params: CommitteeParams) -> (Commitments, Vec<PartialTable>) {
    let seeds = agreed(params);
    let partials = seeds.iter().map(|seeds| seeds.partial_table(EPOCH, SLOTS).unwrap()).collect();
    (commit(params, &statements(&seeds)).unwrap(), partials)
}

fn merge(commitments: &Commitments, partials: &[PartialTable]) -> Result<Merged, CommitteeError> {
    ShareKeyTable::merge(commitments, EPOCH, partials)
}

/// The same partial table with another point at `index`.
fn with_point(partial: &PartialTable, index: usize, point: &[u8]) -> PartialTable {
    let mut bytes = partial.encode();
    bytes[14 + 32 * index..14 + 32 * (index + 1)].copy_from_slice(point);
    PartialTable::decode(&bytes).unwrap()
}

#[test]
fn contributions_make_the_same_seed_for_all_its_holders() {
    for (n, t) in [(2, 2), (4, 3), (5, 4), (7, 4)] {
        let params = CommitteeParams::new(n, t).unwrap();
        let seeds = agreed(params);
        let commitments = commit(params, &statements(&seeds)).unwrap();
        assert_eq!((commitments.params(), commitments.term()), (params, term()));
    }
}

#[test]
fn an_equivocating_contributor_stops_the_committee_before_it_begins() {
    let params = CommitteeParams::new(3, 2).unwrap();
    let all = all_contributions(params);
    let other: Vec<_> = params.all_members().flat_map(|me| contribute(params, me, &mut rng(99))).collect();
    let mut seeds = agreed(params);
    let mut mixed = received(params, 2, &all);
    let index = mixed.iter().position(|c| c.from().get() == 1).unwrap();
    let subset = mixed[index].subset();
    mixed[index] = other.iter().find(|c| c.from().get() == 1 && c.subset() == subset).unwrap().clone();
    seeds[1] = agree(params, 2, &mixed).unwrap();
    let members = vec![params.member(1).unwrap(), params.member(2).unwrap()];
    let expected = CommitteeError::Disagreement { members, mask: 0b011 };
    assert_eq!(commit(params, &statements(&seeds)), Err(expected));
}

#[test]
fn a_member_that_states_something_else_than_a_majority_of_holders_is_named() {
    let params = CommitteeParams::new(5, 3).unwrap();
    let mut statements = statements(&agreed(params));
    let mut bytes = statements[3].encode();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    statements[3] = Statement::decode(&bytes).unwrap();
    let members = vec![params.member(4).unwrap()];
    assert!(matches!(
        commit(params, &statements),
        Err(CommitteeError::Disagreement { members: named, .. }) if named == members
    ));
}

#[test]
fn statements_that_are_missing_twice_there_or_of_another_kind_are_refused_by_name() {
    let params = CommitteeParams::new(3, 2).unwrap();
    let seeds = agreed(params);
    let good = statements(&seeds);
    let (one, two) = (params.member(1).unwrap(), params.member(2).unwrap());
    let not_two = [good[0].clone(), good[2].clone()];
    assert_eq!(commit(params, &not_two), Err(CommitteeError::NotStated { member: two }));
    let twice = [&good[..], &good[..1]].concat();
    assert_eq!(commit(params, &twice), Err(CommitteeError::DuplicateStatement { member: one }));
    let foreign = |member, field| Err(CommitteeError::ForeignStatement { member, field });
    for other in [Term::new(EPOCH + 1, 2, SLOTS), Term::new(EPOCH, 3, SLOTS), Term::new(EPOCH, 2, SLOTS + 1)]
    {
        let mixed = [good[0].clone(), seeds[1].statement(other.unwrap()), good[2].clone()];
        assert_eq!(commit(params, &mixed), foreign(two, "term"));
    }
    assert_eq!(commit(CommitteeParams::new(3, 3).unwrap(), &good), foreign(one, "committee"));
    let none = CommitteeError::Params { members: 0, threshold: 0 };
    assert_eq!(Commitments::of_dealt(term(), &[]), Err(none));
}

#[test]
fn a_term_has_epochs_that_are_numbers_and_slots() {
    for (first_epoch, epochs) in [(0, 0), (0, MAX_TERM_EPOCHS + 1), (u64::MAX, 1), (u64::MAX - 5, 6)] {
        let refused = Err(CommitteeError::Term { first_epoch, epochs });
        assert_eq!(Term::new(first_epoch, epochs, SLOTS), refused);
    }
    for slots in [0, 257] {
        assert_eq!(Term::new(0, 1, slots), Err(CommitteeError::Slots { slots }));
    }
    let term = Term::new(u64::MAX - 5, 5, SLOTS).unwrap();
    assert_eq!((term.first_epoch(), term.last_epoch()), (u64::MAX - 5, u64::MAX - 1));
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
    let (commitments, partials) = published(params);
    let digest = merge(&commitments, &partials).unwrap().table.digest();
    for mask in 0_u8..32 {
        let chosen: Vec<_> =
            (0..5).filter(|bit| mask >> bit & 1 == 1).map(|bit| partials[bit].clone()).collect();
        match merge(&commitments, &chosen) {
            Ok(Merged { table, faults }) => {
                assert!(mask.count_ones() >= 3 && table.digest() == digest && faults.is_empty());
            }
            Err(error) => {
                assert!(mask.count_ones() < 3);
                assert!(matches!(error, CommitteeError::Unpublished { .. }), "{error}");
            }
        }
    }
}

#[test]
fn a_table_is_the_committees_if_enough_members_have_posted_its_digest() {
    let params = CommitteeParams::new(3, 2).unwrap();
    let (commitments, partials) = published(params);
    let table = merge(&commitments, &partials).unwrap().table;
    let (own, other) = (table.digest(), [7; 32]);
    let posted =
        |epoch, threshold, digests: &[&[u8]]| table.is_posted(epoch, threshold, digests.iter().copied());
    assert!(posted(EPOCH, 2, &[&own, &other, &own]));
    assert!(!posted(EPOCH, 2, &[&own, &other, &other]));
    assert!(!posted(EPOCH, 2, &[&own, &own[1..], &[]]));
    assert!(!posted(EPOCH + 1, 2, &[&own, &own, &own]), "of another epoch");
    assert!(!posted(EPOCH, 0, &[]), "there is no committee");
}

#[test]
fn one_honest_holder_is_enough_to_name_the_other_who_lies() {
    let params = CommitteeParams::new(3, 2).unwrap();
    let (commitments, honest) = published(params);
    let table = merge(&commitments, &honest).unwrap().table;
    let foreign = honest[2].encode()[14..46].to_vec();
    let mut partials = honest.clone();
    partials[0] = with_point(&honest[0], 0, &foreign);
    let named =
        |mask| TableFault { member: params.member(1).unwrap(), reason: TableFaultReason::Points { mask } };
    assert_eq!(merge(&commitments, &partials), Ok(Merged { table, faults: vec![named(0b011)] }));
    // Without the honest holder nobody has that seed's points, and the liar is named all the same.
    let holders = vec![params.member(1).unwrap(), params.member(2).unwrap()];
    let faults = vec![named(0b011)];
    let expected = CommitteeError::Unpublished { mask: 0b011, holders, faults };
    assert_eq!(merge(&commitments, &[partials[0].clone(), partials[2].clone()]), Err(expected));
}

#[test]
fn partial_tables_that_do_not_belong_are_left_out_by_name() {
    let params = CommitteeParams::new(3, 2).unwrap();
    let (commitments, honest) = published(params);
    let table = merge(&commitments, &honest).unwrap().table;
    let seeds = agreed(params);
    let member = params.member(1).unwrap();
    let named = |bad: PartialTable| {
        let merged = merge(&commitments, &[bad, honest[1].clone(), honest[2].clone()]).unwrap();
        assert_eq!(merged.table, table);
        merged.faults
    };
    let foreign = |field| vec![TableFault { member, reason: TableFaultReason::Foreign { field } }];
    assert_eq!(named(seeds[0].partial_table(EPOCH + 1, SLOTS).unwrap()), foreign("epoch"));
    assert_eq!(named(seeds[0].partial_table(EPOCH, SLOTS + 1).unwrap()), foreign("number of slots"));
    let other = published(CommitteeParams::new(3, 3).unwrap()).1[0].clone();
    assert_eq!(named(other), foreign("committee"));
    for bad in [[0; 32], [0xff; 32]] {
        let reason = TableFaultReason::Points { mask: 0b011 };
        assert_eq!(named(with_point(&honest[0], 2, &bad)), [TableFault { member, reason }]);
    }
    let twice = [&honest[..], &honest[..1]].concat();
    assert!(merge(&commitments, &twice).unwrap().faults.is_empty(), "the same table again is no fault");
    let twice = [&honest[..], &[with_point(&honest[0], 0, &[7; 32])]].concat();
    let faults = merge(&commitments, &twice).unwrap().faults;
    assert_eq!(faults, [TableFault { member, reason: TableFaultReason::Duplicate }]);
}

#[test]
fn there_are_no_tables_out_of_the_term() {
    let params = CommitteeParams::new(3, 2).unwrap();
    let (commitments, partials) = published(params);
    for epoch in [0, EPOCH - 1, EPOCH + 2, u64::MAX] {
        let refused = CommitteeError::EpochOutOfTerm { epoch, first: EPOCH, last: EPOCH + 1 };
        assert_eq!(ShareKeyTable::merge(&commitments, epoch, &partials), Err(refused));
    }
    assert!(agreed(params)[0].partial_table(EPOCH, 0).is_err());
}

#[test]
fn fewer_than_t_members_lack_one_seed_of_every_key() {
    for (n, t) in [(2, 2), (3, 2), (4, 4), (5, 3), (7, 4)] {
        let params = CommitteeParams::new(n, t).unwrap();
        let (commitments, partials) = published(params);
        for mask in (1_u8..1 << n).filter(|mask| mask.count_ones() == u32::from(t) - 1) {
            let theirs: Vec<_> =
                partials.iter().filter(|p| mask >> (p.member().get() - 1) & 1 == 1).cloned().collect();
            let missing: Vec<_> = params
                .subsets()
                .into_iter()
                .filter(|subset| theirs.iter().all(|partial| !subset.contains(partial.member())))
                .collect();
            assert_eq!(missing.len(), 1);
            // It is the seed of all the others, and nothing the coalition holds gives its points.
            assert_eq!(missing[0].mask(), !mask & ((1 << n) - 1));
            let error = merge(&commitments, &theirs).unwrap_err();
            assert!(
                matches!(&error, CommitteeError::Unpublished { mask, .. } if *mask == missing[0].mask()),
                "{error}"
            );
        }
    }
}

#[test]
fn committees_that_follow_each_other_share_no_seed() {
    let seeds = |committee: &[MemberSeeds]| -> BTreeSet<Vec<u8>> {
        committee
            .iter()
            .flat_map(|seeds| seeds.encode()[4..].chunks(32).map(<[u8]>::to_vec).collect::<Vec<_>>())
            .collect()
    };
    let params = CommitteeParams::new(3, 2).unwrap();
    let old = seeds(&agreed(params));
    // The same people agree again: each draws anew.
    let mut rng = rng(50);
    let all: Vec<_> = params.all_members().flat_map(|me| contribute(params, me, &mut rng)).collect();
    let new: Vec<_> = (1..=3).map(|me| agree(params, me, &received(params, me, &all)).unwrap()).collect();
    assert_eq!((old.len(), seeds(&new).len()), (3, 3));
    assert!(old.is_disjoint(&seeds(&new)));
    let larger = deal(CommitteeParams::new(5, 3).unwrap(), &mut rng);
    assert_eq!(seeds(&larger).len(), 10);
    assert!(old.is_disjoint(&seeds(&larger)));
}

#[test]
fn epochs_have_unrelated_tables() {
    let committee = Committee::new(3, 2);
    let next: Vec<_> =
        committee.seeds.iter().map(|seeds| seeds.partial_table(EPOCH + 1, 10).unwrap()).collect();
    let next = ShareKeyTable::merge(&committee.commitments, EPOCH + 1, &next).unwrap().table;
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
    for statement in committee.seeds.iter().map(|seeds| seeds.statement(term())) {
        assert_eq!(Statement::decode(&statement.encode()).unwrap(), statement);
    }
    assert_eq!(Commitments::decode(&committee.commitments.encode()).unwrap(), committee.commitments);
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

mod liars {
    //! Any committee, any n - t members that are down or lie, in their tables and in their answers.

    use bithive_blindmatch::{
        committee::{EpochKeys, MemberIndex},
        oprf::{EvaluateResponse, blind},
        schema::{Input, SlotId},
    };
    use proptest::prelude::*;
    use rand_chacha::ChaCha20Rng;

    use super::*;

    /// What a member does about its tables and answers.
    #[derive(Debug, Clone, Copy)]
    enum Conduct {
        Honest,
        Down,
        /// Changes the byte at this place of the points or evaluations.
        Changes(prop::sample::Index),
        /// Answers with its keys and points of another epoch.
        OtherEpoch,
        /// Answers with a seed of its own making.
        OtherSeeds,
    }

    fn conduct() -> impl Strategy<Value = Conduct> {
        prop_oneof![
            Just(Conduct::Down),
            any::<prop::sample::Index>().prop_map(Conduct::Changes),
            Just(Conduct::OtherEpoch),
            Just(Conduct::OtherSeeds),
        ]
    }

    /// n, t, and the conduct of each member, of whom at most n - t are not honest.
    fn committees() -> impl Strategy<Value = (CommitteeParams, Vec<Conduct>)> {
        (2_u8..=7)
            .prop_flat_map(|n| (Just(n), (n / 2 + 1).max(2)..=n))
            .prop_flat_map(|(n, t)| {
                let bad = prop::collection::vec(conduct(), 0..=usize::from(n - t));
                (Just(CommitteeParams::new(n, t).unwrap()), bad)
            })
            .prop_flat_map(|(params, mut members)| {
                members.resize(usize::from(params.members()), Conduct::Honest);
                (Just(params), Just(members).prop_shuffle())
            })
    }

    fn with_byte_changed(
        mut bytes: Vec<u8>,
        from: usize,
        length: usize,
        place: prop::sample::Index,
    ) -> Vec<u8> {
        bytes[from + place.index(length)] ^= 1;
        bytes
    }

    fn table_of(conduct: Conduct, own: &MemberSeeds, false_one: &MemberSeeds) -> Option<PartialTable> {
        let honest = own.partial_table(EPOCH, SLOTS).unwrap();
        Some(match conduct {
            Conduct::Honest => honest,
            Conduct::Down => return None,
            Conduct::Changes(place) => {
                let bytes = honest.encode();
                let length = bytes.len() - 14;
                PartialTable::decode(&with_byte_changed(bytes, 14, length, place)).unwrap()
            }
            Conduct::OtherEpoch => own.partial_table(EPOCH + 1, SLOTS).unwrap(),
            Conduct::OtherSeeds => false_one.partial_table(EPOCH, SLOTS).unwrap(),
        })
    }

    /// The answer, or nothing where it can't even be decoded.
    fn answer_of(
        conduct: Conduct,
        request: &bithive_blindmatch::oprf::EvaluateRequest,
        own: &MemberSeeds,
        false_one: &MemberSeeds,
        rng: &mut ChaCha20Rng,
    ) -> Option<EvaluateResponse> {
        let evaluate =
            |keys: EpochKeys, request: &_, rng: &mut ChaCha20Rng| keys.evaluate(request, rng).unwrap();
        let honest = evaluate(own.epoch_keys(EPOCH, SLOTS).unwrap(), request, rng);
        Some(match conduct {
            Conduct::Honest => honest,
            Conduct::Down => return None,
            Conduct::Changes(place) => {
                let length = 32 * request.points().len();
                EvaluateResponse::decode(&with_byte_changed(honest.encode(), 4, length, place)).unwrap()
            }
            Conduct::OtherEpoch => {
                let mut later = request.encode();
                later[1..9].copy_from_slice(&(EPOCH + 1).to_be_bytes());
                let later = bithive_blindmatch::oprf::EvaluateRequest::decode(&later).unwrap();
                evaluate(own.epoch_keys(EPOCH + 1, SLOTS).unwrap(), &later, rng)
            }
            Conduct::OtherSeeds => evaluate(false_one.epoch_keys(EPOCH, SLOTS).unwrap(), request, rng),
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn those_and_only_those_who_lie_are_named_and_the_tags_are_right((params, members) in committees()) {
            let mut rng = rng(9);
            let (seeds, false_seeds) = (deal(params, &mut rng), deal(params, &mut rng));
            let commitments = Commitments::of_dealt(term(), &seeds).unwrap();
            let honest: Vec<_> = seeds.iter().map(|own| own.partial_table(EPOCH, SLOTS).unwrap()).collect();
            let reference = merge(&commitments, &honest).unwrap().table;
            let inputs = [0, 1].map(|slot| Input { slot: SlotId(slot), value: "x".to_owned() });
            let pending = blind([0; 32], EPOCH, &inputs, &mut rng).unwrap();
            let all: Vec<_> = seeds.iter().map(|own| {
                (own.member(), own.epoch_keys(EPOCH, SLOTS).unwrap().evaluate(pending.request(), &mut rng).unwrap())
            }).collect();
            let tags = pending.finish(&reference, &all).unwrap().tags;

            let (mut partials, mut answers, mut liars): (Vec<_>, Vec<_>, Vec<MemberIndex>) = Default::default();
            for ((own, false_one), conduct) in seeds.iter().zip(&false_seeds).zip(members) {
                partials.extend(table_of(conduct, own, false_one));
                let answer = answer_of(conduct, pending.request(), own, false_one, &mut rng);
                answers.extend(answer.map(|answer| (own.member(), answer)));
                if !matches!(conduct, Conduct::Honest | Conduct::Down) {
                    liars.push(own.member());
                }
            }
            let merged = merge(&commitments, &partials).unwrap();
            prop_assert_eq!(&merged.table, &reference);
            prop_assert_eq!(merged.faults.iter().map(|fault| fault.member).collect::<Vec<_>>(), liars.clone());
            let evaluated = pending.finish(&merged.table, &answers).unwrap();
            prop_assert_eq!(evaluated.tags.encode(), tags.encode());
            prop_assert_eq!(evaluated.faults.iter().map(|fault| fault.member).collect::<Vec<_>>(), liars);
        }
    }
}
