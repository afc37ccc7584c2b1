//! The start of the demo: chain, contracts, committee, nodes, and the accounts that get shares.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use bithive_api::registry::NodeRegistration;
use bithive_blindmatch::policy::Policy;
use bithive_chain::SigningKey;
use bithive_client::Account;
use bithive_client::amount::show;
use bithive_dgkbe::{Crs, Groups};
use bithive_exchange::EndpointKey;
use bithive_local::{self as local, BTT_GENESIS, Founders, NODE_BOND};
use rand_chacha::ChaCha20Rng;

use super::args::DemoArgs;
use super::network::Network;
use super::node::DemoNode;
use super::node_tasks;
use super::profiles::{self, Roles};
use super::reports::NodeReports;
use super::screen::Screen;

pub(super) const REQUESTER: &str = "requester";

pub(super) const TREASURY: &str = "treasury";

pub(super) const NOTICE: &str = "Demonstration on public data. Not a medical device, not for clinical use.";

/// Wall time by stage.
pub(super) struct StageTimer {
    started: Instant,
    pub(super) stages: BTreeMap<&'static str, u64>,
}

impl StageTimer {
    pub(super) fn new() -> Self {
        Self { started: Instant::now(), stages: BTreeMap::new() }
    }

    /// Ends the stage that is running.
    pub(super) fn lap(&mut self, stage: &'static str) {
        let ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.stages.insert(stage, ms);
        self.started = Instant::now();
    }

    /// Counts the laps of a whole job as one stage.
    pub(super) fn restart(&mut self, stage: &'static str) {
        let laps = ["4_post", "5_match_and_assign", "6a_decrypt_and_run", "6b_quorum"];
        let ms = laps.iter().filter_map(|lap| self.stages.remove(lap)).sum();
        self.stages.insert(stage, ms);
        self.started = Instant::now();
    }
}

/// What is drawn before there is a chain.
pub(super) struct Genesis {
    pub(super) crs: Crs,
    pub(super) founders: Founders,
    pub(super) groups: Groups,
}

impl Genesis {
    pub(super) fn draw(args: &DemoArgs, screen: Screen, rng: &mut ChaCha20Rng) -> Result<Self> {
        screen.stage(1, "Genesis: chain, contracts, committee, nodes");
        let crs = local::ceremony(args.slots, rng)?;
        let groups = args.groups()?;
        screen.line(format!(
            "ceremony of two contributions for {} slots, verified; {groups} use it",
            args.slots
        ));
        Ok(Self { crs, founders: Founders::generate(rng)?, groups })
    }
}

/// Everything that exists once the network is set up.
pub(super) struct DemoState {
    pub(super) network: Network,
    pub(super) nodes: Vec<DemoNode>,
    pub(super) roles: Roles,
    pub(super) reports: NodeReports,
    pub(super) accounts: Vec<(&'static str, Account)>,
    pub(super) refused: Vec<String>,
    pub(super) screen: Screen,
    pub(super) rng: ChaCha20Rng,
    pub(super) timer: StageTimer,
}

/// Registers the nodes, tries what the contract must refuse, and opens the accounts that get shares. `publish` puts
/// a node's public key where others get it.
pub(super) async fn populate(
    args: &DemoArgs,
    policy: &Policy,
    (network, (treasury, pool)): (Network, (SigningKey, SigningKey)),
    (screen, timer): (Screen, StageTimer),
    mut rng: ChaCha20Rng,
    publish: impl AsyncFnMut(&DemoNode) -> Result<()>,
) -> Result<DemoState> {
    let deployment = network.client.deployment();
    screen.line(format!(
        "{} minted; contracts: token {}, registry {}, jobs {}",
        show(BTT_GENESIS),
        short(deployment.token()),
        short(deployment.registry()),
        short(deployment.jobs())
    ));
    screen.line(format!("committee of {}, {} needed", local::COMMITTEE.0, local::COMMITTEE.1));
    let profiles = profiles::draw(args, &network.schema, policy, &mut rng)?;
    let many = profiles.len() > 16;
    let progress = |node: &DemoNode| {
        if !many {
            let profile = &node.profile;
            screen.line(format!("{} registers slot {} ({})", profile.name, profile.slot, profile.shown));
        }
    };
    let nodes = node_tasks::register(&network, profiles, &mut rng, publish, progress).await?;
    screen.line(format!("{} nodes registered, each with a bond of {}", nodes.len(), show(NODE_BOND)));
    screen.sees("chain", "slot, public keys, bond, and a commitment to the attributes");
    screen.hidden("chain", "the attributes");
    let refused = refused_registrations(&network, &nodes, screen, &mut rng).await?;

    let accounts =
        vec![(TREASURY, network.account(treasury).await?), ("incentive pool", network.account(pool).await?)];
    let roles = Roles::new(usize::from(args.redundancy));
    let reports = NodeReports::new();
    Ok(DemoState { network, nodes, roles, reports, accounts, refused, screen, rng, timer })
}

/// Registrations that the contract must refuse; nothing may move.
async fn refused_registrations(
    network: &Network,
    nodes: &[DemoNode],
    screen: Screen,
    rng: &mut ChaCha20Rng,
) -> Result<Vec<String>> {
    let key = SigningKey::generate(rng);
    let account = network.account(key).await?;
    network.fund(account.address(), NODE_BOND).await?;
    let first = &nodes.first().context("there are no nodes")?.registration;
    let mut identity = vec![0; 48];
    identity[0] = 0xc0;
    // x = 4 is on the curve, outside the subgroup of prime order.
    let mut off_subgroup = vec![0; 48];
    (off_subgroup[0], off_subgroup[47]) = (0x80, 4);
    let free = (1..=network.groups.slots()).find(|slot| nodes.iter().all(|node| node.profile.slot != *slot));
    let fresh = NodeRegistration {
        slot: free.unwrap_or(1),
        endpoint: (&EndpointKey::generate(rng).id().0).into(),
        ..first.clone()
    };
    let attempts = [
        (
            "a DGKBE key that is the identity",
            NodeRegistration { dgkbe_key: identity.into(), ..fresh.clone() },
        ),
        (
            "a DGKBE key off the subgroup",
            NodeRegistration { dgkbe_key: off_subgroup.into(), ..fresh.clone() },
        ),
        ("another node's BLS key with its proof copied", fresh),
    ];
    let before = network.client.balance(account.address()).await?;
    let mut refused = Vec::new();
    for (what, registration) in attempts {
        match account.register_node(registration, NODE_BOND).await {
            Ok(_) => bail!("{what} was registered"),
            Err(error) => {
                screen.refused(what, error.to_string());
                refused.push(format!("{what}: {error}"));
            }
        }
    }
    ensure!(network.client.balance(account.address()).await? == before, "a refused registration moved money");
    Ok(refused)
}

pub(super) fn name_of<'a>(demo: &'a DemoState, address: &str) -> &'a str {
    demo.nodes.iter().find(|node| node.address == address).map_or("?", |node| node.profile.name.as_str())
}

fn short(address: &str) -> String {
    let tail = address.len().saturating_sub(6);
    format!("{}...{}", &address[..address.len().min(12)], &address[tail..])
}
