//! Storage: what is kept, under which key.
//!
//! A job's record is small because every message rewrites it; what is large (vault, assignment, results) is
//! written once under a key of its own. Records of a round carry its number, so nothing of a failed round
//! can be taken for the next one's.

use bithive_api::grants::Basis;
use bithive_api::jobs::{ModelWork, Phase, Split, Terms};
use bithive_attest::Members;
use bithive_contract_kit::nested;
use bithive_contract_kit::permission::Unauthorized;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Binary, Empty, HexBinary, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// Parameters and wiring.
pub const CONFIG: Item<Config> = Item::new("config");
/// Sums over all jobs.
pub const TOTALS: Item<Totals> = Item::new("totals");
/// Jobs by number.
pub const JOBS: Map<u64, Job> = Map::new("jobs");
/// Vaults by job.
pub const VAULTS: Map<u64, Binary> = Map::new("vaults");
/// Assignments by job and round.
pub const ROUNDS: Map<(u64, u8), Round> = Map::new("rounds");
/// Commitments by job, round and worker.
pub const COMMITMENTS: Map<(u64, u8, u8), HexBinary> = Map::new("commitments");
/// Signatures of the final statement that their workers have published, by job, round and worker.
pub const SIGNATURES: Map<(u64, u8, u8), HexBinary> = Map::new("signatures");
/// Rounds that an account is bound in as a worker; absent when there are none.
pub const OPEN_ROUNDS: Map<&Addr, u32> = Map::new("open_rounds");
/// Revealed results by job, round and worker.
pub const REVEALS: Map<(u64, u8, u8), Revealed> = Map::new("reveals");
/// Who was at fault in any round of a job, whether it cost bond or not.
pub const FAULTED: Map<(u64, &Addr), Empty> = Map::new("faulted");
/// What settled several jobs at once, by the first of them.
pub const BATCHES: Map<u64, Batch> = Map::new("batches");
/// Contract that credits work, if any.
pub const EMISSIONS: Item<Addr> = Item::new("emissions");
/// Contract that knows who is paid for a model, if any.
pub const MODEL_OWNERS: Item<Addr> = Item::new("model_owners");
/// Contract that knows what subjects of data have consented to, if any.
pub const GRANTS: Item<Addr> = Item::new("grants");
/// What permits a job to use data, at most `grants::limits::MAX_BASES`; absent where it names nothing.
pub const BASES: Map<u64, Vec<Basis<Addr>>> = Map::new("bases");
/// Jobs that name data of a subject.
pub const USES: Map<(&Addr, u64), Empty> = Map::new("uses");
/// Work of models, by their digest.
pub const MODELS: Map<&[u8], ModelWork> = Map::new("models");
/// Jobs, or the first of several, whose work the emissions refused when they were settled.
pub const REFUSED: Map<u64, Empty> = Map::new("refused");
/// Settled jobs that were reported.
pub const REPORTED: Map<u64, Empty> = Map::new("reported");
/// What an account may withdraw, in base units; absent when it is nothing.
pub const CLAIMABLE: Map<&Addr, Uint128> = Map::new("claimable");

/// Parameters and wiring; they hold for the life of the contract.
#[cw_serde]
pub struct Config {
    /// Address of the cw20 token that jobs are paid in (BTT).
    pub token: Addr,
    /// Address of the registry contract.
    pub registry: Addr,
    /// Address that receives the treasury's share.
    pub treasury: Addr,
    /// Address that receives the patient incentive pool's share.
    pub incentive_pool: Addr,
    /// Division of a worker's ask.
    pub split: Split,
    /// Taken from the bond for each fault that costs bond, in base units.
    pub slash_amount: Uint128,
    /// Slots of one broadcast group.
    pub slots: u16,
    /// Groups of that many slots.
    pub groups: u16,
}

/// Sums over all jobs.
#[cw_serde]
#[derive(Default)]
pub struct Totals {
    /// Escrow of jobs that are not final, in base units.
    pub escrowed: Uint128,
    /// Credited and not withdrawn, in base units.
    pub claimable: Uint128,
    /// Jobs posted so far.
    pub jobs: u64,
}

/// A job: what every message about it reads and rewrites.
#[cw_serde]
pub struct Job {
    /// Number, from 1.
    pub id: u64,
    /// Account that posted it.
    pub requester: Addr,
    /// Terms, without the vault.
    #[serde(deserialize_with = "nested")]
    pub terms: Terms<Addr>,
    /// State that the job is in.
    pub phase: Phase,
    /// Round; 0 before the first.
    pub round: u8,
    /// Last second of the state, Unix time; unused in a final state.
    pub deadline: u64,
    /// Escrow still held, in base units.
    pub escrow: Uint128,
    /// Who committed in this round.
    pub committed: Members,
    /// Who revealed in this round.
    pub revealed: Members,
    /// Members of the quorum that have published their signatures; while the job is disputed, whom the requester may keep for the
    /// next round: who revealed in this one and is not at fault. One field, because wasmd takes at most 100 locals in the
    /// function that reads a job.
    #[serde(default)]
    pub signed: Members,
    /// What the quorum agreed on.
    #[serde(deserialize_with = "nested")]
    pub outcome: Option<Outcome>,
}

/// One round's assignment, written once.
#[cw_serde]
pub struct Round {
    /// The chosen slots, encoded.
    pub mask: Binary,
    /// DGKBE headers, one for each group with a worker.
    pub headers: HexBinary,
    /// BLAKE3 digest of the encrypted input.
    pub payload: HexBinary,
    /// Commitment to the plaintext input.
    pub input_commitment: HexBinary,
    /// Aggregate of the consents.
    pub consent: HexBinary,
    /// Sum of the workers' BLS keys: verifying a statement costs its absentees only.
    pub full_key: HexBinary,
    /// The workers, in slot order.
    pub workers: Vec<Worker>,
}

/// One worker of a round.
#[cw_serde]
pub struct Worker {
    /// Account of the worker.
    pub address: Addr,
    /// DGKBE slot, from 1.
    pub slot: u16,
    /// What it is paid before the split, in base units.
    pub ask: Uint128,
    /// BLS public key in G1 at the time of assignment, 48 bytes.
    pub bls_key: HexBinary,
}

/// One revealed result.
#[cw_serde]
pub struct Revealed {
    /// Masked result, little-endian 32-bit words.
    pub masked: Binary,
    /// BLAKE3 digest of the encrypted output.
    pub output: HexBinary,
}

/// What a quorum agreed on.
#[cw_serde]
pub struct Outcome {
    /// Members of the quorum.
    pub quorum: Members,
    /// Workers whose results are too far from the quorum's to be honest noise.
    #[serde(default)]
    pub far: Members,
    /// The member whose output is the job's.
    pub representative: u8,
    /// Aggregate signature over the statement, 96 bytes, once it is settled.
    pub signature: Option<HexBinary>,
    /// Who signed it.
    pub signers: Option<Members>,
    /// First job of the batch that it was settled in.
    pub batch: Option<u64>,
    /// What it is worth, once it is settled; none of a job that was settled before this was kept.
    pub worth: Option<Worth>,
}

/// What a settled job is worth to its workers beyond its price. Fixed when it is settled: nobody gains or loses by reporting
/// it early or late.
#[cw_serde]
#[derive(Copy, Default)]
pub struct Worth {
    /// When it was settled, Unix seconds.
    pub at: u64,
    /// Compute credits of each worker of the quorum.
    pub credits: u64,
    /// Trust in the outcome, in 1/10,000.
    pub trust_bps: u16,
    /// Whether the emissions were told.
    pub announced: bool,
}

/// What settled several jobs at once.
#[cw_serde]
pub struct Batch {
    /// The jobs, ascending.
    pub jobs: Vec<u64>,
    /// The aggregate over all their statements.
    pub signature: HexBinary,
}

impl Job {
    /// Loads a job.
    ///
    /// # Errors
    /// [`ContractError::NoJob`].
    pub fn load(storage: &dyn Storage, job_id: u64) -> Result<Self, ContractError> {
        JOBS.may_load(storage, job_id)?.ok_or(ContractError::NoJob { job_id })
    }

    /// Saves the job.
    ///
    /// # Errors
    /// Storage errors.
    pub fn save(&self, storage: &mut dyn Storage) -> StdResult<()> {
        JOBS.save(storage, self.id, self)
    }

    /// The current round's assignment; an error before the first.
    ///
    /// # Errors
    /// Storage errors.
    pub fn load_round(&self, storage: &dyn Storage) -> StdResult<Round> {
        ROUNDS.load(storage, (self.id, self.round))
    }

    /// Refuses any state but `phases`, which `expected` names for the error.
    ///
    /// # Errors
    /// [`ContractError::WrongPhase`].
    pub fn expect_phase(&self, phases: &[Phase], expected: &'static str) -> Result<(), ContractError> {
        if phases.contains(&self.phase) {
            return Ok(());
        }
        Err(ContractError::WrongPhase { job_id: self.id, found: self.phase, expected })
    }

    /// Refuses a message after the state's last second.
    ///
    /// # Errors
    /// [`ContractError::TooLate`].
    pub fn expect_in_time(&self, now: u64) -> Result<(), ContractError> {
        if now <= self.deadline {
            return Ok(());
        }
        Err(ContractError::TooLate { job_id: self.id, phase: self.phase, deadline: self.deadline, now })
    }

    /// Refuses everybody but the requester.
    ///
    /// # Errors
    /// [`ContractError::Unauthorized`].
    pub fn expect_requester(&self, sender: &Addr) -> Result<(), ContractError> {
        if *sender == self.requester {
            return Ok(());
        }
        let expected = format!("the requester of job {}, {}", self.id, self.requester);
        Err(Unauthorized::new(sender, expected).into())
    }

    /// Enters a state that ends `seconds` after `now`.
    pub fn enter(&mut self, phase: Phase, now: u64, seconds: u64) {
        self.phase = phase;
        // Can't saturate: block times are seconds of this era, windows at most a day.
        self.deadline = now.saturating_add(seconds);
    }
}

impl Round {
    /// The workers with their indices.
    pub fn indexed(&self) -> impl Iterator<Item = (u8, &Worker)> {
        (0u8..).zip(&self.workers)
    }

    /// Index of the worker with this account.
    ///
    /// # Errors
    /// [`ContractError::Unauthorized`].
    pub fn index_of(&self, job: &Job, address: &Addr) -> Result<u8, ContractError> {
        let found = self.indexed().find(|(_, worker)| worker.address == *address);
        let refused = || {
            let expected = format!("a worker of round {} of job {}", job.round, job.id);
            Unauthorized::new(address, expected).into()
        };
        found.map(|(index, _)| index).ok_or_else(refused)
    }
}
