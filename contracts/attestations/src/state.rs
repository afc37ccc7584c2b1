//! Storage: what is stored, under which key. The contract kit stores the list of channels, as `channels`.

use bithive_api::attestations::{
    AttestationResponse, Evidence, PacketKind, Sending, SignedStatement, Source, WorkerSet,
};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, HexBinary};
use cw_storage_plus::{Item, Map};

/// Configuration, fixed for the life of the contract.
pub const CONFIG: Item<Config> = Item::new("config");
/// The market whose statements a peer may send, by connection and port.
pub const PEERS: Map<(&str, &str), Option<Source>> = Map::new("peers");
/// What became of sent packets, by channel, job and [`PacketKind`].
pub const SENDINGS: Map<(&str, u64, u8), Sending> = Map::new("sendings");
/// The newest worker set, by chain, market and job.
pub const WORKERS: Map<(&str, &str, u64), Workers> = Map::new("workers");
/// Attestations by chain, market and job.
pub const ATTESTATIONS: Map<(&str, &str, u64), Attestation> = Map::new("attestations");

/// Configuration, fixed for the life of the contract.
#[cw_serde]
pub struct Config {
    /// Address of the market of this chain; without one, the contract only receives.
    pub jobs: Option<Addr>,
}

/// A worker set whose keys were checked.
#[cw_serde]
pub struct Workers {
    /// The set as it was sent.
    pub set: WorkerSet,
    /// Sum of its keys: a statement then costs its absentees only.
    pub full_key: HexBinary,
}

/// An attestation; the rest of it is in the stored worker set of its round.
#[cw_serde]
pub struct Attestation {
    /// Round of the job, from 1.
    pub round: u8,
    /// BLAKE3 digest of the model file.
    pub model: HexBinary,
    /// Commitment to the plaintext input.
    pub input_commitment: HexBinary,
    /// The rest of the statement, and its signature.
    pub signed: SignedStatement,
    /// SHA-256 of the bytes that were signed.
    pub statement: HexBinary,
    /// What proves it.
    pub evidence: Evidence,
    /// When it was recorded, in Unix seconds.
    pub recorded_at: u64,
}

/// Key of what is kept of a job.
#[must_use]
pub fn job_key(source: &Source, job_id: u64) -> (&str, &str, u64) {
    (&source.chain_id, &source.jobs, job_id)
}

/// A packet's part of a key of [`SENDINGS`].
#[must_use]
pub const fn kind_key(kind: PacketKind) -> u8 {
    match kind {
        PacketKind::Workers => 0,
        PacketKind::Statement => 1,
    }
}

impl Attestation {
    /// The response type of a query.
    #[must_use]
    pub fn response(self, source: Source, job_id: u64) -> AttestationResponse {
        let Self { round, model, input_commitment, signed, statement, evidence, recorded_at } = self;
        let SignedStatement { output, masked, members, signers, signature: _ } = signed;
        AttestationResponse {
            source,
            job_id,
            round,
            model,
            input_commitment,
            output,
            masked,
            members,
            signers,
            statement,
            evidence,
            recorded_at,
        }
    }
}
