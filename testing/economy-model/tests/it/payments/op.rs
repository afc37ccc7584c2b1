//! What accounts may try.

use bithive_economy_model::payments::Contract;
use bithive_economy_model::payments::checkout::{Offer, Pay};
use bithive_economy_model::payments::escrow::Deal;
use bithive_economy_model::payments::feed::Said;
use bithive_economy_model::payments::flows::{Terms, Voucher};

/// Accounts that act. Each is payer, payee, seller, juror and everything else.
pub(crate) const ACCOUNTS: usize = 12;
/// Seconds of an hour.
pub(crate) const HOUR: u64 = 3_600;
/// Seconds of a day.
pub(crate) const DAY: u64 = 86_400;

/// A message, or time that passes. `by` is who sends it; where that is a certain account or contract, none is that one.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    OpenFlow { payer: usize, payee: usize, asset: usize, deposit: u128, terms: Terms, transferable: bool },
    AddToFlow { by: usize, id: u64, asset: usize, amount: u128, ends: Option<u64> },
    Settle { id: u64 },
    Redeem { vouchers: Vec<Voucher> },
    Transfer { by: usize, id: u64, to: usize },
    Close { by: usize, id: u64 },
    FinishFlow { id: u64 },
    Agree { payer: usize, deal: Deal, amount: u128 },
    Raise { opener: usize, deal: Deal, seconds: u64 },
    Fund { by: usize, id: u64, asset: usize, amount: u128 },
    Submit { by: usize, id: u64, milestone: u8 },
    Speak { by: usize, id: u64, milestone: u8, approves: bool },
    Reveal { id: u64, right: bool },
    Dispute { by: usize, id: u64, milestone: u8 },
    Arbitrate { by: usize, id: u64, milestone: u8, bps: u16 },
    Decline { by: usize, id: u64 },
    AdvanceAgreement { id: u64 },
    RefundContributor { id: u64, to: usize },
    PutUp { offer: Offer },
    Cancel { by: usize, id: u64 },
    Buy { pay: Pay },
    Refund { by: usize, receipt: u64, asset: usize, amount: u128 },
    List { by: usize, kind: usize, asset: usize, amount: u128 },
    AddToBond { by: usize, id: u64, asset: usize, amount: u128 },
    Update { by: usize, id: u64 },
    Leave { by: usize, id: u64 },
    Challenge { by: usize, id: u64, asset: usize, amount: u128 },
    Rule { by: Option<usize>, id: u64, number: u64, upheld: bool },
    Draw { id: u64, forged: bool },
    Vote { by: usize, id: u64, number: u64, upheld: bool },
    AdvanceCase { id: u64 },
    FinishListing { id: u64 },
    Slash { by: Option<usize>, id: u64, amount: u128 },
    Collect { asset: usize },
    PauseListings { by: Option<usize>, paused: bool },
    Report { round: u64, said: Vec<Said> },
    StopFeed { by: Option<usize>, stopped: bool },
    Withdraw { contract: Contract, by: usize, asset: usize },
    Wait { seconds: u64 },
}

impl Op {
    /// The name of its kind.
    pub(crate) fn name(&self) -> String {
        format!("{self:?}").split([' ', '{']).next().unwrap().to_owned()
    }
}
