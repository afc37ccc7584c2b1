//! `flows`: a deposit that drains to one payee, by time or by signed vouchers.
//!
//! A payer deposits any asset for one payee. A flow by time owes an amount for each whole step until the deposit has no unit
//! left. A flow by vouchers owes what the holder of its key has signed: each voucher names all that is owed so far, so the payee keeps
//! the newest one only, and a thousand payments are one transaction. What is owed becomes a credit of the payee, on anybody's
//! message, and what is left when a flow closes a credit of the payer.
//!
//! ```text
//!   Open, TopUp                Settle, Redeem (anyone)
//!   ------------> deposit ---------------------------------------------> the payee's credit
//!                    |   Close (payee; payer of a flow by time): at once
//!                    |   Close (payer of a flow by vouchers): Finish after its notice
//!                    |   Finish (anyone): nothing left, or the end has passed
//!                    +------------------------------------------------> the payer's credit
//! ```

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, HexBinary, Uint128};
use cw20::Cw20ReceiveMsg;

pub use crate::asset::Asset;
use crate::event::events;

/// Bounds of what a flow may state, and of one message.
pub mod limits {
    /// Shortest step of a flow by time, in seconds.
    pub const MIN_STEP_SECONDS: u64 = 1;
    /// Longest step of a flow by time, in seconds: a year.
    pub const MAX_STEP_SECONDS: u64 = 366 * 86_400;
    /// Latest end of a flow, in seconds from now: ten years. A flow whose payer and payee are gone ends, too.
    pub const MAX_SECONDS: u64 = 3_653 * 86_400;
    /// Shortest notice of a flow by vouchers: an hour. The payee has it to redeem what it has been given.
    pub const MIN_NOTICE_SECONDS: u64 = 3_600;
    /// Longest notice of a flow by vouchers: 30 days.
    pub const MAX_NOTICE_SECONDS: u64 = 30 * 86_400;
    /// Most vouchers of one message.
    pub const MAX_VOUCHERS: usize = 64;
    /// Most rows of a page.
    pub const MAX_PAGE: u32 = 30;
}

events! {
    //! What the contract announces. Amounts are in base units of `asset`.

    /// A flow was opened with a deposit.
    Opened, OPENED = "flow_opened" { id: u64, payer: Addr, payee: Addr, asset: Asset<Addr>, amount: Uint128, ends: u64 }
    /// A flow has more to drain. `ends` is its new end, in Unix seconds.
    ToppedUp, TOPPED_UP = "flow_topped_up" { id: u64, by: Addr, asset: Asset<Addr>, amount: Uint128, ends: u64 }
    /// What was owed became a credit of the payee; `paid` is the sum of such credits since the flow began (`FlowResponse::start`).
    Paid, PAID = "flow_paid" { id: u64, payee: Addr, asset: Asset<Addr>, amount: Uint128, paid: Uint128 }
    /// A voucher among several was skipped: it pays nothing, and says why.
    Skipped, SKIPPED = "flow_skipped" { id: u64, cumulative: Uint128, reason: String }
    /// Later payments go to another payee.
    Transferred, TRANSFERRED = "flow_transferred" { id: u64, from: Addr, to: Addr }
    /// The payer ends a flow by vouchers: they are taken until `ends`, in Unix seconds.
    Closing, CLOSING = "flow_closing" { id: u64, ends: u64 }
    /// A flow has ended; `amount` is the payer's again.
    Closed, CLOSED = "flow_closed" { id: u64, payer: Addr, asset: Asset<Addr>, amount: Uint128 }
    /// What an account was owed was paid.
    Withdrawn, WITHDRAWN = "flow_withdrawn" { account: Addr, asset: Asset<Addr>, amount: Uint128 }
}

/// Creates the contract. It has no owner, no parameters and no pause.
#[cw_serde]
pub struct InstantiateMsg {}

/// A flow that is opened with a deposit.
#[cw_serde]
pub struct Open {
    /// Address that is paid; neither this contract nor the deposit's token.
    pub payee: String,
    /// What makes the deposit due.
    pub terms: Terms,
    /// Whether the payee may hand the flow over to another account.
    pub transferable: bool,
}

/// What makes a deposit due.
#[cw_serde]
pub enum Terms {
    /// An amount for each step of time.
    Rate {
        /// Base units for each step, at least 1; the deposit has one unit or more.
        amount: Uint128,
        /// Seconds of a step, [`limits::MIN_STEP_SECONDS`] to [`limits::MAX_STEP_SECONDS`].
        step: u64,
        /// Units that are due at once, as a rent is that is paid in advance.
        advance: u64,
    },
    /// What the holder of a key has signed.
    Vouchers {
        /// Public key that signs them.
        key: Key,
        /// Seconds from the payer's wish to close until the rest is the payer's, [`limits::MIN_NOTICE_SECONDS`] to
        /// [`limits::MAX_NOTICE_SECONDS`].
        notice: u64,
        /// End, in Unix seconds: vouchers are taken until then. At least the notice from now, at most [`limits::MAX_SECONDS`].
        ends: u64,
    },
}

/// The key of a flow by vouchers, and how it signs a voucher's text (`bithive_signed::voucher`).
#[cw_serde]
#[derive(Eq)]
pub enum Key {
    /// Ed25519 over the text, RFC 8032; 32 bytes.
    Ed25519(HexBinary),
    /// ECDSA on secp256k1 over the SHA-256 of the text; the compressed point, 33 bytes.
    Secp256k1(HexBinary),
    /// A wallet's, which signs the text in the form of ADR-36 for the payer's address: ECDSA on secp256k1, 33 bytes.
    Wallet(HexBinary),
}

/// A voucher to redeem.
#[cw_serde]
#[derive(Eq)]
pub struct SignedVoucher {
    /// Number of the flow, from 1.
    pub id: u64,
    /// All that is owed since the flow was opened, in base units of its asset.
    pub cumulative: Uint128,
    /// Signature of the flow's key over the voucher's text, 64 bytes; of ECDSA r and s.
    pub signature: HexBinary,
}

/// Messages. Only [`ExecuteMsg::Open`] and [`ExecuteMsg::TopUp`] take native coins, of one denomination.
#[cw_serde]
pub enum ExecuteMsg {
    /// A cw20 `Send`; `msg` is a [`Hook`]. Sender: a token contract.
    Receive(Cw20ReceiveMsg),
    /// Opens a flow with native coins. Sender: anyone, its payer.
    Open(Open),
    /// Adds native coins to a flow. A flow by time that has drained begins again now, without an advance. Sender: anyone; what is
    /// left goes to the payer. To a flow by time, others than its payer add whole units only.
    TopUp {
        /// Number of the flow, from 1.
        id: u64,
        /// Later end of a flow by vouchers, in Unix seconds; only of its payer.
        ends: Option<u64>,
    },
    /// Credits the payee with what a flow by time owes. Sender: anyone.
    Settle {
        /// Number of the flow, from 1.
        id: u64,
    },
    /// Credits payees with what vouchers add. Those that add nothing or do not hold are skipped, and reported as events; if
    /// all are, the first reason is the error. Sender: anyone.
    Redeem {
        /// 1 to [`limits::MAX_VOUCHERS`].
        vouchers: Vec<SignedVoucher>,
    },
    /// Settles the flow, and hands it over; vouchers that were not redeemed pay the new payee. Sender: its payee, if the flow is
    /// transferable.
    Transfer {
        /// Number of the flow, from 1.
        id: u64,
        /// Address that is paid from now on.
        payee: String,
    },
    /// Ends a flow: at once by its payee, or by the payer of a flow by time, with what is owed until now settled. The payer of
    /// a flow by vouchers waits for its notice. A payee redeems before it closes: later vouchers pay nothing. Sender: its payer or
    /// payee.
    Close {
        /// Number of the flow, from 1.
        id: u64,
    },
    /// Ends a flow that has nothing left to pay, or whose end has passed. Sender: anyone.
    Finish {
        /// Number of the flow, from 1.
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
    Open: Anyone,
    TopUp: Anyone,
    Settle: Anyone,
    Redeem: Anyone,
    Transfer: Payee,
    Close: FlowParty,
    Finish: Anyone,
    Withdraw: Anyone,
});

/// What a cw20 `Send` to the contract is for.
#[cw_serde]
pub enum Hook {
    /// As [`ExecuteMsg::Open`], with tokens.
    Open(Open),
    /// As [`ExecuteMsg::TopUp`], with tokens.
    TopUp {
        /// Number of the flow, from 1.
        id: u64,
        /// Later end of a flow by vouchers, in Unix seconds; only of its payer.
        ends: Option<u64>,
    },
}

/// Queries of the `flows` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// A flow, null when there is none (any more).
    #[returns(Option<FlowResponse>)]
    Flow {
        /// Its number, from 1.
        id: u64,
    },
    /// Flows, by number.
    #[returns(Vec<FlowResponse>)]
    Flows {
        /// Only those that this account pays or is paid by.
        party: Option<String>,
        /// Start after this one.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
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

/// A flow that has not ended.
#[cw_serde]
pub struct FlowResponse {
    /// Its number, from 1.
    pub id: u64,
    /// Account that has opened it, and that gets what is left.
    pub payer: Addr,
    /// Account that is paid.
    pub payee: Addr,
    /// What it pays in.
    pub asset: Asset<Addr>,
    /// What makes the deposit due. The end of a flow by vouchers is in `ends`.
    pub terms: Terms,
    /// Whether the payee may hand it over.
    pub transferable: bool,
    /// Time from which steps count, Unix seconds.
    pub start: u64,
    /// All that was deposited since then, in base units.
    pub deposit: Uint128,
    /// What of it the payee was credited with, in base units.
    pub paid: Uint128,
    /// What the payee can be credited with at the time of the query without a voucher, in base units.
    pub due: Uint128,
    /// When the last unit is due, or until when vouchers are taken, Unix seconds.
    pub ends: u64,
    /// Whether the payer has closed it, and its notice runs.
    pub closing: bool,
}

/// What the contract owes of an asset, in base units.
#[cw_serde]
pub struct HeldResponse {
    /// In flows: deposited and not credited to anybody.
    pub escrowed: Uint128,
    /// Credited and not withdrawn.
    pub claimable: Uint128,
}
