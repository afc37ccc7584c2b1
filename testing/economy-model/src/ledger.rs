//! Balances, and what was minted and burnt.

use std::collections::BTreeMap;

use num_bigint::BigInt;

/// A token of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Token {
    /// BTT, which pays for jobs.
    Btt,
    /// BTK, which rewards compute.
    Btk,
}

/// The holder of a balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// One of the accounts that act.
    Account(usize),
    /// Recipients of the emission: application, foundation, infrastructure.
    Recipient(usize),
    /// The contract of stakes.
    Staking,
    /// The contract of locked amounts.
    Vesting,
    /// The contract of patients' rewards.
    Rewards,
    /// The treasury contract.
    Treasury,
    /// The time bank.
    Timebank,
    /// The job market.
    Jobs,
}

/// All balances, and what was minted and burnt, in base units.
#[derive(Default)]
pub struct Ledger {
    balances: BTreeMap<(Token, Holder), BigInt>,
    minted: BTreeMap<Token, BigInt>,
    burnt: BTreeMap<Token, BigInt>,
}

impl Ledger {
    /// What a holder has.
    #[must_use]
    pub fn balance(&self, token: Token, holder: Holder) -> BigInt {
        self.balances.get(&(token, holder)).cloned().unwrap_or_default()
    }

    /// Base units of a token minted so far.
    #[must_use]
    pub fn minted(&self, token: Token) -> BigInt {
        self.minted.get(&token).cloned().unwrap_or_default()
    }

    /// Base units of a token burnt so far.
    #[must_use]
    pub fn burnt(&self, token: Token) -> BigInt {
        self.burnt.get(&token).cloned().unwrap_or_default()
    }

    /// Mints base units of a token to a holder.
    pub fn mint(&mut self, token: Token, to: Holder, amount: &BigInt) {
        *self.balances.entry((token, to)).or_default() += amount;
        *self.minted.entry(token).or_default() += amount;
    }

    /// Burns tokens; returns false, and changes nothing, if the holder has fewer.
    pub fn burn(&mut self, token: Token, from: Holder, amount: &BigInt) -> bool {
        let there = self.balance(token, from) >= *amount;
        if there {
            *self.balances.entry((token, from)).or_default() -= amount;
            *self.burnt.entry(token).or_default() += amount;
        }
        there
    }

    /// Moves tokens; returns false, and changes nothing, if the holder has fewer.
    pub fn pay(&mut self, token: Token, from: Holder, to: Holder, amount: &BigInt) -> bool {
        let there = self.balance(token, from) >= *amount;
        if there {
            *self.balances.entry((token, from)).or_default() -= amount;
            *self.balances.entry((token, to)).or_default() += amount;
        }
        there
    }

    /// No balance is negative, and all of them are what was minted and not burnt.
    ///
    /// # Errors
    /// What does not hold.
    pub fn invariants(&self) -> Result<(), String> {
        for token in [Token::Btt, Token::Btk] {
            let of = self.balances.iter().filter(|((of, _), _)| *of == token);
            let mut sum = BigInt::default();
            for ((_, holder), balance) in of {
                if *balance < BigInt::default() {
                    return Err(format!("{holder:?} has {balance} {token:?}"));
                }
                sum += balance;
            }
            let supply = self.minted(token) - self.burnt(token);
            if sum != supply {
                return Err(format!("balances of {token:?} are {sum}, the supply is {supply}"));
            }
        }
        Ok(())
    }
}
