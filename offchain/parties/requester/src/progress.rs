//! The progress of a job as `bithive job run` prints it.

use bithive_api::jobs::Phase;
use bithive_client::amount::show;
use serde::{Deserialize, Serialize};

use crate::bad_copy::BadCopy;
use crate::{AcceptedClaim, Assigned};

/// A step that `bithive job run` and `bithive job resume` print, as a line of JSON with `--json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum JobProgress {
    /// The job is on chain.
    Posted {
        /// Number of the job in its market.
        job_id: u64,
        /// The vault, in hex.
        vault: String,
        /// The requester's endpoint, in hex.
        endpoint: String,
    },
    /// A job that was begun before is gone on with.
    Resumed {
        /// Number of the job in its market.
        job_id: u64,
    },
    /// Where the job is: for each change, and each minute.
    Waiting {
        /// Number of the job in its market.
        job_id: u64,
        /// State that the job is in.
        phase: Phase,
        /// Number of the round, from 1 once workers are assigned.
        round: u8,
        /// Seconds until the state's deadline, by the chain's clock.
        seconds_left: u64,
        /// How many workers have done what is waited for: claims, commitments, reveals; 0 for signatures, which the chain does not
        /// show.
        have: usize,
        /// How many it takes.
        need: usize,
    },
    /// Workers are chosen, and the input is encrypted to them.
    Assigned {
        /// Number of the job in its market.
        job_id: u64,
        /// Number of the round, from 1.
        round: u8,
        /// Accounts of all whose claims were usable.
        claims: Vec<String>,
        /// Why other claims were refused.
        refused: Vec<String>,
        /// Who was chosen, and what the assignment took.
        chosen: AssignmentSummary,
    },
    /// The job is settled and its output opened. The end of a job that went well.
    Settled {
        /// Number of the job in its market.
        job_id: u64,
        /// One number per row: the model's output.
        values: Vec<f32>,
        /// Account of the worker whose output it is.
        worker: String,
        /// Workers that were asked before, in vain.
        skipped: Vec<BadCopy>,
    },
    /// The job is settled, and nobody gives its output. It can be asked for again.
    NoOutput {
        /// Number of the job in its market.
        job_id: u64,
        /// Who was asked, and why there was nothing to be had.
        bad: Vec<BadCopy>,
    },
    /// The job ended without an output: nobody took it in time, or no workers agreed in time.
    Refunded {
        /// Number of the job in its market.
        job_id: u64,
        /// Rounds that failed; 0 if no workers were assigned.
        rounds: u8,
        /// What was withdrawn to the requester's account, of this job and others, with the unit.
        withdrawn: String,
    },
}

/// Who was chosen, and what the assignment took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AssignmentSummary {
    /// The chosen claims, in slot order.
    pub workers: Vec<AssignedWorker>,
    /// Slots that changed in their groups since something was last sent to them.
    pub changed_slots: usize,
    /// Groups with a worker.
    pub headers: usize,
    /// Bytes of all headers.
    pub header_bytes: usize,
    /// Bytes of the encoded set.
    pub mask_bytes: usize,
    /// Bytes of the encrypted input.
    pub payload_bytes: u64,
}

/// A chosen worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AssignedWorker {
    /// The node's account, bech32.
    pub address: String,
    /// The node's slot, from 1.
    pub slot: u16,
    /// What it asks, with the unit.
    pub ask: String,
}

impl From<AcceptedClaim> for AssignedWorker {
    fn from(claim: AcceptedClaim) -> Self {
        Self { address: claim.address, slot: claim.slot, ask: show(claim.ask) }
    }
}

impl From<Assigned> for AssignmentSummary {
    fn from(assigned: Assigned) -> Self {
        Self {
            workers: assigned.workers.into_iter().map(Into::into).collect(),
            changed_slots: assigned.changed_slots,
            headers: assigned.headers,
            header_bytes: assigned.header_bytes,
            mask_bytes: assigned.mask_bytes,
            payload_bytes: assigned.payload_bytes,
        }
    }
}
