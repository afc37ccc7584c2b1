use crate::common::rng;
use bithive_blindmatch::{
    DecodeError,
    claim::{Claim, ClaimContext, ClaimError, RequesterKey, SEALED_BYTES},
    vault::MatchKey,
};

fn context(chain: &str, contract: &str, job: u64) -> ClaimContext {
    ClaimContext::new(chain, contract, job).unwrap()
}

fn here() -> ClaimContext {
    context("bithive-1", "bithive1jobs", 7)
}

fn claim(address: &str) -> Claim {
    Claim { address: address.to_owned(), slot: 513, ask: 1 << 100, consent: [0xab; 96] }
}

fn key(byte: u8) -> MatchKey {
    MatchKey::from_bytes([byte; 32])
}

#[test]
fn the_requester_reads_a_claim_and_its_length_tells_nothing() {
    let requester = RequesterKey::generate(&mut rng(1));
    for address in ["x", "bithive1contributor", &"y".repeat(90)] {
        let sealed = claim(address).seal(&here(), &key(1), &requester.public(), &mut rng(2)).unwrap();
        assert_eq!(sealed.len(), SEALED_BYTES);
        assert_eq!(requester.open(&here(), &key(1), &sealed), Ok(claim(address)));
    }
}

#[test]
fn printing_a_claim_shows_neither_who_made_it_nor_what_it_asks() {
    for printed in [format!("{:?}", claim("bithive1contributor")), format!("{:#?}", claim("x"))] {
        assert_eq!(printed, "Claim { .. }");
    }
}

#[test]
fn a_claim_under_another_key_of_a_vault_is_refused() {
    let requester = RequesterKey::generate(&mut rng(1));
    let sealed = claim("a").seal(&here(), &key(2), &requester.public(), &mut rng(2)).unwrap();
    assert_eq!(requester.open(&here(), &key(1), &sealed), Err(ClaimError::Mac));
}

#[test]
fn a_claim_for_another_job_contract_chain_or_requester_is_refused() {
    let requester = RequesterKey::generate(&mut rng(1));
    let sealed = claim("a").seal(&here(), &key(1), &requester.public(), &mut rng(2)).unwrap();
    for elsewhere in [
        context("bithive-1", "bithive1jobs", 8),
        context("bithive-1", "bithive1jobz", 7),
        context("bithive-2", "bithive1jobs", 7),
        context("bithive-1b", "ithive1jobs", 7),
    ] {
        assert_eq!(requester.open(&elsewhere, &key(1), &sealed), Err(ClaimError::NotForUs));
    }
    let other = RequesterKey::generate(&mut rng(3));
    assert_eq!(other.open(&here(), &key(1), &sealed), Err(ClaimError::NotForUs));
}

#[test]
fn a_damaged_claim_is_refused_at_every_byte() {
    let requester = RequesterKey::generate(&mut rng(1));
    let sealed = claim("a").seal(&here(), &key(1), &requester.public(), &mut rng(2)).unwrap();
    for index in 0..sealed.len() {
        let mut damaged = sealed.clone();
        damaged[index] ^= 1;
        assert!(requester.open(&here(), &key(1), &damaged).is_err(), "byte {index}");
        assert!(matches!(
            requester.open(&here(), &key(1), &sealed[..index]),
            Err(ClaimError::Decode(DecodeError::Truncated { .. }))
        ));
    }
    let longer = [&sealed[..], &[0]].concat();
    assert!(matches!(
        requester.open(&here(), &key(1), &longer),
        Err(ClaimError::Decode(DecodeError::TrailingBytes { extra: 1, .. }))
    ));
}

#[test]
fn fields_beyond_their_limits_are_refused() {
    let requester = RequesterKey::generate(&mut rng(1));
    let seal = |address: &str| claim(address).seal(&here(), &key(1), &requester.public(), &mut rng(2)).err();
    assert_eq!(seal(""), Some(ClaimError::Length { field: "address", length: 0, max: 90 }));
    assert_eq!(seal(&"y".repeat(91)), Some(ClaimError::Length { field: "address", length: 91, max: 90 }));
    let error = ClaimError::Length { field: "chain id", length: 51, max: 50 };
    assert_eq!(ClaimContext::new(&"c".repeat(51), "jobs", 1), Err(error));
    let error = ClaimError::Length { field: "jobs contract", length: 0, max: 90 };
    assert_eq!(ClaimContext::new("c", "", 1), Err(error));
}

#[test]
fn a_requester_key_of_low_order_is_refused() {
    let sealed = claim("a").seal(&here(), &key(1), &[0; 32], &mut rng(2));
    assert_eq!(sealed, Err(ClaimError::RequesterKey));
}

#[test]
fn a_stored_requester_key_opens_what_the_original_would() {
    let requester = RequesterKey::generate(&mut rng(1));
    let stored = requester.encode();
    let restored = RequesterKey::decode(&stored).unwrap();
    assert_eq!(restored.public(), requester.public());
    let sealed = claim("a").seal(&here(), &key(1), &requester.public(), &mut rng(2)).unwrap();
    assert_eq!(restored.open(&here(), &key(1), &sealed), Ok(claim("a")));
    assert!(matches!(RequesterKey::decode(&stored[..32]), Err(DecodeError::Truncated { .. })));
    assert!(matches!(
        RequesterKey::decode(&[&stored[..], &[0]].concat()),
        Err(DecodeError::TrailingBytes { .. })
    ));
}
