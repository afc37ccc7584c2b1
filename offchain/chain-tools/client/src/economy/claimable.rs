//! Everything that an account can take, in one list.

use bithive_api::asset::Asset;
use bithive_api::emissions::{Bucket, Recipients};
use bithive_api::{
    ContractEvent as _, checkout, emissions, escrow, flows, jobs, listings, models, randomness, registry,
    staking, vesting,
};
use bithive_chain::{ChainError, Event, Message};
use bithive_contracts::Contract;
use bithive_economics::vesting::MONTH;
use bithive_economics::{Emission, emission};
use cosmwasm_std::Addr;
use serde::Serialize;

use super::paid_in::PaidIn;
use super::{EconomyClient, Token};
use crate::Randomness;
use crate::escrow::EscrowStep;
use crate::flows::FlowStep;

/// Where an amount can be taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Pay, shares and refunds of jobs.
    JobMarket,
    /// A bond of the node registry whose unbonding is over.
    RegistryBond,
    /// Bonds of models that were given up, and what a challenge gave.
    Models,
    /// A position of the vesting contract.
    Vesting,
    /// A contributor's share of the emission.
    Emissions,
    /// The emission's bucket of the application.
    EmissionsApplication,
    /// The emission's bucket of the foundation.
    EmissionsFoundation,
    /// The emission's bucket of the infrastructure.
    EmissionsInfrastructure,
    /// Rewards of a stake; an operator's commission is among those of its own node.
    StakingRewards,
    /// Stake whose unbonding is over.
    StakingUnbonded,
    /// What flows owe in one token or coin, as credits or due, and what flows that are over give back to their payer.
    Flows,
    /// What agreements owe in one token or coin: credits, refunds of contributions, and what a deadline that has passed releases or refunds.
    Escrow,
    /// What payments for offers have credited in one token or coin.
    Checkout,
    /// What listings owe in one token or coin, and the bonds of listings whose time is over, by their numbers.
    Listings,
    /// Bounties of rounds of public randomness, earned or given back.
    Randomness,
}

impl Source {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::JobMarket => "job_market",
            Self::RegistryBond => "registry_bond",
            Self::Models => "models",
            Self::Vesting => "vesting",
            Self::Emissions => "emissions",
            Self::EmissionsApplication => "emissions_application",
            Self::EmissionsFoundation => "emissions_foundation",
            Self::EmissionsInfrastructure => "emissions_infrastructure",
            Self::StakingRewards => "staking_rewards",
            Self::StakingUnbonded => "staking_unbonded",
            Self::Flows => "flows",
            Self::Escrow => "escrow",
            Self::Checkout => "checkout",
            Self::Listings => "listings",
            Self::Randomness => "randomness",
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::JobMarket => "job market",
            Self::RegistryBond => "bond of the registry",
            Self::Models => "bonds of models",
            Self::Vesting => "vesting",
            Self::Emissions => "emission for work",
            Self::EmissionsApplication => "emission for the application",
            Self::EmissionsFoundation => "emission for the foundation",
            Self::EmissionsInfrastructure => "emission for infrastructure",
            Self::StakingRewards => "rewards of a stake",
            Self::StakingUnbonded => "unbonded stake",
            Self::Flows => "flows",
            Self::Escrow => "agreements",
            Self::Checkout => "payments",
            Self::Listings => "bonds of listings",
            Self::Randomness => "bounties of rounds",
        }
    }
}

/// An amount that becomes due later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Later {
    /// In base units.
    pub amount: u128,
    /// When it, or the next part of it, is due, in Unix seconds.
    pub at: u64,
}

/// What an account can take from one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claimable {
    /// Contract and kind that it comes from.
    pub source: Source,
    /// Which of it: the number of a position or an unbonding, the operator of a node.
    pub what: Option<String>,
    /// Ticker of the token, `native:` and the denomination of a coin, or the address of a token that is not one of the economy's.
    pub token: String,
    /// What can be taken now, in base units.
    pub amount: u128,
    /// What can be taken later, where the contract tells.
    pub later: Option<Later>,
    #[serde(skip)]
    pub(super) known: bool,
    /// Messages to the flows that come before the withdrawal.
    #[serde(skip)]
    pub(super) steps: Vec<FlowStep>,
    /// Messages to the escrow that come before the withdrawal.
    #[serde(skip)]
    pub(super) escrow_steps: Vec<EscrowStep>,
}

/// All that an account can take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claimables {
    /// What can be claimed, in the order of its sources.
    pub entries: Vec<Claimable>,
    /// Whether these are all: of a very long list, its first pages are read.
    pub complete: bool,
}

impl Claimable {
    pub(super) fn new(source: Source, what: Option<String>, token: Token, amount: u128) -> Self {
        Self::paid_in(source, what, &PaidIn::Token(token), amount)
    }

    pub(super) fn paid_in(source: Source, what: Option<String>, paid_in: &PaidIn, amount: u128) -> Self {
        let (token, steps, escrow_steps) = (paid_in.name(), vec![], vec![]);
        Self { source, what, token, amount, later: None, known: true, steps, escrow_steps }
    }

    fn later(mut self, amount: u128, at: Option<u64>) -> Self {
        self.later = at.filter(|_| amount > 0).map(|at| Later { amount, at });
        self
    }

    /// Whether [`super::EconomyAccount::claim_all`] takes it now. Tokens other than BTT, BTK and SKY are left out, but not coins: a token's
    /// transfer runs code of unknown origin, at any cost.
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.amount > 0 && self.known
    }

    /// How many messages take it, of a transaction of [`super::MOST_MESSAGES`] at most.
    #[must_use]
    pub fn messages_needed(&self) -> usize {
        self.steps
            .len()
            .saturating_add(self.escrow_steps.len())
            .saturating_add(self.bonds().count())
            .saturating_add(1)
    }

    /// The messages that take it for `owner`.
    pub(super) fn messages(&self, client: &EconomyClient, owner: &str) -> Result<Vec<Message>, ChainError> {
        let flows = client.at(Contract::Flows);
        let steps = self.steps.iter().map(|step| Message::execute(flows, &step.message(), &[]));
        let escrow = client.at(Contract::Escrow);
        let agreements =
            self.escrow_steps.iter().map(|step| Message::execute(escrow, &step.message(owner), &[]));
        let listings = client.at(Contract::Listings);
        let finish = |id| Message::execute(listings, &listings::ExecuteMsg::Finish { id }, &[]);
        steps.chain(agreements).chain(self.bonds().map(finish)).chain([self.message(client, owner)]).collect()
    }

    /// Listings whose bonds come back before the withdrawal.
    fn bonds(&self) -> impl Iterator<Item = u64> + '_ {
        let what = self.what.as_deref().filter(|_| self.source == Source::Listings);
        what.into_iter().flat_map(|what| what.split(',')).filter_map(|number| number.parse().ok())
    }

    /// The last of them, which pays.
    fn message(&self, client: &EconomyClient, owner: &str) -> Result<Message, ChainError> {
        let at = |contract| client.at(contract);
        let release = |bucket| {
            Message::execute(at(Contract::Emissions), &emissions::ExecuteMsg::Release { bucket }, &[])
        };
        match self.source {
            Source::JobMarket => Message::execute(at(Contract::Jobs), &jobs::ExecuteMsg::Withdraw {}, &[]),
            Source::RegistryBond => {
                let withdraw = registry::ExecuteMsg::WithdrawBond { address: owner.into() };
                Message::execute(at(Contract::Registry), &withdraw, &[])
            }
            Source::Models => Message::execute(at(Contract::Models), &models::ExecuteMsg::Withdraw {}, &[]),
            Source::Vesting => {
                let claim = vesting::ExecuteMsg::Claim { id: self.number()? };
                Message::execute(at(Contract::Vesting), &claim, &[])
            }
            Source::Emissions => {
                let claim = emissions::ExecuteMsg::Claim { contributor: owner.into() };
                Message::execute(at(Contract::Emissions), &claim, &[])
            }
            Source::EmissionsApplication => release(Bucket::Application),
            Source::EmissionsFoundation => release(Bucket::Foundation),
            Source::EmissionsInfrastructure => release(Bucket::Infrastructure),
            Source::StakingRewards => {
                let node = self.what.clone().unwrap_or_default();
                let claim = staking::ExecuteMsg::ClaimRewards { node, delegator: owner.into() };
                Message::execute(at(Contract::Staking), &claim, &[])
            }
            Source::StakingUnbonded => {
                let withdraw = staking::ExecuteMsg::Withdraw { id: self.number()? };
                Message::execute(at(Contract::Staking), &withdraw, &[])
            }
            Source::Flows => {
                let asset = self.asset(client)?;
                Message::execute(at(Contract::Flows), &flows::ExecuteMsg::Withdraw { asset }, &[])
            }
            Source::Escrow => {
                let asset = self.asset(client)?;
                Message::execute(at(Contract::Escrow), &escrow::ExecuteMsg::Withdraw { asset }, &[])
            }
            Source::Checkout => {
                let asset = self.asset(client)?;
                Message::execute(at(Contract::Checkout), &checkout::ExecuteMsg::Withdraw { asset }, &[])
            }
            Source::Listings => {
                let asset = self.asset(client)?;
                Message::execute(at(Contract::Listings), &listings::ExecuteMsg::Withdraw { asset }, &[])
            }
            Source::Randomness => {
                Message::execute(at(Contract::Randomness), &randomness::ExecuteMsg::Withdraw {}, &[])
            }
        }
    }

    /// What it is paid in, as the contracts name it.
    fn asset(&self, client: &EconomyClient) -> Result<Asset, ChainError> {
        let paid_in = PaidIn::read(&self.token).ok_or_else(|| ChainError::InvalidTx {
            field: self.source.name().into(),
            reason: format!("{:?} is no token of the economy and no coin", self.token),
        })?;
        Ok(paid_in.asset(client))
    }

    /// Whether an asset is what it is paid in.
    fn is_in(&self, client: &EconomyClient, asset: &Asset<Addr>) -> bool {
        PaidIn::read(&self.token).is_some_and(|paid_in| paid_in.is(client, asset))
    }

    fn number(&self) -> Result<u64, ChainError> {
        let what = self.what.as_deref().unwrap_or_default();
        what.parse().map_err(|_| ChainError::InvalidTx {
            field: self.source.name().into(),
            reason: format!("{what:?} is not a number"),
        })
    }

    /// The amount paid, if the event is that of this payment; none for any other event and for one that can't be read.
    pub(super) fn paid(&self, client: &EconomyClient, owner: &str, event: &Event) -> Option<u128> {
        let at = |contract| client.at(contract);
        let what = self.what.as_deref().unwrap_or_default();
        let released = |bucket| match emissions::Event::read(at(Contract::Emissions), event).ok()?? {
            emissions::Event::Released { bucket: found, amount, .. } if found == bucket => Some(amount),
            _ => None,
        };
        let amount = match self.source {
            Source::JobMarket => match jobs::Event::read(at(Contract::Jobs), event).ok()?? {
                jobs::Event::Withdrawn { address, amount } if address.as_str() == owner => Some(amount),
                _ => None,
            },
            Source::RegistryBond => match registry::Event::read(at(Contract::Registry), event).ok()?? {
                registry::Event::BondWithdrawn { address, amount } if address.as_str() == owner => {
                    Some(amount)
                }
                _ => None,
            },
            Source::Models => match models::Event::read(at(Contract::Models), event).ok()?? {
                models::Event::Withdrawn { account, amount } if account.as_str() == owner => Some(amount),
                _ => None,
            },
            Source::Vesting => match vesting::Event::read(at(Contract::Vesting), event).ok()?? {
                vesting::Event::Claimed { id, amount, .. } if id.to_string() == what => Some(amount),
                _ => None,
            },
            Source::Emissions => match emissions::Event::read(at(Contract::Emissions), event).ok()?? {
                emissions::Event::Claimed { contributor, amount } if contributor.as_str() == owner => {
                    Some(amount)
                }
                _ => None,
            },
            Source::EmissionsApplication => released(Bucket::Application),
            Source::EmissionsFoundation => released(Bucket::Foundation),
            Source::EmissionsInfrastructure => released(Bucket::Infrastructure),
            Source::StakingRewards => match staking::Event::read(at(Contract::Staking), event).ok()?? {
                staking::Event::Claimed { node, delegator, amount, .. }
                    if node.as_str() == what && delegator.as_str() == owner =>
                {
                    Some(amount)
                }
                _ => None,
            },
            Source::StakingUnbonded => match staking::Event::read(at(Contract::Staking), event).ok()?? {
                staking::Event::Withdrawn { id, amount, .. } if id.to_string() == what => Some(amount),
                _ => None,
            },
            Source::Flows => match flows::Event::read(at(Contract::Flows), event).ok()?? {
                flows::Event::Withdrawn { account, asset, amount }
                    if account.as_str() == owner && self.is_in(client, &asset) =>
                {
                    Some(amount)
                }
                _ => None,
            },
            Source::Escrow => match escrow::Event::read(at(Contract::Escrow), event).ok()?? {
                escrow::Event::Withdrawn { account, asset, amount }
                    if account.as_str() == owner && self.is_in(client, &asset) =>
                {
                    Some(amount)
                }
                _ => None,
            },
            Source::Checkout => match checkout::Event::read(at(Contract::Checkout), event).ok()?? {
                checkout::Event::Withdrawn { account, asset, amount }
                    if account.as_str() == owner && self.is_in(client, &asset) =>
                {
                    Some(amount)
                }
                _ => None,
            },
            Source::Listings => match listings::Event::read(at(Contract::Listings), event).ok()?? {
                listings::Event::Withdrawn { account, asset, amount }
                    if account.as_str() == owner && self.is_in(client, &asset) =>
                {
                    Some(amount)
                }
                _ => None,
            },
            Source::Randomness => match randomness::Event::read(at(Contract::Randomness), event).ok()?? {
                randomness::Event::Withdrawn { account, amount } if account.as_str() == owner => Some(amount),
                _ => None,
            },
        };
        amount.map(|amount| amount.u128())
    }
}

impl EconomyClient {
    /// Everything that an account can take now, and what of it later. Rewards of patients are paid when they are
    /// approved, and credits of the time bank are spent, so neither is ever listed.
    ///
    /// # Errors
    /// See [`ChainError`].
    pub async fn claimables(&self, address: &str) -> Result<Claimables, ChainError> {
        let chain = self.client().chain().info().await?;
        let (now, coin) = (chain.time.seconds(), chain.fee_denom.as_str());
        let mut entries = Vec::new();
        let market = self.client().claimable(address).await?;
        entries.push(Claimable::new(Source::JobMarket, None, Token::Btt, market));
        entries.extend(self.bond(address, now).await?);
        let models = self.owed_by_models(address).await?;
        entries.push(Claimable::new(Source::Models, None, Token::Btt, models));
        let mut complete = self.due_positions(address, &mut entries).await?;
        self.due_emissions(address, now, &mut entries).await?;
        complete &= self.due_stakes(address, now, &mut entries).await?;
        complete &= self.due_flows(address, (now, coin), &mut entries).await?;
        complete &= self.due_agreements(address, (now, coin), &mut entries).await?;
        complete &= self.due_payments(address, coin, &mut entries).await?;
        complete &= self.due_listings(address, (now, coin), &mut entries).await?;
        if let Ok(randomness) = Randomness::new(self.client().clone()) {
            let bounties = randomness.claimable(address).await?;
            entries.push(Claimable::new(Source::Randomness, None, Token::Btt, bounties));
        }
        entries.retain(|entry| entry.amount > 0 || entry.later.is_some());
        Ok(Claimables { entries, complete })
    }

    async fn bond(&self, address: &str, now: u64) -> Result<Option<Claimable>, ChainError> {
        let node = self.client().node(address).await?.map(|node| (node.bond, node.unbonding_until));
        let held = match node {
            Some(node) => Some(node),
            None => {
                let requester = self.client().requester(address).await?;
                requester.map(|requester| (requester.bond, requester.unbonding_until))
            }
        };
        let Some((bond, Some(until))) = held else { return Ok(None) };
        let (due, rest) = if now >= until { (bond.u128(), 0) } else { (0, bond.u128()) };
        Ok(Some(Claimable::new(Source::RegistryBond, None, Token::Btt, due).later(rest, Some(until))))
    }

    async fn due_positions(&self, owner: &str, entries: &mut Vec<Claimable>) -> Result<bool, ChainError> {
        let positions = self.positions(owner).await?;
        for position in positions.entries {
            let token = self.token_at(position.token.as_str());
            let rest = position.total.saturating_sub(position.claimed).saturating_sub(position.due);
            let entry = Claimable {
                source: Source::Vesting,
                what: Some(position.id.to_string()),
                token: token.map_or_else(|| position.token.into(), |token| token.symbol().into()),
                amount: position.due.u128(),
                later: None,
                known: token.is_some(),
                steps: vec![],
                escrow_steps: vec![],
            };
            entries.push(entry.later(rest.u128(), position.next));
        }
        Ok(positions.complete)
    }

    async fn due_emissions(
        &self,
        address: &str,
        now: u64,
        entries: &mut Vec<Claimable>,
    ) -> Result<(), ChainError> {
        let config = self.emissions_config().await?;
        let emission = Emission::new(config.start).map_err(|error| ChainError::Decode {
            what: "start of the emissions".into(),
            reason: error.to_string(),
        })?;
        let work = self.contributor(address).await?;
        let rest = work.earned.saturating_sub(work.claimed).saturating_sub(work.due);
        // A part is due each day, counted from the start of the emission.
        let next = emission.day(now).map(|day| emission.day_begins(day.saturating_add(1)));
        let entry = Claimable::new(Source::Emissions, None, Token::Btk, work.due.u128());
        entries.push(entry.later(rest.u128(), next));
        let Recipients { application, foundation, infrastructure } = config.recipients;
        if ![&application, &foundation, &infrastructure].iter().any(|own| own.as_str() == address) {
            return Ok(());
        }
        let emissions::EmissionResponse { due, released, .. } = self.emission().await?;
        if application.as_str() == address {
            let amount = due.application.u128();
            let emitted = emission.of(emission::Bucket::Application, now);
            let rest = emitted.saturating_sub(released.application.u128()).saturating_sub(amount);
            let entry = Claimable::new(Source::EmissionsApplication, None, Token::Btk, amount);
            entries.push(entry.later(rest, next));
        }
        for (source, recipient, due, bucket) in [
            (Source::EmissionsFoundation, foundation, due.foundation, emission::Bucket::Foundation),
            (
                Source::EmissionsInfrastructure,
                infrastructure,
                due.infrastructure,
                emission::Bucket::Infrastructure,
            ),
        ] {
            if recipient.as_str() == address {
                let (rest, at) = unreleased(&emission, bucket, now);
                entries.push(Claimable::new(source, None, Token::Btk, due.u128()).later(rest, at));
            }
        }
        Ok(())
    }

    async fn due_stakes(
        &self,
        address: &str,
        now: u64,
        entries: &mut Vec<Claimable>,
    ) -> Result<bool, ChainError> {
        let delegations = self.delegations(address).await?;
        for delegation in delegations.entries {
            let node = Some(delegation.node.into());
            let rewards = delegation.rewards.u128();
            entries.push(Claimable::new(Source::StakingRewards, node, Token::Btk, rewards));
        }
        let unbondings = self.unbondings(address).await?;
        for unbonding in unbondings.entries {
            let worth = unbonding.amount.u128();
            let (due, rest) = if now >= unbonding.until { (worth, 0) } else { (0, worth) };
            let id = Some(unbonding.id.to_string());
            let entry = Claimable::new(Source::StakingUnbonded, id, Token::Btk, due);
            entries.push(entry.later(rest, Some(unbonding.until)));
        }
        Ok(delegations.complete && unbondings.complete)
    }
}

/// What of a bucket was emitted and is not released, and when more of it is. Two month ends away at most: a month's part is
/// locked for a month first.
fn unreleased(emission: &Emission, bucket: emission::Bucket, now: u64) -> (u128, Option<u64>) {
    let released = emission.released(bucket, now);
    let month = now.saturating_sub(emission.start()).checked_div(MONTH).unwrap_or_default();
    let end =
        |months: u64| emission.start().saturating_add(month.saturating_add(months).saturating_mul(MONTH));
    let next = (1..=2).map(end).find(|at| emission.released(bucket, *at) > released);
    (emission.of(bucket, now).saturating_sub(released), next)
}
