//! `bithive setup`: everything that a party needs before its first start, in one folder.
//!
//! The chain is asked first, and nothing is written before all answers fit together. Each file is made whole or not at all,
//! and one that is there stays, so the command goes on where an earlier run of it stopped.

mod args;
mod ask;
mod network;
mod next;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use bithive_command_kit::Output;
use bithive_daemon::config::Draft;
use bithive_keystore::{Kdf, Keystore, Password, PasswordSource, fresh_rng, names, private};
use serde::Serialize;
use serde_json::json;

pub use self::args::SetupArgs;

use self::args::Role;
use self::network::Network;
use super::keys::{PasswordArgs, new_keystore};

/// Name of the file with the addresses of the contracts, as the templates have it.
const DEPLOYMENT: &str = "deployment.json";
/// Name of the file with the reference string, as the templates have it.
const REFERENCE_STRING: &str = "crs.bin";

/// A file of the party.
#[derive(Serialize)]
struct Written {
    file: PathBuf,
    /// Whether it was there before.
    kept: bool,
}

/// Makes the files of a party.
pub async fn run(mut args: SetupArgs, home: &Path, output: Output) -> Result<()> {
    if !args.yes {
        ask::complete(&mut args)?;
    }
    let role = args.role;
    let network = Network::find(&args).await?;
    let folder = args.dir.clone().unwrap_or_else(|| role.name().into());
    let draft = Draft { rpc: network.rpc.clone(), relays: network.relays.clone(), listen: args.listen };
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;

    let mut files = vec![same(&folder.join(DEPLOYMENT), &serde_json::to_vec_pretty(&network.deployment)?)?];
    if let Some(reference_string) = &network.reference_string {
        files.push(same(&folder.join(REFERENCE_STRING), reference_string)?);
    }
    let mut account = None;
    if role.has_keys() {
        let keystore = folder.join(format!("{}.json", role.name()));
        let kept = keystore.exists();
        if !kept {
            let founder = args.founder.map(|number| founder(&args, home, &network, number)).transpose()?;
            let kdf = ready_password(&args.password)?;
            match founder {
                None => drop(new_keystore(&keystore, args.words_out.as_deref(), (&args.password, kdf))?),
                Some(keys) => {
                    let password = args.password.read(&keystore)?;
                    keys.create(&keystore, (&password, kdf), &mut fresh_rng()?)?;
                }
            }
        }
        let entries = Keystore::describe(&keystore)?;
        let public = |name| entries.iter().find(|entry| entry.name == name).map(|entry| entry.public.clone());
        account = public(names::ACCOUNT).zip(public(names::ENDPOINT));
        files.push(Written { file: keystore, kept });
    }
    // Last: a folder with a configuration is complete.
    let config = folder.join(format!("{}.toml", role.name()));
    let kept = config.exists();
    if !kept {
        let text = draft.text(role.name()).context("there is no template for the role")?;
        private::create(&config, text.as_bytes())?;
    }
    // One that was kept has to fit to the rest as well.
    network.expect_same(&config, role)?;
    files.push(Written { file: config.clone(), kept });

    let next = next::commands(role, &config, account.as_ref(), &args.password);
    let (address, endpoint) = account.unzip();
    let answer = json!({
        "role": role.name(), "chain_id": network.deployment.chain_id, "config": config, "files": files,
        "address": address, "endpoint": endpoint, "next": next,
    });
    output.show(&answer, |_| {
        for Written { file, kept } in &files {
            println!("{} {}", if *kept { "kept " } else { "wrote" }, file.display());
        }
        if let (Some(address), Some(endpoint)) = (&address, &endpoint) {
            println!("account {address}, endpoint {endpoint}");
        }
        println!("\nWhat comes next:");
        for step in &next {
            println!("  {}\n    {}", step.what, step.command);
        }
    })
}

/// The keys of a member of the first committee, which are in the home folder.
fn founder(args: &SetupArgs, home: &Path, network: &Network, number: usize) -> Result<Keystore> {
    ensure!(args.role == Role::Committee, "--founder is for members of the committee");
    let chain_id = &network.deployment.chain_id;
    let own = home.join(bithive_home::DEPLOYMENT).exists()
        && bithive_home::read_deployment(home)?.chain_id == *chain_id;
    let folder = if own { home.to_owned() } else { bithive_home::deployments::folder(home, chain_id)? };
    ensure!(
        folder.join(bithive_home::FOUNDERS).exists(),
        "{} has no keys of those who made the network on {chain_id}; name another folder with --home",
        home.display()
    );
    let members = bithive_home::read_founders(&folder)?.committee;
    let count = members.len();
    let member = number.checked_sub(1).and_then(|index| members.into_iter().nth(index));
    let member = member.with_context(|| format!("--founder is {number}; expected 1 to {count}"))?;
    let mut keystore = Keystore::new();
    keystore.insert_account(names::ACCOUNT, &member.account)?;
    keystore.insert_endpoint(names::ENDPOINT, &member.endpoint)?;
    Ok(keystore)
}

/// Writes a file, or accepts the one that is there if it has the same content.
fn same(file: &Path, content: &[u8]) -> Result<Written> {
    let shown = || file.display().to_string();
    if !file.exists() {
        private::create(file, content)?;
        return Ok(Written { file: file.into(), kept: false });
    }
    let found = std::fs::read(file).with_context(shown)?;
    ensure!(
        found == content,
        "{} is of another network; choose another folder with --dir, or move it away",
        file.display()
    );
    Ok(Written { file: file.into(), kept: true })
}

/// Makes the password file if one is named that is not there, and says what a guess at the password has to cost.
fn ready_password(password: &PasswordArgs) -> Result<Kdf> {
    let PasswordSource::File(file) = password.source() else {
        return Ok(Kdf::PERSON);
    };
    if file.exists() {
        return Ok(Kdf::PERSON);
    }
    Password::random(&mut fresh_rng()?).write(&file)?;
    // 256 random bits need nothing that makes guesses expensive.
    Ok(Kdf::RANDOM)
}
