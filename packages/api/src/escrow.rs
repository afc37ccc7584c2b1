//! `escrow`: money that waits for a condition.
//!
//! A payer, or a crowd that reaches a goal, puts money in; payees get it milestone by milestone, each when the approver says
//! so. Every state has a deadline, after which anybody moves the agreement on, so nobody's absence keeps money back.
//!
//! ```text
//!   Raise --> Funding --Fund--> (goal) --.
//!                |                       v
//!   Open --------|------------------> Active --Submit--> Submitted --Approve, or silence--> released --> next milestone, or closed
//!                |                       |                |  |  ^
//!                |                       |     objections |  |  | Submit
//!                |                       |                v  v  |
//!                |                       |           Voting  Rejected --Dispute--> Disputed --Rule--> released or refunded
//!                v                       v                |      |                    |
//!              refunded <----------------+----------------+------+--------------------'  silence (Advance, anyone)
//! ```
//!
//! Who approves decides what silence means. The payer and a crowd would gain by silence, so theirs releases. Signers and the
//! holder of a code are the condition itself, so theirs refunds.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, HexBinary, Uint128};
use cw20::Cw20ReceiveMsg;

pub use crate::asset::Asset;
use crate::event::events;

/// Bounds of what an agreement may state, and of one message.
pub mod limits {
    /// Most payees of an agreement.
    pub const MAX_PAYEES: usize = 8;
    /// Most milestones of an agreement.
    pub const MAX_MILESTONES: usize = 16;
    /// Most signers of an agreement.
    pub const MAX_SIGNERS: usize = 15;
    /// Shortest time for a submission, in seconds: an hour.
    pub const MIN_DUE_SECONDS: u64 = 3_600;
    /// Longest time for a submission, in seconds: a year. An agreement whose parties are all gone ends, too.
    pub const MAX_DUE_SECONDS: u64 = 366 * 86_400;
    /// Shortest review, in seconds: an hour. Who approves has it to look at what was submitted.
    pub const MIN_REVIEW_SECONDS: u64 = 3_600;
    /// Longest review, in seconds: 30 days.
    pub const MAX_REVIEW_SECONDS: u64 = 30 * 86_400;
    /// Shortest time in which a crowd is asked for money, in seconds: an hour.
    pub const MIN_FUNDING_SECONDS: u64 = 3_600;
    /// Longest time in which a crowd is asked for money, in seconds: 90 days. Contributions are locked for it.
    pub const MAX_FUNDING_SECONDS: u64 = 90 * 86_400;
    /// Time that an arbiter has for a ruling, in seconds: 14 days.
    pub const RULING_SECONDS: u64 = 14 * 86_400;
    /// Most submissions of a milestone; each makes its payer look again.
    pub const MAX_SUBMISSIONS: u8 = 3;
    /// Length of digests, in bytes: SHA-256.
    pub const DIGEST_BYTES: usize = 32;
    /// Shortest code of a hash lock, in bytes: shorter ones can be found from their hash.
    pub const MIN_CODE_BYTES: usize = 16;
    /// Longest code of a hash lock, in bytes.
    pub const MAX_CODE_BYTES: usize = 64;
    /// Most rows of a page.
    pub const MAX_PAGE: u32 = 30;
}

events! {
    //! What the contract announces. Amounts are in base units of the agreement's asset, times in Unix seconds.

    /// An agreement was made. `amount` is the sum of its milestones; of a crowd's it is the goal, and not there yet.
    Opened, OPENED = "escrow_opened" { id: u64, opener: Addr, asset: Asset<Addr>, amount: Uint128, crowd: bool }
    /// Somebody contributed. `raised` is the sum of all contributions.
    Funded, FUNDED = "escrow_funded" { id: u64, contributor: Addr, amount: Uint128, raised: Uint128 }
    /// A milestone has begun; its submission is awaited until then.
    Started, STARTED = "escrow_started" { id: u64, milestone: u8, until: u64 }
    /// A payee says that a milestone is reached; who approves has until then to look.
    Submitted, SUBMITTED = "escrow_submitted" { id: u64, milestone: u8, by: Addr, evidence: Option<HexBinary>, until: u64 }
    /// A signer or contributor spoke; `weight` is 1 or its contribution.
    Voted, VOTED = "escrow_voted" { id: u64, milestone: u8, by: Addr, approves: bool, weight: Uint128 }
    /// Objections of a quarter of the weight have opened a vote of the contributors.
    Voting, VOTING = "escrow_voting" { id: u64, milestone: u8, until: u64 }
    /// The payer rejected a submission; the payees may submit again or dispute until then.
    Rejected, REJECTED = "escrow_rejected" { id: u64, milestone: u8, until: u64 }
    /// A payee has called the arbiter, who has until then.
    Disputed, DISPUTED = "escrow_disputed" { id: u64, milestone: u8, by: Addr, arbiter: Addr, until: u64 }
    /// The arbiter has divided a milestone's amount; what is the payer's includes all later milestones where the agreement ends.
    Ruled, RULED = "escrow_ruled" { id: u64, milestone: u8, arbiter: Addr, payees: Uint128, payer: Uint128 }
    /// The arbiter gave no ruling in time. Whoever holds a bond of the arbiter reads this.
    Unruled, UNRULED = "escrow_unruled" { id: u64, milestone: u8, arbiter: Addr }
    /// The code of a hash lock was presented.
    Revealed, REVEALED = "escrow_revealed" { id: u64, by: Addr, preimage: HexBinary }
    /// A milestone's amount, or the part that was ruled, became credits of the payees.
    Released, RELEASED = "escrow_released" { id: u64, milestone: u8, amount: Uint128 }
    /// What is left waits for the contributors, each of whom is refunded a part of it.
    Refunding, REFUNDING = "escrow_refunding" { id: u64, amount: Uint128 }
    /// What was put in became a credit of who did: a payer, a contributor, or the opener for what divides among none.
    Refunded, REFUNDED = "escrow_refunded" { id: u64, account: Addr, amount: Uint128 }
    /// An agreement has ended, and nothing of it is left in escrow.
    Closed, CLOSED = "escrow_closed" { id: u64 }
    /// What an account was owed was paid.
    Withdrawn, WITHDRAWN = "escrow_withdrawn" { account: Addr, asset: Asset<Addr>, amount: Uint128 }
}

/// Creates the contract. It has no owner, no parameters and no pause.
#[cw_serde]
pub struct InstantiateMsg {}

/// What is agreed.
#[cw_serde]
pub struct Terms {
    /// Who is paid, 1 to [`limits::MAX_PAYEES`], whose shares sum to the whole. Each part is rounded down, and the first payee has
    /// what is left, less than a unit a payee.
    pub payees: Vec<Payee>,
    /// What is paid for, in this order, 1 to [`limits::MAX_MILESTONES`]; 1 where a code releases it.
    pub milestones: Vec<Milestone>,
    /// Who says that a milestone is reached.
    pub approver: Approver,
    /// SHA-256 of the text that the parties have agreed on, if there is one.
    pub text: Option<HexBinary>,
}

/// A payee and its share.
#[cw_serde]
#[derive(Eq)]
pub struct Payee<A = String> {
    /// Address that is paid; not the payer, this contract or the asset's token.
    pub address: A,
    /// Its share of each payment, 1 to 10,000 basis points.
    pub bps: u16,
}

/// A part of the work, and what it costs.
#[cw_serde]
#[derive(Eq)]
pub struct Milestone {
    /// What the payees get for it, in base units, at least 1.
    pub amount: Uint128,
    /// Seconds that the payees have for it from when it begins, [`limits::MIN_DUE_SECONDS`] to [`limits::MAX_DUE_SECONDS`].
    pub due: u64,
    /// Seconds that who approves has from each submission, [`limits::MIN_REVIEW_SECONDS`] to [`limits::MAX_REVIEW_SECONDS`].
    pub review: u64,
}

/// Who says that a milestone is reached, and what silence means.
#[cw_serde]
#[derive(Eq)]
pub enum Approver<A = String> {
    /// The payer, whose silence after a submission releases. What it rejects is refunded, unless an arbiter whom the payees have called rules
    /// otherwise; an arbiter that gives no ruling for [`limits::RULING_SECONDS`] leaves it refunded.
    Payer {
        /// Who decides when the payer rejects and the payees disagree; neither payer nor payee.
        arbiter: Option<A>,
    },
    /// Who knows a code, which releases the only milestone until it is due. There are no submissions.
    Preimage {
        /// SHA-256 of the code, 32 bytes. A code is used once: whoever sees it can release every agreement with its hash.
        hash: HexBinary,
    },
    /// So many of these accounts, whose silence after a submission refunds.
    Signers {
        /// Their addresses, 1 to [`limits::MAX_SIGNERS`], each once. Fewer than `needed` of them are payees.
        signers: Vec<A>,
        /// How many of them have to approve, at least 1.
        needed: u8,
    },
    /// The contributors, by what each put in. Their silence after a submission releases; objections of a quarter of the weight open a
    /// vote, in which the larger side wins, and a tie releases.
    Contributors {},
}

/// Messages. Only [`ExecuteMsg::Open`] and [`ExecuteMsg::Fund`] take native coins, of one denomination.
#[cw_serde]
pub enum ExecuteMsg {
    /// A cw20 `Send`; `msg` is a [`Hook`]. Sender: a token contract.
    Receive(Cw20ReceiveMsg),
    /// Makes an agreement with native coins, exactly the sum of its milestones. Sender: anyone, its payer.
    Open(Terms),
    /// Asks a crowd for the sum of the milestones. Sender: anyone, who gets what can't be divided among contributors.
    Raise {
        /// What contributions are in.
        asset: Asset,
        /// Seconds in which the sum has to come together, [`limits::MIN_FUNDING_SECONDS`] to [`limits::MAX_FUNDING_SECONDS`].
        seconds: u64,
        /// What is agreed; signers or contributors approve.
        terms: Terms,
    },
    /// Contributes native coins. What is above the sum becomes a credit of the sender; the contribution that reaches it begins the first
    /// milestone. Sender: anyone.
    Fund {
        /// Number of the agreement, from 1.
        id: u64,
    },
    /// Says that a milestone is reached. Sender: a payee.
    Submit {
        /// Number of the agreement, from 1.
        id: u64,
        /// Number of the milestone, from 1.
        milestone: u8,
        /// SHA-256 of what shows it, if there is something to show.
        evidence: Option<HexBinary>,
    },
    /// Releases a milestone, or says so as one of several. The payer and signers may approve before a submission. Sender: who approves the
    /// agreement.
    Approve {
        /// Number of the agreement, from 1.
        id: u64,
        /// Number of the milestone, from 1.
        milestone: u8,
    },
    /// Says that a milestone is not reached, after a submission. Sender: who approves the agreement.
    Reject {
        /// Number of the agreement, from 1.
        id: u64,
        /// Number of the milestone, from 1.
        milestone: u8,
    },
    /// Releases an agreement with its code. Whoever sends it, the payees are paid, so copying it from others gains nothing. Sender: anyone.
    Reveal {
        /// Number of the agreement, from 1.
        id: u64,
        /// The code, [`limits::MIN_CODE_BYTES`] to [`limits::MAX_CODE_BYTES`].
        preimage: HexBinary,
    },
    /// Calls the arbiter, after a rejection. Sender: a payee.
    Dispute {
        /// Number of the agreement, from 1.
        id: u64,
        /// Number of the milestone, from 1.
        milestone: u8,
    },
    /// Divides the amount of a milestone that is disputed. With all of it the payees go on to the next milestone; with less the agreement
    /// ends, and the payer is refunded the rest and all later milestones. Sender: the arbiter.
    Rule {
        /// Number of the agreement, from 1.
        id: u64,
        /// Number of the milestone, from 1.
        milestone: u8,
        /// Share of the payees in 1/10,000.
        payees_bps: u16,
    },
    /// Gives up what is not released: it is refunded at once. Sender: the first payee.
    Decline {
        /// Number of the agreement, from 1.
        id: u64,
    },
    /// Moves an agreement on whose deadline has passed: a goal or submission that did not come, a rejection that nobody disputed, a ruling that was
    /// not given are refunded; silence releases or refunds, as [`Approver`] says. Sender: anyone.
    Advance {
        /// Number of the agreement, from 1.
        id: u64,
    },
    /// Credits a contributor with its part of what is left of an agreement that did not succeed. Sender: anyone.
    Refund {
        /// Number of the agreement, from 1.
        id: u64,
        /// Address of the contributor.
        contributor: String,
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
    Raise: Anyone,
    Fund: Anyone,
    Submit: AgreementPayee,
    Approve: Approver,
    Reject: Approver,
    Reveal: Anyone,
    Dispute: AgreementPayee,
    Rule: Arbiter,
    Decline: LeadPayee,
    Advance: Anyone,
    Refund: Anyone,
    Withdraw: Anyone,
});

/// What a cw20 `Send` to the contract is for.
#[cw_serde]
pub enum Hook {
    /// As [`ExecuteMsg::Open`], with tokens.
    Open(Terms),
    /// As [`ExecuteMsg::Fund`], with tokens.
    Fund {
        /// Number of the agreement, from 1.
        id: u64,
    },
}

/// Queries of the `escrow` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// An agreement, null when there is none (any more).
    #[returns(Option<AgreementResponse>)]
    Agreement {
        /// Its number, from 1.
        id: u64,
    },
    /// Agreements, by number.
    #[returns(Vec<AgreementResponse>)]
    Agreements {
        /// Only those that this account opened, is paid by, signs for or rules on; not those that it contributed to.
        party: Option<String>,
        /// Start after this one.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// What an account contributed, by number of the agreement; a contribution that was refunded is not listed any more.
    #[returns(Vec<ContributionResponse>)]
    Contributions {
        /// Address of the account.
        account: String,
        /// Start after this agreement.
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

/// Where an agreement stands. `until` is the last second of a state, in Unix seconds: after it [`ExecuteMsg::Advance`] moves on.
#[cw_serde]
#[derive(Eq)]
pub enum Phase {
    /// Contributions come in.
    Funding {
        /// The sum has to be there by then.
        until: u64,
    },
    /// A submission is awaited, or a code.
    Active {
        /// After that, it is refunded.
        until: u64,
    },
    /// Who approves looks at what a payee submitted.
    Submitted {
        /// After that, silence decides.
        until: u64,
    },
    /// Contributors vote on what was submitted.
    Voting {
        /// After that, the larger side has it.
        until: u64,
    },
    /// The payer rejected what was submitted.
    Rejected {
        /// After that, it is refunded.
        until: u64,
    },
    /// The arbiter decides.
    Disputed {
        /// After that, it is refunded.
        until: u64,
    },
    /// Contributors are refunded, each by [`ExecuteMsg::Refund`].
    Refunding {
        /// What there was to refund, in base units.
        amount: Uint128,
        /// Contributors that are not refunded yet.
        waiting: u64,
    },
}

/// An agreement that has not ended.
#[cw_serde]
pub struct AgreementResponse {
    /// Its number, from 1.
    pub id: u64,
    /// Account that made it: the payer, or who asks the crowd.
    pub opener: Addr,
    /// What the crowd has put in; none where the opener pays.
    pub crowd: Option<CrowdResponse>,
    /// Who is paid.
    pub payees: Vec<Payee<Addr>>,
    /// What is paid in.
    pub asset: Asset<Addr>,
    /// All milestones, in their order.
    pub milestones: Vec<Milestone>,
    /// Who approves them.
    pub approver: Approver<Addr>,
    /// SHA-256 of the agreed text.
    pub text: Option<HexBinary>,
    /// Number of the present milestone, from 1; 0 while contributions come in.
    pub milestone: u8,
    /// Where it stands.
    pub phase: Phase,
    /// Submissions of the present milestone.
    pub submissions: u8,
    /// Signers, or weight of contributors, that approve the present milestone.
    pub approving: Uint128,
    /// Signers, or weight of contributors, that reject the present milestone.
    pub refusing: Uint128,
    /// In escrow for it, in base units.
    pub left: Uint128,
}

/// What a crowd has put in.
#[cw_serde]
#[derive(Eq)]
pub struct CrowdResponse {
    /// Sum of the milestones, in base units.
    pub goal: Uint128,
    /// Sum of the contributions, in base units.
    pub raised: Uint128,
    /// How many accounts have contributed.
    pub contributors: u64,
}

/// A contribution that was not refunded.
#[cw_serde]
#[derive(Eq)]
pub struct ContributionResponse {
    /// Number of the agreement, from 1.
    pub id: u64,
    /// What the account put in, in base units: its weight.
    pub amount: Uint128,
    /// The last milestone that it spoke on; 0 if on none.
    pub voted: u8,
    /// Whether the agreement goes on. One that was paid in full is over, and a contribution to it was spent.
    pub open: bool,
    /// What [`ExecuteMsg::Refund`] credits it with now, in base units.
    pub refundable: Uint128,
    /// What it is in; none where the agreement is over.
    pub asset: Option<Asset<Addr>>,
}

/// What the contract owes of an asset, in base units.
#[cw_serde]
pub struct HeldResponse {
    /// In agreements: put in and not credited to anybody.
    pub escrowed: Uint128,
    /// Credited and not withdrawn.
    pub claimable: Uint128,
}
