//! Bringing the nodes to life: keys, registration, a task each.

use std::sync::Arc;

use anyhow::{Context, Result};
use bithive_chain::Chain;
use bithive_inference::Device;
use bithive_node::{Compute, Contributor, NodeKeys, Onnx, Setup};
use bithive_state::State;
use rand_chacha::ChaCha20Rng;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::actor::{Actor, group};
use super::cast::{Parts, Person};
use super::watch::Desk;
use super::world::World;
use bithive_local::UNIT;
use bithive_local::{Local, NODE_BOND, fork};

/// Adds a constant to every logit: the cheat's result differs, and so does its class near the boundary.
pub(super) struct Perturbed(pub(super) Onnx);

impl Compute for Perturbed {
    fn run(&self, model: &[u8], rows: &[u8]) -> Result<Vec<f32>, String> {
        Ok(self.0.run(model, rows)?.into_iter().map(|logit| logit + 0.5).collect())
    }
}

/// Draws keys for everybody and registers them.
pub(super) async fn register(
    world: &World,
    people: Vec<Person>,
    rng: &mut ChaCha20Rng,
    mut publish: impl AsyncFnMut(&Actor) -> Result<()>,
    progress: impl Fn(&Actor),
) -> Result<Vec<Actor>> {
    let domain = world.client.deployment().registry_domain();
    let mut actors = Vec::with_capacity(people.len());
    for person in people {
        let (keys, public) = NodeKeys::generate(&world.crs, world.groups, person.slot, &mut fork(rng))?;
        let registration = keys.registration(domain, person.slot, &public, &person.attributes);
        let (address, endpoint) = (keys.account.address().to_owned(), keys.endpoint.id());
        let encoded = keys.encode()?;
        let actor = Actor { person, address, endpoint, keys: encoded, registration, public };
        publish(&actor).await?;
        world.fund(&actor.address, NODE_BOND + 10 * UNIT).await?;
        let account = world.account(keys.account).await?;
        let registered = account.register_node(actor.registration.clone(), NODE_BOND).await;
        registered.with_context(|| actor.person.name.clone())?;
        progress(&actor);
        actors.push(actor);
    }
    Ok(actors)
}

/// The nodes' tasks; they end when this is dropped.
pub(super) struct Crowd {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<Result<(), bithive_node::NodeError>>>,
}

impl Crowd {
    /// Starts a task for each node, reading blocks from now on.
    pub(super) async fn start<C: Chain + Clone + 'static>(
        local: &Local<C>,
        actors: &[Actor],
        parts: Parts,
        device: Device,
        desk: &Desk,
        rng: &mut ChaCha20Rng,
    ) -> Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let from_height = local.chain.info().await?.height + 1;
        let mut tasks = Vec::with_capacity(actors.len());
        for (index, actor) in actors.iter().enumerate() {
            let keys = NodeKeys::decode(&local.crs, &actor.keys)?;
            let exchange = local.exchange(actor.endpoint);
            let state = State::in_memory()?;
            let compute: Arc<dyn Compute> = if index == parts.cheat {
                Arc::new(Perturbed(Onnx::new(device)))
            } else {
                Arc::new(Onnx::new(device))
            };
            let setup = Setup {
                account: local.account(keys.account.clone()).await?,
                attributes: actor.person.attributes.clone(),
                ask: actor.person.ask,
                tags: local.tags(&exchange, &state),
                group: group(&local.crs, local.groups, actor)?,
                compute,
                observer: desk.observer(index),
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
