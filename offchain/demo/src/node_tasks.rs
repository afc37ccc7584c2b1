//! The nodes: keys, registration, and a task of this process for each.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use bithive_chain::Chain;
use bithive_inference::Device;
use bithive_local::UNIT;
use bithive_local::{Local, NODE_BOND, fork};
use bithive_node::{Compute, Contributor, Limits, NodeKeys, Onnx, Setup};
use bithive_state::State;
use rand_chacha::ChaCha20Rng;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::network::Network;
use super::node::DemoNode;
use super::profiles::{NodeProfile, Roles};
use super::reports::NodeReports;

/// Adds a constant to every logit: the cheat's result differs, and so does its class near the boundary.
pub(super) struct Perturbed(pub(super) Onnx);

impl Compute for Perturbed {
    fn run(&self, model: &[u8], rows: &[u8], limits: &Limits) -> Result<Vec<f32>, String> {
        Ok(self.0.run(model, rows, limits)?.into_iter().map(|logit| logit + 0.5).collect())
    }

    fn estimate(&self, model: &[u8], rows: usize) -> Result<Duration, String> {
        self.0.estimate(model, rows)
    }

    fn measure(&self) -> Result<(), String> {
        self.0.measure()
    }
}

/// Draws keys for everybody and registers them.
pub(super) async fn register(
    network: &Network,
    profiles: Vec<NodeProfile>,
    rng: &mut ChaCha20Rng,
    mut publish: impl AsyncFnMut(&DemoNode) -> Result<()>,
    progress: impl Fn(&DemoNode),
) -> Result<Vec<DemoNode>> {
    let domain = network.client.deployment().registry_domain();
    let mut nodes = Vec::with_capacity(profiles.len());
    for profile in profiles {
        let (keys, public) = NodeKeys::generate(&network.crs, network.groups, profile.slot, &mut fork(rng))?;
        let registration = keys.registration(domain, profile.slot, &public, &profile.attributes);
        let (address, endpoint) = (keys.account.address().to_owned(), keys.endpoint.id());
        let encoded = keys.encode()?;
        let node = DemoNode { profile, address, endpoint, keys: encoded, registration, public };
        publish(&node).await?;
        network.fund(&node.address, NODE_BOND + 10 * UNIT).await?;
        let account = network.account(keys.account).await?;
        let registered = account.register_node(node.registration.clone(), NODE_BOND).await;
        registered.with_context(|| node.profile.name.clone())?;
        progress(&node);
        nodes.push(node);
    }
    Ok(nodes)
}

/// The nodes' tasks; they end when this is dropped.
pub(super) struct NodeTasks {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<Result<(), bithive_node::NodeError>>>,
}

impl NodeTasks {
    /// Starts a task for each node, reading blocks from now on.
    pub(super) async fn start<C: Chain + Clone + 'static>(
        local: &Local<C>,
        nodes: &[DemoNode],
        roles: Roles,
        device: Device,
        reports: &NodeReports,
        rng: &mut ChaCha20Rng,
    ) -> Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let from_height = local.chain.info().await?.height + 1;
        let mut tasks = Vec::with_capacity(nodes.len());
        for (index, node) in nodes.iter().enumerate() {
            let keys = NodeKeys::decode(&local.crs, &node.keys)?;
            let exchange = local.exchange(node.endpoint);
            let state = State::in_memory()?;
            let compute: Arc<dyn Compute> = if roles.perturbs(index) {
                Arc::new(Perturbed(Onnx::new(device)))
            } else {
                Arc::new(Onnx::new(device))
            };
            let setup = Setup {
                account: local.account(keys.account.clone()).await?,
                attributes: node.profile.attributes.clone(),
                ask: node.profile.ask,
                crs: local.crs.clone(),
                compute,
                observer: reports.observer(index),
                rng: fork(rng),
                keys,
                exchange,
                state,
            };
            let mut node = Contributor::new(setup, from_height).await?;
            let mut stopped = stopped.clone();
            tasks.push(tokio::spawn(async move {
                let stop = async move {
                    // The sender is gone when the demo is over: that is a stop, too.
                    let _ = stopped.wait_for(|stop| *stop).await;
                };
                node.run(stop).await
            }));
        }
        Ok(Self { stop, tasks })
    }

    /// Ends every task and says how it ended.
    pub(super) async fn stop(self) -> Result<()> {
        self.stop.send_replace(true);
        for task in self.tasks {
            task.await??;
        }
        Ok(())
    }
}
