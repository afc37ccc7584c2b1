//! Check-ups of patients, 200 to 600 BTT each, and chronic care, 10 to 30 BTT and once a day, within the budget and the
//! limits of a day.

use std::collections::{BTreeMap, BTreeSet};

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
    /// Days on which a patient was rewarded for chronic care.
    cared: BTreeSet<(u64, usize)>,
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
        btt >= 100 && self.pay_patient(patient, btt.clamp(200, 600))
    }

    /// Whether a day of chronic care is paid, likewise.
    pub fn chronic_care(&mut self, patient: usize, btt: u64) -> bool {
        let day = (self.now / DAY, patient);
        let paid =
            btt >= 5 && !self.rewards.cared.contains(&day) && self.pay_patient(patient, btt.clamp(10, 30));
        if paid {
            self.rewards.cared.insert(day);
        }
        paid
    }

    fn pay_patient(&mut self, patient: usize, btt: u64) -> bool {
        let amount = BigInt::from(btt * UNIT);
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
