//! A node's own business with the registry: its bond, what it has committed to, and what it shows to accreditors.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bithive_api::registry::{AccreditedResponse, ExecuteMsg};
use bithive_blindmatch::schema::Schema;
use bithive_client::amount::{self, show};
use bithive_client::{Account, Client};
use bithive_command_kit::{Output, until};
use bithive_daemon::config::{NodeConfig, Settings};
use bithive_daemon::keys::NodeFile;
use bithive_home::Home;
use bithive_keystore::{Keystore, Password, fresh_rng, private};
use serde_json::json;

use super::join;
use super::keys::PasswordArgs;
use super::nodes::{load, parse_attributes};

/// Which node: one of the home folder, or one with a configuration of its own.
#[derive(clap::Args)]
pub struct NodeArgs {
    /// Name of a node of the home folder.
    #[arg(required_unless_present = "config", conflicts_with = "config")]
    name: Option<String>,
    /// Configuration of a node that runs over the network.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    password: PasswordArgs,
}

/// A node whose keys are open, on its chain.
struct Opened {
    file: NodeFile,
    keystore: PathBuf,
    password: Password,
    account: Account,
    schema: Schema,
    /// The embedded chain ends with it.
    _home: Option<Home>,
}

impl NodeArgs {
    async fn open(&self, home: &Path) -> Result<Opened> {
        if let Some(path) = &self.config {
            let config = NodeConfig::load(path)?;
            let password = self.password.read(&config.keys)?;
            let file = NodeFile::of(&join::open(&config.keys, &password)?)?;
            let client = join::connect(&config.chain).await?;
            let account = join::account(&client, file.account().clone()).await?;
            let (schema, keystore) = (Schema::bithive(), config.keys);
            return Ok(Opened { file, keystore, password, account, schema, _home: None });
        }
        let name = self.name.as_deref().context("expected the name of a node, or --config")?;
        let home = Home::open(home).await?;
        let (_, file) = load(&home, name)?;
        let (keystore, password) = (home.file("nodes", name, "json")?, home.password()?);
        let account = home.local.account(file.account().clone()).await?;
        let schema = home.local.schema.clone();
        Ok(Opened { file, keystore, password, account, schema, _home: Some(home) })
    }
}

impl Opened {
    fn client(&self) -> &Client {
        self.account.client()
    }

    async fn registered(&self) -> Result<AccreditedResponse> {
        let address = self.account.address();
        let found = self.client().accredited(address).await?;
        found.with_context(|| format!("{address} is not registered as a node; register it first"))
    }

    /// Puts other attributes into the node's keystore.
    fn store(&self) -> Result<()> {
        let mut keystore = join::open(&self.keystore, &self.password)?;
        self.file.store(&mut keystore)?;
        let costs = Keystore::costs(&self.keystore)?;
        Ok(keystore.replace(&self.keystore, (&self.password, costs), &mut fresh_rng()?)?)
    }
}

/// Arguments of `bithive node add-bond`.
#[derive(clap::Args)]
pub struct AddBondArgs {
    #[command(flatten)]
    node: NodeArgs,
    /// What to add, in BTT.
    #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
    amount: u128,
}

/// Adds to a node's bond.
pub async fn add_bond(args: AddBondArgs, home: &Path, output: Output) -> Result<()> {
    let opened = args.node.open(home).await?;
    opened.account.add_bond(args.amount).await?;
    let address = opened.account.address();
    let node = opened.client().node(address).await?.context("the node is gone")?;
    output.show(&node, |node| println!("{address} has a bond of {}", show(node.bond.u128())))
}

/// Arguments of `bithive node commit`.
#[derive(clap::Args)]
pub struct CommitArgs {
    #[command(flatten)]
    node: NodeArgs,
    /// Other attributes than before, like vram=48; those that are not named stay.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    attributes: Vec<String>,
}

/// Registers the commitment to a node's attributes, after changing them if that is asked.
pub async fn commit(args: CommitArgs, home: &Path, output: Output) -> Result<()> {
    let mut opened = args.node.open(home).await?;
    let registered = opened.registered().await?;
    let address = opened.account.address();
    let node = opened.client().node(address).await?.context("the node is gone")?;
    anyhow::ensure!(
        node.unbonding_until.is_none(),
        "{address} is leaving, and commits to nothing any more; jobs that it has go on"
    );
    let changes = parse_attributes(&args.attributes, &opened.schema)?;
    opened.file.attributes.extend(changes);
    let commitment = opened.file.answers(&opened.schema)?.commitments().digest();
    let differs = registered.commitment.as_slice() != commitment;
    let now = opened.client().chain().info().await?.time.seconds();
    if differs && now < registered.changeable_from {
        anyhow::bail!(
            "the commitment to attributes can be replaced {}: as often as a node could leave and come back",
            until(registered.changeable_from, now)
        );
    }
    if !args.attributes.is_empty() {
        // Before the transaction: run again, it goes on from here.
        opened.store()?;
    }
    if differs {
        let message = ExecuteMsg::CommitAttributes { commitment: (&commitment).into() };
        opened.account.registry(&message).await?;
    }
    let answer = json!({
        "address": opened.account.address(), "commitment": hex::encode(commitment), "registered": differs,
    });
    output.show(&answer, |_| {
        if differs {
            println!("the commitment {} is registered; accreditors have to see it", hex::encode(commitment));
            println!("restart the node if it runs; what changed is evaluated from the next epoch on");
        } else {
            println!("the commitment {} is registered already", hex::encode(commitment));
        }
    })
}

/// Arguments of `bithive node disclose`.
#[derive(clap::Args)]
pub struct DiscloseArgs {
    #[command(flatten)]
    node: NodeArgs,
    /// Attribute to show, for example region; several can be named.
    #[arg(long = "attribute", value_name = "NAME", required = true)]
    attributes: Vec<String>,
    /// File to write, for the accreditor and nobody else.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Writes what shows some attributes to an accreditor.
pub async fn disclose(args: DiscloseArgs, home: &Path, output: Output) -> Result<()> {
    let opened = args.node.open(home).await?;
    let answers = opened.file.answers(&opened.schema)?;
    let disclosure = answers.disclose(&opened.schema, &args.attributes)?;
    anyhow::ensure!(
        opened.registered().await?.commitment.as_slice() == answers.commitments().digest(),
        "the registry has another commitment; register this one with `bithive node commit`"
    );
    private::create(&args.out, &disclosure.encode())?;
    let file = args.out.display().to_string();
    let answer = json!({ "node": opened.account.address(), "attributes": args.attributes, "file": file });
    output.show(&answer, |_| {
        println!("{file} shows {} of {}", args.attributes.join(", "), opened.account.address());
        println!("give it to an accreditor over a channel that nobody else reads");
    })
}

/// Starts to leave the registry.
pub async fn unbond(args: NodeArgs, home: &Path, output: Output) -> Result<()> {
    let opened = args.open(home).await?;
    opened.account.registry(&ExecuteMsg::Unbond {}).await?;
    let address = opened.account.address();
    let node = opened.client().node(address).await?.context("the node is gone")?;
    let now = opened.client().chain().info().await?.time.seconds();
    let free = until(node.unbonding_until.unwrap_or_default(), now);
    output.show(&node, |_| println!("{address} is leaving; its bond is free {free}"))
}
