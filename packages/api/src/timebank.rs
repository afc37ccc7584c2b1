//! `timebank`: credits for idle compute, which later pay for compute.
//!
//! Meters credit accounts for idle time, oracles attest what an account has earned in BOINC projects, and credits pay
//! for jobs. A credit is worth a fixed amount of BTT and stays with its account: it can be spent but not transferred.
//! Credits earn interest by the day. The contract holds BTT for every credit that exists: what is not funded is not
//! credited, and days that are not funded earn nothing.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Binary, HexBinary, Uint128};
use cw20::Cw20ReceiveMsg;

use crate::event::{ChainEvent, EventError, Field, events};
use crate::jobs::Terms;

events! {
    //! What the contract announces. Amounts are in base units of BTT.

    /// BTT were put in.
    Funded, FUNDED = "timebank_funded" { sender: Addr, amount: Uint128 }
    /// BTT that no credit needs were given to the treasury.
    Returned, RETURNED = "timebank_returned" { amount: Uint128 }
    /// A meter credited idle time.
    Deposited, DEPOSITED = "timebank_deposited" { account: Addr, meter: Addr, credits: u64 }
    /// Credit of another project was imported; `total` is what the project counts for the host.
    Imported, IMPORTED = "timebank_imported" { account: Addr, project: String, host: u64, total: u64, credits: u64 }
    /// Credits paid for a job.
    Spent, SPENT = "timebank_spent" { account: Addr, credits: u64, paid: Uint128 }
    /// An account may credit, at most `per_day`, or may no longer: then there is no `per_day`, and `allowed` is false.
    Meter, METER = "timebank_meter" { meter: Addr, per_day: DailyCredits }
    /// The oracles changed: how many there are, and how many have to sign.
    Oracles, ORACLES = "timebank_oracles" { oracles: u64, threshold: u64 }
    /// Crediting was stopped or goes on.
    Paused, PAUSED = "timebank_paused" { paused: bool }
}

/// Most credits that a meter may give in a day; none if it may give none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyCredits(
    /// Credits a day; null if it may give none.
    pub Option<u64>,
);

/// Written as `per_day`, or as `allowed` = false.
impl Field for DailyCredits {
    fn write_to(self, key: &'static str, event: &mut cosmwasm_std::Event) {
        match self.0 {
            Some(per_day) => per_day.write_to(key, event),
            None => false.write_to("allowed", event),
        }
    }

    fn read_from(event: &dyn ChainEvent, kind: &'static str, key: &'static str) -> Result<Self, EventError> {
        if Option::<bool>::read_from(event, kind, "allowed")? == Some(false) {
            return Ok(Self(None));
        }
        Field::read_from(event, kind, key).map(|per_day| Self(Some(per_day)))
    }
}

/// Bounds of the contract.
pub mod limits {
    use cosmwasm_std::Uint128;

    /// Most interest: 1,000 millionths (0.1 %) a day.
    pub const MAX_INTEREST_PPM: u32 = 1_000;
    /// Most BTT that a credit is worth, in base units: 1,000 BTT.
    pub const MAX_PRICE: Uint128 = Uint128::new(1_000_000_000);
    /// Most credits that a unit of BOINC credit gives, in 1/10,000: 100.
    pub const MAX_BOINC_RATE: u32 = 1_000_000;
    /// Most oracles: each signature is verified.
    pub const MAX_ORACLES: usize = 16;
    /// Most bytes of a project's name.
    pub const MAX_PROJECT_BYTES: usize = 128;
}

/// Creates the contract.
#[cw_serde]
pub struct InstantiateMsg {
    /// The contract's owner (governance), a bech32 address.
    pub owner: String,
    /// Address of the cw20 token BTT.
    pub token: String,
    /// Address of the `jobs` contract.
    pub jobs: String,
    /// Address that receives BTT that the owner returns.
    pub treasury: String,
    /// Parameters, fixed for the life of the contract.
    pub params: Params,
}

/// Parameters, fixed for the life of the contract.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Params {
    /// What a credit is worth, in base units of BTT, 1 to [`limits::MAX_PRICE`].
    pub price: Uint128,
    /// Interest for a day, in millionths, at most [`limits::MAX_INTEREST_PPM`].
    pub interest_ppm: u32,
    /// Credits for a unit of BOINC credit, in 1/10,000, 1 to [`limits::MAX_BOINC_RATE`].
    pub boinc_rate: u32,
    /// Most credits that are imported in a day.
    pub import_per_day: u64,
}

/// Messages. None of them takes native coins.
#[cw_serde]
pub enum ExecuteMsg {
    /// A cw20 `Send` of BTT; `msg` is a [`Hook`]. Sender: the token contract.
    Receive(Cw20ReceiveMsg),
    /// Credits idle time, up to what the meter may credit in a day and what is funded. Sender: a meter.
    Deposit {
        /// Address of the account whose machine was idle.
        account: String,
        /// Credits to give, at least 1.
        credits: u64,
    },
    /// Credits what oracles attest; each unit of a host's total counts once. Sender: anyone.
    Import {
        /// The statement that the oracles signed.
        statement: BoincStatement,
        /// Bit i set: oracle i signed.
        signers: u32,
        /// Aggregate of their BLS signatures (G2, 96 bytes) over `bithive_attest::BoincCredit::sign_bytes`.
        signature: HexBinary,
    },
    /// Posts a job for the sender and pays its escrow, rounded up to whole credits. The job is the sender's: it assigns
    /// workers, and what is refunded is BTT for it. Sender: whose credits they are.
    Spend {
        /// Sealed policy, as in [`Hook::Post`](crate::jobs::Hook::Post).
        vault: Binary,
        /// Terms of the job.
        terms: Box<Terms>,
        /// Most credits that it may cost.
        most: u64,
    },
    /// Credits the interest of the days that have passed; every message does so first. Sender: anyone.
    Accrue {},
    /// Sets what a meter may credit. Sender: the owner.
    SetMeter {
        /// A contract that meters idle time.
        meter: String,
        /// Most credits that it may give in a day; null to remove the meter.
        per_day: Option<u64>,
    },
    /// Replaces the oracles. Sender: the owner.
    SetOracles {
        /// At most [`limits::MAX_ORACLES`], each with another key; index 0 first.
        oracles: Vec<Oracle>,
        /// How many must sign: more than half.
        threshold: u8,
    },
    /// Gives BTT that no credit needs to the treasury. Sender: the owner.
    ReturnFunds {
        /// Amount in base units.
        amount: Uint128,
    },
    /// Stops deposits and imports or lets them go on; credits can be spent at any time. Sender: the owner.
    SetPaused {
        /// Whether deposits and imports are stopped.
        paused: bool,
    },
    /// Applies a setting of the owner whose time has come ([`crate::delay`]). Sender: anyone.
    ApplySetting {
        /// Its number, from 1.
        id: u64,
    },
    /// Drops a setting that waits. Sender: the owner.
    CancelSetting {
        /// Its number, from 1.
        id: u64,
    },
    /// Proposes a new owner. Sender: the owner.
    TransferOwnership {
        /// The proposed owner.
        new_owner: String,
    },
    /// Accepts ownership. Sender: the proposed owner.
    AcceptOwnership {},
}

crate::permissions!(ExecuteMsg {
    Receive: Token,
    Deposit: Meter,
    Import: Anyone,
    Spend: Anyone,
    Accrue: Anyone,
    SetMeter: Owner,
    SetOracles: Owner,
    ReturnFunds: Owner,
    SetPaused: Owner,
    ApplySetting: Anyone,
    CancelSetting: Owner,
    TransferOwnership: Owner,
    AcceptOwnership: ProposedOwner,
});

/// What a cw20 `Send` of BTT is for.
#[cw_serde]
pub enum Hook {
    /// Adds the tokens to what backs credits and interest.
    Fund {},
}

/// What oracles attest: the total of a host in a BOINC project, and whose it is.
#[cw_serde]
#[derive(Eq)]
pub struct BoincStatement {
    /// Address of the account on this chain.
    pub account: String,
    /// URL of the project, 1 to [`limits::MAX_PROJECT_BYTES`] bytes, as its scheduler names it.
    pub project: String,
    /// The host's number in the project.
    pub host: u64,
    /// Credit that the project granted to the host since it began, in whole cobblestones, rounded down.
    pub total: u64,
}

/// An account that attests BOINC credit.
#[cw_serde]
pub struct Oracle {
    /// Address of the oracle.
    pub account: String,
    /// BLS public key in G1, 48 bytes.
    pub bls_key: HexBinary,
    /// Proof of possession: BLS signature (G2, 96 bytes) over `bithive_attest::possession_bytes`.
    pub bls_possession: HexBinary,
}

/// Queries of the `timebank` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Configuration in force.
    #[returns(ConfigResponse)]
    Config {},
    /// An account's credits.
    #[returns(AccountResponse)]
    Account {
        /// Address of the account.
        address: String,
    },
    /// How many credits there are, and the BTT that back them.
    #[returns(TotalsResponse)]
    Totals {},
    /// What a meter may credit in a day, and has credited today; null for any other account.
    #[returns(Option<MeterResponse>)]
    Meter {
        /// Address of the account.
        address: String,
    },
    /// The oracles that attest BOINC credit.
    #[returns(OraclesResponse)]
    Oracles {},
    /// What was imported of a host, null before the first time.
    #[returns(Option<HostResponse>)]
    Host {
        /// URL of the project.
        project: String,
        /// The host's number in the project.
        host: u64,
    },
    /// Settings of the owner that wait, by number.
    #[returns(Vec<crate::delay::SettingResponse>)]
    Settings {},
}

/// Configuration in force.
#[cw_serde]
pub struct ConfigResponse {
    /// The contract's owner (governance); never null, because ownership can't be renounced.
    pub owner: Option<Addr>,
    /// Address proposed as the next owner; null if none is.
    pub pending_owner: Option<Addr>,
    /// Address of the cw20 token BTT.
    pub token: Addr,
    /// Address of the `jobs` contract.
    pub jobs: Addr,
    /// Address that receives BTT that the owner returns.
    pub treasury: Addr,
    /// Parameters, fixed for the life of the contract.
    pub params: Params,
    /// Whether deposits and imports are stopped.
    pub paused: bool,
}

/// Credits of an account.
#[cw_serde]
pub struct AccountResponse {
    /// Credits, with the interest of days that have passed and were funded.
    pub credits: u64,
}

/// How many credits there are, and the BTT that back them.
#[cw_serde]
pub struct TotalsResponse {
    /// Credits of all accounts, rounded up.
    pub credits: u64,
    /// BTT that back them, in base units: the contract's balance, but for what was sent to it without a hook.
    pub funded: Uint128,
    /// BTT that the credits are worth, in base units; at most `funded`.
    pub owed: Uint128,
    /// Number of days whose interest was credited.
    pub days: u64,
    /// What a credit of the first day is now, in 2^-64 credits.
    pub index: Uint128,
    /// Credits imported today.
    pub imported_today: u64,
}

/// What a meter may credit, and has credited today.
#[cw_serde]
pub struct MeterResponse {
    /// Most credits that it may give in a day.
    pub per_day: u64,
    /// Credits given today.
    pub today: u64,
}

/// The oracles that attest BOINC credit.
#[cw_serde]
pub struct OraclesResponse {
    /// In the order of their bits, from bit 0.
    pub oracles: Vec<OracleResponse>,
    /// How many must sign; 0 without oracles.
    pub threshold: u8,
}

/// One oracle and its key.
#[cw_serde]
pub struct OracleResponse {
    /// Address of the oracle.
    pub account: Addr,
    /// BLS public key in G1, 48 bytes.
    pub bls_key: HexBinary,
}

/// What was imported of a host.
#[cw_serde]
pub struct HostResponse {
    /// Address of the account on this chain; it never changes.
    pub account: Addr,
    /// The host's total that was counted, in cobblestones.
    pub total: u64,
    /// Credits given for it.
    pub credits: u64,
}
