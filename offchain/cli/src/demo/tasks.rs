//! Every party as a task of this process.

use std::sync::Arc;

use anyhow::{Result, bail};
use async_trait::async_trait;
use bithive_blindmatch::policy::Policy;
use bithive_chain::{Chain, Cosmos, Embedded, SigningKey};
use bithive_client::{Account, Deployment};
use bithive_exchange::{EndpointKey, Exchange, LocalNetwork, PeerId, Tap};
use bithive_local::{self as local, Local, REQUESTER_BOND, UNIT, fork};
use bithive_requester::{Requester, Selection};
use bithive_state::State;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::DemoArgs;
use super::actor::Actor;
use super::check::{self, Seen};
use super::crowd::Crowd;
use super::devnet::Place;
use super::genesis::{Clock, Founding, Stage, populate};
use super::screen::Screen;
use super::watch::Desk;
use super::world::{Moment, Order, Players, Posted, World};
use crate::commands::follow::Chosen;

/// The parties, and the network that connects them.
pub(super) struct Tasks<C> {
    local: Local<C>,
    tap: Tap,
    requester: Requester,
    crowd: Option<Crowd>,
    committee: Vec<PeerId>,
}

/// Founds the network on a chain of this process and starts everybody.
pub(super) async fn embedded(
    args: &DemoArgs,
    policy: &Policy,
    screen: Screen,
) -> Result<(Stage, Tasks<Embedded>)> {
    let mut rng = ChaCha20Rng::seed_from_u64(args.seed);
    let clock = Clock::new();
    let founding = Founding::draw(args, screen, &mut rng)?;
    let Founding { crs, founders, groups } = &founding;
    let chain = local::open_chain(None, founders)?;
    let deployment = local::deploy(Arc::new(chain.clone()), founders, crs, groups.count()).await?;
    start(args, policy, (screen, clock), (chain, deployment, 1), founding, rng).await
}

/// Founds the network on the devnet and starts everybody.
pub(super) async fn on_devnet(
    args: &DemoArgs,
    policy: &Policy,
    screen: Screen,
    place: &Place,
) -> Result<(Stage, Tasks<Cosmos>)> {
    let mut rng = ChaCha20Rng::seed_from_u64(args.seed);
    let clock = Clock::new();
    let founding = Founding::draw(args, screen, &mut rng)?;
    let Founding { crs, founders, groups } = &founding;
    let chain = place.chain().clone();
    let first = chain.info().await?.height + 1;
    screen.line(format!("chain {}, from block {first} on", chain.chain_id()));
    let deployment = place.deploy(founders, crs, groups.count()).await?;
    start(args, policy, (screen, clock), (chain, deployment, first), founding, rng).await
}

async fn start<C: Chain + Clone + 'static>(
    args: &DemoArgs,
    policy: &Policy,
    show: (Screen, Clock),
    (chain, deployment, first_height): (C, Deployment, u64),
    Founding { crs, founders, groups }: Founding,
    mut rng: ChaCha20Rng,
) -> Result<(Stage, Tasks<C>)> {
    let committee: Vec<PeerId> = founders.committee.iter().map(|member| member.endpoint.id()).collect();
    let treasuries = (founders.treasury.clone(), founders.incentive_pool.clone());
    let tap = Tap::default();
    let states = founders.committee.iter().map(|_| State::in_memory()).collect::<Result<_, _>>()?;
    let network = LocalNetwork::tapped(tap.clone());
    let local = Local::start(chain, deployment, network, crs, founders, states, &mut rng).await?;
    let world = World {
        client: local.client.clone(),
        crs: local.crs.clone(),
        groups,
        schema: local.schema.clone(),
        operator: local.operator.clone(),
        first_height,
    };
    let publish = async |person: &Actor| {
        local.exchange(person.endpoint).publish(person.public.encode().into()).await?;
        anyhow::Ok(())
    };
    let mut stage = populate(args, policy, (world, treasuries), show, rng, publish).await?;
    stage.clock.lap("1_genesis");
    let crowd = Crowd::start(&local, &stage.actors, stage.parts, args.device, &stage.desk, &mut stage.rng);
    let crowd = Some(crowd.await?);
    let requester = requester(&local, &mut stage.rng).await?;
    Ok((stage, Tasks { local, tap, requester, crowd, committee }))
}

async fn requester<C: Chain + Clone + 'static>(local: &Local<C>, rng: &mut ChaCha20Rng) -> Result<Requester> {
    let endpoint = EndpointKey::generate(rng).id();
    let account = local.account(SigningKey::generate(rng)).await?;
    local.fund(account.address(), 1_000 * UNIT + REQUESTER_BOND).await?;
    account.register_requester(endpoint.0, REQUESTER_BOND).await?;
    let exchange = local.exchange(endpoint);
    let state = State::in_memory()?;
    let tags = local.tags(&exchange, &state);
    Ok(Requester::new(account, exchange, tags, state, (local.crs.clone(), local.groups), fork(rng))?)
}

#[async_trait]
impl<C: Chain + Clone + 'static> Players for Tasks<C> {
    async fn post(&mut self, order: Order<'_>) -> Result<Posted> {
        let posted = self.requester.post(order.spec).await?;
        Ok(Posted { job_id: posted.job_id, vault: posted.vault })
    }

    async fn assign(&mut self, job_id: u64, selection: &Selection) -> Result<Chosen> {
        let collected = self.requester.collect().await?;
        if let Some(refused) = collected.refused.first() {
            bail!("a claim was refused: {}", refused.reason);
        }
        Ok(self.requester.assign(job_id, selection).await?.into())
    }

    async fn result(&mut self, job_id: u64) -> Result<Vec<f32>> {
        Ok(self.requester.result(job_id).await?)
    }

    fn requester(&self) -> &Account {
        self.requester.account()
    }

    fn outsider(&self, actor: &Actor) -> Arc<dyn Exchange> {
        self.local.exchange(actor.endpoint)
    }

    async fn disturb(&mut self, _: Moment, _: Option<usize>, _: &Desk) -> Result<()> {
        Ok(())
    }

    async fn stop(&mut self) -> Result<()> {
        match self.crowd.take() {
            Some(crowd) => crowd.stop().await,
            None => Ok(()),
        }
    }

    fn seen(&self, matched: &[PeerId]) -> Result<Seen> {
        let bodies = self.tap.deliveries().into_iter().map(|delivery| delivery.body).collect();
        let checks = check::routing(&self.tap, self.requester.endpoint(), &self.committee, matched);
        Ok(Seen { places: "deliveries", bodies, checks })
    }
}
