//! A code releases: who holds it hands it to the payee, and whoever else sees it gains nothing.

use bithive_api::escrow::{Approver, ExecuteMsg, Phase, limits};
use bithive_escrow::ContractError;
use bithive_test_kit::escrow::{DUE, terms};
use bithive_test_kit::refusal;
use sha2::{Digest as _, Sha256};

use crate::world::World;

const CODE: &[u8] = b"a code of a patient, 32 letters.";

fn hash(code: &[u8]) -> Approver {
    Approver::Preimage { hash: Sha256::digest(code).as_slice().into() }
}

fn reveal(code: &[u8]) -> ExecuteMsg {
    ExecuteMsg::Reveal { id: 1, preimage: code.into() }
}

#[test]
fn who_presents_the_code_has_the_payee_paid_whoever_that_is() {
    let mut world = World::new();
    world.open(&[100], hash(CODE)).unwrap();
    // The payee's message waits to be put into a block; somebody copies the code from it and is first.
    world.by_stranger(&reveal(CODE)).unwrap();
    let (payee, stranger) = (world.payee.clone(), world.stranger.clone());
    assert_eq!((world.owed(&payee), world.owed(&stranger)), (100, 0));
    assert_eq!(world.refused(&payee, &reveal(CODE)), ContractError::NoAgreement { id: 1 });
    world.check();
}

#[test]
fn a_code_that_is_not_presented_until_it_is_due_is_worth_nothing_after() {
    let mut world = World::new();
    world.open(&[100], hash(CODE)).unwrap();
    world.suite.advance(DUE);
    assert!(matches!(refusal(world.advance()), ContractError::NotYet { .. }));
    world.suite.advance(1);
    assert!(matches!(refusal(world.by_stranger(&reveal(CODE))), ContractError::Late { .. }));
    world.advance().unwrap();
    assert_eq!((world.both(), world.ended()), ([0, 100], true));
    world.check();
}

#[test]
fn another_code_or_one_of_another_length_releases_nothing() {
    let mut world = World::new();
    world.open(&[100], hash(CODE)).unwrap();
    let error: ContractError = refusal(world.by_stranger(&reveal(b"another code, as long as needed.")));
    assert_eq!(error, ContractError::WrongCode { id: 1 });
    let most = vec![1; limits::MAX_CODE_BYTES + 1];
    for code in [&CODE[..limits::MIN_CODE_BYTES - 1], most.as_slice()] {
        assert!(matches!(refusal(world.by_stranger(&reveal(code))), ContractError::Input(_)));
    }
    assert_eq!(world.both(), [0, 0]);
}

#[test]
fn a_payee_without_the_code_is_not_paid_by_anybodys_silence() {
    let mut world = World::new();
    world.open(&[100], hash(CODE)).unwrap();
    let by_code = ContractError::ByCode { id: 1 };
    assert_eq!(refusal::<ContractError>(world.submit()), by_code);
    assert_eq!(refusal::<ContractError>(world.pays(true)), by_code);
    assert_eq!(refusal::<ContractError>(world.pays(false)), by_code);
    assert!(matches!(world.phase(), Phase::Active { .. }));
    // It can give up before the end: a partner that can't serve sends the patient its money back.
    let payee = world.payee.clone();
    world.send(&payee, &ExecuteMsg::Decline { id: 1 }).unwrap();
    assert_eq!(world.both(), [0, 100]);
}

#[test]
fn a_code_releases_one_milestone_and_an_agreement_without_one_takes_none() {
    let mut world = World::new();
    let two = terms(&world.payee, &[50, 50], hash(CODE));
    assert!(matches!(refusal(world.open_with(100, two)), ContractError::Input(_)));
    world.open(&[100], Approver::Payer { arbiter: None }).unwrap();
    assert_eq!(refusal::<ContractError>(world.by_stranger(&reveal(CODE))), ContractError::NoCode { id: 1 });
}
