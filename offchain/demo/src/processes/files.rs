//! The folders of the parties: each has its own, with its keys and configuration, and reads no other's.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bithive_chain::SigningKey;
use bithive_client::Deployment;
use bithive_daemon::keys::{AccountFile, NodeFile};
use bithive_exchange::EndpointKey;
use bithive_home::{CRS, DEPLOYMENT, password_of, write_json};
use bithive_keystore::Kdf;
use bithive_keystore::{fresh_rng, private};
use bithive_node::NodeKeys;

use super::super::node::DemoNode;

const ATTRIBUTES: [&str; 3] = ["vram", "region", "certifications"];
/// What the demo's parties log: themselves, and what goes wrong below.
const FILTER: &str =
    "warn,bithive_daemon=info,bithive_node=info,bithive_committee=info,bithive_transport=info";

/// What every configuration of a network has in common.
pub(super) struct Common {
    /// URL of the chain.
    pub(super) rpc: String,
    /// URL of the relay.
    pub(super) relay: String,
    /// Addresses of the contracts.
    pub(super) deployment: Deployment,
    /// The reference string, encoded.
    pub(super) crs: Vec<u8>,
    /// UDP address to listen on.
    pub(super) listen: &'static str,
}

impl Common {
    /// Makes the folder of a party and writes what all have; returns the path of its configuration.
    fn party(&self, folder: &Path, role: &str, own: &str) -> Result<PathBuf> {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        write_json(&folder.join(DEPLOYMENT), &self.deployment)?;
        if role != "committee" {
            private::replace(&folder.join(CRS), &self.crs)?;
        }
        let text = format!(
            "role = {role:?}\n{own}data = \"data\"\n\n[chain]\nrpc = {:?}\ndeployment = {DEPLOYMENT:?}\n\n[network]\n\
             listen = [{:?}]\nrelays = [{:?}]\n\n[log]\nfilter = {FILTER:?}\n",
            self.rpc, self.listen, self.relay
        );
        let file = folder.join("config.toml");
        private::replace(&file, text.as_bytes())?;
        Ok(file)
    }

    /// A committee member or a requester.
    pub(super) fn account(
        &self,
        folder: &Path,
        role: &str,
        (account, endpoint): (&SigningKey, &EndpointKey),
    ) -> Result<PathBuf> {
        let crs = if role == "committee" { String::new() } else { format!("reference_string = {CRS:?}\n") };
        let file = self.party(folder, role, &format!("keys = \"keys.json\"\n{crs}"))?;
        let keys = AccountFile::new(account, endpoint);
        keys.create(&folder.join("keys.json"), (&password_of(folder)?, Kdf::RANDOM), &mut fresh_rng()?)?;
        Ok(file)
    }

    /// A node. Its keys are there already: [`node_keys`].
    pub(super) fn node(&self, folder: &Path, device: &str) -> Result<PathBuf> {
        let own = format!(
            "keys = \"node.json\"\npublic_key = \"node.pub\"\nreference_string = {CRS:?}\ndevice = {device:?}\n"
        );
        self.party(folder, "node", &own)
    }
}

/// Writes a node's keys into its folder.
pub(super) fn node_keys(folder: &Path, demo_node: &DemoNode, crs: &bithive_dgkbe::Crs) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let held = |name: &str| Some((name.to_owned(), demo_node.profile.attributes.get(name)?.clone()));
    let attributes: BTreeMap<_, _> = ATTRIBUTES.into_iter().filter_map(held).collect();
    let keys = NodeKeys::decode(crs, &demo_node.keys)?;
    let node = NodeFile::new(&keys, attributes, demo_node.profile.ask);
    node.create(&folder.join("node.json"), (&password_of(folder)?, Kdf::RANDOM), &mut fresh_rng()?)?;
    Ok(private::replace(&folder.join("node.pub"), &demo_node.public.encode())?)
}
