//! A drand network whose key is here, so that any round of it can be had.

use bithive_api::drand::Drand;
use bithive_drand::StandIn;
use cosmwasm_std::HexBinary;
use zeroize::Zeroizing;

/// Time of the network's first round, Unix seconds: long before the chain's first block.
pub const GENESIS: u64 = 1_000;
/// Seconds between its rounds.
pub const PERIOD: u32 = 3;

fn network() -> StandIn {
    StandIn::new(&Zeroizing::new([7; 32])).unwrap()
}

/// The network of tests.
#[must_use]
pub fn drand() -> Drand {
    let chain = network().chain(GENESIS, PERIOD).unwrap();
    Drand { public_key: chain.public_key.into(), genesis: GENESIS, period: PERIOD }
}

/// Its signature of a round.
#[must_use]
pub fn beacon(round: u64) -> HexBinary {
    network().sign(round).into()
}
