//! Orders that a subject signs and somebody else sends.

use bithive_api::grants::{ExecuteMsg, Standing, SubjectSignature};
use bithive_consent::grant::Order;
use bithive_grants::ContractError;
use bithive_test_kit::grants::{DAY, Grants, basis, digest};
use bithive_test_kit::{CHAIN_ID, Suite, refusal};
use cosmwasm_std::{Addr, Api, CanonicalAddr, HexBinary};
use k256::ecdsa::signature::hazmat::PrehashSigner;
use k256::ecdsa::{Signature, SigningKey};

struct Patient {
    key: SigningKey,
    public: Vec<u8>,
    address: Addr,
}

impl Patient {
    fn new(suite: &Suite, seed: u8) -> Self {
        let key = SigningKey::from_slice(&[seed; 32]).unwrap();
        let public = key.verifying_key().to_encoded_point(true).as_bytes().to_vec();
        let account = CanonicalAddr::from(bithive_signed::account_of(&public).as_slice());
        let address = suite.app.api().addr_humanize(&account).unwrap();
        Self { key, public, address }
    }

    fn sign(&self, order: Order, place: (&str, &str), digests: &[HexBinary]) -> SubjectSignature {
        let hash = order.hash(place, self.address.as_str(), digests);
        let signature: Signature = self.key.sign_prehash(&hash).unwrap();
        SubjectSignature {
            public_key: self.public.as_slice().into(),
            signature: signature.to_bytes().to_vec().into(),
        }
    }
}

#[test]
fn a_hospital_sends_what_a_patient_without_coins_has_signed() {
    let mut suite = Suite::new();
    let grants = Grants::new(&mut suite);
    let (patient, clinic) = (Patient::new(&suite, 1), suite.account("clinic"));
    let (digests, expires) = (vec![digest(1, &clinic)], suite.now() + DAY);
    let place = (CHAIN_ID, grants.address.as_str());
    let signed = Some(patient.sign(Order::Record { until: expires }, place, &digests));
    let record = ExecuteMsg::Record { digests: digests.clone(), expires, signed };
    grants.send(&mut suite, &clinic, &record).unwrap();
    assert_eq!(grants.check(&suite, &clinic, &[basis(&patient.address, 1)]), [Standing::Live]);
    let signed = Some(patient.sign(Order::Revoke, place, &digests));
    let revoke = ExecuteMsg::Revoke { digests, signed };
    let anybody = suite.account("stranger");
    grants.send(&mut suite, &anybody, &revoke).unwrap();
    assert_eq!(grants.check(&suite, &clinic, &[basis(&patient.address, 1)]), [Standing::Revoked]);
    // Whoever keeps the first order can't use it again.
    let error: ContractError = refusal(grants.send(&mut suite, &clinic, &record));
    assert!(matches!(error, ContractError::Known { standing: "revoked", .. }), "{error}");
    grants.send(&mut suite, &clinic, &revoke).unwrap();
}

#[test]
fn an_order_that_was_not_sent_yet_is_worth_nothing_after_a_revocation() {
    let mut suite = Suite::new();
    let grants = Grants::new(&mut suite);
    let (patient, clinic) = (Patient::new(&suite, 1), suite.account("clinic"));
    let (digests, expires) = (vec![digest(1, &clinic)], suite.now() + DAY);
    let place = (CHAIN_ID, grants.address.as_str());
    let kept = Some(patient.sign(Order::Record { until: expires }, place, &digests));
    grants.revoke(&mut suite, &patient.address, 1, &clinic);
    let record = ExecuteMsg::Record { digests, expires, signed: kept };
    let error: ContractError = refusal(grants.send(&mut suite, &clinic, &record));
    assert!(matches!(error, ContractError::Known { standing: "revoked", .. }), "{error}");
}

#[test]
fn a_signature_is_for_one_chain_one_contract_one_end_and_these_digests() {
    let mut suite = Suite::new();
    let grants = Grants::new(&mut suite);
    let (patient, clinic) = (Patient::new(&suite, 1), suite.account("clinic"));
    let (digests, expires) = (vec![digest(1, &clinic)], suite.now() + DAY);
    let here = grants.address.to_string();
    let (order, place) = (Order::Record { until: expires }, (CHAIN_ID, here.as_str()));
    let good = patient.sign(order, place, &digests);
    let other_key = Patient::new(&suite, 2).sign(order, place, &digests);
    let bad = [
        patient.sign(order, ("bithive-2", here.as_str()), &digests),
        patient.sign(order, (CHAIN_ID, clinic.as_str()), &digests),
        patient.sign(Order::Record { until: expires + 1 }, place, &digests),
        patient.sign(Order::Revoke, place, &digests),
        patient.sign(order, place, &[digest(2, &clinic)]),
        // Somebody else's signature under the patient's key, and what is no key and no signature.
        SubjectSignature { public_key: good.public_key.clone(), ..other_key },
        SubjectSignature { public_key: vec![9; 33].into(), ..good.clone() },
        SubjectSignature { signature: vec![0; 64].into(), ..good.clone() },
    ];
    for signed in bad {
        let message = ExecuteMsg::Record { digests: digests.clone(), expires, signed: Some(signed) };
        let error: ContractError = refusal(grants.send(&mut suite, &clinic, &message));
        assert!(matches!(error, ContractError::Signature { .. }), "{error}");
    }
    for (key, signature) in [(32, 64), (33, 63), (65, 64), (33, 65)] {
        let signed =
            SubjectSignature { public_key: vec![2; key].into(), signature: vec![1; signature].into() };
        let message = ExecuteMsg::Record { digests: digests.clone(), expires, signed: Some(signed) };
        let error: ContractError = refusal(grants.send(&mut suite, &clinic, &message));
        assert!(matches!(error, ContractError::Input(_)), "{error}");
    }
    assert_eq!(grants.check(&suite, &clinic, &[basis(&patient.address, 1)]), [Standing::Unknown]);
}
