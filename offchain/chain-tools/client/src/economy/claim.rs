//! Taking everything that is due.

use std::collections::BTreeMap;

use bithive_api::{ContractEvent as _, token};
use bithive_chain::{ChainError, Receipt};
use serde::Serialize;

use super::paid_in::PaidIn;
use super::{Claimable, EconomyAccount, Source};
use crate::refusal::in_tokens;

/// Most messages of one transaction: far from what a block takes, and more than an account usually has due.
pub const MOST_MESSAGES: usize = 50;

/// An amount that was paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Payout {
    /// Contract and kind that it came from.
    pub source: Source,
    /// Which of it, as in [`Claimable::what`].
    pub what: Option<String>,
    /// Ticker of the token, BTT, BTK or SKY, or `native:` and the denomination of a coin.
    pub token: String,
    /// In base units, from the event of the payment.
    pub amount: u128,
}

/// An amount that a contract refused to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Contract and kind that it came from.
    pub source: Source,
    /// Which of it, as in [`Claimable::what`].
    pub what: Option<String>,
    /// Ticker of the token, BTT, BTK or SKY, or `native:` and the denomination of a coin.
    pub token: String,
    /// What seemed due, in base units.
    pub amount: u128,
    /// The error of the contract or the chain that refused.
    pub error: String,
}

/// Result of claiming.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Claims {
    /// Hashes of the transactions, in order; none when nothing was due.
    pub transactions: Vec<String>,
    /// What was paid, in the order of its sources.
    pub taken: Vec<Payout>,
    /// What was refused, in the order of its sources.
    pub refused: Vec<Refused>,
    /// What came into the account, in base units by ticker, as the tokens' transfers say; of coins, by `native:` and the denomination, what
    /// contracts say that they paid.
    pub received: BTreeMap<String, u128>,
}

impl EconomyAccount {
    /// Takes everything that is due, in one transaction, or as few as [`MOST_MESSAGES`] allow. If a transaction is
    /// refused, what it takes from each place is taken singly. Without anything due no transaction is sent.
    ///
    /// # Errors
    /// [`ChainError`] of a chain that can't be asked or gives no answer, before anything was taken; after that it
    /// is in [`Claims::refused`].
    pub async fn claim_all(&self) -> Result<Claims, ChainError> {
        let list = self.client().claimables(self.address()).await?;
        let due: Vec<Claimable> = list.entries.into_iter().filter(Claimable::is_due).collect();
        let mut claims = Claims::default();
        let mut queue = grouped(&due).into_iter();
        while let Some(chunk) = queue.next() {
            if let Err(error) = self.claim(chunk, &mut claims).await {
                if claims.transactions.is_empty() {
                    return Err(error);
                }
                // What was taken is to be told; what is left can be claimed again.
                let missed = |entry: &&Claimable| !claims.knows(entry);
                let left: Vec<_> = chunk.iter().chain(queue.flatten()).filter(missed).collect();
                let left = left.into_iter().map(|entry| refused(entry, &error)).collect::<Vec<_>>();
                claims.refused.extend(left);
                break;
            }
        }
        Ok(claims)
    }

    /// All of `entries` in one transaction, or each in its own.
    async fn claim(&self, entries: &[Claimable], claims: &mut Claims) -> Result<(), ChainError> {
        let messages = entries.iter().map(|entry| entry.messages(self.client(), self.address()));
        let messages = messages.collect::<Result<Vec<_>, _>>()?;
        match self.submit(&messages.concat()).await {
            Ok(receipt) => self.count(entries, &receipt, claims),
            Err(error) if !is_refusal(&error) => return Err(error),
            Err(error) => match entries {
                [entry] => claims.refused.push(refused(entry, &error)),
                _ => {
                    for (entry, message) in entries.iter().zip(&messages) {
                        match self.submit(message).await {
                            Ok(receipt) => self.count(std::slice::from_ref(entry), &receipt, claims),
                            Err(error) if is_refusal(&error) => claims.refused.push(refused(entry, &error)),
                            Err(error) => return Err(error),
                        }
                    }
                }
            },
        }
        Ok(())
    }

    /// Reads from a receipt what was paid.
    fn count(&self, entries: &[Claimable], receipt: &Receipt, claims: &mut Claims) {
        let (client, owner) = (self.client(), self.address());
        claims.transactions.push(receipt.hash.to_string());
        for entry in entries {
            let paid = receipt.events.iter().filter_map(|event| entry.paid(client, owner, event));
            let amount = paid.fold(0, u128::saturating_add);
            let Claimable { source, what, token, .. } = entry.clone();
            if let Some(PaidIn::Coin(_)) = PaidIn::read(&token) {
                claims.receives(&token, amount);
            }
            claims.taken.push(Payout { source, what, token, amount });
        }
        for event in &receipt.events {
            let Some(token) = event.contract().and_then(|contract| client.token_at(contract)) else {
                continue;
            };
            // What can't be read is not counted: the transaction is done, and its receipt has it.
            let Ok(Some(change)) = token::Event::parse(event) else { continue };
            if let Some((_, amount)) = change.received().filter(|(to, _)| to.as_str() == owner) {
                claims.receives(token.symbol(), amount.u128());
            }
        }
    }
}

impl Claims {
    fn receives(&mut self, token: &str, amount: u128) {
        let sum = self.received.entry(token.to_owned()).or_default();
        *sum = sum.saturating_add(amount);
    }

    fn knows(&self, entry: &Claimable) -> bool {
        let same = |source, what: &Option<String>, token: &str| {
            source == entry.source && *what == entry.what && token == entry.token
        };
        self.taken.iter().any(|taken| same(taken.source, &taken.what, &taken.token))
            || self.refused.iter().any(|refused| same(refused.source, &refused.what, &refused.token))
    }
}

fn refused(entry: &Claimable, error: &ChainError) -> Refused {
    let Claimable { source, what, token, amount, .. } = entry.clone();
    Refused { source, what, token, amount, error: in_tokens(&error.to_string()) }
}

/// Entries in groups whose messages go into one transaction each.
fn grouped(due: &[Claimable]) -> Vec<&[Claimable]> {
    let (mut groups, mut rest) = (Vec::new(), due);
    while !rest.is_empty() {
        let mut messages = 0usize;
        let fits = |entry: &&Claimable| {
            messages = messages.saturating_add(entry.messages_needed());
            messages <= MOST_MESSAGES
        };
        let count = rest.iter().take_while(fits).count().max(1);
        let (group, after) = rest.split_at(count);
        groups.push(group);
        rest = after;
    }
    groups
}

/// Whether the messages are to blame, so that fewer of them may do.
fn is_refusal(error: &ChainError) -> bool {
    matches!(
        error,
        ChainError::Contract { .. }
            | ChainError::Execution { .. }
            | ChainError::OutOfGas { .. }
            | ChainError::TxTooLarge { .. }
    )
}
