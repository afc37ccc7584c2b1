//! The economy around a market, on an embedded chain.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use bithive_api::{emissions, jobs, registry, rewards, staking, timebank, token, treasury};
use bithive_chain::ChainExt as _;
use bithive_client::Economy;
use bithive_deploy::{Contract, DeployError, Outcome, Record, Role, Step, Terms, deploy, economy, missing};
use common::{CODES, World};
use cw20::MinterResponse;
use serde::Serialize;
use serde::de::DeserializeOwned;

impl World {
    fn terms_of(&self, role: Role) -> Terms {
        self.terms.clone().with_role(role).unwrap()
    }

    /// Deploys for a role, after what is on record.
    async fn becomes(&self, role: Role, record: &Record) -> (Outcome, Record) {
        let mut last = record.clone();
        let mut save = |record: &Record| {
            last = record.clone();
            Ok(())
        };
        let operator = self.operator().await;
        let outcome =
            deploy(&operator, CODES, &self.terms_of(role), record.clone(), &mut save).await.unwrap();
        assert_eq!(outcome.contracts, last.contracts, "what is on record");
        (outcome, last)
    }

    async fn missing(&self, role: Role, record: &Record) -> Vec<Step> {
        missing(&self.operator().await, CODES, &self.terms_of(role), record).await.unwrap()
    }

    async fn ask<T: DeserializeOwned + Send>(&self, contract: &str, query: &(impl Serialize + Sync)) -> T {
        self.chain.query(contract, query).await.unwrap()
    }

    async fn tell(&self, contract: &str, message: &(impl Serialize + Sync)) {
        self.operator().await.execute(contract, message, &[]).await.unwrap();
    }

    /// Where staking, rewards and time bank send what is the treasury's.
    async fn treasuries(&self, economy: &Economy) -> [String; 3] {
        let staking: staking::ConfigResponse =
            self.ask(&economy.staking, &staking::QueryMsg::Config {}).await;
        let rewards: rewards::ConfigResponse =
            self.ask(&economy.rewards, &rewards::QueryMsg::Config {}).await;
        let timebank: timebank::ConfigResponse =
            self.ask(&economy.timebank, &timebank::QueryMsg::Config {}).await;
        [staking.treasury, rewards.treasury, timebank.treasury].map(Into::into)
    }

    async fn collects_from(&self, economy: &Economy, jobs: &str) -> bool {
        self.ask(&economy.treasury, &treasury::QueryMsg::Source { address: jobs.into() }).await
    }
}

#[tokio::test]
async fn an_economy_is_deployed_whole_and_a_second_run_does_nothing() {
    let world = World::new();
    let (outcome, record) = world.becomes(Role::Economy, &Record::default()).await;
    assert_eq!(outcome.contracts.len(), Role::Economy.contracts().len());
    assert_eq!(outcome.economy, economy(&record.contracts));
    let (again, _) = world.becomes(Role::Economy, &record).await;
    assert!(again.done.is_empty(), "{:?}", again.done);
    assert_eq!((again.market, again.economy), (outcome.market, outcome.economy));
}

#[tokio::test]
async fn shares_and_slashes_go_to_the_treasury_which_collects_them() {
    let world = World::new();
    let (outcome, _) = world.becomes(Role::Economy, &Record::default()).await;
    let (market, economy) = (outcome.market.unwrap(), outcome.economy.unwrap());
    assert_eq!(market.treasury, economy.treasury);
    let jobs: jobs::ConfigResponse = world.ask(&market.jobs, &jobs::QueryMsg::Config {}).await;
    let registry: registry::ConfigResponse =
        world.ask(&market.registry, &registry::QueryMsg::Config {}).await;
    assert_eq!([jobs.treasury, registry.treasury], [economy.treasury.clone(), economy.treasury.clone()]);
    assert_eq!(world.treasuries(&economy).await, [(); 3].map(|()| economy.treasury.clone()));
    assert!(world.collects_from(&economy, &market.jobs).await);
    // BTK that are sent to the treasury would be burnt: the emissions pay an account.
    let emissions: emissions::ConfigResponse =
        world.ask(&economy.emissions, &emissions::QueryMsg::Config {}).await;
    assert_eq!(emissions.recipients.foundation.as_str(), world.founders.treasury.address());
}

#[tokio::test]
async fn work_is_counted_from_the_moment_at_which_everything_is_in_place() {
    let world = World::new();
    let (outcome, _) = world.becomes(Role::Economy, &Record::default()).await;
    let (market, economy) = (outcome.market.unwrap(), outcome.economy.unwrap());
    let config: emissions::ConfigResponse =
        world.ask(&economy.emissions, &emissions::QueryMsg::Config {}).await;
    let now = bithive_chain::Chain::info(&world.chain).await.unwrap().time.seconds();
    assert!(config.start <= now, "start {}, now {now}", config.start);
    assert_eq!(config.staking.unwrap().as_str(), economy.staking);
    let meter = emissions::QueryMsg::Meter { address: market.jobs.clone() };
    assert!(world.ask::<bool>(&economy.emissions, &meter).await);
    let minter: Option<MinterResponse> = world.ask(&economy.btk, &token::QueryMsg::Minter {}).await;
    assert_eq!(minter.unwrap().minter, economy.emissions);
    let staking: staking::ConfigResponse = world.ask(&economy.staking, &staking::QueryMsg::Config {}).await;
    assert_eq!(staking.emission_start, config.start);
    let bank: timebank::ConfigResponse = world.ask(&economy.timebank, &timebank::QueryMsg::Config {}).await;
    assert_eq!(bank.jobs.as_str(), market.jobs);
}

#[tokio::test]
async fn a_market_becomes_an_economy_and_pays_its_share_to_whom_it_did() {
    let world = World::new();
    let (before, record) = world.becomes(Role::Market, &Record::default()).await;
    assert_eq!(before.economy, None);
    let (outcome, record) = world.becomes(Role::Economy, &record).await;
    assert_eq!(outcome.market, before.market, "the market stays as it was made");
    let (market, economy) = (outcome.market.unwrap(), outcome.economy.unwrap());
    assert_eq!(market.treasury, world.founders.treasury.address());
    assert_eq!(world.treasuries(&economy).await, [(); 3].map(|()| economy.treasury.clone()));
    assert!(!world.collects_from(&economy, &market.jobs).await, "there is nothing to collect");
    assert_eq!(world.missing(Role::Economy, &record).await, []);
    assert_eq!(world.missing(Role::Market, &record).await, [], "nor is anything taken away");
}

#[tokio::test]
async fn wiring_that_was_undone_is_seen_and_done_again() {
    let world = World::new();
    let (outcome, record) = world.becomes(Role::Economy, &Record::default()).await;
    let (market, economy) = (outcome.market.unwrap(), outcome.economy.unwrap());
    let meter = emissions::ExecuteMsg::SetMeter { meter: market.jobs.clone(), allowed: false };
    world.tell(&economy.emissions, &meter).await;
    world.tell(&economy.emissions, &emissions::ExecuteMsg::SetStaking { staking: None }).await;
    let source = treasury::ExecuteMsg::SetSource { source: market.jobs.clone(), allowed: false };
    world.tell(&economy.treasury, &source).await;
    let expected = [Step::SetMeter, Step::SetStaking, Step::SetSource];
    assert_eq!(world.missing(Role::Economy, &record).await, expected);
    let (again, _) = world.becomes(Role::Economy, &record).await;
    let done: Vec<_> = again.done.into_iter().map(|done| done.step).collect();
    assert_eq!(done, expected);
    assert!(world.collects_from(&economy, &market.jobs).await);
    assert_eq!(world.missing(Role::Economy, &record).await, []);
}

#[test]
fn terms_of_a_market_are_for_roles_that_have_one() {
    let World { terms, founders, .. } = World::new();
    for role in Role::ALL {
        let receivers = (founders.treasury.address(), founders.incentive_pool.address());
        let (with, without) = (terms.clone().with_role(role), Terms::without_market(role, receivers));
        let fits = if role.has(Contract::Jobs) { (with, without) } else { (without, with) };
        assert_eq!(fits.0.unwrap().role(), role);
        assert!(matches!(fits.1.unwrap_err(), DeployError::NoMarket { role: named } if named == role));
    }
}
