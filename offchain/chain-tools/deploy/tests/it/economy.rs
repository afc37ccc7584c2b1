//! The economy around a market, on an embedded chain.

use crate::common::{CODES, World};
use bithive_api::{emissions, jobs, registry, rewards, staking, timebank, token, treasury};
use bithive_chain::ChainExt as _;
use bithive_client::Deployment;
use bithive_deploy::{Contract, Outcome, Record, Role, Step, Terms, TermsError, deploy, missing};
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
    async fn treasuries(&self, deployment: &Deployment) -> [String; 3] {
        let staking: staking::ConfigResponse =
            self.ask(at(deployment, Contract::Staking), &staking::QueryMsg::Config {}).await;
        let rewards: rewards::ConfigResponse =
            self.ask(at(deployment, Contract::Rewards), &rewards::QueryMsg::Config {}).await;
        let timebank: timebank::ConfigResponse =
            self.ask(at(deployment, Contract::Timebank), &timebank::QueryMsg::Config {}).await;
        [staking.treasury, rewards.treasury, timebank.treasury].map(Into::into)
    }

    async fn collects_from_its_market(&self, deployment: &Deployment) -> bool {
        let source = treasury::QueryMsg::Source { address: deployment.jobs().into() };
        self.ask(at(deployment, Contract::Treasury), &source).await
    }
}

fn at(deployment: &Deployment, contract: Contract) -> &str {
    deployment.get(contract).unwrap()
}

#[tokio::test]
async fn an_economy_is_deployed_whole_and_a_second_run_does_nothing() {
    let world = World::new();
    let (outcome, record) = world.becomes(Role::Economy, &Record::default()).await;
    assert_eq!(outcome.contracts.len(), Role::Economy.contracts().len());
    let deployment = outcome.deployment.unwrap();
    assert_eq!(deployment.check(Role::Economy), Ok(()));
    assert!(
        deployment.contracts().eq(record.contracts.iter().map(|(contract, at)| (*contract, at.as_str())))
    );
    let (again, _) = world.becomes(Role::Economy, &record).await;
    assert!(again.done.is_empty(), "{:?}", again.done);
    assert_eq!(again.deployment, Some(deployment));
}

#[tokio::test]
async fn shares_and_slashes_go_to_the_treasury_which_collects_them() {
    let world = World::new();
    let (outcome, _) = world.becomes(Role::Economy, &Record::default()).await;
    let deployment = outcome.deployment.unwrap();
    let treasury = at(&deployment, Contract::Treasury).to_owned();
    assert_eq!(deployment.treasury, treasury);
    let jobs: jobs::ConfigResponse = world.ask(deployment.jobs(), &jobs::QueryMsg::Config {}).await;
    let registry: registry::ConfigResponse =
        world.ask(deployment.registry(), &registry::QueryMsg::Config {}).await;
    assert_eq!([jobs.treasury.as_str(), registry.treasury.as_str()], [treasury.as_str(); 2]);
    assert_eq!(world.treasuries(&deployment).await, [(); 3].map(|()| treasury.clone()));
    assert!(world.collects_from_its_market(&deployment).await);
    // BTK that are sent to the treasury would be burnt: the emissions pay an account.
    let emissions: emissions::ConfigResponse =
        world.ask(at(&deployment, Contract::Emissions), &emissions::QueryMsg::Config {}).await;
    assert_eq!(emissions.recipients.foundation.as_str(), world.founders.treasury.address());
}

#[tokio::test]
async fn work_is_counted_from_the_moment_at_which_everything_is_in_place() {
    let world = World::new();
    let (outcome, _) = world.becomes(Role::Economy, &Record::default()).await;
    let deployment = outcome.deployment.unwrap();
    let config: emissions::ConfigResponse =
        world.ask(at(&deployment, Contract::Emissions), &emissions::QueryMsg::Config {}).await;
    let now = bithive_chain::Chain::info(&world.chain).await.unwrap().time.seconds();
    assert!(config.start <= now, "start {}, now {now}", config.start);
    assert_eq!(config.staking.unwrap().as_str(), at(&deployment, Contract::Staking));
    let meter = emissions::QueryMsg::Meter { address: deployment.jobs().to_owned() };
    assert!(world.ask::<bool>(at(&deployment, Contract::Emissions), &meter).await);
    let minter: Option<MinterResponse> =
        world.ask(at(&deployment, Contract::Btk), &token::QueryMsg::Minter {}).await;
    assert_eq!(minter.unwrap().minter, at(&deployment, Contract::Emissions));
    let staking: staking::ConfigResponse =
        world.ask(at(&deployment, Contract::Staking), &staking::QueryMsg::Config {}).await;
    assert_eq!(staking.emission_start, config.start);
    let bank: timebank::ConfigResponse =
        world.ask(at(&deployment, Contract::Timebank), &timebank::QueryMsg::Config {}).await;
    assert_eq!(bank.jobs.as_str(), deployment.jobs());
}

#[tokio::test]
async fn a_market_becomes_an_economy_and_pays_its_share_to_whom_it_did() {
    let world = World::new();
    let (before, record) = world.becomes(Role::Market, &Record::default()).await;
    let before = before.deployment.unwrap();
    assert!(before.check(Role::Economy).is_err());
    let (outcome, record) = world.becomes(Role::Economy, &record).await;
    let deployment = outcome.deployment.unwrap();
    for (contract, address) in before.contracts() {
        assert_eq!(deployment.get(contract), Some(address), "the market stays as it was made");
    }
    assert_eq!(
        (&deployment.treasury, &deployment.incentive_pool),
        (&before.treasury, &before.incentive_pool)
    );
    assert_eq!(deployment.treasury, world.founders.treasury.address());
    let treasury = at(&deployment, Contract::Treasury).to_owned();
    assert_eq!(world.treasuries(&deployment).await, [(); 3].map(|()| treasury.clone()));
    assert!(!world.collects_from_its_market(&deployment).await, "there is nothing to collect");
    assert_eq!(world.missing(Role::Economy, &record).await, []);
    assert_eq!(world.missing(Role::Market, &record).await, [], "nor is anything taken away");
}

#[tokio::test]
async fn wiring_that_was_undone_is_seen_and_done_again() {
    let world = World::new();
    let (outcome, record) = world.becomes(Role::Economy, &Record::default()).await;
    let deployment = outcome.deployment.unwrap();
    let meter = emissions::ExecuteMsg::SetMeter { meter: deployment.jobs().to_owned(), allowed: false };
    world.tell(at(&deployment, Contract::Emissions), &meter).await;
    world
        .tell(at(&deployment, Contract::Emissions), &emissions::ExecuteMsg::SetStaking { staking: None })
        .await;
    let source = treasury::ExecuteMsg::SetSource { source: deployment.jobs().to_owned(), allowed: false };
    world.tell(at(&deployment, Contract::Treasury), &source).await;
    let expected = [Step::SetMeter, Step::SetStaking, Step::SetSource];
    assert_eq!(world.missing(Role::Economy, &record).await, expected);
    let (again, _) = world.becomes(Role::Economy, &record).await;
    let done: Vec<_> = again.done.into_iter().map(|done| done.step).collect();
    assert_eq!(done, expected);
    assert!(world.collects_from_its_market(&deployment).await);
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
        assert!(matches!(fits.1.unwrap_err(), TermsError::NoMarket { role: named } if named == role));
    }
}
