//! What a feed may be.

use bithive_api::oracle::{ExecuteMsg, Terms, limits};
use bithive_contract_kit::InputError;
use bithive_oracle::ContractError;
use bithive_test_kit::oracle::{key, reporters, terms};
use cosmwasm_std::{HexBinary, coins};

use crate::world::World;

fn refused(change: impl Fn(&mut Terms)) -> ContractError {
    let mut terms = terms();
    change(&mut terms);
    World::new().set_refused(&ExecuteMsg::CreateFeed { terms, reporters: reporters(5), quorum: 3 })
}

fn taken(change: impl Fn(&mut Terms)) {
    let mut terms = terms();
    change(&mut terms);
    World::new().set(&ExecuteMsg::CreateFeed { terms, reporters: reporters(5), quorum: 3 });
}

fn out_of_bounds(error: &ContractError, name: &str) -> bool {
    matches!(error, ContractError::Input(InputError::OutOfBounds { field, .. }) if *field == name)
}

#[test]
fn every_number_of_a_feed_has_bounds_which_are_taken_themselves() {
    let short = limits::MIN_INTERVAL;
    assert!(out_of_bounds(&refused(|terms| terms.interval = short - 1), "interval"));
    assert!(out_of_bounds(&refused(|terms| terms.interval = 0), "interval"));
    taken(|terms| (terms.interval, terms.max_age) = (short, short));
    assert!(out_of_bounds(&refused(|terms| terms.interval = limits::MAX_INTERVAL + 1), "interval"));
    taken(|terms| (terms.interval, terms.max_age) = (limits::MAX_INTERVAL, limits::MAX_AGE));
    assert!(out_of_bounds(&refused(|terms| terms.max_age = terms.interval - 1), "max_age"));
    assert!(out_of_bounds(&refused(|terms| terms.max_age = limits::MAX_AGE + 1), "max_age"));
    assert!(out_of_bounds(&refused(|terms| terms.dev_bps = 0), "dev_bps"));
    assert!(out_of_bounds(&refused(|terms| terms.dev_bps = limits::MAX_DEV_BPS + 1), "dev_bps"));
    taken(|terms| terms.dev_bps = limits::MAX_DEV_BPS);
    assert!(out_of_bounds(&refused(|terms| terms.cooldown = limits::MIN_COOLDOWN - 1), "cooldown"));
    assert!(out_of_bounds(&refused(|terms| terms.cooldown = limits::MAX_COOLDOWN + 1), "cooldown"));
    taken(|terms| terms.cooldown = limits::MAX_COOLDOWN);
    assert!(out_of_bounds(&refused(|terms| terms.decimals = limits::MAX_DECIMALS + 1), "decimals"));
    taken(|terms| terms.decimals = limits::MAX_DECIMALS);
}

#[test]
fn a_feed_says_what_it_prices_and_in_which_currency() {
    for bad in ["", "  ", "a\nb", "a\u{1b}[2J"] {
        let error = refused(|terms| terms.description = bad.into());
        assert_eq!(error, ContractError::Description { found: bad.into() });
    }
    let long = "é".repeat(limits::MAX_DESCRIPTION);
    taken(|terms| terms.description.clone_from(&long));
    let error = refused(|terms| terms.description = format!("{long}e"));
    assert!(matches!(error, ContractError::Input(InputError::Characters { field: "description", .. })));
    for bad in ["", "EU", "eur", "EURO", "E1R", "ÉU"] {
        assert_eq!(
            refused(|terms| terms.currency = bad.into()),
            ContractError::Currency { found: bad.into() }
        );
    }
}

fn with(reporters: Vec<HexBinary>, quorum: u8) -> Result<(), String> {
    let mut world = World::new();
    let message = ExecuteMsg::CreateFeed { terms: terms(), reporters, quorum };
    let owner = world.owner.clone();
    let result = world.oracle.send(&mut world.suite, &owner, &message);
    result.map(drop).map_err(|error| error.root_cause().to_string())
}

#[test]
fn a_quorum_is_odd_and_more_than_half_of_the_reporters() {
    for (count, quorum) in [(3, 3), (5, 3), (5, 5), (21, 11), (15, 15), (21, 15)] {
        assert_eq!(with(reporters(count), quorum), Ok(()), "{quorum} of {count}");
    }
    let error = |count, quorum| with(reporters(count), quorum).unwrap_err();
    assert!(error(5, 1).contains("quorum is 1; expected 3 to 15"));
    assert!(error(21, 17).contains("quorum is 17; expected 3 to 15"));
    assert!(error(7, 4).contains("quorum is 4; expected an odd number"));
    assert!(error(6, 3).contains("reporters has 6 entries; expected 3 to 5"), "half is not enough");
    assert!(error(2, 3).contains("reporters has 2 entries"));
    assert!(error(22, 15).contains("reporters has 22 entries; expected 15 to 21"));
}

#[test]
fn a_reporter_is_named_once_by_a_key_that_not_everybody_can_sign_for() {
    let twice = vec![key(1), key(2), key(1)];
    assert!(with(twice, 3).unwrap_err().contains("more than once"));
    for length in [0, 31, 33] {
        let short = vec![key(1), key(2), vec![1; length].into()];
        assert!(with(short, 3).unwrap_err().contains(&format!("reporters has {length} bytes; expected 32")));
    }
    // Points of order 1, 2 and 4, and one of them in an encoding that is not the canonical one.
    let (mut one, mut two, mut four, mut other) = ([0; 32], [0xff; 32], [0; 32], [0xff; 32]);
    (one[0], two[0], two[31], other[0], other[31]) = (1, 0xec, 0x7f, 0xee, 0x7f);
    four[31] = 0x80;
    for weak in [one, two, [0; 32], four, other] {
        let error = with(vec![key(1), key(2), weak.into()], 3).unwrap_err();
        assert!(error.contains("is a key for which anybody can sign"), "{error}");
    }
}

#[test]
fn the_largest_values_are_compared_without_a_wrap() {
    let mut world = World::new();
    world.say(&[u128::MAX; 5]);
    assert_eq!(world.price(), Some(u128::MAX));
    world.say(&[u128::MAX - u128::MAX / 10; 5]);
    assert_eq!(world.price(), Some(u128::MAX - u128::MAX / 10));
    world.say(&[1; 5]);
    assert_eq!(world.price(), None);
    world.suite.advance(1_000);
    world.say(&[1; 5]);
    assert_eq!(world.price(), Some(1));
    world.say(&[u128::MAX; 5]);
    assert_eq!(world.price(), None);
}

#[test]
fn native_coins_are_refused_with_every_message() {
    let mut world = World::new();
    let reports = world.oracle.reports(&world.suite, 1, &[1; 3]);
    let (owner, denom) = (world.owner.clone(), bithive_test_kit::FEE_DENOM);
    let messages = [
        ExecuteMsg::CreateFeed { terms: terms(), reporters: reporters(5), quorum: 3 },
        ExecuteMsg::SetReporters { feed: 1, reporters: reporters(5), quorum: 3 },
        ExecuteMsg::SetStopped { feed: 1, stopped: true },
        ExecuteMsg::SetPaused { paused: true },
        ExecuteMsg::Submit { feed: 1, round: world.round(), reports },
        ExecuteMsg::ApplySetting { id: 1 },
        ExecuteMsg::CancelSetting { id: 1 },
        ExecuteMsg::TransferOwnership { new_owner: owner.to_string() },
        ExecuteMsg::AcceptOwnership {},
    ];
    let coin = bithive_api::asset::Asset::Native(denom.into());
    world.suite.fund_in(&owner, &coin, 100);
    for message in messages {
        let sent = world.suite.execute_with(&owner, &world.oracle.address, &message, &coins(1, denom));
        let error = sent.unwrap_err().root_cause().to_string();
        assert!(error.contains("expected no native coins"), "{error}");
    }
}
