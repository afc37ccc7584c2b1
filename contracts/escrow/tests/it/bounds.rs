//! What a message may not say, and what may not come with it.

use bithive_api::asset::Asset;
use bithive_api::escrow::{Approver, ExecuteMsg, Hook, Milestone, Terms, limits};
use bithive_contract_kit::InputError;
use bithive_economics::CutsError;
use bithive_escrow::ContractError;
use bithive_test_kit::escrow::{DUE, REVIEW, milestones, payees, signers, terms};
use bithive_test_kit::flows::IBC_DENOM;
use bithive_test_kit::{FEE_DENOM, refusal};
use cosmwasm_std::{Addr, coin, coins, to_json_binary};
use cw20::Cw20ReceiveMsg;

use crate::world::{FUNDING, WEALTH, World};

const ALONE: Approver = Approver::Payer { arbiter: None };

fn refused(world: &mut World, terms: Terms) -> ContractError {
    let amount = terms.milestones.iter().map(|milestone| milestone.amount.u128()).sum();
    refusal(world.open_with(amount, terms))
}

#[test]
fn payees_are_others_each_once_and_share_the_whole() {
    let mut world = World::new();
    let (payer, payee, contract, token) =
        (world.payer.clone(), world.payee.clone(), world.escrow.address.clone(), world.suite.btt.clone());
    let error = refused(&mut world, terms(&payer, &[10], ALONE));
    assert_eq!(error, ContractError::OwnPayee { found: payer.to_string() });
    for own in [&contract, &token] {
        let error = refused(&mut world, terms(own, &[10], ALONE));
        assert!(matches!(error, ContractError::Input(InputError::Unusable { .. })), "{error:?}");
    }
    let stranger = world.stranger.clone();
    let mut with = |of: &[(&Addr, u16)]| {
        let terms = Terms { payees: payees(of), ..terms(&payee, &[10], ALONE) };
        refused(&mut world, terms)
    };
    let twice = with(&[(&payee, 5_000), (&payee, 5_000)]);
    assert!(matches!(twice, ContractError::Input(InputError::Duplicate { .. })), "{twice:?}");
    assert_eq!(with(&[(&payee, 9_999)]), ContractError::Cuts(CutsError::NotWhole { found: 9_999 }));
    let above = with(&[(&payee, 10_000), (&stranger, 1)]);
    assert_eq!(above, ContractError::Cuts(CutsError::AboveWhole { found: 10_001 }));
    let nothing = with(&[(&payee, 10_000), (&stranger, 0)]);
    assert_eq!(nothing, ContractError::Cuts(CutsError::Nothing { index: 1 }));
    assert!(matches!(with(&[]), ContractError::Input(InputError::Count { .. })));
    let many: Vec<_> = (0..9).map(|_| (&payee, 1_000)).collect();
    assert!(matches!(with(&many), ContractError::Input(InputError::Count { .. })));
    assert_eq!(world.suite.balance(&world.payer), WEALTH);
}

#[test]
fn milestones_have_amounts_and_times_within_bounds() {
    let mut world = World::new();
    let payee = world.payee.clone();
    let mut with = |milestones: Vec<Milestone>| {
        let terms = Terms { milestones, ..terms(&payee, &[1], ALONE) };
        refused(&mut world, terms)
    };
    let one = |due, review| vec![Milestone { amount: 10u128.into(), due, review }];
    for due in [0, limits::MIN_DUE_SECONDS - 1, limits::MAX_DUE_SECONDS + 1, u64::MAX] {
        let error = with(one(due, REVIEW));
        assert!(matches!(error, ContractError::Input(InputError::OutOfBounds { field: "due", .. })));
    }
    for review in [0, limits::MIN_REVIEW_SECONDS - 1, limits::MAX_REVIEW_SECONDS + 1, u64::MAX] {
        let error = with(one(DUE, review));
        assert!(matches!(error, ContractError::Input(InputError::OutOfBounds { field: "review", .. })));
    }
    let error = with(milestones(&[10, 0]));
    assert_eq!(error, ContractError::Input(InputError::Zero { field: "amount" }));
    assert!(matches!(with(milestones(&[1; 17])), ContractError::Input(InputError::Count { .. })));
    let none = terms(&payee, &[], ALONE);
    let error: ContractError = refusal(world.open_with(1, none));
    assert!(matches!(error, ContractError::Input(InputError::Count { .. })));
    let over = terms(&payee, &[u128::MAX, 1], ALONE);
    assert!(matches!(refusal(world.open_with(1, over)), ContractError::Overflow(_)));
}

#[test]
fn who_approves_fits_who_pays() {
    let mut world = World::new();
    let (payee, btt) = (world.payee.clone(), world.btt());
    let error = refused(&mut world, terms(&payee, &[10], Approver::Contributors {}));
    assert_eq!(error, ContractError::NoCrowd);
    for approver in [ALONE, Approver::Preimage { hash: [1; 32].into() }] {
        let terms = terms(&payee, &[10], approver);
        let raised = world.escrow.raise(&mut world.suite, &payee, (&btt, FUNDING), terms);
        assert_eq!(refusal::<ContractError>(raised), ContractError::NoPayer);
    }
    let short = Approver::Preimage { hash: [1; 31].into() };
    assert!(matches!(refused(&mut world, terms(&payee, &[10], short)), ContractError::Input(_)));
    let [ann, ben, ..] = world.crowd.clone();
    for approver in [signers(0, &[&ann]), signers(2, &[&ann]), signers(1, &[]), signers(1, &[&ben, &ben])] {
        let error = refused(&mut world, terms(&payee, &[10], approver));
        assert!(matches!(error, ContractError::Input(_)), "{error:?}");
    }
    let text = Terms { text: Some([1; 33].into()), ..terms(&payee, &[10], ALONE) };
    assert!(matches!(refused(&mut world, text), ContractError::Input(InputError::Length { .. })));
    world.check();
}

#[test]
fn a_crowd_is_asked_for_an_hour_to_ninety_days_in_an_asset_with_a_name() {
    let mut world = World::new();
    let (payee, btt) = (world.payee.clone(), world.btt());
    let mut raise = |asset: &Asset, seconds| {
        let terms = terms(&payee, &[10], Approver::Contributors {});
        world.escrow.raise(&mut world.suite, &payee, (asset, seconds), terms)
    };
    for seconds in [0, limits::MIN_FUNDING_SECONDS - 1, limits::MAX_FUNDING_SECONDS + 1, u64::MAX] {
        let error: ContractError = refusal(raise(&btt, seconds));
        assert!(matches!(error, ContractError::Input(InputError::OutOfBounds { .. })), "{error:?}");
    }
    for denom in [String::new(), "x".repeat(129)] {
        let error: ContractError = refusal(raise(&Asset::Native(denom), FUNDING));
        assert!(matches!(error, ContractError::Input(InputError::Length { .. })), "{error:?}");
    }
    for seconds in [limits::MIN_FUNDING_SECONDS, limits::MAX_FUNDING_SECONDS] {
        raise(&btt, seconds).unwrap();
    }
}

#[test]
fn exactly_the_sum_is_paid_and_nothing_is_no_contribution() {
    let mut world = World::new();
    let payee = world.payee.clone();
    for amount in [99, 101] {
        let error: ContractError = refusal(world.open_with(amount, terms(&payee, &[30, 70], ALONE)));
        assert!(matches!(error, ContractError::Input(InputError::Amount { .. })), "{error:?}");
    }
    world.raise(&[100], Approver::Contributors {}).unwrap();
    let fake = world.suite.account("fake token");
    let msg = to_json_binary(&Hook::Fund { id: 1 }).unwrap();
    let hook = Cw20ReceiveMsg { sender: world.payer.to_string(), amount: 0u128.into(), msg };
    let error = world.refused(&fake, &ExecuteMsg::Receive(hook));
    assert_eq!(error, ContractError::Input(InputError::Zero { field: "the contribution" }));
    let (payer, contract) = (world.payer.clone(), world.escrow.address.clone());
    for message in [ExecuteMsg::Open(terms(&payee, &[1], ALONE)), ExecuteMsg::Fund { id: 1 }] {
        assert!(matches!(world.refused(&payer, &message), ContractError::Coin(_)));
        let two = [coin(1, FEE_DENOM), coin(1, IBC_DENOM)];
        let result = world.suite.execute_with(&payer, &contract, &message, &two);
        assert!(matches!(refusal(result), ContractError::Coin(_)));
    }
    world.check();
}

#[test]
fn native_coins_are_refused_with_every_message_that_pays_nothing_in() {
    let mut world = World::new();
    world.open(&[100], ALONE).unwrap();
    let (payer, contract, payee) = (world.payer.clone(), world.escrow.address.clone(), world.payee.clone());
    let hook = Cw20ReceiveMsg { sender: payer.to_string(), amount: 1u128.into(), msg: Default::default() };
    let (id, milestone, asset) = (1, 1, world.btt());
    for message in [
        ExecuteMsg::Receive(hook),
        ExecuteMsg::Raise { asset: asset.clone(), seconds: FUNDING, terms: terms(&payee, &[1], ALONE) },
        ExecuteMsg::Submit { id, milestone, evidence: None },
        ExecuteMsg::Approve { id, milestone },
        ExecuteMsg::Reject { id, milestone },
        ExecuteMsg::Reveal { id, preimage: vec![1; 32].into() },
        ExecuteMsg::Dispute { id, milestone },
        ExecuteMsg::Rule { id, milestone, payees_bps: 1 },
        ExecuteMsg::Decline { id },
        ExecuteMsg::Advance { id },
        ExecuteMsg::Refund { id, contributor: payer.to_string() },
        ExecuteMsg::Withdraw { asset },
    ] {
        let result = world.suite.execute_with(&payer, &contract, &message, &coins(1, FEE_DENOM));
        let error: ContractError = refusal(result);
        assert!(matches!(error, ContractError::Input(InputError::Payment(_))), "{message:?}: {error:?}");
    }
    world.check();
}

#[test]
fn an_agreement_is_paid_in_its_own_asset_only() {
    let mut world = World::new();
    let (payee, payer) = (world.payee.clone(), world.payer.clone());
    let assets = world.assets();
    for asset in &assets {
        let terms = terms(&payee, &[100], Approver::Contributors {});
        world.escrow.raise(&mut world.suite, &payee, (asset, FUNDING), terms).unwrap();
    }
    for (id, expected) in (1..).zip(&assets) {
        for found in assets.iter().filter(|asset| *asset != expected) {
            let error: ContractError = refusal(world.escrow.fund(&mut world.suite, &payer, (found, 10), id));
            let (found, expected) = (found.to_string(), expected.to_string());
            assert_eq!(error, ContractError::WrongAsset { id, found, expected });
        }
        world.escrow.fund(&mut world.suite, &payer, (expected, 100), id).unwrap();
    }
    world.check();
}

#[test]
fn the_largest_amounts_neither_wrap_nor_block_an_exit() {
    let mut world = World::new();
    let (fake, payer, payee) = (world.suite.account("fake token"), world.payer.clone(), world.payee.clone());
    let second = world.stranger.clone();
    let mut terms = terms(&payee, &[u128::MAX - 9, 9], ALONE);
    terms.payees = payees(&[(&payee, 3_333), (&second, 6_667)]);
    let msg = to_json_binary(&Hook::Open(terms)).unwrap();
    let hook = Cw20ReceiveMsg { sender: payer.to_string(), amount: u128::MAX.into(), msg };
    world.send(&fake, &ExecuteMsg::Receive(hook.clone())).unwrap();
    // Not a second time: what is held of this token would leave 128 bits.
    assert!(world.send(&fake, &ExecuteMsg::Receive(hook)).is_err());
    world.pays(true).unwrap();
    world.suite.advance(DUE + 1);
    world.advance().unwrap();
    let asset = Asset::Cw20(fake.to_string());
    let owed: Vec<u128> =
        [&payee, &second, &payer].map(|who| world.escrow.claimable(&world.suite, who, &asset)).to_vec();
    assert_eq!((owed[0] + owed[1], owed[2]), (u128::MAX - 9, 9));
    world.check();
}
