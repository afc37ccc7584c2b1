//! Invariants of BTT with patients, in the time bank, in the market and in the treasury: pure functions, too.

use bithive_api::rewards::{BudgetResponse, Limits};
use bithive_api::{jobs, timebank, treasury};
use bithive_economics::interest;

use crate::compare::{Broken, Checks};

/// Rewards of patients.
#[derive(Clone, Debug)]
pub(crate) struct Rewards {
    pub(crate) budget: BudgetResponse,
    pub(crate) limits: Limits,
    /// BTT of the contract, and BTT put into its budget.
    pub(crate) balance: u128,
    pub(crate) given: u128,
    /// What all patients were paid, by the contract and by their balances.
    pub(crate) paid: u128,
    pub(crate) held: u128,
    /// Most that a patient was paid today, and rewards of one today.
    pub(crate) most: u128,
    pub(crate) count: u16,
}

/// Credits, what backs them, and the jobs that they bought.
#[derive(Clone, Debug)]
pub(crate) struct Bank {
    pub(crate) totals: timebank::TotalsResponse,
    pub(crate) params: timebank::Params,
    /// BTT of the contract, put in, and paid for jobs.
    pub(crate) balance: u128,
    pub(crate) given: u128,
    pub(crate) spent: u128,
    /// Credits of all accounts, one by one, and their BTT: what was refunded of jobs.
    pub(crate) credits: u64,
    pub(crate) refunded: u128,
    /// Days of the chain's clock since the contract was created.
    pub(crate) days: u64,
    pub(crate) jobs: jobs::TotalsResponse,
    /// BTT of the market.
    pub(crate) market: u128,
}

/// What the treasury was given, has, paid and burnt, in base units of BTT.
#[derive(Clone, Debug)]
pub(crate) struct Treasury {
    pub(crate) totals: treasury::TotalsResponse,
    pub(crate) params: treasury::Params,
    /// BTT of the contract, and BTT that it was given.
    pub(crate) balance: u128,
    pub(crate) given: u128,
    /// BTT burnt, by anybody.
    pub(crate) burnt: u128,
}

/// All of them.
#[derive(Clone, Debug)]
pub(crate) struct Btt {
    pub(crate) rewards: Rewards,
    pub(crate) bank: Bank,
    pub(crate) treasury: Treasury,
}

impl Btt {
    pub(crate) fn check(&self, checks: &mut Checks) -> Result<(), Broken> {
        self.rewards(checks)?;
        self.bank(checks)?;
        self.treasury(checks)
    }

    fn rewards(&self, checks: &mut Checks) -> Result<(), Broken> {
        let Rewards { budget, limits, balance, given, paid, held, most, count } = &self.rewards;
        let BudgetResponse { available, funded, paid: said, returned, today } = budget;
        checks.same("the budget of rewards", available.u128(), *balance)?;
        let parts = [available, said, returned].map(|part| part.u128());
        checks.same("what the budget of rewards has, has paid and gave back", parts.iter().sum(), *given)?;
        checks.same("BTT put into rewards", funded.u128(), *given)?;
        checks.same("the sum of what each patient was paid", *paid, said.u128())?;
        checks.same("the sum of what each patient has", *held, said.u128())?;
        checks.at_most("what all patients were paid today", today.u128(), limits.total_amount.u128())?;
        checks.at_most("what a patient was paid today", *most, limits.patient_amount.u128())?;
        checks.at_most("rewards of a patient today", (*count).into(), limits.patient_count.into())
    }

    fn bank(&self, checks: &mut Checks) -> Result<(), Broken> {
        let Bank { totals, params, balance, given, spent, credits, refunded, days, jobs, market } =
            &self.bank;
        checks.same("BTT that back credits", totals.funded.u128(), *balance)?;
        checks.same("BTT that back credits or were paid for jobs", totals.funded.u128() + spent, *given)?;
        checks.at_most("what credits are worth", totals.owed.u128(), totals.funded.u128())?;
        let worth = params.price.u128().saturating_mul(totals.credits.into());
        checks.same("what credits are worth", totals.owed.u128(), worth)?;
        checks.at_most("the sum of the credits of each account", (*credits).into(), totals.credits.into())?;
        checks.same("days of interest", totals.days.into(), (*days).into())?;
        let index = interest::index(params.interest_ppm, *days);
        checks.same("what a credit of the first day is now", totals.index.u128(), index)?;
        let owed = jobs.escrowed.u128().saturating_add(jobs.claimable.u128());
        checks.same("the balance of the market", *market, owed)?;
        checks.same("BTT in jobs or refunded", owed.saturating_add(*refunded), *spent)
    }

    fn treasury(&self, checks: &mut Checks) -> Result<(), Broken> {
        let Treasury { totals, params, balance, given, burnt } = &self.treasury;
        checks.same("BTT of the treasury", totals.balance.u128(), *balance)?;
        let parts = [totals.balance, totals.spent, totals.paid, totals.burnt].map(|part| part.u128());
        checks.same("what the treasury has, spent, paid and burnt", parts.iter().sum(), *given)?;
        checks.same("BTT burnt", totals.burnt.u128(), *burnt)?;
        checks.at_most("BTT spent in a period", totals.spent_now.u128(), params.spend.u128())?;
        checks.at_most("BTT paid in a period", totals.paid_now.u128(), params.buy.u128())?;
        checks.at_most("BTT burnt in a period", totals.burnt_now.u128(), params.burn.u128())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use cosmwasm_std::Uint128;

    fn units(amount: u128) -> Uint128 {
        Uint128::new(amount)
    }

    /// A patient was paid 40 of 100; 50 of 800 that back credits bought a job, of which 20 came back; the treasury paid 5 and
    /// burnt 3 of 90.
    pub(crate) fn sound() -> Btt {
        let rewards = Rewards {
            budget: BudgetResponse {
                available: units(55),
                funded: units(100),
                paid: units(40),
                returned: units(5),
                today: units(40),
            },
            limits: Limits { patient_count: 1, patient_amount: units(40), total_amount: units(60) },
            balance: 55,
            given: 100,
            paid: 40,
            held: 40,
            most: 40,
            count: 1,
        };
        let params =
            timebank::Params { price: units(10), interest_ppm: 100, boinc_rate: 1, import_per_day: 1 };
        let bank = Bank {
            totals: timebank::TotalsResponse {
                credits: 70,
                funded: units(750),
                owed: units(700),
                days: 9,
                index: units(interest::index(100, 9)),
                imported_today: 0,
            },
            params,
            balance: 750,
            given: 800,
            spent: 50,
            credits: 69,
            refunded: 20,
            days: 9,
            jobs: jobs::TotalsResponse { escrowed: units(25), claimable: units(5), jobs: 2 },
            market: 30,
        };
        let (spend, buy, burn, reserve) = (units(0), units(5), units(3), units(0));
        let treasury = Treasury {
            totals: treasury::TotalsResponse {
                balance: units(82),
                spent_now: units(0),
                paid_now: units(5),
                burnt_now: units(3),
                spent: units(0),
                paid: units(5),
                burnt: units(3),
            },
            params: treasury::Params { period_seconds: 1, spend, buy, burn, reserve },
            balance: 82,
            given: 90,
            burnt: 3,
        };
        Btt { rewards, bank, treasury }
    }

    fn broken(change: impl FnOnce(&mut Btt)) -> String {
        let mut btt = sound();
        change(&mut btt);
        btt.check(&mut Checks::on(1)).unwrap_err().what
    }

    #[test]
    fn every_number_of_btt_that_is_wrong_is_found_and_named() {
        let mut checks = Checks::on(1);
        sound().check(&mut checks).unwrap();
        assert_eq!(checks.held(), 23);
        let one = Uint128::one();
        for (change, what) in [
            (|b: &mut Btt| b.rewards.balance -= 1, "the budget of rewards"),
            (|b: &mut Btt| b.rewards.given += 1, "what the budget of rewards has, has paid and gave back"),
            (|b: &mut Btt| b.rewards.budget.funded -= Uint128::one(), "BTT put into rewards"),
            (|b: &mut Btt| b.rewards.paid -= 1, "the sum of what each patient was paid"),
            (|b: &mut Btt| b.rewards.held += 1, "the sum of what each patient has"),
            (|b: &mut Btt| b.rewards.limits.total_amount = units(39), "what all patients were paid today"),
            (|b: &mut Btt| b.rewards.most = 41, "what a patient was paid today"),
            (|b: &mut Btt| b.rewards.count = 2, "rewards of a patient today"),
            (|b: &mut Btt| b.bank.balance -= 1, "BTT that back credits"),
            (|b: &mut Btt| b.bank.spent += 1, "BTT that back credits or were paid for jobs"),
            (|b: &mut Btt| b.bank.totals.owed = units(751), "what credits are worth"),
            (|b: &mut Btt| b.bank.totals.owed -= Uint128::one(), "what credits are worth"),
            (|b: &mut Btt| b.bank.credits = 71, "the sum of the credits of each account"),
            (|b: &mut Btt| b.bank.days += 1, "days of interest"),
            (|b: &mut Btt| b.bank.totals.index += Uint128::one(), "what a credit of the first day is now"),
            (|b: &mut Btt| b.bank.market -= 1, "the balance of the market"),
            (|b: &mut Btt| b.bank.refunded -= 1, "BTT in jobs or refunded"),
            (|b: &mut Btt| b.treasury.balance += 1, "BTT of the treasury"),
            (|b: &mut Btt| b.treasury.given += 1, "what the treasury has, spent, paid and burnt"),
            (|b: &mut Btt| b.treasury.burnt += 1, "BTT burnt"),
            (|b: &mut Btt| b.treasury.totals.spent_now = units(1), "BTT spent in a period"),
            (|b: &mut Btt| b.treasury.params.buy = units(4), "BTT paid in a period"),
            (|b: &mut Btt| b.treasury.params.burn = units(2), "BTT burnt in a period"),
        ] as [(fn(&mut Btt), &str); 23]
        {
            assert_eq!(broken(change), what);
        }
        assert_eq!(broken(|b| b.bank.totals.credits += 1), "what credits are worth", "{one}");
    }
}
