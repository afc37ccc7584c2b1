//! The ledger of a simulated bank: accounts, entries, and the messages about them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail, ensure};
use bithive_bank::{
    AccountReport, Balance, Date, Entry, Iban, Money, Payment, Report, ReportKind, Status, Transfer,
};
use serde::{Deserialize, Serialize};

/// Stands in everything that a simulated bank writes.
pub(super) const NOTE: &str = "SIMULATED BANK: for tests and demonstrations, no money moves";
/// Its name in messages.
const NAME: &str = "SIMULATED BANK";

/// What a simulated bank knows.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Ledger {
    accounts: BTreeMap<Iban, Account>,
    /// Payments that were taken, by their identifier from end to end.
    taken: BTreeSet<String>,
    /// Number of the last message or entry.
    last: u64,
}

#[derive(Serialize, Deserialize)]
struct Account {
    name: String,
    opening: Money,
    opened: Date,
    entries: Vec<Booked>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Booked {
    reference: String,
    end_to_end: String,
    money: Money,
    credit: bool,
    reversal: bool,
    date: Date,
}

impl Account {
    /// What is on it: of a simulated bank it may be less than nothing after a reversal, in smallest units.
    fn balance(&self) -> Result<i128> {
        let signed = |money: Money, credit| {
            if credit { i128::from(money.minor()) } else { -i128::from(money.minor()) }
        };
        let mut entries = self.entries.iter().map(|entry| signed(entry.money, entry.credit));
        let sum = entries.try_fold(signed(self.opening, true), i128::checked_add);
        sum.context("the balance leaves 128 bits")
    }

    /// An amount in the currency of the account, and whether it is the customer's.
    fn shown(&self, balance: i128) -> Result<(Money, bool)> {
        let minor = u64::try_from(balance.unsigned_abs()).context("the balance leaves 64 bits")?;
        Ok((Money::new(minor, self.opening.currency())?, balance >= 0))
    }
}

impl Ledger {
    fn number(&mut self) -> Result<u64> {
        self.last = self.last.checked_add(1).context("the bank has no more numbers")?;
        Ok(self.last)
    }

    fn account(&self, iban: &Iban) -> Result<&Account> {
        self.accounts.get(iban).with_context(|| format!("this simulated bank has no account {iban}"))
    }

    pub(super) fn open(&mut self, name: String, opening: Money, at: u64) -> Result<Iban> {
        let iban = Iban::simulated(self.number()?)?;
        let account = Account { name, opening, opened: Date::of(at), entries: vec![] };
        self.accounts.insert(iban.clone(), account);
        Ok(iban)
    }

    /// Accounts with their holders and balances.
    pub(super) fn accounts(&self) -> Result<Vec<(Iban, String, String)>> {
        let row = |(iban, account): (&Iban, &Account)| {
            let (money, own) = account.shown(account.balance()?)?;
            Ok((iban.clone(), account.name.clone(), format!("{}{money}", if own { "" } else { "-" })))
        };
        self.accounts.iter().map(row).collect()
    }

    /// Books payments, all or none. References of their entries.
    pub(super) fn take(&mut self, transfers: &[Transfer], at: u64) -> Result<Vec<String>> {
        let mut wanted: BTreeMap<&Iban, i128> = BTreeMap::new();
        let mut ids = BTreeSet::new();
        for transfer in transfers {
            let (id, money) = (transfer.end_to_end.to_string(), transfer.amount);
            ensure!(
                !self.taken.contains(&id) && ids.insert(id.clone()),
                "payment {id} was taken before; a payment is taken once"
            );
            for party in [&transfer.debtor, &transfer.creditor] {
                let account = self.account(party.iban())?;
                let found = account.opening.currency();
                ensure!(found == money.currency(), "{money}: account {} is in {found}", party.iban());
            }
            let sum = wanted.entry(transfer.debtor.iban()).or_default();
            *sum = sum.checked_add(money.minor().into()).context("the sum leaves 128 bits")?;
        }
        for (iban, sum) in wanted {
            let account = self.account(iban)?;
            ensure!(sum <= account.balance()?, "account {iban} has not enough for these payments");
        }
        let mut references = Vec::new();
        for transfer in transfers {
            let reference = format!("SIMULATED-{}", self.number()?);
            let entry = Booked {
                reference: reference.clone(),
                end_to_end: transfer.end_to_end.to_string(),
                money: transfer.amount,
                credit: true,
                reversal: false,
                date: Date::of(at),
            };
            self.book(transfer.creditor.iban(), entry.clone())?;
            self.book(transfer.debtor.iban(), Booked { credit: false, ..entry })?;
            references.push(reference);
        }
        self.taken.extend(ids);
        Ok(references)
    }

    fn book(&mut self, iban: &Iban, entry: Booked) -> Result<()> {
        let account = self.accounts.get_mut(iban).with_context(|| format!("there is no account {iban}"))?;
        account.entries.push(entry);
        Ok(())
    }

    /// Takes back the payment of this identifier on both accounts, once.
    pub(super) fn reverse(&mut self, end_to_end: &str, at: u64) -> Result<Money> {
        let reference = format!("SIMULATED-{}", self.number()?);
        let mut reversed = None;
        for account in self.accounts.values_mut() {
            let of_payment = |entry: &&Booked| entry.end_to_end == end_to_end;
            ensure!(
                !account.entries.iter().filter(of_payment).any(|entry| entry.reversal),
                "payment {end_to_end} was taken back before"
            );
            let Some(entry) = account.entries.iter().find(of_payment).cloned() else { continue };
            reversed = Some(entry.money);
            let credit = !entry.credit;
            account.entries.push(Booked {
                reference: reference.clone(),
                credit,
                reversal: true,
                date: Date::of(at),
                ..entry
            });
        }
        let Some(money) = reversed else { bail!("this simulated bank has booked no payment {end_to_end}") };
        Ok(money)
    }

    /// A message about all entries of an account.
    pub(super) fn report(&mut self, kind: ReportKind, iban: &Iban, at: u64) -> Result<Report> {
        let id = format!("SIMULATED-{}", self.number()?);
        let account = self.account(iban)?;
        let balances = match kind {
            ReportKind::Notification => vec![],
            ReportKind::Statement => {
                let (amount, credit) = account.shown(account.balance()?)?;
                let balance =
                    |code: &str, (amount, credit), date| Balance { code: code.into(), amount, credit, date };
                vec![
                    balance("OPBD", (account.opening, true), account.opened),
                    balance("CLBD", (amount, credit), Date::of(at)),
                ]
            }
        };
        let entries = account.entries.iter().map(|booked| Entry {
            reference: Some(booked.reference.clone()),
            amount: booked.money,
            credit: booked.credit,
            reversal: booked.reversal,
            status: Status::Booked,
            booked: Some(booked.date),
            payments: vec![Payment {
                end_to_end: Some(booked.end_to_end.clone()),
                amount: None,
                credit: None,
                returned: booked.reversal,
            }],
        });
        let entries = entries.collect();
        Ok(Report {
            kind,
            message: id.clone(),
            created: at,
            note: Some(NOTE.into()),
            accounts: vec![AccountReport {
                id,
                whole: true,
                period: None,
                iban: Some(iban.clone()),
                servicer: Some(NAME.into()),
                balances,
                entries,
            }],
        })
    }
}
