//! `bithive profile`: networks and accounts by a name of one's own.
//!
//! They are kept in `profiles.toml` of the user's configuration folder, a table for each:
//!
//! ```toml
//! [hive]
//! network = "/srv/hive/hive.network"
//! account = "/srv/hive/alice.json"
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf, absolute};

use anyhow::{Context as _, Result, ensure};
use bithive_client::NetworkFile;
use bithive_command_kit::{Configured, Output, table};
use bithive_keystore::{Keystore, names, private};
use clap::{ArgGroup, Args, Subcommand};
use serde::{Deserialize, Serialize};
use serde_json::json;
use toml_edit::{DocumentMut, Item, Table, value};

/// Most bytes of the file.
const MOST_BYTES: usize = 1 << 20;
/// Most characters of a name.
const LONGEST_NAME: usize = 32;

/// Networks and accounts by a name of one's own: `--profile NAME` stands for their options in commands of the economy. The file has no
/// secrets: an account is the path of its keystore.
#[derive(Subcommand)]
pub enum Command {
    /// Keep options under a name, for example: profile add hive --network hive.network --account alice.json
    ///
    /// Then `wallet show --profile hive` shows that account, and `--from @` sends from it.
    Add(AddArgs),
    /// List the profiles.
    List,
    /// Forget a profile. What it names stays where it is.
    Remove {
        /// Name of the profile.
        name: String,
    },
}

/// A new profile.
#[derive(Args)]
#[command(group = ArgGroup::new("place").args(["network", "chain", "config"]).multiple(true).required(true))]
pub struct AddArgs {
    /// Its name: letters, digits, - and _.
    name: String,
    /// File of a network, as `bithive deployment export` writes it.
    #[arg(long, value_name = "FILE")]
    network: Option<PathBuf>,
    /// A chain of the devnet, or the URL of a node's RPC.
    #[arg(long, value_name = "NAME|URL")]
    chain: Option<String>,
    /// Configuration of a party, whose network and account are meant.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["network", "chain", "account"])]
    config: Option<PathBuf>,
    /// Keystore of the account that is meant where none is named, and by `@`.
    #[arg(long, value_name = "FILE")]
    account: Option<PathBuf>,
    /// Replace a profile of this name.
    #[arg(long)]
    replace: bool,
}

/// What a name stands for; each as the option of its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) network: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) chain: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) config: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<PathBuf>,
}

impl Profile {
    /// What a name stands for.
    pub(super) fn named(name: &str) -> Result<Self> {
        let file = file()?;
        let mut profiles = parse(&file, &read(&file)?)?;
        let known = profiles.keys().cloned().collect::<Vec<_>>().join(", ");
        profiles.remove(name).with_context(|| match known.as_str() {
            "" => format!("there is no profile {name:?}, and no other; `bithive profile add` makes one"),
            known => format!("there is no profile {name:?}; expected one of {known}"),
        })
    }

    /// Its values by the names of their options.
    fn options(&self) -> [(&'static str, Option<String>); 4] {
        let text = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        [
            ("network", text(&self.network)),
            ("chain", self.chain.clone()),
            ("config", text(&self.config)),
            ("account", text(&self.account)),
        ]
    }
}

/// Address of a keystore's account, which needs no password.
pub(super) fn account_of(keystore: &Path) -> Result<String> {
    let entries = Keystore::describe(keystore)?;
    let account = entries.into_iter().find(|entry| entry.name == names::ACCOUNT).map(|entry| entry.public);
    account.with_context(|| format!("{} has no entry {:?}", keystore.display(), names::ACCOUNT))
}

/// The file of the user, whether it is there or not.
fn file() -> Result<PathBuf> {
    let folder = |name| std::env::var_os(name).map(PathBuf::from).filter(|path: &PathBuf| path.is_absolute());
    let config = folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")));
    let config =
        config.context("neither XDG_CONFIG_HOME nor HOME names a folder, in which profiles would be")?;
    Ok(config.join("bithive").join("profiles.toml"))
}

/// The text of the file; none where it is not there.
fn read(file: &Path) -> Result<String> {
    let named = || file.display().to_string();
    let length = match std::fs::metadata(file) {
        Ok(found) => found.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(String::new()),
        Err(error) => return Err(error).with_context(named),
    };
    ensure!(length <= MOST_BYTES as u64, "{} has {length} bytes; at most {MOST_BYTES} are read", named());
    std::fs::read_to_string(file).with_context(named)
}

fn parse(file: &Path, text: &str) -> Result<BTreeMap<String, Profile>> {
    toml::from_str(text)
        .with_context(|| format!("{}; expected tables as `bithive profile add` writes them", file.display()))
}

/// Changes the file, and leaves what else is in it as it is.
fn change(
    change: impl FnOnce(&mut DocumentMut, &BTreeMap<String, Profile>) -> Result<()>,
) -> Result<PathBuf> {
    let file = file()?;
    let text = read(&file)?;
    let profiles = parse(&file, &text)?;
    let mut document: DocumentMut = text.parse().with_context(|| file.display().to_string())?;
    change(&mut document, &profiles)?;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    private::replace(&file, document.to_string().as_bytes())?;
    Ok(file)
}

/// Runs a command.
pub fn run(command: Command, output: Output) -> Result<()> {
    match command {
        Command::Add(args) => add(args, output),
        Command::List => {
            let file = file()?;
            let profiles = parse(&file, &read(&file)?)?;
            output.show(&json!({ "file": file, "profiles": profiles }), |_| {
                if profiles.is_empty() {
                    println!("there are no profiles; `bithive profile add` makes one");
                    return;
                }
                let mut rows = table(&["profile", "network", "chain", "config", "account"]);
                for (name, profile) in &profiles {
                    let options = profile.options().into_iter().map(|(_, text)| text.unwrap_or_default());
                    rows.add_row(std::iter::once(name.clone()).chain(options));
                }
                println!("{rows}");
            })
        }
        Command::Remove { name } => {
            let file = change(|document, profiles| {
                ensure!(
                    profiles.contains_key(&name),
                    "there is no profile {name:?}; `bithive profile list` shows them"
                );
                document.remove(&name);
                Ok(())
            })?;
            output.show(&json!({ "file": file, "removed": name }), |_| println!("{name} is forgotten"))
        }
    }
}

fn add(args: AddArgs, output: Output) -> Result<()> {
    let AddArgs { name, network, chain, config, account, replace } = args;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    ensure!(
        !name.is_empty() && name.len() <= LONGEST_NAME && name.bytes().all(plain),
        "{name:?} is no name of a profile; expected 1 to {LONGEST_NAME} letters, digits, - and _"
    );
    ensure!(
        !chain.as_ref().is_some_and(|chain| chain.contains('@')),
        "--chain has a name or a password before @; profiles keep no secrets, expected a URL without them"
    );
    // What can't be used is refused now, not when it is needed.
    if let Some(file) = &network {
        NetworkFile::read(file)?;
    }
    if let Some(file) = &config {
        Configured::load(file)?;
    }
    if let Some(file) = &account {
        account_of(file)?;
    }
    // A profile is used in any folder.
    let whole = |path: Option<PathBuf>| path.map(absolute).transpose();
    let profile =
        Profile { network: whole(network)?, chain, config: whole(config)?, account: whole(account)? };
    let file = change(|document, profiles| {
        ensure!(
            replace || !profiles.contains_key(&name),
            "there is a profile {name:?} already; --replace replaces it"
        );
        let mut entry = Table::new();
        for (option, text) in profile.options() {
            if let Some(text) = text {
                entry.insert(option, value(text));
            }
        }
        document.insert(&name, Item::Table(entry));
        Ok(())
    })?;
    output.show(&json!({ "file": file, "name": name, "profile": profile }), |_| {
        println!("--profile {name} stands for these options from now on");
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_read_strictly() {
        let read = |text: &str| parse(Path::new("profiles.toml"), text);
        let found = read("[hive]\nnetwork = '/srv/hive.network'\naccount = '/srv/alice.json'\n").unwrap();
        assert_eq!(found["hive"].account.as_deref(), Some(Path::new("/srv/alice.json")));
        for text in ["[hive]\npassword = 'x'\n", "hive = 1\n", "[hive\n", "[hive]\nchain = 1\n"] {
            assert!(read(text).unwrap_err().to_string().contains("profile add"), "{text}");
        }
        assert_eq!(read("").unwrap(), BTreeMap::new());
    }
}
