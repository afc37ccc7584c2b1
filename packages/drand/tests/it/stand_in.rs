//! A network of one key signs rounds that both verifiers take.

use bithive_drand::{DrandError, StandIn, host, native};
use cosmwasm_std::testing::MockApi;
use zeroize::Zeroizing;

#[test]
fn a_stand_in_signs_what_both_verifiers_take_and_another_secret_signs_otherwise() {
    let stand_in = StandIn::new(&Zeroizing::new([7; 32])).unwrap();
    let chain = stand_in.chain(1_000, 3).unwrap();
    let signature = stand_in.sign(12);
    assert_eq!(
        native::verify(&chain, 12, &signature),
        host::verify(&MockApi::default(), &chain, 12, &signature)
    );
    assert!(native::verify(&chain, 12, &signature).is_ok());
    let other = StandIn::new(&Zeroizing::new([8; 32])).unwrap();
    assert_eq!(native::verify(&chain, 12, &other.sign(12)), Err(DrandError::Mismatch { round: 12 }));
    assert_eq!(stand_in.chain(1_000, 0), None);
}
