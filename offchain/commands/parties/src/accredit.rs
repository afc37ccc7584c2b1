//! `bithive accredit`: what an accreditor does. It reads what a node shows it, checks that it is what the node has
//! registered, finds out whether it is true, by a measurement or by its own means, and says so on the chain.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use bithive_api::registry::{AccreditedResponse, ExecuteMsg};
use bithive_blindmatch::schema::Schema;
use bithive_chain::validate_address;
use bithive_client::Account;
use bithive_command_kit::{Output, table, until as end};
use bithive_daemon::config::{RequesterConfig, Settings};
use bithive_home::Home;
use bithive_keystore::names;
use clap::{Subcommand, value_parser};
use serde_json::json;

use super::join;
use super::keys::PasswordArgs;
use super::measure;
use super::nodes::address_of;
use super::vouch::{Vouched, read, vouch};

/// Accreditors: read what nodes show, and vouch for it.
#[expect(missing_docs, reason = "a doc comment would be part of the help text")]
#[derive(Subcommand)]
pub enum Command {
    /// Show what a file of `node disclose` says, and check that it says it of commitments.
    Show {
        /// File that `node disclose` wrote.
        file: PathBuf,
    },
    /// Vouch for what a file says of a node, once you know that it is true.
    Grant {
        /// The file of `node disclose`.
        file: PathBuf,
        /// The node: its name in the home folder, or its address.
        #[arg(long)]
        node: String,
        /// Days that it counts.
        #[arg(long, default_value_t = 90, value_parser = value_parser!(u64).range(1..=365))]
        days: u64,
        #[command(flatten)]
        accreditor: AccreditorArgs,
    },
    /// Measure a node's machine over the network, and compare it with what a file says: memory and speed.
    ///
    /// The node's operator permits it in `[measurement]` of its configuration. Exit code 1 if the machine does not hold what
    /// the file says.
    ///
    /// bithive accredit run vram.disclosure --node ADDRESS --config accreditor.toml --grant
    Run(measure::RunArgs),
    /// Take back what you said of a node.
    Revoke {
        /// The node: its name in the home folder, or its address.
        #[arg(long)]
        node: String,
        #[command(flatten)]
        accreditor: AccreditorArgs,
    },
    /// Show which attributes need accreditation, who may vouch, and what counts for a node.
    List {
        /// The node: its name in the home folder, or its address.
        node: Option<String>,
        #[command(flatten)]
        accreditor: AccreditorArgs,
    },
}

/// Whose account vouches.
#[derive(clap::Args)]
pub struct AccreditorArgs {
    /// Wallet of the home folder.
    #[arg(long, value_name = "WALLET", default_value = "operator")]
    from: String,
    /// Configuration of a requester, over the network: its account vouches, in place of a wallet.
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    config: Option<PathBuf>,
    #[command(flatten)]
    password: PasswordArgs,
}

/// The accreditor's account, and the home that it belongs to.
struct Accreditor {
    account: Account,
    schema: Schema,
    home: Option<Home>,
}

impl AccreditorArgs {
    async fn open(&self, home: &Path) -> Result<Accreditor> {
        if let Some(path) = &self.config {
            let config = RequesterConfig::load(path)?;
            let password = self.password.read(&config.keys)?;
            let key = join::open(&config.keys, &password)?.account(names::ACCOUNT)?;
            let client = join::connect(&config.chain).await?;
            let account = join::account(&client, key).await?;
            return Ok(Accreditor { account, schema: Schema::bithive(), home: None });
        }
        let home = Home::open(home).await?;
        let account = home.local.account(home.key(&self.from)?).await?;
        let schema = home.local.schema.clone();
        Ok(Accreditor { account, schema, home: Some(home) })
    }
}

impl Accreditor {
    fn address_of(&self, node: &str) -> Result<String> {
        match &self.home {
            Some(home) => address_of(home, node),
            None => Ok(validate_address(node)?.to_string()),
        }
    }

    async fn accredited(&self, node: &str) -> Result<AccreditedResponse> {
        let found = self.account.client().accredited(node).await?;
        found.with_context(|| format!("{node} is not registered as a node"))
    }
}

/// Runs a command.
pub async fn run(command: Command, home: &Path, output: Output) -> Result<ExitCode> {
    match command {
        Command::Show { file } => show(&file, output)?,
        Command::Grant { file, node, days, accreditor } => {
            let accreditor = accreditor.open(home).await?;
            grant(&accreditor, &file, &node, days, output).await?;
        }
        Command::Run(args) => return measure::run(args, output).await,
        Command::Revoke { node, accreditor } => revoke(&accreditor.open(home).await?, &node, output).await?,
        Command::List { node, accreditor } => {
            list(&accreditor.open(home).await?, node.as_deref(), output).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(file: &Path, output: Output) -> Result<()> {
    let schema = Schema::bithive();
    let disclosure = read(file)?;
    let attributes = disclosure.verify(&schema)?;
    let slots = schema.slots();
    let label = |slot: u16| slots.get(usize::from(slot)).map_or("", |slot| slot.label.as_str());
    let commitment = hex::encode(disclosure.commitments().digest());
    let answers: Vec<_> = disclosure
        .answers()
        .map(|input| json!({ "slot": label(input.slot.0), "answer": input.value }))
        .collect();
    let answer = json!({ "commitment": commitment, "attributes": attributes, "answers": answers });
    output.show(&answer, |_| {
        let mut rows = table(&["asked", "answer"]);
        for input in disclosure.answers() {
            rows.add_row([label(input.slot.0).to_owned(), input.value.clone()]);
        }
        println!("commitment {commitment}\n{rows}");
        println!("it opens these commitments; whether the answers are true is yours to find out");
    })
}

async fn grant(accreditor: &Accreditor, file: &Path, node: &str, days: u64, output: Output) -> Result<()> {
    let disclosure = read(file)?;
    let attributes = disclosure.verify(&accreditor.schema)?;
    let node = accreditor.address_of(node)?;
    let vouched = vouch(&accreditor.account, (&disclosure, attributes), &node, days).await?;
    let Vouched { attributes, until, now } = vouched;
    let answer = json!({ "node": node, "attributes": attributes, "until": until });
    output.show(&answer, |_| {
        println!("{node} is accredited for {}; it ends {}", attributes.join(", "), end(until, now));
    })
}

async fn revoke(accreditor: &Accreditor, node: &str, output: Output) -> Result<()> {
    let node = accreditor.address_of(node)?;
    let commitment = (&[]).into();
    let message = ExecuteMsg::Accredit { node: node.clone(), commitment, attributes: vec![], until: 0 };
    accreditor.account.registry(&message).await?;
    output.show(&json!({ "node": node, "attributes": [] }), |_| println!("{node}: taken back"))
}

async fn list(accreditor: &Accreditor, node: Option<&str>, output: Output) -> Result<()> {
    let client = accreditor.account.client();
    let accreditation = client.accreditation().await?;
    let node = node.map(|node| accreditor.address_of(node)).transpose()?;
    let accredited = match &node {
        Some(node) => Some(accreditor.accredited(node).await?),
        None => None,
    };
    let now = client.chain().info().await?.time.seconds();
    let answer = json!({ "accreditation": accreditation, "node": node, "accredited": accredited });
    output.show(&answer, |_| {
        let words = |words: Vec<&str>| if words.is_empty() { "none".to_owned() } else { words.join(", ") };
        let required = accreditation.required.iter().map(String::as_str).collect();
        let accreditors = accreditation.accreditors.iter().map(|account| account.as_str()).collect();
        println!("attributes that need accreditation: {}", words(required));
        println!("accreditors: {}", words(accreditors));
        let Some(accredited) = &accredited else { return };
        let mut rows = table(&["accreditor", "attributes", "ends"]);
        for grant in &accredited.grants {
            let ends = end(grant.until, now);
            rows.add_row([grant.accreditor.to_string(), grant.attributes.join(", "), ends]);
        }
        println!("{rows}");
    })
}
