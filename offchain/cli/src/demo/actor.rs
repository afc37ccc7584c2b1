//! A node of the demo.

use std::sync::Arc;

use anyhow::Result;
use bithive_api::registry::NodeRegistration;
use bithive_dgkbe::{Crs, Groups, PublicKey};
use bithive_exchange::PeerId;
use bithive_node::{Group, NodeKeys};

use super::cast::Person;

/// A registered node as the demo knows it. It keeps a copy of the keys only to play the outsiders later.
pub(super) struct Actor {
    pub(super) person: Person,
    pub(super) address: String,
    pub(super) endpoint: PeerId,
    pub(super) keys: zeroize::Zeroizing<Vec<u8>>,
    pub(super) registration: NodeRegistration,
    pub(super) public: PublicKey,
}

/// A node's view of the group, from its own keys.
pub(super) fn group(crs: &Arc<Crs>, groups: Groups, actor: &Actor) -> Result<Group> {
    let keys = NodeKeys::decode(crs, &actor.keys)?;
    let commitment = actor.public.commitment().encode();
    Ok(Group::new(crs.clone(), groups, actor.person.slot, keys.dgkbe, &commitment)?)
}
