//! Every party as a task of this process.

use std::sync::Arc;

use anyhow::{Result, bail};
use async_trait::async_trait;
use bithive_blindmatch::policy::Policy;
use bithive_chain::{Chain, Cosmos, Embedded, SigningKey};
use bithive_client::{Account, Deployment};
use bithive_exchange::{EndpointKey, Exchange, LocalNetwork, PeerId, Tap};
use bithive_keystore::fresh_rng;
use bithive_local::{self as local, Local, REQUESTER_BOND, UNIT, fork};
use bithive_requester::AssignmentSummary;
use bithive_requester::{Requester, Selection};
use bithive_state::State;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::args::DemoArgs;
use super::check::{self, Observations};
use super::devnet_chain::DevnetChain;
use super::network::{Attacker, FaultPoint, JobRequest, Matched, Network, Parties, Posted};
use super::node::DemoNode;
use super::node_tasks::NodeTasks;
use super::screen::Screen;
use super::setup::{DemoState, Genesis, StageTimer, populate};

/// The parties, and the network that connects them.
pub(super) struct Tasks<C> {
    local: Local<C>,
    tap: Tap,
    requester: Requester,
    attacker: (Account, PeerId, State),
    node_tasks: Option<NodeTasks>,
    committee: Vec<PeerId>,
}

/// Creates the network on a chain of this process and starts all parties; with the whole economy, of which the contract of consents is a
/// part, where that is needed.
pub(super) async fn embedded(
    args: &DemoArgs,
    policy: &Policy,
    screen: Screen,
    economy: bool,
) -> Result<(DemoState, Tasks<Embedded>)> {
    let mut rng = ChaCha20Rng::seed_from_u64(args.seed);
    let timer = StageTimer::new();
    let founding = Genesis::draw(args, screen, &mut rng)?;
    let Genesis { crs, founders, groups } = &founding;
    let chain = local::open_chain(None, founders)?;
    let access = Arc::new(chain.clone());
    let deployment = if economy {
        local::deploy_economy(access, founders, crs, groups.count()).await?
    } else {
        local::deploy(access, founders, crs, groups.count()).await?
    };
    let tap = Tap::default();
    let (founding, network) = ((founding, tap.clone()), LocalNetwork::tapped(tap));
    start(args, policy, (screen, timer), (chain, deployment, 1), founding, network, rng).await
}

/// As [`embedded`], with the tokens' economy, and without a record of what each party receives: it lives until somebody ends it.
/// Beside it the key of who owns the contracts.
pub(super) async fn with_economy(
    args: &DemoArgs,
    policy: &Policy,
    screen: Screen,
) -> Result<(DemoState, Tasks<Embedded>, SigningKey)> {
    // Nothing of it is drawn from a seed: browsers keep records by the chain's id, and its keys are worth something while it lives.
    let mut rng = fresh_rng()?;
    let timer = StageTimer::new();
    let founding = Genesis::draw(args, screen, &mut rng)?;
    let Genesis { crs, founders, groups } = &founding;
    let owner = founders.operator.clone();
    let chain = local::passing_chain(founders, &mut rng)?;
    let deployment = local::deploy_economy(Arc::new(chain.clone()), founders, crs, groups.count()).await?;
    let (founding, network) = ((founding, Tap::default()), LocalNetwork::in_memory());
    let made = start(args, policy, (screen, timer), (chain, deployment, 1), founding, network, rng).await;
    made.map(|(demo, parties)| (demo, parties, owner))
}

/// Creates the network on the devnet and starts all parties.
pub(super) async fn on_devnet(
    args: &DemoArgs,
    policy: &Policy,
    screen: Screen,
    target: &DevnetChain,
) -> Result<(DemoState, Tasks<Cosmos>)> {
    let mut rng = ChaCha20Rng::seed_from_u64(args.seed);
    let timer = StageTimer::new();
    let founding = Genesis::draw(args, screen, &mut rng)?;
    let Genesis { crs, founders, groups } = &founding;
    let chain = target.chain().clone();
    let first = chain.info().await?.height + 1;
    screen.line(format!("chain {}, from block {first} on", chain.chain_id()));
    let deployment = target.deploy(founders, crs, groups.count()).await?;
    let tap = Tap::default();
    let network = LocalNetwork::tapped(tap.clone());
    start(args, policy, (screen, timer), (chain, deployment, first), (founding, tap), network, rng).await
}

async fn start<C: Chain + Clone + 'static>(
    args: &DemoArgs,
    policy: &Policy,
    show: (Screen, StageTimer),
    (chain, deployment, first_height): (C, Deployment, u64),
    (Genesis { crs, founders, groups }, tap): (Genesis, Tap),
    network: LocalNetwork,
    mut rng: ChaCha20Rng,
) -> Result<(DemoState, Tasks<C>)> {
    let committee: Vec<PeerId> = founders.committee.iter().map(|member| member.endpoint.id()).collect();
    let treasuries = (founders.treasury.clone(), founders.incentive_pool.clone());
    let states = founders.committee.iter().map(|_| State::in_memory()).collect::<Result<_, _>>()?;
    let local = Local::start(chain, deployment, network, crs, founders, states, &mut rng).await?;
    let network = Network {
        client: local.client.clone(),
        crs: local.crs.clone(),
        groups,
        schema: local.schema.clone(),
        operator: local.operator.clone(),
        first_height,
    };
    let publish = async |profile: &DemoNode| {
        local.exchange(profile.endpoint).publish(profile.public.encode().into()).await?;
        anyhow::Ok(())
    };
    let mut demo = populate(args, policy, (network, treasuries), show, rng, publish).await?;
    demo.timer.lap("1_genesis");
    let node_tasks =
        NodeTasks::start(&local, &demo.nodes, demo.roles, args.device, &demo.reports, &mut demo.rng);
    let node_tasks = Some(node_tasks.await?);
    let requester = requester(&local, &mut demo.rng).await?;
    let (account, endpoint) = registered(&local, &mut demo.rng).await?;
    let attacker = (account, endpoint, State::in_memory()?);
    Ok((demo, Tasks { local, tap, requester, attacker, node_tasks, committee }))
}

impl<C> Tasks<C> {
    /// The requester of the demo's jobs.
    pub(super) const fn requester_mut(&mut self) -> &mut Requester {
        &mut self.requester
    }

    /// The network that the parties are on.
    pub(super) const fn local(&self) -> &Local<C> {
        &self.local
    }
}

/// An account that is registered as a requester, with its endpoint.
async fn registered<C: Chain + Clone + 'static>(
    local: &Local<C>,
    rng: &mut ChaCha20Rng,
) -> Result<(Account, PeerId)> {
    let endpoint = EndpointKey::generate(rng).id();
    let account = local.account(SigningKey::generate(rng)).await?;
    local.fund(account.address(), 1_000 * UNIT + REQUESTER_BOND).await?;
    account.register_requester(endpoint.0, REQUESTER_BOND).await?;
    Ok((account, endpoint))
}

async fn requester<C: Chain + Clone + 'static>(local: &Local<C>, rng: &mut ChaCha20Rng) -> Result<Requester> {
    let (account, endpoint) = registered(local, rng).await?;
    let exchange = local.exchange(endpoint);
    let state = State::in_memory()?;
    let tags = local.tags(&exchange, &state);
    Ok(Requester::new(account, exchange, tags, state, (local.crs.clone(), local.groups), fork(rng))?)
}

#[async_trait]
impl<C: Chain + Clone + 'static> Parties for Tasks<C> {
    async fn post(&mut self, request: JobRequest<'_>) -> Result<Posted> {
        let posted = self.requester.post(request.spec).await?;
        Ok(Posted { job_id: posted.job_id, vault: posted.vault })
    }

    async fn assign(&mut self, job_id: u64, selection: &Selection) -> Result<AssignmentSummary> {
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

    fn attacker(&self) -> Attacker {
        let (account, endpoint, state) = &self.attacker;
        let exchange = self.local.exchange(*endpoint);
        let tags = self.local.tags(&exchange, state);
        Attacker { account: account.clone(), exchange, tags }
    }

    fn outsider(&self, node: &DemoNode) -> Arc<dyn Exchange> {
        self.local.exchange(node.endpoint)
    }

    async fn inject_fault(&mut self, _: FaultPoint, _: Option<usize>) -> Result<()> {
        Ok(())
    }

    async fn stop(&mut self) -> Result<()> {
        match self.node_tasks.take() {
            Some(node_tasks) => node_tasks.stop().await,
            None => Ok(()),
        }
    }

    fn observed(&self, jobs: &[Matched]) -> Result<Observations> {
        let bodies = self.tap.deliveries().into_iter().map(|delivery| delivery.body).collect();
        let addressee =
            |job: &Matched| if job.of_attacker { self.attacker.1 } else { self.requester.endpoint() };
        let claims: Vec<(PeerId, PeerId)> =
            jobs.iter().flat_map(|job| job.nodes.iter().map(|node| (*node, addressee(job)))).collect();
        let checks = check::routing(&self.tap, &claims, &self.committee);
        Ok(Observations { places: "deliveries", bodies, checks })
    }
}
