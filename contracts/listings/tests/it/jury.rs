//! Challenges that jurors decide: the draw, the votes, and what silence costs.

use bithive_api::listings::{Event, ExecuteMsg, Of, Ruler, State, Verdict};
use bithive_economics::challenge::{divide, silence};
use bithive_listings::ContractError;
use bithive_test_kit::listings::{POOL, RULING, UNBOND, beacon, category, terms};
use bithive_test_kit::refusal;
use cosmwasm_std::Addr;

use crate::world::{BOND, JUDGED, NAMED, STAKE, WEALTH, World};

/// A case before its jurors, of whom none has voted.
fn drawn(jurors: usize) -> (World, (u64, u64), Vec<Addr>) {
    let mut world = World::with_jurors(jurors);
    let case = world.challenged(JUDGED);
    let drawn = world.draw(case.0);
    (world, case, drawn)
}

fn advance(world: &mut World, id: u64) -> Verdict {
    let response = world.by_stranger(&ExecuteMsg::Advance { id }).unwrap();
    world.verdicts(&response)[0]
}

#[test]
fn seven_jurors_are_drawn_by_the_beacon_of_a_round_that_nobody_knew() {
    let mut world = World::with_jurors(20);
    let (id, _) = world.challenged(JUDGED);
    let challenge = world.listing(id).challenge.unwrap();
    let round = challenge.round.unwrap();
    // Round n is at 1,000 + 3 (n - 1): at least a minute after the challenge's block.
    assert!(1_000 + 3 * (round - 1) > world.suite.now() + 60);
    for other in [round - 1, round + 1] {
        let draw = ExecuteMsg::Draw { id, signature: beacon(other) };
        assert!(matches!(world.refused(&draw), ContractError::Drand(_)));
    }
    let jurors = world.draw(id);
    let different: std::collections::BTreeSet<_> = jurors.iter().collect();
    assert_eq!((jurors.len(), different.len()), (7, 7));
    let draw = ExecuteMsg::Draw { id, signature: beacon(round) };
    assert_eq!(world.refused(&draw), ContractError::NoDraw { id });
    assert_eq!(world.listings.numbers(&world.suite, Some(Of::Party(jurors[0].to_string()))).len(), 2);
    world.check();
}

#[test]
fn a_majority_decides_and_each_of_its_jurors_has_an_equal_part_of_a_fifth_of_the_lost_bond() {
    for upheld in [true, false] {
        let (mut world, case, jurors) = drawn(12);
        world.vote(case, &jurors[..3], !upheld);
        world.vote(case, &jurors[3..], upheld);
        let verdict = advance(&mut world, case.0);
        let parts = divide(BOND, 4);
        let expected = if upheld {
            (Verdict::Upheld, [0, BOND + parts.winner, parts.treasury])
        } else {
            (Verdict::Rejected, [parts.winner, 0, parts.treasury])
        };
        assert_eq!((verdict, world.parties()), expected);
        let paid: Vec<_> = jurors.iter().map(|juror| world.owed([juror])[0]).collect();
        // A vote against the majority is not paid, and costs nothing.
        assert_eq!(paid, [0, 0, 0, parts.juror, parts.juror, parts.juror, parts.juror]);
        assert!(world.held_whole(&jurors));
        world.check();
    }
}

#[test]
fn a_juror_that_is_silent_loses_a_tenth_of_its_bond_to_the_treasury_and_nobody_gains_by_its_silence() {
    let (mut world, case, jurors) = drawn(12);
    world.vote(case, &jurors[..4], true);
    assert!(matches!(world.refused(&ExecuteMsg::Advance { id: case.0 }), ContractError::Open { .. }));
    world.suite.advance(RULING + 1);
    assert_eq!(advance(&mut world, case.0), Verdict::Upheld);
    let (parts, lost) = (divide(BOND, 4), silence(STAKE, STAKE));
    assert_eq!(world.parties(), [0, BOND + parts.winner, parts.treasury + 3 * lost]);
    assert!(world.held_whole(&jurors[..4]));
    for juror in &jurors[4..] {
        assert_eq!(world.bond_of(juror), STAKE - lost);
    }
    world.check();
}

#[test]
fn three_votes_among_silent_jurors_decide_nothing_and_both_bonds_return() {
    let (mut world, case, jurors) = drawn(12);
    world.vote(case, &jurors[..3], true);
    world.suite.advance(RULING + 1);
    assert_eq!(advance(&mut world, case.0), Verdict::Unruled);
    assert_eq!(world.parties(), [0, BOND, 4 * silence(STAKE, STAKE)]);
    assert_eq!(world.state(case.0), State::Active);
    world.check();
}

#[test]
fn a_vote_is_of_a_juror_of_the_case_final_in_time_and_for_its_own_challenge() {
    let (mut world, (id, challenge), jurors) = drawn(12);
    let vote = |challenge| ExecuteMsg::Vote { id, challenge, upheld: true };
    assert!(matches!(world.refused(&vote(challenge)), ContractError::Unauthorized(_)));
    let other = refusal(world.send(&jurors[0], &vote(challenge + 1)));
    assert!(matches!(other, ContractError::OtherChallenge { .. }));
    world.vote((id, challenge), &jurors[..1], false);
    let twice = refusal::<ContractError>(world.send(&jurors[0], &vote(challenge)));
    assert_eq!(twice, ContractError::Voted { id, juror: jurors[0].to_string() });
    world.suite.advance(RULING);
    world.vote((id, challenge), &jurors[1..2], true);
    world.suite.advance(1);
    assert!(matches!(refusal(world.send(&jurors[2], &vote(challenge))), ContractError::TooLate { .. }));
    // Nor is there any named ruler.
    let rule = ExecuteMsg::Rule { id, challenge, upheld: true };
    assert!(matches!(world.refused(&rule), ContractError::Unauthorized(_)));
    world.check();
}

#[test]
fn who_is_both_parties_and_every_juror_still_loses_three_tenths() {
    let mut world = World::with_jurors(12);
    let (owner, btt) = (world.owner.clone(), world.btt());
    let id = world.list(JUDGED);
    world.challenge_by(&owner, id, BOND).unwrap();
    let jurors = world.draw(id);
    world.vote((id, 1), &jurors, true);
    advance(&mut world, id);
    // All of them are one person.
    let back: u128 = jurors.iter().map(|juror| world.owed([juror])[0]).sum::<u128>() + world.parties()[0];
    let spent = 2 * BOND;
    assert!(spent - back >= BOND * 3 / 10, "{back}");
    assert_eq!(world.suite.balance_in(&owner, &btt), WEALTH - spent);
    world.check();
}

#[test]
fn a_challenge_that_nobody_draws_ends_without_a_ruling_and_costs_no_juror_anything() {
    let mut world = World::with_jurors(12);
    let (id, _) = world.challenged(JUDGED);
    world.suite.advance(RULING + 1);
    assert!(matches!(
        refusal(world.listings.clone().draw(&mut world.suite, id)),
        ContractError::TooLate { .. }
    ));
    assert_eq!(advance(&mut world, id), Verdict::Unruled);
    assert_eq!(world.parties(), [0, BOND, 0]);
    world.check();
}

#[test]
fn jurors_have_their_time_from_the_draw_on_however_late_that_is() {
    let mut world = World::with_jurors(12);
    let case = world.challenged(JUDGED);
    world.suite.advance(RULING);
    let jurors = world.draw(case.0);
    world.suite.advance(RULING);
    world.vote(case, &jurors, false);
    assert_eq!(advance(&mut world, case.0), Verdict::Rejected);
    world.check();
}

#[test]
fn a_juror_that_leaves_keeps_its_cases_and_its_bond_stays_until_they_end() {
    let (mut world, case, jurors) = drawn(12);
    let own = world.number_of(&jurors[6]);
    world.send(&jurors[6], &ExecuteMsg::Leave { id: own }).unwrap();
    world.suite.advance(UNBOND + 1);
    let finish = ExecuteMsg::Finish { id: own };
    assert_eq!(world.refused(&finish), ContractError::OnCase { id: own, cases: 1 });
    advance(&mut world, case.0);
    world.by_stranger(&finish).unwrap();
    assert_eq!(world.owed([&jurors[6]]), [STAKE - silence(STAKE, STAKE)]);
    world.check();
}

#[test]
fn a_juror_whose_bond_is_silenced_away_is_removed_with_its_seat() {
    let mut world = World::with_jurors(9);
    let mut removed = vec![];
    let mut cases = 0;
    // Seven of nine jurors lose a tenth each time: ninety tenths are lost with the thirteenth case.
    while removed.is_empty() && cases < 13 {
        let (id, _) = world.challenged(JUDGED);
        world.draw(id);
        world.suite.advance(RULING + 1);
        let response = world.by_stranger(&ExecuteMsg::Advance { id }).unwrap();
        removed = world.told(&response, |event| match event {
            Event::Removed { owner, .. } => Some(owner),
            _ => None,
        });
        cases += 1;
    }
    assert!(!removed.is_empty() && cases >= 10);
    assert_eq!(world.seated() as usize, 9 - removed.len());
    for juror in &removed {
        assert!(world.listings.numbers(&world.suite, Some(Of::Party(juror.to_string()))).is_empty());
    }
    world.check();
}

#[test]
fn jurors_who_are_challenged_are_judged_by_others_and_lose_like_anybody() {
    let mut world = World::with_jurors(12);
    let accused = world.suite.account("juror 3");
    let id = world.number_of(&accused);
    let challenge = world.challenge(id);
    let jurors = world.draw(id);
    assert!(!jurors.contains(&accused));
    world.vote((id, challenge), &jurors, true);
    advance(&mut world, id);
    let parts = divide(STAKE, 7);
    assert_eq!(world.parties(), [0, STAKE + parts.winner, parts.treasury]);
    assert_eq!(world.state(id), State::Removed);
    assert_eq!(world.seated(), 11);
    world.check();
}

#[test]
fn no_party_judges_its_own_case() {
    for round in 0..4 {
        let mut world = World::with_jurors(9);
        let [owner, challenger] = [0, 1].map(|index| world.suite.account(&format!("juror {index}")));
        let btt = world.btt();
        for account in [&owner, &challenger] {
            world.suite.fund_in(account, &btt, BOND);
        }
        // Another time is another round, and another draw.
        world.suite.advance(10 * round + 1);
        let listings = world.listings.clone();
        listings.list(&mut world.suite, &owner, (&btt, BOND), (JUDGED, 1)).unwrap();
        world.challenge_by(&challenger, 10, BOND).unwrap();
        let jurors = world.draw(10);
        assert!(jurors.len() == 7 && !jurors.contains(&owner) && !jurors.contains(&challenger));
    }
}

#[test]
fn a_case_needs_nine_seats_so_that_two_parties_may_have_one() {
    let mut world = World::with_jurors(8);
    let id = world.list(JUDGED);
    let challenger = world.challenger.clone();
    let few = refusal::<ContractError>(world.challenge_by(&challenger, id, BOND));
    assert_eq!(few, ContractError::FewJurors { category: POOL.into(), found: 8 });
    // Nothing else changes: an owner still leaves.
    world.by_owner(&ExecuteMsg::Leave { id }).unwrap();
    world.check();
}

#[test]
fn jurors_are_paid_in_the_cases_asset_and_cut_in_their_own() {
    let mut world = World::with_jurors(9);
    let coin = world.assets()[1].clone();
    let (listings, owner, challenger) =
        (world.listings.clone(), world.owner.clone(), world.challenger.clone());
    let coins = category(terms((&coin, BOND), Ruler::Jurors(POOL.into())));
    listings.set(&mut world.suite, "coins", coins).unwrap();
    listings.list(&mut world.suite, &owner, (&coin, BOND), ("coins", 1)).unwrap();
    listings.challenge(&mut world.suite, &challenger, (&coin, BOND), 10).unwrap();
    let jurors = world.draw(10);
    world.vote((10, 1), &jurors[..6], true);
    world.suite.advance(RULING + 1);
    advance(&mut world, 10);
    let (parts, treasury) = (divide(BOND, 6), listings.treasury.clone());
    assert_eq!(listings.claimable(&world.suite, &jurors[0], &coin), parts.juror);
    assert_eq!(listings.claimable(&world.suite, &treasury, &coin), parts.treasury);
    assert_eq!(world.owed([&treasury]), [silence(STAKE, STAKE)]);
    world.by_stranger(&ExecuteMsg::Collect { asset: coin.clone() }).unwrap();
    assert_eq!(world.suite.balance_in(&treasury, &coin), parts.treasury);
    world.check();
}

#[test]
fn a_draw_is_refused_where_the_ruler_is_named_or_nobody_has_challenged() {
    let mut world = World::with_jurors(9);
    let id = world.list(NAMED);
    let draw = ExecuteMsg::Draw { id, signature: beacon(1) };
    assert_eq!(world.refused(&draw), ContractError::NoChallenge { id });
    world.challenge(id);
    assert_eq!(world.refused(&draw), ContractError::NoDraw { id });
    let short = ExecuteMsg::Draw { id, signature: vec![1; 47].into() };
    assert_eq!(world.refused(&short), ContractError::NoDraw { id });
    let (id, _) = world.challenged(JUDGED);
    for signature in [vec![], vec![1; 47], vec![1; 48], vec![0xc0; 48]] {
        let draw = ExecuteMsg::Draw { id, signature: signature.into() };
        assert!(matches!(world.refused(&draw), ContractError::Drand(_)));
    }
}
