//! A node of the demo.

use std::sync::Arc;

use anyhow::Result;
use bithive_api::registry::NodeRegistration;
use bithive_dgkbe::{Crs, Groups, PublicKey};
use bithive_exchange::PeerId;
use bithive_node::{Group, NodeKeys};

use super::profiles::NodeProfile;

/// A registered node as the demo knows it. It keeps a copy of the keys only for the outsiders' attempts later.
pub(super) struct DemoNode {
    pub(super) profile: NodeProfile,
    pub(super) address: String,
    pub(super) endpoint: PeerId,
    pub(super) keys: zeroize::Zeroizing<Vec<u8>>,
    pub(super) registration: NodeRegistration,
    pub(super) public: PublicKey,
}

/// A node's view of the group, from its own keys.
pub(super) fn group(crs: &Arc<Crs>, groups: Groups, node: &DemoNode) -> Result<Group> {
    let keys = NodeKeys::decode(crs, &node.keys)?;
    let commitment = node.public.commitment().encode();
    Ok(Group::new(crs.clone(), groups, node.profile.slot, keys.dgkbe, &commitment)?)
}
