//! The economy around a market, on an embedded chain.

use std::collections::BTreeMap;

use crate::common::{CODES, World};
use bithive_api::{emissions, jobs, registry, rewards, staking, timebank, token, treasury, vesting};
use bithive_chain::{ChainError, ChainExt as _};
use bithive_client::Deployment;
use bithive_deploy::{
    Contract, Outcome, Record, Role, SKY_SUPPLY, SkyBucket, Step, Terms, TermsError, deploy, missing,
};
use cw20::{BalanceResponse, MinterResponse};
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

    /// SKY of an account.
    async fn sky(&self, contracts: &BTreeMap<Contract, String>, address: &str) -> u128 {
        let question = token::QueryMsg::Balance { address: address.into() };
        self.ask::<BalanceResponse>(&contracts[&Contract::Sky], &question).await.balance.u128()
    }

    /// What is locked for an account.
    async fn locked(
        &self,
        contracts: &BTreeMap<Contract, String>,
        owner: &str,
    ) -> Vec<vesting::PositionResponse> {
        let question = vesting::QueryMsg::Positions { owner: owner.into(), start_after: None, limit: None };
        let answer: vesting::PositionsResponse = self.ask(&contracts[&Contract::Vesting], &question).await;
        answer.positions
    }

    /// Deploys an economy until its last contract is created.
    async fn created(&self) -> Record {
        let mut left = Record::default();
        let mut save = |record: &Record| {
            left = record.clone();
            let last = record.contracts.contains_key(&Contract::Timebank);
            if last { Err(ChainError::NodeDown { reason: "killed".into() }) } else { Ok(()) }
        };
        let (operator, terms) = (self.operator().await, self.terms_of(Role::Economy));
        deploy(&operator, CODES, &terms, Record::default(), &mut save).await.unwrap_err();
        left
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

    /// Whether treasury and rewards collect from the market.
    async fn collect_from_their_market(&self, deployment: &Deployment) -> [bool; 2] {
        let source = treasury::QueryMsg::Source { address: deployment.jobs().into() };
        let treasury = self.ask(at(deployment, Contract::Treasury), &source).await;
        let source = rewards::QueryMsg::Source { address: deployment.jobs().into() };
        [treasury, self.ask(at(deployment, Contract::Rewards), &source).await]
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
async fn shares_and_slashes_go_to_the_contracts_that_collect_them() {
    let world = World::new();
    let (outcome, _) = world.becomes(Role::Economy, &Record::default()).await;
    let deployment = outcome.deployment.unwrap();
    let treasury = at(&deployment, Contract::Treasury).to_owned();
    assert_eq!(deployment.treasury, treasury);
    let jobs: jobs::ConfigResponse = world.ask(deployment.jobs(), &jobs::QueryMsg::Config {}).await;
    let registry: registry::ConfigResponse =
        world.ask(deployment.registry(), &registry::QueryMsg::Config {}).await;
    assert_eq!([jobs.treasury.as_str(), registry.treasury.as_str()], [treasury.as_str(); 2]);
    let rewards = at(&deployment, Contract::Rewards);
    assert_eq!([jobs.incentive_pool.as_str(), &deployment.incentive_pool], [rewards; 2]);
    assert_eq!(world.treasuries(&deployment).await, [(); 3].map(|()| treasury.clone()));
    assert_eq!(world.collect_from_their_market(&deployment).await, [true; 2]);
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
    assert_eq!(deployment.incentive_pool, world.founders.incentive_pool.address());
    assert_eq!(world.collect_from_their_market(&deployment).await, [false; 2], "there is nothing to collect");
    assert_eq!(world.missing(Role::Economy, &record).await, []);
    assert_eq!(world.missing(Role::Market, &record).await, [], "nor is anything taken away");
}

#[tokio::test]
async fn all_sky_are_locked_by_the_lines_of_their_table() {
    let world = World::new();
    let operator = world.founders.operator.address();
    let (outcome, record) = world.becomes(Role::Economy, &Record::default()).await;
    let contracts = &outcome.contracts;
    assert_eq!(world.sky(contracts, operator).await, 0);
    let question = vesting::QueryMsg::Held { token: contracts[&Contract::Sky].clone() };
    let held: vesting::HeldResponse = world.ask(&contracts[&Contract::Vesting], &question).await;
    assert_eq!(held.amount.u128(), SKY_SUPPLY);
    let question = emissions::QueryMsg::Config {};
    let config: emissions::ConfigResponse = world.ask(&contracts[&Contract::Emissions], &question).await;
    let positions = world.locked(contracts, operator).await;
    assert_eq!(positions.len(), SkyBucket::ALL.len());
    for (position, bucket) in positions.iter().zip(SkyBucket::ALL) {
        assert_eq!(position.total.u128(), bucket.amount(), "{bucket:?}");
        assert_eq!((&position.revoker, position.schedule.start), (&None, config.start));
        let rule = bucket.schedule(config.start).unwrap();
        assert_eq!((position.end, position.schedule.immediate_bps), (rule.end(), rule.immediate().get()));
    }
    // Half of ecology, community and research is due at once.
    let due: u128 = positions.iter().map(|position| position.due.u128()).sum();
    assert_eq!(due, SKY_SUPPLY / 5);
    // What was claimed does not make the next run lock it again.
    for position in positions.iter().filter(|position| !position.due.is_zero()) {
        let claim = vesting::ExecuteMsg::Claim { id: position.id };
        world.tell(&contracts[&Contract::Vesting], &claim).await;
    }
    assert_eq!(world.sky(contracts, operator).await, SKY_SUPPLY / 5);
    assert_eq!(world.missing(Role::Economy, &record).await, []);
}

#[tokio::test]
async fn parts_of_the_sky_are_locked_for_whom_the_terms_name() {
    let mut world = World::new();
    let owner = world.founders.treasury.address().to_owned();
    world.terms = world.terms.with_sky([(SkyBucket::Team, owner.clone())].into());
    let (outcome, _) = world.becomes(Role::Economy, &Record::default()).await;
    let [team] = <[_; 1]>::try_from(world.locked(&outcome.contracts, &owner).await).unwrap();
    assert_eq!((team.total.u128(), team.due.u128()), (SkyBucket::Team.amount(), 0));
    let operator = world.founders.operator.address();
    assert_eq!(world.locked(&outcome.contracts, operator).await.len(), SkyBucket::ALL.len() - 1);
}

#[tokio::test]
async fn a_run_that_was_cut_off_locks_sky_once_and_only_while_the_operator_has_all_of_them() {
    let world = World::new();
    let operator = world.founders.operator.address();
    let record = world.created().await;
    assert_eq!(world.sky(&record.contracts, operator).await, SKY_SUPPLY);
    assert_eq!(world.missing(Role::Economy, &record).await.last(), Some(&Step::LockSky));
    let (outcome, record) = world.becomes(Role::Economy, &record).await;
    assert_eq!(world.locked(&outcome.contracts, operator).await.len(), SkyBucket::ALL.len());
    assert_eq!(world.missing(Role::Economy, &record).await, []);

    // A deployment of an older version, whose operator has handed some on: what it keeps is its own matter.
    let world = World::new();
    let record = world.created().await;
    let recipient = world.founders.treasury.address().to_owned();
    let transfer = token::ExecuteMsg::Transfer { recipient, amount: 1u128.into() };
    world.tell(&record.contracts[&Contract::Sky], &transfer).await;
    assert!(!world.missing(Role::Economy, &record).await.contains(&Step::LockSky));
    let (outcome, _) = world.becomes(Role::Economy, &record).await;
    let operator = world.founders.operator.address();
    assert_eq!(world.locked(&outcome.contracts, operator).await, []);
    assert_eq!(world.sky(&outcome.contracts, operator).await, SKY_SUPPLY - 1);
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
    let (source, allowed) = (deployment.jobs().to_owned(), false);
    let message = treasury::ExecuteMsg::SetSource { source: source.clone(), allowed };
    world.tell(at(&deployment, Contract::Treasury), &message).await;
    let message = rewards::ExecuteMsg::SetSource { source, allowed };
    world.tell(at(&deployment, Contract::Rewards), &message).await;
    let set_source = |contract| Step::SetSource { contract };
    let sources = [Contract::Treasury, Contract::Rewards].map(set_source);
    let expected = [&[Step::SetMeter, Step::SetStaking], &sources[..]].concat();
    assert_eq!(world.missing(Role::Economy, &record).await, expected);
    let (again, _) = world.becomes(Role::Economy, &record).await;
    let done: Vec<_> = again.done.into_iter().map(|done| done.step).collect();
    assert_eq!(done, expected);
    assert_eq!(world.collect_from_their_market(&deployment).await, [true; 2]);
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

/// A market that was made earlier becomes an economy: it is told of the contracts around it after the delay of its settings.
#[tokio::test]
async fn settings_of_an_older_market_wait_and_the_run_after_their_delay_applies_them() {
    use bithive_api::delay::limits::{DELAY_SECONDS, OPEN_SECONDS, SETUP_SECONDS};
    let world = World::new();
    let (_, record) = world.becomes(Role::Market, &Record::default()).await;
    world.chain.advance_time(SETUP_SECONDS).await.unwrap();
    let (first, record) = world.becomes(Role::Economy, &record).await;
    let names = |outcome: &Outcome| {
        let mut names: Vec<_> = outcome.waits.iter().map(|setting| setting.name().to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&first), ["set_emissions", "set_grants", "set_models"]);
    let told = [Step::SetModels, Step::SetGrants, Step::SetMeter];
    assert!(told.iter().all(|step| first.done.iter().any(|done| done.step == *step)), "{:?}", first.done);
    let market = || async {
        let jobs = &first.contracts[&Contract::Jobs];
        let config: jobs::ConfigResponse = world.ask(jobs, &jobs::QueryMsg::Config {}).await;
        [config.models.is_some(), config.grants.is_some(), config.emissions.is_some()]
    };
    assert_eq!(market().await, [false; 3]);
    // They wait: nothing is sent again.
    let (second, record) = world.becomes(Role::Economy, &record).await;
    assert_eq!((second.done.len(), &second.waits), (0, &first.waits));
    // Void: both are announced anew.
    world.chain.advance_time(DELAY_SECONDS + OPEN_SECONDS).await.unwrap();
    let (third, record) = world.becomes(Role::Economy, &record).await;
    assert_eq!(names(&third), ["set_emissions", "set_grants", "set_models"]);
    assert!(third.waits.iter().all(|setting| setting.id > 3), "{:?}", third.waits);
    world.chain.advance_time(DELAY_SECONDS).await.unwrap();
    let (due, record) = world.becomes(Role::Economy, &record).await;
    let done: Vec<_> = due.done.iter().map(|done| done.step.clone()).collect();
    assert_eq!((done, names(&due)), (told.to_vec(), vec![]));
    assert_eq!(market().await, [true; 3]);
    assert_eq!(world.missing(Role::Economy, &record).await, []);
}
