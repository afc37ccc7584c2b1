//! A requester that lies: its own nodes outvote an honest one, so that the honest one is slashed. It works, and costs the
//! requester more than the honest node.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use bithive_blindmatch::policy::Policy;
use bithive_client::amount::show;
use bithive_node::NodeKeys;

use super::balances::Balances;
use super::check::Check;
use super::setup::{DemoState, REQUESTER};
use super::summary::Lie;

/// What the job asks of a node: everything that the main job asks but the memory, so that one more node satisfies it.
pub(super) const POLICY: &str = "region in (eu, ch) and any 2 of (iso27001, hipaa, gdpr)";

/// Workers of the job: two of the requester's own, and one that is honest.
pub(super) const WORKERS: u8 = 3;

/// Who plays what, by index.
pub(super) struct Cast {
    /// Nodes that do what the requester says.
    pub(super) accomplices: [usize; 2],
    /// The honest node.
    pub(super) victim: usize,
}

impl Cast {
    pub(super) fn new(demo: &DemoState) -> Self {
        Self { accomplices: [demo.roles.cheat, demo.roles.accomplice], victim: 0 }
    }

    /// Everybody else, who is passed over.
    pub(super) fn others(&self, demo: &DemoState) -> BTreeSet<String> {
        let chosen = |index: usize| self.victim == index || self.accomplices.contains(&index);
        let others = demo.nodes.iter().enumerate().filter(|(index, _)| !chosen(*index));
        others.map(|(_, node)| node.address.clone()).collect()
    }

    fn names(&self, demo: &DemoState) -> [String; 2] {
        self.accomplices.map(|index| demo.nodes[index].profile.name.clone())
    }
}

/// A node that lost bond may not be chosen before its owner has made the bond whole again.
pub(super) async fn restore_bonds(demo: &DemoState, cast: &Cast) -> Result<()> {
    let client = &demo.network.client;
    let least = client.registry_config().await?.params.node_bond.u128();
    for node in cast.accomplices.map(|index| &demo.nodes[index]) {
        let bond = client.node(&node.address).await?.context("a node has left")?.bond.u128();
        let Some(missing) = least.checked_sub(bond).filter(|missing| *missing > 0) else {
            continue;
        };
        let keys = NodeKeys::decode(&demo.network.crs, &node.keys)?;
        demo.network.account(keys.account).await?.add_bond(missing).await?;
        demo.screen.line(format!("{} adds {} to its bond", node.profile.name, show(missing)));
    }
    Ok(())
}

/// Compares what each side had before and has now.
pub(super) fn costs(demo: &DemoState, cast: &Cast, before: &Balances, now: &Balances) -> Lie {
    let lost = |name: &str| before.wealth(name).saturating_sub(now.wealth(name));
    let accomplices = cast.names(demo);
    let family = || [REQUESTER].into_iter().chain(accomplices.iter().map(String::as_str));
    let sum = |balances: &Balances| family().map(|name| balances.wealth(name)).sum::<u128>();
    let spent = sum(before).saturating_sub(sum(now));
    let victim = demo.nodes[cast.victim].profile.name.clone();
    let lie = Lie { spent, harmed: lost(&victim), victim, accomplices: accomplices.to_vec() };
    demo.screen.line(format!(
        "{} and {} give the same wrong result; {}, which is right, is outside their quorum",
        lie.accomplices[0], lie.accomplices[1], lie.victim
    ));
    demo.screen.line(format!(
        "{} loses {}, burnt and to the treasury; the requester and its nodes lose {}",
        lie.victim,
        show(lie.harmed),
        show(lie.spent)
    ));
    lie
}

/// The lie was told, and did not pay; `matched` are the nodes that opened the vault of `policy`.
pub(super) fn checks(lie: &Lie, demo: &DemoState, policy: &Policy, matched: &[usize]) -> Vec<Check> {
    let satisfying = (0..).zip(&demo.nodes).filter(|(_, node)| policy.is_satisfied(&node.profile.attributes));
    let satisfying: Vec<usize> = satisfying.map(|(index, _)| index).collect();
    vec![
        Check::new(
            "a requester whose own nodes outvote an honest one loses at least what it destroys",
            lie.harmed > 0 && lie.spent >= lie.harmed,
            format!("{} lost by the liars, {} by {}", show(lie.spent), show(lie.harmed), lie.victim),
        ),
        Check::new(
            "its job, too, was opened by the nodes that satisfy its policy",
            matched == satisfying,
            format!("{} opened it, {} satisfy it", matched.len(), satisfying.len()),
        ),
    ]
}
