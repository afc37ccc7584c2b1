//! The network's parameters, and the arithmetic of rounds and times.

use std::num::NonZeroU32;

use crate::common::vectors;
use bithive_drand::{Chain, DrandError, QUICKNET, SIGNATURE_DST};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

#[test]
fn the_constants_are_the_published_parameters() {
    let info = vectors().chain;
    assert_eq!(hex::encode(QUICKNET.hash), info.hash);
    assert_eq!(hex::encode(QUICKNET.public_key), info.public_key);
    assert_eq!((QUICKNET.genesis, QUICKNET.period.get()), (info.genesis, info.period));
    assert_eq!(SIGNATURE_DST, info.dst.as_bytes());
}

#[test]
fn the_chain_hash_is_that_of_the_parameters() {
    // Info.Hash of github.com/drand/drand, common/chain/info.go.
    let info = vectors().chain;
    let hash = Sha256::new()
        .chain_update(QUICKNET.period.get().to_be_bytes())
        .chain_update(QUICKNET.genesis.to_be_bytes())
        .chain_update(QUICKNET.public_key)
        .chain_update(hex::decode(info.group_hash).unwrap())
        .chain_update(info.beacon_id)
        .finalize();
    assert_eq!(<[u8; 32]>::from(hash), QUICKNET.hash);
}

#[test]
fn rounds_and_times_are_those_of_the_vectors() {
    for published in vectors().rounds {
        let time = published.time.unwrap();
        assert_eq!(QUICKNET.time_of(published.round), Ok(time));
        assert_eq!(QUICKNET.round_at(time), Ok(published.round));
        assert_eq!(QUICKNET.round_at(time + 2), Ok(published.round));
        assert_eq!(QUICKNET.round_at(time + 3), Ok(published.round + 1));
    }
    // drand-rs prints round 1000 as 2023-08-23 15:59:24 UTC.
    assert_eq!(QUICKNET.time_of(1000), Ok(1_692_806_364));
}

#[test]
fn there_is_no_round_before_the_genesis() {
    let (genesis, time) = (QUICKNET.genesis, QUICKNET.genesis - 1);
    assert_eq!(QUICKNET.round_at(time), Err(DrandError::BeforeGenesis { time, genesis }));
    assert_eq!(QUICKNET.round_at(genesis), Ok(1));
    assert_eq!(QUICKNET.time_of(0), Err(DrandError::RoundZero));
    assert_eq!(QUICKNET.first_round_after(0), Ok(1));
    assert_eq!(QUICKNET.first_round_after(time), Ok(1));
    assert_eq!(QUICKNET.first_round_after(genesis), Ok(2));
}

#[test]
fn what_does_not_fit_64_bits_is_an_error() {
    let last = QUICKNET.round_at(u64::MAX).unwrap();
    assert!(QUICKNET.time_of(last).unwrap() > u64::MAX - 3);
    assert_eq!(QUICKNET.time_of(last + 1), Err(DrandError::Overflow));
    assert_eq!(QUICKNET.time_of(u64::MAX), Err(DrandError::Overflow));
    assert_eq!(QUICKNET.first_round_after(u64::MAX), Err(DrandError::Overflow));
    let every_second = Chain { genesis: 0, period: NonZeroU32::MIN, ..QUICKNET };
    assert_eq!(every_second.round_at(u64::MAX), Err(DrandError::Overflow));
    assert_eq!(every_second.first_round_after(u64::MAX), Err(DrandError::Overflow));
}

fn chain() -> impl Strategy<Value = Chain> {
    (any::<u64>(), any::<NonZeroU32>()).prop_map(|(genesis, period)| Chain { genesis, period, ..QUICKNET })
}

proptest! {
    #[test]
    fn the_first_round_after_a_time_is_later_and_the_one_before_it_is_not(
        chain in prop_oneof![Just(QUICKNET), chain()],
        time in prop_oneof![any::<u64>(), 1_692_803_360u64..1_800_000_000],
    ) {
        match chain.first_round_after(time) {
            Ok(1) => prop_assert!(chain.genesis > time),
            Ok(round) => {
                prop_assert!(chain.time_of(round).unwrap() > time);
                prop_assert!(chain.time_of(round - 1).unwrap() <= time);
                prop_assert_eq!(chain.round_at(time), Ok(round - 1));
            }
            Err(error) => {
                prop_assert_eq!(error, DrandError::Overflow);
                prop_assert!(u128::from(time) + u128::from(chain.period.get()) > u128::from(u64::MAX));
            }
        }
    }

    #[test]
    fn a_rounds_time_belongs_to_the_round(round in 1u64.., chain in chain()) {
        match chain.time_of(round) {
            Ok(time) => prop_assert_eq!(chain.round_at(time), Ok(round)),
            Err(error) => {
                prop_assert_eq!(error, DrandError::Overflow);
                let time = u128::from(chain.genesis) + u128::from(round - 1) * u128::from(chain.period.get());
                prop_assert!(time > u128::from(u64::MAX));
            }
        }
    }
}
