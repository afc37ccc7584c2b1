//! What commands know of nodes: those of a home by name, and attributes as they are written.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use bithive_blindmatch::attributes::AttributeValue;
use bithive_blindmatch::schema::{Attribute, Schema};
use bithive_daemon::keys::NodeFile;
use bithive_home::Home;
use bithive_keystore::Kdf;
use bithive_node::NodeKeys;

/// The address of the node called `name`; an address stands for itself.
pub(crate) fn address_of(home: &Home, name: &str) -> Result<String> {
    match bithive_chain::validate_address(name) {
        Ok(address) => Ok(address.to_string()),
        Err(_) => Ok(load(home, name)?.0.account.address().to_owned()),
    }
}

/// As [`address_of`] where there is a home folder; elsewhere addresses only.
pub(crate) fn address_or_name(home: Option<&Home>, name: &str) -> Result<String> {
    match home {
        Some(home) => address_of(home, name),
        None => Ok(bithive_chain::validate_address(name)?.to_string()),
    }
}

/// Keys of the node called `name`, and its file.
pub(crate) fn load(home: &Home, name: &str) -> Result<(NodeKeys, NodeFile)> {
    let path = home.file("nodes", name, "json")?;
    if !path.exists() {
        bail!("there is no node {name:?}; add it with `node add {name}`");
    }
    let stored = NodeFile::read(&path, &home.password()?)?;
    Ok((stored.keys(&home.local.crs)?, stored))
}

/// Writes the keystore of a new node.
pub(crate) fn store(home: &mut Home, name: &str, node: &NodeFile) -> Result<()> {
    let file = home.file("nodes", name, "json")?;
    Ok(node.create(&file, (&home.password()?, Kdf::RANDOM), &mut home.rng)?)
}

/// Reads NAME=VALUE for every attribute.
pub(crate) fn parse_attributes(
    texts: &[String],
    schema: &Schema,
) -> Result<BTreeMap<String, AttributeValue>> {
    let mut values = BTreeMap::new();
    for text in texts {
        let (name, value) =
            text.split_once('=').with_context(|| format!("--set {text:?}; expected NAME=VALUE"))?;
        let value = match schema.attribute(name) {
            Some(Attribute::Ordered { .. }) => {
                let number =
                    value.parse().with_context(|| format!("--set {text:?}; expected a whole number"))?;
                AttributeValue::Number(number)
            }
            Some(Attribute::Set { .. }) => {
                let members = value.split(',').map(str::trim).filter(|member| !member.is_empty());
                AttributeValue::Members(members.map(Into::into).collect())
            }
            Some(Attribute::Vector { .. }) => {
                AttributeValue::Vector(value.parse().with_context(|| format!("--set {name}"))?)
            }
            // An unknown name is refused by the schema, with the names that it has.
            Some(Attribute::Categorical { .. }) | None => AttributeValue::Category(value.into()),
        };
        if values.insert(name.to_owned(), value).is_some() {
            bail!("--set names {name:?} twice");
        }
    }
    Ok(values)
}
