//! Check-ups of patients: 200 to 600 BTT each, within the budget and the limits of a day.

use std::collections::BTreeMap;

use num_bigint::BigInt;

use crate::{ACCOUNTS, DAY, Holder, Model, Token};

const UNIT: u64 = 1_000_000;
/// Rewards of a patient in a day.
pub const COUNT: usize = 2;
/// BTT of a patient in a day.
pub const OWN: u64 = 1_000;
/// BTT of all patients in a day.
pub const ALL: u64 = 1_500;

/// What patients were paid.
#[derive(Default)]
pub struct Rewards {
    /// By day: what each patient received.
    days: BTreeMap<u64, [Vec<BigInt>; ACCOUNTS]>,
}

impl Model {
    /// Somebody adds to the budget.
    pub fn fund_rewards(&mut self, account: usize, amount: u128) -> bool {
        let amount = BigInt::from(amount);
        amount > BigInt::default()
            && self.ledger.pay(Token::Btt, Holder::Account(account), Holder::Rewards, &amount)
    }

    /// Whether a check-up that is worth so many BTT is paid once it is proposed and approved.
    pub fn check_up(&mut self, patient: usize, btt: u64) -> bool {
        // Below half of the least nothing is paid.
        if btt < 100 {
            return false;
        }
        let amount = BigInt::from(btt.clamp(200, 600) * UNIT);
        let today = self.rewards.days.entry(self.now / DAY).or_default();
        let own: BigInt = today[patient].iter().sum();
        let all: BigInt = today.iter().flatten().sum();
        let within = today[patient].len() < COUNT
            && own + &amount <= BigInt::from(OWN * UNIT)
            && all + &amount <= BigInt::from(ALL * UNIT);
        let paid = within && self.ledger.pay(Token::Btt, Holder::Rewards, Holder::Account(patient), &amount);
        if paid {
            self.rewards.days.entry(self.now / DAY).or_default()[patient].push(amount);
        }
        paid
    }

    /// The owner gives budget to the treasury.
    pub fn return_budget(&mut self, amount: u128) -> bool {
        let amount = BigInt::from(amount);
        amount > BigInt::default() && self.ledger.pay(Token::Btt, Holder::Rewards, Holder::Treasury, &amount)
    }
}
