//! Members that are not there, and those who would like others to look so.

use bithive_api::registry::{
    CandidatesResponse, CommitteeResponse, Duty, DutyResponse, Election, ExecuteMsg, QueryMsg,
    ShareKeysResponse,
};
use bithive_economics::absence;
use bithive_registry::ContractError;
use bithive_test_kit::registry::{NODE_BOND, params};
use bithive_test_kit::{NodeKeys, Suite, UNIT, refusal};
use cosmwasm_std::{Addr, HexBinary};
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;

const EPOCH: u64 = 3_600;
const WINDOW: u64 = absence::window(EPOCH);
const ELECTION: Election = Election { seats: 3, threshold: 2, max_terms: 9 };
const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// A registry with elections and nodes that stand, the first with the largest bond.
fn with_candidates(names: &[&'static str]) -> Suite {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    suite.ask_registry(&owner, &ExecuteMsg::SetElection { election: Some(ELECTION) }).unwrap();
    for (slot, name) in (1..).zip(names) {
        suite.register_node(name, slot, bond(slot)).unwrap();
        stand(&mut suite, name).unwrap();
    }
    suite
}

/// Bond of the candidate at a slot.
fn bond(slot: u16) -> u128 {
    2 * NODE_BOND + (100 - u128::from(slot)) * UNIT
}

fn stand(suite: &mut Suite, name: &str) -> AnyResult<AppResponse> {
    let endpoint = HexBinary::from(&NodeKeys::of(&format!("{name} in the committee")).endpoint);
    tell(suite, name, &ExecuteMsg::Stand { endpoint })
}

fn tell(suite: &mut Suite, name: &str, message: &ExecuteMsg) -> AnyResult<AppResponse> {
    let account = suite.account(name);
    suite.ask_registry(&account, message)
}

fn elect(suite: &mut Suite) {
    tell(suite, "stranger", &ExecuteMsg::Elect {}).unwrap();
}

fn report(suite: &mut Suite, name: &str) -> AnyResult<AppResponse> {
    let address = suite.account(name).to_string();
    tell(suite, "stranger", &ExecuteMsg::ReportAbsent { address })
}

fn take_seats(suite: &mut Suite, names: &[&str]) {
    for name in names {
        tell(suite, name, &ExecuteMsg::TakeSeat {}).unwrap();
    }
}

/// Share keys for the next epoch.
fn post(suite: &mut Suite, names: &[&str]) {
    let epoch = now(suite) + 1;
    for name in names {
        let keys = ExecuteMsg::PostShareKeys { epoch, digest: HexBinary::from(&[1; 32]) };
        tell(suite, name, &keys).unwrap();
    }
}

fn now(suite: &Suite) -> u64 {
    suite.now() / EPOCH
}

/// To a second of the current epoch, with as many blocks as a duty has.
fn wait_until(suite: &mut Suite, second: u64) {
    let (now, begin) = (suite.now(), suite.now() / EPOCH * EPOCH);
    suite.app.update_block(|block| block.height += absence::BLOCKS);
    suite.advance(begin + second - now);
}

fn next_epoch(suite: &mut Suite) {
    wait_until(suite, EPOCH);
}

/// A, b and c are elected and take office.
fn in_office() -> Suite {
    let mut suite = with_candidates(&NAMES);
    elect(&mut suite);
    take_seats(&mut suite, &["a", "b", "c"]);
    post(&mut suite, &["a", "b", "c"]);
    next_epoch(&mut suite);
    suite
}

fn serving(suite: &Suite, epoch: u64) -> Vec<&'static str> {
    let epoch = Some(epoch);
    let committee: CommitteeResponse = suite.query(&suite.registry, &QueryMsg::Committee { epoch });
    let serves = |name: &&'static str| {
        let address = suite.account(name);
        committee.members.iter().any(|member| member.address == address)
    };
    NAMES.iter().copied().filter(serves).collect()
}

fn candidates(suite: &Suite) -> Vec<Addr> {
    let found: CandidatesResponse = suite.query(&suite.registry, &QueryMsg::Candidates {});
    found.candidates.into_iter().map(|candidate| candidate.address).collect()
}

fn duties(suite: &Suite) -> Vec<DutyResponse> {
    suite.query(&suite.registry, &QueryMsg::Duties {})
}

fn posted(suite: &Suite, epoch: u64) -> usize {
    suite.query::<Vec<ShareKeysResponse>>(&suite.registry, &QueryMsg::ShareKeys { epoch }).len()
}

fn bond_of(suite: &Suite, name: &str) -> u128 {
    suite.node(name).unwrap().bond.u128()
}

fn refused(result: AnyResult<AppResponse>) -> ContractError {
    refusal(result)
}

/// The attack: a member that never publishes keeps its place, and the committee has no keys.
#[test]
fn a_member_that_never_takes_its_seat_is_replaced_before_its_epoch_and_loses_a_tenth() {
    let mut suite = with_candidates(&NAMES);
    let burnt = |suite: &Suite| suite.supply(&suite.btt).burnt.u128();
    let (treasury, burnt_before) = (suite.balance(&suite.treasury), burnt(&suite));
    elect(&mut suite);
    take_seats(&mut suite, &["a", "b"]);
    let [open] = duties(&suite).try_into().unwrap();
    let until = suite.now() + WINDOW;
    let (address, epoch) = (suite.account("c"), now(&suite) + 1);
    let duty = Duty::Seat;
    assert_eq!(open, DutyResponse { address, duty, epoch, until: Some(until), missed: false });
    wait_until(&mut suite, WINDOW);
    assert!(duties(&suite)[0].missed);
    report(&mut suite, "c").unwrap();
    // What is lost is burnt or the treasury's; who reports it has nothing.
    let lost = bond(3) / 10;
    assert_eq!(bond_of(&suite, "c"), bond(3) - lost);
    assert_eq!(suite.node("c").unwrap().slashed.u128(), lost);
    let (gained, burnt) = (suite.balance(&suite.treasury) - treasury, burnt(&suite) - burnt_before);
    assert_eq!((gained + burnt, burnt), (lost, lost / 2));
    assert_eq!(suite.balance(&suite.account("stranger")), 0);
    // D has its place, and is to take its seat; c stands no longer.
    assert_eq!(serving(&suite, epoch), ["a", "b", "d"]);
    assert!(!candidates(&suite).contains(&suite.account("c")));
    assert_eq!(duties(&suite)[0].address, suite.account("d"));
    // Twice: there is nothing more to report.
    assert!(matches!(refused(report(&mut suite, "c")), ContractError::NotAbsent { .. }));
    take_seats(&mut suite, &["d"]);
    post(&mut suite, &["a", "b", "d"]);
    next_epoch(&mut suite);
    assert_eq!(serving(&suite, epoch), ["a", "b", "d"]);
    // C can stand again.
    stand(&mut suite, "c").unwrap();
    suite.custody();
    suite.conservation();
}

#[test]
fn nobody_is_reported_before_its_time_is_over_nor_after_it_has_done_its_duty() {
    let mut suite = with_candidates(&NAMES);
    elect(&mut suite);
    let before = NAMES.map(|name| bond_of(&suite, name));
    // An outsider, a candidate that was not elected, and nobody.
    for name in ["stranger", "d"] {
        assert!(matches!(refused(report(&mut suite, name)), ContractError::NotAbsent { .. }));
        let take = tell(&mut suite, name, &ExecuteMsg::TakeSeat {});
        assert!(matches!(refused(take), ContractError::NoSeat { .. }));
    }
    assert!(matches!(refused(report(&mut suite, "a")), ContractError::NotYetAbsent { .. }));
    // A second too early; at the end of it, but with too few blocks, as after a chain stood still.
    suite.advance(WINDOW - 1);
    assert!(matches!(refused(report(&mut suite, "a")), ContractError::NotYetAbsent { .. }));
    suite.advance(1);
    assert!(matches!(refused(report(&mut suite, "a")), ContractError::NotYetAbsent { .. }));
    suite.app.update_block(|block| block.height += absence::BLOCKS);
    // A is late, but first.
    take_seats(&mut suite, &["a"]);
    assert!(matches!(refused(report(&mut suite, "a")), ContractError::NotAbsent { .. }));
    assert_eq!(NAMES.map(|name| bond_of(&suite, name)), before);
    report(&mut suite, "b").unwrap();
    suite.custody();
}

#[test]
fn a_pause_protects_members_and_elections_have_to_be_held() {
    let mut suite = with_candidates(&NAMES);
    let owner = suite.owner.clone();
    elect(&mut suite);
    wait_until(&mut suite, WINDOW);
    suite.ask_registry(&owner, &ExecuteMsg::SetPaused { paused: true }).unwrap();
    assert_eq!(refused(report(&mut suite, "a")), ContractError::Paused);
    take_seats(&mut suite, &["a"]);
    suite.ask_registry(&owner, &ExecuteMsg::SetPaused { paused: false }).unwrap();
    assert!(matches!(refused(report(&mut suite, "a")), ContractError::NotAbsent { .. }));
    suite.ask_registry(&owner, &ExecuteMsg::SetElection { election: None }).unwrap();
    assert_eq!(refused(report(&mut suite, "b")), ContractError::NoElections);
    // A committee that the owner names in its place has no seats to take.
    let members = suite.committee_members(&["x", "y"]);
    let name = ExecuteMsg::SetCommittee { members, threshold: 2, from_epoch: now(&suite) + 1 };
    suite.ask_registry(&owner, &name).unwrap();
    assert!(matches!(refused(tell(&mut suite, "b", &ExecuteMsg::TakeSeat {})), ContractError::NoSeat { .. }));
}

/// The attack: a member sits in a committee that works without it, and never answers.
#[test]
fn a_member_that_posts_no_share_keys_that_others_post_is_replaced_in_the_next_epoch() {
    let mut suite = in_office();
    elect(&mut suite);
    post(&mut suite, &["a", "b"]);
    let epoch = now(&suite) + 1;
    // Its time begins with the epoch, however early others posted.
    wait_until(&mut suite, EPOCH - 1);
    assert!(matches!(refused(report(&mut suite, "c")), ContractError::NotAbsent { .. }));
    wait_until(&mut suite, EPOCH + WINDOW - 1);
    assert!(matches!(refused(report(&mut suite, "c")), ContractError::NotYetAbsent { .. }));
    wait_until(&mut suite, WINDOW);
    // No committee of the next epoch is elected yet: the election does without it.
    report(&mut suite, "c").unwrap();
    assert!(matches!(refused(report(&mut suite, "c")), ContractError::NotAbsent { .. }));
    assert_eq!(bond_of(&suite, "c"), bond(3) - bond(3) / 10);
    assert_eq!((now(&suite), serving(&suite, epoch)), (epoch, vec!["a", "b", "c"]));
    elect(&mut suite);
    assert_eq!(serving(&suite, epoch + 1), ["a", "b", "d"]);
    suite.custody();
    suite.conservation();
}

#[test]
fn a_member_of_a_committee_that_was_elected_again_is_replaced_and_the_committee_goes_on_if_its_successor_is_not_there()
 {
    let mut suite = in_office();
    elect(&mut suite);
    post(&mut suite, &["a", "b"]);
    next_epoch(&mut suite);
    let epoch = now(&suite);
    elect(&mut suite);
    post(&mut suite, &["a", "b", "c"]);
    wait_until(&mut suite, WINDOW);
    // Of the last epoch that it missed; what was posted for the next is void with the committee.
    report(&mut suite, "c").unwrap();
    assert_eq!((serving(&suite, epoch + 1), posted(&suite, epoch + 1)), (vec!["a", "b", "d"], 0));
    // D never comes: a, b and c go on, with keys of their own.
    next_epoch(&mut suite);
    assert_eq!(serving(&suite, epoch + 1), ["a", "b", "c"]);
    let epoch = now(&suite);
    let keys = ExecuteMsg::PostShareKeys { epoch, digest: HexBinary::from(&[2; 32]) };
    for name in ["a", "b"] {
        tell(&mut suite, name, &keys).unwrap();
    }
    // D had its time before the epoch began.
    report(&mut suite, "d").unwrap();
    assert_eq!(bond_of(&suite, "d"), bond(4) - bond(4) / 10);
    suite.custody();
}

#[test]
fn share_keys_in_the_last_second_and_also_others_keys_save_a_bond() {
    let mut suite = in_office();
    elect(&mut suite);
    post(&mut suite, &["a", "b"]);
    next_epoch(&mut suite);
    wait_until(&mut suite, WINDOW);
    let keys = ExecuteMsg::PostShareKeys { epoch: now(&suite), digest: HexBinary::from(&[9; 32]) };
    tell(&mut suite, "c", &keys).unwrap();
    assert!(matches!(refused(report(&mut suite, "c")), ContractError::NotAbsent { .. }));
    assert_eq!(bond_of(&suite, "c"), bond(3));
}

/// The attack: some post late, so that another has no time.
#[test]
fn who_has_too_little_time_left_is_not_reported() {
    let mut suite = in_office();
    elect(&mut suite);
    next_epoch(&mut suite);
    wait_until(&mut suite, EPOCH - WINDOW + 1);
    let keys = ExecuteMsg::PostShareKeys { epoch: now(&suite), digest: HexBinary::from(&[1; 32]) };
    for name in ["a", "b"] {
        tell(&mut suite, name, &keys).unwrap();
    }
    next_epoch(&mut suite);
    assert_eq!(duties(&suite)[0].until, None);
    assert!(matches!(refused(report(&mut suite, "c")), ContractError::NotAbsent { .. }));
}

/// The attack: a minority posts what others can't, or posts alone.
#[test]
fn where_fewer_than_the_threshold_post_the_same_nobody_loses() {
    let mut suite = in_office();
    elect(&mut suite);
    let epoch = now(&suite) + 1;
    for (name, digest) in [("a", 1), ("b", 2)] {
        let keys = ExecuteMsg::PostShareKeys { epoch, digest: HexBinary::from(&[digest; 32]) };
        tell(&mut suite, name, &keys).unwrap();
    }
    next_epoch(&mut suite);
    wait_until(&mut suite, EPOCH - 1);
    for name in ["a", "b", "c"] {
        assert!(matches!(refused(report(&mut suite, name)), ContractError::NotAbsent { .. }));
    }
    // A committee that had no keys for a whole epoch goes last: d and e come in, and the largest of those who had none.
    wait_until(&mut suite, EPOCH);
    elect(&mut suite);
    assert_eq!(serving(&suite, now(&suite) + 1), ["a", "d", "e"]);
}

/// The attack: a member takes its seat and talks to nobody, so that the coming committee has no keys.
#[test]
fn a_committee_without_keys_does_not_take_office_and_goes_last_in_the_next_election() {
    let mut suite = in_office();
    // A stands no longer: d is elected, and blocks.
    let before = NAMES.map(|name| bond_of(&suite, name));
    tell(&mut suite, "a", &ExecuteMsg::Retire {}).unwrap();
    elect(&mut suite);
    let epoch = now(&suite) + 1;
    assert_eq!(serving(&suite, epoch), ["b", "c", "d"]);
    take_seats(&mut suite, &["b", "c", "d"]);
    post(&mut suite, &["d"]);
    stand(&mut suite, "a").unwrap();
    next_epoch(&mut suite);
    // The committee of before goes on; what d posted is void, and b, who sits in both, posts for the same epoch.
    assert_eq!((serving(&suite, epoch), posted(&suite, epoch)), (vec!["a", "b", "c"], 0));
    let keys = ExecuteMsg::PostShareKeys { epoch, digest: HexBinary::from(&[1; 32]) };
    for name in ["a", "b", "c"] {
        tell(&mut suite, name, &keys).unwrap();
    }
    let late = tell(&mut suite, "d", &ExecuteMsg::PostShareKeys { epoch, digest: HexBinary::from(&[1; 32]) });
    assert!(matches!(refused(late), ContractError::Unauthorized(_)));
    assert_eq!(posted(&suite, epoch), 3);
    // Whoever was in it goes last: a and e, and of the others the largest bond. Nobody has lost anything.
    elect(&mut suite);
    assert_eq!(serving(&suite, epoch + 1), ["a", "b", "e"]);
    assert_eq!(NAMES.map(|name| bond_of(&suite, name)), before);
    suite.custody();
}

/// The attack: an election so late that the committee has no time to agree on keys.
#[test]
fn a_committee_is_elected_in_the_first_half_of_an_epoch_only() {
    let mut suite = with_candidates(&NAMES);
    suite.advance(EPOCH / 2);
    let late = refused(tell(&mut suite, "stranger", &ExecuteMsg::Elect {}));
    assert_eq!(late, ContractError::ElectionOver { epoch: now(&suite) + 1, until: suite.now() });
    suite.advance(EPOCH - 1);
    // In the last second: whoever is missing is replaced in time.
    elect(&mut suite);
    wait_until(&mut suite, EPOCH / 2 - 1 + WINDOW);
    report(&mut suite, "a").unwrap();
    assert!(duties(&suite).iter().any(|open| open.address == suite.account("d") && open.until.is_some()));
}

#[test]
fn where_all_are_silent_each_loses_and_the_committee_shrinks_to_its_threshold() {
    let mut suite = with_candidates(&["a", "b", "c"]);
    elect(&mut suite);
    let epoch = now(&suite) + 1;
    wait_until(&mut suite, WINDOW);
    // No candidate is left to take a place.
    for (name, rest) in [("a", vec!["b", "c"]), ("b", vec!["b", "c"]), ("c", vec!["b", "c"])] {
        report(&mut suite, name).unwrap();
        assert_eq!(serving(&suite, epoch), rest);
    }
    for (slot, name) in (1..).zip(["a", "b", "c"]) {
        assert_eq!(bond_of(&suite, name), bond(slot) - bond(slot) / 10);
    }
    assert!(candidates(&suite).is_empty() && duties(&suite).is_empty());
    next_epoch(&mut suite);
    assert_eq!(serving(&suite, epoch), [""; 0]);
    let few = tell(&mut suite, "stranger", &ExecuteMsg::Elect {});
    assert_eq!(refused(few), ContractError::TooFewCandidates { found: 0, expected: 3 });
    // Who stands again is elected again.
    for name in ["a", "b", "c"] {
        stand(&mut suite, name).unwrap();
    }
    elect(&mut suite);
    take_seats(&mut suite, &["a", "b", "c"]);
    post(&mut suite, &["a", "b", "c"]);
    next_epoch(&mut suite);
    assert_eq!(serving(&suite, epoch + 1), ["a", "b", "c"]);
    suite.custody();
    suite.conservation();
}

#[test]
fn a_bond_on_its_way_out_is_reached_and_one_below_the_least_stands_no_longer() {
    let mut suite = with_candidates(&NAMES);
    elect(&mut suite);
    tell(&mut suite, "a", &ExecuteMsg::Unbond {}).unwrap();
    wait_until(&mut suite, WINDOW);
    report(&mut suite, "a").unwrap();
    assert_eq!(bond_of(&suite, "a"), bond(1) - bond(1) / 10);
    // Whatever it is that is left is paid out, once.
    suite.advance(params().unbonding_seconds);
    let address = suite.account("a").to_string();
    tell(&mut suite, "stranger", &ExecuteMsg::WithdrawBond { address }).unwrap();
    assert_eq!(suite.balance(&suite.account("a")), bond(1) - bond(1) / 10);
    suite.custody();
    suite.conservation();
}

/// The attack: one who must give way after its terms comes back in the place of an absent member.
#[test]
fn who_has_served_its_terms_takes_a_place_last() {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    let election = Some(Election { seats: 2, threshold: 2, max_terms: 1 });
    suite.ask_registry(&owner, &ExecuteMsg::SetElection { election }).unwrap();
    for (slot, name) in (1..).zip(NAMES) {
        suite.register_node(name, slot, bond(slot)).unwrap();
        stand(&mut suite, name).unwrap();
    }
    elect(&mut suite);
    take_seats(&mut suite, &["a", "b"]);
    post(&mut suite, &["a", "b"]);
    next_epoch(&mut suite);
    elect(&mut suite);
    let epoch = now(&suite) + 1;
    assert_eq!(serving(&suite, epoch), ["c", "d"]);
    wait_until(&mut suite, WINDOW);
    report(&mut suite, "c").unwrap();
    assert_eq!(serving(&suite, epoch), ["d", "e"]);
    // A is the largest of those who are left, and serves its second term in a row.
    report(&mut suite, "d").unwrap();
    assert_eq!(serving(&suite, epoch), ["a", "e"]);
    let found: CandidatesResponse = suite.query(&suite.registry, &QueryMsg::Candidates {});
    let a = found.candidates.into_iter().find(|one| one.address == suite.account("a")).unwrap();
    assert_eq!(a.served, 2);
}
