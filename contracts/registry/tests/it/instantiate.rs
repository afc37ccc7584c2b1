//! Creation of a registry: every number has bounds.

use bithive_api::registry::{InstantiateMsg, limits};
use bithive_contract_kit::InputError;
use bithive_dgkbe::opening::OpeningError;
use bithive_registry::ContractError;
use bithive_test_kit::registry::{NODE_BOND, instantiate, message, params};
use bithive_test_kit::{Suite, refusal};
use cosmwasm_std::{Binary, HexBinary};
use cw_multi_test::AppResponse;

fn refused(change: impl FnOnce(&mut InstantiateMsg)) -> ContractError {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    let mut message = message(&owner, &suite.btt, &suite.treasury, params());
    change(&mut message);
    refusal(instantiate(&mut suite.app, &owner, &message).map(|_| AppResponse::default()))
}

#[test]
fn the_configuration_is_public_and_starts_without_bonds() {
    let suite = Suite::new();
    let config = suite.registry_config();
    assert_eq!(config.owner.as_ref(), Some(&suite.owner));
    assert_eq!((config.pending_owner, config.jobs), (None, None));
    assert_eq!((config.token, config.treasury), (suite.btt.clone(), suite.treasury.clone()));
    assert_eq!((config.params, config.bonded.u128()), (params(), 0));
}

#[test]
fn a_parameter_out_of_bounds_is_named_with_its_bounds() {
    type Change = fn(&mut InstantiateMsg);
    let cases: [(&str, Change); 15] = [
        ("params.slots", |message| message.params.slots = 0),
        ("params.slots", |message| message.params.slots = limits::MAX_SLOTS + 1),
        ("params.groups", |message| message.params.groups = 0),
        ("params.groups", |message| {
            (message.params.slots, message.params.groups) = (1, limits::MAX_GROUPS + 1);
        }),
        // One more slot than a number of 16 bits names.
        ("params.groups", |message| (message.params.slots, message.params.groups) = (64, 1024)),
        ("params.node_bond", |message| message.params.node_bond = 0u128.into()),
        ("params.requester_bond", |message| message.params.requester_bond = 0u128.into()),
        ("params.unbonding_seconds", |message| {
            message.params.unbonding_seconds = limits::MIN_UNBONDING_SECONDS - 1
        }),
        ("params.unbonding_seconds", |message| {
            message.params.unbonding_seconds = limits::MAX_UNBONDING_SECONDS + 1
        }),
        ("params.epoch_seconds", |message| message.params.epoch_seconds = limits::MIN_EPOCH_SECONDS - 1),
        ("params.epoch_seconds", |message| message.params.epoch_seconds = limits::MAX_EPOCH_SECONDS + 1),
        ("params.dispute_deposit", |message| message.params.dispute_deposit = 0u128.into()),
        ("params.dispute_deposit", |message| message.params.dispute_deposit = (NODE_BOND + 1).into()),
        ("params.bounty_bps", |message| message.params.bounty_bps = 0),
        ("params.bounty_bps", |message| message.params.bounty_bps = limits::MAX_BOUNTY_BPS + 1),
    ];
    for (expected, change) in cases {
        let ContractError::Input(InputError::OutOfBounds { field, found, least, most }) = refused(change)
        else {
            panic!("{expected} was refused for another reason")
        };
        assert_eq!(field, expected);
        assert!(found < least || found > most);
    }
    assert!(matches!(refused(|message| message.params.burn_bps = 10_001), ContractError::Share(_)));
}

#[test]
fn unbonding_outlasts_the_epochs_of_duties_and_tags() {
    let epoch = params().unbonding_seconds / limits::EPOCHS_AT_STAKE;
    for (epoch_seconds, unbonding_seconds) in
        [(epoch + 1, params().unbonding_seconds), (epoch, 3 * epoch - 1), (epoch, 2 * epoch)]
    {
        let error = refused(|message| {
            message.params.epoch_seconds = epoch_seconds;
            message.params.unbonding_seconds = unbonding_seconds;
        });
        assert_eq!(error, ContractError::UnbondingShort { unbonding_seconds, least: 3 * epoch_seconds });
    }
}

#[test]
fn the_bounds_themselves_are_accepted() {
    for (slots, groups, unbonding, epoch, burn, deposit, bounty) in [
        (1, limits::MAX_GROUPS, limits::MIN_UNBONDING_SECONDS, limits::MIN_EPOCH_SECONDS, 0, 1, 1),
        (
            limits::MAX_SLOTS,
            15,
            limits::MAX_UNBONDING_SECONDS,
            limits::MAX_EPOCH_SECONDS,
            10_000,
            NODE_BOND,
            limits::MAX_BOUNTY_BPS,
        ),
    ] {
        let mut params = params();
        (params.slots, params.groups, params.unbonding_seconds) = (slots, groups, unbonding);
        (params.epoch_seconds, params.burn_bps) = (epoch, burn);
        (params.dispute_deposit, params.bounty_bps) = (deposit.into(), bounty);
        let suite = Suite::with_params(params.clone());
        assert_eq!(suite.registry_config().params, params);
    }
}

#[test]
fn a_digest_of_another_length_is_refused() {
    let error = refused(|message| message.crs_digest = HexBinary::from(&[1; 31]));
    assert_eq!(
        error,
        ContractError::Input(InputError::Length { field: "crs_digest", found: 31, least: 32, most: 32 })
    );
}

#[test]
fn a_reference_string_for_another_number_of_slots_is_refused() {
    let error = refused(|message| message.params.slots += 1);
    let slots = params().slots + 1;
    assert_eq!(error, ContractError::Opening(OpeningError::ReferenceString { slots }));
}

#[test]
fn a_reference_string_that_is_not_opened_is_refused() {
    type Change = fn(&mut InstantiateMsg);
    let changes: [Change; 2] = [
        |message| message.crs_opening = Binary::default(),
        |message| message.crs_digest = HexBinary::from(&[1; 32]),
    ];
    for change in changes {
        let error = refused(change);
        assert!(matches!(error, ContractError::Opening(OpeningError::Slice { .. })), "{error}");
    }
}

#[test]
fn text_that_is_no_address_is_refused() {
    type Change = fn(&mut InstantiateMsg);
    let cases: [(&str, &str, Change); 3] = [
        ("owner", "owner", |message| message.owner = "owner".into()),
        ("token", "cosmos1btt", |message| message.token = "cosmos1btt".into()),
        ("treasury", "", |message| message.treasury = String::new()),
    ];
    for (field, found, change) in cases {
        assert_eq!(refused(change), ContractError::Input(InputError::Address { field, found: found.into() }));
    }
}

#[test]
fn the_token_is_no_treasury() {
    let error = refused(|message| message.treasury = message.token.clone());
    assert!(matches!(error, ContractError::Input(InputError::Unusable { .. })), "{error}");
}
