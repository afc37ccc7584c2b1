//! Many vouchers in one message: bounds, and bad ones among good ones.

use bithive_api::flows::{Event, SignedVoucher, limits};
use bithive_contract_kit::InputError;
use bithive_flows::ContractError;
use bithive_test_kit::flows::{NOTICE, by_vouchers, opening};
use bithive_test_kit::refusal;
use cosmwasm_std::HexBinary;

use crate::world::{World, collect};

#[test]
fn one_to_sixty_four_vouchers_are_one_message() {
    let mut world = World::new();
    world.channel(1_000);
    let vouchers = |count: u128, world: &World| -> Vec<SignedVoucher> {
        (1..=count).map(|cumulative| world.flows.voucher(1, 1, cumulative)).collect()
    };
    for count in [0, limits::MAX_VOUCHERS as u128 + 1] {
        let found = count as usize;
        let error: ContractError = refusal({
            let many = vouchers(count, &world);
            world.redeem(many)
        });
        let expected = InputError::Count { field: "vouchers", found, least: 1, most: limits::MAX_VOUCHERS };
        assert_eq!(error, ContractError::Input(expected));
    }
    let most = vouchers(limits::MAX_VOUCHERS as u128, &world);
    let response = world.redeem(most).unwrap();
    let paid = collect(&world, &response, |event| match event {
        Event::Paid { amount, .. } => Some(amount.u128()),
        _ => None,
    });
    assert_eq!(paid, vec![1; limits::MAX_VOUCHERS], "each adds a unit to the one before");
    assert_eq!(world.owed(), [64, 0]);
    world.check();
}

#[test]
fn bad_vouchers_are_reported_and_keep_no_good_one_from_paying() {
    let mut world = World::new();
    world.channel(100);
    world.channel(100);
    let flows = world.flows.clone();
    let bad = SignedVoucher { id: 2, cumulative: 7u128.into(), signature: HexBinary::from([1; 64]) };
    let vouchers = vec![
        flows.voucher(1, 9, 5),
        flows.voucher(1, 1, 40),
        bad,
        flows.voucher(1, 1, 40),
        flows.voucher(1, 2, 30),
        flows.voucher(1, 1, 20),
    ];
    let response = world.redeem(vouchers).unwrap();
    let paid = collect(&world, &response, |event| match event {
        Event::Paid { id, amount, .. } => Some((id, amount.u128())),
        _ => None,
    });
    assert_eq!(paid, [(1, 40), (2, 30)]);
    let skipped = collect(&world, &response, |event| match event {
        Event::Skipped { id, reason, .. } => Some((id, reason)),
        _ => None,
    });
    let [of_none, of_another, repeated, older] = skipped.as_slice() else { panic!("{skipped:?}") };
    assert!(of_none.0 == 9 && of_none.1.contains("there is no flow 9"), "{of_none:?}");
    assert!(of_another.0 == 2 && of_another.1.contains("signature"), "{of_another:?}");
    for (id, reason) in [repeated, older] {
        assert!(*id == 1 && reason.contains("adds nothing"), "{reason}");
    }
    assert_eq!(world.owed(), [70, 0]);
    world.check();
}

#[test]
fn a_message_of_which_nothing_pays_is_refused_with_its_first_reason() {
    let mut world = World::new();
    world.channel(100);
    let vouchers = vec![world.flows.voucher(1, 9, 5), world.flows.voucher(2, 1, 5)];
    let error: ContractError = refusal(world.redeem(vouchers));
    assert_eq!(error, ContractError::NoFlow { id: 9 });
}

#[test]
fn flows_of_several_assets_and_payees_are_paid_by_one_message_each_in_kind() {
    let mut world = World::new();
    let (payer, other) = (world.payer.clone(), world.suite.account("other"));
    let ends = world.now() + NOTICE;
    let payees = [world.payee.clone(), other.clone()];
    for asset in world.assets() {
        for payee in &payees {
            let open = opening(payee, by_vouchers(1, ends));
            world.flows.open(&mut world.suite, &payer, (&asset, 100), open).unwrap();
        }
    }
    let vouchers = (1..=6).map(|id| world.flows.voucher(1, id, 10 + u128::from(id))).collect();
    world.redeem(vouchers).unwrap();
    let found: Vec<u128> = world
        .assets()
        .iter()
        .flat_map(|asset| payees.each_ref().map(|payee| world.flows.claimable(&world.suite, payee, asset)))
        .collect();
    assert_eq!(found, [11, 12, 13, 14, 15, 16]);
    world.check();
    for (index, asset) in world.assets().into_iter().enumerate() {
        let withdraw = bithive_api::flows::ExecuteMsg::Withdraw { asset: asset.clone() };
        world.send(&other, &withdraw).unwrap();
        assert_eq!(world.suite.balance_in(&other, &asset), 12 + 2 * index as u128);
    }
    world.check();
}
