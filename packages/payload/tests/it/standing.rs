//! A claim holds for the node, job, round and price that it was made for.

use bithive_attest::bls::{BlsError, SecretKey};
use bithive_attest::{Consent, Domain};
use bithive_payload::{Standing, StandingError};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

const JOBS: Domain<'static> = Domain { chain_id: "bithive-1", contract: "bithive1jobs" };

#[test]
fn a_claim_is_accepted_for_its_node_and_terms_only() {
    let node = SecretKey::generate(&mut ChaCha20Rng::seed_from_u64(1)).unwrap();
    let key = node.public_key();
    let terms = Consent { job_id: 7, round: 2, account: "bithive1node", slot: 5, ask: 90 };
    let consent = node.sign(&terms.sign_bytes(JOBS));
    let standing = Standing { jobs: JOBS, job_id: 7, round: 2, price: 100, slot: 5, bls_key: &key };
    assert_eq!(standing.check("bithive1node", 5, 90, &consent), Ok(()));

    assert_eq!(standing.check("bithive1node", 6, 90, &consent), Err(StandingError::Slot));
    for ask in [0, 101, u128::MAX] {
        assert_eq!(standing.check("bithive1node", 5, ask, &consent), Err(StandingError::Ask));
    }
    let mismatch = Err(StandingError::Consent(BlsError::Mismatch));
    assert_eq!(standing.check("bithive1node", 5, 91, &consent), mismatch);
    assert_eq!(standing.check("bithive1other", 5, 90, &consent), mismatch);
    let elsewhere = Domain { chain_id: "bithive-2", ..JOBS };
    for other in [
        Standing { round: 3, ..standing },
        Standing { job_id: 8, ..standing },
        Standing { jobs: elsewhere, ..standing },
    ] {
        assert_eq!(other.check("bithive1node", 5, 90, &consent), mismatch);
    }
    let stranger = SecretKey::generate(&mut ChaCha20Rng::seed_from_u64(2)).unwrap().public_key();
    let of_stranger = Standing { bls_key: &stranger, ..standing };
    assert_eq!(of_stranger.check("bithive1node", 5, 90, &consent), mismatch);
    let cut = standing.check("bithive1node", 5, 90, &consent[1..]);
    assert_eq!(cut, Err(StandingError::Consent(BlsError::Signature)));
}
