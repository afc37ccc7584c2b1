//! What was deployed on which chain.
//!
//! What belongs to a deployment is in `deployments/<chain id>` of the home:
//!
//! ```text
//! deployment.json   addresses of the contracts, as parties use them; not on a chain without a market
//! founders.json     keys of operator, treasury, incentive pool and committee
//! crs.bin           reference string of the broadcast groups, likewise
//! groups.json       how many groups, likewise
//! record.json       every contract's address, and how far the deployment is
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use bithive_chain::SigningKey;
use bithive_client::Deployment;
use bithive_deploy::{Contract, Record};

use crate::{DEPLOYMENT, read_deployment, read_founders, read_json};

/// How far a deployment is.
pub const RECORD: &str = "record.json";

/// Whether a deployment was begun on a chain.
pub fn is_deployed(home: &Path, chain_id: &str) -> Result<bool> {
    Ok(folder(home, chain_id)?.join(RECORD).exists())
}

/// The home's own network, if that is the chain's: while it is served, it is asked as any other.
fn own(home: &Path, chain_id: &str) -> Result<Option<Deployment>> {
    if !home.join(DEPLOYMENT).exists() {
        return Ok(None);
    }
    Ok(Some(read_deployment(home)?).filter(|own| own.chain_id == chain_id))
}

/// The contracts that were deployed on a chain, and its operator's key.
pub fn deployed(home: &Path, chain_id: &str) -> Result<(BTreeMap<Contract, String>, SigningKey)> {
    if let Some(own) = own(home, chain_id)? {
        let contracts = own.contracts().map(|(contract, at)| (contract, at.to_owned())).collect();
        return Ok((contracts, read_founders(home)?.operator));
    }
    let folder = folder(home, chain_id)?;
    ensure!(is_deployed(home, chain_id)?, "nothing is deployed on {chain_id}; `bithive deploy` does it");
    Ok((record(&folder)?.contracts, read_founders(&folder)?.operator))
}

/// What the home folder knows of a chain, and the folder that has its keys and files: its own network, while it is served, or what was
/// deployed there, [without a market](Deployment::without_market) where there is none. Nothing where nothing was.
pub fn known(home: &Path, chain_id: &str) -> Result<Option<(Deployment, PathBuf)>> {
    if let Some(own) = own(home, chain_id)? {
        return Ok(Some((own, home.to_owned())));
    }
    let folder = folder(home, chain_id)?;
    if folder.join(DEPLOYMENT).exists() {
        return Ok(Some((read_json(&folder.join(DEPLOYMENT))?, folder)));
    }
    if !folder.join(RECORD).exists() {
        return Ok(None);
    }
    Ok(Some((Deployment::without_market(chain_id, record(&folder)?.contracts), folder)))
}

/// Removes the record of deployments on a chain that was removed.
pub fn forget(home: &Path, chain_id: &str) -> Result<()> {
    let folder = folder(home, chain_id)?;
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    Ok(())
}

/// Folder of a deployment. A chain id comes from a node, and becomes a path here.
pub fn folder(home: &Path, chain_id: &str) -> Result<PathBuf> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if chain_id.starts_with('.') || chain_id.is_empty() || !chain_id.bytes().all(plain) {
        bail!(
            "chain id {chain_id:?} can't be the name of a folder; expected letters, digits, '-', '_' and '.'"
        );
    }
    Ok(home.join("deployments").join(chain_id))
}

/// How far the deployment in a folder is.
pub fn record(folder: &Path) -> Result<Record> {
    let path = folder.join(RECORD);
    if path.exists() { read_json(&path) } else { Ok(Record::default()) }
}
