//! `datasets`: records and pays the use of data sets when a job that used them is attested on this chain.
//!
//! The owner of a data set states a share; who uses it in a job of another chain's market puts that share into escrow
//! here. Once the `attestations` contract of this chain has the settled statement of that job, with the input commitment
//! that the deposit names, anyone releases the share to the owner; without one, it goes back after the deadline.
//!
//! ```text
//!   Deposit / cw20 Send            Release (anyone): the job is attested, with this input
//!   --------------------> escrow ------------------------------------------------> the owner's credit
//!                            |     Refund (anyone): after the deadline, not attested
//!                            +---------------------------------------------------> the depositor's credit
//! ```

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, HexBinary, Uint128};
use cw20::Cw20ReceiveMsg;

pub use crate::asset::Asset;
use crate::attestations::Source;
use crate::event::{Text, events};

/// Bounds of what is stored and of how long a deposit waits.
pub mod limits {
    /// Shortest time from a deposit to its deadline, in seconds.
    pub const MIN_ESCROW_SECONDS: u64 = 60;
    /// Longest time from a deposit to its deadline: 90 days.
    pub const MAX_ESCROW_SECONDS: u64 = 90 * 86_400;
    /// Most bytes of a name.
    pub const MAX_NAME_BYTES: usize = 128;
    /// Most rows of a page.
    pub const MAX_PAGE: u32 = 30;
}

impl Text for Asset<Addr> {
    const EXPECTED: &'static str = "native:DENOM or cw20:ADDRESS";

    fn write(self) -> String {
        self.to_string()
    }

    fn parse(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("native", denom) => Some(Self::Native(denom.into())),
            ("cw20", token) => Some(Self::Cw20(Text::parse(token)?)),
            _ => None,
        }
    }
}

events! {
    //! What the contract announces. Amounts are in base units of `asset`; the job is named by `source`, as `chain_id` and
    //! `jobs`, and `job_id`.

    /// A data set was registered; `share` is what one use costs.
    Registered, REGISTERED = "dataset_registered" {
        id: u64, owner: Addr, digest: HexBinary, asset: Asset<Addr>, share: Uint128,
    }
    /// The owner changed what a use costs, or whether deposits are taken.
    Updated, UPDATED = "dataset_updated" { id: u64, share: Uint128, active: bool }
    /// A use was paid for; it is refunded after the Unix time `deadline`, in seconds.
    Deposited, DEPOSITED = "dataset_deposited" {
        id: u64,
        dataset_id: u64,
        asset: Asset<Addr>,
        amount: Uint128,
        depositor: Addr,
        source: Source,
        job_id: u64,
        deadline: u64,
    }
    /// A use is recorded and its share is the owner's.
    Released, RELEASED = "dataset_released" {
        id: u64, dataset_id: u64, asset: Asset<Addr>, amount: Uint128, owner: Addr, source: Source, job_id: u64,
    }
    /// The depositor can withdraw what it paid for a use.
    Refunded, REFUNDED = "dataset_refunded" {
        id: u64, dataset_id: u64, asset: Asset<Addr>, amount: Uint128, depositor: Addr,
    }
    /// What an account was owed was paid.
    Withdrawn, WITHDRAWN = "dataset_withdrawn" { account: Addr, asset: Asset<Addr>, amount: Uint128 }
}

/// Creates the contract. It has no owner and no pause.
#[cw_serde]
pub struct InstantiateMsg {
    /// Address of the attestations contract of this chain.
    pub attestations: String,
}

/// A use of a data set that is paid for in advance.
#[cw_serde]
#[derive(Eq)]
pub struct Use {
    /// Number of the data set, from 1.
    pub dataset_id: u64,
    /// The market in which it is used.
    pub source: Source,
    /// Number of the job, from 1.
    pub job_id: u64,
    /// Commitment to the job's input, as its assignment has it; 32 bytes. The owner compares the two before it hands
    /// over data.
    pub input_commitment: HexBinary,
    /// Unix time after which the share goes back if the job is not attested.
    pub deadline: u64,
}

/// Messages. Only [`ExecuteMsg::Deposit`] takes native coins.
#[cw_serde]
pub enum ExecuteMsg {
    /// A cw20 `Send`; `msg` is a [`Hook`]. Sender: a token contract.
    Receive(Cw20ReceiveMsg),
    /// Registers a data set. Its owner is the sender and never changes.
    Register {
        /// BLAKE3 digest of the data set's description or contents, as its owner publishes it; 32 bytes.
        digest: HexBinary,
        /// The asset that its share is paid in; it never changes.
        asset: Asset,
        /// What one use costs, in base units, more than 0.
        share: Uint128,
    },
    /// Changes what later uses cost, or whether new deposits are taken. Sender: its owner.
    Update {
        /// Number of the data set, from 1.
        id: u64,
        /// What one use costs, in base units, more than 0.
        share: Uint128,
        /// Whether deposits are taken.
        active: bool,
    },
    /// Pays for a use with native coins: exactly its share, of its denomination. Sender: anyone.
    Deposit(Use),
    /// Records a use and credits the owner. Sender: anyone, once the job is attested as the deposit says.
    Release {
        /// Number of the deposit, from 1.
        id: u64,
    },
    /// Credits the depositor. Sender: anyone, after the deadline, if the job is not attested as the deposit says.
    Refund {
        /// Number of the deposit, from 1.
        id: u64,
    },
    /// Pays out all that the sender is owed in an asset. Sender: anyone.
    Withdraw {
        /// The native coin or cw20 token.
        asset: Asset,
    },
}

crate::permissions!(ExecuteMsg {
    Receive: AnyToken,
    Register: Anyone,
    Update: DatasetOwner,
    Deposit: Anyone,
    Release: Anyone,
    Refund: Anyone,
    Withdraw: Anyone,
});

/// What a cw20 `Send` to the contract is for.
#[cw_serde]
pub enum Hook {
    /// Pays for a use: exactly its share, of its token.
    Deposit(Use),
}

/// Queries of the `datasets` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Address of the attestations contract.
    #[returns(ConfigResponse)]
    Config {},
    /// A data set, null when there is none.
    #[returns(Option<DatasetResponse>)]
    Dataset {
        /// Its number, from 1.
        id: u64,
    },
    /// Data sets, by number.
    #[returns(Vec<DatasetResponse>)]
    Datasets {
        /// Start after this one.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// A deposit that is in escrow, null when there is none (any more).
    #[returns(Option<DepositResponse>)]
    Deposit {
        /// Its number, from 1.
        id: u64,
    },
    /// Deposits in escrow, by number.
    #[returns(Vec<DepositResponse>)]
    Deposits {
        /// Start after this one.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// The recorded use of a data set by a job, null when there is none.
    #[returns(Option<UseResponse>)]
    Use {
        /// Number of the data set, from 1.
        dataset_id: u64,
        /// The market that the job belongs to.
        source: Source,
        /// Number of the job, from 1.
        job_id: u64,
    },
    /// What an account may withdraw in an asset, in base units.
    #[returns(Uint128)]
    Claimable {
        /// Address of the account.
        account: String,
        /// The native coin or cw20 token.
        asset: Asset,
    },
    /// What the contract owes in an asset; its balance is at least the sum.
    #[returns(HeldResponse)]
    Held {
        /// The native coin or cw20 token.
        asset: Asset,
    },
}

/// Configuration, fixed for the life of the contract.
#[cw_serde]
pub struct ConfigResponse {
    /// Address of the attestations contract.
    pub attestations: Addr,
}

/// A data set.
#[cw_serde]
pub struct DatasetResponse {
    /// Its number, from 1.
    pub id: u64,
    /// Account that receives its shares.
    pub owner: Addr,
    /// Digest that its owner publishes.
    pub digest: HexBinary,
    /// What its share is paid in.
    pub asset: Asset<Addr>,
    /// What the next use costs, in base units.
    pub share: Uint128,
    /// Whether deposits are taken.
    pub active: bool,
    /// Recorded uses, one for each job.
    pub uses: u64,
    /// What was paid for them, in base units.
    pub earned: Uint128,
}

/// A deposit in escrow.
#[cw_serde]
pub struct DepositResponse {
    /// Its number, from 1.
    pub id: u64,
    /// Account that paid, and that a refund goes to.
    pub depositor: Addr,
    /// What was paid, in base units.
    pub amount: Uint128,
    /// The use that was paid for.
    pub purpose: Use,
}

/// A recorded use.
#[cw_serde]
pub struct UseResponse {
    /// SHA-256 of the statement that the job's quorum signed.
    pub statement: HexBinary,
    /// What was paid for it, in base units.
    pub paid: Uint128,
    /// When it was first recorded, in Unix seconds.
    pub recorded_at: u64,
}

/// What the contract owes of an asset, in base units.
#[cw_serde]
pub struct HeldResponse {
    /// For deposits that are neither released nor refunded.
    pub escrowed: Uint128,
    /// Credited and not withdrawn.
    pub claimable: Uint128,
}
