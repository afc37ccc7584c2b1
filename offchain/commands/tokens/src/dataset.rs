//! `bithive dataset`: data sets, what a use of them costs, and who may name their owners.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use bithive_api::asset::Asset;
use bithive_api::attestations::Source;
use bithive_api::datasets::{Event, ExecuteMsg, Use, events};
use bithive_api::models;
use bithive_chain::Receipt;
use bithive_client::{Account, Datasets};
use bithive_command_kit::Output;
use bithive_contracts::Contract;
use clap::{ArgGroup, Args, Subcommand};
use cosmwasm_std::HexBinary;

use super::accounts::{Accounts, Done, account, address, economy, now, until};
use super::catalog;
use super::currency::asset;
use super::network::On;
use super::unsigned::{Transactions, Transacts};

/// Data sets are on chains of their own (`bithive deploy --chain data`): name one with --chain. Shares are in base units of the asset that a
/// data set asks for: of vouchers of BTT, 1000000 are one BTT.
#[expect(missing_docs, reason = "a doc comment would be part of the help text")]
#[derive(Subcommand)]
pub enum Command {
    /// List the data sets: owner, what a use costs, how often they were used.
    List,
    /// Show a data set, and what is in escrow for uses of it.
    Show {
        /// Number of the data set.
        id: u64,
    },
    /// Register a data set, for example: dataset register --chain data --from owner --file description.txt --asset native:ubee --share 500
    Register {
        /// Wallet of its owner, who never changes.
        #[arg(long)]
        from: String,
        #[command(flatten)]
        what: Which,
        /// What its share is paid in: native:DENOMINATION, vouchers of tokens of other chains (ibc/...) among them, or cw20:ADDRESS.
        #[arg(long, value_parser = asset)]
        asset: Asset,
        /// What one use costs, in base units of the asset.
        #[arg(long)]
        share: u128,
    },
    /// Change, as its owner, what later uses of a data set cost, or whether deposits are taken.
    Update {
        /// Number of the data set.
        id: u64,
        /// Wallet of its owner.
        #[arg(long)]
        from: String,
        /// What one use costs, in base units of its asset; as before when left out.
        #[arg(long)]
        share: Option<u128>,
        /// Whether deposits are taken; as before when left out.
        #[arg(long)]
        active: Option<bool>,
    },
    /// Pay for a use of a data set by a job of another chain's market: its share waits for the job's attestation.
    ///
    /// For example: dataset deposit 1 --chain data --from alice --source-chain hive-1 --jobs bithive1.. --job 7 --input-commitment HEX
    Deposit(DepositArgs),
    /// Record the use that a deposit is for, and credit the owner, once the job is attested here.
    Release {
        /// Number of the deposit.
        id: u64,
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Credit the depositor, after the deadline, where the job is not attested.
    Refund {
        /// Number of the deposit.
        id: u64,
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Withdraw everything that the account is owed in an asset: shares, and deposits that came back.
    Withdraw {
        /// Wallet that is owed.
        #[arg(long)]
        from: String,
        /// The asset: native:DENOMINATION or cw20:ADDRESS.
        #[arg(long, value_parser = asset)]
        asset: Asset,
    },
    /// Let a requester name the wallet as the owner of its jobs' data, on the chain of the market.
    Consent {
        /// Wallet of the data's owner.
        #[arg(long)]
        from: String,
        /// Name or address of the requester.
        #[arg(long)]
        requester: String,
        /// For how long from now, in days; 0 takes it back.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(0..=365))]
        days: u16,
    },
}

/// What identifies a data set.
#[derive(Args)]
#[command(group = ArgGroup::new("which").args(["file", "digest"]).required(true))]
pub struct Which {
    /// The data set's description or contents, as its owner publishes it; its BLAKE3 digest goes on chain, the file stays.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// That digest, in hex, in place of the file.
    #[arg(long, value_name = "HEX", value_parser = digest)]
    digest: Option<HexBinary>,
}

/// A use that is paid for.
#[derive(Args)]
pub struct DepositArgs {
    /// Number of the data set.
    id: u64,
    /// Wallet that pays.
    #[arg(long)]
    from: String,
    /// Id of the chain whose market has the job.
    #[arg(long, value_name = "ID")]
    source_chain: String,
    /// Address of that market's contract.
    #[arg(long, value_name = "ADDRESS")]
    jobs: String,
    /// Number of the job.
    #[arg(long)]
    job: u64,
    /// Commitment to the job's input, as its assignment has it (`job status`).
    #[arg(long, value_name = "HEX", value_parser = digest)]
    input_commitment: HexBinary,
    /// Hours from now after which the share goes back if the job is not attested.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u64).range(1..=2_160))]
    hours: u64,
}

fn digest(text: &str) -> Result<HexBinary, String> {
    let bytes = HexBinary::from_hex(text).ok().filter(|bytes| bytes.len() == 32);
    bytes.ok_or_else(|| "expected 64 hex digits".into())
}

impl Which {
    fn digest(&self) -> Result<HexBinary> {
        if let Some(digest) = &self.digest {
            return Ok(digest.clone());
        }
        let file = self.file.as_deref().context("expected --file or --digest")?;
        let mut hash = blake3::Hasher::new();
        let opened = std::fs::File::open(file).with_context(|| file.display().to_string())?;
        hash.update_reader(opened).with_context(|| file.display().to_string())?;
        Ok(HexBinary::from(hash.finalize().as_bytes()))
    }
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::List | Self::Show { .. } => Transactions::None,
            _ => Transactions::One,
        }
    }
}

/// Runs a command on the network that is meant.
pub async fn run(On { network, command }: On<Command>, home: &Path, output: Output) -> Result<()> {
    let accounts = &Accounts::open(&network, home).await?;
    let datasets = || {
        Datasets::new(accounts.client().clone())
            .context("data sets are on a chain of their own; name it with --chain")
    };
    match command {
        Command::Consent { from, requester, days } => {
            consent(accounts, &from, &requester, days, output).await
        }
        Command::List => catalog::list(accounts, &datasets()?, output).await,
        Command::Show { id } => catalog::show(accounts, &datasets()?, id, output).await,
        Command::Register { from, what, asset, share } => {
            ensure!(share > 0, "--share is 0; expected at least 1 base unit");
            let message = ExecuteMsg::Register { digest: what.digest()?, asset, share: share.into() };
            let registered = |event| match event {
                Event::Registered { id, .. } => Some(id),
                _ => None,
            };
            let done = tell(accounts, &datasets()?, &from, &message, events::REGISTERED, registered).await?;
            output.show(&done, |done| println!("data set {} is {from}'s", done.value))
        }
        Command::Update { id, from, share, active } => {
            let before = catalog::known(&datasets()?, id).await?;
            let share = share.map_or(before.share, Into::into);
            let message = ExecuteMsg::Update { id, share, active: active.unwrap_or(before.active) };
            let updated = |event| match event {
                Event::Updated { share, active, .. } => Some((share, active)),
                _ => None,
            };
            let done = tell(accounts, &datasets()?, &from, &message, events::UPDATED, updated).await?;
            output.show(&done, |done| {
                let taken = if done.value.1 { "deposits are taken" } else { "no deposits are taken" };
                println!("a use costs {} of {}; {taken}", done.value.0, before.asset);
            })
        }
        Command::Deposit(args) => deposit(accounts, &datasets()?, args, output).await,
        Command::Release { id, from } => {
            let released = |event| match event {
                Event::Released { amount, asset, .. } => Some((amount, asset)),
                _ => None,
            };
            let message = ExecuteMsg::Release { id };
            let done = tell(accounts, &datasets()?, &from, &message, events::RELEASED, released).await?;
            output.show(&done, |done| println!("{} of {} are the owner's", done.value.0, done.value.1))
        }
        Command::Refund { id, from } => {
            let refunded = |event| match event {
                Event::Refunded { amount, asset, .. } => Some((amount, asset)),
                _ => None,
            };
            let message = ExecuteMsg::Refund { id };
            let done = tell(accounts, &datasets()?, &from, &message, events::REFUNDED, refunded).await?;
            output.show(&done, |done| {
                println!("{} of {} are the depositor's again", done.value.0, done.value.1)
            })
        }
        Command::Withdraw { from, asset } => {
            let withdrawn = |event| match event {
                Event::Withdrawn { amount, .. } => Some(amount),
                _ => None,
            };
            let message = ExecuteMsg::Withdraw { asset: asset.clone() };
            let done = tell(accounts, &datasets()?, &from, &message, events::WITHDRAWN, withdrawn).await?;
            output.show(&done, |done| println!("{} of {asset} is paid", done.value))
        }
    }
}

async fn deposit(accounts: &Accounts, datasets: &Datasets, args: DepositArgs, output: Output) -> Result<()> {
    let DepositArgs { id, from, source_chain, jobs, job, input_commitment, hours } = args;
    let dataset = catalog::known(datasets, id).await?;
    if !dataset.active {
        bail!("data set {id} takes no deposits; ask its owner {}", dataset.owner);
    }
    let now = now(accounts).await?;
    let purpose = Use {
        dataset_id: id,
        source: Source { chain_id: source_chain, jobs },
        job_id: job,
        input_commitment,
        deadline: now.saturating_add(hours.saturating_mul(3_600)),
    };
    let account = accounts.account(&from).await?;
    let receipt = datasets.deposit(&account, (&dataset.asset, dataset.share), purpose).await?;
    let deposited = |event| match event {
        Event::Deposited { id, amount, deadline, .. } => Some((id, amount, deadline)),
        _ => None,
    };
    let done = Done::read(&receipt, datasets.contract(), events::DEPOSITED, deposited)?;
    output.show(&done, |done| {
        let (id, amount, deadline) = done.value;
        let back = until(deadline, now);
        println!(
            "deposit {id}: {amount} of {}; it goes back {back} if the job is not attested",
            dataset.asset
        );
    })
}

async fn consent(accounts: &Accounts, from: &str, requester: &str, days: u16, output: Output) -> Result<()> {
    let seconds = u64::from(days).saturating_mul(86_400);
    let until = (days > 0).then_some(now(accounts).await?.saturating_add(seconds));
    let message = models::ExecuteMsg::SetConsent { requester: address(accounts, requester)?, until };
    let receipt = account(accounts, from).await?.models(&message).await?;
    let contract = economy(accounts)?;
    let consented = |event| matches!(event, models::Event::Consent { .. }).then_some(());
    let done = Done::read(&receipt, contract.at(Contract::Models), models::events::CONSENT, consented)?;
    let text = if days > 0 { "the requester may name it" } else { "the requester may not name it" };
    output.show(&done, |_| println!("{text}"))
}

async fn tell<T>(
    accounts: &Accounts,
    datasets: &Datasets,
    from: &str,
    message: &ExecuteMsg,
    event: &str,
    pick: impl Fn(Event) -> Option<T>,
) -> Result<Done<T>> {
    let account: Account = accounts.account(from).await?;
    let receipt: Receipt = datasets.execute(&account, message).await?;
    Done::read(&receipt, datasets.contract(), event, pick)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_a_file_is_that_of_its_contents() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("description");
        std::fs::write(&file, "abc").unwrap();
        let by_file = Which { file: Some(file), digest: None }.digest().unwrap();
        assert_eq!(by_file, HexBinary::from(blake3::hash(b"abc").as_bytes()));
        assert_eq!(digest(&by_file.to_hex()), Ok(by_file));
        assert!(digest("00").is_err());
    }
}
