//! Commitments to attributes, and who vouches for them.

use bithive_api::delay::limits::DELAY_SECONDS;
use bithive_api::registry::{AccreditationResponse, AccreditedResponse, Event, ExecuteMsg, QueryMsg, limits};
use bithive_contract_kit::InputError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_registry::ContractError;
use bithive_test_kit::registry::{NODE_BOND, REQUESTER_BOND, params};
use bithive_test_kit::{NodeKeys, Suite, announced, refusal};
use cosmwasm_std::HexBinary;
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;

const YEAR: u64 = limits::MAX_ACCREDITATION_SECONDS;

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn set(suite: &mut Suite, accreditors: &[&str], required: &[&str]) -> AnyResult<AppResponse> {
    let accreditors = accreditors.iter().map(|name| suite.account(name).into()).collect();
    let owner = suite.owner.clone();
    suite.ask_registry(&owner, &ExecuteMsg::SetAccreditation { accreditors, required: words(required) })
}

/// A node "a", two accreditors, and a region that needs one.
fn suite() -> Suite {
    let mut suite = Suite::new();
    suite.register_node("a", 1, NODE_BOND).unwrap();
    set(&mut suite, &["vera", "vito"], &["region"]).unwrap();
    suite
}

fn commitment_of(name: &str) -> HexBinary {
    HexBinary::from(&NodeKeys::of(name).attributes_commitment)
}

fn vouch(
    suite: &mut Suite,
    by: &str,
    commitment: HexBinary,
    names: &[&str],
    until: u64,
) -> AnyResult<AppResponse> {
    let (accreditor, node) = (suite.account(by), suite.account("a").into());
    let message = ExecuteMsg::Accredit { node, commitment, attributes: words(names), until };
    suite.ask_registry(&accreditor, &message)
}

fn commit(suite: &mut Suite, name: &str, byte: u8) -> AnyResult<AppResponse> {
    let account = suite.account(name);
    suite.ask_registry(&account, &ExecuteMsg::CommitAttributes { commitment: HexBinary::from(&[byte; 32]) })
}

fn accredited(suite: &Suite, name: &str) -> Option<AccreditedResponse> {
    suite.query(&suite.registry, &QueryMsg::Accredited { address: suite.account(name).into() })
}

/// Accreditors that vouch for "a" now, with what they vouch for.
fn grants(suite: &Suite) -> Vec<(String, Vec<String>)> {
    let grants = accredited(suite, "a").unwrap().grants;
    grants.into_iter().map(|grant| (grant.accreditor.into(), grant.attributes)).collect()
}

#[test]
fn what_a_listed_accreditor_says_counts_until_its_time_is_over() {
    let mut suite = suite();
    let until = suite.now() + 1_000;
    let response = vouch(&mut suite, "vera", commitment_of("a"), &["region", "vram"], until).unwrap();
    let (address, accreditor) = (suite.account("a"), suite.account("vera"));
    let expected = Event::Accredited { address, accreditor: accreditor.clone(), attributes: 2, until };
    assert_eq!(announced::<Event>(&suite.registry, &response), [expected]);
    vouch(&mut suite, "vito", commitment_of("a"), &["vram"], until + 1).unwrap();
    let found = accredited(&suite, "a").unwrap();
    assert_eq!((found.commitment, found.required), (commitment_of("a"), words(&["region"])));
    let vera = (accreditor.to_string(), words(&["region", "vram"]));
    let vito = (suite.account("vito").to_string(), words(&["vram"]));
    assert_eq!(grants(&suite), [vera, vito.clone()]);
    suite.advance(1_000);
    assert_eq!(grants(&suite), [vito]);
    suite.advance(1);
    assert_eq!(grants(&suite), []);
    assert_eq!(accredited(&suite, "nobody"), None);
    suite.register_requester("r", REQUESTER_BOND).unwrap();
    assert_eq!(accredited(&suite, "r"), None);
}

#[test]
fn an_accreditor_takes_back_what_it_said_and_a_removed_one_no_longer_counts() {
    let mut suite = suite();
    let until = suite.now() + YEAR;
    for name in ["vera", "vito"] {
        vouch(&mut suite, name, commitment_of("a"), &["region"], until).unwrap();
    }
    vouch(&mut suite, "vera", commitment_of("a"), &[], 0).unwrap();
    assert_eq!(grants(&suite).len(), 1);
    let (owner, vito) = (suite.owner.clone(), suite.account("vito"));
    let remove = ExecuteMsg::RemoveAccreditor { accreditor: vito.to_string() };
    let response = suite.ask_registry(&owner, &remove).unwrap();
    assert_eq!(
        announced::<Event>(&suite.registry, &response),
        [Event::AccreditorRemoved { accreditor: vito.clone() }]
    );
    assert_eq!(grants(&suite), []);
    let refused = refusal::<ContractError>(suite.ask_registry(&owner, &remove));
    assert_eq!(refused, ContractError::NotAnAccreditor { address: vito.to_string() });
    let refused = refusal::<ContractError>(vouch(&mut suite, "vito", commitment_of("a"), &["region"], until));
    assert!(matches!(refused, ContractError::Unauthorized(Unauthorized { .. })), "{refused}");
    // The requirement stays, be it that nobody can meet it.
    assert_eq!(accredited(&suite, "a").unwrap().required, words(&["region"]));
}

/// An accreditor that has seen the former commitment opened does not vouch for the next one.
#[test]
fn a_node_that_commits_to_other_attributes_is_vouched_for_by_nobody() {
    let mut suite = suite();
    let until = suite.now() + YEAR;
    vouch(&mut suite, "vera", commitment_of("a"), &["region"], until).unwrap();
    suite.advance(params().unbonding_seconds);
    commit(&mut suite, "a", 9).unwrap();
    assert_eq!(grants(&suite), []);
    let refused = refusal::<ContractError>(vouch(&mut suite, "vito", commitment_of("a"), &["region"], until));
    assert_eq!(refused, ContractError::OtherCommitment { registered: HexBinary::from(&[9; 32]) });
    // Back to the former one: what was said of it counts again.
    suite.advance(params().unbonding_seconds);
    let account = suite.account("a");
    suite.ask_registry(&account, &ExecuteMsg::CommitAttributes { commitment: commitment_of("a") }).unwrap();
    assert_eq!(grants(&suite).len(), 1);
}

/// Each commitment is a guess at what requests ask for: another one costs the time that leaving and coming back costs.
#[test]
fn a_node_commits_anew_as_often_as_it_could_leave_and_return() {
    let mut suite = suite();
    let registered = suite.now();
    let wait = params().unbonding_seconds;
    let from = accredited(&suite, "a").unwrap().changeable_from;
    assert!(from <= registered + wait && from + 60 > registered + wait, "{from}");
    let refused = refusal::<ContractError>(commit(&mut suite, "a", 1));
    assert_eq!(refused, ContractError::CommittedRecently { from });
    suite.advance(wait);
    let response = commit(&mut suite, "a", 1).unwrap();
    let (address, commitment) = (suite.account("a"), HexBinary::from(&[1; 32]));
    assert_eq!(
        announced::<Event>(&suite.registry, &response),
        [Event::AttributesCommitted { address, commitment: commitment.clone() }]
    );
    assert_eq!(accredited(&suite, "a").unwrap().commitment, commitment);
    let from = suite.now() + wait;
    assert_eq!(
        refusal::<ContractError>(commit(&mut suite, "a", 2)),
        ContractError::CommittedRecently { from }
    );
}

#[test]
fn only_a_node_that_stays_commits_to_attributes() {
    let mut suite = suite();
    let refused = refusal::<ContractError>(commit(&mut suite, "stranger", 1));
    assert!(matches!(refused, ContractError::NotRegistered { .. }), "{refused}");
    suite.register_requester("r", REQUESTER_BOND).unwrap();
    let refused = refusal::<ContractError>(commit(&mut suite, "r", 1));
    assert!(matches!(refused, ContractError::NotANode { .. }), "{refused}");
    let account = suite.account("a");
    let short = ExecuteMsg::CommitAttributes { commitment: HexBinary::from(&[1; 31]) };
    assert!(matches!(refusal(suite.ask_registry(&account, &short)), ContractError::Input(_)));
    suite.advance(params().unbonding_seconds);
    suite.ask_registry(&account, &ExecuteMsg::Unbond {}).unwrap();
    let refused = refusal::<ContractError>(commit(&mut suite, "a", 1));
    assert!(matches!(refused, ContractError::Unbonding { .. }), "{refused}");
}

#[test]
fn what_was_said_of_a_node_goes_when_it_leaves() {
    let mut suite = suite();
    let until = suite.now() + YEAR;
    vouch(&mut suite, "vera", commitment_of("a"), &["region"], until).unwrap();
    let account = suite.account("a");
    suite.ask_registry(&account, &ExecuteMsg::Unbond {}).unwrap();
    suite.advance(params().unbonding_seconds);
    let withdraw = ExecuteMsg::WithdrawBond { address: account.clone().into() };
    suite.ask_registry(&account, &withdraw).unwrap();
    assert_eq!(accredited(&suite, "a"), None);
    suite.register_node("a", 1, NODE_BOND).unwrap();
    assert_eq!(grants(&suite), []);
    assert!(accredited(&suite, "a").unwrap().changeable_from > suite.now(), "its time begins anew");
}

#[test]
fn an_accreditation_that_says_nothing_clear_is_refused() {
    let mut suite = suite();
    let until = suite.now() + YEAR;
    for (names, until) in [
        (&["region", "region"][..], until),
        (&[""], until),
        (&["a-name-of-more-than-thirty-two-bytes"], until),
        (&["region"], suite.now()),
        (&["region"], until + 60),
    ] {
        let refused = refusal::<ContractError>(vouch(&mut suite, "vera", commitment_of("a"), names, until));
        assert!(matches!(refused, ContractError::Input(_)), "{names:?}: {refused}");
    }
    let vera = suite.account("vera");
    suite.register_requester("r", REQUESTER_BOND).unwrap();
    for name in ["r", "stranger"] {
        let node = suite.account(name).into();
        let message = ExecuteMsg::Accredit {
            node,
            commitment: commitment_of("a"),
            attributes: words(&["region"]),
            until,
        };
        let refused = refusal::<ContractError>(suite.ask_registry(&vera, &message));
        assert!(
            matches!(refused, ContractError::NotANode { .. } | ContractError::NotRegistered { .. }),
            "{refused}"
        );
    }
    assert_eq!(grants(&suite), []);
}

#[test]
fn settings_of_accreditation_are_checked_and_wait_from_the_second_on() {
    let mut suite = Suite::new();
    suite.advance(2 * 86_400);
    let refused = refusal::<ContractError>(set(&mut suite, &[], &["region"]));
    assert_eq!(refused, ContractError::NobodyToAccredit);
    for (accreditors, required) in
        [(&["vera", "vera"][..], &["region"][..]), (&["vera"], &["region", "region"])]
    {
        let refused = refusal::<ContractError>(set(&mut suite, accreditors, required));
        assert!(matches!(refused, ContractError::Input(InputError::Duplicate { .. })), "{refused}");
    }
    let many: Vec<String> = (0..=limits::MAX_ACCREDITORS).map(|number| format!("v{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(matches!(refusal(set(&mut suite, &many, &[])), ContractError::Input(InputError::Count { .. })));
    // The first accreditors are listed at once; what needs them waits, so that they can see the nodes before.
    set(&mut suite, &["vera"], &[]).unwrap();
    set(&mut suite, &["vera"], &["region"]).unwrap();
    let listed = |suite: &Suite| -> AccreditationResponse {
        suite.query(&suite.registry, &QueryMsg::Accreditation {})
    };
    assert_eq!((listed(&suite).accreditors, listed(&suite).required), (vec![suite.account("vera")], vec![]));
    suite.advance(DELAY_SECONDS);
    let anyone = suite.account("anyone");
    suite.ask_registry(&anyone, &ExecuteMsg::ApplySetting { id: 1 }).unwrap();
    assert_eq!(listed(&suite).required, words(&["region"]));
    // Another list waits, in which an owner could put somebody who vouches for everything.
    set(&mut suite, &["mallory"], &[]).unwrap();
    assert_eq!(listed(&suite).accreditors, [suite.account("vera")]);
    suite.advance(DELAY_SECONDS);
    suite.ask_registry(&anyone, &ExecuteMsg::ApplySetting { id: 2 }).unwrap();
    assert_eq!(listed(&suite).accreditors, [suite.account("mallory")]);
    // Whoever is removed does not come back by a setting that was announced before.
    set(&mut suite, &["mallory", "vera"], &["region"]).unwrap();
    let owner = suite.owner.clone();
    let remove = ExecuteMsg::RemoveAccreditor { accreditor: suite.account("mallory").into() };
    suite.ask_registry(&owner, &remove).unwrap();
    assert_eq!(suite.settings(&suite.registry.clone()), []);
}
