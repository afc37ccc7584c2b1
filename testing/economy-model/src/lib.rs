//! The token economy once more, in plain big-integer arithmetic: what the contracts are compared with.
//!
//! Nothing here is shared with the contracts or with `bithive-economics`: each rule is written again from its description,
//! in numbers that don't overflow and in the most direct way, day by day and holder by holder. [`Model`] holds all
//! balances; [`emission`], [`staking`], [`vesting`], [`rewards`], [`treasury`] and [`timebank`] have a contract each, as
//! methods that say whether the contract must accept a message and change the model if so. [`payments`] are a model of their own.

pub mod emission;
pub mod ledger;
pub mod payments;
pub mod rewards;
pub mod staking;
pub mod timebank;
pub mod treasury;
pub mod vesting;

pub use ledger::{Holder, Ledger, Token};
pub use num_bigint::BigInt;

/// Accounts that act.
pub const ACCOUNTS: usize = 4;
/// A day, in seconds.
pub const DAY: u64 = 86_400;

/// The whole economy.
pub struct Model {
    /// Who has what.
    pub ledger: Ledger,
    /// Time of the last block, in Unix seconds.
    pub now: u64,
    /// Emission of BTK.
    pub emission: emission::Emission,
    /// Stakes of BTK.
    pub staking: staking::Staking,
    /// BTT locked by the vesting contract.
    pub vesting: vesting::Vesting,
    /// Rewards of patients.
    pub rewards: rewards::Rewards,
    /// Budget, offer and burns of the treasury.
    pub treasury: treasury::Treasury,
    /// The time bank.
    pub timebank: timebank::Timebank,
}

impl Model {
    /// An economy that begins at `now`, in which each account has these amounts of BTT and BTK.
    #[must_use]
    pub fn new(now: u64, btt: u128, btk: u128) -> Self {
        let mut ledger = Ledger::default();
        for account in 0..ACCOUNTS {
            ledger.mint(Token::Btt, Holder::Account(account), &btt.into());
            ledger.mint(Token::Btk, Holder::Account(account), &btk.into());
        }
        Self {
            ledger,
            now,
            emission: emission::Emission::new(now),
            staking: staking::Staking::new(now),
            vesting: vesting::Vesting::default(),
            rewards: rewards::Rewards::default(),
            treasury: treasury::Treasury::new(now),
            timebank: timebank::Timebank::new(now),
        }
    }

    /// Lets so many seconds pass.
    pub fn wait(&mut self, seconds: u64) {
        self.now += seconds;
        self.staking.flow(self.now);
    }

    /// What must hold at any time, whatever happened.
    ///
    /// # Errors
    /// What does not hold.
    pub fn invariants(&self) -> Result<(), String> {
        self.ledger.invariants()?;
        self.staking.invariants(&self.ledger)?;
        self.vesting.invariants(&self.ledger)?;
        self.timebank.invariants(&self.ledger)
    }
}
