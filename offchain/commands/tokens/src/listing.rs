//! `bithive listing`: bonds that anyone may challenge.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use bithive_command_kit::Output;
use clap::{ArgGroup, Subcommand};
use cosmwasm_std::HexBinary;

use super::accounts::Accounts;
use super::currency::{Currency, currency};
use super::listing_args::{AddArgs, ChallengeArgs, UpdateArgs, beacon};
use super::network::On;
use super::unsigned::{Transactions, Transacts};
use super::{categories, listing_acts as acts, listings};
use listings::Site;

/// Bonds that anyone may challenge: whoever lists something puts a bond behind it; who says that it is not what it claims to be puts a
/// bond against it; the ruler of the category decides, or jurors that a round of drand draws. Who loses pays half of its bond to who wins.
/// Credits are paid by `wallet claim` or `listing withdraw`. Accounts are named as in `stake`. Amounts of BTT, BTK and SKY are like 12.5; of
/// other assets they are base units.
#[derive(Subcommand)]
pub enum Command {
    /// Categories: what a listing costs, and who decides on challenges. Their owner is that of the contract (`owner show listings`).
    #[command(subcommand)]
    Category(categories::Command),
    /// List something with the category's bond, for example:
    /// listing add --from alice --category arbiters --name "Alice, arbiter" --file terms.txt
    Add(AddArgs),
    /// Change what is listed, as its owner, or move to the category's present terms. Only while it is active and not challenged.
    Update(UpdateArgs),
    /// Fill up a bond that was cut, or that later terms ask more of. Anybody may; the bond is the owner's.
    TopUp {
        /// Number of the listing.
        id: u64,
        /// Wallet that pays.
        #[arg(long)]
        from: String,
        /// Amount in the asset of the bond; what the present terms ask for beyond it when left out.
        #[arg(long, allow_negative_numbers = true)]
        amount: Option<String>,
    },
    /// Ask for the bond back, as the owner. It stands for the time of the terms, in which a challenge still counts.
    Leave {
        /// Number of the listing.
        id: u64,
        /// Wallet of the owner.
        #[arg(long)]
        from: String,
    },
    /// Challenge a listing with a bond, for example: listing challenge 3 --from bob --file evidence.txt --uri `https://example.org/e.txt`
    ///
    /// The bond is that of the listing's terms; within 30 days of another challenge twice that one's. Whoever loses it pays half to the other side.
    Challenge(ChallengeArgs),
    /// Decide on a challenge, as the ruler that the listing's terms name.
    #[command(group = ArgGroup::new("decision").args(["uphold", "reject"]).required(true))]
    Rule {
        /// Number of the listing.
        id: u64,
        /// Wallet of the ruler.
        #[arg(long)]
        from: String,
        /// The challenger is right: the listing is removed and loses its bond.
        #[arg(long)]
        uphold: bool,
        /// The challenger is wrong, and loses its bond.
        #[arg(long)]
        reject: bool,
    },
    /// Vote on a challenge, as a juror that was drawn for it. A vote is final; who does not vote loses a tenth of its bond.
    #[command(group = ArgGroup::new("decision").args(["uphold", "reject"]).required(true))]
    Vote {
        /// Number of the listing.
        id: u64,
        /// Wallet of the juror.
        #[arg(long)]
        from: String,
        /// The challenger is right.
        #[arg(long)]
        uphold: bool,
        /// The challenger is wrong.
        #[arg(long)]
        reject: bool,
    },
    /// Do what is anybody's to do next: draw the jurors, end a challenge, or give a bond back.
    ///
    /// Jurors are drawn by the beacon of a round of drand that is fixed with the challenge; without --beacon the command says which one, and where
    /// it is published. A beacon verifies or not, so it does not matter who fetches it.
    Advance {
        /// Number of the listing.
        id: u64,
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
        /// Signature of the round that draws the jurors: 96 hex digits.
        #[arg(long, value_name = "HEX", value_parser = beacon)]
        beacon: Option<HexBinary>,
    },
    /// Say something of a listing, as a labeller of its category, or take one's label back.
    #[command(group = ArgGroup::new("what").args(["label", "remove"]).required(true))]
    Label {
        /// Number of the listing.
        id: u64,
        /// The label, for people.
        label: Option<String>,
        /// Take one's label back.
        #[arg(long)]
        remove: bool,
        /// Wallet of the labeller.
        #[arg(long)]
        from: String,
    },
    /// List the listings that accounts own, challenge or judge, or those of a category.
    List {
        /// Names; all wallets and nodes when left out.
        #[arg(conflicts_with = "category")]
        names: Vec<String>,
        /// All of this category in place of accounts'.
        #[arg(long)]
        category: Option<String>,
    },
    /// Show a listing, its challenge and its labels.
    Show {
        /// Number of the listing.
        id: u64,
    },
    /// Withdraw everything that listings owe the account in an asset.
    Withdraw {
        /// Wallet that is owed.
        #[arg(long)]
        from: String,
        /// btt, btk, sky, native:DENOMINATION or cw20:ADDRESS.
        #[arg(long, default_value = "btt", value_parser = currency)]
        asset: Currency,
    },
    /// Pay the treasury its parts of lost bonds in an asset.
    Collect {
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
        /// btt, btk, sky, native:DENOMINATION or cw20:ADDRESS.
        #[arg(long, default_value = "btt", value_parser = currency)]
        asset: Currency,
    },
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::List { .. } | Self::Show { .. } => Transactions::None,
            Self::Category(command) => command.transactions(),
            _ => Transactions::One,
        }
    }
}

/// Runs a command on the network that is meant. 1 if what an owner set has to wait.
pub async fn run(On { network, command }: On<Command>, home: &Path, output: Output) -> Result<ExitCode> {
    let accounts = Accounts::open(&network, home).await?;
    let site = &Site::open(&accounts)?;
    match command {
        Command::Category(command) => return categories::run(command, site, &network, output).await,
        Command::Add(args) => acts::add(site, args, output).await?,
        Command::Update(args) => acts::update(site, args, output).await?,
        Command::TopUp { id, from, amount } => acts::top_up(site, id, &from, amount, output).await?,
        Command::Leave { id, from } => acts::leave(site, id, &from, output).await?,
        Command::Challenge(args) => acts::challenge(site, args, output).await?,
        Command::Rule { id, from, uphold, .. } => acts::rule(site, id, &from, uphold, output).await?,
        Command::Vote { id, from, uphold, .. } => acts::vote(site, id, &from, uphold, output).await?,
        Command::Advance { id, from, beacon } => acts::advance(site, id, &from, beacon, output).await?,
        Command::Label { id, label, from, .. } => acts::label(site, id, &from, label, output).await?,
        Command::List { category: Some(name), .. } => listings::of_category(site, name, output).await?,
        Command::List { names, .. } => listings::list(site, names, output).await?,
        Command::Show { id } => listings::show(site, id, output).await?,
        Command::Withdraw { from, asset } => acts::withdraw(site, &from, &asset, output).await?,
        Command::Collect { from, asset } => acts::collect(site, &from, &asset, output).await?,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::super::listing_args::digest;
    use super::*;

    #[test]
    fn a_digest_has_32_bytes_and_a_beacon_48() {
        assert_eq!(digest(&"01".repeat(32)), Ok([1; 32].into()));
        assert_eq!(beacon(&"02".repeat(48)), Ok([2; 48].into()));
        for text in ["", "00", "zz", &"01".repeat(48)] {
            assert_eq!(digest(text), Err("expected 64 hex digits".into()));
        }
        assert_eq!(beacon(&"01".repeat(32)), Err("expected 96 hex digits".into()));
    }
}
