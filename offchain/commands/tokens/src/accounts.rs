//! What the commands of the token economy share: whose account a name means, and how answers are shown.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use bithive_api::ContractEvent;
use bithive_chain::{Receipt, Sender, SigningKey, Wallet, validate_address};
use bithive_client::amount::show_in;
use bithive_client::{Account, Client, EconomyAccount, EconomyClient, Token};
use bithive_home::{FOUNDER_NAMES, Home, HomeKeys};
use bithive_keystore::{Keystore, PasswordSource, names};
use serde::Serialize;

use super::network::NetworkArgs;
use super::profile::account_of;
use super::unsigned::Draft;

pub(super) use bithive_command_kit::until;

/// Stands for the account of --config or of a profile where a wallet's name is expected; no wallet can be called so.
const OWN: &str = "@";
/// Prefix of a node's name where a wallet's name is expected: each node has its own account.
const NODE: &str = "node:";

/// A network, and the accounts whose keys are at hand: those of a folder, and keystore files by their path.
pub struct Accounts {
    client: Client,
    /// Keystores that have names.
    keys: Option<HomeKeys>,
    /// Address and keystore of the party whose configuration is given.
    own: Option<(String, PathBuf)>,
    /// Of keystore files that are named by their path.
    password: PasswordSource,
    /// Set where transactions are made for somebody else to sign.
    draft: Option<Draft>,
    /// The embedded chain ends with it.
    home: Option<Home>,
}

impl Accounts {
    /// The network that the options name: the home folder's, when they name none.
    ///
    /// # Errors
    /// There is none, its chain does not answer, or a configuration or profile can't be read.
    pub async fn open(network: &NetworkArgs, home: &Path) -> Result<Self> {
        let (password, own, draft) = (network.password(), network.own()?, network.unsigned.draft());
        match network.deployment(home).await? {
            None => {
                let home = Home::open(home).await?;
                let (client, keys) = (home.local.client.clone(), Some(home.keys.clone()));
                Ok(Self { client, keys, own, password, draft, home: Some(home) })
            }
            Some((client, keys)) => Ok(Self { client, keys, own, password, draft, home: None }),
        }
    }

    /// Read access to contracts of the market.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// The address of the party whose configuration is given.
    pub(super) fn own(&self) -> Option<&str> {
        self.own.as_ref().map(|(address, _)| address.as_str())
    }

    /// Makes a wallet of the home folder.
    pub(super) fn new_wallet(&mut self, name: &str) -> Result<()> {
        let home = self.home.as_mut().context("a wallet is of a home folder")?;
        home.new_wallet(name).map(drop)
    }

    /// Whether transactions are made for somebody else to sign.
    pub(super) const fn makes_unsigned(&self) -> bool {
        self.draft.is_some()
    }

    /// The account called `name`, for transactions. Where they are made for somebody else to sign, its address is enough.
    ///
    /// # Errors
    /// There is no account of that name, its keystore does not open, or the chain does not answer.
    pub async fn account(&self, name: &str) -> Result<Account> {
        let chain = self.client.chain().clone();
        let wallet = match self.draft {
            None => Wallet::connect(chain, self.key(name)?).await?,
            Some(draft) => draft.wallet(Wallet::without_key(chain, self.sender(name)?).await?),
        };
        Ok(Account::new(self.client.clone(), wallet))
    }

    /// The address of the account called `name`, with its public key if that takes no password.
    fn sender(&self, name: &str) -> Result<Sender> {
        let address = address(self, name)?;
        let named = address != name && name != OWN && !Path::new(name).is_file();
        Ok(if named { (&self.key(name)?).into() } else { Sender::at(&address)? })
    }

    /// The key of the account called `name`, from its keystore.
    pub(super) fn key(&self, name: &str) -> Result<SigningKey> {
        let is_own = |(address, _): &&(String, PathBuf)| name == OWN || address == name;
        let own = self.own.as_ref().filter(is_own).map(|(_, file)| file.as_path());
        ensure!(
            name != OWN || own.is_some(),
            "@ is the account of --config, or of --profile; name one of them"
        );
        let file = own.unwrap_or(Path::new(name));
        if file.is_file() {
            return Ok(Keystore::open(file, &self.password.read(file)?)?.account(names::ACCOUNT)?);
        }
        let Some(keys) = &self.keys else {
            bail!(
                "{name:?} is no keystore file; on this network accounts are keystores: `bithive keys new --out FILE` makes one"
            );
        };
        let Some(node) = name.strip_prefix(NODE) else { return keys.key(name) };
        let path = keys.file("nodes", node, "json")?;
        if !path.exists() {
            bail!("there is no node {node:?}; add it with `node add {node}`");
        }
        Ok(Keystore::open(&path, &keys.password()?)?.account(names::ACCOUNT)?)
    }

    /// Names of the accounts that exist from the start, and of all wallets.
    fn wallets(&self) -> Result<Vec<String>> {
        let Some(keys) = &self.keys else { return Ok(vec![]) };
        let mut all: Vec<String> = FOUNDER_NAMES.map(Into::into).into();
        all.extend(keys.names("wallets")?);
        Ok(all)
    }

    /// Names of all wallets and nodes.
    fn all(&self) -> Result<Vec<String>> {
        let mut all = self.wallets()?;
        if let Some(keys) = &self.keys {
            all.extend(keys.names("nodes")?.into_iter().map(|node| format!("{NODE}{node}")));
        }
        Ok(all)
    }
}

/// Read access to the economy of a network.
pub(super) fn economy(accounts: &Accounts) -> Result<EconomyClient> {
    Ok(EconomyClient::new(accounts.client.clone())?)
}

/// The account called `name`: a wallet's, with `node:` before it a node's, or that of a keystore file.
pub(super) async fn account(accounts: &Accounts, name: &str) -> Result<EconomyAccount> {
    Ok(EconomyAccount::new(economy(accounts)?, accounts.account(name).await?))
}

/// The address behind a name or a keystore file, or the address itself. A keystore needs no password for it.
pub(super) fn address(accounts: &Accounts, text: &str) -> Result<String> {
    if let Ok(address) = validate_address(text) {
        return Ok(address.to_string());
    }
    if let (OWN, Some(own)) = (text, accounts.own()) {
        return Ok(own.to_owned());
    }
    let file = Path::new(text);
    if file.is_file() { account_of(file) } else { Ok(accounts.key(text)?.address().to_owned()) }
}

/// Names of the accounts that exist from the start, and of all wallets.
pub(super) fn wallets(accounts: &Accounts) -> Result<Vec<String>> {
    accounts.wallets()
}

/// These names, or those of all wallets and nodes if there are none.
pub(super) fn named_or_all(accounts: &Accounts, names: Vec<String>) -> Result<Vec<String>> {
    if !names.is_empty() {
        return Ok(names);
    }
    if let Some(own) = accounts.own() {
        return Ok(vec![own.to_owned()]);
    }
    let all = accounts.all()?;
    ensure!(
        !all.is_empty(),
        "whose? expected keystore files or addresses, because this network's accounts have no names here"
    );
    Ok(all)
}

/// Names by address, for tables; empty for accounts of no home.
#[derive(Default)]
pub(super) struct AddressBook(BTreeMap<String, String>);

impl AddressBook {
    /// All accounts that have names.
    pub(super) fn of(accounts: &Accounts) -> Result<Self> {
        let named = |name: String| Ok((accounts.key(&name)?.address().to_owned(), name));
        Ok(Self(accounts.all()?.into_iter().map(named).collect::<Result<_>>()?))
    }

    /// The name of an account, or its address if it is somebody else's.
    pub(super) fn name(&self, address: &str) -> String {
        self.0.get(address).map_or_else(|| address.to_owned(), Clone::clone)
    }
}

/// Time of the last block, in Unix seconds.
pub(super) async fn now(accounts: &Accounts) -> Result<u64> {
    Ok(accounts.client.chain().info().await?.time.seconds())
}

/// Hundredths of a percent as a percentage.
pub(super) fn percent(bps: u16) -> String {
    format!("{}.{:02} %", bps / 100, bps % 100)
}

/// An amount with the ticker of its token; in base units of a coin, or of a token outside of the economy.
pub(super) fn amount_of(amount: u128, token: &str) -> String {
    match token.parse::<Token>() {
        Ok(token) => show_in(amount, token.symbol()),
        // What it counts in is its maker's to say.
        Err(_) => format!("{amount} of {token}"),
    }
}

/// An amount of BTK.
pub(super) fn btk(amount: u128) -> String {
    show_in(amount, Token::Btk.symbol())
}

/// What a transaction did, from its contract's event; `value` is what a command needs of it.
#[derive(Serialize)]
pub(super) struct Done<T> {
    transaction: String,
    height: u64,
    #[serde(flatten)]
    attributes: BTreeMap<String, Value>,
    #[serde(skip)]
    pub(super) value: T,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Value {
    Number(u128),
    Bool(bool),
    Text(String),
}

impl<T> Done<T> {
    /// Takes with `pick` what is needed from an event of `contract`; `expected` is the event's type.
    pub(super) fn read<E: ContractEvent>(
        receipt: &Receipt,
        contract: &str,
        expected: &str,
        pick: impl Fn(E) -> Option<T>,
    ) -> Result<Self> {
        let (value, event) = receipt.announced(contract, expected, pick)?;
        let own = event.attributes.iter().filter(|(key, _)| !key.starts_with('_'));
        let attributes = |text: &String| match (text.parse(), text.parse()) {
            (Ok(number), _) => Value::Number(number),
            (_, Ok(truth)) => Value::Bool(truth),
            _ => Value::Text(text.clone()),
        };
        let attributes = own.map(|(key, text)| (key.clone(), attributes(text))).collect();
        Ok(Self { transaction: receipt.hash.to_string(), height: receipt.height, attributes, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_their_two_largest_units() {
        for (left, told) in [
            (0, "now"),
            (59, "in 59 s"),
            (61, "in 1 min 1 s"),
            (3_660, "in 1 h 1 min"),
            (90_000, "in 1 d 1 h"),
        ] {
            assert_eq!(until(1_000 + left, 1_000), told);
        }
        assert_eq!(until(1, 2), "now");
        assert_eq!(percent(1_005), "10.05 %");
    }
}
