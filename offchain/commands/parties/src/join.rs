//! Taking part over the network: keys, and the registration that goes with them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bithive_blindmatch::attributes::Attributes;
use bithive_blindmatch::schema::Schema;
use bithive_chain::{SigningKey, Wallet};
use bithive_client::amount::{self, show};
use bithive_client::{Account, Client};
use bithive_command_kit::Output;
pub(crate) use bithive_command_kit::{connect, open_keystore as open};
use bithive_daemon::config::{CommitteeConfig, NodeConfig, RequesterConfig, Settings};
use bithive_daemon::keys::{self, NodeFile};
use bithive_dgkbe::Groups;
use bithive_dgkbe::keys::UnverifiedPublicKey;
use bithive_keystore::{Keystore, fresh_rng, names};
use serde_json::json;

use super::keys::PasswordArgs;
use super::nodes::parse_attributes;

/// Arguments of `bithive node join`.
#[derive(clap::Args)]
pub struct NodeJoinArgs {
    /// Configuration, as `bithive config init node` writes it; its keystore is made by `bithive keys new`.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    #[command(flatten)]
    password: PasswordArgs,
    /// An attribute, like vram=24, region=eu or certifications=iso27001,gdpr; every one of the schema.
    #[arg(long = "set", value_name = "NAME=VALUE", required = true)]
    attributes: Vec<String>,
    /// What it asks for a job, in BTT.
    #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
    ask: u128,
    /// DGKBE slot; the first free one by default.
    #[arg(long)]
    slot: Option<u16>,
    /// Bond in BTT.
    #[arg(long, allow_negative_numbers = true, value_parser = amount::parse, default_value = "1000")]
    bond: u128,
}

/// Arguments of `bithive requester join`.
#[derive(clap::Args)]
pub struct RequesterJoinArgs {
    /// Configuration, as `bithive config init requester` writes it; its keystore is made by `bithive keys new`.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    #[command(flatten)]
    password: PasswordArgs,
    /// Bond in BTT.
    #[arg(long, allow_negative_numbers = true, value_parser = amount::parse, default_value = "100")]
    bond: u128,
}

/// Derives a node's keys for its slot and registers it. When it is run again, it continues where it stopped.
pub async fn node(args: NodeJoinArgs, output: Output) -> Result<()> {
    let config = NodeConfig::load(&args.config)?;
    let schema = Schema::bithive();
    let values = parse_attributes(&args.attributes, &schema)?;
    Attributes::new(&schema, values.clone())?;
    let client = connect(&config.chain).await?;
    let crs = client.reference_string(&config.reference_string).await?.shared();
    let groups = client.groups().await?;
    let slot = match args.slot {
        Some(slot) => slot,
        None => free_slot(&client, groups).await?,
    };
    let password = args.password.read(&config.keys)?;
    let mut keystore = open(&config.keys, &password)?;
    if !keystore.has(names::NODE) || !config.public_key.exists() {
        // A node whose records are lost takes its slot again.
        let registered = client.node(keystore.account(names::ACCOUNT)?.address()).await?;
        let slot = registered.map_or(slot, |node| node.registration.slot);
        let (keys, public) = keys::derive_node(&keystore, &crs, groups, slot)?;
        keys::write(&config.public_key, &public.encode())?;
        // The keystore last: its entry says that both are there.
        NodeFile::new(&keys, values, args.ask).store(&mut keystore)?;
        let kdf = Keystore::costs(&config.keys)?;
        keystore.replace(&config.keys, (&password, kdf), &mut fresh_rng()?)?;
    }
    let file = NodeFile::of(&keystore)?;
    let keys = file.keys(&crs)?;
    let address = keys.account.address().to_owned();
    if client.node(&address).await?.is_none() {
        let public = std::fs::read(&config.public_key).with_context(|| shown(&config.public_key))?;
        let public = UnverifiedPublicKey::decode(&crs, &public)?.verify(&crs, &mut fresh_rng()?)?;
        funded(&client, &address, args.bond).await?;
        let place = groups.place(slot)?;
        anyhow::ensure!(
            place.slot == public.slot(),
            "--slot is {slot}, and the keys are for slot {} of a group; expected that one, or remove {}",
            public.slot(),
            config.keys.display()
        );
        let domain = client.deployment().registry_domain();
        // Those of the keystore: an earlier run may have stored others.
        let attributes = Attributes::new(&schema, file.attributes.clone())?;
        let registration = keys.registration(domain, slot, &public, &attributes);
        account(&client, keys.account).await?.register_node(registration, args.bond).await?;
    }
    let node = client.node(&address).await?.context("the node is not registered")?;
    output.show(&node, |node| println!("{} has slot {}", node.address, node.registration.slot))
}

/// Registers a requester. When it is run again, it continues where it stopped.
pub async fn requester(args: RequesterJoinArgs, output: Output) -> Result<()> {
    let config = RequesterConfig::load(&args.config)?;
    let password = args.password.read(&config.keys)?;
    let keystore = open(&config.keys, &password)?;
    let (key, endpoint) = (keystore.account(names::ACCOUNT)?, keystore.endpoint(names::ENDPOINT)?);
    let client = connect(&config.chain).await?;
    let address = key.address().to_owned();
    if client.requester(&address).await?.is_none() {
        funded(&client, &address, args.bond).await?;
        account(&client, key).await?.register_requester(endpoint.id().0, args.bond).await?;
    }
    let answer = json!({ "address": address, "endpoint": endpoint.id().to_string() });
    output.show(&answer, |_| println!("{address} is registered with endpoint {}", endpoint.id()))
}

/// Shows the keys that the registry's owner needs to name the member; needs no password.
pub fn committee(config: &Path, output: Output) -> Result<()> {
    show_keys(&CommitteeConfig::load(config)?.keys, output)
}

/// Shows the account and the endpoint of a keystore; needs no password.
pub fn show_keys(keystore: &Path, output: Output) -> Result<()> {
    anyhow::ensure!(
        keystore.exists(),
        "{0} is not there; make it with `bithive keys new --out {0}`",
        keystore.display()
    );
    let entries = Keystore::describe(keystore)?;
    let public = |name: &str| {
        let found = entries.iter().find(|entry| entry.name == name).map(|entry| entry.public.clone());
        found.with_context(|| format!("{} has no entry {name:?}", shown(keystore)))
    };
    let (address, endpoint) = (public(names::ACCOUNT)?, public(names::ENDPOINT)?);
    let answer = json!({ "address": address, "endpoint": endpoint });
    output.show(&answer, |_| println!("account {address}, endpoint {endpoint}"))
}

pub(crate) async fn account(client: &Client, key: SigningKey) -> Result<Account> {
    Ok(Account::new(client.clone(), Wallet::connect(client.chain().clone(), key).await?))
}

/// Checks that the account can pay; the error says what it lacks.
async fn funded(client: &Client, address: &str, bond: u128) -> Result<()> {
    let denom = client.chain().info().await?.fee_denom;
    let (btt, fees) = (client.balance(address).await?, client.chain().balance(address, &denom).await?);
    if btt < bond || fees == 0 {
        bail!(
            "account {address} holds {} and {fees} {denom}; expected at least {} for the bond and some {denom} for \
             fees: send them to it, then run this again; where the operator's keys are, that is \
             `bithive wallet fund {address} --amount {}`",
            show(btt),
            show(bond),
            amount::digits(bond.saturating_sub(btt))
        );
    }
    Ok(())
}

/// The lowest slot that nobody has.
pub async fn free_slot(client: &Client, groups: Groups) -> Result<u16> {
    let taken: BTreeSet<u16> = client.nodes().await?.iter().map(|node| node.registration.slot).collect();
    let slots = groups.slots();
    (1..=slots).find(|slot| !taken.contains(slot)).with_context(|| format!("all {slots} slots are taken"))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
