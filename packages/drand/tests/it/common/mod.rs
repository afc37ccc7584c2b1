//! The vector file, and one call for both verifiers.

use bithive_drand::{Beacon, Chain, DrandError, host, native};
use cosmwasm_std::testing::MockApi;
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Vectors {
    pub(crate) chain: ChainInfo,
    pub(crate) rounds: Vec<Published>,
    pub(crate) other_chain: Other,
    pub(crate) other_domain: Other,
    pub(crate) malformed: Vec<Malformed>,
}

#[derive(Deserialize)]
pub(crate) struct ChainInfo {
    pub(crate) hash: String,
    pub(crate) public_key: String,
    pub(crate) genesis: u64,
    pub(crate) period: u32,
    pub(crate) group_hash: String,
    pub(crate) beacon_id: String,
    pub(crate) dst: String,
}

#[derive(Deserialize)]
pub(crate) struct Published {
    pub(crate) round: u64,
    pub(crate) time: Option<u64>,
    pub(crate) message: Option<String>,
    pub(crate) signature: String,
    pub(crate) randomness: Option<String>,
}

impl Published {
    pub(crate) fn signature(&self) -> Vec<u8> {
        hex::decode(&self.signature).unwrap()
    }
}

#[derive(Deserialize)]
pub(crate) struct Other {
    pub(crate) public_key: String,
    pub(crate) rounds: Vec<Published>,
}

#[derive(Deserialize)]
pub(crate) struct Malformed {
    pub(crate) about: String,
    pub(crate) round: u64,
    pub(crate) signature: String,
}

pub(crate) fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../vectors/quicknet.json")).unwrap()
}

/// What both verifiers say; they have to agree, errors included.
pub(crate) fn check(chain: &Chain, round: u64, signature: &[u8]) -> Result<Beacon, DrandError> {
    let native = native::verify(chain, round, signature);
    assert_eq!(host::verify(&MockApi::default(), chain, round, signature), native);
    native
}
