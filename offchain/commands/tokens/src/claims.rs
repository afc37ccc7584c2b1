//! `bithive wallet claimable` and `claim`: everything that accounts can take, and taking it.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use bithive_chain::{ChainError, TxFile};
use bithive_client::{Claimable, Claimables, Claims, EconomyAccount, MOST_MESSAGES, Source};
use bithive_command_kit::{Output, table};
use serde::Serialize;

use super::accounts::{
    Accounts, AddressBook, account, address, amount_of, economy, named_or_all, now, until,
};

#[derive(Serialize)]
struct Listed {
    name: String,
    address: String,
    #[serde(flatten)]
    claimables: Claimables,
}

#[derive(Serialize)]
struct Claimed {
    name: String,
    address: String,
    #[serde(flatten)]
    claims: Claims,
    error: Option<String>,
}

/// Lists what these accounts can take, or all of the home's.
pub(super) async fn list(accounts: &Accounts, names: Vec<String>, output: Output) -> Result<()> {
    let (client, now) = (economy(accounts)?, now(accounts).await?);
    let mut all = Vec::new();
    for name in named_or_all(accounts, names)? {
        let address = address(accounts, &name)?;
        let claimables = client.claimables(&address).await?;
        all.push(Listed { name, address, claimables });
    }
    let book = AddressBook::of(accounts)?;
    output.show(&all, |all| {
        let mut rows = table(&["wallet", "from", "of", "now", "later", "when"]);
        for Listed { name, claimables, .. } in all {
            for entry in &claimables.entries {
                let later = entry.later.as_ref();
                rows.add_row([
                    name.clone(),
                    entry.source.text().into(),
                    of(&book, entry.source, entry.what.as_deref()),
                    amount_of(entry.amount, &entry.token),
                    later.map_or_else(String::new, |later| amount_of(later.amount, &entry.token)),
                    later.map_or_else(String::new, |later| until(later.at, now)),
                ]);
            }
        }
        if rows.is_empty() {
            println!("nothing can be claimed, now or later");
        } else {
            println!("{rows}");
        }
        for Listed { name, .. } in all.iter().filter(|listed| !listed.claimables.complete) {
            println!("{name} has more than is listed here: claim and list again, or claim by number");
        }
    })
}

/// Claims everything for these accounts, or for all of the home's. 1 if something was refused.
pub(super) async fn claim(accounts: &Accounts, names: Vec<String>, output: Output) -> Result<ExitCode> {
    let single = names.len() == 1;
    let mut all = Vec::new();
    for name in named_or_all(accounts, names)? {
        let account = account(accounts, &name).await?;
        let address = account.address().to_owned();
        let (claims, error) = match account.claim_all().await {
            Ok(claims) => (claims, None),
            Err(error @ ChainError::Unsigned { .. }) => {
                check_whole(&account, &error).await?;
                return Err(error.into());
            }
            Err(error) if single || accounts.makes_unsigned() => return Err(error.into()),
            // The others are not held up by one that, for instance, has no coins for fees.
            Err(error) => (Claims::default(), Some(error.to_string())),
        };
        all.push(Claimed { name, address, claims, error });
    }
    let book = AddressBook::of(accounts)?;
    output.show(&all, |all| show(&book, all))?;
    let whole = all.iter().all(|claimed| claimed.error.is_none() && claimed.claims.refused.is_empty());
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// That a transaction which somebody else signs claims everything that is due.
async fn check_whole(account: &EconomyAccount, made: &ChainError) -> Result<()> {
    let ChainError::Unsigned { transaction } = made else { return Ok(()) };
    let claimed = TxFile::from_json(transaction.as_bytes())?.messages().count();
    let entries = account.client().claimables(account.address()).await?.entries;
    let due = entries.iter().filter(|entry| entry.is_due()).map(Claimable::messages_needed).sum::<usize>();
    ensure!(
        claimed == due,
        "--unsigned: of {due} messages for what is due, one transaction can have {claimed} only, because there are more than {MOST_MESSAGES} \
         or a contract refuses one; claim by number, with the commands of each group"
    );
    Ok(())
}

fn show(book: &AddressBook, all: &[Claimed]) {
    let mut rows = table(&["wallet", "from", "of", "amount", ""]);
    for Claimed { name, claims, error, .. } in all {
        for taken in &claims.taken {
            rows.add_row([
                name.clone(),
                taken.source.text().into(),
                of(book, taken.source, taken.what.as_deref()),
                amount_of(taken.amount, &taken.token),
                "taken".into(),
            ]);
        }
        for refused in &claims.refused {
            rows.add_row([
                name.clone(),
                refused.source.text().into(),
                of(book, refused.source, refused.what.as_deref()),
                amount_of(refused.amount, &refused.token),
                format!("refused: {}", refused.error),
            ]);
        }
        if let Some(error) = error {
            rows.add_row([name.as_str(), "", "", "", &format!("failed: {error}")]);
        }
    }
    if rows.is_empty() {
        println!("nothing to claim");
        return;
    }
    println!("{rows}");
    for Claimed { name, claims, .. } in all {
        let received = claims.received.iter().map(|(token, amount)| amount_of(*amount, token));
        let received: Vec<_> = received.collect();
        if !received.is_empty() {
            println!(
                "{name} received {} in {}",
                received.join(", "),
                match claims.transactions.len() {
                    1 => "one transaction".into(),
                    many => format!("{many} transactions"),
                }
            );
        }
    }
}

/// Numbers as they are, operators by name.
fn of(book: &AddressBook, source: Source, what: Option<&str>) -> String {
    let what = what.unwrap_or_default();
    if source == Source::StakingRewards { book.name(what) } else { what.into() }
}
