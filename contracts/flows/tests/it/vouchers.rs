//! What a voucher is good for: one flow of one contract on one chain, by the flow's key, once.

use bithive_api::flows::{ExecuteMsg, Key, SignedVoucher, Terms};
use bithive_flows::ContractError;
use bithive_signed::adr36;
use bithive_signed::voucher::Voucher;
use bithive_test_kit::flows::{Flows, NOTICE, by_vouchers, signer};
use bithive_test_kit::{CHAIN_ID, refusal};
use cosmwasm_std::HexBinary;
use ed25519_dalek::Signer as _;
use k256::ecdsa::signature::hazmat::PrehashSigner as _;
use k256::ecdsa::{Signature, SigningKey};
use sha2::{Digest as _, Sha256};

use crate::world::{WEALTH, World};

fn signature_error(id: u64, cumulative: u128) -> ContractError {
    ContractError::Signature { id, cumulative: cumulative.into() }
}

/// A voucher of signer 1 over any text.
fn over(text: &str, id: u64, cumulative: u128) -> SignedVoucher {
    let signature = signer(1).sign(text.as_bytes()).to_bytes();
    SignedVoucher { id, cumulative: cumulative.into(), signature: signature.into() }
}

#[test]
fn a_later_voucher_pays_what_it_adds_and_an_older_one_or_a_repetition_nothing() {
    let mut world = World::new();
    world.channel(100);
    let [low, high] = [30, 70].map(|cumulative| world.flows.voucher(1, 1, cumulative));
    world.redeem(vec![low.clone()]).unwrap();
    world.redeem(vec![high.clone()]).unwrap();
    assert_eq!(world.owed(), [70, 0]);
    for (old, cumulative) in [(low, 30u128), (high, 70)] {
        let error: ContractError = refusal(world.redeem(vec![old]));
        let (paid, deposit) = (70u128.into(), 100u128.into());
        assert_eq!(error, ContractError::NothingNew { id: 1, cumulative: cumulative.into(), paid, deposit });
    }
    world.check();
}

#[test]
fn the_order_of_vouchers_does_not_matter() {
    for order in [[10u128, 25, 60], [60, 25, 10], [25, 60, 10]] {
        let mut world = World::new();
        world.channel(100);
        for cumulative in order {
            let voucher = world.flows.voucher(1, 1, cumulative);
            drop(world.redeem(vec![voucher]));
        }
        assert_eq!(world.owed(), [60, 0], "{order:?}");
    }
}

#[test]
fn a_voucher_over_more_than_the_deposit_pays_the_deposit_and_the_rest_once_it_is_there() {
    let mut world = World::new();
    world.channel(100);
    let voucher = world.flows.voucher(1, 1, u128::MAX);
    world.redeem(vec![voucher.clone()]).unwrap();
    assert_eq!(world.owed(), [100, 0]);
    world.top_up(1, 40, None).unwrap();
    world.redeem(vec![voucher]).unwrap();
    assert_eq!(world.owed(), [140, 0]);
    world.check();
}

#[test]
fn a_voucher_of_another_flow_contract_or_chain_pays_nothing() {
    let mut world = World::new();
    // Both flows have one key.
    world.channel(100);
    world.channel(100);
    let other = Flows::new(&mut world.suite);
    let contract = world.flows.address.clone();
    let of_flow_2 = world.flows.voucher(1, 2, 50);
    let as_flow_1 = SignedVoucher { id: 1, ..of_flow_2 };
    let of_other_contract = other.voucher(1, 1, 50);
    let chain = Voucher { chain_id: "bithive-test-2", contract: contract.as_str(), flow: 1, cumulative: 50 };
    let of_other_chain = over(&chain.text(), 1, 50);
    for foreign in [as_flow_1, of_other_contract, of_other_chain] {
        assert_eq!(refusal::<ContractError>(world.redeem(vec![foreign])), signature_error(1, 50));
    }
    let good = over(&Voucher { chain_id: CHAIN_ID, ..chain }.text(), 1, 50);
    world.redeem(vec![good]).unwrap();
    assert_eq!(world.owed(), [50, 0]);
}

#[test]
fn a_voucher_that_names_more_than_was_signed_or_is_anothers_pays_nothing() {
    let mut world = World::new();
    world.channel(100);
    let signed = world.flows.voucher(1, 1, 5);
    let more = SignedVoucher { cumulative: 50u128.into(), ..signed.clone() };
    let anothers = world.flows.voucher(2, 1, 50);
    let empty =
        SignedVoucher { cumulative: 50u128.into(), signature: HexBinary::default(), ..signed.clone() };
    let long =
        SignedVoucher { signature: [signed.signature.as_slice(), &[0]].concat().into(), ..more.clone() };
    for bad in [more, anothers, empty, long] {
        assert_eq!(refusal::<ContractError>(world.redeem(vec![bad])), signature_error(1, 50));
    }
    assert_eq!(world.owed(), [0, 0]);
}

#[test]
fn each_kind_of_key_signs_in_its_own_form_and_in_no_other() {
    let key = SigningKey::from_slice(&[7; 32]).unwrap();
    let point: HexBinary = key.verifying_key().to_encoded_point(true).as_bytes().into();
    let mut world = World::new();
    let ends = world.now() + NOTICE;
    for key in [Key::Secp256k1(point.clone()), Key::Wallet(point)] {
        world.open(100, Terms::Vouchers { key, notice: NOTICE, ends }).unwrap();
    }
    let (contract, payer, payee) =
        (world.flows.address.to_string(), world.payer.to_string(), world.payee.to_string());
    let voucher = |id: u64, form: &dyn Fn(&str) -> [u8; 32]| {
        let text = Voucher { chain_id: CHAIN_ID, contract: &contract, flow: id, cumulative: 9 }.text();
        let signature: Signature = key.sign_prehash(&form(&text)).unwrap();
        let signature = signature.normalize_s().unwrap_or(signature).to_bytes();
        SignedVoucher { id, cumulative: 9u128.into(), signature: signature.to_vec().into() }
    };
    let plain = |text: &str| -> [u8; 32] { Sha256::digest(text).into() };
    let wallet = |text: &str| adr36::hash(&payer, text);
    // Of the same key, but signed as somebody else's wallet would.
    let others = |text: &str| adr36::hash(&payee, text);
    assert_eq!(refusal::<ContractError>(world.redeem(vec![voucher(1, &wallet)])), signature_error(1, 9));
    for form in [&plain as &dyn Fn(&str) -> [u8; 32], &others] {
        assert_eq!(refusal::<ContractError>(world.redeem(vec![voucher(2, form)])), signature_error(2, 9));
    }
    world.redeem(vec![voucher(1, &plain), voucher(2, &wallet)]).unwrap();
    assert_eq!(world.owed(), [18, 0]);
}

#[test]
fn a_key_that_is_no_point_pays_nothing_and_its_payer_has_the_deposit_back() {
    let mut world = World::new();
    let ends = world.now() + NOTICE;
    for key in [Key::Ed25519([0xff; 32].into()), Key::Secp256k1([0xff; 33].into())] {
        world.open(100, Terms::Vouchers { key, notice: NOTICE, ends }).unwrap();
    }
    for id in [1, 2] {
        let voucher = world.flows.voucher(1, id, 9);
        assert_eq!(refusal::<ContractError>(world.redeem(vec![voucher])), signature_error(id, 9));
    }
    world.suite.advance(NOTICE + 1);
    for id in [1, 2] {
        world.by_stranger(&ExecuteMsg::Finish { id }).unwrap();
    }
    assert_eq!(world.paid_out(), [0, WEALTH]);
}

#[test]
fn each_kind_of_flow_is_paid_in_its_own_way() {
    let mut world = World::new();
    world.channel(100);
    world.open(100, bithive_test_kit::flows::rate(10, 60, 5)).unwrap();
    let error: ContractError = refusal(world.by_stranger(&ExecuteMsg::Settle { id: 1 }));
    assert_eq!(error, ContractError::ByVouchers { id: 1 });
    let voucher = world.flows.voucher(1, 2, 9);
    assert_eq!(refusal::<ContractError>(world.redeem(vec![voucher])), ContractError::NoVouchers { id: 2 });
    assert_eq!(
        refusal::<ContractError>(world.top_up(2, 9, Some(u64::MAX))),
        ContractError::EndsByTime { id: 2 }
    );
}

#[test]
fn vouchers_that_were_not_redeemed_before_a_transfer_pay_the_new_payee() {
    let mut world = World::new();
    world.channel(100);
    let [first, second] = [20, 50].map(|cumulative| world.flows.voucher(1, 1, cumulative));
    world.redeem(vec![first]).unwrap();
    let (payee, heir, btt) = (world.payee.clone(), world.suite.account("heir"), world.btt());
    world.send(&payee, &ExecuteMsg::Transfer { id: 1, payee: heir.to_string() }).unwrap();
    world.redeem(vec![second]).unwrap();
    assert_eq!((world.owed()[0], world.flows.claimable(&world.suite, &heir, &btt)), (20, 30));
}

#[test]
fn only_the_payer_moves_the_end_and_only_to_a_later_time() {
    let mut world = World::new();
    let ends = world.now() + 2 * NOTICE;
    world.open(100, by_vouchers(1, ends)).unwrap();
    let (friend, btt) = (world.suite.account("friend"), world.btt());
    world.suite.fund(&friend, 50);
    let later = Some(ends + 1);
    let not_later = |found| ContractError::NotLater { id: 1, found, ends };
    let refused = world.flows.top_up(&mut world.suite, &friend, (&btt, 1), 1, later);
    assert_eq!(refusal::<ContractError>(refused), not_later(ends + 1));
    world.flows.top_up(&mut world.suite, &friend, (&btt, 1), 1, None).unwrap();
    assert_eq!(refusal::<ContractError>(world.top_up(1, 1, Some(ends - 1))), not_later(ends - 1));
    // Within the notice of the end, a later one leaves at least the notice.
    world.suite.advance(2 * NOTICE - 10);
    let found = world.now() + NOTICE - 1;
    assert_eq!(refusal::<ContractError>(world.top_up(1, 1, Some(found))), not_later(found));
    let most = world.now() + bithive_api::flows::limits::MAX_SECONDS;
    let error: ContractError = refusal(world.top_up(1, 1, Some(most + 1)));
    assert_eq!(error, ContractError::Ends { found: most + 1, least: world.now() + NOTICE, most });
    world.top_up(1, 1, Some(most)).unwrap();
    assert_eq!(world.flow(1).unwrap().ends, most);
    // After the end nothing is added.
    world.open(100, by_vouchers(1, world.now() + NOTICE)).unwrap();
    world.suite.advance(NOTICE + 1);
    assert_eq!(refusal::<ContractError>(world.top_up(2, 1, None)), ContractError::Closing { id: 2 });
    world.check();
}
