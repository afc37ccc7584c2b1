//! Balances, credits, and what contracts hold for what is not decided.

use std::collections::BTreeMap;

use num_bigint::BigInt;

/// A token that is none: an account that says that tokens of its own came, to whom and as many as it likes.
/// Assets are numbers: those below this one are real, and each of them is there to the unit.
pub const PHANTOM: usize = 5;

/// A contract that holds money for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contract {
    /// Deposits that drain to a payee.
    Flows,
    /// Money that waits for a condition.
    Escrow,
    /// What was paid for offers.
    Checkout,
    /// Bonds that anybody may challenge.
    Listings,
}

impl Contract {
    /// Each of them once.
    pub const ALL: [Self; 4] = [Self::Flows, Self::Escrow, Self::Checkout, Self::Listings];
}

/// Whoever has a balance or is owed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// One of the accounts that act.
    Account(usize),
    /// Who gets the treasury's parts.
    Treasury,
    /// A contract that holds money.
    Contract(Contract),
}

/// Who has what and who is owed what, in base units.
#[derive(Default)]
pub struct Book {
    balances: BTreeMap<(usize, Party), BigInt>,
    given: BTreeMap<usize, BigInt>,
    escrowed: BTreeMap<(Contract, usize), BigInt>,
    credits: BTreeMap<(Contract, usize, Party), BigInt>,
}

impl Book {
    /// Gives an account something of a real asset, from nothing.
    pub fn give(&mut self, asset: usize, to: usize, amount: &BigInt) {
        *self.balances.entry((asset, Party::Account(to))).or_default() += amount;
        *self.given.entry(asset).or_default() += amount;
    }

    /// What somebody has of an asset.
    #[must_use]
    pub fn balance(&self, asset: usize, of: Party) -> BigInt {
        self.balances.get(&(asset, of)).cloned().unwrap_or_default()
    }

    /// Base units of an asset that there are.
    #[must_use]
    pub fn given(&self, asset: usize) -> BigInt {
        self.given.get(&asset).cloned().unwrap_or_default()
    }

    /// What a contract holds of an asset for what is not decided.
    #[must_use]
    pub fn escrowed(&self, contract: Contract, asset: usize) -> BigInt {
        self.escrowed.get(&(contract, asset)).cloned().unwrap_or_default()
    }

    /// What a contract owes somebody of an asset.
    #[must_use]
    pub fn credit(&self, contract: Contract, asset: usize, to: Party) -> BigInt {
        self.credits.get(&(contract, asset, to)).cloned().unwrap_or_default()
    }

    /// All that contracts owe, without what is nothing.
    pub fn credits(&self) -> impl Iterator<Item = (Contract, usize, Party, &BigInt)> {
        self.credits.iter().map(|((contract, asset, to), amount)| (*contract, *asset, *to, amount))
    }

    /// What a contract owes of an asset in all.
    #[must_use]
    pub fn owed(&self, contract: Contract, asset: usize) -> BigInt {
        let of = |(by, what, ..): &(Contract, usize, Party, &BigInt)| (*by, *what) == (contract, asset);
        self.credits().filter(of).map(|(.., amount)| amount).sum()
    }

    /// Whether an account can send so much: something, that it has. Of the phantom anybody has whatever is said.
    #[must_use]
    pub fn has(&self, asset: usize, account: usize, amount: &BigInt) -> bool {
        let there = asset == PHANTOM || self.balance(asset, Party::Account(account)) >= *amount;
        there && *amount > BigInt::default()
    }

    /// Takes what an account sends into a contract's escrow; false, and nothing changed, if it does not have it, or if the contract
    /// would owe more than 128 bits can say.
    pub fn take(&mut self, contract: Contract, asset: usize, from: usize, amount: &BigInt) -> bool {
        let whole = self.escrowed(contract, asset) + self.owed(contract, asset) + amount;
        if !self.has(asset, from, amount) || whole > BigInt::from(u128::MAX) {
            return false;
        }
        if asset != PHANTOM {
            *self.balances.entry((asset, Party::Account(from))).or_default() -= amount;
            *self.balances.entry((asset, Party::Contract(contract))).or_default() += amount;
        }
        *self.escrowed.entry((contract, asset)).or_default() += amount;
        true
    }

    /// Turns a part of a contract's escrow into a credit.
    pub fn release(&mut self, contract: Contract, asset: usize, to: Party, amount: &BigInt) {
        *self.escrowed.entry((contract, asset)).or_default() -= amount;
        if *amount != BigInt::default() {
            *self.credits.entry((contract, asset, to)).or_default() += amount;
        }
    }

    /// Pays a credit out; false, and nothing changed, if there is none. There is no token that could pay out the phantom.
    pub fn withdraw(&mut self, contract: Contract, asset: usize, to: Party) -> bool {
        if asset == PHANTOM {
            return false;
        }
        let Some(amount) = self.credits.remove(&(contract, asset, to)) else { return false };
        *self.balances.entry((asset, Party::Contract(contract))).or_default() -= &amount;
        *self.balances.entry((asset, to)).or_default() += amount;
        true
    }

    /// Nothing is negative, no unit was lost or made, and each contract has what it owes.
    ///
    /// # Errors
    /// What does not hold.
    pub fn invariants(&self) -> Result<(), String> {
        let all = self.balances.values().chain(self.escrowed.values()).chain(self.credits.values());
        if all.into_iter().any(|amount| *amount < BigInt::default()) {
            return Err(format!("{:?} {:?} {:?}", self.balances, self.escrowed, self.credits));
        }
        for asset in 0..PHANTOM {
            let of = |((what, _), _): &(&(usize, Party), &BigInt)| *what == asset;
            let sum: BigInt = self.balances.iter().filter(of).map(|(_, amount)| amount).sum();
            if sum != self.given(asset) {
                return Err(format!(
                    "there are {sum} of asset {asset}, and {} were given",
                    self.given(asset)
                ));
            }
            for contract in Contract::ALL {
                let owed = self.escrowed(contract, asset) + self.owed(contract, asset);
                let found = self.balance(asset, Party::Contract(contract));
                if found != owed {
                    return Err(format!("{contract:?} has {found} of asset {asset} and owes {owed}"));
                }
            }
        }
        Ok(())
    }
}
