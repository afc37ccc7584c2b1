//! Setting the stage: chain, contracts, committee, nodes, requester.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use bithive_api::registry::NodeRegistration;
use bithive_blindmatch::policy::Policy;
use bithive_chain::SigningKey;
use bithive_client::Account;
use bithive_exchange::{EndpointKey, LocalNetwork, PeerId, Tap};
use bithive_local::{self as local, BTT_GENESIS, Founders, Local, NODE_BOND, REQUESTER_BOND, UNIT, fork};
use bithive_requester::Requester;
use bithive_state::State;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::DemoArgs;
use super::cast::{self, Parts};
use super::crowd::{self, Actor};
use super::screen::Screen;
use super::watch::Desk;
use crate::amount::show;

pub(super) const REQUESTER: &str = "requester";

pub(super) const TREASURY: &str = "treasury";

pub(super) const NOTICE: &str = "Demonstration on public data. Not a medical device, not for clinical use.";

/// Wall time by stage.
pub(super) struct Clock {
    started: Instant,
    pub(super) stages: BTreeMap<&'static str, u64>,
}

impl Clock {
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

/// Everything that exists once the network stands.
pub(super) struct Stage {
    pub(super) local: Local,
    pub(super) tap: Tap,
    pub(super) actors: Vec<Actor>,
    pub(super) parts: Parts,
    pub(super) desk: Desk,
    pub(super) committee: Vec<PeerId>,
    pub(super) accounts: Vec<(&'static str, Account)>,
    pub(super) refused: Vec<String>,
    pub(super) screen: Screen,
    pub(super) rng: ChaCha20Rng,
    pub(super) clock: Clock,
}

pub(super) async fn genesis(args: &DemoArgs, policy: &Policy, screen: Screen) -> Result<Stage> {
    let mut seeded = ChaCha20Rng::seed_from_u64(args.seed);
    let (clock, rng) = (Clock::new(), &mut seeded);
    screen.stage(1, "Genesis: chain, contracts, committee, nodes");
    let crs = local::ceremony(args.slots, rng)?;
    let groups = args.groups()?;
    screen.line(format!("ceremony of two contributions for {} slots, verified; {groups} use it", args.slots));
    let founders = Founders::generate(rng)?;
    let committee: Vec<PeerId> = founders.committee.iter().map(|member| member.endpoint.id()).collect();
    let (treasury, pool) = (founders.treasury.clone(), founders.incentive_pool.clone());
    let chain = local::open_chain(None, &founders)?;
    let deployment = local::deploy(Arc::new(chain.clone()), &founders, &crs, groups.count()).await?;
    let tap = Tap::default();
    let states = committee.iter().map(|_| State::in_memory()).collect::<Result<_, _>>()?;
    let network = LocalNetwork::tapped(tap.clone());
    let local = Local::start(chain, deployment, network, crs, founders, states, rng).await?;
    screen.line(format!(
        "{} minted; contracts: token {}, registry {}, jobs {}",
        show(BTT_GENESIS),
        short(&local.client.deployment().token),
        short(&local.client.deployment().registry),
        short(&local.client.deployment().jobs)
    ));
    screen.line(format!(
        "committee of {}, {} needed, share keys posted",
        local::COMMITTEE.0,
        local::COMMITTEE.1
    ));

    let people = cast::draw(args, &local.schema, policy, rng)?;
    let many = people.len() > 16;
    let actors = crowd::register(&local, people, rng, |actor| {
        if !many {
            let person = &actor.person;
            screen.line(format!("{} registers slot {} ({})", person.name, person.slot, person.shown));
        }
    })
    .await?;
    screen.line(format!("{} nodes registered, each with a bond of {}", actors.len(), show(NODE_BOND)));
    screen.sees("chain", "slot, public keys, bond, and a commitment to the attributes");
    screen.hidden("chain", "the attributes");
    let refused = refused_registrations(&local, &actors, screen, rng).await?;

    let model_owner = local.account(SigningKey::generate(rng)).await?;
    let accounts = vec![
        (TREASURY, local.account(treasury).await?),
        ("incentive pool", local.account(pool).await?),
        ("model owner", model_owner),
    ];
    local.fund(accounts[2].1.address(), 0).await?;
    let parts = Parts::new(usize::from(args.redundancy));
    let desk = Desk::new();
    Ok(Stage { local, tap, actors, parts, desk, committee, accounts, refused, screen, rng: seeded, clock })
}

/// Registrations that the contract must refuse; nothing may move.
async fn refused_registrations(
    local: &Local,
    actors: &[Actor],
    screen: Screen,
    rng: &mut ChaCha20Rng,
) -> Result<Vec<String>> {
    let key = SigningKey::generate(rng);
    let account = local.account(key).await?;
    local.fund(account.address(), NODE_BOND).await?;
    let first = &actors.first().context("there are no nodes")?.registration;
    let mut identity = vec![0; 48];
    identity[0] = 0xc0;
    // x = 4 is on the curve, outside the subgroup of prime order.
    let mut off_subgroup = vec![0; 48];
    (off_subgroup[0], off_subgroup[47]) = (0x80, 4);
    let free = (1..=local.groups.slots()).find(|slot| actors.iter().all(|actor| actor.person.slot != *slot));
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
    let before = local.client.balance(account.address()).await?;
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
    ensure!(local.client.balance(account.address()).await? == before, "a refused registration moved money");
    Ok(refused)
}

pub(super) async fn requester(stage: &mut Stage) -> Result<Requester> {
    let (local, rng) = (&stage.local, &mut stage.rng);
    let endpoint = EndpointKey::generate(rng).id();
    let account = local.account(SigningKey::generate(rng)).await?;
    local.fund(account.address(), 1_000 * UNIT + REQUESTER_BOND).await?;
    account.register_requester(endpoint.0, REQUESTER_BOND).await?;
    let exchange = local.exchange(endpoint);
    let state = State::in_memory()?;
    let tags = local.tags(&exchange, &state);
    Ok(Requester::new(account, exchange, tags, state, (local.crs.clone(), local.groups), fork(rng))?)
}

pub(super) fn name_of<'a>(stage: &'a Stage, address: &str) -> &'a str {
    stage.actors.iter().find(|actor| actor.address == address).map_or("?", |actor| actor.person.name.as_str())
}

fn short(address: &str) -> String {
    let tail = address.len().saturating_sub(6);
    format!("{}...{}", &address[..address.len().min(12)], &address[tail..])
}
