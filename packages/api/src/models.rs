//! `models`: who is paid for a model, by the digest of its file, and which data owners let whom name them.
//!
//! ```text
//!  Register (bond)           notice over, no challenge         Leave              Close, after a time
//! ────────────────> new ────────────────────────────> in force ─────> leaving ────────────────────> gone, bond back
//!                    │  Challenge (deposit)              │  Challenge   │ Challenge
//!                    v                                   v              v
//!                challenged: earns nothing            challenged: goes on as before
//!                    │  Rule [owner], or Close [anyone] when nobody ruled in time
//!                    └──> confirmed │ replaced by the challenger │ removed
//! ```
//!
//! A market asks [`QueryMsg::Receivers`] when a job is posted; nothing of it is the requester's word.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, HexBinary, Uint128};
use cw20::Cw20ReceiveMsg;

use crate::event::{events, names};

/// Bounds of what is stored and of the contract's times.
pub mod limits {
    /// Most characters of what is said of a model.
    pub const MAX_TEXT: usize = 1_024;
    /// Least and most seconds in which a new registration earns nothing and waits for a challenge.
    pub const NOTICE_SECONDS: (u64, u64) = (3_600, 30 * 86_400);
    /// Least and most seconds for a ruling on a challenge.
    pub const RULING_SECONDS: (u64, u64) = (86_400, 90 * 86_400);
    /// Least and most seconds from leaving to the bond.
    pub const LEAVE_SECONDS: (u64, u64) = (86_400, 90 * 86_400);
    /// Longest life of a consent, from its statement: a year.
    pub const MAX_CONSENT_SECONDS: u64 = 365 * 86_400;
    /// Most rows of a page.
    pub const MAX_PAGE: u32 = 30;
}

names! { Ruling { Registrant = "registrant", Challenger = "challenger", Neither = "neither", } }

names! {
    Ending {
        Left = "left",
        NotRuled = "not_ruled",
        Ruled = "ruled",
    }
}

events! {
    //! What the contract announces. Amounts are in base units of BTT, times in Unix seconds.

    /// A model has an owner, which is paid from `in_force_at` on if nobody challenges it until then.
    Registered, REGISTERED = "model_registered" {
        model: HexBinary, owner: Addr, receiver: Addr, bond: Uint128, in_force_at: u64,
    }
    /// The owner changed who receives its shares, or what is said of the model.
    Updated, UPDATED = "model_updated" { model: HexBinary, receiver: Addr }
    /// Somebody says that the owner is another; without a ruling until `until`, both get their money back.
    Challenged, CHALLENGED = "model_challenged" {
        model: HexBinary, owner: Addr, challenger: Addr, deposit: Uint128, until: u64,
    }
    /// A challenge was ruled on; `owner` is the owner from now on, nobody where there is none.
    Ruled, RULED = "model_ruled" { model: HexBinary, ruling: Ruling, owner: Option<Addr>, forfeited: Uint128 }
    /// Nobody ruled in time on a challenge of a model that was in force, which remains as it was.
    Unruled, UNRULED = "model_unruled" { model: HexBinary, challenger: Addr }
    /// The owner leaves; its bond is free from `until` on.
    Leaving, LEAVING = "model_leaving" { model: HexBinary, until: u64 }
    /// The model has no owner any more.
    Removed, REMOVED = "model_removed" { model: HexBinary, owner: Addr, ending: Ending }
    /// A data owner lets a requester name it until then; 0: no longer.
    Consent, CONSENT = "model_data_consent" { owner: Addr, requester: Addr, until: u64 }
    /// What an account was owed was paid.
    Withdrawn, WITHDRAWN = "model_withdrawn" { account: Addr, amount: Uint128 }
    /// New registrations are refused, or taken again.
    Paused, PAUSED = "model_paused" { paused: bool }
}

/// Creates the contract.
#[cw_serde]
pub struct InstantiateMsg {
    /// Governance: rules on challenges.
    pub owner: String,
    /// cw20 contract of BTT.
    pub token: String,
    /// Receives what the loser of a challenge does not owe the winner.
    pub treasury: String,
    /// What holds for the life of the contract.
    pub params: Params,
}

/// What holds for the life of the contract.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Params {
    /// Bond of a registration, and deposit of a challenge, in base units, more than 0.
    pub bond: Uint128,
    /// Seconds from a registration until it earns, within [`limits::NOTICE_SECONDS`].
    pub notice_seconds: u64,
    /// Seconds for a ruling, within [`limits::RULING_SECONDS`].
    pub ruling_seconds: u64,
    /// Seconds from leaving to the bond, within [`limits::LEAVE_SECONDS`].
    pub leave_seconds: u64,
}

/// What an owner says of its model.
#[cw_serde]
#[derive(Eq)]
pub struct Card {
    /// Receives the model's shares; null: the owner itself.
    pub receiver: Option<String>,
    /// Name, card and licence, or where they are; at most [`limits::MAX_TEXT`] characters.
    pub text: String,
}

/// What a cw20 `Send` of BTT to the contract is for. The amount is exactly the bond.
#[cw_serde]
pub enum Hook {
    /// Makes the payer the owner of a model that has none.
    Register {
        /// BLAKE3 digest of the model file, 32 bytes.
        model: HexBinary,
        /// What is said of it.
        card: Card,
    },
    /// Says that the registered owner is none. The loser's money goes half to the winner, half to the treasury.
    Challenge {
        /// BLAKE3 digest of the model file, 32 bytes.
        model: HexBinary,
        /// Where the payer says that it is the owner itself: what it says of the model.
        claim: Option<Card>,
        /// Why, for those who rule; at most [`limits::MAX_TEXT`] characters.
        reason: String,
    },
}

/// Messages. None of them takes native coins.
#[cw_serde]
pub enum ExecuteMsg {
    /// A cw20 `Send` of BTT; `msg` is a [`Hook`]. Sender: the token contract only.
    Receive(Cw20ReceiveMsg),
    /// Changes what is said of a model, for later jobs. Sender: its owner.
    Update {
        /// BLAKE3 digest of the model file, 32 bytes.
        model: HexBinary,
        /// What is said of it from now on.
        card: Card,
    },
    /// Gives a model up: it earns no more, and the bond is free after a time. Sender: its owner, without a challenge.
    Leave {
        /// BLAKE3 digest of the model file, 32 bytes.
        model: HexBinary,
    },
    /// Rules on a challenge. Sender: the owner of the contract.
    Rule {
        /// BLAKE3 digest of the model file, 32 bytes.
        model: HexBinary,
        /// Who is right.
        ruling: Ruling,
    },
    /// Ends what time has ended: a challenge that nobody ruled on, or the time after leaving. Sender: anyone.
    Close {
        /// BLAKE3 digest of the model file, 32 bytes.
        model: HexBinary,
    },
    /// States that a requester may name the sender as the owner of its job's data. Sender: the data owner, for itself.
    SetConsent {
        /// Account of the requester.
        requester: String,
        /// Last second of it, Unix time, at most [`limits::MAX_CONSENT_SECONDS`] away; null takes it back.
        until: Option<u64>,
    },
    /// Pays out what the sender is owed. Sender: anyone who is owed.
    Withdraw {},
    /// Refuses new registrations, or takes them again; challenges and exits go on.
    SetPaused {
        /// Whether new registrations are refused.
        paused: bool,
    },
    /// Proposes the next owner.
    TransferOwnership {
        /// Address of the account that is to accept.
        new_owner: String,
    },
    /// Makes the sender, the proposed owner, the owner.
    AcceptOwnership {},
}

crate::permissions!(ExecuteMsg {
    Receive: Token,
    Update: ModelOwner,
    Leave: ModelOwner,
    Rule: Owner,
    Close: Anyone,
    SetConsent: Anyone,
    Withdraw: Anyone,
    SetPaused: Owner,
    TransferOwnership: Owner,
    AcceptOwnership: ProposedOwner,
});

/// Who is right in a challenge.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Ruling {
    /// The registered owner: the registration is in force from now on.
    Registrant,
    /// The challenger: it becomes the owner where it claimed to be, and else the registration is removed.
    Challenger,
    /// Neither of them: both lose their money to the treasury, and the registration is removed.
    Neither,
}

/// Why a model has no owner any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Its owner left.
    Left,
    /// It was challenged before it was in force, and nobody ruled.
    NotRuled,
    /// A ruling went against its owner.
    Ruled,
}

/// Queries of the `models` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Parameters and who governs.
    #[returns(ConfigResponse)]
    Config {},
    /// A registration; null where the model has no owner.
    #[returns(Option<ModelResponse>)]
    Model {
        /// BLAKE3 digest of the model file, 32 bytes.
        model: HexBinary,
    },
    /// Registrations by digest.
    #[returns(Vec<ModelResponse>)]
    Models {
        /// Start after this digest.
        start_after: Option<HexBinary>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Who is paid for a job that is posted now: what a market asks.
    #[returns(ReceiversResponse)]
    Receivers {
        /// BLAKE3 digest of the model file, 32 bytes.
        model: HexBinary,
        /// Account of the requester.
        requester: String,
        /// Account that the requester names as the owner of its data, if any.
        data_owner: Option<String>,
    },
    /// Until when a requester may name a data owner, in Unix seconds; null where it may not.
    #[returns(Option<u64>)]
    Consent {
        /// Account of the data owner.
        owner: String,
        /// Account of the requester.
        requester: String,
    },
    /// What an account may withdraw, in base units.
    #[returns(Uint128)]
    Claimable {
        /// Address of the account.
        account: String,
    },
    /// What the contract owes; its balance is at least the sum.
    #[returns(HeldResponse)]
    Held {},
}

/// Parameters and who governs.
#[cw_serde]
pub struct ConfigResponse {
    /// Who governs; null if nobody does any more.
    pub owner: Option<Addr>,
    /// Who was proposed as the next owner.
    pub pending_owner: Option<Addr>,
    /// cw20 contract of BTT.
    pub token: Addr,
    /// Receives what losers lose beyond the winner's half.
    pub treasury: Addr,
    /// What holds for the life of the contract.
    pub params: Params,
    /// Whether new registrations are refused.
    pub paused: bool,
}

/// What is registered for one digest.
#[cw_serde]
pub struct ModelResponse {
    /// BLAKE3 digest of the model file.
    pub model: HexBinary,
    /// Account that registered it.
    pub owner: Addr,
    /// Receives the model's shares.
    pub receiver: Addr,
    /// Name, card and licence, or where they are.
    pub text: String,
    /// Its bond, in base units.
    pub bond: Uint128,
    /// When it was registered, in Unix seconds.
    pub registered_at: u64,
    /// When it is in force if nobody challenges it before, in Unix seconds.
    pub in_force_at: u64,
    /// When the bond is free, if the owner leaves, in Unix seconds.
    pub leaving: Option<u64>,
    /// The challenge that waits for a ruling.
    pub challenge: Option<ChallengeResponse>,
    /// Whether jobs that are posted now pay it.
    pub earns: bool,
}

/// A challenge that waits for a ruling.
#[cw_serde]
pub struct ChallengeResponse {
    /// Account that challenges.
    pub challenger: Addr,
    /// Its deposit, in base units.
    pub deposit: Uint128,
    /// Who would receive the shares if the challenger is right; null where it does not claim the model.
    pub claim: Option<Addr>,
    /// Why it is challenged, for people to read.
    pub reason: String,
    /// Last second for a ruling, Unix time.
    pub until: u64,
}

/// Who is paid for a job that is posted now.
#[cw_serde]
pub struct ReceiversResponse {
    /// Receiver of the model's share; null where the model has no owner in force, or it is the requester.
    pub model_owner: Option<Addr>,
    /// Whether the named data owner lets the requester name it.
    pub data_consent: bool,
}

/// What the contract owes, in base units.
#[cw_serde]
pub struct HeldResponse {
    /// Bonds and deposits.
    pub escrowed: Uint128,
    /// Credited and not withdrawn.
    pub claimable: Uint128,
}
