//! What the commands of the token economy share: whose account a name means, and how answers are shown.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use bithive_api::ContractEvent;
use bithive_chain::{Chain, Receipt, SigningKey, validate_address};
use bithive_client::amount::show_in;
use bithive_client::{EconomyAccount, EconomyClient, Token};
use bithive_home::{FOUNDER_NAMES, Home};
use bithive_keystore::{Keystore, names};
use serde::Serialize;

pub(super) use bithive_command_kit::until;

/// Prefix of a node's name where a wallet's name is expected: each node has its own account.
const NODE: &str = "node:";

/// Read access to the economy of a network.
pub(super) fn economy(home: &Home) -> Result<EconomyClient> {
    home.economy()
}

/// The account called `name`: a wallet's, or with `node:` before it a node's.
pub(super) async fn account(home: &Home, name: &str) -> Result<EconomyAccount> {
    let account = home.local.account(key(home, name)?).await?;
    Ok(EconomyAccount::new(economy(home)?, account))
}

fn key(home: &Home, name: &str) -> Result<SigningKey> {
    let Some(node) = name.strip_prefix(NODE) else { return home.key(name) };
    let path = home.file("nodes", node, "json")?;
    if !path.exists() {
        bail!("there is no node {node:?}; add it with `node add {node}`");
    }
    Ok(Keystore::open(&path, &home.password()?)?.account(names::ACCOUNT)?)
}

/// The address behind a name, or the address itself.
pub(super) fn address(home: &Home, text: &str) -> Result<String> {
    match validate_address(text) {
        Ok(address) => Ok(address.to_string()),
        Err(_) => Ok(key(home, text)?.address().to_owned()),
    }
}

/// Names of the accounts that exist from the start, and of all wallets.
pub(super) fn wallets(home: &Home) -> Result<Vec<String>> {
    let mut all: Vec<String> = FOUNDER_NAMES.map(Into::into).into();
    all.extend(home.names("wallets")?);
    Ok(all)
}

/// These names, or those of all wallets and nodes if there are none.
pub(super) fn named_or_all(home: &Home, names: Vec<String>) -> Result<Vec<String>> {
    if !names.is_empty() {
        return Ok(names);
    }
    let mut all = wallets(home)?;
    all.extend(home.names("nodes")?.into_iter().map(|node| format!("{NODE}{node}")));
    Ok(all)
}

/// Names by address, for tables.
pub(super) struct AddressBook(BTreeMap<String, String>);

impl AddressBook {
    /// All accounts of a home.
    pub(super) fn of(home: &Home) -> Result<Self> {
        let named = |name: String| Ok((key(home, &name)?.address().to_owned(), name));
        Ok(Self(named_or_all(home, vec![])?.into_iter().map(named).collect::<Result<_>>()?))
    }

    /// The name of an account, or its address if it is somebody else's.
    pub(super) fn name(&self, address: &str) -> String {
        self.0.get(address).map_or_else(|| address.to_owned(), Clone::clone)
    }
}

/// Time of the last block, in Unix seconds.
pub(super) async fn now(home: &Home) -> Result<u64> {
    Ok(home.local.chain.info().await?.time.seconds())
}

/// Hundredths of a percent as a percentage.
pub(super) fn percent(bps: u16) -> String {
    format!("{}.{:02} %", bps / 100, bps % 100)
}

/// An amount with the ticker of its token, or with the address of a token outside of the economy.
pub(super) fn amount_of(amount: u128, token: &str) -> String {
    show_in(amount, token)
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
