//! `bithive dataset list` and `show`: data sets, what they cost, and what is in escrow.

use anyhow::{Context as _, Result};
use bithive_api::datasets::{DatasetResponse, DepositResponse};
use bithive_client::{Datasets, List};
use bithive_command_kit::{Output, table};
use serde::Serialize;

use super::accounts::{Accounts, AddressBook, now, until};

/// A data set, which has to be there.
pub(super) async fn known(datasets: &Datasets, id: u64) -> Result<DatasetResponse> {
    let found = datasets.dataset(id).await?;
    found.with_context(|| format!("there is no data set {id}; `dataset list` shows them"))
}

/// The data sets of a chain.
pub(super) async fn list(accounts: &Accounts, datasets: &Datasets, output: Output) -> Result<()> {
    let list = datasets.datasets().await?;
    let book = AddressBook::of(accounts)?;
    output.show(&list, |List { entries, complete }| {
        print(entries, &book);
        if !complete {
            println!("there are more than are listed here");
        }
    })
}

fn print(entries: &[DatasetResponse], book: &AddressBook) {
    if entries.is_empty() {
        println!("no data set is registered");
        return;
    }
    let mut rows = table(&["data set", "owner", "a use costs", "asset", "takes deposits", "uses", "earned"]);
    for DatasetResponse { id, owner, asset, share, active, uses, earned, .. } in entries {
        rows.add_row([
            id.to_string(),
            book.name(owner.as_str()),
            share.to_string(),
            asset.to_string(),
            if *active { "yes".into() } else { "no".into() },
            uses.to_string(),
            earned.to_string(),
        ]);
    }
    println!("{rows}");
}

#[derive(Serialize)]
struct Shown {
    dataset: DatasetResponse,
    /// In escrow, for uses of it.
    deposits: List<DepositResponse>,
}

/// A data set, and what is in escrow for uses of it.
pub(super) async fn show(accounts: &Accounts, datasets: &Datasets, id: u64, output: Output) -> Result<()> {
    let dataset = known(datasets, id).await?;
    let mut deposits = datasets.deposits().await?;
    deposits.entries.retain(|deposit| deposit.purpose.dataset_id == id);
    let (book, now) = (AddressBook::of(accounts)?, now(accounts).await?);
    output.show(&Shown { dataset, deposits }, |Shown { dataset, deposits }| {
        print(std::slice::from_ref(dataset), &book);
        println!("digest {}", dataset.digest.to_hex());
        let mut rows = table(&["deposit", "of", "amount", "market", "job", "goes back"]);
        for DepositResponse { id, depositor, amount, purpose } in &deposits.entries {
            rows.add_row([
                id.to_string(),
                book.name(depositor.as_str()),
                amount.to_string(),
                format!("{} on {}", purpose.source.jobs, purpose.source.chain_id),
                purpose.job_id.to_string(),
                until(purpose.deadline, now),
            ]);
        }
        if !deposits.entries.is_empty() {
            println!("{rows}");
        }
        if !deposits.complete {
            println!("there are more deposits than were looked through");
        }
    })
}
