//! `jobs`: the market. A job's conditions are sealed, its price is in escrow, and its outcome is agreed by
//! the workers without publishing a result.
//!
//! ```text
//!            post (cw20 Send)
//!                  |
//!   cancel /       v      assign                all committed, or >= q at the deadline
//!   assign_by ── Open ──────────> Assigned ─────────────────────> Committed
//!      |                            ^   | < q commitments              | all revealed, or deadline
//!      v                            |   v                              v
//!   Refunded <── replace deadline ─ Disputed <──── no quorum ──── (quorum of q within tolerance)
//!                                       ^                              v
//!                                       └──── finalize deadline ── Revealed ── finalize, sign ──> Settled
//! ```
//!
//! A round that fails pays every worker that revealed and is not at fault half of its ask; the requester may keep it for the next
//! round, for the other half.
//!
//! Every state but the last two has a deadline, and [`ExecuteMsg::Advance`] is the exit that anyone may take.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Binary, HexBinary, Uint128};
use cw20::Cw20ReceiveMsg;

use crate::event::{ChainEvent, EventError, Field, OrEmpty, events, names};
use crate::grants::Basis;

/// Bounds of job parameters; they bound loops, message sizes and how long funds are locked.
pub mod limits {
    /// Most workers of one job: the bound of every loop over workers and of the pairings in one message.
    pub const MAX_WORKERS: u8 = 16;
    /// Most words of a masked result: 4 KiB in one reveal.
    pub const MAX_DIMENSIONS: u16 = 1024;
    /// Largest tolerance: 1.0 in fixed point. The wider it is, the less an agreement says.
    pub const MAX_TOLERANCE: u32 = 65_536;
    /// Most bytes of a vault.
    pub const MAX_VAULT_BYTES: usize = 16_384;
    /// Most bytes of an encoded slot set: [`MAX_WORKERS`] slots, each in a group of its own, take 99.
    pub const MAX_MASK_BYTES: usize = 128;
    /// Bytes of a DGKBE header, at every number of receivers; an assignment has one for each group with a worker,
    /// so at most [`MAX_WORKERS`].
    pub const HEADER_BYTES: usize = 128;
    /// Shortest of each window, in seconds.
    pub const MIN_WINDOW_SECONDS: u64 = 30;
    /// Longest of each window, in seconds: one day.
    pub const MAX_WINDOW_SECONDS: u64 = 86_400;
    /// Most rounds: a job that fails this often is refunded.
    pub const MAX_ROUNDS: u8 = 3;
    /// Longest life of a job in seconds: the assignment window, then every round's commit, reveal, finalize
    /// and replace windows. The registry's unbonding time must be longer.
    pub const MAX_LIFE_SECONDS: u64 = MAX_WINDOW_SECONDS * (1 + 4 * MAX_ROUNDS as u64);
    /// Most jobs that one message settles. It takes a pairing and a hash to the curve for each, and the statements in
    /// memory: of the largest jobs this many take about a fifth of a block of 100,000,000 gas.
    pub const MAX_FINALIZATIONS: usize = 256;
    /// Least and most compute credits of a model: half of the least is still one, and the most of 2^24 jobs are below
    /// 2^64.
    pub const MODEL_CREDITS: (u64, u64) = (2, 1_000_000_000_000);
    /// Most rows of one page of a query: a row of the largest job carries [`MAX_WORKERS`] results of 4 KiB,
    /// about 100 kB as JSON, and a page is to stay below 1 MiB.
    pub const MAX_PAGE: u32 = 10;
}

/// Parameters that hold for the life of the contract.
#[cw_serde]
pub struct InstantiateMsg {
    /// cw20 contract that jobs are paid in (BTT).
    pub token: String,
    /// The registry; its token and slot count must fit, its unbonding time must exceed
    /// [`limits::MAX_LIFE_SECONDS`].
    pub registry: String,
    /// Address that receives the treasury's share.
    pub treasury: String,
    /// Address that receives the patient incentive pool's share.
    pub incentive_pool: String,
    /// How a worker's ask is divided; sums to 10,000.
    pub split: Split,
    /// Taken from a worker's bond for a commitment that it does not reveal and for an agreed result that it does not sign, and the
    /// most for a result far from the quorum's, in base units; 1 to the registry's `node_bond`. A bond covers one for each
    /// open round. Not committing costs the job, but no bond.
    pub slash_amount: Uint128,
}

/// Division of what is paid for a job, in 1/10,000; the five parts sum to 10,000. A part whose receiver the
/// job does not name goes to the treasury, and so does the rounding.
#[cw_serde]
pub struct Split {
    /// The worker's share.
    pub worker: u16,
    /// Share of the model's owner.
    pub model_owner: u16,
    /// Share of the data's owner.
    pub data_owner: u16,
    /// Share of the protocol's treasury.
    pub treasury: u16,
    /// Share of the patient incentive pool.
    pub incentive_pool: u16,
}

/// Messages of the `jobs` contract. None of them takes native coins.
#[cw_serde]
pub enum ExecuteMsg {
    /// A cw20 `Send` of the payment token; `msg` is a [`Hook`]. Sender: the token contract only.
    Receive(Cw20ReceiveMsg),
    /// Withdraw an open job and refund it. Sender: its requester, state Open.
    Cancel {
        /// Number of the job, from 1.
        job_id: u64,
    },
    /// Choose workers, or replace those of a failed round. Workers of the failed round that revealed and are not at fault can be
    /// kept without asking them again, for what is left of their ask. Sender: its requester, state Open or Disputed.
    Assign {
        /// Number of the job, from 1.
        job_id: u64,
        /// What the workers need and agreed to.
        assignment: Assignment,
    },
    /// Commit to a result. Sender: a worker of the round, once, state Assigned. Who does not commit in time
    /// loses the job, not bond: it may have been given nothing that it could open. Who commits must reveal.
    Commit {
        /// Number of the job, from 1.
        job_id: u64,
        /// `bithive_attest::commitment` of the result, the output's digest, the worker and a nonce; 32 bytes.
        commitment: HexBinary,
    },
    /// Reveal the committed result. Sender: a worker that committed, once, state Committed.
    Reveal {
        /// Number of the job, from 1.
        job_id: u64,
        /// Masked fixed-point result: `dimensions` little-endian 32-bit words.
        masked: Binary,
        /// BLAKE3 digest of the encrypted full output.
        output: HexBinary,
        /// The commitment's nonce, 32 bytes.
        nonce: HexBinary,
    },
    /// Publish the own signature of the final statement: so nobody who collects signatures can make a member of the quorum look
    /// as if it had not signed. The q-th one settles the job. Sender: a member of the quorum, once, state Revealed.
    Sign {
        /// Number of the job, from 1.
        job_id: u64,
        /// BLS signature (G2, 96 bytes) over `bithive_attest::Statement::sign_bytes`.
        signature: HexBinary,
    },
    /// Settle with the quorum's aggregate signature over the final statement. Sender: anyone, state Revealed.
    Finalize {
        /// Number of the job, from 1.
        job_id: u64,
        /// Bit i set: worker i (in slot order) signed. Only members of the quorum count, at least q.
        signers: u32,
        /// Aggregate BLS signature (G2, 96 bytes) over `bithive_attest::Statement::sign_bytes`.
        signature: HexBinary,
    },
    /// Settle many jobs with one aggregate signature over all their final statements. Sender: anyone, each job in
    /// state Revealed. All are settled or none: one that is not Revealed, or one bad signature, refuses the message.
    FinalizeMany {
        /// The jobs, by ascending number, each once; 1..=[`limits::MAX_FINALIZATIONS`].
        statements: Vec<Finalization>,
        /// Sum of what [`ExecuteMsg::Finalize`] would take for each of them (G2, 96 bytes).
        signature: HexBinary,
    },
    /// Leave a state whose deadline has passed. Sender: anyone, in practice workers and relayers.
    ///
    /// Nothing happens at a deadline by itself: a missing reveal is charged, and an escrow returned, only here.
    /// To reach a node that is leaving, the fault must be charged before the registry's unbonding time has
    /// passed since the node's `Unbond`; from then on its bond can be withdrawn.
    Advance {
        /// Number of the job, from 1.
        job_id: u64,
    },
    /// Tell the emissions and the registry what a settled job's quorum did, once: whose the work is that was announced when
    /// the job was settled, and records. Nothing of it depends on when it is sent. [`ExecuteMsg::Finalize`] tries it by itself,
    /// which never keeps it from settling; whatever refuses it, it can be tried again. Sender: anyone, state Settled.
    Report {
        /// Number of the job, from 1.
        job_id: u64,
    },
    /// Pay out what the sender has earned or was refunded. Sender: anyone who is owed.
    Withdraw {},
    /// Name the contract that credits work, or none. Sender: the registry's owner.
    SetEmissions {
        /// `emissions`, which has to know this contract as a meter.
        emissions: Option<String>,
    },
    /// Name the contract that knows who is paid for a model, or none: then nobody is. Sender: the registry's owner.
    SetModels {
        /// `models`, for the same token.
        models: Option<String>,
    },
    /// Name the contract that knows what subjects of data have consented to, or none: then nothing that names consents is posted or
    /// assigned. Sender: the registry's owner.
    SetGrants {
        /// `grants`, of the same registry.
        grants: Option<String>,
    },
    /// State the work of a model, or forget it. Sender: the registry's owner.
    SetModel {
        /// BLAKE3 digest of the model file, 32 bytes.
        model: HexBinary,
        /// What a run of it is; null to forget it.
        work: Option<ModelWork>,
    },
    /// Refuse new jobs, or take them again; what was posted goes on, and withdrawals do. Sender: the registry's owner.
    SetPaused {
        /// Whether new jobs are refused.
        paused: bool,
    },
    /// Apply a setting of governance whose time has come ([`crate::delay`]). Sender: anyone.
    ApplySetting {
        /// Its number, from 1.
        id: u64,
    },
    /// Drop a setting that waits. Sender: the registry's owner.
    CancelSetting {
        /// Its number, from 1.
        id: u64,
    },
}

crate::permissions!(ExecuteMsg {
    Receive: Token,
    Cancel: Requester,
    Assign: Requester,
    Commit: Worker,
    Reveal: Worker,
    Sign: Worker,
    Finalize: Anyone,
    FinalizeMany: Anyone,
    Advance: Anyone,
    Report: Anyone,
    Withdraw: Anyone,
    SetEmissions: Governance,
    SetModels: Governance,
    SetGrants: Governance,
    SetModel: Governance,
    SetPaused: Governance,
    ApplySetting: Anyone,
    CancelSetting: Governance,
});

/// What a run of a model is worth, as it was measured.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct ModelWork {
    /// Compute credits of a run, for each worker, within [`limits::MODEL_CREDITS`]: what is credited at most, as far as the
    /// job's fees pay for it (`bithive_economics::work::Settled`).
    pub credits: u64,
    /// Quality of the data that it was trained on, D, in 1/10,000.
    pub quality_bps: u16,
    /// Confidence of the model, M, in 1/10,000.
    pub confidence_bps: u16,
}

/// One job of [`ExecuteMsg::FinalizeMany`].
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Finalization {
    /// Number of the job, from 1.
    pub job_id: u64,
    /// Bit i set: worker i (in slot order) signed. Only members of the quorum count, at least q.
    pub signers: u32,
}

/// What a cw20 `Send` to the market is for.
#[cw_serde]
pub enum Hook {
    /// Post a job; the amount sent is its escrow and must equal `price * workers`. Its requester must be registered with the
    /// bond that the registry asks of requesters.
    Post {
        /// Sealed policy (`bithive_blindmatch::Vault` encoding), 1..=[`limits::MAX_VAULT_BYTES`] bytes.
        vault: Binary,
        /// Price, workers, times and digests of the job.
        terms: Box<Terms>,
        /// What permits the use of the data, at most [`crate::grants::limits::MAX_BASES`]: each has to be live for the requester when the
        /// job is posted and at each assignment. Nothing for data that needs no consent.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        bases: Vec<Basis>,
    },
    /// Post a job that somebody else is the requester of, with the same escrow: it assigns workers, and what is
    /// refunded is its own. The requester need not agree, because the payer gives the tokens away; it needs the bond of a
    /// requester when it assigns workers.
    PostFor {
        /// Account of the requester.
        requester: String,
        /// Sealed policy, as in [`Hook::Post`].
        vault: Binary,
        /// Terms of the job.
        terms: Box<Terms>,
        /// What permits the use of the data, as in [`Hook::Post`]; for the requester, not the payer.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        bases: Vec<Basis>,
    },
    /// Add the amount sent to the escrow of a job that is not final, for workers of another round. What is not paid is refunded
    /// to the requester.
    AddEscrow {
        /// Number of the job, from 1.
        job_id: u64,
    },
}

/// The public terms of a job. Its conditions are only in the vault. `A` is the type of addresses: text in a message, and
/// checked where the contract stores the terms and answers with them.
#[cw_serde]
pub struct Terms<A = String> {
    /// Number of workers (k), 1..=[`limits::MAX_WORKERS`].
    pub workers: u8,
    /// Workers that must agree (q), k/2 < q <= k: two disjoint quorums must be impossible.
    pub quorum: u8,
    /// Largest difference of any word within the quorum, in fixed-point units; 0 for bitwise jobs.
    pub tolerance: u32,
    /// Words of the masked result, 1..=[`limits::MAX_DIMENSIONS`].
    pub dimensions: u16,
    /// Most that one worker may ask, in base units, more than 0.
    pub price: Uint128,
    /// Last second in which workers can be assigned, Unix time; in the future, at most a window away.
    pub assign_by: u64,
    /// Seconds for commitments, from the assignment.
    pub commit_seconds: u64,
    /// Seconds for reveals.
    pub reveal_seconds: u64,
    /// Seconds for the final statement, and for replacing the workers of a failed round.
    pub finalize_seconds: u64,
    /// BLAKE3 digest of the model file.
    pub model: HexBinary,
    /// Receiver of the model's share. Not the requester's word: the market asks [`crate::models`] when the job is posted, and
    /// writes here what it answers. A message that names somebody else is refused; null leaves it to the market.
    pub model_owner: Option<A>,
    /// Owner of the data, if it is to receive its share; it has let the requester name it
    /// ([`crate::models::ExecuteMsg::SetConsent`]), and is somebody else.
    pub data_owner: Option<A>,
}

impl<A> Terms<A> {
    /// The same terms, with the address of each owner as `change` makes it of the field's name and the address.
    ///
    /// # Errors
    /// Those of `change`.
    pub fn try_map<B, E>(self, change: impl Fn(&'static str, A) -> Result<B, E>) -> Result<Terms<B>, E> {
        let Self { workers, quorum, tolerance, dimensions, price, assign_by, .. } = self;
        let Self { commit_seconds, reveal_seconds, finalize_seconds, model, .. } = self;
        let model_owner = self.model_owner.map(|owner| change("model_owner", owner)).transpose()?;
        let data_owner = self.data_owner.map(|owner| change("data_owner", owner)).transpose()?;
        Ok(Terms {
            workers,
            quorum,
            tolerance,
            dimensions,
            price,
            assign_by,
            commit_seconds,
            reveal_seconds,
            finalize_seconds,
            model,
            model_owner,
            data_owner,
        })
    }
}

/// One round's workers.
#[cw_serde]
pub struct Assignment {
    /// The chosen set S in `bithive_dgkbe::GroupedSet` encoding; exactly k slots, each an eligible node.
    pub mask: Binary,
    /// What each worker asks, in slot order, each at most `price`; of a worker that is kept, what is left of its ask
    /// ([`WorkerResponse::remainder`]).
    pub asks: Vec<Uint128>,
    /// DGKBE headers, 128 bytes for each group that S touches, by ascending group.
    pub headers: HexBinary,
    /// BLAKE3 digest of the encrypted input.
    pub payload: HexBinary,
    /// Commitment to the plaintext input, 32 bytes; the same in every round of the job.
    pub input_commitment: HexBinary,
    /// Aggregate of the BLS signatures of the workers that are not kept, at least one, each over `bithive_attest::consent_bytes`
    /// with its own ask: nobody can be bound, and slashed, without having asked for the job.
    pub consent: HexBinary,
}

/// State of a job.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Phase {
    /// Waiting for workers.
    Open,
    /// Waiting for commitments.
    Assigned,
    /// Waiting for reveals.
    Committed,
    /// A quorum agrees; waiting for its signature.
    Revealed,
    /// Paid out. Final.
    Settled,
    /// Escrow returned. Final.
    Refunded,
    /// A round failed; waiting for replacements.
    Disputed,
}

/// Queries of the `jobs` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Parameters and wiring.
    #[returns(ConfigResponse)]
    Config {},
    /// One job; an error when there is none.
    #[returns(JobResponse)]
    Job {
        /// Number of the job, from 1.
        job_id: u64,
    },
    /// A job's vault.
    #[returns(VaultResponse)]
    Vault {
        /// Number of the job, from 1.
        job_id: u64,
    },
    /// Jobs by ascending number.
    #[returns(Vec<JobResponse>)]
    Jobs {
        /// Start after this job.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`], which is also the default.
        limit: Option<u32>,
    },
    /// What permits a job to use data; nothing where it names none.
    #[returns(Vec<Basis<Addr>>)]
    Bases {
        /// Number of the job, from 1.
        job_id: u64,
    },
    /// Jobs that name data of a subject, by ascending number.
    #[returns(Vec<UseResponse>)]
    Uses {
        /// Address of the subject's account.
        subject: String,
        /// Start after this job.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`], which is also the default.
        limit: Option<u32>,
    },
    /// What settled several jobs at once; an error when `batch` is not the first job of one.
    #[returns(BatchResponse)]
    Batch {
        /// Number of its first job, as in [`OutcomeResponse::batch`].
        batch: u64,
    },
    /// What a run of a model is worth; null where it is not known.
    #[returns(Option<ModelWork>)]
    Model {
        /// BLAKE3 digest of the model file.
        model: HexBinary,
    },
    /// Who credits work, whether new jobs are refused, and whether a job was reported.
    #[returns(ReportingResponse)]
    Reporting {
        /// Number of the job, from 1.
        job_id: u64,
    },
    /// What an account may withdraw, in base units.
    #[returns(Uint128)]
    Claimable {
        /// The account's address.
        address: String,
    },
    /// Rounds that an account is bound in as a worker: its bond covers a slash for each of them and one more when it is assigned.
    #[returns(u32)]
    OpenRounds {
        /// The account's address.
        address: String,
    },
    /// Sums that must equal the contract's token balance.
    #[returns(TotalsResponse)]
    Totals {},
    /// Settings of governance that wait, by number.
    #[returns(Vec<crate::delay::SettingResponse>)]
    Settings {},
}

/// Parameters and wiring.
#[cw_serde]
pub struct ConfigResponse {
    /// cw20 contract of BTT, in which jobs are paid.
    pub token: Addr,
    /// Contract that knows nodes and requesters and holds their bonds.
    pub registry: Addr,
    /// Receives the treasury's share of each ask.
    pub treasury: Addr,
    /// Patient incentive pool.
    pub incentive_pool: Addr,
    /// Contract that knows who is paid for a model; null where nobody is.
    pub models: Option<Addr>,
    /// Contract that knows what subjects of data have consented to; null where no job names consents.
    pub grants: Option<Addr>,
    /// Contract that credits work; null where none does.
    pub emissions: Option<Addr>,
    /// Division of a worker's ask.
    pub split: Split,
    /// Taken from the bond for each fault that costs bond, in base units.
    pub slash_amount: Uint128,
    /// Slots of one broadcast group.
    pub slots: u16,
    /// Groups of that many slots; slots are numbered 1..=groups*slots.
    pub groups: u16,
}

/// A job as the chain knows it.
#[cw_serde]
pub struct JobResponse {
    /// Number of the job, from 1.
    pub job_id: u64,
    /// Account that posted it.
    pub requester: Addr,
    /// Where the job is between posting and settlement.
    pub phase: Phase,
    /// Round, from 1 once assigned; 0 before.
    pub round: u8,
    /// Unix time after which `advance` applies; null in a final state.
    pub deadline: Option<u64>,
    /// Escrow still held for the job, in base units.
    pub escrow: Uint128,
    /// The terms, without the vault.
    pub terms: Terms<Addr>,
    /// The current round's assignment, once there is one.
    pub assignment: Option<Assignment>,
    /// The current round's workers, in slot order.
    pub workers: Vec<WorkerResponse>,
    /// The agreed result, once a quorum agrees.
    pub outcome: Option<OutcomeResponse>,
}

/// A job that names data of a subject.
#[cw_serde]
pub struct UseResponse {
    /// Number of the job, from 1.
    pub job_id: u64,
    /// Account that uses the data.
    pub requester: Addr,
    /// State of the job: data of an open one was given to nobody yet.
    pub phase: Phase,
    /// Round, from 1 once assigned; 0 before.
    pub round: u8,
    /// What of this subject permits it.
    pub bases: Vec<Basis<Addr>>,
}

/// One worker of the current round.
#[cw_serde]
pub struct WorkerResponse {
    /// Address of the worker's account.
    pub address: Addr,
    /// Its DGKBE slot, from 1.
    pub slot: u16,
    /// What it is paid before the split, in base units.
    pub ask: Uint128,
    /// BLS public key in G1 at the time of assignment, 48 bytes.
    pub bls_key: HexBinary,
    /// Its commitment, 32 bytes; null until it commits.
    pub commitment: Option<HexBinary>,
    /// Its masked result, little-endian 32-bit words; null until it reveals.
    pub masked: Option<Binary>,
    /// BLAKE3 digest of its encrypted output; null until it reveals.
    pub output: Option<HexBinary>,
    /// Whether it is in the quorum; null before there is one.
    pub in_quorum: Option<bool>,
    /// Whether it has published its signature by [`ExecuteMsg::Sign`].
    pub signed: bool,
    /// Whether it was at fault in any round, so that the job can't have it again.
    pub barred: bool,
    /// What it asks if it is kept for the next round, in base units; null unless the round has failed, and it revealed and is not
    /// at fault.
    pub remainder: Option<Uint128>,
}

/// What the quorum agreed on.
#[cw_serde]
pub struct OutcomeResponse {
    /// Bit i set: worker i is in the quorum.
    pub quorum: u32,
    /// Index of the member whose result is nearest to the others; its output is the job's output.
    pub representative: u8,
    /// The aggregate signature that settled the job; null if it was settled with others.
    pub signature: Option<HexBinary>,
    /// Bit i set: worker i signed; null until the job is settled.
    pub signers: Option<u32>,
    /// If it was settled with others, the first job of the batch: [`QueryMsg::Batch`] has their signature.
    pub batch: Option<u64>,
}

/// What settled several jobs at once: enough, with the jobs' statements, to verify them again.
#[cw_serde]
pub struct BatchResponse {
    /// Numbers of the jobs, ascending.
    pub jobs: Vec<u64>,
    /// The aggregate over all their statements, each by the signers in its job's outcome.
    pub signature: HexBinary,
}

/// Who credits work, whether new jobs are refused, and whether a job was reported.
#[cw_serde]
pub struct ReportingResponse {
    /// Contract that credits work.
    pub emissions: Option<Addr>,
    /// Whether new jobs are refused.
    pub paused: bool,
    /// Whether the job was reported.
    pub reported: bool,
    /// Compute credits of each worker that was paid, fixed when the job was settled; 0 before.
    pub credits: u64,
}

/// A job's vault.
#[cw_serde]
pub struct VaultResponse {
    /// The sealed policy in `bithive_blindmatch::Vault` encoding.
    pub vault: Binary,
}

/// Sums over all jobs; amounts in base units.
#[cw_serde]
pub struct TotalsResponse {
    /// Escrow of jobs that are not final, in base units.
    pub escrowed: Uint128,
    /// Credited and not withdrawn, in base units.
    pub claimable: Uint128,
    /// Jobs posted so far.
    pub jobs: u64,
}

/// What a worker did wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Assigned and did not commit.
    NoCommitment,
    /// Committed and did not reveal.
    NoReveal,
    /// Revealed something far from what the quorum found.
    OutsideQuorum,
    /// In the quorum and did not sign.
    NoSignature,
}

names! {
    Fault {
        NoCommitment = "no commitment",
        NoReveal = "no reveal",
        OutsideQuorum = "outside the quorum",
        NoSignature = "no signature",
    }
}

events! {
    //! What the contract announces. Amounts are in base units of BTT. `round` is left out before
    //! the job's first round.

    /// A job was posted; its escrow is held.
    Posted, POSTED = "job_posted" {
        job_id: u64, round: Round, requester: Addr, workers: u8, price: Uint128,
    }
    /// The requester cancelled a job. A [`Refunded`](Event::Refunded) follows.
    Cancelled, CANCELLED = "job_cancelled" { job_id: u64, round: Round, requester: Addr }
    /// Workers were assigned, in slot order.
    Assigned, ASSIGNED = "job_assigned" { job_id: u64, round: Round, workers: Vec<Addr> }
    /// A worker committed to a result.
    Commitment, COMMITMENT = "commitment_received" { job_id: u64, round: Round, worker: Addr }
    /// The state is now Committed.
    Committed, COMMITTED = "job_committed" { job_id: u64, round: Round }
    /// A worker revealed its result.
    Reveal, REVEAL = "reveal_received" { job_id: u64, round: Round, worker: Addr }
    /// The state is now Revealed: `quorum` has a bit for each worker, `representative` is the index of the worker whose
    /// result stands.
    Revealed, REVEALED = "job_revealed" { job_id: u64, round: Round, quorum: u32, representative: u8 }
    /// The state is now Disputed.
    Disputed, DISPUTED = "job_disputed" { job_id: u64, round: Round, reason: String }
    /// The state is now Settled.
    Settled, SETTLED = "job_settled" { job_id: u64, round: Round, paid: Uint128, refunded: Uint128 }
    /// The state is now Refunded.
    Refunded, REFUNDED = "job_refunded" { job_id: u64, round: Round, refunded: Uint128, reason: String }
    /// Somebody added to the escrow of a job.
    EscrowAdded, ESCROW_ADDED = "job_escrow_added" { job_id: u64, round: Round, amount: Uint128, escrow: Uint128 }
    /// A member of the quorum published its signature.
    Signature, SIGNATURE = "signature_received" { job_id: u64, round: Round, worker: Addr }
    /// A round failed, or a result is near the quorum's but not in it: half of the worker's ask was paid, of which it receives
    /// its share of every ask.
    Compensated, COMPENSATED = "worker_compensated" { job_id: u64, round: Round, worker: Addr, paid: Uint128 }
    /// A worker was at fault and is not assigned to this job again. It is slashed too, unless it did not commit: then it
    /// keeps its bond.
    Fault, FAULT = "worker_fault" { job_id: u64, round: Round, worker: Addr, reason: Fault }
    /// The registry refused a slash; the job goes on.
    SlashFailed, SLASH_FAILED = "slash_failed" { job_id: u64, round: Round, worker: Addr, error: String }
    /// A settled job was reported: `credits` is the work of each worker that was paid, as it was fixed when the job was settled.
    Reported, REPORTED = "job_reported" { job_id: u64, round: Round, credits: u64, trust_bps: u16 }
    /// A settled job was not reported; anyone may try again.
    ReportFailed, REPORT_FAILED = "report_failed" { job_id: u64, error: String }
    /// The emissions refused the work of the jobs that were settled just now, of which this is the first: it is credited to
    /// nobody.
    WorkRefused, WORK_REFUSED = "work_refused" { job_id: u64, error: String }
    /// The registry did not take note of workers that stayed away.
    RecordFailed, RECORD_FAILED = "record_failed" { job_id: u64, error: String }
    /// Another contract credits work, or none does.
    Emissions, EMISSIONS = "job_emissions" { emissions: OrEmpty<Addr> }
    /// Another contract knows who is paid for a model, or none does.
    Models, MODELS = "job_models" { models: OrEmpty<Addr> }
    /// Another contract knows what subjects of data have consented to, or none does.
    Grants, GRANTS = "job_grants" { grants: OrEmpty<Addr> }
    /// The work of a model was stated: `model` is its digest, `credits` is 0 if it was forgotten.
    Model, MODEL = "job_model" { model: HexBinary, credits: u64 }
    /// New jobs are refused or taken again.
    Paused, PAUSED = "jobs_paused" { paused: bool }
    /// What an account was owed was paid.
    Withdrawn, WITHDRAWN = "withdrawn" { address: Addr, amount: Uint128 }
}

/// Round of a job, from 1; 0 before the first assignment, when an event doesn't have it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Round(
    /// Round number; 0 before the first assignment.
    pub u8,
);

impl Field for Round {
    fn write_to(self, key: &'static str, event: &mut cosmwasm_std::Event) {
        (self.0 > 0).then_some(self.0).write_to(key, event);
    }

    fn read_from(event: &dyn ChainEvent, kind: &'static str, key: &'static str) -> Result<Self, EventError> {
        Option::<u8>::read_from(event, kind, key).map(Option::unwrap_or_default).map(Self)
    }
}

impl Event {
    /// The job that the event is about; none for an event about the market or an account.
    #[must_use]
    pub const fn job_id(&self) -> Option<u64> {
        match self {
            Self::Posted { job_id, .. }
            | Self::Cancelled { job_id, .. }
            | Self::Assigned { job_id, .. }
            | Self::Commitment { job_id, .. }
            | Self::Committed { job_id, .. }
            | Self::Reveal { job_id, .. }
            | Self::Revealed { job_id, .. }
            | Self::Disputed { job_id, .. }
            | Self::Settled { job_id, .. }
            | Self::Refunded { job_id, .. }
            | Self::EscrowAdded { job_id, .. }
            | Self::Signature { job_id, .. }
            | Self::Compensated { job_id, .. }
            | Self::Fault { job_id, .. }
            | Self::SlashFailed { job_id, .. }
            | Self::Reported { job_id, .. }
            | Self::ReportFailed { job_id, .. }
            | Self::WorkRefused { job_id, .. }
            | Self::RecordFailed { job_id, .. } => Some(*job_id),
            Self::Emissions { .. }
            | Self::Models { .. }
            | Self::Grants { .. }
            | Self::Model { .. }
            | Self::Paused { .. }
            | Self::Withdrawn { .. } => None,
        }
    }

    /// The state that the job is in since then, and its round; none if it is still in the same one.
    #[must_use]
    pub const fn transition(&self) -> Option<(Phase, Round)> {
        Some(match self {
            Self::Posted { round, .. } => (Phase::Open, *round),
            Self::Assigned { round, .. } => (Phase::Assigned, *round),
            Self::Committed { round, .. } => (Phase::Committed, *round),
            Self::Revealed { round, .. } => (Phase::Revealed, *round),
            Self::Disputed { round, .. } => (Phase::Disputed, *round),
            Self::Settled { round, .. } => (Phase::Settled, *round),
            Self::Refunded { round, .. } | Self::Cancelled { round, .. } => (Phase::Refunded, *round),
            _ => return None,
        })
    }
}
